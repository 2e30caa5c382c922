/* evidence_connecting_rows.c - evidence in what the SYN offered, what answered it, and from where
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rows.h"

enum {
    PLAIN = TCPRST_OPT_MSS | TCPRST_OPT_SACK | TCPRST_OPT_TIMESTAMP | TCPRST_OPT_WSCALE,
    WITH_ECN = PLAIN | TCPRST_OPT_ECN,
    WITH_FAST_OPEN = PLAIN | TCPRST_OPT_FASTOPEN,
    JOINING = TCPRST_OPT_MSS | TCPRST_OPT_SACK | TCPRST_OPT_MPTCP | TCPRST_OPT_JOIN,
};

static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), {0}};
static const struct step served_with_ecn[] = {SYN(0, .options = WITH_ECN), SYN_ACK(MS(40)), ACK(MS(41)),
                                              REQUEST(MS(42)), RESPONSE(MS(90)), {0}};

static const struct story connecting[] = {
    {"a SYN/ACK for another SYN", {SYN(0), SYN_ACK(MS(40), .ack = 5000), CLIENT_RST(MS(40.1))},
     .shows = "synack-acks-unsent", .lacks = "synack-echo-impossible syn-after-rst"},
    {"the same, captured on the server", {SYN(0), SYN_ACK(US(40), .ack = 5000), CLIENT_RST(MS(40))},
     .shows = "synack-acks-unsent"},
    {"an honest SYN/ACK", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))}, .lacks = "synack-acks-unsent"},
    {"a SYN/ACK that takes the data of the SYN", {SYN(0, .bytes = 50), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))},
     .lacks = "synack-acks-unsent", .shows = "syn-carried-data"},
    {"an echo from before the SYN", {SYN(0, .tsval = 70000), SYN_ACK(MS(40), .tsecr = 60000),
      CLIENT_RST(MS(40.1))},
     .shows = "synack-echo-impossible", .lacks = "synack-acks-unsent syn-carried-data"},
    {"an echo from days ahead",
     {SYN(0, .tsval = 70000), SYN_ACK(MS(40), .tsecr = 500000000), CLIENT_RST(MS(40.1))},
     .shows = "synack-echo-impossible"},
    {"the echo of a repeated SYN",
     {SYN(0, .tsval = 70000), SYN(SEC(1), .tsval = 71000), SYN_ACK(SEC(1.04), .tsecr = 71000),
      CLIENT_RST(SEC(1.05))},
     .lacks = "synack-echo-impossible"},
    {"no echo", {SYN(0, .tsval = 70000), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))},
      .lacks = "synack-echo-impossible"},
    {"the client tries again, and is answered well",
     {SYN(0), SYN_ACK(MS(40), .isn = 9000, .ack = 5000), CLIENT_RST(MS(40.1)), SYN(SEC(1), .isn = 1000),
      SYN_ACK(SEC(1.04), .isn = 7000), ACK(SEC(1.05))},
     .shows = "synack-acks-unsent syn-after-rst", .events = 1},
    {"the SYN went to one address, and another one answers",
     {SYN(0), SYN_ACK(MS(40), .elsewhere = true), CLIENT_RST(MS(40.1), .elsewhere = true)},
     .shows = "syn-went-elsewhere", .lacks = "numbers-of-elsewhere"},
    {"the same, captured on the server",
     {SYN(0), SYN_ACK(US(40), .elsewhere = true), CLIENT_RST(MS(40), .elsewhere = true)},
     .shows = "syn-went-elsewhere"},
    {"a SYN/ACK with other numbers from another address",
     {SYN(0), SYN_ACK(MS(40), .elsewhere = true, .ack = 5000), CLIENT_RST(MS(40.1), .elsewhere = true)},
     .lacks = "syn-went-elsewhere"},
    {"backscatter", {SYN_ACK(0), CLIENT_RST(US(40))}, .lacks = "syn-went-elsewhere numbers-of-elsewhere"},
    {"a late segment slips past NAT",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), SERVER_FIN(MS(91)),
      RESPONSE(SEC(3), .elsewhere = true, .back = 101), CLIENT_RST(SEC(3.001), .elsewhere = true)},
     .shows = "numbers-of-elsewhere", .lacks = "syn-went-elsewhere"},
    {"a stray segment with other numbers",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
      RESPONSE(SEC(3), .elsewhere = true, .seq = 90000000), CLIENT_RST(SEC(3.001), .elsewhere = true)},
     .lacks = "numbers-of-elsewhere"},
    {"a subflow is refused", {SYN(0, .options = JOINING), RST_ACK(MS(40))}, .shows = "syn-joins-mptcp"},
    {"a plain SYN is refused", {SYN(0), RST_ACK(MS(40))}, .lacks = "syn-joins-mptcp refused-with-option"},
    {"ECN is refused, SYNs without it are not", {SYN(0, .options = WITH_ECN), RST_ACK(MS(40))},
     .later = {{served, 1}}, .shows = "refused-with-option"},
    {"ECN is refused, and accepted of others", {SYN(0, .options = WITH_ECN), RST_ACK(MS(40))},
     .later = {{served, 1}, {served_with_ecn, 1, 1}}, .lacks = "refused-with-option"},
    {"Fast Open is refused, and works without on the same ports",
     {SYN(0, .options = WITH_FAST_OPEN), RST_ACK(MS(40)), SYN(SEC(1)), SYN_ACK(SEC(1.04)), ACK(SEC(1.05))},
     .shows = "refused-with-option"},
};

const struct rows evidence_of_connecting = {"connecting", connecting, G_N_ELEMENTS(connecting)};
