/* test_evidence.c - every piece of evidence has a conversation that shows it and one that lacks it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "evidence_rows.h"

static const struct rows *const tables[] = {
    &evidence_of_numbers,  &evidence_of_form,   &evidence_of_place,   &evidence_of_handshake,
    &evidence_of_exchange, &evidence_of_habits, &evidence_of_history, &evidence_of_site,
    &evidence_of_listener, &evidence_of_displacement, &evidence_of_patience, &evidence_of_request,
    &evidence_of_protocol,
    &evidence_of_last_words, &evidence_of_lengths, &evidence_of_statements, &evidence_of_connecting,
    &evidence_of_points, &evidence_of_world, &evidence_of_reports,
    &evidence_of_closings, &evidence_of_repeats, &evidence_of_framing,
};

static void test_rows(gconstpointer rows) {
    const struct rows *table = rows;
    check_stories(table->stories, table->count);
}

static void test_rows_everywhere(gconstpointer rows) {
    const struct rows *table = rows;
    check_evidence_everywhere(table->stories, table->count);
}

static void expect(bool holds, const char *name, const char *what) {
    if (holds)
        return;
    g_printerr("%s: %s\n", name, what);
    g_test_fail();
}

/* Of those of silences: test_silence.c. */
static void test_none_is_missing(void) {
    for (unsigned e = 1; e < TCPRST_EVIDENCE_OF_SILENCE; e++) {
        char name[TCPRST_NAME_SIZE];
        bool shown = false, lacked = false;
        tcprst_evidence_name(e, name);
        for (unsigned t = 0; t < G_N_ELEMENTS(tables); t++)
            for (unsigned i = 0; i < tables[t]->count; i++) {
                shown |= list_has(tables[t]->stories[i].shows, name);
                lacked |= list_has(tables[t]->stories[i].lacks, name);
            }
        expect(shown, name, "no story in tests/unit/evidence_*_rows.c shows it");
        expect(lacked, name, "no story in tests/unit/evidence_*_rows.c lacks it");
    }
}

/* Evidence that no capture at that point can show, or no story there: networks clear the DSCP on the way, and next to
 * the host that refuses there is no leg to compare with. */
static const struct { const char *name, *points; } never_there[] = {
    {"tos-not-copied", "between"},
    {"rst-sooner-than-host", "server"},
    {"rst-not-at-receiver", "server between"},
    {"peer-repeats-lost", "server between"},
};

static bool can_be_there(const char *name, const char *point) {
    for (unsigned i = 0; i < G_N_ELEMENTS(never_there); i++)
        if (strcmp(name, never_there[i].name) == 0 && list_has(never_there[i].points, point))
            return false;
    return true;
}

static void expect_at(const char *name, const char *point) {
    bool shown = false, lacked = false;
    for (unsigned t = 0; t < G_N_ELEMENTS(tables); t++)
        for (unsigned i = 0; i < tables[t]->count; i++) {
            const struct story *story = &tables[t]->stories[i];
            bool is_there = !list_has(story->not_at, point);
            shown |= is_there && list_has(story->shows, name);
            lacked |= is_there && list_has(story->lacks, name);
        }
    char *where = g_strdup_printf("%s, captured %s", name, point);
    expect(shown == can_be_there(name, point), where,
           shown ? "there is a row after all" : "no row shows it");
    expect(lacked, where, "no story in tests/unit/evidence_*_rows.c lacks it");
    g_free(where);
}

static void test_none_is_missing_anywhere(void) {
    for (unsigned e = 1; e < TCPRST_EVIDENCE_OF_SILENCE; e++) {
        char name[TCPRST_NAME_SIZE];
        tcprst_evidence_name(e, name);
        for (enum tcprst_point at = TCPRST_POINT_CLIENT; at <= TCPRST_POINT_BETWEEN; at++)
            expect_at(name, tcprst_point_name(at));
    }
}

static bool is_kebab_case(const char *name) {
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length && !name[length] && g_ascii_isalpha(*name) && name[length - 1] != '-' &&
    !strstr(name, "--");
}

static void test_names(void) {
    for (unsigned e = 1; e < TCPRST_EVIDENCE_END; e++) {
        char name[TCPRST_NAME_SIZE], other[TCPRST_NAME_SIZE];
        tcprst_evidence_name(e, name);
        const char *sentence = tcprst_evidence_sentence(e);
        expect(is_kebab_case(name), name, "is not kebab-case");
        expect(strlen(name) + 1 < TCPRST_NAME_SIZE, name, "is as long as its buffer: perhaps cut");
        expect(g_ascii_isupper(*sentence), name, "its sentence does not begin with a capital");
        expect(!g_str_has_suffix(sentence, "."), name, "its sentence ends with a full stop");
        for (unsigned o = 1; o < e; o++) {
            tcprst_evidence_name(o, other);
            expect(strcmp(name, other) != 0, name, "is there twice");
            expect(strcmp(sentence, tcprst_evidence_sentence(o)) != 0, name,
                   "says what another one says");
        }
    }
}

/* The members of a group follow its leader. */
static void test_leaders(void) {
    for (unsigned e = 1; e < TCPRST_EVIDENCE_END; e++) {
        char name[TCPRST_NAME_SIZE];
        enum tcprst_evidence leader = tcprst_evidence_leader(e);
        tcprst_evidence_name(e, name);
        expect(tcprst_evidence_leader(leader) == leader, name, "its leader has another leader");
        expect(leader <= e, name, "stands above its leader");
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        char *path = g_strdup_printf("/evidence/%s", tables[i]->name);
        g_test_add_data_func(path, tables[i], test_rows);
        g_free(path);
        path = g_strdup_printf("/evidence-everywhere/%s", tables[i]->name);
        g_test_add_data_func(path, tables[i], test_rows_everywhere);
        g_free(path);
    }
    g_test_add_func("/evidence/none-is-missing", test_none_is_missing);
    g_test_add_func("/evidence/none-is-missing-anywhere", test_none_is_missing_anywhere);
    g_test_add_func("/evidence/names", test_names);
    g_test_add_func("/evidence/leaders", test_leaders);
    return g_test_run();
}
