/* report.h - a page on a capture that a person can read, and paste into a ticket
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_REPORT_H
#define TCPRST_OUTPUT_REPORT_H

#include "core/output/problem.h"

/* Of a terminal, and of Wireshark's text window as it opens. */
enum { TCPRST_PAGE_COLUMNS = 100, TCPRST_WINDOW_COLUMNS = 70 };

/* Appends the page, its lines at most that long.  The summary keeps events and is judged; `filter`
 * as the user gave it, or NULL. */
void tcprst_report(GString *out, const struct tcprst_capture *capture,
                   const struct tcprst_summary *summary, const char *filter, unsigned columns);

/* True if the page tells the problem of that rank (from 0) in full and with a number; so many at
 * most. */
enum { TCPRST_REPORT_IN_FULL = 5 };
bool tcprst_report_has_in_full(const struct tcprst_problem *problem, unsigned rank);

#endif
