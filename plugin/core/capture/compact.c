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
    GROUPS = sizeof(struct tcprst_image) / GROUP_BYTES,
    MAP_BYTES = (GROUPS + 7) / 8,
    MOST_BYTES = MAP_BYTES + GROUPS * (1 + 8 * (1 + WORD_BYTES)),
};
G_STATIC_ASSERT(sizeof(struct tcprst_image) % GROUP_BYTES == 0);
G_STATIC_ASSERT(offsetof(struct tcprst_compacted, is_compacted) ==
                offsetof(struct tcprst_connection, is_compacted));

void tcprst_models_clear(struct tcprst_models *models) {
    for (unsigned i = 0; i < TCPRST_HOLDS_END; i++)
        for (unsigned j = 0; j < TCPRST_STAGES_PACKED; j++)
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

struct tcprst_compacted *tcprst_compact(struct tcprst_models *models,
                                        const struct tcprst_connection *c) {
    struct tcprst_compacted head = {
        .tuple = c->tuple,
        .is_compacted = true,
        .client_index = c->client_index & 1,
        .stage = c->event ? (uint8_t)c->event->stage : 0,
        .may_be_silent = tcprst_may_be_silent(c),
        .event_number = c->event ? c->event->number : c->silence,
    };
    struct tcprst_image image;
    tcprst_image_fill(&image, &head, c);
    void **model = &models->of_kind[head.holds][head.stage];
    if (!*model) {
        *model = g_malloc(sizeof image);
        memcpy(*model, &image, sizeof image);
    }
    uint8_t bytes[MOST_BYTES];
    size_t size = write_difference(bytes, head.holds, (const uint8_t *)&image, *model);
    struct tcprst_compacted *packed = g_malloc(sizeof head + size);
    memcpy(packed, &head, sizeof head);
    memcpy(packed->bytes, bytes, size);
    return packed;
}

struct tcprst_connection *tcprst_expand(struct tcprst_pools *pools,
                                        const struct tcprst_models *models,
                                        const struct tcprst_compacted *packed) {
    struct tcprst_image image;
    memcpy(&image, models->of_kind[packed->holds][packed->stage], sizeof image);
    read_difference((uint8_t *)&image, packed->bytes);
    return tcprst_image_restore(&image, pools, packed);
}
