/* connection.h - one TCP connection, updated with each segment
 *
 * Plain data: what each side sent, how far the handshake got, who closed.  Resets do not update
 * it; they are events (event.h), which keep the connection as it was before the first RST.
 *
 * Limits: sequence numbers are compared modulo 2^32, so more than 2 GiB in flight is misread.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CONNECTION_CONNECTION_H
#define TCPRST_CONNECTION_CONNECTION_H

#include "core/connection/application_data.h"
#include "core/connection/recent_segments.h"
#include "core/connection/tuple.h"

/* How far the connection had got, by the captured segments or by what their ACK numbers prove. */
enum tcprst_stage {
    TCPRST_SYN_SENT,
    TCPRST_HALF_OPEN,
    TCPRST_HANDSHAKE_DONE,
    TCPRST_REQUEST_SENT,
    TCPRST_RESPONSE_SENT,
    TCPRST_CLOSING,
    TCPRST_MIDSTREAM,
};

enum { TCPRST_STAGES = TCPRST_MIDSTREAM + 1 };

/* A SYN or SYN/ACK, as it was first sent. frame 0: not seen. */
struct tcprst_syn {
    int64_t  time_ns;
    uint32_t frame;
    uint32_t ack;
    uint32_t payload_bytes : 30;
    uint32_t has_ack_number : 1; /* without the flag; a SYN's only */
    uint32_t checksum_is_good : 1;
    struct tcprst_ip ip;
    struct tcprst_options options;
    uint16_t window;
    uint16_t repeats;     /* how often it was sent again */
};

/* A captured segment can stand for several (segmentation offload: 64 KiB of 1,448 bytes). */
enum { TCPRST_MOST_MERGED_SEGMENTS = 46 };

/* A leg: the round trip time from the capture point to one side, measured by its answers.  One
 * answer can be late for many reasons (a radio that sleeps, ARP, a balancer that connects first),
 * so the shortest of several is taken. */
struct tcprst_leg {
    int64_t  shortest_ns; /* -1 until measured */
    uint32_t samples;     /* number of answers that took at most twice as long; saturates */
    uint32_t interface;   /* where it was measured (point.h); others tell of other paths */
};

/* What a side sent again. */
enum tcprst_again { TCPRST_AGAIN_SYN, TCPRST_AGAIN_DATA, TCPRST_AGAIN_FIN, TCPRST_AGAIN_PROBE };

/* The segment that a side repeated last. */
struct tcprst_repetition {
    int64_t  since_ns;    /* its sender's last segment before the first repeat */
    int64_t  time_ns;     /* of the last repeat */
    uint32_t frame;       /* of the last repeat; 0: nothing was repeated */
    uint32_t seq, end;
    /* waits before the first and the last repeat; saturate */
    uint32_t first_wait_ms, last_wait_ms;
    uint16_t times;       /* saturates */
    uint8_t  kind;        /* enum tcprst_again */
};

struct tcprst_side {
    struct tcprst_syn syn;
    struct tcprst_repetition repetition;
    /* first segment, SYNs included, with window 0 since the last one without; valid while
     * last_window is 0 */
    int64_t  shut_ns;
    uint32_t shut_frame;
    int64_t  last_time_ns;
    uint32_t isn;           /* if isn_known */
    uint32_t next_seq;      /* end of what it sent, if has_sent */
    uint32_t acked;         /* highest ACK number it sent, if has_acked */
    uint32_t payload_bytes; /* new payload, seen or proved by the peer's ACKs; saturates */
    uint32_t segments;      /* all but RSTs; saturates */
    uint32_t last_frame, fin_frame; /* 0: none */
    uint32_t tsval, tsecr; /* of its last segment that had timestamps, RSTs excepted */
    uint32_t fin_ack;         /* what its FIN acknowledged, if fin_frame */
    /* its last new payload, and what that segment acknowledged; frame 0: none was seen */
    uint32_t last_data_frame, last_data_end, last_data_ack;
    /* sequence numbers that it skipped and that were not captured yet; equal: none */
    uint32_t gap_from, gap_to;
    /* if is_timed: end of the payload whose acknowledgement is being timed, */
    uint32_t timed_end;
    int64_t  timed_ns;        /* and the time when it was sent */
    int64_t  fin_time_ns;     /* if fin_frame */
    int64_t  measured_ns;     /* the latest time measured, valid with TCPRST_CHANGE_MEASURED */
    struct tcprst_ip ip; /* of its last segment */
    uint8_t  ttl_least, ttl_most; /* of all its segments, if any */
    /* IP IDs that exceed the preceding one by little, and other changes; saturate */
    uint8_t  id_steps, id_jumps;
    uint16_t last_window;
    uint16_t largest_window; /* without SYNs, whose window is never scaled (RFC 7323 section 2.2) */
    uint16_t data_segments; /* saturates */
    /* repetitions (of a SYN/ACK, too) and keep-alives since the peer's last segment; saturates */
    uint16_t unanswered;
    bool isn_known : 1, has_sent : 1, has_acked : 1, is_timed : 1;
    bool has_timestamps : 1; /* on any segment but its SYN */
    /* number of its answers that were timed; at most TCPRST_MEASURED_MOST */
    uint8_t  measured;
    bool label_varies : 1; /* its segments do not all have the same flow label */
    bool has_more : 1; /* its last new payload filled a segment without PSH or FIN */
    bool is_signed : 1; /* one of its segments had an MD5 or TCP-AO option */
    /* if roles_inferred: its ACK number, or the timestamp that it echoes, grew */
    bool received_more : 1;
};

struct tcprst_endpoint;
struct tcprst_event;
struct tcprst_host;
struct tcprst_sight;

struct tcprst_connection {
    struct tcprst_tuple tuple;
    uint8_t  client_index;     /* which end of the tuple is the client */
    /* neither SYN nor SYN/ACK was captured, so client and server are inferred */
    bool     roles_inferred : 1;
    /* ... from an end that had answered SYNs of others before, or that refused this one */
    bool     server_known : 1;
    bool     first_from_server : 1; /* the first captured segment is the server's */
    bool     handshake_done : 1;
    /* a SYN of the client to another address had the same port and number */
    bool     shares_isn : 1;
    /* the client closed its side after the longest silence so far, without an answer to what its
     * protocol has answered at once */
    bool     gave_up : 1;
    /* a SYN/ACK with another number came: two hosts may have got its SYN */
    bool     answered_twice : 1;
    /* by points.c and point_views.c: what another point saw of it was released; it was served while
     * that had seen nothing of it yet */
    bool     sights_dropped : 1, is_missed : 1;
    uint8_t  history_letters;
    struct tcprst_side side[2];       /* by role */
    struct tcprst_application_data application;    /* filled by application_data.c */
    /* four bits for each letter, the first letter in the lowest */
    uint64_t history;
    int64_t  ack_time_ns;
    /* of either side's last segment; gap -1: it was the first */
    int64_t  last_time_ns, gap_before_last_ns;
    int64_t  outlived_ns; /* longest time without segments after which both sides sent again */
    uint32_t ack_frame;        /* the client's ACK of the SYN/ACK; 0: not seen */
    uint32_t wrong_ack_frame;  /* the client acknowledged a number the server had not sent; 0: no */
    uint32_t wrong_ack;
    /* SYN/ACK of an older connection of these ports that was half open; 0: none */
    uint32_t older_frame;
    uint32_t stream; /* number in the capture, from 0 in the order of first segments; by store.c */
    uint16_t synacks_after_ack; /* SYN/ACK repeated although the client had answered it */
    uint16_t history_seen;

    uint32_t older_isn; /* the client's in the connection of these ports before; 0: unknown */

    /* Not part of what an event keeps. */
    /* by role; NULL until the first segment without SYN, else `recent_room` */
    struct tcprst_recent_segments *recent;
    struct tcprst_sight *sights; /* what other points saw of it, or NULL; owned by store.c */
    /* where each side's segments were captured (point.h); 0: none was yet */
    uint32_t point[2];
    struct tcprst_endpoint *endpoint; /* the server's; owned by store.c */
    struct tcprst_host *client;       /* NULL until asked for (parts.h); owned by the capture */
    struct tcprst_event *event;       /* its latest reset, or NULL; owned by store.c */
    /* kinds of stall that the endpoint has counted, TCPRST_CHANGE_ */
    uint16_t stall_kinds;
    uint16_t slot;             /* for store.c: its place in a ring, from 1; 0: none */
    bool is_closed : 1;        /* for store.c */
    bool is_used : 1;          /* for store.c: a segment came since it was put into its ring */
    uint8_t ring : 2;          /* for store.c: which ring */
    bool is_retired : 1;       /* for store.c: a later connection has its tuple */
    bool open : 1;             /* counted as open by the endpoint */
    bool waits : 1;            /* counted as unanswered by the endpoint, while it is open */
    bool answered : 1;         /* counted as answered by it, likewise */
    bool outcome_known : 1;    /* the endpoint has counted its outcome */
    bool answer_counted : 1;   /* the statistics have counted that it was answered */
    bool is_winner : 1;        /* an event of another connection points to it */
    bool is_held : 1;          /* a caller holds a pointer to it (store.h) */
    uint32_t silence;          /* for store.c: its number among those that may be silent, from 1 */
    struct tcprst_recent_segments recent_room[2]; /* undefined until it is used */
};

/* What is kept of a connection that nothing looks at: all but the room for its latest segments. */
enum { TCPRST_CONNECTION_KEPT_BYTES = offsetof(struct tcprst_connection, recent_room) };

/* Interface at which the connection was captured (point.h). */
static inline uint32_t tcprst_connection_interface(const struct tcprst_connection *c) {
    return tcprst_interface_of(c->point[TCPRST_CLIENT] ? c->point[TCPRST_CLIENT]
                                                       : c->point[TCPRST_SERVER]);
}

/* True if the side's window is 0.  If the peer has sent more than a probe's byte beyond it since
 * (RFC 9293 section 3.8.6.1), the capture lacks the segment that opened it. */
static inline bool tcprst_is_window_shut(const struct tcprst_side *side,
                                         const struct tcprst_side *peer) {
    bool is_unseen_open = peer->last_data_frame > side->shut_frame && side->has_acked &&
                          tcprst_seq_after(peer->last_data_end, side->acked + 1);
    return side->segments && !side->last_window && side->shut_frame && !is_unseen_open;
}

/* What a segment changed, for those who count. */
enum {
    TCPRST_CHANGE_SYNACK    = 1 << 0, /* the first one */
    TCPRST_CHANGE_HANDSHAKE_DONE = 1 << 1,
    /* first payload of the server, or its FIN after it acknowledged a request */
    TCPRST_CHANGE_SERVED   = 1 << 2,
    TCPRST_CHANGE_CLOSED       = 1 << 3, /* the second FIN */
    /* the server's first segment after its only SYN/ACK */
    TCPRST_CHANGE_AFTER_SYNACK      = 1 << 4,
    TCPRST_CHANGE_SYNACK_AGAIN   = 1 << 5, /* the answer to a repeated SYN */
    TCPRST_CHANGE_SYN_UNANSWERED   = 1 << 6, /* the SYN was repeated, and nothing had answered it */
    /* the SYN/ACK was repeated, although the client had answered it */
    TCPRST_CHANGE_SYNACK_REPEATED    = 1 << 7,
    /* the client's data was sent a third time; the server sent only its SYN/ACK */
    TCPRST_CHANGE_DATA_UNACKED   = 1 << 8,
    TCPRST_CHANGE_MEASURED = 1 << 9, /* an acknowledgement of payload was timed */
    TCPRST_CHANGE_REPEATED = 1 << 10, /* a segment was sent again */
    TCPRST_CHANGE_ASKED    = 1 << 11, /* the client's first payload, before any of the server's */
    TCPRST_CHANGE_OUTLIVED = 1 << 12, /* outlived_ns is longer than before */
};

/* How many acknowledgements of each side are timed in a connection. */
enum { TCPRST_MEASURED_MOST = 4 };

/* End of what the side sent as payload: its FIN takes a sequence number, too (RFC 9293 section
 * 3.4). */
static inline uint32_t tcprst_payload_end(const struct tcprst_side *side) {
    return side->next_seq - !!side->fin_frame;
}

/* True if the side has sent nothing but its SYN or SYN/ACK, and that was captured. */
static inline bool tcprst_sent_only_syns(const struct tcprst_side *side) {
    return side->syn.frame && side->segments == 1u + side->syn.repeats;
}

/* True if that number is among those that the side skipped. */
static inline bool tcprst_is_in_gap(const struct tcprst_side *side, uint32_t seq) {
    return seq - side->gap_from < side->gap_to - side->gap_from;
}

/* True if the side has acknowledged all that precedes that number. */
static inline bool tcprst_has_acked(const struct tcprst_side *side, uint32_t end) {
    return side->has_acked && !tcprst_seq_after(end, side->acked);
}

/* Begins a connection with its first segment: decides who is the client (RFC 9293 section 3.5: the
 * sender of the SYN; else the receiver of the SYN/ACK, else the side of the higher port).
 * `src_index`: the end of the tuple that sent it. */
void tcprst_connection_begin(struct tcprst_connection *connection, const struct tcprst_tuple *tuple,
                             unsigned src_index, const struct tcprst_segment *first);

/* Makes that end of the tuple the server, whatever the ports are.  For a connection of one
 * segment. */
void tcprst_connection_set_server(struct tcprst_connection *connection, unsigned index);

/* The side that the end of the tuple with that index is. */
static inline enum tcprst_role tcprst_connection_role(const struct tcprst_connection *connection,
                                                      unsigned src_index) {
    return src_index == connection->client_index ? TCPRST_CLIENT : TCPRST_SERVER;
}

/* Address of that side. */
static inline const struct tcprst_address *tcprst_address_of(
    const struct tcprst_connection *connection, enum tcprst_role role) {
    return &connection->tuple.address[connection->client_index ^ (role == TCPRST_SERVER)];
}

/* Port of that side. */
static inline uint16_t tcprst_port_of(const struct tcprst_connection *connection,
                                      enum tcprst_role role) {
    return connection->tuple.port[connection->client_index ^ (role == TCPRST_SERVER)];
}

/* True if the segment, sent by `role`, starts another connection on the same tuple: a SYN with a
 * new ISN, or a handshake where none was seen.  The capture then begins a new one. */
bool tcprst_connection_is_reused(const struct tcprst_connection *connection,
                                 const struct tcprst_segment *segment, enum tcprst_role role);

/* Takes a segment without RST that `role` sent; returns what it changed, a set of
 * TCPRST_CHANGE_. */
unsigned tcprst_connection_observe(struct tcprst_connection *connection,
                                   const struct tcprst_segment *segment, enum tcprst_role role);

/* True if the side's next repeat was due at that time: its timer gives up then, instead of sending
 * it.  Keep-alives come at one interval (kernel net/ipv4/tcp_timer.c tcp_keepalive_timer()), other
 * repeats at doubled ones (RFC 6298 section 5.5). */
bool tcprst_is_when_due(const struct tcprst_side *own, int64_t time_ns);

/* Adds a RST to the history, and to nothing else. */
void tcprst_connection_note_reset(struct tcprst_connection *connection, enum tcprst_role from);

/* Removes that again, if it is the latest that the history has. */
void tcprst_connection_take_back_reset(struct tcprst_connection *connection,
                                       enum tcprst_role from);

/* To be called before a reset is recorded: if the capture has nothing of its sender but segments
 * that precede it by one, and nothing of the peer, they were keep-alives (RFC 9293 section
 * 3.8.4). */
void tcprst_connection_learn_probes(struct tcprst_connection *connection, enum tcprst_role from,
                                    const struct tcprst_segment *rst);

enum tcprst_stage tcprst_connection_stage(const struct tcprst_connection *connection);

/* Shorter silences are none: an answer can be on its way, or lost once or twice (RFC 6298 section
 * 5.7: 3 s is what a handshake may take). */
#define TCPRST_SHORTEST_SILENCE_NS INT64_C(3000000000)

/* The client's first words are of a protocol whose server answers at once: TLS, HTTP or
 * DNS. */
bool tcprst_is_of_answered_protocol(const struct tcprst_connection *connection);

/* True if the client, whose FIN this is, had asked in such a protocol, got no byte of an answer,
 * and closes its side first, after a silence, the longest of the connection. */
bool tcprst_connection_gives_up(const struct tcprst_connection *connection);

/* True if it did so, and nothing came since.  False once the request is no longer kept. */
bool tcprst_connection_gave_up(const struct tcprst_connection *connection);

/* Time from SYN to SYN/ACK, and from SYN/ACK to the client's ACK: the path's two legs, seen from
 * the capture point. -1 if not seen, or if a repeated segment makes it ambiguous (Karn's
 * algorithm). */
int64_t tcprst_connection_server_leg_ns(const struct tcprst_connection *connection);
int64_t tcprst_connection_client_leg_ns(const struct tcprst_connection *connection);

/* Time from the SYN to the client's ACK; -1 if not seen. */
int64_t tcprst_connection_initial_rtt_ns(const struct tcprst_connection *connection);

enum { TCPRST_HISTORY_SIZE = 18 };

/* Zeek's history string, e.g. "ShADr": s SYN, h SYN/ACK, a pure ACK, d payload, f FIN, r RST, w
 * zero window, t retransmitted payload; upper case from the client; each letter once, in order; a
 * leading ^ if the first segment came from the server (Zeek, base/protocols/conn/main.zeek). */
void tcprst_connection_history(const struct tcprst_connection *connection,
                               char text[TCPRST_HISTORY_SIZE]);

/* Zeek's conn_state after a reset by `from` (base/protocols/conn/main.zeek, function
 * conn_state). */
const char *tcprst_connection_state_name(const struct tcprst_connection *connection,
                                         enum tcprst_role from);

/* Kebab-case names of the fields. */
const char *tcprst_stage_name(enum tcprst_stage stage);
const char *tcprst_role_name(enum tcprst_role role);

#endif
