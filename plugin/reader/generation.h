/* generation.h - what is known of live traffic since some moment, and which of its verdicts may
 * still change
 *
 * Memory stays bounded although the core forgets no reset: a capture is given up as a whole once it
 * is large or old enough, and another one, which had begun to watch when the first was half as
 * large or old, goes on in its place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_GENERATION_H
#define TCPRST_GENERATION_H

#include "open_silences.h"

struct tcprst_generation {
    struct tcprst_capture *capture;
    uint64_t frames_before; /* of the traffic, before its first one */
    int64_t  first_ns;      /* time of its first frame */
    uint32_t events_seen;   /* so many were told of, or are another generation's to tell */
    bool     is_retired;    /* another one tells of new events */
    GQueue   open[TCPRST_LOOKS]; /* events by the look that comes next, oldest first */
    struct tcprst_open_silences *silences;
};

struct tcprst_generation *tcprst_generation_new(uint64_t frames_before, int64_t first_ns);
void tcprst_generation_free(struct tcprst_generation *generation);

/* `generation` tells of what comes from now on, `retired` of what came before. */
void tcprst_generation_take_over(struct tcprst_generation *generation,
                                 struct tcprst_generation *retired, int64_t now_ns);

/* Tells of new events, and of those whose verdict changed or became final by now. */
void tcprst_generation_look(struct tcprst_generation *generation, int64_t now_ns,
                            const struct tcprst_live_output *output);

/* The traffic ended: all verdicts are final. */
void tcprst_generation_finish(struct tcprst_generation *generation,
                              const struct tcprst_live_output *output);

/* No verdict of it can change any more. */
bool tcprst_generation_is_settled(const struct tcprst_generation *generation);

#endif
