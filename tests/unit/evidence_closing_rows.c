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
};
const struct rows evidence_of_closings = {"closings", closings, G_N_ELEMENTS(closings)};
