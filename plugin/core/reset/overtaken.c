/* overtaken.c - which segments a reset overtook
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/overtaken.h"

#include "core/reset/trigger.h"

/* What the reset's number can include beyond what was captured: a window without scaling, and more
 * than Linux allows in flight (tcp(7), tcp_rmem). */
static const uint32_t unscaled_bytes = 65535, farthest_bytes = 1u << 24;

/* `low` precedes `high` or is it, by at most `most`, modulo 2^32. */
static bool is_within(uint32_t low, uint32_t high, uint32_t most) {
    return high - low <= most;
}

static bool takes_new_space(const struct tcprst_side *side, uint32_t end) {
    return !side->has_sent || tcprst_seq_after(end, side->next_seq);
}

static bool is_synack(const struct tcprst_segment *s) {
    return (s->flags & (TCPRST_SYN | TCPRST_ACK)) == (TCPRST_SYN | TCPRST_ACK);
}

/* Its sender's IP IDs count up, and the segment's lies between those before it and the reset's. */
static bool has_id_between(const struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_side *own = &e->before->side[e->from];
    const uint16_t steps = (uint16_t)(e->ip.id - own->ip.id);
    return own->ip.id && e->ip.id && s->ip.id && steps <= TCPRST_MOST_MERGED_SEGMENTS &&
           (uint16_t)(s->ip.id - own->ip.id - 1) < (uint16_t)(steps - 1);
}

/* Without ACK flag the field is often what was left in it, above all the reset's own number
 * (docs/facts.md 1). */
static bool has_ack_number(const struct tcprst_event *e) {
    return e->has_ack || (e->ack && e->ack != e->seq);
}

static bool acknowledges(const struct tcprst_event *e, uint32_t number, uint32_t most) {
    return has_ack_number(e) && is_within(number, e->ack, e->has_ack ? most : unscaled_bytes);
}

/* A socket acknowledges before it aborts, and its RST+ACK acknowledges no less (docs/facts.md 1); a
 * bare reset only shows by its IP ID what it followed: a host without a socket sends one while a
 * program with a raw socket goes on. */
static bool is_earlier_ack(const struct tcprst_event *e, const struct tcprst_segment *s) {
    const bool is_timed = s->options.kinds & e->options.kinds & TCPRST_OPT_TIMESTAMP;
    if (s->payload_bytes || s->flags & (TCPRST_SYN | TCPRST_FIN) || !(s->flags & TCPRST_ACK) ||
        s->seq != e->seq || (is_timed && tcprst_seq_after(s->options.tsval, e->options.tsval)))
        return false;
    return has_ack_number(e) ? acknowledges(e, s->ack, farthest_bytes) : has_id_between(e, s);
}

/* RFC 9293 section 3.4: the reset's sequence number includes what its sender had sent. */
static bool was_sent_before(const struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_side *own = &e->before->side[e->from];
    const uint32_t end = s->seq + tcprst_segment_length(s);
    if (is_synack(s))
        return !own->syn.frame && e->seq && is_within(end, e->seq, unscaled_bytes);
    if (s->flags & TCPRST_SYN)
        return false;
    return takes_new_space(own, end) ? is_within(end, e->seq, farthest_bytes)
                                     : is_earlier_ack(e, s);
}

/* What it seemed to answer carries no data, and a host that answered that would have done so
 * sooner. */
static bool answers_late(const struct tcprst_event *e) {
    const int64_t leg_ns = MAX(e->leg_ns, (int64_t)TCPRST_SHORTEST_LEG_NS);
    return !e->trigger_payload_bytes && (double)e->delay_ns > TCPRST_LATEST_LEGS * (double)leg_ns;
}

/* RFC 9293 section 3.5.2: a bare reset has the number that the answered segment acknowledges.  One
 * with an ACK field can be an abort (docs/facts.md 5, 11), and a later acknowledgement has the
 * number of an abort as well. */
static bool is_answered(const struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_side *peer = &e->before->side[tcprst_peer_of(e->from)];
    const uint32_t end = s->seq + tcprst_segment_length(s);
    const bool is_new = takes_new_space(peer, end) || !peer->has_acked ||
                        tcprst_seq_after(s->ack, peer->acked);
    const bool can_abort = e->ack && e->before->handshake_done;
    const bool is_open = !e->trigger_frame || (s->payload_bytes && answers_late(e));
    return !e->has_ack && !can_abort && is_open && s->flags & TCPRST_ACK && s->ack == e->seq &&
           is_new;
}

/* The reset acknowledges it or, if it refuses or aborts a connection whose handshake the peer's
 * segment completes, begins where that acknowledges. */
static bool was_received_before(const struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_connection *c = e->before;
    const struct tcprst_side *peer = &c->side[tcprst_peer_of(e->from)];
    const uint32_t end = s->seq + tcprst_segment_length(s);
    if (has_ack_number(e) && end != s->seq && takes_new_space(peer, end))
        return acknowledges(e, end, peer->has_sent ? farthest_bytes : 0);
    if (e->has_ack && e->stage == TCPRST_HALF_OPEN && e->from == TCPRST_SERVER)
        return s->flags & TCPRST_ACK && s->ack == e->seq && !(s->flags & TCPRST_SYN);
    return is_answered(e, s);
}

bool tcprst_was_overtaken(const struct tcprst_event *e, const struct tcprst_segment *s,
                          enum tcprst_role role) {
    const int64_t since_ns = tcprst_elapsed_ns(e->time_ns, s->time_ns);
    if (e->before != e->connection || since_ns >= TCPRST_LONGEST_SWAP_NS ||
        since_ns <= -TCPRST_SOONEST_REPEAT_NS)
        return false;
    return role == e->from ? was_sent_before(e, s) : was_received_before(e, s);
}
