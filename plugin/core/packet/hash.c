/* hash.c - seeded hashes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/hash.h"

#include <string.h>

#include "core/connection/tuple.h"

/* Drawn once, for the life of the process. */
static uint64_t seed(void) {
    static uint64_t drawn;
    while (!drawn)
        drawn = (uint64_t)g_random_int() << 32 | g_random_int();
    return drawn;
}

/* Every bit of the word moves every bit of the result: the finaliser of SplitMix64 (Steele, Lea, Flood: Fast
 * Splittable Pseudorandom Number Generators, OOPSLA 2014; David Stafford's variant 13).  One multiplication
 * alone leaves the byte in which IPv4 addresses differ most among the highest, which no table looks at. */
static uint64_t mix(uint64_t hash, uint64_t word) {
    hash ^= word;
    hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ hash >> 27) * 0x94D049BB133111EBu;
    return hash ^ hash >> 31;
}

guint tcprst_hash_number(uint32_t number) {
    return (guint)mix(seed(), number);
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

struct end {
    struct tcprst_address address;
    uint16_t port;
};

guint tcprst_hash_endpoint(gconstpointer endpoint) {
    const struct end *e = endpoint;
    return (guint)mix_address(mix(seed(), e->port), &e->address);
}

gboolean tcprst_equal_endpoint(gconstpointer a, gconstpointer b) {
    const struct end *x = a, *y = b;
    return x->port == y->port && tcprst_equal_address(&x->address, &y->address);
}
