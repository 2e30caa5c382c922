/* hash.h - hashes of what tables are keyed by
 *
 * Seeded anew in each process: captures can be hostile, and known hashes invite collisions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_HASH_H
#define TCPRST_PACKET_HASH_H

#include <glib.h>
#include <stdint.h>

#include "core/packet/address.h"

/* Of a number by itself. */
guint tcprst_hash_number(uint32_t number);

/* Of addresses that lie one after the other, two at most, and a number. */
guint tcprst_hash_addresses(const struct tcprst_address *addresses, unsigned count, uint64_t number);

/* For GHashTable, keyed by struct tcprst_address, or by a struct that begins with one. */
guint tcprst_hash_address(gconstpointer address);
gboolean tcprst_equal_address(gconstpointer a, gconstpointer b);

/* Keyed by text; equality is GLib's. */
guint tcprst_hash_text(gconstpointer text);

#endif
