/* compact_image.h - a connection and what belongs to it as one piece of memory, alike for like
 * connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_COMPACT_IMAGE_H
#define TCPRST_CAPTURE_COMPACT_IMAGE_H

#include <stdalign.h>

#include "core/capture/compact.h"

/* Zeros for what the connection does not have.  Pointers from one part to another are left out. */
struct tcprst_image {
    alignas(64) struct tcprst_connection connection;
    struct tcprst_event event;
    struct tcprst_endpoint endpoint;
    struct tcprst_run run;
    struct tcprst_listener listener;
    struct tcprst_recent_segments recent[2];
};

/* Sets `holds`, `base_frame` and `base_ns` in the head. */
void tcprst_image_fill(struct tcprst_image *image, struct tcprst_compacted *head,
                       const struct tcprst_connection *connection);

/* The image is used up. */
void tcprst_image_restore(struct tcprst_connection *connection, struct tcprst_image *image,
                          const struct tcprst_compacted *head);

#endif
