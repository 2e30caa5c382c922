/* merged_files.c - takes the earliest of the files' next frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "merged_files.h"

#include <glib.h>

struct source {
    struct tcprst_capture_file *file;
    struct tcprst_frame next; /* if has_next; its bytes are valid until the file is read on */
    bool has_next, has_ended;
};

struct tcprst_merged_files {
    struct source *sources;
    unsigned count;
    uint32_t frames;
    const struct tcprst_file_clock *clocks; /* NULL: all are right */
};

static bool open_next(struct tcprst_merged_files *files, const char *name, char **error) {
    char *reason = NULL;
    struct tcprst_capture_file *file = tcprst_capture_file_open(name, &reason);
    if (!file) {
        *error = files->count ? g_strdup_printf("%s: %s", name, reason) : g_strdup(reason);
        g_free(reason);
        return false;
    }
    files->sources[files->count++].file = file;
    return true;
}

struct tcprst_merged_files *tcprst_merged_files_open(const char *name, char *const *further,
                                                     char **error) {
    struct tcprst_merged_files *files = g_new0(struct tcprst_merged_files, 1);
    files->sources = g_new0(struct source, 1 + (further ? g_strv_length((char **)further) : 0));
    bool is_open = open_next(files, name, error);
    for (; is_open && further && *further; further++)
        is_open = open_next(files, *further, error);
    if (is_open)
        return files;
    tcprst_merged_files_close(files);
    return NULL;
}

void tcprst_merged_files_close(struct tcprst_merged_files *files) {
    for (unsigned i = 0; i < files->count; i++)
        tcprst_capture_file_close(files->sources[i].file);
    g_free(files->sources);
    g_free(files);
}

void tcprst_merged_files_set_clocks(struct tcprst_merged_files *files,
                                    const struct tcprst_file_clock *clocks) {
    files->clocks = clocks;
}

const struct tcprst_capture_file *tcprst_merged_files_first(
    const struct tcprst_merged_files *files) {
    return files->sources[0].file;
}

/* The first interface of each file has the file's number, further ones follow. */
static void set_interface(const struct tcprst_merged_files *files, unsigned file,
                          struct tcprst_frame *frame) {
    uint32_t *interface = &frame->layer.interface;
    *interface = *interface ? files->count * *interface + file : file;
}

/* False if a file ends because it is damaged. */
static bool fill(struct tcprst_merged_files *files, char **error) {
    for (unsigned i = 0; i < files->count; i++) {
        struct source *source = &files->sources[i];
        if (source->has_next || source->has_ended)
            continue;
        source->has_next = tcprst_capture_file_next(source->file, &source->next, error);
        source->has_ended = !source->has_next;
        if (source->has_next)
            set_interface(files, i, &source->next);
        if (source->has_next && files->clocks)
            source->next.time_ns =
                tcprst_file_clock_set(&files->clocks[i], source->next.time_ns);
        if (*error)
            return false;
    }
    return true;
}

bool tcprst_merged_files_next(struct tcprst_merged_files *files, struct tcprst_frame *frame,
                              char **error) {
    struct source *earliest = NULL;
    *error = NULL;
    if (files->count == 1)
        return tcprst_capture_file_next(files->sources[0].file, frame, error);
    if (!fill(files, error))
        return false;
    for (unsigned i = 0; i < files->count; i++) {
        struct source *source = &files->sources[i];
        if (source->has_next && (!earliest || source->next.time_ns < earliest->next.time_ns))
            earliest = source;
    }
    if (!earliest)
        return false;
    *frame = earliest->next;
    frame->number = ++files->frames;
    earliest->has_next = false;
    return true;
}
