/* event.h - a reset: all RSTs of one connection that belong together
 *
 * The facts are recorded when the first RST comes; later only `after` is updated, and they are
 * taken anew if the RST had overtaken segments that its sender knew of (overtaken.h).
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

/* A reset's TTL compared with those of its sender's other segments. */
enum tcprst_ttl {
    TCPRST_TTL_UNKNOWN,   /* there are no others, or they differ from each other */
    TCPRST_TTL_SAME,
    /* it had another initial value (64, 128 or 255) and passed as many hops */
    TCPRST_TTL_SAME_HOPS,
    TCPRST_TTL_OFF_BY_ONE,
    TCPRST_TTL_OTHER,
};

/* The same for its IPv6 flow label. */
enum tcprst_label {
    /* the others carry none or several, or it is the peer's, reflected (Linux sysctl
     * flowlabel_reflect) */
    TCPRST_LABEL_UNKNOWN,
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
    TCPRST_FAILED_IN_HANDSHAKE, /* or soon after the handshake, before any request */
    TCPRST_FAILED_ON_REQUEST,
};

/* Where the client had sent its SYN, if not to the server named: another address, of whose
 * connection the answered segment has the numbers. */
struct tcprst_syn_target {
    uint32_t syn_frame; /* 0: none */
    struct tcprst_address address;
    uint16_t port;
};

/* What came on the connection after the event's first RST. */
struct tcprst_after {
    /* latest segment that the RST had overtaken (overtaken.h); 0: none */
    uint32_t overtaken_frame;
    /* first new segment, RSTs and repeated SYN/ACKs excepted, from the side in whose name the RST
     * came; 0: none */
    uint32_t sender_frame;
    int64_t  sender_until_ns;  /* time from the RST to its latest new segment */
    /* a reset, a little before or after, of the connection that its sender may have joined with
     * this one, as a proxy does; 0: none */
    uint32_t joined_frame;
    bool     ended_joined; /* its sender sent that reset, too */
    /* first new segment from that side that acknowledges all that the peer had sent before the RST,
     * if the peer did not send it again; 0: none */
    uint32_t acked_frame;
    /* a reset in another host's name that came at the same instant with the same TTL
     * (tcprst_context_compare_ttls()); 0: none */
    uint32_t same_ttl_frame;
    uint32_t same_id_frame;    /* new segment of that side with the RST's IP ID; 0: none */
    /* a segment with numbers far from these: of another connection, or the capture lacks what is
     * between; 0: none */
    uint32_t other_frame;
    /* frame of a segment whose number includes the RST's payload; 0: none */
    uint32_t counted_frame;
    /* frame of a new segment of the sender whose number does not; 0: none */
    uint32_t left_out_frame;
    uint32_t peer_frame;       /* the other side's first new segment without RST; 0: none */
    /* its first acknowledgement, within a round trip, of more than the RST's sequence number; 0:
     * none */
    uint32_t beyond_frame;
    uint32_t peer_rst_frame;   /* its first RST; 0: none */
    /* if it is the first one of a burst: the endpoint's latest answer on another connection that
     * had begun before; 0: none */
    uint32_t survived_frame;
    int64_t  peer_rst_ns;      /* time from the RST to that one */
    /* it is a RST+ACK whose timestamp does not go back and whose IP ID follows that side's; one of
     * the two is enough where the other does not exist */
    bool     peer_rst_is_of_socket;
    uint32_t peer_data_frame;  /* the other side's first new payload; 0: none */
    bool peer_sent;            /* it has sent payload, new or again */
    bool peer_sends_on;        /* it has sent such since its RST */
    uint32_t synack_frame;     /* the SYN/ACK repeated, without a new SYN; 0: no */
    uint32_t syns;             /* how often the client repeated its SYN */
    /* further RSTs of the event, copies of a frame and either side's included */
    uint32_t repeats;
    uint32_t bare_rsts, ack_rsts; /* RSTs of the event from the same side, the first one included */
    uint32_t untimed_ack_rsts; /* RST+ACKs among them without timestamps */
    uint32_t acked_to;     /* highest ACK number of those with its TTL, if ack_rsts */
    uint32_t ack_steps;    /* how many of them, with its TTL, acknowledged more than all before */
    /* least age of a peer's segment that one of the further RST+ACKs is the first to acknowledge;
     * -1: none */
    int64_t  acked_age_ns;
    /* the first further RST of that side whose sequence number follows all that it was seen to
     * send, and by how many bytes; 0: none */
    uint32_t jump_frame, jump_bytes;
    /* the first further RST of that side whose TTL shows another distance; 0: none */
    uint32_t other_ttl_frame;
    uint8_t  other_ttl;
    /* it refused a SYN that the client repeated from the same port, and the connection was accepted
     * then: it did not fail */
    bool is_taken_back;
    bool burst_is_mixed;       /* the burst that it is the first of has several clients, */
    /* ... and silences that differ from its own by more than a tenth, which is a judgement */
    bool burst_waits_differ;
    bool ack_changes;          /* those RSTs differ in their ACK fields ... */
    bool zero_ack;             /* ... and one of them has 0 there */
};

struct tcprst_silence;

struct tcprst_event {
    /* what had no answer, if no RST came (silence.h); NULL: a reset.  Then `from` is who was
     * silent, `frame` the last repeat, and members about a RST are 0 or unknown */
    const struct tcprst_silence *silence;
    struct tcprst_connection *connection; /* as it is now */
    struct tcprst_host *client;           /* the client's address; never NULL */
    /* as it was when the RST came; the same object as `connection` until a segment changes that.
     * Its `recent` is not kept */
    const struct tcprst_connection *before;
    uint32_t number;                      /* in file order, from 0; set by store.c */
    /* a caller holds a pointer to it (tcprst_store_hold_event()) */
    bool is_held;
    bool is_only;                         /* the first of its connection */

    enum tcprst_role  from;               /* the side in whose name it came */
    enum tcprst_stage stage;
    uint32_t frame;
    int64_t  time_ns;
    struct tcprst_ip ip;
    struct tcprst_options options;
    uint32_t seq, ack;
    uint32_t payload_bytes;
    uint16_t window;
    bool     has_ack; /* the ACK flag */
    /* reset by the client: the server had acknowledged its last payload and sent none since */
    bool     is_owed_answer;
    bool     peer_data_crossed; /* the peer's last payload cannot have reached its sender by then */
    /* the client's SYN had the sequence number and port of a SYN to another address */
    bool     shares_isn;
    uint8_t  flags;
    bool     is_cut; /* not all of its payload was captured */
    bool     checksum_is_bad; /* its checksum is bad, that of its sender's SYN or SYN/ACK good */

    enum tcprst_failure failure; /* of its connection, by this reset, as the endpoint counts it */

    enum tcprst_trigger trigger;
    uint32_t echoed_frame; /* the peer's segment with its IP ID, window and length; 0: none */
    uint32_t trigger_frame;       /* 0: none found, or it is too old to be kept */
    uint32_t trigger_payload_bytes;
    uint8_t  trigger_tos;
    bool     trigger_is_old;      /* the trigger's payload had been acknowledged before */
    /* age of the oldest segment it could answer; -1: no trigger; INT64_MAX: there may be older
     * ones, not kept */
    int64_t  oldest_trigger_ns;
    /* age of the peer's newest segment that it is the first to acknowledge; -1: none */
    int64_t  acked_age_ns;
    /* how long the connection had been silent before that one, or before a keep-alive that the
     * RST+ACK follows at once, if that is the connection's last segment; -1 otherwise */
    int64_t  idle_before_acked_ns;
    /* reset by the server: how long the connection had been silent before the client's request that
     * has no answer; -1: none is kept */
    int64_t  idle_before_request_ns;
    /* the peer's segment that never reached the RST's sender, by the timestamp that the RST echoes
     * or by what its sender repeated, and its age; 0: none is known */
    uint32_t not_received_frame;
    int64_t  not_received_ns;
    /* bytes by which its number precedes what its sender had sent and the peer acknowledged, if
     * no segment explains that; 0: none */
    uint32_t bytes_below;
    /* time since the trigger, or without one since the peer's last segment; -1: there is none */
    int64_t  delay_ns;
    /* round trip from the capture point to the RST's sender; -1: unknown or too short */
    int64_t  leg_ns;
    uint32_t leg_samples;         /* number of measurements that agree on leg_ns */
    /* time since the last segment of the connection; -1: there is none */
    int64_t  silence_ns;
    int64_t  irtt_ns;             /* from SYN to the client's ACK; -1: not seen */
    enum tcprst_point point;
    /* the connection that won the race against this one (race.h); NULL: none */
    struct tcprst_connection *winner;
    int64_t  winner_ns;               /* time from its handshake to the RST */
    struct tcprst_endpoint_snapshot server;
    /* the reason that the sender states, printable, owned; NULL: none */
    char *stated_reason;
    const char *stated_by;
    enum tcprst_reason reason;    /* what that reason is about */
    bool is_coded;                /* the reason is only a possible meaning of the window field */
    struct tcprst_syn_target syn_target;
    /* the SYN of another connection with its endpoint, which seldom gets any, that came just before
     * a reset by the server, and how long before; frame 0: none */
    uint32_t syn_before_frame;
    int64_t  syn_before_ns;

    struct tcprst_after after;
    /* first of the endpoint's or the client's aborts at about this time; NULL: this is no abort */
    struct tcprst_event *burst;
    uint32_t burst_size;        /* in that first one: number of aborts, */
    uint32_t burst_closes;      /* and of connections that the endpoint closed by FIN then */
    /* there: when the endpoint's connections had opened, or the client's had last been used;
     * earliest and latest */
    int64_t  burst_begun_ns[2];
    int64_t  burst_last_ns;      /* time of the latest abort of the burst */
    /* first of the client's early resets in a row; NULL: no early reset */
    struct tcprst_event *sweep;
    uint32_t sweep_resets;       /* in that first one: number of resets, and of endpoints; */
    /* an endpoint that is not among the last few is counted again; races are not counted */
    uint32_t sweep_targets;
};

/* Legs shorter than this say nothing: they can be scheduling delay, or the capture was taken on
 * that host. */
enum { TCPRST_SHORTEST_LEG_NS = 2000000 };

/* Records the facts of a reset in the name of `from`; `client` is the host of the connection's
 * client.  What it answers is found by tcprst_find_trigger() (trigger.h). */
void tcprst_event_begin(struct tcprst_event *event, struct tcprst_connection *connection,
                        const struct tcprst_segment *rst, enum tcprst_role from,
                        struct tcprst_host *client);

/* Records anew those facts that depend on its connection, which took a segment that the RST
 * had overtaken (overtaken.h). */
void tcprst_event_revise(struct tcprst_event *event, const struct tcprst_segment *overtaken);

/* Exchanges the facts of two resets of one connection, as two capture points saw it.  How they were
 * counted, and their places among other events, stay. */
void tcprst_event_exchange(struct tcprst_event *event, struct tcprst_event *other);

/* Releases what the event owns, not the struct. */
void tcprst_event_clear(struct tcprst_event *event);

/* Fewer measurements do not show the path: a radio may have slept, an address may have been
 * resolved, a balancer may have connected to its server first (docs/facts.md 14). */
enum { TCPRST_FEWEST_SAMPLES = 2 };

/* True if the leg was measured often enough, and the handshake is among that: where it was not
 * captured, all waits are for a program's answers or for delayed acknowledgements (docs/facts.md
 * 15). */
bool tcprst_event_leg_is_sure(const struct tcprst_event *event);

/* The peer's latest segment is payload that it repeated at least twice, and its sender had sent
 * nothing since before the first copy. */
bool tcprst_event_follows_repeats(const struct tcprst_event *event);

/* True if what passed the capture point so long ago should have arrived at the RST's sender. */
bool tcprst_event_is_overdue(const struct tcprst_event *event, int64_t age_ns);

/* To be called before the connection changes: from then on `before` is a copy. */
void tcprst_event_keep_before(struct tcprst_event *event);

/* True if a further RST of the connection belongs to this event, false if to a new one. */
bool tcprst_event_includes(const struct tcprst_event *event, const struct tcprst_segment *rst,
                           enum tcprst_role role);

/* Counts a further RST, or a segment without RST, of the event's connection, sent by `role`. */
void tcprst_event_note_repeat(struct tcprst_event *event, const struct tcprst_segment *rst,
                              enum tcprst_role role);
void tcprst_event_note_after(struct tcprst_event *event, const struct tcprst_segment *segment,
                             enum tcprst_role role);

/* Sets `*delta` to the RST's TTL minus that of its sender's other segments; returns false if
 * there is nothing to compare. */
bool tcprst_event_ttl_delta(const struct tcprst_event *event, int *delta);

/* True if both sides' latest segments have TTL 255: neighbours prove by it that no router is
 * between them (RFC 5082).  What the kernel sends for no socket keeps the default TTL. */
bool tcprst_is_guarded_by_ttl(const struct tcprst_connection *connection);

enum tcprst_ttl tcprst_event_ttl(const struct tcprst_event *event);
enum tcprst_label tcprst_event_label(const struct tcprst_event *event);

/* By how many hops a TTL was reduced, if it began as 64, 128 or 255, as systems have it. */
unsigned tcprst_hops(uint8_t ttl);

/* True if no router has reduced it. */
static inline bool tcprst_is_initial_ttl(uint8_t ttl) {
    return !tcprst_hops(ttl);
}

/* True if both TTLs were reduced by as many hops. */
bool tcprst_same_hops(uint8_t ttl, uint8_t other);

/* True if the reset came within a second of the client's first request, before any answer. */
bool tcprst_event_cuts_request(const struct tcprst_event *event);

/* How its connection failed, as far as is known by now. */
static inline enum tcprst_failure tcprst_event_failure(const struct tcprst_event *event) {
    return event->after.is_taken_back ? TCPRST_NO_FAILURE : event->failure;
}

/* To be called when the connection, refused at first, was accepted after its SYN was repeated from
 * the same port: it then counts like any other. */
void tcprst_event_take_back_refusal(struct tcprst_connection *connection);

/* True if the reset, of a SYN in the name of the server, has number 0 and acknowledges the SYN's
 * own number, as by stacks that do not count the SYN, or has no ACK at all (docs/facts.md 15). */
bool tcprst_event_refuses_oddly(const struct tcprst_event *event, const struct tcprst_side *client);

/* True if the client had closed its side without sending payload, and the server aborted the
 * connection: no data was lost. */
bool tcprst_event_is_closed_unasked(const struct tcprst_event *event);

/* How long the client had waited for the server's first payload before it reset; -1 if it had not
 * waited, or the reset is the server's.  A pause counts as waiting from one second, and from eight
 * round trips, on. */
int64_t tcprst_event_greeting_wait_ns(const struct tcprst_event *event);

/* True if the reset's numbers include segments that were not captured, or the capture has only one
 * direction. */
bool tcprst_event_shows_gap(const struct tcprst_event *event);

/* delay_ns / leg_ns; negative if one of them is unknown. */
double tcprst_event_delay_rtt(const struct tcprst_event *event);

/* Signature of Sundara Raman et al., Global, Passive Detection of Connection Tampering, SIGCOMM
 * 2023, table 1; NULL where the paper has none.  The paper judges what reaches a server, so only
 * RSTs in the client's name have one. */
const char *tcprst_event_signature(const struct tcprst_event *event);

/* Where the capture was taken, by the two halves of the handshake. */
enum tcprst_point tcprst_connection_point(const struct tcprst_connection *connection);

/* At the server by that, or, of a connection that was not opened, by the legs of others. */
bool tcprst_event_is_at_server(const struct tcprst_event *event);

/* "reset" or "silence" */
const char *tcprst_failure_kind_name(const struct tcprst_event *event);

const char *tcprst_form_name(const struct tcprst_event *event);

/* What a number in the ACK field of a reset without ACK flag means; NULL if there is none. */
const char *tcprst_event_ack_field_note(const struct tcprst_event *event);
const char *tcprst_point_name(enum tcprst_point point);

/* How many routers the RST crossed more than its sender's other segments; 0: no more, unknown, or
 * so many that another initial TTL is likelier. */
unsigned tcprst_event_routers_more(const struct tcprst_event *event);

/* Name of a trigger for a sentence, e.g. "the client's data". */
const char *tcprst_trigger_noun(enum tcprst_trigger trigger);

#endif
