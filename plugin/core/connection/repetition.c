/* repetition.c - what a side sends again, at which intervals, and since when its window is 0
 *
 * Apart from what every segment goes through, which is to stay short.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/observe.h"

static uint32_t whole_ms(int64_t ns) {
    const int64_t ms = ns / 1000000;
    return ms < 0 ? 0 : ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
}

void tcprst_note_repetition(struct tcprst_side *own, const struct tcprst_segment *s,
                            enum tcprst_again kind) {
    struct tcprst_repetition *r = &own->repetition;
    const uint32_t end = s->seq + tcprst_segment_length(s);
    /* whatever else was sent since the last probe, its interval begins anew */
    const bool is_interrupted = kind == TCPRST_AGAIN_PROBE && r->frame != own->last_frame;
    const bool is_first = !r->frame || r->seq != s->seq || r->kind != kind || is_interrupted;
    /* the next of several segments that were sent at once, and all without an answer */
    const bool goes_on = r->frame && r->kind == kind && own->unanswered > 1;
    const int64_t before_ns = is_first ? own->last_time_ns : r->time_ns;
    if (is_first)
        *r = (struct tcprst_repetition){.since_ns = goes_on ? r->since_ns : own->last_time_ns,
                                        .seq = s->seq, .end = end, .kind = (uint8_t)kind};
    r->last_wait_ms = whole_ms(tcprst_elapsed_ns(before_ns, s->time_ns));
    if (is_first)
        r->first_wait_ms = r->last_wait_ms;
    if (tcprst_seq_after(end, r->end))
        r->end = end;
    r->time_ns = s->time_ns;
    r->frame = s->frame;
    r->times = tcprst_add_u16(r->times, 1);
}

bool tcprst_is_when_due(const struct tcprst_side *own, int64_t time_ns) {
    enum { FEWEST = 2, SLACK_MS = 50 };
    const struct tcprst_repetition *r = &own->repetition;
    if (r->times < FEWEST || r->frame != own->last_frame)
        return false;
    int64_t due_ms = r->kind == TCPRST_AGAIN_PROBE ? r->last_wait_ms : 2 * (int64_t)r->last_wait_ms;
    int64_t waited_ms = tcprst_elapsed_ns(r->time_ns, time_ns) / 1000000;
    return ABS(waited_ms - due_ms) <= due_ms / 20 + SLACK_MS;
}

void tcprst_note_sent_again(struct tcprst_side *own, const struct tcprst_segment *s,
                            bool is_keepalive) {
    own->unanswered = tcprst_add_u16(own->unanswered, 1);
    tcprst_note_repetition(own, s,
                           is_keepalive && !(s->flags & TCPRST_FIN) ? TCPRST_AGAIN_PROBE
                           : s->payload_bytes                       ? TCPRST_AGAIN_DATA
                                                                    : TCPRST_AGAIN_FIN);
}

/* True if an ACK number or an echoed timestamp that it had not sent before shows that something of
 * the peer's had arrived, whether the capture has it or not (RFC 9293 section 3.4, RFC 7323 section
 * 4.3). */
bool tcprst_knows_more(const struct tcprst_side *own, const struct tcprst_segment *s) {
    const bool is_timed = own->has_timestamps && s->options.kinds & TCPRST_OPT_TIMESTAMP;
    return s->flags & TCPRST_ACK &&
           ((own->has_acked && tcprst_seq_after(s->ack, own->acked)) ||
            (is_timed && tcprst_seq_after(s->options.tsecr, own->tsecr)));
}

/* A capture that begins later shows of an idle side its keep-alives only, whose number precedes its
 * next one (RFC 9293 section 3.8.4).  What its peer acknowledges tells which that is. */
void tcprst_learn_number(struct tcprst_side *own, const struct tcprst_side *peer) {
    if (own->has_sent && !own->payload_bytes && !own->fin_frame && peer->has_acked &&
        peer->acked == own->next_seq + 1)
        own->next_seq = peer->acked;
}

/* All that the capture has of the connection is segments of that side, with one number and without
 * payload. */
static bool may_be_probes(const struct tcprst_connection *c, enum tcprst_role role) {
    enum { FEWEST = 3 };
    const struct tcprst_side *own = &c->side[role];
    return c->recent && !tcprst_handshake_seen(c) && !c->side[tcprst_peer_of(role)].segments &&
           own->segments >= FEWEST && !own->payload_bytes && !own->fin_frame;
}

/* A capture of one direction shows no answers: only an echoed timestamp that stays the same, or a
 * reset when the next probe was due, tells that there were none. */
static bool had_no_answer(const struct tcprst_side *own, uint32_t interval_ms, uint32_t waited_ms) {
    bool is_due = waited_ms + interval_ms / 20 >= interval_ms &&
                  waited_ms <= interval_ms + interval_ms / 20;
    return !own->received_more && ((own->has_timestamps && own->tsecr) || is_due);
}

void tcprst_connection_learn_probes(struct tcprst_connection *c, enum tcprst_role role,
                                    const struct tcprst_segment *rst) {
    struct tcprst_side *own = &c->side[role];
    if (!may_be_probes(c, role) || rst->seq != own->next_seq + 1)
        return;
    const struct tcprst_recent_segments *recent = &c->recent[role];
    const struct tcprst_sent *before =
        &recent->sent[(recent->next + TCPRST_RECENT - 2) % TCPRST_RECENT]; /* the last but one */
    const uint32_t wait_ms = whole_ms(tcprst_elapsed_ns(before->time_ns, own->last_time_ns)),
                   waited_ms = whole_ms(tcprst_elapsed_ns(own->last_time_ns, rst->time_ns));
    own->next_seq = rst->seq;
    if (!had_no_answer(own, wait_ms, waited_ms))
        return;
    own->unanswered = tcprst_add_u16(0, own->segments - 1);
    own->repetition = (struct tcprst_repetition){
        .since_ns = recent->first.time_ns, .time_ns = own->last_time_ns, .frame = own->last_frame,
        .seq = rst->seq - 1, .end = rst->seq - 1, .first_wait_ms = wait_ms,
        .last_wait_ms = wait_ms, .times = own->unanswered, .kind = TCPRST_AGAIN_PROBE};
}

/* The side takes nothing more for now. */
void tcprst_note_shut(struct tcprst_connection *c, const struct tcprst_segment *s,
                      enum tcprst_role role) {
    struct tcprst_side *own = &c->side[role];
    tcprst_add_history(c, TCPRST_LETTER_ZERO_WINDOW, role);
    if (own->segments && !own->last_window)
        return;
    own->shut_frame = s->frame;
    own->shut_ns = s->time_ns;
}
