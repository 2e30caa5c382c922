/* live_source.h - packets as they come: from dumpcap, which has the privileges to capture, or from
 * a pipe
 *
 * One at a time in a program, as signals end it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_LIVE_SOURCE_H
#define TCPRST_LIVE_SOURCE_H

#include "capture_file.h"

struct tcprst_live_source;

enum tcprst_live_result { TCPRST_LIVE_PACKET, TCPRST_LIVE_QUIET, TCPRST_LIVE_END };

/* `interface` as dumpcap names it, "-" for standard input.  `filter` is dumpcap's capture filter,
 * or NULL.  NULL if it cannot begin, and then `error` says why (g_free).  From then on SIGINT and
 * SIGTERM end the packets. */
struct tcprst_live_source *tcprst_live_source_open(const char *interface, const char *filter,
                                                   char **error);
void tcprst_live_source_close(struct tcprst_live_source *source);

/* Waits a second at most, then it was quiet; `time_ns` is the time by the clock then.  At the end
 * `error` is set if the packets did not end in order (g_free).  The packet is valid until the next
 * call; its number is not set. */
enum tcprst_live_result tcprst_live_source_next(struct tcprst_live_source *source,
                                                struct tcprst_frame *frame, char **error);

#endif
