/* hash.c - seeded hashes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/hash.h"

#include <string.h>

enum { KEYS = 8, WORDS_OF_ADDRESS = sizeof(struct tcprst_address) / sizeof(uint64_t) };

/* Set once, valid for the life of the process. */
static struct {
    uint64_t seed; /* 0: not drawn yet */
    uint32_t keys[KEYS];
} secret;

static void draw_secret(void) {
    for (unsigned i = 0; i < KEYS; i++)
        secret.keys[i] = g_random_int();
    while (!secret.seed)
        secret.seed = (uint64_t)g_random_int() << 32 | g_random_int();
}

static uint64_t seed(void) {
    if (!secret.seed)
        draw_secret();
    return secret.seed;
}

/* Every bit of the word can change every bit of the result: the finaliser of SplitMix64 (Steele,
 * Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014; David Stafford's variant
 * 13).  One multiplication alone leaves the byte in which IPv4 addresses differ most in the highest
 * bits, which the tables do not use. */
static uint64_t mix(uint64_t hash, uint64_t word) {
    hash ^= word;
    hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ hash >> 27) * 0x94D049BB133111EBu;
    return hash ^ hash >> 31;
}

guint tcprst_hash_number(uint32_t number) {
    return (guint)mix(seed(), number);
}

/* Two different addresses, or pairs of them, have the same sum with only one in 2^32 sets of keys
 * (NH: Black, Halevi, Krawczyk, Krovetz, Rogaway: UMAC, CRYPTO 1999). */
static uint64_t sum_products(const void *bytes, unsigned words) {
    uint64_t sum = seed();
    for (unsigned i = 0; i < words; i++) {
        uint64_t word;
        memcpy(&word, (const uint8_t *)bytes + i * sizeof word, sizeof word);
        uint32_t low = (uint32_t)word + secret.keys[2 * i];
        uint32_t high = (uint32_t)(word >> 32) + secret.keys[2 * i + 1];
        sum += (uint64_t)low * high;
    }
    return sum;
}

guint tcprst_hash_addresses(const struct tcprst_address *addresses, unsigned count,
                            uint64_t number) {
    return (guint)mix(sum_products(addresses, count * WORDS_OF_ADDRESS), number);
}

guint tcprst_hash_address(gconstpointer address) {
    return tcprst_hash_addresses(address, 1, 0);
}

gboolean tcprst_equal_address(gconstpointer a, gconstpointer b) {
    return memcmp(a, b, sizeof(struct tcprst_address)) == 0;
}

guint tcprst_hash_text(gconstpointer text) {
    uint64_t hash = seed(), word = 0;
    size_t left = strlen(text);
    for (const char *p = text; left; p += sizeof word) {
        size_t bytes = MIN(left, sizeof word);
        word = 0;
        memcpy(&word, p, bytes);
        hash = mix(hash, word);
        left -= bytes;
    }
    return (guint)hash;
}
