/* problem_patterns.c - floods and scans: which resets belong to one, whatever their causes are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/problem_groups.h"
#include "core/packet/hash.h"
#include "core/reset/silence.h"

bool tcprst_is_of_flood(const struct tcprst_event *e) {
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT];
    return e->silence && e->silence->asked <= TCPRST_ASKED_SYNACK && !client->syn.has_ack_number &&
           !tcprst_repeats_syn(client);
}

static bool is_given_up(const struct tcprst_event *e) {
    const struct tcprst_side *side = e->before->side;
    return !e->silence && e->stage == TCPRST_HALF_OPEN && e->from == TCPRST_SERVER &&
           side[TCPRST_CLIENT].segments == 1 && side[TCPRST_CLIENT].syn.frame &&
           tcprst_repeats_syn(&side[TCPRST_SERVER]);
}

bool tcprst_belongs_to_flood(const struct tcprst_event *e) {
    return tcprst_is_of_flood(e) || is_given_up(e);
}

static void free_pattern(gpointer pointer) {
    struct tcprst_pattern_rows *pattern = pointer;
    g_array_unref(pattern->rows);
    g_free(pattern);
}

/* The lists of rows, by what they share, in order of appearance. */
struct lists {
    GHashTable *by_name;
    GPtrArray *all;
};

static void add_row(struct lists *lists, enum tcprst_shared shared, gconstpointer name,
                    guint row) {
    struct tcprst_pattern_rows *pattern = g_hash_table_lookup(lists->by_name, name);
    if (!pattern) {
        pattern = g_new0(struct tcprst_pattern_rows, 1);
        pattern->shared = shared;
        pattern->rows = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(lists->by_name, (gpointer)name, pattern);
        g_ptr_array_add(lists->all, pattern);
    }
    g_array_append_val(pattern->rows, row);
}

typedef bool is_wanted(const struct tcprst_summary *, struct tcprst_pattern_rows *);

/* What is left of the lists once those are gone that are no pattern. */
static GPtrArray *wanted_of(struct lists *lists, const struct tcprst_summary *summary,
                            is_wanted *wanted) {
    g_hash_table_unref(lists->by_name);
    for (guint i = lists->all->len; i-- > 0;)
        if (!wanted(summary, g_ptr_array_index(lists->all, i)))
            g_ptr_array_remove_index(lists->all, i);
    return lists->all;
}

/* --- floods --- */

static bool is_flood(const struct tcprst_summary *summary, struct tcprst_pattern_rows *pattern) {
    (void)summary;
    return pattern->rows->len >= TCPRST_FLOOD_LEAST;
}

GPtrArray *tcprst_floods(const struct tcprst_summary *summary) {
    struct lists lists = {g_hash_table_new(NULL, NULL),
                          g_ptr_array_new_with_free_func(free_pattern)};
    for (guint row = 0; row < summary->judged->len; row++)
        if (tcprst_belongs_to_flood(tcprst_judged_at(summary, row)->event))
            add_row(&lists, TCPRST_SHARED_SERVER, tcprst_judged_at(summary, row)->service, row);
    return wanted_of(&lists, summary, is_flood);
}

/* --- scans --- */

static bool is_failed_try(const struct tcprst_event *e) {
    return tcprst_event_failure(e) == TCPRST_FAILED_ON_SYN || tcprst_is_of_flood(e);
}

/* A port was tried: its SYN was refused or not answered, or the client left once it was open. */
static bool is_try(const struct tcprst_judged *judged) {
    return is_failed_try(judged->event) || judged->best.cause->is_probe;
}

/* As many ports as make a sweep, each tried once or twice; of those of a monitor few fail. */
static bool is_scan(const struct tcprst_summary *summary, struct tcprst_pattern_rows *pattern) {
    enum { FAILED_ONE_IN = 4 };
    const struct tcprst_address *host = NULL;
    GHashTable *servers = g_hash_table_new(NULL, NULL);
    bool is_one_host = true;
    guint failed = 0;
    for (guint i = 0; i < pattern->rows->len; i++) {
        const struct tcprst_judged *judged =
            tcprst_judged_at(summary, g_array_index(pattern->rows, guint, i));
        host = host ? host : &judged->service->address;
        is_one_host &= tcprst_equal_address(host, &judged->service->address);
        failed += is_failed_try(judged->event);
        g_hash_table_add(servers, judged->service);
    }
    const guint count = g_hash_table_size(servers);
    g_hash_table_unref(servers);
    if (is_one_host)
        pattern->shared = TCPRST_SHARED_HOST;
    return count >= TCPRST_SWEEP_SERVERS && failed * FAILED_ONE_IN >= pattern->rows->len &&
           pattern->rows->len <= TCPRST_SWEEP_RESETS_EACH * count;
}

GPtrArray *tcprst_scans(const struct tcprst_summary *summary, const bool *is_taken,
                        enum tcprst_shared shared) {
    struct lists lists = {g_hash_table_new(tcprst_hash_address, tcprst_equal_address),
                          g_ptr_array_new_with_free_func(free_pattern)};
    for (guint row = 0; row < summary->judged->len; row++) {
        const struct tcprst_judged *judged = tcprst_judged_at(summary, row);
        const struct tcprst_address *client = &judged->event->client->address;
        if (!is_taken[row] && is_try(judged))
            add_row(&lists, shared,
                    shared == TCPRST_SHARED_CLIENT ? client : &judged->service->address, row);
    }
    return wanted_of(&lists, summary, is_scan);
}
