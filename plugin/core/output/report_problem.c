/* report_problem.c - one problem: what is wrong, and since when
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/report_section.h"

#include <string.h>

#include "core/reset/silence.h"

enum { INDENT = 4 };

void section_put(const struct section *s, GString *line) {
    tcprst_put_paragraph(s->out, INDENT, line);
}

void section_continue(const struct section *s, GString *line) {
    g_string_truncate(s->out, s->out->len - 1);
    ADD(s->out, " %s\n", line->str);
    g_string_free(line, TRUE);
}

/* Appends "7, 12:17:12". */
static void add_number_and_time(const struct section *s, GString *line,
                                const struct tcprst_moment *moment) {
    const int64_t day = tcprst_day(moment->time_ns);
    ADD(line, "%u, ", moment->frame);
    if (day == *s->day)
        tcprst_add_clock(line, moment->time_ns);
    else
        tcprst_add_date(line, moment->time_ns);
    *s->day = day;
}

void section_add_moment(const struct section *s, GString *line,
                        const struct tcprst_moment *moment) {
    add_number_and_time(s, g_string_append(line, "frame "), moment);
}

void section_add_moment_of(const struct section *s, GString *line, const struct tcprst_event *e) {
    const struct tcprst_moment moment = {e->frame, e->time_ns};
    section_add_moment(s, line, &moment);
}

struct tcprst_moment section_first_moment(const struct tcprst_problem *problem) {
    struct tcprst_moment first = {UINT32_MAX, 0};
    for (guint i = 0; i < problem->resets->len; i++) {
        const struct tcprst_event *e = tcprst_problem_reset(problem, i)->event;
        const bool is_of_syn = e->silence || problem->pattern == TCPRST_FLOOD;
        const struct tcprst_moment begin =
            is_of_syn ? (struct tcprst_moment){tcprst_silence_begin_frame(e),
                                               tcprst_silence_begin_ns(e)}
                      : (struct tcprst_moment){e->frame, e->time_ns};
        first = begin.frame < first.frame ? begin : first;
    }
    return first;
}

void section_add_moments(const struct section *s, GString *line, const struct tcprst_moment *first,
                         const struct tcprst_moment *last) {
    enum { SECOND_NS = 1000000000 };
    if (first->frame == last->frame) {
        section_add_moment(s, g_string_append(line, "In "), last);
    } else if (first->time_ns / SECOND_NS == last->time_ns / SECOND_NS) {
        ADD(line, "In frames %u to ", first->frame);
        add_number_and_time(s, line, last);
    } else {
        section_add_moment(s, g_string_append(line, "From "), first);
        section_add_moment(s, g_string_append(line, " to "), last);
    }
}

void section_add_period(const struct section *s, GString *line) {
    const GPtrArray *resets = s->problem->resets;
    const struct tcprst_event *e = tcprst_problem_reset(s->problem, resets->len - 1)->event;
    const struct tcprst_moment first = section_first_moment(s->problem),
                               last = {e->frame, e->time_ns};
    section_add_moments(s, line, &first, &last);
}

void section_add_count(GString *line, uint32_t all, uint32_t silences) {
    if (!silences)
        ADD(line, "%u reset%s", all, section_plural(all));
    else if (silences == all)
        ADD(line, "%u connection%s without an answer", all, section_plural(all));
    else
        ADD(line, "%u connections (%u reset, %u without an answer)", all, all - silences, silences);
}

static void add_title(const struct section *s) {
    GString *line = g_string_new(NULL);
    ADD(line, "%u. ", s->number);
    tcprst_problem_add_subject(line, s->problem, section_has_days(s->summary));
    g_string_append(line, "  ");
    section_add_cause(line, s->problem);
    tcprst_put_paragraph(s->out, 0, line);
}

/* A guess that turns the whole block around if it is wrong. */
static void add_roles(const struct section *s) {
    if (s->problem->example->event->before->roles_inferred)
        section_continue(
            s, g_string_new("Client and server are guessed: no SYN was captured."));
}

static void add_stages(const struct section *s, GString *line) {
    uint32_t stages[TCPRST_STAGES] = {0};
    unsigned told = 0;
    for (guint i = 0; i < s->problem->resets->len; i++)
        stages[tcprst_problem_reset(s->problem, i)->event->stage]++;
    for (unsigned stage = 0; stage < TCPRST_STAGES; stage++) {
        if (stages[stage])
            ADD(line, "%s %s", told++ ? "," : "", tcprst_stage_name(stage));
        if (stages[stage] && stages[stage] < s->problem->resets->len)
            ADD(line, " (%u)", stages[stage]);
    }
}

static void add_names_of(GString *line, uint32_t from_server, uint32_t resets) {
    if (from_server && from_server < resets)
        ADD(line, ", %u in the server's name and %u in the client's; stage", from_server,
            resets - from_server);
    else
        ADD(line, " in the %s's name; stage", from_server ? "server" : "client");
}

/* All of the problem's resets refused connections that were let in later. */
static bool were_let_in(const struct section *s) {
    for (guint i = 0; i < s->problem->resets->len; i++)
        if (!tcprst_problem_reset(s->problem, i)->event->after.is_taken_back)
            return false;
    return true;
}

/* Appends "refused at first (2 resets, repeated 3 times), and accepted ...": a repeat counts as no
 * reset on the page. */
static void add_refused_at_first(GString *line, const struct tcprst_problem *problem) {
    uint32_t repeats = 0;
    for (guint i = 0; i < problem->resets->len; i++)
        repeats += tcprst_problem_reset(problem, i)->event->after.repeats;
    ADD(line, "refused at first (%u reset%s", problem->resets->len,
        section_plural(problem->resets->len));
    if (repeats == 1)
        g_string_append(line, ", repeated once");
    else if (repeats)
        ADD(line, ", repeated %u times", repeats);
    g_string_append(line, "), and accepted on the same ports later; stage");
}

/* A connection that a reset did not end can have another one. */
static uint32_t connections_of(const struct tcprst_problem *problem) {
    GHashTable *connections = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < problem->resets->len; i++)
        g_hash_table_add(connections, tcprst_problem_reset(problem, i)->event->connection);
    uint32_t count = g_hash_table_size(connections);
    g_hash_table_unref(connections);
    return count;
}

/* Where resets came later than any failure counts. */
static void add_resets(const struct section *s) {
    uint32_t resets = s->problem->resets->len, connections = s->service->connections;
    uint32_t from_server = resets - s->problem->in_clients_name;
    GString *line = g_string_new(NULL);
    section_add_period(s, line);
    const uint32_t hit = connections_of(s->problem);
    const char *were = hit == 1 ? "was" : "were";
    if (connections == 1)
        g_string_append(line, ": the only connection ");
    else
        ADD(line, ": %u of %u connections ", hit, connections);
    if (were_let_in(s))
        add_refused_at_first(g_string_append(g_string_append(line, were), " "), s->problem);
    else if (s->problem->silences == resets)
        ADD(line, "had no answer from the %s; stage", from_server ? "server" : "client");
    else if (s->problem->silences)
        ADD(line, "were reset (%u) or left without an answer (%u); stage",
            resets - s->problem->silences, s->problem->silences);
    else
        add_names_of(g_string_append(g_string_append(line, were), " reset"), from_server, resets);
    add_stages(s, line);
    section_put(s, g_string_append_c(line, '.'));
}

/* Wireshark calls these segments broken, which sends people the wrong way. */
static void add_ack_field(const struct section *s) {
    uint32_t count = 0, first = 0;
    for (guint i = 0; i < s->problem->resets->len; i++) {
        const struct tcprst_event *e = tcprst_problem_reset(s->problem, i)->event;
        if (!tcprst_event_ack_field_note(e))
            continue;
        first = first ? first : e->frame;
        count++;
    }
    if (!count)
        return;
    GString *line = g_string_new(
        "Harmless: Wireshark's \"The acknowledgment number field is nonzero while the ACK flag is "
        "not set\", on ");
    if (count == 1)
        ADD(line, "the reset in frame %u", first);
    else
        ADD(line, "%u of the resets (first: frame %u)", count, first);
    g_string_append(line, ". That stack does not clear the field; it is not the reason.");
    section_put(s, line);
}

/* A single frame is named. */
static void add_filter(const struct section *s) {
    if (s->problem->resets->len == 1)
        return;
    GString *line = g_string_new("Filter: ");
    tcprst_problem_add_filter(line, s->problem);
    section_put(s, line);
}

static void add_times(const struct section *s) {
    bool is_one_server = s->problem->shared == TCPRST_SHARED_SERVER;
    if (!is_one_server)
        section_add_shared(s);
    else if (s->problem->failed < s->problem->resets->len)
        add_resets(s);
    if (section_has_history(s))
        section_add_history(s);
}

static bool is_one_paragraph(const char *text) {
    return strchr(text, '\n') == text + strlen(text) - 1;
}

/* What is true of all its resets. */
static void add_all(const struct section *s) {
    if (s->is_short)
        return;
    add_ack_field(s);
    add_filter(s);
}

void tcprst_report_problem(const struct section *s) {
    add_title(s);
    const gsize begin = s->out->len;
    add_times(s);
    add_roles(s);
    section_add_kinds(s);
    if (section_is_mixed(s->problem)) {
        add_all(s);
        section_add_mixed(s);
        return;
    }
    const bool was_told = section_was_told(s);
    if (!was_told)
        section_add_reasons(s, is_one_paragraph(s->out->str + begin));
    add_all(s);
    section_add_next(s, was_told);
}
