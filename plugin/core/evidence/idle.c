/* idle.c - evidence in how long the connection had been silent before the reset
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/timestamp_clock.h"
#include "core/evidence/rules.h"
#include "core/reset/context.h"

/* Payload that was not acknowledged is repeated within seconds (RFC 6298).  If it was not, and an
 * answer comes next, the capture lacks segments or its clock jumped, and how long the connection
 * was silent is unknown. */
static bool lacks_repeats(const struct tcprst_view *v, enum tcprst_role role) {
    static const int64_t longest_timer_ns = 3000000000;
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *sender = &e->before->side[role],
                             *receiver = &e->before->side[tcprst_peer_of(role)];
    return sender->payload_bytes && sender->segments && receiver->segments &&
           !tcprst_has_acked(receiver, tcprst_payload_end(sender)) && !sender->unanswered &&
           tcprst_elapsed_ns(sender->last_time_ns, e->time_ns) > longest_timer_ns;
}

/* What has no answer is repeated at intervals that double, up to two minutes (docs/facts.md 16);
 * the time before a repeat is no idleness. */
static bool is_pause_of_timer(const struct tcprst_view *v) {
    const struct tcprst_repetition *r = &peer_side(v)->repetition;
    return v->event->trigger_frame && v->event->trigger_frame == r->frame && r->times >= 2 &&
           r->kind != TCPRST_AGAIN_SYN && peer_side(v)->unanswered >= 2;
}

/* The same of the side that resets and had repeated itself without an answer that reached it. */
static bool is_pause_of_own_timer(const struct tcprst_view *v) {
    const struct tcprst_side *own = own_side(v);
    return own->repetition.frame && own->repetition.frame == own->last_frame &&
           (own->unanswered >= 2 || v->event->not_received_frame);
}

/* Its SYN/ACK was repeated, and nothing else came from the server. */
static bool never_opened(const struct tcprst_connection *c) {
    const struct tcprst_side *server = &c->side[TCPRST_SERVER];
    return server->syn.repeats && server->segments <= 1u + server->syn.repeats;
}

/* Of the RST's sender, if the RST has the distance of its segments. */
bool tcprst_saw_clock_shows_shorter_wait(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    const struct tcprst_tick begin = {own->syn.time_ns, own->syn.options.tsval},
                             from = {own->last_time_ns, own->tsval},
                             to = {e->time_ns, e->options.tsval};
    return own->segments && tcprst_saw_ttl_same(v, NULL) && is_long(v, e->silence_ns) &&
           tcprst_clock_shows_shorter_wait(&begin, &from, &to) &&
           SAY("%.1f s, %u ticks", seconds(tcprst_elapsed_ns(from.time_ns, to.time_ns)),
               to.tsval - from.tsval);
}

/* Who meets a shut window waits, and is not idle (RFC 9293 section 3.8.6.1). */
static bool is_silence(const struct tcprst_view *v) {
    if (tcprst_saw_clock_shows_shorter_wait(v, NULL) || is_pause_of_timer(v) ||
        is_pause_of_own_timer(v) || never_opened(v->event->before) ||
        tcprst_is_window_shut(own_side(v), peer_side(v)) ||
        tcprst_is_window_shut(peer_side(v), own_side(v)))
        return false;
    return v->event->has_ack ||
           (!lacks_repeats(v, TCPRST_CLIENT) && !lacks_repeats(v, TCPRST_SERVER));
}

/* Half a minute is longer than any pause between retransmissions on a path without faults. */
bool tcprst_saw_long_silence(const struct tcprst_view *v, char *value) {
    return is_silence(v) && is_long(v, v->event->silence_ns) &&
           SAY("%.1f s", seconds(v->event->silence_ns));
}

/* The silence began with a request: the server was busy with it, rather than idle. */
bool tcprst_saw_silent_after_request(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT];
    return e->from == TCPRST_SERVER && e->trigger == TCPRST_NO_TRIGGER && e->acked_age_ns < 0 &&
           tcprst_saw_long_silence(v, NULL) && tcprst_saw_request_outstanding(v, NULL) &&
           say_frame(value, client->last_data_frame);
}

/* That three equal waits are no chance is a judgement. */
bool tcprst_saw_equal_waits(const struct tcprst_view *v, char *value) {
    enum { FEWEST = 3 };
    const struct tcprst_event *e = v->event;
    const unsigned times = tcprst_endpoint_equal_waits(endpoint_of(v), e->silence_ns);
    return tcprst_context_ends_wait(e) && e->burst_size == 1 && is_silence(v) && times >= FEWEST &&
           SAY("%u with this one, after %.1f s each", times, seconds(e->silence_ns));
}

static bool is_closing(const struct tcprst_view *v) {
    return own_side(v)->fin_frame || peer_side(v)->fin_frame;
}

/* A timer that ended this silence would have ended the longer one; after a FIN other timers hold
 * (docs/facts.md 15). */
bool tcprst_saw_outlived_longer_silence(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = v->event->before;
    if (is_closing(v) || v->event->silence_ns < 0 || c->outlived_ns <= v->event->silence_ns ||
        !tcprst_saw_long_silence(v, NULL))
        return false;
    return SAY("%.1f s", seconds(c->outlived_ns));
}

/* The longest silence, or the one before what the RST+ACK follows; -1 if neither is long. */
static int64_t longest_idle_ns(const struct tcprst_view *v) {
    const struct tcprst_event *e = v->event;
    if (tcprst_saw_long_silence(v, NULL))
        return e->silence_ns;
    return is_long(v, e->idle_before_acked_ns) ? e->idle_before_acked_ns : -1;
}

/* A server's timer is that of all its connections, but some look for idle ones at intervals only: a
 * multiple of the silence allows for that. */
bool tcprst_saw_others_outlived_silence(const struct tcprst_view *v, char *value) {
    enum { LONGER = 2 };
    const int64_t idle_ns = longest_idle_ns(v);
    const unsigned outlived_s = endpoint_of(v)->outlived_s;
    if (v->event->from != TCPRST_SERVER || is_closing(v) || idle_ns < 0 ||
        seconds(v->event->before->outlived_ns) >= outlived_s ||
        outlived_s < LONGER * seconds(idle_ns))
        return false;
    return SAY("%u s", outlived_s);
}

/* A device that has forgotten an idle connection resets it when the next data comes, some by
 * RST+ACK (docs/facts.md 15). */
bool tcprst_saw_idle_before_data(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->acked_age_ns >= 0 && is_long(v, e->idle_before_acked_ns) &&
           SAY("%.1f s", seconds(e->idle_before_acked_ns));
}

/* A timer is at least as long as what the connection outlived (docs/facts.md 15).  What is shorter
 * than half of the silence narrows little, and after a FIN other timers hold. */
bool tcprst_saw_outlived_shorter_silence(const struct tcprst_view *v, char *value) {
    const int64_t idle = longest_idle_ns(v), outlived = v->event->before->outlived_ns;
    return !is_closing(v) && outlived < idle && outlived >= idle / 2 &&
           SAY("%.1f s", seconds(outlived));
}

/* Servers keep idle connections for a whole number of seconds, from 2 on (docs/facts.md 11): a
 * request that comes at the end of that meets the close, acknowledged or not.  A client that asks
 * at such intervals had most likely waited longer once.  How near it must be is a judgement. */
bool tcprst_saw_request_at_idle_limit(const struct tcprst_view *v, char *value) {
    enum { SECOND_NS = 1000000000, SLACK_NS = 10000000, SOON_NS = 100000000 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_connection *c = e->before;
    const int64_t idle_ns = e->idle_before_request_ns, off_ns = idle_ns % SECOND_NS;
    bool is_whole = off_ns <= SLACK_NS || off_ns >= SECOND_NS - SLACK_NS;
    int64_t asked_ns = tcprst_elapsed_ns(c->side[TCPRST_CLIENT].last_time_ns, e->time_ns);
    if (e->from != TCPRST_SERVER || e->stage != TCPRST_RESPONSE_SENT || !e->has_ack ||
        idle_ns < 2 * (int64_t)SECOND_NS - SLACK_NS || !is_whole ||
        c->outlived_ns - TCPRST_LONGEST_SWAP_NS > idle_ns ||
        (asked_ns > SOON_NS && asked_ns - SOON_NS > e->irtt_ns))
        return false;
    return SAY("%.3f s", seconds(idle_ns));
}

bool tcprst_saw_idle_before_probe(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->acked_age_ns < 0 && is_long(v, e->idle_before_acked_ns) &&
           SAY("%.1f s", seconds(e->idle_before_acked_ns));
}

/* Keep-alives keep a connection open in firewalls and NATs.  A program's limit does not see them
 * (RFC 9293 section 3.8.4: they carry no data). */
bool tcprst_saw_idle_but_for_probes(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *sides = v->event->before->side;
    const bool client_waits =
        sides[TCPRST_CLIENT].last_data_frame > sides[TCPRST_SERVER].last_data_frame;
    if (client_waits || tcprst_saw_long_silence(v, NULL))
        return false;
    for (enum tcprst_role role = TCPRST_CLIENT; role <= TCPRST_SERVER; role++) {
        const struct tcprst_side *side = &sides[role], *other = &sides[tcprst_peer_of(role)];
        const struct tcprst_repetition *r = &side->repetition;
        const int64_t idle_ns = tcprst_elapsed_ns(r->since_ns, v->event->time_ns);
        const bool are_answered = r->frame > other->last_data_frame &&
                                  r->frame == side->last_frame && !side->unanswered;
        if (are_answered && r->kind == TCPRST_AGAIN_PROBE && is_long(v, idle_ns))
            return SAY("%u in %.1f s", r->times, seconds(idle_ns));
    }
    return false;
}

/* Timeouts that are documented defaults of products; sources in docs/facts.md 11.  A load balancer
 * and a server end connections in the server's name, a firewall and keep-alives in either. */
static const struct {
    int seconds;
    enum { EITHER, SERVERS, HALF_CLOSED } of;
    const char *whose;
} known_timeouts[] = {
    {60, SERVERS, "AWS Classic Load Balancer"},
    {75, SERVERS, "nginx keep-alive"},
    {240, EITHER, "Azure Load Balancer"},
    {350, EITHER, "AWS Network Load Balancer and Firewall"},
    {600, HALF_CLOSED, "Cisco half-closed"},
    {1800, EITHER, "Forcepoint"},
    {3600, EITHER, "Cisco and Fortinet"},
    {7200, EITHER, "Linux keep-alive"},
};

/* Where side and direction do not fit, only the number is told. */
static bool can_be_whose(const struct tcprst_view *v, unsigned row) {
    bool is_half_closed = !own_side(v)->fin_frame != !peer_side(v)->fin_frame;
    return known_timeouts[row].of == SERVERS       ? v->event->from == TCPRST_SERVER
           : known_timeouts[row].of == HALF_CLOSED ? is_half_closed
                                                   : true;
}

bool tcprst_saw_silence_of_known_timeout(const struct tcprst_view *v, char *value) {
    double silent_s = seconds(v->event->silence_ns);
    if (!is_silence(v))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(known_timeouts); i++) {
        int timeout_s = known_timeouts[i].seconds;
        if (silent_s < timeout_s * 0.995 || silent_s > timeout_s * 1.02 + 0.5)
            continue;
        if (!can_be_whose(v, i))
            return SAY("%.1f s, near %d s", silent_s, timeout_s);
        return SAY("%.1f s, near the %d s of %s", silent_s, timeout_s, known_timeouts[i].whose);
    }
    return false;
}
