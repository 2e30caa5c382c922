/* verdict_repeat_rows.c - verdicts on a side that repeats itself until it gives up, or is closed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "repeats.h"
#include "verdict_rows.h"

static const struct story repeats[] = {
    {"the client's data is acknowledged, but the acknowledgements do not reach it",
     {REQUEST_ACKNOWLEDGED_IN_VAIN, CLIENT_RST_ACK(SEC(5.5))}, .cause = "peer-vanished", .not_high = true,
     .sender = "client", .says = "sent the same again 3 times without"},
    {"the server's data", {RESPONSE_ACKNOWLEDGED_IN_VAIN, RST_ACK(SEC(5.5))}, .cause = "peer-vanished",
     .not_high = true, .sender = "server", .says = "had been acknowledged (frame "},
    {"the request is acknowledged once, and the client aborts",
     {PLAIN_HANDSHAKE, REQUEST(SEC(1)), SERVER_ACK(SEC(1.001)), CLIENT_RST_ACK(SEC(5.5))}, .cause = "client-abort"},
    {"the request is repeated, acknowledged and the client aborts",
     {PLAIN_HANDSHAKE, REQUEST(SEC(1)), REQUEST(SEC(1.3), .back = 100), REQUEST(SEC(1.9), .back = 100),
      SERVER_ACK(SEC(1.901)), CLIENT_RST_ACK(SEC(5.5))}, .cause = "client-abort"},
    {"keep-alives in haste, although each is answered", {PROBES_ANSWERED_IN_VAIN, CLIENT_RST_ACK(SEC(64))},
     .cause = "peer-vanished", .not_high = true},
    {"keep-alives at their pace, and an abort",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), ACK(MS(82)), ACK(SEC(60), .back = 1),
      SERVER_ACK(SEC(60.001)), ACK(SEC(120), .back = 1), SERVER_ACK(SEC(120.001)), ACK(SEC(180), .back = 1),
      SERVER_ACK(SEC(180.001)), CLIENT_RST_ACK(SEC(190))}, .never = "peer-vanished"},

    {"a server's probes in haste, before the client said anything",
     {SYN(0, .options = PLAIN), SYN_ACK(MS(40), .options = PLAIN), ACK(MS(40.1)), SERVER_ACK(SEC(60), .back = 1),
      ACK(SEC(60.001)), SERVER_ACK(SEC(61), .back = 1), ACK(SEC(61.001)), SERVER_ACK(SEC(62), .back = 1),
      ACK(SEC(62.001)), SERVER_ACK(SEC(63), .back = 1), ACK(SEC(63.001)), RST_ACK(SEC(63.5))},
     .shows = "acknowledged-repeated", .cause = "peer-vanished"},
    {"the same after a complete exchange",
     {SYN(0, .options = PLAIN), SYN_ACK(MS(40), .options = PLAIN), ACK(MS(40.1)), REQUEST(MS(41)), RESPONSE(MS(90)),
      ACK(MS(90.1)), SERVER_ACK(SEC(60), .back = 1), ACK(SEC(60.001)), SERVER_ACK(SEC(61), .back = 1),
      ACK(SEC(61.001)), SERVER_ACK(SEC(62), .back = 1), RST_ACK(SEC(62.5))},
     .shows = "acknowledged-repeated exchange-complete", .cause = "peer-vanished"},
    {"probes without an answer after a complete exchange",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), SERVER_ACK(SEC(60), .back = 1),
      SERVER_ACK(SEC(70), .back = 1), RST_ACK(SEC(73))},
     .shows = "repeats-unanswered exchange-complete", .cause = "peer-vanished"},

    {"the client's, after a complete exchange",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), ACK(SEC(60), .back = 1),
      ACK(SEC(70), .back = 1), CLIENT_RST_ACK(SEC(73))},
     .shows = "repeats-unanswered exchange-complete", .cause = "peer-vanished"},
    {"a server's timestamps do not know the visitor's answers",
     {HANDSHAKE_AT_CLIENT, SERVER_ACK(SEC(60), .back = 1, .tsecr = 70000), ACK(SEC(60.1), .tsval = 130100),
      RST_ACK(SEC(62), .tsecr = 70000)}, .shows = "answers-never-arrived", .cause = "peer-vanished"},

    {"a server probes a visitor that said nothing",
     {HANDSHAKE_AT_SERVER, SERVER_ACK(SEC(60), .back = 1), SERVER_ACK(SEC(65), .back = 1),
      SERVER_ACK(SEC(70), .back = 1), SERVER_ACK(SEC(75), .back = 1), RST_ACK(SEC(80))},
     .cause = "peer-vanished", .sender = "server"},
    {"the visitor answers, and the server drops it",
     {HANDSHAKE_AT_SERVER, SERVER_ACK(SEC(5), .back = 1), ACK(SEC(5.04)), SERVER_ACK(SEC(10), .back = 1),
      ACK(SEC(10.04)), RST_ACK(SEC(14))}, .cause = "app-reject"},
    {"the capture has probes only", {BEGUN_LATE, SERVER_ACK(SEC(75), .back = 1), SERVER_ACK(SEC(150), .back = 1),
     SERVER_ACK(SEC(225), .back = 1), RST_ACK(SEC(300))}, .cause = "peer-vanished", .not_high = true},
    {"the capture has acknowledgements only", {BEGUN_LATE, SERVER_ACK(SEC(75)), SERVER_ACK(SEC(150)),
     SERVER_ACK(SEC(225)), RST_ACK(SEC(300))}, .never = "peer-vanished"},
    {"probes were answered, then not",
     {BEGUN_LATE, SERVER_ACK(SEC(75), .back = 1), ACK(SEC(75.04)), SERVER_ACK(SEC(375), .back = 1), ACK(SEC(375.04)),
      SERVER_ACK(SEC(675), .back = 1), SERVER_ACK(SEC(690), .back = 1), SERVER_ACK(SEC(705), .back = 1),
      RST_ACK(SEC(720))}, .cause = "peer-vanished"},
    {"probes were answered, then an abort",
     {BEGUN_LATE, SERVER_ACK(SEC(75), .back = 1), ACK(SEC(75.04)), SERVER_ACK(SEC(375), .back = 1), ACK(SEC(375.04)),
      RST_ACK(SEC(380))}, .never = "peer-vanished"},
    {"one direction: what the client acknowledges grows after its probes",
     {ONE_WAY_PROBES, REQUEST(SEC(50)), RESPONSE(SEC(50.04), .unseen = true), ACK(SEC(50.1)),
      CLIENT_RST_ACK(SEC(51))}, .never = "peer-vanished"},
    {"one direction: nothing grows", {ONE_WAY_PROBES, CLIENT_RST_ACK(SEC(60))}, .cause = "peer-vanished"},
};

const struct rows verdicts_repeats = {"repeats", repeats, G_N_ELEMENTS(repeats)};
