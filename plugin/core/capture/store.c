/* store.c - keeps what may be asked for again, the older in less room
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/store.h"

#include "core/packet/table.h"
#include "core/capture/compact.h"
#include "core/capture/points.h"
#include "core/reset/silence.h"

/* The latest connections of one sort; NULL where one has left. */
struct ring {
    struct tcprst_connection **slots;
    uint16_t size, next;
};

enum which { BEGUN, RESET, CLOSED, RINGS };

struct tcprst_store {
    struct tcprst_pools pools;       /* memory of what is below */
    struct tcprst_table connections; /* of each tuple its latest, packed where `is_tagged` */
    /* owned, or where `is_tagged` the packed connection that holds it */
    struct tcprst_table endpoints;
    GPtrArray *endpoints_by_number;  /* the same entries */
    /* owned, or where `is_tagged` the packed connection that holds it */
    GPtrArray *events;
    /* owned: connections whose tuple was reused, with several events */
    GPtrArray *retired;
    /* number of the others: their only event leads to them, or they are in `silent` */
    guint retired_with_event;
    uint32_t begun;
    /* of connections that may be silent: borrowed, or where `is_tagged` the packed one; NULL: it is
     * none any more.  Owned if `is_retired` */
    GPtrArray *silent;
    struct ring rings[RINGS];
    struct tcprst_models models;
    struct tcprst_race *race;
    struct tcprst_points *points;
    struct tcprst_connection *taken; /* in the caller's hands: not packed meanwhile */
};

/* Of what is packed, and of the rest itself, the pools are the owners. */
static void clear_connection(gpointer entry) {
    if (is_tagged(entry))
        return;
    struct tcprst_connection *c = entry;
    tcprst_sights_free(c->sights);
}

static void clear_endpoint(gpointer entry) {
    if (!is_tagged(entry))
        tcprst_endpoint_clear(entry);
}

/* A retired connection with it, if the event alone leads to that. */
static void clear_event(gpointer entry) {
    if (is_tagged(entry))
        return;
    struct tcprst_event *e = entry;
    struct tcprst_connection *c = e->connection->is_retired ? e->connection : NULL;
    tcprst_event_clear(e);
    if (c)
        clear_connection(c);
}

static void free_retired_silent(struct tcprst_store *store) {
    for (guint i = 0; i < store->silent->len; i++) {
        gpointer entry = store->silent->pdata[i];
        if (entry && !is_tagged(entry) && ((struct tcprst_connection *)entry)->is_retired)
            clear_connection(entry);
    }
    g_ptr_array_unref(store->silent);
}

struct tcprst_store *tcprst_store_new(struct tcprst_race *race, struct tcprst_points *points) {
    struct tcprst_store *store = g_new0(struct tcprst_store, 1);
    tcprst_pools_init(&store->pools);
    tcprst_table_init(&store->connections);
    tcprst_table_init(&store->endpoints);
    store->endpoints_by_number = g_ptr_array_new();
    store->retired = g_ptr_array_new_with_free_func(clear_connection);
    store->events = g_ptr_array_new_with_free_func(clear_event);
    store->silent = g_ptr_array_new();
    store->rings[BEGUN].size = TCPRST_BEGUN_KEPT;
    store->rings[RESET].size = TCPRST_RESET_KEPT;
    store->rings[CLOSED].size = TCPRST_CLOSED_KEPT;
    store->race = race;
    store->points = points;
    return store;
}

void tcprst_store_free(struct tcprst_store *store) {
    g_ptr_array_unref(store->events); /* before the connections, which they look at */
    free_retired_silent(store);
    tcprst_table_clear(&store->connections, clear_connection);
    g_ptr_array_unref(store->retired);
    tcprst_table_clear(&store->endpoints, clear_endpoint);
    g_ptr_array_unref(store->endpoints_by_number);
    for (unsigned i = 0; i < RINGS; i++)
        g_free(store->rings[i].slots);
    tcprst_models_clear(&store->models);
    tcprst_pools_clear(&store->pools);
    g_free(store);
}

void tcprst_store_keep(struct tcprst_store *store, unsigned kept) {
    for (unsigned i = 0; i < RINGS; i++)
        store->rings[i].size = (uint16_t)kept;
}

static void leave_ring(struct tcprst_store *store, struct tcprst_connection *c) {
    if (c->slot)
        store->rings[c->ring].slots[c->slot - 1] = NULL;
    c->slot = 0;
}

/* Takes the place of the one that came longest ago, which is returned, or NULL. */
static struct tcprst_connection *enter_ring(struct tcprst_store *store,
                                            struct tcprst_connection *c) {
    c->ring = !c->is_closed ? BEGUN : c->event ? RESET : CLOSED;
    struct ring *ring = &store->rings[c->ring];
    if (!ring->slots)
        ring->slots = g_new0(struct tcprst_connection *, ring->size);
    struct tcprst_connection *oldest = ring->slots[ring->next];
    if (oldest)
        oldest->slot = 0;
    ring->slots[ring->next] = c;
    c->is_used = false;
    c->slot = ++ring->next;
    ring->next %= ring->size;
    return oldest;
}

/* Puts `to` for `from` wherever the endpoint is looked up. */
static void replace_endpoint(struct tcprst_store *store, const struct tcprst_endpoint *named,
                             gpointer from, gpointer to) {
    store->endpoints_by_number->pdata[named->number] = to;
    tcprst_table_replace(&store->endpoints, tcprst_hash_endpoint(named), from, to);
}

/* A reset tells more, and a forgotten connection nothing. */
static void forget_silence(struct tcprst_store *store, struct tcprst_connection *c) {
    if (c->silence)
        store->silent->pdata[c->silence - 1] = NULL;
    c->silence = 0;
}

static void pack(struct tcprst_store *store, struct tcprst_connection *c) {
    tcprst_points_drop(store->points, c);
    if (!tcprst_can_compact(c) || tcprst_race_holds(store->race, c))
        return;
    if (c->event)
        forget_silence(store, c);
    struct tcprst_compacted *packed = tcprst_compact(&store->pools, &store->models, c);
    if (!c->is_retired)
        tcprst_table_replace(&store->connections, tcprst_hash_tuple(&c->tuple), c, tag(packed));
    if (c->event)
        store->events->pdata[c->event->number] = tag(packed);
    else if (c->silence)
        store->silent->pdata[c->silence - 1] = tag(packed);
    if (packed->holds & TCPRST_HOLDS_ENDPOINT)
        replace_endpoint(store, c->endpoint, c->endpoint, tag(packed));
    tcprst_free_packed_original(&store->pools, c, packed);
}

/* Events, connections that lost against it, and callers still look at it. */
static bool is_looked_at(const struct tcprst_connection *c) {
    return c->event || c->is_winner || c->is_held || tcprst_sights_hold_reset(c->sights);
}

static void number_silent(struct tcprst_store *store, uint32_t *number, gpointer entry) {
    if (*number)
        return;
    g_ptr_array_add(store->silent, entry);
    *number = store->silent->len;
}

/* Its tuple is used again or both sides have closed it, so it stays unanswered. */
static bool stays_silent(const struct tcprst_connection *c) {
    return !c->is_winner && tcprst_may_be_silent(c) &&
           (c->side[0].repetition.frame || c->side[1].repetition.frame ||
            tcprst_connection_gave_up(c));
}

/* It is reached by its number only. */
static void retire_silent(struct tcprst_store *store, struct tcprst_connection *c) {
    number_silent(store, &c->silence, c);
    store->retired_with_event++;
    c->is_retired = true;
    pack(store, c);
}

void tcprst_store_retire(struct tcprst_store *store, struct tcprst_connection *c) {
    tcprst_table_remove(&store->connections, tcprst_hash_tuple(&c->tuple), c);
    leave_ring(store, c);
    c->endpoint->open -= c->open;
    c->open = false;
    tcprst_race_forget(store->race, c);
    store->taken = NULL;
    tcprst_points_drop(store->points, c);
    c->is_closed |= c->sights != NULL; /* reset, as another point saw: it enters no ring again */
    if (!c->event && !c->sights && (c->is_held || stays_silent(c))) {
        retire_silent(store, c);
        return;
    }
    c->recent = NULL;
    forget_silence(store, c);
    if (!is_looked_at(c)) {
        tcprst_pool_give_back(&store->pools.connections, c);
        return;
    }
    if (!c->event || !c->event->is_only || c->sights) {
        g_ptr_array_add(store->retired, c);
        return;
    }
    store->retired_with_event++;
    c->is_retired = true;
    pack(store, c);
}

/* How many of those in use are passed over to find one that rests.  Never all: what was just put at
 * hand stays. */
enum { PASSED_OVER = 4 };

/* Which has left its ring to a newer one. */
static void put_away(struct tcprst_store *store, struct tcprst_connection *oldest) {
    const unsigned most = MIN(PASSED_OVER, store->rings[BEGUN].size - 1u);
    for (unsigned i = 0; oldest && !oldest->is_closed && oldest->is_used && i < most; i++)
        oldest = enter_ring(store, oldest);
    if (!oldest || oldest == store->taken)
        return;
    if (oldest->is_closed && !is_looked_at(oldest) && !oldest->is_retired) {
        struct tcprst_connection *taken = store->taken;
        tcprst_store_retire(store, oldest);
        store->taken = taken;
        return;
    }
    if (oldest->is_closed)
        oldest->recent = NULL;
    pack(store, oldest);
}

static struct tcprst_connection *unpack(struct tcprst_store *store,
                                        struct tcprst_compacted *packed) {
    const bool holds_endpoint = packed->holds & TCPRST_HOLDS_ENDPOINT;
    struct tcprst_connection *c = tcprst_expand(&store->pools, &store->models, packed);
    if (!c->is_retired)
        tcprst_table_replace(&store->connections, tcprst_hash_tuple(&c->tuple), tag(packed), c);
    if (c->event)
        store->events->pdata[c->event->number] = c->event;
    else if (c->silence)
        store->silent->pdata[c->silence - 1] = c;
    if (holds_endpoint)
        replace_endpoint(store, c->endpoint, tag(packed), c->endpoint);
    put_away(store, enter_ring(store, c));
    return c;
}

static gboolean is_connection_of(gconstpointer entry, gconstpointer tuple) {
    if (!is_tagged(entry))
        return tcprst_equal_tuple(entry, tuple);
    const struct tcprst_tuple packed = tcprst_compacted_tuple(untag(entry));
    return tcprst_equal_tuple(&packed, tuple);
}

struct tcprst_connection *tcprst_store_find(struct tcprst_store *store,
                                            const struct tcprst_tuple *tuple) {
    gpointer entry =
        tcprst_table_find(&store->connections, tcprst_hash_tuple(tuple), tuple, is_connection_of);
    return is_tagged(entry) ? unpack(store, untag(entry)) : entry;
}

struct tcprst_connection *tcprst_store_take(struct tcprst_store *store,
                                            const struct tcprst_tuple *tuple) {
    struct tcprst_connection *c = store->taken; /* segments of a connection often come in a row */
    if (!c || !tcprst_equal_tuple(c, tuple)) {
        store->taken = NULL;
        c = store->taken = tcprst_store_find(store, tuple);
    }
    if (!c)
        return NULL;
    if (!c->slot)
        put_away(store, enter_ring(store, c));
    c->is_used = true;
    return c;
}

struct tcprst_connection *tcprst_store_taken(struct tcprst_store *store) {
    return store->taken;
}

struct tcprst_connection *tcprst_store_begin(struct tcprst_store *store,
                                             const struct tcprst_tuple *tuple, unsigned src_index,
                                             const struct tcprst_segment *first) {
    struct tcprst_connection *c = tcprst_pool_take(&store->pools.connections);
    tcprst_connection_begin(c, tuple, src_index, first);
    c->stream = store->begun++;
    tcprst_table_add(&store->connections, tcprst_hash_tuple(tuple), c);
    store->taken = c;
    put_away(store, enter_ring(store, c));
    return c;
}

void tcprst_store_skip_number(struct tcprst_store *store) {
    store->begun++;
}

void tcprst_store_close(struct tcprst_store *store, struct tcprst_connection *c) {
    if (c->is_closed)
        return;
    leave_ring(store, c);
    c->is_closed = true;
    put_away(store, enter_ring(store, c));
}

unsigned tcprst_store_connections(const struct tcprst_store *store) {
    return store->connections.used + store->retired->len + store->retired_with_event;
}

struct tcprst_event *tcprst_store_room_for_event(struct tcprst_store *store) {
    return tcprst_pool_take(&store->pools.events);
}

void tcprst_store_add_event(struct tcprst_store *store, struct tcprst_event *e) {
    e->number = store->events->len;
    g_ptr_array_add(store->events, e);
}

struct tcprst_event *tcprst_store_event(struct tcprst_store *store, uint32_t number) {
    gpointer entry = g_ptr_array_index(store->events, number);
    return is_tagged(entry) ? unpack(store, untag(entry))->event : entry;
}

struct tcprst_event *tcprst_store_hold_event(struct tcprst_store *store, uint32_t number) {
    struct tcprst_event *e = tcprst_store_event(store, number);
    e->is_held = true;
    return e;
}

uint32_t tcprst_store_events(const struct tcprst_store *store) {
    return store->events->len;
}

/* Nothing is unpacked: that would move the others. */
uint32_t tcprst_store_find_silent(struct tcprst_store *store) {
    for (guint i = 0; i < store->connections.size; i++) {
        gpointer entry = store->connections.entries[i];
        struct tcprst_connection *c = entry;
        if (!entry)
            continue;
        if (is_tagged(entry) && untag(entry)->may_be_silent)
            number_silent(store, &untag(entry)->event_number, entry);
        else if (!is_tagged(entry) && tcprst_may_be_silent(c))
            number_silent(store, &c->silence, c);
    }
    return store->silent->len;
}

struct tcprst_connection *tcprst_store_silent(struct tcprst_store *store, uint32_t number) {
    gpointer entry = store->silent->pdata[number];
    return is_tagged(entry) ? unpack(store, untag(entry)) : entry;
}

struct tcprst_connection *tcprst_store_hold_silent(struct tcprst_store *store, uint32_t number) {
    struct tcprst_connection *c = tcprst_store_silent(store, number);
    if (c)
        c->is_held = true;
    return c;
}

static struct tcprst_end end_of(gconstpointer entry) {
    const struct tcprst_endpoint *endpoint = entry;
    if (!is_tagged(entry))
        return (struct tcprst_end){endpoint->address, endpoint->port};
    const struct tcprst_tuple tuple = tcprst_compacted_tuple(untag(entry));
    const unsigned server = !untag(entry)->client_index;
    return (struct tcprst_end){tuple.address[server], tuple.port[server]};
}

void tcprst_store_half_open(const struct tcprst_store *s, tcprst_note_half_open *note, void *data) {
    for (guint i = 0; i < s->connections.size; i++) {
        gpointer entry = s->connections.entries[i];
        const struct tcprst_connection *c = entry;
        if (is_tagged(entry) && untag(entry)->is_half_open) {
            const struct tcprst_end end = end_of(entry);
            note(data, &end, untag(entry)->base_frame + 1);
        } else if (entry && !is_tagged(entry) && tcprst_is_half_open(c)) {
            const struct tcprst_end end = end_of(c->endpoint);
            note(data, &end, MIN(c->side[0].syn.frame, c->side[1].syn.frame));
        }
    }
}

static gboolean is_endpoint_of(gconstpointer entry, gconstpointer key) {
    const struct tcprst_end end = end_of(entry);
    return tcprst_equal_endpoint(&end, key);
}

struct tcprst_endpoint *tcprst_store_endpoint(struct tcprst_store *store,
                                              const struct tcprst_end *end) {
    gpointer entry =
        tcprst_table_find(&store->endpoints, tcprst_hash_endpoint(end), end, is_endpoint_of);
    return is_tagged(entry) ? unpack(store, untag(entry))->endpoint : entry;
}

struct tcprst_endpoint *tcprst_store_add_endpoint(struct tcprst_store *store,
                                                  const struct tcprst_end *end,
                                                  struct tcprst_host *host) {
    struct tcprst_endpoint *endpoint = tcprst_pool_take(&store->pools.endpoints);
    tcprst_endpoint_init(endpoint);
    endpoint->address = end->address;
    endpoint->port = end->port;
    endpoint->host = host;
    host->ports++;
    endpoint->number = store->endpoints_by_number->len;
    g_ptr_array_add(store->endpoints_by_number, endpoint);
    tcprst_table_add(&store->endpoints, tcprst_hash_endpoint(endpoint), endpoint);
    return endpoint;
}

struct tcprst_end tcprst_store_end(const struct tcprst_store *store, uint32_t number) {
    return end_of(store->endpoints_by_number->pdata[number]);
}
