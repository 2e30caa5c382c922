/* json_value.h - writes members of JSON objects
 *
 * A name of NULL writes an element of an array.  What is not known is null, so that objects of one
 * type all have the same members.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_JSON_VALUE_H
#define TCPRST_OUTPUT_JSON_VALUE_H

#include <glib.h>

#include "core/packet/segment.h"

void json_open(GString *out, const char *name, char bracket);
void json_close(GString *out, char bracket);
void json_null(GString *out, const char *name);

/* Valid UTF-8 whatever the bytes: what is none becomes U+FFFD. */
void json_string(GString *out, const char *name, const char *value);
void json_address(GString *out, const char *name, const struct tcprst_address *address);
void json_bool(GString *out, const char *name, bool value);
void json_number(GString *out, const char *name, int64_t value);

/* With three decimals; null if negative. */
void json_ratio(GString *out, const char *name, double value);

/* A frame number; null for 0. */
void json_frame(GString *out, const char *name, uint32_t frame);

/* Seconds. */
void json_duration(GString *out, const char *name, int64_t ns);

/* Two members: NAME in ISO 8601, and NAME_epoch in seconds. */
void json_time(GString *out, const char *name, int64_t time_ns);

#endif
