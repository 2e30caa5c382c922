/* points.h - tells the capture points of a file apart
 *
 * Costs nothing until a connection's segments come from a second interface or link.
 *
 * Limits: a connection that is forgotten (store.h) before the other point's segments come is
 * counted again; translated addresses are followed only where the SYN was captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_POINTS_H
#define TCPRST_CAPTURE_POINTS_H

#include "core/capture/translations.h"
#include "core/reset/sight.h"

enum { TCPRST_INTERFACES_KEPT = 16 };

/* What was captured at one interface. */
struct tcprst_interface {
    uint32_t number; /* as of tcprst_interface_of() */
    int64_t  first_ns, last_ns; /* of what is known to have come; INT64_MIN: from the beginning */
    bool     saw[2]; /* a segment of this role; with asymmetric routes it may see one only */
    uint32_t segments, gaps; /* how many came, and how many of them after one that is missing */
};

/* How far one clock was ahead of another at a time. */
struct tcprst_clock_sample {
    struct tcprst_clock clock;
    int64_t at_ns;
};

/* Two interfaces through which the same packets pass, and how far the clock of the second is ahead
 * of the first's: by the first connection that both saw whole, and by the latest. */
struct tcprst_interface_pair {
    uint32_t one, other;
    bool     is_timed;
    struct tcprst_clock_sample first, latest; /* at times of the first's clock */
    int64_t  least_way_ns; /* between the points and back */
};

struct tcprst_points {
    /* kept once a packet was seen twice */
    bool is_active;
    struct tcprst_interface interfaces[TCPRST_INTERFACES_KEPT];
    unsigned interfaces_count;
    struct tcprst_interface_pair pairs[TCPRST_INTERFACES_KEPT];
    unsigned pairs_count;
    struct tcprst_translations *translations;
    GPtrArray *waiting; /* struct tcprst_sight: saw a reset; NULL: none yet */
    GArray *settled;    /* numbers of events that were counted, or exchanged, at the end; or NULL */
    uint32_t sights;    /* how many there are */
    GHashTable *views;  /* struct tcprst_point_view; NULL: none yet */
    bool is_lossy;      /* what another point saw of a connection could not be kept */
};

struct tcprst_capture;

/* Takes a segment of the connection that was not captured where `role`'s earlier ones were.
 * Returns true if another point's copy of the connection took it; false if it is the connection's
 * own. */
bool tcprst_points_take(struct tcprst_capture *capture, struct tcprst_connection *connection,
                        const struct tcprst_segment *segment, enum tcprst_role role);

/* The same for a segment whose addresses a device translated on its way to another point: `tuple`
 * may have no connection.  True if the copy took it. */
bool tcprst_points_take_translated(struct tcprst_capture *capture,
                                   const struct tcprst_tuple *tuple, unsigned src_index,
                                   const struct tcprst_segment *segment);

/* Releases what other points saw of the connection, as it is of use only if that was reset. */
void tcprst_points_drop(struct tcprst_points *points, struct tcprst_connection *connection);

/* Notes that the interface was at work, and whether it had missed what `role` sent before; to be
 * called before the connection, as that point sees it, takes the segment. */
void tcprst_points_note_segment(struct tcprst_points *points,
                                const struct tcprst_connection *connection,
                                const struct tcprst_segment *segment, enum tcprst_role role);

/* The interface of that number, as of tcprst_interface_of(); NULL if it is not kept, or captured
 * nothing since packets were first seen twice. */
const struct tcprst_interface *tcprst_points_interface(const struct tcprst_points *points,
                                                       uint32_t number);

/* True if it lacks so many frames that what it did not see can have passed it. */
bool tcprst_loses_frames(const struct tcprst_interface *interface);

/* The pair that holds both interfaces; NULL if the same packets never passed both. */
const struct tcprst_interface_pair *tcprst_points_pair(const struct tcprst_points *points,
                                                       uint32_t one, uint32_t other);

/* Compares the clock there with that of the connection's own point, once a connection, when both
 * saw its handshake (point_clocks.c, as what follows). */
void tcprst_points_note_clocks(struct tcprst_points *points, struct tcprst_sight *sight);

/* The interface if its clock is far from another's, so that the order of frames tells little, and
 * how far it is ahead of that; else 0.  How far that is, half a second, is a judgement. */
uint32_t tcprst_points_far_clock(const struct tcprst_points *points, uint32_t interface,
                                 int64_t *ahead_ns);

/* Less can be another share of the way there and back. */
enum { TCPRST_LEAST_CLOCK_NS = 1000000 };

static inline bool tcprst_clocks_differ(int64_t by_ns) {
    return by_ns >= TCPRST_LEAST_CLOCK_NS || by_ns <= -TCPRST_LEAST_CLOCK_NS;
}

/* True if by these clocks packets came before they were sent: on each way a half of the time there
 * and back had passed. */
bool tcprst_clocks_contradict(const struct tcprst_interface_pair *pair);

/* True if the clocks moved against each other so far that no delay between the points explains
 * it. */
bool tcprst_clocks_moved(const struct tcprst_interface_pair *pair);

/* What the clock of the second gains, in parts per million, within 16 bits; 0: they did not
 * move. */
int64_t tcprst_clock_drift(const struct tcprst_interface_pair *pair);

/* How far the clock of the account's point is ahead of the event's own, by this connection or else
 * by the latest that both interfaces saw whole; TCPRST_NO_OFFSET: unknown. */
int64_t tcprst_points_offset(const struct tcprst_capture *capture,
                             const struct tcprst_event *event,
                             const struct tcprst_account *account);

/* Counts the resets that only another point saw.  To be called when the file was read. */
void tcprst_points_settle(struct tcprst_capture *capture);

void tcprst_points_init(struct tcprst_points *points);
void tcprst_points_clear(struct tcprst_points *points);

#endif
