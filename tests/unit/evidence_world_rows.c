/* evidence_world_rows.c - evidence in how programs end their connections, and in SYNs of other programs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rows.h"
#include "payloads.h"

enum { FULL = 1448, MORE = 700 };

#define FULL_RESPONSE(...) STEP(SERVER, TCPRST_ACK, __VA_ARGS__, .bytes = FULL)
#define FULL_REQUEST(...) STEP(CLIENT, TCPRST_ACK, __VA_ARGS__, .bytes = FULL)

static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), {0}};
static const struct step served_plain[] = {SYN(0, .options = TCPRST_OPT_MSS),
                                           SYN_ACK(MS(40), .options = TCPRST_OPT_MSS), ACK(MS(40.1)),
                                           REQUEST(MS(41)), RESPONSE(MS(90)), {0}};

static const struct story world[] = {
    /* answers in the middle of which a side resets */
    {"a download is cancelled",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), FULL_RESPONSE(MS(90)), FULL_RESPONSE(MS(90.1)), ACK(MS(90.2)),
      CLIENT_RST_ACK(MS(91))},
     .shows = "answer-not-pushed"},
    {"the same, captured on the server",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), FULL_RESPONSE(MS(42)), FULL_RESPONSE(MS(42.1)), ACK(MS(82.2)),
      CLIENT_RST_ACK(MS(83))},
     .shows = "answer-not-pushed"},
    {"the last segment is pushed",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), FULL_RESPONSE(MS(90)), RESPONSE(MS(90.1), .bytes = FULL), ACK(MS(90.2)),
      CLIENT_RST_ACK(MS(91))},
     .lacks = "answer-not-pushed"},
    {"the first segment comes again, the last one was pushed",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), FULL_RESPONSE(MS(90)), RESPONSE(MS(90.1), .bytes = FULL),
      FULL_RESPONSE(MS(290), .back = 2 * FULL), ACK(MS(290.2)), CLIENT_RST_ACK(MS(291))},
     .lacks = "answer-not-pushed"},
    {"the capture lacks the end",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), FULL_RESPONSE(MS(90)), RESPONSE(MS(90.1), .unseen = true), ACK(MS(90.2)),
      CLIENT_RST_ACK(MS(91))},
     .lacks = "answer-not-pushed"},
    {"a small segment that is not pushed",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), STEP(SERVER, TCPRST_ACK, MS(90), .bytes = 100), ACK(MS(90.2)),
      CLIENT_RST_ACK(MS(91))},
     .lacks = "answer-not-pushed"},
    {"the answer has the length that it announces",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("a.example")),
      RESPONSE(MS(90), .text = "HTTP/1.1 200 OK\r\nContent-Length: 1448\r\n\r\n"), FULL_RESPONSE(MS(90.1)),
      ACK(MS(90.2)), CLIENT_RST_ACK(MS(91))},
     .shows = "answer-complete", .lacks = "answer-not-pushed"},

    /* last words */
    {"SSH: the last message cannot be read",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), REQUEST(SEC(2), .bytes = 60),
      CLIENT_RST_ACK(SEC(2) + US(36))},
     .shows = "reset-with-last-words", .lacks = "request-outstanding said-farewell next-answer-awaited"},
    {"the same, captured on the server",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), ACK(MS(82.1)), REQUEST(SEC(2), .bytes = 60),
      CLIENT_RST_ACK(SEC(2) + US(36))},
     .shows = "reset-with-last-words"},
    {"a client that waits",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), REQUEST(SEC(2), .bytes = 60),
      CLIENT_RST_ACK(SEC(2.2))},
     .shows = "request-outstanding next-answer-awaited", .lacks = "reset-with-last-words"},
    {"an upload is cancelled",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), FULL_REQUEST(SEC(2)),
      CLIENT_RST_ACK(SEC(2) + US(36))},
     .lacks = "reset-with-last-words"},
    {"a fatal alert is no farewell",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("blocked.example"))), RESPONSE(MS(90), SAYS(SERVER_HELLO)),
      ACK(MS(90.1)), REQUEST(MS(91), SAYS(ALERT("\x30"))), CLIENT_RST_ACK(MS(91.04))},
     .shows = "sender-alerted", .lacks = "reset-with-last-words said-farewell"},
    {"MQTT's DISCONNECT",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), REQUEST(SEC(2), SAYS("\xe0\0")),
      CLIENT_RST_ACK(SEC(2.1))},
     .shows = "said-farewell", .lacks = "request-outstanding"},
    {"FTP's answer to QUIT",
     {HANDSHAKE_AT_CLIENT, RESPONSE(MS(90), .text = SMTP_GREETING), REQUEST(MS(91), .text = "QUIT\r\n"),
      RESPONSE(MS(131), .text = "221 Goodbye.\r\n"), CLIENT_RST_ACK(MS(132))},
     .shows = "said-farewell"},

    /* idle, and then data */
    {"data after an hour, and a RST+ACK",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), REQUEST(SEC(3601)), RST_ACK(SEC(3601.04))},
     .shows = "idle-before-data", .lacks = "long-silence silence-of-known-timeout"},
    {"the same, captured on the server",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), ACK(MS(91)), REQUEST(SEC(3601)),
      RST_ACK(SEC(3601) + US(50))},
     .shows = "idle-before-data"},
    {"data after a second",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), REQUEST(SEC(1)), RST_ACK(SEC(1.04))},
     .lacks = "idle-before-data"},
    {"the data was acknowledged before: the server had the connection",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), REQUEST(SEC(3601)), SERVER_ACK(SEC(3601.04)),
      RST_ACK(SEC(3601.05))},
     .lacks = "idle-before-data"},

    /* protocols without answers */
    {"a print job",
     {HANDSHAKE_AT_CLIENT, FULL_REQUEST(MS(41)), FULL_REQUEST(MS(41.1)), REQUEST(MS(41.2), .bytes = MORE),
      SERVER_ACK(MS(81)), CLIENT_FIN(MS(90)), RST_ACK(MS(140))},
     .shows = "client-closed-unanswered never-answered", .lacks = "client-closed-unasked"},
    {"the same, captured on the server",
     {HANDSHAKE_AT_SERVER, FULL_REQUEST(MS(41)), FULL_REQUEST(MS(41.1)), REQUEST(MS(41.2), .bytes = MORE),
      SERVER_ACK(MS(41.3)), CLIENT_FIN(MS(90)), RST_ACK(MS(100))},
     .shows = "client-closed-unanswered"},
    {"one message is rather a request",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), CLIENT_FIN(MS(90)), RST_ACK(MS(140))},
     .lacks = "client-closed-unanswered"},
    {"HTTP would have answered",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "PUT / HTTP/1.1\r\nContent-Length: 2896\r\n\r\n"),
      FULL_REQUEST(MS(41.1)), FULL_REQUEST(MS(41.2)), SERVER_ACK(MS(81)), CLIENT_FIN(MS(90)), RST_ACK(MS(140))},
     .lacks = "client-closed-unanswered"},

    /* a bare reset that answers nothing */
    {"a FIN and a bare reset, and the client has acknowledged neither",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), SERVER_FIN(MS(90.1)), RST(MS(91), .seq = 102)},
     .shows = "bare-rst-unasked", .lacks = "data-after-fin"},
    {"the same, captured on the server",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), SERVER_FIN(MS(42.1)), RST(MS(43), .seq = 102)},
     .shows = "bare-rst-unasked"},
    {"the client acknowledged the FIN, and what it sent then was not captured",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), SERVER_FIN(MS(90.1)), ACK(MS(90.2)), RST(SEC(9))},
     .lacks = "bare-rst-unasked"},

    /* a refusal without its SYN */
    {"a capture of the servers' direction holds a refusal", {RST_ACK(MS(5), .seq = NONE, .ack = 9, .options = NONE)},
     .server_port = 40000, .shows = "rst-refuses-unseen", .lacks = "roles-guessed"},
    {"another number", {RST_ACK(MS(5), .seq = 7, .ack = 9, .options = NONE)}, .lacks = "rst-refuses-unseen"},
    {"the SYN is there", {SYN(0), RST_ACK(MS(40))}, .shows = "rst-answers-syn", .lacks = "rst-refuses-unseen"},

    /* tools with raw sockets */
    {"scapy's kernel resets the SYN/ACK",
     {SYN(0, .options = NONE, .window = 8192), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))},
     .shows = "raw-tool-lacks-socket syn-of-raw-tool"},
    {"scapy resets by itself",
     {SYN(0, .options = NONE, .window = 8192), SYN_ACK(MS(40)), ACK(MS(41)), CLIENT_RST_ACK(MS(42))},
     .shows = "syn-of-raw-tool", .lacks = "raw-tool-lacks-socket"},
    {"a kernel resets by itself", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))}, .lacks = "raw-tool-lacks-socket"},

    /* SYNs of several programs */
    {"malware's plain SYN, and its connection through the kernel",
     {SYN(0, .window = 8329, .options = TCPRST_OPT_MSS), SYN_ACK(MS(40), .options = TCPRST_OPT_MSS),
      CLIENT_RST(MS(40.1))},
     .later = {{served, 1}}, .shows = "syn-unlike-others", .lacks = "syn-of-raw-tool"},
    {"the same, captured on the server",
     {SYN(0, .window = 8329, .options = TCPRST_OPT_MSS), SYN_ACK(US(50), .options = TCPRST_OPT_MSS),
      CLIENT_RST(MS(40))},
     .later = {{served, 1}}, .shows = "syn-unlike-others"},
    {"a simple stack's SYNs are all plain",
     {SYN(0, .window = 8329, .options = TCPRST_OPT_MSS), SYN_ACK(MS(40), .options = TCPRST_OPT_MSS),
      CLIENT_RST(MS(40.1))},
     .later = {{served_plain, 1}}, .lacks = "syn-unlike-others"},
    {"connect() was cancelled, and others were not",
     {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))}, .later = {{served, 1}}, .lacks = "syn-unlike-others"},
};

const struct rows evidence_of_world = {"world", world, G_N_ELEMENTS(world)};
