/* report_clocks.c - a line for each two capture points whose clocks differ
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"
#include "core/output/report_section.h"

static bool differs(const struct tcprst_interface_pair *pair) {
    return pair->is_timed &&
           (tcprst_clocks_differ(pair->latest.clock.offset_ns) || tcprst_clocks_moved(pair));
}

/* ntpd(8) slews a clock by 500 ppm at most, and quartz is nearer to its frequency than that: faster
 * than this, a clock was set. */
enum { FASTEST_PPM = 1000 };

static void add_ahead(GString *line, const struct tcprst_interface_pair *pair) {
    const int64_t offset_ns = pair->latest.clock.offset_ns;
    const bool is_other = offset_ns >= 0;
    const int64_t ahead_ns = is_other ? offset_ns : tcprst_elapsed_ns(offset_ns, 0);
    const int64_t ppm = is_other ? tcprst_clock_drift(pair) : -tcprst_clock_drift(pair);
    ADD(line, "The clock of interface %u is about %.3f s ahead of that of interface %u",
        (is_other ? pair->other : pair->one) - 1, (double)ahead_ns / 1e9,
        (is_other ? pair->one : pair->other) - 1);
    if (ABS(ppm) > FASTEST_PPM)
        g_string_append(line, ", and one of them was set meanwhile");
    else if (ppm)
        ADD(line, ", and %s %u ppm", ppm > 0 ? "gains" : "loses", (unsigned)ABS(ppm));
}

static void add_equal(GString *line, const struct tcprst_interface_pair *pair) {
    const int64_t ppm = ABS(tcprst_clock_drift(pair));
    ADD(line, "The clocks of interfaces %u and %u agree at the end, but ",
        MIN(pair->one, pair->other) - 1, MAX(pair->one, pair->other) - 1);
    if (ppm > FASTEST_PPM)
        g_string_append(line, "one of them was set before");
    else
        ADD(line, "move by %u ppm", (unsigned)ppm);
}

static void add_pair(GString *out, const struct tcprst_interface_pair *pair) {
    GString *line = g_string_new(NULL);
    (tcprst_clocks_differ(pair->latest.clock.offset_ns) ? add_ahead : add_equal)(line, pair);
    g_string_append(line, tcprst_clocks_moved(pair)
                              ? ": do not compare their times."
                              : ": compare their times only after taking that off.");
    if (tcprst_clocks_contradict(pair))
        g_string_append(line, " Frames came before they were sent; `tcprst --merge` of the single "
                              "captures puts them in order.");
    tcprst_put_paragraph(out, 0, line);
}

void tcprst_report_clocks(GString *out, const struct tcprst_capture *capture) {
    const struct tcprst_points *points = &capture->points;
    for (unsigned i = 0; i < points->pairs_count; i++)
        if (differs(&points->pairs[i]))
            add_pair(out, &points->pairs[i]);
}
