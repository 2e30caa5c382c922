/* test_cause.c - the table of causes holds together, and its texts read well
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "story.h"

static void expect(bool holds, const char *name, const char *what) {
    if (holds)
        return;
    g_printerr("%s: %s\n", name, what);
    g_test_fail();
}

static bool is_kebab_case(const char *name) {
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length && !name[length] && g_ascii_isalpha(*name) && name[length - 1] != '-' &&
    !strstr(name, "--");
}

/* A {name} at the end fills in a sentence or nothing. */
static bool ends_a_sentence(const char *text) {
    return g_str_has_suffix(text, ".") || g_str_has_suffix(text, "?") ||
           g_str_has_suffix(text, ".{neighbours}") || g_str_has_suffix(text, ".{retries}") ||
           g_str_has_suffix(text, ".{said_before}") || g_str_has_suffix(text, "{name_fate}") ||
           g_str_has_suffix(text, "{race}") || g_str_has_suffix(text, ". {afterwards}") ||
           g_str_has_suffix(text, ". {pattern}");
}

static void test_names(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        expect(is_kebab_case(cause->name), cause->name, "is not kebab-case");
        expect(tcprst_cause_named(cause->name) == cause, cause->name, "is there twice");
        for (unsigned j = 0; j < i; j++)
            expect(strcmp(tcprst_cause_at(j)->title, cause->title) != 0, cause->name,
                   "has another cause's title");
    }
    g_assert_null(tcprst_cause_at(tcprst_cause_count()));
    g_assert_null(tcprst_cause_named("no-such-cause"));
    g_assert_cmpstr(tcprst_cause_at(tcprst_cause_count() - 1)->name, ==, "undetermined");
}

static void test_words(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        glong title = g_utf8_strlen(cause->title, -1);
        expect(title > 0 && title <= TCPRST_TITLE_MAX, cause->name, "the title is longer than a column");
        expect(!g_str_has_suffix(cause->title, "."), cause->name, "the title ends with a full stop");
        expect(ends_a_sentence(cause->because), cause->name, "`because` is no sentence");
        expect(ends_a_sentence(cause->next_step), cause->name, "`next_step` is no sentence");
        expect(cause->source && *cause->source, cause->name, "has no source");
        expect(!strstr(cause->because, "  ") && !strstr(cause->next_step, "  "), cause->name,
               "has two blanks");
    }
}

/* Where a tool is one of Linux, the reader is told so, or told of Windows. */
static void test_next_steps_name_the_system(void) {
    static const char *const linux_tools[] = {"nstat", "`ss ", "nft ", "conntrack", "journalctl"};
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        bool names_system = strstr(cause->next_step, "Windows") || strstr(cause->next_step, "Linux");
        for (unsigned k = 0; k < G_N_ELEMENTS(linux_tools); k++)
            expect(names_system || !strstr(cause->next_step, linux_tools[k]), cause->name, linux_tools[k]);
    }
}

/* A sentence about a frame does not begin with its number. */
static void test_sentences_begin_well(void) {
    static const char *const frames[] = {"{rst}", "{syn}", "{synack}", "{ack}", "{trigger}", "{peer_last}"};
    for (unsigned i = 0; i < tcprst_cause_count(); i++)
        for (unsigned k = 0; k < G_N_ELEMENTS(frames); k++)
            expect(!g_str_has_prefix(tcprst_cause_at(i)->because, frames[k]), tcprst_cause_at(i)->name,
                   "`because` begins with a small letter");
}

static void test_parents(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        if (!cause->parent)
            continue;
        const struct tcprst_cause *parent = cause->parent;
        expect(!parent->parent, cause->name, "its parent has a parent");
        expect(cause->stages & parent->stages, cause->name, "its parent is never possible when it is");
        expect(cause->from & parent->from, cause->name, "its parent is about the other side");
    }
}

static unsigned times_weighed(const struct tcprst_cause *cause, enum tcprst_evidence evidence) {
    unsigned times = 0;
    for (const struct tcprst_weight *w = cause->weights; w->decibans; w++)
        times += w->evidence == evidence;
    return times;
}

static bool list_names(const enum tcprst_evidence *list, enum tcprst_evidence evidence) {
    while (*list && *list != evidence)
        list++;
    return *list;
}

static bool list_shares(const enum tcprst_evidence *list, const enum tcprst_evidence *other) {
    while (*other && !list_names(list, *other))
        other++;
    return *other;
}

static void test_weights(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        expect(!cause->weights[TCPRST_WEIGHTS_MAX - 1].decibans, cause->name,
               "the list of weights has no end");
        expect(cause->stages && cause->from, cause->name, "is never possible");
        expect(!list_shares(cause->excludes, cause->needs) && !list_shares(cause->excludes, cause->needs_any),
               cause->name, "needs what it excludes");
        expect(!cause->needs[TCPRST_LIST_MAX - 1] && !cause->needs_any[TCPRST_LIST_MAX - 1] &&
               !cause->excludes[TCPRST_LIST_MAX - 1] && !cause->lifted_by[TCPRST_LIST_MAX - 1], cause->name,
               "a list of evidence has no end");
        expect(cause->ceiling >= 0 && cause->ceiling <= 100, cause->name, "the ceiling is no percentage");
        expect(cause->ceiling || !*cause->lifted_by, cause->name, "lifts a ceiling that it has not");
        for (unsigned e = 1; e < TCPRST_EVIDENCE_END; e++) {
            char what[64], name[TCPRST_NAME_SIZE];
            tcprst_evidence_name(e, name);
            g_snprintf(what, sizeof what, "weighs %s twice", name);
            expect(times_weighed(cause, e) <= 1, cause->name, what);
            g_snprintf(what, sizeof what, "weighs %s, which excludes it", name);
            expect(!times_weighed(cause, e) || !list_names(cause->excludes, e), cause->name, what);
        }
    }
}

/* Evidence that no cause weighs or asks for is only told; each such piece is named here on purpose. */
static void test_evidence_is_used(void) {
    static const char told_only[] = "roles-guessed syn-carried-data";
    for (unsigned e = 1; e < TCPRST_EVIDENCE_END; e++) {
        char name[TCPRST_NAME_SIZE];
        bool used = false;
        tcprst_evidence_name(e, name);
        for (unsigned i = 0; i < tcprst_cause_count(); i++) {
            const struct tcprst_cause *cause = tcprst_cause_at(i);
            used |= times_weighed(cause, e) || list_names(cause->needs, e) ||
                    list_names(cause->needs_any, e) || list_names(cause->excludes, e) ||
                    list_names(cause->lifted_by, e);
        }
        expect(used || list_has(told_only, name), name, "no cause uses it");
    }
}

/* --- texts --- */

static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), {0}};
static const struct step reset_early[] = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90)), {0}};
static const struct step probe[] = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41)), {0}};

static const struct {
    struct story story;
    const char *template, *expected;
} fills[] = {
    {{.name = "addresses", .steps = {SYN(0), RST_ACK(MS(40))}},
     "{server} {client} {client_address} {peer_address}",
     "192.0.2.80:80 198.51.0.0 198.51.0.0 198.51.0.0"},
    {{.name = "addresses of IPv6", .steps = {SYN(0), RST_ACK(MS(40))}, .ipv6 = true}, "{server} {client}",
     "[2001:db8:2::50]:80 2001:db8:1::"},
    {{.name = "frames", .steps = {HANDSHAKE_AT_CLIENT, RST(MS(80))}},
     "{syn}, {synack}, {ack}, {trigger}, {rst}",
     "frame 1, frame 2, frame 3, frame 3, frame 4"},
    {{.name = "frames that are missing", .steps = {RST(0, .seq = 7)}}, "{syn}",
     "a frame that was not captured"},
    {{.name = "the peer's last frame of an abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))}},
     "{peer_last}", "frame 4"},
    {{.name = "milliseconds", .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(50)), RST_ACK(MS(90.5))}}, "{delay}",
     "40.500 ms"},
    {{.name = "seconds", .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(50)), RST_ACK(SEC(12.05))}}, "{delay}",
     "12.0 s"},
    {{.name = "minutes", .steps = {HANDSHAKE_AT_CLIENT, REQUEST(SEC(1)), RST_ACK(SEC(351.5))}}, "{silence}",
     "5 min 50 s"},
    {{.name = "a time that is not known", .steps = {RST(0, .seq = 7)}}, "{delay}", "an unknown time"},
    {{.name = "behind the peer's last frame",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(50)), RST_ACK(MS(90.5))}},
     "reset it{after_peer}, before", "reset it 40.500 ms after frame 4, before"},
    {{.name = "behind a peer that was not captured", .steps = {RST(0, .seq = 7)}},
     "reset it{after_peer}, before", "reset it, before"},
    {{.name = "a leg", .steps = {HANDSHAKE_AT_CLIENT, RST(MS(80.1))}}, "{waited}{legs}",
     " (here the SYN/ACK took 40.000 ms), 1.00 handshake round trips"},
    {{.name = "no leg", .steps = {HANDSHAKE_AT_SERVER, RST(MS(40.1))}}, "x{legs}", "x"},
    {{.name = "the names of sides", .steps = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))}},
     "{sender} {stage}",
     "client handshake-done"},
    {{.name = "a run", .steps = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{served, 4, 2}, {reset_early, 3, 3}}},
     "{run} from {run_clients} since {run_first}{served_before}",
     "4 from 4 since frame 24, after serving 4 connections"},
    {{.name = "no run", .steps = {SYN(0), RST_ACK(MS(40))}}, "{run} since {run_time}", "0 since that time"},
    {{.name = "a rhythm", .steps = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))},
      .before = {{probe, 4, .every_ns = SEC(10)}}},
     "at once{rhythm}.", "at once (5 times, every 10.0 s)."},
    {{.name = "no rhythm", .steps = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))}}, "at once{rhythm}.",
     "at once."},
    {{.name = "what is no name stays", .steps = {SYN(0), RST_ACK(MS(40))}},
     "{nobody} { {} {serve} {servers} }{ {server",
     "{nobody} { {} {serve} {servers} }{ {server"},
    {{.name = "nothing to fill", .steps = {SYN(0), RST_ACK(MS(40))}}, "", ""},
};

static void test_fills(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(fills); i++) {
        struct teller *teller = teller_new();
        teller_tell(teller, &fills[i].story);
        const struct tcprst_event *event = teller_event(teller, 1);
        struct tcprst_verdict verdict = tcprst_judge(teller->capture, event);
        char *text = tcprst_text(fills[i].template, teller->capture, event, &verdict.seen);
        if (strcmp(text, fills[i].expected) != 0) {
            g_printerr("\"%s\": expected \"%s\", got \"%s\"\n", fills[i].story.name, fills[i].expected, text);
            g_test_fail();
        }
        g_free(text);
        teller_free(teller);
    }
}

static void check_prose(const struct teller *teller, const struct tcprst_event *event) {
    struct tcprst_verdict verdict = tcprst_judge(teller->capture, event);
    const struct tcprst_cause *cause = verdict.best.cause;
    char *text = tcprst_text(cause->because, teller->capture, event, &verdict.seen);
    expect(!strstr(text, "  ") && !strstr(text, " .") && !strstr(text, " ,") && !strstr(text, "..") &&
           !strstr(text, "()") && !strstr(text, ",."), cause->name, text);
    g_free(text);
}

/* What a reader sees of the best cause has no scars where a name was filled in. */
static void test_prose(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(fills); i++) {
        struct teller *teller = teller_new();
        teller_tell(teller, &fills[i].story);
        check_prose(teller, teller_event(teller, 1));
        teller_free(teller);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cause/names", test_names);
    g_test_add_func("/cause/words", test_words);
    g_test_add_func("/cause/next-steps-name-the-system", test_next_steps_name_the_system);
    g_test_add_func("/cause/sentences-begin-well", test_sentences_begin_well);
    g_test_add_func("/cause/parents", test_parents);
    g_test_add_func("/cause/weights", test_weights);
    g_test_add_func("/cause/evidence-is-used", test_evidence_is_used);
    g_test_add_func("/cause/fills", test_fills);
    g_test_add_func("/cause/prose", test_prose);
    return g_test_run();
}
