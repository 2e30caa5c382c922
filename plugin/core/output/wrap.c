/* wrap.c - breaks text between words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/wrap.h"

#include <string.h>

/* Length of what fits in a line of so many columns; a word longer than that is cut. */
static size_t fitting(const char *text, size_t columns) {
    size_t length = strlen(text);
    if (length <= columns)
        return length;
    for (length = columns; length > 0; length--)
        if (text[length] == ' ')
            return length;
    return columns;
}

void tcprst_add_paragraph(GString *out, unsigned indent, unsigned hang, const char *text) {
    do {
        size_t length = fitting(text, TCPRST_PAGE_COLUMNS - indent);
        g_string_append_printf(out, "%*s%.*s\n", (int)indent, "", (int)length, text);
        text += length + (text[length] == ' ');
        indent = hang;
    } while (*text);
}
