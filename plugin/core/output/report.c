/* report.c - the page: what the capture holds, what is wrong at which endpoint, and what is harmless
 *
 * Bounded: a few endpoints in full, some more in a line each, the rest counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/report.h"

#include <string.h>

#include "core/packet/hash.h"
#include "core/output/report_section.h"
#include "core/packet/time_text.h"

enum { IN_FULL = 5, IN_A_LINE = 20, SCANNED = 2, PORTS_NAMED = 12 };

static void add_line(GString *out, GString *line) {
    tcprst_add_paragraph(out, 0, 4, line->str);
    g_string_free(line, TRUE);
}

/* --- which endpoints, in which order --- */

static const struct tcprst_tally *trouble_of(const struct tcprst_service *service) {
    const struct tcprst_tally *tally = tcprst_service_likeliest(service);
    return tally && tcprst_cause_needs_attention(tally->cause) ? tally : NULL;
}

/* Worst first: warnings, then what happened most often, then what came first. */
static gint compare_services(gconstpointer a, gconstpointer b) {
    const struct tcprst_service *x = *(const struct tcprst_service *const *)a;
    const struct tcprst_service *y = *(const struct tcprst_service *const *)b;
    const struct tcprst_tally *p = tcprst_service_likeliest(x), *q = tcprst_service_likeliest(y);
    if (p->cause->severity != q->cause->severity)
        return p->cause->severity > q->cause->severity ? -1 : 1;
    if (p->resets != q->resets)
        return p->resets > q->resets ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static GPtrArray *services_in_trouble(const struct tcprst_summary *summary) {
    GPtrArray *worst = g_ptr_array_new();
    for (guint i = 0; i < summary->services->len; i++)
        if (trouble_of(g_ptr_array_index(summary->services, i)))
            g_ptr_array_add(worst, g_ptr_array_index(summary->services, i));
    g_ptr_array_sort(worst, compare_services);
    return worst;
}

/* --- counts of causes over endpoints --- */

struct total {
    const struct tcprst_cause *cause;
    const struct tcprst_service *first; /* that with the first of them */
    uint32_t resets, endpoints, first_frame;
};

struct totals {
    struct total list[TCPRST_CAUSES_MAX]; /* in the order of the table */
};

static void add_tallies(struct totals *totals, const struct tcprst_service *service) {
    for (guint i = 0; service->tallies && i < service->tallies->len; i++) {
        const struct tcprst_tally *tally = &g_array_index(service->tallies, struct tcprst_tally, i);
        struct total *total = &totals->list[tally->cause - tcprst_cause_at(0)];
        total->cause = tally->cause;
        total->resets += tally->resets;
        total->endpoints++;
        if (total->first_frame && total->first_frame <= tally->first_frame)
            continue;
        total->first = service;
        total->first_frame = tally->first_frame;
    }
}

static bool is_any(const struct tcprst_cause *cause) {
    return cause;
}

static bool is_unexplained(const struct tcprst_cause *cause) {
    return !tcprst_cause_is_harmless(cause) && !tcprst_cause_needs_attention(cause);
}

static void add_total(GString *out, const struct total *total) {
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "%s (%s): %u ", total->cause->title, total->cause->name, total->resets);
    if (total->endpoints > 1)
        g_string_append_printf(line, "at %u endpoints, first ", total->endpoints);
    g_string_append(line, "at ");
    tcprst_add_endpoint(line, &total->first->address, total->first->port);
    g_string_append_printf(line, total->resets > total->endpoints && total->endpoints == 1
                                     ? ", first in frame %u." : " in frame %u.", total->first_frame);
    tcprst_add_paragraph(out, 4, 8, line->str);
    g_string_free(line, TRUE);
}

/* A line for each cause, below the label. */
static void add_totals(GString *out, const struct totals *totals, const char *label,
                       bool (*wanted)(const struct tcprst_cause *)) {
    bool any = false;
    for (unsigned i = 0; i < TCPRST_CAUSES_MAX; i++) {
        const struct total *total = &totals->list[i];
        if (!total->cause || !wanted(total->cause))
            continue;
        if (!any)
            g_string_append_printf(out, "\n%s\n", label);
        any = true;
        add_total(out, total);
    }
}

/* --- parts of the page --- */

static void add_head(GString *out, const struct tcprst_summary *summary, const char *filter) {
    GString *line = g_string_new(NULL);
    if (!summary->entries) {
        g_string_append(line, "No TCP connections");
    } else {
        tcprst_add_period(line, summary->first_ns, summary->last_ns);
        g_string_append_printf(line, " UTC: %u TCP connection%s to %u endpoint%s, ", summary->connections,
                               summary->connections == 1 ? "" : "s", summary->services->len,
                               summary->services->len == 1 ? "" : "s");
        if (summary->resets)
            g_string_append_printf(line, "%u reset", summary->resets);
        else
            g_string_append(line, "none reset");
    }
    g_string_append_c(line, '.');
    add_line(out, line);
    if (!filter || !*filter)
        return;
    char *valid = g_utf8_make_valid(filter, -1);
    line = g_string_new("Counted is only what passes this filter; verdicts rest on the whole capture: ");
    g_string_append(line, valid);
    g_free(valid);
    add_line(out, line);
}

/* An endpoint, and others of the same host where the same happened once or twice, as scans do. */
struct group {
    const struct tcprst_service *leader;
    GString *ports; /* of the others; NULL: none */
    uint32_t others, resets;
};

struct groups {
    struct group list[IN_FULL + IN_A_LINE];
    unsigned count;
    struct totals rest; /* of endpoints for which there is no room */
    uint32_t rest_endpoints;
};

static struct group *group_of(struct groups *groups, const struct tcprst_service *service) {
    bool is_alike = service->resets <= SCANNED && service->tallies->len == 1;
    for (unsigned i = 0; is_alike && i < groups->count; i++) {
        struct group *group = &groups->list[i];
        if (tcprst_equal_address(&group->leader->address, &service->address) &&
            tcprst_service_likeliest(group->leader)->cause == tcprst_service_likeliest(service)->cause)
            return group;
    }
    return NULL;
}

static void add_other(struct group *group, const struct tcprst_service *service) {
    if (!group->ports)
        group->ports = g_string_new(NULL);
    if (group->others < PORTS_NAMED)
        g_string_append_printf(group->ports, "%s%u", group->others ? ", " : "", service->port);
    else if (group->others == PORTS_NAMED)
        g_string_append(group->ports, ", ...");
    group->others++;
    group->resets += service->resets;
}

static void sort_out(struct groups *groups, const struct tcprst_service *service) {
    struct group *group = group_of(groups, service);
    if (group) {
        add_other(group, service);
    } else if (groups->count < G_N_ELEMENTS(groups->list)) {
        groups->list[groups->count++].leader = service;
    } else {
        add_tallies(&groups->rest, service);
        groups->rest_endpoints++;
    }
}

static void add_others(GString *line, const struct group *group) {
    if (group->others)
        g_string_append_printf(line, " The same at %u more port%s of this host, %u reset%s: %s.",
                               group->others, group->others == 1 ? "" : "s", group->resets,
                               group->resets == 1 ? "" : "s", group->ports->str);
}

static void add_brief(GString *out, const struct group *group) {
    const struct tcprst_service *service = group->leader;
    const struct tcprst_tally *tally = trouble_of(service);
    GString *line = g_string_new(NULL);
    tcprst_add_endpoint(line, &service->address, service->port);
    g_string_append_printf(line, "  %s (%s, %u %%): %u of %u resets in %u connections, first in frame %u.",
                           tally->cause->name, tcprst_certainty(tcprst_tally_confidence(tally)),
                           tcprst_tally_confidence(tally), tally->resets, service->resets,
                           service->connections, tally->first_frame);
    add_others(line, group);
    add_line(out, line);
}

static void add_in_full(GString *out, const struct tcprst_capture *capture,
                        const struct tcprst_summary *summary, const struct group *group, bool is_filtered) {
    tcprst_report_service(out, capture, summary, group->leader, is_filtered);
    if (!group->others)
        return;
    GString *line = g_string_new(NULL);
    add_others(line, group);
    tcprst_add_paragraph(out, 4, 8, line->str + 1);
    g_string_free(line, TRUE);
}

static void add_services(GString *out, const struct tcprst_capture *capture,
                         const struct tcprst_summary *summary, bool is_filtered) {
    GPtrArray *worst = services_in_trouble(summary);
    struct groups *groups = g_new0(struct groups, 1);
    for (guint i = 0; i < worst->len; i++)
        sort_out(groups, g_ptr_array_index(worst, i));
    for (unsigned i = 0; i < groups->count; i++) {
        if (i <= IN_FULL)
            g_string_append_c(out, '\n');
        if (i < IN_FULL)
            add_in_full(out, capture, summary, &groups->list[i], is_filtered);
        else
            add_brief(out, &groups->list[i]);
        if (groups->list[i].ports)
            g_string_free(groups->list[i].ports, TRUE);
    }
    char *label = g_strdup_printf("At %u more endpoints:", groups->rest_endpoints);
    add_totals(out, &groups->rest, label, is_any);
    g_free(label);
    g_free(groups);
    g_ptr_array_unref(worst);
}

static void add_quiet(GString *out, const struct tcprst_summary *summary) {
    uint32_t endpoints = 0, connections = 0, served = 0;
    for (guint i = 0; i < summary->services->len; i++) {
        const struct tcprst_service *service = g_ptr_array_index(summary->services, i);
        if (service->resets)
            continue;
        endpoints++;
        connections += service->connections;
        served += service->served;
    }
    if (!endpoints || !summary->resets)
        return;
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "No resets at %u other endpoint%s: %u of %u connection%s answered.",
                           endpoints, endpoints == 1 ? "" : "s", served, connections,
                           connections == 1 ? "" : "s");
    g_string_append_c(out, '\n');
    add_line(out, line);
}

void tcprst_report(GString *out, const struct tcprst_capture *capture, const struct tcprst_summary *summary,
                   const char *filter) {
    struct totals all = {{{0}}};
    for (guint i = 0; i < summary->services->len; i++)
        add_tallies(&all, g_ptr_array_index(summary->services, i));
    add_head(out, summary, filter);
    add_services(out, capture, summary, filter && *filter);
    add_totals(out, &all, "Harmless:", tcprst_cause_is_harmless);
    add_totals(out, &all, "Not explained by the packets:", is_unexplained);
    add_quiet(out, summary);
}
