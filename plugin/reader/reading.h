/* reading.h - one capture file, read to its end and judged
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_READING_H
#define TCPRST_READING_H

#include "anonymise.h"
#include "core/output/summary.h"
#include "merged_clocks.h"

/* What is taken of a file, and what is kept.  Zero: all is taken. */
struct tcprst_reading_options {
    struct tcprst_packet_filter *filter; /* NULL: none */
    const char *filter_text;
    bool    has_since, has_until;
    /* the first instant that is taken, and the first that is not any more */
    int64_t since_ns, until_ns;
    bool    keeps_unfollowed;   /* the numbers of the frames not followed */
    bool    shows_progress;     /* on standard error */
    /* files of other capture points, read as one with it; ends with NULL; NULL: none */
    char *const *merged_with;
    const char *sensor;         /* name of the place where the capture was taken; NULL: not given */
    struct tcprst_stand_ins *stand_ins; /* for addresses and names; NULL: all is shown as it is */
};

struct tcprst_reading {
    const char *name; /* of the file; borrowed */
    char *shown_name; /* what the output calls it */
    const struct tcprst_reading_options *options; /* borrowed */
    struct tcprst_capture *capture;
    struct tcprst_summary *summary;
    uint32_t frames;
    uint32_t packets_taken;  /* frames with a packet that passed filter and times */
    uint32_t packets_cut;    /* ... and of which less was captured than there was on the wire */
    int64_t  first_ns, last_ns; /* the earliest and the latest of them, if there is any */
    GPtrArray *link_names;   /* static strings, in order of first appearance */
    char *fault;             /* what is wrong with the file, a phrase; NULL: nothing */
    guint entries_counted;   /* of the capture's, in the summary */
    GHashTable *unfollowed;  /* see unfollowed.h */
    struct tcprst_file_clock *clocks; /* of each file that was merged; NULL: they are right */
    GString *unfollowed_frames; /* a line each, number and name; NULL: not wanted */
};

/* Reads a file ("-": standard input) to its end, or to where it is cut short or damaged; `fault`
 * then says so.  False if nothing of it could be read. */
bool tcprst_reading_read(struct tcprst_reading *reading, const char *name,
                         const struct tcprst_reading_options *options);
void tcprst_reading_clear(struct tcprst_reading *reading);

/* What the output calls a file of those that are read as one, from 0 (g_free). */
char *tcprst_reading_file_name(const struct tcprst_reading *reading, unsigned file);

#endif
