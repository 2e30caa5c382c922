/* cause.h - what evidence can mean: the table of causes
 *
 * A cause is one row in causes/; filter value, expert entry, text and weights come from there.
 * Weights and priors are decibans: +10 makes a cause ten times likelier against the others, +3
 * twice.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_VERDICT_CAUSE_H
#define TCPRST_VERDICT_CAUSE_H

#include "core/evidence/evidence.h"

/* Values of Wireshark's expert severities, in their order. */
enum tcprst_severity { TCPRST_CHAT, TCPRST_NOTE, TCPRST_WARN };

/* Who sent the reset, if the cause is right. */
enum tcprst_sender {
    TCPRST_SENDER_NAMED,   /* the side in whose name it came */
    TCPRST_SENDER_THIRD,   /* another box */
    /* another box, or a packet filter on that side's host if the TTL is its own */
    TCPRST_SENDER_FIREWALL,
    TCPRST_SENDER_DEVICE,   /* another box, or that side's TCP if the TTL is its own */
    TCPRST_SENDER_UNKNOWN,
};

struct tcprst_weight {
    enum tcprst_evidence evidence;
    int decibans; /* 0 ends the list */
};

enum { TCPRST_CAUSES_MAX = 64, TCPRST_WEIGHTS_MAX = 80, TCPRST_TITLE_MAX = 40 };
enum { TCPRST_LIST_MAX = 16 };

/* `because` and `next_step` are in the language of output/explanation.h.
 *
 * A cause with a parent refines it, and inherits the parent's score: its prior and weights are
 * added to that, so they only contain what distinguishes the two, and the refinement is likelier
 * than its parent by itself if their sum is above 0.  Of a group, the strongest counts within each
 * of both rows.
 *
 * Nothing else is inherited.  When a cause is possible is written in its own row, because a
 * refinement can be possible where its parent is not: a process also ends with connections that it
 * had answered, which are never app-reject. */
struct tcprst_cause {
    const char *name;
    const char *title;  /* at most TCPRST_TITLE_MAX characters, no full stop */
    const char *because;
    const char *next_step;
    const char *source;
    /* the broader cause that this one refines, or NULL; has none itself */
    const struct tcprst_cause *parent;
    /* of a failure without a reset, else of a reset; one of each can have the same name */
    bool is_of_silence;
    bool may_be_host_down; /* then it is one failure at all ports of the host */
    enum tcprst_severity severity;
    /* nobody has to care unless one of these was seen; none: severity chat is harmless alone */
    enum tcprst_evidence harmless_unless[TCPRST_LIST_MAX];
    bool is_security;
    bool is_probe;      /* the client only asked whether the port is open */
    enum tcprst_sender sender;
    unsigned stages;    /* set of 1 << enum tcprst_stage */
    unsigned from;      /* set of 1 << enum tcprst_role */
    enum tcprst_evidence needs[TCPRST_LIST_MAX]; /* lists end with TCPRST_NO_EVIDENCE */
    enum tcprst_evidence needs_any[TCPRST_LIST_MAX];
    bool or_any_sign;   /* any evidence that the named host did not send it fulfils needs_any */
    enum tcprst_evidence excludes[TCPRST_LIST_MAX];
    enum tcprst_evidence unless[TCPRST_LIST_MAX]; /* any of these takes that back */
    int prior;          /* before any evidence; of a refinement, against its parent */
    int ceiling;        /* upper limit in percent ... 0: none */
    enum tcprst_evidence lifted_by[TCPRST_LIST_MAX]; /* ... unless one of these was seen ... */
    enum tcprst_evidence lifted_by_all[TCPRST_LIST_MAX]; /* ... or all of these, if there are any */
    struct tcprst_weight weights[TCPRST_WEIGHTS_MAX];
};

/* The causes in a stable order. */
const struct tcprst_cause *tcprst_cause_at(unsigned row); /* NULL after the last one */
unsigned tcprst_cause_count(void);

/* Its place in that order. */
static inline unsigned tcprst_cause_row(const struct tcprst_cause *cause) {
    return (unsigned)(cause - tcprst_cause_at(0));
}

/* The last one: none of the others fits well enough. */
const struct tcprst_cause *tcprst_cause_undetermined(void);

/* The one whose weights say how strong a sign is that the named host did not send the reset. */
const struct tcprst_cause *tcprst_cause_forged(void);

/* Name of a severity: "chat", "note" or "warn". */
const char *tcprst_severity_name(enum tcprst_severity severity);

/* Decibans that a piece of evidence adds to a cause, including those from its parent; 0 if none. */
int tcprst_cause_weight(const struct tcprst_cause *cause, enum tcprst_evidence evidence);

/* True if what was seen lifts the cause's upper limit. */
bool tcprst_cause_is_lifted(const struct tcprst_cause *cause, const struct tcprst_seen *seen);

/* NULL if there is none of that name. */
const struct tcprst_cause *tcprst_cause_named(const char *name);

#endif
