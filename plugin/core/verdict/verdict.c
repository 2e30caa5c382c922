/* verdict.c - weighs evidence and ranks causes
 *
 * Each cause that its stage, sender and needed evidence allow gets prior + weights, one that
 * refines another also those of its parent; masses 10^(sum/10) are normalized over all causes.  A
 * cause with a parent also counts towards it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/verdict.h"

#include <math.h>
#include <stdlib.h>

#include "core/verdict/limits.h"

enum {
    SMALLEST_ALTERNATIVE_PERCENT = 2,
    TIE_POINTS = 5,
    CLEAR_LEAD_POINTS = 10, /* beyond those of a tie */
};

struct ranking {
    const struct tcprst_cause *cause;
    /* mass of the cause itself; 0: impossible, although one that refines it may be possible */
    double own;
    double family; /* with the causes that refine it */
};

/* Only causes whose family has mass, in the order of the table; the last one, `undetermined`,
 * always has. */
struct rankings {
    struct ranking list[TCPRST_CAUSES_MAX];
    unsigned count;
    double total;
    struct tcprst_most most;
};

static bool has_what_it_needs(const struct tcprst_cause *cause, const struct tcprst_seen *seen) {
    bool needs_one = *cause->needs_any || cause->or_any_sign;
    bool has_sign = cause->or_any_sign && tcprst_seen_origin(seen) != TCPRST_ANYONE;
    bool is_excluded =
        tcprst_seen_any(seen, cause->excludes) && !tcprst_seen_any(seen, cause->unless);
    return !is_excluded && tcprst_seen_all(seen, cause->needs) &&
           (!needs_one || has_sign || tcprst_seen_any(seen, cause->needs_any));
}

static bool is_possible(const struct tcprst_cause *cause, const struct tcprst_event *e,
                        const struct tcprst_seen *seen) {
    return cause->is_of_silence == (e->silence != NULL) && cause->stages & 1u << e->stage &&
           cause->from & 1u << e->from && has_what_it_needs(cause, seen);
}

/* Score of the row itself.  Of one group only the strongest piece of evidence counts, for or
 * against. */
static int own_score(const struct tcprst_cause *cause, const struct tcprst_seen *seen) {
    int8_t strongest[TCPRST_EVIDENCE_END] = {0}; /* index: the group's leader */
    int sum = cause->prior;
    for (const struct tcprst_weight *w = cause->weights; w->decibans; w++) {
        if (!seen->is[w->evidence])
            continue;
        int8_t *group = &strongest[tcprst_evidence_leader(w->evidence)];
        if (abs(w->decibans) <= abs(*group))
            continue;
        sum += w->decibans - *group;
        *group = (int8_t)w->decibans;
    }
    return sum;
}

static double mass_of(const struct tcprst_cause *cause, const struct tcprst_seen *seen) {
    int score = own_score(cause, seen) + (cause->parent ? own_score(cause->parent, seen) : 0);
    return pow(10, score / 10.0);
}

static bool refines(const struct tcprst_cause *cause, const struct tcprst_cause *parent) {
    return cause->parent == parent;
}

static void rank(struct rankings *all, const struct tcprst_event *e,
                 const struct tcprst_seen *seen) {
    const struct tcprst_cause *const table = tcprst_cause_at(0);
    const unsigned last = tcprst_cause_count() - 1; /* undetermined */
    double own[TCPRST_CAUSES_MAX] = {0}, family[TCPRST_CAUSES_MAX] = {0};
    for (const struct tcprst_cause *cause = table; cause <= table + last; cause++) {
        if (!is_possible(cause, e, seen))
            continue;
        double mass = mass_of(cause, seen);
        own[cause - table] = mass;
        family[cause - table] += mass;
        if (cause->parent)
            family[cause->parent - table] += mass;
        all->total += mass;
    }
    for (unsigned row = 0; row < last; row++)
        if (family[row] > 0)
            all->list[all->count++] = (struct ranking){&table[row], own[row], family[row]};
    all->list[all->count++] = (struct ranking){&table[last], own[last], family[last]};
}

/* True if evidence was seen that distinguishes it from its parent. */
static bool has_own_evidence(const struct tcprst_cause *cause, const struct tcprst_seen *seen) {
    for (const struct tcprst_weight *w = cause->weights; w->decibans; w++)
        if (w->decibans > 0 && seen->is[w->evidence])
            return true;
    return false;
}

/* True if no other family is likelier than the cause by itself. */
static bool is_likeliest(const struct rankings *all, const struct ranking *finer) {
    for (unsigned i = 0; i < all->count; i++) {
        const struct tcprst_cause *other = all->list[i].cause;
        if (!other->parent && !refines(finer->cause, other) && all->list[i].family > finer->own)
            return false;
    }
    return true;
}

/* Picks the likeliest family, or a refinement in it if that has at least half of its mass. */
static const struct ranking *choose(const struct rankings *all, const struct tcprst_seen *seen) {
    const struct ranking *family = &all->list[all->count - 1]; /* undetermined */
    const struct ranking *finer = NULL;
    for (unsigned i = 0; i < all->count; i++)
        if (!all->list[i].cause->parent && all->list[i].family > family->family)
            family = &all->list[i];
    for (unsigned i = 0; i < all->count; i++)
        if (refines(all->list[i].cause, family->cause) && (!finer || all->list[i].own > finer->own))
            finer = &all->list[i];
    bool finer_first = finer && finer->own * 2 >= family->family && is_likeliest(all, finer) &&
                       has_own_evidence(finer->cause, seen);
    return finer_first ? finer : family;
}

static void add_opinion(struct tcprst_opinion list[TCPRST_ALTERNATIVES_MAX], unsigned *count,
                        struct tcprst_opinion opinion) {
    unsigned i = *count;
    if (opinion.confidence < SMALLEST_ALTERNATIVE_PERCENT)
        return;
    if (i < TCPRST_ALTERNATIVES_MAX)
        ++*count;
    else if (list[--i].confidence >= opinion.confidence)
        return;
    for (; i > 0 && list[i - 1].confidence < opinion.confidence; i--)
        list[i] = list[i - 1];
    list[i] = opinion;
}

/* A refinement is listed by itself only if some evidence is for it; otherwise it counts towards its
 * parent. */
static bool stands_alone(const struct ranking *finer, const struct tcprst_seen *seen) {
    return !finer->cause->parent || has_own_evidence(finer->cause, seen);
}

/* Percent of a cause that is not the best: of itself and of those that refine it and are not listed
 * by themselves. */
static double listed_mass(const struct rankings *all, const struct ranking *ranking,
                          const struct ranking *best, const struct tcprst_seen *seen) {
    double mass = ranking->own;
    for (unsigned i = 0; i < all->count; i++) {
        const struct ranking *finer = &all->list[i];
        if (finer->own > 0 && finer != best && refines(finer->cause, ranking->cause) &&
            !stands_alone(finer, seen))
            mass += finer->own;
    }
    return mass;
}

static unsigned percent(const struct rankings *all, const struct tcprst_cause *cause, double mass,
                        const struct tcprst_seen *seen) {
    return MIN((unsigned)(100 * mass / all->total + 0.5),
               tcprst_most_percent_of(cause, &all->most, seen));
}

/* The rounded percentages of a list can have a sum above 100. */
static void trim_list(struct tcprst_verdict *verdict) {
    unsigned left = 100 - verdict->best.confidence;
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        struct tcprst_opinion *other = &verdict->alternative[i];
        other->confidence = MIN(other->confidence, left);
        left -= other->confidence;
        if (!other->confidence)
            verdict->alternatives = i;
    }
}

/* No alternative gets more percent than the best cause, which may have an upper limit. */
static void add_others(struct tcprst_verdict *verdict, const struct rankings *all,
                       const struct ranking *best) {
    for (unsigned i = 0; i < all->count; i++) {
        const struct ranking *other = &all->list[i];
        bool is_part = refines(other->cause, best->cause);
        if (other == best || (!is_part && !stands_alone(other, &verdict->seen)))
            continue;
        double mass = is_part ? other->own : listed_mass(all, other, best, &verdict->seen);
        struct tcprst_opinion opinion = {other->cause,
                                         percent(all, other->cause, mass, &verdict->seen)};
        opinion.confidence = MIN(opinion.confidence, verdict->best.confidence);
        if (is_part)
            add_opinion(verdict->finer, &verdict->finers, opinion);
        else
            add_opinion(verdict->alternative, &verdict->alternatives, opinion);
    }
    trim_list(verdict);
}

/* What the posterior probability of a known cause, in percent, is worth below "high".  Weights are
 * cautious there: of what they give 60 percent, 95 of 100 are right.  The points lie below what was
 * right on labelled captures (docs/accuracy.md), and rise with it. */
static const struct {
    unsigned posterior, shown;
} fitted[] = {{0, 0}, {40, 50}, {50, 66}, {60, 84}, {70, 87}, {80, 89}, {89, 89}};

static unsigned fitted_percent(unsigned posterior) {
    for (unsigned i = 1; i < G_N_ELEMENTS(fitted); i++) {
        unsigned width = fitted[i].posterior - fitted[i - 1].posterior;
        if (posterior <= fitted[i].posterior)
            return fitted[i - 1].shown + (posterior - fitted[i - 1].posterior) *
                                             (fitted[i].shown - fitted[i - 1].shown) / width;
    }
    return posterior;
}

/* How far the best cause is ahead of the next known one, in points. */
static unsigned lead_of(const struct tcprst_verdict *verdict) {
    unsigned next = 0;
    for (unsigned i = 0; i < verdict->alternatives; i++)
        if (verdict->alternative[i].cause != tcprst_cause_undetermined())
            next = MAX(next, verdict->alternative[i].confidence);
    return verdict->best.confidence - next;
}

/* True if one piece of evidence alone makes the best cause more than ten times less likely. */
static bool is_contradicted(const struct tcprst_verdict *verdict) {
    enum { TEN_TIMES_LESS = -10 }; /* decibans */
    const struct tcprst_cause *best = verdict->best.cause;
    for (const struct tcprst_cause *rows = best; rows; rows = rows->parent)
        for (const struct tcprst_weight *w = rows->weights; w->decibans; w++)
            if (w->decibans < 0 && verdict->seen.is[w->evidence] &&
                tcprst_cause_weight(best, w->evidence) < TEN_TIMES_LESS)
                return true;
    return false;
}

/* Shows what the best cause is worth; the others share what remains.  If another one is about as
 * likely, both names are given and nothing is added: which one it is, is open.  Nor is anything
 * added to a cause that something seen contradicts. */
static void fit_confidence(struct tcprst_verdict *verdict, unsigned ceiling) {
    const unsigned posterior = verdict->best.confidence, lead = lead_of(verdict);
    if (verdict->best.cause == tcprst_cause_undetermined() || posterior >= TCPRST_HIGH_PERCENT ||
        lead <= TIE_POINTS || is_contradicted(verdict))
        return;
    unsigned clear = MIN(lead - TIE_POINTS, (unsigned)CLEAR_LEAD_POINTS);
    unsigned more = (fitted_percent(posterior) - posterior) * clear / CLEAR_LEAD_POINTS;
    verdict->best.confidence = MAX(posterior, MIN(posterior + more, ceiling));
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        unsigned *share = &verdict->alternative[i].confidence;
        *share = MAX(*share * (100 - verdict->best.confidence) / (100 - posterior), 1);
    }
    trim_list(verdict);
}

struct tcprst_verdict tcprst_judge(const struct tcprst_capture *capture,
                                   const struct tcprst_event *event) {
    struct tcprst_view view = {capture, event};
    struct tcprst_verdict verdict = {.seen = tcprst_evidence_seen(&view)};
    struct rankings all = {.most = tcprst_most_percent(&view, &verdict.seen)};
    rank(&all, event, &verdict.seen);

    const struct ranking *best = choose(&all, &verdict.seen);
    verdict.best = (struct tcprst_opinion){
        best->cause, percent(&all, best->cause, best->family, &verdict.seen)};
    add_others(&verdict, &all, best);
    if (!event->silence) /* the points are those of resets */
        fit_confidence(&verdict, tcprst_most_percent_of(best->cause, &all.most, &verdict.seen));
    return verdict;
}

const char *tcprst_certainty(unsigned confidence) {
    return confidence >= TCPRST_HIGH_PERCENT     ? "high"
           : confidence >= TCPRST_LIKELY_PERCENT ? "likely"
                                                 : "possible";
}

/* The known causes of a verdict, likeliest first; how many. */
static unsigned known_opinions(const struct tcprst_verdict *verdict,
                               struct tcprst_opinion known[TCPRST_ALTERNATIVES_MAX + 1]) {
    const struct tcprst_cause *undetermined = tcprst_cause_undetermined();
    unsigned count = 0;
    if (verdict->best.cause != undetermined)
        known[count++] = verdict->best;
    for (unsigned i = 0; i < verdict->alternatives; i++)
        if (verdict->alternative[i].cause != undetermined)
            known[count++] = verdict->alternative[i];
    return count;
}

bool tcprst_verdict_tie(const struct tcprst_verdict *verdict, const char *names[2]) {
    struct tcprst_opinion known[TCPRST_ALTERNATIVES_MAX + 1];
    unsigned count = known_opinions(verdict, known);
    bool is_tie = count >= 2 && known[1].confidence + TIE_POINTS >= known[0].confidence &&
                  (count == 2 || known[2].confidence + TIE_POINTS < known[1].confidence);
    if (!is_tie)
        return false;
    names[0] = known[0].cause->name;
    names[1] = known[1].cause->name;
    return true;
}
