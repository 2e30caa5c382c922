/* problem_groups.h - which resets share something, and which are a flood or a scan
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_PROBLEM_GROUPS_H
#define TCPRST_OUTPUT_PROBLEM_GROUPS_H

#include "core/output/problem.h"

/* Each list is one problem. */
struct tcprst_problem_group {
    enum tcprst_shared shared;
    GPtrArray *resets; /* struct tcprst_judged; owned by whoever gets the group */
};
/* struct tcprst_problem_group */
GArray *tcprst_problem_groups(const struct tcprst_summary *summary);

/* Nobody answered, and the client had asked once: a tool, or a forged address.  A system repeats
 * its SYN after a second (RFC 6298 section 2.1), and a SYN proxy marks its SYN (docs/facts.md
 * 16). */
bool tcprst_is_of_flood(const struct tcprst_event *event);

/* The same, or the server gave up such a connection and reset it. */
bool tcprst_belongs_to_flood(const struct tcprst_event *event);

enum { TCPRST_FLOOD_LEAST = 5 }; /* connections of a flood */

/* A sweep is as wide as this, and touches each server once or twice. */
enum { TCPRST_SWEEP_SERVERS = 8, TCPRST_SWEEP_RESETS_EACH = 2 };

struct tcprst_pattern_rows {
    enum tcprst_shared shared;
    GArray *rows; /* guint, of the summary's judged resets */
};

/* struct tcprst_pattern_rows, of each server with a flood; freed with g_ptr_array_unref(). */
GPtrArray *tcprst_floods(const struct tcprst_summary *summary);

/* The same of scans, by client or by host, among the rows that are not taken. */
GPtrArray *tcprst_scans(const struct tcprst_summary *summary, const bool *is_taken,
                        enum tcprst_shared shared);

#endif
