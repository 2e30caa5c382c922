/* change_weight.h - another weight in the table of causes, to see which test notices
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CHANGE_WEIGHT_H
#define TCPRST_CHANGE_WEIGHT_H

#include "core/verdict/cause.h"

/* The weight's place in the table, which can be written to in the programs that are linked with
 * this file; its evidence is set already.  NULL if there is no such row or weight. */
struct tcprst_weight *tcprst_weight_to_change(unsigned row, unsigned weight);

#endif
