/* test_neighbours.c - the same packets get another verdict without their neighbours
 *
 * Each story is played twice: as it is, and without them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/output/explanation.h"
#include "neighbours.h"
#include "payloads.h"

struct pair {
    struct story story;
    const char *alone; /* the cause without neighbours */
};

static const struct step served[] = SERVED, closed[] = SERVED_AND_CLOSED, refused[] = REFUSED;
static const struct step reset_early[] = THROWN_OUT, thrown_out_asking[] = THROWN_OUT_ASKING;
static const struct step hangup[] = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41)), {0}};
static const struct step checked[] = {HANDSHAKE_AT_CLIENT,
                                      REQUEST(MS(41)),
                                      RESPONSE(MS(90), .text = NO_CONTENT),
                                      ACK(MS(90.1)),
                                      CLIENT_RST_ACK(MS(91)),
                                      {0}};
static const struct step gave_up[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)),
                                      CLIENT_RST_ACK(SEC(2)), {0}};
static const struct step by_cookie[] = SERVED_BY_COOKIE, unacknowledged[] = UNHEARD,
                         dropped[] = DROPPED;
static const struct step resent[] = RESENT;
static const struct step other_window[] = SERVED_BY_OTHER(.window = 28960);
static const struct step other_ttl[] = SERVED_BY_OTHER(.ttl = 62);
static const struct step won[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), {0}};

#define WINDOWS .ttl = 128, .window = 16384, .ip_id = 700

static const struct pair pairs[] = {
    {{"from a moment on everyone is thrown out", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{closed, 10, 4}, {reset_early, 5, 4}}, .later = {{reset_early, 3, 3}},
      .cause = "service-failing", .certainty = "high", .says = "right after the handshake"},
     "app-reject"},
    {{"everyone is thrown out from the first frame on, another port works",
      {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{reset_early, 8, 4}}, .later = {{reset_early, 3, 3}, {closed, 3, 2, .port = 443}},
      .cause = "service-failing", .not_high = true,
      .says = "no earlier connection to this port succeeded"},
     "app-reject"},
    {{"everyone is thrown out once he asks", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)),
                                              RST_ACK(MS(90))},
      .before = {{closed, 10, 4}, {thrown_out_asking, 5, 4}},
      .cause = "service-failing", .says = "after their requests, before any answer"},
     "app-reject"},
    {{"one address is thrown out, others are served meanwhile",
      {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{reset_early, 2}, {closed, 4, 3}, {reset_early, 2}, {closed, 4, 3}},
      .later = {{closed, 4, 3}},
      .cause = "client-refused", .certainty = "likely", .says = "8 connections meanwhile"},
     "app-reject"},
    {{"the same, but each time it had asked", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)),
                                               RST_ACK(MS(90))},
      .before = {{thrown_out_asking, 2}, {closed, 4, 3}, {thrown_out_asking, 2}, {closed, 4, 3}},
      .cause = "client-refused", .says = "or by what this client sends"},
     "app-reject"},
    {{"one address is refused, others are accepted meanwhile", {SYN(0), RST_ACK(MS(40))},
      .before = {{refused, 2}, {closed, 4, 3}, {refused, 2}, {closed, 4, 3}},
      .cause = "client-refused",
      .says = "or a balancer that sends this address to a dead member"},
     "port-closed"},
    {{"it refuses for a while: a restart", {SYN(0), RST_ACK(MS(40))},
      .before = {{closed, 4, 3}, {refused, 2, 3}}, .later = {{refused, 2, 3}, {closed, 4, 3}},
      .cause = "port-flapping", .not_high = true, .says = "(5 refused, frames 34 to 42)"},
     "port-closed"},
    {{"it refuses by turns: a dead member", {SYN(0), RST_ACK(MS(40))},
      .before = {{closed, 3, 2}, {refused, 1, 1}, {closed, 3, 2}},
      .later = {{closed, 3, 2}, {refused, 1, 1}},
      .cause = "port-flapping",
      .says = "(3 refused, one after every 3 accepted), as with a balancer"},
     "port-closed"},
    {{"it refuses above a number: a limit", {SYN(0), RST_ACK(MS(40))},
      .before = {{served, 4, 4}, {refused, 2, 2}}, .later = {{refused, 1, 1}},
      .cause = "port-flapping",
      .says = "refused 4 while 4 or more were open, accepted 4 while at most 3 were"},
     "port-closed"},
    {{"four die at once, and the port refuses", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)),
                                                 RST_ACK(SEC(9))},
      .together = 3, .before = {{closed, 4, 2}}, .later = {{refused, 2, 1}},
      .cause = "process-gone",
      .says = "on the port refused connections (2), and it served none after that"},
     "app-reject"},
    {{"two die, and the next SYN is refused", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)),
                                               RST_ACK(SEC(9))},
      .together = 1, .before = {{closed, 4, 2}}, .later = {{refused, 2, 1}, {closed, 3, 2}},
      .cause = "process-gone", .says = "later it served again (3), as after a restart"},
     "app-reject"},
    {{"four die at once, and the port serves on",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), REQUEST(SEC(8)),
       RST_ACK(SEC(9))},
      .together = 3, .later = {{closed, 2, 1}}, .cause = "process-gone",
      .says = "The port went on serving"},
     "app-abort"},
    {{"the next SYN is refused", {HANDSHAKE_AT_CLIENT, RST(MS(80))},
      .before = {{closed, 3, 2}}, .later = {{refused, 4, 2}}, .cause = "listener-gone",
      .says = "on the port refused connections (4), and it served none after that"},
     "no-state"},
    {{"the next SYN is refused, later ones are served", {HANDSHAKE_AT_CLIENT, RST(MS(80))},
      .before = {{closed, 3, 2}}, .later = {{refused, 4, 2}, {closed, 3, 2}},
      .cause = "listener-gone",
      .says = "later it served again (3), as after a restart"},
     "no-state"},
    {{"two hosts take turns", {HANDSHAKE_AT_CLIENT, RST(MS(80))},
      .before = {{closed, 3, 2, .then = other_window}}, .cause = "path-flip", .not_high = true,
      .says = "two alternating kinds"},
     "no-state"},
    {{"two hosts take turns, and the other one resets",
      {HANDSHAKE_AT_CLIENT, RST(MS(80), .ttl = 62)},
      .before = {{closed, 3, 2, .then = other_ttl}}, .cause = "path-flip", .not_high = true},
     "path-flip"},
    {{"others hang although acknowledged", {HANDSHAKE_AT_CLIENT, RST(MS(80))},
      .before = {{closed, 3, 2}, {unacknowledged, 2, 2}}, .later = {{dropped, 2, 2}},
      .cause = "accept-queue-full",
      .not_high = true, .says = "ata of other connections was not acknowledged"},
     "no-state"},
    {{"others get their SYN/ACK again although acknowledged",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(200)), RST(MS(240))},
      .before = {{closed, 3, 2}, {resent, 2, 2}}, .cause = "accept-queue-full", .not_high = true},
     "no-state"},
    {{"others are served by SYN cookies", {HANDSHAKE_AT_CLIENT, RST(MS(80))},
      .before = {{by_cookie, 3, 2}},
      .cause = "syn-cookie-rejected", .not_high = true, .says = "3 of 3, by 28 to 28 ms" },
     "no-state"},
    {{"every ten seconds", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(60))},
      .before = {{hangup, 5, .every_ns = SEC(10)}}, .cause = "health-check",
      .says = "before anything was sent (6 times, every 10.0 s)"},
     "client-abort"},
    {{"every ten seconds, with a request that is answered",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90), .text = NO_CONTENT), ACK(MS(90.1)),
       CLIENT_RST_ACK(MS(91))},
      .before = {{checked, 5, .every_ns = SEC(10)}}, .cause = "health-check",
      .says = "after sending 100 bytes and receiving 27"},
     "reset-as-close"},
    {{"one port after another", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(60))},
      .before = {{hangup, 9, .port = 1000, .many_ports = true, .every_ns = MS(50)}},
      .cause = "connect-probe",
      .says = "10 resets and refusals over 10 ports or hosts"},
     "client-abort"},
    {{"one host after another", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(60))},
      .before = {{hangup, 9, .host = 1, .many_hosts = true, .every_ns = MS(50)}},
      .cause = "connect-probe"},
     "client-abort"},
};

/* Neighbours without effect. */
static const struct pair unmoved[] = {
    {{"a poller that gives up is no health check",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), CLIENT_RST_ACK(SEC(2))},
      .before = {{gave_up, 5, .every_ns = SEC(10)}}, .cause = "client-abort", .not_high = true,
      .says = "a poller, or a health check that fails"},
     "client-abort"},
    {{"a poller whose connections the server resets is no health check",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))},
      .before = {{thrown_out_asking, 5, .every_ns = SEC(10)}}, .cause = "app-reject"},
     "app-reject"},
    {{"a browser's losers are no scan", {SYN(-MS(20)), SYN_ACK(MS(60)), CLIENT_RST(MS(60.1))},
      .before = {{hangup, 6, .host = 2, .many_hosts = true},
                 {won, 1, .host = 1, .every_ns = MS(1)}},
      .cause = "connect-abandoned", .says = "to 192.0.2.81:80"},
     "connect-abandoned"},
    {{"a browser's loser that had opened as well is no scan",
      {SYN(-MS(20)), SYN_ACK(MS(60)), ACK(MS(60.1)), CLIENT_RST_ACK(MS(61))},
      .before = {{hangup, 6, .host = 2, .many_hosts = true},
                 {won, 1, .host = 1, .every_ns = MS(1)}},
      .cause = "client-abort", .says = "Happy Eyeballs"},
     "connect-probe"},
    {{"a path that loses is no full queue", {HANDSHAKE_AT_CLIENT, RST(MS(80))},
      .before = {{closed, 3, 2}, {unacknowledged, 1, 1}}, .cause = "no-state"},
     "no-state"},
    {{"two hosts take turns, but the RST came from the right one",
      {HANDSHAKE_AT_CLIENT, RST(MS(80))},
      .before = {{closed, 3, 2, .then = other_ttl}}, .cause = "no-state"},
     "no-state"},
    {{"one client thrown out each time, and a restart of the service behind it",
      {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{reset_early, 4}}, .later = {{refused, 2, 2}, {closed, 4, 3}},
      .never = "client-refused"},
     "app-reject"},
    {{"a client that closed its side is thrown out",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), RST_ACK(MS(90))},
      .cause = "app-reject",
      .stage = "closing"},
     "app-reject"},
    {{"a client that closed its side finds no state",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(200)), CLIENT_FIN(MS(201)), RST(MS(240))},
      .cause = "no-state",
      .stage = "closing"},
     "no-state"},
    {{"a client that closed its side is reset in the answer",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), RESPONSE(MS(90)),
       RST_ACK(MS(91), .window = 20)},
      .stage = "closing", .never = "app-reject"},
     "app-abort"},
};

/* The command in the next step, by the stack that the SYN/ACK shows. */
static const struct { struct story story; const char *says, *never; } advice[] = {
    {{.name = "Linux", .steps = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))}}, "/proc/PID/limits",
     "desktop-heap"},
    {{.name = "Windows",
      .steps = {SYN(0), SYN_ACK(MS(40), WINDOWS), ACK(MS(40.1)), RST_ACK(MS(90), WINDOWS)}},
     "desktop-heap", "/proc/PID/limits"},
    {{.name = "nobody's TTL, an ACK field", .steps = {HANDSHAKE_AT_CLIENT, RST(MS(80), .ack = 1)}},
     "desktop-heap", "no such words"},
    {{.name = "router's TTL", .steps = {SYN(0), SYN_ACK(MS(40), .ttl = 250), ACK(MS(40.1)),
                                        RST_ACK(MS(90))}},
     "/proc/PID/limits", "no such words"},
};

static void test_told(gconstpointer data) {
    const struct pair *all = data;
    unsigned count = all == pairs ? G_N_ELEMENTS(pairs) : G_N_ELEMENTS(unmoved);
    for (unsigned i = 0; i < count; i++) {
        char *name = g_strdup_printf("%s (alone)", all[i].story.name);
        struct story alone = all[i].story;
        check_stories(&all[i].story, 1);
        memset(alone.before, 0, sizeof alone.before);
        memset(alone.later, 0, sizeof alone.later);
        alone.together = 0;
        alone.name = name;
        alone.cause = all[i].alone;
        alone.says = alone.certainty = NULL;
        alone.not_high = false;
        check_stories(&alone, 1);
        g_free(name);
    }
}

static void test_advice(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(advice); i++) {
        struct teller *teller = teller_new();
        teller_tell(teller, &advice[i].story);
        const struct tcprst_event *event = teller_event(teller, 1);
        struct tcprst_verdict verdict = tcprst_judge(teller->capture, event);
        char *text = tcprst_text(tcprst_cause_named("service-failing")->next_step, teller->capture,
                                 event, &verdict);
        if (!strstr(text, advice[i].says) || strstr(text, advice[i].never)) {
            g_printerr("\"%s\": %s\n", advice[i].story.name, text);
            g_test_fail();
        }
        g_free(text);
        teller_free(teller);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/neighbours/moved", pairs, test_told);
    g_test_add_data_func("/neighbours/unmoved", unmoved, test_told);
    g_test_add_func("/neighbours/advice", test_advice);
    return g_test_run();
}
