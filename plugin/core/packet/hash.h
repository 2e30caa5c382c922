/* hash.h - hashes of the keys of hash tables
 *
 * Each process draws its own seed: a hostile capture could otherwise be made so that all keys
 * collide.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_HASH_H
#define TCPRST_PACKET_HASH_H

#include <glib.h>
#include <stdint.h>

#include "core/packet/address.h"

/* Hash of a number. */
guint tcprst_hash_number(uint32_t number);

/* Hash of `count` addresses (1 or 2), adjacent in memory, and a number. */
guint tcprst_hash_addresses(const struct tcprst_address *addresses, unsigned count,
                            uint64_t number);

/* For tables keyed by struct tcprst_address, or by a struct that begins with one. */
guint tcprst_hash_address(gconstpointer address);
gboolean tcprst_equal_address(gconstpointer a, gconstpointer b);

/* For tables keyed by text, with g_str_equal(). */
guint tcprst_hash_text(gconstpointer text);

#endif
