/* problem.c - what the resets of a problem come to, and which problem is the largest
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/problem_groups.h"

#include "core/packet/hash.h"
#include "core/packet/time_text.h"

/* One in five of its server's resets, or fewer, is an exception there. */
enum { ASIDE_PERCENT = 20 };

/* --- the cause --- */

struct sums {
    uint32_t resets[TCPRST_CAUSES_MAX];
    enum tcprst_concern concern[TCPRST_CAUSES_MAX]; /* the most of them */
    uint64_t confidence[TCPRST_CAUSES_MAX];
    uint64_t alternative[TCPRST_CAUSES_MAX]; /* to the leading cause */
};

/* What most of the resets show, a warning counting as much as in tcprst_service_likeliest(); what
 * is harmless only where nothing else is. */
static unsigned leading_row(const struct sums *sums) {
    unsigned best = 0;
    uint64_t most = 0;
    bool is_harmless = true;
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        const uint64_t importance = tcprst_importance(cause, sums->resets[i]);
        const bool is_own_harmless = sums->concern[i] == TCPRST_HARMLESS;
        const bool is_first = is_harmless && !is_own_harmless;
        if (!importance || (!is_harmless && is_own_harmless))
            continue;
        if (importance > most || is_first)
            best = i, most = importance, is_harmless = is_own_harmless;
    }
    return best;
}

static void count_causes(const struct tcprst_problem *problem, struct sums *sums) {
    for (guint i = 0; i < problem->resets->len; i++) {
        const struct tcprst_judged *judged = tcprst_problem_reset(problem, i);
        const unsigned row = tcprst_cause_row(judged->best.cause);
        sums->resets[row]++;
        sums->confidence[row] += judged->best.confidence;
        sums->concern[row] = MAX(sums->concern[row], judged->concern);
    }
}

static void set_cause(struct tcprst_problem *problem, const struct sums *sums, unsigned row) {
    problem->cause = tcprst_cause_at(row);
    problem->of_cause = MAX(sums->resets[row], 1); /* a problem has a reset */
    problem->confidence =
        (unsigned)((sums->confidence[row] + problem->of_cause / 2) / problem->of_cause);
    problem->concern = sums->concern[row];
}

static void set_example(struct tcprst_problem *problem) {
    problem->example = NULL;
    for (guint i = 0; !problem->example && i < problem->resets->len; i++)
        if (tcprst_problem_reset(problem, i)->best.cause == problem->cause)
            problem->example = tcprst_problem_reset(problem, i);
}

/* Means over the same resets as the confidence: so together they are never more than 100
 * percent. */
static void set_alternatives(struct tcprst_problem *problem, struct sums *sums) {
    for (guint i = 0; i < problem->resets->len; i++) {
        const struct tcprst_judged *judged = tcprst_problem_reset(problem, i);
        for (unsigned j = 0; judged->best.cause == problem->cause && j < judged->alternatives; j++)
            sums->alternative[tcprst_cause_row(judged->alternative[j].cause)] +=
                judged->alternative[j].confidence;
    }
    while (problem->alternatives < TCPRST_ALTERNATIVES_MAX) {
        unsigned best = 0;
        for (unsigned i = 1; i < tcprst_cause_count(); i++)
            if (sums->alternative[i] > sums->alternative[best])
                best = i;
        unsigned mean = (unsigned)(sums->alternative[best] / problem->of_cause);
        if (!mean)
            return;
        sums->alternative[best] = 0;
        problem->alternative[problem->alternatives++] =
            (struct tcprst_opinion){tcprst_cause_at(best), mean};
    }
}

/* --- counts --- */

static void count(struct tcprst_problem *problem) {
    GHashTable *servers = g_hash_table_new(NULL, NULL), *clients = g_hash_table_new(NULL, NULL),
               *hosts = g_hash_table_new(tcprst_hash_address, tcprst_equal_address);
    for (guint i = 0; i < problem->resets->len; i++) {
        const struct tcprst_judged *judged = tcprst_problem_reset(problem, i);
        g_hash_table_add(servers, judged->service);
        g_hash_table_add(hosts, &judged->service->address);
        g_hash_table_add(clients, judged->event->client);
        problem->failed += tcprst_event_failure(judged->event) != TCPRST_NO_FAILURE;
        problem->in_clients_name += judged->event->from == TCPRST_CLIENT;
        problem->silences += judged->event->silence != NULL;
    }
    problem->servers = g_hash_table_size(servers);
    problem->clients = g_hash_table_size(clients);
    problem->hosts = g_hash_table_size(hosts);
    g_hash_table_unref(hosts);
    g_hash_table_unref(servers);
    g_hash_table_unref(clients);
}

static bool is_sweep(const struct tcprst_problem *problem) {
    bool is_narrow =
        problem->shared == TCPRST_SHARED_CLIENT || problem->shared == TCPRST_SHARED_HOST;
    return is_narrow && problem->servers >= TCPRST_SWEEP_SERVERS &&
           problem->resets->len <= TCPRST_SWEEP_RESETS_EACH * problem->servers &&
           problem->example &&
           (tcprst_event_failure(problem->example->event) == TCPRST_FAILED_ON_SYN ||
            tcprst_is_of_flood(problem->example->event));
}

/* Most of them, as a scan can have met ports that others had asked before. */
static enum tcprst_pattern pattern_of(const struct tcprst_problem *problem) {
    uint32_t of_flood = 0, without_syn = 0;
    for (guint i = 0; i < problem->resets->len; i++) {
        const struct tcprst_event *e = tcprst_problem_reset(problem, i)->event;
        of_flood += tcprst_belongs_to_flood(e);
        without_syn += tcprst_is_of_flood(e) && !e->before->side[TCPRST_CLIENT].syn.frame;
    }
    const bool is_flood = problem->shared == TCPRST_SHARED_SERVER &&
                          of_flood >= TCPRST_FLOOD_LEAST && of_flood == problem->resets->len;
    if (!is_flood && !problem->is_sweep)
        return TCPRST_NO_PATTERN;
    if (2 * without_syn > problem->resets->len)
        return TCPRST_BACKSCATTER;
    return is_flood ? TCPRST_FLOOD : TCPRST_SCAN;
}

static bool is_exception(const struct tcprst_problem *problem) {
    if (!problem->example)
        return false;
    const struct tcprst_service *service = problem->example->service;
    return problem->shared == TCPRST_SHARED_SERVER &&
           (uint64_t)problem->resets->len * 100 <=
               (uint64_t)(service->resets + service->silences) * ASIDE_PERCENT;
}

static struct tcprst_problem *problem_of(const struct tcprst_problem_group *group) {
    struct tcprst_problem *problem = g_new0(struct tcprst_problem, 1);
    struct sums *sums = g_new0(struct sums, 1);
    problem->shared = group->shared;
    problem->resets = group->resets;
    count_causes(problem, sums);
    set_cause(problem, sums, leading_row(sums));
    set_example(problem);
    set_alternatives(problem, sums);
    count(problem);
    problem->is_sweep = is_sweep(problem);
    problem->pattern = pattern_of(problem);
    problem->is_exception = is_exception(problem);
    g_free(sums);
    return problem;
}

struct tcprst_problem tcprst_problem_by(const struct tcprst_problem *problem,
                                        const struct tcprst_cause *cause) {
    struct tcprst_problem by = *problem;
    struct sums *sums = g_new0(struct sums, 1);
    count_causes(&by, sums);
    set_cause(&by, sums, tcprst_cause_row(cause));
    set_example(&by);
    by.alternatives = 0;
    set_alternatives(&by, sums);
    g_free(sums);
    return by;
}

unsigned tcprst_problem_causes(const struct tcprst_problem *problem,
                               const struct tcprst_cause **causes) {
    struct sums *sums = g_new0(struct sums, 1);
    unsigned found = 0;
    count_causes(problem, sums);
    for (;;) {
        unsigned most = tcprst_cause_row(problem->cause);
        for (unsigned row = 0; row < tcprst_cause_count(); row++)
            if (sums->resets[row] > sums->resets[most])
                most = row;
        if (!sums->resets[most])
            break;
        causes[found++] = tcprst_cause_at(most);
        sums->resets[most] = 0;
    }
    g_free(sums);
    return found;
}

/* --- order --- */

static int compare(uint64_t x, uint64_t y) {
    return (x < y) - (x > y);
}

/* Largest first.  A connection that failed is worth several that were cut later. */
static uint64_t harm_of(const struct tcprst_problem *problem) {
    enum { WORTH_OF_FAILED = 2 };
    uint64_t connections = problem->resets->len + (uint64_t)(WORTH_OF_FAILED - 1) * problem->failed;
    return tcprst_importance(problem->cause, connections);
}

static gint compare_problems(gconstpointer a, gconstpointer b) {
    const struct tcprst_problem *x = *(struct tcprst_problem *const *)a,
                                *y = *(struct tcprst_problem *const *)b;
    int order = compare(x->concern, y->concern);
    if (!order)
        order = compare(!x->pattern, !y->pattern);
    if (!order)
        order = compare(!x->is_exception, !y->is_exception);
    if (!order)
        order = compare(harm_of(x), harm_of(y));
    return order ? order : -compare(x->example->event->number, y->example->event->number);
}

static void free_problem(gpointer pointer) {
    struct tcprst_problem *problem = pointer;
    g_ptr_array_unref(problem->resets);
    g_free(problem);
}

GPtrArray *tcprst_problems_of(const struct tcprst_summary *summary) {
    GPtrArray *problems = g_ptr_array_new_with_free_func(free_problem);
    GArray *groups = tcprst_problem_groups(summary);
    for (guint i = 0; i < groups->len; i++)
        g_ptr_array_add(problems,
                        problem_of(&g_array_index(groups, struct tcprst_problem_group, i)));
    g_array_unref(groups);
    g_ptr_array_sort(problems, compare_problems);
    return problems;
}

/* --- as text --- */

const char *tcprst_pattern_name(enum tcprst_pattern pattern) {
    static const char *const names[] = {[TCPRST_NO_PATTERN] = NULL,
                                        [TCPRST_SCAN] = "scan",
                                        [TCPRST_FLOOD] = "flood",
                                        [TCPRST_BACKSCATTER] = "backscatter"};
    return names[pattern];
}

const char *tcprst_shared_name(enum tcprst_shared shared) {
    static const char *const names[] = {
        [TCPRST_SHARED_SERVER] = "server",     [TCPRST_SHARED_HOST] = "host",
        [TCPRST_SHARED_CLIENT] = "client",     [TCPRST_SHARED_DEVICE] = "device",
        [TCPRST_SHARED_NETWORKS] = "networks", [TCPRST_SHARED_INSTANT] = "instant",
        [TCPRST_SHARED_CAUSE] = "cause",
    };
    return names[shared];
}

void tcprst_problem_add_servers(GString *out, const struct tcprst_problem *problem) {
    if (problem->hosts == problem->servers)
        g_string_append_printf(out, "%u servers", problem->servers);
    else
        g_string_append_printf(out, "%u ports of %u server%s", problem->servers, problem->hosts,
                               problem->hosts == 1 ? "" : "s");
}

/* Appends "192.0.2.0/24". */
static void add_network(GString *out, const struct tcprst_address *address) {
    const struct tcprst_address network = tcprst_network_of(address);
    tcprst_add_address(out, &network);
    g_string_append(out, tcprst_is_ipv4(address) ? "/24" : "/64");
}

void tcprst_problem_add_subject(GString *out, const struct tcprst_problem *problem,
                                bool has_days) {
    const struct tcprst_service *service = problem->example->service;
    const struct tcprst_event *first = tcprst_problem_reset(problem, 0)->event;
    switch (problem->shared) {
    case TCPRST_SHARED_SERVER:
        tcprst_add_endpoint(out, &service->address, service->port);
        return;
    case TCPRST_SHARED_HOST:
        tcprst_add_address(out, &service->address);
        g_string_append_printf(out, ", %u ports", problem->servers);
        return;
    case TCPRST_SHARED_CLIENT:
        g_string_append(out, "client ");
        tcprst_add_address(out, tcprst_problem_client(problem));
        tcprst_problem_add_servers(g_string_append(out, ", "), problem);
        return;
    case TCPRST_SHARED_NETWORKS:
        add_network(out, tcprst_problem_client(problem));
        g_string_append(out, " to ");
        add_network(out, &service->address);
        return;
    case TCPRST_SHARED_DEVICE:
        tcprst_problem_add_servers(g_string_append(out, "one sender at "), problem);
        return;
    case TCPRST_SHARED_CAUSE:
        tcprst_problem_add_servers(out, problem);
        return;
    case TCPRST_SHARED_INSTANT:
        tcprst_problem_add_servers(out, problem);
        g_string_append(out, " at ");
        (has_days ? tcprst_add_date : tcprst_add_clock)(out, first->time_ns);
        return;
    }
}

/* --- as a filter --- */

/* A cause of a reset and one of a silence can have the same name. */
static void add_causes(GString *out, const struct tcprst_problem *problem) {
    bool is_told[TCPRST_CAUSES_MAX] = {false};
    unsigned told = 0;
    gsize begin = out->len;
    for (guint i = 0; i < problem->resets->len; i++) {
        const char *name = tcprst_problem_reset(problem, i)->best.cause->name;
        const unsigned row = tcprst_cause_row(tcprst_cause_named(name));
        if (!is_told[row])
            g_string_append_printf(out, "%stcprst.cause == \"%s\"", told++ ? " || " : "", name);
        is_told[row] = true;
    }
    if (told < 2)
        return;
    g_string_insert_c(out, (gssize)begin, '(');
    g_string_append_c(out, ')');
}

static void add_address_is(GString *out, const struct tcprst_address *address, bool is_network) {
    g_string_append(out, tcprst_is_ipv4(address) ? " && ip.addr == " : " && ipv6.addr == ");
    if (is_network)
        add_network(out, address);
    else
        tcprst_add_address(out, address);
}

static void add_frames_between(GString *out, const struct tcprst_problem *problem) {
    g_string_append_printf(out, " && frame.number >= %u && frame.number <= %u",
                           tcprst_problem_reset(problem, 0)->event->frame,
                           tcprst_problem_reset(problem, problem->resets->len - 1)->event->frame);
}

static void add_header_is(GString *out, const struct tcprst_event *e) {
    g_string_append_printf(out, " && %s == %u && tcp.window_size_value == %u",
                           e->ip.version == 6 ? "ipv6.hlim" : "ip.ttl", e->ip.ttl, e->window);
}

void tcprst_problem_add_filter(GString *out, const struct tcprst_problem *problem) {
    const struct tcprst_service *service = problem->example->service;
    add_causes(out, problem);
    if (problem->shared == TCPRST_SHARED_CLIENT || problem->shared == TCPRST_SHARED_NETWORKS)
        add_address_is(out, tcprst_problem_client(problem),
                       problem->shared == TCPRST_SHARED_NETWORKS);
    if (problem->shared <= TCPRST_SHARED_HOST || problem->shared == TCPRST_SHARED_NETWORKS)
        add_address_is(out, &service->address, problem->shared == TCPRST_SHARED_NETWORKS);
    if (problem->shared == TCPRST_SHARED_SERVER)
        g_string_append_printf(out, " && tcp.port == %u", service->port);
    if (problem->shared == TCPRST_SHARED_DEVICE)
        add_header_is(out, problem->example->event);
    if (problem->shared == TCPRST_SHARED_INSTANT)
        add_frames_between(out, problem);
}
