/* overtaken.h - segments that were sent before a reset and captured after it
 *
 * Several queues of a host, of a path or of a capture can exchange frames that are close together,
 * so the order of such frames proves nothing; their numbers do.  A segment that precedes the reset
 * by its numbers updates the connection as the reset found it, and the facts of the reset are
 * taken anew.
 *
 * Limits: only until the first segment that came after the reset; then the facts are settled.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_OVERTAKEN_H
#define TCPRST_RESET_OVERTAKEN_H

#include "core/reset/event.h"

/* True if the segment without RST, sent by `role` and captured after the event's first RST, was
 * sent, or had been received by the RST's sender, before that. */
bool tcprst_was_overtaken(const struct tcprst_event *event, const struct tcprst_segment *segment,
                          enum tcprst_role role);

#endif
