/* silence_points_rows.h - silences that two capture points of a file saw
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SILENCE_POINTS_ROWS_H
#define TCPRST_SILENCE_POINTS_ROWS_H

#include "neighbours.h"
#include "story.h"

#define HANDSHAKE_THERE_TOO \
    SYN(0, .there = TOO), SYN_ACK(MS(40), .there = TOO), ACK(MS(40.1), .there = TOO)

/* The point next to the server goes on capturing. */
static const struct step served_there_too[] = {HANDSHAKE_THERE_TOO, REQUEST(MS(42), .there = TOO),
                                               RESPONSE(MS(83), .there = TOO), {0}};
#define CAPTURING_THERE .later = {{served_there_too, 1}}, .silence = true

static const struct story points_told[] = {
    {"SYNs that come to the host",
     {SYN(0, .there = TOO), SYN(SEC(1), .there = TOO), SYN(SEC(3), .there = TOO),
      SYN(SEC(7), .there = TOO)},
     CAPTURING_THERE, .shows = "asked-at-silent", .lacks = "asked-not-at-silent answer-lost",
     .cause = "no-answer", .says = "It passed the capture point nearer to the server"},
    {"SYNs of which none comes to the host, while those of others do",
     {SYN(0), SYN(SEC(1)), SYN(SEC(3)), SYN(SEC(7))}, .before = {{served_there_too, 1}},
     CAPTURING_THERE, .shows = "asked-not-at-silent", .lacks = "asked-at-silent answer-lost",
     .cause = "no-answer", .says = "the way between the points lost it"},
    {"the same, but the capture there may have begun later",
     {SYN(0), SYN(SEC(1)), SYN(SEC(3)), SYN(SEC(7))}, CAPTURING_THERE,
     .lacks = "asked-not-at-silent asked-at-silent"},
    {"the SYN/ACK is lost on its way",
     {SYN(0, .there = TOO), SYN_ACK(MS(20), .there = ONLY), SYN(SEC(1), .there = TOO),
      SYN_ACK(SEC(1.02), .there = ONLY), SYN(SEC(3), .there = TOO),
      SYN_ACK(SEC(3.02), .there = ONLY)},
     CAPTURING_THERE, .shows = "answer-lost", .lacks = "asked-not-at-silent",
     .cause = "no-answer", .says = "the way back lost it"},
    {"another port's SYN/ACKs come through",
     {SYN(0, .there = TOO), SYN_ACK(MS(20), .there = ONLY), SYN(SEC(1), .there = TOO),
      SYN_ACK(SEC(1.02), .there = ONLY), SYN(SEC(3), .there = TOO), SYN_ACK(SEC(3.02), .there = ONLY)},
     .later = {{served_there_too, 3, 3, 22}}, .silence = true,
     .shows = "answer-lost host-answers-meanwhile", .cause = "no-answer"},
    {"the server answers, and no longer comes through",
     {HANDSHAKE_THERE_TOO, REQUEST(MS(41), .there = TOO), RESPONSE(MS(81), .there = TOO),
      REQUEST(MS(90), .there = TOO), SERVER_ACK(MS(110), .there = ONLY),
      REQUEST(MS(300), .back = 100, .there = TOO), SERVER_ACK(MS(320), .there = ONLY),
      REQUEST(MS(700), .back = 100, .there = TOO), REQUEST(MS(1500), .back = 100, .there = TOO),
      REQUEST(MS(3100), .back = 100, .there = TOO), REQUEST(MS(6300), .back = 100, .there = TOO),
      SERVER_ACK(MS(6320), .there = ONLY)},
     CAPTURING_THERE, .shows = "answer-lost silent-side-answered", .cause = "no-answer",
     .says = "the way back lost it"},
    {"a device drops the request",
     {HANDSHAKE_THERE_TOO, REQUEST(MS(41)), REQUEST(MS(250), .back = 100),
      REQUEST(MS(650), .back = 100), REQUEST(MS(1450), .back = 100), REQUEST(MS(3050), .back = 100),
      REQUEST(MS(6250), .back = 100)},
     CAPTURING_THERE, .shows = "asked-not-at-silent", .lacks = "asked-at-silent answer-lost",
     .cause = "no-answer", .says = "the way between the points lost it"},
    {"a device drops the ACK and the request, so the server repeats its SYN/ACK",
     {SYN(0, .there = TOO), SYN_ACK(MS(40), .there = TOO), ACK(MS(40.1)), REQUEST(MS(41)),
      REQUEST(MS(250), .back = 100), SYN_ACK(SEC(1), .there = TOO), ACK(SEC(1.01)),
      REQUEST(MS(1450), .back = 100), SYN_ACK(SEC(3), .there = TOO), ACK(SEC(3.01)),
      REQUEST(MS(3050), .back = 100), REQUEST(MS(6250), .back = 100)},
     CAPTURING_THERE, .shows = "asked-not-at-silent ack-ignored", .cause = "no-answer"},
    {"the host takes the large part, too",
     {HANDSHAKE_THERE_TOO, REQUEST(MS(41), .bytes = 1460, .there = TOO),
      REQUEST(MS(250), .bytes = 1460, .back = 1460, .there = TOO),
      REQUEST(MS(650), .bytes = 1460, .back = 1460, .there = TOO),
      REQUEST(MS(1450), .bytes = 1460, .back = 1460, .there = TOO),
      REQUEST(MS(3050), .bytes = 1460, .back = 1460, .there = TOO)},
     CAPTURING_THERE, .shows = "asked-at-silent large-unacknowledged", .never = "path-mtu"},
    {"the host takes the request and says nothing",
     {HANDSHAKE_THERE_TOO, REQUEST(MS(41), .there = TOO),
      REQUEST(MS(250), .back = 100, .there = TOO), REQUEST(MS(650), .back = 100, .there = TOO),
      REQUEST(MS(1450), .back = 100, .there = TOO), REQUEST(MS(3050), .back = 100, .there = TOO)},
     CAPTURING_THERE, .shows = "asked-at-silent", .lacks = "asked-not-at-silent answer-lost"},
    {"only the large part of the request is lost",
     {HANDSHAKE_THERE_TOO, REQUEST(MS(41), .bytes = 1460), REQUEST(MS(42), .there = TOO),
      SERVER_ACK(MS(82), .ack = 1, .there = TOO),
      REQUEST(MS(250), .bytes = 1460, .back = 1560), REQUEST(MS(650), .bytes = 1460, .back = 1560),
      REQUEST(MS(1450), .bytes = 1460, .back = 1560),
      REQUEST(MS(3050), .bytes = 1460, .back = 1560)},
     CAPTURING_THERE, .shows = "asked-not-at-silent", .lacks = "asked-at-silent",
     .cause = "path-mtu"},
};

#endif
