/* command_line.h - the command line of tcprst
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_COMMAND_LINE_H
#define TCPRST_COMMAND_LINE_H

#include "output.h"

struct tcprst_command_line {
    tcprst_print *print;
    bool names_files; /* there are several, or it is wanted */
    bool keeps_unfollowed; /* the frames not followed are to be printed */
    bool is_quiet;    /* says nothing of what was not followed */
};

/* Takes the options out of the command line; what is left are the program's name and the files.  Returns the status
 * to exit with, -1 if the program shall go on. */
int tcprst_command_line_read(struct tcprst_command_line *wanted, int *argc, char ***argv);

#endif
