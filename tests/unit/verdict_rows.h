/* verdict_rows.h - stories with the verdict that they must get, or must not get
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_VERDICT_ROWS_H
#define TCPRST_TEST_VERDICT_ROWS_H

#include "story.h"

struct rows {
    const char *name;
    const struct story *stories;
    unsigned count;
};

extern const struct rows verdicts_connecting, verdicts_open, verdicts_elsewhere,
verdicts_neighbours,
    verdicts_negative, verdicts_content, verdicts_stated, verdicts_weights,
    verdicts_weights_connecting, verdicts_weights_ending, verdicts_world, verdicts_reports, verdicts_closings,
    verdicts_repeats;

#endif
