/* wrap.h - paragraphs of a page
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_WRAP_H
#define TCPRST_OUTPUT_WRAP_H

#include <glib.h>

/* Appends the line as a paragraph, however long, and frees it. */
void tcprst_put_paragraph(GString *out, unsigned indent, GString *line);

/* Breaks the lines from `begin` on between words, to at most so many columns; what is broken goes
 * on four columns further right than its paragraph begins. */
void tcprst_wrap(GString *out, gsize begin, unsigned columns);

#endif
