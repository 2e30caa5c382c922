/* trigger.h - which segment a reset answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_TRIGGER_H
#define TCPRST_RESET_TRIGGER_H

#include "core/reset/event.h"

/* No genuine answer took less than this fraction of the shortest leg (docs/facts.md 3). */
#define TCPRST_SOONEST_LEGS 0.7

/* ... and an answer that took more than this is not "one round trip" later. */
#define TCPRST_LATEST_LEGS 1.5

/* Sets trigger, delay and silence of an event that was just made, from its connection as it is
 * now. */
void tcprst_find_trigger(struct tcprst_event *event, const struct tcprst_connection *connection);

/* True if a segment that passed `age_ns` before the RST cannot have been answered by it, over a leg
 * of `leg_ns`; -1: the leg is unknown, and it can. */
bool tcprst_had_no_time(int64_t leg_ns, int64_t age_ns);

/* Sets delay_ns, silence_ns, peer_data_crossed and idle_before_request_ns; -1: unknown
 * (pauses.c). */
void tcprst_note_pauses(struct tcprst_event *event, const struct tcprst_connection *connection);

#endif
