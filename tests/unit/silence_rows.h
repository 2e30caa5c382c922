/* silence_rows.h - what the stories of failures without a reset share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_SILENCE_ROWS_H
#define TCPRST_TEST_SILENCE_ROWS_H

#include "story.h"

/* Another conversation, later, so that the capture goes on. */
#define LATER_ELSEWHERE \
    {{.steps = (const struct step[])SERVED, .times = 8, .port = 22, .host = 9}}
#define SERVE(...) {.steps = (const struct step[])SERVED, __VA_ARGS__}
#define DEAD_SYN SYN(0), SYN(SEC(1)), SYN(SEC(3)), SYN(SEC(7))
#define DEAD_DATA                                                                           \
    REQUEST(MS(250), .back = 100), REQUEST(MS(650), .back = 100), REQUEST(MS(1450), .back = 100), \
        REQUEST(MS(3050), .back = 100), REQUEST(MS(6250), .back = 100)

/* Conversations in which nothing failed (silence_quiet_rows.c). */
extern const struct story quiet_stories[];
extern const unsigned quiet_stories_count;

#endif
