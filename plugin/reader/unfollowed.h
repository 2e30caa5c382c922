/* unfollowed.h - how many frames of which kind were not followed
 *
 * A hash table of names to numbers, as GUINT_TO_POINTER; to be freed with g_hash_table_destroy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_UNFOLLOWED_H
#define TCPRST_UNFOLLOWED_H

#include <glib.h>

GHashTable *tcprst_unfollowed_new(void);

void tcprst_unfollowed_count(GHashTable *unfollowed, const char *name);

/* The names in their order, to be freed with g_list_free; valid as long as the table. */
GList *tcprst_unfollowed_names(GHashTable *unfollowed);

guint tcprst_unfollowed_frames(GHashTable *unfollowed, const char *name);

/* Appends "2 of 7 frames were not followed (2 of IPv4 fragment)", nothing if all were. */
void tcprst_unfollowed_add_text(GHashTable *unfollowed, guint64 frames, GString *out);

#endif
