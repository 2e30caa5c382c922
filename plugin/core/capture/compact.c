/* compact.c - keeps the bytes in which a connection differs from its model
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/compact.h"

#include <string.h>

#include "core/capture/compact_image.h"
#include "core/reset/silence.h"

enum {
    WORD_BYTES = 8,
    GROUP_BYTES = TCPRST_IMAGE_UNIT_BYTES,
    GROUPS = TCPRST_IMAGE_UNITS,
    MAP_BYTES = (GROUPS + 7) / 8,
    MOST_DIFFERENCE_BYTES = MAP_BYTES + GROUPS * (1 + 8 * (1 + WORD_BYTES)),
    HEAD_BYTES = offsetof(struct tcprst_compacted, bytes),
};
G_STATIC_ASSERT(HEAD_BYTES + sizeof(struct tcprst_tuple) + MOST_DIFFERENCE_BYTES <=
                (TCPRST_COMPACTED_SIZES - 1) * WORD_BYTES);
G_STATIC_ASSERT(TCPRST_STAGES <= 1 << 4); /* `stage` */

void tcprst_pools_init(struct tcprst_pools *pools) {
    tcprst_pool_init(&pools->connections, sizeof(struct tcprst_connection));
    tcprst_pool_init(&pools->events, sizeof(struct tcprst_event));
    tcprst_pool_init(&pools->endpoints, sizeof(struct tcprst_endpoint));
    for (unsigned i = 0; i < TCPRST_COMPACTED_SIZES; i++)
        tcprst_pool_init(&pools->compacted[i], i * WORD_BYTES);
}

void tcprst_pools_clear(struct tcprst_pools *pools) {
    tcprst_pool_clear(&pools->connections);
    tcprst_pool_clear(&pools->events);
    tcprst_pool_clear(&pools->endpoints);
    for (unsigned i = 0; i < TCPRST_COMPACTED_SIZES; i++)
        tcprst_pool_clear(&pools->compacted[i]);
}

static struct tcprst_pool *pool_of(struct tcprst_pools *pools, size_t bytes) {
    return &pools->compacted[(bytes + WORD_BYTES - 1) / WORD_BYTES];
}

/* Bytes of each address that are left out. */
static size_t prefix_bytes(bool is_ipv4) {
    return is_ipv4 ? TCPRST_MAPPED_PREFIX_BYTES : 0;
}

/* Returns what follows it. */
static uint8_t *write_tuple(uint8_t *to, const struct tcprst_tuple *tuple, bool is_ipv4) {
    const size_t prefix = prefix_bytes(is_ipv4), rest = sizeof tuple->address[0] - prefix;
    for (unsigned i = 0; i < 2; i++, to += rest)
        memcpy(to, tuple->address[i].bytes + prefix, rest);
    memcpy(to, tuple->port, sizeof tuple->port);
    return to + sizeof tuple->port;
}

static const uint8_t *read_tuple(struct tcprst_tuple *tuple, const uint8_t *from, bool is_ipv4) {
    const size_t prefix = prefix_bytes(is_ipv4), rest = sizeof tuple->address[0] - prefix;
    for (unsigned i = 0; i < 2; i++, from += rest) {
        if (is_ipv4)
            tuple->address[i] = tcprst_address_of_ipv4(from);
        else
            memcpy(&tuple->address[i], from, rest);
    }
    memcpy(tuple->port, from, sizeof tuple->port);
    return from + sizeof tuple->port;
}

struct tcprst_tuple tcprst_compacted_tuple(const struct tcprst_compacted *packed) {
    struct tcprst_tuple tuple;
    read_tuple(&tuple, packed->bytes, packed->is_ipv4);
    return tuple;
}

void tcprst_models_clear(struct tcprst_models *models) {
    for (unsigned i = 0; i < TCPRST_HOLDS_END; i++)
        for (unsigned j = 0; j < TCPRST_STAGES; j++)
            g_clear_pointer(&models->of_kind[i][j], g_free);
}

/* A map of the words that differ; for each of them a map of its bytes that do, and those. */
static uint8_t *write_group(uint8_t *to, const uint8_t *from, const uint8_t *model) {
    uint8_t *words = to++;
    *words = 0;
    for (unsigned i = 0; i < GROUP_BYTES; i += WORD_BYTES) {
        if (memcmp(from + i, model + i, WORD_BYTES) == 0)
            continue;
        uint8_t *bytes = to++;
        *words |= (uint8_t)(1 << i / WORD_BYTES);
        *bytes = 0;
        for (unsigned j = 0; j < WORD_BYTES; j++) {
            if (from[i + j] == model[i + j])
                continue;
            *bytes |= (uint8_t)(1 << j);
            *to++ = from[i + j];
        }
    }
    return to;
}

static const uint8_t *read_group(uint8_t *to, const uint8_t *from) {
    const uint8_t words = *from++;
    for (unsigned i = 0; i < 8; i++) {
        if (!(words >> i & 1))
            continue;
        const uint8_t bytes = *from++;
        for (unsigned j = 0; j < WORD_BYTES; j++)
            if (bytes >> j & 1)
                to[i * WORD_BYTES + j] = *from++;
    }
    return from;
}

static uint8_t *write_part(uint8_t *map, uint8_t *to, const struct tcprst_image_part *part,
                           const uint8_t *from, const uint8_t *model) {
    for (unsigned i = part->first; i < part->end; i++) {
        if (memcmp(from + i * GROUP_BYTES, model + i * GROUP_BYTES, GROUP_BYTES) == 0)
            continue;
        map[i / 8] |= (uint8_t)(1 << i % 8);
        to = write_group(to, from + i * GROUP_BYTES, model + i * GROUP_BYTES);
    }
    return to;
}

/* A map of the groups of words that differ, then those. */
static size_t write_difference(uint8_t *to, unsigned holds, const uint8_t *from,
                               const uint8_t *model) {
    uint8_t *p = to + MAP_BYTES;
    memset(to, 0, MAP_BYTES);
    for (unsigned i = 0; i < TCPRST_IMAGE_PARTS; i++)
        if (tcprst_image_has(holds, &tcprst_image_parts[i]))
            p = write_part(to, p, &tcprst_image_parts[i], from, model);
    return (size_t)(p - to);
}

static void read_difference(uint8_t *to, const uint8_t *from) {
    const uint8_t *p = from + MAP_BYTES;
    for (unsigned i = 0; i < GROUPS; i++)
        if (from[i / 8] >> i % 8 & 1)
            p = read_group(to + i * GROUP_BYTES, p);
}

struct tcprst_compacted *tcprst_compact(struct tcprst_pools *pools, struct tcprst_models *models,
                                        const struct tcprst_connection *c) {
    struct tcprst_compacted head = {
        .client_index = c->client_index & 1,
        .is_ipv4 = tcprst_is_ipv4(&c->tuple.address[0]) && tcprst_is_ipv4(&c->tuple.address[1]),
        .stage = c->event ? c->event->stage & 0xf : 0,
        .may_be_silent = tcprst_may_be_silent(c),
        .is_half_open = tcprst_is_half_open(c),
        .event_number = c->event ? c->event->number : c->silence,
    };
    struct tcprst_image image;
    tcprst_image_fill(&image, &head, c);
    void **model = &models->of_kind[head.holds][head.stage];
    if (!*model) {
        *model = g_malloc(sizeof image);
        memcpy(*model, &image, sizeof image);
    }
    uint8_t bytes[sizeof(struct tcprst_tuple) + MOST_DIFFERENCE_BYTES];
    uint8_t *end = write_tuple(bytes, &c->tuple, head.is_ipv4);
    end += write_difference(end, head.holds, (const uint8_t *)&image, *model);
    head.size = (uint16_t)(HEAD_BYTES + (end - bytes));
    struct tcprst_compacted *packed = tcprst_pool_take(pool_of(pools, head.size));
    memcpy(packed, &head, HEAD_BYTES);
    memcpy(packed->bytes, bytes, head.size - (size_t)HEAD_BYTES);
    return packed;
}

struct tcprst_connection *tcprst_expand(struct tcprst_pools *pools,
                                        const struct tcprst_models *models,
                                        struct tcprst_compacted *packed) {
    struct tcprst_image image;
    memcpy(&image, models->of_kind[packed->holds][packed->stage], sizeof image);
    struct tcprst_tuple tuple;
    read_difference((uint8_t *)&image, read_tuple(&tuple, packed->bytes, packed->is_ipv4));
    image.connection.tuple = tuple;
    struct tcprst_connection *c = tcprst_image_restore(&image, pools, packed);
    tcprst_pool_give_back(pool_of(pools, packed->size), packed);
    return c;
}
