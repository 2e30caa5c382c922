/* report_section.h - what the files that write on one endpoint share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_REPORT_SECTION_H
#define TCPRST_OUTPUT_REPORT_SECTION_H

#include "core/output/summary.h"
#include "core/output/wrap.h"

struct section {
    GString *out;
    const struct tcprst_capture *capture;
    const struct tcprst_summary *summary;
    const struct tcprst_service *service;
    bool is_filtered;
    const struct tcprst_tally *tally; /* of its likeliest cause */
};

#define ADD(line, ...) g_string_append_printf(line, __VA_ARGS__)

/* Appends the line to the section, as a paragraph, and frees it. */
void section_put(const struct section *section, GString *line);

/* Appends "frame 7, 12:17:12". */
void section_add_moment(GString *line, const struct tcprst_moment *moment);

static inline const char *section_plural(uint32_t count) {
    return count == 1 ? "" : "s";
}

/* Appends what is wrong with one endpoint (report_service.c); `is_filtered`: others may be left out. */
void tcprst_report_service(GString *out, const struct tcprst_capture *capture,
                           const struct tcprst_summary *summary, const struct tcprst_service *service,
                           bool is_filtered);

/* Of an endpoint with failed connections (report_history.c). */
void section_add_history(const struct section *section);

#endif
