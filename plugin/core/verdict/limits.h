/* limits.h - how sure a verdict can be at most
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_VERDICT_LIMITS_H
#define TCPRST_VERDICT_LIMITS_H

#include "core/verdict/cause.h"

enum { TCPRST_LIMIT_EVIDENCE_MAX = 4 };

/* A row of limits.def. */
struct tcprst_limit {
    unsigned percent;
    bool of_named; /* only of causes with TCPRST_SENDER_NAMED */
    enum tcprst_evidence all[TCPRST_LIMIT_EVIDENCE_MAX]; /* ends with TCPRST_NO_EVIDENCE */
};

const struct tcprst_limit *tcprst_limit_at(unsigned row); /* NULL after the last one */

/* Upper limit in percent of every cause, by what the capture can lack. */
unsigned tcprst_limit_of_capture(const struct tcprst_view *view, const struct tcprst_seen *seen);

/* Upper limit in percent of one cause, by its row, limits.def and the number of signs for it. */
unsigned tcprst_limit_of_cause(const struct tcprst_cause *cause, const struct tcprst_seen *seen);

#endif
