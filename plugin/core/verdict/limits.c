/* limits.c - how sure a verdict can be at most
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/limits.h"

enum {
    MOST_PERCENT = 99,
    MOST_LIKELY_PERCENT = 89, /* the most that is not yet "high" */
};

enum { EVERY, OF_NAMED };

static const struct tcprst_limit limits[] = {
#define SEEN(evidence) TCPRST_EVIDENCE_##evidence
#define LIMIT(percent, causes, ...) {percent, (causes) == OF_NAMED, {__VA_ARGS__}},
#include "core/verdict/limits.def"
#undef LIMIT
#undef SEEN
};

const struct tcprst_limit *tcprst_limit_at(unsigned row) {
    return row < G_N_ELEMENTS(limits) ? &limits[row] : NULL;
}

/* --- all causes --- */

static const enum tcprst_evidence known_reasons[] = {
    TCPRST_EVIDENCE_stated_no_listener, TCPRST_EVIDENCE_stated_backend_failed,
    TCPRST_EVIDENCE_stated_timeout,     TCPRST_EVIDENCE_stated_idle,
    TCPRST_EVIDENCE_stated_policy,      TCPRST_EVIDENCE_stated_no_state,
    TCPRST_EVIDENCE_stated_abort,       TCPRST_NO_EVIDENCE};

/* Only what comes after it shows whether a reset with flags that no host sends, or one with a
 * reason in words, which anybody can write, ended the connection. */
static bool is_unconfirmed(const struct tcprst_view *view, const struct tcprst_seen *seen) {
    const struct tcprst_event *e = view->event;
    bool has_words = tcprst_seen_any(seen, known_reasons) && !e->is_coded && e->payload_bytes;
    bool has_absurd_flags = e->flags & (TCPRST_SYN | TCPRST_FIN);
    bool is_last = tcprst_capture_ends_at(view->capture, e->time_ns) || e->after.peer_rst_frame;
    return (has_absurd_flags || (has_words && is_last)) &&
           !seen->is[TCPRST_EVIDENCE_sender_goes_on];
}

/* The capture began too late to show what the RST's sender had sent before, or how soon it
 * answers. */
static bool lacks_beginning(const struct tcprst_event *e, const struct tcprst_seen *seen) {
    const struct tcprst_side *own = &e->before->side[e->from];
    const bool is_of_server = e->from == TCPRST_SERVER;
    if (e->before->side[TCPRST_CLIENT].syn.frame)
        return false;
    if (is_of_server && e->leg_ns < 0 && seen->is[TCPRST_EVIDENCE_named_request_cut])
        return true;
    return !e->before->side[TCPRST_SERVER].syn.frame && !own->payload_bytes &&
           (seen->is[TCPRST_EVIDENCE_reset_after_peer_fin] ||
            (is_of_server && e->stage == TCPRST_MIDSTREAM));
}

/* A forged reset has guessed numbers, so they do not show that the capture lacks segments. */
static bool lacks_segments(const struct tcprst_event *e, const struct tcprst_seen *seen) {
    bool may_guess =
        seen->is[TCPRST_EVIDENCE_rst_seq_jumps] || seen->is[TCPRST_EVIDENCE_sender_goes_on];
    return !may_guess && (tcprst_event_shows_gap(e) || lacks_beginning(e, seen));
}

/* The capture holds only the beginning of a frame; what was cut off a request can announce the
 * close. */
static bool lacks_ends(const struct tcprst_event *e, const struct tcprst_seen *seen) {
    const struct tcprst_connection *c = e->before;
    bool may_announce_close = seen->is[TCPRST_EVIDENCE_request_outstanding] &&
                              c->application.first[TCPRST_CLIENT].is_cut;
    return e->is_cut || e->options.cut || c->side[TCPRST_CLIENT].syn.options.cut ||
           c->side[TCPRST_SERVER].syn.options.cut || may_announce_close;
}

struct tcprst_most tcprst_most_percent(const struct tcprst_view *view,
                                       const struct tcprst_seen *seen) {
    bool lacks_some = lacks_segments(view->event, seen) || lacks_ends(view->event, seen) ||
                      is_unconfirmed(view, seen);
    unsigned every = lacks_some ? MOST_LIKELY_PERCENT : MOST_PERCENT, named = every;
    for (const struct tcprst_limit *l = limits; l < limits + G_N_ELEMENTS(limits); l++)
        if (tcprst_seen_all(seen, l->all)) {
            named = MIN(named, l->percent);
            every = l->of_named ? every : MIN(every, l->percent);
        }
    return (struct tcprst_most){every, named};
}

/* --- one cause --- */

/* One piece of evidence alone never gives a high certainty: it can be the habit of one stack or
 * path.  Two do, or one that is proof.  If the cause is that the named host sent it, the same TTL
 * as that of its other segments is one. */
static bool has_signs_enough(const struct tcprst_cause *cause, const struct tcprst_seen *seen) {
    enum { PROOF_DECIBANS = 20 };
    int first = cause->sender == TCPRST_SENDER_NAMED && seen->is[TCPRST_EVIDENCE_ttl_same]
                    ? (int)tcprst_evidence_leader(TCPRST_EVIDENCE_ttl_same)
                    : TCPRST_NO_EVIDENCE;
    for (; cause; cause = cause->parent)
        for (const struct tcprst_weight *w = cause->weights; w->decibans; w++) {
            if (w->decibans <= 0 || !seen->is[w->evidence])
                continue;
            int leader = (int)tcprst_evidence_leader(w->evidence);
            if (w->decibans >= PROOF_DECIBANS || (first != TCPRST_NO_EVIDENCE && leader != first))
                return true;
            first = leader;
        }
    return false;
}

unsigned tcprst_most_percent_of(const struct tcprst_cause *cause, const struct tcprst_most *most,
                                const struct tcprst_seen *seen) {
    unsigned percent = cause->sender == TCPRST_SENDER_NAMED ? most->named : most->every;
    if (!has_signs_enough(cause, seen))
        percent = MIN(percent, (unsigned)MOST_LIKELY_PERCENT);
    if (cause->ceiling && !tcprst_cause_is_lifted(cause, seen))
        percent = MIN(percent, (unsigned)cause->ceiling);
    return percent;
}
