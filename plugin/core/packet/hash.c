/* hash.c - seeded hashes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/hash.h"

#include <string.h>

#include "core/server/endpoint.h"

/* Drawn once, for the life of the process. */
static uint64_t seed(void) {
    static uint64_t drawn;
    while (!drawn)
        drawn = (uint64_t)g_random_int() << 32 | g_random_int();
    return drawn;
}

/* Multiplication spreads a word upwards, the shift brings it down again (Fibonacci hashing). */
static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static uint64_t mix_address(uint64_t hash, const struct tcprst_address *address) {
    uint64_t halves[2];
    memcpy(halves, address, sizeof halves);
    return mix(mix(hash, halves[0]), halves[1]);
}

guint tcprst_hash_address(gconstpointer address) {
    return (guint)mix_address(seed(), address);
}

gboolean tcprst_equal_address(gconstpointer a, gconstpointer b) {
    return memcmp(a, b, sizeof(struct tcprst_address)) == 0;
}

guint tcprst_hash_tuple(gconstpointer tuple) {
    const struct tcprst_tuple *t = tuple;
    uint64_t hash = mix(seed(), (uint64_t)t->port[0] << 16 | t->port[1]);
    return (guint)mix_address(mix_address(hash, &t->address[0]), &t->address[1]);
}

gboolean tcprst_equal_tuple(gconstpointer a, gconstpointer b) {
    return memcmp(a, b, sizeof(struct tcprst_tuple)) == 0;
}

guint tcprst_hash_text(gconstpointer text) {
    uint64_t hash = seed();
    for (const uint8_t *p = text; *p; p++)
        hash = mix(hash, *p);
    return (guint)hash;
}

guint tcprst_hash_endpoint(gconstpointer endpoint) {
    const struct tcprst_endpoint *e = endpoint;
    return (guint)mix_address(mix(seed(), e->port), &e->address);
}

gboolean tcprst_equal_endpoint(gconstpointer a, gconstpointer b) {
    const struct tcprst_endpoint *x = a, *y = b;
    return x->port == y->port && tcprst_equal_address(&x->address, &y->address);
}
