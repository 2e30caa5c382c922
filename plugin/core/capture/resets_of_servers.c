/* resets_of_servers.c - links each reset in the log to the latest one before it of its server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/resets_of_servers.h"

struct tcprst_resets_of_servers {
    GArray *beside; /* struct tcprst_reset_neighbours, by the number of the reset */
};

struct tcprst_resets_of_servers *tcprst_resets_of_servers_new(void) {
    struct tcprst_resets_of_servers *resets = g_new0(struct tcprst_resets_of_servers, 1);
    resets->beside = g_array_new(FALSE, TRUE, sizeof(struct tcprst_reset_neighbours));
    return resets;
}

void tcprst_resets_of_servers_free(struct tcprst_resets_of_servers *resets) {
    g_array_unref(resets->beside);
    g_free(resets);
}

/* `latest`: of each endpoint, by its number, the latest line with a reset; NULL: none yet. */
static void link_reset(GArray *beside, GPtrArray *latest, const struct tcprst_line *line) {
    struct tcprst_reset_neighbours *of = (struct tcprst_reset_neighbours *)beside->data;
    if (line->client >= latest->len)
        g_ptr_array_set_size(latest, (gint)line->client + 1);
    const struct tcprst_line *previous = latest->pdata[line->client];
    if (previous) {
        of[line->subject].previous = previous->frame;
        of[previous->subject].next = line->frame;
    }
    latest->pdata[line->client] = (gpointer)line;
}

static void find(GArray *beside, const struct tcprst_statistics_log *log, uint32_t count) {
    GPtrArray *latest = g_ptr_array_new();
    g_array_set_size(beside, 0);
    g_array_set_size(beside, count);
    for (guint i = 0; i < log->lines->len; i++) {
        const struct tcprst_line *line = tcprst_statistics_log_line(log, i);
        if (line->kind == TCPRST_WAS_RESET)
            link_reset(beside, latest, line);
    }
    g_ptr_array_unref(latest);
}

struct tcprst_reset_neighbours tcprst_resets_of_servers_beside(
    struct tcprst_resets_of_servers *resets, const struct tcprst_statistics_log *log,
    uint32_t count, uint32_t number) {
    if (resets->beside->len != count)
        find(resets->beside, log, count);
    return g_array_index(resets->beside, struct tcprst_reset_neighbours, number);
}
