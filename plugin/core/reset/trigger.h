/* trigger.h - which segment a reset answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_TRIGGER_H
#define TCPRST_RESET_TRIGGER_H

#include "core/reset/event.h"

/* A shorter share of the shortest handshake wait is less than any honest answer took (docs/facts.md 3). */
#define TCPRST_SOONEST_LEGS 0.7

/* ... and a longer one than this is not "one round trip". */
#define TCPRST_LATEST_LEGS 1.5

/* Fills in trigger, delay and silence of an event that was just frozen, from its connection as it is. */
void tcprst_find_trigger(struct tcprst_event *event, const struct tcprst_connection *connection);

#endif
