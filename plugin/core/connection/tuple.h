/* tuple.h - the two ends of a connection, in an order that does not depend on direction, and their
 * roles
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CONNECTION_TUPLE_H
#define TCPRST_CONNECTION_TUPLE_H

#include <assert.h>
#include <glib.h>

#include "core/packet/segment.h"

enum tcprst_role { TCPRST_CLIENT, TCPRST_SERVER };

static inline enum tcprst_role tcprst_peer_of(enum tcprst_role role) {
    return role == TCPRST_CLIENT ? TCPRST_SERVER : TCPRST_CLIENT;
}

/* Address and port of one end. */
struct tcprst_end {
    struct tcprst_address address;
    uint16_t port;
};

struct tcprst_tuple {
    struct tcprst_address address[2];
    uint16_t port[2];
};
static_assert(sizeof(struct tcprst_tuple) == 36, "it has no padding");

/* Both ends of a segment; `*src_index` says which of them sent it. */
struct tcprst_tuple tcprst_tuple_of(const struct tcprst_segment *segment, unsigned *src_index);

/* For table.h, keyed by struct tcprst_tuple, or by a struct that begins with one. */
guint tcprst_hash_tuple(gconstpointer tuple);
gboolean tcprst_equal_tuple(gconstpointer a, gconstpointer b);

#endif
