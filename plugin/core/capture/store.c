/* store.c - keeps what may be asked for again, the older in less room
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/store.h"

#include "core/packet/hash.h"
#include "core/capture/compact.h"

/* The latest connections of one sort; NULL where one has left. */
struct ring {
    struct tcprst_connection **slots;
    uint16_t size, next;
};

enum which { BEGUN, CLOSED, RINGS };

struct tcprst_shelf {
    GHashTable *connections; /* of each tuple, packed or not; key is its tuple */
    GPtrArray  *retired;     /* connections whose tuple was reused, kept for their events */
    GPtrArray  *events;      /* events, or where `is_packed` their packed connections */
    struct ring rings[RINGS];
    struct tcprst_models models;
    struct tcprst_race *race;
    struct tcprst_connection *taken; /* being fed: not packed meanwhile */
};

/* An entry of `events`: the lowest bit of a pointer says what it points to. */
static gpointer tag(struct tcprst_packed *packed) {
    return (gpointer)((uintptr_t)packed | 1);
}

static bool is_tagged(gconstpointer entry) {
    return (uintptr_t)entry & 1;
}

static struct tcprst_packed *untag(gconstpointer entry) {
    return (struct tcprst_packed *)((uintptr_t)entry & ~(uintptr_t)1);
}

/* Packed or not. */
static void free_connection(gpointer item) {
    struct tcprst_connection *c = item;
    if (!c->is_packed)
        tcprst_connection_clear(c);
    g_free(c);
}

static void free_event(gpointer entry) {
    if (entry && !is_tagged(entry))
        tcprst_event_free(entry);
}

struct tcprst_shelf *tcprst_shelf_new(struct tcprst_race *race) {
    struct tcprst_shelf *shelf = g_new0(struct tcprst_shelf, 1);
    shelf->connections =
        g_hash_table_new_full(tcprst_hash_tuple, tcprst_equal_tuple, NULL, free_connection);
    shelf->retired = g_ptr_array_new_with_free_func(free_connection);
    shelf->events = g_ptr_array_new_with_free_func(free_event);
    shelf->rings[BEGUN].size = TCPRST_BEGUN_KEPT;
    shelf->rings[CLOSED].size = TCPRST_CLOSED_KEPT;
    shelf->race = race;
    return shelf;
}

void tcprst_shelf_free(struct tcprst_shelf *shelf) {
    g_ptr_array_unref(shelf->events); /* before the connections, which they look at */
    g_hash_table_unref(shelf->connections);
    g_ptr_array_unref(shelf->retired);
    for (unsigned i = 0; i < RINGS; i++)
        g_free(shelf->rings[i].slots);
    tcprst_models_clear(&shelf->models);
    g_free(shelf);
}

void tcprst_shelf_keep(struct tcprst_shelf *shelf, unsigned kept) {
    for (unsigned i = 0; i < RINGS; i++)
        shelf->rings[i].size = (uint16_t)kept;
}

static void leave_ring(struct tcprst_shelf *shelf, struct tcprst_connection *c) {
    if (c->slot)
        shelf->rings[c->is_closed ? CLOSED : BEGUN].slots[c->slot - 1] = NULL;
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

static void pack(struct tcprst_shelf *shelf, struct tcprst_connection *c) {
    if (!tcprst_can_pack(c))
        return;
    g_hash_table_steal(shelf->connections, c);
    struct tcprst_packed *packed = tcprst_pack(&shelf->models, c);
    g_hash_table_add(shelf->connections, packed);
    if (packed->event_number != UINT32_MAX)
        shelf->events->pdata[packed->event_number] = tag(packed);
}

/* Events, and connections that lost against it, still look at it. */
static bool is_looked_at(const struct tcprst_connection *c) {
    return c->event || c->is_winner;
}

void tcprst_shelf_retire(struct tcprst_shelf *shelf, struct tcprst_connection *c) {
    g_hash_table_steal(shelf->connections, c);
    leave_ring(shelf, c);
    tcprst_connection_clear(c);
    c->endpoint->open -= c->open;
    tcprst_race_forget(shelf->race, c);
    if (is_looked_at(c))
        g_ptr_array_add(shelf->retired, c);
    else
        free_connection(c);
}

/* Which has left its ring to a newer one. */
static void put_away(struct tcprst_shelf *shelf, struct tcprst_connection *oldest) {
    if (!oldest || oldest == shelf->taken)
        return;
    if (oldest->is_closed && !is_looked_at(oldest)) {
        tcprst_shelf_retire(shelf, oldest);
        return;
    }
    if (oldest->is_closed)
        tcprst_connection_clear(oldest);
    pack(shelf, oldest);
}

static struct tcprst_connection *unpack(struct tcprst_shelf *shelf, struct tcprst_packed *packed) {
    uint32_t number = packed->event_number;
    g_hash_table_steal(shelf->connections, packed);
    struct tcprst_connection *c = tcprst_unpack(&shelf->models, packed);
    g_hash_table_add(shelf->connections, c);
    if (c->event)
        shelf->events->pdata[number] = c->event;
    put_away(shelf, enter_ring(&shelf->rings[c->is_closed ? CLOSED : BEGUN], c));
    return c;
}

struct tcprst_connection *tcprst_shelf_find(struct tcprst_shelf *shelf, const struct tcprst_tuple *tuple) {
    struct tcprst_connection *found = g_hash_table_lookup(shelf->connections, tuple);
    return found && found->is_packed ? unpack(shelf, (struct tcprst_packed *)found) : found;
}

struct tcprst_connection *tcprst_shelf_take(struct tcprst_shelf *shelf, const struct tcprst_tuple *tuple) {
    shelf->taken = NULL;
    shelf->taken = tcprst_shelf_find(shelf, tuple);
    return shelf->taken;
}

struct tcprst_connection *tcprst_shelf_begin(struct tcprst_shelf *shelf, const struct tcprst_segment *first) {
    struct tcprst_connection *c = g_new(struct tcprst_connection, 1);
    tcprst_connection_begin(c, first);
    g_hash_table_add(shelf->connections, c);
    shelf->taken = c;
    put_away(shelf, enter_ring(&shelf->rings[BEGUN], c));
    return c;
}

void tcprst_shelf_close(struct tcprst_shelf *shelf, struct tcprst_connection *c) {
    if (c->is_closed)
        return;
    leave_ring(shelf, c);
    c->is_closed = true;
    put_away(shelf, enter_ring(&shelf->rings[CLOSED], c));
}

unsigned tcprst_shelf_connections(const struct tcprst_shelf *shelf) {
    return g_hash_table_size(shelf->connections) + shelf->retired->len;
}

void tcprst_shelf_add_event(struct tcprst_shelf *shelf, struct tcprst_event *e) {
    e->number = shelf->events->len;
    g_ptr_array_add(shelf->events, e);
}

struct tcprst_event *tcprst_shelf_event(struct tcprst_shelf *shelf, uint32_t number) {
    gpointer entry = g_ptr_array_index(shelf->events, number);
    return is_tagged(entry) ? unpack(shelf, untag(entry))->event : entry;
}

uint32_t tcprst_shelf_events(const struct tcprst_shelf *shelf) {
    return shelf->events->len;
}
