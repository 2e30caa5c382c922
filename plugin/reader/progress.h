/* progress.h - how far a long file has been read, on a terminal
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PROGRESS_H
#define TCPRST_PROGRESS_H

#include "capture_file.h"

/* To be set: file, name, is_shown. */
struct tcprst_progress {
    const struct tcprst_capture_file *file; /* borrowed */
    const char *name;                       /* borrowed */
    bool    is_shown;    /* false: nothing is ever printed */
    bool    is_on_screen;
    int64_t last_us;     /* monotonic time of the last line, or of the beginning; 0: not begun */
};

/* Prints the present state, at most twice a second and not within the first half second. */
void tcprst_progress_show(struct tcprst_progress *progress, uint32_t frames);

/* Takes the line off the screen. */
void tcprst_progress_end(struct tcprst_progress *progress);

#endif
