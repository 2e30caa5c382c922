/* endpoint_runs.c - an endpoint's runs: connections in a row that went alike
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/endpoint.h"

static void merge_middle_runs(GArray *runs) {
    struct tcprst_run *kept = &g_array_index(runs, struct tcprst_run, TCPRST_RUNS_MAX / 2);
    const struct tcprst_run *absorbed = kept + 1;
    kept->outcome = TCPRST_MIXED;
    kept->connections += absorbed->connections;
    kept->clients = MAX(kept->clients, absorbed->clients);
    kept->unasked += absorbed->unasked;
    kept->last_syn_frame = MAX(kept->last_syn_frame, absorbed->last_syn_frame);
    kept->last_frame = absorbed->last_frame;
    kept->last_time_ns = absorbed->last_time_ns;
    g_array_remove_index(runs, TCPRST_RUNS_MAX / 2 + 1);
}

struct tcprst_run *tcprst_runs_current(const struct tcprst_endpoint *e) {
    return e->runs && e->runs->len ? &g_array_index(e->runs, struct tcprst_run, e->runs->len - 1)
                                   : NULL;
}

static struct tcprst_run *begin_run(struct tcprst_endpoint *e, const struct tcprst_result *result) {
    const struct tcprst_run *previous = tcprst_runs_current(e);
    struct tcprst_run run = {
        .outcome = result->outcome,
        .serial = previous ? previous->serial + 1 : 1,
        .first_frame = result->frame,
        .first_time_ns = result->time_ns,
    };
    if (!e->runs)
        e->runs = g_array_sized_new(FALSE, FALSE, sizeof run, 1);
    g_array_append_val(e->runs, run);
    if (e->runs->len > TCPRST_RUNS_MAX)
        merge_middle_runs(e->runs);
    return tcprst_runs_current(e);
}

/* A connection that was open before the present run of resets began can still be answered, so such
 * an answer does not end the run.  It counts in the latest run of served connections. */
static bool add_to_earlier_run(struct tcprst_endpoint *e, const struct tcprst_result *result) {
    const struct tcprst_run *current = tcprst_runs_current(e);
    if (!current || current->outcome != TCPRST_RESET_EARLY || result->outcome != TCPRST_SERVED ||
        !result->syn_frame || result->syn_frame > current->first_frame)
        return false;
    for (guint i = e->runs->len - 1; i > 0; i--) {
        struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i - 1);
        if (run->outcome != TCPRST_SERVED)
            continue;
        run->connections++;
        return true;
    }
    struct tcprst_run before = {.outcome = TCPRST_SERVED, .connections = 1, .clients = 1,
                                .first_frame = result->syn_frame, .last_frame = result->syn_frame,
                                .first_time_ns = current->first_time_ns,
                                .last_time_ns = current->first_time_ns};
    g_array_insert_val(e->runs, e->runs->len - 1, before);
    if (e->runs->len > TCPRST_RUNS_MAX)
        merge_middle_runs(e->runs);
    return true;
}

void tcprst_endpoint_note_survivor(struct tcprst_endpoint *e, uint32_t syn_frame, uint32_t frame) {
    struct tcprst_run *run = tcprst_runs_current(e);
    if (run && run->outcome == TCPRST_RESET_EARLY && syn_frame && syn_frame < run->first_frame)
        run->survived_frame = frame;
}

static unsigned bit_of(uint32_t clock) {
    return 1u << clock % 16;
}

/* The latest run that a capture point with that clock counted in; NULL if there is none. */
static struct tcprst_run *own_run(const struct tcprst_endpoint *e, uint32_t clock) {
    struct tcprst_run *latest = NULL;
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        if (run->clocks & bit_of(clock) && (!latest || run->last_frame > latest->last_frame))
            latest = run;
    }
    return latest;
}

/* The run of that outcome in which another capture point counted at that time, by its clock; NULL
 * if there is none. */
static struct tcprst_run *run_elsewhere(const struct tcprst_endpoint *e,
                                        const struct tcprst_result *result) {
    static const int64_t slack_ns = 1000000000;
    const int64_t time_ns = tcprst_elapsed_ns(result->ahead_ns, result->time_ns);
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        if (run->outcome == result->outcome && !(run->clocks & bit_of(result->clock)) &&
            tcprst_elapsed_ns(run->first_time_ns, time_ns) >= -slack_ns &&
            tcprst_elapsed_ns(time_ns, run->last_time_ns) >= -slack_ns)
            return run;
    }
    return NULL;
}

/* A result of a capture point with a far clock joins the latest run of that point; if that went
 * otherwise, the run in which another point counted then.  NULL: a new run begins. */
static struct tcprst_run *run_for(const struct tcprst_endpoint *e,
                                  const struct tcprst_result *result) {
    struct tcprst_run *run =
        result->clock ? own_run(e, result->clock) : tcprst_runs_current(e);
    if (run && run->outcome == result->outcome)
        return run;
    return result->clock ? run_elsewhere(e, result) : NULL;
}

static void add_to_run(struct tcprst_endpoint *e, const struct tcprst_result *result,
                       struct tcprst_client *client) {
    struct tcprst_run *run = run_for(e, result);
    if (!run)
        run = begin_run(e, result);
    run->clocks |= (uint16_t)(result->clock ? bit_of(result->clock) : 0);
    run->connections++;
    run->unasked += result->outcome == TCPRST_RESET_EARLY && result->unasked;
    run->last_syn_frame = MAX(run->last_syn_frame, result->syn_frame);
    run->lacked_options |= result->lacked_options;
    if (result->frame >= run->last_frame) { /* a reset that is counted anew is an earlier one */
        run->last_frame = result->frame;
        run->last_time_ns = result->time_ns;
    }
    if (!client || client->run_serial >= run->serial) /* runs of far clocks can take turns */
        return;
    run->clients++;
    client->run_serial = run->serial;
}

void tcprst_runs_add(struct tcprst_endpoint *e, const struct tcprst_result *result,
                     struct tcprst_client *client) {
    if (!add_to_earlier_run(e, result))
        add_to_run(e, result, client);
}

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
