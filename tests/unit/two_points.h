/* two_points.h - conversations that a capture point next to the server sees, too
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_TWO_POINTS_H
#define TCPRST_TEST_TWO_POINTS_H

#include "story.h"

#define HANDSHAKE_TOO SYN(0, .there = TOO), SYN_ACK(MS(40), .there = TOO), ACK(MS(40.1), .there = TOO)
#define SERVED_TOO \
    {HANDSHAKE_TOO, REQUEST(MS(42), .there = TOO), RESPONSE(MS(83), .there = TOO), {0}}

/* That point goes on capturing after the story. */
#define STILL_CAPTURING .later = {{served_too, 1}}

#endif
