/* verdict_content_rows.c - verdicts that depend on the payload, or on the reason that the reset
 * states
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "payloads.h"
#include "verdict_rows.h"

static const struct step served_tls[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("allowed.example"))),
                                         RESPONSE(MS(90), SAYS(SERVER_HELLO)), {0}};
static const struct step served_http[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41),
.text = GET("allowed.example")),
                                          RESPONSE(MS(90), .text = HTTP_OK), {0}};
static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), {0}};
#define BLOCKED_HELLO REQUEST(MS(41), SAYS(HELLO("blocked.example")))
static const struct step filtered[] = {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RST(MS(82)), {0}};
static const struct step rejected[] = {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RST_ACK(MS(82)), {0}};

static const struct story application[] = {
    {"TLS to a plain port",
     {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RST_ACK(MS(82))}, .before = {{served_http, 6, 3}},
     .cause = "protocol-mismatch", .not_high = true, .says = "6 others HTTP"},
    {"the same, captured on the server",
     {HANDSHAKE_AT_SERVER, BLOCKED_HELLO, RST_ACK(MS(41.2))}, .before = {{served_http, 6, 3}},
     .cause = "protocol-mismatch"},
    {"TLS to an SSH server that says so",
     {HANDSHAKE_AT_CLIENT, RESPONSE(MS(80), .text = SSH_BANNER), REQUEST(MS(80.1),
       SAYS(HELLO("blocked.example"))),
      RST_ACK(MS(121))},
     .cause = "protocol-mismatch", .says = "an SSH banner"},
    {"the port's number alone proves nothing", {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RST_ACK(MS(82))},
     .cause = "app-reject"},
    {"a port that serves both is no mismatch", {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RST_ACK(MS(82))},
     .before = {{served_http, 6, 3}, {served_tls, 1, 1}}, .never = "protocol-mismatch"},
    {"an injector cuts a ClientHello",
     {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO,
      RST_ACK(MS(46), .ttl = 101, .window = 1234, .options = NONE, .ip_id = 4711, .no_df = true)},
     .cause = "content-filter", .sender = "third-party", .says = "blocked.example"},
    {"the same, and the server goes on",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("blocked.example")),
      RST_ACK(MS(46), .ttl = 101, .window = 1234, .options = NONE, .ip_id = 4711, .no_df = true),
      SERVER_ACK(MS(81)), RESPONSE(MS(90))},
     .cause = "content-filter", .sender = "third-party"},
    {"always the same name, in the form of an answer",
     {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RST(MS(82))},
     .before = {{served_tls, 3, 2}, {filtered, 3, 2}, {served_tls, 3, 2}},
     .cause = "content-filter", .not_high = true},
    {"always the same name, and the server's own abort: its application refuses the name",
     {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RST_ACK(MS(82))},
     .before = {{served_tls, 3, 2}, {rejected, 3, 2}, {served_tls, 3, 2}},
     .cause = "app-reject"},
    {"once this name, honestly, is no filter", {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RST_ACK(MS(82))},
     .before = {{served_tls, 3, 2}}, .never = "content-filter forged"},
    {"a service that fails for all is no filter",
     {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RST_ACK(MS(82))}, .before = {{served, 5, 2}, {rejected, 5, 3}},
     .never = "content-filter"},
    {"the server alerts, and resets",
     {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RESPONSE(MS(81), SAYS(ALERT("\x70"))), RST_ACK(MS(81.1))},
     .cause = "app-abort", .says = "unrecognized_name (112), frame 5"},
    {"the client alerts, and resets",
     {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RESPONSE(MS(81), SAYS(SERVER_HELLO)),
      REQUEST(MS(82), SAYS(ALERT("\x30"))), CLIENT_RST_ACK(MS(82.1))},
     .cause = "client-abort", .says = "unknown_ca (48)"},
    {"the client resets on the server's alert",
     {HANDSHAKE_AT_CLIENT, BLOCKED_HELLO, RESPONSE(MS(81), SAYS(ALERT("\x28"))), CLIENT_RST_ACK(MS(81.1))},
     .cause = "client-abort", .says = "handshake_failure (40)"},
    {"sshd is full",
     {HANDSHAKE_AT_CLIENT, RESPONSE(MS(80), .text = "Exceeded MaxStartups\r\n"), REQUEST(MS(80.1),
       .text = SSH_BANNER),
      RST_ACK(MS(121))},
     .cause = "app-abort", .says = "\"Exceeded MaxStartups\""},
    {"the SYN/ACK was for another SYN, and the client tries again",
     {SYN(0), SYN_ACK(MS(40), .isn = 9000, .ack = 5000), CLIENT_RST(MS(40.1)), SYN(SEC(1), .isn = 1000),
      SYN_ACK(SEC(1.04), .isn = 7000), ACK(SEC(1.05))},
     .cause = "bad-synack", .sender = "client", .says = "5"},
    {"the SYN/ACK was for another SYN, captured on the server",
     {SYN(0), SYN_ACK(US(40), .ack = 5000), CLIENT_RST(MS(40))}, .cause = "bad-synack"},
    {"the SYN/ACK echoed a timestamp never sent",
     {SYN(0, .tsval = 70000), SYN_ACK(MS(40), .tsecr = 60000), CLIENT_RST(MS(40.1)), SYN(SEC(1))},
     .cause = "bad-synack", .says = "timestamp"},
    {"the server answers past its balancer",
     {SYN(0), SYN_ACK(MS(40), .elsewhere = true), CLIENT_RST(MS(40.1), .elsewhere = true)},
     .cause = "synack-from-elsewhere", .sender = "client", .says = "opened to 192.0.2.80:80"},
    {"a late segment slips past NAT",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), SERVER_FIN(MS(91)),
      RESPONSE(SEC(3), .elsewhere = true, .back = 101), CLIENT_RST(SEC(3.001), .elsewhere = true)},
     .cause = "synack-from-elsewhere"},
    {"a SYN with ECN is refused, those without are not",
     {SYN(0, .options = 15 | TCPRST_OPT_ECN), RST_ACK(MS(40))}, .later = {{served, 3}},
     .cause = "refused-in-path", .not_high = true, .says = "ECN"},
};

const struct rows verdicts_content = {"content", application, G_N_ELEMENTS(application)};

enum { MP_TCPRST = TCPRST_OPT_MPTCP | TCPRST_OPT_TCPRST };
#define BIG_IP(words) "BIG-IP: [0x2d7f3a1:1234] " words

static const struct story stated[] = {
    {"words that fit no other row", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80),
      .text = BIG_IP("Connection limit exceeded"))},
     .cause = "sender-stated", .says = "(BIG-IP): \"Connection limit exceeded\""},
    {"hostile words stay in bounds", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80), .text = "{server} %s%n {rst}")},
     .cause = "sender-stated", .says = "{server} %s%n {rst}"},
    {"no listener", {SYN(0), RST_ACK(MS(40), .text = BIG_IP("No local listener"))},
     .cause = "port-closed", .says = "No local listener"},
    {"no pool member", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80), .text = BIG_IP("No pool member available"))},
     .cause = "syn-proxy", .says = "No pool member available"},
    {"no pool member, told to the SYN", {SYN(0), RST_ACK(MS(40), .text = BIG_IP("No pool member available"))},
     .cause = "refused-in-path"},
    {"idle", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
      RST_ACK(SEC(310), .text = BIG_IP("Flow expired (sweeper)"))},
     .cause = "idle-timeout", .sender = "server"},
    {"idle, says another: the server itself goes on",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
      RST_ACK(SEC(310), .text = BIG_IP("Flow expired (sweeper)")), RESPONSE(SEC(310.1)), RESPONSE(SEC(310.2))},
     .shows = "sender-goes-on", .cause = "idle-timeout", .sender = "third-party"},
    {"handshake timeout", {SYN(0), SYN_ACK(MS(40)), RST_ACK(SEC(9), .text = BIG_IP("handshake timeout"))},
     .cause = "peer-vanished", .says = "waited without an answer"},
    {"not authorized", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80), SAYS("\x33\xaa\0\x09\0\0\0\0"))},
     .cause = "app-reject", .says = "not authorized"},
    {"no flow", {HANDSHAKE_AT_CLIENT, RST(MS(80), .text = BIG_IP("No flow found for ACK"))},
      .cause = "no-state"},
    {"ABORT by the client", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(80), SAYS("\x33\xaa\0\x04\0\0\0\0"))},
     .cause = "client-abort"},
    {"Multipath TCP aborts without a reason",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90), .options = MP_TCPRST | TCPRST_OPT_FASTCLOSE)},
     .cause = "app-reject"},
    {"a bare reset whose window is a code", {HANDSHAKE_AT_CLIENT, RST(MS(80), .window = 9855)},
     .cause = "sender-stated", .not_high = true, .says = "surge queue overflow"},
    {"a window that may be a code is no statement", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80), .window = 9855)},
     .never = "sender-stated"},
    {"words in the middle of data that goes on",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), RST_ACK(MS(91),
       .text = "some words"),
      RESPONSE(MS(92)), ACK(MS(92.1))},
     .never = "sender-stated"},
};

const struct rows verdicts_stated = {"stated", stated, G_N_ELEMENTS(stated)};
