/* test_capture.c - which frames are related to a reset, and what a capture keeps of its hosts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "story.h"

/* The notes of all frames in order: number and part, e.g. "1L 4R": L link, R reset, r repeat. */
static const struct {
    struct story story;
    const char *notes;
} rows[] = {
    {{.name = "a refusal links its SYN", .steps = {SYN(0), RST_ACK(MS(40))}}, "1L 2R"},
    {{.name = "SYN, SYN/ACK and trigger are linked", .steps = {HANDSHAKE_AT_CLIENT, RST(MS(80))}},
     "1L 2L 3L 4R"},
    {{.name = "an abort has no trigger to link",
      .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))}},
     "1L 2L 5R"},
    {{.name = "the trigger is the SYN/ACK: one link",
      .steps = {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(41))}},
     "1L 2L 3R"},
    {{.name = "repeats, of either side",
      .steps = {HANDSHAKE_AT_CLIENT, RST(MS(80)), RST(MS(81)), CLIENT_RST(MS(82))}},
     "1L 2L 3L 4R 5r 6r"},
    {{.name = "the trigger that the reset overtook",
      .steps = {SYN(0), SYN_ACK(US(50)), RST(MS(40), .seq = 1), ACK(MS(40.02))}}, "1L 2L 3R 4L"},
    {{.name = "the SYN whose refusal came first",
      .steps = {RST_ACK(0, .seq = NONE, .ack = 1), SYN(US(20))}}, "1R 2L"},
    {{.name = "nothing but a reset", .steps = {RST(0, .seq = 7)}}, "1R"},
    {{.name = "refused, then accepted and reset: the SYN leads to both",
      .steps = {SYN(0), RST_ACK(MS(1)), SYN_ACK(MS(40)), ACK(MS(41)), RST_ACK(MS(90), .seq = 1)}},
     "1L 1L 2R 3L 5R"},
};

static char *notes_of(const struct teller *teller) {
    GString *text = g_string_new(NULL);
    struct tcprst_frame_entry note;
    uint32_t place;
    for (uint32_t frame = 0; frame <= teller->frames + 1; frame++)
        for (place = 0; tcprst_capture_next_frame_entry(teller->capture, frame, &place, &note);)
            g_string_append_printf(text, "%s%u%c", text->len ? " " : "", frame,
                                   "RrL"[note.relation]);
    return g_string_free(text, FALSE);
}

static void test_notes(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct teller *teller = teller_new();
        teller_tell(teller, &rows[i].story);
        char *notes = notes_of(teller);
        if (strcmp(notes, rows[i].notes) != 0) {
            g_printerr("\"%s\": notes: expected %s, got %s\n", rows[i].story.name, rows[i].notes,
                       notes);
            g_test_fail();
        }
        g_free(notes);
        teller_free(teller);
    }
}

static void test_hosts(void) {
    static const struct story story = {.name = "hosts",
                                       .steps = {HANDSHAKE_AT_CLIENT, RST(MS(80))}};
    struct teller *teller = teller_new();
    teller_tell(teller, &story);
    const struct tcprst_event *event = teller_event(teller, 1);
    const struct tcprst_endpoint *server = event->connection->endpoint;
    g_assert_cmpint(tcprst_host_leg(server->host, TCPRST_SERVER)->shortest_ns, ==, MS(40));
    g_assert_cmpint(tcprst_host_leg(event->client, TCPRST_CLIENT)->shortest_ns, ==, US(100));
    g_assert_cmpint(event->irtt_ns, ==, MS(40.1));
    g_assert_true(tcprst_capture_is_finished(teller->capture));
    teller_free(teller);
}

static void test_empty(void) {
    struct tcprst_capture *capture = tcprst_capture_new();
    g_assert_cmpuint(tcprst_capture_events(capture), ==, 0);
    uint32_t place = 0;
    struct tcprst_frame_entry note;
    g_assert_false(tcprst_capture_next_frame_entry(capture, 1, &place, &note));
    g_assert_false(tcprst_capture_is_finished(capture));
    tcprst_capture_free(capture);
}

/* A reset in each of many connections on reused tuples: events outlive their connections'
 * tuples. */
static void test_many_lives_of_a_tuple(void) {
    struct tcprst_capture *capture = tcprst_capture_new();
    for (uint32_t i = 1; i <= 3000; i++) {
        struct tcprst_segment syn = {.frame = 2 * i,
                                     .src_port = 40000,
                                     .dst_port = 80,
                                     .seq = i * 1000,
                                     .flags = TCPRST_SYN,
                                     .time_ns = SEC(i),
                                     .src = {{1}},
                                     .dst = {{2}}};
        struct tcprst_segment rst = {.frame = 2 * i + 1, .src_port = 80, .dst_port = 40000,
                                     .ack = i * 1000 + 1,
                                     .flags = TCPRST_RST | TCPRST_ACK, .time_ns = SEC(i),
                                     .src = {{2}},
                                     .dst = {{1}}};
        tcprst_capture_observe(capture, &syn);
        tcprst_capture_observe(capture, &rst);
    }
    g_assert_cmpuint(tcprst_capture_events(capture), ==, 3000);
    for (uint32_t i = 0; i < 3000; i++) {
        const struct tcprst_event *event = tcprst_capture_event(capture, i);
        g_assert_cmpuint(event->trigger_frame, ==, 2 * (i + 1));
        g_assert_cmpstr(tcprst_judge(capture, event).best.cause->name, ==, "port-closed");
        g_assert_cmpuint(tcprst_capture_previous_reset(capture, event), ==, 0);
    }
    tcprst_capture_finish(capture);
    for (uint32_t i = 0; i < 3000; i++) {
        const struct tcprst_event *event = tcprst_capture_event(capture, i);
        uint32_t previous = i ? event->frame - 2 : 0, next = i < 2999 ? event->frame + 2 : 0;
        g_assert_cmpuint(tcprst_capture_previous_reset(capture, event), ==, previous);
        g_assert_cmpuint(tcprst_capture_next_reset(capture, event), ==, next);
    }
    tcprst_capture_free(capture);
}

/* A reset of another server stands between two of the same. */
static void test_neighbours_of_a_server(void) {
    static const struct step refused[] = {SYN(0), RST_ACK(MS(40)), {0}};
    static const struct story story = {.name = "two servers",
                                       .steps = {SYN(0), RST_ACK(MS(40))},
                                       .before = {{refused, 1, 5}, {refused, 1, 5, 81}}};
    struct teller *teller = teller_new();
    teller_tell(teller, &story);
    const struct tcprst_event *own = teller_event(teller, 1);
    const struct tcprst_event *first = tcprst_capture_event(teller->capture, 0);
    g_assert_cmpuint(tcprst_capture_events(teller->capture), ==, 3);
    g_assert_cmpuint(tcprst_capture_previous_reset(teller->capture, own), ==, first->frame);
    g_assert_cmpuint(tcprst_capture_next_reset(teller->capture, own), ==, 0);
    g_assert_cmpuint(tcprst_capture_next_reset(teller->capture, first), ==, own->frame);
    teller_free(teller);
}

static const struct step closed[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
                                     CLIENT_FIN(MS(91)), SERVER_FIN(MS(131)), ACK(MS(131.1)), {0}};
static const struct step aborted[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90)), {0}};

/* Closed connections are forgotten, except the latest ones and those that were reset. */
static void test_forgets_closed(void) {
    enum { RESETS = 100 };
    const struct story story = {
        .name = "many", .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
                                  RST_ACK(MS(99))},
        .before = {{aborted, RESETS, 50}, {closed, 2 * TCPRST_CLOSED_KEPT, 50, .every_ns = MS(1)},
                   {closed, 10, 50, 443}},
        .later = {{closed, TCPRST_CLOSED_KEPT / 2, 50, 8443, .every_ns = MS(1)}},
    };
    struct teller *teller = teller_new();
    teller_tell(teller, &story);
    g_assert_cmpstr(teller->broken, ==, NULL);
    unsigned kept = tcprst_capture_connections(teller->capture);
    g_assert_cmpuint(kept, >=, TCPRST_CLOSED_KEPT);
    g_assert_cmpuint(kept, <=, TCPRST_CLOSED_KEPT + RESETS + 1);
    g_assert_cmpuint(tcprst_capture_events(teller->capture), ==, RESETS + 1);
    g_assert_cmpstr(tcprst_stage_name(teller_event(teller, 1)->stage), ==, "response-sent");
    teller_free(teller);
}

/* All but the last few are packed, and looked up again at the end: story.c compares the facts of
 * each. */
static void test_packs(void) {
    static const struct step half_open[] = {SYN(0), SYN_ACK(MS(40)), {0}};
    static const struct step refused[] = {SYN(0), RST_ACK(MS(40)), {0}};
    static const struct step reset_early[] = {HANDSHAKE_AT_CLIENT, RST_ACK(MS(81)), {0}};
    static const struct step abandoned[] = {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40)), {0}};
    static const struct story story = {
        .name = "many kinds", .steps = {SYN(0), RST_ACK(MS(40)), RST_ACK(MS(41))},
        .before = {{half_open, 20, 5}, {refused, 20, 5, 81}, {reset_early, 20, 5, 82},
                   {abandoned, 20, 5, 83}},
        .later = {{refused, 20, 5, 84}, {reset_early, 20, 5}, {half_open, 20, 5, 81},
                  {refused, 20, 5, 81}},
    };
    struct teller *teller = teller_new();
    tcprst_capture_keep(teller->capture, 3);
    teller_tell(teller, &story);
    g_assert_cmpstr(teller->broken, ==, NULL);
    g_assert_cmpuint(tcprst_capture_events(teller->capture), ==, 121);
    g_assert_cmpuint(teller_event(teller, 1)->after.repeats, ==, 1);
    teller_free(teller);
}

/* A reset can leave the burst or sweep that it began, while others lead to it. */
static void test_packs_what_left(void) {
    static const struct step sweep[] = {SYN(0), SYN_ACK(MS(40)), ACK(MS(40.1)), CLIENT_RST_ACK(MS(81), .seq = 101),
                                        REQUEST(MS(81.1)), {0}};
    static const struct step burst[] = {HANDSHAKE_AT_SERVER, RST_ACK(MS(81), .ack = 101), REQUEST(MS(81.1)), {0}};
    static const struct step early[] = {SYN(0), SYN_ACK(MS(40)), ACK(MS(40.1)), CLIENT_RST_ACK(MS(81)), {0}};
    static const struct step aborts[] = {HANDSHAKE_AT_SERVER, RST_ACK(MS(81)), {0}};
    static const struct story story = {
        .name = "left behind", .steps = {SYN(0), RST_ACK(MS(40))},
        .before = {{sweep, 5, 1, 81, .every_ns = US(300)}, {early, 5, 1, 82, .every_ns = US(300)},
                   {burst, 5, 1, 83, .every_ns = US(300)}, {aborts, 5, 1, 83, .every_ns = US(300)}},
        .later = {{early, 20, 5, 84}, {aborts, 20, 5, 83}},
    };
    struct teller *teller = teller_new();
    tcprst_capture_keep(teller->capture, 2);
    teller_tell(teller, &story);
    g_assert_cmpstr(teller->broken, ==, NULL);
    g_assert_cmpuint(tcprst_capture_events(teller->capture), ==, 61);
    teller_free(teller);
}

/* What the endpoint counted, as text. */
static char *counts_of(const struct story *story) {
    struct teller *teller = teller_new();
    teller_tell(teller, story);
    const struct tcprst_event *event = teller_event(teller, 1);
    const struct tcprst_endpoint *e = event->connection->endpoint;
    const struct tcprst_prober *prober =
        e->probers && e->probers->len ? &g_array_index(e->probers, struct tcprst_prober, 0) : NULL;
    char *text = g_strdup_printf(
        "served %u, refused %u, reset early %u (unasked %u), clients reset %u, open %u, runs %u, failure %d, "
        "sweep %u, burst %u, probers %u (%u times, %u bytes)",
        e->served, e->refused, e->reset_early, e->first_client.unasked, e->clients_reset, e->open,
        e->runs ? e->runs->len : 0, event->failure, event->sweep ? event->sweep->sweep_resets : 0,
        event->burst ? event->burst->burst_size : 0, prober ? e->probers->len : 0,
        prober ? prober->resets : 0, prober ? prober->exchange.client_bytes : 0);
    teller_free(teller);
    return text;
}

/* Of each pair the second has the reset before a segment that it overtook, and nothing else is counted. */
static void test_counts_in_any_order(void) {
    static const struct story pairs[][2] = {
        {{.name = "served", .steps = {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), RST_ACK(MS(42.01))}},
         {.name = "served, swapped", .steps = {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RST_ACK(MS(42), .seq = 101),
                                               RESPONSE(MS(42.01))}}},
        {{.name = "reset at the ACK", .steps = {HANDSHAKE_AT_SERVER, RST(MS(40.02))}},
         {.name = "reset at the ACK, swapped", .steps = {SYN(0), SYN_ACK(US(50)), RST(MS(40), .seq = 1),
                                                         ACK(MS(40.02))}}},
        {{.name = "reset after the request", .steps = {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RST_ACK(MS(41.02))}},
         {.name = "reset after the request, swapped", .steps = {HANDSHAKE_AT_SERVER, RST_ACK(MS(41), .ack = 101),
                                                                REQUEST(MS(41.02))}}},
        {{.name = "refused", .steps = {SYN(0), RST_ACK(US(20))}},
         {.name = "refused, swapped", .steps = {RST_ACK(0, .seq = NONE, .ack = 1), SYN(US(20))}}},
        {{.name = "hung up", .steps = {SYN(0), SYN_ACK(MS(40)), ACK(MS(40.1)), CLIENT_RST_ACK(MS(40.12))}},
         {.name = "hung up, swapped", .steps = {SYN(0), SYN_ACK(MS(40)), CLIENT_RST_ACK(MS(40.1)),
                                                ACK(MS(40.12))}}},
        {{.name = "a probe", .steps = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_RST_ACK(MS(41.02))}},
         {.name = "a probe, swapped", .steps = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41), .seq = 101),
                                                REQUEST(MS(41.02))}}},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++) {
        char *ordered = counts_of(&pairs[i][0]), *swapped = counts_of(&pairs[i][1]);
        if (strcmp(ordered, swapped) != 0) {
            g_printerr("\"%s\": expected %s, got %s\n", pairs[i][1].name, ordered, swapped);
            g_test_fail();
        }
        g_free(ordered);
        g_free(swapped);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/capture/notes", test_notes);
    g_test_add_func("/capture/hosts", test_hosts);
    g_test_add_func("/capture/empty", test_empty);
    g_test_add_func("/capture/packs-what-left", test_packs_what_left);
    g_test_add_func("/capture/counts-in-any-order", test_counts_in_any_order);
    g_test_add_func("/capture/many-lives-of-a-tuple", test_many_lives_of_a_tuple);
    g_test_add_func("/capture/neighbours-of-a-server", test_neighbours_of_a_server);
    g_test_add_func("/capture/forgets-closed", test_forgets_closed);
    g_test_add_func("/capture/packs", test_packs);
    return g_test_run();
}
