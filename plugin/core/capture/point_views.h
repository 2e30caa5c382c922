/* point_views.h - capture points that see all connections of a server
 *
 * What is missing at one of them did not come to the server: it was nearer to the server than
 * another point when both saw connections of it, and missed none that was served.  Each pair of
 * points is asked apart, and times are those of the farther point's clock, so no other is needed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_POINT_VIEWS_H
#define TCPRST_CAPTURE_POINT_VIEWS_H

#include "core/reset/sight.h"

enum { TCPRST_VIEW_PORTS = 3 };

/* The server's SYN/ACKs as one of the points sees them. */
struct tcprst_synacks {
    uint32_t frame; /* of one with that TTL; 0: none */
    uint8_t  ttl;
    bool     ttl_varies;
    struct tcprst_leg leg; /* from the SYN */
};

struct tcprst_point_view {
    struct tcprst_address server;
    uint32_t here, there; /* interfaces as of tcprst_interface_of(): the farther, and the nearer */
    /* SYNs, here, of connections that both saw */
    uint32_t first_frame, last_frame;
    int64_t  first_ns, last_ns;
    /* the server's ports and a client in them */
    uint16_t ports[TCPRST_VIEW_PORTS];
    uint8_t  ports_count;
    bool     has_clients; /* more than the one */
    struct tcprst_address client;
    /* served connections that only the farther point saw: up to the last that both did, since */
    uint32_t missed, missed_since;
    struct tcprst_synacks synacks[2]; /* here, there; of connections that both saw */
};

struct tcprst_points;

/* Takes a connection whose handshake its own point and the sight's have seen whole. */
void tcprst_point_views_note_both(struct tcprst_points *points, const struct tcprst_sight *sight);

/* Takes a connection that was just served, and a sight of one that was served before. */
void tcprst_point_views_note_served(struct tcprst_points *points, struct tcprst_connection *served);
void tcprst_point_views_note_late(struct tcprst_points *points, const struct tcprst_sight *sight);

/* Whether the second connection was captured nearer to that side than the first: 1 yes, -1 farther,
 * 0 unknown.  By tcprst_compare_places(), else by other connections of their server that were seen
 * whole at both points. */
int tcprst_point_views_compare(const struct tcprst_points *points,
                               const struct tcprst_connection *own,
                               const struct tcprst_connection *other, enum tcprst_role role);

/* The SYN/ACKs of the connection's server where the connection was captured; NULL: the server has
 * answered none that another point saw, too. */
const struct tcprst_synacks *tcprst_point_views_synacks(const struct tcprst_points *points,
                                                        const struct tcprst_connection *connection);

/* A point nearer to the server that saw nothing of the connection of this event, but others of the
 * server before its SYN and after the event, with the same port and client, unless it saw several.
 * NULL: none. */
const struct tcprst_point_view *tcprst_point_views_against(const struct tcprst_points *points,
                                                           const struct tcprst_event *event);

#endif
