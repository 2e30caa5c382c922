/* cause.c - the table of causes; its rows are in causes/
 *
 * If packets cannot distinguish two causes, their priors keep both probable, so that neither gets a
 * high certainty (docs/facts.md 4).  The scale of weights: +20 and more is proof (a genuine stack
 * cannot do it), +12 was right in every measured case but has a known exception, +6 to +8 is the
 * habit of one kind of sender, +3 is a hint.  "facts N" is section N of docs/facts.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/cause.h"

#include <string.h>

#include "core/verdict/cause_texts.h"
#include "core/verdict/cause_weights.h"

#define S(stage) (1u << TCPRST_##stage)
#define IF(evidence, decibans) {TCPRST_EVIDENCE_##evidence, decibans}
#define SEEN(evidence) TCPRST_EVIDENCE_##evidence

enum {
    SERVER = 1u << TCPRST_SERVER,
    CLIENT = 1u << TCPRST_CLIENT,
    BOTH = SERVER | CLIENT,
    AFTER_HANDSHAKE = S(HANDSHAKE_DONE) | S(REQUEST_SENT) | S(RESPONSE_SENT),
    BEFORE_ANSWER = S(HANDSHAKE_DONE) | S(REQUEST_SENT),
    UNANSWERED = BEFORE_ANSWER | S(CLOSING), /* the client can close its side after its request */
    CONNECTING = S(SYN_SENT) | S(HALF_OPEN),
    ANY_STAGE = ~0u,
};

enum {
#define CAUSE(row, ...) ROW_##row,
#include "core/verdict/causes/all.def"
#undef CAUSE
    ROWS
};

_Static_assert((int)ROWS <= (int)TCPRST_CAUSES_MAX, "raise TCPRST_CAUSES_MAX");

/* A program that tries other weights (tests/measure) compiles its own copy of the table, which it
 * can change. */
#ifndef TCPRST_CAUSES_QUALIFIER
#define TCPRST_CAUSES_QUALIFIER const
#endif

static TCPRST_CAUSES_QUALIFIER struct tcprst_cause causes[ROWS]; /* PARENT() points into it */
#define PARENT(row) &causes[ROW_##row]

static TCPRST_CAUSES_QUALIFIER struct tcprst_cause causes[ROWS] = {
#define CAUSE(row, ...) [ROW_##row] = {__VA_ARGS__},
#include "core/verdict/causes/all.def"
#undef CAUSE
};

const struct tcprst_cause *tcprst_cause_at(unsigned row) {
    return row < G_N_ELEMENTS(causes) ? &causes[row] : NULL;
}

unsigned tcprst_cause_count(void) {
    return G_N_ELEMENTS(causes);
}

const struct tcprst_cause *tcprst_cause_undetermined(void) {
    return &causes[ROW_undetermined];
}

const struct tcprst_cause *tcprst_cause_forged(void) {
    return &causes[ROW_forged];
}

const char *tcprst_severity_name(enum tcprst_severity severity) {
    static const char *const names[] = {"chat", "note", "warn"};
    return names[severity];
}

static int own_weight(const struct tcprst_cause *cause, enum tcprst_evidence evidence) {
    for (const struct tcprst_weight *w = cause->weights; w->decibans; w++)
        if (w->evidence == evidence)
            return w->decibans;
    return 0;
}

int tcprst_cause_weight(const struct tcprst_cause *cause, enum tcprst_evidence evidence) {
    return own_weight(cause, evidence) + (cause->parent ? own_weight(cause->parent, evidence) : 0);
}

bool tcprst_cause_is_lifted(const struct tcprst_cause *cause, const struct tcprst_seen *seen) {
    return tcprst_seen_any(seen, cause->lifted_by) ||
           (*cause->lifted_by_all && tcprst_seen_all(seen, cause->lifted_by_all));
}

const struct tcprst_cause *tcprst_cause_named(const char *name) {
    for (unsigned i = 0; i < G_N_ELEMENTS(causes); i++)
        if (strcmp(causes[i].name, name) == 0)
            return &causes[i];
    return NULL;
}
