/* recent_segments.c - keeps the latest segments of one side
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/recent_segments.h"

void tcprst_recent_segments_add(struct tcprst_recent_segments *r, const struct tcprst_segment *s) {
    struct tcprst_sent *sent = &r->sent[r->next];
    *sent = (struct tcprst_sent){
        .time_ns = s->time_ns,
        .frame = s->frame,
        .seq = s->seq,
        .ack = s->ack,
        .payload_bytes = s->payload_bytes,
        .tsval = s->options.tsval,
        .ip_id = s->ip.id,
        .flags = s->flags,
        .tos = s->ip.tos,
    };
    r->next = (uint8_t)((r->next + 1) % TCPRST_RECENT);
    if (!r->first.frame || tcprst_seq_after(s->ack, r->first.ack)) {
        r->first = *sent;
        r->same = 0;
    }
    r->same += r->same < UINT8_MAX;
}

static bool is_alike(const struct tcprst_sent *sent, const struct tcprst_segment *s) {
    return sent->frame && sent->seq == s->seq && sent->ip_id == s->ip.id && sent->ack == s->ack &&
           sent->flags == s->flags && sent->payload_bytes == s->payload_bytes &&
           sent->tsval == s->options.tsval;
}

bool tcprst_recent_segments_has_same(const struct tcprst_recent_segments *r,
                                     const struct tcprst_segment *s, bool is_other_interface) {
    if (!is_other_interface && !s->ip.id && !s->options.tsval)
        return tcprst_recent_segments_has_copy(r, s, UINT32_MAX);
    for (unsigned i = 0; i < TCPRST_RECENT; i++)
        if (is_alike(&r->sent[i], s))
            return true;
    return false;
}

/* A copy that a slow device delays has the IP ID and the timestamp of the first; a repetition has
 * others, unless the stack leaves the ID 0 (RFC 6864 section 4.1) and sends no timestamps.  Then it
 * is told by its time: before a timer or an answer can have made it. */
bool tcprst_recent_segments_has_copy(const struct tcprst_recent_segments *r,
                                     const struct tcprst_segment *s, uint32_t answered_frame) {
    bool has_identity = s->ip.id || s->options.tsval;
    for (unsigned i = 0; i < TCPRST_RECENT; i++) {
        if (!is_alike(&r->sent[i], s))
            continue;
        bool can_repeat = !has_identity && r->sent[i].frame < answered_frame;
        int64_t since_ns = tcprst_elapsed_ns(r->sent[i].time_ns, s->time_ns);
        if (since_ns >= 0 && since_ns < (can_repeat ? TCPRST_COPY_NS : TCPRST_SOONEST_REPEAT_NS))
            return true;
    }
    return false;
}

/* The latest segments are kept, and the first one with the present ACK number. */
bool tcprst_recent_segments_may_lack(const struct tcprst_recent_segments *r, uint32_t ack) {
    const struct tcprst_sent *oldest = &r->sent[r->next];
    if (!oldest->frame)
        return false; /* nothing was overwritten yet */
    if (ack == r->first.ack)
        return r->same > TCPRST_RECENT + 1;
    return !tcprst_seq_after(ack, oldest->ack);
}

const struct tcprst_sent *
tcprst_recent_segments_payload(const struct tcprst_recent_segments *recent) {
    const struct tcprst_sent *latest = NULL;
    for (unsigned i = 0; i < TCPRST_RECENT; i++)
        if (recent->sent[i].payload_bytes && (!latest || recent->sent[i].frame > latest->frame))
            latest = &recent->sent[i];
    return latest;
}

int64_t tcprst_recent_segments_exchange_ns(const struct tcprst_recent_segments *recent,
                                           unsigned answering) {
    const struct tcprst_recent_segments *asking = recent ? recent + !answering : NULL;
    const struct tcprst_sent *latest = recent ? tcprst_recent_segments_payload(asking) : NULL;
    int64_t shortest_ns = -1;
    for (unsigned i = 0; latest && i < TCPRST_RECENT * TCPRST_RECENT; i++) {
        const struct tcprst_sent *asked = &asking->sent[i / TCPRST_RECENT];
        const struct tcprst_sent *answer = &recent[answering].sent[i % TCPRST_RECENT];
        const int64_t took_ns = tcprst_elapsed_ns(asked->time_ns, answer->time_ns);
        if (asked == latest || !asked->payload_bytes || answer->frame < asked->frame ||
            answer->ack != asked->seq + asked->payload_bytes || took_ns < 0)
            continue;
        shortest_ns = shortest_ns < 0 ? took_ns : MIN(shortest_ns, took_ns);
    }
    return shortest_ns;
}

int64_t tcprst_recent_segments_acked_age_ns(const struct tcprst_recent_segments *recent,
                                            unsigned sender, uint32_t acked, uint32_t ack,
                                            int64_t time_ns) {
    int64_t age_ns = -1;
    for (unsigned i = 0; recent && i < TCPRST_RECENT; i++) {
        const struct tcprst_sent *sent = &recent[sender].sent[i];
        uint32_t end = sent->seq + sent->payload_bytes + !!(sent->flags & TCPRST_FIN);
        int64_t sent_ns = tcprst_elapsed_ns(sent->time_ns, time_ns);
        bool is_acked =
            sent->frame && tcprst_seq_after(end, acked) && !tcprst_seq_after(end, ack);
        if (is_acked && (age_ns < 0 || sent_ns < age_ns))
            age_ns = sent_ns;
    }
    return age_ns;
}
