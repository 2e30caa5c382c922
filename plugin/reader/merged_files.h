/* merged_files.h - captures of several points of the same traffic, read as one file
 *
 * As mergecap does it: frames in the order of their times, each file in its own order, and each
 * file an interface of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_MERGED_FILES_H
#define TCPRST_MERGED_FILES_H

#include "capture_file.h"
#include "merged_clocks.h"

struct tcprst_merged_files;

/* Opens a file, and those of a list that ends with NULL (NULL: none).  NULL if one of them cannot
 * be read, and then `error` says why (g_free). */
struct tcprst_merged_files *tcprst_merged_files_open(const char *name, char *const *further,
                                                     char **error);
void tcprst_merged_files_close(struct tcprst_merged_files *files);

/* From now on times are those of the first file's clock; `clocks` has one of each file,
 * borrowed. */
void tcprst_merged_files_set_clocks(struct tcprst_merged_files *files,
                                    const struct tcprst_file_clock *clocks);

/* The first one, for its progress; valid as long as the files. */
const struct tcprst_capture_file *tcprst_merged_files_first(
    const struct tcprst_merged_files *files);

/* As tcprst_capture_file_next().  The frame's number counts those of all files. */
bool tcprst_merged_files_next(struct tcprst_merged_files *files, struct tcprst_frame *frame,
                              char **error);

#endif
