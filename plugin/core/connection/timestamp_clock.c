/* timestamp_clock.c - compares a host's timestamp clock with the clock of the capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/timestamp_clock.h"

#include "core/packet/segment.h"

/* Fewer ticks show no rate; a second is the slowest that RFC 7323 section 5.4 allows. */
static double tick_ns(const struct tcprst_tick *begin, const struct tcprst_tick *from) {
    enum { FEWEST = 10 };
    const int64_t ns = tcprst_elapsed_ns(begin->time_ns, from->time_ns);
    const uint32_t ticks = from->tsval - begin->tsval;
    bool is_measured = begin->tsval && ns > 0 && ticks >= FEWEST && ticks <= INT32_MAX;
    return is_measured ? (double)ns / ticks : 1e9;
}

bool tcprst_clock_shows_shorter_wait(const struct tcprst_tick *begin,
                                     const struct tcprst_tick *from, const struct tcprst_tick *to) {
    enum { TWICE = 2 };
    const uint32_t ticks = to->tsval - from->tsval;
    const int64_t ns = tcprst_elapsed_ns(from->time_ns, to->time_ns);
    return from->tsval && to->tsval && ticks && ticks <= INT32_MAX &&
           TWICE * (ticks + 1.0) * tick_ns(begin, from) < (double)ns;
}
