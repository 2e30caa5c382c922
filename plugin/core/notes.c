/* notes.c - which frames have to do with which resets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "notes.h"

static void free_notes(gpointer first) {
    for (struct tcprst_note *note = first; note;) {
        struct tcprst_note *next = (struct tcprst_note *)note->next;
        g_free(note);
        note = next;
    }
}

GHashTable *tcprst_notes_new(void) {
    return g_hash_table_new_full(NULL, NULL, NULL, free_notes);
}

void tcprst_notes_add(GHashTable *notes, uint32_t frame, struct tcprst_event *event, enum tcprst_part part) {
    struct tcprst_note *added = g_new0(struct tcprst_note, 1);
    added->event = event;
    added->part = part;
    struct tcprst_note *last = g_hash_table_lookup(notes, GUINT_TO_POINTER(frame));
    if (!last) {
        g_hash_table_insert(notes, GUINT_TO_POINTER(frame), added);
        return;
    }
    while (last->next)
        last = (struct tcprst_note *)last->next;
    last->next = added;
}

void tcprst_notes_add_event(GHashTable *notes, struct tcprst_event *e) {
    uint32_t syn = e->before.side[TCPRST_CLIENT].hello.frame;
    uint32_t synack = e->before.side[TCPRST_SERVER].hello.frame;
    tcprst_notes_add(notes, e->frame, e, TCPRST_PART_RESET);
    if (syn)
        tcprst_notes_add(notes, syn, e, TCPRST_PART_LINK);
    if (synack)
        tcprst_notes_add(notes, synack, e, TCPRST_PART_LINK);
    if (e->trigger_frame && e->trigger_frame != syn && e->trigger_frame != synack)
        tcprst_notes_add(notes, e->trigger_frame, e, TCPRST_PART_LINK);
}

const struct tcprst_note *tcprst_notes_at(GHashTable *notes, uint32_t frame) {
    return g_hash_table_lookup(notes, GUINT_TO_POINTER(frame));
}
