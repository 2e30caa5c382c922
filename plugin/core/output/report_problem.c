/* report_problem.c - one problem: what is wrong, why, and what to check
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/report_section.h"

#include <string.h>

#include "core/packet/time_text.h"

enum { INDENT = 4, EVIDENCE_SHOWN = 3 };

void section_put(const struct section *s, GString *line) {
    tcprst_add_paragraph(s->out, INDENT, line->str);
    g_string_free(line, TRUE);
}

void section_add_moment(const struct section *s, GString *line,
                        const struct tcprst_moment *moment) {
    const int64_t day = tcprst_day(moment->time_ns);
    ADD(line, "frame %u, ", moment->frame);
    if (day == *s->day)
        tcprst_add_clock(line, moment->time_ns);
    else
        tcprst_add_date(line, moment->time_ns);
    *s->day = day;
}

void section_add_moment_of(const struct section *s, GString *line, const struct tcprst_event *e) {
    const struct tcprst_moment moment = {e->frame, e->time_ns};
    section_add_moment(s, line, &moment);
}

void section_add_count(GString *line, uint32_t all, uint32_t silences) {
    if (!silences)
        ADD(line, "%u reset%s", all, section_plural(all));
    else if (silences == all)
        ADD(line, "%u connection%s without an answer", all, section_plural(all));
    else
        ADD(line, "%u connections failed, %u of them without a reset", all, silences);
}

static void add_title(const struct section *s) {
    GString *line = g_string_new(NULL);
    ADD(line, "%u. ", s->number);
    tcprst_problem_add_subject(line, s->problem);
    g_string_append(line, "  ");
    section_add_cause(line, s->problem);
    tcprst_add_paragraph(s->out, 0, line->str);
    g_string_free(line, TRUE);
}

/* A guess that turns the whole block around if it is wrong. */
static void add_roles(const struct section *s) {
    if (s->problem->example->event->before->roles_inferred)
        section_put(
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

/* How many RSTs refused connections that were let in later; 0 unless all of the problem were. */
static uint32_t refusals_before_let_in(const struct section *s) {
    uint32_t rsts = 0;
    for (guint i = 0; i < s->problem->resets->len; i++) {
        const struct tcprst_after *after = &tcprst_problem_reset(s->problem, i)->event->after;
        if (!after->is_taken_back)
            return 0;
        rsts += 1 + after->repeats;
    }
    return rsts;
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
    GString *line = g_string_new(resets > 1 ? "From " : "In ");
    section_add_moment_of(s, line, tcprst_problem_reset(s->problem, 0)->event);
    if (resets > 1) {
        g_string_append(line, " to ");
        section_add_moment_of(s, line, tcprst_problem_reset(s->problem, resets - 1)->event);
    }
    const uint32_t hit = connections_of(s->problem);
    const char *were = hit == 1 ? "was" : "were";
    if (connections == 1)
        g_string_append(line, ": the only connection ");
    else
        ADD(line, ": %u of %u connections ", hit, connections);
    uint32_t refusals = refusals_before_let_in(s);
    if (refusals)
        ADD(line, "%s refused at first (%u resets), and accepted on the same ports later; stage",
            were, refusals);
    else if (s->problem->silences == resets)
        ADD(line, "had no answer of the %s; stage", from_server ? "server" : "client");
    else if (s->problem->silences)
        ADD(line, "failed, %u of them without a reset; stage", s->problem->silences);
    else
        add_names_of(g_string_append(g_string_append(line, were), " reset"), from_server, resets);
    add_stages(s, line);
    section_put(s, g_string_append_c(line, '.'));
}

/* --- why --- */

static void put_text(const struct section *s, const char *label, const char *text) {
    GString *line = g_string_new(label);
    section_put(s, g_string_append(line, text));
}

static void take_group(struct tcprst_seen *left, enum tcprst_evidence leader) {
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++)
        left->is[i] &= tcprst_evidence_leader(i) != leader;
}

/* Takes the strongest evidence that is left, and what counts as the same; TCPRST_NO_EVIDENCE if
 * there is none. */
static unsigned take_strongest(const struct section *s, struct tcprst_seen *left, int sign) {
    unsigned strongest = TCPRST_NO_EVIDENCE;
    int weight = 0;
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++) {
        int own = sign * tcprst_cause_weight(s->problem->cause, i);
        if (left->is[i] && own > weight)
            strongest = i, weight = own;
    }
    if (strongest != TCPRST_NO_EVIDENCE)
        take_group(left, tcprst_evidence_leader(strongest));
    return strongest;
}

/* What the section's history has told already. */
static const enum tcprst_evidence told_by_history[] = {
    TCPRST_EVIDENCE_run_of_resets,     TCPRST_EVIDENCE_run_of_several_clients,
    TCPRST_EVIDENCE_served_before_run, TCPRST_EVIDENCE_served_after_run,
    TCPRST_EVIDENCE_other_ports_served,
    TCPRST_EVIDENCE_port_answered_before, TCPRST_EVIDENCE_port_answers_after,
    TCPRST_EVIDENCE_port_never_answers,   TCPRST_EVIDENCE_host_answers_meanwhile};

/* The element stands within no condition of the text. */
static bool is_outermost(const char *template, const char *element) {
    int depth = 0;
    for (; template < element; template++)
        depth += (*template == '{') - (*template == '}');
    return depth == 0;
}

/* The cause's text asks whether the evidence was seen, or takes its value: "{?name", "{value:name",
 * or one of a list.  Within a condition, which may not hold, that tells nothing for sure. */
static bool is_named_in(const char *template, const char *name, bool outermost_only) {
    const size_t length = strlen(name);
    for (const char *at = strstr(template, name); at; at = strstr(at + 1, name)) {
        const char *begin = at;
        while (begin > template && *begin != '{' && *begin != '}')
            begin--;
        if (strchr("?:|", at[-1]) && strchr("}|:", at[length]) && begin[1] != '!' &&
            (!outermost_only || is_outermost(template, begin)))
            return true;
    }
    return false;
}

/* The text has the sentence in its middle, where it begins with a small letter; or it was made to
 * tell of this evidence. */
static bool is_told_by(const struct section *s, const char *text, enum tcprst_evidence evidence,
                       const char *value) {
    char name[TCPRST_NAME_SIZE];
    tcprst_evidence_name(evidence, name);
    g_strdelimit(name, "-", '_');
    return strstr(text, tcprst_evidence_sentence(evidence) + 1) ||
           is_named_in(s->problem->cause->because, name, !strstr(text, value));
}

/* Each text of a silence tells what was asked, and how often; that of a reset can name what it
 * answers, and the history tells how soon it came. */
static void take_what_was_asked(const struct section *s, struct tcprst_seen *left,
                                bool has_history) {
    if (s->problem->example->event->silence)
        take_group(left, TCPRST_EVIDENCE_syn_unanswered);
    else if (has_history && strstr(s->problem->cause->because, "{trigger}"))
        take_group(left, TCPRST_EVIDENCE_rst_answers_syn);
}

/* Appends the strongest evidence of that sign that the text has not told, if any, after the
 * label. */
static void add_evidence(const struct section *s, GString *line, const char *label,
                         const struct tcprst_seen *seen, int sign, const char *because) {
    const struct tcprst_view view = {s->capture, s->problem->example->event};
    struct tcprst_seen left = *seen;
    bool has_history = section_has_history(s);
    for (unsigned i = 0; has_history && i < G_N_ELEMENTS(told_by_history); i++)
        left.is[told_by_history[i]] = false;
    take_what_was_asked(s, &left, has_history);
    for (unsigned told = 0; told < EVIDENCE_SHOWN;) {
        char value[TCPRST_VALUE_SIZE];
        unsigned evidence = take_strongest(s, &left, sign);
        if (evidence == TCPRST_NO_EVIDENCE)
            break;
        tcprst_evidence_value(&view, evidence, value);
        if (is_told_by(s, because, evidence, value))
            continue;
        ADD(line, "%s%s%s%s%s", told++ ? "; " : label, tcprst_evidence_sentence(evidence),
            value[0] ? " (" : "", value, value[0] ? ")" : "");
    }
}

static void add_signs(const struct section *s, const struct tcprst_seen *seen,
                      const char *because) {
    GString *line = g_string_new(NULL);
    add_evidence(s, line, "Evidence: ", seen, +1, because);
    add_evidence(s, line, line->len ? ". Against it: " : "Evidence against it: ", seen, -1,
                 because);
    if (line->len)
        section_put(s, g_string_append_c(line, '.'));
    else
        g_string_free(line, TRUE);
}

/* `undetermined` is what the percentages leave. */
static void add_alternatives(const struct section *s) {
    GString *line = g_string_new(NULL);
    for (unsigned i = 0; i < s->problem->alternatives; i++) {
        const struct tcprst_opinion *opinion = &s->problem->alternative[i];
        if (tcprst_cause_is_harmless(opinion->cause) ||
            tcprst_cause_needs_attention(opinion->cause))
            ADD(line, "%s%s %u %%", line->len ? ", " : "Also possible: ", opinion->cause->name,
                opinion->confidence);
    }
    if (line->len)
        section_put(s, g_string_append_c(line, '.'));
    else
        g_string_free(line, TRUE);
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

static void add_explained(const struct section *s) {
    GString *line = g_string_new(NULL);
    ADD(line, "What follows explains %s, as in frame %u.", s->problem->cause->name,
        s->problem->example->event->frame);
    section_put(s, line);
}

static void add_reasons(const struct section *s) {
    const struct tcprst_event *e = s->problem->example->event;
    const struct tcprst_verdict verdict = tcprst_judge(s->capture, e);
    char *because = tcprst_text(s->problem->cause->because, s->capture, e, &verdict);
    if (section_is_mixed(s->problem))
        add_explained(s);
    put_text(s, "Because: ", because);
    if (!s->is_short)
        add_signs(s, &verdict.seen, because);
    if (!s->is_short || s->problem->confidence < TCPRST_LIKELY_PERCENT)
        add_alternatives(s);
    g_free(because);
}

static void add_next(const struct section *s) {
    const struct tcprst_event *e = s->problem->example->event;
    const struct tcprst_verdict verdict = tcprst_judge(s->capture, e);
    char *next = tcprst_text(s->problem->cause->next_step, s->capture, e, &verdict);
    put_text(s, "Next: ", next);
    g_free(next);
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

static void add_told(const struct section *s) {
    GString *line = g_string_new("Because and next");
    if (section_is_mixed(s->problem))
        ADD(line, " of %s", s->problem->cause->name);
    section_put(s, g_string_append(line, ": as above."));
}

void tcprst_report_problem(const struct section *s) {
    add_title(s);
    add_roles(s);
    add_times(s);
    section_add_kinds(s);
    if (!s->is_told)
        add_reasons(s);
    if (!s->is_short) {
        add_ack_field(s);
        add_filter(s);
    }
    if (s->is_told)
        add_told(s);
    else
        add_next(s);
}
