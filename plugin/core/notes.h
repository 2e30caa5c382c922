/* notes.h - which frames have to do with which resets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_NOTES_H
#define TCPRST_NOTES_H

#include "event.h"

/* What a frame has to do with a reset. */
enum tcprst_part {
    TCPRST_PART_RESET,  /* the event's first RST */
    TCPRST_PART_REPEAT, /* a further RST of the event */
    TCPRST_PART_LINK,   /* the SYN, SYN/ACK or trigger of a reset */
};

struct tcprst_note {
    const struct tcprst_note *next; /* further notes on the same frame, in order */
    struct tcprst_event *event;
    enum tcprst_part part;
};

/* Frame number to its first note; g_hash_table_unref() frees it. */
GHashTable *tcprst_notes_new(void);

void tcprst_notes_add(GHashTable *notes, uint32_t frame, struct tcprst_event *event, enum tcprst_part part);

/* Notes on the event's own frame, and on the frames before it that lead to it. */
void tcprst_notes_add_event(GHashTable *notes, struct tcprst_event *event);

/* NULL if the frame has none. */
const struct tcprst_note *tcprst_notes_at(GHashTable *notes, uint32_t frame);

#endif
