/* handshake.c - updates a connection with the segments of its handshake
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/observe.h"

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

static bool answers_repeated_syn(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    return client->syn.repeats && client->last_frame > c->side[TCPRST_SERVER].last_frame;
}

/* E.g. another SYN cookie, or another host; the client answers the newer one. */
static void renew_isn(struct tcprst_connection *c, const struct tcprst_segment *s) {
    struct tcprst_side *server = &c->side[TCPRST_SERVER];
    server->isn = s->seq;
    server->next_seq = s->seq + 1;
    server->syn.ack = s->ack;
    if (!answers_repeated_syn(c))
        return;
    server->syn.ip = s->ip;
    c->answered_twice = true;
}

static unsigned observe_new_synack(struct tcprst_connection *c, const struct tcprst_segment *s) {
    if (!c->handshake_done)
        return answers_repeated_syn(c) ? TCPRST_CHANGE_SYNACK_AGAIN : 0;
    if (s->seq != c->side[TCPRST_SERVER].isn) {
        c->answered_twice = true;
        return 0;
    }
    c->synacks_after_ack = tcprst_add_u16(c->synacks_after_ack, 1);
    return TCPRST_CHANGE_SYNACK_REPEATED;
}

/* True if the client's ACK, which had overtaken the SYN/ACK, has another number. */
static bool was_overtaken_by_wrong_ack(const struct tcprst_connection *c,
                                       const struct tcprst_segment *s) {
    const struct tcprst_side *server = &c->side[TCPRST_SERVER];
    return server->isn_known && !server->segments && server->isn != s->seq && c->ack_frame &&
           tcprst_elapsed_ns(c->ack_time_ns, s->time_ns) < TCPRST_LONGEST_SWAP_NS;
}

static void take_isn(struct tcprst_connection *c, const struct tcprst_segment *s,
                     enum tcprst_role role) {
    struct tcprst_side *own = &c->side[role];
    if (role == TCPRST_SERVER && was_overtaken_by_wrong_ack(c, s)) {
        c->wrong_ack_frame = c->ack_frame;
        c->wrong_ack = own->isn + 1;
        c->ack_frame = 0;
        c->handshake_done = own->isn_known = own->has_sent = false;
    }
    set_isn(own, s->seq);
}

unsigned tcprst_observe_syn(struct tcprst_connection *c, const struct tcprst_segment *s,
                            enum tcprst_role role) {
    struct tcprst_side *own = &c->side[role], *peer = &c->side[tcprst_peer_of(role)];
    struct tcprst_syn *syn = &own->syn;
    bool is_synack = s->flags & TCPRST_ACK;

    tcprst_add_history(c, is_synack ? TCPRST_LETTER_SYN_ACK : TCPRST_LETTER_SYN, role);
    if (syn->frame) {
        bool answers_syn = is_synack && role == TCPRST_CLIENT; /* simultaneous open */
        if (answers_syn)
            return 0;
        syn->repeats = tcprst_add_u16(syn->repeats, 1);
        tcprst_note_repetition(own, s, TCPRST_AGAIN_SYN);
        /* an option that the last SYN omits is no longer offered (RFC 3168 section 6.1.1.1) */
        if (!is_synack)
            syn->options.kinds &= s->options.kinds | (uint16_t)~TCPRST_OPT_TRIED;
        if (s->seq != own->isn && is_synack && !c->handshake_done)
            renew_isn(c, s);
        if (is_synack && peer->last_frame <= syn->frame)
            own->unanswered = tcprst_add_u16(own->unanswered, 1);
        if (is_synack)
            return observe_new_synack(c, s);
        return own->segments && !peer->segments ? TCPRST_CHANGE_SYN_UNANSWERED : 0;
    }
    take_isn(c, s, role);
    if (role == TCPRST_SERVER && !is_synack)
        return 0; /* a simultaneous open */
    *syn = (struct tcprst_syn){
        .time_ns = s->time_ns,
        .frame = s->frame,
        .ack = is_synack ? s->ack : 0,
        .payload_bytes = s->payload_bytes & 0x3fffffff, .has_ack_number = !is_synack && s->ack,
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
        client->payload_bytes = tcprst_add_u32(client->payload_bytes, client->syn.payload_bytes);
        if (tcprst_seq_after(synack->ack, client->next_seq))
            client->next_seq = synack->ack; /* it is no gap */
    }
    return TCPRST_CHANGE_HANDSHAKE_DONE;
}

/* If the server has sent more than its SYN/ACK, an ACK number that follows the SYN/ACK by at most
 * this is right: the capture lacks the ACKs before it. */
enum { MOST_LOST_BYTES = 65535 };

/* A number of the client far from its SYN's is of an older connection of these ports. */
static bool is_older_number(const struct tcprst_connection *c, uint32_t number) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    return client->syn.frame && !c->side[TCPRST_SERVER].isn_known &&
           number - client->isn > 2 * MOST_LOST_BYTES;
}

bool tcprst_is_of_older_connection(const struct tcprst_connection *c,
                                   const struct tcprst_segment *s) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    return tcprst_sent_only_syns(client) && s->flags & TCPRST_ACK && is_older_number(c, s->ack);
}

/* Takes the client's first segment after its SYN: does it acknowledge the SYN/ACK? */
static unsigned observe_handshake_ack(struct tcprst_connection *c, const struct tcprst_segment *s) {
    struct tcprst_side *server = &c->side[TCPRST_SERVER];
    if (!(s->flags & TCPRST_ACK) || is_older_number(c, s->seq))
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
    const uint32_t beyond = s->ack - server->syn.ack; /* a request that the capture lacks */
    return s->payload_bytes || (beyond && beyond <= MOST_LOST_BYTES);
}

unsigned tcprst_observe_handshake(struct tcprst_connection *c, const struct tcprst_segment *s,
                                  enum tcprst_role role) {
    if (c->handshake_done || !tcprst_handshake_seen(c))
        return 0;
    if (role == TCPRST_CLIENT)
        return observe_handshake_ack(c, s);
    return proves_handshake(c, s) ? finish_handshake(c) : 0;
}
