/* connection.c - folds segments into a connection
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/connection.h"

#include <glib.h>
#include <string.h>

/* Letters of the history, in the order of zeek_history.c. */
enum letter { SYN, SYN_ACK, ACK, PAYLOAD, FIN, RST, ZERO_WINDOW, RETRANSMISSION };

static void add_history(struct tcprst_connection *c, enum letter letter, enum tcprst_role role) {
    unsigned code = letter | role << 3;
    if (c->history_seen & 1u << code)
        return;
    c->history_seen |= (uint16_t)(1u << code);
    c->history |= (uint64_t)code << (4 * c->history_letters++);
}

void tcprst_connection_begin(struct tcprst_connection *c, const struct tcprst_tuple *tuple, unsigned src_index,
                             const struct tcprst_segment *s) {
    memset(c, 0, sizeof *c);
    c->tuple = *tuple;

    bool from_client = s->flags & TCPRST_SYN ? !(s->flags & TCPRST_ACK)
                       : s->src_port != s->dst_port ? s->src_port > s->dst_port : true;
    c->roles_inferred = !(s->flags & TCPRST_SYN);
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

void tcprst_connection_clear(struct tcprst_connection *c) {
    g_free(c->recent);
    c->recent = NULL;
}

static bool handshake_seen(const struct tcprst_connection *c) {
    return c->side[TCPRST_CLIENT].syn.frame || c->side[TCPRST_SERVER].syn.frame;
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
        return role == TCPRST_SERVER ? !handshake_seen(c) && c->side[role].segments + peer->segments
                                     : !handshake_seen(c);
    if (own->isn_known && s->seq == own->isn)
        return false;
    if (own->syn.frame)
        return true;
    if (role == TCPRST_CLIENT)
        return !is_late_syn(c, s);
    return own->has_sent || !peer->syn.frame; /* else a simultaneous open, RFC 9293 section 3.5 */
}

static uint16_t add_u16(uint16_t value, unsigned more) {
    return value + more > UINT16_MAX ? UINT16_MAX : (uint16_t)(value + more);
}

static uint32_t add_u32(uint32_t value, uint32_t more) {
    return value + more < value ? UINT32_MAX : value + more;
}

static void set_isn(struct tcprst_side *side, uint32_t isn) {
    if (side->isn_known)
        return;
    side->isn = isn;
    side->isn_known = true;
    if (side->has_sent)
        return;
    side->next_seq = isn + 1;
    side->has_sent = true;
}

/* True if the segment is a second copy of the same frame. */
static bool is_copy(const struct tcprst_syn *syn, const struct tcprst_segment *s, uint32_t isn) {
    int64_t since_ns = tcprst_elapsed_ns(syn->time_ns, s->time_ns);
    bool same_flags = (syn->ack != 0) == ((s->flags & TCPRST_ACK) != 0);
    return syn->frame && same_flags && s->seq == isn && since_ns >= 0 && since_ns < TCPRST_SOONEST_REPEAT_NS;
}

static void renew_isn(struct tcprst_side *own, const struct tcprst_segment *s) {
    own->isn = s->seq;
    own->next_seq = s->seq + 1;
    own->syn.ack = s->ack;
}

static unsigned fold_another_synack(struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    if (!c->handshake_done)
        return client->syn.repeats && client->last_frame > server->last_frame ? TCPRST_CHANGE_SYNACK_AGAIN : 0;
    c->synacks_after_ack = add_u16(c->synacks_after_ack, 1);
    return TCPRST_CHANGE_SYNACK_REPEATED;
}

static unsigned fold_syn(struct tcprst_connection *c, const struct tcprst_segment *s,
                           enum tcprst_role role) {
    struct tcprst_side *own = &c->side[role], *peer = &c->side[tcprst_peer_of(role)];
    struct tcprst_syn *syn = &own->syn;
    bool is_synack = s->flags & TCPRST_ACK;

    add_history(c, is_synack ? SYN_ACK : SYN, role);
    if (syn->frame) {
        bool answers_syn = is_synack && role == TCPRST_CLIENT; /* simultaneous open */
        if (answers_syn)
            return 0;
        syn->repeats = add_u16(syn->repeats, 1);
        /* an option that the last SYN omits is no longer offered (RFC 3168 section 6.1.1.1) */
        if (!is_synack)
            syn->options.kinds &= s->options.kinds | (uint16_t)~TCPRST_OPT_TRIED;
        if (s->seq != own->isn && is_synack && !c->handshake_done)
            renew_isn(own, s); /* e.g. another SYN cookie; the client answers the newer one */
        if (is_synack && peer->last_frame <= syn->frame)
            own->unanswered = add_u16(own->unanswered, 1);
        if (is_synack)
            return fold_another_synack(c);
        return own->segments && !peer->segments ? TCPRST_CHANGE_SYN_UNANSWERED : 0;
    }
    set_isn(own, s->seq);
    if (role == TCPRST_SERVER && !is_synack)
        return 0; /* a simultaneous open */
    *syn = (struct tcprst_syn){
        .time_ns = s->time_ns,
        .frame = s->frame,
        .ack = is_synack ? s->ack : 0,
        .payload_bytes = s->payload_bytes & INT32_MAX,
        .ip = s->ip,
        .options = s->options,
        .window = s->window,
        .checksum_is_good = s->checksum == TCPRST_CHECKSUM_GOOD,
    };
    if (!is_synack)
        return 0;
    set_isn(peer, s->ack - 1);
    return role == TCPRST_SERVER ? TCPRST_CHANGE_SYNACK : 0;
}

static unsigned finish_handshake(struct tcprst_connection *c) {
    struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    c->handshake_done = true;
    /* Fast Open: payload of the SYN counts once it was accepted (RFC 7413 section 4.2). */
    if (client->syn.payload_bytes && synack->ack != client->isn + 1) {
        client->payload_bytes = add_u32(client->payload_bytes, client->syn.payload_bytes);
        if (tcprst_seq_after(synack->ack, client->next_seq))
            client->next_seq = synack->ack; /* it is no gap */
    }
    return TCPRST_CHANGE_HANDSHAKE_DONE;
}

/* If the server has sent more than its SYN/ACK, an ACK number that follows the SYN/ACK by at most
 * this is right: the capture lacks the ACKs before it. */
enum { MOST_LOST_BYTES = 65535 };

/* Takes the client's first segment after its SYN: does it acknowledge the SYN/ACK? */
static unsigned fold_handshake_ack(struct tcprst_connection *c, const struct tcprst_segment *s) {
    struct tcprst_side *server = &c->side[TCPRST_SERVER];
    if (!(s->flags & TCPRST_ACK))
        return 0;
    if (!server->isn_known) /* the SYN/ACK is not in the capture */
        set_isn(server, server->has_sent ? server->next_seq - 1 : s->ack - 1);
    bool sent_more = !server->syn.frame || server->segments > 1u + server->syn.repeats;
    uint32_t ahead = s->ack - (server->isn + 1);
    if (ahead > (sent_more ? MOST_LOST_BYTES : 0)) {
        if (!c->wrong_ack_frame)
            c->wrong_ack_frame = s->frame, c->wrong_ack = s->ack;
        return 0;
    }
    c->ack_frame = s->frame;
    c->ack_time_ns = s->time_ns;
    return finish_handshake(c);
}

/* Without Fast Open a server sends more than its SYN/ACK only after the client has acknowledged
 * that. */
static bool proves_handshake(const struct tcprst_connection *c, const struct tcprst_segment *s) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    if (!server->syn.frame || client->syn.payload_bytes || c->wrong_ack_frame)
        return false;
    return s->payload_bytes || (!client->segments && tcprst_seq_after(s->ack, server->syn.ack));
}

static unsigned fold_handshake(struct tcprst_connection *c, const struct tcprst_segment *s,
                               enum tcprst_role role) {
    if (c->handshake_done || !handshake_seen(c))
        return 0;
    if (role == TCPRST_CLIENT)
        return fold_handshake_ack(c, s);
    return proves_handshake(c, s) ? finish_handshake(c) : 0;
}

/* What a side sent that the capture does not show is known from its peer's ACK numbers.  One byte
 * more can be its FIN, so only two or more count as payload. */
static void fold_proof(struct tcprst_side *unseen, uint32_t ack) {
    if (unseen->segments > !!unseen->syn.frame || !unseen->has_sent ||
        !tcprst_seq_after(ack, unseen->next_seq))
        return;
    uint32_t more = ack - unseen->next_seq;
    if (more > 1)
        unseen->payload_bytes = add_u32(unseen->payload_bytes, more);
    unseen->next_seq = ack;
}

static void note_new_payload(struct tcprst_side *own, const struct tcprst_side *peer, const struct tcprst_segment *s) {
    own->last_data_frame = s->frame;
    own->last_data_end = s->seq + s->payload_bytes;
    if (own->is_timed || peer->measured >= TCPRST_MEASURED_MOST)
        return;
    own->is_timed = true;
    own->timed_end = s->seq + s->payload_bytes;
    own->timed_ns = s->time_ns;
}

/* `own` acknowledges: measures the time at the capture point since the acknowledged payload. */
static unsigned measure(struct tcprst_side *own, struct tcprst_side *peer, const struct tcprst_segment *s) {
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
    own->payload_bytes = add_u32(own->payload_bytes, bytes);
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

static void fold_sequence(struct tcprst_connection *c, const struct tcprst_segment *s,
                          enum tcprst_role role) {
    struct tcprst_side *own = &c->side[role];
    uint32_t end = s->seq + tcprst_segment_length(s);
    bool is_keepalive = own->has_sent && s->payload_bytes <= 1 && s->seq + 1 == own->next_seq;

    if (!own->has_sent || tcprst_seq_after(end, own->next_seq)) {
        if (own->has_sent && tcprst_seq_after(s->seq, own->next_seq))
            note_gap(own, s->seq);
        own->payload_bytes = add_u32(own->payload_bytes, s->payload_bytes);
        own->data_segments = add_u16(own->data_segments, s->payload_bytes > 0);
        if (s->payload_bytes)
            note_new_payload(own, &c->side[tcprst_peer_of(role)], s);
        own->next_seq = end;
        own->has_sent = true;
        return;
    }
    if (fills_gap(own, s)) {
        own->last_data_frame = s->frame;
        own->last_data_end = end;
        return;
    }
    if (s->payload_bytes > 1 && !is_keepalive)
        add_history(c, RETRANSMISSION, role);
    if (s->payload_bytes)
        own->is_timed = false; /* which of both is acknowledged is not known (Karn's algorithm) */
    if (s->payload_bytes || is_keepalive)
        own->unanswered = add_u16(own->unanswered, 1);
}

static unsigned fold_ack(struct tcprst_connection *c, const struct tcprst_segment *s,
                     enum tcprst_role role) {
    struct tcprst_side *own = &c->side[role], *peer = &c->side[tcprst_peer_of(role)];
    bool peer_hidden = !peer->segments || (peer->segments == 1 && peer->syn.frame && c->ack_frame);
    if (peer_hidden && !c->wrong_ack_frame)
        fold_proof(peer, s->ack);
    if (!own->has_acked || tcprst_seq_after(s->ack, own->acked))
        own->acked = s->ack;
    own->has_acked = true;
    return measure(own, peer, s);
}

static void note_letters(struct tcprst_connection *c, const struct tcprst_segment *s,
                         enum tcprst_role role) {
    if (s->flags & TCPRST_FIN)
        add_history(c, FIN, role);
    else if (s->payload_bytes)
        add_history(c, PAYLOAD, role);
    else if (s->flags & TCPRST_ACK)
        add_history(c, ACK, role);
}

/* True if the server has sent nothing but its SYN/ACK. */
static bool has_sent_only_synack(const struct tcprst_side *server) {
    return server->syn.frame && server->segments == 1u + server->syn.repeats;
}

static unsigned fold_progress(struct tcprst_connection *c, const struct tcprst_segment *s,
                              enum tcprst_role role) {
    struct tcprst_side *own = &c->side[role], *peer = &c->side[tcprst_peer_of(role)];
    unsigned changes = role == TCPRST_SERVER && own->syn.frame && own->segments == 1 ? TCPRST_CHANGE_AFTER_SYNACK : 0;
    bool had_payload = c->side[TCPRST_SERVER].payload_bytes;
    fold_sequence(c, s, role);
    if (role == TCPRST_CLIENT && own->unanswered >= 2 && s->payload_bytes > 1 && has_sent_only_synack(peer))
        changes |= TCPRST_CHANGE_DATA_UNACKED;
    if (s->flags & TCPRST_ACK)
        changes |= fold_ack(c, s, role);
    if (!had_payload && c->side[TCPRST_SERVER].payload_bytes)
        changes |= TCPRST_CHANGE_SERVED;
    if (!(s->flags & TCPRST_FIN) || own->fin_frame)
        return changes;
    own->fin_frame = s->frame;
    own->fin_time_ns = s->time_ns;
    own->fin_ack = s->ack;
    if (role == TCPRST_SERVER && peer->payload_bytes && own->has_acked &&
        !tcprst_seq_after(peer->next_seq, own->acked))
        changes |= TCPRST_CHANGE_SERVED;
    return peer->fin_frame ? changes | TCPRST_CHANGE_CLOSED : changes;
}

static void note_id(struct tcprst_side *own, uint16_t id) {
    uint16_t step = (uint16_t)(id - own->ip.id);
    uint8_t *count = step && step <= TCPRST_MOST_MERGED_SEGMENTS ? &own->id_steps : &own->id_jumps;
    if (own->segments && own->ip.id && *count < UINT8_MAX)
        ++*count;
}

static void note_ip(struct tcprst_side *own, const struct tcprst_ip *ip) {
    bool is_first = !own->segments;
    note_id(own, ip->id);
    own->ttl_least = is_first ? ip->ttl : MIN(own->ttl_least, ip->ttl);
    own->ttl_most = is_first ? ip->ttl : MAX(own->ttl_most, ip->ttl);
    own->label_varies |= !is_first && ip->flow_label != own->ip.flow_label;
    own->ip = *ip;
}

static bool is_same_ip(const struct tcprst_ip *a, const struct tcprst_ip *b) {
    return a->ttl == b->ttl && a->flow_label == b->flow_label && a->version == b->version;
}

static bool has_letter(const struct tcprst_connection *c, enum letter letter, enum tcprst_role role) {
    return c->history_seen >> (letter | role << 3) & 1;
}

/* True of most segments of most connections: both sides have sent segments, the server has
 * answered, and this one continues the sequence of its side, with new payload or a new ACK number.
 * So it is not a copy, and changes nothing that the slower functions look for. */
static bool is_plain(const struct tcprst_connection *c, const struct tcprst_segment *s, enum tcprst_role role) {
    const struct tcprst_side *own = &c->side[role], *peer = &c->side[tcprst_peer_of(role)];
    bool moves_on = s->payload_bytes ? tcprst_seq_after(s->seq + s->payload_bytes, own->next_seq)
                                     : tcprst_seq_after(s->ack, own->acked);
    return (s->flags & ~TCPRST_PSH) == TCPRST_ACK && c->handshake_done && c->recent && moves_on &&
           s->seq == own->next_seq && own->has_sent && own->has_acked && s->window && !own->unanswered &&
           own->segments > 1 && peer->segments > 1 && c->side[TCPRST_SERVER].payload_bytes &&
           is_same_ip(&s->ip, &own->ip) && has_letter(c, s->payload_bytes ? PAYLOAD : ACK, role);
}

static unsigned fold_plain(struct tcprst_connection *c, const struct tcprst_segment *s, enum tcprst_role role) {
    struct tcprst_side *own = &c->side[role];
    own->payload_bytes = add_u32(own->payload_bytes, s->payload_bytes);
    own->data_segments = add_u16(own->data_segments, s->payload_bytes > 0);
    if (s->payload_bytes)
        note_new_payload(own, &c->side[tcprst_peer_of(role)], s);
    own->next_seq += s->payload_bytes;
    if (tcprst_seq_after(s->ack, own->acked))
        own->acked = s->ack;
    tcprst_recent_segments_add(&c->recent[role], s);
    own->largest_window = MAX(own->largest_window, s->window);
    return measure(own, &c->side[tcprst_peer_of(role)], s);
}

static void note_last(struct tcprst_connection *c, const struct tcprst_segment *s, enum tcprst_role role) {
    struct tcprst_side *own = &c->side[role];
    own->segments = add_u32(own->segments, 1);
    own->last_frame = s->frame;
    own->last_time_ns = s->time_ns;
    own->last_window = s->window;
    if (s->options.kinds & TCPRST_OPT_TIMESTAMP) {
        own->tsval = s->options.tsval;
        own->tsecr = s->options.tsecr;
    }
    c->side[tcprst_peer_of(role)].unanswered = 0;
}

unsigned tcprst_connection_observe(struct tcprst_connection *c, const struct tcprst_segment *s,
                                   enum tcprst_role role) {
    struct tcprst_side *own = &c->side[role], *peer = &c->side[tcprst_peer_of(role)];
    unsigned changes;

    if (is_plain(c, s, role)) {
        c->gap_before_last_ns = tcprst_elapsed_ns(c->last_time_ns, s->time_ns);
        c->last_time_ns = s->time_ns;
        changes = fold_plain(c, s, role);
        note_id(own, s->ip.id);
        own->ip = s->ip;
        note_last(c, s, role);
        return changes;
    }
    bool is_again = s->flags & TCPRST_SYN ? is_copy(&own->syn, s, own->isn)
                                         : c->recent && tcprst_recent_segments_has_copy(&c->recent[role], s);
    if (is_again)
        return 0;
    c->gap_before_last_ns =
        (own->segments + peer->segments) ? tcprst_elapsed_ns(c->last_time_ns, s->time_ns) : -1;
    c->last_time_ns = s->time_ns;
    if (s->flags & TCPRST_SYN) {
        changes = fold_syn(c, s, role);
    } else {
        note_letters(c, s, role);
        changes = fold_handshake(c, s, role);
        changes |= fold_progress(c, s, role);
        if (!c->recent)
            c->recent = g_new0(struct tcprst_recent_segments, 2);
        tcprst_recent_segments_add(&c->recent[role], s);
        own->largest_window = MAX(own->largest_window, s->window);
        own->has_timestamps |= (s->options.kinds & TCPRST_OPT_TIMESTAMP) != 0;
    }
    if (s->window == 0)
        add_history(c, ZERO_WINDOW, role);
    note_ip(own, &s->ip);
    note_last(c, s, role);
    return changes;
}

void tcprst_connection_note_reset(struct tcprst_connection *c, enum tcprst_role from) {
    add_history(c, RST, from);
}

enum tcprst_stage tcprst_connection_stage(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    bool fin = client->fin_frame || server->fin_frame;

    if (fin && client->segments + server->segments > 1)
        return TCPRST_CLOSING;
    if (!handshake_seen(c))
        return TCPRST_MIDSTREAM;
    if (c->handshake_done)
        return server->payload_bytes   ? TCPRST_RESPONSE_SENT
               : client->payload_bytes ? TCPRST_REQUEST_SENT
                                       : TCPRST_HANDSHAKE_DONE;
    /* The server's ISN without a SYN/ACK: it sent a SYN of its own (RFC 9293 section 3.5). */
    return server->syn.frame || server->isn_known || c->wrong_ack_frame ? TCPRST_HALF_OPEN
                                                                          : TCPRST_SYN_SENT;
}

int64_t tcprst_connection_server_leg_ns(const struct tcprst_connection *c) {
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn;
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    if (!syn->frame || !synack->frame || syn->repeats)
        return -1;
    return tcprst_elapsed_ns(syn->time_ns, synack->time_ns);
}

int64_t tcprst_connection_client_leg_ns(const struct tcprst_connection *c) {
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    if (!synack->frame || !c->ack_frame || synack->repeats)
        return -1;
    return tcprst_elapsed_ns(synack->time_ns, c->ack_time_ns);
}

const char *tcprst_stage_name(enum tcprst_stage stage) {
    static const char *const names[] = {
        [TCPRST_SYN_SENT] = "syn-sent",
        [TCPRST_HALF_OPEN] = "half-open",
        [TCPRST_HANDSHAKE_DONE] = "handshake-done",
        [TCPRST_REQUEST_SENT] = "request-sent",
        [TCPRST_RESPONSE_SENT] = "response-sent",
        [TCPRST_CLOSING] = "closing",
        [TCPRST_MIDSTREAM] = "midstream",
    };
    return names[stage];
}

const char *tcprst_role_name(enum tcprst_role role) {
    return role == TCPRST_CLIENT ? "client" : "server";
}
