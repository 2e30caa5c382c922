/* json.h - events and endpoints as JSON, one object a line (docs/json.md)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_JSON_H
#define TCPRST_OUTPUT_JSON_H

#include "core/output/problem.h"

enum { TCPRST_JSON_VERSION = 1 };

/* Each appends one line.  Causes are as judged by now. */
void tcprst_json_event(GString *out, const struct tcprst_capture *capture,
                       const struct tcprst_event *event);
void tcprst_json_service(GString *out, const struct tcprst_service *service);

/* Appends a problem as an object of type "incident", and a newline. */
void tcprst_json_incident(GString *out, const struct tcprst_problem *problem);

#endif
