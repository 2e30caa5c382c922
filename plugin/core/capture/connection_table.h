/* connection_table.h - finds what is kept of a connection by its two ends
 *
 * Entries are pointers to structs that begin with a struct tcprst_tuple; the table owns none of them.  A tuple
 * has at most one entry.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_CONNECTION_TABLE_H
#define TCPRST_CAPTURE_CONNECTION_TABLE_H

#include <glib.h>

#include "core/connection/tuple.h"

struct tcprst_connection_table {
    gpointer *entries; /* NULL: an empty place */
    guint *hashes;     /* of the entries' tuples */
    guint size, used;  /* size is a power of two */
};

void tcprst_connection_table_init(struct tcprst_connection_table *table);

/* Frees the table; each entry is given to `free_entry` before. */
void tcprst_connection_table_clear(struct tcprst_connection_table *table, GDestroyNotify free_entry);

/* NULL if the tuple has no entry. */
gpointer tcprst_connection_table_find(const struct tcprst_connection_table *table,
                                      const struct tcprst_tuple *tuple);

/* Adds the entry of a tuple that has none. */
void tcprst_connection_table_add(struct tcprst_connection_table *table, gpointer entry);

/* Puts an entry with the same tuple in its place. */
void tcprst_connection_table_replace(struct tcprst_connection_table *table, gconstpointer entry, gpointer by);

void tcprst_connection_table_remove(struct tcprst_connection_table *table, gconstpointer entry);

#endif
