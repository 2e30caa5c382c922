/* bytes.h - numbers in network byte order, and words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_BYTES_H
#define TCPRST_PACKET_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The number in the 2 or 4 bytes at `bytes`, which need no alignment. */
static inline uint16_t tcprst_read_16(const uint8_t *bytes) {
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t tcprst_read_32(const uint8_t *bytes) {
    return (uint32_t)tcprst_read_16(bytes) << 16 | tcprst_read_16(bytes + 2);
}

/* True if the first of `count` bytes are the words. */
static inline bool tcprst_begins_with(const uint8_t *bytes, size_t count, const char *words) {
    if (!count || *bytes != (uint8_t)*words)
        return false;
    size_t length = strlen(words);
    return count >= length && memcmp(bytes, words, length) == 0;
}

#endif
