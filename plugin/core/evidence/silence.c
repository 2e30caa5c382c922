/* silence.c - evidence in a failure without a reset: what was asked, what answers otherwise
 *
 * The silent side is view->event->from.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"
#include "core/reset/silence.h"

static const struct tcprst_silence *of(const struct tcprst_view *v) {
    return v->event->silence;
}

static const struct tcprst_side *silent_side(const struct tcprst_view *v) {
    return own_side(v);
}

static const struct tcprst_side *asking_side(const struct tcprst_view *v) {
    return peer_side(v);
}

/* --- what had no answer --- */

/* RFC 6298 section 5.5: a timer doubles with each repeat. */
static bool say_repeats(const struct tcprst_view *v, char *value, enum tcprst_asked asked) {
    const struct tcprst_silence *s = of(v);
    if (s->asked != asked)
        return false;
    double whole = seconds(tcprst_elapsed_ns(s->since_ns, s->time_ns));
    if (!s->repeats)
        return SAY("once, %.1f s before the capture ends", seconds(s->waited_ns));
    if (s->repeats == 1 || !s->last_wait_ms)
        return SAY("repeated %u times in %.1f s", s->repeats, whole);
    return SAY("repeated %u times in %.1f s, after %.1f to %.1f s", s->repeats, whole,
               MIN(s->first_wait_ms, s->last_wait_ms) / 1e3,
               MAX(s->first_wait_ms, s->last_wait_ms) / 1e3);
}

bool tcprst_saw_syn_unanswered(const struct tcprst_view *v, char *value) {
    return say_repeats(v, value, TCPRST_ASKED_SYN);
}

bool tcprst_saw_synack_unanswered(const struct tcprst_view *v, char *value) {
    return say_repeats(v, value, TCPRST_ASKED_SYNACK);
}

/* kernel net/ipv4/tcp_minisocks.c tcp_check_req(): if the accept queue is full, the ACK is ignored
 * and the SYN/ACK's timer keeps running (docs/facts.md 1); the same if the ACK does not arrive. */
bool tcprst_saw_ack_ignored(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = v->event->before;
    return of(v)->silent == TCPRST_SERVER && tcprst_sent_only_syns(silent_side(v)) &&
           say_times(value, c->synacks_after_ack);
}

bool tcprst_saw_data_unanswered(const struct tcprst_view *v, char *value) {
    return say_repeats(v, value, TCPRST_ASKED_DATA);
}

bool tcprst_saw_fin_unanswered(const struct tcprst_view *v, char *value) {
    return say_repeats(v, value, TCPRST_ASKED_FIN);
}

bool tcprst_saw_probes_unanswered(const struct tcprst_view *v, char *value) {
    return say_repeats(v, value, TCPRST_ASKED_PROBE);
}

/* RFC 9293 section 3.8.6.1. */
bool tcprst_saw_window_stays_shut(const struct tcprst_view *v, char *value) {
    return of(v)->asked == TCPRST_ASKED_WINDOW &&
           SAY("since frame %u, for %.1f s", silent_side(v)->shut_frame, seconds(of(v)->waited_ns));
}

bool tcprst_saw_request_acknowledged(const struct tcprst_view *v, char *value) {
    return of(v)->asked == TCPRST_ASKED_REQUEST &&
           SAY("%u bytes, %.1f s without an answer", of(v)->bytes, seconds(of(v)->waited_ns));
}

/* --- how it was asked --- */

/* Twice the last wait is when the next repeat is due; half a second allows for inexact timers. */
static bool was_next_due(const struct tcprst_silence *s) {
    enum { SLACK_MS = 500 };
    return s->after_ns / 1000000 > 2 * (int64_t)s->last_wait_ms + SLACK_MS;
}

bool tcprst_saw_asker_gave_up(const struct tcprst_view *v, char *value) {
    const struct tcprst_silence *s = of(v);
    if (s->is_given_up) {
        return SAY("closed after %.1f s", seconds(s->waited_ns));
    }
    return s->repeats && was_next_due(s) &&
           SAY("nothing in the last %.1f s of the capture", seconds(s->after_ns));
}

bool tcprst_saw_silence_cut_short(const struct tcprst_view *v, char *value) {
    const struct tcprst_silence *s = of(v);
    return !s->is_given_up && s->repeats && !was_next_due(s) &&
           SAY("%.1f s after the last repeat", seconds(s->after_ns));
}

bool tcprst_saw_client_still_waits(const struct tcprst_view *v, char *value) {
    return of(v)->is_weak && SAY("%.1f s", seconds(of(v)->waited_ns));
}

/* RFC 6298 section 2.1: systems repeat a SYN after a second. */
bool tcprst_saw_lone_syn(const struct tcprst_view *v, char *value) {
    (void)value;
    return of(v)->asked == TCPRST_ASKED_SYN && !of(v)->repeats;
}

/* Payload of the asker that is known to have arrived. */
static uint32_t bytes_arrived(const struct tcprst_view *v) {
    const struct tcprst_side *asking = asking_side(v), *silent = silent_side(v);
    if (!asking->isn_known || !silent->has_acked)
        return 0;
    uint32_t arrived = silent->acked - (asking->isn + 1);
    return (int32_t)arrived < 0 ? 0 : arrived;
}

/* No link has an MTU below 576 (RFC 791), and few are below 1280 (RFC 8200 section 5). */
enum { SMALLEST_LARGE_BYTES = 1000 };

/* RFC 4821 section 1: a path that drops full packets in silence lets small ones through. */
bool tcprst_saw_large_unacknowledged(const struct tcprst_view *v, char *value) {
    const struct tcprst_silence *s = of(v);
    return s->asked == TCPRST_ASKED_DATA && s->bytes >= SMALLEST_LARGE_BYTES &&
           bytes_arrived(v) < s->bytes && SAY("%u bytes", s->bytes);
}

bool tcprst_saw_smaller_acknowledged(const struct tcprst_view *v, char *value) {
    return tcprst_saw_large_unacknowledged(v, NULL) && bytes_arrived(v) &&
           SAY("%u bytes in all", bytes_arrived(v));
}

/* RFC 5681 section 4.2: what follows a gap is acknowledged at once, by a duplicate ACK.  Segments
 * after the repeated one are as large, unless they were the last of what there was to send. */
bool tcprst_saw_small_behind_unanswered(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *asking = asking_side(v);
    const struct tcprst_silence *s = of(v);
    if (!tcprst_saw_large_unacknowledged(v, NULL) ||
        silent_side(v)->last_frame > asking->last_data_frame ||
        !tcprst_seq_after(tcprst_payload_end(asking), asking->repetition.end))
        return false;
    const uint32_t following = tcprst_payload_end(asking) - asking->repetition.end,
                   last = following % s->bytes;
    return last && last < SMALLEST_LARGE_BYTES && SAY("%u bytes", last);
}

/* --- what the silent side did otherwise --- */

bool tcprst_saw_silent_side_sent(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *silent = silent_side(v);
    const struct tcprst_side *server = &v->event->before->side[TCPRST_SERVER];
    bool is_later = silent->segments && !tcprst_sent_only_syns(server) &&
                    tcprst_elapsed_ns(of(v)->since_ns, silent->last_time_ns) > 0;
    return of(v)->asked == TCPRST_ASKED_DATA && is_later && say_frame(value, silent->last_frame);
}

bool tcprst_saw_silent_side_answered(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *silent = silent_side(v);
    const struct tcprst_connection *c = v->event->before;
    bool sent_more = silent->payload_bytes || bytes_arrived(v);
    return (c->handshake_done || c->roles_inferred) && sent_more &&
           of(v)->asked != TCPRST_ASKED_REQUEST && say_frame(value, silent->last_frame);
}

bool tcprst_saw_server_never_acknowledged(const struct tcprst_view *v, char *value) {
    (void)value;
    return of(v)->asked == TCPRST_ASKED_DATA && of(v)->silent == TCPRST_SERVER &&
           tcprst_sent_only_syns(silent_side(v));
}

/* A request socket without the client's ACK repeats its SYN/ACK after a second (docs/facts.md 1);
 * with SYN cookies there is none (docs/facts.md 2). */
bool tcprst_saw_synack_not_repeated(const struct tcprst_view *v, char *value) {
    return tcprst_saw_server_never_acknowledged(v, NULL) &&
           !v->event->before->synacks_after_ack &&
           say_frame(value, v->event->before->side[TCPRST_SERVER].syn.frame);
}

/* RFC 9293 section 3.8.6.1: a receiver that lives answers probes.  One or two can be lost, or come
 * too soon for Linux, which answers two a second (docs/facts.md 16). */
bool tcprst_saw_window_probes_unanswered(const struct tcprst_view *v, char *value) {
    enum { FEWEST = 3, LEAST_WAIT_MS = 500 };
    const unsigned probes = asking_side(v)->unanswered;
    return of(v)->asked == TCPRST_ASKED_WINDOW && probes >= FEWEST &&
           asking_side(v)->repetition.last_wait_ms >= LEAST_WAIT_MS && SAY("%u in a row", probes);
}

bool tcprst_saw_window_probes_answered(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *silent = silent_side(v);
    return of(v)->asked == TCPRST_ASKED_WINDOW && silent->last_frame > silent->shut_frame &&
           !tcprst_saw_window_probes_unanswered(v, NULL) && say_frame(value, silent->last_frame);
}

bool tcprst_saw_shut_since_synack(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *silent = silent_side(v);
    return of(v)->asked == TCPRST_ASKED_WINDOW && silent->syn.frame &&
           silent->shut_frame == silent->syn.frame && say_frame(value, silent->shut_frame);
}

/* --- what others got from the host --- */

static bool is_of_server(const struct tcprst_view *v) {
    return of(v)->silent == TCPRST_SERVER && !v->event->before->roles_inferred;
}

/* A frame that is not earlier than the first segment without an answer; 0: not known. */
static uint32_t first_frame(const struct tcprst_view *v) {
    const struct tcprst_side *asking = asking_side(v);
    switch (of(v)->asked) {
    case TCPRST_ASKED_SYN:
    case TCPRST_ASKED_SYNACK:
    case TCPRST_ASKED_ACK:
        return syn_of(v)->frame;
    case TCPRST_ASKED_FIN:
        return asking->fin_frame;
    default:
        return MAX(asking->last_data_frame, silent_side(v)->last_frame);
    }
}

/* The latest answer of another port, a refusal included; 0: none. */
static uint32_t answer_elsewhere(const struct tcprst_view *v) {
    const struct tcprst_endpoint *endpoint = endpoint_of(v);
    const struct tcprst_host *host = endpoint->host;
    const struct tcprst_answers *answers = tcprst_host_answers(host);
    uint32_t latest = endpoint->synacks ? 0 : host->synack_frame;
    if (!endpoint->refused)
        latest = MAX(latest, host->refusal_frame);
    for (unsigned i = 0; i < G_N_ELEMENTS(answers->served_port); i++)
        if (answers->served_port[i] != endpoint->port)
            latest = MAX(latest, answers->served_frame[i]);
    if (answers->proved_port != endpoint->port)
        latest = MAX(latest, answers->proved_frame);
    return latest;
}

bool tcprst_saw_host_answers_meanwhile(const struct tcprst_view *v, char *value) {
    uint32_t answer = answer_elsewhere(v);
    return is_of_server(v) && first_frame(v) && answer > first_frame(v) && say_frame(value, answer);
}

bool tcprst_saw_host_answered_before(const struct tcprst_view *v, char *value) {
    uint32_t answer = answer_elsewhere(v);
    return is_of_server(v) && answer <= first_frame(v) && say_frame(value, answer);
}

/* One port alone does not tell: a filter is as likely. */
bool tcprst_saw_host_never_answers(const struct tcprst_view *v, char *value) {
    const struct tcprst_host *host = endpoint_of(v)->host;
    if (!is_of_server(v) || host->synack_frame || host->refusal_frame ||
        tcprst_host_answers(host)->proved_frame || host->ports < 2)
        return false;
    return SAY("%u ports were tried", host->ports);
}

/* The frame in which a connection to the port was answered that had begun during the silence; 0:
 * none. */
static uint32_t answer_meanwhile(const struct tcprst_view *v) {
    return is_of_server(v) && first_frame(v)
               ? tcprst_capture_answer_between(v->capture, endpoint_of(v)->number, first_frame(v),
                                               v->event->frame)
               : 0;
}

/* A run in which SYNs of the port were answered, sent before or after the silence; NULL: none. */
static const struct tcprst_run *answers_around(const struct tcprst_view *v, bool later) {
    const GArray *runs = is_of_server(v) ? endpoint_of(v)->runs : NULL;
    for (guint i = 0; runs && i < runs->len; i++) {
        const struct tcprst_run *run = &g_array_index(runs, struct tcprst_run, i);
        bool is_it = later ? run->last_syn_frame > v->event->frame
                           : run->first_frame < v->event->frame;
        if (run->outcome != TCPRST_REFUSED && is_it)
            return run;
    }
    return NULL;
}

bool tcprst_saw_port_answers_meanwhile(const struct tcprst_view *v, char *value) {
    return of(v)->asked != TCPRST_ASKED_REQUEST && say_frame(value, answer_meanwhile(v));
}

bool tcprst_saw_port_answered_before(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *before = answers_around(v, false);
    return before && !answers_around(v, true) && !answer_meanwhile(v) &&
           SAY("until frame %u", before->last_frame);
}

bool tcprst_saw_port_answers_after(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *after = answers_around(v, true);
    return after && !answer_meanwhile(v) && SAY("until frame %u", after->last_frame);
}

bool tcprst_saw_port_never_answers(const struct tcprst_view *v, char *value) {
    const struct tcprst_endpoint *endpoint = endpoint_of(v);
    if (!is_of_server(v) || of(v)->asked != TCPRST_ASKED_SYN || endpoint->synacks ||
        endpoint->refused || endpoint->runs || endpoint->connections < 2)
        return false;
    return SAY("%u connections of %s%u clients", endpoint->connections,
               endpoint->clients_at_least ? "at least " : "", endpoint->clients);
}

/* Options of this SYN that none of the client's connections had that opened.  A system that offers
 * one always is another client than those that never do: only its own SYNs without it tell. */
static unsigned options_never_opened(const struct tcprst_view *v) {
    const struct tcprst_answers *client = tcprst_host_answers(v->event->client);
    return client->opened_without & (unsigned)~client->opened_with;
}

bool tcprst_saw_option_never_answered(const struct tcprst_view *v, char *value) {
    unsigned wanted = TCPRST_OPT_TRIED | (TCPRST_OPT_USUAL & options_never_opened(v));
    return of(v)->asked == TCPRST_ASKED_SYN && tcprst_say_options_not_taken(v, wanted, value);
}

/* Later ones, so that the server and the way to it still worked.  Those to other servers prove
 * nothing of the way to this one. */
bool tcprst_saw_client_opened_without(const struct tcprst_view *v, char *value) {
    enum { FEWEST = 2 };
    unsigned wanted = (TCPRST_OPT_TRIED | TCPRST_OPT_USUAL) & options_never_opened(v);
    uint32_t later;
    if (of(v)->asked != TCPRST_ASKED_SYN || !tcprst_say_options_not_taken(v, wanted, NULL))
        return false;
    unsigned opened = tcprst_capture_answers_to(v->capture, &endpoint_of(v)->address,
                                                &v->event->client->address, v->event->frame,
                                                &later);
    return opened >= FEWEST && later && SAY("%u connections, one in frame %u", opened, later);
}

bool tcprst_saw_others_got_answers(const struct tcprst_view *v, char *value) {
    return of(v)->asked == TCPRST_ASKED_REQUEST && say_frame(value, answer_meanwhile(v));
}
