/* test_icmp_error.c - ICMP errors, whole and cut short
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/packet/icmp_error.h"

/* About a segment from 10.0.0.1:40000 to 10.0.0.2:80, SEQ 0x01020304. */
static const uint8_t prohibited[] = {3,  13, 0,    0, 0,    0,    0, 0,  0x45, 0, 0, 40,
                                     0,  0,  0x40, 0, 64,   6,    0, 0,  10,   0, 0, 1,
                                     10, 0,  0,    2, 0x9c, 0x40, 0, 80, 1,    2, 3, 4};

static bool parse(struct tcprst_icmp_error *quoted, int version, const uint8_t *bytes,
                  size_t count) {
    uint8_t *exact = g_malloc(MAX(count, 1)); /* the sanitizer finds reads beyond its end */
    memcpy(exact, bytes, count);
    bool ok = tcprst_icmp_error_parse(quoted, version, exact, count);
    g_free(exact);
    return ok;
}

static void test_error(void) {
    struct tcprst_icmp_error quoted;
    g_assert_true(parse(&quoted, 4, prohibited, sizeof prohibited));
    g_assert_cmpstr(tcprst_icmp_name(quoted.error), ==,
                    "communication administratively prohibited");
    g_assert_cmpint(tcprst_icmp_kind_of(quoted.error), ==, TCPRST_PROHIBITED);
    g_assert_cmpuint(quoted.segment.src_port, ==, 40000);
    g_assert_cmpuint(quoted.segment.dst_port, ==, 80);
    g_assert_cmpuint(quoted.segment.seq, ==, 0x01020304);
    g_assert_cmpuint(quoted.segment.src.bytes[15], ==, 1);
    for (size_t captured = 0; captured < sizeof prohibited; captured++)
        g_assert_false(parse(&quoted, 4, prohibited, captured));
}

/* RFC 1191 section 4; RFC 4443 section 3.2. */
static void test_mtu(void) {
    uint8_t bytes[sizeof prohibited], bytes_6[56] = {2, 0, [6] = 5, 0, [8] = 0x60, [14] = 6};
    struct tcprst_icmp_error quoted;
    memcpy(bytes, prohibited, sizeof bytes);
    bytes[6] = 5, bytes[7] = 120;
    g_assert_true(parse(&quoted, 4, bytes, sizeof bytes));
    g_assert_cmpuint(quoted.mtu, ==, 0); /* of another error */
    bytes[1] = 4;
    g_assert_true(parse(&quoted, 4, bytes, sizeof bytes));
    g_assert_cmpuint(quoted.mtu, ==, 1400);
    g_assert_true(parse(&quoted, 6, bytes_6, sizeof bytes_6));
    g_assert_cmpuint(quoted.mtu, ==, 1280);
    bytes_6[4] = 1;
    g_assert_true(parse(&quoted, 6, bytes_6, sizeof bytes_6));
    g_assert_cmpuint(quoted.mtu, ==, UINT16_MAX);
}

static void test_others(void) {
    static const struct { const char *what; int version; size_t at; uint8_t value; } changes[] = {
        {"an echo", 4, 0, 8},          {"an unknown code", 4, 1, 99}, {"ICMPv6", 6, 0, 3},
        {"UDP quoted", 4, 17, 17},     {"a later fragment", 4, 15, 1}, {"no IPv4", 4, 8, 0x65},
        {"a short header", 4, 8, 0x41}, {"a header behind the end", 4, 8, 0x4f},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(changes); i++) {
        struct tcprst_icmp_error quoted;
        uint8_t bytes[sizeof prohibited];
        memcpy(bytes, prohibited, sizeof bytes);
        bytes[changes[i].at] = changes[i].value;
        if (parse(&quoted, changes[i].version, bytes, sizeof bytes)) {
            g_printerr("%s was read as an error about TCP\n", changes[i].what);
            g_test_fail();
        }
    }
    g_assert_cmpstr(tcprst_icmp_name(0), ==, "");
    g_assert_cmpstr(tcprst_icmp_name(255), ==, "");
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/quoted/error", test_error);
    g_test_add_func("/quoted/mtu", test_mtu);
    g_test_add_func("/quoted/others", test_others);
    return g_test_run();
}
