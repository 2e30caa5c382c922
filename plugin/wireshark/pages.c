/* pages.c - `tshark -z tcprst,report` and `tshark -z tcprst,json`: drawn at the end, by final
 * verdicts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

#include <epan/stat_tap_ui.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wsutil/report_message.h>

#include "core/output/json.h"
#include "core/output/report.h"

struct page;

/* One for each kind of page. */
struct kind {
    const char *command, *title;
    void (*print)(const struct page *page, const struct tcprst_capture *capture);
};

/* One listener; from the command line to its end. */
struct page {
    const struct kind *kind;
    char *filter; /* NULL: none */
    struct tcprst_summary *summary;
    const struct tcprst_capture *capture; /* what the summary points into */
};

static void print_report(const struct page *page, const struct tcprst_capture *capture) {
    GString *text = g_string_new(NULL);
    tcprst_report(text, capture, page->summary, page->filter, TCPRST_PAGE_COLUMNS);
    fputs(text->str, stdout);
    g_string_free(text, TRUE);
}

static void print_line(GString *line) {
    fputs(line->str, stdout);
    g_string_truncate(line, 0);
}

static void print_json(const struct page *page, const struct tcprst_capture *capture) {
    const struct tcprst_summary *summary = page->summary;
    GString *line = g_string_new(NULL);
    for (guint i = 0; i < summary->events->len; i++) {
        tcprst_json_event(line, capture, g_ptr_array_index(summary->events, i));
        print_line(line);
    }
    for (guint i = 0; i < summary->silences->len; i++) {
        tcprst_json_event(line, capture, g_ptr_array_index(summary->silences, i));
        print_line(line);
    }
    for (guint i = 0; i < summary->services->len; i++) {
        tcprst_json_service(line, g_ptr_array_index(summary->services, i));
        print_line(line);
    }
    GPtrArray *problems = tcprst_problems_of(summary);
    for (guint i = 0; i < problems->len; i++) {
        tcprst_json_incident(line, g_ptr_array_index(problems, i));
        print_line(line);
    }
    g_ptr_array_unref(problems);
    g_string_free(line, TRUE);
}

static const struct kind kinds[] = {
    {"tcprst", "TCP reset report", print_report}, /* without a word more */
    {"tcprst,report", "TCP reset report", print_report},
    {"tcprst,json", "TCP resets as JSON", print_json},
};

static void reset(void *listener) {
    struct page *page = listener;
    tcprst_summary_free(page->summary);
    page->summary = tcprst_summary_new(true);
    page->capture = NULL;
}

static tap_packet_status count(void *listener, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                               const void *data TCPRST_TAP_FLAGS) {
    struct page *page = listener;
    const struct tcprst_tapped *tapped = data;
    page->capture = tcprst_current_capture();
    tcprst_summary_add(page->summary, &tapped->entry, tapped->time_ns);
    return TAP_PACKET_REDRAW;
}

static void draw(void *listener) {
    const struct page *page = listener;
    struct tcprst_capture *capture = tcprst_current_capture();
    if (!capture || (page->capture && page->capture != capture))
        return;
    tcprst_capture_settle(capture);
    if (!page->filter)
        tcprst_summary_add_settled(page->summary, capture);
    tcprst_summary_judge(page->summary, capture);
    page->kind->print(page, capture);
}

static void finish(void *listener) {
    struct page *page = listener;
    tcprst_summary_free(page->summary);
    g_free(page->filter);
    g_free(page);
}

static char *begin_page(const struct kind *kind, const char *argument) {
    const char *rest = argument + strlen(kind->command);
    if (kind == kinds && *rest)
        return g_strdup_printf(
            "-z %s: expected tcprst, or tcprst, and one of report, servers, tree, json", argument);
    if (*rest && *rest != ',')
        return g_strdup_printf("-z %s: expected %s or %s,FILTER", argument, kind->command,
                               kind->command);
    struct page *page = g_new0(struct page, 1);
    page->kind = kind;
    page->filter = *rest && rest[1] ? g_strdup(rest + 1) : NULL;
    page->summary = tcprst_summary_new(true);
    GString *error = register_tap_listener("tcprst", page, page->filter, TL_REQUIRES_NOTHING, reset,
                                           count, draw, finish);
    if (!error)
        return NULL;
    finish(page);
    char *told = g_strdup_printf("-z %s: %s", argument, error->str);
    g_string_free(error, TRUE);
    return told;
}

static TCPRST_BEGIN_RESULT begin(const char *argument, void *kind) {
    char *error = begin_page(kind, argument);
    if (!error)
        TCPRST_BEGUN_WELL;
    report_failure("%s", error);
    g_free(error);
    TCPRST_BEGUN_BADLY;
}

void tcprst_register_pages(void) {
    static tap_param parameters[] = {{PARAM_FILTER, "filter", "Filter", NULL, TRUE}};
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        stat_tap_ui ui = {
            /* no menu entry: what it prints goes to standard output; report_window.c has one */
            .group = REGISTER_STAT_GROUP_GENERIC,
            .title = kinds[i].title,
            .cli_string = kinds[i].command,
            .tap_init_cb = begin,
            .nparams = G_N_ELEMENTS(parameters),
            .params = parameters,
        };
        register_stat_tap_ui(&ui, (void *)&kinds[i]);
    }
}
