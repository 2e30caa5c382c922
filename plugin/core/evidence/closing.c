/* closing.c - evidence in how the sides closed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

/* The FIN is the server's first word after the request, and the reset its second (docs/facts.md
 * 15).  Neither answers anything that came after the FIN.  A subflow of Multipath TCP may have its
 * answer on another one (RFC 8684 section 3.3). */
bool tcprst_saw_closed_unanswered(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v), *client = &e->before->side[TCPRST_CLIENT];
    bool client_closed_first = client->fin_frame && client->fin_frame < own->fin_frame;
    bool asked_later = tcprst_seq_after(tcprst_payload_end(client), own->fin_ack);
    bool is_subflow = synack_of(v)->options.kinds & (TCPRST_OPT_MPTCP | TCPRST_OPT_JOIN);
    if (is_subflow || e->from != TCPRST_SERVER || !own->fin_frame || !client->payload_bytes ||
        !e->has_ack || e->seq != own->next_seq || e->trigger != TCPRST_NO_TRIGGER ||
        own->unanswered || client_closed_first || asked_later ||
        !tcprst_saw_never_answered(v, NULL))
        return false;
    return say_frame(value, own->fin_frame);
}

/* A connection that a browser or pool had opened ahead: nobody used it, the server's limit for that
 * passed, and the client knows of its FIN (docs/facts.md 15).  A server that closes at once turned
 * the client away, and one that greets first owed its words. */
bool tcprst_saw_closed_unused(const struct tcprst_view *v, char *value) {
    enum { SHORTEST_LIMIT_NS = 1000000000 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_connection *c = e->before;
    const struct tcprst_side *own = own_side(v), *server = &c->side[TCPRST_SERVER];
    bool knows = tcprst_has_acked(own, server->next_seq) ||
                 (e->has_ack && e->ack == server->next_seq);
    int64_t open_ns = tcprst_elapsed_ns(c->ack_time_ns, server->fin_time_ns);
    if (e->from != TCPRST_CLIENT || !c->ack_frame || !server->fin_frame || !knows ||
        own->payload_bytes || own->fin_frame || server->payload_bytes ||
        open_ns < SHORTEST_LIMIT_NS || tcprst_server_greets_first(v))
        return false;
    return SAY("frame %u, after %.1f s", server->fin_frame, seconds(open_ns));
}

/* RFC 1122 section 4.2.2.13: a socket that was closed resets what comes then; one that only
 * half-closed reads and acknowledges on (docs/facts.md 15). */
bool tcprst_saw_client_read_on(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v), *server = peer_side(v);
    uint32_t end = server->has_sent ? tcprst_payload_end(server) : 0;
    uint32_t read_to = tcprst_seq_after(end, own->acked) ? own->acked : end;
    if (v->event->from != TCPRST_CLIENT || !own->fin_frame || !own->has_acked ||
        !server->payload_bytes || !tcprst_seq_after(read_to, own->fin_ack))
        return false;
    return SAY("%u bytes in %.3f s", read_to - own->fin_ack,
               seconds(tcprst_elapsed_ns(own->fin_time_ns, own->last_time_ns)));
}

/* RFC 2385 section 2.0, RFC 5925 section 7.3: what lacks the signature is dropped, a reset as any
 * other segment. */
bool tcprst_saw_rst_unsigned(const struct tcprst_view *v, char *value) {
    (void)value;
    const struct tcprst_options *options = &v->event->options;
    const struct tcprst_side *own = own_side(v);
    return peer_side(v)->is_signed && (own->is_signed || !own->segments) && !options->cut &&
           !(options->kinds & TCPRST_OPT_SIGNED);
}

static bool is_closed(const struct tcprst_side *side, const struct tcprst_side *peer) {
    return side->fin_frame && tcprst_has_acked(peer, side->next_seq);
}

static bool are_both_closed(const struct tcprst_view *v) {
    return is_closed(own_side(v), peer_side(v)) && is_closed(peer_side(v), own_side(v));
}

/* RFC 9293 section 3.6: after both FINs the endpoints have nothing to reset; a NAT or balancer
 * removes its entry (docs/facts.md 11, 15). */
bool tcprst_saw_reset_after_clean_close(const struct tcprst_view *v, char *value) {
    static const int64_t soonest_ns = 2000000000;
    const struct tcprst_event *e = v->event;
    enum tcprst_ttl ttl = tcprst_event_ttl(e);
    if (!are_both_closed(v) || e->silence_ns < soonest_ns || e->trigger != TCPRST_NO_TRIGGER ||
        (ttl != TCPRST_TTL_OTHER && ttl != TCPRST_TTL_SAME_HOPS))
        return false;
    return SAY("%.1f s later, TTL %u, others %u", seconds(e->silence_ns), e->ip.ttl,
               own_side(v)->ip.ttl);
}

/* The same from the host itself, or sooner: nothing that was sent can be lost. */
bool tcprst_saw_reset_when_closed(const struct tcprst_view *v, char *value) {
    const enum tcprst_trigger trigger = v->event->trigger;
    if (!are_both_closed(v) ||
        (trigger != TCPRST_NO_TRIGGER && trigger != TCPRST_ANSWERS_ACK) ||
        tcprst_saw_reset_after_clean_close(v, NULL))
        return false;
    return SAY("RST %s after the last segment", tcprst_duration(v->event->silence_ns).text);
}

/* After its program has closed, a host acknowledges no data (RFC 9293 section 3.10.7.4): what its
 * peer sent then is lost, unless it only says that it closes, too. */
bool tcprst_saw_data_lost_at_close(const struct tcprst_view *v, char *value) {
    const struct tcprst_first_payload *peers =
        &v->event->before->application.first[tcprst_peer_of(v->event->from)];
    return v->event->stage == TCPRST_CLOSING && own_side(v)->fin_frame &&
           !peers->announces_close && tcprst_saw_data_unacknowledged(v, value);
}
