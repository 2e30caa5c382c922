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

/* Age, when the RST+ACK comes, of the newest kept segment of `role` that it is the first to
 * acknowledge, if `acked` was acknowledged before; -1: none. */
int64_t tcprst_age_of_acked(const struct tcprst_connection *connection, enum tcprst_role role,
                            uint32_t acked, const struct tcprst_segment *rst);

/* Sets trigger, delay and silence of an event that was just made, from its connection as it is
 * now. */
void tcprst_find_trigger(struct tcprst_event *event, const struct tcprst_connection *connection);

#endif
