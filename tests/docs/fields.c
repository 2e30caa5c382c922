/* fields.c - prints a document anew, with the part of it that the table of fields makes
 *
 * `print_fields schema <docs/json.schema.json`, `print_fields table <docs/filters-and-columns.md`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/fields.h"

#include <stdio.h>
#include <string.h>

enum { LINE_COLUMNS = 110, LINE_SIZE = 4096 };

#define REF(name) "\"$ref\": \"#/$defs/" name "\""

/* What a kind is called in the table, and what it is in the schema. */
static const struct {
    const char *word, *schema;
} kinds[] = {
    [TCPRST_BOOLEAN] = {"boolean", "\"type\": \"boolean\""},
    [TCPRST_PERCENT] = {"number", REF("percent")},
    [TCPRST_UINT16] = {"number", REF("count")},
    [TCPRST_UINT32] = {"number", REF("count")},
    [TCPRST_INT16] = {"signed number", "\"type\": \"integer\""},
    [TCPRST_INT16_OR_NONE] = {"signed number", "\"type\": [\"integer\", \"null\"]"},
    [TCPRST_FRAME] = {"frame", REF("frame_or_null")},
    [TCPRST_ANSWERED_FRAME] = {"frame", REF("frame_or_null")},
    [TCPRST_SECONDS] = {"seconds", REF("seconds")},
    [TCPRST_OFFSET] = {"seconds", "\"type\": [\"number\", \"null\"]"},
    [TCPRST_RATIO] = {"ratio", "\"type\": [\"number\", \"null\"], \"minimum\": 0"},
    [TCPRST_NAME] = {"string", REF("name")},
    [TCPRST_STRING] = {"string", "\"type\": \"string\""},
    [TCPRST_STRING_OR_NONE] = {"string", REF("text_or_null")},
    [TCPRST_PROSE] = {"string", "\"type\": \"string\""},
};

/* --- the schema --- */

struct member {
    const char *name;
    char *schema;
    bool is_optional;
};

static void add(GArray *members, const char *name, char *schema, bool is_optional) {
    const struct member member = {name, schema, is_optional};
    g_array_append_val(members, member);
}

static void add_row(GArray *members, const struct tcprst_field *field) {
    char **values = g_strsplit(field->values, " ", -1);
    char *joined = g_strjoinv("\", \"", values);
    char *type = values[0] ? g_strdup_printf("\"enum\": [\"%s\"]", joined)
                           : g_strdup(kinds[field->kind].schema);
    char *schema = g_strdup_printf("%s, \"description\": \"%s\"", type, field->blurb);
    add(members, field->member, schema, false);
    g_strfreev(values);
    g_free(joined);
    g_free(type);
}

static void add_place(GArray *members, enum tcprst_place place) {
    for (unsigned i = 0; i < TCPRST_FIELD_COUNT; i++)
        if (tcprst_fields[i].member && tcprst_fields[i].place == place)
            add_row(members, &tcprst_fields[i]);
}

/* All but the server's; what stands in lists is a list. */
static void add_event_rows(GArray *members, bool silence) {
    static const char items[] = "\"type\": \"array\", \"items\": { \"$ref\": \"#/$defs/%s_item\" }";
    for (unsigned i = 0; i < TCPRST_FIELD_COUNT; i++) {
        const struct tcprst_field *field = &tcprst_fields[i];
        const char *list = tcprst_list_name(field->place);
        bool begins = !i || field[-1].place != field->place;
        if (!field->member || field->place == TCPRST_PLACE_SERVER || !tcprst_field_applies(field, silence))
            continue;
        if (!list)
            add_row(members, field);
        else if (begins)
            add(members, list, g_strdup_printf(items, list), false);
    }
}

static void print_required(const GArray *members) {
    int column = 0;
    printf("      \"required\": [");
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = &g_array_index(members, struct member, i);
        int length = (int)strlen(member->name) + 4;
        if (member->is_optional)
            continue;
        printf("%s", i ? "," : "");
        if (!column || column + length > LINE_COLUMNS)
            column = printf("\n       ") - 1;
        column += printf(" \"%s\"", member->name);
    }
    printf("\n      ],\n");
}

/* Prints the definition of an object and frees its members. */
static void print_object(const char *name, GArray *members) {
    printf("    \"%s\": {\n      \"type\": \"object\",\n", name);
    print_required(members);
    printf("      \"additionalProperties\": false,\n      \"properties\": {\n");
    for (guint i = 0; i < members->len; i++) {
        const struct member *member = &g_array_index(members, struct member, i);
        printf("%s        \"%s\": { %s }", i ? ",\n" : "", member->name, member->schema);
        g_free(member->schema);
    }
    printf("\n      }\n    },\n");
    g_array_free(members, TRUE);
}

static GArray *members_new(void) {
    return g_array_new(FALSE, FALSE, sizeof(struct member));
}

static void print_place(const char *name, enum tcprst_place place) {
    GArray *members = members_new();
    if (place == TCPRST_PLACE_SERVER) {
        add(members, "address", g_strdup(REF("address")), false);
        add(members, "port", g_strdup(REF("port")), false);
    }
    add_place(members, place);
    print_object(name, members);
}

static void print_event(bool silence) {
    const struct {
        const char *name, *schema;
        bool is_optional;
    } no_rows[] = {
        {"type", silence ? "\"const\": \"silence\"" : "\"const\": \"event\"", false},
        {"version", "\"const\": 1", false},
        {"id", "\"type\": \"string\", \"pattern\": \"^[0-9a-f]{16}$\"", false},
        {"community_id", "\"type\": \"string\", \"pattern\": \"^1:[A-Za-z0-9+/]{27}=$\"", false},
        {"stream", "\"type\": [\"integer\", \"null\"], \"minimum\": 0", false},
        {"source",
         "\"type\": \"string\", \"description\": \"the capture; added by docs/many-captures, and "
         "by the command tcprst "
         "to those of several files\"",
         true},
        {"sensor",
         "\"type\": \"string\", \"description\": \"where it was captured; added by tcprst "
         "--sensor\"",
         true},
        {"state",
         "\"enum\": [\"provisional\", \"corrected\", \"final\"], \"description\": \"of tcprst "
         "--live\"",
         true},
        {"frame", REF("frame"), false},
        {"time", REF("time"), false},
        {"time_epoch", "\"type\": \"number\"", false},
        {"client", REF("end"), false},
        {"server", REF("server"), false},
    };
    GArray *members = members_new();
    for (unsigned i = 0; i < G_N_ELEMENTS(no_rows); i++)
        add(members, no_rows[i].name, g_strdup(no_rows[i].schema), no_rows[i].is_optional);
    add_event_rows(members, silence);
    print_object(silence ? "silence" : "event", members);
}

static void print_schema(void) {
    print_place("alternatives_item", TCPRST_PLACE_ALTERNATIVES);
    print_place("evidence_item", TCPRST_PLACE_EVIDENCE);
    print_place("server", TCPRST_PLACE_SERVER);
    print_event(false);
    print_event(true);
}

/* --- the table --- */

static void print_section(const char *title) {
    printf("| **%s** | | | |\n", title);
}

/* Values are told where the sentence does not name them. */
static void print_row(const struct tcprst_field *field) {
    const char *list = tcprst_list_name(field->place);
    const char *object = field->place == TCPRST_PLACE_SERVER ? "server." : "";
    if (!field->filter)
        return;
    char **values = g_strsplit(field->values, " ", -1);
    printf("| `%s` | %s | ", field->filter, kinds[field->kind].word);
    if (field->member)
        printf("`%s%s%s` ", list ? list : object, list ? "[]." : "", field->member);
    printf("| %s", field->blurb);
    for (unsigned i = 0; values[0] && !strstr(field->blurb, values[0]) && values[i]; i++)
        printf("%s `%s`", i ? "," : ":", values[i]);
    printf(" |\n");
    g_strfreev(values);
}

static void print_table(void) {
    printf("| field | type | in JSON | |\n|---|---|---|---|\n");
#define SECTION(title) print_section(title);
#define ROW(id, ...) print_row(&tcprst_fields[TCPRST_FIELD_##id]);
#include "core/output/fields.def"
}

/* --- the documents --- */

/* The lines from `begin` up to `end`, without that one, are printed from the table. */
static const struct {
    const char *name, *begin, *end;
    void (*print)(void);
} documents[] = {
    {"schema", "    \"alternatives_item\": {\n", "    \"endpoint\": {\n", print_schema},
    {"table", "| field | type | in JSON | |\n", "\n", print_table},
};

static int print_document(const char *begin, const char *end, void (*print)(void)) {
    char line[LINE_SIZE];
    bool is_ours = false, was_printed = false;
    while (fgets(line, sizeof line, stdin)) {
        if (strcmp(line, begin) == 0) {
            print();
            is_ours = was_printed = true;
        }
        is_ours = is_ours && strcmp(line, end) != 0;
        if (!is_ours)
            fputs(line, stdout);
    }
    return was_printed ? 0 : 1;
}

int main(int count, char **words) {
    for (unsigned i = 0; count == 2 && i < G_N_ELEMENTS(documents); i++)
        if (strcmp(words[1], documents[i].name) == 0)
            return print_document(documents[i].begin, documents[i].end, documents[i].print);
    fputs("usage: print_fields schema|table <DOCUMENT\n", stderr);
    return 2;
}
