/* report_kinds.c - a problem whose resets have several causes, or several senders
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/output/report_section.h"

struct counts {
    uint32_t of[TCPRST_CAUSES_MAX], causes;
};

static struct counts counts_of(const struct tcprst_problem *problem) {
    struct counts counts = {{0}, 0};
    for (guint i = 0; i < problem->resets->len; i++)
        counts.causes +=
            !counts.of[tcprst_cause_row(tcprst_problem_reset(problem, i)->best.cause)]++;
    return counts;
}

/* In the order in which section_add_mixed() explains them. */
static void add_kinds(GString *line, const struct tcprst_problem *problem) {
    const struct counts counts = counts_of(problem);
    const struct tcprst_cause *causes[TCPRST_CAUSES_MAX];
    const unsigned count = tcprst_problem_causes(problem, causes);
    ADD(line, "%u %s of %u kinds", problem->resets->len,
        problem->silences ? "failures" : "resets", count);
    for (unsigned i = 0; i < count; i++)
        ADD(line, "%s%s (%u %s)", i ? ", " : ": ", causes[i]->title,
            counts.of[tcprst_cause_row(causes[i])], causes[i]->name);
}

void section_add_cause(GString *line, const struct tcprst_problem *problem) {
    if (section_is_mixed(problem)) {
        add_kinds(line, problem);
        return;
    }
    ADD(line, "%s (%s, %s, %u %%)", problem->cause->title, problem->cause->name,
        tcprst_certainty(problem->confidence), problem->confidence);
}

void section_add_causes(GString *line, const struct tcprst_problem *problem) {
    struct counts counts = counts_of(problem);
    unsigned told = 0;
    for (unsigned row = 0; row < tcprst_cause_count(); row++) {
        /* what resets and failures without one can have in common, or both sides of the latter */
        const char *name = tcprst_cause_at(row)->name;
        for (unsigned other = row + 1; other < tcprst_cause_count(); other++)
            if (counts.of[other] && strcmp(tcprst_cause_at(other)->name, name) == 0)
                counts.of[row] += counts.of[other], counts.of[other] = 0;
        if (counts.of[row])
            ADD(line, "%s%u %s", told++ ? ", " : "", counts.of[row], name);
    }
}

/* Of those that the problem is not called by; of a mixed one all. */
static void add_other_causes(const struct section *s) {
    const bool is_mixed = section_is_mixed(s->problem);
    const struct counts counts = counts_of(s->problem);
    if (counts.causes < 2)
        return;
    GString *line = g_string_new(is_mixed ? NULL : "Other ");
    g_string_append(line, s->problem->silences ? "failures:" : "resets:");
    line->str[0] = g_ascii_toupper(line->str[0]);
    unsigned told = 0;
    bool is_told[TCPRST_CAUSES_MAX] = {false};
    is_told[tcprst_cause_row(s->problem->cause)] = !is_mixed;
    for (guint i = 0; i < s->problem->resets->len; i++) {
        const struct tcprst_judged *judged = tcprst_problem_reset(s->problem, i);
        const unsigned row = tcprst_cause_row(judged->best.cause);
        if (!is_told[row]) {
            ADD(line, "%s %u %s (%s ", told++ ? "," : "", counts.of[row],
                judged->best.cause->name, counts.of[row] > 1 ? "first in" : "in");
            section_add_moment_of(s, line, judged->event);
            g_string_append_c(line, ')');
        }
        is_told[row] = true;
    }
    section_put(s, g_string_append_c(line, '.'));
}

/* Where they are several. */
static void add_senders(const struct section *s) {
    static const char *const names[][2] = {{"client", "the client"}, {"server", "the server"},
                                           {"third-party", "another device"},
                                           {"unknown", "not known"}};
    uint32_t counts[G_N_ELEMENTS(names)] = {0};
    unsigned told = 0;
    for (guint i = 0; i < s->problem->resets->len; i++) {
        const struct tcprst_judged *judged = tcprst_problem_reset(s->problem, i);
        for (unsigned j = 0; !judged->event->silence && j < G_N_ELEMENTS(names); j++)
            counts[j] += strcmp(judged->sender, names[j][0]) == 0;
    }
    GString *line = g_string_new("Senders of the resets: ");
    for (unsigned j = 0; j < G_N_ELEMENTS(names); j++)
        if (counts[j])
            ADD(line, "%s%s (%u)", told++ ? ", " : "", names[j][1], counts[j]);
    if (told > 1)
        section_put(s, g_string_append_c(line, '.'));
    else
        g_string_free(line, TRUE);
}

void section_add_kinds(const struct section *s) {
    add_other_causes(s);
    add_senders(s);
}
