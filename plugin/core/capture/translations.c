/* translations.c - a table of the latest SYNs by their number, and the translated connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/translations.h"

enum { SYNS = 1024, TRANSLATIONS_MAX = 1 << 16 };

struct syn {
    struct tcprst_tuple tuple;
    uint32_t point;
    uint32_t isn, tsval;
    uint16_t ip_id, window;
    bool     is_set;
};

struct tcprst_translations {
    GHashTable *found; /* struct tcprst_translation; NULL until the first */
    struct syn syns[SYNS];
};

struct tcprst_translations *tcprst_translations_new(void) {
    return g_new0(struct tcprst_translations, 1);
}

void tcprst_translations_free(struct tcprst_translations *t) {
    g_clear_pointer(&t->found, g_hash_table_unref);
    g_free(t);
}

static struct syn *slot_of(struct tcprst_translations *t, uint32_t isn) {
    return &t->syns[(isn ^ isn >> 16) % SYNS];
}

void tcprst_translations_note_syn(struct tcprst_translations *t, const struct tcprst_tuple *tuple,
                                  const struct tcprst_segment *s) {
    *slot_of(t, s->seq) = (struct syn){
        .tuple = *tuple,
        .point = s->point,
        .isn = s->seq,
        .tsval = s->options.tsval,
        .ip_id = s->ip.id,
        .window = s->window,
        .is_set = true,
    };
}

/* The SYN again, at another interface and with other addresses.  A scanner's SYNs to several
 * addresses can have one number, but not one IP ID, and come from one interface.  On one interface
 * both sides of a translation are two connections, as Wireshark numbers them. */
static bool is_translated(const struct syn *syn, const struct tcprst_tuple *tuple,
                          const struct tcprst_segment *s) {
    bool is_other_interface = tcprst_interface_of(syn->point) != tcprst_interface_of(s->point);
    return syn->is_set && syn->isn == s->seq && syn->tsval == s->options.tsval &&
           syn->ip_id == s->ip.id && syn->window == s->window && (s->ip.id || s->options.tsval) &&
           is_other_interface && !tcprst_equal_tuple(&syn->tuple, tuple);
}

static struct tcprst_translation *recognise(struct tcprst_translations *t,
                                            const struct tcprst_tuple *tuple, unsigned src_index,
                                            const struct tcprst_segment *s) {
    const struct syn *syn = slot_of(t, s->seq);
    if (!is_translated(syn, tuple, s))
        return NULL;
    if (!t->found)
        t->found = g_hash_table_new_full(tcprst_hash_tuple, tcprst_equal_tuple, NULL, g_free);
    if (g_hash_table_size(t->found) >= TRANSLATIONS_MAX)
        return NULL;
    struct tcprst_translation *added = g_new(struct tcprst_translation, 1);
    *added = (struct tcprst_translation){.translated = *tuple,
                                         .original = syn->tuple,
                                         .point = syn->point,
                                         .isn = s->seq,
                                         .client_index = (uint8_t)src_index};
    g_hash_table_replace(t->found, added, added);
    return added;
}

const struct tcprst_translation *tcprst_translations_find(struct tcprst_translations *t,
                                                          const struct tcprst_tuple *tuple,
                                                          unsigned src_index,
                                                          const struct tcprst_segment *s) {
    const unsigned handshake = s->flags & (TCPRST_SYN | TCPRST_ACK | TCPRST_RST);
    struct tcprst_translation *found = t->found ? g_hash_table_lookup(t->found, tuple) : NULL;
    if (handshake == TCPRST_SYN && (!found || found->isn != s->seq))
        return recognise(t, tuple, src_index, s);
    if (!found)
        return NULL;
    return tcprst_interface_of(found->point) != tcprst_interface_of(s->point) ? found : NULL;
}
