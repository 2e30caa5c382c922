/* points.c - capture points of a story, and the times at which its segments pass another one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "story.h"

/* Next to a host, a capture still sees a short time before its answer.  A time longer than every
 * leg is not a leg. */
enum { BESIDE_NS = 200000, LONGEST_LEG_NS = 200000000, USUAL_LEG_NS = 40000000 };

static const struct step *next_of(const struct step *steps, const struct step *step, enum who who) {
    for (; step < steps + STORY_STEPS && step->who; step++)
        if (step->who == who && !step->icmp_type)
            return step;
    return NULL;
}

static int64_t leg_ns(const struct step *from, const struct step *to) {
    int64_t ns = from && to ? to->at_ns - from->at_ns : 0;
    return ns < 0 ? 0 : ns > LONGEST_LEG_NS ? USUAL_LEG_NS : ns;
}

int64_t server_shift_ns(const struct step *steps, enum tcprst_point at) {
    const struct step *asked = next_of(steps, steps, CLIENT);
    const struct step *answered = next_of(steps, asked ? asked : steps, SERVER);
    int64_t server_ns = leg_ns(asked, answered);
    int64_t client_ns = answered ? leg_ns(answered, next_of(steps, answered, CLIENT)) : 0;
    int64_t whole_ns = server_ns + client_ns;
    switch (at) {
    case TCPRST_POINT_CLIENT:
        return MAX(client_ns - BESIDE_NS, 0);
    case TCPRST_POINT_SERVER:
        return -MAX(server_ns - BESIDE_NS, 0);
    case TCPRST_POINT_BETWEEN:
        return whole_ns / 2 - server_ns;
    default:
        return 0;
    }
}
