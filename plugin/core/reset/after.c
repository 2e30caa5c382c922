/* after.c - what comes on a connection after its reset
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/event.h"

/* Notes a SYN/ACK that its sender repeats by a timer: no copy of the frame. */
static void note_synack_after(struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_syn *synack = &e->before->side[TCPRST_SERVER].syn;
    int64_t since_ns = tcprst_elapsed_ns(synack->time_ns, s->time_ns);
    if (synack->frame && since_ns >= TCPRST_SOONEST_REPEAT_NS && !e->after.syns &&
        !e->after.synack_frame)
        e->after.synack_frame = s->frame;
}

/* What a stack sends by a timer comes later than this (docs/facts.md 14). */
enum { TIMER_NS = 200000000, SYN_AGAIN_NS = 400000000 };

/* True if a later sequence number includes the reset's payload. */
static void note_count(struct tcprst_event *e, uint32_t number, uint32_t frame) {
    bool is_in = !tcprst_seq_after(e->seq + e->payload_bytes, number);
    uint32_t *first = is_in ? &e->after.counted_frame : &e->after.left_out_frame;
    if (!*first)
        *first = frame;
}

static void note_peer_after(struct tcprst_event *e, const struct tcprst_segment *s,
                            bool is_synack) {
    const struct tcprst_side *peer = &e->before->side[tcprst_peer_of(e->from)];
    bool is_more = s->payload_bytes && tcprst_seq_after(s->seq + s->payload_bytes, peer->next_seq);
    if (is_more && !e->after.peer_data_frame)
        e->after.peer_data_frame = s->frame;
    e->after.peer_sent |= s->payload_bytes > 0;
    const int64_t since_ns = tcprst_elapsed_ns(e->time_ns, s->time_ns);
    e->after.peer_sends_on |= is_more && e->after.peer_rst_frame &&
                              since_ns > TCPRST_LONGEST_SWAP_NS &&
                              since_ns - TCPRST_LONGEST_SWAP_NS > e->after.peer_rst_ns;
    bool acks_more = s->flags & TCPRST_ACK && tcprst_seq_after(s->ack, peer->acked);
    if ((is_more || acks_more) && !e->after.peer_frame)
        e->after.peer_frame = s->frame;
    bool is_soon = tcprst_elapsed_ns(e->time_ns, s->time_ns) <= MAX(e->irtt_ns, TIMER_NS);
    const bool is_copy = !is_more && !acks_more && (peer->fin_frame || !(s->flags & TCPRST_FIN));
    if (!is_copy && s->flags & TCPRST_ACK && !e->after.beyond_frame && is_soon &&
        tcprst_seq_after(s->ack, e->seq + e->payload_bytes))
        e->after.beyond_frame = s->frame;
    if (e->payload_bytes && s->flags & TCPRST_ACK &&
        !tcprst_seq_after(e->seq + e->payload_bytes, s->ack))
        note_count(e, s->ack, s->frame);
    if (is_synack)
        note_synack_after(e, s);
}

/* True if the segment was sent after the reset, by its time, or by a number that no segment had
 * before.  False for a copy, and for a segment that the reset overtook. */
static bool is_new(const struct tcprst_event *e, const struct tcprst_segment *s) {
    enum { FEW_IDS = 1000 };
    const struct tcprst_side *own = &e->before->side[e->from];
    int64_t since_ns = tcprst_elapsed_ns(e->time_ns, s->time_ns);
    /* nothing but the reset's own number to compare with */
    if (!own->segments && e->stage != TCPRST_SYN_SENT)
        return since_ns >= TCPRST_LONGEST_SWAP_NS &&
               tcprst_seq_after(s->seq + tcprst_segment_length(s), e->seq + e->payload_bytes);
    /* begins where the reset does, with its IP ID: its sender knew of no reset */
    const bool takes_id = e->ip.id && s->ip.id == e->ip.id && s->payload_bytes &&
                          s->seq == e->seq + e->payload_bytes;
    if (e->stage == TCPRST_SYN_SENT || takes_id ||
        since_ns >= MAX(TIMER_NS, MAX(e->irtt_ns, e->leg_ns)))
        return true;
    bool rst_counts_on =
        own->ip.id && tcprst_id_follows(own->ip.id, e->ip.id, TCPRST_MOST_MERGED_SEGMENTS);
    if (since_ns < TCPRST_LONGEST_SWAP_NS ||
        (rst_counts_on && s->ip.id &&
         tcprst_id_follows(s->ip.id, e->ip.id, TCPRST_MOST_MERGED_SEGMENTS)))
        return false;
    uint32_t end = s->seq + tcprst_segment_length(s),
             acked = own->has_acked ? own->acked : own->syn.ack;
    bool sends_more =
        tcprst_seq_after(end, own->next_seq) && tcprst_seq_after(end, e->seq + e->payload_bytes);
    bool acks_more = s->flags & TCPRST_ACK && (own->has_acked || own->syn.ack) &&
                     tcprst_seq_after(s->ack, acked) &&
                     (!e->has_ack || tcprst_seq_after(s->ack, e->ack));
    bool has_later_id =
        own->ip.id && s->ip.id &&
        tcprst_id_follows(rst_counts_on ? e->ip.id : own->ip.id, s->ip.id, FEW_IDS);
    bool has_later_time = e->options.kinds & s->options.kinds & TCPRST_OPT_TIMESTAMP &&
                          tcprst_seq_after(s->options.tsval, e->options.tsval);
    return sends_more || acks_more || (rst_counts_on && has_later_id) || has_later_time;
}

/* Over twice what Linux allows in flight (tcp(7), tcp_rmem): a number farther away is of another
 * connection, or guessed. */
static const uint32_t farthest = 1u << 24;

/* True if the segment was sent before the reset, which overtook it: the reset's number includes
 * it, as an injector's guess can, and it does not acknowledge what the peer sent later.  Another
 * tap can have what is older up to 20 ms later (docs/facts.md 14). */
static bool was_overtaken(const struct tcprst_event *e, const struct tcprst_segment *s) {
    enum { LATEST_TAP_NS = 20000000 };
    const struct tcprst_side *own = &e->before->side[e->from];
    const struct tcprst_side *peer = &e->before->side[tcprst_peer_of(e->from)];
    const uint32_t end = s->seq + tcprst_segment_length(s);
    const bool acks_later = tcprst_elapsed_ns(e->time_ns, s->time_ns) > LATEST_TAP_NS &&
                            s->flags & TCPRST_ACK && peer->has_sent &&
                            tcprst_seq_after(s->ack, peer->next_seq);
    return own->has_sent && !acks_later && e->seq - own->next_seq <= farthest &&
           tcprst_seq_after(end, own->next_seq) && !tcprst_seq_after(end, e->seq);
}

static bool is_far(uint32_t number, uint32_t from, uint32_t most) {
    return number - from + most > 2 * most;
}

/* Another connection of the same ports whose SYN was not captured, or a late copy of one: its
 * numbers have nothing to do with these.  64 KiB are enough where both numbers are so far and
 * neither side had sent as much before: a capture seldom lacks that in both directions. */
static bool is_of_another(const struct tcprst_event *e, const struct tcprst_segment *s,
                          enum tcprst_role role) {
    const struct tcprst_side *own = &e->before->side[role];
    const struct tcprst_side *peer = &e->before->side[tcprst_peer_of(role)];
    const bool has_ack = s->flags & TCPRST_ACK && peer->has_sent;
    const uint32_t most = MAX(UINT16_MAX, MAX(own->payload_bytes, peer->payload_bytes));
    const bool is_ack_far = has_ack && !e->after.sender_frame &&
                            is_far(s->ack, peer->next_seq, MIN(most, farthest));
    return own->has_sent ? is_far(s->seq, own->next_seq, is_ack_far ? most : farthest)
                         : has_ack && is_far(s->ack, peer->next_seq, farthest);
}

static void note_sender_after(struct tcprst_event *e, const struct tcprst_segment *s,
                              bool is_synack) {
    const struct tcprst_recent_segments *recent = e->connection->recent;
    bool is_repeat = is_synack && e->stage != TCPRST_SYN_SENT;
    const uint32_t answered_frame = e->connection->side[tcprst_peer_of(e->from)].last_frame;
    bool is_copy = recent && !is_synack &&
                   tcprst_recent_segments_has_copy(&recent[e->from], s, answered_frame);
    /* after a new SYN it may answer that */
    if (e->after.syns || is_copy || was_overtaken(e, s) || !is_new(e, s))
        return;
    if (!is_repeat && !e->after.sender_frame)
        e->after.sender_frame = s->frame;
    if (!is_repeat)
        e->after.sender_until_ns = tcprst_elapsed_ns(e->time_ns, s->time_ns);
    if (e->ip.id && s->ip.id == e->ip.id && !e->after.same_id_frame)
        e->after.same_id_frame = s->frame;
    if (e->payload_bytes && s->payload_bytes)
        note_count(e, s->seq, s->frame);
    const struct tcprst_side *peer = &e->before->side[tcprst_peer_of(e->from)];
    if (!e->after.peer_sent && !e->after.acked_frame && s->flags & TCPRST_ACK &&
        !tcprst_seq_after(peer->next_seq, s->ack))
        e->after.acked_frame = s->frame;
    if (is_synack)
        note_synack_after(e, s);
}

/* True if the segment is a copy of this connection's SYN.  Without IP ID and timestamp it may be
 * another one as soon as a stack can send it. */
static bool is_copy_of_syn(const struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT];
    const bool has_identity = s->ip.id || s->options.tsval;
    const int64_t most_ns = has_identity ? TCPRST_SOONEST_REPEAT_NS : TCPRST_COPY_NS;
    int64_t since_ns = tcprst_elapsed_ns(client->syn.time_ns, s->time_ns);
    bool is_same = s->seq == client->isn && s->ip.id == client->syn.ip.id &&
                   s->options.tsval == client->syn.options.tsval;
    return client->syn.frame && is_same && since_ns >= 0 && since_ns < most_ns;
}

/* True if the SYN/ACK's timestamp is an echo of the SYN that the RST refused. */
static bool echoes_syn(const struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_options *syn = &e->before->side[TCPRST_CLIENT].syn.options;
    return syn->kinds & s->options.kinds & TCPRST_OPT_TIMESTAMP && s->options.tsecr == syn->tsval;
}

/* True if the RST's sender answers a later SYN that was not captured: the capture has one way of
 * the traffic, or lacks the SYN that came again, which no stack sends sooner (docs/facts.md 15). */
static bool answers_unseen_syn(const struct tcprst_event *e, const struct tcprst_segment *s,
                               enum tcprst_role role, bool is_synack) {
    const int64_t since_ns = tcprst_elapsed_ns(e->time_ns, s->time_ns);
    return is_synack && role == e->from && !e->after.sender_frame &&
           ((e->stage == TCPRST_MIDSTREAM && since_ns >= TIMER_NS) ||
            (e->stage == TCPRST_SYN_SENT && since_ns >= SYN_AGAIN_NS && !echoes_syn(e, s)));
}

/* A capture of several queues can contain frames in another order than that of their times: a
 * segment with an earlier time than the reset did not come after it. */
void tcprst_event_note_after(struct tcprst_event *e, const struct tcprst_segment *s,
                             enum tcprst_role role) {
    bool is_synack = (s->flags & (TCPRST_SYN | TCPRST_ACK)) == (TCPRST_SYN | TCPRST_ACK);
    bool is_syn = (s->flags & TCPRST_SYN) && !is_synack;
    if (tcprst_elapsed_ns(e->time_ns, s->time_ns) < 0 || (is_syn && is_copy_of_syn(e, s)))
        return;
    if (!(s->flags & TCPRST_SYN) && is_of_another(e, s, role)) {
        if (!is_far(s->seq, e->before->side[role].next_seq, farthest))
            e->after.other_frame = s->frame;
        return;
    }
    e->after.syns += is_syn;
    e->after.syns += answers_unseen_syn(e, s, role, is_synack);
    if (role == e->from)
        note_sender_after(e, s, is_synack);
    else
        note_peer_after(e, s, is_synack);
}

void tcprst_event_take_back_refusal(struct tcprst_connection *c) {
    struct tcprst_event *e = c->event;
    if (!e || e->stage != TCPRST_SYN_SENT || e->from != TCPRST_SERVER || !c->outcome_known)
        return;
    const struct tcprst_result refusal = {
        .outcome = TCPRST_REFUSED, .client = &e->client->address, .frame = e->frame};
    if (!tcprst_endpoint_take_back(c->endpoint, &refusal))
        return;
    e->after.is_taken_back = true;
    c->outcome_known = false;
}
