/* output.c - report and lines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "output.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "core/output/report.h"
#include "core/output/wrap.h"
#include "core/packet/time_text.h"
#include "unfollowed.h"

/* --- report --- */

/* ntpd(8) slews by 500 ppm at most, and quartz is better: what moves faster was set. */
#define FASTEST_DRIFT 0.001

static void add_clock(GString *out, const struct tcprst_reading *reading, unsigned file) {
    const struct tcprst_file_clock *clock = &reading->clocks[file];
    const double ahead = (double)clock->latest.ahead_ns / 1e9,
                 moved = ahead - (double)clock->first.ahead_ns / 1e9,
                 passed = (double)tcprst_elapsed_ns(clock->first.at_ns, clock->latest.at_ns) / 1e9;
    const bool is_steady = fabs(moved) < 0.001, was_set = fabs(moved) > passed * FASTEST_DRIFT;
    const gsize begin = out->len;
    char *name = tcprst_reading_file_name(reading, file),
         *first_name = tcprst_reading_file_name(reading, 0);
    g_string_append_printf(out, "The clock of %s was about %.3f s %s that of %s", name,
                           fabs(ahead), ahead < 0 ? "behind" : "ahead of", first_name);
    if (!is_steady)
        g_string_append_printf(out, was_set ? " at the end, and one of them was set by %.3f s: "
                                              "times around that are uncertain"
                                            : " at the end, and moved by %.3f s", moved);
    g_string_append_printf(out, ". It is set here: times are those of %s, and frames are numbered "
                           "in the order of these", first_name);
    if (is_steady)
        g_string_append_printf(out, ", as after `editcap -t %.3f %s set.pcapng` and mergecap",
                               -ahead, name);
    g_string_append(out, ".\n");
    tcprst_wrap(out, begin, TCPRST_PAGE_COLUMNS);
    g_free(name);
    g_free(first_name);
}

static void add_clocks(GString *out, const struct tcprst_reading *reading) {
    const guint files = 1 + g_strv_length((char **)reading->options->merged_with);
    for (guint file = 1; file < files; file++)
        if (reading->clocks[file].is_known)
            add_clock(out, reading, file);
}

void tcprst_print_report(GString *out, struct tcprst_reading *reading, bool names_file) {
    if (names_file)
        g_string_append_printf(out, "== %s ==\n", reading->shown_name);
    if (reading->clocks)
        add_clocks(out, reading);
    tcprst_summary_judge(reading->summary, reading->capture);
    tcprst_report(out, reading->capture, reading->summary, NULL, TCPRST_PAGE_COLUMNS);
    if (reading->fault)
        g_string_append_printf(
            out, "\nNot the whole file: it is %s.\nThis page covers frames 1 to %u.\n",
            reading->fault, reading->frames);
    if (names_file)
        g_string_append_c(out, '\n');
}

/* --- a line an event --- */

static void begin_line(GString *out, const struct tcprst_reading *reading, bool names_file) {
    if (names_file)
        g_string_append_printf(out, "%s\t", reading->shown_name);
}

void tcprst_print_event(GString *out, const struct tcprst_capture *capture,
                        const struct tcprst_event *event) {
    const struct tcprst_verdict verdict = tcprst_judge(capture, event);
    const struct tcprst_opinion best = verdict.best;
    const char *tied[2];
    const struct tcprst_connection *connection = event->before;
    unsigned client = connection->client_index;
    g_string_append_printf(out, "%u ", event->frame);
    tcprst_add_clock(out, event->time_ns);
    g_string_append_c(out, ' ');
    tcprst_add_endpoint(out, &connection->tuple.address[client], connection->tuple.port[client]);
    g_string_append(out, " > ");
    tcprst_add_endpoint(out, &connection->tuple.address[!client], connection->tuple.port[!client]);
    g_string_append_printf(out, " %s%s: %s (%s, %u %%)", tcprst_stage_name(event->stage),
                           event->silence ? ", no answer" : "", best.cause->title,
                           tcprst_certainty(best.confidence), best.confidence);
    if (tcprst_verdict_tie(&verdict, tied))
        g_string_append_printf(out, ", fits %s and %s equally", tied[0], tied[1]);
    g_string_append_c(out, '\n');
}

void tcprst_print_events(GString *out, struct tcprst_reading *reading, bool names_file) {
    for (uint32_t i = 0; i < tcprst_capture_events(reading->capture); i++) {
        begin_line(out, reading, names_file);
        tcprst_print_event(out, reading->capture, tcprst_capture_event(reading->capture, i));
        tcprst_put_large(out);
    }
    for (uint32_t i = 0; i < tcprst_capture_silences(reading->capture); i++) {
        begin_line(out, reading, names_file);
        tcprst_print_event(out, reading->capture, tcprst_capture_silence(reading->capture, i));
    }
}

/* The frames of each event's further RSTs, "7,9", by number of the event. */
static GPtrArray *repeats_of_events(const struct tcprst_reading *reading) {
    GPtrArray *repeats = g_ptr_array_new();
    for (uint32_t i = 0; i < tcprst_capture_events(reading->capture); i++)
        g_ptr_array_add(repeats, g_string_new(NULL));
    for (uint32_t frame = 1; repeats->len && frame <= reading->frames; frame++) {
        struct tcprst_frame_entry note;
        uint32_t place = 0;
        while (tcprst_capture_next_frame_entry(reading->capture, frame, &place, &note)) {
            GString *list = g_ptr_array_index(repeats, note.event_number);
            if (note.relation == TCPRST_RELATION_REPEAT)
                g_string_append_printf(list, "%s%u", list->len ? "," : "", frame);
        }
    }
    return repeats;
}

static void add_verdict(GString *out, const struct tcprst_verdict *verdict) {
    const char *separator = "";
    for (unsigned i = 0; i < verdict->alternatives; i++)
        g_string_append_printf(out, "%s%s", i ? "," : "", verdict->alternative[i].cause->name);
    g_string_append_c(out, '\t');
    for (unsigned i = TCPRST_NO_EVIDENCE + 1; i < TCPRST_EVIDENCE_END; i++) {
        char name[TCPRST_NAME_SIZE];
        if (!verdict->seen.is[i])
            continue;
        tcprst_evidence_name(i, name);
        g_string_append_printf(out, "%s%s", separator, name);
        separator = ",";
    }
}

static void print_verdict(GString *out, const struct tcprst_capture *capture,
                          const struct tcprst_event *event, const char *repeats) {
    const struct tcprst_verdict verdict = tcprst_judge(capture, event);
    g_string_append_printf(out, "%u\t%s\t%s\t%s\t%s\t%u\t", event->frame,
                           tcprst_stage_name(event->stage), tcprst_role_name(event->from),
                           event->silence ? "" : tcprst_sender_name(&verdict, event),
                           verdict.best.cause->name, verdict.best.confidence);
    add_verdict(out, &verdict);
    const char *form =
        event->silence ? tcprst_failure_kind_name(event) : tcprst_form_name(event);
    g_string_append_printf(out, "\t%s\t%s\n", form, repeats);
}

void tcprst_print_verdicts(GString *out, struct tcprst_reading *reading, bool names_file) {
    GPtrArray *repeats = repeats_of_events(reading);
    for (uint32_t i = 0; i < repeats->len; i++) {
        GString *list = g_ptr_array_index(repeats, i);
        begin_line(out, reading, names_file);
        print_verdict(out, reading->capture, tcprst_capture_event(reading->capture, i), list->str);
        g_string_free(list, TRUE);
        tcprst_put_large(out);
    }
    g_ptr_array_free(repeats, TRUE);
    for (uint32_t i = 0; i < tcprst_capture_silences(reading->capture); i++) {
        begin_line(out, reading, names_file);
        print_verdict(out, reading->capture, tcprst_capture_silence(reading->capture, i), "");
    }
}

/* --- what was not followed --- */

void tcprst_print_unfollowed_frames(GString *out, struct tcprst_reading *reading, bool names_file) {
    char **lines = g_strsplit(reading->unfollowed_frames->str, "\n", -1);
    for (char **line = lines; *line && **line; line++) { /* the last one is empty */
        begin_line(out, reading, names_file);
        g_string_append_printf(out, "%s\n", *line);
    }
    g_strfreev(lines);
}

void tcprst_print_unfollowed(GString *out, struct tcprst_reading *reading, bool names_file) {
    GString *told = g_string_new(NULL);
    tcprst_unfollowed_add_text(reading->unfollowed, reading->frames, told);
    if (told->len)
        g_string_append_printf(out, "%s%s%s; tshark may read more\n",
                               names_file ? reading->name : "", names_file ? ": " : "", told->str);
    g_string_free(told, TRUE);
}

/* --- writing --- */

/* Much for one call, and little beside what a capture takes. */
enum { LARGE_BYTES = 1 << 20 };

void tcprst_put_large(GString *text) {
    if (text->len >= LARGE_BYTES)
        tcprst_put(text);
}

bool tcprst_put(GString *text) {
    bool had_failed = ferror(stdout);
    bool was_written = !had_failed && fputs(text->str, stdout) != EOF && fflush(stdout) == 0;
    if (!was_written && !had_failed)
        fprintf(stderr, "tcprst: standard output: %s\n", g_strerror(errno));
    g_string_truncate(text, 0);
    return was_written;
}
