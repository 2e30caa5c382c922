/* server_names.h - names and words heard in a capture, each kept once, and how those who said them fared
 *
 * Bounded: when it is full, what is new has no number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_SERVER_NAMES_H
#define TCPRST_SERVER_SERVER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

enum { TCPRST_WORDS_MAX = 4096 };

struct tcprst_word {
    uint32_t served; /* requests with this name that were answered */
    uint32_t cut;    /* reset at once */
    uint16_t number; /* from 1 */
    bool     cut_at_several; /* endpoints */
    const void *cut_at;      /* the latest one; only compared */
    char text[];
};

struct tcprst_lexicon;

struct tcprst_lexicon *tcprst_lexicon_new(void);
void tcprst_lexicon_free(struct tcprst_lexicon *lexicon);

/* Number of a word, 0 for "" and for a new one when the lexicon is full. */
uint16_t tcprst_lexicon_add(struct tcprst_lexicon *lexicon, const char *text);

/* The word of that number, NULL for 0. */
struct tcprst_word *tcprst_lexicon_at(const struct tcprst_lexicon *lexicon, uint16_t number);

/* Counts a request with this name, which was answered or, at that endpoint, reset; does nothing for 0. */
void tcprst_lexicon_note_served(struct tcprst_lexicon *lexicon, uint16_t number);
void tcprst_lexicon_note_cut(struct tcprst_lexicon *lexicon, uint16_t number, const void *endpoint);

/* Requests with any name that were answered. */
uint32_t tcprst_lexicon_served(const struct tcprst_lexicon *lexicon);

#endif
