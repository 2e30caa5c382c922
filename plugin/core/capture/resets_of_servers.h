/* resets_of_servers.h - which resets of a capture have the same server
 *
 * Two numbers a reset, made when they are first asked for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_RESETS_OF_SERVERS_H
#define TCPRST_CAPTURE_RESETS_OF_SERVERS_H

#include "core/capture/statistics_log.h"

/* Frames of the resets of the same server before and after one; 0: there is none. */
struct tcprst_reset_neighbours {
    uint32_t previous, next;
};

struct tcprst_resets_of_servers;

struct tcprst_resets_of_servers *tcprst_resets_of_servers_new(void);
void tcprst_resets_of_servers_free(struct tcprst_resets_of_servers *resets);

/* Of the reset with that number, of so many in the log; looks at the whole log if resets were added
 * since the last call. */
struct tcprst_reset_neighbours tcprst_resets_of_servers_beside(
    struct tcprst_resets_of_servers *resets, const struct tcprst_statistics_log *log,
    uint32_t count, uint32_t number);

#endif
