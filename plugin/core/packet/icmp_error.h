/* icmp_error.h - ICMP errors that quote a TCP segment
 *
 * What is quoted is no segment of the capture, but it tells that a router or host had trouble with the
 * connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_ICMP_ERROR_H
#define TCPRST_PACKET_ICMP_ERROR_H

#include "core/packet/segment.h"

enum tcprst_icmp_kind { TCPRST_UNREACHABLE, TCPRST_PROHIBITED, TCPRST_TOO_BIG };

struct tcprst_icmp_error {
    uint32_t frame;
    uint8_t  error; /* number of the error, from 1; see tcprst_icmp_name() */
    struct tcprst_segment segment; /* addresses, ports and sequence number of what is quoted; no more */
};

/* Reads the ICMP message (ICMPv6 if `version` is 6) at `bytes` into `quoted`; the frame is the caller's.
 * False if it is no error, or quotes no TCP header that was captured. */
bool tcprst_icmp_error_parse(struct tcprst_icmp_error *quoted, int version, const uint8_t *bytes, size_t count);

/* Name of an error, e.g. "host unreachable", and what kind of trouble it tells. */
const char *tcprst_icmp_name(uint8_t error);
enum tcprst_icmp_kind tcprst_icmp_kind_of(uint8_t error);

#endif
