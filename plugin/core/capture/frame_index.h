/* frame_index.h - which frames are related to which resets
 *
 * A table of numbers only: a scan of a million ports needs two million entries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_FRAME_INDEX_H
#define TCPRST_CAPTURE_FRAME_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a frame is related to a reset. */
enum tcprst_frame_relation {
    TCPRST_RELATION_RESET,  /* the event's first RST */
    TCPRST_RELATION_REPEAT, /* a further RST of the event */
    TCPRST_RELATION_LINK,   /* the SYN, SYN/ACK or trigger of a reset */
};

struct tcprst_frame_index;

struct tcprst_frame_index *tcprst_frame_index_new(void);
void tcprst_frame_index_free(struct tcprst_frame_index *notes);

/* Notes that the frame has that relation to the event; does nothing for frame 0, not seen. */
void tcprst_frame_index_add(struct tcprst_frame_index *notes, uint32_t frame, uint32_t event_number,
                            enum tcprst_frame_relation relation);

/* Changes how the frame is related to that event, if it is. */
void tcprst_frame_index_set(struct tcprst_frame_index *notes, uint32_t frame, uint32_t event_number,
                            enum tcprst_frame_relation relation);

/* False if neither the frame nor a later one has notes, as most that are read first. */
bool tcprst_frame_index_reaches(const struct tcprst_frame_index *notes, uint32_t frame);

/* What it takes in memory. */
size_t tcprst_frame_index_bytes(const struct tcprst_frame_index *notes);

/* The next note on a frame, in order; `*place` is 0 before the first.  Returns false if there is
 * none. */
bool tcprst_frame_index_next(const struct tcprst_frame_index *notes, uint32_t frame,
                             uint32_t *place, uint32_t *event_number,
                             enum tcprst_frame_relation *relation);

#endif
