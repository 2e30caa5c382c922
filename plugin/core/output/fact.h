/* fact.h - how the facts of explanation_facts.c and explanation_silence.c are written
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_FACT_H
#define TCPRST_OUTPUT_FACT_H

#include <string.h>

#include "core/output/explanation.h"

#define SEEN(evidence) TCPRST_EVIDENCE_##evidence
#define ROW(name) {#name, sizeof #name - 1, fact_##name, {TCPRST_NO_EVIDENCE}}
#define ROW_UNLESS(name, ...) {#name, sizeof #name - 1, fact_##name, {__VA_ARGS__}}

/* The fact of that name in a table; NULL if there is none. */
static inline const struct tcprst_fact *find_fact(const struct tcprst_fact *facts, unsigned count,
                                                  const char *name, size_t length) {
    for (unsigned i = 0; i < count; i++)
        if (facts[i].length == length && memcmp(facts[i].name, name, length) == 0)
            return &facts[i];
    return NULL;
}

/* As tcprst_fact_named(), of those that only silences have. */
const struct tcprst_fact *tcprst_silence_fact_named(const char *name, size_t length);

/* A fact, with what it looks at. */
#define FACT(name) \
    static bool add_##name(const struct tcprst_explained *, const struct tcprst_event *, \
                           const struct tcprst_connection *);                                   \
    static bool fact_##name(const struct tcprst_explained *t) { \
        return add_##name(t, t->view.event, t->view.event->before); \
    } \
    static bool add_##name(G_GNUC_UNUSED const struct tcprst_explained *t, \
                           G_GNUC_UNUSED const struct tcprst_event *e, \
                           G_GNUC_UNUSED const struct tcprst_connection *c)

G_GNUC_PRINTF(2, 3)
static inline bool add_text(const struct tcprst_explained *t, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_string_append_vprintf(t->out, format, arguments);
    va_end(arguments);
    return true;
}

#define ADD(...) add_text(t, __VA_ARGS__)

static inline bool add_frame(const struct tcprst_explained *t, uint32_t frame) {
    return frame && ADD("frame %u", frame);
}

static inline bool add_times(const struct tcprst_explained *t, uint32_t times) {
    return times && (times == 1 ? ADD("once") : ADD("%u times", times));
}

static inline bool add_address(const struct tcprst_explained *t,
                               const struct tcprst_connection *c, enum tcprst_role role) {
    tcprst_add_address(t->out, tcprst_address_of(c, role));
    return true;
}

static inline const struct tcprst_side *own_side(const struct tcprst_event *e) {
    return &e->before->side[e->from];
}

static inline const struct tcprst_side *peer_side(const struct tcprst_event *e) {
    return &e->before->side[tcprst_peer_of(e->from)];
}

#endif
