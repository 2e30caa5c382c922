/* pages.c - summaries, reports and JSON of whole captures, and what must be true of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pages.h"

#include <string.h>

#include "core/output/json.h"
#include "core/output/report.h"
#include "core/output/wrap.h"

/* A section of two causes with long addresses takes 42 lines; a terminal of 1280x1024 pixels shows 50. */
enum { DEEPEST = 8, LONGEST_SECTION_LINES = 48, NO_WRAP = 10000 };

struct tcprst_summary *summary_of(struct tcprst_capture *capture) {
    struct tcprst_summary *summary = tcprst_summary_new(true);
    for (guint i = 0; i < tcprst_capture_entries(capture); i++) {
        const struct tcprst_entry entry = tcprst_capture_entry(capture, i);
        tcprst_summary_add(summary, &entry, (int64_t)entry.frame * 1000000000);
    }
    const int64_t first_ns = summary->first_ns, last_ns = summary->last_ns;
    tcprst_summary_judge(summary, capture);
    summary->first_ns = first_ns; /* entries are told with times of their own */
    summary->last_ns = last_ns;
    return summary;
}

char *page_of(const struct tcprst_capture *capture, const struct tcprst_summary *summary) {
    GString *text = g_string_new(NULL);
    tcprst_report(text, capture, summary, NULL, NO_WRAP);
    return g_string_free(text, FALSE);
}

/* --- JSON: brackets, strings and commas; Python checks the rest (tests/cases) --- */

static const char *end_of_string(const char *p) {
    for (p++; *p && *p != '"'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return NULL;
        if (*p == '\\' && !*++p)
            return NULL;
    }
    return *p ? p : NULL;
}

static const char *line_fault(const char *line) {
    char open[DEEPEST];
    unsigned depth = 0;
    for (const char *p = line; *p; p++) {
        if (*p == '"' && !(p = end_of_string(p)))
            return "JSON: a string does not end, or holds a control character";
        if ((*p == '{' || *p == '[') && depth == DEEPEST)
            return "JSON: nested too deep";
        if (*p == '{' || *p == '[')
            open[depth++] = *p;
        if ((*p == '}' || *p == ']') && (!depth || open[--depth] != (*p == '}' ? '{' : '[')))
            return "JSON: brackets do not match";
        if (*p == ',' && strchr(",}]", p[1]))
            return "JSON: a comma before nothing";
    }
    return depth || line[0] != '{' ? "JSON: no object" : NULL;
}

static const char *json_fault(const struct tcprst_capture *capture,
                              const struct tcprst_summary *summary) {
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < summary->events->len; i++)
        tcprst_json_event(text, capture, g_ptr_array_index(summary->events, i));
    for (guint i = 0; i < summary->silences->len; i++)
        tcprst_json_event(text, capture, g_ptr_array_index(summary->silences, i));
    for (guint i = 0; i < summary->services->len; i++)
        tcprst_json_service(text, g_ptr_array_index(summary->services, i));
    GPtrArray *problems = tcprst_problems_of(summary);
    for (guint i = 0; i < problems->len; i++)
        tcprst_json_incident(text, g_ptr_array_index(problems, i));
    const char *fault = g_utf8_validate(text->str, -1, NULL) ? NULL : "JSON: not UTF-8";
    char **lines = g_strsplit(text->str, "\n", -1);
    guint objects =
        summary->events->len + summary->silences->len + summary->services->len + problems->len;
    g_ptr_array_unref(problems);
    /* nothing behind the last newline */
    if (!fault && g_strv_length(lines) != objects + (objects > 0))
        fault = "JSON: not one object a line";
    for (unsigned i = 0; !fault && lines[i] && lines[i + 1]; i++)
        fault = line_fault(lines[i]);
    g_strfreev(lines);
    g_string_free(text, TRUE);
    return fault;
}

/* --- the report --- */

static const char *report_fault(const struct tcprst_capture *capture,
                                const struct tcprst_summary *summary) {
    GString *text = g_string_new(NULL);
    tcprst_report(text, capture, summary, NULL, TCPRST_PAGE_COLUMNS);
    const char *fault = g_utf8_validate(text->str, -1, NULL) ? NULL : "report: not UTF-8";
    if (!g_str_has_suffix(text->str, ".\n") && !g_str_has_suffix(text->str, "?\n"))
        fault = "report: no end of a sentence";
    char **lines = g_strsplit(text->str, "\n", -1);
    unsigned section_lines = 0;
    for (unsigned i = 0; !fault && lines[i]; i++) {
        section_lines = *lines[i] ? section_lines + 1 : 0;
        if (strlen(lines[i]) > TCPRST_PAGE_COLUMNS)
            fault = "report: a line is too long";
        if (section_lines > LONGEST_SECTION_LINES)
            fault = "report: an endpoint takes more than a screen";
    }
    g_strfreev(lines);
    g_string_free(text, TRUE);
    return fault;
}

/* --- the summary --- */

static const char *service_fault(const struct tcprst_service *s) {
    uint32_t stages = 0, tallied = 0, served = 0, failed = 0;
    for (unsigned i = 0; i < TCPRST_STAGES; i++)
        stages += s->stages[i];
    for (guint i = 0; s->tallies && i < s->tallies->len; i++)
        tallied += g_array_index(s->tallies, struct tcprst_tally, i).resets;
    for (guint i = 0; i < s->service_clients->len; i++) {
        served += g_array_index(s->service_clients, struct tcprst_service_client, i).served;
        failed += g_array_index(s->service_clients, struct tcprst_service_client, i).failed;
    }
    if (stages != s->resets || tallied != s->resets + s->silences || s->with_ack > s->resets)
        return "summary: resets by stage, form and cause disagree";
    if (!s->clients_cut && (served != s->served || failed != tcprst_service_failed(s)))
        return "summary: clients and outcomes disagree";
    if (s->records->len != s->served + tcprst_service_failed(s) || s->run_length > s->records->len)
        return "summary: turns and outcomes disagree";
    return s->service_clients->len > TCPRST_CLIENTS_MAX ? "summary: too many clients" : NULL;
}

static const char *summary_fault(struct tcprst_capture *capture,
                                 const struct tcprst_summary *summary) {
    const char *fault = NULL;
    for (guint i = 0; !fault && i < summary->services->len; i++)
        fault = service_fault(g_ptr_array_index(summary->services, i));
    if (!fault && summary->silences->len != tcprst_capture_silences(capture))
        fault = "summary: not all silences counted";
    if (!fault && summary->resets != tcprst_capture_events(capture))
        fault = "summary: not all resets counted";
    return fault;
}

/* Each reset belongs to one problem. */
static const char *problems_fault(const struct tcprst_summary *summary) {
    const char *fault = NULL;
    GPtrArray *problems = tcprst_problems_of(summary);
    uint32_t resets = 0;
    for (guint i = 0; i < problems->len; i++) {
        const struct tcprst_problem *problem = g_ptr_array_index(problems, i);
        unsigned percent = problem->confidence;
        for (unsigned j = 0; j < problem->alternatives; j++)
            percent += problem->alternative[j].confidence;
        if (percent > 100)
            fault = "problems: percentages of one block are more than 100";
        if (problem->example->best.cause != problem->cause ||
            problem->of_cause > problem->resets->len)
            fault = "problems: the example has another cause";
        resets += problem->resets->len;
    }
    if (resets != summary->resets + summary->silences->len)
        fault = "problems: not every reset is in one";
    g_ptr_array_unref(problems);
    return fault;
}

char *pages_complaint(struct tcprst_capture *capture) {
    struct tcprst_summary *summary = summary_of(capture);
    const char *fault = summary_fault(capture, summary);
    if (!fault)
        fault = problems_fault(summary);
    if (!fault)
        fault = json_fault(capture, summary);
    if (!fault)
        fault = report_fault(capture, summary);
    tcprst_summary_free(summary);
    return g_strdup(fault);
}
