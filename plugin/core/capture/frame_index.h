/* frame_index.h - which frames have to do with which resets
 *
 * A table of numbers only: a scan of a million ports makes two million of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_FRAME_INDEX_H
#define TCPRST_CAPTURE_FRAME_INDEX_H

#include <stdbool.h>
#include <stdint.h>

/* What a frame has to do with a reset. */
enum tcprst_part {
    TCPRST_PART_RESET,  /* the event's first RST */
    TCPRST_PART_REPEAT, /* a further RST of the event */
    TCPRST_PART_LINK,   /* the SYN, SYN/ACK or trigger of a reset */
};

struct tcprst_notes;

struct tcprst_notes *tcprst_notes_new(void);
void tcprst_notes_free(struct tcprst_notes *notes);

void tcprst_notes_add(struct tcprst_notes *notes, uint32_t frame, uint32_t event_number, enum tcprst_part part);

/* The next note on a frame, in order; `*place` is 0 for the first.  False if there is none. */
bool tcprst_notes_next(const struct tcprst_notes *notes, uint32_t frame, uint32_t *place,
                       uint32_t *event_number, enum tcprst_part *part);

#endif
