/* test_segment.c - reading one TCP header: options, cut headers, wrong lengths
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/packet/segment.h"

#include <glib.h>

enum { FIXED_BYTES = 20, OPTIONS_MAX = 40, PAYLOAD_AT_MOST = 16 };

struct row {
    const char *name;
    uint8_t flags;
    uint8_t options[OPTIONS_MAX];
    uint8_t option_bytes; /* a multiple of four */
    struct tcprst_options expected;
};

#define SACK_TS 4, 2, 8, 10, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0

static const struct row rows[] = {
    {"no options", TCPRST_SYN, {0}, 0, {0}},
    {"MSS", TCPRST_SYN, {2, 4, 5, 0xb4}, 4, {.kinds = TCPRST_OPT_MSS, .mss = 1460}},
    {"all of Linux",
     TCPRST_SYN, {2, 4, 5, 0xb4, SACK_TS, 1, 3, 3, 7}, 20,
     {.kinds = TCPRST_OPT_MSS | TCPRST_OPT_SACK | TCPRST_OPT_TIMESTAMP | TCPRST_OPT_WSCALE,
      .mss = 1460, .wscale = 7, .tsval = 0x12345678, .tsecr = 0x9abcdef0}},
    {"options of data are not read", TCPRST_ACK, {2, 4, 5, 0xb4}, 4, {0}},
    {"options of a reset are", TCPRST_RST | TCPRST_ACK, {SACK_TS}, 12,
     {.kinds = TCPRST_OPT_SACK | TCPRST_OPT_TIMESTAMP, .tsval = 0x12345678, .tsecr = 0x9abcdef0}},
    {"a window scale above 14 counts as 14", TCPRST_SYN, {1, 3, 3, 200}, 4,
     {.kinds = TCPRST_OPT_WSCALE, .wscale = 14}},
    {"nothing is read behind the end of the list", TCPRST_SYN, {0, 3, 3, 7}, 4, {0}},
    {"an option of length 0 ends the list", TCPRST_SYN, {3, 0, 3, 7, 4, 2, 1, 1}, 8, {0}},
    {"an option of length 1 ends the list", TCPRST_SYN, {3, 1, 4, 2, 1, 1, 1, 1}, 8, {0}},
    {"an option longer than the header ends the list", TCPRST_SYN, {4, 2, 3, 200}, 4,
     {.kinds = TCPRST_OPT_SACK}},
    {"a kind with another kind's length is ignored", TCPRST_SYN, {2, 3, 5, 3, 3, 9, 1, 1}, 8,
     {.kinds = TCPRST_OPT_WSCALE, .wscale = 9}},
    {"an unknown option is stepped over", TCPRST_SYN, {253, 4, 1, 1, 3, 3, 5, 1}, 8,
     {.kinds = TCPRST_OPT_WSCALE, .wscale = 5}},
    {"a lone kind as the last byte", TCPRST_SYN, {1, 1, 1, 2}, 4, {0}},
    {"Fast Open, asking for a cookie", TCPRST_SYN, {34, 2, 1, 1}, 4,
     {.kinds = TCPRST_OPT_FASTOPEN}},
    {"Multipath TCP", TCPRST_SYN, {30, 4, 0x01, 0}, 4, {.kinds = TCPRST_OPT_MPTCP}},
    {"an MD5 signature", TCPRST_RST | TCPRST_ACK,
     {19, 18, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1, 1},
     20, {.kinds = TCPRST_OPT_SIGNED}},
    {"an MD5 signature of data, before the timestamps", TCPRST_ACK,
     {1, 1, 19, 18, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9},
     32, {.kinds = TCPRST_OPT_SIGNED | TCPRST_OPT_TIMESTAMP, .tsval = 7, .tsecr = 9}},
    {"TCP-AO", TCPRST_RST, {29, 4, 0, 0}, 4, {.kinds = TCPRST_OPT_SIGNED}},
    {"MP_TCPRST", TCPRST_RST, {30, 4, 0x80, 3}, 4,
     {.kinds = TCPRST_OPT_MPTCP | TCPRST_OPT_TCPRST, .reset_reason = 3}},
    {"MP_TCPRST without its reason", TCPRST_RST, {30, 3, 0x80, 1}, 4, {.kinds = TCPRST_OPT_MPTCP}},
    {"forty bytes of it",
     TCPRST_SYN,
     {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 2},
     40, {.kinds = TCPRST_OPT_WSCALE, .wscale = 2}},
};

/* Ports 4660 and 80, SEQ 0x01020304, ACK 0x0a0b0c0d, window 0xfffe. */
static size_t build(const struct row *row, uint8_t *bytes) {
    static const uint8_t fixed[FIXED_BYTES] = {0x12, 0x34, 0, 80, 1, 2, 3, 4, 0xa, 0xb, 0xc, 0xd,
                                               0, 0, 0xff, 0xfe};
    memcpy(bytes, fixed, sizeof fixed);
    bytes[12] = (uint8_t)((FIXED_BYTES + row->option_bytes) / 4 << 4);
    bytes[13] = row->flags;
    memcpy(bytes + FIXED_BYTES, row->options, row->option_bytes);
    return FIXED_BYTES + row->option_bytes;
}

/* From memory of exactly that size, so that the sanitizer finds reads beyond its end. */
static bool parse(struct tcprst_segment *s, const uint8_t *bytes, size_t captured, size_t length) {
    uint8_t *exact = g_malloc(MAX(captured, 1));
    memcpy(exact, bytes, captured);
    memset(s, 0, sizeof *s);
    bool ok = tcprst_segment_parse(s, exact, captured, length);
    s->payload = NULL; /* valid as long as `exact` */
    g_free(exact);
    return ok;
}

static void expect(bool holds, const char *name, const char *what) {
    if (holds)
        return;
    g_printerr("\"%s\": %s\n", name, what);
    g_test_fail();
}

static bool same_options(const struct tcprst_options *a, const struct tcprst_options *b) {
    return a->kinds == b->kinds && a->wscale == b->wscale && a->mss == b->mss &&
           a->tsval == b->tsval && a->tsecr == b->tsecr && a->reset_reason == b->reset_reason &&
           a->cut == b->cut;
}

static void test_options(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint8_t bytes[FIXED_BYTES + OPTIONS_MAX];
        struct tcprst_segment s;
        size_t length = build(&rows[i], bytes);
        expect(parse(&s, bytes, length, length), rows[i].name,
               "the header is good, but was refused");
        expect(same_options(&s.options, &rows[i].expected), rows[i].name,
               "other options were read");
        expect(s.flags == rows[i].flags && s.src_port == 4660 && s.dst_port == 80, rows[i].name,
               "ports or flags were misread");
        expect(s.seq == 0x01020304 && s.ack == 0x0a0b0c0d && s.window == 0xfffe, rows[i].name,
               "numbers or window were misread");
        expect(s.payload_bytes == 0 && s.payload_captured_bytes == 0, rows[i].name,
               "there is no payload, but some was found");
    }
}

/* A value that is cut short is left out, never guessed. */
static void test_cut_short(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint8_t bytes[FIXED_BYTES + OPTIONS_MAX];
        size_t length = build(&rows[i], bytes);
        for (size_t captured = 0; captured < length; captured++) {
            struct tcprst_segment s;
            bool ok = parse(&s, bytes, captured, length);
            expect(ok == (captured >= FIXED_BYTES), rows[i].name,
                   "the fixed header decides whether a segment can be read");
            expect(!ok || !(s.options.kinds & ~rows[i].expected.kinds), rows[i].name,
                   "an option appeared that the whole header has not");
            bool are_read = rows[i].flags & (TCPRST_SYN | TCPRST_RST);
            expect(!ok || s.options.cut == are_read, rows[i].name,
                   "whether options are missing is misread");
        }
    }
}

static const struct {
    const char *name;
    uint8_t offset_words;
    size_t captured, length;
    bool ok;
    uint32_t payload, payload_captured;
} lengths[] = {
    {"header only", 5, 20, 20, true, 0, 0},
    {"payload in full", 5, 30, 30, true, 10, 10},
    {"payload cut by the snap length", 5, 24, 1000, true, 980, 4},
    {"only the header was captured", 5, 20, 1480, true, 1460, 0},
    {"options cut by the snap length", 15, 22, 100, true, 40, 0},
    {"a data offset of 4", 4, 36, 36, false, 0, 0},
    {"a data offset of 0", 0, 36, 36, false, 0, 0},
    {"a header longer than the segment", 6, 20, 20, false, 0, 0},
    {"the longest header in the shortest segment", 15, 36, 36, false, 0, 0},
    {"a header that ends with the segment", 9, 36, 36, true, 0, 0},
    {"more captured than there was", 5, 30, 20, false, 0, 0},
    {"a length of zero", 5, 20, 0, false, 0, 0},
};

static void test_lengths(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(lengths); i++) {
        uint8_t bytes[FIXED_BYTES + PAYLOAD_AT_MOST] = {[13] = TCPRST_SYN};
        struct tcprst_segment s;
        bytes[12] = (uint8_t)(lengths[i].offset_words << 4);
        bool ok = parse(&s, bytes, lengths[i].captured, lengths[i].length);
        expect(ok == lengths[i].ok, lengths[i].name, ok ? "was read" : "was refused");
        expect(!ok || s.payload_bytes == lengths[i].payload, lengths[i].name,
               "the payload on the wire has another length");
        expect(!ok || s.payload_captured_bytes == lengths[i].payload_captured, lengths[i].name,
               "the captured payload has another length");
    }
}

/* The RST's header as in build(), and an odd payload or an even one. */
#define RESET_HEADER 0x12, 0x34, 0, 80, 1, 2, 3, 4, 0xa, 0xb, 0xc, 0xd, 0x50, TCPRST_RST, 0xff, 0xfe
#define IPV4(n) {{[10] = 0xff, [11] = 0xff, 192, 0, 2, (n)}}
#define IPV6(n) {{0x20, 1, 0xd, 0xb8, [15] = (n)}}

static const struct {
    const char *name;
    struct tcprst_address src, dst;
    uint8_t bytes[24], captured, length;
    enum tcprst_checksum expected;
} checksums[] = {
    {"IPv4", IPV4(1), IPV4(2), {RESET_HEADER, 0x2b, 0xd4, 0, 0, 'o', 'd', 'd'}, 23, 23,
     TCPRST_CHECKSUM_GOOD},
    {"IPv6", IPV6(1), IPV6(2), {RESET_HEADER, 0x5c, 0xe2, 0, 0, 'e', 'v', 'e', 'n'}, 24, 24,
     TCPRST_CHECKSUM_GOOD},
    {"another address", IPV6(1), IPV6(3), {RESET_HEADER, 0x5c, 0xe2, 0, 0, 'e', 'v', 'e', 'n'}, 24,
     24,
     TCPRST_CHECKSUM_BAD},
    {"none", IPV4(1), IPV4(2), {RESET_HEADER, 0, 0, 0, 0, 'o', 'd', 'd'}, 23, 23,
     TCPRST_CHECKSUM_BAD},
    {"left to the network card", IPV4(1), IPV4(2), {RESET_HEADER, 0x84, 0x21, 0, 0, 'o', 'd', 'd'}, 23,
     23, TCPRST_CHECKSUM_UNKNOWN},
    {"a byte was not captured", IPV4(1), IPV4(2), {RESET_HEADER, 0, 0, 0, 0, 'o', 'd', 'd'}, 22, 23,
     TCPRST_CHECKSUM_UNKNOWN},
};

static void test_checksum(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(checksums); i++) {
        struct tcprst_segment s = {.src = checksums[i].src, .dst = checksums[i].dst};
        bool ok = tcprst_segment_parse(&s, checksums[i].bytes, checksums[i].captured,
                                       checksums[i].length);
        expect(ok && s.checksum == checksums[i].expected, checksums[i].name,
               "the checksum was misjudged");
    }
}

static const struct {
    const char *name;
    uint8_t flags;
    uint32_t payload, length;
} spaces[] = {
    {"an ACK takes none", TCPRST_ACK, 0, 0},
    {"a SYN takes one", TCPRST_SYN, 0, 1},
    {"a FIN takes one", TCPRST_FIN | TCPRST_ACK, 0, 1},
    {"payload and FIN", TCPRST_FIN | TCPRST_ACK, 10, 11},
    {"payload in a SYN", TCPRST_SYN, 10, 11},
    {"everything at once", TCPRST_SYN | TCPRST_FIN, 10, 12},
};

static void test_sequence_space(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(spaces); i++) {
        struct tcprst_segment s = {.flags = spaces[i].flags, .payload_bytes = spaces[i].payload};
        expect(tcprst_segment_length(&s) == spaces[i].length, spaces[i].name,
               "takes another length");
    }
    g_assert_true(tcprst_seq_after(5, 0xfffffff0));
    g_assert_false(tcprst_seq_after(0xfffffff0, 5));
    g_assert_false(tcprst_seq_after(7, 7));
}

static void test_times(void) {
    g_assert_cmpint(tcprst_elapsed_ns(100, 350), ==, 250);
    g_assert_cmpint(tcprst_elapsed_ns(350, 100), ==, -250);
    g_assert_cmpint(tcprst_elapsed_ns(INT64_MIN, INT64_MAX), ==, INT64_MAX);
    g_assert_cmpint(tcprst_elapsed_ns(INT64_MAX, INT64_MIN), ==, INT64_MIN);
    g_assert_cmpint(tcprst_elapsed_ns(-1, INT64_MAX), ==, INT64_MAX);
    g_assert_cmpint(tcprst_elapsed_ns(INT64_MIN, -1), ==, INT64_MAX);
    g_assert_cmpint(tcprst_time_ns(1, 5), ==, INT64_C(1000000005));
    g_assert_cmpint(tcprst_time_ns(-1, 5), ==, INT64_C(-999999995));
    g_assert_cmpint(tcprst_time_ns(INT64_MAX, 0), ==, INT64_MAX);
    g_assert_cmpint(tcprst_time_ns(INT64_MIN, INT32_MIN), ==, INT64_MIN);
    g_assert_cmpint(tcprst_time_ns(INT64_MAX / 1000000000 - 3, INT32_MAX), <, INT64_MAX);
}

static void test_loopback(void) {
    static const struct { uint8_t ipv4[4]; bool is_loopback; } addresses[] = {
        {{127, 0, 0, 1}, true}, {{127, 255, 0, 9}, true}, {{128, 0, 0, 1}, false}, {{0, 0, 0, 1}, false}};
    const struct tcprst_address ipv6 = {.bytes = {[15] = 1}}, other = {.bytes = {[0] = 0x20, [15] = 1}};
    for (unsigned i = 0; i < G_N_ELEMENTS(addresses); i++) {
        const struct tcprst_address address = tcprst_address_of_ipv4(addresses[i].ipv4);
        g_assert_cmpint(tcprst_is_loopback(&address), ==, addresses[i].is_loopback);
    }
    g_assert_true(tcprst_is_loopback(&ipv6));
    g_assert_false(tcprst_is_loopback(&other));
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/segment/loopback", test_loopback);
    g_test_add_func("/segment/options", test_options);
    g_test_add_func("/segment/cut-short", test_cut_short);
    g_test_add_func("/segment/lengths", test_lengths);
    g_test_add_func("/segment/checksum", test_checksum);
    g_test_add_func("/segment/sequence-space", test_sequence_space);
    g_test_add_func("/segment/times", test_times);
    return g_test_run();
}
