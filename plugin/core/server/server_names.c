/* server_names.c - keeps each name and word once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/server_names.h"

#include <string.h>

#include "core/packet/hash.h"

struct tcprst_lexicon {
    GHashTable *numbers; /* text to word; the text is the word's */
    GPtrArray  *words;   /* by number - 1 */
    uint32_t served;
};

struct tcprst_lexicon *tcprst_lexicon_new(void) {
    struct tcprst_lexicon *lexicon = g_new0(struct tcprst_lexicon, 1);
    lexicon->numbers = g_hash_table_new(tcprst_hash_text, g_str_equal);
    lexicon->words = g_ptr_array_new_with_free_func(g_free);
    return lexicon;
}

void tcprst_lexicon_free(struct tcprst_lexicon *lexicon) {
    g_hash_table_unref(lexicon->numbers);
    g_ptr_array_unref(lexicon->words);
    g_free(lexicon);
}

uint16_t tcprst_lexicon_add(struct tcprst_lexicon *lexicon, const char *text) {
    struct tcprst_word *word = *text ? g_hash_table_lookup(lexicon->numbers, text) : NULL;
    if (word)
        return word->number;
    if (!*text || lexicon->words->len >= TCPRST_WORDS_MAX)
        return 0;
    size_t size = strlen(text) + 1;
    word = g_malloc0(sizeof *word + size);
    memcpy(word->text, text, size);
    g_ptr_array_add(lexicon->words, word);
    word->number = (uint16_t)lexicon->words->len;
    g_hash_table_insert(lexicon->numbers, word->text, word);
    return word->number;
}

struct tcprst_word *tcprst_lexicon_at(const struct tcprst_lexicon *lexicon, uint16_t number) {
    return number ? g_ptr_array_index(lexicon->words, number - 1u) : NULL;
}

void tcprst_lexicon_note_served(struct tcprst_lexicon *lexicon, uint16_t number) {
    if (!number)
        return;
    lexicon->served++;
    tcprst_lexicon_at(lexicon, number)->served++;
}

void tcprst_lexicon_note_cut(struct tcprst_lexicon *lexicon, uint16_t number, const void *endpoint) {
    struct tcprst_word *word = tcprst_lexicon_at(lexicon, number);
    if (!word)
        return;
    word->cut++;
    word->cut_at_several |= word->cut_at && word->cut_at != endpoint;
    word->cut_at = endpoint;
}

uint32_t tcprst_lexicon_served(const struct tcprst_lexicon *lexicon) {
    return lexicon->served;
}
