/* segment.h - one TCP segment as the capture holds it, with what is needed of its IP header
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_SEGMENT_H
#define TCPRST_PACKET_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/packet/address.h"
#include "core/packet/point.h"

/* Header flags, RFC 9293 section 3.1. */
enum {
    TCPRST_FIN = 0x01,
    TCPRST_SYN = 0x02,
    TCPRST_RST = 0x04,
    TCPRST_PSH = 0x08,
    TCPRST_ACK = 0x10,
    TCPRST_ECE = 0x40, /* RFC 3168 section 6.1 */
    TCPRST_CWR = 0x80,
};

/* What a segment can carry or offer in its options, as a set. */
enum {
    TCPRST_OPT_MSS       = 1 << 0,
    TCPRST_OPT_WSCALE    = 1 << 1,
    TCPRST_OPT_SACK      = 1 << 2, /* SACK permitted */
    TCPRST_OPT_TIMESTAMP = 1 << 3,
    TCPRST_OPT_FASTOPEN  = 1 << 4,
    TCPRST_OPT_MPTCP     = 1 << 5,
    TCPRST_OPT_TCPRST    = 1 << 6, /* MP_TCPRST, RFC 8684 section 3.6 */
    TCPRST_OPT_FASTCLOSE = 1 << 7, /* MP_FASTCLOSE, RFC 8684 section 3.5 */
    TCPRST_OPT_JOIN      = 1 << 8, /* MP_JOIN, RFC 8684 section 3.2 */
    /* not an option, but offered like one: ECE and CWR in a SYN, RFC 3168 */
    TCPRST_OPT_ECN       = 1 << 9,
    TCPRST_OPT_SIGNED    = 1 << 10, /* MD5, RFC 2385, or TCP-AO, RFC 5925 */
};

/* Those that a client offers first, and omits when it tries again because the path seems to drop
 * them. */
enum { TCPRST_OPT_TRIED = TCPRST_OPT_FASTOPEN | TCPRST_OPT_MPTCP | TCPRST_OPT_ECN };

/* Those that a system offers always or never, so that its clients differ from those of others in
 * them. */
enum { TCPRST_OPT_USUAL = TCPRST_OPT_WSCALE | TCPRST_OPT_SACK | TCPRST_OPT_TIMESTAMP };

struct tcprst_ip {
    uint32_t version : 4;     /* 4 or 6; 0: unknown, and then the other members are meaningless */
    uint32_t flow_label : 20; /* IPv6 only */
    uint8_t  ttl;             /* hop limit in IPv6 */
    uint8_t  tos;             /* traffic class in IPv6 */
    bool     df;
    uint16_t id;              /* IPv4 only */
};

struct tcprst_options {
    uint16_t kinds; /* TCPRST_OPT_ */
    uint16_t mss;
    uint32_t tsval, tsecr;
    uint8_t  wscale;
    uint8_t  reset_reason; /* of MP_TCPRST */
    bool     cut; /* not all options were captured: one that is missing above may have been sent */
};

/* Systems offer MSS and more (docs/facts.md 15); nmap, masscan and ZMap offer MSS at most. */
static inline bool tcprst_offers_little(const struct tcprst_options *syn) {
    return !syn->cut && !(syn->kinds & ~TCPRST_OPT_MSS);
}

/* Of the TCP header and payload, RFC 9293 section 3.1. */
enum tcprst_checksum {
    /* not computed, not all was captured, or left to the network card of the capturing host */
    TCPRST_CHECKSUM_UNKNOWN,
    TCPRST_CHECKSUM_GOOD,
    /* also if the network card computes it after the capture in another way */
    TCPRST_CHECKSUM_BAD,
};

struct tcprst_segment {
    uint32_t frame;
    int64_t  time_ns; /* since the epoch; captures can hold any value */
    uint32_t point;   /* where it was captured; see point.h */
    struct tcprst_address src, dst;
    uint16_t src_port, dst_port;
    struct tcprst_ip ip;
    uint32_t seq, ack; /* raw, as on the wire */
    uint16_t window;   /* raw, not scaled */
    uint8_t  flags;
    uint32_t payload_bytes; /* on the wire */
    /* the captured part; NULL if none; valid as long as the caller's packet buffer */
    const uint8_t *payload;
    uint32_t payload_captured_bytes;
    struct tcprst_options options; /* without SYN or RST: only timestamps, at their usual place */
    enum tcprst_checksum checksum; /* of SYN and RST only */
};

/* Reads the TCP header at `bytes` into the TCP part of `segment`; the caller sets frame, time and
 * IP part, and before the call the addresses, which are part of the checksum.  `captured_bytes` can
 * be less than `length_bytes`, the length on the wire.  False if the captured part does not hold
 * the fixed header or the header length is impossible (RFC 9293 section 3.1: Data Offset is at
 * least 5).  Options cut short are left out. */
bool tcprst_segment_parse(struct tcprst_segment *segment, const uint8_t *bytes,
                          size_t captured_bytes, size_t length_bytes);

/* Sequence space the segment takes: payload, SYN and FIN count (RFC 9293 section 3.4). */
uint32_t tcprst_segment_length(const struct tcprst_segment *segment);

/* Sequence number `a` follows `b` (RFC 9293 section 3.4: modulo 2^32). */
static inline bool tcprst_seq_after(uint32_t a, uint32_t b) {
    return (int32_t)(a - b) > 0;
}

/* An IP ID follows `earlier` by at most `most`, modulo 2^16. */
static inline bool tcprst_id_follows(uint16_t earlier, uint16_t id, unsigned most) {
    return (uint16_t)(id - earlier - 1) < most;
}

/* Nanoseconds since the epoch of a time that a file holds, clamped: it can hold any.  The
 * nanoseconds of a damaged one come to three seconds at most. */
static inline int64_t tcprst_time_ns(int64_t seconds, int32_t nanoseconds) {
    const int64_t second_ns = INT64_C(1000000000);
    if (seconds > INT64_MAX / second_ns - 3)
        return INT64_MAX;
    if (seconds < INT64_MIN / second_ns + 3)
        return INT64_MIN;
    return seconds * second_ns + nanoseconds;
}

/* later - earlier in nanoseconds, clamped: capture times can be garbage. */
static inline int64_t tcprst_elapsed_ns(int64_t earlier_ns, int64_t later_ns) {
    if (earlier_ns < 0 && later_ns > INT64_MAX + earlier_ns)
        return INT64_MAX;
    if (earlier_ns > 0 && later_ns < INT64_MIN + earlier_ns)
        return INT64_MIN;
    return later_ns - earlier_ns;
}

/* True if it is in the form of a refused SYN (RFC 9293 section 3.10.7.1): only the answer to a
 * segment without ACK has sequence number 0, but for one connection in 2^32. */
static inline bool tcprst_is_refusal(const struct tcprst_segment *s) {
    return (s->flags & (TCPRST_RST | TCPRST_ACK | TCPRST_SYN | TCPRST_FIN)) ==
               (TCPRST_RST | TCPRST_ACK) &&
           !s->seq && s->ack && !s->payload_bytes && !s->options.kinds;
}

#endif
