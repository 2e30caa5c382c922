/* invariants.h - what must hold of every reset in every capture; used by unit tests and the fuzzer
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_INVARIANTS_H
#define TCPRST_TEST_INVARIANTS_H

#include "core/verdict/verdict.h"

/* An event's facts as they were at one moment. */
struct facts {
    uint32_t number;
    struct tcprst_event copy;
    struct tcprst_connection before;
    struct tcprst_seen frozen; /* evidence that later segments must not change */
};

struct facts facts_of(const struct tcprst_capture *capture, const struct tcprst_event *event);

/* Each returns a description of a fault, to be freed with g_free, or NULL if there is none. */
char *facts_complaint(struct tcprst_capture *capture, const struct facts *facts);
char *event_complaint(struct tcprst_capture *capture, const struct tcprst_event *event);

/* Expands the texts of every step-th cause from the first on, whether or not they apply to the event. */
char *texts_complaint(const struct tcprst_capture *capture, const struct tcprst_event *event,
                      unsigned first, unsigned step);

#endif
