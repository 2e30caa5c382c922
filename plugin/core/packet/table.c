/* table.c - a hash table with open addressing, without marks for removed entries
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/table.h"

enum { FIRST_SIZE = 8 };

static void make_room(struct tcprst_table *t, guint size) {
    t->size = size;
    t->entries = g_new0(gpointer, size);
    t->hashes = g_new(guint, size);
}

void tcprst_table_init(struct tcprst_table *t) {
    t->used = 0;
    make_room(t, FIRST_SIZE);
}

void tcprst_table_clear(struct tcprst_table *t, GDestroyNotify free_entry) {
    for (guint i = 0; free_entry && i < t->size; i++)
        if (t->entries[i])
            free_entry(t->entries[i]);
    g_free(t->entries);
    g_free(t->hashes);
}

static guint next(const struct tcprst_table *t, guint place) {
    return (place + 1) & (t->size - 1);
}

static guint empty_place(const struct tcprst_table *t, guint hash) {
    guint place = hash & (t->size - 1);
    while (t->entries[place])
        place = next(t, place);
    return place;
}

static guint place_of(const struct tcprst_table *t, guint hash, gconstpointer entry) {
    guint place = hash & (t->size - 1);
    while (t->entries[place] != entry)
        place = next(t, place);
    return place;
}

gpointer tcprst_table_find(const struct tcprst_table *t, guint hash, gconstpointer key,
                           GEqualFunc is_equal) {
    for (guint place = hash & (t->size - 1); t->entries[place]; place = next(t, place))
        if (t->hashes[place] == hash && is_equal(t->entries[place], key))
            return t->entries[place];
    return NULL;
}

static void put(struct tcprst_table *t, guint place, gpointer entry, guint hash) {
    t->entries[place] = entry;
    t->hashes[place] = hash;
}

static void grow(struct tcprst_table *t) {
    const struct tcprst_table old = *t;
    make_room(t, 2 * old.size);
    for (guint i = 0; i < old.size; i++)
        if (old.entries[i])
            put(t, empty_place(t, old.hashes[i]), old.entries[i], old.hashes[i]);
    g_free(old.entries);
    g_free(old.hashes);
}

void tcprst_table_add(struct tcprst_table *t, guint hash, gpointer entry) {
    if (t->used + 1 > t->size / 4 * 3)
        grow(t);
    t->used++;
    put(t, empty_place(t, hash), entry, hash);
}

void tcprst_table_replace(struct tcprst_table *t, guint hash, gconstpointer entry, gpointer by) {
    t->entries[place_of(t, hash, entry)] = by;
}

/* An entry after the emptied place, up to the next empty one, moves there if a search for it passes
 * the place (Knuth, The Art of Computer Programming 6.4, algorithm R). */
void tcprst_table_remove(struct tcprst_table *t, guint hash, gconstpointer entry) {
    guint hole = place_of(t, hash, entry);
    for (guint place = next(t, hole); t->entries[place]; place = next(t, place)) {
        guint home = t->hashes[place] & (t->size - 1);
        bool passes_hole = ((place - home) & (t->size - 1)) >= ((place - hole) & (t->size - 1));
        if (!passes_hole)
            continue;
        put(t, hole, t->entries[place], t->hashes[place]);
        hole = place;
    }
    t->entries[hole] = NULL;
    t->used--;
}
