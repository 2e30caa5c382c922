/* repetition.c - what a side sends again, at which intervals, and since when its window is 0
 *
 * Apart from what every segment goes through, which is to stay short.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/fold.h"

static uint32_t whole_ms(int64_t ns) {
    const int64_t ms = ns / 1000000;
    return ms < 0 ? 0 : ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
}

void tcprst_note_repetition(struct tcprst_side *own, const struct tcprst_segment *s,
                            enum tcprst_again kind) {
    struct tcprst_repetition *r = &own->repetition;
    const uint32_t end = s->seq + tcprst_segment_length(s);
    const bool is_first = !r->frame || r->seq != s->seq || r->kind != kind;
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

void tcprst_note_sent_again(struct tcprst_side *own, const struct tcprst_segment *s,
                            bool is_keepalive) {
    own->unanswered = tcprst_add_u16(own->unanswered, 1);
    tcprst_note_repetition(own, s,
                           is_keepalive && !(s->flags & TCPRST_FIN) ? TCPRST_AGAIN_PROBE
                           : s->payload_bytes                       ? TCPRST_AGAIN_DATA
                                                                    : TCPRST_AGAIN_FIN);
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
