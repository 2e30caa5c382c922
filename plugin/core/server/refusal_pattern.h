/* refusal_pattern.h - how a port lets in and turns away: the pattern of its refusals
 *
 * Counts only, so it takes the same little memory for any number of connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_REFUSAL_PATTERN_H
#define TCPRST_SERVER_REFUSAL_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

enum tcprst_refusal_pattern {
    TCPRST_REFUSALS_UNCLEAR,
    TCPRST_REFUSALS_LIMIT,     /* refused only while so many connections were open, accepted only below that */
    TCPRST_REFUSALS_TURNS,     /* refused now and again, hardly twice in a row: one behind it is dead */
    TCPRST_REFUSALS_BLOCKS,    /* refused for a while, accepted for a while: down and up again */
};

/* SYNs answered in a row alike are a spell. */
struct tcprst_refusals {
    uint32_t accepted, refused;
    uint32_t run;                             /* SYNs in the current one */
    uint32_t refused_runs, longest_refused;
    uint32_t shortest_between, longest_between; /* accepted SYNs between two refused spells; 0: no such */
    uint32_t most_open_accepting, least_open_refusing; /* connections open when a SYN came */
    bool is_refusing, began_refusing;
};

/* A door that has refused so many SYNs and accepted none. */
struct tcprst_refusals tcprst_refusals_begin(uint32_t refused);

void tcprst_refusals_accept(struct tcprst_refusals *refusals, uint32_t open);
void tcprst_refusals_refuse(struct tcprst_refusals *refusals, uint32_t open);

/* It refused at first and accepted ever since: a service that was starting. */
bool tcprst_refusals_are_of_start(const struct tcprst_refusals *refusals);

enum tcprst_refusal_pattern tcprst_refusal_pattern(const struct tcprst_refusals *refusals);

#endif
