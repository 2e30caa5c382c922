/* test_growth.c - processing time is linear in the size of a capture, not quadratic
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>
#include <time.h>

#include "core/capture/frame_index.h"
#include "story.h"

enum { FEW = 3000, TIMES_MORE = 8, MEASUREMENTS = 5, REPEATS = 3 };

/* 1 is linear, 2 is quadratic.  Caches and a busy machine add to it. */
static const double MOST_EXPONENT = 1.5;

/* Adds notes to that many frames and looks all frames up, those without notes, too. */
static void add_and_find(const uint32_t *frames, uint32_t count) {
    struct tcprst_frame_index *notes = tcprst_frame_index_new();
    uint32_t last = 0, found = 0, place, number;
    enum tcprst_frame_relation relation;
    for (uint32_t i = 0; i < count; i++) {
        tcprst_frame_index_add(notes, frames[i], i, TCPRST_RELATION_LINK);
        last = MAX(last, frames[i]);
    }
    for (uint32_t frame = 1; frame <= 2 * last; frame++)
        for (place = 0; tcprst_frame_index_next(notes, frame, &place, &number, &relation);)
            found++;
    g_assert_cmpuint(found, ==, count);
    tcprst_frame_index_free(notes);
}

static uint32_t one_after_another(uint32_t i, uint32_t count G_GNUC_UNUSED) {
    return i + 1;
}

static uint32_t all_in_one(uint32_t i G_GNUC_UNUSED, uint32_t count G_GNUC_UNUSED) {
    return 1;
}

/* Because tables of notes grow at powers of two. */
static uint32_t in_two_heaps(uint32_t i, uint32_t count) {
    uint32_t size = 1;
    while (size < count)
        size *= 2;
    return i < count / 2 ? i + 1 : i - count / 2 + 1 + size;
}

/* Each reset is linked to an early SYN. */
static uint32_t to_and_fro(uint32_t i, uint32_t count) {
    return i % 2 ? i : count - i;
}

static void notes_of(uint32_t (*frame_of)(uint32_t, uint32_t), uint32_t count) {
    uint32_t *frames = g_new(uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        frames[i] = frame_of(i, count);
    add_and_find(frames, count);
    g_free(frames);
}

static void notes_in_a_row(uint32_t count) { notes_of(one_after_another, count); }
static void notes_of_one_frame(uint32_t count) { notes_of(all_in_one, count); }
static void notes_in_two_heaps(uint32_t count) { notes_of(in_two_heaps, count); }
static void notes_to_and_fro(uint32_t count) { notes_of(to_and_fro, count); }

static struct tcprst_segment segment_of(uint8_t flags, uint32_t frame) {
    return (struct tcprst_segment){
        .frame = frame, .time_ns = frame * INT64_C(10000), .flags = flags, .window = 1024,
        .src = {{10, 1}}, .dst = {{10, 2}}, .src_port = 2000, .dst_port = 80,
        .ip = {.version = 6, .ttl = 64}, .seq = 1, .ack = flags & TCPRST_ACK ? 1 : 0,
    };
}

static struct tcprst_segment answer_to(const struct tcprst_segment *s, uint8_t flags) {
    struct tcprst_segment answer = segment_of(flags, s->frame + 1);
    answer.src = s->dst, answer.dst = s->src;
    answer.src_port = s->dst_port, answer.dst_port = s->src_port;
    answer.ack = s->seq + tcprst_segment_length(s);
    return answer;
}

/* Looks up all that is needed to show a capture. */
static void ask(struct tcprst_capture *capture) {
    tcprst_capture_finish(capture);
    for (uint32_t i = 0; i < tcprst_capture_events(capture); i++)
        tcprst_judge(capture, tcprst_capture_event(capture, i));
}

static void tell(uint32_t count, void (*vary)(struct tcprst_segment *syn, uint32_t i)) {
    struct tcprst_capture *capture = tcprst_capture_new();
    for (uint32_t i = 0; i < count; i++) {
        struct tcprst_segment syn = segment_of(TCPRST_SYN, 2 * i + 1);
        vary(&syn, i);
        struct tcprst_segment rst = answer_to(&syn, TCPRST_RST | TCPRST_ACK);
        tcprst_capture_observe(capture, &syn);
        tcprst_capture_observe(capture, &rst);
    }
    ask(capture);
    tcprst_capture_free(capture);
}

static void by_client(struct tcprst_segment *syn, uint32_t i) {
    syn->src.bytes[13] = (uint8_t)(i >> 16), syn->src.bytes[14] = (uint8_t)(i >> 8);
    syn->src.bytes[15] = (uint8_t)i;
}

/* The byte that changes is one that has no effect on a weak hash. */
static void by_server(struct tcprst_segment *syn, uint32_t i) {
    syn->dst.bytes[15] = (uint8_t)(i >> 16), syn->dst.bytes[14] = (uint8_t)(i >> 8);
    syn->dst.bytes[7] = (uint8_t)i;
}

static void by_port(struct tcprst_segment *syn, uint32_t i) {
    syn->dst_port = (uint16_t)i, syn->src_port = (uint16_t)(i >> 16);
}

static void by_nothing(struct tcprst_segment *syn, uint32_t i) { syn->seq = i * 100000; }

/* SYNs that nobody answers, each repeated. */
static void unanswered(uint32_t count) {
    struct tcprst_capture *capture = tcprst_capture_new();
    for (uint32_t i = 0; i < 2 * count; i++) {
        struct tcprst_segment syn = segment_of(TCPRST_SYN, i + 1);
        by_port(&syn, i % count);
        syn.time_ns += i / count * INT64_C(4000000000);
        tcprst_capture_observe(capture, &syn);
    }
    tcprst_capture_finish(capture);
    uint32_t place, found = 0;
    for (uint32_t frame = 1; frame <= 2 * count; frame++)
        for (place = 0; tcprst_capture_next_silence(capture, frame, &place);)
            found++;
    g_assert_cmpuint(found, ==, 2 * count); /* each has a link from its SYN */
    for (uint32_t i = 0; i < tcprst_capture_silences(capture); i++)
        tcprst_judge(capture, tcprst_capture_silence(capture, i));
    tcprst_capture_free(capture);
}

static void refused_clients(uint32_t count) { tell(count, by_client); }
static void refusing_servers(uint32_t count) { tell(count, by_server); }
static void refusing_ports(uint32_t count) { tell(count, by_port); }
static void one_tuple(uint32_t count) { tell(count, by_nothing); }

/* One connection that is reset again and again: repeats of one event, or separate events if a
 * segment comes between. */
static void reset_again(uint32_t count, bool goes_on) {
    struct tcprst_capture *capture = tcprst_capture_new();
    struct tcprst_segment syn = segment_of(TCPRST_SYN, 1);
    struct tcprst_segment rst = answer_to(&syn, TCPRST_RST | TCPRST_ACK),
                          data = segment_of(TCPRST_ACK, 1);
    tcprst_capture_observe(capture, &syn);
    for (uint32_t i = 1; i <= count; i++) {
        rst.frame = 2 * i, data.frame = 2 * i + 1;
        rst.time_ns = rst.frame * INT64_C(10000), data.time_ns = data.frame * INT64_C(10000);
        tcprst_capture_observe(capture, &rst);
        if (goes_on)
            tcprst_capture_observe(capture, &data);
    }
    ask(capture);
    tcprst_capture_free(capture);
}

static void resets_repeated(uint32_t count) { reset_again(count, false); }
static void resets_and_data(uint32_t count) { reset_again(count, true); }

/* Processor time in seconds, the shortest of a few runs. */
static double seconds_of(void (*run)(uint32_t), uint32_t count) {
    double least = HUGE_VAL;
    for (unsigned i = 0; i < REPEATS; i++) {
        clock_t begin = clock();
        run(count);
        least = MIN(least, (double)(clock() - begin) / CLOCKS_PER_SEC);
    }
    return least;
}

static double exponent_of(void (*run)(uint32_t)) {
    double few = seconds_of(run, FEW), many = seconds_of(run, FEW * TIMES_MORE);
    double exponent = log(many / few) / log(TIMES_MORE);
    g_test_message("%.4f s, %.4f s: exponent %.2f", few, many, exponent);
    return exponent;
}

/* Other programs disturb some measurements; what grows faster is never measured as slow. */
static void check_growth(gconstpointer data) {
    void (*const *run)(uint32_t) = data;
    double exponent = exponent_of(*run);
    for (unsigned i = 1; i < MEASUREMENTS && exponent > MOST_EXPONENT; i++)
        exponent = exponent_of(*run);
    g_assert_cmpfloat(exponent, <=, MOST_EXPONENT);
}

static const struct {
    const char *path;
    void (*run)(uint32_t count);
} rows[] = {
    {"/growth/notes-in-a-row", notes_in_a_row},
    {"/growth/notes-of-one-frame", notes_of_one_frame},
    {"/growth/notes-in-two-heaps", notes_in_two_heaps},
    {"/growth/notes-to-and-fro", notes_to_and_fro},
    {"/growth/refused-clients", refused_clients},
    {"/growth/refusing-servers", refusing_servers},
    {"/growth/refusing-ports", refusing_ports},
    {"/growth/unanswered", unanswered},
    {"/growth/one-tuple", one_tuple},
    {"/growth/resets-repeated", resets_repeated},
    {"/growth/resets-and-data", resets_and_data},
};

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        g_test_add_data_func(rows[i].path, &rows[i].run, check_growth);
    return g_test_run();
}
