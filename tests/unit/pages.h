/* pages.h - summaries, reports and JSON of whole captures, and what must be true of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_PAGES_H
#define TCPRST_TEST_PAGES_H

#include "core/output/summary.h"

/* A summary with verdicts of all entries of the statistics; a frame's time is its number in
 * seconds. */
struct tcprst_summary *summary_of(struct tcprst_capture *capture);

/* The report, a line for each paragraph; to be freed with g_free. */
char *page_of(const struct tcprst_capture *capture, const struct tcprst_summary *summary);

/* NULL if there is no fault, otherwise its description, to be freed with g_free. */
char *pages_complaint(struct tcprst_capture *capture);

#endif
