/* connection.c - updates a connection with each segment
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/connection.h"

#include <glib.h>
#include <string.h>

#include "core/connection/observe.h"

/* That side.  A choice between two, as GCC computes the address of an element anew at each use. */
static struct tcprst_side *side_of(struct tcprst_connection *c, enum tcprst_role role) {
    return role == TCPRST_CLIENT ? &c->side[TCPRST_CLIENT] : &c->side[TCPRST_SERVER];
}

/* NFS clients take a port that only root can have (nfs(5): resvport; bindresvport(3): 512 to 1023),
 * so theirs is the lower one. */
static bool is_nfs_client(uint16_t port, uint16_t peer) {
    enum { NFS = 2049, FIRST_RESERVED = 512, FIRST_FREE = 1024 };
    return peer == NFS && port >= FIRST_RESERVED && port < FIRST_FREE;
}

/* By the ports of a segment that is no SYN. */
static bool looks_client(uint16_t port, uint16_t peer) {
    if (is_nfs_client(port, peer) || is_nfs_client(peer, port))
        return peer > port;
    return port >= peer;
}

/* Once a connection is open, each segment has ACK, or is dropped (RFC 9293 section 3.10.7.4): what
 * begins with neither that, nor SYN or RST, was sent to see who answers. */
void tcprst_connection_begin(struct tcprst_connection *c, const struct tcprst_tuple *tuple,
                             unsigned src_index, const struct tcprst_segment *s) {
    memset(c, 0, TCPRST_CONNECTION_KEPT_BYTES);
    c->tuple = *tuple;

    bool is_refusal = tcprst_is_refusal(s);
    bool is_probe = !(s->flags & (TCPRST_SYN | TCPRST_ACK | TCPRST_RST));
    bool from_client = is_refusal || is_probe  ? is_probe
                       : s->flags & TCPRST_SYN ? !(s->flags & TCPRST_ACK)
                                               : looks_client(s->src_port, s->dst_port);
    c->roles_inferred = !(s->flags & TCPRST_SYN);
    c->server_known = is_refusal || is_probe;
    c->client_index = (uint8_t)(from_client ? src_index : !src_index);
    c->first_from_server = !from_client;
}

void tcprst_connection_set_server(struct tcprst_connection *c, unsigned index) {
    bool was_server = c->client_index != index;
    c->server_known = true;
    if (was_server)
        return;
    c->client_index = (uint8_t)!index;
    c->first_from_server = !c->first_from_server;
}

/* Takes a SYN that was captured after its SYN/ACK. */
static bool is_late_syn(const struct tcprst_connection *c, const struct tcprst_segment *s) {
    const struct tcprst_side *server = &c->side[TCPRST_SERVER];
    return server->syn.frame && s->seq + 1 == server->syn.ack;
}

bool tcprst_connection_is_reused(const struct tcprst_connection *c, const struct tcprst_segment *s,
                                 enum tcprst_role role) {
    if (!(s->flags & TCPRST_SYN) || (s->flags & TCPRST_RST))
        return false;
    const struct tcprst_side *own = &c->side[role];
    const struct tcprst_side *peer = &c->side[tcprst_peer_of(role)];

    if (s->flags & TCPRST_ACK && role == TCPRST_SERVER && own->syn.frame) {
        bool answers_the_syn = peer->syn.frame && s->ack == peer->isn + 1;
        return s->seq != own->isn && s->ack != own->syn.ack && !answers_the_syn;
    }
    if (s->flags & TCPRST_ACK)
        return role == TCPRST_SERVER
                   ? !tcprst_handshake_seen(c) && c->side[role].segments + peer->segments
                   : !tcprst_handshake_seen(c);
    if (own->isn_known && s->seq == own->isn)
        return false;
    if (own->syn.frame)
        return true;
    if (role == TCPRST_CLIENT)
        return !is_late_syn(c, s);
    return own->has_sent || !peer->syn.frame; /* else a simultaneous open, RFC 9293 section 3.5 */
}

/* True if the segment is a second copy of the same frame.  What a host sends again after the time
 * in which no stack does has another timestamp or IP ID, if it has one: Linux sends its SYN again
 * 40 ms after it reset a challenge ACK. */
static bool is_copy(const struct tcprst_syn *syn, const struct tcprst_segment *s, uint32_t isn) {
    int64_t since_ns = tcprst_elapsed_ns(syn->time_ns, s->time_ns);
    bool same_flags = (syn->ack != 0) == ((s->flags & TCPRST_ACK) != 0);
    bool has_same_identity = s->ip.id == syn->ip.id && s->options.tsval == syn->options.tsval;
    return syn->frame && same_flags && s->seq == isn && since_ns >= 0 &&
           since_ns < (has_same_identity ? TCPRST_SOONEST_REPEAT_NS : TCPRST_COPY_NS);
}

/* What a side sent that the capture does not show is known from its peer's ACK numbers.  One byte
 * more can be its FIN, so only two or more count as payload. */
static void observe_proof(struct tcprst_side *unseen, uint32_t ack) {
    if (unseen->segments > !!unseen->syn.frame || !unseen->has_sent ||
        !tcprst_seq_after(ack, unseen->next_seq))
        return;
    uint32_t more = ack - unseen->next_seq;
    if (more > 1)
        unseen->payload_bytes = tcprst_add_u32(unseen->payload_bytes, more);
    unseen->next_seq = ack;
}

/* A stack sets PSH on the last segment of what its application gave it (RFC 9293 section
 * 3.9.1.2).  Small segments without PSH are of tools. */
static bool leaves_more(const struct tcprst_segment *s) {
    enum { FULL_SEGMENT_BYTES = 536 }; /* RFC 9293 section 3.7.1: the default MSS */
    return s->payload_bytes >= FULL_SEGMENT_BYTES && !(s->flags & (TCPRST_PSH | TCPRST_FIN));
}

static void note_new_payload(struct tcprst_side *own, const struct tcprst_side *peer,
                             const struct tcprst_segment *s) {
    own->last_data_frame = s->frame;
    own->last_data_end = s->seq + s->payload_bytes;
    own->last_data_ack = s->ack;
    own->has_more = leaves_more(s);
    if (own->is_timed || peer->measured >= TCPRST_MEASURED_MOST)
        return;
    own->is_timed = true;
    own->timed_end = s->seq + s->payload_bytes;
    own->timed_ns = s->time_ns;
}

/* `own` acknowledges: measures the time at the capture point since the acknowledged payload. */
static unsigned measure(struct tcprst_side *own, struct tcprst_side *peer,
                        const struct tcprst_segment *s) {
    if (!peer->is_timed || tcprst_seq_after(peer->timed_end, s->ack))
        return 0;
    peer->is_timed = false;
    own->measured_ns = tcprst_elapsed_ns(peer->timed_ns, s->time_ns);
    if (own->measured_ns < 0)
        return 0;
    own->measured++;
    return TCPRST_CHANGE_MEASURED;
}

/* A segment's sequence number proves that the numbers preceding it were sent (RFC 9293 section
 * 3.4), although the capture lacks them or has them later.  A single number can be a FIN. */
static void note_gap(struct tcprst_side *own, uint32_t seq) {
    enum { MOST_GAP_BYTES = 1 << 24 };
    uint32_t bytes = seq - own->next_seq;
    if (bytes < 2 || bytes > MOST_GAP_BYTES)
        return;
    own->gap_from = own->next_seq;
    own->gap_to = seq;
    own->payload_bytes = tcprst_add_u32(own->payload_bytes, bytes);
}

/* True if the payload is of the gap: captured later than what follows it, so not a repetition.  The
 * gap then begins after it. */
static bool fills_gap(struct tcprst_side *own, const struct tcprst_segment *s) {
    uint32_t into = s->seq - own->gap_from, gap = own->gap_to - own->gap_from;
    if (!s->payload_bytes || into >= gap)
        return false;
    own->gap_from = into + s->payload_bytes >= gap ? own->gap_to : s->seq + s->payload_bytes;
    return true;
}

static void observe_sequence(struct tcprst_connection *c, const struct tcprst_segment *s,
                             enum tcprst_role role) {
    struct tcprst_side *own = side_of(c, role);
    uint32_t end = s->seq + tcprst_segment_length(s);
    bool is_keepalive = own->has_sent && s->payload_bytes <= 1 && s->seq + 1 == own->next_seq;

    if (!own->has_sent || tcprst_seq_after(end, own->next_seq)) {
        if (own->has_sent && tcprst_seq_after(s->seq, own->next_seq))
            note_gap(own, s->seq);
        own->payload_bytes = tcprst_add_u32(own->payload_bytes, s->payload_bytes);
        own->data_segments = tcprst_add_u16(own->data_segments, s->payload_bytes > 0);
        if (s->payload_bytes)
            note_new_payload(own, side_of(c, tcprst_peer_of(role)), s);
        own->next_seq = end;
        own->has_sent = true;
        return;
    }
    if (fills_gap(own, s)) {
        own->last_data_frame = s->frame;
        own->last_data_end = end;
        own->last_data_ack = s->ack;
        own->has_more &= leaves_more(s);
        return;
    }
    if (s->payload_bytes > 1 && !is_keepalive)
        tcprst_add_history(c, TCPRST_LETTER_RETRANSMISSION, role);
    if (s->payload_bytes)
        own->is_timed = false; /* which of both is acknowledged is not known (Karn's algorithm) */
    if (s->payload_bytes || is_keepalive)
        tcprst_note_sent_again(own, s, is_keepalive);
}

static unsigned observe_ack(struct tcprst_connection *c, const struct tcprst_segment *s,
                            enum tcprst_role role) {
    struct tcprst_side *own = side_of(c, role), *peer = side_of(c, tcprst_peer_of(role));
    bool peer_hidden = !peer->segments || (peer->segments == 1 && peer->syn.frame && c->ack_frame);
    if (peer_hidden && !c->wrong_ack_frame)
        observe_proof(peer, s->ack);
    if (!own->has_acked || tcprst_seq_after(s->ack, own->acked))
        own->acked = s->ack;
    own->has_acked = true;
    if (c->roles_inferred) {
        tcprst_learn_number(peer, own);
        tcprst_learn_number(own, peer);
    }
    return measure(own, peer, s);
}

static void note_letters(struct tcprst_connection *c, const struct tcprst_segment *s,
                         enum tcprst_role role) {
    if (s->flags & TCPRST_FIN)
        tcprst_add_history(c, TCPRST_LETTER_FIN, role);
    else if (s->payload_bytes)
        tcprst_add_history(c, TCPRST_LETTER_PAYLOAD, role);
    else if (s->flags & TCPRST_ACK)
        tcprst_add_history(c, TCPRST_LETTER_ACK, role);
}

static unsigned observe_progress(struct tcprst_connection *c, const struct tcprst_segment *s,
                                 enum tcprst_role role) {
    struct tcprst_side *own = side_of(c, role), *peer = side_of(c, tcprst_peer_of(role));
    unsigned changes = role == TCPRST_SERVER && own->syn.frame && own->segments == 1
                           ? TCPRST_CHANGE_AFTER_SYNACK
                           : 0;
    bool had_payload = c->side[TCPRST_SERVER].payload_bytes,
         had_asked = c->side[TCPRST_CLIENT].payload_bytes;
    if ((own->unanswered || c->roles_inferred) && tcprst_knows_more(own, s)) {
        own->unanswered = 0;
        own->received_more = true;
    }
    observe_sequence(c, s, role);
    if (!had_payload && !had_asked && c->side[TCPRST_CLIENT].payload_bytes)
        changes |= TCPRST_CHANGE_ASKED;
    if (role == TCPRST_CLIENT && own->unanswered >= 2 && s->payload_bytes > 1 &&
        tcprst_sent_only_syns(peer))
        changes |= TCPRST_CHANGE_DATA_UNACKED;
    if (s->flags & TCPRST_ACK)
        changes |= observe_ack(c, s, role);
    if (!had_payload && c->side[TCPRST_SERVER].payload_bytes)
        changes |= TCPRST_CHANGE_SERVED;
    if (!(s->flags & TCPRST_FIN) || own->fin_frame)
        return changes;
    own->fin_frame = s->frame;
    own->fin_time_ns = s->time_ns;
    own->fin_ack = s->ack;
    c->gave_up |= role == TCPRST_CLIENT && tcprst_connection_gives_up(c);
    if (role == TCPRST_SERVER && peer->payload_bytes && own->has_acked &&
        !tcprst_seq_after(peer->next_seq, own->acked) && !tcprst_connection_gave_up(c))
        changes |= TCPRST_CHANGE_SERVED;
    return peer->fin_frame ? changes | TCPRST_CHANGE_CLOSED : changes;
}

static void note_id(struct tcprst_side *own, uint16_t id) {
    uint16_t step = (uint16_t)(id - own->ip.id);
    uint8_t *count = step && step <= TCPRST_MOST_MERGED_SEGMENTS ? &own->id_steps : &own->id_jumps;
    if (own->segments && own->ip.id && *count < UINT8_MAX)
        ++*count;
}

static bool is_same_ip(const struct tcprst_ip *a, const struct tcprst_ip *b) {
    return a->ttl == b->ttl && a->flow_label == b->flow_label && a->version == b->version;
}

static void note_ip(struct tcprst_side *own, const struct tcprst_ip *ip) {
    note_id(own, ip->id);
    if (!own->segments) {
        own->ttl_least = own->ttl_most = ip->ttl;
    } else if (!is_same_ip(ip, &own->ip)) {
        own->ttl_least = MIN(own->ttl_least, ip->ttl);
        own->ttl_most = MAX(own->ttl_most, ip->ttl);
        own->label_varies |= ip->flow_label != own->ip.flow_label;
    }
    own->ip = *ip;
}

static bool has_letter(const struct tcprst_connection *c, enum tcprst_letter letter,
                       enum tcprst_role role) {
    return c->history_seen >> (letter | role << 3) & 1;
}

/* True of most segments of most connections: both sides have sent segments, the server has
 * answered, and this one continues the sequence of its side, with new payload or a new ACK number.
 * So it is not a copy, and changes nothing that the slower functions look for. */
static bool is_plain(const struct tcprst_connection *c, const struct tcprst_side *own,
                     const struct tcprst_side *peer, const struct tcprst_segment *s,
                     enum tcprst_role role) {
    bool moves_on = s->payload_bytes ? tcprst_seq_after(s->seq + s->payload_bytes, own->next_seq)
                                     : tcprst_seq_after(s->ack, own->acked);
    return (s->flags & ~TCPRST_PSH) == TCPRST_ACK && c->handshake_done && c->recent && moves_on &&
           s->seq == own->next_seq && own->has_sent && own->has_acked && s->window &&
           !own->unanswered && own->segments > 1 && peer->segments > 1 &&
           c->side[TCPRST_SERVER].payload_bytes && is_same_ip(&s->ip, &own->ip) &&
           has_letter(c, s->payload_bytes ? TCPRST_LETTER_PAYLOAD : TCPRST_LETTER_ACK, role);
}

static unsigned observe_plain(struct tcprst_connection *c, const struct tcprst_segment *s,
                              enum tcprst_role role) {
    struct tcprst_side *own = side_of(c, role);
    own->payload_bytes = tcprst_add_u32(own->payload_bytes, s->payload_bytes);
    own->data_segments = tcprst_add_u16(own->data_segments, s->payload_bytes > 0);
    if (s->payload_bytes)
        note_new_payload(own, side_of(c, tcprst_peer_of(role)), s);
    own->next_seq += s->payload_bytes;
    if (tcprst_seq_after(s->ack, own->acked))
        own->acked = s->ack;
    tcprst_recent_segments_add(&c->recent[role], s);
    own->largest_window = MAX(own->largest_window, s->window);
    return measure(own, side_of(c, tcprst_peer_of(role)), s);
}

static void note_last(struct tcprst_connection *c, const struct tcprst_segment *s,
                      enum tcprst_role role) {
    struct tcprst_side *own = side_of(c, role);
    own->segments = tcprst_add_u32(own->segments, 1);
    own->last_frame = s->frame;
    own->last_time_ns = s->time_ns;
    own->last_window = s->window;
    if (s->options.kinds & TCPRST_OPT_TIMESTAMP) {
        own->tsval = s->options.tsval;
        own->tsecr = s->options.tsecr;
    }
    if (s->options.kinds & TCPRST_OPT_SIGNED)
        own->is_signed = true;
    c->side[tcprst_peer_of(role)].unanswered = 0;
}

/* True if its sender had sent it before another one that was captured already, by its timestamp, or
 * by its IP ID if these count up.  A repetition has later ones (RFC 7323 section 3.2). */
static bool was_sent_earlier(const struct tcprst_side *own, const struct tcprst_segment *s) {
    enum { FEW_IDS = 64 };
    const uint16_t ids = (uint16_t)(own->ip.id - s->ip.id);
    const bool is_timed = own->has_timestamps && s->options.kinds & TCPRST_OPT_TIMESTAMP;
    if (is_timed && s->options.tsval != own->tsval)
        return tcprst_seq_after(own->tsval, s->options.tsval);
    if (own->ip.id && s->ip.id)
        return ids && ids < FEW_IDS && own->id_steps > own->id_jumps;
    return is_timed && tcprst_elapsed_ns(own->last_time_ns, s->time_ns) < TCPRST_COPY_NS;
}

/* True if the segment is a copy, or nothing but what was taken already: more data than is kept
 * had overtaken it, as that which a slow device copies. */
static bool is_again(const struct tcprst_connection *c, const struct tcprst_side *own,
                     const struct tcprst_side *peer, const struct tcprst_segment *s,
                     enum tcprst_role role) {
    if (s->flags & TCPRST_SYN)
        return is_copy(&own->syn, s, own->isn);
    if (c->recent && tcprst_recent_segments_has_copy(&c->recent[role], s, peer->last_frame))
        return true;
    return own->segments > TCPRST_RECENT && own->has_sent && !tcprst_is_in_gap(own, s->seq) &&
           tcprst_has_acked(own, s->ack) &&
           !tcprst_seq_after(s->seq + tcprst_segment_length(s), own->next_seq) &&
           was_sent_earlier(own, s);
}

unsigned tcprst_connection_observe(struct tcprst_connection *c, const struct tcprst_segment *s,
                                   enum tcprst_role role) {
    struct tcprst_side *own = side_of(c, role), *peer = side_of(c, tcprst_peer_of(role));
    unsigned changes = 0;
    if (c->gap_before_last_ns > c->outlived_ns && peer->last_time_ns == c->last_time_ns) {
        c->outlived_ns = c->gap_before_last_ns;
        changes = TCPRST_CHANGE_OUTLIVED;
    }
    if (is_plain(c, own, peer, s, role)) {
        c->gap_before_last_ns = tcprst_elapsed_ns(c->last_time_ns, s->time_ns);
        c->last_time_ns = s->time_ns;
        changes |= observe_plain(c, s, role);
        note_id(own, s->ip.id);
        own->ip = s->ip;
        note_last(c, s, role);
        return changes;
    }
    if (is_again(c, own, peer, s, role))
        return 0;
    c->gap_before_last_ns =
        (own->segments + peer->segments) ? tcprst_elapsed_ns(c->last_time_ns, s->time_ns) : -1;
    c->last_time_ns = s->time_ns;
    if (s->flags & TCPRST_SYN) {
        changes |= tcprst_observe_syn(c, s, role);
    } else {
        note_letters(c, s, role);
        bool is_older = role == TCPRST_SERVER && tcprst_is_of_older_connection(c, s);
        changes |= tcprst_observe_handshake(c, s, role);
        changes |= is_older ? 0 : observe_progress(c, s, role);
        if (!c->recent)
            c->recent = memset(c->recent_room, 0, sizeof c->recent_room);
        tcprst_recent_segments_add(&c->recent[role], s);
        own->largest_window = MAX(own->largest_window, s->window);
        if (s->options.kinds & TCPRST_OPT_TIMESTAMP)
            own->has_timestamps = true;
    }
    if (s->window == 0)
        tcprst_note_shut(c, s, role);
    note_ip(own, &s->ip);
    note_last(c, s, role);
    return own->repetition.frame == s->frame ? changes | TCPRST_CHANGE_REPEATED : changes;
}

void tcprst_connection_note_reset(struct tcprst_connection *c, enum tcprst_role from) {
    tcprst_add_history(c, TCPRST_LETTER_RST, from);
}

void tcprst_connection_take_back_reset(struct tcprst_connection *c, enum tcprst_role from) {
    const unsigned code = TCPRST_LETTER_RST | from << 3;
    if (!c->history_letters || (c->history >> (4 * (c->history_letters - 1)) & 15) != code)
        return;
    c->history_letters--;
    c->history &= ~(UINT64_C(15) << (4 * c->history_letters));
    c->history_seen &= (uint16_t)~(1u << code);
}
