/* evidence_closing_rows.c - evidence in how connections close (docs/facts.md 15)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rows.h"
#include "payloads.h"

static const struct story closings[] = {
    /* never used */
    {"the server's limit closed a connection that was never used",
     {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)), ACK(SEC(20.0001)), CLIENT_RST_ACK(SEC(21))},
     .shows = "closed-unused"},
    {"it closed at once", {HANDSHAKE_AT_CLIENT, SERVER_FIN(MS(41)), ACK(MS(41.1)), CLIENT_RST_ACK(SEC(1))},
     .shows = "peer-fin-before", .lacks = "closed-unused"},
    {"the client does not know of the FIN", {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)),
     CLIENT_RST_ACK(SEC(20.0001), .ack = 1)}, .lacks = "closed-unused"},
    {"a server that greets first owed its words", {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)), ACK(SEC(20.0001)),
     CLIENT_RST_ACK(SEC(21))}, .server_port = 3306, .lacks = "closed-unused"},

    /* closed instead of answered */
    {"the FIN is the server's first word, a reset its second", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)),
     SERVER_ACK(MS(81)), SERVER_FIN(MS(82)), RST_ACK(MS(83))}, .shows = "closed-unanswered own-fin-before"},
    {"the client sent more after the FIN", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)),
     SERVER_FIN(MS(82)), REQUEST(MS(82.1)), RST_ACK(MS(122.2), .ack = 201)}, .lacks = "closed-unanswered"},
    {"the client had closed before", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), SERVER_FIN(MS(82)),
     RST_ACK(MS(83))}, .lacks = "closed-unanswered"},
    {"nothing was asked", {HANDSHAKE_AT_CLIENT, SERVER_FIN(MS(82)), RST_ACK(MS(83))}, .lacks = "closed-unanswered"},
    {"the server had answered", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(81)), SERVER_FIN(MS(82)),
     RST_ACK(MS(83))}, .lacks = "closed-unanswered"},
    {"a subflow of Multipath TCP", {SYN(0, .options = TCPRST_OPT_MSS | TCPRST_OPT_MPTCP),
     SYN_ACK(MS(40), .options = TCPRST_OPT_MSS | TCPRST_OPT_MPTCP), ACK(MS(40.1)), REQUEST(MS(41)), SERVER_ACK(MS(81)),
     SERVER_FIN(MS(82)), RST_ACK(MS(83))}, .lacks = "closed-unanswered"},
    {"a bare RST answers the client's ACK", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)),
     SERVER_FIN(MS(82)), ACK(MS(82.1)), RST(MS(122.2))}, .lacks = "closed-unanswered"},
};
const struct rows evidence_of_closings = {"closings", closings, G_N_ELEMENTS(closings)};
