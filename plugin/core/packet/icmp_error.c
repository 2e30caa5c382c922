/* icmp_error.c - reads ICMP errors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/icmp_error.h"

#include <string.h>

#include "core/packet/bytes.h"

/* RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1, RFC 4443 section 3.  A host answers
 * TCP for a closed port by a reset, so "port unreachable" about TCP comes from a packet filter
 * (nf_reject_ipv4.c). */
static const struct {
    uint8_t version, type, code;
    enum tcprst_icmp_kind kind;
    const char *name;
    enum tcprst_icmp_end end;
} errors[] = {
    {4, 3, 0, TCPRST_UNREACHABLE, "network unreachable", TCPRST_ENDS_WITHOUT_ROUTE},
    {4, 3, 1, TCPRST_UNREACHABLE, "host unreachable", TCPRST_ENDS_BEFORE_HOST},
    {4, 3, 2, TCPRST_UNREACHABLE, "protocol unreachable", TCPRST_END_UNKNOWN},
    {4, 3, 3, TCPRST_PROHIBITED, "port unreachable", TCPRST_END_UNKNOWN},
    {4, 3, 4, TCPRST_TOO_BIG, "fragmentation needed", TCPRST_END_UNKNOWN},
    {4, 3, 6, TCPRST_UNREACHABLE, "network unknown", TCPRST_ENDS_WITHOUT_ROUTE},
    {4, 3, 7, TCPRST_UNREACHABLE, "host unknown", TCPRST_END_UNKNOWN},
    {4, 3, 9, TCPRST_PROHIBITED, "network administratively prohibited", TCPRST_END_UNKNOWN},
    {4, 3, 10, TCPRST_PROHIBITED, "host administratively prohibited", TCPRST_END_UNKNOWN},
    {4, 3, 13, TCPRST_PROHIBITED, "communication administratively prohibited", TCPRST_END_UNKNOWN},
    {4, 11, 0, TCPRST_UNREACHABLE, "TTL exceeded", TCPRST_ENDS_BY_TTL},
    {6, 1, 0, TCPRST_UNREACHABLE, "no route", TCPRST_ENDS_WITHOUT_ROUTE},
    {6, 1, 1, TCPRST_PROHIBITED, "administratively prohibited", TCPRST_END_UNKNOWN},
    {6, 1, 3, TCPRST_UNREACHABLE, "address unreachable", TCPRST_ENDS_BEFORE_HOST},
    {6, 1, 4, TCPRST_PROHIBITED, "port unreachable", TCPRST_END_UNKNOWN},
    {6, 1, 5, TCPRST_PROHIBITED, "source address failed policy", TCPRST_END_UNKNOWN},
    {6, 1, 6, TCPRST_PROHIBITED, "route rejected", TCPRST_END_UNKNOWN},
    {6, 2, 0, TCPRST_TOO_BIG, "packet too big", TCPRST_END_UNKNOWN},
    {6, 3, 0, TCPRST_UNREACHABLE, "hop limit exceeded", TCPRST_ENDS_BY_TTL},
};
enum { ERRORS = sizeof errors / sizeof *errors };

enum {
    ICMP_HEADER_BYTES = 8,
    IPV4_BYTES = 20,
    IPV6_BYTES = 40,
    PORTS_AND_SEQ_BYTES = 8,
    PROTOCOL_TCP = 6
};

static uint8_t error_of(int version, uint8_t type, uint8_t code) {
    for (unsigned i = 0; i < ERRORS; i++)
        if (errors[i].version == version && errors[i].type == type && errors[i].code == code)
            return (uint8_t)(i + 1);
    return 0;
}

/* Length of the quoted IP header; 0 if no TCP header follows it, or it is of a later fragment. */
static size_t read_ip(struct tcprst_segment *s, int version, const uint8_t *ip, size_t count) {
    if (version == 6) {
        if (count < IPV6_BYTES || ip[0] >> 4 != 6 || ip[6] != PROTOCOL_TCP)
            return 0;
        memcpy(s->src.bytes, ip + 8, sizeof s->src.bytes);
        memcpy(s->dst.bytes, ip + 24, sizeof s->dst.bytes);
        return IPV6_BYTES;
    }
    size_t header_bytes = count >= IPV4_BYTES ? (size_t)(ip[0] & 15) * 4 : 0;
    bool is_later_fragment = header_bytes && ((ip[6] & 0x1f) || ip[7]);
    if (header_bytes < IPV4_BYTES || ip[0] >> 4 != 4 || ip[9] != PROTOCOL_TCP || is_later_fragment)
        return 0;
    s->src = tcprst_address_of_ipv4(ip + 12);
    s->dst = tcprst_address_of_ipv4(ip + 16);
    return header_bytes;
}

/* RFC 1191 section 4; RFC 4443 section 3.2. */
static uint16_t mtu_of(int version, const uint8_t *bytes) {
    return version == 6 ? (uint16_t)MIN(tcprst_read_32(bytes + 4), UINT16_MAX)
                        : tcprst_read_16(bytes + 6);
}

bool tcprst_icmp_error_parse(struct tcprst_icmp_error *quoted, int version, const uint8_t *bytes,
                             size_t count) {
    struct tcprst_segment *s = &quoted->segment;
    memset(s, 0, sizeof *s);
    quoted->error = count > ICMP_HEADER_BYTES ? error_of(version, bytes[0], bytes[1]) : 0;
    if (!quoted->error)
        return false;
    quoted->mtu = tcprst_icmp_kind_of(quoted->error) == TCPRST_TOO_BIG ? mtu_of(version, bytes) : 0;
    size_t header_bytes = read_ip(s, version, bytes + ICMP_HEADER_BYTES, count - ICMP_HEADER_BYTES);
    if (!header_bytes || count < ICMP_HEADER_BYTES + header_bytes + PORTS_AND_SEQ_BYTES)
        return false;
    const uint8_t *tcp = bytes + ICMP_HEADER_BYTES + header_bytes;
    s->src_port = tcprst_read_16(tcp);
    s->dst_port = tcprst_read_16(tcp + 2);
    s->seq = tcprst_read_32(tcp + 4);
    return true;
}

const char *tcprst_icmp_name(uint8_t error) {
    return error && error <= ERRORS ? errors[error - 1].name : "";
}

enum tcprst_icmp_kind tcprst_icmp_kind_of(uint8_t error) {
    return error && error <= ERRORS ? errors[error - 1].kind : TCPRST_UNREACHABLE;
}

enum tcprst_icmp_end tcprst_icmp_end_of(uint8_t error) {
    return error && error <= ERRORS ? errors[error - 1].end : TCPRST_END_UNKNOWN;
}
