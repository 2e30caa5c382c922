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

#include "core/verdict/verdict.h"

/* A verdict is looked at anew so long after its reset, and is final at the last one. */
enum { TCPRST_LOOKS = 5 };

enum tcprst_state { TCPRST_PROVISIONAL, TCPRST_CORRECTED, TCPRST_FINAL };

/* Takes what is to be said of an event; valid during the call. */
typedef void tcprst_tell(void *user, struct tcprst_capture *capture,
                         const struct tcprst_event *event, enum tcprst_state state);

struct tcprst_generation {
    struct tcprst_capture *capture;
    uint64_t frames_before; /* of the traffic, before its first one */
    int64_t  first_ns;      /* time of its first frame */
    uint32_t events_seen;   /* so many were told of, or are another generation's to tell */
    bool     is_retired;    /* another one tells of new events */
    GQueue   open[TCPRST_LOOKS]; /* events by the look that comes next, oldest first */
};

struct tcprst_generation *tcprst_generation_new(uint64_t frames_before, int64_t first_ns);
void tcprst_generation_free(struct tcprst_generation *generation);

/* Events that came before are another generation's to tell. */
void tcprst_generation_take_over(struct tcprst_generation *generation);

/* Tells of new events, and of those whose verdict changed or became final by now. */
void tcprst_generation_look(struct tcprst_generation *generation, int64_t now_ns, tcprst_tell *tell,
                            void *user);

/* The traffic ended: all verdicts are final. */
void tcprst_generation_finish(struct tcprst_generation *generation, tcprst_tell *tell, void *user);

/* No verdict of it can change any more. */
bool tcprst_generation_is_settled(const struct tcprst_generation *generation);

#endif
