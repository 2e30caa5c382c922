/* listener.h - the habits of a listening port: how it answers SYNs, and how its handshakes go on
 *
 * Bounded: two kinds of SYN/ACKs are told apart, and TCPRST_STALLS_MAX times of trouble.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_LISTENER_H
#define TCPRST_SERVER_LISTENER_H

#include <glib.h>

#include "core/connection/connection.h"
#include "core/server/refusal_pattern.h"

enum { TCPRST_STALLS_MAX = 8 };

/* Trouble within this belongs together: longer than Linux repeats a SYN/ACK (tcp_synack_retries: 5, 63 s in
 * all; tcp(7)). */
#define TCPRST_STALL_NS INT64_C(60000000000)

/* A time in which handshakes did not go on: connections in each kind of trouble. */
struct tcprst_stall {
    int64_t  first_time_ns, last_time_ns;
    uint32_t dropped; /* the SYN had to be repeated: nothing had answered it */
    uint32_t resent;  /* the SYN/ACK again, although the client had answered it */
    uint32_t unacknowledged; /* the client's data again and again, the server silent since its SYN/ACK */
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
    uint32_t rich_offers, rich;     /* SYNs that offered WS or SACK; answers that took one up */
    uint32_t plain_offers, plain_stripped; /* of those the ones without timestamps; answers with MSS alone */
    uint32_t clocked;               /* handshakes whose SYN/ACK's timestamp could be checked */
    uint32_t lagging, leading;      /* ... and was behind, or ahead of, the server's clock by 8 ms and more */
    uint16_t shortest_lag_ms, longest_lag_ms;
    uint32_t rounded;               /* answers to a repeated SYN whose TSvals differ by a multiple of 64 */
    struct tcprst_synack_kind kind[2];
    uint32_t other_kinds;           /* SYN/ACKs of still other hosts */
    uint32_t kind_changes;                 /* times that the kind changed */
    uint8_t  current_kind;
    GArray  *stalls;                  /* struct tcprst_stall, oldest first; NULL until the first */
};

/* Of a port that has refused so many SYNs before it answers one. */
struct tcprst_listener *tcprst_listener_new(uint32_t refused);
void tcprst_listener_free(struct tcprst_listener *listener);

/* The connection's first SYN/ACK, once folded in; `open`: connections open at that time. */
void tcprst_listener_note_synack(struct tcprst_listener *listener, const struct tcprst_connection *connection,
                                uint32_t open);

/* The server's first segment behind its SYN/ACK, and its answer to a repeated SYN: what their timestamps
 * tell of the SYN/ACK's. */
void tcprst_listener_note_next(struct tcprst_listener *listener, const struct tcprst_connection *connection,
                              const struct tcprst_segment *next);
void tcprst_listener_note_another(struct tcprst_listener *listener, const struct tcprst_connection *connection,
                                 const struct tcprst_segment *synack);

/* A connection's trouble: one of TCPRST_CHANGE_SYN_UNANSWERED, _RESENT, _UNHEARD, the first time it has it. */
void tcprst_listener_note_stall(struct tcprst_listener *listener, unsigned changes,
                                 const struct tcprst_segment *segment);

/* The time of trouble around `time_ns`; NULL if it was none. */
const struct tcprst_stall *tcprst_listener_stall_at(const struct tcprst_listener *listener, int64_t time_ns);

/* Two kinds of SYN/ACKs by turns: two hosts share the address. */
bool tcprst_listener_has_two_hosts(const struct tcprst_listener *listener);

/* A sign of SYN cookies in two handshakes or more (docs/facts.md 2). */
bool tcprst_listener_lags(const struct tcprst_listener *listener);

#endif
