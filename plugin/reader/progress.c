/* progress.c - one line on standard error, overwritten
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "progress.h"

#include <glib.h>
#include <stdio.h>

enum { FRAMES_BETWEEN_LOOKS_AT_THE_CLOCK = 16384, BETWEEN_LINES_US = 500000 };

#define ERASE_LINE "\r\033[K"

void tcprst_progress_show(struct tcprst_progress *progress, uint32_t frames) {
    if (!progress->is_shown || (frames % FRAMES_BETWEEN_LOOKS_AT_THE_CLOCK && progress->last_us))
        return;
    int64_t now_us = g_get_monotonic_time();
    if (!progress->last_us)
        progress->last_us = now_us;
    if (now_us - progress->last_us < BETWEEN_LINES_US)
        return;
    int percent = tcprst_capture_file_percent(progress->file);
    fprintf(stderr, ERASE_LINE "tcprst: %s: ", progress->name);
    if (percent >= 0)
        fprintf(stderr, "%d %%, ", percent);
    fprintf(stderr, "%u frames", frames);
    fflush(stderr);
    progress->is_on_screen = true;
    progress->last_us = now_us;
}

void tcprst_progress_end(struct tcprst_progress *progress) {
    if (progress->is_on_screen)
        fputs(ERASE_LINE, stderr);
    progress->is_on_screen = false;
}
