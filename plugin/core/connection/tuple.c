/* tuple.c - orders the two ends of a connection
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/tuple.h"

#include <string.h>

/* Any order will do, so the bytes are compared as numbers of this machine. */
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
    const unsigned src = src_index_of(s);
    struct tcprst_tuple tuple; /* without padding: it is hashed and compared as it lies */
    tuple.address[src] = s->src;
    tuple.address[!src] = s->dst;
    tuple.port[src] = s->src_port;
    tuple.port[!src] = s->dst_port;
    *src_index = src;
    return tuple;
}
