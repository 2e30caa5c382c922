/* verdict_closing_rows.c - how connections close (docs/facts.md 15), in stories that differ in one thing
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "verdict_rows.h"
#include "payloads.h"

static const struct story closings[] = {
    {"opened ahead, never used, closed by the server's limit",
     {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)), ACK(SEC(20.0001)), CLIENT_RST_ACK(SEC(21))},
     .cause = "reset-as-close", .sender = "client", .says = "neither side had sent anything"},
    {"the same, captured on the server",
     {HANDSHAKE_AT_SERVER, SERVER_FIN(SEC(20)), ACK(SEC(20.04)), CLIENT_RST_ACK(SEC(21))},
     .cause = "reset-as-close", .sender = "client"},
    {"the RST itself acknowledges the server's FIN",
     {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)), CLIENT_RST_ACK(SEC(20.0001))}, .cause = "reset-as-close"},
    {"the client had sent a request", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), SERVER_FIN(SEC(20)),
     ACK(SEC(20.0001)), CLIENT_RST_ACK(SEC(21))}, .never = "reset-as-close"},
    {"the client had waited for a greeting", {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)), ACK(SEC(20.0001)),
     CLIENT_RST_ACK(SEC(21))}, .server_port = 25, .never = "reset-as-close"},
    {"the server closed at once: it turned the client away", {HANDSHAKE_AT_CLIENT, SERVER_FIN(MS(41)),
     ACK(MS(41.1)), CLIENT_RST_ACK(SEC(1))}, .never = "reset-as-close"},
};
const struct rows verdicts_closings = {"closings", closings, G_N_ELEMENTS(closings)};
