/* evidence_rows.h - stories that show a piece of evidence, and stories that lack it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_EVIDENCE_ROWS_H
#define TCPRST_TEST_EVIDENCE_ROWS_H

#include "story.h"

struct rows {
    const char *name;
    const struct story *stories;
    unsigned count;
};

extern const struct rows evidence_of_numbers, evidence_of_form, evidence_of_place,
evidence_of_handshake,
    evidence_of_exchange, evidence_of_habits, evidence_of_history, evidence_of_site,
    evidence_of_listener,
    evidence_of_displacement, evidence_of_patience, evidence_of_request, evidence_of_protocol,
    evidence_of_last_words, evidence_of_lengths,
    evidence_of_statements,
    evidence_of_connecting, evidence_of_points, evidence_of_world, evidence_of_reports,
    evidence_of_closings, evidence_of_repeats, evidence_of_framing;

#endif
