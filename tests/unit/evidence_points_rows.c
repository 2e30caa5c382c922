/* evidence_points_rows.c - evidence that a second capture point in the file
 * gives
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rows.h"

#define HANDSHAKE_TOO                                                          \
  SYN(0, .there = TOO), SYN_ACK(MS(40), .there = TOO),                         \
      ACK(MS(40.1), .there = TOO)

#define BEYOND .there = TOO, .there_routers = 6

/* The point next to the server goes on capturing. */
static const struct step served_too[] = {HANDSHAKE_TOO,
                                         REQUEST(MS(42), .there = TOO),
                                         RESPONSE(MS(83), .there = TOO),
                                         {0}};
#define STILL_CAPTURING .later = {{served_too, 1}}

static const struct story told[] = {
    {"a device rejects the request: neither it nor the reset is at the server",
     {HANDSHAKE_TOO, REQUEST(MS(90)), RST(MS(93), .ttl = 60)},
     STILL_CAPTURING,
     .shows = "rst-not-at-sender answered-not-at-sender",
     .cause = "rejected-in-path",
     .lacks = "rst-by-other-way rst-at-sender rst-at-host answered-at-sender "
              "synack-not-at-server",
     .not_at = "server between"},
    {"the same, but the capture at the server may have ended",
     {HANDSHAKE_TOO, REQUEST(MS(42)), RST(MS(45), .ttl = 60)},
     .lacks = "rst-not-at-sender answered-not-at-sender rst-not-at-receiver",
     .not_at = "server between"},
    {"an injector answers what went on to the server",
     {HANDSHAKE_TOO, REQUEST(MS(90), .there = TOO), RST(MS(93), .ttl = 60)},
     STILL_CAPTURING,
     .shows = "rst-not-at-sender answered-at-sender",
     .cause = "forged",
     .lacks = "answered-not-at-sender rst-by-other-way"},
    {"an injector among the routers between the points",
     {SYN(0, BEYOND), SYN_ACK(MS(40), .ttl = 58, BEYOND), ACK(MS(40.1), BEYOND),
      REQUEST(MS(90), BEYOND), RST(MS(93), .ttl = 60)},
     STILL_CAPTURING,
     .shows = "rst-not-at-sender",
     .cause = "forged",
     .says = "; made 4 of 6 routers away from here",
     .not_at = "server between"},
    {"another host, as far away, answers",
     {HANDSHAKE_TOO, REQUEST(MS(90)), RST(MS(130))},
     STILL_CAPTURING,
     .shows = "rst-by-other-way answered-not-at-sender",
     .cause = "path-flip",
     .lacks = "rst-not-at-sender rst-at-sender rst-at-host "
              "rst-not-at-receiver answered-at-sender "
              "synack-not-at-server"},
    {"the server answers",
     {HANDSHAKE_TOO, REQUEST(MS(42), .there = TOO), RST(MS(82), .there = TOO)},
     STILL_CAPTURING,
     .shows = "rst-at-host",
     .cause = "no-state",
     .lacks = "rst-not-at-sender rst-at-sender answered-at-sender "
              "handshake-not-at-sender repeats-lost syn-changed points-lose-frames "
              "wrong-ack-at-server clocks-drift"},
    {"a host beyond routers answers",
     {SYN(0, .there = TOO), SYN_ACK(MS(40), .ttl = 60, .there = TOO),
      ACK(MS(40.1), .there = TOO), REQUEST(MS(42), .there = TOO),
      RST(MS(82), .ttl = 60, .there = TOO)},
     STILL_CAPTURING,
     .shows = "rst-at-sender",
     .lacks = "rst-at-host rst-not-at-sender"},
    {"the reset is lost on its way",
     {HANDSHAKE_TOO, REQUEST(MS(42), .there = TOO), RST(MS(82), .there = ONLY)},
     STILL_CAPTURING,
     .events = 1,
     .shows = "rst-not-at-receiver rst-at-host",
     .not_at = "server between"},
    {"the handshake went to another host",
     {SYN(0), SYN_ACK(MS(40)), ACK(MS(40.1)), REQUEST(MS(42), .there = TOO),
      RST(MS(82), .there = TOO)},
     STILL_CAPTURING,
     .shows = "handshake-not-at-sender",
     .cause = "path-flip"},
    {"a device answers the SYN that the server gets, too",
     {SYN(0, .there = TOO), SYN_ACK(MS(10)), ACK(MS(10.1)), RST_ACK(MS(30))},
     STILL_CAPTURING,
     .shows = "synack-not-at-server"},
    {"a device changes the numbers",
     {SYN(0, .there = TOO), SYN_ACK(MS(40), .there = TOO),
      ACK(MS(40.1), .there = TOO, .there_ack = 7000),
      RST(MS(81), .there = TOO)},
     STILL_CAPTURING,
     .shows = "wrong-ack-at-server",
     .lacks = "syn-changed",
     .cause = "bad-handshake-ack"},
    {"what the server repeats is lost",
     {HANDSHAKE_TOO, REQUEST(MS(42), .there = TOO),
      RESPONSE(MS(83), .there = TOO),
      RESPONSE(SEC(1), .back = PAYLOAD_BYTES, .there = ONLY),
      RESPONSE(SEC(3), .back = PAYLOAD_BYTES, .there = ONLY),
      RESPONSE(SEC(7), .back = PAYLOAD_BYTES, .there = ONLY),
      RST_ACK(SEC(15), .there = TOO)},
     STILL_CAPTURING,
     .shows = "repeats-lost",
     .cause = "peer-vanished"},
    {"a tunnel lowers the MSS",
     {SYN(0, .there = TOO, .there_mss = 1380), SYN_ACK(MS(40), .there = TOO),
      ACK(MS(40.1), .there = TOO), RST_ACK(MS(41), .there = TOO)},
     STILL_CAPTURING,
     .shows = "syn-changed"},
    {"one of the captures lacks a frame that the other one has",
     {HANDSHAKE_TOO,
      REQUEST(MS(42), .there = TOO),
      RESPONSE(MS(83), .there = ONLY),
      RESPONSE(MS(84), .there = TOO),
      RST(MS(85), .ttl = 60)},
     STILL_CAPTURING,
     .shows = "points-lose-frames rst-not-at-sender",
     .certainty = "likely"},
    {"a clock runs faster than the other",
     {SYN(0, .there = TOO, .there_ns = SEC(4)),
      SYN_ACK(MS(40), .there = TOO, .there_ns = SEC(4)),
      ACK(MS(40.1), .there = TOO, .there_ns = SEC(4)),
      RST_ACK(MS(41), .there = TOO, .there_ns = SEC(4))},
     .before = {{served_too, 1}},
     .shows = "clocks-drift"},
};

const struct rows evidence_of_points = {"points", told, G_N_ELEMENTS(told)};
