/* reading.h - one capture file, read to its end and judged
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_READING_H
#define TCPRST_READING_H

#include "core/output/summary.h"

struct tcprst_reading {
    const char *name; /* of the file; borrowed */
    struct tcprst_capture *capture;
    struct tcprst_summary *summary;
    uint32_t frames;
    guint entries_counted;   /* of the capture's, in the summary */
    GHashTable *unfollowed;  /* name to number of frames, as GUINT_TO_POINTER */
    GString *unfollowed_frames; /* a line each, number and name; NULL: not wanted */
};

/* Reads a file ("-": standard input), and keeps the numbers of the frames not followed if wanted.  False if it could
 * not be opened; then the reading is empty.  `error` says what was wrong (g_free), NULL if nothing was: a file that
 * is cut short is judged up to there. */
bool tcprst_reading_read(struct tcprst_reading *reading, const char *name, bool keeps_unfollowed, char **error);
void tcprst_reading_clear(struct tcprst_reading *reading);

#endif
