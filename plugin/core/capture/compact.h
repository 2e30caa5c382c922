/* compact.h - a connection that nothing looks at for now, in few bytes: with its reset if it has
 * one, its latest segments, and the server's endpoint if no other connection has it
 *
 * Connections resemble each other, so only the bytes are kept in which one differs from a model of
 * its kind, times, frames and sequence numbers counted from its own first ones.  Nothing is lost:
 * unpacking gives back every byte.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_COMPACT_H
#define TCPRST_CAPTURE_COMPACT_H

#include "core/packet/pool.h"
#include "core/reset/event.h"

/* What is packed with the connection. */
enum {
    TCPRST_HOLDS_EVENT    = 1 << 0,
    TCPRST_HOLDS_ENDPOINT = 1 << 1,
    TCPRST_HOLDS_RUN      = 1 << 2, /* the endpoint's only one */
    TCPRST_HOLDS_RECENT   = 1 << 3,
    TCPRST_HOLDS_ANSWERS  = 1 << 4, /* the endpoint's */
    TCPRST_HOLDS_END      = 1 << 5,
};

/* Begins as a struct tcprst_connection does, so that both can be in one table. */
struct tcprst_compacted {
    struct tcprst_tuple tuple;
    bool     is_compacted;    /* true */
    uint8_t  client_index : 1;
    uint8_t  is_retired : 1; /* for store.c */
    uint8_t  may_be_silent : 1; /* reset/silence.h */
    uint8_t  holds;        /* TCPRST_HOLDS_ */
    uint8_t  stage;        /* of its reset */
    /* of its reset, if it has one, else its number among the silent ones, from 1 */
    uint32_t event_number;
    uint32_t base_frame;
    int64_t  base_ns;
    uint8_t  bytes[];
};

/* store.c has pointers to packed connections among others: their lowest bit says so. */
static inline gpointer tag(struct tcprst_compacted *packed) {
    return (gpointer)((uintptr_t)packed | 1);
}

static inline bool is_tagged(gconstpointer entry) {
    return (uintptr_t)entry & 1;
}

static inline struct tcprst_compacted *untag(gconstpointer entry) {
    return (struct tcprst_compacted *)((uintptr_t)entry & ~(uintptr_t)1);
}

enum { TCPRST_STAGES_PACKED = TCPRST_MIDSTREAM + 1 };

/* The first connection that was packed of each kind is its model. */
struct tcprst_models {
    void *of_kind[TCPRST_HOLDS_END][TCPRST_STAGES_PACKED]; /* NULL: none yet */
};

void tcprst_models_clear(struct tcprst_models *models);

/* True if nobody else points to the connection or its event, and what they own is simple. */
bool tcprst_can_compact(const struct tcprst_connection *connection);

/* What connections, their events and endpoints are taken from, unless they are packed. */
struct tcprst_pools {
    struct tcprst_pool connections, events, endpoints;
};

/* A packed copy of the connection and what belongs to it, to be freed with g_free.  The original
 * is left to tcprst_free_packed_original(). */
struct tcprst_compacted *tcprst_compact(struct tcprst_models *models,
                                        const struct tcprst_connection *connection);
void tcprst_free_packed_original(struct tcprst_pools *pools, struct tcprst_connection *connection,
                                 const struct tcprst_compacted *packed);

/* A connection as it was, with its event, the one with `event_number`, and its endpoint, if that
 * was packed. */
struct tcprst_connection *tcprst_expand(struct tcprst_pools *pools,
                                        const struct tcprst_models *models,
                                        const struct tcprst_compacted *packed);

#endif
