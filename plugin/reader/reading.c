/* reading.c - reads a file to its end
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reading.h"

#include <string.h>

#include "capture_file.h"
#include "interrupt.h"
#include "merged_files.h"
#include "observe.h"
#include "packet_filter.h"
#include "progress.h"
#include "unfollowed.h"

static void count_unfollowed(struct tcprst_reading *reading, const struct tcprst_frame *frame) {
    const char *name = frame->layer.name;
    tcprst_unfollowed_count(reading->unfollowed, name);
    if (reading->unfollowed_frames)
        g_string_append_printf(reading->unfollowed_frames, "%u\t%s\n", frame->number, name);
}

/* The entries that this frame brought. */
static void count_entries(struct tcprst_reading *reading, const struct tcprst_frame *frame) {
    guint entries = tcprst_capture_entries(reading->capture);
    for (; reading->entries_counted < entries; reading->entries_counted++) {
        struct tcprst_entry entry =
            tcprst_capture_entry(reading->capture, reading->entries_counted);
        tcprst_summary_add(reading->summary, &entry, frame->time_ns);
    }
}

static void note_link(struct tcprst_reading *reading, const char *name) {
    for (guint i = reading->link_names->len; i-- > 0;)
        if (g_ptr_array_index(reading->link_names, i) == name)
            return;
    g_ptr_array_add(reading->link_names, (gpointer)name);
}

/* False if filter or times leave the frame out. */
static bool takes(const struct tcprst_reading_options *options, const struct tcprst_frame *frame) {
    if (options->has_since && frame->time_ns < options->since_ns)
        return false;
    if (options->has_until && frame->time_ns >= options->until_ns)
        return false;
    return !options->filter || tcprst_packet_filter_passes(options->filter, frame);
}

static void take(struct tcprst_reading *reading, struct tcprst_frame *frame) {
    int64_t time_ns = frame->time_ns;
    if (!reading->packets_taken++)
        reading->first_ns = reading->last_ns = time_ns;
    reading->first_ns = MIN(reading->first_ns, time_ns);
    reading->last_ns = MAX(reading->last_ns, time_ns);
    reading->packets_cut += frame->layer.captured_bytes < frame->layer.length_bytes;
    note_link(reading, frame->link_name);
    tcprst_layer_follow(&frame->layer);
    tcprst_observe_frame(reading->capture, frame, reading->options->stand_ins);
    if (frame->layer.kind == TCPRST_LAYER_UNFOLLOWED)
        count_unfollowed(reading, frame);
    count_entries(reading, frame);
}

static struct tcprst_capture *new_capture(const struct tcprst_reading_options *options) {
    struct tcprst_capture *capture = tcprst_capture_new();
    if (options->filter || options->has_since || options->has_until)
        tcprst_capture_set_part(capture);
    if (options->stand_ins)
        tcprst_capture_hide_words(capture);
    return capture;
}

static void begin(struct tcprst_reading *reading, const char *name,
                  const struct tcprst_reading_options *options) {
    *reading = (struct tcprst_reading){
        .name = name,
        .options = options,
        .capture = new_capture(options),
        .summary = tcprst_summary_new(true),
        .link_names = g_ptr_array_new(),
        .unfollowed = tcprst_unfollowed_new(),
        .unfollowed_frames = options->keeps_unfollowed ? g_string_new(NULL) : NULL,
    };
}

static void read_frames(struct tcprst_reading *reading, struct tcprst_merged_files *files) {
    struct tcprst_frame frame;
    struct tcprst_progress progress = {
        .file = tcprst_merged_files_first(files),
        .name = reading->name,
        .is_shown = reading->options->shows_progress};
    while (!tcprst_interrupt_came() &&
           tcprst_merged_files_next(files, &frame, &reading->fault)) {
        reading->frames = frame.number;
        if (frame.link_name && takes(reading->options, &frame))
            take(reading, &frame);
        tcprst_progress_show(&progress, frame.number);
    }
    if (tcprst_interrupt_came()) { /* which can also have ended a call that waited for data */
        g_free(reading->fault);
        reading->fault = g_strdup("cut off by a signal");
    }
    tcprst_progress_end(&progress);
    tcprst_capture_finish(reading->capture);
    tcprst_summary_add_settled(reading->summary, reading->capture);
}

/* By these clocks, which belong to the reading from now on; NULL: by their own. */
static bool read_once(struct tcprst_reading *reading, const char *name,
                      const struct tcprst_reading_options *options,
                      struct tcprst_file_clock *clocks) {
    begin(reading, name, options);
    reading->clocks = clocks;
    struct tcprst_merged_files *files =
        tcprst_merged_files_open(name, options->merged_with, &reading->fault);
    if (!files)
        return false;
    tcprst_merged_files_set_clocks(files, clocks);
    read_frames(reading, files);
    tcprst_merged_files_close(files);
    return true;
}

/* A pipe cannot. */
static bool can_be_read_again(const char *name) {
    return strcmp(name, "-") != 0 && g_file_test(name, G_FILE_TEST_IS_REGULAR);
}

/* How the clocks must be set for another reading; NULL: none is needed, or can be had. */
static struct tcprst_file_clock *clocks_to_set(const struct tcprst_reading *reading) {
    char *const *further = reading->options->merged_with;
    bool can_reread = further && can_be_read_again(reading->name);
    unsigned files = 1;
    for (; can_reread && further[files - 1]; files++)
        can_reread = can_be_read_again(further[files - 1]);
    return can_reread && !tcprst_interrupt_came() ? tcprst_file_clocks(reading->capture, files)
                                                  : NULL;
}

bool tcprst_reading_read(struct tcprst_reading *reading, const char *name,
                         const struct tcprst_reading_options *options) {
    /* for clocks that may be wrong no limits of time */
    struct tcprst_reading_options all = *options;
    all.has_since &= !options->merged_with;
    all.has_until &= !options->merged_with;
    bool was_read = read_once(reading, name, &all, NULL);
    struct tcprst_file_clock *clocks = was_read ? clocks_to_set(reading) : NULL;
    const bool is_limited =
        all.has_since != options->has_since || all.has_until != options->has_until;
    if (clocks || (was_read && is_limited)) {
        tcprst_reading_clear(reading);
        was_read = read_once(reading, name, options, clocks);
    }
    reading->options = options;
    reading->shown_name =
        options->stand_ins ? tcprst_stand_ins_file(options->stand_ins) : g_strdup(name);
    return was_read;
}

char *tcprst_reading_file_name(const struct tcprst_reading *reading, unsigned file) {
    const struct tcprst_reading_options *options = reading->options;
    if (options->stand_ins)
        return g_strdup_printf("file %u", file + 1);
    return g_strdup(file ? options->merged_with[file - 1] : reading->name);
}

void tcprst_reading_clear(struct tcprst_reading *reading) {
    tcprst_summary_free(reading->summary);
    tcprst_capture_free(reading->capture);
    g_ptr_array_unref(reading->link_names);
    g_free(reading->fault);
    g_free(reading->clocks);
    g_free(reading->shown_name);
    g_hash_table_destroy(reading->unfollowed);
    if (reading->unfollowed_frames)
        g_string_free(reading->unfollowed_frames, TRUE);
}
