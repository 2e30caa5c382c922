/* evidence.h - facts seen in packets, each with its measured value
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_EVIDENCE_EVIDENCE_H
#define TCPRST_EVIDENCE_EVIDENCE_H

#include "core/capture/capture.h"

enum tcprst_evidence {
    TCPRST_NO_EVIDENCE, /* ends a list */
#define EVIDENCE(name, leader, when, origin, sentence) TCPRST_EVIDENCE_##name,
#include "core/evidence/evidence.def"
#undef EVIDENCE
    TCPRST_EVIDENCE_END, /* the last one + 1 */
    /* from here on they are of silences (silence.def) */
    TCPRST_EVIDENCE_OF_SILENCE = TCPRST_EVIDENCE_syn_unanswered
};

/* What was seen of one reset or silence; index: enum tcprst_evidence. */
struct tcprst_seen {
    bool is[TCPRST_EVIDENCE_END];
};

/* Whether a reset came from the host that it names, as far as evidence shows; see evidence.def. */
enum tcprst_origin { TCPRST_ANYONE, TCPRST_NOT_ITS_TCP, TCPRST_ELSEWHERE };

/* What predicates look at: the event, its connection as it is now, and its neighbours. */
struct tcprst_view {
    const struct tcprst_capture *capture;
    const struct tcprst_event *event;
};

enum { TCPRST_VALUE_SIZE = 96, TCPRST_NAME_SIZE = 32 };

/* All evidence present, by what the capture has shown so far. */
struct tcprst_seen tcprst_evidence_seen(const struct tcprst_view *view);

/* Whether all, or any, of a list were seen; of an empty list all are, and none is. */
bool tcprst_seen_all(const struct tcprst_seen *seen, const enum tcprst_evidence *list);
bool tcprst_seen_any(const struct tcprst_seen *seen, const enum tcprst_evidence *list);

/* The measured value of a piece of evidence that was seen, e.g. "frame 2"; "" if the sentence needs
 * none. */
void tcprst_evidence_value(const struct tcprst_view *view, enum tcprst_evidence evidence,
                           char value[TCPRST_VALUE_SIZE]);

/* Stable kebab-case name. */
void tcprst_evidence_name(enum tcprst_evidence evidence, char name[TCPRST_NAME_SIZE]);

/* The evidence of that name, written as in evidence.def, which has so many characters;
 * TCPRST_NO_EVIDENCE if there is none. */
enum tcprst_evidence tcprst_evidence_named(const char *name, size_t length);

/* The columns of evidence.def. */
const char *tcprst_evidence_sentence(enum tcprst_evidence evidence);
enum tcprst_evidence tcprst_evidence_leader(enum tcprst_evidence evidence);
bool tcprst_evidence_may_change(enum tcprst_evidence evidence);
enum tcprst_origin tcprst_evidence_origin(enum tcprst_evidence evidence);

/* The strongest origin that any seen evidence shows. */
enum tcprst_origin tcprst_seen_origin(const struct tcprst_seen *seen);

/* The run of connections reset early that this event is part of; NULL if it is in none.  Valid as
 * long as the endpoint's next outcome is not counted. */
const struct tcprst_run *tcprst_view_run(const struct tcprst_view *view);

/* The client's request has a server name for which nobody got an answer, and requests to the host
 * with other names were answered. */
bool tcprst_view_name_is_unserved(const struct tcprst_view *view);

/* The predicates.  If true, and `value` is not NULL, they write the measured value there. */
#define EVIDENCE(name, leader, when, origin, sentence) \
    bool tcprst_saw_##name(const struct tcprst_view *, char *value);
#include "core/evidence/evidence.def"
#undef EVIDENCE

#endif
