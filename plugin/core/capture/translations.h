/* translations.h - finds a connection again whose addresses a device translated between two points
 *
 * Network address translation changes addresses and ports, not the number, IP ID and timestamp of
 * a SYN.  Bounded: of the latest SYNs, and of so many translated connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_TRANSLATIONS_H
#define TCPRST_CAPTURE_TRANSLATIONS_H

#include "core/connection/tuple.h"

struct tcprst_translation {
    struct tcprst_tuple translated; /* key */
    struct tcprst_tuple original;   /* as the first point saw it */
    uint32_t point;                 /* that one; all others see the translated one */
    uint32_t isn;                   /* the client's */
    uint8_t  client_index;          /* which end of the translated tuple is the client */
};

struct tcprst_translations;

struct tcprst_translations *tcprst_translations_new(void);
void tcprst_translations_free(struct tcprst_translations *translations);

/* Keeps a SYN that began a connection of that tuple. */
void tcprst_translations_note_syn(struct tcprst_translations *translations,
                                  const struct tcprst_tuple *tuple,
                                  const struct tcprst_segment *syn);

/* The translation that the segment is of; NULL if there is none.  A SYN can begin one.  Valid until
 * the next call. */
const struct tcprst_translation *tcprst_translations_find(
    struct tcprst_translations *translations, const struct tcprst_tuple *tuple, unsigned src_index,
    const struct tcprst_segment *segment);

#endif
