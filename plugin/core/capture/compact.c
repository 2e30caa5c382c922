/* compact.c - keeps the bytes in which a connection differs from its model
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/compact.h"

#include <string.h>

/* What is packed; pointers from one to the other are left out. */
struct pair {
    struct tcprst_connection connection;
    struct tcprst_event event;
};

enum {
    WORD_BYTES = 8,
    WORDS = sizeof(struct pair) / WORD_BYTES,
    MAP_BYTES = (WORDS + 7) / 8,
    MOST_BYTES = MAP_BYTES + WORDS * (1 + WORD_BYTES),
};
G_STATIC_ASSERT(sizeof(struct pair) % WORD_BYTES == 0);
G_STATIC_ASSERT(offsetof(struct tcprst_compacted, is_compacted) == offsetof(struct tcprst_connection, is_compacted));

void tcprst_models_clear(struct tcprst_models *models) {
    for (unsigned i = 0; i < TCPRST_COMPACTED_KINDS; i++)
        g_clear_pointer(&models->of_kind[i], g_free);
}

/* An event that leads others, or may yet, is pointed to. */
static bool is_led_to(const struct tcprst_event *e) {
    const struct tcprst_endpoint *endpoint = e->connection->endpoint;
    return endpoint->last_abort == e || (e->client->sweep && e->client->sweep->first == e) ||
           (e->burst == e && e->burst_size > 1) || (e->sweep == e && e->sweep_resets > 1);
}

bool tcprst_can_compact(const struct tcprst_connection *c) {
    const struct tcprst_event *e = c->event;
    if (c->is_winner || c->recent)
        return false;
    if (!e)
        return !c->handshake_done;
    return e->is_only && !e->is_lent && e->before == c && !e->stated_reason && !is_led_to(e);
}

/* A map of the words that differ; then for each of them a map of its bytes that do, and those. */
static size_t write_difference(uint8_t *to, const uint8_t *from, const uint8_t *model) {
    uint8_t *map = to, *p = to + MAP_BYTES;
    memset(map, 0, MAP_BYTES);
    for (unsigned i = 0; i < WORDS; i++, from += WORD_BYTES, model += WORD_BYTES) {
        if (memcmp(from, model, WORD_BYTES) == 0)
            continue;
        map[i / 8] |= (uint8_t)(1 << i % 8);
        uint8_t *word_map = p++;
        *word_map = 0;
        for (unsigned j = 0; j < WORD_BYTES; j++) {
            if (from[j] == model[j])
                continue;
            *word_map |= (uint8_t)(1 << j);
            *p++ = from[j];
        }
    }
    return (size_t)(p - to);
}

static void read_difference(uint8_t *to, const uint8_t *from) {
    const uint8_t *map = from, *p = from + MAP_BYTES;
    for (unsigned i = 0; i < WORDS; i++) {
        if (!(map[i / 8] >> i % 8 & 1))
            continue;
        uint8_t word_map = *p++;
        for (unsigned j = 0; j < WORD_BYTES; j++)
            if (word_map >> j & 1)
                to[i * WORD_BYTES + j] = *p++;
    }
}

/* Being one's own first is told by a pointer into nowhere. */
static struct tcprst_event *own_first(void) {
    return (struct tcprst_event *)(uintptr_t)1;
}

static void fill_pair(struct pair *pair, const struct tcprst_connection *c) {
    const struct tcprst_event *e = c->event;
    memcpy(&pair->connection, c, sizeof *c);
    memset(&pair->connection.tuple, 0, sizeof c->tuple);
    pair->connection.event = NULL;
    if (!e) {
        memset(&pair->event, 0, sizeof *e);
        return;
    }
    memcpy(&pair->event, e, sizeof *e);
    pair->event.connection = NULL;
    pair->event.before = NULL;
    if (e->burst == e)
        pair->event.burst = own_first();
    if (e->sweep == e)
        pair->event.sweep = own_first();
}

struct tcprst_compacted *tcprst_compact(struct tcprst_models *models, const struct tcprst_connection *c) {
    const struct tcprst_event *e = c->event;
    unsigned kind = e ? 1u + e->stage : 0;
    struct pair pair;
    uint8_t bytes[MOST_BYTES];
    fill_pair(&pair, c);
    if (!models->of_kind[kind]) {
        models->of_kind[kind] = g_malloc(sizeof pair);
        memcpy(models->of_kind[kind], &pair, sizeof pair);
    }
    size_t size = write_difference(bytes, (const uint8_t *)&pair, models->of_kind[kind]);
    struct tcprst_compacted *packed = g_malloc(sizeof *packed + size);
    packed->tuple = c->tuple;
    packed->is_compacted = true;
    packed->kind = (uint8_t)kind;
    packed->event_number = e ? e->number : UINT32_MAX;
    memcpy(packed->bytes, bytes, size);
    return packed;
}

struct tcprst_connection *tcprst_expand(const struct tcprst_models *models,
                                        const struct tcprst_compacted *packed) {
    struct pair pair;
    memcpy(&pair, models->of_kind[packed->kind], sizeof pair);
    read_difference((uint8_t *)&pair, packed->bytes);
    struct tcprst_connection *c = g_new(struct tcprst_connection, 1);
    memcpy(c, &pair.connection, sizeof *c);
    c->tuple = packed->tuple;
    if (packed->event_number != UINT32_MAX) {
        struct tcprst_event *e = g_new(struct tcprst_event, 1);
        memcpy(e, &pair.event, sizeof *e);
        c->event = e;
        e->connection = c;
        e->before = c;
        e->burst = e->burst == own_first() ? e : e->burst;
        e->sweep = e->sweep == own_first() ? e : e->sweep;
    }
    return c;
}
