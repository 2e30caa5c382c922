/* test_fields.c - the table of fields is consistent
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/output/fields.h"

static void expect(bool holds, unsigned row, const char *what) {
    const struct tcprst_field *field = &tcprst_fields[row];
    if (holds)
        return;
    g_printerr("%s: %s\n", field->filter ? field->filter : field->member, what);
    g_test_fail();
}

static void test_names(void) {
    for (unsigned i = 0; i < TCPRST_FIELD_COUNT; i++) {
        const struct tcprst_field *field = &tcprst_fields[i];
        g_assert_true(field->filter || field->member);
        expect(!field->filter || g_str_has_prefix(field->filter, "tcprst."), i, "lacks the protocol's name");
        for (unsigned j = 0; j < i; j++) {
            const struct tcprst_field *other = &tcprst_fields[j];
            bool together = tcprst_list_name(field->place) == tcprst_list_name(other->place) &&
                            (field->place == TCPRST_PLACE_SERVER) == (other->place == TCPRST_PLACE_SERVER);
            expect(g_strcmp0(field->filter, other->filter) != 0 || !field->filter, i, "is there twice");
            expect(!together || g_strcmp0(field->member, other->member) != 0 || !field->member, i,
                   "has another row's member");
        }
    }
}

/* They are printed into JSON and into a table of Markdown as they are. */
static void test_words(void) {
    for (unsigned i = 0; i < TCPRST_FIELD_COUNT; i++) {
        const struct tcprst_field *field = &tcprst_fields[i];
        expect(field->title[0] && field->blurb[0], i, "lacks its words");
        expect(!strpbrk(field->blurb, "\"\\|\n") && !strpbrk(field->values, "\"\\|\n"), i,
               "has a character that the documents cannot hold");
        expect(!field->values[0] || field->kind == TCPRST_NAME, i, "lists values, but is no name");
    }
}

/* A row that is not adjacent would begin the list again, as a second member of the same name. */
static void test_rows_of_a_list_follow_each_other(void) {
    for (unsigned i = 1; i < TCPRST_FIELD_COUNT; i++)
        for (unsigned j = 0; j + 1 < i && tcprst_list_name(tcprst_fields[i].place); j++)
            expect(tcprst_fields[j].place != tcprst_fields[i].place ||
                       tcprst_fields[i - 1].place == tcprst_fields[i].place,
                   i, "stands apart from its list");
}

int main(int count, char **words) {
    g_test_init(&count, &words, NULL);
    g_test_add_func("/fields/names", test_names);
    g_test_add_func("/fields/words", test_words);
    g_test_add_func("/fields/lists", test_rows_of_a_list_follow_each_other);
    return g_test_run();
}
