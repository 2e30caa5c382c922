/* verdict_report_rows.c - what public reports taught (docs/facts.md 15), in pairs that differ in one thing
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "payloads.h"
#include "verdict_rows.h"
#include "transfers.h"

enum { PLAIN = TCPRST_OPT_MSS | TCPRST_OPT_WSCALE | TCPRST_OPT_SACK };

#define HANDSHAKE_WITH_WINDOWS SYN(0, .options = PLAIN), \
    SYN_ACK(MS(40), .options = PLAIN, .window = 8192, .ttl = 117), ACK(MS(40.1))

static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), {0}};

/* How a program builds a SYN/ACK by itself. */
#define RAW .options = TCPRST_OPT_MSS, .window = 4096, .ip_id = 1, .no_df = true

static const struct step raw_server[] = {SYN(0), RST_ACK(MS(40)), SYN_ACK(MS(43), RAW), CLIENT_RST(MS(43.1)), {0}};

static const struct story reports[] = {
    {"a small stack refuses, and acknowledges one too few", {SYN(0), RST_ACK(MS(40), .ack = FIRST), SYN(SEC(1)),
     RST_ACK(SEC(1.04), .ack = FIRST)}, .cause = "port-closed", .sender = "server", .says = "one number too few"},
    {"a RST with another number refuses nothing", {SYN(0), RST_ACK(MS(40), .ack = 7)}, .never = "port-closed",
     .sender = "unknown"},
    {"a filter's RST with no number", {SYN(0), RST(MS(16), .seq = NONE, .window = 64240, .ttl = 58)},
     .cause = "refused-in-path", .sender = "third-party", .says = "acknowledges nothing"},
    {"the same form, with the number that passt sends",
     {SYN(0), RST(MS(16), .seq = NONE, .ack = 1, .window = 64240, .ttl = 58)}, .never = "refused-in-path"},

    {"a program with a raw socket answers the SYN that its kernel has refused",
     {SYN(0), RST_ACK(MS(40)), SYN_ACK(MS(43), RAW), CLIENT_RST(MS(43.1))},
     .cause = "port-closed", .sender = "server", .not_high = true, .says = "raw socket"},
    {"the same, captured on the server",
     {SYN(0), RST_ACK(US(60)), SYN_ACK(MS(3), RAW), CLIENT_RST(MS(43))},
     .cause = "port-closed", .sender = "server", .not_high = true},
    {"the same, captured in the middle",
     {SYN(0, .ttl = 60), RST_ACK(MS(20), .ttl = 61), SYN_ACK(MS(23), RAW, .ttl = 61), CLIENT_RST(MS(43), .ttl = 60)},
     .cause = "port-closed", .sender = "server", .not_high = true},
    {"it does so each time", {SYN(0), RST_ACK(MS(40)), SYN_ACK(MS(43), RAW), CLIENT_RST(MS(43.1))},
     .before = {{raw_server, 3, 1}}, .sender = "server", .never = "forged port-flapping service-starting"},
    {"an injector refuses it first: its TTL is another",
     {SYN(0), RST_ACK(MS(8), .ttl = 58), SYN_ACK(MS(43), RAW), CLIENT_RST(MS(43.1))},
     .cause = "forged", .sender = "third-party"},
    {"an injector numbers its refusal",
     {SYN(0), RST_ACK(MS(8), .ip_id = 7), SYN_ACK(MS(43), RAW), CLIENT_RST(MS(43.1))},
     .cause = "forged", .sender = "third-party"},
    {"an injector refuses first what an operating system accepts",
     {SYN(0), RST_ACK(MS(8)), SYN_ACK(MS(43)), CLIENT_RST(MS(43.1))}, .cause = "forged", .sender = "third-party"},

    {"a reset without the timestamps of its socket, after a request that names its server",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("example.net"))), SERVER_ACK(MS(81)),
      RST_ACK(MS(83), .options = NONE, .window = NONE)},
     .cause = "app-reject", .not_high = true},
    {"with them",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("example.net"))), SERVER_ACK(MS(81)),
      RST_ACK(MS(83), .window = NONE)},
     .cause = "app-reject", .certainty = "high"},
    {"without them, and its TTL is another's",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("example.net"))), SERVER_ACK(MS(81)),
      RST_ACK(MS(83), .options = NONE, .window = NONE, .ttl = 58)},
     .never = "app-reject"},
    {"an answer is cut by a reset without them",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(81)), REQUEST(MS(82)),
      RST_ACK(MS(140), .options = NONE, .window = NONE)},
     .not_high = true},
    {"a firewall resets each segment of an upload",
     {HANDSHAKE_WITH_WINDOWS, REQUEST(MS(41)), RESPONSE(MS(90), .ttl = 117), UPLOAD(200),
      RST_ACK(MS(204), .ack = 101 + FULL, .ttl = 117),
      RST_ACK(MS(204.001), .ack = 101 + 5 * FULL, .ttl = 117)},
     .cause = "forged", .sender = "third-party"},
    {"a server does so a round trip later",
     {HANDSHAKE_WITH_WINDOWS, REQUEST(MS(41)), RESPONSE(MS(90), .ttl = 117), UPLOAD(200),
      RST_ACK(MS(250), .ack = 101 + FULL, .ttl = 117),
      RST_ACK(MS(250.001), .ack = 101 + 5 * FULL, .ttl = 117)},
     .cause = "app-abort", .sender = "server"},
    {"a firewall resets each segment of what was never answered",
     {HANDSHAKE_WITH_WINDOWS, REQUEST(MS(41)), SERVER_ACK(MS(81), .ttl = 117), UPLOAD(200),
      RST_ACK(MS(204), .ack = 101 + FULL, .ttl = 118), RST_ACK(MS(204.001), .ack = 101 + 5 * FULL, .ttl = 118)},
     .cause = "forged", .sender = "third-party"},
    {"the server does so",
     {HANDSHAKE_WITH_WINDOWS, REQUEST(MS(41)), SERVER_ACK(MS(81), .ttl = 117), UPLOAD(200),
      RST_ACK(MS(250), .ack = 101 + FULL, .ttl = 117), RST_ACK(MS(250.001), .ack = 101 + 5 * FULL, .ttl = 117)},
     .cause = "app-reject", .sender = "server"},
    {"a firewall resets each segment of a download, captured on the server",
     {SYN(0, .options = PLAIN, .ttl = 117), SYN_ACK(US(50), .options = PLAIN), ACK(MS(40), .ttl = 117),
      REQUEST(MS(41), .ttl = 117), RESPONSE(MS(42)), ACK(MS(82.1), .ttl = 117), DOWNLOAD(200),
      CLIENT_RST_ACK(MS(204), .ack = 101 + FULL, .ttl = 118),
      CLIENT_RST_ACK(MS(204.001), .ack = 101 + 5 * FULL, .ttl = 118)},
     .cause = "forged", .sender = "third-party"},
    {"the client does so a round trip later",
     {SYN(0, .options = PLAIN, .ttl = 117), SYN_ACK(US(50), .options = PLAIN), ACK(MS(40), .ttl = 117),
      REQUEST(MS(41), .ttl = 117), RESPONSE(MS(42)), ACK(MS(82.1), .ttl = 117), DOWNLOAD(200),
      CLIENT_RST_ACK(MS(250), .ack = 101 + FULL, .ttl = 117),
      CLIENT_RST_ACK(MS(250.001), .ack = 101 + 5 * FULL, .ttl = 117)},
     .cause = "client-abort", .sender = "client"},

    {"a container's SYN/ACK ends at its host",
     {SYN(0, .ttl = 63), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1), .ttl = 64), SYN(SEC(1), .ttl = 63)},
     .cause = "synack-from-elsewhere", .not_high = true, .never = "half-open-probe", .says = "container"},
    {"the same, captured on the server",
     {SYN(0, .ttl = 61), SYN_ACK(US(50)), CLIENT_RST(MS(40), .ttl = 62), SYN(SEC(1), .ttl = 61)},
     .cause = "synack-from-elsewhere", .not_high = true, .says = "container"},
    {"a SYN with a TTL of traceroute's",
     {SYN(0, .ttl = 12), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1), .ttl = 64), SYN(SEC(1), .ttl = 12)},
     .cause = "half-open-probe"},
    {"a SYN/ACK that the client's host does not know, and the SYN again",
     {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1)), SYN(SEC(1))},
     .cause = "synack-from-elsewhere", .not_high = true, .says = "look the same"},
    {"the same, captured on the server",
     {SYN(0), SYN_ACK(US(50)), CLIENT_RST(MS(40)), SYN(SEC(1))},
     .cause = "synack-from-elsewhere", .not_high = true},
    {"the SYN does not come again", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))}, .cause = "connect-abandoned"},

    {"a small stack resets the answer of an older connection by RST+ACK",
     {SYN(0), SERVER_ACK(MS(40), .seq = 7000, .ack = 9000),
      CLIENT_RST_ACK(MS(40.1), .seq = 9000, .ack = 7000, .window = 41005)},
     .cause = "stale-peer", .sender = "client"},
    {"a RST+ACK of another number does not answer it",
     {SYN(0), SERVER_ACK(MS(40), .seq = 7000, .ack = 9000),
      CLIENT_RST_ACK(MS(40.1), .seq = 1, .ack = 7000, .window = 41005)},
     .never = "stale-peer"},

    {"a RST that has another's TTL, after less silence than the connection outlived",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), REQUEST(SEC(121)), RESPONSE(SEC(121.1)), ACK(SEC(121.2)),
      RST(SEC(210), .ttl = 44, .back = 1)},
     .cause = "forged", .never = "idle-timeout"},
    {"after more",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), REQUEST(SEC(61)), RESPONSE(SEC(61.1)), ACK(SEC(61.2)),
      RST(SEC(210), .ttl = 44, .back = 1)},
     .cause = "idle-timeout"},

    {"guessed resets are ignored: they are forged",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), RST(SEC(7), .seq = 600101, .ttl = 41),
      RST(SEC(7.0001), .seq = 800101, .ttl = 41), REQUEST(SEC(9)), RESPONSE(SEC(9.05)), ACK(SEC(9.06)),
      REQUEST(SEC(20)), RST_ACK(SEC(20.4))},
     .cause = "forged", .certainty = "high"},
    {"and the one that ends the connection is not",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), RST(SEC(7), .seq = 600101, .ttl = 41),
      RST(SEC(7.0001), .seq = 800101, .ttl = 41), REQUEST(SEC(9)), RESPONSE(SEC(9.05)), ACK(SEC(9.06)),
      REQUEST(SEC(20)), RST_ACK(SEC(20.4))},
     .event = 2, .cause = "app-abort", .sender = "server"},

    {"a request is repeated for a minute, and meets a server that has forgotten the handshake",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SYN_ACK(SEC(1)), REQUEST(SEC(1.5), .back = 100), SYN_ACK(SEC(3)),
      REQUEST(SEC(25), .back = 100), REQUEST(SEC(75), .back = 100), RST(SEC(75.04))},
     .cause = "accept-queue-full", .never = "idle-timeout"},

    {"refused and let in on the same ports, after others had been let in",
     {SYN(0), RST_ACK(MS(40)), SYN(SEC(1)), SYN_ACK(SEC(1.04)), ACK(SEC(1.041))}, .before = {{served, 2, 1}},
     .cause = "port-flapping"},
    {"refused and let in on the same ports, as the first",
     {SYN(0), RST_ACK(MS(40)), SYN(SEC(1)), SYN_ACK(SEC(1.04)), ACK(SEC(1.041))}, .cause = "service-starting"},
};

const struct rows verdicts_reports = {"reports", reports, G_N_ELEMENTS(reports)};
