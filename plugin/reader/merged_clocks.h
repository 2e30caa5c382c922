/* merged_clocks.h - how far the clocks of captures that are read as one are off
 *
 * Frames of several files are read in the order of their times.  If a clock is so far off that
 * packets seem to arrive before they were sent, that is not the order of the wire: then the files
 * are read again, in the order of the first one's clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_MERGED_CLOCKS_H
#define TCPRST_MERGED_CLOCKS_H

#include "core/capture/capture.h"

/* How far a file's clock is ahead of the first file's, at two times of its own.  Zero: it is
 * not. */
struct tcprst_file_clock {
    struct tcprst_clock_reading {
        int64_t at_ns, ahead_ns;
    } first, latest;
    bool is_known;
};

/* Finds them from packets that several files hold, once these were read.  Returns one for each
 * file (g_free); NULL if all packets arrive after they were sent. */
struct tcprst_file_clock *tcprst_file_clocks(const struct tcprst_capture *capture, unsigned files);

/* What the first file's clock shows at that time of this one's: evenly between the two readings,
 * and before and after them as by the nearer one. */
int64_t tcprst_file_clock_set(const struct tcprst_file_clock *clock, int64_t time_ns);

#endif
