/* table.h - a hash table of pointers; the caller supplies hashes and comparisons
 *
 * It owns no entry.  No two entries are equal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_TABLE_H
#define TCPRST_PACKET_TABLE_H

#include <glib.h>
#include <stdbool.h>

struct tcprst_table {
    gpointer *entries; /* NULL: an empty place */
    guint *hashes;
    guint size, used;  /* size is a power of two */
};

void tcprst_table_init(struct tcprst_table *table);

/* Frees the table; each entry is given to `free_entry` before, if that is not NULL. */
void tcprst_table_clear(struct tcprst_table *table, GDestroyNotify free_entry);

/* The entry with this hash that is equal to `key`, NULL if there is none; the entry is the first
 * argument of `is_equal`. */
gpointer tcprst_table_find(const struct tcprst_table *table, guint hash, gconstpointer key,
                           GEqualFunc is_equal);

/* Adds an entry to which none is equal. */
void tcprst_table_add(struct tcprst_table *table, guint hash, gpointer entry);

/* Replaces an entry by an equal one. */
void tcprst_table_replace(struct tcprst_table *table, guint hash, gconstpointer entry, gpointer by);

void tcprst_table_remove(struct tcprst_table *table, guint hash, gconstpointer entry);

#endif
