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

struct tcprst_compacted {
    int64_t  base_ns;
    uint32_t base_frame;
    /* of its reset, if it has one, else its number among the silent ones, from 1 */
    uint32_t event_number;
    uint16_t size;           /* bytes of all of it */
    uint8_t  holds;          /* TCPRST_HOLDS_ */
    uint8_t  stage : 4;      /* of its reset */
    uint8_t  client_index : 1;
    uint8_t  is_ipv4 : 1;    /* both addresses, of which only the last bytes are kept */
    uint8_t  may_be_silent : 1; /* reset/silence.h */
    uint8_t  is_half_open : 1;
    uint8_t  bytes[];        /* ports and addresses, and where the rest differs from the model */
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

/* The first connection that was packed of each kind is its model. */
struct tcprst_models {
    void *of_kind[TCPRST_HOLDS_END][TCPRST_STAGES]; /* NULL: none yet */
};

void tcprst_models_clear(struct tcprst_models *models);

/* True if nobody else points to the connection or its event, and what they own is simple. */
bool tcprst_can_compact(const struct tcprst_connection *connection);

/* Sizes of packed connections, in words of 8 bytes. */
enum { TCPRST_COMPACTED_SIZES = 512 };

/* What connections, their events and endpoints are taken from, and packed ones of each size. */
struct tcprst_pools {
    struct tcprst_pool connections, events, endpoints;
    struct tcprst_pool compacted[TCPRST_COMPACTED_SIZES];
};

void tcprst_pools_init(struct tcprst_pools *pools);
void tcprst_pools_clear(struct tcprst_pools *pools);

struct tcprst_tuple tcprst_compacted_tuple(const struct tcprst_compacted *packed);

/* A packed copy of the connection and what belongs to it, from the pools.  The original is left to
 * tcprst_free_packed_original(). */
struct tcprst_compacted *tcprst_compact(struct tcprst_pools *pools, struct tcprst_models *models,
                                        const struct tcprst_connection *connection);
void tcprst_free_packed_original(struct tcprst_pools *pools, struct tcprst_connection *connection,
                                 const struct tcprst_compacted *packed);

/* A connection as it was, with its event, the one with `event_number`, and its endpoint, if that
 * was packed.  The packed one is given back. */
struct tcprst_connection *tcprst_expand(struct tcprst_pools *pools,
                                        const struct tcprst_models *models,
                                        struct tcprst_compacted *packed);

#endif
