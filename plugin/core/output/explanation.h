/* explanation.h - the small language of the texts in causes/
 *
 * {fact}            what is known of the event, of explanation_facts.c and
 *                   explanation_silence.c; nothing if it is not known
 * {value:evidence}  the measured value of a piece of evidence
 * {list:a|b|c}      the sentences of those pieces of evidence that were seen, with their values
 * {?a|b:words}      the words if any of these is so
 * {!a|b:words}      the words if none of them is so
 *
 * A condition names evidence, a stage of the connection, or a fact that is known.  Words can hold
 * all of these again.  Evidence is named as in evidence.def.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_EXPLANATION_H
#define TCPRST_OUTPUT_EXPLANATION_H

#include "core/verdict/verdict.h"

/* What a text is filled in from, and into. */
struct tcprst_explained {
    struct tcprst_view view;
    const struct tcprst_verdict *verdict;
    GString *out;
};

enum { TCPRST_UNLESS_MAX = 4 };

struct tcprst_fact {
    const char *name;
    size_t length; /* of the name */
    /* adds the fact; false, and nothing added, if the event has no such fact */
    bool (*add)(const struct tcprst_explained *t);
    /* it is not known if one of these was seen, which says more; ends with TCPRST_NO_EVIDENCE */
    enum tcprst_evidence unless[TCPRST_UNLESS_MAX];
};

/* The fact of that name, which has so many characters; NULL if there is none. */
const struct tcprst_fact *tcprst_fact_named(const char *name, size_t length);

/* The sentences of what was seen of a list, each with its value, at most so many, and one of a
 * group; returns how many. */
unsigned tcprst_add_sentences(const struct tcprst_explained *t, const enum tcprst_evidence *list,
                              unsigned most);

/* A cause's text, filled in with what is known of the event; to be freed with g_free. */
char *tcprst_text(const char *text, const struct tcprst_capture *capture,
                  const struct tcprst_event *event, const struct tcprst_verdict *verdict);

/* What is wrong with a text of causes/: a name that nobody knows, a brace without its partner.
 * NULL if nothing is; else to be freed with g_free. */
char *tcprst_text_fault(const char *text);

#endif
