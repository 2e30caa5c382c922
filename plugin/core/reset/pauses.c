/* pauses.c - how long a connection was silent before its reset, and before the request it cuts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/timestamp_clock.h"
#include "core/reset/trigger.h"

/* The connection's last segment is payload of the peer's that cannot have reached the RST's sender
 * by then, and is not acknowledged: it crossed the RST. */
static bool has_crossed(const struct tcprst_event *e, const struct tcprst_connection *c) {
    const struct tcprst_side *peer = &c->side[tcprst_peer_of(e->from)];
    return e->has_ack && tcprst_event_leg_is_sure(e) && peer->segments &&
           c->last_time_ns == peer->last_time_ns && peer->last_data_frame == peer->last_frame &&
           tcprst_seq_after(peer->last_data_end, e->ack) &&
           tcprst_had_no_time(e->leg_ns, tcprst_elapsed_ns(peer->last_time_ns, e->time_ns));
}

/* What crossed the RST does not end the silence that its sender saw. */
static void note_silence(struct tcprst_event *e, const struct tcprst_connection *c) {
    const struct tcprst_side *peer = &c->side[tcprst_peer_of(e->from)];
    const struct tcprst_side *own = &c->side[e->from];
    e->delay_ns = e->silence_ns = -1;
    if (peer->segments)
        e->delay_ns = e->silence_ns = tcprst_elapsed_ns(peer->last_time_ns, e->time_ns);
    if (own->segments) {
        int64_t since_own_ns = tcprst_elapsed_ns(own->last_time_ns, e->time_ns);
        e->silence_ns = e->silence_ns < 0 ? since_own_ns : MIN(e->silence_ns, since_own_ns);
    }
    e->peer_data_crossed = has_crossed(e, c);
    if (e->peer_data_crossed && c->gap_before_last_ns > 0)
        e->silence_ns = tcprst_elapsed_ns(-c->gap_before_last_ns, e->silence_ns);
}

/* The first of the client's kept segments with payload that follow all of the server's payload. */
static const struct tcprst_sent *latest_request(const struct tcprst_connection *c) {
    const struct tcprst_sent *first = NULL;
    for (unsigned i = 0; c->recent && i < TCPRST_RECENT; i++) {
        const struct tcprst_sent *sent = &c->recent[TCPRST_CLIENT].sent[i];
        bool follows = sent->payload_bytes && sent->frame > c->side[TCPRST_SERVER].last_data_frame;
        if (follows && (!first || sent->frame < first->frame))
            first = sent;
    }
    return first;
}

/* The client's segment before that one shows a shorter wait. */
static bool shows_less(const struct tcprst_connection *c, const struct tcprst_sent *request) {
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn;
    const struct tcprst_sent *before = NULL;
    for (unsigned i = 0; i < TCPRST_RECENT; i++) {
        const struct tcprst_sent *sent = &c->recent[TCPRST_CLIENT].sent[i];
        if (sent->frame && sent->frame < request->frame &&
            (!before || sent->frame > before->frame))
            before = sent;
    }
    const struct tcprst_tick begin = {syn->time_ns, syn->options.tsval},
                             from = {before ? before->time_ns : 0, before ? before->tsval : 0},
                             to = {request->time_ns, request->tsval};
    return tcprst_clock_shows_shorter_wait(&begin, &from, &to);
}

/* -1: none, or not by the client's own clock. */
static int64_t idle_before_request(const struct tcprst_connection *c) {
    const struct tcprst_sent *request = latest_request(c);
    int64_t shortest_ns = -1;
    for (unsigned i = 0; request && i < 2 * TCPRST_RECENT; i++) {
        const struct tcprst_sent *sent = &c->recent[i / TCPRST_RECENT].sent[i % TCPRST_RECENT];
        int64_t idle_ns = tcprst_elapsed_ns(sent->time_ns, request->time_ns);
        if (sent->frame && sent->frame < request->frame && idle_ns >= 0 &&
            (shortest_ns < 0 || idle_ns < shortest_ns))
            shortest_ns = idle_ns;
    }
    return request && shows_less(c, request) ? -1 : shortest_ns;
}

void tcprst_note_pauses(struct tcprst_event *e, const struct tcprst_connection *c) {
    note_silence(e, c);
    e->idle_before_request_ns = e->from == TCPRST_SERVER ? idle_before_request(c) : -1;
}
