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

/* True if the sender's clock ticked too seldom for the time between two of its segments: the clock
 * of the capture was set, or the sender slept.  `begin`: its first one, which with `from` shows how
 * fast the clock ticks; else it is taken to tick once a second, the slowest that RFC 7323 section
 * 5.4 allows. */
bool tcprst_clock_denies(const struct tcprst_tick *begin, const struct tcprst_tick *from,
                         const struct tcprst_tick *to);

#endif
