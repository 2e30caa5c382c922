/* sight.h - a connection as another capture point saw it
 *
 * A file can hold captures of several points (mergecap): each packet that passed two of them is in
 * it twice.  The point where a connection was first seen is its own; what the others saw of it is
 * kept apart, as a connection of its own that nobody counts.  So no order of frames, and no clock
 * of another point, changes what the first point saw.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_SIGHT_H
#define TCPRST_RESET_SIGHT_H

#include "core/reset/event.h"

enum { TCPRST_SIGHTS_MAX = 3 }; /* of a connection, beside its own point's */

struct tcprst_sight {
    uint32_t point;
    struct tcprst_sight *next; /* of another point; NULL: the last one */
    /* where it is counted, if at all */
    struct tcprst_connection *counted;
    struct tcprst_connection connection;
    /* its first reset there; owned, but what that owns is the store's if is_counted; NULL: none */
    struct tcprst_event *event;
    uint32_t rst_frame[2]; /* the first RST in the name of each role; 0: none */
    bool is_counted; /* only this point saw a reset: its event is the connection's, in the store */
};

/* Releases a list of sights. */
void tcprst_sights_free(struct tcprst_sight *sights);

/* True if one of them saw a reset that may have to be counted. */
bool tcprst_sights_hold_reset(const struct tcprst_sight *sights);

/* Folds in a segment that `role` sent; a RST too. */
void tcprst_sight_observe(struct tcprst_sight *sight, const struct tcprst_segment *segment,
                          enum tcprst_role role, struct tcprst_host *client);

/* What one point saw of a connection, and its first reset there, or NULL. */
struct tcprst_account {
    const struct tcprst_connection *connection;
    const struct tcprst_event *event;
    const uint32_t *rst_frame; /* as in struct tcprst_sight */
    uint32_t point;
};

struct tcprst_accounts {
    struct tcprst_account list[TCPRST_SIGHTS_MAX + 1];
    unsigned count;
};

/* What the points saw that did not give the event its facts. */
struct tcprst_accounts tcprst_other_accounts(const struct tcprst_event *event);

/* Time of the account's clock less that of the event's own point, by the packets of the handshake
 * that both saw; false if there are none.  The way there and back cancels out if both halves were
 * seen; else the offset includes the way between the points. */
bool tcprst_clock_offset(const struct tcprst_event *event, const struct tcprst_account *account,
                         int64_t *offset_ns);

/* Whether the account's point is nearer to that side than the event's own: 1 yes, -1 farther, 0
 * unknown. */
int tcprst_is_nearer(const struct tcprst_event *event, const struct tcprst_account *account,
                     enum tcprst_role role);

#endif
