/* segment.c - reads one TCP header
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/segment.h"

#include <glib.h>
#include <string.h>

#include "core/packet/bytes.h"

enum {
    FIXED_HEADER_BYTES = 20,
    KIND_END = 0,
    KIND_NOP = 1,
    KIND_MSS = 2,
    KIND_WSCALE = 3,
    KIND_SACK_PERMITTED = 4,
    KIND_TIMESTAMP = 8,
    KIND_MD5 = 19,
    KIND_AO = 29,
    KIND_MPTCP = 30,
    KIND_FASTOPEN = 34,
};

/* RFC 8684 section 8.2. */
enum { MPTCP_JOIN = 1, MPTCP_FASTCLOSE = 7, MPTCP_TCPRST = 8 };

static void read_mptcp(struct tcprst_options *options, const uint8_t *value, size_t bytes) {
    unsigned subtype = bytes ? value[0] >> 4 : 0;
    options->kinds |= TCPRST_OPT_MPTCP;
    if (subtype == MPTCP_JOIN)
        options->kinds |= TCPRST_OPT_JOIN;
    else if (subtype == MPTCP_FASTCLOSE)
        options->kinds |= TCPRST_OPT_FASTCLOSE;
    if (bytes < 2 || subtype != MPTCP_TCPRST)
        return;
    options->kinds |= TCPRST_OPT_TCPRST;
    options->reset_reason = value[1];
}

static void read_timestamp(struct tcprst_options *options, const uint8_t *value) {
    options->kinds |= TCPRST_OPT_TIMESTAMP;
    options->tsval = tcprst_read_32(value);
    options->tsecr = tcprst_read_32(value + 4);
}

/* One option; `bytes` is the length of its value.  A length that its kind does not have is
 * ignored. */
static void read_option(struct tcprst_options *options, uint8_t kind, const uint8_t *value,
                        size_t bytes) {
    if (kind == KIND_MSS && bytes == 2) {
        options->kinds |= TCPRST_OPT_MSS;
        options->mss = tcprst_read_16(value);
    } else if (kind == KIND_WSCALE && bytes == 1) {
        options->kinds |= TCPRST_OPT_WSCALE;
        options->wscale = value[0] > 14 ? 14 : value[0]; /* RFC 7323 section 2.3 */
    } else if (kind == KIND_SACK_PERMITTED && bytes == 0) {
        options->kinds |= TCPRST_OPT_SACK;
    } else if (kind == KIND_TIMESTAMP && bytes == 8) {
        read_timestamp(options, value);
    } else if (kind == KIND_FASTOPEN) {
        options->kinds |= TCPRST_OPT_FASTOPEN;
    } else if (kind == KIND_MD5 || kind == KIND_AO) {
        options->kinds |= TCPRST_OPT_SIGNED;
    } else if (kind == KIND_MPTCP) {
        read_mptcp(options, value, bytes);
    }
}

static void read_options(struct tcprst_options *options, const uint8_t *p, size_t bytes) {
    while (bytes >= 2 && *p != KIND_END) {
        if (*p == KIND_NOP) {
            p++, bytes--;
            continue;
        }
        size_t length = p[1];
        if (length < 2 || length > bytes)
            return;
        read_option(options, p[0], p + 2, length - 2);
        p += length, bytes -= length;
    }
}

/* A signature: stacks put it first, some after NOPs that align it (RFC 2385, RFC 5925). */
static bool begins_signed(const uint8_t *p, size_t bytes) {
    while (bytes && *p == KIND_NOP)
        p++, bytes--;
    return bytes && (*p == KIND_MD5 || *p == KIND_AO);
}

/* RFC 7323 appendix A: two NOPs align the timestamps, and they come first.  Other options are read
 * only if they begin with a signature. */
static void read_usual_options(struct tcprst_options *options, const uint8_t *p, size_t bytes) {
    enum { NOPS_AND_HEADER = KIND_NOP << 24 | KIND_NOP << 16 | KIND_TIMESTAMP << 8 | 10 };
    if (bytes >= 12 && tcprst_read_32(p) == NOPS_AND_HEADER)
        read_timestamp(options, p + 4);
    else if (bytes >= 12 && begins_signed(p, bytes))
        read_options(options, p, bytes);
}

/* Adds words of 32 bits, two at a time, in this machine's byte order: the sum is then correct in
 * that order (RFC 1071 section 2, B and C).  What is left at the end is padded with zeros. */
static uint64_t sum_words(const uint8_t *p, size_t bytes) {
    uint64_t sum = 0, words;
    for (; bytes >= sizeof words; p += sizeof words, bytes -= sizeof words) {
        memcpy(&words, p, sizeof words);
        sum += (words >> 32) + (uint32_t)words;
    }
    words = 0;
    if (bytes)
        memcpy(&words, p, bytes);
    return sum + (words >> 32) + (uint32_t)words;
}

static uint16_t fold(uint64_t sum) {
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* RFC 9293 section 3.1, RFC 8200 section 8.1.  The prefix of an IPv4 address mapped into IPv6 adds
 * the same to both addresses: twice 0xffff, which is 0 in this sum.  A host leaves the sum of the
 * addresses in the field for its network card to finish (kernel CHECKSUM_PARTIAL). */
static enum tcprst_checksum check_sum(const struct tcprst_segment *s, const uint8_t *bytes,
                                      size_t length) {
    enum { PROTOCOL_TCP = 6, FIELD = 16 };
    uint16_t field;
    memcpy(&field, bytes + FIELD, sizeof field);
    const uint64_t pseudo = sum_words(s->src.bytes, sizeof s->src.bytes) +
                            sum_words(s->dst.bytes, sizeof s->dst.bytes) +
                            GUINT32_TO_BE((uint32_t)length) +
                            (uint64_t)GUINT32_TO_BE(PROTOCOL_TCP);
    if (fold(pseudo + sum_words(bytes, length)) == 0xffff)
        return TCPRST_CHECKSUM_GOOD;
    return field == fold(pseudo) ? TCPRST_CHECKSUM_UNKNOWN : TCPRST_CHECKSUM_BAD;
}

/* Reads what only SYN and RST are examined for. */
static void read_in_full(struct tcprst_segment *s, const uint8_t *bytes, size_t captured_bytes,
                         size_t header_bytes, size_t length_bytes) {
    const uint8_t ecn_setup = TCPRST_SYN | TCPRST_ECE | TCPRST_CWR;
    read_options(&s->options, bytes + FIXED_HEADER_BYTES,
                 MIN(captured_bytes, header_bytes) - FIXED_HEADER_BYTES);
    s->options.cut = captured_bytes < header_bytes;
    if ((s->flags & (ecn_setup | TCPRST_ACK)) == ecn_setup)
        s->options.kinds |= TCPRST_OPT_ECN;
    if (captured_bytes == length_bytes)
        s->checksum = check_sum(s, bytes, length_bytes);
}

bool tcprst_segment_parse(struct tcprst_segment *s, const uint8_t *bytes, size_t captured_bytes,
                          size_t length_bytes) {
    if (captured_bytes < FIXED_HEADER_BYTES || length_bytes < captured_bytes)
        return false;
    size_t header_bytes = (size_t)(bytes[12] >> 4) * 4;
    if (header_bytes < FIXED_HEADER_BYTES || header_bytes > length_bytes)
        return false;

    s->src_port = tcprst_read_16(bytes);
    s->dst_port = tcprst_read_16(bytes + 2);
    s->seq = tcprst_read_32(bytes + 4);
    s->ack = tcprst_read_32(bytes + 8);
    s->flags = bytes[13];
    s->window = tcprst_read_16(bytes + 14);
    s->payload_bytes = (uint32_t)(length_bytes - header_bytes);
    s->payload_captured_bytes =
        captured_bytes > header_bytes ? (uint32_t)(captured_bytes - header_bytes) : 0;
    s->payload = s->payload_captured_bytes ? bytes + header_bytes : NULL;
    s->options = (struct tcprst_options){0};
    s->checksum = TCPRST_CHECKSUM_UNKNOWN;
    if (s->flags & (TCPRST_SYN | TCPRST_RST))
        read_in_full(s, bytes, captured_bytes, header_bytes, length_bytes);
    else
        read_usual_options(&s->options, bytes + FIXED_HEADER_BYTES,
                           MIN(captured_bytes, header_bytes) - FIXED_HEADER_BYTES);
    return true;
}

uint32_t tcprst_segment_length(const struct tcprst_segment *s) {
    return s->payload_bytes + !!(s->flags & TCPRST_SYN) + !!(s->flags & TCPRST_FIN);
}
