/* compact_image.h - a connection and what belongs to it as one piece of memory, alike for like
 * connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_COMPACT_IMAGE_H
#define TCPRST_CAPTURE_COMPACT_IMAGE_H

#include <stdalign.h>

#include "core/capture/compact.h"

enum { TCPRST_IMAGE_UNIT_BYTES = 64 };

/* Each part begins a unit, and what is left of its last one is zero.  Parts that the connection
 * does not have are undefined: all would be 2 KiB to write and compare.  Pointers from one part to
 * another are left out. */
struct tcprst_image {
    alignas(TCPRST_IMAGE_UNIT_BYTES) struct tcprst_event event;
    alignas(TCPRST_IMAGE_UNIT_BYTES) struct tcprst_endpoint endpoint;
    alignas(TCPRST_IMAGE_UNIT_BYTES) struct tcprst_run run;
    alignas(TCPRST_IMAGE_UNIT_BYTES) struct tcprst_listener listener;
    alignas(TCPRST_IMAGE_UNIT_BYTES) struct tcprst_recent_segments recent[2];
    /* without the room for its latest segments, which end the struct */
    alignas(TCPRST_IMAGE_UNIT_BYTES) struct tcprst_connection connection;
};

enum {
    TCPRST_IMAGE_UNITS = (offsetof(struct tcprst_image, connection) + TCPRST_CONNECTION_KEPT_BYTES +
                          TCPRST_IMAGE_UNIT_BYTES - 1) / TCPRST_IMAGE_UNIT_BYTES
};

/* The units of a part. */
struct tcprst_image_part {
    uint16_t first, end; /* `end` is the first one after it */
    uint8_t  holds;      /* the flag of connections that have it; 0: all */
};

enum { TCPRST_IMAGE_PARTS = 6 };
extern const struct tcprst_image_part tcprst_image_parts[TCPRST_IMAGE_PARTS];

static inline bool tcprst_image_has(unsigned holds, const struct tcprst_image_part *part) {
    return !part->holds || holds & part->holds;
}

/* Sets `holds`, `base_frame` and `base_ns` in the head. */
void tcprst_image_fill(struct tcprst_image *image, struct tcprst_compacted *head,
                       const struct tcprst_connection *connection);

/* The image is used up. */
struct tcprst_connection *tcprst_image_restore(struct tcprst_image *image,
                                               struct tcprst_pools *pools,
                                               const struct tcprst_compacted *head);

#endif
