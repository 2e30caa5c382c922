/* test_report.c - what the report says of problems whose resets differ
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/output/wrap.h"
#include "pages.h"
#include "writer.h"

/* The page of a capture that ends so many days later has all of the words, separated by newlines,
 * and none of those after a "!". */
static void expect_later(struct writer *w, unsigned days, const char *words) {
    struct tcprst_summary *summary = summary_of(w->capture);
    summary->last_ns += days * SEC(86400);
    char *page = page_of(w->capture, summary);
    char **list = g_strsplit(words, "\n", 0);
    for (char **each = list; *each; each++) {
        const bool is_unwanted = **each == '!';
        if (!strstr(page, *each + is_unwanted) == is_unwanted)
            continue;
        g_printerr("%s \"%s\":\n%s", is_unwanted ? "has" : "lacks", *each + is_unwanted, page);
        g_test_fail();
    }
    g_strfreev(list);
    g_free(page);
    tcprst_summary_free(summary);
    tcprst_capture_free(w->capture);
}

static void expect(struct writer *w, const char *words) {
    expect_later(w, 0, words);
}

/* The server aborts on the request, and after an answer. */
static void reject(struct writer *w, const struct ends *ends) {
    open_connection(w, ends);
    write_segment(w, ends, true, (struct header){TCPRST_RST | TCPRST_ACK, 501, 141, 0, 50, 500});
}

static void abort_later(struct writer *w, const struct ends *ends) {
    open_connection(w, ends);
    write_segment(w, ends, true, (struct header){TCPRST_ACK | TCPRST_PSH, 501, 141, 60, 50, 500});
    write_segment(w, ends, true, (struct header){TCPRST_RST | TCPRST_ACK, 561, 141, 0, 50, 500});
}

/* All resets are told, those after an answer, too. */
static void test_failures_and_others(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    reject(&w, &(struct ends){1, 100, 40000, 80});
    abort_later(&w, &(struct ends){1, 100, 40001, 80});
    expect(&w, "2 resets of 2 kinds\n"
               "In frames 5 to 11, 00:00:00: 2 of 2 connections were reset in the "
               "server's name; stage request-sent (1), response-sent (1).\n"
               "In frame 5, 00:00:05: one connection of 192.0.2.1 failed\n"
               "on: 1 connection from 1 client was answered.\n"
               "!worked.\n"
               " Resets: 1 app-reject (in frame 5, 00:00:00), 1 app-abort (in frame 11, 00:00:00).");
}

/* Nobody has to care for data after a close, unless something is missing. */
static void test_data_after_close(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    const struct ends ends = {1, 100, 40000, 80}, other = {1, 101, 40000, 80};
    close_early(&w, &ends);
    closed_early(&w, &other);
    expect(&w, "stage closing. The server had closed its side\n"
               "had no answer: a request in it is lost\n"
               "!The client had closed its side\n"
               "Harmless: Data arrived after application closed (data-after-close): 1 reset at "
               "192.0.2.100:80 in frame 8.");
}

/* The cause that leads is a warning, and is not the most frequent one: both are explained. */
static void test_two_causes(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    inject(&w, &(struct ends){1, 100, 40000, 80});
    for (uint16_t i = 1; i < 3; i++)
        abort_later(&w, &(struct ends){1, 100, 40000 + i, 80});
    expect(&w, "3 resets of 2 kinds: Server application aborted (2 app-abort), Forged reset: not "
               "from the host it names (1 forged)\n"
               "What follows explains app-abort (likely, 89 %), as in frame 13.\n"
               "What follows explains forged (high, 99 %), as in frame 5.\n"
               "    Evidence: The RST's TTL is not that of its sender's other segments");
}

/* Of three the most frequent, and in a sentence what concerns security. */
static void test_three_causes(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    inject(&w, &(struct ends){1, 100, 40000, 80});
    reject(&w, &(struct ends){1, 100, 40001, 80});
    for (uint16_t i = 2; i < 4; i++)
        abort_later(&w, &(struct ends){1, 100, 40000 + i, 80});
    expect(&w, "4 resets of 3 kinds\n"
               "What follows explains app-abort (likely, 89 %), as in frame 18.\n"
               "!What follows explains app-reject\n"
               "There is also forged (high, 99 %), as in frame 5. The reset names the server as its "
               "sender, but\n"
               "!There is also app-reject");
}

/* What happened more than once has a sentence, too. */
static void test_frequent_causes(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    closed_early(&w, &(struct ends){1, 100, 40000, 80});
    for (uint16_t i = 1; i < 3; i++)
        reject(&w, &(struct ends){1, 100, 40000 + i, 80});
    for (uint16_t i = 3; i < 6; i++)
        abort_later(&w, &(struct ends){1, 100, 40000 + i, 80});
    expect(&w, "6 resets of 3 kinds: Server application aborted (3 app-abort), Server dropped client "
               "before answering (2 app-reject), Data\n"
               "What follows explains app-abort\n"
               "There is also app-reject (likely, 89 %)\n"
               "!There is also data-after-close");
}

/* A failure is a connection that was never answered, wherever the page has the word. */
static void test_resets_and_silences(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    reject(&w, &(struct ends){1, 100, 40000, 80});
    serve(&w, &(struct ends){1, 101, 40000, 80});
    open_connection(&w, &(struct ends){2, 100, 40001, 80});
    write_segment(&w, &(struct ends){2, 100, 40001, 80}, true,
                  (struct header){TCPRST_ACK | TCPRST_PSH, 501, 141, 60, 50, 500});
    write_segment(&w, &(struct ends){2, 100, 40001, 80}, false,
                  (struct header){TCPRST_ACK, 141, 561, 0, 64, 500});
    for (unsigned again = 0; again < 5; again++, w.time_ns += SEC(1 << again))
        write_segment(&w, &(struct ends){2, 100, 40001, 80}, true,
                      (struct header){TCPRST_ACK | TCPRST_PSH, 561, 141, 60, 50, 500});
    open_connection(&w, &(struct ends){3, 102, 40000, 80}); /* still waits */
    expect(&w, "2 of 2 connections were reset (1) or left without an answer (1); stage\n"
               "one connection of 192.0.2.1 failed: reset on the request\n"
               "the 1 connection there asked nothing, still waited or was captured in part.\n"
               "!0 of 1");
}

/* Its clients come back to what had stopped; else some of them had been served all the time. */
static void test_afterwards(void) {
    for (unsigned served = 0; served < 2; served++) {
        struct writer w = {.capture = tcprst_capture_new()};
        serve(&w, &(struct ends){1, 100, 40000, 80});
        reject(&w, &(struct ends){2, 100, 40001, 80});
        for (unsigned i = 0; i < served; i++)
            serve(&w, &(struct ends){1, 100, 40002, 80});
        reject(&w, &(struct ends){2, 100, 40003, 80});
        serve(&w, &(struct ends){1, 100, 40004, 80});
        expect(&w, served ? "1 connection from 1 client worked.\n!again"
                          : "1 connection from 1 client worked again.");
    }
}

/* A closed port counts beside another failure only where one client met both. */
static void test_closed_port(void) {
    for (uint8_t asker = 1; asker < 3; asker++) {
        struct writer w = {.capture = tcprst_capture_new()};
        reject(&w, &(struct ends){1, 100, 40000, 80});
        refuse(&w, &(struct ends){asker, 100, 40001, 22});
        reject(&w, &(struct ends){1, 100, 40002, 80});
        expect(&w, asker == 1 ? "fail too: 22 (1 of 1 connection" : "!fail too: 22");
    }
}

/* Two ports of one host are not two servers. */
static void test_ports_of_servers(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    for (uint8_t i = 0; i < 4; i++)
        closed_early(&w, &(struct ends){1, 100 + i / 2, 40000 + i, 80 + i});
    expect(&w, "4 ports of 2 servers: 192.0.2.100:80, 192.0.2.100:81, 192.0.2.101:82");
}

/* A delay is told of those that it belongs to. */
static void test_delays(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    refuse(&w, &(struct ends){1, 100, 40000, 80});
    for (unsigned again = 0; again < 3; again++) {
        write_segment(&w, &(struct ends){2, 100, 40001, 80}, false,
                      (struct header){TCPRST_SYN, 100, 0, 0, 64, 64000});
        w.time_ns += SEC(3);
    }
    serve(&w, &(struct ends){2, 99, 40000, 80}); /* the capture goes on */
    expect(&w, "failed: refused (1); no answer to the SYN (1). The refusal came 20.0 ms after the "
               "SYN.");
    w = (struct writer){.capture = tcprst_capture_new()};
    reject(&w, &(struct ends){1, 100, 40000, 80});
    refuse(&w, &(struct ends){1, 100, 40001, 80});
    expect(&w, "reset on the request, before any answer (1). The refusal came 20.0 ms after the "
               "SYN.\n"
               "!20.0 ms after the segment");
}

static struct writer reject_at_once(void) {
    struct writer w = {.capture = tcprst_capture_new()};
    for (uint8_t i = 0; i < 4; i++)
        reject(&w, &(struct ends){i, 100 + i, 40000, 80});
    serve(&w, &(struct ends){9, 99, 40000, 80});
    return w;
}

/* Times have their dates where a capture has several days, and only there. */
static void test_dates(void) {
    struct writer w = reject_at_once();
    expect(&w, "1. 4 servers at 00:00:00 \n"
               "1 reset at 192.0.2.99:80 in frame 28.");
    w = reject_at_once();
    expect_later(&w, 1, "1. 4 servers at 1970-01-01 00:00:00 \n"
                        "1 reset at 192.0.2.99:80 in frame 28 (1970-01-01 00:00:00).");
    w = (struct writer){.capture = tcprst_capture_new()};
    for (uint16_t i = 0; i < 30; i++)
        serve(&w, &(struct ends){1, 100, 40000 + i, 80});
    inject(&w, &(struct ends){1, 100, 50000, 80});
    expect_later(&w, 1, ": 1 reset in frame 245 (1970-01-01 00:00:04); the port had");
}

/* A number keeps its percent sign. */
static void test_percent(void) {
    GString *text = g_string_new("likely, 80 %)\n");
    tcprst_wrap(text, 0, 10);
    g_assert_cmpstr(text->str, ==, "likely,\n    80 %)\n");
    g_string_free(text, TRUE);
}

/* From the first segment to the last one, whatever is counted. */
static void test_period(void) {
    struct writer w = {.capture = tcprst_capture_new(), .time_ns = SEC(50)};
    const struct ends ends = {1, 100, 40000, 80};
    open_connection(&w, &ends);
    write_segment(&w, &ends, true, (struct header){TCPRST_ACK | TCPRST_PSH, 501, 141, 60, 50, 500});
    w.time_ns += SEC(100);
    write_segment(&w, &ends, false, (struct header){TCPRST_ACK, 141, 561, 0, 64, 500});
    struct tcprst_summary *summary = summary_of(w.capture);
    g_assert_cmpint(summary->last_ns, <, w.time_ns);
    tcprst_summary_judge(summary, w.capture);
    g_assert_cmpint(summary->last_ns, ==, w.time_ns);
    tcprst_summary_free(summary);
    /* some are left out, as by a filter */
    summary = tcprst_summary_new(true);
    const struct tcprst_entry entry = tcprst_capture_entry(w.capture, 0);
    tcprst_summary_add(summary, &entry, SEC(50));
    tcprst_summary_judge(summary, w.capture);
    g_assert_cmpint(summary->last_ns, ==, SEC(50));
    tcprst_summary_free(summary);
    tcprst_capture_free(w.capture);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/failures_and_others", test_failures_and_others);
    g_test_add_func("/report/data_after_close", test_data_after_close);
    g_test_add_func("/report/two_causes", test_two_causes);
    g_test_add_func("/report/three_causes", test_three_causes);
    g_test_add_func("/report/frequent_causes", test_frequent_causes);
    g_test_add_func("/report/resets_and_silences", test_resets_and_silences);
    g_test_add_func("/report/afterwards", test_afterwards);
    g_test_add_func("/report/closed_port", test_closed_port);
    g_test_add_func("/report/ports_of_servers", test_ports_of_servers);
    g_test_add_func("/report/delays", test_delays);
    g_test_add_func("/report/dates", test_dates);
    g_test_add_func("/report/percent", test_percent);
    g_test_add_func("/report/period", test_period);
    return g_test_run();
}
