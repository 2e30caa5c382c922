/* wrap.h - paragraphs of a page
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_WRAP_H
#define TCPRST_OUTPUT_WRAP_H

#include <glib.h>

/* Appends a paragraph as one line, however long. */
void tcprst_add_paragraph(GString *out, unsigned indent, const char *text);

/* Breaks the lines from `begin` on between words, to at most so many columns; what is broken goes
 * on four columns further right than its paragraph begins. */
void tcprst_wrap(GString *out, gsize begin, unsigned columns);

#endif
