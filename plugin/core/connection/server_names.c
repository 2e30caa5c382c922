/* server_names.c - keeps each server name and each text of refusal once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/server_names.h"

#include <stdio.h>
#include <string.h>

#include "core/packet/hash.h"

struct tcprst_server_names {
    GHashTable *numbers; /* key: text, owned by the entry */
    GPtrArray  *words;   /* by number - 1 */
    bool hides;
};

struct tcprst_server_names *tcprst_server_names_new(void) {
    struct tcprst_server_names *server_names = g_new0(struct tcprst_server_names, 1);
    server_names->numbers = g_hash_table_new(tcprst_hash_text, g_str_equal);
    server_names->words = g_ptr_array_new_with_free_func(g_free);
    return server_names;
}

void tcprst_server_names_free(struct tcprst_server_names *server_names) {
    g_hash_table_unref(server_names->numbers);
    g_ptr_array_unref(server_names->words);
    g_free(server_names);
}

void tcprst_server_names_hide(struct tcprst_server_names *server_names) {
    server_names->hides = true;
}

uint16_t tcprst_server_names_add(struct tcprst_server_names *server_names, const char *text) {
    struct tcprst_server_name *word =
        *text ? g_hash_table_lookup(server_names->numbers, text) : NULL;
    if (word)
        return word->number;
    if (!*text || server_names->words->len >= TCPRST_SERVER_NAMES_MAX)
        return 0;
    char stand_in[sizeof "hidden-65535"] = "";
    uint16_t number = (uint16_t)(server_names->words->len + 1);
    size_t size = strlen(text) + 1, at = 0;
    if (server_names->hides)
        at = (size_t)snprintf(stand_in, sizeof stand_in, "hidden-%u", number) + 1;
    word = g_malloc0(sizeof *word + at + size);
    memcpy(word->text, stand_in, at);
    memcpy(word->text + at, text, size);
    word->number = number;
    g_ptr_array_add(server_names->words, word);
    g_hash_table_insert(server_names->numbers, word->text + at, word);
    return number;
}

struct tcprst_server_name *tcprst_server_names_at(const struct tcprst_server_names *server_names,
                                                  uint16_t number) {
    return number ? g_ptr_array_index(server_names->words, number - 1u) : NULL;
}

void tcprst_server_names_note_served(struct tcprst_server_names *server_names, uint16_t number) {
    if (number)
        tcprst_server_names_at(server_names, number)->served++;
}

void tcprst_server_names_note_cut(struct tcprst_server_names *server_names, uint16_t number,
                                  uint32_t endpoint) {
    struct tcprst_server_name *word = tcprst_server_names_at(server_names, number);
    if (!word)
        return;
    word->cut++;
    word->cut_at_several |= word->cut_at && word->cut_at != endpoint + 1;
    word->cut_at = endpoint + 1;
}

void tcprst_server_names_take_back_cut(struct tcprst_server_names *server_names, uint16_t number) {
    struct tcprst_server_name *word = tcprst_server_names_at(server_names, number);
    if (!word || !word->cut || --word->cut)
        return;
    word->cut_at = 0;
    word->cut_at_several = false;
}
