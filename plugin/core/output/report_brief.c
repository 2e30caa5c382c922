/* report_brief.c - a problem in a sentence: scans, exceptions, and what there is no room for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/report_section.h"

#include "core/reset/silence.h"

static void add_frames(GString *line, const struct tcprst_problem *problem, bool has_days) {
    const struct tcprst_moment first = section_first_moment(problem);
    const struct tcprst_event *last =
        tcprst_problem_reset(problem, problem->resets->len - 1)->event;
    if (first.frame == last->frame)
        ADD(line, " in frame %u", first.frame);
    else
        ADD(line, " in frames %u to %u", first.frame, last->frame);
    if (!has_days)
        return;
    g_string_append(line, " (");
    if (first.frame == last->frame)
        tcprst_add_date(line, last->time_ns);
    else
        tcprst_add_period(line, first.time_ns, last->time_ns);
    g_string_append_c(line, ')');
}

/* With numbers only if there are several ways. */
static void add_ways(GString *line, const struct tcprst_problem *problem) {
    enum { REFUSED, SILENT, HALF_OPEN, OPEN, WAYS };
    static const char *const ways[WAYS] = {"refused", "unanswered", "left half open by the client",
                                           "accepted and then reset by the client"};
    uint32_t counts[WAYS] = {0};
    unsigned told = 0;
    for (guint i = 0; i < problem->resets->len; i++) {
        const struct tcprst_event *e = tcprst_problem_reset(problem, i)->event;
        const bool is_half_open = e->silence && e->silence->asked == TCPRST_ASKED_SYNACK;
        counts[is_half_open                                      ? HALF_OPEN
               : e->silence                                      ? SILENT
               : tcprst_event_failure(e) == TCPRST_FAILED_ON_SYN ? REFUSED
                                                                 : OPEN]++;
    }
    for (unsigned way = 0; way < WAYS; way++)
        if (counts[way] == problem->resets->len)
            ADD(line, " (all %s)", ways[way]);
        else if (counts[way])
            ADD(line, "%s%u %s", told++ ? ", " : " (", counts[way], ways[way]);
    if (told)
        g_string_append_c(line, ')');
}

static void add_tried(GString *line, const struct tcprst_problem *problem) {
    if (problem->shared != TCPRST_SHARED_HOST && problem->hosts == problem->servers) {
        ADD(line, "%u hosts", problem->hosts);
        return;
    }
    ADD(line, "%u ports of ", problem->servers);
    if (problem->shared == TCPRST_SHARED_HOST)
        tcprst_add_address(line, &problem->example->service->address);
    else
        ADD(line, "%u hosts", problem->hosts);
}

static void add_tried_by(GString *line, const struct tcprst_problem *problem) {
    g_string_append(line, " by ");
    if (problem->clients > 1)
        ADD(line, "%u clients", problem->clients);
    else
        tcprst_add_address(line, tcprst_problem_client(problem));
}

/* The subject names the host, or the client. */
static void add_sweep(GString *line, const struct tcprst_problem *problem, bool has_days) {
    ADD(line, ": %u connections", problem->resets->len);
    add_ways(line, problem);
    if (problem->shared == TCPRST_SHARED_CLIENT)
        add_tried(g_string_append(line, " to "), problem);
    add_frames(line, problem, has_days);
    if (problem->shared == TCPRST_SHARED_HOST)
        add_tried_by(g_string_append_c(line, ','), problem);
    g_string_append(line, ": a scan, if nobody was to use those ports.");
}

/* No verdict stands for all. */
static void add_mixed_sweep(GString *line, const struct tcprst_problem *problem, bool has_days) {
    add_tried(line, problem);
    add_tried_by(g_string_append(line, " were tried"), problem);
    ADD(line, ": %u connections", problem->resets->len);
    add_ways(line, problem);
    add_frames(line, problem, has_days);
    g_string_append(line, ": a scan, if nobody was to use those ports. Verdicts: ");
    section_add_causes(line, problem);
    g_string_append_c(line, '.');
}

/* In which states a flood's connections are.  In a capture of SYNs alone every connection looks
 * half open, so these count only if it has other segments of that server. */
struct flood {
    uint32_t unanswered, given_up, half_open;
};

static struct flood flood_of(const struct tcprst_problem *problem) {
    const struct tcprst_service *service = problem->example->service;
    struct flood flood = {0, 0, 0};
    uint32_t of_answers = 0;
    for (guint i = 0; i < problem->resets->len; i++) {
        const struct tcprst_event *e = tcprst_problem_reset(problem, i)->event;
        flood.given_up += !e->silence;
        flood.unanswered += e->silence && e->silence->asked == TCPRST_ASKED_SYN;
        of_answers += e->silence && e->silence->asked == TCPRST_ASKED_SYNACK;
    }
    if (service->served || flood.given_up || of_answers)
        flood.half_open = MAX(service->half_open, of_answers);
    return flood;
}

/* Of connections that are only half open the clients are not counted. */
static void add_flood(GString *line, const struct tcprst_problem *problem, bool has_days) {
    const struct flood flood = flood_of(problem);
    const uint32_t all = flood.unanswered + flood.given_up + flood.half_open;
    const char *bound = all > problem->resets->len ? "at least " : "";
    unsigned told = 0;
    ADD(line, ": %u connections of %s%u client%s did not go on after one SYN (", all, bound,
        problem->clients, section_plural(problem->clients));
    if (flood.unanswered)
        ADD(line, "%s%u not answered", told++ ? ", " : "", flood.unanswered);
    if (flood.half_open)
        ADD(line, "%s%u left half open", told++ ? ", " : "", flood.half_open);
    if (flood.given_up)
        ADD(line, "%s%u half open until the server gave up and reset", told++ ? ", " : "",
            flood.given_up);
    g_string_append_c(line, ')');
    const uint32_t half_open_frame = problem->example->service->half_open_frame;
    if (flood.half_open && half_open_frame && half_open_frame < section_first_moment(problem).frame)
        ADD(line, " from frame %u on", half_open_frame);
    else
        add_frames(line, problem, has_days);
    g_string_append(line, ": a flood, or scans, if nobody knows these clients.");
    if (problem->of_cause < problem->resets->len)
        section_add_causes(g_string_append(line, " Verdicts: "), problem),
            g_string_append_c(line, '.');
}

static void add_backscatter(GString *line, const struct tcprst_problem *problem, bool has_days) {
    ADD(line, ": %u connections, of which the capture has the SYN/ACKs only, of %u server%s to %u "
              "client%s", problem->resets->len, problem->servers, section_plural(problem->servers),
        problem->clients, section_plural(problem->clients));
    add_frames(line, problem, has_days);
    g_string_append(line, ": backscatter of a flood with forged addresses, unless what the clients "
                          "send was not captured.");
}

/* "3 resets in frames 5 to 80; the port had 120 connections and 2 more resets." */
static void add_few(GString *line, const struct tcprst_problem *problem, bool has_days) {
    const struct tcprst_service *service = problem->example->service;
    const uint32_t all = service->resets + service->silences;
    if (!section_is_mixed(problem)) {
        g_string_append(line, ": ");
        section_add_count(line, problem->resets->len, problem->silences);
        if (problem->of_cause < problem->resets->len)
            section_add_causes(g_string_append(line, " ("), problem), g_string_append_c(line, ')');
    }
    add_frames(line, problem, has_days);
    if (problem->shared != TCPRST_SHARED_SERVER) {
        g_string_append_c(line, '.');
        return;
    }
    if (service->connections == 1)
        g_string_append(line, "; the port had no other connection");
    else
        ADD(line, "; the port had %u connections", service->connections);
    if (all > problem->resets->len)
        ADD(line, " and %u more %s%s", all - problem->resets->len,
            service->silences ? "failure" : "reset", section_plural(all - problem->resets->len));
    g_string_append_c(line, '.');
}

static void add_called(GString *line, const struct tcprst_problem *problem, bool has_days) {
    static void (*const add[])(GString *, const struct tcprst_problem *, bool) = {
        [TCPRST_NO_PATTERN] = add_few,
        [TCPRST_SCAN] = add_sweep,
        [TCPRST_FLOOD] = add_flood,
        [TCPRST_BACKSCATTER] = add_backscatter,
    };
    tcprst_problem_add_subject(line, problem, has_days);
    if (problem->pattern != TCPRST_FLOOD || problem->of_cause == problem->resets->len)
        section_add_cause(g_string_append(line, "  "), problem);
    add[problem->pattern](line, problem, has_days);
}

void tcprst_report_brief(GString *out, const struct tcprst_problem *problem, bool has_days) {
    GString *line = g_string_new(NULL);
    if (problem->pattern == TCPRST_SCAN && problem->of_cause < problem->resets->len)
        add_mixed_sweep(line, problem, has_days);
    else
        add_called(line, problem, has_days);
    tcprst_put_paragraph(out, 0, line);
}
