/* evidence_report_rows.c - evidence that public reports taught (docs/facts.md 15)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rows.h"
#include "transfers.h"

static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), {0}};

#define STRIPPED .options = NONE, .window = NONE

static const struct story reports[] = {
    /* refusals whose numbers no RFC knows */
    {"a small stack does not count the SYN", {SYN(0), RST_ACK(MS(40), .ack = FIRST), SYN(SEC(1)),
     RST_ACK(SEC(1.04), .ack = FIRST)}, .shows = "refusal-short rst-answers-syn", .lacks = "rst-unacceptable"},
    {"the same, captured on the server", {SYN(0), RST_ACK(US(50), .ack = FIRST)}, .shows = "refusal-short"},
    {"a refusal that counts it", {SYN(0), RST_ACK(MS(40))}, .lacks = "refusal-short refusal-unnumbered"},
    {"another number", {SYN(0), RST_ACK(MS(40), .ack = 7)}, .shows = "rst-unacceptable",
     .lacks = "refusal-short"},
    {"a filter sends a RST with no number at all", {SYN(0), RST(MS(16), .seq = NONE, .window = 64240)},
     .shows = "refusal-unnumbered rst-answers-syn", .lacks = "rst-unacceptable"},
    {"passt's has the number, without its flag", {SYN(0), RST(MS(16), .seq = NONE, .ack = 1, .window = 64240)},
     .lacks = "refusal-unnumbered"},

    /* refused by the kernel, accepted by a program that it does not know */
    {"a program with a raw socket on the server",
     {SYN(0), RST_ACK(MS(40)), SYN_ACK(MS(43), .options = NONE, .window = 8192, .ip_id = 1, .no_df = true)},
     .shows = "raw-server-lacks-socket", .lacks = "sender-goes-on sender-goes-on-long rst-sooner-than-host"},
    {"the same, captured on the server",
     {SYN(0), RST_ACK(US(50)), SYN_ACK(MS(3), .options = NONE, .window = 8192, .ip_id = 1, .no_df = true)},
     .shows = "raw-server-lacks-socket", .lacks = "sender-goes-on rst-sooner-than-host"},
    {"the SYN/ACK is an operating system's", {SYN(0), RST_ACK(US(50)), SYN_ACK(MS(40))},
     .shows = "sender-goes-on", .lacks = "raw-server-lacks-socket"},
    {"it answers a second SYN", {SYN(0), RST_ACK(MS(40)), SYN(SEC(1)), SYN_ACK(SEC(1.04), .options = NONE)},
     .lacks = "raw-server-lacks-socket"},

    /* two hosts of one address */
    {"a SYN/ACK with another number and TTL, which the RST has",
     {SYN(0), SYN_ACK(MS(40), .ttl = 57), ACK(MS(40.1)), SYN_ACK(MS(50), .seq = -70000, .ttl = 49), ACK(MS(50.1)),
      RST(MS(90), .ttl = 49)},
     .shows = "rst-ttl-of-other-host", .lacks = "synack-repeated", .not_at = "server between"},
    {"the RST has the first one's TTL",
     {SYN(0), SYN_ACK(MS(40), .ttl = 57), ACK(MS(40.1)), SYN_ACK(MS(50), .seq = -70000, .ttl = 49), ACK(MS(50.1)),
      RST(MS(90), .ttl = 57)},
     .lacks = "rst-ttl-of-other-host synack-repeated"},
    {"the SYN/ACK is repeated over another way",
     {SYN(0), SYN_ACK(MS(40), .ttl = 57), ACK(MS(40.1)), SYN_ACK(SEC(1), .ttl = 49), ACK(SEC(1.001)),
      RST(SEC(1.041), .ttl = 49)},
     .shows = "synack-repeated", .lacks = "rst-ttl-of-other-host"},

    /* agreed timestamps that the reset lacks */
    {"a reset was stripped on its way",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), RST_ACK(MS(83), STRIPPED)},
     .shows = "rst-lacks-timestamps rst-aborts-socket", .lacks = "window-shrunk rst-unlike-its-stack"},
    {"the same, captured on the server",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), SERVER_ACK(MS(41.1)), RST_ACK(MS(43), STRIPPED)},
     .shows = "rst-lacks-timestamps", .lacks = "window-shrunk"},
    {"the same, captured in the middle",
     {HANDSHAKE_BETWEEN, REQUEST(MS(41)), SERVER_ACK(MS(61)), RST_ACK(MS(63), STRIPPED)},
     .shows = "rst-lacks-timestamps", .lacks = "window-shrunk"},
    {"the client's",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), CLIENT_RST_ACK(MS(90), STRIPPED)},
     .shows = "rst-lacks-timestamps", .lacks = "window-shrunk"},
    {"it has them", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), RST_ACK(MS(83), .window = NONE)},
     .shows = "window-shrunk", .lacks = "rst-lacks-timestamps"},
    {"they were not agreed on",
     {SYN(0, .options = TCPRST_OPT_MSS), SYN_ACK(MS(40), .options = TCPRST_OPT_MSS), ACK(MS(40.1)), REQUEST(MS(41)),
      SERVER_ACK(MS(81)), RST_ACK(MS(83), STRIPPED)},
     .lacks = "rst-lacks-timestamps"},
    {"another stack may omit them",
     {SYN(0), SYN_ACK(MS(40), .ttl = 117), ACK(MS(40.1)), REQUEST(MS(41)), SERVER_ACK(MS(81), .ttl = 117),
      RST_ACK(MS(83), STRIPPED, .ttl = 117)},
     .lacks = "rst-lacks-timestamps"},
    {"more than that is wrong",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), RST_ACK(MS(83), STRIPPED, .ttl = 51)},
     .shows = "rst-unlike-its-stack", .lacks = "rst-lacks-timestamps"},

    /* a segment is reset by who is nearer than the host */
    {"a firewall resets segment after segment",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), UPLOAD(200), RST_ACK(MS(204), .ack = 101 + FULL),
      RST_ACK(MS(204.001), .ack = 101 + 5 * FULL)},
     .shows = "next-rst-acks-too-soon", .lacks = "rst-acks-too-soon", .not_at = "server between"},
    {"the same towards the server, captured there",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), ACK(MS(82.1)), DOWNLOAD(200),
      CLIENT_RST_ACK(MS(204), .ack = 101 + FULL), CLIENT_RST_ACK(MS(204.001), .ack = 101 + 5 * FULL)},
     .shows = "next-rst-acks-too-soon", .not_at = "client between"},
    {"the same, captured in the middle",
     {HANDSHAKE_BETWEEN, REQUEST(MS(41)), RESPONSE(MS(61)), UPLOAD(200), RST_ACK(MS(204), .ack = 101 + FULL),
      RST_ACK(MS(204.001), .ack = 101 + 5 * FULL)},
     .shows = "next-rst-acks-too-soon", .not_at = "client server"},
    {"the server resets twice, a round trip later",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), UPLOAD(200), RST_ACK(MS(250), .ack = 101 + FULL),
      RST_ACK(MS(250.001), .ack = 101 + 5 * FULL)},
     .lacks = "next-rst-acks-too-soon"},

    /* SYNs from behind the client, and SYN/ACKs that do not come to them */
    {"a container's SYN, its host's RST",
     {SYN(0, .ttl = 63), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1), .ttl = 64), SYN(SEC(1), .ttl = 63)},
     .shows = "syn-from-behind synack-missed syn-after-rst", .lacks = "syn-ttl-crafted syn-unlike-rst"},
    {"a virtual machine with Windows, its Linux host's RST",
     {SYN(0, .ttl = 126), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1), .ttl = 64), SYN(SEC(1), .ttl = 126)},
     .shows = "syn-from-behind", .lacks = "syn-ttl-crafted"},
    {"traceroute by TCP", {SYN(0, .ttl = 12), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1), .ttl = 64),
     SYN(SEC(1), .ttl = 12)}, .shows = "syn-ttl-crafted", .lacks = "syn-from-behind"},
    {"the same host, whose SYN comes again", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1)), SYN(SEC(1))},
     .shows = "synack-missed", .lacks = "syn-from-behind"},
    {"the same, captured on the server", {SYN(0), SYN_ACK(US(50)), CLIENT_RST(MS(40)), SYN(SEC(1))},
     .shows = "synack-missed"},
    {"connect() was cancelled", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))},
     .lacks = "synack-missed syn-from-behind"},

    /* silences */
    {"after a longer silence it went on",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), REQUEST(SEC(121)), RESPONSE(SEC(121.1)),
      ACK(SEC(121.2)), RST_ACK(SEC(210))},
     .shows = "outlived-longer-silence long-silence"},
    {"the same, captured on the server",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), REQUEST(SEC(121)), RESPONSE(SEC(121.001)),
      ACK(SEC(121.2)), RST_ACK(SEC(210))},
     .shows = "outlived-longer-silence"},
    {"the silences before were shorter",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), REQUEST(SEC(61)), RESPONSE(SEC(61.1)), ACK(SEC(61.2)),
      RST_ACK(SEC(210))},
     .lacks = "outlived-longer-silence"},
    {"what came after the longer one was never answered",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), REQUEST(SEC(121)), RST_ACK(SEC(210))},
     .lacks = "outlived-longer-silence"},
    {"other timers hold after a FIN",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), REQUEST(SEC(121)), RESPONSE(SEC(121.1)),
      CLIENT_FIN(SEC(121.2)), SERVER_ACK(SEC(121.3)), RST_ACK(SEC(210))},
     .shows = "long-silence", .lacks = "outlived-longer-silence"},
    {"a wait before the next repeat is no silence",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), REQUEST(SEC(1), .back = 100), REQUEST(SEC(15), .back = 100),
      REQUEST(SEC(65), .back = 100), RST(SEC(65.04))},
     .lacks = "long-silence"},
    {"data after a silence, and its reset",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), REQUEST(SEC(65)), RST(SEC(65.04))},
     .shows = "long-silence"},

    /* ports */
    {"refused and let in, after others", {SYN(0), RST_ACK(MS(40)), SYN(SEC(1)), SYN_ACK(SEC(1.04)), ACK(SEC(1.041))},
     .before = {{served, 1, 1}}, .shows = "port-accepted-before same-ports-accepted"},
    {"refused and let in, as the first", {SYN(0), RST_ACK(MS(40)), SYN(SEC(1)), SYN_ACK(SEC(1.04)), ACK(SEC(1.041))},
     .shows = "same-ports-accepted", .lacks = "port-accepted-before"},
};

const struct rows evidence_of_reports = {"reports", reports, G_N_ELEMENTS(reports)};
