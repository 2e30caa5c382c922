/* point_clocks.c - compares the clocks of capture points by packets that both saw
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"
#include "core/capture/point_views.h"

/* So much longer on its way than another that it tells little: rather a repeat that is taken for
 * the first, as both have the IP ID 0. */
static bool is_delayed(const struct tcprst_clock_sample *sample, int64_t way_ns) {
    enum { LONGER_NS = 10000000, TIMES = 3 };
    return sample->clock.way_ns > way_ns + LONGER_NS && sample->clock.way_ns / TIMES > way_ns;
}

void tcprst_points_note_clocks(struct tcprst_points *points, struct tcprst_sight *sight) {
    if (sight->is_timed)
        return;
    const struct tcprst_connection *own = sight->counted;
    const uint32_t here = tcprst_connection_interface(own);
    const struct tcprst_interface_pair *found =
        tcprst_points_pair(points, here, tcprst_connection_interface(&sight->connection));
    if (!found)
        return;
    struct tcprst_clock_sample now = {tcprst_compare_clocks(own, &sight->connection),
                                      own->side[TCPRST_CLIENT].syn.time_ns};
    if (now.clock.way_ns < 0)
        return;
    struct tcprst_interface_pair *pair = &points->pairs[found - points->pairs];
    sight->is_timed = true;
    tcprst_point_views_note_both(points, sight);
    if (here != pair->one) {
        now.clock.offset_ns = tcprst_elapsed_ns(now.clock.offset_ns, 0);
        now.at_ns = tcprst_elapsed_ns(now.clock.offset_ns, now.at_ns);
    }
    if (!pair->is_timed || is_delayed(&pair->first, now.clock.way_ns))
        pair->first = now;
    if (!pair->is_timed || !is_delayed(&now, pair->least_way_ns))
        pair->latest = now;
    pair->least_way_ns =
        pair->is_timed ? MIN(pair->least_way_ns, now.clock.way_ns) : now.clock.way_ns;
    pair->is_timed = true;
}

uint32_t tcprst_points_far_clock(const struct tcprst_points *points, uint32_t interface,
                                 int64_t *ahead_ns) {
    static const int64_t far_ns = 500000000;
    *ahead_ns = 0;
    for (unsigned i = 0; i < points->pairs_count; i++) {
        const struct tcprst_interface_pair *pair = &points->pairs[i];
        const int64_t offset_ns = pair->latest.clock.offset_ns;
        if (!pair->is_timed || (pair->one != interface && pair->other != interface) ||
            (offset_ns < far_ns && offset_ns > -far_ns))
            continue;
        *ahead_ns = interface == pair->other ? offset_ns : tcprst_elapsed_ns(offset_ns, 0);
        return interface;
    }
    return 0;
}

static int64_t moved_ns(const struct tcprst_interface_pair *pair) {
    return tcprst_elapsed_ns(pair->first.clock.offset_ns, pair->latest.clock.offset_ns);
}

static bool contradicts(const struct tcprst_clock *clock) {
    const int64_t ahead_ns =
        clock->offset_ns < 0 ? tcprst_elapsed_ns(clock->offset_ns, 0) : clock->offset_ns;
    return tcprst_elapsed_ns(clock->way_ns / 2, ahead_ns) > TCPRST_LEAST_CLOCK_NS;
}

bool tcprst_clocks_contradict(const struct tcprst_interface_pair *pair) {
    return pair->is_timed &&
           (contradicts(&pair->first.clock) || contradicts(&pair->latest.clock));
}

/* A packet that is delayed on one way shifts the offset by half of its delay (RFC 5905
 * section 8). */
bool tcprst_clocks_moved(const struct tcprst_interface_pair *pair) {
    if (!pair->is_timed)
        return false;
    const int64_t moved = moved_ns(pair),
                  delay_ns = tcprst_elapsed_ns(pair->least_way_ns, pair->first.clock.way_ns) / 2 +
                             tcprst_elapsed_ns(pair->least_way_ns, pair->latest.clock.way_ns) / 2;
    return tcprst_clocks_differ(moved) && (moved > delay_ns || moved < -delay_ns);
}

int64_t tcprst_clock_drift(const struct tcprst_interface_pair *pair) {
    if (!tcprst_clocks_moved(pair))
        return 0;
    const int64_t moved = moved_ns(pair),
                  passed_ns = tcprst_elapsed_ns(pair->first.at_ns, pair->latest.at_ns);
    const double ppm = ABS((double)moved) / (double)MAX(passed_ns, 1) * 1e6;
    const int64_t rounded = (int64_t)(CLAMP(ppm, 1, INT16_MAX) + 0.5);
    return moved < 0 ? -rounded : rounded;
}

int64_t tcprst_points_offset(const struct tcprst_capture *capture, const struct tcprst_event *e,
                             const struct tcprst_account *account) {
    const uint32_t here = tcprst_connection_interface(e->before),
                   there = tcprst_connection_interface(account->connection);
    const struct tcprst_clock clock = tcprst_compare_clocks(e->before, account->connection);
    const struct tcprst_interface_pair *pair = tcprst_points_pair(&capture->points, here, there);
    if (clock.way_ns >= 0 || !pair || !pair->is_timed)
        return clock.offset_ns;
    const int64_t offset_ns = pair->latest.clock.offset_ns;
    return pair->one == here ? offset_ns : tcprst_elapsed_ns(offset_ns, 0);
}
