/* test_silence.c - failures without a reset: which there are, which there are not, what they mean
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/reset/silence.h"
#include "neighbours.h"
#include "payloads.h"
#include "silence_points_rows.h"
#include "silence_rows.h"
#include "silence_syn_rows.h"

/* --- what was asked in vain --- */

static const struct step given_up_request[] = {
    HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET / HTTP/1.1\r\n\r\n"), SERVER_ACK(MS(81)),
    CLIENT_FIN(SEC(30)), SERVER_ACK(SEC(30.1)), {0}};

static const struct {
    struct story story;
    enum tcprst_asked asked;
    unsigned step; /* from 1: its frame */
    unsigned repeats;
} asked[] = {
    {{"a SYN", {DEAD_SYN}, .stage = "syn-sent", .from = "server"}, TCPRST_ASKED_SYN, 4, 3},
    {{"a SYN, of which the capture holds two", {SYN(0), SYN(SEC(1))}, .later = LATER_ELSEWHERE,
      .stage = "syn-sent", .from = "server"},
     TCPRST_ASKED_SYN, 2, 1},
    {{"a SYN/ACK", {SYN(0), SYN_ACK(MS(1)), SYN_ACK(SEC(1)), SYN_ACK(SEC(3)), SYN_ACK(SEC(7))},
      .stage = "half-open", .from = "client"},
     TCPRST_ASKED_SYNACK, 5, 3},
    {{"an ACK that the server does not take",
      {HANDSHAKE_AT_CLIENT, SYN_ACK(SEC(1)), ACK(MS(1001)), SYN_ACK(SEC(3)), ACK(MS(3001)),
       SYN_ACK(SEC(7)), ACK(MS(7001))},
      .stage = "handshake-done", .from = "server"},
     TCPRST_ASKED_ACK, 8, 3},
    {{"a request", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), DEAD_DATA}, .stage = "request-sent",
      .from = "server"},
     TCPRST_ASKED_DATA, 9, 5},
    {{"an answer",
      {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(50), .late = true),
       RESPONSE(MS(250), .back = 100), RESPONSE(MS(650), .back = 100),
       RESPONSE(MS(1450), .back = 100), RESPONSE(MS(3050), .back = 100)},
      .stage = "response-sent", .from = "client"},
     TCPRST_ASKED_DATA, 9, 4},
    {{"a FIN",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(80)), CLIENT_FIN(MS(90)),
       CLIENT_FIN(MS(300), .back = 1), CLIENT_FIN(MS(700), .back = 1),
       CLIENT_FIN(MS(1500), .back = 1), CLIENT_FIN(MS(3100), .back = 1)},
      .stage = "closing", .from = "server"},
     TCPRST_ASKED_FIN, 10, 4},
    {{"keep-alive probes",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(80)), ACK(MS(81)),
       ACK(SEC(60), .back = 1), ACK(SEC(70), .back = 1), ACK(SEC(80), .back = 1)},
      .stage = "response-sent", .from = "server"},
     TCPRST_ASKED_PROBE, 9, 3},
    {{"probes of a window that stays 0",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(80), .window = NONE),
       ACK(MS(300), .back = 1), SERVER_ACK(MS(340), .window = NONE), ACK(MS(900), .back = 1),
       SERVER_ACK(MS(940), .window = NONE), ACK(SEC(11), .back = 1),
       SERVER_ACK(MS(11040), .window = NONE)},
      .stage = "request-sent", .from = "server"},
     TCPRST_ASKED_WINDOW, 10, 3},
    {{"a request that is acknowledged, until the client closes",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET / HTTP/1.1\r\n\r\n"),
       SERVER_ACK(MS(81)), CLIENT_FIN(SEC(30))},
      .stage = "request-sent", .from = "server"},
     TCPRST_ASKED_REQUEST, 6, 0},
    {{"the second request of a connection",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET / HTTP/1.1\r\n\r\n"), RESPONSE(MS(81)),
       REQUEST(MS(141), .text = "GET /2 HTTP/1.1\r\n\r\n"), SERVER_ACK(MS(181)),
       CLIENT_FIN(SEC(30))},
      .stage = "response-sent", .from = "server"},
     TCPRST_ASKED_REQUEST, 8, 0},
    {{"a request that waits where another one was given up",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET / HTTP/1.1\r\n\r\n"), SERVER_ACK(MS(81))},
      .later = {{.steps = given_up_request, .times = 1, .clients = 2}}, .stage = "request-sent",
      .from = "server"},
     TCPRST_ASKED_REQUEST, 4, 0},
    {{"a DNS query, and the server closes behind the client",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(DNS_QUERY)), SERVER_ACK(MS(81)),
       CLIENT_FIN(SEC(10)), SERVER_FIN(SEC(10.04)), ACK(SEC(10.041))},
      .stage = "request-sent", .from = "server"},
     TCPRST_ASKED_REQUEST, 6, 0},
    {{"a TLS ClientHello that is acknowledged",
      {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("allowed.example"))), SERVER_ACK(MS(81))},
      .later = {{.steps = (const struct step[])SERVED, .times = 15, .port = 22, .host = 9}},
      .stage = "request-sent", .from = "server"},
     TCPRST_ASKED_REQUEST, 4, 0},
};

static void test_asked(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(asked); i++) {
        struct story story = asked[i].story;
        struct teller *teller = teller_new();
        story.silence = true;
        check_stories(&story, 1);
        teller_tell(teller, &story);
        const struct tcprst_event *event = teller_silence(teller, 1);
        if (!event) {
            teller_free(teller);
            continue; /* told by check_stories() */
        }
        g_assert_cmpstr(tcprst_failure_kind_name(event), ==, "silence");
        g_assert_cmpstr(tcprst_asked_name(event->silence->asked), ==,
                        tcprst_asked_name(asked[i].asked));
        g_assert_cmpuint(event->frame, ==, teller->step_frames[asked[i].step - 1]);
        g_assert_cmpuint(event->silence->repeats, ==, asked[i].repeats);
        g_assert_null(teller_silence(teller, 2));
        g_assert_null(teller_event(teller, 1));
        teller_free(teller);
    }
}

/* --- what is no failure --- */

static void test_quiet(void) {
    for (unsigned i = 0; i < quiet_stories_count; i++) {
        struct teller *teller = teller_new();
        teller_tell(teller, &quiet_stories[i]);
        if (teller_silence(teller, 1)) {
            g_printerr("\"%s\": a silence\n", quiet_stories[i].name);
            g_test_fail();
        }
        teller_free(teller);
    }
}

/* --- what it means --- */

#define SAID_AGAIN(time) REQUEST(time, SAYS(HELLO("allowed.example")), .seq = 1)
#define LARGE_AGAIN(time) REQUEST(time, .bytes = 1448, .back = 1508)
#define SHUT \
    HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(80), .window = NONE), ACK(MS(300), .back = 1), \
        SERVER_ACK(MS(340), .window = NONE), ACK(MS(900), .back = 1), SERVER_ACK(MS(940), .window = NONE)
static const struct step dropped_again[] = {SYN(0), SYN(SEC(1)), SYN(SEC(3)), {0}};

static const struct story causes[] = {
    {"nothing else is known", {DEAD_SYN}, .silence = true, .cause = "no-answer",
     .certainty = "likely", .shows = "syn-unanswered silence-cut-short",
     .lacks = "asker-gave-up host-never-answers port-never-answers port-answered-before "
              "port-answers-meanwhile port-answers-after ack-ignored lone-syn data-unanswered "
              "synack-unanswered fin-unanswered probes-unanswered window-stays-shut "
              "request-acknowledged host-answers-meanwhile shut-since-synack"},
    {"a scanner's SYN", {SYN(0, .options = TCPRST_OPT_MSS, .window = 1024)},
     .later = LATER_ELSEWHERE, .silence = true, .shows = "lone-syn syn-of-raw-tool",
     .lacks = "silence-cut-short", .cause = "no-answer"},
    {"a SYN proxy's SYN, whose client gave up", {SYN(0, .ack = 4711)}, .later = LATER_ELSEWHERE,
     .silence = true, .shows = "lone-syn", .cause = "no-answer"},
    {"the port answers nobody", {DEAD_SYN},
     .before = {{.steps = dropped_again, .times = 3, .clients = 3}},
     .later = {{.steps = (const struct step[])SERVED, .times = 30, .port = 22, .host = 9}},
     .silence = true, .shows = "port-never-answers asker-gave-up",
     .cause = "no-answer"},
    {"the port answers others later", {DEAD_SYN}, .later = {SERVE(.times = 3, .clients = 3)},
     .silence = true, .shows = "port-answers-after", .cause = "no-answer"},
    {"nobody acknowledges the FIN",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(80)), CLIENT_FIN(MS(90)),
      CLIENT_FIN(MS(300), .back = 1), CLIENT_FIN(MS(700), .back = 1),
      CLIENT_FIN(MS(1500), .back = 1), CLIENT_FIN(MS(3100), .back = 1)},
     .silence = true, .shows = "fin-unanswered silent-side-answered", .cause = "peer-vanished"},
    {"a large request after a small one",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(80)), REQUEST(MS(90), .bytes = 1448),
      REQUEST(MS(300), .bytes = 1448, .back = 1448), REQUEST(MS(700), .bytes = 1448, .back = 1448),
      REQUEST(MS(1500), .bytes = 1448, .back = 1448), REQUEST(MS(3100), .bytes = 1448, .back = 1448)},
     .silence = true, .shows = "large-unacknowledged smaller-acknowledged data-unanswered",
     .lacks = "silent-side-sent server-never-acknowledged synack-not-repeated "
              "small-behind-unanswered", .cause = "path-mtu", .not_high = true},
    {"a large request, and neither it nor the small one behind it is acknowledged",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(80)), REQUEST(MS(90), .bytes = 1448),
      REQUEST(MS(90.1), .bytes = 60), LARGE_AGAIN(MS(300)), LARGE_AGAIN(MS(700)),
      LARGE_AGAIN(MS(1500)), LARGE_AGAIN(MS(3100))},
     .silence = true, .shows = "large-unacknowledged small-behind-unanswered",
     .lacks = "silent-side-sent", .never = "path-mtu"},
    {"a side that had answered, captured from the midst",
     {REQUEST(0), RESPONSE(MS(40)), REQUEST(SEC(1)), RESPONSE(SEC(1.04)), REQUEST(SEC(2)),
      REQUEST(SEC(2.25), .back = 100), REQUEST(SEC(2.7), .back = 100),
      REQUEST(SEC(3.5), .back = 100), REQUEST(SEC(5.1), .back = 100)},
     .later = LATER_ELSEWHERE, .silence = true, .stage = "midstream",
     .shows = "silent-side-answered", .cause = "peer-vanished"},
    {"a request to which others get answers",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET / HTTP/1.1\r\n\r\n"), SERVER_ACK(MS(81)),
      CLIENT_FIN(SEC(30)), SERVER_ACK(SEC(30.1))},
     .later = {SERVE(.times = 3, .clients = 3)}, .silence = true, .shows = "request-acknowledged",
     .lacks = "others-got-answers syn-unanswered large-unacknowledged silent-side-answered",
     .cause = "request-unanswered"},
    {"a request, and others begun after it get answers",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET / HTTP/1.1\r\n\r\n"), SERVER_ACK(MS(81)),
      CLIENT_FIN(SEC(30))},
     .amid = {SERVE(.times = 3, .clients = 3)}, .silence = true, .shows = "others-got-answers",
     .cause = "request-unanswered"},
    {"a request of another protocol, given up, and others get answers",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), CLIENT_FIN(SEC(10))},
     .amid = {SERVE(.times = 3, .clients = 3)}, .silence = true, .shows = "others-got-answers",
     .cause = "request-unanswered"},
    {"no port of the host answers", {DEAD_SYN},
     .before = {{.steps = dropped_again, .times = 2, .clients = 2, .port = 22},
                {.steps = dropped_again, .times = 2, .clients = 2, .port = 443}},
     .silence = true, .shows = "host-never-answers", .cause = "host-silent",
     .certainty = "likely"},
    {"a SYN/ACK is acknowledged by a wrong number, and data ignored",
     {SYN(0), SYN_ACK(MS(40)), ACK(MS(41), .ack = 5000), REQUEST(MS(42), .ack = 5000),
      REQUEST(MS(250), .back = 100, .ack = 5000), REQUEST(MS(650), .back = 100, .ack = 5000),
      REQUEST(MS(1450), .back = 100, .ack = 5000), REQUEST(MS(3050), .back = 100, .ack = 5000)},
     .silence = true, .stage = "half-open", .from = "server", .shows = "wrong-handshake-ack",
     .cause = "syn-cookie-dropped", .not_high = true},
    {"a connection captured from its midst, and the server sends to others",
     {REQUEST(0), REQUEST(MS(250), .back = 100), REQUEST(MS(650), .back = 100),
      REQUEST(MS(1450), .back = 100), REQUEST(MS(3050), .back = 100)},
     .before = {SERVE(.times = 3, .clients = 3)}, .silence = true, .stage = "midstream",
     .from = "server", .not_high = true},
    {"the SYN/ACK is repeated, the request ignored",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), REQUEST(MS(250), .back = 100),
      REQUEST(MS(650), .back = 100), SYN_ACK(SEC(1)), REQUEST(MS(1450), .back = 100),
      SYN_ACK(SEC(3)), REQUEST(MS(3050), .back = 100)},
     .silence = true, .shows = "ack-ignored", .cause = "accept-queue-full",
     .certainty = "likely", .says = "repeats the SYN/ACK"},
    {"the SYN/ACK is repeated, and the client gives up before the server greets",
     {HANDSHAKE_AT_CLIENT, SYN_ACK(SEC(1)), ACK(MS(1001)), SYN_ACK(SEC(3)), ACK(MS(3001)),
      CLIENT_FIN(SEC(5)), CLIENT_FIN(SEC(5.2), .back = 1), CLIENT_FIN(SEC(5.7), .back = 1),
      CLIENT_FIN(SEC(6.5), .back = 1), CLIENT_FIN(SEC(8.1), .back = 1)},
     .silence = true, .stage = "closing", .shows = "ack-ignored fin-unanswered",
     .cause = "accept-queue-full"},
    {"the FIN of a client that was answered is not, and others' SYN/ACKs are repeated",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(80)), CLIENT_FIN(MS(90)),
      CLIENT_FIN(MS(300), .back = 1), CLIENT_FIN(MS(700), .back = 1),
      CLIENT_FIN(MS(1500), .back = 1), CLIENT_FIN(MS(3100), .back = 1)},
     .before = {{.steps = (const struct step[])RESENT, .times = 3, .clients = 3,
                 .every_ns = MS(10)}},
     .silence = true, .shows = "neighbours-resent", .cause = "peer-vanished"},
    {"the same to others, and then not even SYNs are answered", {DEAD_SYN},
     .before = {{.steps = (const struct step[])RESENT, .times = 3, .clients = 3,
                 .every_ns = MS(10)}},
     .silence = true, .shows = "neighbours-resent", .cause = "accept-queue-full",
     .certainty = "possible"},
    {"the server sends nothing after its SYN/ACK",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), DEAD_DATA}, .silence = true,
     .shows = "synack-not-repeated server-never-acknowledged", .lacks = "smaller-acknowledged",
     .cause = "no-answer",
     .certainty = "likely"},
    {"the same of a ClientHello",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("allowed.example"))), SAID_AGAIN(MS(250)),
      SAID_AGAIN(MS(650)), SAID_AGAIN(MS(1450)), SAID_AGAIN(MS(3050))},
     .silence = true, .cause = "no-answer", .says = "did not answer the TLS ClientHello, although"},
    {"a ClientHello gets through, what follows does not",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("allowed.example"))), SERVER_ACK(MS(81)),
      REQUEST(MS(90)), REQUEST(MS(300), .back = 100), REQUEST(MS(700), .back = 100),
      REQUEST(MS(1500), .back = 100), REQUEST(MS(3100), .back = 100)},
     .silence = true, .says = "repeated data 4 times"},
    {"the same, and it sends cookies", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), DEAD_DATA},
     .before = {{.steps = (const struct step[])SERVED_BY_COOKIE, .times = 3, .clients = 3}},
     .silence = true, .shows = "synacks-lag", .cause = "syn-cookie-dropped"},
    {"full segments are lost, small ones are not",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42), .bytes = 1448, .late = true),
      RESPONSE(MS(43), .bytes = 80, .late = true), ACK(MS(90), .ack = 1),
      RESPONSE(MS(300), .bytes = 1448, .seq = 1), RESPONSE(MS(700), .bytes = 1448, .seq = 1),
      RESPONSE(MS(1500), .bytes = 1448, .seq = 1), RESPONSE(MS(3100), .bytes = 1448, .seq = 1)},
     .silence = true, .shows = "large-unacknowledged silent-side-sent", .cause = "path-mtu"},
    {"the same of an upload",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .bytes = 1448, .late = true), REQUEST(MS(42), .bytes = 80, .late = true),
      SERVER_ACK(MS(90), .ack = 1), REQUEST(MS(300), .bytes = 1448, .seq = 1),
      REQUEST(MS(700), .bytes = 1448, .seq = 1), REQUEST(MS(1500), .bytes = 1448, .seq = 1),
      REQUEST(MS(3100), .bytes = 1448, .seq = 1)},
     .silence = true, .shows = "large-unacknowledged silent-side-sent", .lacks = "icmp-unreachable",
     .cause = "path-mtu"},
    {"a router says that the way is broken",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .bytes = 1448, .late = true), REQUEST(MS(42), .bytes = 80, .late = true),
      SERVER_ACK(MS(90), .ack = 1), ICMP_ERROR(MS(95), 3, 1), REQUEST(MS(300), .bytes = 1448, .seq = 1),
      REQUEST(MS(700), .bytes = 1448, .seq = 1), REQUEST(MS(1500), .bytes = 1448, .seq = 1),
      REQUEST(MS(3100), .bytes = 1448, .seq = 1)},
     .silence = true, .shows = "large-unacknowledged silent-side-sent icmp-unreachable", .never = "path-mtu"},
    {"a router says that packets are too big",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .bytes = 1448),
      REQUEST(MS(300), .bytes = 1448, .back = 1448), ICMP_ERROR(MS(310), 3, 4),
      REQUEST(MS(700), .bytes = 1448, .back = 1448), REQUEST(MS(1500), .bytes = 1448, .back = 1448),
      REQUEST(MS(3100), .bytes = 1448, .back = 1448)},
     .silence = true, .shows = "icmp-too-big", .cause = "path-mtu"},
    {"the client closes a request that nobody answers",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET / HTTP/1.1\r\n\r\n"), SERVER_ACK(MS(81)),
      CLIENT_FIN(SEC(30)), SERVER_ACK(SEC(30.1))},
     .silence = true, .shows = "request-acknowledged asker-gave-up",
     .lacks = "client-still-waits", .cause = "request-unanswered",
     .says = "acknowledged the HTTP request of",
     .certainty = "likely"},
    {"the server closes behind it without a word, and many connections follow",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET / HTTP/1.1\r\n\r\n"), SERVER_ACK(MS(81)),
      CLIENT_FIN(SEC(30)), SERVER_FIN(SEC(100.04)), ACK(SEC(100.041))},
     .later = {SERVE(.times = 9000, .clients = 9)}, .silence = true,
     .shows = "request-acknowledged asker-gave-up", .cause = "request-unanswered"},
    {"a request that waits where another one was given up",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET / HTTP/1.1\r\n\r\n"), SERVER_ACK(MS(81))},
     .later = {{.steps = given_up_request, .times = 1, .clients = 2}}, .silence = true,
     .shows = "client-still-waits", .cause = "request-unanswered", .certainty = "possible"},
    {"the window stays 0",
     {SHUT, ACK(SEC(11), .back = 1), SERVER_ACK(MS(11040), .window = NONE)},
     .silence = true, .shows = "window-stays-shut window-probes-answered", .cause = "window-shut",
     .certainty = "likely"},
    {"the window stays 0, and probes get no answer",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(80), .window = NONE),
      ACK(MS(300), .back = 1), ACK(MS(900), .back = 1), ACK(SEC(4), .back = 1),
      ACK(SEC(11), .back = 1)},
     .silence = true, .shows = "window-probes-unanswered", .lacks = "window-probes-answered",
     .cause = "peer-vanished", .certainty = "likely", .says = "repeated probes of the window 4 times"},
    {"the window stays 0, and probes get no answer any more",
     {SHUT, ACK(SEC(3), .back = 1), ACK(SEC(6), .back = 1), ACK(SEC(12), .back = 1),
      ACK(SEC(24), .back = 1)},
     .silence = true, .shows = "window-probes-unanswered", .lacks = "window-probes-answered",
     .cause = "peer-vanished", .says = "repeated probes of the window 4 times"},
    {"the window stays 0, and two probes get no answer",
     {SHUT, ACK(SEC(3), .back = 1), ACK(SEC(6), .back = 1)},
     .silence = true, .shows = "window-probes-answered", .lacks = "window-probes-unanswered",
     .cause = "window-shut", .certainty = "likely", .says = "does not read what it was sent. Its TCP"},
    {"the window shuts before anything came, and the probes are answered",
     {HANDSHAKE_AT_CLIENT, SERVER_ACK(MS(80), .window = NONE), ACK(MS(300), .back = 1),
      SERVER_ACK(MS(340), .window = NONE), ACK(MS(900), .back = 1), SERVER_ACK(MS(940), .window = NONE),
      ACK(SEC(11), .back = 1), SERVER_ACK(MS(11040), .window = NONE)},
     .silence = true, .shows = "window-probes-answered", .lacks = "silent-side-answered", .cause = "window-shut",
     .certainty = "likely"},
    {"the same, and they are not answered",
     {HANDSHAKE_AT_CLIENT, SERVER_ACK(MS(80), .window = NONE), ACK(MS(300), .back = 1), ACK(MS(900), .back = 1),
      ACK(SEC(4), .back = 1), ACK(SEC(11), .back = 1)},
     .silence = true, .lacks = "window-probes-answered silent-side-answered", .cause = "no-answer"},
    {"the window has been 0 since the SYN/ACK",
     {SYN(0), SYN_ACK(MS(40), .window = NONE), ACK(MS(41)), ACK(MS(300), .back = 1),
      ACK(MS(900), .back = 1), ACK(SEC(11), .back = 1)},
     .silence = true, .shows = "shut-since-synack synack-zero-window",
     .lacks = "window-probes-answered", .cause = "syn-proxy"},
    {"an answer that nobody acknowledges",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), ACK(MS(82)),
      RESPONSE(SEC(2), .late = true), RESPONSE(SEC(2.3), .back = 100),
      RESPONSE(SEC(2.9), .back = 100), RESPONSE(SEC(4.1), .back = 100),
      RESPONSE(SEC(6.5), .back = 100)},
     .later = LATER_ELSEWHERE, .silence = true, .shows = "silent-side-answered",
     .cause = "peer-vanished"},
    {"keep-alive probes that nobody answers",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(80)), ACK(MS(81)),
      ACK(SEC(60), .back = 1), ACK(SEC(70), .back = 1), ACK(SEC(80), .back = 1)},
     .silence = true, .shows = "probes-unanswered", .cause = "peer-vanished"},
    {"a flood", {SYN(0), SYN_ACK(MS(1)), SYN_ACK(SEC(1)), SYN_ACK(SEC(3)), SYN_ACK(SEC(7))},
     .silence = true, .shows = "synack-unanswered", .cause = "no-answer", .certainty = "likely"},
};

static void test_causes(void) {
    CHECK_STORIES(causes);
}

static void test_syns(void) {
    CHECK_STORIES(syns_told);
}

static void test_points(void) {
    CHECK_STORIES(points_told);
}

static bool is_in(const struct story *story, const char *name, bool shown) {
    return list_has(shown ? story->shows : story->lacks, name);
}

static bool is_listed(const char *name, bool shown) {
    bool listed = false;
    for (unsigned i = 0; i < G_N_ELEMENTS(causes); i++)
        listed |= is_in(&causes[i], name, shown);
    for (unsigned i = 0; i < G_N_ELEMENTS(points_told); i++)
        listed |= is_in(&points_told[i], name, shown);
    for (unsigned i = 0; i < G_N_ELEMENTS(syns_told); i++)
        listed |= is_in(&syns_told[i], name, shown);
    return listed;
}

static void test_none_is_missing(void) {
    for (unsigned e = TCPRST_EVIDENCE_OF_SILENCE; e < TCPRST_EVIDENCE_END; e++) {
        char name[TCPRST_NAME_SIZE];
        tcprst_evidence_name(e, name);
        if (is_listed(name, true) && is_listed(name, false))
            continue;
        g_printerr("%s: no story shows it, or none lacks it\n", name);
        g_test_fail();
    }
    for (unsigned i = 0; i < tcprst_cause_count(); i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        bool is_called = !cause->is_of_silence;
        for (unsigned j = 0; j < G_N_ELEMENTS(causes); j++)
            is_called |= g_strcmp0(causes[j].cause, cause->name) == 0;
        for (unsigned j = 0; j < G_N_ELEMENTS(syns_told); j++)
            is_called |= g_strcmp0(syns_told[j].cause, cause->name) == 0;
        if (is_called)
            continue;
        g_printerr("%s: no story is called that\n", cause->name);
        g_test_fail();
    }
}

/* --- which frames --- */

static void test_frames(void) {
    static const struct story story = {"frames", {DEAD_SYN}};
    struct teller *teller = teller_new();
    teller_tell(teller, &story);
    for (uint32_t frame = 1; frame <= 5; frame++) {
        uint32_t place = 0;
        const struct tcprst_event *e = tcprst_capture_next_silence(teller->capture, frame, &place);
        if (frame == 1 || frame == 4)
            g_assert_cmpuint(e->frame, ==, 4);
        else
            g_assert_null(e);
        g_assert_null(tcprst_capture_next_silence(teller->capture, frame, &place));
    }
    teller_free(teller);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/silence/asked", test_asked);
    g_test_add_func("/silence/quiet", test_quiet);
    g_test_add_func("/silence/causes", test_causes);
    g_test_add_func("/silence/syns", test_syns);
    g_test_add_func("/silence/points", test_points);
    g_test_add_func("/silence/none-is-missing", test_none_is_missing);
    g_test_add_func("/silence/frames", test_frames);
    return g_test_run();
}
