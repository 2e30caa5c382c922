/* store.h - keeps the connections, resets and endpoints of a capture, each found by its key or
 * number
 *
 * It owns all of them.  Callers borrow what its functions return: a later call may pack a
 * connection with its event and its endpoint into few bytes (compact.h), and pointers to them are
 * then invalid.  Each function below says until when its result is valid.  Nothing has to be
 * returned.
 *
 * The connections that began last, and those that ended last, are unpacked.  The others are packed,
 * or forgotten if they were closed without a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_STORE_H
#define TCPRST_CAPTURE_STORE_H

#include "core/reset/event.h"
#include "core/reset/race.h"

struct tcprst_points;

struct tcprst_store;

/* Closed connections without a reset are forgotten when so many others have closed since: late
 * segments, and resets that answer them, come within a second or two of the close.  Those with a
 * reset are only packed. */
enum { TCPRST_CLOSED_KEPT = 8192, TCPRST_RESET_KEPT = 1024, TCPRST_BEGUN_KEPT = 2048 };

/* The store removes connections from the race before it frees or packs them, and what other points
 * saw of them. */
struct tcprst_store *tcprst_store_new(struct tcprst_race *race, struct tcprst_points *points);
void tcprst_store_free(struct tcprst_store *store);

/* Keeps fewer connections unpacked.  To be called before any connection began; for tests. */
void tcprst_store_keep(struct tcprst_store *store, unsigned kept);

/* Takes the present connection of a tuple; NULL if there is none.  It is valid until the next
 * connection is taken or begun; no other function of the store ends that. */
struct tcprst_connection *tcprst_store_take(struct tcprst_store *store,
                                            const struct tcprst_tuple *tuple);

/* The one that was taken last; NULL if there is none. */
struct tcprst_connection *tcprst_store_taken(struct tcprst_store *store);

/* Finds a connection without taking it; NULL if there is none.  Valid until the next call of any
 * function of the store. */
struct tcprst_connection *tcprst_store_find(struct tcprst_store *store,
                                            const struct tcprst_tuple *tuple);

/* A new connection, whose tuple has none; it begins with a segment from that end of the tuple.
 * Valid like a taken one.  The caller sets its endpoint before the next one is taken or begun. */
struct tcprst_connection *tcprst_store_begin(struct tcprst_store *store,
                                             const struct tcprst_tuple *tuple, unsigned src_index,
                                             const struct tcprst_segment *first);

/* Leaves out a number that Wireshark gives to a connection which here is another one's copy. */
void tcprst_store_skip_number(struct tcprst_store *store);

/* To be called when another connection will use the tuple.  The pointer is invalid afterwards. */
void tcprst_store_retire(struct tcprst_store *store, struct tcprst_connection *connection);

/* To be called when the taken connection has ended. */
void tcprst_store_close(struct tcprst_store *store, struct tcprst_connection *connection);

/* Number of connections, without the forgotten ones. */
unsigned tcprst_store_connections(const struct tcprst_store *store);

/* Memory for an event of the taken connection, to be begun and added. */
struct tcprst_event *tcprst_store_room_for_event(struct tcprst_store *store);

/* Gives the taken connection's new event the next number, from 0. */
void tcprst_store_add_event(struct tcprst_store *store, struct tcprst_event *event);

/* The event with that number, and its connection.  The first is valid until the next call of any
 * function of the store, the second as long as the store. */
struct tcprst_event *tcprst_store_event(struct tcprst_store *store, uint32_t number);
struct tcprst_event *tcprst_store_hold_event(struct tcprst_store *store, uint32_t number);
uint32_t tcprst_store_events(const struct tcprst_store *store);

/* Numbers the connections that may be silent (reset/silence.h), and returns how many have a number,
 * from 0 on.  To be called again when segments came. */
uint32_t tcprst_store_find_silent(struct tcprst_store *store);

/* The connection with that number: the first is valid until the next call of any function of the
 * store, the second as long as the store.  NULL if it has had a reset since, or is forgotten. */
struct tcprst_connection *tcprst_store_silent(struct tcprst_store *store, uint32_t number);
struct tcprst_connection *tcprst_store_hold_silent(struct tcprst_store *store, uint32_t number);

/* Calls `note` with the server of each connection that is half open (reset/silence.h), and with the
 * frame in which it began. */
typedef void tcprst_note_half_open(void *data, const struct tcprst_end *server, uint32_t frame);
void tcprst_store_half_open(const struct tcprst_store *store, tcprst_note_half_open *note,
                            void *data);

/* The endpoint of that address and port, NULL if there is none.  That of the taken connection is
 * valid as long as the connection, any other one until the next call of any function of the
 * store. */
struct tcprst_endpoint *tcprst_store_endpoint(struct tcprst_store *store,
                                              const struct tcprst_end *end);

/* A new endpoint, with the next number from 0, for the taken connection. */
struct tcprst_endpoint *tcprst_store_add_endpoint(struct tcprst_store *store,
                                                  const struct tcprst_end *end,
                                                  struct tcprst_host *host);

/* Address and port of the endpoint with that number. */
struct tcprst_end tcprst_store_end(const struct tcprst_store *store, uint32_t number);

#endif
