/* time_option.c - reads ISO 8601 by GLib, and plain seconds
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "time_option.h"

#include <glib.h>
#include <string.h>

enum { DATE_LENGTH = 10, DATE_TO_MINUTE_LENGTH = 16 };

static const int64_t second_ns = INT64_C(1000000000);
static const int64_t most_seconds = INT64_MAX / INT64_C(1000000000) - 1; /* in the year 2262 */

/* The text as GLib wants it: "T" before the time, which has seconds. */
static char *complete(const char *text) {
    size_t length = strlen(text);
    if (length < DATE_TO_MINUTE_LENGTH)
        return g_strconcat(text, length == DATE_LENGTH ? "T00:00:00" : "", NULL);
    const char *rest = text + DATE_TO_MINUTE_LENGTH;
    char *full =
        g_strdup_printf("%.*s%s%s", DATE_TO_MINUTE_LENGTH, text, *rest == ':' ? "" : ":00", rest);
    if (full[DATE_LENGTH] == ' ')
        full[DATE_LENGTH] = 'T';
    return full;
}

static bool read_seconds(const char *text, int64_t *time_ns) {
    char *end;
    double seconds = g_ascii_strtod(text, &end);
    if (end == text || *end || !(seconds >= 0 && seconds < (double)most_seconds))
        return false;
    int64_t whole = (int64_t)seconds;
    const char *point = strchr(text, '.');
    int64_t part = 0, digit_ns = second_ns / 10;
    for (const char *digit = point ? point + 1 : ""; g_ascii_isdigit(*digit) && digit_ns;
         digit++, digit_ns /= 10)
        part += (*digit - '0') * digit_ns;
    *time_ns = whole * second_ns + part;
    return true;
}

bool tcprst_time_option_read(const char *text, int64_t *time_ns) {
    if (strspn(text, "0123456789.") == strlen(text))
        return read_seconds(text, time_ns);
    GTimeZone *utc = g_time_zone_new_utc();
    char *full = complete(text);
    GDateTime *time = g_date_time_new_from_iso8601(full, utc);
    bool is_time = time && ABS(g_date_time_to_unix(time)) < most_seconds;
    if (is_time)
        *time_ns = g_date_time_to_unix(time) * second_ns +
                   g_date_time_get_microsecond(time) * INT64_C(1000);
    g_clear_pointer(&time, g_date_time_unref);
    g_time_zone_unref(utc);
    g_free(full);
    return is_time;
}
