/* test_refinement.c - a cause that refines another inherits what speaks for and against that one
 *
 * The rows on trial are in trial_causes.def: each contains only what distinguishes it from its
 * parent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "payloads.h"
#include "story.h"

#define TLS_HELLO REQUEST(MS(41), SAYS(HELLO("allowed.example")))
#define UNRECOGNIZED_NAME RESPONSE(MS(81), SAYS(ALERT("\x70")))

#define TURNED_AWAY RESPONSE(MS(81), .text = "421 too many connections\r\n")

static const struct story refined[] = {
    {"an alert, then the reset",
     {HANDSHAKE_AT_CLIENT, TLS_HELLO, UNRECOGNIZED_NAME, RST_ACK(MS(82))},
     .shows = "sender-alerted", .cause = "tls-alert-abort"},
    {"the server goes on after the reset in its name",
     {HANDSHAKE_AT_CLIENT, TLS_HELLO, UNRECOGNIZED_NAME, RST_ACK(MS(82)), RESPONSE(MS(85)),
      RESPONSE(MS(95))},
     .shows = "sender-alerted sender-goes-on", .certainty = "possible"},
    {"no alert",
     {HANDSHAKE_AT_CLIENT, TLS_HELLO, RESPONSE(MS(81), SAYS(SERVER_HELLO)), RST_ACK(MS(82))},
     .lacks = "sender-alerted", .cause = "app-abort"},
    {"possible where its parent is not",
     {HANDSHAKE_AT_CLIENT, TURNED_AWAY, RST_ACK(MS(82))},
     .shows = "server-turned-away", .lacks = "never-answered", .cause = "answered-reject"},
    {"its parent's evidence counts there too",
     {HANDSHAKE_AT_CLIENT, TURNED_AWAY, RST_ACK(MS(82)), RESPONSE(MS(85)), RESPONSE(MS(95))},
     .shows = "server-turned-away sender-goes-on", .not_high = true},
};

static void test_stories(void) {
    CHECK_STORIES(refined);
}

static int own_weight(const struct tcprst_cause *cause, enum tcprst_evidence evidence) {
    for (const struct tcprst_weight *w = cause->weights; w->decibans; w++)
        if (w->evidence == evidence)
            return w->decibans;
    return 0;
}

static void test_weights_add_up(void) {
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        for (unsigned e = 1; e < TCPRST_EVIDENCE_END; e++) {
            int parents = cause->parent ? own_weight(cause->parent, e) : 0;
            g_assert_cmpint(tcprst_cause_weight(cause, e), ==, own_weight(cause, e) + parents);
        }
    }
    const struct tcprst_cause *trial = tcprst_cause_named("tls-alert-abort");
    g_assert_cmpstr(trial->parent->name, ==, "app-abort");
    g_assert_cmpint(tcprst_cause_weight(trial, TCPRST_EVIDENCE_sender_alerted), ==, 21);
    g_assert_cmpint(tcprst_cause_weight(trial, TCPRST_EVIDENCE_sender_goes_on), ==, -25);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/refinement/stories", test_stories);
    g_test_add_func("/refinement/weights-add-up", test_weights_add_up);
    return g_test_run();
}
