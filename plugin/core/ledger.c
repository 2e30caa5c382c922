/* ledger.c - which frames began a connection, answered one, or reset one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ledger.h"

GArray *tcprst_ledger_new(void) {
    return g_array_new(FALSE, FALSE, sizeof(struct tcprst_entry));
}

void tcprst_ledger_add(GArray *ledger, enum tcprst_entry_kind kind, const struct tcprst_endpoint *endpoint,
                       const struct tcprst_address *client, uint32_t frame) {
    const struct tcprst_entry entry = {.endpoint = endpoint, .client = *client, .frame = frame, .kind = kind};
    g_array_append_val(ledger, entry);
}

void tcprst_ledger_add_reset(GArray *ledger, const struct tcprst_event *event) {
    const struct tcprst_entry entry = {
        .event = event,
        .client = event->client->address,
        .frame = event->frame,
        .kind = TCPRST_WAS_RESET,
    };
    g_array_append_val(ledger, entry);
}

guint tcprst_ledger_find(const GArray *ledger, uint32_t frame) {
    guint low = 0, high = ledger->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(ledger, struct tcprst_entry, middle).frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct tcprst_endpoint *tcprst_entry_endpoint(const struct tcprst_entry *entry) {
    return entry->kind == TCPRST_WAS_RESET ? entry->event->connection->endpoint : entry->endpoint;
}
