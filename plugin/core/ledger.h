/* ledger.h - which frames began a connection, answered one, or reset one: what statistics count
 *
 * A line each, in file order, so that a frame's lines are found again when it is shown or filtered later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_LEDGER_H
#define TCPRST_LEDGER_H

#include "event.h"

enum tcprst_entry_kind {
    TCPRST_BEGUN,     /* the first segment of a connection */
    TCPRST_ANSWERED,  /* it was served (TCPRST_SERVED) */
    TCPRST_WAS_RESET, /* the first RST of an event */
};

struct tcprst_entry {
    union {
        const struct tcprst_endpoint *endpoint;
        const struct tcprst_event *event; /* of TCPRST_WAS_RESET */
    };
    struct tcprst_address client;
    uint32_t frame;
    enum tcprst_entry_kind kind;
};

/* An empty one: a GArray of struct tcprst_entry. */
GArray *tcprst_ledger_new(void);

void tcprst_ledger_add(GArray *ledger, enum tcprst_entry_kind kind, const struct tcprst_endpoint *endpoint,
                       const struct tcprst_address *client, uint32_t frame);
void tcprst_ledger_add_reset(GArray *ledger, const struct tcprst_event *event);

/* Index of the first entry of `frame` or of one behind it; the length if there is none. */
guint tcprst_ledger_find(const GArray *ledger, uint32_t frame);

const struct tcprst_endpoint *tcprst_entry_endpoint(const struct tcprst_entry *entry);

#endif
