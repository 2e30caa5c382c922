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

struct tcprst_shelf;

/* Closed connections without a reset are forgotten when so many others have closed since: late segments, and
 * resets that answer them, come within a second or two of the close. */
enum { TCPRST_CLOSED_KEPT = 8192, TCPRST_BEGUN_KEPT = 2048 };

/* Connections that are freed are forgotten by the race. */
struct tcprst_shelf *tcprst_shelf_new(struct tcprst_race *race);
void tcprst_shelf_free(struct tcprst_shelf *shelf);

/* Fewer are kept at hand from now on, before any connection began: for tests. */
void tcprst_shelf_keep(struct tcprst_shelf *shelf, unsigned kept);

/* The current connection of a tuple; NULL if there is none.  A taken one, and one that was just begun, stays
 * where it is until the next is taken or begun; one that was found, until more are. */
struct tcprst_connection *tcprst_shelf_take(struct tcprst_shelf *shelf, const struct tcprst_tuple *tuple);
struct tcprst_connection *tcprst_shelf_find(struct tcprst_shelf *shelf, const struct tcprst_tuple *tuple);

/* A new one, whose tuple has none: the caller sets its endpoint before the next call. */
struct tcprst_connection *tcprst_shelf_begin(struct tcprst_shelf *shelf, const struct tcprst_segment *first);

/* Its tuple is used by another one from now on. */
void tcprst_shelf_retire(struct tcprst_shelf *shelf, struct tcprst_connection *connection);

/* It ended. */
void tcprst_shelf_close(struct tcprst_shelf *shelf, struct tcprst_connection *connection);

/* How many connections there are, forgotten ones apart. */
unsigned tcprst_shelf_connections(const struct tcprst_shelf *shelf);

/* Gives the connection's new event the next number, from 0; the shelf owns it. */
void tcprst_shelf_add_event(struct tcprst_shelf *shelf, struct tcprst_event *event);

/* Valid until the next call, or as long as the shelf if `is_lent` is set in it. */
struct tcprst_event *tcprst_shelf_event(struct tcprst_shelf *shelf, uint32_t number);
uint32_t tcprst_shelf_events(const struct tcprst_shelf *shelf);

#endif
