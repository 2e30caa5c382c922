/* timestamp_clock.c - compares a host's timestamp clock with the clock of the capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/timestamp_clock.h"

#include "core/packet/segment.h"

/* Over less than 100 ms a clock that ticks each 10 ms shows no rate. */
static double slowest_tick_ns(const struct tcprst_tick *begin, const struct tcprst_tick *from) {
    enum { TWICE = 2 };
    static const int64_t shortest_ns = 100000000;
    const int64_t ns = tcprst_elapsed_ns(begin->time_ns, from->time_ns);
    const uint32_t ticks = from->tsval - begin->tsval;
    bool is_measured = begin->tsval && ns >= shortest_ns && ticks && ticks <= INT32_MAX;
    return is_measured ? TWICE * (double)ns / ticks : 1e9;
}

bool tcprst_clock_denies(const struct tcprst_tick *begin, const struct tcprst_tick *from,
                         const struct tcprst_tick *to) {
    const uint32_t ticks = to->tsval - from->tsval;
    const int64_t ns = tcprst_elapsed_ns(from->time_ns, to->time_ns);
    return from->tsval && to->tsval && ticks <= INT32_MAX &&
           ticks * slowest_tick_ns(begin, from) < (double)ns;
}
