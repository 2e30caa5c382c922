/* report_reasons.c - why a problem's resets came, and what to check
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/report_section.h"

#include <string.h>

#include "core/output/explanation.h"

enum { EVIDENCE_SHOWN = 3 };

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
    else if ((has_history && strstr(s->problem->cause->because, "{trigger}")) ||
             strstr(s->problem->cause->because, "{trigger_kind}"))
        take_group(left, TCPRST_EVIDENCE_rst_answers_syn);
    if (strstr(s->problem->cause->because, "{round_trips}"))
        left->is[TCPRST_EVIDENCE_rst_one_leg_later] = false;
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

/* `undetermined` is what the percentages leave: it is told where that is much. */
static void add_alternatives(const struct section *s) {
    enum { MUCH_PERCENT = 10 };
    GString *line = g_string_new(NULL);
    for (unsigned i = 0; i < s->problem->alternatives; i++) {
        const struct tcprst_opinion *opinion = &s->problem->alternative[i];
        if (opinion->cause != tcprst_cause_undetermined() || opinion->confidence >= MUCH_PERCENT)
            ADD(line, "%s%s %u %%", line->len ? ", " : "Also possible: ", opinion->cause->name,
                opinion->confidence);
    }
    if (line->len)
        section_continue(s, g_string_append_c(line, '.'));
    else
        g_string_free(line, TRUE);
}

/* The text without words that have a digit: addresses, frames, numbers. */
static char *without_values(const char *text) {
    GRegex *values = g_regex_new("\\S*\\d\\S*", G_REGEX_RAW, 0, NULL);
    char *words = g_regex_replace_literal(values, text, -1, 0, "#", 0, NULL);
    g_regex_unref(values);
    return words;
}

bool section_was_told(const struct section *s) {
    const struct tcprst_event *e = s->problem->example->event;
    const struct tcprst_verdict verdict = tcprst_judge(s->capture, e);
    char *because = tcprst_text(s->problem->cause->because, s->capture, e, &verdict);
    char *next = tcprst_text(s->problem->cause->next_step, s->capture, e, &verdict);
    char *both = g_strconcat(because, next, NULL);
    const bool is_new = g_hash_table_add(s->told, without_values(both));
    g_free(because);
    g_free(next);
    g_free(both);
    return !is_new;
}

static char *because_of(const struct section *s, const struct tcprst_event *e) {
    const struct tcprst_verdict verdict = tcprst_judge(s->capture, e);
    return tcprst_text(s->problem->cause->because, s->capture, e, &verdict);
}

/* True if the text is another one for another reset of that cause.  Of many resets the first ones
 * are compared. */
static bool is_of_example_only(const struct section *s, const char *because) {
    enum { COMPARED = 16 };
    bool is_other = false;
    for (guint i = 0; i < MIN(s->problem->resets->len, COMPARED) && !is_other; i++) {
        const struct tcprst_judged *other = tcprst_problem_reset(s->problem, i);
        if (other == s->problem->example || other->best.cause != s->problem->cause)
            continue;
        char *text = because_of(s, other->event);
        is_other = strcmp(text, because) != 0;
        g_free(text);
    }
    return is_other;
}

static void add_signs_and_rest(const struct section *s, const char *because) {
    const struct tcprst_verdict verdict = tcprst_judge(s->capture, s->problem->example->event);
    if (!s->is_short)
        add_signs(s, &verdict.seen, because);
    if (!s->is_short || s->problem->confidence < TCPRST_LIKELY_PERCENT)
        add_alternatives(s);
}

void section_add_reasons(const struct section *s, bool continues) {
    const struct tcprst_event *e = s->problem->example->event;
    char *because = because_of(s, e);
    GString *line = g_string_new(continues ? NULL : "Because");
    if (is_of_example_only(s, because))
        ADD(line, continues ? "As in frame %u: " : " (as in frame %u): ", e->frame);
    else if (!continues)
        g_string_append(line, ": ");
    g_string_append(line, because);
    if (continues)
        section_continue(s, line);
    else
        section_put(s, line);
    add_signs_and_rest(s, because);
    g_free(because);
}

void section_add_next(const struct section *s, bool was_told) {
    if (was_told) {
        section_put(s, g_string_new("Because and next: as above."));
        return;
    }
    const struct tcprst_event *e = s->problem->example->event;
    const struct tcprst_verdict verdict = tcprst_judge(s->capture, e);
    char *next = tcprst_text(s->problem->cause->next_step, s->capture, e, &verdict);
    put_text(s, "Next: ", next);
    g_free(next);
}

/* --- several causes --- */

/* Appends "forged (likely, 80 %), as in frame 7". */
static void add_example(GString *line, const struct tcprst_problem *problem) {
    ADD(line, "%s (%s, %u %%), as in frame %u", problem->cause->name,
        tcprst_certainty(problem->confidence), problem->confidence,
        problem->example->event->frame);
}

static void add_reasons(const struct section *s) {
    char *because = because_of(s, s->problem->example->event);
    put_text(s, "Because: ", because);
    add_signs_and_rest(s, because);
    g_free(because);
}

static void add_explained(const struct section *s) {
    const bool was_told = section_was_told(s);
    GString *line = g_string_new("What follows explains ");
    add_example(line, s->problem);
    section_put(s, g_string_append_c(line, '.'));
    if (!was_told)
        add_reasons(s);
    section_add_next(s, was_told);
}

/* In a sentence. */
static void add_because(const struct section *s) {
    char *because = because_of(s, s->problem->example->event);
    GString *line = g_string_new("There is also ");
    add_example(line, s->problem);
    section_put(s, g_string_append(g_string_append(line, ". "), because));
    g_free(because);
}

/* Two causes are explained; of more the most frequent one, and in a sentence what concerns
 * security and, beside it, the next ones that happened more than once. */
void section_add_mixed(const struct section *s) {
    enum { SENTENCES_MAX = 2 };
    const struct tcprst_cause *causes[TCPRST_CAUSES_MAX];
    const unsigned count = tcprst_problem_causes(s->problem, causes);
    unsigned sentences = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct tcprst_problem by = tcprst_problem_by(s->problem, causes[i]);
        struct section own = *s;
        own.problem = &by;
        if (i == 0 || count == 2)
            add_explained(&own);
        else if (causes[i]->is_security ||
                 (by.of_cause > 1 && by.concern != TCPRST_HARMLESS &&
                  sentences < SENTENCES_MAX)) {
            add_because(&own);
            sentences++;
        }
    }
}
