/* live.h - tells of resets as they come, in memory that does not grow
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_LIVE_H
#define TCPRST_LIVE_H

#include <stdbool.h>
#include <stdint.h>

struct tcprst_packet_filter;

struct tcprst_live_options {
    const char *interface;               /* "-": standard input */
    struct tcprst_packet_filter *filter; /* NULL: none */
    const char *filter_text;
    const char *sensor;                  /* NULL: not given */
    bool     is_json;
    /* beginnings, answers and resets of connections that are remembered at most, about */
    uint32_t kept;
};

enum { TCPRST_LIVE_KEPT = 500000 }; /* if nothing else is wanted: some 100 MB */

/* Returns at the end of the packets, or on SIGINT or SIGTERM.  False if they could not be read to
 * their end; standard error then says why. */
bool tcprst_live_run(const struct tcprst_live_options *options);

#endif
