/* race.h - connections that a client opens at once to several addresses of one name: Happy Eyeballs
 *
 * RFC 8305: the client tries addresses a moment apart, keeps the connection that opens first and gives the
 * others up.  Kept are the last few handshakes of the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_RACE_H
#define TCPRST_RESET_RACE_H

#include "core/connection/connection.h"

enum { TCPRST_RACERS = 16 };

struct tcprst_race {
    struct tcprst_connection *opened[TCPRST_RACERS]; /* owned by the shelf, which forgets them here */
    uint8_t next;
};

/* The longest pause between two attempts (RFC 8305 section 5), and how long a loser that had opened as well
 * is left open: about 300 ms (docs/facts.md 11). */
#define TCPRST_RACE_NS INT64_C(2000000000)
enum { TCPRST_LOSER_NS = 300000000 };

/* The handshake of a connection was just done. */
void tcprst_race_note_opened(struct tcprst_race *race, struct tcprst_connection *connection);

/* The connection is among those. */
bool tcprst_race_holds(const struct tcprst_race *race, const struct tcprst_connection *connection);

/* The connection was reset, or is to be freed. */
void tcprst_race_forget(struct tcprst_race *race, const struct tcprst_connection *connection);

/* The connection that `loser`, which its client resets at `time_ns`, lost a race against: to the same port of
 * another address, begun within TCPRST_RACE_NS of it and open by now.  NULL if there is none. */
struct tcprst_connection *tcprst_race_winner(const struct tcprst_race *race,
                                             const struct tcprst_connection *loser, int64_t time_ns);

#endif
