/* listener.h - how a listening port answers SYNs, and how its handshakes continue
 *
 * Bounded: it distinguishes two kinds of SYN/ACKs, and keeps TCPRST_STALLS_MAX stalls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_LISTENER_H
#define TCPRST_SERVER_LISTENER_H

#include <glib.h>

#include "core/connection/connection.h"
#include "core/server/refusal_pattern.h"

enum { TCPRST_STALLS_MAX = 8 };

/* A time in which handshakes did not continue: number of connections, by kind of stall. */
struct tcprst_stall {
    int64_t  first_time_ns, last_time_ns;
    uint32_t dropped; /* the SYN was repeated: nothing had answered it */
    uint32_t resent;  /* the SYN/ACK was repeated, although the client had answered it */
    /* the client's data was repeated; the server sent nothing after its SYN/ACK */
    uint32_t unacknowledged;
};

/* SYN/ACKs that can come from one host. */
struct tcprst_synack_kind {
    uint32_t count, first_frame;
    uint16_t window, mss, client_mss;
    uint16_t offered, answered; /* options of SYN and SYN/ACK */
    uint8_t  ttl, wscale;
    bool     df, has_id;
};

struct tcprst_listener {
    struct tcprst_refusals refusals;
    uint32_t first_frame;           /* of its first SYN/ACK */
    uint32_t zero_windows;
    /* SYNs that offered WS or SACK; SYN/ACKs to them with one of these */
    uint32_t rich_offers, rich;
    /* of those SYNs the ones without timestamps; SYN/ACKs to them with MSS alone */
    uint32_t plain_offers, plain_stripped;
    uint32_t clocked;               /* handshakes whose SYN/ACK's timestamp could be checked */
    /* ... and differed from the server's clock by 8 ms or more: too old, too new */
    uint32_t lagging, leading;
    uint16_t shortest_lag_ms, longest_lag_ms;
    /* answers to a repeated SYN whose TSvals differ by a multiple of 64 */
    uint32_t rounded;
    struct tcprst_synack_kind kind[2];
    uint32_t interface; /* where those were captured (point.h) */
    uint32_t other_kinds;           /* SYN/ACKs of neither kind */
    uint32_t kind_changes;                 /* how often the kind changed */
    uint8_t  current_kind;
    /* others open when a connection was served, at most, and when one was reset before an answer,
     * at least; both saturate */
    uint16_t most_open_served, least_open_reset;
    bool     has_closed_first; /* the server has, a connection, since the first such reset */
    GArray  *stalls;                  /* struct tcprst_stall, oldest first; NULL until the first */
};

/* For a port that refused that many SYNs before it answered the first. */
struct tcprst_listener *tcprst_listener_new(uint32_t refused);
void tcprst_listener_free(struct tcprst_listener *listener);

/* Takes that a connection was served, or reset before an answer, while so many others were open. */
void tcprst_listener_note_open(struct tcprst_listener *listener, bool was_served, uint32_t open);

/* Takes that the server closed a connection first. */
void tcprst_listener_note_close(struct tcprst_listener *listener);

/* True if it reset only while more were open than ever when it served, and it was the clients that
 * closed those: a limit on connections.  A service that is restarted closes what it has itself. */
bool tcprst_listener_has_limit(const struct tcprst_listener *listener);

/* Takes the connection's first SYN/ACK, after the connection took it; `open`: connections of the
 * endpoint open at that time. */
void tcprst_listener_note_synack(struct tcprst_listener *listener,
                                 const struct tcprst_connection *connection, uint32_t open);

/* Compares the timestamp of the SYN/ACK with that of the server's first segment after it, and with
 * that of its answer to a repeated SYN. */
void tcprst_listener_note_next(struct tcprst_listener *listener,
                               const struct tcprst_connection *connection,
                               const struct tcprst_segment *next);
void tcprst_listener_note_another(struct tcprst_listener *listener,
                                  const struct tcprst_connection *connection,
                                  const struct tcprst_segment *synack);

/* Counts a connection's stall the first time it occurs: one of TCPRST_CHANGE_SYN_UNANSWERED,
 * _SYNACK_REPEATED, _DATA_UNACKED. */
void tcprst_listener_note_stall(struct tcprst_listener *listener, unsigned changes,
                                 const struct tcprst_segment *segment);

/* The stall during which `time_ns` was; NULL if there is none.  Valid until the next stall is
 * counted. */
const struct tcprst_stall *tcprst_listener_stall_at(const struct tcprst_listener *listener,
                                                    int64_t time_ns);

/* True if two kinds of SYN/ACKs alternate: two hosts share the address. */
bool tcprst_listener_has_two_hosts(const struct tcprst_listener *listener);

/* True if two handshakes or more show SYN cookies (docs/facts.md 2). */
bool tcprst_listener_lags(const struct tcprst_listener *listener);

#endif
