/* test_silence_words.c - what is said of failures without a reset, and what must not be
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/output/explanation.h"
#include "neighbours.h"
#include "pages.h"
#include "payloads.h"
#include "silence_rows.h"

#define SERVE(...) {.steps = (const struct step[])SERVED, __VA_ARGS__}
#define DEAD_HELLO(name) \
    REQUEST(MS(41), SAYS(HELLO(name))), REQUEST(MS(250), SAYS(HELLO(name)), .seq = 1), \
        REQUEST(MS(650), SAYS(HELLO(name)), .seq = 1), REQUEST(SEC(6), SAYS(HELLO(name)), .seq = 1)
#define LARGE(time) REQUEST(time, .bytes = 1448, .seq = 1)
#define LARGE_UPLOAD \
    HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .bytes = 1448, .late = true), \
        REQUEST(MS(42), .bytes = 80, .late = true), SERVER_ACK(MS(90), .ack = 1), LARGE(MS(300)), \
        LARGE(MS(700)), LARGE(MS(1500)), LARGE(MS(3100))
#define DEAD_CLIENT SYN_ACK(MS(1)), SYN_ACK(SEC(1)), SYN_ACK(SEC(3)), SYN_ACK(SEC(7))

static const struct step served_by_name[] = {
    HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("allowed.example"))), RESPONSE(MS(90)), {0}};
static const struct step served_remote[] = {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)),
                                            ACK(MS(82)), {0}};
static const struct step unheard_remote[] = {
    HANDSHAKE_AT_SERVER, SYN_ACK(SEC(1.04)), ACK(SEC(1.08)), {0}};

static const struct {
    struct story story;
    const char *says, *never;
} words[] = {
    /* whether the silent host is up */
    {{"a SYN, and nothing else of the host", {DEAD_SYN}, .cause = "no-answer"},
     "The host can be down or overloaded, a filter can drop the packets in either direction, or the", "is up:"},
    {{"a SYN, and the host may send what is not TCP", {DEAD_SYN}, .cause = "no-answer"},
     "(`ip.src == 192.0.2.80 && !tcp`)? Then it is up. Capture on", NULL},
    {{"the same of IPv6", {DEAD_SYN}, .ipv6 = true, .cause = "no-answer"},
     "(`ipv6.src == 2001:db8:2::50 && !tcp`)", NULL},
    {{"the SYN was answered, the request was not",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), DEAD_DATA}, .cause = "no-answer"},
     "It had sent frame 2 on this connection, so it was up then: a filter", "can be down"},
    {{"others are answered meanwhile",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), DEAD_DATA}, .amid = {SERVE(.times = 3, .clients = 3)},
      .cause = "no-answer"},
     "Connections to the port that began later were answered (frame", "can be down"},
    {{"others are answered only afterwards",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), DEAD_DATA}, .later = {SERVE(.times = 3, .clients = 3)},
      .cause = "no-answer"},
     "so it was up then", "so the host is up"},
    {{"captured from its middle, and others are answered",
      {RESPONSE(0), REQUEST(MS(41)), DEAD_DATA}, .amid = {SERVE(.times = 3, .clients = 3)}},
     "so the host is up: most likely a firewall, NAT or balancer", "TcpExtListenDrops"},
    {{"no request for that name is answered",
      {HANDSHAKE_AT_CLIENT, DEAD_HELLO("refused.example")},
      .before = {{.steps = served_by_name, .times = 2}}, .cause = "no-answer"},
     "No request for refused.example was answered in this capture, though", NULL},
    {{"requests for that name were answered, too",
      {HANDSHAKE_AT_CLIENT, DEAD_HELLO("allowed.example")},
      .before = {{.steps = served_by_name, .times = 2}}, .cause = "no-answer"},
     NULL, "No request for"},
    {{"no other name was asked for", {HANDSHAKE_AT_CLIENT, DEAD_HELLO("refused.example")},
      .before = {SERVE(.times = 2)}, .cause = "no-answer"},
     NULL, "No request for"},
    {{"a peer vanished, and others are answered",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(80)), CLIENT_FIN(MS(90)),
       CLIENT_FIN(MS(300), .back = 1), CLIENT_FIN(MS(700), .back = 1),
       CLIENT_FIN(MS(1500), .back = 1), CLIENT_FIN(MS(3100), .back = 1)},
      .amid = {SERVE(.times = 3, .clients = 3)}, .cause = "peer-vanished"},
     "so the host is up: most likely a firewall, NAT or balancer", "still up"},
    {{"a peer vanished, and another port of it answers later",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(80)), CLIENT_FIN(MS(90)),
       CLIENT_FIN(MS(300), .back = 1), CLIENT_FIN(MS(700), .back = 1),
       CLIENT_FIN(MS(1500), .back = 1), CLIENT_FIN(MS(3100), .back = 1)},
      .later = {SERVE(.times = 1, .port = 22)}, .cause = "peer-vanished"},
     "so it was up then: most likely a firewall, NAT or balancer", "The host is down"},
    {{"a peer vanished, and nothing else is known of it",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(80)), CLIENT_FIN(MS(90)),
       CLIENT_FIN(MS(300), .back = 1), CLIENT_FIN(MS(700), .back = 1),
       CLIENT_FIN(MS(1500), .back = 1), CLIENT_FIN(MS(3100), .back = 1)},
      .cause = "peer-vanished"},
     "still up", "so the host is up"},

    /* a client that does not answer */
    {{"the client sends its SYN again",
      {SYN(0), SYN_ACK(MS(1)), SYN(SEC(1)), SYN_ACK(SEC(1.001)), SYN(SEC(3)), SYN_ACK(SEC(3.001)),
       SYN(SEC(7)), SYN_ACK(SEC(7.001))},
      .cause = "no-answer"},
     "It sent its SYN again (3 times), as a client that waits", "forged"},
    {{"the client sent one SYN", {SYN(0), DEAD_CLIENT}, .cause = "no-answer"},
     "As with a SYN from a forged address", "nothing of it"},
    {{"the capture has nothing of the client", {DEAD_CLIENT}, .cause = "no-answer"},
     "nothing of it: somebody may have sent the SYN in its name (backscatter)", NULL},
    {{"captured from its middle, and the client had sent something",
      {REQUEST(0), RESPONSE(MS(50), .late = true), RESPONSE(MS(250), .back = 100),
       RESPONSE(MS(650), .back = 100), RESPONSE(MS(1450), .back = 100),
       RESPONSE(MS(3050), .back = 100), RESPONSE(MS(6250), .back = 100)}},
     NULL, "backscatter"},

    /* ICMP */
    {{"a routing loop", {SYN(0), SYN(SEC(1)), SYN(SEC(3)), ICMP_ERROR(SEC(3.1), 11, 0, .of_router = 9)},
      .cause = "host-silent"},
     "192.0.2.89 says by ICMP that it cannot be reached: TTL exceeded, frame 4. The packets go from "
     "router to router", "arping"},
    {{"a traceroute",
      {SYN(0, .ttl = 3), SYN(SEC(1), .ttl = 3), SYN(SEC(3), .ttl = 3), ICMP_ERROR(SEC(3.1), 11, 0)},
      .cause = "host-silent"},
     NULL, "loop"},
    {{"a router without a route", {SYN(0), SYN(SEC(1)), SYN(SEC(3)), ICMP_ERROR(SEC(3.1), 3, 0, .of_router = 9)},
      .cause = "host-silent"},
     "Look at the routes of 192.0.2.89 to 192.0.2.80 first", "arping"},
    {{"a router without an answer from the host",
      {SYN(0), SYN(SEC(1)), SYN(SEC(3)), ICMP_ERROR(SEC(3.1), 3, 1, .of_router = 9)},
      .cause = "host-silent"},
     "arping", "neither did any other port"},
    {{"the host rejects it, and the client gives up at once", {SYN(0), ICMP_ERROR(MS(2), 3, 3)},
      .later = LATER_ELSEWHERE, .cause = "port-filtered"},
     "did not answer the SYN. 192.0.2.80, the address of the host itself, rejects it", "drops the packets"},
    {{"a firewall rejects it", {SYN(0), SYN(SEC(1)), SYN(SEC(3)), ICMP_ERROR(SEC(3.1), 3, 13, .of_router = 9)},
      .cause = "port-filtered"},
     "The rules for this port on 192.0.2.89 (Linux: `nft list ruleset`).", "the host itself"},
    {{"a port between others is filtered", {DEAD_SYN}, .later = {SERVE(.times = 3, .port = 22)},
      .cause = "port-filtered"},
     "drops the packets", "ICMP"},

    /* large packets */
    {{"a router says what passes, and that comes to the client",
      {LARGE_UPLOAD, ICMP_ERROR(MS(3110), 3, 4, .mtu = 1400, .of_router = 9)}, .cause = "path-mtu"},
     "192.0.2.89 said why by ICMP: fragmentation needed, frame 11; packets of 1400 bytes pass. That came "
     "as far as 198.51.0.0, where the capture was made", "does not learn"},
    {{"a router says what passes, so it is tried",
      {LARGE_UPLOAD, ICMP_ERROR(MS(3110), 3, 4, .mtu = 1400, .of_router = 9)}, .cause = "path-mtu"},
     "`ping -M do -s 1372 192.0.2.80`", "1472"},
    {{"a router of IPv6 says what passes",
      {LARGE_UPLOAD, ICMP_ERROR(MS(3110), 2, 0, .mtu = 1280, .of_router = 9)}, .ipv6 = true, .cause = "path-mtu"},
     "`ping -M do -s 1232 2001:db8:2::50`", "1452"},
    {{"a router says no size",
      {LARGE_UPLOAD, ICMP_ERROR(MS(3110), 3, 4, .of_router = 9)}, .cause = "path-mtu"},
     "`ping -M do -s 1472 192.0.2.80`", "bytes pass"},
    {{"nobody says why", {LARGE_UPLOAD}, .cause = "path-mtu"},
     "never acknowledged (1448 bytes;", "ICMP:"},

    /* where the capture was made */
    {{"a full accept queue, captured at the server",
      {HANDSHAKE_AT_SERVER, SYN_ACK(SEC(1)), ACK(MS(1040)), SYN_ACK(SEC(3)), ACK(MS(3040)),
       SYN_ACK(SEC(7)), ACK(MS(7040))},
      .cause = "accept-queue-full"},
     "The capture was made near the server", "lost on the way"},
    {{"a SYN that a full accept queue drops, captured at the server", {DEAD_SYN},
      .before = {{.steps = served_remote, .times = 3}, {.steps = unheard_remote, .times = 6, .clients = 6}},
      .cause = "accept-queue-full"},
     "The capture was made near the server", "capture there"},
    {{"a full accept queue, captured at the client",
      {HANDSHAKE_AT_CLIENT, SYN_ACK(SEC(1)), ACK(MS(1001)), SYN_ACK(SEC(3)), ACK(MS(3001)),
       SYN_ACK(SEC(7)), ACK(MS(7001))},
      .cause = "accept-queue-full"},
     "lost on the way", "near the server"},
};

/* Because and next step of the best cause, in a line each; to be freed with g_free. */
static char *words_of(const struct teller *teller, const char **cause) {
    const struct tcprst_event *event = teller_silence(teller, 1);
    g_assert_nonnull(event);
    const struct tcprst_verdict verdict = tcprst_judge(teller->capture, event);
    *cause = verdict.best.cause->name;
    char *because = tcprst_text(verdict.best.cause->because, teller->capture, event, &verdict);
    char *next = tcprst_text(verdict.best.cause->next_step, teller->capture, event, &verdict);
    char *both = g_strdup_printf("%s\n%s", because, next);
    g_free(because);
    g_free(next);
    return both;
}

/* Remains of a condition or fact that was not replaced. */
static bool has_scars(const char *text) {
    static const char *const scars[] = {"  ", " .", " ,", "..", "()", ",.", "{", "}", " ;", ": .", "( ", " )"};
    for (unsigned i = 0; i < G_N_ELEMENTS(scars); i++)
        if (strstr(text, scars[i]))
            return true;
    return false;
}

static void test_words(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        const struct story *story = &words[i].story;
        const char *cause;
        struct teller *teller = teller_new();
        teller_tell(teller, story);
        char *text = words_of(teller, &cause);
        if ((story->cause && strcmp(cause, story->cause) != 0) || has_scars(text) ||
            (words[i].says && !strstr(text, words[i].says)) ||
            (words[i].never && strstr(text, words[i].never))) {
            g_printerr("\"%s\": %s, not %s, not \"%s\": %s: %s\n", story->name, words[i].says, words[i].never,
                       story->cause, cause, text);
            g_test_fail();
        }
        g_free(text);
        teller_free(teller);
    }
}

/* --- the report --- */

static const struct step unanswered[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), DEAD_DATA, {0}};
static const struct step forged[] = {SYN(0), DEAD_CLIENT, {0}};

static const struct {
    struct story story;
    const char *says, *never;
} reports[] = {
    {{"two at once, and one that worked is still open", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), DEAD_DATA},
      .before = {SERVE(.times = 2)}, .later = {{.steps = unanswered, .times = 1}}},
     "2 of 2 connections failed: no answer to the request.", "open then"},
    {{"the client closed and had asked nothing",
      {HANDSHAKE_AT_CLIENT, SYN_ACK(SEC(1)), ACK(MS(1001)), CLIENT_FIN(SEC(2)), CLIENT_FIN(SEC(2.3), .back = 1),
       CLIENT_FIN(SEC(2.9), .back = 1), CLIENT_FIN(SEC(4.1), .back = 1), CLIENT_FIN(SEC(6.5), .back = 1)}},
     "failed: no answer after the handshake.", "to the request"},
    {{"the client closed and had asked",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), CLIENT_FIN(MS(300), .back = 1),
       CLIENT_FIN(MS(700), .back = 1), CLIENT_FIN(MS(1500), .back = 1), CLIENT_FIN(MS(3100), .back = 1)}},
     "failed: no answer to the request until a FIN.", NULL},
    {{"a flood", {SYN(0), DEAD_CLIENT}, .later = {{.steps = forged, .times = 40, .clients = 40, .every_ns = MS(1)}}},
     " left half open) in frames 1 to ", NULL},
    {{"another port worked, until it answered no more", {DEAD_SYN},
      .before = {{.steps = (const struct step[]){HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
                                                 REQUEST(MS(100)), REQUEST(MS(350), .back = 100),
                                                 REQUEST(MS(750), .back = 100), REQUEST(MS(1550), .back = 100),
                                                 REQUEST(MS(4150), .back = 100), {0}},
                  .times = 1, .port = 22}}},
     "22 (1 of 1 connection, frame 5; 1 without an answer later)", NULL},
};

/* To be freed with g_free. */
static char *report_of(const struct teller *teller) {
    struct tcprst_summary *summary = summary_of(teller->capture);
    tcprst_summary_find_silences(summary, teller->capture);
    tcprst_summary_judge(summary, teller->capture);
    char *page = page_of(teller->capture, summary);
    tcprst_summary_free(summary);
    return page;
}

static void test_reports(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(reports); i++) {
        struct teller *teller = teller_new();
        teller_tell(teller, &reports[i].story);
        char *report = report_of(teller);
        if (!strstr(report, reports[i].says) || (reports[i].never && strstr(report, reports[i].never))) {
            g_printerr("\"%s\": %s, not %s: %s\n", reports[i].story.name, reports[i].says, reports[i].never, report);
            g_test_fail();
        }
        g_free(report);
        teller_free(teller);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/silence-words/words", test_words);
    g_test_add_func("/silence-words/reports", test_reports);
    return g_test_run();
}
