/* wrap.c - breaks text between words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/wrap.h"

#include <stdbool.h>
#include <string.h>

enum { HANG = 4 };

void tcprst_put_paragraph(GString *out, unsigned indent, GString *line) {
    g_string_append_printf(out, "%*s%s\n", (int)indent, "", line->str);
    g_string_free(line, TRUE);
}

/* A number and its percent sign stay together. */
static bool may_break(const char *space) {
    return *space == ' ' && space[1] != '%';
}

/* Length of what fits in a line of so many columns; a word longer than that is cut. */
static size_t fitting(const char *text, size_t columns) {
    size_t length = strlen(text);
    if (length <= columns)
        return length;
    for (length = columns; length > 0; length--)
        if (may_break(text + length))
            return length;
    return columns;
}

static void add_wrapped(GString *out, const char *line, unsigned columns) {
    unsigned begin = (unsigned)strspn(line, " "), indent = begin;
    const char *text = line + begin;
    do {
        size_t length = fitting(text, columns - indent);
        g_string_append_printf(out, "%*s%.*s\n", (int)(length ? indent : 0), "", (int)length, text);
        text += length + (text[length] == ' ');
        indent = begin + HANG;
    } while (*text);
}

void tcprst_wrap(GString *out, gsize begin, unsigned columns) {
    char **lines = g_strsplit(out->str + begin, "\n", -1);
    g_string_truncate(out, begin);
    for (char **line = lines; *line && line[1]; line++) /* the last one is empty */
        add_wrapped(out, *line, columns);
    g_strfreev(lines);
}
