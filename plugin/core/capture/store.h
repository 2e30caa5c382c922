/* store.h - keeps the connections and resets of a capture, each found by its tuple or number
 *
 * Connections that began or ended lately are at hand.  Older ones are packed (compact.h) if they are still going
 * to open or were reset; the other closed ones are forgotten.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_STORE_H
#define TCPRST_CAPTURE_STORE_H

#include "core/reset/event.h"
#include "core/reset/race.h"

struct tcprst_store;

/* Closed connections without a reset are forgotten when so many others have closed since: late segments, and
 * resets that answer them, come within a second or two of the close. */
enum { TCPRST_CLOSED_KEPT = 8192, TCPRST_BEGUN_KEPT = 2048 };

/* Connections that are freed are forgotten by the race. */
struct tcprst_store *tcprst_store_new(struct tcprst_race *race);
void tcprst_store_free(struct tcprst_store *store);

/* Fewer are kept at hand from now on, before any connection began: for tests. */
void tcprst_store_keep(struct tcprst_store *store, unsigned kept);

/* The current connection of a tuple; NULL if there is none.  A taken one, and one that was just begun, stays
 * where it is until the next is taken or begun; one that was found, until more are. */
struct tcprst_connection *tcprst_store_take(struct tcprst_store *store, const struct tcprst_tuple *tuple);
struct tcprst_connection *tcprst_store_find(struct tcprst_store *store, const struct tcprst_tuple *tuple);

/* A new one, whose tuple has none; it begins with a segment from that end of the tuple.  The caller sets its
 * endpoint before the next call. */
struct tcprst_connection *tcprst_store_begin(struct tcprst_store *store, const struct tcprst_tuple *tuple,
                                             unsigned src_index, const struct tcprst_segment *first);

/* Its tuple is used by another one from now on. */
void tcprst_store_retire(struct tcprst_store *store, struct tcprst_connection *connection);

/* It ended. */
void tcprst_store_close(struct tcprst_store *store, struct tcprst_connection *connection);

/* How many connections there are, forgotten ones apart. */
unsigned tcprst_store_connections(const struct tcprst_store *store);

/* Gives the connection's new event the next number, from 0; the shelf owns it. */
void tcprst_store_add_event(struct tcprst_store *store, struct tcprst_event *event);

/* Valid until the next call, or as long as the shelf if `is_lent` is set in it. */
struct tcprst_event *tcprst_store_event(struct tcprst_store *store, uint32_t number);
uint32_t tcprst_store_events(const struct tcprst_store *store);

#endif
