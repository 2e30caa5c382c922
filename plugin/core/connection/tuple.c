/* tuple.c - orders the two ends of a connection
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/tuple.h"

#include <string.h>

#include "core/packet/hash.h"

/* Any fixed order is right, so the bytes are compared as numbers of this machine. */
static unsigned src_index_of(const struct tcprst_segment *s) {
    uint64_t src[2], dst[2];
    memcpy(src, &s->src, sizeof src);
    memcpy(dst, &s->dst, sizeof dst);
    if (src[1] != dst[1])
        return src[1] > dst[1];
    if (src[0] != dst[0])
        return src[0] > dst[0];
    return s->src_port > s->dst_port;
}

struct tcprst_tuple tcprst_tuple_of(const struct tcprst_segment *s, unsigned *src_index) {
    *src_index = src_index_of(s);
    /* it has no padding, so it can be hashed and compared as bytes */
    return *src_index ? (struct tcprst_tuple){{s->dst, s->src}, {s->dst_port, s->src_port}}
                      : (struct tcprst_tuple){{s->src, s->dst}, {s->src_port, s->dst_port}};
}

guint tcprst_hash_tuple(gconstpointer tuple) {
    const struct tcprst_tuple *t = tuple;
    return tcprst_hash_addresses(t->address, 2, (uint64_t)t->port[0] << 16 | t->port[1]);
}

gboolean tcprst_equal_tuple(gconstpointer a, gconstpointer b) {
    return memcmp(a, b, sizeof(struct tcprst_tuple)) == 0;
}
