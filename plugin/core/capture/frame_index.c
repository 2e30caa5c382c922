/* frame_index.c - a hash table with open addressing, linear probing and no removal
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/frame_index.h"

#include <glib.h>

struct slot {
    uint32_t frame; /* 0: empty */
    uint32_t event_number : 30, relation : 2;
};

struct tcprst_frame_index {
    struct slot *slots;
    uint32_t size, used; /* size is a power of two */
};

struct tcprst_frame_index *tcprst_frame_index_new(void) {
    struct tcprst_frame_index *notes = g_new0(struct tcprst_frame_index, 1);
    notes->size = 16;
    notes->slots = g_new0(struct slot, notes->size);
    return notes;
}

void tcprst_frame_index_free(struct tcprst_frame_index *notes) {
    g_free(notes->slots);
    g_free(notes);
}

/* Neighbours stay neighbours: frames with notes are mostly spread evenly, and lookups go up. */
static uint32_t home_of(const struct tcprst_frame_index *notes, uint32_t frame) {
    return frame & (notes->size - 1);
}

static void insert(struct tcprst_frame_index *notes, struct slot added) {
    uint32_t at = home_of(notes, added.frame);
    while (notes->slots[at].frame)
        at = (at + 1) & (notes->size - 1);
    notes->slots[at] = added;
}

/* Begins behind an empty slot, so that notes of one frame stay in order. */
static void grow(struct tcprst_frame_index *notes) {
    struct slot *old = notes->slots;
    uint32_t old_size = notes->size, first = 0;
    while (old[first].frame)
        first++;
    notes->size *= 2;
    notes->slots = g_new0(struct slot, notes->size);
    for (uint32_t i = 1; i <= old_size; i++)
        if (old[(first + i) % old_size].frame)
            insert(notes, old[(first + i) % old_size]);
    g_free(old);
}

void tcprst_frame_index_add(struct tcprst_frame_index *notes, uint32_t frame, uint32_t event_number, enum tcprst_frame_relation relation) {
    if (!frame)
        return;
    if (notes->used + 1 > notes->size / 4 * 3)
        grow(notes);
    notes->used++;
    insert(notes, (struct slot){.frame = frame, .event_number = event_number & 0x3fffffff, .relation = relation & 3u});
}

bool tcprst_frame_index_next(const struct tcprst_frame_index *notes, uint32_t frame, uint32_t *place,
                       uint32_t *event_number, enum tcprst_frame_relation *relation) {
    const uint32_t home = home_of(notes, frame);
    for (;; (*place)++) {
        const struct slot *slot = &notes->slots[(home + *place) & (notes->size - 1)];
        if (!slot->frame)
            return false;
        if (slot->frame != frame)
            continue;
        *event_number = slot->event_number;
        *relation = slot->relation;
        (*place)++;
        return true;
    }
}
