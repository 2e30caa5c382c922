/* test_summary.c - counts by endpoint, the report's sentences, JSON's values
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/output/json_value.h"
#include "pages.h"
#include "core/output/report.h"
#include "core/packet/time_text.h"
#include "story.h"

static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(82)), {0}};
static const struct step reset_early[] = {HANDSHAKE_AT_CLIENT, RST(MS(80)), {0}};
static const struct step refused[] = {SYN(0), RST_ACK(MS(40)), {0}};
static const struct step silent[] = {SYN(0), {0}};

/* Expected counts of the story's endpoint, and words that its report must contain, or must not. */
static const struct {
    struct story story;
    const char *counts;
    const char *says[4], *never;
} rows[] = {
    {{.name = "a refusal", .steps = {SYN(0), RST_ACK(MS(40))}},
     "1 connections, 1 resets, 1+0+0 failed (100 %), 0 served, 1 of 1 clients, run: 1 failed from "
     "2",
     {"In frame 2, 00:00:02: one connection of 198.51.0.0 failed: refused, 40.0 ms after the SYN. "
      "192.0.2.80:80 refused the SYN in frame 1: no program"},
     "None was answered"},
    {{.name = "a refusal, and another host", .steps = {SYN(0), RST_ACK(MS(40))},
      .later = {{.steps = served, .times = 1, .host = 1}}},
     "1 connections, 1 resets, 1+0+0 failed (100 %), 0 served, 1 of 1 clients, run: 1 failed from "
     "2",
     {"after the SYN. No other port of this host is in the capture."}},
    {{.name = "two refusals", .steps = {SYN(0), RST_ACK(MS(40))},
      .later = {{.steps = refused, .times = 1}}},
     "2 connections, 2 resets, 2+0+0 failed (100 %), 0 served, 1 of 1 clients, run: 2 failed from "
     "2",
     {"None was answered before in this capture. Only 198.51.0.0 tried; both attempts failed."}},
    {{.name = "refused twice, and accepted on the same ports",
      .steps = {SYN(0), RST_ACK(MS(40)), SYN(MS(500)), RST_ACK(MS(540)), SYN(SEC(1)), SYN_ACK(SEC(1.04)),
                ACK(SEC(1.05)), REQUEST(SEC(1.06)), RESPONSE(SEC(1.1))}},
     "1 connections, 1 resets, 0+0+0 failed (0 %), 1 served, 0 of 1 clients, run: 1 served from 9",
     {": the only connection was refused at first (1 reset, repeated once), and accepted on the same ports later;"},
     "failed"},
    {{.name = "a SYN without answer is a connection, no failure", .steps = {SYN(0)}},
     "1 connections, 0 resets, 0+0+0 failed (0 %), 0 served, 0 of 1 clients, run: none",
     {"1 TCP connection to 1 endpoint, no reset."}},
    {{.name = "the capture lacks the answer, which the client acknowledged",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), RESPONSE(MS(82), .unseen = true),
                ACK(MS(82.1)), RST_ACK(MS(300))}},
     "1 connections, 1 resets, 0+0+0 failed (0 %), 0 served, 0 of 1 clients, run: none",
     {": the only connection was reset in the server's name; stage response-sent."},
     "failed"},
    {{.name = "a client's own reset is none of the server's failures",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(82)), CLIENT_RST_ACK(MS(90)),
                RESPONSE(MS(91), .late = true)}},
     "1 connections, 1 resets, 0+0+0 failed (0 %), 1 served, 0 of 1 clients, run: 1 served from 5",
     {": the only connection was reset in the client's name; stage response-sent."},
     "connection failed"},
    {{.name = "served, then failing for all, another port works",
      .steps = {HANDSHAKE_AT_CLIENT, RST(MS(80))},
      .before = {{.steps = served, .times = 6, .clients = 3}},
      .later = {{.steps = served, .times = 2, .clients = 1, .port = 22},
                {.steps = reset_early, .times = 4, .clients = 2}}},
     "11 connections, 5 resets, 0+5+0 failed (45 %), 6 served, 3 of 4 clients, run: 5 failed from "
     "34",
     {"all 6 connections (3 clients) worked.", "5 of 5 connections failed: reset right after the",
      "All 3 clients that tried are affected:",
      "of this host worked meanwhile: 22 (2 of 2 connections, frames 39 to 44)."}},
    {{.name = "some clients only, and well again",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))},
      .later = {{.steps = served, .times = 2, .clients = 2}}},
     "3 connections, 1 resets, 0+0+1 failed (33 %), 2 served, 1 of 3 clients, run: 2 served from "
     "10",
     {"failed: reset on the request, before any answer",
      "Afterwards, from frame 10, 00:00:10 on: 2 connections from 2 clients worked."}},
    {{.name = "another port refuses too", .steps = {SYN(0), RST_ACK(MS(40))},
      .later = {{.steps = refused, .times = 2, .clients = 2, .port = 22}}},
     "1 connections, 1 resets, 1+0+0 failed (100 %), 0 served, 1 of 1 clients, run: 1 failed from "
     "2",
     {"1. 192.0.2.80, 2 ports  Nothing listens",
      "2 ports: 192.0.2.80:80, 192.0.2.80:22 (2). 3 clients: "}, "fail too"},
    {{.name = "another port fails in another way", .steps = {SYN(0), RST_ACK(MS(40))},
      .later = {{.steps = reset_early, .times = 2, .clients = 2, .port = 22}}},
     "1 connections, 1 resets, 1+0+0 failed (100 %), 0 served, 1 of 1 clients, run: 1 failed from "
     "2",
     {"Both clients that tried are affected: 198.51.0.1, 198.51.0.2.",
      "Other ports of this host fail too: 22 (2 of 2 connections, frames 6 to 10).",
      "192.0.2.80:80  Nothing listens"}, "fail too: 80"},
    {{.name = "a client is served in between", .steps = {SYN(0), RST_ACK(MS(40))},
      .later = {{.steps = served, .times = 1}, {.steps = refused, .times = 1}}},
     "3 connections, 2 resets, 2+0+0 failed (67 %), 1 served, 1 of 1 clients, run: 1 failed from 9",
     {"From frame 2, 00:00:02 to frame 9, 00:00:09: 2 of 3 connections failed: refused",
      "Only 198.51.0.0 tried; 2 of 3 attempts failed."},
     "All "},
    {{.name = "captured from its middle: both sides go on, then it is reset",
      .steps = {REQUEST(0), RESPONSE(MS(20)), RST_ACK(MS(40))}},
     "1 connections, 1 resets, 0+0+0 failed (0 %), 1 served, 0 of 1 clients, run: 1 served from 2",
     {NULL}},
    {{.name = "reset after the client's FIN, before any answer",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), RST_ACK(MS(82))}},
     "1 connections, 1 resets, 0+0+1 failed (100 %), 0 served, 1 of 1 clients, run: 1 failed from "
     "6",
     {NULL}},
    {{.name = "half are never answered",
      .steps = {SYN(0), RST_ACK(MS(40))},
      .later = {{.steps = silent, .times = 3}}},
     "4 connections, 1 resets, 1+0+0 failed (25 %), 0 served, 1 of 1 clients, run: 1 failed from 2",
     {NULL}},
};

static const struct tcprst_service *own_service(const struct tcprst_summary *summary,
                                                const struct teller *teller) {
    guint first = tcprst_capture_find_entry(teller->capture, teller->step_frames[0]);
    const struct tcprst_entry entry = tcprst_capture_entry(teller->capture, first);
    const struct tcprst_end *own = &entry.server;
    for (guint i = 0; i < summary->services->len; i++) {
        const struct tcprst_service *service = g_ptr_array_index(summary->services, i);
        if (service->port == own->port &&
            memcmp(&service->address, &own->address, sizeof own->address) == 0)
            return service;
    }
    return NULL;
}

static char *counts_of(const struct tcprst_service *s) {
    char *run = s->run_length ? g_strdup_printf("%u %s from %u", s->run_length,
                                                s->run_failed ? "failed" : "served", s->run.frame)
                              : g_strdup("none");
    char *text = g_strdup_printf(
        "%u connections, %u resets, %u+%u+%u failed (%u %%), %u served, %u of %u "
        "clients, run: %s",
        s->connections, s->resets, s->refused, s->in_handshake, s->on_request,
        tcprst_service_share(s), s->served, s->clients_failed, s->service_clients->len, run);
    g_free(run);
    return text;
}

/* The second date only if it differs. */
static void test_period(void) {
    static const struct { int64_t to_s; const char *text; } periods[] = {
        {59, "1970-01-01 00:00:00 to 00:00:59"},
        {86400, "1970-01-01 00:00:00 to 1970-01-02 00:00:00"},
        {0, "1970-01-01 00:00:00 to 00:00:00"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(periods); i++) {
        GString *text = g_string_new(NULL);
        tcprst_add_period(text, 0, periods[i].to_s * INT64_C(1000000000));
        g_assert_cmpstr(text->str, ==, periods[i].text);
        g_string_free(text, TRUE);
    }
}

static void expect(const char *name, bool holds, const char *wanted, const char *got) {
    if (holds)
        return;
    g_printerr("\"%s\": expected %s, got %s\n", name, wanted, got);
    g_test_fail();
}

static void check_row(unsigned row) {
    struct teller *teller = teller_new();
    teller_tell(teller, &rows[row].story);
    struct tcprst_summary *summary = summary_of(teller->capture);
    char *counts = counts_of(own_service(summary, teller)), *report = page_of(teller->capture, summary);
    const char *name = rows[row].story.name;
    expect(name, strcmp(counts, rows[row].counts) == 0, rows[row].counts, counts);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows[row].says) && rows[row].says[i]; i++)
        expect(name, strstr(report, rows[row].says[i]), rows[row].says[i], report);
    if (rows[row].never)
        expect(name, !strstr(report, rows[row].never), "anything else", report);
    g_free(counts);
    g_free(report);
    tcprst_summary_free(summary);
    teller_free(teller);
}

static void test_counts(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        check_row(i);
}

/* What had no answer differs, so each says its own reasons, though the cause is the same. */
static void test_reasons_of_silences(void) {
    static const struct step syns[] = {SYN(0), SYN(SEC(1)), SYN(SEC(3)), SYN(SEC(7)), {0}};
    static const struct story story = {
        .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), REQUEST(MS(250), .back = 100),
                  REQUEST(MS(650), .back = 100), REQUEST(MS(1450), .back = 100),
                  REQUEST(MS(3050), .back = 100), REQUEST(MS(6250), .back = 100)},
        .later = {{.steps = syns, .times = 1, .port = 22}}};
    struct teller *teller = teller_new();
    teller_tell(teller, &story);
    struct tcprst_summary *summary = summary_of(teller->capture);
    tcprst_summary_find_silences(summary, teller->capture);
    tcprst_summary_judge(summary, teller->capture);
    char *report = page_of(teller->capture, summary);
    expect("silences", strstr(report, "did not answer data"), "a reason", report);
    expect("silences", strstr(report, "did not answer the SYN"), "a reason", report);
    g_free(report);
    tcprst_summary_free(summary);
    teller_free(teller);
}

static void test_empty(void) {
    struct tcprst_capture *capture = tcprst_capture_new();
    struct tcprst_summary *summary = summary_of(capture);
    GString *text = g_string_new(NULL);
    tcprst_report(text, capture, summary, "tcp.port == 1", TCPRST_PAGE_COLUMNS);
    g_assert_cmpstr(text->str, ==,
                    "No TCP connections.\nCounted is only what passes this filter; verdicts "
                    "rest on the whole capture: tcp.port == 1\n");
    g_assert_cmpuint(tcprst_capture_find_entry(capture, 7), ==, 0);
    g_string_free(text, TRUE);
    tcprst_summary_free(summary);
    tcprst_capture_free(capture);
}

/* A scan: each port refuses one client; and a flood: one port refuses many. */
static struct tcprst_capture *scan(unsigned ports, unsigned clients) {
    struct tcprst_capture *capture = tcprst_capture_new();
    for (uint32_t i = 0; i < MAX(ports, clients); i++) {
        struct tcprst_segment syn = {.frame = 2 * i + 1, .src_port = 40000,
                                     .dst_port = (uint16_t)(1 + i % ports), .seq = 1000,
                                     .flags = TCPRST_SYN, .time_ns = MS(i), .dst = {{2}}};
        uint32_t client = 1 + i % clients;
        memcpy(syn.src.bytes + 12, &client, sizeof client);
        struct tcprst_segment rst = {.frame = 2 * i + 2,
                                     .src_port = syn.dst_port,
                                     .dst_port = 40000,
                                     .ack = 1001,
                                     .flags = TCPRST_RST | TCPRST_ACK,
                                     .time_ns = MS(i),
                                     .src = syn.dst,
                                     .dst = syn.src};
        tcprst_capture_observe(capture, &syn);
        tcprst_capture_observe(capture, &rst);
    }
    return capture;
}

static unsigned report_lines(const struct tcprst_capture *capture,
                             const struct tcprst_summary *summary) {
    GString *text = g_string_new(NULL);
    unsigned lines = 0;
    tcprst_report(text, capture, summary, NULL, TCPRST_PAGE_COLUMNS);
    for (const char *p = text->str; *p; p++)
        lines += *p == '\n';
    g_string_free(text, TRUE);
    return lines;
}

static void test_bounds(void) {
    static const struct { unsigned ports, clients, services; bool cut; } scans[] = {
        {20000, 1, 20000, false}, {1, 20000, 1, true}, {1, TCPRST_CLIENTS_MAX, 1, false},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(scans); i++) {
        struct tcprst_capture *capture = scan(scans[i].ports, scans[i].clients);
        struct tcprst_summary *summary = summary_of(capture);
        const struct tcprst_service *first = g_ptr_array_index(summary->services, 0);
        g_assert_cmpuint(summary->services->len, ==, scans[i].services);
        g_assert_cmpuint(first->service_clients->len, ==,
                         MIN(scans[i].clients, TCPRST_CLIENTS_MAX));
        g_assert_true(first->clients_cut == scans[i].cut);
        g_assert_cmpuint(report_lines(capture, summary), <, 60);
        tcprst_summary_free(summary);
        tcprst_capture_free(capture);
    }
}

static void judge(struct tcprst_service *service, const char *cause, unsigned times) {
    static const struct tcprst_event event;
    const struct tcprst_opinion opinion = {tcprst_cause_named(cause), 80};
    while (times--)
        tcprst_service_judge(service, &event, &opinion);
}

static void test_warnings_lead(void) {
    struct tcprst_service service = {.tallies = NULL};
    judge(&service, "health-check", 100);
    judge(&service, "client-abort", 8);
    judge(&service, "service-failing", 1);
    g_assert_cmpstr(tcprst_service_likeliest(&service)->cause->name, ==, "client-abort");
    judge(&service, "service-failing", 2);
    g_assert_cmpstr(tcprst_service_likeliest(&service)->cause->name, ==, "service-failing");
    g_array_unref(service.tallies);
}

static void test_json_values(void) {
    static const struct { const char *value, *written; } strings[] = {
        {NULL, "null"}, {"", "\"\""}, {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\x01\n\x7f", "\"\\u0001\\u000a\\u007f\""},
        {"\xff\xc3", "\"\xef\xbf\xbd\xef\xbf\xbd\""}, {"\xc3\xa4", "\"\xc3\xa4\""},
    };
    GString *out = g_string_new(NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(strings); i++) {
        g_string_truncate(out, 0);
        json_string(out, NULL, strings[i].value);
        g_assert_cmpstr(out->str, ==, strings[i].written);
    }
    g_string_assign(out, "");
    json_open(out, NULL, '{');
    json_frame(out, "a", 0);
    json_duration(out, "b", 1500000);
    json_duration(out, "c", -1);
    json_ratio(out, "d", 0.9996);
    json_ratio(out, "e", -1);
    json_bool(out, "f", true);
    json_close(out, '}');
    g_assert_cmpstr(out->str, ==,
                    "{\"a\":null,\"b\":0.001500000,\"c\":-0.000000001,\"d\":1.000,\"e\":null,\"f\":true}");
    g_string_free(out, TRUE);
}

static void test_spelling(void) {
    static const struct { int64_t ns; const char *spelt; } times[] = {
        {0, "1970-01-01T00:00:00.000000000Z 0.000000000"},
        {-1, "1969-12-31T23:59:59.999999999Z -0.000000001"},
        {1327493832005367261, "2012-01-25T12:17:12.005367261Z 1327493832.005367261"},
        {INT64_MAX, "2262-04-11T23:47:16.854775807Z 9223372036.854775807"},
        {INT64_MIN, "1677-09-21T00:12:43.145224192Z -9223372036.854775808"},
    };
    const struct tcprst_address v6 = {{0x20, 1, 0xd, 0xb8, [15] = 7}};
    GString *out = g_string_new(NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(times); i++) {
        g_string_truncate(out, 0);
        tcprst_add_iso_time(out, times[i].ns);
        g_string_append_c(out, ' ');
        tcprst_add_seconds(out, times[i].ns);
        g_assert_cmpstr(out->str, ==, times[i].spelt);
    }
    g_string_truncate(out, 0);
    tcprst_add_endpoint(out, &v6, 443);
    g_assert_cmpstr(out->str, ==, "[2001:db8::7]:443");
    g_string_free(out, TRUE);
}

/* --- clocks of capture points --- */

#define THERE(ns) .there = TOO, .there_ns = ns
#define SEEN_THERE(ns) SYN(0, THERE(ns)), SYN_ACK(MS(40), THERE(ns)), ACK(MS(40.1), THERE(ns))
static const struct step seen_ahead[] = {SEEN_THERE(SEC(3.7)), {0}}, seen_alike[] = {SEEN_THERE(0), {0}},
                         seen_nearly[] = {SEEN_THERE(MS(2)), {0}},
                         seen_behind[] = {SEEN_THERE(-SEC(3.7)), {0}};

/* The last connection comes 40 s after the first. */
static void test_clocks(void) {
    static const struct {
        const struct step *first;
        int64_t last_ns;
        const char *says;
    } clocks[] = {
        {seen_ahead, SEC(3.7), "\nThe clock of interface 1 is about 3.700 s ahead of that of interface 0: compare "
                               "their times only after taking that off. Frames came before they were sent; "},
        {seen_behind, -SEC(3.7), "\nThe clock of interface 0 is about 3.700 s ahead of that of interface 1: compare "},
        {seen_ahead, SEC(3.702), "is about 3.702 s ahead of that of interface 0, and gains 50 ppm: do not compare "},
        {seen_behind, -SEC(3.698), "is about 3.698 s ahead of that of interface 1, and loses 50 ppm: do not compare "},
        {seen_ahead, SEC(8.7), "interface 0, and one of them was set meanwhile: do not compare their times. Frames "},
        {seen_nearly, US(100), "\nThe clocks of interfaces 0 and 1 agree at the end, but move by 48 ppm: do not "},
        {seen_ahead, 0, "\nThe clocks of interfaces 0 and 1 agree at the end, but one of them was set before: do not "},
        {seen_alike, 0, NULL},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(clocks); i++) {
        const int64_t ns = clocks[i].last_ns;
        const struct story story = {.before = {{clocks[i].first, 40}},
                                    .steps = {SEEN_THERE(ns), RST(MS(80), THERE(ns))}};
        struct teller *teller = teller_new();
        teller_tell(teller, &story);
        struct tcprst_summary *summary = summary_of(teller->capture);
        char *text = page_of(teller->capture, summary);
        if (clocks[i].says ? !strstr(text, clocks[i].says) : !!strstr(text, "clock")) {
            g_printerr("clock %u: not \"%s\": %s\n", i, clocks[i].says, text);
            g_test_fail();
        }
        g_free(text);
        tcprst_summary_free(summary);
        teller_free(teller);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/summary/counts", test_counts);
    g_test_add_func("/summary/reasons-of-silences", test_reasons_of_silences);
    g_test_add_func("/summary/period", test_period);
    g_test_add_func("/summary/empty", test_empty);
    g_test_add_func("/summary/clocks", test_clocks);
    g_test_add_func("/summary/bounds", test_bounds);
    g_test_add_func("/summary/warnings-lead", test_warnings_lead);
    g_test_add_func("/summary/json-values", test_json_values);
    g_test_add_func("/summary/spelling", test_spelling);
    return g_test_run();
}
