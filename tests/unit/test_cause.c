/* test_cause.c - the table of causes is consistent, and so are its texts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/verdict/limits.h"
#include "story.h"

static void expect(bool holds, const char *name, const char *what) {
    if (holds)
        return;
    g_printerr("%s: %s\n", name, what);
    g_test_fail();
}

static bool is_kebab_case(const char *name) {
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length && !name[length] && g_ascii_isalpha(*name) && name[length - 1] != '-' &&
    !strstr(name, "--");
}

/* A condition at the end holds whole sentences, and so do the facts that end a text. */
static bool ends_a_sentence(const char *text) {
    return g_str_has_suffix(text, ".") || g_str_has_suffix(text, "?") ||
           g_str_has_suffix(text, ".}") || g_str_has_suffix(text, ".}}");
}

static void test_names(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        expect(is_kebab_case(cause->name), cause->name, "is not kebab-case");
        expect(tcprst_cause_named(cause->name) == cause || cause->is_of_silence, cause->name,
               "is there twice");
        for (unsigned j = 0; j < i; j++)
            expect(strcmp(tcprst_cause_at(j)->title, cause->title) != 0, cause->name,
                   "has another cause's title");
    }
    g_assert_null(tcprst_cause_at(tcprst_cause_count()));
    g_assert_null(tcprst_cause_named("no-such-cause"));
    g_assert_cmpstr(tcprst_cause_at(tcprst_cause_count() - 1)->name, ==, "undetermined");
}

static void test_words(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        glong title = g_utf8_strlen(cause->title, -1);
        expect(title > 0 && title <= TCPRST_TITLE_MAX, cause->name,
               "the title is longer than a column");
        expect(!g_str_has_suffix(cause->title, "."), cause->name,
               "the title ends with a full stop");
        expect(ends_a_sentence(cause->because), cause->name, "`because` is no sentence");
        expect(ends_a_sentence(cause->next_step), cause->name, "`next_step` is no sentence");
        expect(cause->source && *cause->source, cause->name, "has no source");
        expect(!strstr(cause->because, "  ") && !strstr(cause->next_step, "  "), cause->name,
               "has two blanks");
    }
}

/* Where a command is of Linux only, the text says so, or names one for Windows. */
static void test_next_steps_name_the_system(void) {
    static const char *const linux_tools[] = {"nstat", "`ss ", "nft ", "conntrack", "journalctl"};
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        bool names_system =
            strstr(cause->next_step, "Windows") || strstr(cause->next_step, "Linux");
        for (unsigned k = 0; k < G_N_ELEMENTS(linux_tools); k++)
            expect(names_system || !strstr(cause->next_step, linux_tools[k]), cause->name,
                   linux_tools[k]);
    }
}

/* A sentence about a frame does not begin with its number. */
static void test_sentences_begin_well(void) {
    static const char *const frames[] = {"{rst}", "{syn}",     "{synack}",
                                         "{ack}", "{trigger}", "{peer_last}"};
    for (unsigned i = 0; i < tcprst_cause_count(); i++)
        for (unsigned k = 0; k < G_N_ELEMENTS(frames); k++)
            expect(!g_str_has_prefix(tcprst_cause_at(i)->because, frames[k]),
                   tcprst_cause_at(i)->name, "`because` begins with a small letter");
}

static void test_parents(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        if (!cause->parent)
            continue;
        const struct tcprst_cause *parent = cause->parent;
        expect(!parent->parent, cause->name, "its parent has a parent");
        expect(cause->stages & parent->stages, cause->name,
               "its parent is never possible when it is");
        expect(cause->from & parent->from, cause->name, "its parent is about the other side");
    }
}

static unsigned times_weighed(const struct tcprst_cause *cause, enum tcprst_evidence evidence) {
    unsigned times = 0;
    for (const struct tcprst_weight *w = cause->weights; w->decibans; w++)
        times += w->evidence == evidence;
    return times;
}

static bool list_names(const enum tcprst_evidence *list, enum tcprst_evidence evidence) {
    while (*list && *list != evidence)
        list++;
    return *list;
}

static bool list_shares(const enum tcprst_evidence *list, const enum tcprst_evidence *other) {
    while (*other && !list_names(list, *other))
        other++;
    return *other;
}

static void test_weights(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        expect(!cause->weights[TCPRST_WEIGHTS_MAX - 1].decibans, cause->name,
               "the list of weights has no end");
        expect(cause->stages && cause->from, cause->name, "is never possible");
        expect(!list_shares(cause->excludes, cause->needs) &&
                   !list_shares(cause->excludes, cause->needs_any),
               cause->name, "needs what it excludes");
        expect(*cause->excludes || !*cause->unless, cause->name, "takes back what it does not exclude");
        expect(!cause->needs[TCPRST_LIST_MAX - 1] && !cause->needs_any[TCPRST_LIST_MAX - 1] &&
                   !cause->excludes[TCPRST_LIST_MAX - 1] && !cause->unless[TCPRST_LIST_MAX - 1] &&
                   !cause->lifted_by[TCPRST_LIST_MAX - 1] &&
                   !cause->lifted_by_all[TCPRST_LIST_MAX - 1] &&
                   !cause->harmless_unless[TCPRST_LIST_MAX - 1],
               cause->name, "a list of evidence has no end");
        expect(cause->ceiling >= 0 && cause->ceiling <= 100, cause->name,
               "the ceiling is no percentage");
        expect(cause->ceiling || (!*cause->lifted_by && !*cause->lifted_by_all), cause->name,
               "lifts a ceiling that it has not");
        for (unsigned e = 1; e < TCPRST_EVIDENCE_END; e++) {
            char what[64], name[TCPRST_NAME_SIZE];
            tcprst_evidence_name(e, name);
            g_snprintf(what, sizeof what, "weighs %s twice", name);
            expect(times_weighed(cause, e) <= 1, cause->name, what);
            g_snprintf(what, sizeof what, "weighs %s, which excludes it", name);
            expect(!times_weighed(cause, e) || !list_names(cause->excludes, e), cause->name, what);
        }
    }
}

static bool limits_name(enum tcprst_evidence evidence) {
    const struct tcprst_limit *limit;
    for (unsigned i = 0; (limit = tcprst_limit_at(i)) != NULL; i++)
        if (list_names(limit->all, evidence))
            return true;
    return false;
}

static void test_limits(void) {
    const struct tcprst_limit *limit;
    for (unsigned i = 0; (limit = tcprst_limit_at(i)) != NULL; i++) {
        g_assert_cmpint(limit->all[0], !=, TCPRST_NO_EVIDENCE);
        g_assert_cmpint(limit->all[TCPRST_LIMIT_EVIDENCE_MAX - 1], ==, TCPRST_NO_EVIDENCE);
        g_assert_cmpuint(limit->percent, <, 90); /* less than "high" */
    }
}

/* Evidence that no cause and no limit uses is only shown; each such piece is listed here. */
static void test_evidence_is_used(void) {
    static const char told_only[] = "syn-carried-data rst-not-at-receiver syn-changed "
                                    "synack-changed clocks-drift";
    for (unsigned e = 1; e < TCPRST_EVIDENCE_END; e++) {
        char name[TCPRST_NAME_SIZE];
        bool used = limits_name(e);
        tcprst_evidence_name(e, name);
        for (unsigned i = 0; i < tcprst_cause_count(); i++) {
            const struct tcprst_cause *cause = tcprst_cause_at(i);
            used |= times_weighed(cause, e) || list_names(cause->needs, e) ||
                    list_names(cause->needs_any, e) || list_names(cause->excludes, e) ||
                    list_names(cause->harmless_unless, e) ||
                    list_names(cause->lifted_by, e) || list_names(cause->lifted_by_all, e);
        }
        expect(used || list_has(told_only, name), name, "no cause uses it");
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cause/names", test_names);
    g_test_add_func("/cause/words", test_words);
    g_test_add_func("/cause/next-steps-name-the-system", test_next_steps_name_the_system);
    g_test_add_func("/cause/sentences-begin-well", test_sentences_begin_well);
    g_test_add_func("/cause/parents", test_parents);
    g_test_add_func("/cause/weights", test_weights);
    g_test_add_func("/cause/limits", test_limits);
    g_test_add_func("/cause/evidence-is-used", test_evidence_is_used);
    return g_test_run();
}
