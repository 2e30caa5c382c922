/* verdict_rows.h - conversations and what they must be called, or must not
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

extern const struct rows verdicts_connecting, verdicts_open, verdicts_elsewhere, verdicts_neighbours,
    verdicts_negative, verdicts_content, verdicts_stated, verdicts_weights, verdicts_weights_connecting;

#endif
