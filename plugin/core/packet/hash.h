/* hash.h - hashes of what tables are keyed by
 *
 * Seeded anew in each process: captures can be hostile, and known hashes invite collisions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_HASH_H
#define TCPRST_PACKET_HASH_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Of a number by itself. */
guint tcprst_hash_number(uint32_t number);

/* For GHashTable, keyed by struct tcprst_address, or by a struct that begins with one. */
guint tcprst_hash_address(gconstpointer address);
gboolean tcprst_equal_address(gconstpointer a, gconstpointer b);

/* Keyed by struct tcprst_tuple, or by a struct that begins with one. */
guint tcprst_hash_tuple(gconstpointer tuple);
bool tcprst_equal_tuple(gconstpointer a, gconstpointer b); /* for table.h */

/* Keyed by text; equality is GLib's. */
guint tcprst_hash_text(gconstpointer text);

/* Keyed by struct tcprst_end, or by a struct that begins with its members. */
guint tcprst_hash_endpoint(gconstpointer endpoint);
gboolean tcprst_equal_endpoint(gconstpointer a, gconstpointer b);

#endif
