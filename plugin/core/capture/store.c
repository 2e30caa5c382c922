/* store.c - keeps what may be asked for again, the older in less room
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/store.h"

#include "core/capture/connection_table.h"
#include "core/capture/compact.h"

/* The latest connections of one sort; NULL where one has left. */
struct ring {
    struct tcprst_connection **slots;
    uint16_t size, next;
};

enum which { BEGUN, CLOSED, RINGS };

struct tcprst_store {
    struct tcprst_connection_table connections; /* owned: of each tuple its latest, packed or not */
    GPtrArray  *retired;     /* connections whose tuple was reused, kept for their events */
    GPtrArray  *events;      /* events, or where `is_packed` their packed connections */
    struct ring rings[RINGS];
    struct tcprst_models models;
    struct tcprst_race *race;
    struct tcprst_connection *taken; /* being fed: not packed meanwhile */
};

/* An entry of `events`: the lowest bit of a pointer says what it points to. */
static gpointer tag(struct tcprst_compacted *packed) {
    return (gpointer)((uintptr_t)packed | 1);
}

static bool is_tagged(gconstpointer entry) {
    return (uintptr_t)entry & 1;
}

static struct tcprst_compacted *untag(gconstpointer entry) {
    return (struct tcprst_compacted *)((uintptr_t)entry & ~(uintptr_t)1);
}

/* Packed or not. */
static void free_connection(gpointer item) {
    struct tcprst_connection *c = item;
    if (!c->is_compacted)
        tcprst_connection_clear(c);
    g_free(c);
}

static void free_event(gpointer entry) {
    if (entry && !is_tagged(entry))
        tcprst_event_free(entry);
}

struct tcprst_store *tcprst_store_new(struct tcprst_race *race) {
    struct tcprst_store *store = g_new0(struct tcprst_store, 1);
    tcprst_connection_table_init(&store->connections);
    store->retired = g_ptr_array_new_with_free_func(free_connection);
    store->events = g_ptr_array_new_with_free_func(free_event);
    store->rings[BEGUN].size = TCPRST_BEGUN_KEPT;
    store->rings[CLOSED].size = TCPRST_CLOSED_KEPT;
    store->race = race;
    return store;
}

void tcprst_store_free(struct tcprst_store *store) {
    g_ptr_array_unref(store->events); /* before the connections, which they look at */
    tcprst_connection_table_clear(&store->connections, free_connection);
    g_ptr_array_unref(store->retired);
    for (unsigned i = 0; i < RINGS; i++)
        g_free(store->rings[i].slots);
    tcprst_models_clear(&store->models);
    g_free(store);
}

void tcprst_store_keep(struct tcprst_store *store, unsigned kept) {
    for (unsigned i = 0; i < RINGS; i++)
        store->rings[i].size = (uint16_t)kept;
}

static void leave_ring(struct tcprst_store *store, struct tcprst_connection *c) {
    if (c->slot)
        store->rings[c->is_closed ? CLOSED : BEGUN].slots[c->slot - 1] = NULL;
    c->slot = 0;
}

/* Takes the place of the one that came longest ago, which is returned, or NULL. */
static struct tcprst_connection *enter_ring(struct ring *ring, struct tcprst_connection *c) {
    if (!ring->slots)
        ring->slots = g_new0(struct tcprst_connection *, ring->size);
    struct tcprst_connection *oldest = ring->slots[ring->next];
    if (oldest)
        oldest->slot = 0;
    ring->slots[ring->next] = c;
    c->slot = ++ring->next;
    ring->next %= ring->size;
    return oldest;
}

/* A connection that was packed, and its event, which owns nothing. */
static void free_pair(struct tcprst_connection *c) {
    g_free(c->event);
    g_free(c);
}

static void pack(struct tcprst_store *store, struct tcprst_connection *c) {
    if (!tcprst_can_compact(c))
        return;
    struct tcprst_compacted *packed = tcprst_compact(&store->models, c);
    tcprst_connection_table_replace(&store->connections, c, packed);
    free_pair(c);
    if (packed->event_number != UINT32_MAX)
        store->events->pdata[packed->event_number] = tag(packed);
}

/* Events, and connections that lost against it, still look at it. */
static bool is_looked_at(const struct tcprst_connection *c) {
    return c->event || c->is_winner;
}

void tcprst_store_retire(struct tcprst_store *store, struct tcprst_connection *c) {
    tcprst_connection_table_remove(&store->connections, c);
    leave_ring(store, c);
    tcprst_connection_clear(c);
    c->endpoint->open -= c->open;
    tcprst_race_forget(store->race, c);
    if (is_looked_at(c))
        g_ptr_array_add(store->retired, c);
    else
        free_connection(c);
}

/* Which has left its ring to a newer one. */
static void put_away(struct tcprst_store *store, struct tcprst_connection *oldest) {
    if (!oldest || oldest == store->taken)
        return;
    if (oldest->is_closed && !is_looked_at(oldest)) {
        tcprst_store_retire(store, oldest);
        return;
    }
    if (oldest->is_closed)
        tcprst_connection_clear(oldest);
    pack(store, oldest);
}

static struct tcprst_connection *unpack(struct tcprst_store *store, struct tcprst_compacted *packed) {
    uint32_t number = packed->event_number;
    struct tcprst_connection *c = tcprst_expand(&store->models, packed);
    tcprst_connection_table_replace(&store->connections, packed, c);
    g_free(packed);
    if (c->event)
        store->events->pdata[number] = c->event;
    put_away(store, enter_ring(&store->rings[c->is_closed ? CLOSED : BEGUN], c));
    return c;
}

struct tcprst_connection *tcprst_store_find(struct tcprst_store *store, const struct tcprst_tuple *tuple) {
    struct tcprst_connection *found = tcprst_connection_table_find(&store->connections, tuple);
    return found && found->is_compacted ? unpack(store, (struct tcprst_compacted *)found) : found;
}

struct tcprst_connection *tcprst_store_take(struct tcprst_store *store, const struct tcprst_tuple *tuple) {
    store->taken = NULL;
    store->taken = tcprst_store_find(store, tuple);
    return store->taken;
}

struct tcprst_connection *tcprst_store_begin(struct tcprst_store *store, const struct tcprst_tuple *tuple,
                                             unsigned src_index, const struct tcprst_segment *first) {
    struct tcprst_connection *c = g_new(struct tcprst_connection, 1);
    tcprst_connection_begin(c, tuple, src_index, first);
    tcprst_connection_table_add(&store->connections, c);
    store->taken = c;
    put_away(store, enter_ring(&store->rings[BEGUN], c));
    return c;
}

void tcprst_store_close(struct tcprst_store *store, struct tcprst_connection *c) {
    if (c->is_closed)
        return;
    leave_ring(store, c);
    c->is_closed = true;
    put_away(store, enter_ring(&store->rings[CLOSED], c));
}

unsigned tcprst_store_connections(const struct tcprst_store *store) {
    return store->connections.used + store->retired->len;
}

void tcprst_store_add_event(struct tcprst_store *store, struct tcprst_event *e) {
    e->number = store->events->len;
    g_ptr_array_add(store->events, e);
}

struct tcprst_event *tcprst_store_event(struct tcprst_store *store, uint32_t number) {
    gpointer entry = g_ptr_array_index(store->events, number);
    return is_tagged(entry) ? unpack(store, untag(entry))->event : entry;
}

uint32_t tcprst_store_events(const struct tcprst_store *store) {
    return store->events->len;
}
