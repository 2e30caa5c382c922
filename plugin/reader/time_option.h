/* time_option.h - a time as it is given on the command line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TIME_OPTION_H
#define TCPRST_TIME_OPTION_H

#include <stdbool.h>
#include <stdint.h>

/* "2024-05-01T12:17:12.5Z", "2024-05-01 12:17", "2024-05-01" (UTC where no offset is given), or
 * seconds since 1970.  Nanoseconds since 1970; false if the text is none of these, or a year that
 * nanoseconds cannot hold. */
bool tcprst_time_option_read(const char *text, int64_t *time_ns);

#endif
