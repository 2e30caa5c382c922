/* icmp_error.h - ICMP errors that quote a TCP segment
 *
 * The quoted segment is not one of the capture, but it shows that a router or host could not
 * deliver a packet of the connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_ICMP_ERROR_H
#define TCPRST_PACKET_ICMP_ERROR_H

#include "core/packet/segment.h"

enum tcprst_icmp_kind { TCPRST_UNREACHABLE, TCPRST_PROHIBITED, TCPRST_TOO_BIG };

/* Where the way of the packet ended, if the error says that. */
enum tcprst_icmp_end {
    TCPRST_END_UNKNOWN,
    TCPRST_ENDS_WITHOUT_ROUTE,
    TCPRST_ENDS_BEFORE_HOST, /* in its network */
    TCPRST_ENDS_BY_TTL,
};

struct tcprst_icmp_error {
    uint32_t frame;
    struct tcprst_address sender; /* the router or host that says so */
    uint16_t mtu;   /* the largest packet that fits, if it says that; saturates; 0: it does not */
    uint8_t  error; /* number of the error, from 1; see tcprst_icmp_name() */
    /* of the quoted header: addresses, ports and sequence number only */
    struct tcprst_segment segment;
};

/* Reads the ICMP message (ICMPv6 if `version` is 6) at `bytes` into `quoted`, whose `frame` and
 * `sender` the caller sets.  Returns false if it is not an error, or if no quoted TCP header was
 * captured. */
bool tcprst_icmp_error_parse(struct tcprst_icmp_error *quoted, int version, const uint8_t *bytes,
                             size_t count);

/* Name of an error, e.g. "host unreachable" ("" if the number is unknown), and its columns. */
const char *tcprst_icmp_name(uint8_t error);
enum tcprst_icmp_kind tcprst_icmp_kind_of(uint8_t error);
enum tcprst_icmp_end tcprst_icmp_end_of(uint8_t error);

#endif
