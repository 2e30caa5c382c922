/* time_text.h - times as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_TIME_TEXT_H
#define TCPRST_PACKET_TIME_TEXT_H

#include <glib.h>
#include <stdint.h>

/* Appends a time in UTC: "2024-05-01T12:17:12.123456789Z", "2024-05-01 12:17:12", "12:17:12". */
void tcprst_add_iso_time(GString *out, int64_t time_ns);
void tcprst_add_date(GString *out, int64_t time_ns);
void tcprst_add_clock(GString *out, int64_t time_ns);

/* Days since 1970, in UTC. */
int64_t tcprst_day(int64_t time_ns);

/* Appends "2024-05-01 12:00:03 to 12:31:44", with the date of the second time if it differs. */
void tcprst_add_period(GString *out, int64_t from_ns, int64_t to_ns);

struct tcprst_duration_text {
    char text[32];
};

/* Not negative: "0.300 ms", "61.0 s", "2 min 30 s", "12 h 5 min". */
struct tcprst_duration_text tcprst_duration(int64_t ns);

/* Appends nanoseconds as seconds with nine decimals, whatever the locale. */
void tcprst_add_seconds(GString *out, int64_t ns);

#endif
