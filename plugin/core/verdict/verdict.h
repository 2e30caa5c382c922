/* verdict.h - ranks the causes of a reset
 *
 * A pure function of what the capture holds when it is asked: provisional until the file was read
 * to its end, and final from then on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_VERDICT_VERDICT_H
#define TCPRST_VERDICT_VERDICT_H

#include "core/verdict/cause.h"

enum { TCPRST_ALTERNATIVES_MAX = 4 };

struct tcprst_opinion {
    const struct tcprst_cause *cause;
    unsigned confidence; /* percent, against all other families of causes */
};

struct tcprst_verdict {
    struct tcprst_seen seen;
    struct tcprst_opinion best; /* the percentage is of a broad cause with all that refine it */
    struct tcprst_opinion alternative[TCPRST_ALTERNATIVES_MAX]; /* likeliest first */
    unsigned alternatives; /* the sum of best and alternatives is at most 100 % */
    /* causes that refine the best one; their percentages are part of its own */
    struct tcprst_opinion finer[TCPRST_ALTERNATIVES_MAX];
    unsigned finers;
};

struct tcprst_verdict tcprst_judge(const struct tcprst_capture *capture,
                                   const struct tcprst_event *event);

enum { TCPRST_HIGH_PERCENT = 90, TCPRST_LIKELY_PERCENT = 60 };

/* "high" from 90 %, "likely" from 60 %, else "possible". */
const char *tcprst_certainty(unsigned confidence);

/* The names of two known causes that the packets fit about equally well, with no third beside them
 * and none that is likelier; false if there are none. */
bool tcprst_verdict_tie(const struct tcprst_verdict *verdict, const char *names[2]);

/* Who sent the reset: "client", "server", "third-party" or "unknown". */
const char *tcprst_sender_name(const struct tcprst_verdict *verdict,
                               const struct tcprst_event *event);

#endif
