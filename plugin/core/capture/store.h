/* store.h - keeps the connections, resets and endpoints of a capture, each found by its key or number
 *
 * It owns all of them.  What it gives out is borrowed: a connection with its event and its endpoint may be
 * packed into few bytes (compact.h), and its pointers then dangle, as soon as the shelf is asked for another one.
 * Each function below says until when its result is valid.  Nothing is given back: asking for the next one
 * does that.
 *
 * The latest connections are at hand, those that began and those that ended.  The others are packed, or
 * forgotten if they were closed without a reset.
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

/* Connections that are freed or packed are forgotten by the race. */
struct tcprst_store *tcprst_store_new(struct tcprst_race *race);
void tcprst_store_free(struct tcprst_store *store);

/* Fewer are kept at hand from now on, before any connection began: for tests. */
void tcprst_store_keep(struct tcprst_store *store, unsigned kept);

/* The present connection of a tuple, NULL if there is none.  The connection that was taken last, or begun after
 * it, is valid until the next one is taken or begun, whatever else the shelf is asked for. */
struct tcprst_connection *tcprst_store_take(struct tcprst_store *store, const struct tcprst_tuple *tuple);

/* The same for a look beside it: valid until any other call. */
struct tcprst_connection *tcprst_store_find(struct tcprst_store *store, const struct tcprst_tuple *tuple);

/* A new connection, whose tuple has none; it begins with a segment from that end of the tuple.  Valid as a taken
 * one.  The caller sets its endpoint before the next one is taken or begun. */
struct tcprst_connection *tcprst_store_begin(struct tcprst_store *store, const struct tcprst_tuple *tuple,
                                             unsigned src_index, const struct tcprst_segment *first);

/* The tuple is used by another connection from now on.  The pointer is not valid any more. */
void tcprst_store_retire(struct tcprst_store *store, struct tcprst_connection *connection);

/* The taken connection ended. */
void tcprst_store_close(struct tcprst_store *store, struct tcprst_connection *connection);

/* How many connections there are, forgotten ones apart. */
unsigned tcprst_store_connections(const struct tcprst_store *store);

/* Gives the taken connection's new event the next number, from 0; the shelf owns it from now on. */
void tcprst_store_add_event(struct tcprst_store *store, struct tcprst_event *event);

/* An event with its connection: valid until any other call, or, if it is lent, as long as the shelf. */
struct tcprst_event *tcprst_store_event(struct tcprst_store *store, uint32_t number);
struct tcprst_event *tcprst_store_lend_event(struct tcprst_store *store, uint32_t number);
uint32_t tcprst_store_events(const struct tcprst_store *store);

/* The endpoint of that address and port, NULL if there is none.  That of the taken connection is valid as long
 * as the connection, any other until the next call. */
struct tcprst_endpoint *tcprst_store_endpoint(struct tcprst_store *store, const struct tcprst_end *end);

/* A new endpoint, with the next number from 0, for the taken connection. */
struct tcprst_endpoint *tcprst_store_add_endpoint(struct tcprst_store *store, const struct tcprst_end *end,
                                                  struct tcprst_host *host);

/* Address and port of the endpoint with that number. */
struct tcprst_end tcprst_store_end(const struct tcprst_store *store, uint32_t number);

#endif
