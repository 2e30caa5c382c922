/* evidence_repeat_rows.c - evidence in what a side sends again: answered, unanswered, in vain
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rows.h"
#include "repeats.h"

static const struct story repeats[] = {
    /* the capture shows the answers */
    {"the client repeats what was acknowledged", {REQUEST_ACKNOWLEDGED_IN_VAIN, CLIENT_RST_ACK(SEC(5.5))},
     .shows = "acknowledged-repeated reset-when-due", .lacks = "answers-never-arrived repeats-unanswered"},
    {"and aborts at another time", {REQUEST_ACKNOWLEDGED_IN_VAIN, CLIENT_RST_ACK(SEC(4))},
     .shows = "acknowledged-repeated", .lacks = "reset-when-due"},
    {"the server repeats what was acknowledged", {RESPONSE_ACKNOWLEDGED_IN_VAIN, RST_ACK(SEC(5.5))},
     .shows = "acknowledged-repeated reset-when-due"},
    {"two repeats can be the fault of a slow path",
     {PLAIN_HANDSHAKE, REQUEST(SEC(1)), SERVER_ACK(SEC(1.001)), REQUEST(SEC(1.6), .back = 100),
      SERVER_ACK(SEC(1.601)), REQUEST(SEC(2.8), .back = 100), SERVER_ACK(SEC(2.801)), CLIENT_RST_ACK(SEC(5.2))},
     .lacks = "acknowledged-repeated"},
    {"acknowledged at last", {PLAIN_HANDSHAKE, REQUEST(SEC(1)), REQUEST(SEC(1.3), .back = 100),
     REQUEST(SEC(1.9), .back = 100), REQUEST(SEC(3.1), .back = 100), REQUEST(SEC(5.5), .back = 100),
     SERVER_ACK(SEC(5.501)), CLIENT_RST_ACK(SEC(10.3))}, .lacks = "acknowledged-repeated repeats-unanswered"},
    {"the client goes on then", {REQUEST_ACKNOWLEDGED_IN_VAIN, REQUEST(SEC(3.2)), CLIENT_RST_ACK(SEC(5.5))},
     .lacks = "acknowledged-repeated"},
    {"its reset acknowledges what came", {PLAIN_HANDSHAKE, REQUEST(SEC(1)), RESPONSE(SEC(1.001), .late = true),
     REQUEST(SEC(1.3), .back = 100), REQUEST(SEC(1.9), .back = 100), REQUEST(SEC(3.1), .back = 100),
     SERVER_ACK(SEC(3.101)), CLIENT_RST_ACK(SEC(5.5))}, .lacks = "acknowledged-repeated"},
    {"with timestamps that stand still",
     {HANDSHAKE_AT_SERVER, REQUEST(SEC(1), .tsecr = 100), SERVER_ACK(SEC(1.001), .tsval = 1100),
      REQUEST(SEC(1.3), .back = 100, .tsecr = 100), SERVER_ACK(SEC(1.301), .tsval = 1400),
      REQUEST(SEC(1.9), .back = 100, .tsecr = 100), SERVER_ACK(SEC(1.901), .tsval = 2000),
      REQUEST(SEC(3.1), .back = 100, .tsecr = 100), SERVER_ACK(SEC(3.101), .tsval = 3200),
      CLIENT_RST_ACK(SEC(5.5), .tsecr = 100)}, .shows = "answers-never-arrived", .lacks = "acknowledged-repeated"},
    {"with timestamps that know the answers",
     {HANDSHAKE_AT_SERVER, REQUEST(SEC(1), .tsecr = 100), SERVER_ACK(SEC(1.001), .tsval = 1100),
      REQUEST(SEC(1.3), .back = 100, .tsecr = 1100), SERVER_ACK(SEC(1.301), .tsval = 1400),
      REQUEST(SEC(1.9), .back = 100, .tsecr = 1400), SERVER_ACK(SEC(1.901), .tsval = 2000),
      REQUEST(SEC(3.1), .back = 100, .tsecr = 2000), SERVER_ACK(SEC(3.101), .tsval = 3200),
      CLIENT_RST_ACK(SEC(5.5), .tsecr = 3200)}, .lacks = "answers-never-arrived acknowledged-repeated"},
    {"keep-alives in haste, although each is answered", {PROBES_ANSWERED_IN_VAIN, CLIENT_RST_ACK(SEC(64))},
     .shows = "acknowledged-repeated reset-when-due", .lacks = "long-silence"},
    {"keep-alives at their pace, and an abort when the next is due",
     {PLAIN_HANDSHAKE, ACK(SEC(60), .back = 1), SERVER_ACK(SEC(60.001)), ACK(SEC(120), .back = 1),
      SERVER_ACK(SEC(120.001)), ACK(SEC(180), .back = 1), SERVER_ACK(SEC(180.001)), ACK(SEC(240), .back = 1),
      SERVER_ACK(SEC(240.001)), CLIENT_RST_ACK(SEC(300))}, .lacks = "acknowledged-repeated"},
    {"one long ago is none of them",
     {PLAIN_HANDSHAKE, ACK(SEC(60), .back = 1), SERVER_ACK(SEC(60.001)), RESPONSE(SEC(3000)), ACK(SEC(3000.1)),
      ACK(SEC(3060), .back = 1), SERVER_ACK(SEC(3060.001)), ACK(SEC(3120), .back = 1), SERVER_ACK(SEC(3120.001)),
      ACK(SEC(3180), .back = 1), SERVER_ACK(SEC(3180.001)), CLIENT_RST_ACK(SEC(3200))},
     .lacks = "acknowledged-repeated"},

    /* the capture began later */
    {"it has probes only", {BEGUN_LATE, SERVER_ACK(SEC(75), .back = 1), SERVER_ACK(SEC(150), .back = 1),
     SERVER_ACK(SEC(225), .back = 1), RST_ACK(SEC(300))},
     .shows = "repeats-unanswered reset-when-due", .lacks = "long-silence silence-of-known-timeout"},
    {"the client's", {BEGUN_LATE, ACK(SEC(75), .back = 1), ACK(SEC(150), .back = 1), ACK(SEC(225), .back = 1),
     CLIENT_RST_ACK(SEC(300))}, .shows = "repeats-unanswered reset-when-due", .lacks = "long-silence"},
    {"the timestamps that they echo grow: they were answered",
     {BEGUN_LATE, SERVER_ACK(SEC(75), .back = 1, .tsecr = 1000), SERVER_ACK(SEC(150), .back = 1, .tsecr = 76000),
      SERVER_ACK(SEC(225), .back = 1, .tsecr = 151000), RST_ACK(SEC(270), .tsecr = 226000)},
     .lacks = "repeats-unanswered reset-when-due"},
    {"no timestamps, and the reset comes at another time: the answers may go another way",
     {PLAIN_BEGUN_LATE, SERVER_ACK(SEC(75), .back = 1), SERVER_ACK(SEC(150), .back = 1),
      SERVER_ACK(SEC(225), .back = 1), RST_ACK(SEC(270))}, .lacks = "repeats-unanswered"},
    {"acknowledgements are no probes", {BEGUN_LATE, SERVER_ACK(SEC(75)), SERVER_ACK(SEC(150)), SERVER_ACK(SEC(225)),
     RST_ACK(SEC(300))}, .shows = "long-silence", .lacks = "repeats-unanswered reset-when-due"},
    {"probes that were answered, then not",
     {BEGUN_LATE, SERVER_ACK(SEC(75), .back = 1), ACK(SEC(75.04)), SERVER_ACK(SEC(375), .back = 1), ACK(SEC(375.04)),
      SERVER_ACK(SEC(675), .back = 1), SERVER_ACK(SEC(690), .back = 1), SERVER_ACK(SEC(705), .back = 1),
      RST_ACK(SEC(720))}, .shows = "repeats-unanswered rst-aborts-socket reset-when-due"},
    {"probes that were answered, and an abort",
     {BEGUN_LATE, SERVER_ACK(SEC(75), .back = 1), ACK(SEC(75.04)), SERVER_ACK(SEC(375), .back = 1), ACK(SEC(375.04)),
      RST_ACK(SEC(380))}, .shows = "rst-aborts-socket", .lacks = "repeats-unanswered reset-when-due"},

    /* the capture has one direction */
    {"ACK numbers grow after probes", {ONE_WAY_PROBES, REQUEST(SEC(50)), RESPONSE(SEC(50.04), .unseen = true),
     ACK(SEC(50.1)), CLIENT_RST_ACK(SEC(51))}, .lacks = "repeats-unanswered"},
    {"nothing grows", {ONE_WAY_PROBES, CLIENT_RST_ACK(SEC(60))}, .shows = "repeats-unanswered"},
    {"echoed timestamps grow", {HANDSHAKE_AT_CLIENT, ACK(SEC(15), .back = 1, .tsecr = 5000),
     ACK(SEC(30), .back = 1, .tsecr = 20000), ACK(SEC(45), .back = 1, .tsecr = 35000),
     CLIENT_RST_ACK(SEC(46), .tsecr = 35000)}, .lacks = "repeats-unanswered"},
    {"they stand still", {HANDSHAKE_AT_CLIENT, ACK(SEC(15), .back = 1, .tsecr = 5000),
     ACK(SEC(30), .back = 1, .tsecr = 5000), ACK(SEC(45), .back = 1, .tsecr = 5000),
     CLIENT_RST_ACK(SEC(46), .tsecr = 5000)}, .shows = "repeats-unanswered"},

    /* a reset that answers a probe */
    {"the third probe meets a host that knows nothing: its sender's interval is no idleness",
     {HANDSHAKE_AT_CLIENT, ACK(SEC(75), .back = 1), ACK(SEC(150), .back = 1), ACK(SEC(225), .back = 1),
      RST(SEC(225.04))}, .lacks = "silence-of-known-timeout long-silence"},
    {"the first one does", {HANDSHAKE_AT_CLIENT, ACK(SEC(75), .back = 1), RST(SEC(75.04))},
     .shows = "silence-of-known-timeout long-silence"},
};

const struct rows evidence_of_repeats = {"repeats", repeats, G_N_ELEMENTS(repeats)};
