/* unfollowed.c - counts frames by what was not followed in them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "unfollowed.h"

GHashTable *tcprst_unfollowed_new(void) {
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void tcprst_unfollowed_count(GHashTable *unfollowed, const char *name) {
    guint frames = tcprst_unfollowed_frames(unfollowed, name);
    g_hash_table_insert(unfollowed, g_strdup(name), GUINT_TO_POINTER(frames + 1));
}

GList *tcprst_unfollowed_names(GHashTable *unfollowed) {
    return g_list_sort(g_hash_table_get_keys(unfollowed), (GCompareFunc)g_strcmp0);
}

guint tcprst_unfollowed_frames(GHashTable *unfollowed, const char *name) {
    return GPOINTER_TO_UINT(g_hash_table_lookup(unfollowed, name));
}

void tcprst_unfollowed_add_text(GHashTable *unfollowed, guint64 frames, GString *out) {
    guint64 total = 0;
    GString *list = g_string_new(NULL);
    GList *names = tcprst_unfollowed_names(unfollowed);
    for (const GList *i = names; i; i = i->next) {
        guint of_name = tcprst_unfollowed_frames(unfollowed, i->data);
        total += of_name;
        g_string_append_printf(list, "%s%u of %s", list->len ? ", " : "", of_name,
                               (const char *)i->data);
    }
    g_list_free(names);
    if (total)
        g_string_append_printf(out,
                               "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                               " frames were not followed (%s)",
                               total, frames, list->str);
    g_string_free(list, TRUE);
}
