/* context.h - what resets of other connections, and other connections, have to do with a reset
 *
 * Each function takes an event that was just frozen and the thing that links it to its neighbours: its
 * endpoint, its client, the race of handshakes, a connection that the same client port had with another
 * address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_CONTEXT_H
#define TCPRST_RESET_CONTEXT_H

#include "core/reset/event.h"
#include "core/reset/race.h"
#include "core/reset/latest_syns.h"

/* An abort by the server joins the aborts of its endpoint that came just before it. */
void tcprst_context_join_burst(struct tcprst_event *event, struct tcprst_endpoint *endpoint);

/* An early reset of the client's, or its SYN refused, joins the others of that client: one more of many
 * endpoints that it tries?  The first of them is not packed. */
void tcprst_context_join_spree(struct tcprst_event *event);

/* A connection that its client gives up early may have lost a race against another one. */
void tcprst_context_find_winner(struct tcprst_event *event, const struct tcprst_race *race);

/* The end that sent the reset, for a look at what it had asked others: NULL where the connection's own SYN
 * was seen. */
const struct tcprst_latest_syn *tcprst_context_asked(const struct tcprst_event *event,
                                                const struct tcprst_latest_syns *syns);

/* Sets the event's detour if the segment that it answers has the numbers of `other`, the connection that was
 * asked for. */
void tcprst_context_find_detour(struct tcprst_event *event, const struct tcprst_latest_syn *asked,
                                const struct tcprst_connection *other);

#endif
