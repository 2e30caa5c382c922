/* repeats.c - evidence in what the sender of the reset had sent again
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

/* RFC 7323 section 4.3: a side echoes only timestamps of segments that arrived.  One later than the
 * peer's last one in the capture is from a segment that the capture lacks; so is an ACK number that
 * follows all that the peer was seen to send. */
bool tcprst_saw_answers_not_captured(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    const struct tcprst_repetition *r = &own->repetition;
    const struct tcprst_options *options = &v->event->options;
    bool repeats = own->unanswered >= 2 || (r->times >= 2 && r->frame == own->last_frame);
    bool rst_is_timed = options->kinds & TCPRST_OPT_TIMESTAMP;
    uint32_t echoed =
        rst_is_timed && tcprst_seq_after(options->tsecr, own->tsecr) ? options->tsecr : own->tsecr;
    bool echoes_later =
        own->has_timestamps && peer->has_timestamps && tcprst_seq_after(echoed, peer->tsval);
    bool acks_later = own->has_acked && peer->segments && peer->has_sent &&
                      tcprst_seq_after(own->acked, peer->next_seq);
    if (!repeats || !(echoes_later || acks_later))
        return false;
    if (echoes_later)
        return SAY("echoes %u, last captured %u", echoed, peer->tsval);
    return SAY("acknowledges %u, sent %u", own->acked, peer->next_seq);
}

/* RFC 9293 section 3.8.3: a sender that gets no answer repeats its segment, then gives up: macOS 75
 * s after the SYN that its SYN/ACK answers, Windows 12 s after the last SYN/ACK (docs/facts.md
 * 15).  A FIN repeated once, and no segment for the interval of a timer after it, is enough. */
bool tcprst_saw_repeats_unanswered(const struct tcprst_view *v, char *value) {
    enum { TIMER_NS = 1000000000 };
    const struct tcprst_side *own = own_side(v);
    unsigned times = own->unanswered;
    bool gave_up_closing = times && own->fin_frame &&
                           tcprst_elapsed_ns(own->last_time_ns, v->event->time_ns) >= TIMER_NS;
    if ((times < 2 && !gave_up_closing) || tcprst_saw_answers_not_captured(v, NULL))
        return false;
    return SAY("%u times", times);
}

bool tcprst_saw_reset_when_due(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v);
    const int64_t time_ns = v->event->time_ns;
    return tcprst_is_when_due(own, time_ns) &&
           SAY("%.1f s after frame %u",
               seconds(tcprst_elapsed_ns(own->repetition.time_ns, time_ns)), own->repetition.frame);
}

/* A segment of the peer did not arrive, by the sender's timestamps or by what it repeated. */
static bool say_not_received(const struct tcprst_view *v, char *value, bool by_timestamps) {
    const struct tcprst_event *e = v->event;
    return e->not_received_frame && own_side(v)->has_timestamps == by_timestamps &&
           SAY("frame %u, %.1f s earlier", e->not_received_frame, seconds(e->not_received_ns));
}

bool tcprst_saw_answers_never_arrived(const struct tcprst_view *v, char *value) {
    return say_not_received(v, value, true);
}

bool tcprst_saw_acknowledged_repeated(const struct tcprst_view *v, char *value) {
    return say_not_received(v, value, false);
}

/* A host acknowledges what comes for a connection that it has, and resets the first of what comes
 * for one that it has not. */
bool tcprst_saw_rst_answers_repeat(const struct tcprst_view *v, char *value) {
    const struct tcprst_repetition *r = &peer_side(v)->repetition;
    return v->event->trigger == TCPRST_ANSWERS_DATA && tcprst_event_follows_repeats(v->event) &&
           SAY("%u bytes, repeated %u times in %.1f s", r->end - r->seq, r->times,
               seconds(tcprst_elapsed_ns(r->since_ns, r->time_ns)));
}

/* Whoever sends on and takes payload, but does not acknowledge what its peer sends again and again,
 * did not get it (RFC 9293 section 3.10.7.4); one application does not keep the kernel from
 * acknowledging as long as the window is open. */
bool tcprst_saw_peer_repeats_unheard(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    const struct tcprst_repetition *r = &peer_side(v)->repetition;
    bool knows = tcprst_seq_after(own->acked, r->seq) ||
                 (e->has_ack && tcprst_seq_after(e->ack, r->seq));
    int64_t since_ns = tcprst_elapsed_ns(r->since_ns, own->last_time_ns);
    if (!r->frame || r->kind != TCPRST_AGAIN_DATA || r->times < 2 || !own->has_acked || knows ||
        !own->last_window || !tcprst_event_is_overdue(e, since_ns))
        return false;
    return SAY("%u bytes, repeated %u times, last in frame %u", r->end - r->seq, r->times,
               r->frame);
}

/* A kernel acknowledges what arrives, whether a program reads it or not (RFC 9293 section 3.8.6.3:
 * within half a second).  What answers the SYN and not this has no room for it yet, as a balancer
 * that is still connecting to a server, or does not get it: other requests would be lost, too, and
 * its reset would not pass the server's own point.  Segments of IPv6's least MTU pass every path
 * (RFC 8200 section 5). */
bool tcprst_saw_request_never_acked(const struct tcprst_view *v, char *value) {
    enum { SMALL_BYTES = 1280 - 40 - 20 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *server = own_side(v), *client = peer_side(v);
    const struct tcprst_repetition *r = &client->repetition;
    const uint32_t begin = client->isn + 1;
    bool is_first = r->kind == TCPRST_AGAIN_DATA && r->times >= 2 && r->seq == begin;
    bool is_acked =
        (server->has_acked && server->acked != begin) || (e->has_ack && e->ack != begin);
    if (e->from != TCPRST_SERVER || !server->syn.frame || !client->isn_known || !is_first ||
        is_acked || endpoint_of(v)->served || !server->last_window || e->trigger ||
        r->end - r->seq > SMALL_BYTES ||
        !tcprst_event_is_overdue(e, tcprst_elapsed_ns(r->time_ns, e->time_ns)) ||
        tcprst_saw_rst_at_host(v, NULL) || tcprst_saw_rst_at_sender(v, NULL))
        return false;
    return SAY("%u bytes, repeated %u times in %.1f s", r->end - r->seq, r->times,
               seconds(tcprst_elapsed_ns(r->since_ns, r->time_ns)));
}
