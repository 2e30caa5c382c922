/* output_json.c - the capture, its events, endpoints and incidents as JSON, one object a line
 * (docs/json.md)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/json.h"
#include "core/output/json_value.h"
#include "output.h"
#include "unfollowed.h"

/* Puts members that name the origin at the front of the object that begins at `at`. */
static void insert_origin(GString *out, gsize at, const struct tcprst_reading *reading,
                          bool names_file) {
    GString *members = g_string_new(NULL);
    json_open(members, NULL, '{');
    if (names_file)
        json_string(members, "source", reading->shown_name);
    if (reading->options->sensor)
        json_string(members, "sensor", reading->options->sensor);
    if (members->len > 1) {
        g_string_append_c(members, ',');
        g_string_erase(out, (gssize)at, 1);
        g_string_insert(out, (gssize)at, members->str);
    }
    g_string_free(members, TRUE);
}

static void add_time(GString *out, const char *name, const char *name_epoch, bool is_known,
                     int64_t time_ns) {
    if (is_known) {
        json_time(out, name, time_ns);
        return;
    }
    json_null(out, name);
    json_null(out, name_epoch);
}

static void add_unfollowed(GString *out, const struct tcprst_reading *reading) {
    GList *names = tcprst_unfollowed_names(reading->unfollowed);
    json_open(out, "unfollowed", '[');
    for (const GList *i = names; i; i = i->next) {
        json_open(out, NULL, '{');
        json_string(out, "what", i->data);
        json_number(out, "frames", tcprst_unfollowed_frames(reading->unfollowed, i->data));
        json_close(out, '}');
    }
    json_close(out, ']');
    g_list_free(names);
}

static void add_clocks(GString *out, const struct tcprst_reading *reading) {
    char *const *further = reading->options->merged_with;
    json_open(out, "clocks", '[');
    for (unsigned i = 0; reading->clocks && further[i]; i++) {
        const struct tcprst_file_clock *clock = &reading->clocks[i + 1];
        char *name = tcprst_reading_file_name(reading, i + 1);
        json_open(out, NULL, '{');
        json_string(out, "source", name);
        if (clock->is_known)
            json_duration(out, "ahead", clock->latest.ahead_ns);
        else
            json_null(out, "ahead");
        json_close(out, '}');
        g_free(name);
    }
    json_close(out, ']');
}

static void add_counts(GString *out, const struct tcprst_reading *reading) {
    const struct tcprst_summary *summary = reading->summary;
    int64_t failed = 0;
    for (guint i = 0; i < summary->services->len; i++)
        failed += tcprst_service_failed(g_ptr_array_index(summary->services, i));
    json_number(out, "frames", reading->frames);
    json_number(out, "packets", reading->packets_taken);
    json_number(out, "packets_cut", reading->packets_cut);
    json_number(out, "connections", summary->connections);
    json_number(out, "failed", failed);
    json_number(out, "resets", summary->resets);
    json_number(out, "silences", summary->silences->len);
    json_number(out, "endpoints", summary->services->len);
}

static void add_capture(GString *out, const struct tcprst_reading *reading) {
    bool has_packets = reading->packets_taken;
    json_open(out, NULL, '{');
    json_string(out, "type", "capture");
    json_number(out, "version", TCPRST_JSON_VERSION);
    json_string(out, "tool", "tcprst " TCPRST_READER_VERSION);
    json_string(out, "source", reading->shown_name);
    json_string(out, "sensor", reading->options->sensor);
    add_time(out, "start", "start_epoch", has_packets, reading->first_ns);
    add_time(out, "end", "end_epoch", has_packets, reading->last_ns);
    json_open(out, "links", '[');
    for (guint i = 0; i < reading->link_names->len; i++)
        json_string(out, NULL, g_ptr_array_index(reading->link_names, i));
    json_close(out, ']');
    json_string(out, "filter", reading->options->filter_text);
    json_bool(out, "whole", !reading->fault);
    json_string(out, "fault", reading->fault);
    add_clocks(out, reading);
    add_counts(out, reading);
    add_unfollowed(out, reading);
    json_close(out, '}');
    g_string_append_c(out, '\n');
}

/* Which object, counted over events, silences, endpoints and incidents in that order. */
static void add_object(GString *out, const struct tcprst_reading *reading,
                       const GPtrArray *problems, guint row) {
    const struct tcprst_summary *summary = reading->summary;
    guint silences = summary->silences->len, events = summary->events->len + silences,
          services = summary->services->len;
    if (row < events - silences)
        tcprst_json_event(out, reading->capture, g_ptr_array_index(summary->events, row));
    else if (row < events)
        tcprst_json_event(out, reading->capture,
                          g_ptr_array_index(summary->silences, row + silences - events));
    else if (row < events + services)
        tcprst_json_service(out, g_ptr_array_index(summary->services, row - events));
    else
        tcprst_json_incident(out, g_ptr_array_index(problems, row - events - services));
}

void tcprst_print_json(GString *out, struct tcprst_reading *reading, bool names_file) {
    const struct tcprst_summary *summary = reading->summary;
    tcprst_summary_judge(reading->summary, reading->capture);
    GPtrArray *problems = tcprst_problems_of(summary);
    add_capture(out, reading);
    for (guint i = 0; i < summary->events->len + summary->silences->len +
                                summary->services->len + problems->len; i++) {
        gsize at = out->len;
        add_object(out, reading, problems, i);
        insert_origin(out, at, reading, names_file);
        tcprst_put_large(out);
    }
    g_ptr_array_unref(problems);
}
