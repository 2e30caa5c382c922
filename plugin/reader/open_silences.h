/* open_silences.h - the failures without a reset of live traffic that were told, and may still end
 * or change
 *
 * The core finds all silences of a capture at once; here they are told as they come, and it is told
 * when one ends.  How often they are looked for depends on how much there is to look through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OPEN_SILENCES_H
#define TCPRST_OPEN_SILENCES_H

#include "core/output/identity.h"
#include "core/verdict/verdict.h"

enum tcprst_state { TCPRST_PROVISIONAL, TCPRST_CORRECTED, TCPRST_FINAL };

/* Takes what is to be told; all is valid during the call. */
struct tcprst_live_output {
    void *user;
    void (*tell)(void *user, struct tcprst_capture *capture, const struct tcprst_event *event,
                 enum tcprst_state state);
    /* what was told of the silence with that id is no failure: an answer came, or a reset, which is
     * told by itself */
    void (*take_back)(void *user, const char *id);
};

/* A verdict is looked at anew so long after it was told, and is final at the last one. */
enum { TCPRST_LOOKS = 5 };
extern const int64_t tcprst_look_ns[TCPRST_LOOKS];

struct tcprst_open_silences;

struct tcprst_open_silences *tcprst_open_silences_new(void);
void tcprst_open_silences_free(struct tcprst_open_silences *open);

/* Silences that began before, or from then on, are another one's to tell. */
void tcprst_open_silences_tell_from(struct tcprst_open_silences *open, int64_t time_ns);
void tcprst_open_silences_tell_until(struct tcprst_open_silences *open, int64_t time_ns);

/* Tells of new ones, of those whose verdict changed or became final, and of those that ended. */
void tcprst_open_silences_look(struct tcprst_open_silences *open, struct tcprst_capture *capture,
                               int64_t now_ns, const struct tcprst_live_output *output);

/* The traffic ended: all are final. */
void tcprst_open_silences_finish(struct tcprst_open_silences *open, struct tcprst_capture *capture,
                                 const struct tcprst_live_output *output);

/* No verdict can change any more, and none can come: with tcprst_open_silences_tell_until(). */
bool tcprst_open_silences_are_settled(const struct tcprst_open_silences *open);

#endif
