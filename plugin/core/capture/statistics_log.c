/* statistics_log.c - which frames began a connection, answered one, or reset one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/statistics_log.h"

#include <string.h>

enum { SUBJECT_MASK = 0x1fffffff };

void tcprst_statistics_log_init(struct tcprst_statistics_log *l) {
    l->lines = g_array_new(FALSE, FALSE, sizeof(struct tcprst_line));
    l->clients = g_array_new(FALSE, FALSE, sizeof(struct tcprst_address));
}

void tcprst_statistics_log_clear(struct tcprst_statistics_log *l) {
    g_array_unref(l->lines);
    g_array_unref(l->clients);
}

void tcprst_statistics_log_add(struct tcprst_statistics_log *l, enum tcprst_entry_kind kind,
                       const struct tcprst_endpoint *endpoint, const struct tcprst_address *client,
                       uint32_t frame) {
    struct tcprst_line line = {
        .frame = frame, .subject = endpoint->number & SUBJECT_MASK, .kind = kind & 3u};
    line.is_long = !tcprst_is_ipv4(client);
    if (line.is_long) {
        line.client = l->clients->len;
        g_array_append_val(l->clients, *client);
    } else {
        memcpy(&line.client, client->bytes + TCPRST_MAPPED_PREFIX_BYTES, sizeof line.client);
    }
    g_array_append_val(l->lines, line);
}

void tcprst_statistics_log_add_reset(struct tcprst_statistics_log *l,
                                     const struct tcprst_event *event) {
    const struct tcprst_line line = {
        .frame = event->frame,
        .subject = event->number & SUBJECT_MASK,
        .kind = TCPRST_WAS_RESET,
        .client = event->connection->endpoint->number,
    };
    g_array_insert_val(l->lines, tcprst_statistics_log_find(l, event->frame + 1), line);
}

void tcprst_statistics_log_move_reset(struct tcprst_statistics_log *l, uint32_t frame,
                                      const struct tcprst_event *event) {
    const uint32_t number = event->number & SUBJECT_MASK;
    for (guint i = tcprst_statistics_log_find(l, frame); i < l->lines->len; i++) {
        const struct tcprst_line *line = tcprst_statistics_log_line(l, i);
        if (line->kind != TCPRST_WAS_RESET || line->subject != number)
            continue;
        g_array_remove_index(l->lines, i);
        tcprst_statistics_log_add_reset(l, event);
        return;
    }
}

guint tcprst_statistics_log_find(const struct tcprst_statistics_log *l, uint32_t frame) {
    guint low = 0, high = l->lines->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (tcprst_statistics_log_line(l, middle)->frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct tcprst_line *tcprst_statistics_log_line(const struct tcprst_statistics_log *l,
                                                     guint index) {
    return &g_array_index(l->lines, struct tcprst_line, index);
}

struct tcprst_address tcprst_statistics_log_client(const struct tcprst_statistics_log *l,
                                                   const struct tcprst_line *line) {
    if (line->is_long)
        return g_array_index(l->clients, struct tcprst_address, line->client);
    return tcprst_address_of_ipv4(&line->client);
}
