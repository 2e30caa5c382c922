/* generation.c - looks at the verdict on each reset five times
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "generation.h"

struct open_event {
    int64_t time_ns;
    uint32_t number;
    const struct tcprst_cause *cause; /* as told last ... */
    const char *certainty;            /* ... a static string */
};

struct tcprst_generation *tcprst_generation_new(uint64_t frames_before, int64_t first_ns) {
    struct tcprst_generation *generation = g_new0(struct tcprst_generation, 1);
    generation->capture = tcprst_capture_new();
    generation->frames_before = frames_before;
    generation->first_ns = first_ns;
    generation->silences = tcprst_open_silences_new();
    return generation;
}

void tcprst_generation_free(struct tcprst_generation *generation) {
    for (unsigned i = 0; i < TCPRST_LOOKS; i++)
        g_queue_clear_full(&generation->open[i], g_free);
    tcprst_open_silences_free(generation->silences);
    tcprst_capture_free(generation->capture);
    g_free(generation);
}

void tcprst_generation_take_over(struct tcprst_generation *generation,
                                 struct tcprst_generation *retired, int64_t now_ns) {
    retired->is_retired = true;
    generation->events_seen = tcprst_capture_events(generation->capture);
    tcprst_open_silences_tell_until(retired->silences, now_ns);
    tcprst_open_silences_tell_from(generation->silences, now_ns);
}

/* Judges the event anew; true if it is another verdict than was told. */
static bool changes(struct tcprst_generation *generation, struct open_event *open,
                    const struct tcprst_event **event) {
    *event = tcprst_capture_event(generation->capture, open->number);
    const struct tcprst_opinion best = tcprst_judge(generation->capture, *event).best;
    const char *certainty = tcprst_certainty(best.confidence);
    bool is_other = open->cause != best.cause || open->certainty != certainty;
    open->cause = best.cause;
    open->certainty = certainty;
    return is_other;
}

static void tell_of_new(struct tcprst_generation *generation,
                        const struct tcprst_live_output *output) {
    uint32_t events = tcprst_capture_events(generation->capture);
    while (!generation->is_retired && generation->events_seen < events) {
        const struct tcprst_event *event;
        struct open_event *open = g_new0(struct open_event, 1);
        open->number = generation->events_seen++;
        changes(generation, open, &event);
        open->time_ns = event->time_ns;
        output->tell(output->user, generation->capture, event, TCPRST_PROVISIONAL);
        g_queue_push_tail(&generation->open[0], open);
    }
}

static void look_at(struct tcprst_generation *generation, unsigned look,
                    const struct tcprst_live_output *output) {
    const struct tcprst_event *event;
    struct open_event *open = g_queue_pop_head(&generation->open[look]);
    bool is_last = look == TCPRST_LOOKS - 1, is_other = changes(generation, open, &event);
    if (is_last || is_other)
        output->tell(output->user, generation->capture, event,
                       is_last ? TCPRST_FINAL : TCPRST_CORRECTED);
    if (is_last)
        g_free(open);
    else
        g_queue_push_tail(&generation->open[look + 1], open);
}

void tcprst_generation_look(struct tcprst_generation *generation, int64_t now_ns,
                            const struct tcprst_live_output *output) {
    tell_of_new(generation, output);
    tcprst_open_silences_look(generation->silences, generation->capture, now_ns, output);
    for (unsigned look = 0; look < TCPRST_LOOKS; look++) {
        const struct open_event *oldest;
        while ((oldest = g_queue_peek_head(&generation->open[look])) &&
               tcprst_elapsed_ns(oldest->time_ns, now_ns) >= tcprst_look_ns[look])
            look_at(generation, look, output);
    }
}

void tcprst_generation_finish(struct tcprst_generation *generation,
                              const struct tcprst_live_output *output) {
    tell_of_new(generation, output);
    tcprst_capture_finish(generation->capture);
    tcprst_open_silences_finish(generation->silences, generation->capture, output);
    for (unsigned look = TCPRST_LOOKS; look-- > 0;) {
        struct open_event *open;
        while ((open = g_queue_pop_head(&generation->open[look]))) {
            const struct tcprst_event *event =
                tcprst_capture_event(generation->capture, open->number);
            output->tell(output->user, generation->capture, event, TCPRST_FINAL);
            g_free(open);
        }
    }
}

bool tcprst_generation_is_settled(const struct tcprst_generation *generation) {
    for (unsigned i = 0; i < TCPRST_LOOKS; i++)
        if (!g_queue_is_empty((GQueue *)&generation->open[i]))
            return false;
    return tcprst_open_silences_are_settled(generation->silences);
}
