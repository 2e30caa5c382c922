/* repetition.c - what a side sends again, and at which intervals
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
    if (is_first)
        *r = (struct tcprst_repetition){
            .since_ns = own->last_time_ns, .seq = s->seq, .end = end, .kind = (uint8_t)kind};
    r->last_wait_ms = whole_ms(tcprst_elapsed_ns(is_first ? r->since_ns : r->time_ns, s->time_ns));
    if (is_first)
        r->first_wait_ms = r->last_wait_ms;
    if (tcprst_seq_after(end, r->end))
        r->end = end;
    r->time_ns = s->time_ns;
    r->frame = s->frame;
    r->times = tcprst_add_u16(r->times, 1);
}
