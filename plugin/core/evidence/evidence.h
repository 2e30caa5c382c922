/* evidence.h - facts seen in packets, each with its measured value
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_EVIDENCE_EVIDENCE_H
#define TCPRST_EVIDENCE_EVIDENCE_H

#include "core/capture/capture.h"

enum tcprst_evidence {
    TCPRST_NO_EVIDENCE, /* ends a list */
#define EVIDENCE(name, group, sentence) TCPRST_EVIDENCE_##name,
#include "core/evidence/evidence.def"
#undef EVIDENCE
    TCPRST_EVIDENCE_END /* the last one + 1 */
};

/* What was seen of one reset; index: enum tcprst_evidence. */
struct tcprst_seen {
    bool is[TCPRST_EVIDENCE_END];
};

/* What predicates look at: the event, its connection as it is by now, and its neighbours. */
struct tcprst_view {
    const struct tcprst_capture *capture;
    const struct tcprst_event *event;
};

enum { TCPRST_VALUE_SIZE = 96, TCPRST_NAME_SIZE = 32, TCPRST_EVIDENCE_GROUPS_MAX = 96 };

/* All evidence present, by what the capture has shown so far. */
struct tcprst_seen tcprst_evidence_seen(const struct tcprst_view *view);

/* Whether all, or any, of a list were seen; of an empty list all are, and none is. */
bool tcprst_seen_all(const struct tcprst_seen *seen, const enum tcprst_evidence *list);
bool tcprst_seen_any(const struct tcprst_seen *seen, const enum tcprst_evidence *list);

/* The measured value of a piece of evidence that is present, e.g. "frame 2"; "" if the sentence says
 * it all. */
void tcprst_evidence_value(const struct tcprst_view *view, enum tcprst_evidence evidence,
                           char value[TCPRST_VALUE_SIZE]);

/* Stable kebab-case name. */
void tcprst_evidence_name(enum tcprst_evidence evidence, char name[TCPRST_NAME_SIZE]);

/* The evidence of that name, written as in evidence.def, which has so many characters; TCPRST_NO_EVIDENCE
 * if there is none. */
enum tcprst_evidence tcprst_evidence_named(const char *name, size_t length);

/* Sentence without full stop, and number of its group. */
const char *tcprst_evidence_sentence(enum tcprst_evidence evidence);
unsigned tcprst_evidence_group(enum tcprst_evidence evidence);

/* The run of connections thrown out that this event is part of; NULL if it is in none. */
const struct tcprst_run *tcprst_view_run(const struct tcprst_view *view);

/* The predicates.  `value` receives the measured value if it is true. */
#define EVIDENCE(name, group, sentence) bool tcprst_saw_##name(const struct tcprst_view *, char *value);
#include "core/evidence/evidence.def"
#undef EVIDENCE

#endif
