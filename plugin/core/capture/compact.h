/* compact.h - a connection that nothing looks at for now, with its reset if it has one, in few bytes
 *
 * Connections resemble each other, so only the bytes are kept in which one differs from a model of its kind.
 * Nothing is lost: unpacking gives back every byte.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_COMPACT_H
#define TCPRST_CAPTURE_COMPACT_H

#include "core/reset/event.h"

/* Begins as a struct tcprst_connection does, so that both can be in one table. */
struct tcprst_compacted {
    struct tcprst_tuple tuple;
    bool     is_compacted;    /* true */
    uint8_t  kind;
    uint32_t event_number; /* of its reset; UINT32_MAX: it has none */
    uint8_t  bytes[];
};

/* A model for each stage that a reset came at, and one for connections without. */
enum { TCPRST_COMPACTED_KINDS = TCPRST_MIDSTREAM + 2 };

struct tcprst_models {
    void *of_kind[TCPRST_COMPACTED_KINDS]; /* NULL until the first of that kind was packed, which is its model */
};

void tcprst_models_clear(struct tcprst_models *models);

/* True if nobody else points to the connection or its event, and what they own is simple. */
bool tcprst_can_compact(const struct tcprst_connection *connection);

/* A packed copy of the connection and its event, to be freed with g_free. */
struct tcprst_compacted *tcprst_compact(struct tcprst_models *models, const struct tcprst_connection *connection);

/* A connection as it was, with its event, the one with `event_number`. */
struct tcprst_connection *tcprst_expand(const struct tcprst_models *models, const struct tcprst_compacted *packed);

#endif
