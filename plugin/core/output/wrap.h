/* wrap.h - paragraphs of a page
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_WRAP_H
#define TCPRST_OUTPUT_WRAP_H

#include <glib.h>

enum { TCPRST_PAGE_COLUMNS = 100 };

/* Appends text broken between words, the first line indented by `indent`, the others by `hang`. */
void tcprst_add_paragraph(GString *out, unsigned indent, unsigned hang, const char *text);

#endif
