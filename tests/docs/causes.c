/* causes.c - prints docs/causes.md from the tables of causes and evidence
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/limits.h"

#include <stdio.h>
#include <string.h>

enum { STAGES = 7 };

static const char head[] =
    "# The causes\n"
    "<!-- SPDX-License-Identifier: GPL-2.0-or-later -->\n\n"
    "Printed from the tables in `plugin/core` (`cmake --build --preset test --target "
    "document-causes`). Each name is a value of `tcprst.cause`, and the tail of its filter "
    "`tcprst.expert.NAME`.\n\n"
    "Numbers are **decibans**: +10 makes a cause ten times likelier against the others, +3 twice, "
    "-10 ten times less likely. Of evidence that is one thing seen several times only the "
    "strongest counts. Why a weight has its size stands in `plugin/core/verdict/cause.c` and "
    "[facts.md](facts.md); how often the result is right, in [accuracy.md](accuracy.md). A "
    "refinement of another cause is named first only if evidence of its own tells it apart. "
    "*Words like this* are filled in with the connection's own values; what stands in brackets is "
    "said only if the evidence named there was seen.\n";

/* Names up to the delimiter, as people read them; returns where that is. */
static const char *print_names(const char *p, char delimiter) {
    for (; *p && *p != delimiter; p++)
        if (*p == '|')
            printf(" or ");
        else
            putchar(*p == '_' ? ' ' : *p);
    return p;
}

/* A fact in italics, a condition in brackets before its words (output/explanation.h). */
static const char *print_braces(const char *p) {
    bool is_condition = p[1] == '?' || p[1] == '!';
    bool is_part = strncmp(p, "{value:", 7) == 0 || strncmp(p, "{list:", 6) == 0;
    if (is_condition) {
        printf(p[1] == '?' ? "[*if " : "[*unless ");
        p = print_names(p + 2, ':');
        printf(":*%s", p[1] == ' ' ? "" : " ");
        return p;
    }
    printf("*");
    p = print_names(is_part ? strchr(p, ':') + 1 : p + 1, '}');
    printf("*");
    return p;
}

static void print_template(const char *text) {
    for (const char *p = text; *p; p++)
        if (*p == '{')
            p = print_braces(p);
        else
            putchar(*p == '}' ? ']' : *p);
    printf("\n\n");
}

static void print_stages(const struct tcprst_cause *cause) {
    const char *separator = "";
    for (unsigned stage = 0; stage < STAGES; stage++)
        if (cause->stages & 1u << stage) {
            printf("%s`%s`", separator, tcprst_stage_name((enum tcprst_stage)stage));
            separator = " ";
        }
}

static void print_facts(const struct tcprst_cause *cause) {
    bool from_client = cause->from & 1u << TCPRST_CLIENT,
         from_server = cause->from & 1u << TCPRST_SERVER;
    printf("Severity %s%s; %s %s, at ", tcprst_severity_name(cause->severity),
           cause->is_security ? " (security)" : "",
           cause->is_of_silence ? "a failure without a reset: silent is" : "in the name of",
           !from_client ? "the server" : !from_server ? "the client" : "either side");
    print_stages(cause);
    if (cause->parent)
        printf("; refines [%s](#%s)", cause->parent->name, cause->parent->name);
    printf("\n\n");
}

static void print_list(const char *what, const enum tcprst_evidence *list) {
    if (!*list)
        return;
    printf("- %s:", what);
    for (; *list; list++)
        printf(" %s.", tcprst_evidence_sentence(*list));
    printf("\n");
}

static void print_needs_any(const struct tcprst_cause *cause) {
    if (!cause->or_any_sign && !*cause->needs_any)
        return;
    printf("- Needs one of these:");
    for (const enum tcprst_evidence *e = cause->needs_any; *e; e++)
        printf(" %s.", tcprst_evidence_sentence(*e));
    for (unsigned e = 1; cause->or_any_sign && e < TCPRST_EVIDENCE_END; e++)
        if (tcprst_evidence_origin(e) != TCPRST_ANYONE)
            printf(" %s.", tcprst_evidence_sentence(e));
    printf("\n");
}

static void print_weights(const struct tcprst_cause *cause) {
    if (cause->parent)
        printf("\nAll that speaks for and against [%s](#%s), and what tells it from that:\n",
               cause->parent->name, cause->parent->name);
    printf("\n| weight | evidence | |\n|---|---|---|\n| %+d | | before any evidence |\n",
           cause->prior);
    for (const struct tcprst_weight *w = cause->weights; w->decibans; w++) {
        char name[TCPRST_NAME_SIZE];
        tcprst_evidence_name(w->evidence, name);
        printf("| %+d | `%s` | %s |\n", w->decibans, name, tcprst_evidence_sentence(w->evidence));
    }
    printf("\n");
}

static void print_ceiling(const struct tcprst_cause *cause) {
    if (!cause->ceiling)
        return;
    printf("- Never said with more than %d %%", cause->ceiling);
    for (const enum tcprst_evidence *lifter = cause->lifted_by; *lifter; lifter++)
        printf(", unless this was seen: %s", tcprst_evidence_sentence(*lifter));
    for (const enum tcprst_evidence *lifter = cause->lifted_by_all; *lifter; lifter++)
        printf("%s%s", lifter == cause->lifted_by_all ? ", unless all of this was seen: " : "; ",
               tcprst_evidence_sentence(*lifter));
    printf(".\n");
}

static void print_cause(const struct tcprst_cause *cause) {
    printf("\n## %s\n**%s.** ", cause->name, cause->title);
    print_facts(cause);
    printf("**Because.** ");
    print_template(cause->because);
    printf("**What to check.** ");
    print_template(cause->next_step);
    printf("**What it looks like.**\n\n");
    print_list("Needs", cause->needs);
    print_needs_any(cause);
    print_list("Never with", cause->excludes);
    print_list("Yet with", cause->unless);
    print_list("Harmless unless this was seen", cause->harmless_unless);
    print_ceiling(cause);
    print_weights(cause);
    printf("**Sources.** %s\n", cause->source);
}

static void print_limits(void) {
    const struct tcprst_limit *limit;
    printf("\nWhatever the cause:\n\n");
    for (unsigned i = 0; (limit = tcprst_limit_at(i)) != NULL; i++) {
        printf("- Never said with more than %u %% if ", limit->percent);
        if (limit->of_named)
            printf("by the cause the host named sent the reset, and ");
        printf("this was seen:");
        for (const enum tcprst_evidence *e = limit->all; *e; e++)
            printf(" %s.", tcprst_evidence_sentence(*e));
        printf("\n");
    }
}

int main(void) {
    printf("%s", head);
    print_limits();
    for (unsigned i = 0; i < tcprst_cause_count(); i++)
        print_cause(tcprst_cause_at(i));
    return 0;
}
