/* neighbours.c - evidence in how other connections to the endpoint ended
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"
#include "core/reset/context.h"

enum { SHORTEST_RUN = 3 };

static const struct tcprst_run *run_of(const struct tcprst_view *v) {
    const struct tcprst_run *run = v->event->from == TCPRST_SERVER ? tcprst_view_run(v) : NULL;
    return run && run->connections >= tcprst_capture_settings(v->capture)->shortest_run ? run
                                                                                        : NULL;
}

bool tcprst_saw_run_of_resets(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *run = run_of(v);
    return run && SAY("%u, frames %u to %u", run->connections, run->first_frame, run->last_frame);
}

bool tcprst_saw_run_of_several_clients(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *run = run_of(v);
    return run && run->clients >= 2 &&
           SAY("%s%u", endpoint_of(v)->clients_at_least ? "at least " : "", run->clients);
}

static uint32_t served_before(const struct tcprst_view *v) {
    return tcprst_endpoint_count_before(endpoint_of(v), TCPRST_SERVED, run_of(v)->first_frame);
}

bool tcprst_saw_served_before_run(const struct tcprst_view *v, char *value) {
    return run_of(v) && served_before(v) >= SHORTEST_RUN && SAY("%u connections", served_before(v));
}

bool tcprst_saw_served_after_run(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *run = run_of(v);
    uint32_t after =
        run ? tcprst_endpoint_count_after(endpoint_of(v), TCPRST_SERVED, run->last_frame) : 0;
    return after && SAY("%u connections", after);
}

/* Only of a run whose connections were all open when it began: a service that lacks something for
 * new connections goes on with those that it has (docs/facts.md 7). */
bool tcprst_saw_others_survived(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *run = run_of(v);
    return run && run->last_syn_frame < run->first_frame && run->survived_frame > run->last_frame &&
           say_frame(value, run->survived_frame);
}

static bool say_limit(const struct tcprst_view *v, char *value) {
    const struct tcprst_listener *listener = endpoint_of(v)->listener;
    return tcprst_saw_served_before_run(v, NULL) && listener &&
           tcprst_listener_has_limit(listener) &&
           SAY("%u or more", listener->least_open_reset);
}

/* Where it served again below that number: a service that hangs keeps connections open, too. */
bool tcprst_saw_reset_at_limit(const struct tcprst_view *v, char *value) {
    return tcprst_saw_served_after_run(v, NULL) && say_limit(v, value);
}

bool tcprst_saw_reset_above_served(const struct tcprst_view *v, char *value) {
    return !tcprst_saw_served_after_run(v, NULL) && say_limit(v, value);
}

/* The program does not hang: there is a limit of connections, or a rule for these clients. */
bool tcprst_saw_older_still_served(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *run = run_of(v);
    return run && run->last_syn_frame > run->first_frame &&
           run->survived_frame > run->last_frame && say_frame(value, run->survived_frame);
}

bool tcprst_saw_other_ports_served(const struct tcprst_view *v, char *value) {
    const struct tcprst_answers *answers = tcprst_host_answers(endpoint_of(v)->host);
    for (unsigned i = 0; run_of(v) && i < G_N_ELEMENTS(answers->served_port); i++) {
        if (answers->served_port[i] == endpoint_of(v)->port ||
            answers->served_frame[i] < run_of(v)->first_frame)
            continue;
        return SAY("port %u in frame %u", answers->served_port[i], answers->served_frame[i]);
    }
    return false;
}

/* The refusals after the reset; NULL if the next connection came later than that, or was taken.
 * What refuses a SYN itself ended no connection, and another copy of that SYN is refused as
 * well. */
static const struct tcprst_run *refusals_after(const struct tcprst_view *v, int64_t within_ns) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_run *next = tcprst_endpoint_next_run(endpoint_of(v), e->frame);
    bool is_refused = next && next->outcome == TCPRST_REFUSED &&
                      tcprst_elapsed_ns(e->time_ns, next->first_time_ns) <= within_ns;
    return is_refused && e->stage != TCPRST_SYN_SENT && !tcprst_saw_rst_refuses_unseen(v, NULL)
               ? next
               : NULL;
}

/* docs/facts.md 3: a process that ends aborts its connections 25 to 130 us apart.  Connections that
 * opened, or were last used, as close together may each have been reset separately. */
static bool is_burst_of(const struct tcprst_view *v, enum tcprst_role from, unsigned fewest,
                        char *value) {
    const struct tcprst_event *burst = tcprst_context_burst(v->event);
    if (!burst || burst->from != from || burst->burst_size < fewest)
        return false;
    double took_ms = ms(tcprst_elapsed_ns(burst->time_ns, burst->burst_last_ns));
    double begun_ms = ms(tcprst_elapsed_ns(burst->burst_begun_ns[0], burst->burst_begun_ns[1]));
    return begun_ms >= 1 && begun_ms >= 10 * took_ms &&
           SAY("%u within %.3f ms, from frame %u on", burst->burst_size, took_ms, burst->frame);
}

/* Two are enough where the port refuses soon after them, and they end neither an answer nor a
 * silence. */
bool tcprst_saw_aborted_together(const struct tcprst_view *v, char *value) {
    const bool is_end = tcprst_saw_answer_complete(v, NULL) || tcprst_saw_long_silence(v, NULL);
    const bool refuses_soon = refusals_after(v, INT64_C(5000000000));
    return is_burst_of(v, TCPRST_SERVER, refuses_soon && !is_end ? 2 : SHORTEST_RUN, value);
}

/* Another connection that was open then is answered after it. */
static bool burst_spared_one(const struct tcprst_view *v, char *value) {
    return tcprst_saw_aborted_together(v, NULL) && !tcprst_saw_port_refuses_after(v, NULL) &&
           say_frame(value, tcprst_context_burst(v->event)->after.survived_frame);
}

/* A process that ends takes its connections with all clients along.  Of several workers one can
 * end alone, but few have all connections of a client and none of another. */
bool tcprst_saw_one_client_aborted(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *burst = tcprst_context_burst(v->event);
    return burst && !burst->after.burst_is_mixed && burst_spared_one(v, value);
}

/* A program that looks for idle connections from time to time ends all that it finds at once, each
 * soon after its limit, so that the silences are alike. */
bool tcprst_saw_idle_ones_aborted(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *burst = tcprst_context_burst(v->event);
    return burst && !burst->after.burst_waits_differ && tcprst_saw_long_silence(v, NULL) &&
           burst_spared_one(v, value);
}

bool tcprst_saw_client_ended_all(const struct tcprst_view *v, char *value) {
    return is_burst_of(v, TCPRST_CLIENT, SHORTEST_RUN, value);
}

/* A device that has room for few connections ends an old one for a new one (docs/facts.md 11).
 * Where several end, the clients of the first come back at once. */
bool tcprst_saw_syn_just_before(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const bool is_first = !e->burst || e->burst == e;
    if (!e->syn_before_frame || e->trigger != TCPRST_NO_TRIGGER || !is_first ||
        e->silence_ns <= e->syn_before_ns)
        return false;
    return SAY("%.1f ms before, frame %u", ms(e->syn_before_ns), e->syn_before_frame);
}

static bool is_joined(const struct tcprst_event *e) {
    return e->after.joined_frame && e->before->handshake_done &&
           tcprst_context_is_abort(e, e->from);
}

bool tcprst_saw_passed_on(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return is_joined(e) && !e->after.ended_joined && say_frame(value, e->after.joined_frame);
}

bool tcprst_saw_ended_both(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return is_joined(e) && e->after.ended_joined && say_frame(value, e->after.joined_frame);
}

/* Whether all of the client's connections were reset, or (`was_served`) all since one of them. */
static bool say_times_reset(const struct tcprst_view *v, char *value, bool was_served) {
    const struct tcprst_client *client = client_of(v);
    if (v->event->from != TCPRST_SERVER || !client || client->served_since ||
        (client->served > 0) != was_served || (was_served && endpoint_of(v)->clients_reset > 1))
        return false;
    uint32_t times = v->event->stage == TCPRST_SYN_SENT ? client->refused : client->reset_early;
    return times >= SHORTEST_RUN && SAY("%u connections", times);
}

bool tcprst_saw_client_always_reset(const struct tcprst_view *v, char *value) {
    return say_times_reset(v, value, false);
}

/* docs/facts.md 15: a ban, as by fail2ban after failed logins.  What refuses others, too, may go by
 * no address. */
bool tcprst_saw_client_reset_since(const struct tcprst_view *v, char *value) {
    return say_times_reset(v, value, true);
}

/* Then the reason can be what the client sent, and not the client (docs/facts.md 4). */
bool tcprst_saw_client_reset_asking(const struct tcprst_view *v, char *value) {
    const struct tcprst_client *client = client_of(v);
    if (v->event->from != TCPRST_SERVER || !client || client->reset_early < SHORTEST_RUN ||
        client->unasked || client->refused)
        return false;
    return SAY("%u connections", client->reset_early);
}

bool tcprst_saw_others_served_meanwhile(const struct tcprst_view *v, char *value) {
    const struct tcprst_client *client = client_of(v);
    if (!client || !client->was_reset)
        return false;
    uint32_t meanwhile = client->others_at_last_reset - client->others_at_first_reset;
    /* that it was served before is a second sign that it is the client */
    return meanwhile >= (client->served ? SHORTEST_RUN - 1 : SHORTEST_RUN) &&
           SAY("%u connections", meanwhile);
}

/* Then the service worked while this request waited (docs/facts.md 15). */
bool tcprst_saw_later_served_sooner(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *client = &v->event->before->side[TCPRST_CLIENT];
    const struct tcprst_run *run =
        client->last_data_frame && v->event->from == TCPRST_SERVER
            ? tcprst_endpoint_next_run(endpoint_of(v), client->last_data_frame)
            : NULL;
    return run && run->outcome == TCPRST_SERVED && run->last_frame < v->event->frame &&
           run->connections >= SHORTEST_RUN && say_frame(value, run->last_syn_frame);
}

/* Within a minute: a refusal much later need not be related to this reset. */
bool tcprst_saw_port_refuses_after(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *refusals = refusals_after(v, INT64_C(60000000000));
    return refusals && SAY("%u, first in frame %u", refusals->connections, refusals->first_frame);
}

/* docs/facts.md 3: of the connections of a process that ends, those with nothing unread end by FIN.
 * A server that lives does so, too, so the port must refuse soon; 5 s are a judgement. */
bool tcprst_saw_closed_together(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *burst = tcprst_context_burst(v->event);
    if (!burst || burst->from != TCPRST_SERVER || own_side(v)->fin_frame ||
        !burst->burst_closes || burst->burst_size + burst->burst_closes < SHORTEST_RUN ||
        !refusals_after(v, INT64_C(5000000000)))
        return false;
    return SAY("%u by FIN", burst->burst_closes);
}

/* No timer of an idle connection closes a port.  A process that ends while its host lives resets or
 * closes its connections then (docs/facts.md 1), so that a late answer is of a host that was
 * restarted, or of one whose close was lost. */
bool tcprst_saw_refused_after_silence(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (e->from != TCPRST_SERVER || !tcprst_saw_long_silence(v, NULL) ||
        !tcprst_saw_rst_has_form_of_answer(v, NULL))
        return false;
    const struct tcprst_run *run =
        tcprst_endpoint_refusals_before(endpoint_of(v), e->time_ns, e->silence_ns);
    if (!run)
        return tcprst_saw_port_refuses_after(v, value);
    return SAY("%u, first in frame %u", run->connections, run->first_frame);
}
