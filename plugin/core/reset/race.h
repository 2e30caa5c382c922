/* race.h - connections that a client opens at once to several addresses of one name: Happy Eyeballs
 *
 * RFC 8305: the client tries addresses a moment apart, keeps the connection that opens first and
 * closes the others.  The last few handshakes of the capture are kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_RACE_H
#define TCPRST_RESET_RACE_H

#include "core/connection/connection.h"

enum { TCPRST_RACERS = 16 };

struct tcprst_race {
    /* owned by the store, which calls tcprst_race_forget() before it frees one */
    struct tcprst_connection *opened[TCPRST_RACERS];
    uint8_t next;
};

/* The longest pause between two attempts (RFC 8305 section 5), and how long a loser that had opened
 * as well is left open: about 300 ms (docs/facts.md 11). */
#define TCPRST_RACE_NS INT64_C(2000000000)
enum { TCPRST_LOSER_NS = 300000000 };

/* To be called when the handshake of a connection was just completed. */
void tcprst_race_note_opened(struct tcprst_race *race, struct tcprst_connection *connection);

/* True if the connection is among the kept ones. */
bool tcprst_race_holds(const struct tcprst_race *race, const struct tcprst_connection *connection);

/* Removes a connection that was reset, or is to be freed. */
void tcprst_race_forget(struct tcprst_race *race, const struct tcprst_connection *connection);

/* The connection that won against `loser`, which its client resets at `time_ns`: to the same port
 * of another address, or to the other port of a file server, begun within TCPRST_RACE_NS of it and
 * open by now.  NULL if there is none. */
struct tcprst_connection *tcprst_race_winner(const struct tcprst_race *race,
                                             const struct tcprst_connection *loser,
                                             int64_t time_ns);

#endif
