/* change_weight.c - changes one weight before a unit program begins, if TCPRST_WEIGHT says so
 *
 *     TCPRST_WEIGHT=ROW:WEIGHT:DECIBANS build/test/tests/unit/unit_verdict
 *
 * Row and weight count from 0, in the order of the table.  In programs whose table is constant this
 * file is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "change_weight.h"

#include <stdio.h>
#include <stdlib.h>

struct tcprst_weight *tcprst_weight_to_change(unsigned row, unsigned weight) {
    const struct tcprst_cause *cause = tcprst_cause_at(row);
    if (!cause || weight >= TCPRST_WEIGHTS_MAX || !cause->weights[weight].decibans)
        return NULL;
    /* no constant here: CMakeLists.txt of the unit tests */
    return (struct tcprst_weight *)&cause->weights[weight];
}

__attribute__((constructor)) static void change_weight(void) {
    const char *wanted = getenv("TCPRST_WEIGHT");
    char *end = NULL;
    if (!wanted)
        return;
    unsigned long row = strtoul(wanted, &end, 10), weight = *end ? strtoul(end + 1, &end, 10) : 0;
    struct tcprst_weight *place = tcprst_weight_to_change((unsigned)row, (unsigned)weight);
    if (!place || *end != ':') {
        fprintf(stderr, "TCPRST_WEIGHT: %s is no weight\n", wanted);
        exit(EXIT_FAILURE);
    }
    place->decibans = (int)strtol(end + 1, NULL, 10);
}
