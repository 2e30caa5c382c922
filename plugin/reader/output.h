/* output.h - what is printed of a capture file
 *
 * Each function appends the text, less what it has written to standard output already.
 * `names_file`: the file's name leads each line, as there are several.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_H
#define TCPRST_OUTPUT_H

#include "reading.h"

typedef void tcprst_print(GString *out, struct tcprst_reading *reading, bool names_file);

/* As `tshark -z tcprst,report`; the file's name stands above it. */
tcprst_print tcprst_print_report;

/* An object on the capture, then as `tshark -z tcprst,json`; the file's name is the member `source`
 * of each object. */
tcprst_print tcprst_print_json;

/* A line an event, for people. */
tcprst_print tcprst_print_events;

/* One such line, without the file's name. */
void tcprst_print_event(GString *out, const struct tcprst_capture *capture,
                        const struct tcprst_event *event);

/* A line an event, for programs: columns separated by tabs (--help names them), lists by
 * commas. */
tcprst_print tcprst_print_verdicts;

/* A line a frame that was not followed, for programs: its number and what it holds. */
tcprst_print tcprst_print_unfollowed_frames;

/* What was not followed, as a sentence for standard error; nothing if all was. */
tcprst_print tcprst_print_unfollowed;

/* Writes the text to standard output at once, and empties it.  False, and standard error says why,
 * if that cannot be written to. */
bool tcprst_put(GString *text);

/* The same if the text is large; what a million resets print is not kept in memory. */
void tcprst_put_large(GString *text);

#endif
