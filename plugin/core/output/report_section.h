/* report_section.h - what the files that write on one problem share
 *
 * A failure is a reset, or what had no answer, in the name of either side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_REPORT_SECTION_H
#define TCPRST_OUTPUT_REPORT_SECTION_H

#include "core/output/problem.h"
#include "core/output/wrap.h"
#include "core/packet/time_text.h"

struct section {
    GString *out;
    const struct tcprst_capture *capture;
    const struct tcprst_summary *summary;
    const struct tcprst_problem *problem;
    const struct tcprst_service *service; /* of its example */
    unsigned number;  /* from 1 */
    bool is_filtered; /* others may be left out */
    bool is_short;    /* without evidence */
    GHashTable *told; /* reasons that are on the page, without their values */
    int64_t *day;     /* the one that the reader knows of, see section_add_moment() */
};

#define ADD(line, ...) g_string_append_printf(line, __VA_ARGS__)

/* Appends the line to the section, as a paragraph, and frees it. */
void section_put(const struct section *section, GString *line);

/* Appends the line to the section's last paragraph, and frees it. */
void section_continue(const struct section *section, GString *line);

/* Appends "frame 7, 12:17:12", with the date where the day is another one than that of the moment
 * before: "frame 7, 2024-05-02 12:17:12". */
void section_add_moment(const struct section *section, GString *line,
                        const struct tcprst_moment *moment);
void section_add_moment_of(const struct section *section, GString *line,
                           const struct tcprst_event *event);

/* When its first failure began: a silence's own frame is what was repeated last, and whoever looks
 * for it begins with its SYN, and so for what a flood left. */
struct tcprst_moment section_first_moment(const struct tcprst_problem *problem);

/* Appends "In frame 7, 12:17:12", "In frames 7 to 9, 12:17:12", or "From frame 7, 12:17:12 to frame
 * 9, 12:17:13". */
void section_add_moments(const struct section *section, GString *line,
                         const struct tcprst_moment *first, const struct tcprst_moment *last);

/* The same of the problem's first failure and its last one. */
void section_add_period(const struct section *section, GString *line);

/* Of several days: then each time needs its date. */
static inline bool section_has_days(const struct tcprst_summary *summary) {
    return tcprst_day(summary->first_ns) != tcprst_day(summary->last_ns);
}

static inline const char *section_plural(uint32_t count) {
    return count == 1 ? "" : "s";
}

/* Appends "3 resets", "3 connections without an answer", or "3 connections (2 reset, 1 without an
 * answer)". */
void section_add_count(GString *line, uint32_t all, uint32_t silences);

/* The cause that leads has no more than half of its resets: its title names all. */
static inline bool section_is_mixed(const struct tcprst_problem *problem) {
    return !problem->pattern && problem->of_cause * 2 <= problem->resets->len;
}

/* Appends "Title (name, likely, 80 %)"; of a mixed problem "3 resets of 2 kinds: Title (2 name),
 * Title (1 name)". */
void section_add_cause(GString *line, const struct tcprst_problem *problem);

/* Appends "3 port-closed, 9 connect-probe": the causes of all its resets. */
void section_add_causes(GString *line, const struct tcprst_problem *problem);

/* A problem in full (report_problem.c). */
void tcprst_report_problem(const struct section *section);

/* How far the clocks of capture points are apart (report_clocks.c). */
void tcprst_report_clocks(GString *out, const struct tcprst_capture *capture);

/* A problem in a sentence (report_brief.c). */
void tcprst_report_brief(GString *out, const struct tcprst_problem *problem, bool has_days);

/* The causes that the title does not name, and the senders (report_kinds.c). */
void section_add_kinds(const struct section *section);

/* One server's, of whose failures it has some: section_add_history() tells of all. */
static inline bool section_has_history(const struct section *s) {
    return s->problem->shared == TCPRST_SHARED_SERVER && s->problem->failed &&
           s->service->first_failed.frame;
}

/* Because of what, with evidence and alternatives, in a paragraph of its own or in that before; and
 * what to check (report_reasons.c). */
void section_add_reasons(const struct section *section, bool continues);
void section_add_next(const struct section *section, bool was_told);

/* Both for each cause that a mixed problem has explained. */
void section_add_mixed(const struct section *section);

/* True if the same reasons, of other values, are on the page; after this call they are. */
bool section_was_told(const struct section *section);

/* Of an endpoint with failed connections (report_history.c). */
void section_add_history(const struct section *section);

/* Appends "refused (2); no answer to the SYN (1). The 2 refusals came 1.0 ms to 2.0 ms after the
 * SYN." (report_ways.c). */
void tcprst_add_ways(GString *line, const struct tcprst_service *service);

/* Their SYNs were refused or not answered. */
bool tcprst_all_refused(const struct tcprst_service *service);

/* How many connections were open when one was reset, at most. */
uint32_t tcprst_most_open(const struct tcprst_service *service);

/* Of a problem of several servers (report_shared.c). */
void section_add_shared(const struct section *section);

#endif
