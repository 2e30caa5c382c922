/* time_text.h - addresses and times as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_TIME_TEXT_H
#define TCPRST_PACKET_TIME_TEXT_H

#include <glib.h>

#include "core/packet/segment.h"

/* Addresses are kept as those of IPv6; of IPv4 are the mapped ones (RFC 4291 section 2.5.5.2). */
bool tcprst_is_ipv4(const struct tcprst_address *address);

/* Appends "192.0.2.1" or "2001:db8::1"; with its port "192.0.2.1:80" or "[2001:db8::1]:80". */
void tcprst_add_address(GString *out, const struct tcprst_address *address);
void tcprst_add_endpoint(GString *out, const struct tcprst_address *address, uint16_t port);

/* Appends a time in UTC: "2024-05-01T12:17:12.123456789Z", "2024-05-01 12:17:12", "12:17:12". */
void tcprst_add_iso_time(GString *out, int64_t time_ns);
void tcprst_add_date(GString *out, int64_t time_ns);
void tcprst_add_clock(GString *out, int64_t time_ns);

/* Appends "2024-05-01 12:00:03 to 12:31:44", with the second day if it is another. */
void tcprst_add_period(GString *out, int64_t from_ns, int64_t to_ns);

/* Appends nanoseconds as seconds with nine decimals, whatever the locale. */
void tcprst_add_seconds(GString *out, int64_t ns);

#endif
