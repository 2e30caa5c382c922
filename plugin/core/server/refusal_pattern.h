/* refusal_pattern.h - the pattern in which a port accepts and refuses SYNs
 *
 * Only counts, so its size does not depend on the number of connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_REFUSAL_PATTERN_H
#define TCPRST_SERVER_REFUSAL_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

/* Of open connections; a lower one is not plausible. */
enum { TCPRST_LEAST_LIMIT = 2 };

enum tcprst_refusal_pattern {
    TCPRST_REFUSALS_UNCLEAR,
    /* refused only while a certain number of connections was open, accepted only below it */
    TCPRST_REFUSALS_LIMIT,
    /* refused again and again, rarely twice in a row: a balancer with a dead member */
    TCPRST_REFUSALS_TURNS,
    /* refused for a while, accepted for a while: the service was down, then up */
    TCPRST_REFUSALS_BLOCKS,
};

/* A run is a sequence of SYNs that were all accepted or all refused. */
struct tcprst_refusals {
    uint32_t accepted, refused;
    uint32_t run;                             /* SYNs in the present run */
    uint32_t refused_runs, longest_refused;
    /* accepted SYNs between two refused runs; 0: none yet */
    uint32_t shortest_between, longest_between;
    uint32_t most_open_accepting, least_open_refusing; /* connections open when a SYN came */
    bool is_refusing, began_refusing;
};

/* For a port that refused that many SYNs and accepted none. */
struct tcprst_refusals tcprst_refusals_begin(uint32_t refused);

void tcprst_refusals_accept(struct tcprst_refusals *refusals, uint32_t open);
void tcprst_refusals_refuse(struct tcprst_refusals *refusals, uint32_t open);

/* True if it refused at first and accepted everything since: a service that was starting. */
bool tcprst_refusals_are_of_start(const struct tcprst_refusals *refusals);

enum tcprst_refusal_pattern tcprst_refusal_pattern(const struct tcprst_refusals *refusals);

#endif
