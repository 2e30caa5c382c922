/* event.h - a reset: all RSTs of one connection that belong together
 *
 * Facts are frozen when the first RST comes; `after` alone goes on growing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_EVENT_H
#define TCPRST_RESET_EVENT_H

#include "core/server/endpoint.h"
#include "core/packet/reset_reason.h"

/* The kind of segment a reset answers. */
enum tcprst_trigger {
    TCPRST_NO_TRIGGER,
    TCPRST_ANSWERS_SYN,
    TCPRST_ANSWERS_SYNACK,
    TCPRST_ANSWERS_HANDSHAKE_ACK,
    TCPRST_ANSWERS_DATA,
    TCPRST_ANSWERS_FIN,
    TCPRST_ANSWERS_ACK,
    TCPRST_ANSWERS_PROBE, /* neither SYN nor ACK: NULL, FIN, Xmas */
};

/* A reset's TTL beside those of its sender's other segments. */
enum tcprst_ttl {
    TCPRST_TTL_UNKNOWN,   /* nothing to compare with, or they differ among themselves */
    TCPRST_TTL_SAME,
    TCPRST_TTL_SAME_HOPS, /* it began at another of 64, 128 and 255, and lost as many */
    TCPRST_TTL_OFF_BY_ONE,
    TCPRST_TTL_OTHER,
};

/* The same of its IPv6 flow label. */
enum tcprst_label {
    TCPRST_LABEL_UNKNOWN, /* the others carry none or several, or it is the peer's, reflected (Linux sysctl
                             flowlabel_reflect) */
    TCPRST_LABEL_ZERO,
    TCPRST_LABEL_SAME,
    TCPRST_LABEL_OTHER,
};

enum tcprst_point {
    TCPRST_POINT_UNKNOWN,
    TCPRST_POINT_CLIENT,
    TCPRST_POINT_SERVER,
    TCPRST_POINT_BETWEEN,
};

/* How a connection failed: reset in the server's name before any answer. */
enum tcprst_failure {
    TCPRST_NO_FAILURE,
    TCPRST_FAILED_ON_SYN,
    TCPRST_FAILED_IN_HANDSHAKE, /* or right after it, before any request */
    TCPRST_FAILED_ON_REQUEST,
};

/* Another address that the client had asked, whose numbers the answered segment bears. */
struct tcprst_detour {
    uint32_t syn_frame; /* 0: none */
    struct tcprst_address address;
    uint16_t port;
};

/* What came on the connection behind the event's first RST. */
struct tcprst_after {
    uint32_t sender_frame;     /* first new segment, RSTs and repeated SYN/ACKs apart, from the side in whose
                                  name the RST came; 0: none */
    int64_t  sender_until_ns;  /* how long after the RST its latest new segment came */
    uint32_t counted_frame;    /* a segment that counts the RST's payload in; 0: none */
    uint32_t left_out_frame;   /* a new segment of the sender that does not; 0: none */
    uint32_t peer_frame;       /* the other side's first new segment without RST; 0: none */
    uint32_t beyond_frame;     /* its first acknowledgement, within a round trip, of more than the RST's number; 0: none */
    uint32_t peer_rst_frame;   /* its first RST; 0: none */
    int64_t  peer_rst_ns;      /* how long after the RST that came */
    uint32_t peer_data_frame;  /* the other side's first new payload; 0: none */
    uint32_t synack_frame;     /* the SYN/ACK again, without a new SYN; 0: no */
    uint32_t syns;             /* the client's SYN again */
    uint32_t repeats;          /* further RSTs of the event, copies of a frame and either side's included */
    uint32_t bare_rsts, ack_rsts; /* RSTs of the event from the same side, the first one included */
    uint32_t untimed_ack_rsts; /* RST+ACKs among them without timestamps */
    uint32_t jump_frame, jump_bytes; /* the first further RST of that side whose sequence number lies above
                                  all that it was seen to send, and by how much; 0: none */
    bool ack_changes;          /* those RSTs differ in their ACK fields ... */
    bool zero_ack;             /* ... and one of them has 0 there */
};

struct tcprst_event {
    struct tcprst_connection *connection; /* as it is now */
    struct tcprst_host *client;           /* the client's address; never NULL */
    const struct tcprst_connection *before; /* as it was when the RST came; shared with `connection` until
                                             a segment changes that.  Its `recent` is not frozen */
    uint32_t number;                      /* in file order, from 0; set by store.c */
    bool is_lent;                         /* somebody outside of the capture points to it */
    bool is_only;                         /* the first of its connection */

    enum tcprst_role  from;               /* in whose name */
    enum tcprst_stage stage;
    uint32_t frame;
    int64_t  time_ns;
    struct tcprst_ip ip;
    struct tcprst_options options;
    uint32_t seq, ack;
    uint32_t payload_bytes;
    uint16_t window;
    bool     has_ack; /* the ACK flag */
    bool     is_owed_answer; /* the client's: the server had acknowledged its last payload and sent none since */
    bool     shares_isn; /* the client's SYN had the number and port of one to another address */
    uint8_t  flags;
    bool     is_cut; /* not all of its payload was captured */
    bool     checksum_is_bad; /* although that of its sender's SYN or SYN/ACK is good */

    enum tcprst_failure failure; /* of its connection, by this reset; the same that the endpoint counts */

    enum tcprst_trigger trigger;
    uint32_t trigger_frame;       /* 0: none found, or it is too far back to be kept */
    uint32_t trigger_payload_bytes;
    uint8_t  trigger_tos;
    bool     trigger_is_old;      /* payload that the reset's sender had acknowledged */
    int64_t  oldest_trigger_ns;   /* age of the oldest segment it could answer; -1: no trigger,
                                     INT64_MAX: there may be older ones than were kept */
    int64_t  acked_age_ns;        /* age of the peer's newest segment that it is the first to acknowledge; -1: none */
    uint32_t bytes_below;        /* its number lies that much below what its sender had sent and the peer
                                     acknowledged, and no segment explains it; 0: no */
    int64_t  delay_ns;            /* since the trigger, else since the peer's last segment; -1: none */
    int64_t  leg_ns;              /* capture point to the RST's sender and back; -1: unknown or too short */
    uint32_t leg_samples;         /* waits that agree on that */
    int64_t  silence_ns;          /* since any segment of the connection; -1: none */
    int64_t  irtt_ns;             /* SYN to the client's ACK; -1: not seen */
    enum tcprst_point point;
    struct tcprst_connection *winner; /* had opened in a race with this one (race.h); NULL: none */
    int64_t  winner_ns;               /* so long before the RST */
    struct tcprst_endpoint_snapshot server;
    char *stated_reason;          /* the sender's own words, printable; NULL: none */
    const char *stated_by;
    enum tcprst_reason reason;    /* what they speak of */
    bool is_coded;                /* they are only what the window field may mean */
    struct tcprst_detour detour;

    struct tcprst_after after;
    struct tcprst_event *burst; /* first of the endpoint's aborts at this instant; NULL: no abort */
    uint32_t burst_size;        /* on that first one: how many, and when they had opened */
    int64_t  burst_opened_ns[2]; /* earliest and latest */
    int64_t  burst_last_ns;      /* when the latest abort of it came */
    struct tcprst_event *sweep;  /* first of the client's early resets in a row; NULL: no early reset */
    uint32_t sweep_resets;       /* on that first one: how many, over so many endpoints; */
    uint32_t sweep_targets;      /* counts too many beyond the last few, and none that lost a race */
};

/* Aborts of one endpoint this soon after each other are one burst: measured were 25 to 130 us, all within
 * 0.4 ms (docs/facts.md 3), and once 1.3 ms on a busy host. */
enum { TCPRST_BURST_GAP_NS = 2000000 };

/* Legs under this say nothing: scheduling noise, or a capture taken on that very host. */
enum { TCPRST_SHORTEST_LEG_NS = 2000000 };

/* Freezes the facts of a reset in the name of `from`; `client` is the host that the connection's client is.
 * What it answers is found by tcprst_find_trigger() (trigger.h). */
struct tcprst_event *tcprst_event_new(struct tcprst_connection *connection, const struct tcprst_segment *rst,
                                      enum tcprst_role from, struct tcprst_host *client);
void tcprst_event_free(struct tcprst_event *event);

/* To be called before the connection changes: from then on `before` is a copy. */
void tcprst_event_keep_before(struct tcprst_event *event);

/* True if a further RST of the connection belongs to this event and not to a new one. */
bool tcprst_event_includes(const struct tcprst_event *event, const struct tcprst_segment *rst, enum tcprst_role role);

/* Counts a further RST, or a segment without RST, of the event's connection, sent by `role`. */
void tcprst_event_note_repeat(struct tcprst_event *event, const struct tcprst_segment *rst,
                              enum tcprst_role role);
void tcprst_event_note_after(struct tcprst_event *event, const struct tcprst_segment *segment,
                             enum tcprst_role role);

/* TTL of the RST less that of its sender's other segments; false if there was none to compare. */
bool tcprst_event_ttl_delta(const struct tcprst_event *event, int *delta);

enum tcprst_ttl tcprst_event_ttl(const struct tcprst_event *event);
enum tcprst_label tcprst_event_label(const struct tcprst_event *event);

/* The TTLs lost as many hops since they began; systems begin at 64, 128 or 255. */
bool tcprst_same_hops(uint8_t ttl, uint8_t other);

/* The reset came within a second of the client's first request, before any answer. */
bool tcprst_event_cuts_request(const struct tcprst_event *event);

/* The connection, refused at first, was let in after its SYN came again from the same port: it counts as any other. */
void tcprst_event_take_back_refusal(struct tcprst_connection *connection);

/* The client had closed its side without a word, and the server aborted the connection: nobody missed anything. */
bool tcprst_event_is_closed_unasked(const struct tcprst_event *event);

/* So long the client had waited for the server's first words when it reset; -1: it had not, or did not reset.  A
 * pause counts as waiting from a second and eight round trips on. */
int64_t tcprst_event_greeting_wait_ns(const struct tcprst_event *event);

/* The reset's own numbers count in what was not captured, or the capture has one direction only. */
bool tcprst_event_shows_gap(const struct tcprst_event *event);

/* delay / leg, or a negative number if either is unknown. */
double tcprst_event_delay_rtt(const struct tcprst_event *event);

/* Signature of Sundara Raman et al., Global, Passive Detection of Connection Tampering, SIGCOMM 2023,
 * table 1; NULL where the paper has none.  It judges what reaches the server, so RSTs in the client's
 * name only. */
const char *tcprst_event_signature(const struct tcprst_event *event);

const char *tcprst_form_name(const struct tcprst_event *event);

/* What to think of a number in the ACK field of a reset without ACK flag; NULL if there is none. */
const char *tcprst_event_ack_field_note(const struct tcprst_event *event);
const char *tcprst_point_name(enum tcprst_point point);

/* What a trigger is called in a sentence, e.g. "the client's data". */
const char *tcprst_trigger_noun(enum tcprst_trigger trigger);

#endif
