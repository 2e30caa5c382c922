/* timestamp_clock.h - compares a host's timestamp clock with the clock of the capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CONNECTION_TIMESTAMP_CLOCK_H
#define TCPRST_CONNECTION_TIMESTAMP_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* A segment's time of capture, and its TSval; 0: it has none. */
struct tcprst_tick {
    int64_t  time_ns;
    uint32_t tsval;
};

/* True if, by its ticks, the sender's clock had less than half of the time between two of its
 * segments: somebody set the clock of the capture, or the sender slept.  The sender's first
 * segment, `begin`, shows how fast its clock ticks.  False if the clock did not tick at all: such a
 * segment can be a copy. */
bool tcprst_clock_shows_shorter_wait(const struct tcprst_tick *begin,
                                     const struct tcprst_tick *from, const struct tcprst_tick *to);

#endif
