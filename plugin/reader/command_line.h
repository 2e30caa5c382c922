/* command_line.h - the command line of tcprst
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_COMMAND_LINE_H
#define TCPRST_COMMAND_LINE_H

#include "live.h"
#include "output.h"

/* Exit status. */
enum {
    TCPRST_EXIT_CLEAN = 0,   /* no reset that needs attention */
    TCPRST_EXIT_TROUBLE = 1, /* there is one */
    TCPRST_EXIT_FAILED = 2,  /* a wrong command line, or a file that could not be read to its end */
};

struct tcprst_command_line {
    tcprst_print *print;
    bool names_files; /* there are several, or it is wanted */
    bool is_quiet;    /* says nothing of what was not followed, and shows no progress */
    struct tcprst_reading_options options; /* owns its filter and stand-ins */
    struct tcprst_live_options live; /* its interface is NULL if files are to be read */
};

/* Takes the options out of the command line; what is left are the program's name and the files.
 * Returns the status to exit with, -1 if the program shall go on. */
int tcprst_command_line_read(struct tcprst_command_line *wanted, int *argc, char ***argv);
void tcprst_command_line_clear(struct tcprst_command_line *wanted);

#endif
