/* merged_clocks.c - compares the clocks of files by what the core found out of their interfaces
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "merged_clocks.h"

#include "core/capture/parts.h"

static int64_t sum_ns(int64_t one_ns, int64_t other_ns) {
    return tcprst_elapsed_ns(tcprst_elapsed_ns(one_ns, 0), other_ns);
}

/* As merged_files.c numbers interfaces. */
static unsigned file_of(uint32_t interface, unsigned files) {
    return (interface - 1) % files;
}

/* How far the clock of one interface of the pair is ahead of the first file's, where the other
 * one's is `known_ns` ahead. */
static struct tcprst_clock_reading read_clock(const struct tcprst_clock_sample *sample,
                                              bool is_other, int64_t known_ns) {
    const int64_t offset_ns = sample->clock.offset_ns;
    return is_other ? (struct tcprst_clock_reading){sum_ns(sample->at_ns, offset_ns),
                                                    sum_ns(known_ns, offset_ns)}
                    : (struct tcprst_clock_reading){sample->at_ns,
                                                    tcprst_elapsed_ns(offset_ns, known_ns)};
}

static void join(struct tcprst_file_clock *clocks, unsigned files,
                 const struct tcprst_interface_pair *pair) {
    struct tcprst_file_clock *one = &clocks[file_of(pair->one, files)],
                             *other = &clocks[file_of(pair->other, files)];
    if (!pair->is_timed || one->is_known == other->is_known)
        return;
    const bool is_other = one->is_known;
    const struct tcprst_file_clock *known = is_other ? one : other;
    *(is_other ? other : one) = (struct tcprst_file_clock){
        .first = read_clock(&pair->first, is_other, known->first.ahead_ns),
        .latest = read_clock(&pair->latest, is_other, known->latest.ahead_ns),
        .is_known = true,
    };
}

struct tcprst_file_clock *tcprst_file_clocks(const struct tcprst_capture *capture,
                                             unsigned files) {
    const struct tcprst_points *points = &capture->points;
    bool is_off = false;
    struct tcprst_file_clock *clocks = g_new0(struct tcprst_file_clock, files);
    for (unsigned i = 0; i < points->pairs_count; i++)
        is_off |= tcprst_clocks_contradict(&points->pairs[i]);
    for (unsigned file = 0; file < files; file++) {
        clocks[file].is_known = true; /* if no earlier file has packets in common with it */
        for (unsigned known = 1; known < files; known++)
            for (unsigned i = 0; i < points->pairs_count; i++)
                join(clocks, files, &points->pairs[i]);
    }
    if (!is_off)
        g_clear_pointer(&clocks, g_free);
    return clocks;
}

int64_t tcprst_file_clock_set(const struct tcprst_file_clock *clock, int64_t time_ns) {
    const struct tcprst_clock_reading *first = &clock->first, *latest = &clock->latest;
    int64_t ahead_ns = time_ns <= first->at_ns ? first->ahead_ns : latest->ahead_ns;
    if (time_ns > first->at_ns && time_ns < latest->at_ns) {
        const double part = (double)tcprst_elapsed_ns(first->at_ns, time_ns) /
                            (double)tcprst_elapsed_ns(first->at_ns, latest->at_ns);
        const double gained_ns = (double)tcprst_elapsed_ns(first->ahead_ns, latest->ahead_ns);
        ahead_ns = sum_ns(first->ahead_ns, (int64_t)(gained_ns * part));
    }
    return tcprst_elapsed_ns(ahead_ns, time_ns);
}
