/* live.c - feeds generations, and prints what they tell
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "live.h"

#include <stdio.h>

#include "core/output/identity.h"
#include "core/output/json.h"
#include "core/output/json_value.h"
#include "generation.h"
#include "live_source.h"
#include "observe.h"
#include "output.h"
#include "packet_filter.h"
#include "unfollowed.h"

/* `next` watches from half of the present one's life on; `retired` until its verdicts are final. */
struct live {
    const struct tcprst_live_options *options;
    struct tcprst_generation *present, *next, *retired; /* NULL: none */
    /* frames are numbered from the one after `numbered_after` on */
    uint64_t frames, numbered_after;
    int64_t now_ns;
    GHashTable *unfollowed; /* see unfollowed.h */
    GString *text;
    bool cannot_print;
};

/* Frame numbers are 32 bits wide; they begin anew with the generation that finds them this
 * large. */
enum { FRAMES_BEFORE_ANEW = 1 << 30 };

static const int64_t longest_life_ns = INT64_C(3600) * 1000000000;

static const char *const state_names[] = {[TCPRST_PROVISIONAL] = "provisional",
                                          [TCPRST_CORRECTED] = "corrected",
                                          [TCPRST_FINAL] = "final"};

static void put(struct live *live) {
    if (!live->cannot_print)
        live->cannot_print = !tcprst_put(live->text);
    g_string_truncate(live->text, 0);
}

static void tell(void *user, struct tcprst_capture *capture, const struct tcprst_event *event,
                 enum tcprst_state state) {
    struct live *live = user;
    if (live->options->is_json) {
        json_open(live->text, NULL, '{');
        json_string(live->text, "state", state_names[state]);
        if (live->options->sensor)
            json_string(live->text, "sensor", live->options->sensor);
        gsize at = live->text->len;
        tcprst_json_event(live->text, capture, event); /* as a further element: ",{..." */
        g_string_erase(live->text, (gssize)at + 1, 1);
    } else {
        char id[TCPRST_EVENT_ID_SIZE];
        tcprst_event_id(event, id);
        g_string_append_printf(live->text, "%-11s %s ", state_names[state], id);
        tcprst_print_event(live->text, capture, event);
    }
    put(live);
}

/* An object of its own, as it is no verdict. */
static void take_back(void *user, const char *id) {
    struct live *live = user;
    if (live->options->is_json) {
        json_open(live->text, NULL, '{');
        json_string(live->text, "type", "answered");
        json_number(live->text, "version", TCPRST_JSON_VERSION);
        if (live->options->sensor)
            json_string(live->text, "sensor", live->options->sensor);
        json_string(live->text, "id", id);
        json_time(live->text, "time", live->now_ns);
        json_close(live->text, '}');
        g_string_append_c(live->text, '\n');
    } else {
        g_string_append_printf(live->text, "%-11s %s\n", "answered", id);
    }
    put(live);
}

static struct tcprst_live_output output_of(struct live *live) {
    return (struct tcprst_live_output){live, tell, take_back};
}

/* What one of those that are remembered takes, about: for what is not counted as one. */
enum { BYTES_OF_ONE = 200 };

static uint64_t size_of(const struct tcprst_generation *generation) {
    return tcprst_capture_entries(generation->capture) +
           tcprst_capture_frame_entry_bytes(generation->capture) / BYTES_OF_ONE;
}

static int64_t age_ns(const struct live *live, const struct tcprst_generation *generation) {
    return tcprst_elapsed_ns(generation->first_ns, live->now_ns);
}

static void tell_what_left(struct live *live, const struct tcprst_generation *generation) {
    unsigned connections = tcprst_capture_connections(generation->capture);
    uint32_t resets = tcprst_capture_events(generation->capture);
    if (live->options->is_json) {
        json_open(live->text, NULL, '{');
        json_string(live->text, "type", "left");
        json_number(live->text, "version", TCPRST_JSON_VERSION);
        json_time(live->text, "time", live->now_ns);
        json_time(live->text, "remembered_since", live->present->first_ns);
        json_number(live->text, "connections", connections);
        json_number(live->text, "resets", resets);
        json_close(live->text, '}');
        g_string_append_c(live->text, '\n');
        put(live);
        return;
    }
    fprintf(stderr,
            "tcprst: what came before the last %.0f s left memory: %u connections, %u resets\n",
            (double)age_ns(live, live->present) / 1e9, connections, resets);
}

static struct tcprst_generation *begin(struct live *live) {
    if (live->frames - live->numbered_after >= FRAMES_BEFORE_ANEW)
        live->numbered_after = live->frames;
    struct tcprst_generation *generation =
        tcprst_generation_new(live->numbered_after, live->now_ns);
    if (live->frames || live->options->filter)
        tcprst_capture_set_part(generation->capture);
    return generation;
}

static bool is_past(const struct live *live, unsigned share) {
    return size_of(live->present) >= live->options->kept / share ||
           age_ns(live, live->present) >= longest_life_ns / share;
}

static void drop_retired(struct live *live) {
    tell_what_left(live, live->retired);
    tcprst_generation_free(live->retired);
    live->retired = NULL;
}

/* Where traffic is so dense that two generations fill up before verdicts are settled, these are
 * final earlier. */
static void change_generations(struct live *live) {
    if (!live->next && is_past(live, 2))
        live->next = begin(live);
    if (live->next && is_past(live, 1)) {
        if (live->retired) {
            const struct tcprst_live_output output = output_of(live);
            tcprst_generation_finish(live->retired, &output);
            drop_retired(live);
        }
        live->retired = live->present;
        live->present = live->next;
        live->next = NULL;
        tcprst_generation_take_over(live->present, live->retired, live->now_ns);
    }
    if (live->retired && tcprst_generation_is_settled(live->retired))
        drop_retired(live);
}

static void look(struct live *live) {
    const struct tcprst_live_output output = output_of(live);
    if (live->retired)
        tcprst_generation_look(live->retired, live->now_ns, &output);
    tcprst_generation_look(live->present, live->now_ns, &output);
    change_generations(live);
}

static void take(struct live *live, struct tcprst_frame *frame) {
    live->now_ns = frame->time_ns;
    if (!live->present)
        live->present = begin(live);
    struct tcprst_generation *const all[] = {live->retired, live->present, live->next};
    live->frames++;
    if (live->options->filter && !tcprst_packet_filter_passes(live->options->filter, frame))
        return;
    tcprst_layer_follow(&frame->layer);
    if (frame->layer.kind == TCPRST_LAYER_UNFOLLOWED)
        tcprst_unfollowed_count(live->unfollowed, frame->layer.name);
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i]) {
            frame->number = (uint32_t)(live->frames - all[i]->frames_before);
            tcprst_observe_frame(all[i]->capture, frame, NULL);
        }
    look(live);
}

static void finish(struct live *live) {
    struct tcprst_generation *all[] = {live->retired, live->present, live->next};
    const struct tcprst_live_output output = output_of(live);
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i]) {
            if (all[i] != live->next)
                tcprst_generation_finish(all[i], &output);
            tcprst_generation_free(all[i]);
        }
    tcprst_unfollowed_add_text(live->unfollowed, live->frames, live->text);
    if (live->text->len)
        fprintf(stderr, "tcprst: %s\n", live->text->str);
    g_hash_table_destroy(live->unfollowed);
    g_string_free(live->text, TRUE);
}

bool tcprst_live_run(const struct tcprst_live_options *options) {
    char *error = NULL;
    struct tcprst_frame frame = {0};
    struct live live = {
        .options = options, .text = g_string_new(NULL), .unfollowed = tcprst_unfollowed_new()};
    enum tcprst_live_result result = TCPRST_LIVE_END;
    struct tcprst_live_source *source =
        tcprst_live_source_open(options->interface, options->filter_text, &error);
    bool is_wall_clock = !g_str_equal(options->interface, "-");
    while (source && !live.cannot_print &&
           (result = tcprst_live_source_next(source, &frame, &error)) != TCPRST_LIVE_END) {
        if (result == TCPRST_LIVE_PACKET) {
            take(&live, &frame);
        } else if (live.present && is_wall_clock) {
            live.now_ns = frame.time_ns;
            look(&live);
        }
    }
    finish(&live);
    if (source)
        tcprst_live_source_close(source);
    if (error)
        fprintf(stderr, "tcprst: %s: %s\n", options->interface, error);
    bool is_whole = !error && !live.cannot_print;
    g_free(error);
    return is_whole;
}
