/* connection.h - one TCP connection, followed segment by segment
 *
 * Plain data: what each side sent, how far the handshake came, who closed.  Resets are not folded in;
 * they are events (event.h) that look at the connection as it was when they came.
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

/* How far the connection had come, by what the capture shows or its ACK numbers prove. */
enum tcprst_stage {
    TCPRST_SYN_SENT,
    TCPRST_HALF_OPEN,
    TCPRST_HANDSHAKE_DONE,
    TCPRST_REQUEST_SENT,
    TCPRST_RESPONSE_SENT,
    TCPRST_CLOSING,
    TCPRST_MIDSTREAM,
};

/* A SYN or SYN/ACK, as it came first.  frame 0: not seen. */
struct tcprst_syn {
    int64_t  time_ns;
    uint32_t frame;
    uint32_t ack;
    uint32_t payload_bytes : 31;
    uint32_t checksum_is_good : 1;
    struct tcprst_ip ip;
    struct tcprst_options options;
    uint16_t window;
    uint16_t repeats;     /* the same again */
};

/* A captured segment can stand for several (segmentation offload: 64 KiB of 1,448 bytes). */
enum { TCPRST_MOST_MERGED_SEGMENTS = 46 };

/* Time from the capture point to a side and back, as its answers show it.  One answer can be late for many reasons (a
 * radio that sleeps, ARP, a balancer that connects first), so the least of several tells the path. */
struct tcprst_leg {
    int64_t  shortest_ns; /* -1 until measured */
    uint32_t samples;     /* how many were at most twice as long; saturates */
};

struct tcprst_side {
    struct tcprst_syn syn;
    int64_t  last_time_ns;
    uint32_t isn;           /* if isn_known */
    uint32_t next_seq;      /* end of what it sent, if spoke */
    uint32_t acked;         /* highest ACK number it sent, if has_acked */
    uint32_t payload_bytes; /* new payload, seen or proved by the peer's ACKs; saturates */
    uint32_t segments;      /* all but RSTs; saturates */
    uint32_t last_frame, fin_frame; /* 0: none */
    uint32_t tsval, tsecr; /* of its last segment, if that had timestamps; RSTs apart */
    uint32_t fin_ack;         /* what its FIN acknowledged, if fin_frame */
    uint32_t last_data_frame, last_data_end; /* its last new payload; frame 0: none was seen */
    uint32_t gap_from, gap_to; /* numbers it went past and that were not captured yet; equal: none */
    uint32_t timed_end;       /* if is_timed: end of its payload whose acknowledgement is waited for, */
    int64_t  timed_ns;        /* and when that was sent */
    int64_t  fin_time_ns;     /* if fin_frame */
    int64_t  measured_ns;     /* the latest wait for its answer, with TCPRST_CHANGE_MEASURED */
    struct tcprst_ip ip; /* of its last segment */
    uint8_t  ttl_least, ttl_most; /* of all its segments, if any */
    uint8_t  id_steps, id_jumps; /* IP IDs that came soon after the one before, and others; saturate */
    uint16_t last_window;
    uint16_t largest_window; /* without SYNs, whose window is never scaled (RFC 7323 section 2.2) */
    uint16_t data_segments; /* saturates */
    uint16_t unanswered; /* repeats, of the SYN/ACK too, and keep-alives since the peer's last segment; saturates */
    bool isn_known : 1, has_sent : 1, has_acked : 1, is_timed : 1;
    bool has_timestamps : 1; /* on any segment but its SYN */
    uint8_t  measured;      /* waits for its answers that were measured; at most TCPRST_MEASURED_MOST */
    bool label_varies : 1; /* its segments do not all have the same flow label */
};

struct tcprst_endpoint;
struct tcprst_event;

struct tcprst_connection {
    struct tcprst_tuple tuple;
    bool     is_compacted;        /* false: see compact.h */
    uint8_t  client_index;     /* which end of the tuple is the client */
    bool     roles_inferred : 1;    /* neither SYN nor SYN/ACK told who is who */
    bool     server_known : 1;      /* ... but one end had answered SYNs of others before */
    bool     first_from_server : 1; /* the capture starts with a segment of the server */
    bool     handshake_done : 1;
    bool     shares_isn : 1; /* a SYN of the client to another address had the same port and number */
    uint8_t  history_letters;
    struct tcprst_side side[2];       /* by role */
    struct tcprst_application_data application;    /* filled by application_data.c and capture.c */
    uint64_t history;                 /* four bits a letter, first letter lowest */
    int64_t  ack_time_ns;
    int64_t  last_time_ns, gap_before_last_ns; /* of either side's last segment; gap -1: it was the first */
    uint32_t ack_frame;        /* the client's ACK of the SYN/ACK; 0: not seen */
    uint32_t wrong_ack_frame;  /* the client acknowledged a number the server had not sent; 0: no */
    uint32_t wrong_ack;
    uint32_t older_frame;      /* SYN/ACK of an older connection of these ports that was half open; 0: none */
    uint16_t synacks_after_ack; /* SYN/ACK repeated although the client had answered it */
    uint16_t history_seen;

    /* Not frozen by a reset. */
    struct tcprst_recent_segments *recent;     /* by role, owned; NULL until the first segment without SYN */
    struct tcprst_endpoint *endpoint; /* the server's; set by capture.c, which owns it */
    struct tcprst_event *event;       /* its latest reset, or NULL; owned by store.c */
    uint16_t stall_kinds;          /* kinds of it that the endpoint has been told of, TCPRST_CHANGE_ */
    uint16_t slot;             /* for store.c; 0: none */
    bool is_closed : 1;        /* for store.c */
    bool is_used : 1;          /* for store.c: a segment came since it was put at hand */
    bool is_retired : 1;       /* for store.c: its tuple is another's by now */
    bool open : 1;             /* counted as open by the endpoint */
    bool outcome_known : 1;    /* its outcome has been told to the endpoint */
    bool answer_counted : 1;   /* statistics have been told that it was answered */
    bool is_winner : 1;        /* an event of another connection points to it */
};

/* What a segment brought about, for those who keep count. */
enum {
    TCPRST_CHANGE_SYNACK    = 1 << 0, /* the first one */
    TCPRST_CHANGE_HANDSHAKE_DONE = 1 << 1,
    TCPRST_CHANGE_SERVED   = 1 << 2, /* first server payload, or its FIN behind an acknowledged request */
    TCPRST_CHANGE_CLOSED       = 1 << 3, /* the second FIN */
    TCPRST_CHANGE_AFTER_SYNACK      = 1 << 4, /* the server's first segment behind its only SYN/ACK */
    TCPRST_CHANGE_SYNACK_AGAIN   = 1 << 5, /* the answer to a repeated SYN */
    TCPRST_CHANGE_SYN_UNANSWERED   = 1 << 6, /* the SYN again, and nothing had answered it */
    TCPRST_CHANGE_SYNACK_REPEATED    = 1 << 7, /* the SYN/ACK again, although the client had answered it */
    TCPRST_CHANGE_DATA_UNACKED   = 1 << 8, /* the client's data a third time, the server silent since its SYN/ACK */
    TCPRST_CHANGE_MEASURED = 1 << 9, /* its sender's answer to payload could be timed */
};

/* So many exchanges of payload and acknowledgement of each side are timed in a connection. */
enum { TCPRST_MEASURED_MOST = 4 };

/* End of what the side sent as payload: its FIN takes a sequence number, too (RFC 9293 section 3.4). */
static inline uint32_t tcprst_payload_end(const struct tcprst_side *side) {
    return side->next_seq - !!side->fin_frame;
}

/* Begins a connection with its first segment: decides who is the client (RFC 9293 section 3.5: the
 * sender of the SYN; else the receiver of the SYN/ACK, else the side of the higher port).  `src_index`: the
 * end of the tuple that sent it. */
void tcprst_connection_begin(struct tcprst_connection *connection, const struct tcprst_tuple *tuple,
                             unsigned src_index, const struct tcprst_segment *first);

/* That end of the tuple is the server, whatever the ports look like.  For a connection that just began. */
void tcprst_connection_set_server(struct tcprst_connection *connection, unsigned index);

/* Releases what the connection owns, not the struct. */
void tcprst_connection_clear(struct tcprst_connection *connection);

/* Which side sends what comes from that end of the tuple. */
static inline enum tcprst_role tcprst_connection_role(const struct tcprst_connection *connection,
                                                      unsigned src_index) {
    return src_index == connection->client_index ? TCPRST_CLIENT : TCPRST_SERVER;
}

/* True if the segment, sent by `role`, starts another connection on the same tuple: a SYN with a new ISN, or
 * a handshake where none was seen.  The capture then begins a new one. */
bool tcprst_connection_is_reused(const struct tcprst_connection *connection,
                                 const struct tcprst_segment *segment, enum tcprst_role role);

/* Folds in a segment without RST that `role` sent; returns what it brought about (TCPRST_CHANGE_). */
unsigned tcprst_connection_observe(struct tcprst_connection *connection,
                                   const struct tcprst_segment *segment, enum tcprst_role role);

/* Remembers a RST in the history only. */
void tcprst_connection_note_reset(struct tcprst_connection *connection, enum tcprst_role from);

enum tcprst_stage tcprst_connection_stage(const struct tcprst_connection *connection);

/* Time from SYN to SYN/ACK, and from SYN/ACK to the client's ACK: the path's two legs, seen from the
 * capture point.  -1 if not seen, or if a repeated segment makes it ambiguous (Karn's algorithm). */
int64_t tcprst_connection_server_leg_ns(const struct tcprst_connection *connection);
int64_t tcprst_connection_client_leg_ns(const struct tcprst_connection *connection);

enum { TCPRST_HISTORY_SIZE = 18 };

/* Zeek's history string, e.g. "ShADr": s SYN, h SYN/ACK, a pure ACK, d payload, f FIN, r RST, w zero
 * window, t retransmitted payload; upper case from the client; each letter once, in order; a leading ^
 * if the first segment came from the server (Zeek, base/protocols/conn/main.zeek). */
void tcprst_connection_history(const struct tcprst_connection *connection,
                               char text[TCPRST_HISTORY_SIZE]);

/* Zeek's conn_state after a reset by `from` (base/protocols/conn/main.zeek, function conn_state). */
const char *tcprst_connection_state_name(const struct tcprst_connection *connection,
                                         enum tcprst_role from);

/* Kebab-case names of the fields. */
const char *tcprst_stage_name(enum tcprst_stage stage);
const char *tcprst_role_name(enum tcprst_role role);

#endif
