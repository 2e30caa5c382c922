/* anonymise.h - stand-ins for addresses and names of files
 *
 * The same one wherever the same address comes, in all files of a command line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_ANONYMISE_H
#define TCPRST_ANONYMISE_H

#include "core/packet/address.h"

struct tcprst_stand_ins;

struct tcprst_stand_ins *tcprst_stand_ins_new(void);
/* NULL is allowed */
void tcprst_stand_ins_free(struct tcprst_stand_ins *stand_ins);

/* Replaces an address by one of the same version: of 10.0.0.0/8 or 2001:db8::/32, numbered in order
 * of first appearance.  Addresses of one /24, or in IPv6 of one /64, stay together, as reports name
 * such networks.  Loopback addresses stay.  After 65536 networks of IPv4 the numbers run on past
 * 10.0.0.0/8.  Does nothing if `stand_ins` is NULL. */
void tcprst_stand_ins_replace(struct tcprst_stand_ins *stand_ins, struct tcprst_address *address);

/* Name for the next file, e.g. "capture-1" (g_free). */
char *tcprst_stand_ins_file(struct tcprst_stand_ins *stand_ins);

#endif
