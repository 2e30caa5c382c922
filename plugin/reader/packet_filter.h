/* packet_filter.h - an expression of libpcap's (pcap-filter(7)), applied to frames of any link type
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_FILTER_H
#define TCPRST_PACKET_FILTER_H

#include "capture_file.h"

struct tcprst_packet_filter;

/* NULL if the expression is none, and then `error` says why (g_free). */
struct tcprst_packet_filter *tcprst_packet_filter_new(const char *expression, char **error);
void tcprst_packet_filter_free(struct tcprst_packet_filter *filter); /* or NULL */

/* The frame's layer is still its first one.  What libpcap cannot apply the expression to does not
 * pass: a link type without a number of libpcap's, or one that the expression does not fit. */
bool tcprst_packet_filter_passes(struct tcprst_packet_filter *filter,
                                 const struct tcprst_frame *frame);

#endif
