/* test_verdict.c - every cause is the verdict of some story, and no story gets one that it must not
 * get
 *
 * Verdicts are compared by name and certainty only, so that weights can be tuned.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "verdict_rows.h"

static const struct rows *const tables[] = {
    &verdicts_connecting, &verdicts_open,    &verdicts_elsewhere, &verdicts_neighbours,
    &verdicts_negative,   &verdicts_content, &verdicts_stated,    &verdicts_weights_connecting,
    &verdicts_weights,    &verdicts_weights_ending, &verdicts_world, &verdicts_reports,
    &verdicts_closings, &verdicts_repeats,
};

static void test_rows(gconstpointer rows) {
    const struct rows *table = rows;
    check_stories(table->stories, table->count);
}

static bool is_named(const char *cause) {
    for (unsigned t = 0; t < G_N_ELEMENTS(tables); t++)
        for (unsigned i = 0; i < tables[t]->count; i++)
            if (g_strcmp0(tables[t]->stories[i].cause, cause) == 0)
                return true;
    return false;
}

/* `undetermined` is left for the others; of causes of silences: test_silence.c. */
static void test_none_is_missing(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const char *name = tcprst_cause_at(i)->name;
        if (is_named(name) || tcprst_cause_at(i)->is_of_silence)
            continue;
        g_printerr("%s: no conversation is called that\n", name);
        g_test_fail();
    }
}

static void test_certainty(void) {
    g_assert_cmpstr(tcprst_certainty(100), ==, "high");
    g_assert_cmpstr(tcprst_certainty(90), ==, "high");
    g_assert_cmpstr(tcprst_certainty(89), ==, "likely");
    g_assert_cmpstr(tcprst_certainty(60), ==, "likely");
    g_assert_cmpstr(tcprst_certainty(59), ==, "possible");
    g_assert_cmpstr(tcprst_certainty(1), ==, "possible");
}

static struct tcprst_opinion opinion(const char *cause, unsigned confidence) {
    return (struct tcprst_opinion){tcprst_cause_named(cause), confidence};
}

static void test_tie(void) {
    const char *names[2];
    struct tcprst_verdict v = {.best = opinion("undetermined", 40), .alternatives = 2,
                               .alternative = {opinion("app-abort", 31),
                                               opinion("reset-as-close", 28)}};
    g_assert_true(tcprst_verdict_tie(&v, names));
    g_assert_cmpstr(names[0], ==, "app-abort");
    g_assert_cmpstr(names[1], ==, "reset-as-close");
    v.alternative[1].confidence = 20;
    g_assert_false(tcprst_verdict_tie(&v, names)); /* one is likelier */
    v = (struct tcprst_verdict){.best = opinion("app-abort", 48), .alternatives = 2,
                                .alternative = {opinion("reset-as-close", 45),
                                                opinion("undetermined", 7)}};
    g_assert_true(tcprst_verdict_tie(&v, names));
    v.alternative[1] = opinion("client-abort", 43);
    g_assert_false(tcprst_verdict_tie(&v, names)); /* a third */
    v = (struct tcprst_verdict){.best = opinion("undetermined", 50), .alternatives = 1,
                                .alternative = {opinion("app-abort", 50)}};
    g_assert_false(tcprst_verdict_tie(&v, names));
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        char *path = g_strdup_printf("/verdict/%s", tables[i]->name);
        g_test_add_data_func(path, tables[i], test_rows);
        g_free(path);
    }
    g_test_add_func("/verdict/none-is-missing", test_none_is_missing);
    g_test_add_func("/verdict/certainty", test_certainty);
    g_test_add_func("/verdict/tie", test_tie);
    return g_test_run();
}
