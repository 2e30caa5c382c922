/* test_endpoint.c - an endpoint's history: counts, runs, clients, and their bounds
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "story.h"

static struct tcprst_address client_number(unsigned number) {
    struct tcprst_address address = {{0}};
    memcpy(address.bytes + 12, &number, sizeof number);
    return address;
}

struct endpoint_of_test {
    struct tcprst_host_pools pools;
    struct tcprst_endpoint endpoint;
    uint32_t frame;
};

static void setup(struct endpoint_of_test *t) {
    memset(t, 0, sizeof *t);
    tcprst_host_pools_init(&t->pools);
    tcprst_endpoint_init(&t->endpoint);
    t->endpoint.host = tcprst_host_new(&t->pools, &t->endpoint.address);
    t->endpoint.port = 80;
}

static void clear(struct endpoint_of_test *t) {
    tcprst_endpoint_clear(&t->endpoint);
    tcprst_host_pools_clear(&t->pools);
}

static void note(struct endpoint_of_test *t, enum tcprst_outcome outcome, unsigned client,
                 unsigned times) {
    struct tcprst_address address = client_number(client);
    for (unsigned i = 0; i < times; i++) {
        t->frame += 10;
        const struct tcprst_result result = {
            .outcome = outcome, .client = &address, .frame = t->frame, .time_ns = SEC(t->frame),
            .syn_frame = t->frame - 5};
        tcprst_endpoint_note_client(&t->endpoint, &address);
        tcprst_endpoint_note_result(&t->endpoint, &result);
    }
}

static const struct tcprst_run *run_number(const struct endpoint_of_test *t, unsigned i) {
    return &g_array_index(t->endpoint.runs, struct tcprst_run, i);
}

static void note_syn(struct endpoint_of_test *t, int64_t time_ns, uint32_t interface) {
    const struct tcprst_segment syn = {
        .frame = ++t->frame, .time_ns = time_ns, .point = tcprst_point(interface, 0)};
    tcprst_endpoint_note_syn(&t->endpoint, &syn);
}

static void test_syns(void) {
    struct endpoint_of_test t;
    setup(&t);
    note_syn(&t, SEC(1), 0);
    g_assert_cmpint(t.endpoint.last_syn.gap_ns, ==, -1);
    note_syn(&t, SEC(5), 0);
    g_assert_cmpint(t.endpoint.last_syn.gap_ns, ==, SEC(4));
    g_assert_cmpuint(t.endpoint.last_syn.frame, ==, 2);
    note_syn(&t, SEC(60), 1);
    g_assert_cmpint(t.endpoint.last_syn.gap_ns, ==, 0);
    clear(&t);
}

static void test_empty(void) {
    struct endpoint_of_test t;
    struct tcprst_address nobody = client_number(1);
    setup(&t);
    g_assert_null(tcprst_endpoint_client(&t.endpoint, &nobody));
    g_assert_null(tcprst_endpoint_prober(&t.endpoint, &nobody, &(struct tcprst_exchange){0}));
    g_assert_null(tcprst_endpoint_run_at(&t.endpoint, TCPRST_SERVED, 1));
    g_assert_cmpuint(tcprst_endpoint_count_before(&t.endpoint, TCPRST_SERVED, 100), ==, 0);
    g_assert_cmpuint(tcprst_endpoint_snapshot(&t.endpoint).run_length, ==, 0);
    clear(&t);
}

static void test_runs(void) {
    struct endpoint_of_test t;
    setup(&t);
    note(&t, TCPRST_SERVED, 1, 3);     /* frames 10 to 30 */
    note(&t, TCPRST_RESET_EARLY, 1, 2); /* 40, 50 */
    note(&t, TCPRST_RESET_EARLY, 2, 2); /* 60, 70 */
    note(&t, TCPRST_SERVED, 2, 1);     /* 80 */
    g_assert_cmpuint(t.endpoint.runs->len, ==, 3);
    g_assert_cmpuint(run_number(&t, 1)->connections, ==, 4);
    g_assert_cmpuint(run_number(&t, 1)->clients, ==, 2);
    g_assert_cmpuint(run_number(&t, 1)->first_frame, ==, 40);
    g_assert_cmpuint(run_number(&t, 1)->last_frame, ==, 70);
    g_assert_true(tcprst_endpoint_run_at(&t.endpoint, TCPRST_RESET_EARLY, 55) == run_number(&t, 1));
    g_assert_null(tcprst_endpoint_run_at(&t.endpoint, TCPRST_RESET_EARLY, 75));
    g_assert_null(tcprst_endpoint_run_at(&t.endpoint, TCPRST_SERVED, 55));
    g_assert_cmpuint(tcprst_endpoint_count_before(&t.endpoint, TCPRST_SERVED, 20), ==, 0);
    g_assert_cmpuint(tcprst_endpoint_count_before(&t.endpoint, TCPRST_SERVED, 40), ==, 3);
    g_assert_cmpuint(tcprst_endpoint_count_before(&t.endpoint, TCPRST_SERVED, 81), ==, 4);
    g_assert_cmpuint(tcprst_endpoint_snapshot(&t.endpoint).run_length, ==, 1);
    g_assert_cmpuint(tcprst_endpoint_snapshot(&t.endpoint).run_first_frame, ==, 80);
    clear(&t);
}

static void note_answer(struct endpoint_of_test *t, unsigned client, uint32_t syn_frame) {
    struct tcprst_address address = client_number(client);
    const struct tcprst_result result = {
        .outcome = TCPRST_SERVED, .client = &address, .frame = t->frame += 10,
        .syn_frame = syn_frame};
    tcprst_endpoint_note_client(&t->endpoint, &address);
    tcprst_endpoint_note_result(&t->endpoint, &result);
}

/* A connection that opened before the resets began and is answered between them. */
static void test_late_answer(void) {
    struct endpoint_of_test t;
    setup(&t);
    note(&t, TCPRST_RESET_EARLY, 1, 3); /* 10 to 30 */
    note_answer(&t, 2, 5);
    note_answer(&t, 3, 6);
    note(&t, TCPRST_RESET_EARLY, 1, 2); /* 60, 70 */
    g_assert_cmpuint(t.endpoint.runs->len, ==, 2);
    g_assert_cmpint(run_number(&t, 0)->outcome, ==, TCPRST_SERVED);
    g_assert_cmpuint(run_number(&t, 0)->connections, ==, 2);
    g_assert_cmpuint(run_number(&t, 1)->connections, ==, 5);
    note_answer(&t, 2, 65); /* opened since */
    g_assert_cmpuint(t.endpoint.runs->len, ==, 3);
    g_assert_cmpuint(t.endpoint.served, ==, 3);
    clear(&t);
}

static void test_next_run(void) {
    struct endpoint_of_test t;
    setup(&t);
    note(&t, TCPRST_SERVED, 1, 3);  /* 10 to 30, SYNs 5 frames before */
    note(&t, TCPRST_REFUSED, 1, 2); /* 40, 50 */
    g_assert_true(tcprst_endpoint_next_run(&t.endpoint, 24) == run_number(&t, 0));
    g_assert_true(tcprst_endpoint_next_run(&t.endpoint, 25) == run_number(&t, 1));
    g_assert_null(tcprst_endpoint_next_run(&t.endpoint, 45));
    clear(&t);
}

static void test_clients(void) {
    struct endpoint_of_test t;
    struct tcprst_address first = client_number(1), second = client_number(2);
    setup(&t);
    note(&t, TCPRST_SERVED, 1, 2);
    note(&t, TCPRST_RESET_EARLY, 2, 3);
    note(&t, TCPRST_SERVED, 1, 4);
    note(&t, TCPRST_REFUSED, 1, 1);
    const struct tcprst_client *client = tcprst_endpoint_client(&t.endpoint, &second);
    g_assert_cmpuint(client->reset_early, ==, 3);
    g_assert_cmpuint(client->served, ==, 0);
    g_assert_cmpuint(client->others_at_first_reset, ==, 2);
    g_assert_cmpuint(tcprst_endpoint_client(&t.endpoint, &first)->served, ==, 6);
    g_assert_cmpuint(t.endpoint.clients, ==, 2);
    g_assert_cmpuint(t.endpoint.clients_reset, ==, 2);
    clear(&t);
}

static void test_client_bound(void) {
    struct endpoint_of_test t;
    setup(&t);
    for (unsigned i = 1; i <= TCPRST_CLIENTS_MAX; i++)
        note(&t, TCPRST_RESET_EARLY, i, 1);
    g_assert_cmpuint(t.endpoint.clients, ==, TCPRST_CLIENTS_MAX);
    g_assert_false(t.endpoint.clients_at_least);
    for (unsigned i = 1; i <= 3 * TCPRST_CLIENTS_MAX; i++)
        note(&t, TCPRST_RESET_EARLY, i, 1);
    g_assert_cmpuint(t.endpoint.clients, ==, TCPRST_CLIENTS_MAX);
    g_assert_cmpuint(t.endpoint.clients_reset, ==, TCPRST_CLIENTS_MAX);
    g_assert_true(t.endpoint.clients_at_least);
    g_assert_true(tcprst_endpoint_snapshot(&t.endpoint).clients_at_least);
    g_assert_cmpuint(t.endpoint.connections, ==, 4 * TCPRST_CLIENTS_MAX);
    g_assert_cmpuint(t.endpoint.reset_early, ==, 4 * TCPRST_CLIENTS_MAX);
    struct tcprst_address beyond = client_number(2 * TCPRST_CLIENTS_MAX);
    g_assert_null(tcprst_endpoint_client(&t.endpoint, &beyond));
    clear(&t);
}

/* Each sequence of outcomes is one longer than the shortest run, so that each becomes a run. */
static void test_run_bound(void) {
    struct endpoint_of_test t;
    setup(&t);
    for (unsigned i = 0; i < 10 * TCPRST_RUNS_MAX; i++)
        note(&t, i % 2 ? TCPRST_RESET_EARLY : TCPRST_SERVED, i % 7, 2);
    g_assert_cmpuint(t.endpoint.runs->len, ==, TCPRST_RUNS_MAX);
    uint64_t sum = 0;
    for (unsigned i = 0; i < t.endpoint.runs->len; i++) {
        sum += run_number(&t, i)->connections;
        if (i)
            g_assert_cmpuint(run_number(&t, i)->first_frame, >, run_number(&t, i - 1)->last_frame);
    }
    g_assert_cmpuint(sum, ==, 20 * TCPRST_RUNS_MAX);
    g_assert_cmpuint(run_number(&t, 0)->first_frame, ==, 10);
    g_assert_cmpuint(run_number(&t, 0)->connections, ==, 2);
    g_assert_cmpuint(run_number(&t, TCPRST_RUNS_MAX - 1)->last_frame, ==, t.frame);
    g_assert_cmpint(run_number(&t, TCPRST_RUNS_MAX / 2)->outcome, ==, TCPRST_MIXED);
    g_assert_null(tcprst_endpoint_run_at(&t.endpoint, TCPRST_SERVED, t.frame / 2));
    g_assert_nonnull(tcprst_endpoint_run_at(&t.endpoint, TCPRST_RESET_EARLY, t.frame));
    clear(&t);
}

static void test_stall_bound(void) {
    struct tcprst_listener *listener = tcprst_listener_new(0);
    for (unsigned i = 0; i < 100; i++) {
        const struct tcprst_segment segment = {.frame = i + 1,
                                               .time_ns = (30 * i + 1000 * (i / 4)) * SEC(1)};
        tcprst_listener_note_stall(listener, TCPRST_CHANGE_DATA_UNACKED, &segment);
    }
    g_assert_cmpuint(listener->stalls->len, ==, TCPRST_STALLS_MAX);
    g_assert_null(tcprst_listener_stall_at(listener, SEC(0)));
    g_assert_cmpuint(tcprst_listener_stall_at(listener, SEC(30 * 99 + 1000 * 24))->unacknowledged,
                     ==, 4);
    tcprst_listener_free(listener);
}

static void test_probers(void) {
    static const struct tcprst_exchange check = {.client_bytes = 10}, session = {900, 5000, 4};
    struct endpoint_of_test t;
    struct tcprst_address probers[2 * TCPRST_PROBERS_MAX];
    setup(&t);
    for (unsigned round = 0; round < 4; round++)
        for (unsigned i = 0; i < G_N_ELEMENTS(probers); i++) {
            probers[i] = client_number(i + 1);
            tcprst_endpoint_note_probe(&t.endpoint, &probers[i], &check,
                                       SEC(10 * round + (round == 2)));
        }
    const struct tcprst_prober *first = tcprst_endpoint_prober(&t.endpoint, &probers[0], &check);
    g_assert_cmpuint(first->resets, ==, 4);
    g_assert_cmpint(first->shortest_gap_ns, ==, SEC(9));
    g_assert_cmpint(first->longest_gap_ns, ==, SEC(11));
    g_assert_null(tcprst_endpoint_prober(&t.endpoint, &probers[0], &session));
    g_assert_cmpuint(t.endpoint.probers->len, ==, TCPRST_PROBERS_MAX);
    g_assert_null(tcprst_endpoint_prober(&t.endpoint, &probers[TCPRST_PROBERS_MAX], &check));
    clear(&t);
}

/* A client's other connections have no effect on its checks. */
static void test_prober_of_two_exchanges(void) {
    static const struct tcprst_exchange session = {900, 5000, 4}, check = {80, 120, 3};
    struct endpoint_of_test t;
    struct tcprst_address client = client_number(1);
    setup(&t);
    for (unsigned round = 1; round <= 3; round++) {
        tcprst_endpoint_note_probe(&t.endpoint, &client, &check, SEC(10 * round));
        tcprst_endpoint_note_probe(&t.endpoint, &client, &session, SEC(10 * round + round));
    }
    const struct tcprst_prober *prober = tcprst_endpoint_prober(&t.endpoint, &client, &check);
    g_assert_cmpuint(prober->resets, ==, 3);
    g_assert_cmpint(prober->longest_gap_ns, ==, SEC(10));
    clear(&t);
}

/* --- what a capture counts for its endpoints --- */

static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
                                     CLIENT_FIN(MS(91)), SERVER_FIN(MS(131)), {0}};
static const struct step took_and_closed[] = {
    HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_FIN(MS(90)), {0}};
static const struct step refused[] = {SYN(0), RST_ACK(MS(40)), {0}};
static const struct step reset_early[] = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90)), {0}};
static const struct step hangs[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), {0}};
static const struct step midstream[] = {REQUEST(0), RESPONSE(MS(40)), {0}};

static const struct books {
    struct story story;
    struct tcprst_endpoint_snapshot server; /* as of the story's reset */
    uint32_t served, refused, reset_early;   /* at the end */
} books[] = {
    {{.name = "alone", .steps = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))}}, {1, 1, 1, 1, 0, 1, 4}, 0,
     0, 1},
    {{"served, then thrown out", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{served, 3, 2}}},
     {4, 1, 3, 1, 0, 1, 25}, 3, 0, 1},
    {{"a request taken and closed in order is served", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{took_and_closed, 2, 1}}},
     {3, 1, 2, 1, 2, 1, 14}, 2, 0, 1},
    {{"thrown out in a row", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{served, 1, 1}, {reset_early, 4, 3}},
      .later = {{reset_early, 2, 1}}},
     {6, 5, 4, 4, 0, 5, 11}, 1, 0, 7},
    {{"refused before", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))}, .before = {{refused, 2, 1}}},
     {3, 3, 2, 2, 0, 1, 8}, 0, 2, 1},
    {{"others hang", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))}, .before = {{hangs, 5, 5}}},
     {6, 1, 6, 1, 5, 1, 24}, 0, 0, 1},
    {{"another port does not count", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{served, 3, 2, 443}}},
     {1, 1, 1, 1, 0, 1, 25}, 0, 0, 1},
    {{"what began before the capture has no outcome", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
      .before = {{midstream, 3, 2}}},
     {4, 1, 3, 1, 0, 1, 10}, 0, 0, 1},
    {{.name = "a client's reset is no outcome", .steps = {HANDSHAKE_AT_CLIENT,
                                                          CLIENT_RST_ACK(MS(90))}},
     {1, 1, 1, 0, 0, 0, 0}, 0, 0, 0},
};

static void expect(const struct books *row, const char *what, uint32_t expected, uint32_t actual) {
    if (expected == actual)
        return;
    g_printerr("\"%s\": %s: expected %u, got %u\n", row->story.name, what, expected, actual);
    g_test_fail();
}

static void check_books(const struct books *row) {
    struct teller *teller = teller_new();
    teller_tell(teller, &row->story);
    const struct tcprst_event *event = teller_event(teller, 1);
    const struct tcprst_endpoint_snapshot *server = &event->server;
    expect(row, "connections", row->server.connections, server->connections);
    expect(row, "resets", row->server.resets, server->resets);
    expect(row, "clients", row->server.clients, server->clients);
    expect(row, "clients reset", row->server.clients_reset, server->clients_reset);
    expect(row, "open", row->server.open, server->open);
    expect(row, "run length", row->server.run_length, server->run_length);
    expect(row, "run's first frame", row->server.run_first_frame, server->run_first_frame);
    expect(row, "served", row->served, event->connection->endpoint->served);
    expect(row, "refused", row->refused, event->connection->endpoint->refused);
    expect(row, "thrown out", row->reset_early, event->connection->endpoint->reset_early);
    teller_free(teller);
}

static void test_books(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(books); i++)
        check_books(&books[i]);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/endpoint/empty", test_empty);
    g_test_add_func("/endpoint/syns", test_syns);
    g_test_add_func("/endpoint/runs", test_runs);
    g_test_add_func("/endpoint/late-answer", test_late_answer);
    g_test_add_func("/endpoint/next-run", test_next_run);
    g_test_add_func("/endpoint/clients", test_clients);
    g_test_add_func("/endpoint/client-bound", test_client_bound);
    g_test_add_func("/endpoint/run-bound", test_run_bound);
    g_test_add_func("/endpoint/jam-bound", test_stall_bound);
    g_test_add_func("/endpoint/probers", test_probers);
    g_test_add_func("/endpoint/prober-of-two-exchanges", test_prober_of_two_exchanges);
    g_test_add_func("/endpoint/books", test_books);
    return g_test_run();
}
