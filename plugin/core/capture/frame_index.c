/* frame_index.c - a hash table of frames, with open addressing and no removal
 *
 * A frame takes one slot however many notes it has: otherwise neighbouring frames would share long
 * sequences of full slots, as one SYN can be linked to a million resets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/frame_index.h"

#include <glib.h>

#include "core/packet/hash.h"

/* A frame's only note; where `relation` is SEVERAL, `number` is the index of its last one in
 * `further`. */
struct slot {
    uint32_t frame; /* 0: empty */
    uint32_t number : 30, relation : 2;
};
enum { SEVERAL = 3, MOST_NUMBER = 0x3fffffff };

/* A note of a frame that has several.  They are linked in a circle, from the last one back to the
 * first. */
struct further {
    uint32_t event_number : 30, relation : 2;
    uint32_t next; /* index */
};

struct tcprst_frame_index {
    struct slot *slots;
    uint32_t size, used; /* size is a power of two */
    uint32_t greatest; /* frame with notes; 0: none */
    GArray *further;
};

struct tcprst_frame_index *tcprst_frame_index_new(void) {
    struct tcprst_frame_index *notes = g_new0(struct tcprst_frame_index, 1);
    notes->size = 16;
    notes->slots = g_new0(struct slot, notes->size);
    notes->further = g_array_new(FALSE, FALSE, sizeof(struct further));
    return notes;
}

void tcprst_frame_index_free(struct tcprst_frame_index *notes) {
    g_array_unref(notes->further);
    g_free(notes->slots);
    g_free(notes);
}

size_t tcprst_frame_index_bytes(const struct tcprst_frame_index *notes) {
    return notes->size * sizeof *notes->slots + notes->further->len * sizeof(struct further);
}

/* The frame's slot, or the empty one where it would be inserted. */
static struct slot *find_slot(const struct tcprst_frame_index *notes, uint32_t frame) {
    uint32_t at = (uint32_t)tcprst_hash_number(frame) & (notes->size - 1);
    while (notes->slots[at].frame && notes->slots[at].frame != frame)
        at = (at + 1) & (notes->size - 1);
    return &notes->slots[at];
}

static void grow(struct tcprst_frame_index *notes) {
    struct slot *old = notes->slots;
    uint32_t old_size = notes->size;
    notes->size *= 2;
    notes->slots = g_new0(struct slot, notes->size);
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i].frame)
            *find_slot(notes, old[i].frame) = old[i];
    g_free(old);
}

static struct further *further_at(const struct tcprst_frame_index *notes, uint32_t index) {
    return &g_array_index(notes->further, struct further, index);
}

/* Adds a note after the slot's last one, which is its only one as long as it is not SEVERAL. */
static void add_further(struct tcprst_frame_index *notes, struct slot *slot, struct further added) {
    uint32_t index = notes->further->len;
    if (slot->relation != SEVERAL) {
        const struct further first = {
            .event_number = slot->number, .relation = slot->relation, .next = index};
        g_array_append_val(notes->further, first);
        *slot = (struct slot){
            .frame = slot->frame, .number = index++ & MOST_NUMBER, .relation = SEVERAL};
    }
    added.next = further_at(notes, slot->number)->next;
    g_array_append_val(notes->further, added);
    further_at(notes, slot->number)->next = index;
    slot->number = index & MOST_NUMBER;
}

void tcprst_frame_index_add(struct tcprst_frame_index *notes, uint32_t frame, uint32_t event_number,
                            enum tcprst_frame_relation relation) {
    if (!frame)
        return;
    notes->greatest = MAX(notes->greatest, frame);
    if (notes->used + 1 > notes->size / 3 * 2)
        grow(notes);
    struct slot *slot = find_slot(notes, frame);
    const uint32_t number = event_number & MOST_NUMBER, kind = relation & 3u;
    if (slot->frame) {
        add_further(notes, slot, (struct further){.event_number = number, .relation = kind});
        return;
    }
    notes->used++;
    *slot = (struct slot){.frame = frame, .number = number, .relation = kind};
}

void tcprst_frame_index_set(struct tcprst_frame_index *notes, uint32_t frame, uint32_t event_number,
                            enum tcprst_frame_relation relation) {
    struct slot *slot = find_slot(notes, frame);
    uint32_t index = slot->number;
    if (slot->relation != SEVERAL && slot->frame && slot->number == event_number)
        slot->relation = relation & 3u;
    if (slot->relation != SEVERAL)
        return;
    do {
        struct further *note = further_at(notes, index);
        if (note->event_number == event_number)
            note->relation = relation & 3u;
        index = note->next;
    } while (index != slot->number);
}

bool tcprst_frame_index_reaches(const struct tcprst_frame_index *notes, uint32_t frame) {
    return frame <= notes->greatest;
}

bool tcprst_frame_index_next(const struct tcprst_frame_index *notes, uint32_t frame,
                             uint32_t *place, uint32_t *event_number,
                             enum tcprst_frame_relation *relation) {
    if (!tcprst_frame_index_reaches(notes, frame))
        return false;
    const struct slot *slot = find_slot(notes, frame);
    if (!slot->frame || (*place && (slot->relation != SEVERAL || *place == slot->number + 1u)))
        return false;
    if (slot->relation != SEVERAL) {
        *event_number = slot->number;
        *relation = slot->relation;
        *place = 1;
        return true;
    }
    uint32_t index = further_at(notes, *place ? *place - 1 : slot->number)->next;
    *event_number = further_at(notes, index)->event_number;
    *relation = further_at(notes, index)->relation;
    *place = index + 1;
    return true;
}
