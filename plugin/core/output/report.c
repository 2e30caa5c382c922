/* report.c - the page: what the capture holds, what is wrong in it, and what is harmless
 *
 * Bounded: a few problems in full, some more in a sentence each, the rest counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/report.h"

#include "core/output/report_section.h"

enum { IN_BRIEF = 20 };

/* --- counts of causes over endpoints --- */

struct total {
    const struct tcprst_cause *cause;
    const struct tcprst_judged *first;
    GHashTable *endpoints; /* struct tcprst_service; NULL: there is none */
    uint32_t resets, silences;
};

struct totals {
    struct total list[TCPRST_TROUBLE][TCPRST_CAUSES_MAX]; /* in the order of the table */
};

static void add_to_totals(struct totals *totals, const struct tcprst_problem *problem) {
    for (guint i = 0; i < problem->resets->len; i++) {
        const struct tcprst_judged *judged = tcprst_problem_reset(problem, i);
        const enum tcprst_concern concern = MIN(judged->concern, TCPRST_UNEXPLAINED);
        struct total *total = &totals->list[concern][tcprst_cause_row(judged->best.cause)];
        if (!total->endpoints)
            total->endpoints = g_hash_table_new(NULL, NULL);
        total->cause = judged->best.cause;
        total->resets++;
        total->silences += judged->event->silence != NULL;
        g_hash_table_add(total->endpoints, judged->service);
        if (!total->first || judged->event->frame < total->first->event->frame)
            total->first = judged;
    }
}

static void clear_totals(struct totals *totals) {
    for (unsigned concern = 0; concern < TCPRST_TROUBLE; concern++)
        for (unsigned i = 0; i < TCPRST_CAUSES_MAX; i++)
            g_clear_pointer(&totals->list[concern][i].endpoints, g_hash_table_unref);
}

/* Appends "frame 7", or "frame 7 (2024-05-02 12:17:12)". */
static void add_frame(GString *line, const struct tcprst_event *e, bool has_days) {
    ADD(line, "frame %u", e->frame);
    if (!has_days)
        return;
    tcprst_add_date(g_string_append(line, " ("), e->time_ns);
    g_string_append_c(line, ')');
}

static void add_total(GString *line, const struct total *total, bool has_days) {
    const guint endpoints = g_hash_table_size(total->endpoints);
    const struct tcprst_service *service = total->first->service;
    ADD(line, "%s (%s): ", total->cause->title, total->cause->name);
    section_add_count(line, total->resets, total->silences);
    if (endpoints > 1)
        ADD(line, " at %u endpoints, first", endpoints);
    g_string_append(line, " at ");
    tcprst_add_endpoint(line, &service->address, service->port);
    g_string_append(line, total->resets > 1 && endpoints == 1 ? ", first in " : " in ");
    add_frame(line, total->first->event, has_days);
    g_string_append_c(line, '.');
}

/* A line for each cause, below the label; a single one beside it. */
static void add_totals(GString *out, const struct totals *totals, bool has_days, const char *label,
                       enum tcprst_concern concern) {
    const struct total *told[TCPRST_CAUSES_MAX];
    unsigned causes = 0;
    for (unsigned i = 0; i < TCPRST_CAUSES_MAX; i++)
        if (totals->list[concern][i].cause)
            told[causes++] = &totals->list[concern][i];
    if (causes > 1)
        ADD(out, "%s\n", label);
    for (unsigned i = 0; i < causes; i++) {
        GString *line = g_string_new(NULL);
        if (causes == 1)
            ADD(line, "%s ", label);
        add_total(line, told[i], has_days);
        tcprst_put_paragraph(out, causes > 1 ? 4 : 0, line);
    }
}

/* --- parts of the page --- */

static void add_head(GString *out, const struct tcprst_summary *summary, const char *filter) {
    GString *line = g_string_new(NULL);
    if (!summary->entries) {
        g_string_append(line, "No TCP connections");
    } else {
        tcprst_add_period(line, summary->first_ns, summary->last_ns);
        ADD(line, " UTC: %u TCP connection%s to %u endpoint%s, ", summary->connections,
            section_plural(summary->connections), summary->services->len,
            section_plural(summary->services->len));
        if (summary->resets)
            ADD(line, "%u reset%s", summary->resets, section_plural(summary->resets));
        else
            g_string_append(line, "no reset");
        if (summary->silences->len)
            ADD(line, ", %u without an answer", summary->silences->len);
    }
    tcprst_put_paragraph(out, 0, g_string_append_c(line, '.'));
    if (!filter || !*filter)
        return;
    char *valid = g_utf8_make_valid(filter, -1);
    line = g_string_new(
        "Counted is only what passes this filter; verdicts rest on the whole capture: ");
    g_string_append(line, valid);
    g_free(valid);
    tcprst_put_paragraph(out, 0, line);
}

/* Problems of the same cause for which there is no room. */
struct rest {
    uint32_t problems[TCPRST_CAUSES_MAX], resets[TCPRST_CAUSES_MAX], silences[TCPRST_CAUSES_MAX],
        count;
    const struct tcprst_event *first[TCPRST_CAUSES_MAX];
};

static void add_to_rest(struct rest *rest, const struct tcprst_problem *problem) {
    unsigned row = tcprst_cause_row(problem->cause);
    const struct tcprst_event *e = tcprst_problem_reset(problem, 0)->event;
    if (!rest->problems[row]++ || e->frame < rest->first[row]->frame)
        rest->first[row] = e;
    rest->resets[row] += problem->resets->len;
    rest->silences[row] += problem->silences;
    rest->count++;
}

static void add_rest(GString *out, const struct rest *rest, bool has_days) {
    if (rest->count)
        ADD(out, "%u more problem%s:\n", rest->count, section_plural(rest->count));
    for (unsigned row = 0; row < TCPRST_CAUSES_MAX; row++) {
        if (!rest->problems[row])
            continue;
        GString *line = g_string_new(NULL);
        ADD(line, "%s (%s): ", tcprst_cause_at(row)->title, tcprst_cause_at(row)->name);
        section_add_count(line, rest->resets[row], rest->silences[row]);
        ADD(line, " in %u problem%s, first in ", rest->problems[row],
            section_plural(rest->problems[row]));
        add_frame(line, rest->first[row], has_days);
        tcprst_put_paragraph(out, 4, g_string_append_c(line, '.'));
    }
}

/* Something failed, or is a warning. */
static bool is_weighty(const struct tcprst_problem *problem) {
    return problem->cause->severity == TCPRST_WARN || problem->failed;
}

bool tcprst_report_has_in_full(const struct tcprst_problem *problem, unsigned rank) {
    return rank < TCPRST_REPORT_IN_FULL && problem->concern == TCPRST_TROUBLE &&
           !problem->pattern && !problem->is_exception;
}

/* What the page has told so far. */
struct page {
    GString *out;
    struct rest rest;
    GHashTable *told; /* as in report_section.h */
    unsigned in_brief;
    bool has_days;
    int64_t day;
};

static void add_brief(struct page *page, const struct tcprst_problem *problem) {
    if (page->in_brief >= IN_BRIEF) {
        add_to_rest(&page->rest, problem);
        return;
    }
    page->in_brief++;
    tcprst_report_brief(page->out, problem, page->has_days);
}

static void add_problem(struct page *page, struct section *section, unsigned rank) {
    if (!tcprst_report_has_in_full(section->problem, rank)) {
        add_brief(page, section->problem);
        return;
    }
    /* the page's first line names the day, unless there are several */
    page->day = page->has_days ? INT64_MIN : tcprst_day(section->summary->first_ns);
    section->service = section->problem->example->service;
    section->number = rank + 1;
    section->told = page->told;
    section->is_short = !is_weighty(section->problem);
    tcprst_report_problem(section);
    g_string_append_c(page->out, '\n');
}

/* Those that nobody has to care about are counted by cause only. */
static void add_problems(GString *out, const struct tcprst_capture *capture,
                         const struct tcprst_summary *summary, bool is_filtered,
                         struct totals *others) {
    GPtrArray *problems = tcprst_problems_of(summary);
    struct page page = {
        .out = out, .has_days = section_has_days(summary),
        .told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    struct section section = {
        .out = out, .capture = capture, .summary = summary, .is_filtered = is_filtered,
        .day = &page.day};
    for (guint rank = 0; rank < problems->len; rank++) {
        section.problem = g_ptr_array_index(problems, rank);
        if (section.problem->concern == TCPRST_TROUBLE)
            add_problem(&page, &section, rank);
        else
            add_to_totals(others, section.problem);
    }
    add_rest(out, &page.rest, page.has_days);
    add_totals(out, others, page.has_days, "Harmless:", TCPRST_HARMLESS);
    add_totals(out, others, page.has_days, "Not explained:", TCPRST_UNEXPLAINED);
    g_hash_table_unref(page.told);
    g_ptr_array_unref(problems);
}

static void add_quiet(GString *out, const struct tcprst_summary *summary) {
    uint32_t endpoints = 0, connections = 0, served = 0;
    for (guint i = 0; i < summary->services->len; i++) {
        const struct tcprst_service *service = g_ptr_array_index(summary->services, i);
        if (service->resets || service->silences)
            continue;
        endpoints++;
        /* where a filter leaves out how some began */
        connections += MAX(service->connections, service->served);
        served += service->served;
    }
    if (!endpoints || !(summary->resets + summary->silences->len))
        return;
    GString *line = g_string_new(NULL);
    ADD(line, "%s at %u other endpoint%s: ",
        summary->silences->len ? "No failures" : "No resets", endpoints, section_plural(endpoints));
    if (served == connections)
        ADD(line, "%u of %u connection%s answered.", served, connections,
            section_plural(connections));
    else if (served)
        ADD(line, "%u of %u connections were answered, the others asked nothing, still waited or "
                  "were captured in part.", served, connections);
    else
        ADD(line, "the %u connection%s there asked nothing, still waited or %s captured in part.",
            connections, section_plural(connections), connections == 1 ? "was" : "were");
    tcprst_put_paragraph(out, 0, line);
}

/* An empty line follows each problem in full. */
static void drop_last_empty_line(GString *out) {
    if (g_str_has_suffix(out->str, "\n\n"))
        g_string_truncate(out, out->len - 1);
}

void tcprst_report(GString *out, const struct tcprst_capture *capture,
                   const struct tcprst_summary *summary, const char *filter, unsigned columns) {
    gsize begin = out->len;
    struct totals others = {{{{0}}}};
    add_head(out, summary, filter);
    tcprst_report_clocks(out, capture);
    add_problems(out, capture, summary, filter && *filter, &others);
    clear_totals(&others);
    add_quiet(out, summary);
    drop_last_empty_line(out);
    tcprst_wrap(out, begin, columns);
}
