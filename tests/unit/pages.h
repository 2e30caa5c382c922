/* pages.h - summaries, reports and JSON of whole captures, and what must hold of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_PAGES_H
#define TCPRST_TEST_PAGES_H

#include "core/output/summary.h"

/* A judged summary of the whole ledger; a frame's time is its number in seconds. */
struct tcprst_summary *summary_of(struct tcprst_capture *capture);

/* NULL if all is well, else a complaint to be freed with g_free. */
char *pages_complaint(struct tcprst_capture *capture);

#endif
