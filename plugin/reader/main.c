/* main.c - the command tcprst: explains the TCP resets of capture files, without Wireshark's dissectors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include "capture_file.h"
#include "command_line.h"

static void put(GString *text, FILE *to) {
    fputs(text->str, to);
    g_string_truncate(text, 0);
}

static bool read_file(const struct tcprst_command_line *wanted, const char *name, GString *text) {
    struct tcprst_reading reading;
    char *error = NULL;
    bool was_opened = tcprst_reading_read(&reading, name, wanted->keeps_unfollowed, &error);
    if (error)
        fprintf(stderr, "tcprst: %s: %s\n", name, error);
    if (was_opened) {
        wanted->print(text, &reading, wanted->names_files);
        put(text, stdout);
        g_string_append(text, "tcprst: ");
        gsize prefix = text->len;
        tcprst_print_unfollowed(text, &reading, wanted->names_files);
        if (text->len > prefix && !wanted->is_quiet)
            put(text, stderr);
        g_string_truncate(text, 0);
    }
    tcprst_reading_clear(&reading);
    bool is_whole = !error;
    g_free(error);
    return is_whole;
}

int main(int argc, char **argv) {
    enum { TROUBLE_WITH_A_FILE = 2 };
    struct tcprst_command_line wanted;
    int status = tcprst_command_line_read(&wanted, &argc, &argv);
    if (status >= 0)
        return status;
    status = EXIT_SUCCESS;
    GString *text = g_string_new(NULL);
    tcprst_capture_files_begin();
    for (int i = 1; i < argc; i++)
        if (!read_file(&wanted, argv[i], text))
            status = TROUBLE_WITH_A_FILE;
    tcprst_capture_files_end();
    g_string_free(text, TRUE);
    return status;
}
