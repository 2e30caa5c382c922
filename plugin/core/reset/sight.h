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

/* A RST as another point saw it. */
struct tcprst_seen_rst {
    uint32_t frame, seq;
    uint16_t ip_id;
    uint8_t  ttl, from; /* enum tcprst_role */
};

enum { TCPRST_RSTS_KEPT = 4 };

struct tcprst_seen_rsts {
    struct tcprst_seen_rst list[TCPRST_RSTS_KEPT];
    uint32_t count; /* that came; so many at most are kept */
};

struct tcprst_sight {
    struct tcprst_sight *next; /* of another point; NULL: the last one */
    /* where it is counted, if at all */
    struct tcprst_connection *counted;
    struct tcprst_connection connection;
    /* its first reset there; owned, but what that owns is the store's if is_counted; NULL: none */
    struct tcprst_event *event;
    struct tcprst_seen_rsts rsts;
    uint8_t rsts_noted; /* how many of them the frame index has */
    bool    is_timed;   /* its clock was compared */
    /* only this point saw a reset: its event is the connection's, in the store */
    bool    is_counted;
    /* its reset was first: the counted event has what this point saw, and `event` what that was
     * before */
    bool is_exchanged;
};

/* Releases a list of sights. */
void tcprst_sights_free(struct tcprst_sight *sights);

/* True if one of them saw a reset that may have to be counted. */
bool tcprst_sights_hold_reset(const struct tcprst_sight *sights);

/* Folds in a segment that `role` sent; a RST too. */
void tcprst_sight_observe(struct tcprst_sight *sight, const struct tcprst_segment *segment,
                          enum tcprst_role role, struct tcprst_host *client);

/* What the counted event had been before a point's own, earlier one took its place; NULL: it is
 * what it was. */
const struct tcprst_event *tcprst_exchanged(const struct tcprst_event *event);

/* True if this point saw the event's reset after a reset that never came to the event's own point:
 * its own first one is where the connection's end begins. */
bool tcprst_sight_precedes(const struct tcprst_sight *sight, const struct tcprst_event *event);

/* What one point saw of a connection, and its first reset there, or NULL. */
struct tcprst_account {
    const struct tcprst_connection *connection;
    const struct tcprst_event *event;
    const struct tcprst_seen_rsts *rsts;
};

struct tcprst_accounts {
    struct tcprst_account list[TCPRST_SIGHTS_MAX + 1];
    unsigned count;
};

/* What the points saw that did not give the event its facts. */
struct tcprst_accounts tcprst_other_accounts(const struct tcprst_event *event);

/* The event's first RST as the account's point saw it; NULL if it did not.  `*is_known` is false if
 * there were more RSTs than were kept. */
const struct tcprst_seen_rst *tcprst_find_seen_rst(const struct tcprst_event *event,
                                                   const struct tcprst_account *account,
                                                   bool *is_known);

/* Two clocks compared by the packets of a handshake that both points saw. */
struct tcprst_clock {
    int64_t offset_ns; /* time there less time here; TCPRST_NO_OFFSET: no packet was seen twice */
    /* the way between the points and back, which cancels out; -1: only one half was seen, so the
     * offset includes the way */
    int64_t way_ns;
};

#define TCPRST_NO_OFFSET INT64_MIN
struct tcprst_clock tcprst_compare_clocks(const struct tcprst_connection *own,
                                          const struct tcprst_connection *there);

/* Whether the second connection was captured nearer to that side than the first: 1 yes, -1 farther,
 * 0 unknown. */
int tcprst_compare_places(const struct tcprst_connection *own,
                          const struct tcprst_connection *other, enum tcprst_role role);

#endif
