/* spelling.h - addresses and times as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SPELLING_H
#define TCPRST_SPELLING_H

#include <glib.h>

#include "segment.h"

/* Appends "192.0.2.1" or "2001:db8::1"; with its port "192.0.2.1:80" or "[2001:db8::1]:80". */
void tcprst_add_address(GString *out, const struct tcprst_address *address);
void tcprst_add_endpoint(GString *out, const struct tcprst_address *address, uint16_t port);

/* Appends a time in UTC: "2024-05-01T12:17:12.123456789Z", "2024-05-01 12:17:12", "12:17:12". */
void tcprst_add_iso_time(GString *out, int64_t time_ns);
void tcprst_add_date(GString *out, int64_t time_ns);
void tcprst_add_clock(GString *out, int64_t time_ns);

/* Appends nanoseconds as seconds with nine decimals, whatever the locale. */
void tcprst_add_seconds(GString *out, int64_t ns);

#endif
