/* main.c - the command tcprst: explains the TCP resets of capture files, without Wireshark's
 * dissectors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include "capture_file.h"
#include "command_line.h"
#include "interrupt.h"

static void complain_of(GString *text) {
    fputs(text->str, stderr);
    g_string_truncate(text, 0);
}

static void complain(GString *text, struct tcprst_reading *reading, bool was_opened) {
    if (!reading->fault)
        return;
    g_string_append_printf(text, "tcprst: %s: %s", reading->name, reading->fault);
    if (was_opened)
        g_string_append_printf(text, "; judged up to frame %u", reading->frames);
    g_string_append_c(text, '\n');
    complain_of(text);
}

/* As the summary was judged for what was printed; false if it was not. */
static bool find_trouble_of_summary(const struct tcprst_summary *summary, bool *has_trouble) {
    *has_trouble = false;
    for (guint i = 0; i < summary->judged->len; i++)
        *has_trouble |= tcprst_judged_at(summary, i)->concern != TCPRST_HARMLESS;
    return summary->judged->len == summary->resets + summary->silences->len && summary->is_judged;
}

static bool is_trouble(const struct tcprst_reading *reading, const struct tcprst_event *event) {
    const struct tcprst_verdict verdict = tcprst_judge(reading->capture, event);
    return tcprst_verdict_concern(&verdict) != TCPRST_HARMLESS;
}

static bool has_trouble(struct tcprst_reading *reading) {
    bool is_there;
    if (find_trouble_of_summary(reading->summary, &is_there))
        return is_there;
    for (uint32_t i = 0; i < tcprst_capture_events(reading->capture); i++)
        if (is_trouble(reading, tcprst_capture_event(reading->capture, i)))
            return true;
    for (uint32_t i = 0; i < tcprst_capture_silences(reading->capture); i++)
        if (is_trouble(reading, tcprst_capture_silence(reading->capture, i)))
            return true;
    return false;
}

/* The exit status that this file asks for. */
static int read_file(const struct tcprst_command_line *wanted, const char *name, GString *text) {
    struct tcprst_reading reading;
    bool was_opened = tcprst_reading_read(&reading, name, &wanted->options);
    bool was_printed = true;
    complain(text, &reading, was_opened);
    if (was_opened) {
        wanted->print(text, &reading, wanted->names_files);
        was_printed = tcprst_put(text);
        g_string_append(text, "tcprst: ");
        gsize prefix = text->len;
        tcprst_print_unfollowed(text, &reading, wanted->names_files);
        if (text->len > prefix && !wanted->is_quiet)
            complain_of(text);
        g_string_truncate(text, 0);
    }
    int status = reading.fault || !was_printed ? TCPRST_EXIT_FAILED
                 : has_trouble(&reading)       ? TCPRST_EXIT_TROUBLE
                                               : TCPRST_EXIT_CLEAN;
    tcprst_reading_clear(&reading);
    return status;
}

int main(int argc, char **argv) {
    struct tcprst_command_line wanted;
    int status = tcprst_command_line_read(&wanted, &argc, &argv);
    if (status >= 0)
        return status;
    status = TCPRST_EXIT_CLEAN;
    if (wanted.live.interface) {
        status = tcprst_live_run(&wanted.live) ? TCPRST_EXIT_CLEAN : TCPRST_EXIT_FAILED;
        tcprst_command_line_clear(&wanted);
        return status;
    }
    GString *text = g_string_new(NULL);
    tcprst_capture_files_begin();
    tcprst_interrupt_catch();
    const int files = wanted.options.merged_with ? 2 : argc;
    for (int i = 1; i < files && !tcprst_interrupt_came() && !ferror(stdout); i++) {
        int of_file = read_file(&wanted, argv[i], text);
        status = MAX(status, of_file);
    }
    tcprst_capture_files_end();
    tcprst_command_line_clear(&wanted);
    g_string_free(text, TRUE);
    return status;
}
