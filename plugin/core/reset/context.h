/* context.h - what links a reset to other connections and their resets
 *
 * Each function takes an event that was just made, and what it shares with others: its endpoint,
 * its client, the race of handshakes, a connection that the same client port had with another
 * address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_CONTEXT_H
#define TCPRST_RESET_CONTEXT_H

#include "core/reset/event.h"
#include "core/reset/race.h"
#include "core/reset/latest_syns.h"

/* Adds an abort by the server to the aborts of its endpoint that came just before it. */
void tcprst_context_join_burst(struct tcprst_event *event, struct tcprst_endpoint *endpoint);

/* True if that side ended the connection unasked, with RST+ACK. */
bool tcprst_context_is_abort(const struct tcprst_event *event, enum tcprst_role from);

/* True if the server aborted a connection that had been idle for 2 s or more, with no request open
 * and never longer before, as the first of a burst, and no TTL shows another host.  2 s are a
 * judgement. */
bool tcprst_context_ends_wait(const struct tcprst_event *event);

/* Counts a connection that its server closed first, with that FIN, in the burst of aborts. */
void tcprst_context_note_close(struct tcprst_connection *connection, int64_t time_ns);

/* Keeps that the server answers on this connection after its endpoint's latest abort. */
void tcprst_context_note_survivor(const struct tcprst_connection *connection, uint32_t frame);

/* Adds an abort by the client, of no burst yet, to that of its aborts just before; `last`: the
 * latest of them, or NULL. */
void tcprst_context_join_client_burst(struct tcprst_event *event,
                                      const struct tcprst_event *last);

/* Removes the event from the burst and the sweep that it joined, which others may have joined since
 * and still lead to it, and from its winner. */
void tcprst_context_leave(struct tcprst_event *event, struct tcprst_endpoint *endpoint);

/* The first event of the largest burst that any capture point saw it in; NULL: this is no abort. */
const struct tcprst_event *tcprst_context_burst(const struct tcprst_event *event);

/* Adds an early reset by the client, or a refusal of its SYN, to the client's sweep that began with
 * `first`, or begins one if that is NULL: it may be trying many endpoints. */
void tcprst_context_join_sweep(struct tcprst_event *event, struct tcprst_event *first);

/* Sets the event's winner, if its client gave the connection up because another one won the
 * race. */
void tcprst_context_find_winner(struct tcprst_event *event, const struct tcprst_race *race);

/* Sets the event's SYN just before it. */
void tcprst_context_find_syn_before(struct tcprst_event *event);

/* Sets the event's joined connection if that of the other reset may be: the event's sender has the
 * other role in it, both opened together, and were reset almost together. */
void tcprst_context_join_connections(struct tcprst_event *event, const struct tcprst_event *other);

/* Links two resets in the names of different hosts, if they came at one instant with one TTL, and
 * the other segments of neither host have it. */
void tcprst_context_compare_ttls(struct tcprst_event *event, struct tcprst_event *other);

/* The latest SYN from the address and port that sent the reset; NULL if there is none, or the
 * connection's own SYN was captured.  Valid until the next SYN is kept. */
const struct tcprst_latest_syn *tcprst_context_asked(const struct tcprst_event *event,
                                                const struct tcprst_latest_syns *syns);

/* Sets the event's SYN target if the segment that it answers has the sequence numbers of `other`,
 * the connection of that SYN. */
void tcprst_context_find_syn_target(struct tcprst_event *event,
                                    const struct tcprst_latest_syn *asked,
                                    const struct tcprst_connection *other);

#endif
