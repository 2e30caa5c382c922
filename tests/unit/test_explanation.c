/* test_explanation.c - the syntax of the causes' texts, and the claims in them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/explanation.h"

#include <string.h>

#include "next_step_rows.h"
#include "payloads.h"
#include "story.h"

/* The text filled in for the story's first event; to be freed with g_free. */
static char *text_of(const struct story *story, const char *template) {
    struct teller *teller = teller_new();
    teller_tell(teller, story);
    const struct tcprst_event *event = teller_event(teller, 1);
    struct tcprst_verdict verdict = tcprst_judge(teller->capture, event);
    char *text = tcprst_text(template, teller->capture, event, &verdict);
    teller_free(teller);
    return text;
}

/* --- facts and conditions --- */

static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), {0}};
static const struct step reset_early[] = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90)), {0}};
static const struct step probe[] = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41)), {0}};
static const struct step front[] = {SYN(-MS(41)), SYN_ACK(-MS(40.9)), ACK(-MS(0.1)), RST_ACK(MS(20)), {0}};
static const struct step comes[] = {SYN(SEC(5)), {0}};

static const struct {
    struct story story;
    const char *template, *expected;
} fills[] = {
    {{.name = "addresses", .steps = {SYN(0), RST_ACK(MS(40))}},
     "{server} {client} {peer_address}",
     "192.0.2.80:80 198.51.0.0 198.51.0.0"},
    {{.name = "addresses of IPv6", .steps = {SYN(0), RST_ACK(MS(40))}, .ipv6 = true},
     "{server} {client}",
     "[2001:db8:2::50]:80 2001:db8:1::"},
    {{.name = "frames", .steps = {HANDSHAKE_AT_CLIENT, RST(MS(80))}},
     "{syn}, {synack}, {ack}, {trigger}, {rst}",
     "frame 1, frame 2, frame 3, frame 3, frame 4"},
    {{.name = "a frame that is missing", .steps = {RST(0, .seq = 7)}},
     "{!syn:no SYN}{?syn:, {syn}}",
     "no SYN"},
    {{.name = "the peer's last frame of an abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))}},
     "{peer_last}",
     "frame 4"},
    {{.name = "milliseconds", .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(50)), RST_ACK(MS(90.5))}},
     "{delay}",
     "40.500 ms"},
    {{.name = "seconds", .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(50)), RST_ACK(SEC(12.05))}},
     "{delay}",
     "12.0 s"},
    {{.name = "minutes", .steps = {HANDSHAKE_AT_CLIENT, REQUEST(SEC(1)), RST_ACK(SEC(351.5))}},
     "{silence}",
     "5 min 51 s"},
    {{.name = "little more than a minute",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(SEC(1)), RST_ACK(SEC(65.8))}},
     "{silence}",
     "64.8 s"},
    {{.name = "hours", .steps = {HANDSHAKE_AT_CLIENT, REQUEST(SEC(1)), RST_ACK(SEC(7201))}},
     "{silence}", "2 h 0 min"},
    {{.name = "a time that is not known", .steps = {RST(0, .seq = 7)}},
     "{delay}{!delay:unknown}",
     "unknown"},
    {{.name = "a round trip", .steps = {HANDSHAKE_AT_CLIENT, RST(MS(80.1))}},
     "{synack_wait}, {round_trips}", "40.000 ms, 1.00"},
    {{.name = "no round trip", .steps = {HANDSHAKE_AT_SERVER, RST(MS(40.1))}},
     "x{?round_trips:, y}", "x"},
    {{.name = "sides and stages", .steps = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))}},
     "{sender} {stage}{?handshake-done: now}{?half-open|closing: never}",
     "client handshake-done now"},
    {{.name = "resets in a row",
      .steps = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{served, 4, 2}, {reset_early, 3, 3}}},
     "{run} from {run_clients} since {run_first}, after {value:served_before_run}",
     "4 from 4 since frame 24, after 4 connections"},
    {{.name = "no resets in a row", .steps = {SYN(0), RST_ACK(MS(40))}},
     "{run}{run_time}{!run|run_time:none}",
     "none"},
    {{.name = "payload of a SYN, once",
      .steps = {SYN(0, .bytes = 50, .options = TCPRST_OPT_FASTOPEN | TCPRST_OPT_MSS),
      SYN_ACK(MS(40)), ACK(MS(41)), RST(MS(90))}},
     "{client_bytes}", "50"},
    {{.name = "a FIN is no byte",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(82)), CLIENT_FIN(MS(90)),
                CLIENT_RST_ACK(MS(91))}},
     "{own_unacknowledged}{!own_unacknowledged:none}", "none"},
    {{.name = "the client's window is 0", .steps = {HANDSHAKE_AT_CLIENT, ACK(MS(82), .window = NONE), RST_ACK(SEC(9))}},
     "{peer_shut}", "frame 4"},
    {{.name = "evidence", .steps = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))},
      .before = {{probe, 4, .every_ns = SEC(10)}}},
     "at once{?periodic_probe: ({value:periodic_probe})}.", "at once (5 times, every 10.0 s)."},
    {{.name = "evidence that is missing", .steps = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))}},
     "at once{?periodic_probe: ({value:periodic_probe})}{!periodic_probe|many_targets:, once}.",
     "at once, once."},
    {{.name = "a list",
      .steps = {SYN(0), SYN_ACK(MS(40), .window = NONE), ACK(MS(40.1)), RST(MS(80))}},
     "{list:synack_late|synack_zero_window|rst_answers_ack}",
     "the SYN/ACK offered a window of 0 (frame 2); the RST answers the handshake's ACK (frame 3, "
     "39.900 ms earlier)"},
    {{.name = "the first and the last that its sender sent after it",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST(MS(60)), RESPONSE(SEC(1)),
                RESPONSE(SEC(150.06))}},
     "{value:sender_goes_on_long}", "from frame 6 on, until 2 min 30 s after the RST"},
    {{.name = "conditions within one another", .steps = {SYN(0), RST_ACK(MS(40))}},
     "{?rst_answers_syn:{!rst_bare:a{?syn:b{?synack:c}}}d}e",
     "abde"},
    {{.name = "nothing to fill in", .steps = {SYN(0), RST_ACK(MS(40))}}, "", ""},
};

static void test_fills(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(fills); i++) {
        char *text = text_of(&fills[i].story, fills[i].template);
        if (strcmp(text, fills[i].expected) != 0) {
            g_printerr("\"%s\": expected \"%s\", got \"%s\"\n", fills[i].story.name,
                       fills[i].expected, text);
            g_test_fail();
        }
        g_free(text);
    }
}

/* --- faults --- */

static const struct { const char *template, *fault; } faults[] = {
    {"{server} and {?rst_bare|syn-sent|winner:{value:rst_bare}{list:rst_bare|lone_segment}}.",
     NULL},
    {"{nobody}", "nobody"},
    {"{}", "\"\""},
    {"{server", "brace"},
    {"server}", "brace"},
    {"{?rst_bare:{server}", "brace"},
    {"{?rst_bare}", "brace"},
    {"{?no_such_evidence:words}", "no_such_evidence"},
    {"{?rst_bare|no_such_evidence:words}", "no_such_evidence"},
    {"{?rst_bare:{!rst_bare:{nobody}}}", "nobody"},
    {"{value:server}", "server"},
    {"{value:rst-bare}", "rst-bare"},
    {"{list:rst_bare|server}", "server"},
};

static void test_faults(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++) {
        char *fault = tcprst_text_fault(faults[i].template);
        if (!fault != !faults[i].fault || (fault && !strstr(fault, faults[i].fault))) {
            g_printerr("\"%s\": %s\n", faults[i].template, fault ? fault : "no fault found");
            g_test_fail();
        }
        g_free(fault);
    }
}

static void check_template(const struct tcprst_cause *cause, const char *template) {
    char *fault = tcprst_text_fault(template);
    if (fault) {
        g_printerr("%s: %s\n", cause->name, fault);
        g_test_fail();
    }
    g_free(fault);
}

static void test_rows(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        check_template(tcprst_cause_at(i), tcprst_cause_at(i)->because);
        check_template(tcprst_cause_at(i), tcprst_cause_at(i)->next_step);
    }
}

/* Conditions and facts have names of the same form; evidence must not have the name of a fact. */
static void test_names(void) {
    for (unsigned e = 1; e < TCPRST_EVIDENCE_END; e++) {
        char name[TCPRST_NAME_SIZE];
        tcprst_evidence_name(e, name);
        g_strdelimit(name, "-", '_');
        g_assert_cmpint(tcprst_evidence_named(name, strlen(name)), ==, e);
        g_assert_null(tcprst_fact_named(name, strlen(name)));
    }
}

/* --- claims --- */

/* Words that are true of some connections only: the story's verdict must contain them, or must
 * not. */
static const struct step silent[] = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90)), {0}};

static const struct claim {
    struct story story;
    const char *says, *never;
} claims[] = {
    {{.name = "nothing was sent", .steps = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .cause = "app-reject"},
     "before it had sent any data", "request"},
    {{.name = "a request was sent", .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)),
                                              RST_ACK(MS(90))},
      .cause = "app-reject"},
     "request unread", NULL},
    {{.name = "the server answered", .cause = "app-abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), REQUEST(MS(91)),
                RST_ACK(MS(140))}},
     "data unread", "before any answer"},
    {{.name = "another client came", .cause = "app-abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(100)), RST_ACK(SEC(5.145))},
      .amid = {{comes, 1, 1}}},
     "another connection had come 45.0 ms before, frame 7, as where", NULL},
    {{.name = "a proxy's other leg", .cause = "client-abort",
      .steps = {SYN(MS(1)), SYN_ACK(MS(41)), ACK(MS(41.1)), CLIENT_RST_ACK(MS(61.2))},
      .amid = {{front, 1, 1, .leg = TO_CLIENT}}},
     "The same host reset another connection at the same time (frame 7)", "regularly"},
    {{.name = "no other leg", .cause = "client-abort",
      .steps = {SYN(MS(1)), SYN_ACK(MS(41)), ACK(MS(41.1)), CLIENT_RST_ACK(MS(61.2))},
      .amid = {{front, 1, 1, .port = 81}}},
     "SO_LINGER 0", "another connection"},
    {{.name = "another client had come before", .cause = "app-abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(100)), RST_ACK(SEC(5.3))},
      .amid = {{comes, 1, 1}}},
     "it crashed.", "another connection"},
    {{.name = "closed by a reset", .cause = "reset-as-close",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90), .text = NO_CONTENT),
                ACK(MS(91)), CLIENT_RST_ACK(MS(92))}},
     "instead of a FIN", "after its FIN"},
    {{.name = "closed by FIN, then by a reset", .cause = "reset-as-close",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)),
                CLIENT_FIN(MS(92)),
                SERVER_FIN(MS(133)), CLIENT_RST_ACK(MS(134))}},
     "after its FIN", "instead of a FIN"},
    {{.name = "closed by FIN without an answer, then by a reset", .cause = "reset-as-close",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(82)), CLIENT_FIN(MS(90)),
                CLIENT_RST_ACK(MS(90.1))}},
     "no data of the other side came after that", "Both sides had sent data"},
    {{.name = "the server's own limit", .cause = "idle-timeout",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), RST_ACK(SEC(60.09))}},
     "by its form the server itself", "a device between"},
    {{.name = "a device's limit", .cause = "idle-timeout",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)),
                RST_ACK(SEC(60.09), .ttl = 40, .options = NONE)}},
     "a device between", "itself ended"},
    {{.name = "a limit above what it had outlived", .cause = "idle-timeout",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), REQUEST(SEC(200)),
                RESPONSE(SEC(200.1)), ACK(SEC(200.2)), RST_ACK(SEC(500.2))}},
     "It had outlived 199.9 s of silence before, so the limit is longer", "a whole number"},
    {{.name = "a silence that others outlived", .cause = "idle-timeout",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), RST_ACK(SEC(60), .ttl = 40, .options = NONE)},
      .before = {{(const struct step[]){HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)),
                                        REQUEST(SEC(300)), RESPONSE(SEC(300.1)), {0}}, 1, 1}}},
     "Another connection of that port outlived 299 s", "It had outlived"},
    {{.name = "a stray flag whose data the peer acknowledges", .cause = "not-a-reset",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)),
                RST_ACK(MS(95), .bytes = 100), ACK(MS(96), .ack = 201)}},
     "acknowledges", "went on"},
    {{.name = "the capture has the handshake", .cause = "undetermined",
      .steps = {SYN(0), SYN_ACK(MS(40)), RST_ACK(SEC(5))}},
     "on both hosts", "from before the SYN"},
    {{.name = "the client gave up a request", .cause = "client-abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(82)),
                CLIENT_RST_ACK(SEC(60.041))}},
     "time limit", "data unread"},
    {{.name = "the client waited for an answer each minute", .cause = "client-abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(82)), CLIENT_RST_ACK(SEC(10))}},
     "waited for an answer to its request (9.959 s, since frame 4)", NULL},
    {{.name = "the client never used its TLS", .cause = "client-abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(82)), REQUEST(MS(83), SAYS(FINISHED)),
                RESPONSE(MS(124)), CLIENT_RST_ACK(SEC(4))}},
     "asked nothing after it", NULL},
    {{.name = "the client used it", .cause = "client-abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(82)), REQUEST(MS(83)),
                RESPONSE(MS(124)), CLIENT_RST_ACK(SEC(4))}},
     NULL, "asked nothing after it"},
    {{.name = "the client got its answer", .cause = "client-abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(82)), CLIENT_RST_ACK(SEC(1))}},
     "The client application's log", "server's log"},
    {{.name = "refused with ECN by a host whose TTL is the same", .cause = "refused-in-path",
      .steps = {SYN(0, .options = TCPRST_OPT_MSS | TCPRST_OPT_TIMESTAMP | TCPRST_OPT_ECN), RST_ACK(MS(40))},
      .later = {{served, 3}}},
     "net.ipv4.tcp_ecn`, `net.ipv4.tcp_fastopen`, `net.mptcp.enabled`); then look for what refuses "
     "it: the host's own stack or a device", "REJECT"},
    {{.name = "refused late, after repeats", .cause = "refused-in-path",
      .steps = {SYN(0), SYN(SEC(3)), SYN(SEC(9)), RST_ACK(SEC(21), .window = 64240)}},
     "that device's log and connect timeout.", "REJECT"},
    {{.name = "refused from a place with another TTL", .cause = "refused-in-path",
      .steps = {SYN(0), RST_ACK(MS(40), .ttl = 62)}, .later = {{served, 2, 2, .port = 443}}},
     "REJECT rules and their log at this time. If one of them refused the SYN, a capture on the "
     "server will not contain the SYN. Port forwarding", "tcp_ecn"},
    {{.name = "a minute of the client's", .cause = "client-abort",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(82)),
                CLIENT_RST_ACK(SEC(60.041))}},
     NULL, "AWS"},
    {{.name = "none was served before", .steps = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{silent, 6, 3}, {served, 2, 2, .port = 22}}, .cause = "service-failing"},
     "no earlier connection to this port succeeded", "after serving"},
    {{.name = "some were served before", .steps = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{served, 4, 2}, {silent, 6, 3}, {served, 2, 2, .port = 22}},
      .cause = "service-failing"},
     "after serving 4 connections", "no earlier connection"},
    {{.name = "one probe of a tool", .steps = {SYN(0, .options = TCPRST_OPT_MSS, .window = 1024),
                                               SYN_ACK(MS(40)),
      CLIENT_RST(MS(40.1))}, .cause = "half-open-probe"},
     "raw-socket tool", "many ports"},
};

/* Because and next step of the best cause, in a line each; to be freed with g_free. */
static char *explanation_of(const struct story *story, const struct tcprst_cause **cause) {
    struct teller *teller = teller_new();
    teller_tell(teller, story);
    const struct tcprst_event *event = teller_event(teller, 1);
    struct tcprst_verdict verdict = tcprst_judge(teller->capture, event);
    *cause = verdict.best.cause;
    char *because = tcprst_text((*cause)->because, teller->capture, event, &verdict);
    char *next_step = tcprst_text((*cause)->next_step, teller->capture, event, &verdict);
    char *both = g_strdup_printf("%s\n%s", because, next_step);
    g_free(because);
    g_free(next_step);
    teller_free(teller);
    return both;
}

/* Remains of a condition or fact that was not replaced. */
static bool has_scars(const char *text) {
    static const char *const scars[] = {"  ", " .", " ,", "..",  "()", ",.",
                                        "{",  "}",  " ;", ": .", "( ", " )"};
    for (unsigned i = 0; i < G_N_ELEMENTS(scars); i++)
        if (strstr(text, scars[i]))
            return true;
    return false;
}

static void test_claims(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(claims); i++) {
        const struct claim *claim = &claims[i];
        const struct tcprst_cause *cause;
        char *text = explanation_of(&claim->story, &cause);
        if (strcmp(cause->name, claim->story.cause) != 0 || has_scars(text) ||
            (claim->says && !strstr(text, claim->says)) ||
            (claim->never && strstr(text, claim->never))) {
            g_printerr("\"%s\": %s, not %s, not \"%s\": %s: %s\n", claim->story.name, claim->says,
                       claim->never, claim->story.cause, cause->name, text);
            g_test_fail();
        }
        g_free(text);
    }
}

static void test_scars(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(fills); i++) {
        const struct tcprst_cause *cause;
        char *text = explanation_of(&fills[i].story, &cause);
        if (has_scars(text)) {
            g_printerr("\"%s\": %s: %s\n", fills[i].story.name, cause->name, text);
            g_test_fail();
        }
        g_free(text);
    }
}

/* An IPv6 header takes 20 bytes more than one of IPv4. */
static void test_next_steps(void) {
    static const struct {
        bool ipv6;
        const char *ping;
    } families[] = {{false, "On 198.51.0.0: `ping -M do -s 1472 192.0.2.80`"},
                    {true, "On 2001:db8:1::: `ping -M do -s 1452 2001:db8:2::50`"}};
    for (unsigned i = 0; i < G_N_ELEMENTS(families); i++) {
        const struct story story = {
            .name = "an upload of which full segments are lost", .ipv6 = families[i].ipv6,
            .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .bytes = 1448, .late = true),
                      REQUEST(MS(42), .bytes = 80, .late = true), SERVER_ACK(MS(90), .ack = 1),
                      REQUEST(MS(300), .bytes = 1448, .seq = 1), REQUEST(MS(700), .bytes = 1448, .seq = 1),
                      REQUEST(MS(1500), .bytes = 1448, .seq = 1), REQUEST(MS(3100), .bytes = 1448, .seq = 1)}};
        struct teller *teller = teller_new();
        teller_tell(teller, &story);
        const struct tcprst_event *event = teller_silence(teller, 1);
        const struct tcprst_verdict verdict = tcprst_judge(teller->capture, event);
        g_assert_cmpstr(verdict.best.cause->name, ==, "path-mtu");
        char *text = tcprst_text(verdict.best.cause->next_step, teller->capture, event, &verdict);
        g_assert_nonnull(strstr(text, families[i].ping));
        g_free(text);
        teller_free(teller);
    }
}

/* --- next steps with two capture points in the file --- */

static const struct tcprst_cause *cause_of(const char *name, bool is_of_silence) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++)
        if (strcmp(tcprst_cause_at(i)->name, name) == 0 && tcprst_cause_at(i)->is_of_silence == is_of_silence)
            return tcprst_cause_at(i);
    g_assert_not_reached();
}

/* Nothing is asked for that is in the file; of a cause that need not be the verdict. */
static void test_steps_there(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(steps_there); i++) {
        const struct story *story = steps_there[i].story;
        struct teller *teller = teller_new();
        teller_tell(teller, story);
        const struct tcprst_event *e = story->silence ? teller_silence(teller, 1) : teller_event(teller, 1);
        const struct tcprst_verdict verdict = tcprst_judge(teller->capture, e);
        const char *step = cause_of(steps_there[i].cause, story->silence)->next_step;
        char *text = tcprst_text(step, teller->capture, e, &verdict);
        if (has_scars(text) || (steps_there[i].says && !strstr(text, steps_there[i].says)) ||
            strstr(text, steps_there[i].never)) {
            g_printerr("%s: %s, not %s: %s\n", steps_there[i].cause, steps_there[i].says, steps_there[i].never, text);
            g_test_fail();
        }
        g_free(text);
        teller_free(teller);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/explanation/fills", test_fills);
    g_test_add_func("/explanation/faults", test_faults);
    g_test_add_func("/explanation/rows", test_rows);
    g_test_add_func("/explanation/names", test_names);
    g_test_add_func("/explanation/claims", test_claims);
    g_test_add_func("/explanation/scars", test_scars);
    g_test_add_func("/explanation/next-steps", test_next_steps);
    g_test_add_func("/explanation/next-steps-of-two-points", test_steps_there);
    return g_test_run();
}
