/* refusal_pattern.c - counts how a port accepts and refuses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/refusal_pattern.h"

#include <glib.h>

enum {
    FEW = 3,              /* fewer SYNs show no pattern */
    LONGEST_IN_TURNS = 2, /* a balancer with two dead members in a row, or a repeated attempt */
};

struct tcprst_refusals tcprst_refusals_begin(uint32_t refused) {
    return (struct tcprst_refusals){
        .refused = refused,
        .run = refused,
        .refused_runs = refused > 0,
        .longest_refused = refused,
        .is_refusing = refused > 0,
        .began_refusing = refused > 0,
    };
}

static void change(struct tcprst_refusals *refusals, bool is_refusing) {
    if (is_refusing && refusals->refused_runs) {
        bool is_first = !refusals->longest_between;
        refusals->shortest_between =
            is_first ? refusals->run : MIN(refusals->shortest_between, refusals->run);
        refusals->longest_between = MAX(refusals->longest_between, refusals->run);
    }
    refusals->refused_runs += is_refusing;
    refusals->run = 0;
    refusals->is_refusing = is_refusing;
}

void tcprst_refusals_accept(struct tcprst_refusals *refusals, uint32_t open) {
    if (refusals->is_refusing)
        change(refusals, false);
    refusals->most_open_accepting = MAX(refusals->most_open_accepting, open);
    refusals->run++;
    refusals->accepted++;
}

void tcprst_refusals_refuse(struct tcprst_refusals *refusals, uint32_t open) {
    if (!refusals->is_refusing)
        change(refusals, true);
    refusals->least_open_refusing =
        refusals->refused ? MIN(refusals->least_open_refusing, open) : open;
    refusals->run++;
    refusals->refused++;
    refusals->longest_refused = MAX(refusals->longest_refused, refusals->run);
}

bool tcprst_refusals_are_of_start(const struct tcprst_refusals *refusals) {
    return refusals->began_refusing && refusals->refused_runs == 1 && !refusals->is_refusing;
}

/* docs/facts.md 4: a limit refuses connections beyond the first N, a balancer with a dead member
 * refuses some in turn, a service that is down refuses all for a while.  A service that restarts
 * has no open connections, so it does not look like a limit. */
enum tcprst_refusal_pattern tcprst_refusal_pattern(const struct tcprst_refusals *refusals) {
    if (refusals->refused < FEW || refusals->accepted < FEW)
        return refusals->longest_refused >= 2 && refusals->accepted ? TCPRST_REFUSALS_BLOCKS
                                                                    : TCPRST_REFUSALS_UNCLEAR;
    if (refusals->least_open_refusing >= TCPRST_LEAST_LIMIT &&
        refusals->least_open_refusing > refusals->most_open_accepting)
        return TCPRST_REFUSALS_LIMIT;
    if (refusals->refused_runs >= FEW && refusals->longest_refused <= LONGEST_IN_TURNS)
        return TCPRST_REFUSALS_TURNS;
    return refusals->longest_refused > LONGEST_IN_TURNS ? TCPRST_REFUSALS_BLOCKS
                                                        : TCPRST_REFUSALS_UNCLEAR;
}
