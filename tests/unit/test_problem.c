/* test_problem.c - which resets are one problem
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/output/problem.h"
#include "pages.h"
#include "writer.h"

/* So many clients, each with a connection to so many servers with so many ports. */
static const struct {
    const char *name;
    connection_of *begin;
    uint8_t clients, servers, ports;
    enum tcprst_shared shared;
    bool is_sweep;
} rows[] = {
    {"the ports of a host refuse a client", refuse, 1, 1, 20, TCPRST_SHARED_HOST, true},
    {"many hosts refuse a client", refuse, 1, 20, 1, TCPRST_SHARED_CLIENT, true},
    {"a few hosts refuse a client: no sweep", refuse, 1, 3, 1, TCPRST_SHARED_CLIENT, false},
    {"a server refuses many clients", refuse, 20, 1, 1, TCPRST_SHARED_SERVER, false},
    {"a device resets in the name of servers", inject, 3, 4, 1, TCPRST_SHARED_DEVICE, false},
    {"it resets one client's connections", inject, 1, 4, 1, TCPRST_SHARED_CLIENT, false},
    {"it resets those to one server", inject, 4, 1, 1, TCPRST_SHARED_SERVER, false},
    {"two ports of a host refuse a client", refuse, 1, 1, 2, TCPRST_SHARED_HOST, false},
    {"two hosts refuse a network", refuse, 2, 2, 1, TCPRST_SHARED_NETWORKS, false},
};

static void write_all(struct writer *w, connection_of *begin, unsigned row) {
    for (uint8_t client = 0; client < rows[row].clients; client++)
        for (uint8_t server = 0; server < rows[row].servers; server++)
            for (uint8_t port = 0; port < rows[row].ports; port++) {
                struct ends ends = {client, 100 + server, 40000, 1000 + port};
                begin(w, &ends);
            }
}

static void check_row(unsigned row) {
    struct writer w = {.capture = tcprst_capture_new()};
    write_all(&w, rows[row].begin, row);
    struct tcprst_summary *summary = summary_of(w.capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    const struct tcprst_problem *problem = g_ptr_array_index(problems, 0);
    if (problems->len != 1 || problem->shared != rows[row].shared ||
        problem->is_sweep != rows[row].is_sweep) {
        g_printerr("\"%s\": %u problems, the first shares the %s, sweep: %d\n", rows[row].name,
                   problems->len, tcprst_shared_name(problem->shared), problem->is_sweep);
        g_test_fail();
    }
    g_assert_cmpuint(problem->resets->len, ==,
                     rows[row].clients * rows[row].servers * rows[row].ports);
    char *fault = pages_complaint(w.capture);
    g_assert_cmpstr(fault, ==, NULL);
    g_ptr_array_unref(problems);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

static void test_shared(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        check_row(i);
}

/* Since when each of them fails is told of each. */
static void test_own_stories(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    for (uint8_t server = 100; server < 102; server++) {
        serve(&w, &(struct ends){1, server, 40000, 80});
        for (uint8_t client = 0; client < 3; client++)
            refuse(&w, &(struct ends){client, server, 50000, 80});
    }
    struct tcprst_summary *summary = summary_of(w.capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    for (guint i = 0; i < 2; i++) {
        const struct tcprst_problem *problem = g_ptr_array_index(problems, i);
        g_assert_cmpint(problem->shared, ==, TCPRST_SHARED_SERVER);
        g_assert_cmpuint(problem->resets->len, ==, 3);
    }
    g_ptr_array_unref(problems);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

/* Servers of other networks than their clients, and each with its own: told by one only where the
 * page has room for them. */
static void check_alike(uint8_t servers, guint problems_wanted) {
    struct writer w = {.capture = tcprst_capture_new()};
    for (uint8_t i = 0; i < servers; i++) {
        refuse(&w, &(struct ends){(uint8_t)(200 + 2 * i), (uint8_t)(201 + 2 * i), 40000, 80});
        w.time_ns += SEC(2);
    }
    struct tcprst_summary *summary = summary_of(w.capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    const struct tcprst_problem *problem = g_ptr_array_index(problems, 0);
    g_assert_cmpuint(problems->len, ==, problems_wanted);
    if (problems_wanted == 1) {
        g_assert_cmpint(problem->shared, ==, TCPRST_SHARED_CAUSE);
        g_assert_cmpuint(problem->servers, ==, servers);
        char *page = page_of(w.capture, summary);
        g_assert_nonnull(strstr(page, "\n1. 6 servers  Nothing listens"));
        g_free(page);
    }
    char *fault = pages_complaint(w.capture);
    g_assert_cmpstr(fault, ==, NULL);
    g_ptr_array_unref(problems);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

static void test_alike(void) {
    check_alike(5, 5);
    check_alike(6, 1);
}

/* Of one cause, but with opposite faults. */
static void test_opposite_faults(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    close_early(&w, &(struct ends){1, 100, 40000, 80});
    closed_early(&w, &(struct ends){1, 101, 40000, 80});
    struct tcprst_summary *summary = summary_of(w.capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    g_assert_cmpuint(problems->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        const struct tcprst_problem *problem = g_ptr_array_index(problems, i);
        g_assert_cmpstr(problem->cause->name, ==, "data-after-close");
        g_assert_cmpint(problem->concern, ==, i ? TCPRST_HARMLESS : TCPRST_TROUBLE);
        g_assert_cmpint(problem->shared, ==, TCPRST_SHARED_SERVER);
    }
    g_ptr_array_unref(problems);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

/* Open connections and new ones: its ports fail in two ways, of one reason. */
static void test_host_down(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    const struct header data = {TCPRST_ACK | TCPRST_PSH, 141, 561, 40, 64, 500},
                        syn = {TCPRST_SYN, 100, 0, 0, 64, 64000};
    for (uint16_t port = 80; port < 83; port++) {
        open_connection(&w, &(struct ends){1, 100, 40000, port});
        write_segment(&w, &(struct ends){1, 100, 40000, port}, true,
                      (struct header){TCPRST_ACK | TCPRST_PSH, 501, 141, 60, 50, 500});
    }
    for (unsigned again = 0; again < 4; again++, w.time_ns += SEC(1 << again))
        for (uint16_t port = 80; port < 83; port++) {
            write_segment(&w, &(struct ends){1, 100, 40000, port}, false, data);
            write_segment(&w, &(struct ends){2, 100, 40000, port}, false, syn);
        }
    w.time_ns += SEC(20);
    serve(&w, &(struct ends){2, 99, 40000, 80}); /* the capture goes on */
    struct tcprst_summary *summary = summary_of(w.capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    const struct tcprst_problem *problem = g_ptr_array_index(problems, 0);
    g_assert_cmpint(problem->shared, ==, TCPRST_SHARED_HOST);
    g_assert_cmpuint(problem->silences, ==, 6);
    g_assert_cmpuint(problem->servers, ==, 3);
    for (guint i = 0; i < problem->resets->len; i++) { /* what answered had done so before */
        const struct tcprst_verdict verdict =
            tcprst_judge(w.capture, tcprst_problem_reset(problem, i)->event);
        g_assert_false(verdict.seen.is[TCPRST_EVIDENCE_host_answers_meanwhile]);
    }
    g_ptr_array_unref(problems);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

/* --- floods --- */

enum { FLOOD = 20 };

/* A SYN that is not repeated, as a tool sends it. */
static void ask_once(struct writer *w, const struct ends *ends) {
    write_segment(w, ends, false, (struct header){TCPRST_SYN, 100, 0, 0, 64, 1024});
}

static void answer_in_vain(struct writer *w, const struct ends *ends) {
    const struct header answer = {TCPRST_SYN | TCPRST_ACK, 500, 101, 0, 50, 64000};
    write_segment(w, ends, true, answer);
    w->time_ns += SEC(1);
    write_segment(w, ends, true, answer);
}

static void ask_and_answer(struct writer *w, const struct ends *ends) {
    ask_once(w, ends);
    answer_in_vain(w, ends);
}

static void check_flood(const char *name, connection_of *begin, enum tcprst_pattern pattern) {
    struct writer w = {.capture = tcprst_capture_new()};
    for (unsigned client = 0; client < FLOOD; client++)
        begin(&w, &(struct ends){(uint8_t)client, 100, 40000, 80});
    for (unsigned again = 0; again < 3; again++) { /* of a system, to the same port */
        write_segment(&w, &(struct ends){50, 100, 40000, 80}, false,
                      (struct header){TCPRST_SYN, 100, 0, 0, 64, 64000});
        w.time_ns += SEC(3);
    }
    ask_once(&w, &(struct ends){60, 101, 40000, 81}); /* the capture goes on */
    struct tcprst_summary *summary = summary_of(w.capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    g_assert_cmpuint(problems->len, ==, 2);
    const struct tcprst_problem *first = g_ptr_array_index(problems, 0),
                                *second = g_ptr_array_index(problems, 1);
    if (second->pattern != pattern || second->resets->len != FLOOD || first->pattern ||
        first->resets->len != 1) {
        g_printerr("\"%s\": %s of %u\n", name, tcprst_pattern_name(second->pattern),
                   second->resets->len);
        g_test_fail();
    }
    char *fault = pages_complaint(w.capture);
    g_assert_cmpstr(fault, ==, NULL);
    g_ptr_array_unref(problems);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

static void test_flood(void) {
    check_flood("nobody answers", ask_once, TCPRST_FLOOD);
    check_flood("the server answers", ask_and_answer, TCPRST_FLOOD);
    check_flood("its answers only", answer_in_vain, TCPRST_BACKSCATTER);
}

/* The server's backlog is full: it gives up some, and keeps nothing of the others. */
static void leave_half_open(struct writer *w, const struct ends *ends) {
    ask_once(w, ends);
    write_segment(w, ends, true, (struct header){TCPRST_SYN | TCPRST_ACK, 500, 101, 0, 50, 64000});
}

static void give_up(struct writer *w, const struct ends *ends) {
    ask_and_answer(w, ends);
    w->time_ns += SEC(2);
    write_segment(w, ends, true, (struct header){TCPRST_RST | TCPRST_ACK, 501, 101, 0, 50, 0});
}

static void test_half_open_flood(void) {
    static connection_of *const ways[] = {leave_half_open, give_up, ask_once, leave_half_open};
    struct writer w = {.capture = tcprst_capture_new()};
    serve(&w, &(struct ends){1, 100, 40000, 80});
    for (uint8_t i = 0; i < 24; i++)
        ways[i % 4](&w, &(struct ends){i % 4, 100, (uint16_t)(50000 + i), 80});
    w.time_ns += SEC(9);
    ask_once(&w, &(struct ends){60, 101, 40000, 81}); /* the capture goes on */
    struct tcprst_summary *summary = summary_of(w.capture);
    char *page = page_of(w.capture, summary);
    if (!strstr(page, "\n192.0.2.100:80: 24 connections of at least 2 clients did not go on after one "
                      "SYN (6 not answered, 12 left half open, 6 half open until the server gave up "
                      "and reset) from frame 9 on: a flood") ||
        strstr(page, "connections failed")) {
        g_printerr("%s", page);
        g_test_fail();
    }
    g_free(page);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

/* The history of a server counts a flood's connections, too, and says so. */
static void test_flood_beside_failures(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    for (uint8_t client = 0; client < 5; client++)
        ask_once(&w, &(struct ends){client, 100, 40000, 80});
    for (uint8_t i = 0; i < 12; i++) { /* three systems */
        write_segment(&w, &(struct ends){50 + i % 3, 100, 40000, 80}, false,
                      (struct header){TCPRST_SYN, 100, 0, 0, 64, 64000});
        w.time_ns += SEC(3);
    }
    ask_once(&w, &(struct ends){60, 101, 40000, 81}); /* the capture goes on */
    struct tcprst_summary *summary = summary_of(w.capture);
    char *page = page_of(w.capture, summary);
    g_assert_nonnull(strstr(page, "8 of 8 connections failed: no answer to the SYN"));
    g_assert_nonnull(strstr(page, "Of these failures, 5 are part of another problem"));
    g_free(page);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

/* --- scans --- */

/* Open, and the scanner leaves. */
static void accept_probe(struct writer *w, const struct ends *ends) {
    write_segment(w, ends, false, (struct header){TCPRST_SYN, 100, 0, 0, 64, 1024});
    write_segment(w, ends, true, (struct header){TCPRST_SYN | TCPRST_ACK, 500, 101, 0, 50, 64000});
    write_segment(w, ends, false, (struct header){TCPRST_RST, 101, 0, 0, 64, 0});
}

/* Ports that refuse, that are silent and that accept, of so many hosts. */
static void scan(struct writer *w, uint8_t hosts) {
    static connection_of *const ways[] = {refuse, ask_once, accept_probe};
    for (uint8_t i = 0; i < 24; i++)
        ways[i % 3](w, &(struct ends){1, (uint8_t)(100 + i % hosts), 40000, (uint16_t)(1000 + i)});
    w->time_ns += SEC(9);
    serve(w, &(struct ends){2, 99, 40000, 80}); /* the capture goes on */
}

static void check_scan(uint8_t hosts, enum tcprst_shared shared, const char *words) {
    struct writer w = {.capture = tcprst_capture_new()};
    scan(&w, hosts);
    struct tcprst_summary *summary = summary_of(w.capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    const struct tcprst_problem *problem = g_ptr_array_index(problems, 0);
    g_assert_cmpuint(problem->resets->len, ==, 24);
    g_assert_cmpint(problem->pattern, ==, TCPRST_SCAN);
    g_assert_cmpint(problem->shared, ==, shared);
    char *page = page_of(w.capture, summary);
    if (!strstr(page, words) || strstr(page, "(half-open-probe)")) {
        g_printerr("%s", page);
        g_test_fail();
    }
    g_free(page);
    g_ptr_array_unref(problems);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

static void test_scan(void) {
    check_scan(1, TCPRST_SHARED_HOST,
               "\n24 ports of 192.0.2.100 were tried by 192.0.2.1: 24 connections (8 refused, 8 "
               "unanswered, 8 accepted and then reset by the client) in frames 2 to 48: a scan");
    check_scan(4, TCPRST_SHARED_CLIENT,
               "\n24 ports of 4 hosts were tried by 192.0.2.1: 24 connections (8 refused, 8 "
               "unanswered, 8 accepted and then reset by the client) in frames 2 to 48: a scan");
    check_scan(24, TCPRST_SHARED_CLIENT, "\n24 hosts were tried by 192.0.2.1: 24 connections");
}

/* A monitor finds one of its servers down: no scan hides that. */
static void test_monitor(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    for (uint8_t i = 0; i < 12; i++)
        (i == 5 ? refuse : accept_probe)(&w, &(struct ends){1, (uint8_t)(100 + i), 40000, 80});
    struct tcprst_summary *summary = summary_of(w.capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    const struct tcprst_problem *first = g_ptr_array_index(problems, 0);
    g_assert_cmpint(first->pattern, ==, TCPRST_NO_PATTERN);
    g_assert_cmpint(first->concern, ==, TCPRST_TROUBLE);
    g_assert_cmpuint(first->resets->len, ==, 1);
    g_ptr_array_unref(problems);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

/* The date of a moment on another day, once. */
static void test_days(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    for (uint8_t i = 0; i < 4; i++) {
        inject(&w, &(struct ends){1, (uint8_t)(100 + i), 40000, 80});
        w.time_ns += i == 1 ? SEC(86400) : 0;
    }
    struct tcprst_summary *summary = summary_of(w.capture);
    char *page = page_of(w.capture, summary);
    g_assert_nonnull(strstr(page, "From frame 5, 00:00:00 to frame 26, 1970-01-02 00:00:01:"));
    summary->last_ns += SEC(86400); /* the first line names two days */
    g_free(page);
    page = page_of(w.capture, summary);
    g_assert_nonnull(strstr(
        page, "From frame 5, 1970-01-01 00:00:00 to frame 26, 1970-01-02 00:00:01:"));
    g_free(page);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

/* What one reset of many shows is an exception at its server, and comes after what is worse. */
static void test_exception(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    for (uint16_t i = 0; i < 30; i++)
        serve(&w, &(struct ends){1, 100, 40000 + i, 80});
    inject(&w, &(struct ends){1, 100, 50000, 80});
    refuse(&w, &(struct ends){1, 101, 50001, 80});
    struct tcprst_summary *summary = summary_of(w.capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    const struct tcprst_problem *first = g_ptr_array_index(problems, 0),
                                *second = g_ptr_array_index(problems, 1);
    g_assert_cmpuint(first->example->event->frame, ==, w.frame);
    g_assert_false(first->is_exception);
    g_assert_true(second->is_exception);
    g_assert_cmpstr(second->cause->name, ==, "forged");
    char *page = page_of(w.capture, summary);
    g_assert_nonnull(strstr(page, ": 1 reset in frame 245; the port had 31 connections and 30 "
                                       "more resets."));
    g_free(page);
    g_ptr_array_unref(problems);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

static void expect_filter(connection_of *begin, unsigned row, const char *wanted) {
    struct writer w = {.capture = tcprst_capture_new()};
    write_all(&w, begin, row);
    struct tcprst_summary *summary = summary_of(w.capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    GString *filter = g_string_new(NULL);
    tcprst_problem_add_filter(filter, g_ptr_array_index(problems, 0));
    g_assert_cmpstr(filter->str, ==, wanted);
    g_string_free(filter, TRUE);
    g_ptr_array_unref(problems);
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

static void test_filters(void) {
    expect_filter(refuse, 0, "tcprst.cause == \"port-closed\" && ip.addr == 192.0.2.100");
    expect_filter(refuse, 1, "tcprst.cause == \"port-closed\" && ip.addr == 192.0.2.0");
    expect_filter(refuse, 3,
                  "tcprst.cause == \"port-closed\" && ip.addr == 192.0.2.100 && tcp.port == 1000");
    expect_filter(inject, 4,
                  "tcprst.cause == \"forged\" && ip.ttl == 121 && tcp.window_size_value == 0");
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/problem/floods", test_flood);
    g_test_add_func("/problem/half_open_flood", test_half_open_flood);
    g_test_add_func("/problem/flood_beside_failures", test_flood_beside_failures);
    g_test_add_func("/problem/scan", test_scan);
    g_test_add_func("/problem/days", test_days);
    g_test_add_func("/problem/monitor", test_monitor);
    g_test_add_func("/problem/shared", test_shared);
    g_test_add_func("/problem/own_stories", test_own_stories);
    g_test_add_func("/problem/opposite_faults", test_opposite_faults);
    g_test_add_func("/problem/alike", test_alike);
    g_test_add_func("/problem/host_down", test_host_down);
    g_test_add_func("/problem/exception", test_exception);
    g_test_add_func("/problem/filters", test_filters);
    return g_test_run();
}
