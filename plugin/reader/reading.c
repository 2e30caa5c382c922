/* reading.c - feeds the core with a file's segments, and with the ICMP errors that quote one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reading.h"

#include "capture_file.h"

static void observe_segment(struct tcprst_capture *capture, const struct tcprst_frame *frame) {
    const struct tcprst_layer *layer = &frame->layer;
    struct tcprst_segment segment = {
        .frame = frame->number,
        .time_ns = frame->time_ns,
        .src = layer->src,
        .dst = layer->dst,
        .ip = layer->ip,
    };
    if (layer->captured_bytes &&
        tcprst_segment_parse(&segment, layer->bytes, layer->captured_bytes, layer->length_bytes))
        tcprst_capture_observe(capture, &segment);
}

static void observe_quoted(struct tcprst_capture *capture, const struct tcprst_frame *frame, int version) {
    struct tcprst_icmp_error quoted = {.frame = frame->number};
    const struct tcprst_layer *layer = &frame->layer;
    if (layer->captured_bytes && tcprst_icmp_error_parse(&quoted, version, layer->bytes, layer->captured_bytes))
        tcprst_capture_observe_icmp_error(capture, &quoted);
}

static void count_unfollowed(struct tcprst_reading *reading, const struct tcprst_frame *frame) {
    const char *name = frame->layer.name;
    guint frames = GPOINTER_TO_UINT(g_hash_table_lookup(reading->unfollowed, name));
    g_hash_table_insert(reading->unfollowed, g_strdup(name), GUINT_TO_POINTER(frames + 1));
    if (reading->unfollowed_frames)
        g_string_append_printf(reading->unfollowed_frames, "%u\t%s\n", frame->number, name);
}

static void observe(struct tcprst_reading *reading, const struct tcprst_frame *frame) {
    switch (frame->layer.kind) {
    case TCPRST_LAYER_TCP:
        observe_segment(reading->capture, frame);
        break;
    case TCPRST_LAYER_ICMP:
        observe_quoted(reading->capture, frame, 4);
        break;
    case TCPRST_LAYER_ICMPV6:
        observe_quoted(reading->capture, frame, 6);
        break;
    case TCPRST_LAYER_UNFOLLOWED:
        count_unfollowed(reading, frame);
        break;
    default:
        break;
    }
}

/* The entries that this frame brought. */
static void count_entries(struct tcprst_reading *reading, const struct tcprst_frame *frame) {
    guint entries = tcprst_capture_entries(reading->capture);
    for (; reading->entries_counted < entries; reading->entries_counted++) {
        struct tcprst_entry entry = tcprst_capture_entry(reading->capture, reading->entries_counted);
        tcprst_summary_add(reading->summary, &entry, frame->time_ns);
    }
}

bool tcprst_reading_read(struct tcprst_reading *reading, const char *name, bool keeps_unfollowed, char **error) {
    struct tcprst_capture_file *file = tcprst_capture_file_open(name, error);
    struct tcprst_frame frame;
    *reading = (struct tcprst_reading){
        .name = name,
        .capture = tcprst_capture_new(),
        .summary = tcprst_summary_new(true),
        .unfollowed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .unfollowed_frames = keeps_unfollowed ? g_string_new(NULL) : NULL,
    };
    if (!file)
        return false;
    while (tcprst_capture_file_next(file, &frame, error)) {
        tcprst_layer_follow(&frame.layer);
        observe(reading, &frame);
        count_entries(reading, &frame);
        reading->frames = frame.number;
    }
    tcprst_capture_file_close(file);
    tcprst_capture_finish(reading->capture);
    return true;
}

void tcprst_reading_clear(struct tcprst_reading *reading) {
    tcprst_summary_free(reading->summary);
    tcprst_capture_free(reading->capture);
    g_hash_table_destroy(reading->unfollowed);
    if (reading->unfollowed_frames)
        g_string_free(reading->unfollowed_frames, TRUE);
}
