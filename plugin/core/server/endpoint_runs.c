/* endpoint_runs.c - finds an endpoint's runs: connections in a row that went alike
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/endpoint.h"

const struct tcprst_run *tcprst_endpoint_run_at(const struct tcprst_endpoint *e,
                                                enum tcprst_outcome outcome, uint32_t frame) {
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        const struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        if (run->outcome == outcome && run->first_frame <= frame && frame <= run->last_frame)
            return run;
    }
    return NULL;
}

const struct tcprst_run *tcprst_endpoint_next_run(const struct tcprst_endpoint *e, uint32_t frame) {
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        const struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        if (run->last_syn_frame > frame)
            return run;
    }
    return NULL;
}

const struct tcprst_run *tcprst_endpoint_refusals_before(const struct tcprst_endpoint *e,
                                                         int64_t time_ns, int64_t within_ns) {
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        const struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        int64_t ago_ns = tcprst_elapsed_ns(run->first_time_ns, time_ns);
        if (run->outcome == TCPRST_REFUSED && ago_ns >= 0 && ago_ns < within_ns)
            return run;
    }
    return NULL;
}

static uint32_t count_runs(const struct tcprst_endpoint *e, enum tcprst_outcome outcome,
                           uint32_t frame, bool are_after) {
    uint32_t count = 0;
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        const struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        bool counts = are_after ? run->first_frame > frame : run->last_frame < frame;
        if (run->outcome == outcome && counts)
            count += run->connections;
    }
    return count;
}

uint32_t tcprst_endpoint_count_before(const struct tcprst_endpoint *e, enum tcprst_outcome outcome,
                                      uint32_t frame) {
    return count_runs(e, outcome, frame, false);
}

uint32_t tcprst_endpoint_count_after(const struct tcprst_endpoint *e, enum tcprst_outcome outcome,
                                     uint32_t frame) {
    return count_runs(e, outcome, frame, true);
}
