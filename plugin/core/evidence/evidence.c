/* evidence.c - the list of evidence, and which of it a reset shows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/evidence.h"

#include <string.h>

enum { AT_ONCE, LATER };

static const struct {
    const char *identifier;
    size_t length; /* of the identifier */
    const char *sentence;
    bool (*saw)(const struct tcprst_view *, char *);
    enum tcprst_evidence leader;
    enum tcprst_origin origin;
    bool may_change;
} table[] = {
#define EVIDENCE(name, leader, when, origin, sentence)                                           \
    [TCPRST_EVIDENCE_##name] = {#name, sizeof #name - 1, sentence, tcprst_saw_##name,            \
                                TCPRST_EVIDENCE_##leader, TCPRST_##origin, (when) == LATER},
#include "core/evidence/evidence.def"
#undef EVIDENCE
};

/* All evidence that shows something about the origin. */
static const enum tcprst_evidence signs[] = {
#define SIGN_ANYONE(name)
#define SIGN_NOT_ITS_TCP(name) TCPRST_EVIDENCE_##name,
#define SIGN_ELSEWHERE(name) TCPRST_EVIDENCE_##name,
#define EVIDENCE(name, leader, when, origin, sentence) SIGN_##origin(name)
#include "core/evidence/evidence.def"
#undef EVIDENCE
};

/* What a silence has in common with a reset. */
static const enum tcprst_evidence shared[] = {
#define EVIDENCE(name, leader, when, origin, sentence)
#define FOR_BOTH(name, leader, when, origin, sentence) TCPRST_EVIDENCE_##name,
#include "core/evidence/evidence.def"
#undef EVIDENCE
};

static bool is_of_silence(enum tcprst_evidence evidence) {
    for (unsigned i = 0; i < G_N_ELEMENTS(shared); i++)
        if (shared[i] == evidence)
            return true;
    return evidence >= TCPRST_EVIDENCE_OF_SILENCE;
}

struct tcprst_seen tcprst_evidence_seen(const struct tcprst_view *view) {
    struct tcprst_seen seen = {{false}};
    const bool is_silence = view->event->silence;
    const unsigned first = is_silence ? TCPRST_EVIDENCE_OF_SILENCE : TCPRST_NO_EVIDENCE + 1,
                   end = is_silence ? TCPRST_EVIDENCE_END : TCPRST_EVIDENCE_OF_SILENCE;
    for (unsigned i = first; i < end; i++)
        seen.is[i] = table[i].saw(view, NULL);
    for (unsigned i = 0; is_silence && i < G_N_ELEMENTS(shared); i++)
        seen.is[shared[i]] = table[shared[i]].saw(view, NULL);
    return seen;
}

bool tcprst_seen_all(const struct tcprst_seen *seen, const enum tcprst_evidence *list) {
    while (*list && seen->is[*list])
        list++;
    return !*list;
}

bool tcprst_seen_any(const struct tcprst_seen *seen, const enum tcprst_evidence *list) {
    while (*list && !seen->is[*list])
        list++;
    return *list;
}

/* Makes "1 byte" of "1 bytes".  Not to be called with words that a packet holds. */
static void make_singular(char *value) {
    static const char *const words[] = {" bytes", " times", " connections", " segments", " gaps",
                                        " clients"};
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        const size_t length = strlen(words[i]);
        for (char *at = strstr(value, words[i]); at; at = strstr(at + 1, words[i]))
            if (at > value && at[-1] == '1' &&
                (at == value + 1 || at[-2] == ' ' || at[-2] == '('))
                memmove(at + length - 1, at + length, strlen(at + length) + 1);
    }
}

void tcprst_evidence_value(const struct tcprst_view *view, enum tcprst_evidence evidence,
                           char value[TCPRST_VALUE_SIZE]) {
    value[0] = '\0';
    if (view->event->silence ? is_of_silence(evidence) : evidence < TCPRST_EVIDENCE_OF_SILENCE)
        table[evidence].saw(view, value);
    if (tcprst_evidence_leader(evidence) != TCPRST_EVIDENCE_rst_states_reason)
        make_singular(value);
}

void tcprst_evidence_name(enum tcprst_evidence evidence, char name[TCPRST_NAME_SIZE]) {
    g_strlcpy(name, table[evidence].identifier, TCPRST_NAME_SIZE);
    g_strdelimit(name, "_", '-');
}

enum tcprst_evidence tcprst_evidence_named(const char *name, size_t length) {
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++)
        if (table[i].length == length && memcmp(table[i].identifier, name, length) == 0)
            return (enum tcprst_evidence)i;
    return TCPRST_NO_EVIDENCE;
}

const char *tcprst_evidence_sentence(enum tcprst_evidence evidence) {
    return table[evidence].sentence;
}

enum tcprst_evidence tcprst_evidence_leader(enum tcprst_evidence evidence) {
    return table[evidence].leader;
}

bool tcprst_evidence_may_change(enum tcprst_evidence evidence) {
    return table[evidence].may_change;
}

enum tcprst_origin tcprst_evidence_origin(enum tcprst_evidence evidence) {
    return table[evidence].origin;
}

enum tcprst_origin tcprst_seen_origin(const struct tcprst_seen *seen) {
    enum tcprst_origin origin = TCPRST_ANYONE;
    for (unsigned i = 0; i < G_N_ELEMENTS(signs); i++)
        if (seen->is[signs[i]])
            origin = MAX(origin, table[signs[i]].origin);
    return origin;
}

const struct tcprst_run *tcprst_view_run(const struct tcprst_view *view) {
    const struct tcprst_event *e = view->event;
    return tcprst_endpoint_run_at(e->connection->endpoint, TCPRST_RESET_EARLY, e->frame);
}
