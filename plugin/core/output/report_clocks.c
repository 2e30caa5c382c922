/* report_clocks.c - a line for each two capture points whose clocks differ
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"
#include "core/output/report_section.h"

static bool differs(const struct tcprst_interface_pair *pair) {
    return pair->is_timed &&
           (tcprst_clocks_differ(pair->latest_ns) || tcprst_clocks_moved(pair));
}

static void add_pair(GString *out, const struct tcprst_interface_pair *pair) {
    const bool is_other = pair->latest_ns >= 0;
    const int64_t ahead_ns = is_other ? pair->latest_ns : tcprst_elapsed_ns(pair->latest_ns, 0);
    const int64_t ppm = is_other ? tcprst_clock_drift(pair) : -tcprst_clock_drift(pair);
    GString *line = g_string_new(NULL);
    ADD(line, "The clock of interface %u is %.3f s ahead of that of interface %u",
        (is_other ? pair->other : pair->one) - 1, (double)ahead_ns / 1e9,
        (is_other ? pair->one : pair->other) - 1);
    if (ppm)
        ADD(line, ", and %s %u ppm: do not compare their times", ppm > 0 ? "gains" : "loses",
            (unsigned)(ppm > 0 ? ppm : -ppm));
    g_string_append_c(line, '.');
    tcprst_add_paragraph(out, 0, line->str);
    g_string_free(line, TRUE);
}

void tcprst_report_clocks(GString *out, const struct tcprst_capture *capture) {
    const struct tcprst_points *points = &capture->points;
    for (unsigned i = 0; i < points->pairs_count; i++)
        if (differs(&points->pairs[i]))
            add_pair(out, &points->pairs[i]);
}
