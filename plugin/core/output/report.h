/* report.h - a page on a capture that a person can read, and paste into a ticket
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_REPORT_H
#define TCPRST_OUTPUT_REPORT_H

#include "core/output/summary.h"

enum { TCPRST_PAGE_COLUMNS = 100 };

/* Appends the page.  The summary keeps a story and is judged; `filter` as the user gave it, or NULL. */
void tcprst_report(GString *out, const struct tcprst_capture *capture, const struct tcprst_summary *summary,
                   const char *filter);

/* Appends what is wrong with one endpoint (report_service.c); `is_filtered`: others may be left out. */
void tcprst_report_service(GString *out, const struct tcprst_capture *capture,
                           const struct tcprst_summary *summary, const struct tcprst_service *service,
                           bool is_filtered);

/* Appends text broken between words, the first line indented by `indent`, the others by `hang`. */
void tcprst_add_paragraph(GString *out, unsigned indent, unsigned hang, const char *text);

#endif
