/* verdict_world_rows.c - verdicts on everyday closings of many protocols and stacks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "payloads.h"
#include "verdict_rows.h"

enum {
    FULL = 1448,
    MORE = 700,
    PLAIN = TCPRST_OPT_MSS | TCPRST_OPT_WSCALE | TCPRST_OPT_SACK,
};

#define FULL_RESPONSE(...) STEP(SERVER, TCPRST_ACK, __VA_ARGS__, .bytes = FULL)
#define FULL_REQUEST(...) STEP(CLIENT, TCPRST_ACK, __VA_ARGS__, .bytes = FULL)
#define WINDOWS .ttl = 128, .ip_id = 4711

static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), {0}};

static const struct story world[] = {
    {"a download is cancelled, between two segments that were received",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), FULL_RESPONSE(MS(90)), FULL_RESPONSE(MS(90.1)), ACK(MS(90.2)),
      CLIENT_RST_ACK(MS(91))},
     .cause = "client-abort", .sender = "client"},
    {"the server crashes in its answer",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), FULL_RESPONSE(MS(90)), FULL_RESPONSE(MS(90.1)), ACK(MS(90.2)),
      RST_ACK(MS(140))},
     .cause = "app-abort", .sender = "server"},
    {"the answer was pushed to its end",
     {SYN(0, .options = PLAIN), SYN_ACK(MS(40), .options = PLAIN), ACK(MS(40.1)), REQUEST(MS(41)),
      FULL_RESPONSE(MS(90)), RESPONSE(MS(90.1), .bytes = FULL), ACK(MS(90.2)),
      CLIENT_RST_ACK(MS(91), .ip_id = 9)},
     .cause = "reset-as-close", .sender = "client"},

    {"LDAP: UnbindRequest, and a reset that does not wait",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)),
      REQUEST(SEC(1), SAYS("\x30\x05\x02\x01\x02\x42\0")), CLIENT_RST_ACK(SEC(1) + US(20))},
     .cause = "reset-as-close", .sender = "client", .says = "announces the end"},
    {"DNS over HTTPS: close_notify, and a reset that does not wait",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("allowed.example"))), RESPONSE(MS(90), SAYS(SERVER_HELLO)),
      ACK(MS(90.1)), REQUEST(SEC(1), SAYS("\x15\x03\x03\0\x02\x01\0")), CLIENT_RST_ACK(SEC(1) + US(20))},
     .cause = "reset-as-close", .sender = "client"},
    {"SSH's disconnect cannot be read, and nobody waits for an answer",
     {SYN(0, .options = PLAIN), SYN_ACK(MS(40), .options = PLAIN), ACK(MS(40.1)), REQUEST(MS(41)), RESPONSE(MS(90)),
      ACK(MS(90.1)), REQUEST(SEC(2), .bytes = 60), CLIENT_RST_ACK(SEC(2) + US(36), .ip_id = 9)},
     .cause = "reset-as-close", .not_high = true, .says = "waited for no answer"},
    {"the same bytes, and the client waits a second for the answer",
     {SYN(0, .options = PLAIN), SYN_ACK(MS(40), .options = PLAIN), ACK(MS(40.1)), REQUEST(MS(41)), RESPONSE(MS(90)),
      ACK(MS(90.1)), REQUEST(SEC(2), .bytes = 60), CLIENT_RST_ACK(SEC(3), .ip_id = 9)},
     .cause = "client-abort"},
    {"a fatal alert, and a reset at once",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("blocked.example"))), RESPONSE(MS(90), SAYS(SERVER_HELLO)),
      ACK(MS(90.1)), REQUEST(MS(91), SAYS(ALERT("\x30"))), CLIENT_RST_ACK(MS(91.04))},
     .cause = "client-abort"},

    {"a printer closes by a reset when it has all",
     {HANDSHAKE_AT_CLIENT, FULL_REQUEST(MS(41)), FULL_REQUEST(MS(41.1)), REQUEST(MS(41.2), .bytes = MORE),
      SERVER_ACK(MS(81)), CLIENT_FIN(MS(90)), RST_ACK(MS(140))},
     .server_port = 9100, .not_high = true, .cause = "reset-as-close", .says = "printer"},
    {"one message, FIN, and a reset: the server wanted none of it",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), CLIENT_FIN(MS(90)), RST_ACK(MS(140))},
     .cause = "app-reject"},

    {"the first data after an hour meets a device that has forgotten the connection",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), REQUEST(SEC(3601)),
      RST_ACK(SEC(3601.04), .window = NONE, .options = NONE, .ip_id = NONE)},
     .cause = "idle-timeout", .says = "silent for 3600.9 s when data came"},
    {"the same in a socket's own form: its program can have aborted it, too",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), REQUEST(SEC(3601)), RST_ACK(SEC(3601.04))},
     .not_high = true},
    {"the same after a second",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), REQUEST(SEC(1)), RST_ACK(SEC(1.04))},
     .cause = "app-abort", .never = "idle-timeout"},
    {"a client that waits half a minute for its answer, on a stack that aborts by a bare reset",
     {SYN(0, .options = PLAIN, WINDOWS), SYN_ACK(MS(40)), ACK(MS(40.1), WINDOWS), REQUEST(MS(41), WINDOWS),
      SERVER_ACK(MS(81)), CLIENT_RST(SEC(30.1), .seq = 101, WINDOWS)},
     .cause = "client-abort", .never = "idle-timeout", .not_high = true},
    {"the same with the second request",
     {SYN(0, .options = PLAIN, WINDOWS), SYN_ACK(MS(40)), ACK(MS(40.1), WINDOWS), REQUEST(MS(41), WINDOWS),
      RESPONSE(MS(90)), REQUEST(MS(91), WINDOWS), SERVER_ACK(MS(131)), CLIENT_RST(SEC(31), .seq = 201, WINDOWS)},
     .cause = "client-abort", .never = "idle-timeout", .not_high = true},

    {"an injected page with FIN, and its injector's bare reset",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("blocked.example")),
      STEP(SERVER, TCPRST_PSH | TCPRST_FIN | TCPRST_ACK, MS(45), .bytes = 90, .ttl = 57, .ip_id = 242),
      RST(MS(46), .seq = 92, .ttl = 57, .ip_id = 242)},
     .never = "data-after-close", .not_high = true},
    {"late data meets a closed socket",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), SERVER_FIN(MS(90.1)), REQUEST(MS(91)),
      RST(MS(131))},
     .cause = "data-after-close"},
    {"a window and an IP ID at random are no Linux socket's if the TTL is another's",
     {SYN(0, .options = PLAIN), SYN_ACK(MS(40), .options = PLAIN), ACK(MS(40.1)),
      REQUEST(MS(41), SAYS(HELLO("blocked.example"))),
      RST_ACK(MS(82), .window = 1000, .ip_id = 4711, .ttl = 57)},
     .cause = "content-filter", .never = "app-reject", .sender = "third-party"},

    {"a refusal without its SYN", {RST_ACK(0, .seq = NONE, .ack = 9, .options = NONE)},
     .cause = "port-closed", .not_high = true, .says = "which the capture lacks"},
    {"an intrusion prevention system resets both ends of a tester's connection",
     {SYN(0, .options = NONE, .window = 8192), SYN_ACK(MS(40)), ACK(MS(41)), REQUEST(MS(42)),
      RST_ACK(MS(42.1), .window = NONE, .options = NONE, .ip_id = NONE),
      CLIENT_RST_ACK(MS(42.12), .window = NONE, .options = NONE, .ip_id = NONE)},
     .cause = "forged", .sender = "third-party"},
    {"malware looks for victims by plain SYNs, and connects through the kernel",
     {SYN(0, .window = 8329, .options = TCPRST_OPT_MSS), SYN_ACK(MS(40), .options = TCPRST_OPT_MSS),
      CLIENT_RST(MS(40.1))},
     .later = {{served, 1}}, .cause = "half-open-probe", .not_high = true, .says = "another program"},
    {"a plain SYN of a host that does nothing else",
     {SYN(0, .window = 8329, .options = TCPRST_OPT_MSS), SYN_ACK(MS(40), .options = TCPRST_OPT_MSS),
      CLIENT_RST(MS(40.1))},
     .cause = "connect-abandoned", .not_high = true},
    {"resets of a device with a TTL of its own, after the server's own reset as a close",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), SERVER_FIN(MS(91)), RST_ACK(MS(91.1)), ACK(MS(92)),
      RST_ACK(MS(93), .ttl = 255, .options = NONE, .seq = 102, .ip_id = 7),
      RST_ACK(MS(94), .ttl = 255, .options = NONE, .seq = 102, .ip_id = 8)},
     .cause = "reset-as-close", .sender = "server"},

    /* what the capture lacks, nothing shows: no name is sure */
    {"the server states a reason, and nothing comes after it",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)),
      RST_ACK(SEC(1), .text = "BIG-IP: [0x2d7f3a1:1234] TCP retransmit timeout")},
     .cause = "peer-vanished", .not_high = true},
    {"flags that no host sends, and nothing comes after it",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
      STEP(SERVER, TCPRST_RST | TCPRST_FIN | TCPRST_ACK, MS(90.1))}, .not_high = true},
    {"the capture began after the handshake, so what the server had sent before is unknown",
     {REQUEST(0), SERVER_ACK(MS(40)), RST_ACK(MS(41))}, .never = "reset-as-close", .not_high = true},
    {"a segment of the answer was not captured",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), RESPONSE(MS(90.1), .unseen = true), RESPONSE(MS(91)),
      ACK(MS(91.1)), RST_ACK(MS(131))}, .not_high = true},
    {"the host never answered so soon but once: it may have been another one",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"), RST_ACK(MS(46))},
     .not_high = true},
};

const struct rows verdicts_world = {"world", world, G_N_ELEMENTS(world)};
