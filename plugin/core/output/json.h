/* json.h - events and endpoints as JSON, one object a line (docs/json.md)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_JSON_H
#define TCPRST_OUTPUT_JSON_H

#include "core/output/summary.h"

enum { TCPRST_JSON_VERSION = 1 };

/* Each appends one line.  Causes are as judged by now. */
void tcprst_json_event(GString *out, const struct tcprst_capture *capture, const struct tcprst_event *event);
void tcprst_json_service(GString *out, const struct tcprst_service *service);

#endif
