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

/* Upper limits of an event's verdicts in percent, by limits.def and by what the capture can
 * lack. */
struct tcprst_most {
    unsigned every; /* of every cause */
    unsigned named; /* of those with TCPRST_SENDER_NAMED */
};

struct tcprst_most tcprst_most_percent(const struct tcprst_view *view,
                                       const struct tcprst_seen *seen);

/* The limit of one cause, by its row and the number of signs for it, too. */
unsigned tcprst_most_percent_of(const struct tcprst_cause *cause, const struct tcprst_most *most,
                                const struct tcprst_seen *seen);

#endif
