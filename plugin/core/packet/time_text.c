/* time_text.c - times as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/time_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NS_PER_SECOND = 1000000000 };

/* Splits a time so that the nanoseconds are never negative; any int64_t is allowed. */
static int64_t whole_seconds(int64_t time_ns, int32_t *rest_ns) {
    int64_t seconds = time_ns / NS_PER_SECOND;
    *rest_ns = (int32_t)(time_ns % NS_PER_SECOND);
    if (*rest_ns >= 0)
        return seconds;
    *rest_ns += NS_PER_SECOND;
    return seconds - 1;
}

static void add_time_of_day(GString *out, GDateTime *date) {
    g_string_append_printf(out, "%02d:%02d:%02d", g_date_time_get_hour(date),
                           g_date_time_get_minute(date), g_date_time_get_second(date));
}

static void add_day_and_time(GString *out, GDateTime *date, char between) {
    int year, month, day;
    g_date_time_get_ymd(date, &year, &month, &day);
    g_string_append_printf(out, "%04d-%02d-%02d%c", year, month, day, between);
    add_time_of_day(out, date);
}

/* Never NULL: 64 bits of nanoseconds cover the years 1677 to 2262.  To be freed with
 * g_date_time_unref(). */
static GDateTime *date_of(int64_t time_ns, int32_t *rest_ns) {
    return g_date_time_new_from_unix_utc(whole_seconds(time_ns, rest_ns));
}

void tcprst_add_iso_time(GString *out, int64_t time_ns) {
    int32_t rest_ns;
    GDateTime *date = date_of(time_ns, &rest_ns);
    add_day_and_time(out, date, 'T');
    g_string_append_printf(out, ".%09dZ", (int)rest_ns);
    g_date_time_unref(date);
}

struct tcprst_duration_text tcprst_duration(int64_t ns) {
    struct tcprst_duration_text d;
    const double seconds = (double)ns / NS_PER_SECOND;
    const int64_t whole = ns / NS_PER_SECOND + (ns % NS_PER_SECOND >= NS_PER_SECOND / 2);
    const int64_t minutes = (whole + 30) / 60;
    if (seconds < 1)
        snprintf(d.text, sizeof d.text, "%.3f ms", seconds * 1e3);
    else if (seconds < 100)
        snprintf(d.text, sizeof d.text, "%.1f s", seconds);
    else if (whole < 3600)
        snprintf(d.text, sizeof d.text, "%d min %d s", (int)(whole / 60), (int)(whole % 60));
    else
        snprintf(d.text, sizeof d.text, "%" G_GINT64_FORMAT " h %d min", minutes / 60,
                 (int)(minutes % 60));
    return d;
}

void tcprst_add_date(GString *out, int64_t time_ns) {
    int32_t rest_ns;
    GDateTime *date = date_of(time_ns, &rest_ns);
    add_day_and_time(out, date, ' ');
    g_date_time_unref(date);
}

void tcprst_add_clock(GString *out, int64_t time_ns) {
    int32_t rest_ns;
    GDateTime *date = date_of(time_ns, &rest_ns);
    add_time_of_day(out, date);
    g_date_time_unref(date);
}

int64_t tcprst_day(int64_t time_ns) {
    enum { SECONDS_PER_DAY = 86400 };
    int32_t rest_ns;
    const int64_t seconds = whole_seconds(time_ns, &rest_ns);
    return (seconds - (seconds < 0 ? SECONDS_PER_DAY - 1 : 0)) / SECONDS_PER_DAY;
}

void tcprst_add_period(GString *out, int64_t from_ns, int64_t to_ns) {
    enum { DAY_LENGTH = sizeof "2024-05-01 " - 1 };
    GString *to = g_string_new(NULL);
    tcprst_add_date(to, to_ns);
    gsize begin = out->len;
    tcprst_add_date(out, from_ns);
    bool same_day = strncmp(out->str + begin, to->str, DAY_LENGTH) == 0;
    g_string_append_printf(out, " to %s", to->str + (same_day ? DAY_LENGTH : 0));
    g_string_free(to, TRUE);
}

void tcprst_add_seconds(GString *out, int64_t ns) {
    uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    char text[32];
    snprintf(text, sizeof text, "%s%" G_GUINT64_FORMAT ".%09u", ns < 0 ? "-" : "",
             size / NS_PER_SECOND, (unsigned)(size % NS_PER_SECOND));
    g_string_append(out, text);
}
