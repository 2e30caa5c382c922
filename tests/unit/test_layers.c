/* test_layers.c - headers of the link layer, IP and tunnels, whole, cut short and wrong
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "layer.h"

/* What precedes the TCP header, in hexadecimal, and the expected result. */
struct row {
    const char *what;
    enum tcprst_layer_kind first;
    const char *headers;
    enum tcprst_layer_kind last;
    const char *name; /* name of the layer that is not followed */
};

#define IPV4_TO(protocol) "45 02 0064 1234 4000 40" protocol "0000 c0000201 c6336401"
#define IPV4 IPV4_TO("06")
#define IPV6_TO(protocol) \
    "6 12 34567 0050" protocol "3f 20010db8000000000000000000000001 20010db8000000000000000000000002"
#define IPV6 IPV6_TO("06")
#define MACS "020000000001 020000000002"
#define ETHERNET(type) MACS type
#define UDP(src, dst) src dst "0050 0000"
#define TCP 40 /* bytes after the headers */

static const struct row rows[] = {
    {"Ethernet, IPv4", TCPRST_LAYER_ETHERNET, ETHERNET("0800") IPV4, TCPRST_LAYER_TCP},
    {"Ethernet, IPv6", TCPRST_LAYER_ETHERNET, ETHERNET("86dd") IPV6, TCPRST_LAYER_TCP},
    {"ICMP", TCPRST_LAYER_ETHERNET, ETHERNET("0800") IPV4_TO("01"), TCPRST_LAYER_ICMP},
    {"ICMPv6", TCPRST_LAYER_ETHERNET, ETHERNET("86dd") IPV6_TO("3a"), TCPRST_LAYER_ICMPV6},
    {"a VLAN", TCPRST_LAYER_ETHERNET, ETHERNET("8100") "0007 0800" IPV4, TCPRST_LAYER_TCP},
    {"QinQ", TCPRST_LAYER_ETHERNET, ETHERNET("88a8") "0007 8100 0008 0800" IPV4, TCPRST_LAYER_TCP},
    {"old QinQ", TCPRST_LAYER_ETHERNET, ETHERNET("9100") "0007 8100 0008 86dd" IPV6, TCPRST_LAYER_TCP},
    {"LLC and SNAP", TCPRST_LAYER_ETHERNET, ETHERNET("0060") "aaaa03 000000 0800" IPV4, TCPRST_LAYER_TCP},
    {"SNAP of a vendor", TCPRST_LAYER_ETHERNET, ETHERNET("0060") "aaaa03 00000c 2000" IPV4, TCPRST_LAYER_END},
    {"ARP", TCPRST_LAYER_ETHERNET, ETHERNET("0806") "0001", TCPRST_LAYER_END},
    {"MACsec", TCPRST_LAYER_ETHERNET, ETHERNET("88e5") "00", TCPRST_LAYER_UNFOLLOWED, "Ethernet type 0x88e5"},
    {"Cisco metadata", TCPRST_LAYER_ETHERNET, ETHERNET("8909") "01 01 0001 0005 0800" IPV4, TCPRST_LAYER_TCP},
    {"MPLS, two labels", TCPRST_LAYER_ETHERNET, ETHERNET("8847") "00064040 000c8140" IPV4, TCPRST_LAYER_TCP},
    {"MPLS without an end", TCPRST_LAYER_ETHERNET, ETHERNET("8847") "00064040", TCPRST_LAYER_END},
    {"MPLS with Ethernet", TCPRST_LAYER_ETHERNET, ETHERNET("8847") "00064140 00000000", TCPRST_LAYER_UNFOLLOWED,
     "MPLS that holds no IP"},
    {"PPPoE", TCPRST_LAYER_ETHERNET, ETHERNET("8864") "11 00 0001 0070 0021" IPV4, TCPRST_LAYER_TCP},
    {"PPPoE, IPv6", TCPRST_LAYER_ETHERNET, ETHERNET("8864") "11 00 0001 0090 0057" IPV6, TCPRST_LAYER_TCP},
    {"PPP in HDLC, protocol compressed", TCPRST_LAYER_PPP, "ff03 21" IPV4, TCPRST_LAYER_TCP},
    {"PPP, control", TCPRST_LAYER_PPP, "c021 00", TCPRST_LAYER_END},
    {"PPP, compressed headers", TCPRST_LAYER_PPP, "002d 00", TCPRST_LAYER_UNFOLLOWED, "PPP protocol 45"},
    {"Cisco HDLC", TCPRST_LAYER_CHDLC, "0f00 0800" IPV4, TCPRST_LAYER_TCP},
    {"Linux cooked", TCPRST_LAYER_COOKED, "0000 0001 0006 0200000000010000 0800" IPV4, TCPRST_LAYER_TCP},
    {"Linux cooked 2", TCPRST_LAYER_COOKED_2, "86dd 0000 00000002 0001 00 06 0200000000010000" IPV6,
     TCPRST_LAYER_TCP},
    {"Linux cooked, CAN", TCPRST_LAYER_COOKED, "0001 0118 0000 0000000000000000 000c 00", TCPRST_LAYER_UNFOLLOWED,
     "Linux cooked, protocol 12"},
    {"loopback, little-endian", TCPRST_LAYER_LOOPBACK, "02000000" IPV4, TCPRST_LAYER_TCP},
    {"loopback, big-endian", TCPRST_LAYER_LOOPBACK, "00000002" IPV4, TCPRST_LAYER_TCP},
    {"loopback, IPv6 of macOS", TCPRST_LAYER_LOOPBACK, "1e000000" IPV6, TCPRST_LAYER_TCP},
    {"loopback, IPv6 of FreeBSD", TCPRST_LAYER_LOOPBACK, "0000001c" IPV6, TCPRST_LAYER_TCP},
    {"loopback, AppleTalk", TCPRST_LAYER_LOOPBACK, "00000010", TCPRST_LAYER_UNFOLLOWED, "loopback, address family 16"},
    {"raw IPv4", TCPRST_LAYER_RAW_IP, IPV4, TCPRST_LAYER_TCP},
    {"raw IPv6", TCPRST_LAYER_RAW_IP, IPV6, TCPRST_LAYER_TCP},
    {"raw, neither", TCPRST_LAYER_RAW_IP, "00", TCPRST_LAYER_UNFOLLOWED, "raw IP that begins otherwise"},

    {"IPv4 with options", TCPRST_LAYER_IPV4, "46 00 0064 0000 0000 40 06 0000 c0000201 c6336401 01940000",
     TCPRST_LAYER_TCP},
    {"IPv4 with a source route", TCPRST_LAYER_IPV4,
     "47 00 0064 0000 0000 40 06 0000 c0000201 c6336401 01830704 0a000001", TCPRST_LAYER_UNFOLLOWED,
     "IPv4 source route"},
    {"IPv4 with an option of length 0", TCPRST_LAYER_IPV4,
     "46 00 0064 0000 0000 40 06 0000 c0000201 c6336401 9400 8304",
     TCPRST_LAYER_TCP},
    {"IPv4 with length 0, cut up by the card", TCPRST_LAYER_IPV4,
     "45 00 0000 0000 0000 40 06 0000 c0000201 c6336401", TCPRST_LAYER_TCP},
    {"IPv4 shorter than its header", TCPRST_LAYER_IPV4, "45 00 0013 0000 0000 40 06 0000 c0000201 c6336401",
     TCPRST_LAYER_END},
    {"IPv4 with a header of 16 bytes", TCPRST_LAYER_IPV4, "44 00 0064 0000 0000 40 06 0000 c0000201 c6336401",
     TCPRST_LAYER_END},
    {"IPv4 of version 5", TCPRST_LAYER_IPV4, "55 00 0064 0000 0000 40 06 0000 c0000201 c6336401", TCPRST_LAYER_END},
    {"IPv4, first fragment", TCPRST_LAYER_IPV4, "45 00 003c 0000 2000 40 06 0000 c0000201 c6336401",
     TCPRST_LAYER_UNFOLLOWED, "IPv4 fragment"},
    {"IPv4, first fragment that was cut", TCPRST_LAYER_IPV4, "45 00 0064 0000 2000 40 06 0000 c0000201 c6336401",
     TCPRST_LAYER_TCP},
    {"IPv4, later fragment", TCPRST_LAYER_IPV4, "45 00 0064 0000 0001 40 06 0000 c0000201 c6336401",
     TCPRST_LAYER_UNFOLLOWED, "IPv4 fragment"},
    {"UDP", TCPRST_LAYER_IPV4, IPV4_TO("11") UDP("c000", "0035"), TCPRST_LAYER_END},
    {"OSPF", TCPRST_LAYER_IPV4, IPV4_TO("59"), TCPRST_LAYER_END},
    {"ESP", TCPRST_LAYER_IPV4, IPV4_TO("32"), TCPRST_LAYER_UNFOLLOWED, "IPsec ESP"},

    {"IPv6, hop by hop and destination options", TCPRST_LAYER_IPV6,
     IPV6_TO("00") "3c 00 010400000000" "06 01 010c 000000000000000000000000", TCPRST_LAYER_TCP},
    {"IPv6, routing done", TCPRST_LAYER_IPV6, IPV6_TO("2b") "06 00 00 00 00000000", TCPRST_LAYER_TCP},
    {"IPv6, routing to go on", TCPRST_LAYER_IPV6, IPV6_TO("2b") "06 00 00 01 00000000", TCPRST_LAYER_UNFOLLOWED,
     "IPv6 source route"},
    {"IPv6, whole fragment", TCPRST_LAYER_IPV6, IPV6_TO("2c") "06 00 0000 00000001", TCPRST_LAYER_TCP},
    {"IPv6, fragment", TCPRST_LAYER_IPV6, IPV6_TO("2c") "06 00 0001 00000001", TCPRST_LAYER_UNFOLLOWED,
     "IPv6 fragment"},
    {"IPv6, an extension behind the end", TCPRST_LAYER_IPV6, IPV6_TO("00") "06 ff", TCPRST_LAYER_END},
    {"IPv6 without a length", TCPRST_LAYER_IPV6,
     "60000000 0000 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002",
     TCPRST_LAYER_UNFOLLOWED, "IPv6 without a length"},

    {"IP in IP", TCPRST_LAYER_IPV4, IPV4_TO("04") IPV4, TCPRST_LAYER_TCP},
    {"6in4", TCPRST_LAYER_IPV4, IPV4_TO("29") IPV6, TCPRST_LAYER_TCP},
    {"GRE", TCPRST_LAYER_IPV4, IPV4_TO("2f") "0000 0800" IPV4, TCPRST_LAYER_TCP},
    {"GRE with everything", TCPRST_LAYER_IPV4, IPV4_TO("2f") "b000 86dd 00000000 00000001 00000002" IPV6,
     TCPRST_LAYER_TCP},
    {"GRE with Ethernet", TCPRST_LAYER_IPV4, IPV4_TO("2f") "0000 6558" ETHERNET("0800") IPV4, TCPRST_LAYER_TCP},
    {"ERSPAN I", TCPRST_LAYER_IPV4, IPV4_TO("2f") "0000 88be" ETHERNET("0800") IPV4, TCPRST_LAYER_TCP},
    {"ERSPAN II", TCPRST_LAYER_IPV4, IPV4_TO("2f") "1000 88be 00000001 10010001 00000000" ETHERNET("0800") IPV4,
     TCPRST_LAYER_TCP},
    {"PPTP", TCPRST_LAYER_IPV4, IPV4_TO("2f") "3001 880b", TCPRST_LAYER_UNFOLLOWED, "PPTP"},
    {"GRE with something else", TCPRST_LAYER_IPV4, IPV4_TO("2f") "0000 894f", TCPRST_LAYER_UNFOLLOWED,
     "GRE type 0x894f"},
    {"VXLAN", TCPRST_LAYER_IPV4, IPV4_TO("11") UDP("c000", "12b5") "08000000 00000100" ETHERNET("0800") IPV4,
     TCPRST_LAYER_TCP},
    {"VXLAN from a port that may mean something else", TCPRST_LAYER_IPV4, IPV4_TO("11") UDP("0400", "12b5"),
     TCPRST_LAYER_UNFOLLOWED, "VXLAN"},
    {"Geneve with an option", TCPRST_LAYER_IPV4,
     IPV4_TO("11") UDP("c000", "17c1") "0100 6558 00000100 00000000" ETHERNET("86dd") IPV6, TCPRST_LAYER_TCP},
    {"GTP-U", TCPRST_LAYER_IPV4, IPV4_TO("11") UDP("0868", "0868") "30 ff 0040 00000001" IPV4, TCPRST_LAYER_TCP},
    {"GTP-U with an extension", TCPRST_LAYER_IPV4,
     IPV4_TO("11") UDP("0868", "0868") "34 ff 0040 00000001 0000 00 85 01 0001 00" IPV4, TCPRST_LAYER_TCP},
    {"GTP-U with an extension of length 0", TCPRST_LAYER_IPV4,
     IPV4_TO("11") UDP("0868", "0868") "34 ff 0040 00000001 0000 00 85 00 0001 00" IPV4, TCPRST_LAYER_END},
    {"Teredo", TCPRST_LAYER_IPV4, IPV4_TO("11") UDP("c000", "0dd8") IPV6, TCPRST_LAYER_UNFOLLOWED, "Teredo"},
};

static GByteArray *bytes_of(const char *hexadecimal) {
    GByteArray *bytes = g_byte_array_new();
    int high = -1;
    for (const char *digit = hexadecimal; *digit; digit++) {
        int value = g_ascii_xdigit_value(*digit);
        if (value < 0)
            continue;
        guint8 byte = (guint8)(high * 16 + value);
        if (high >= 0)
            g_byte_array_append(bytes, &byte, 1);
        high = high >= 0 ? -1 : value;
    }
    g_assert_cmpint(high, ==, -1);
    return bytes;
}

/* Follows the first `captured` bytes of the frame, in a block of exactly that size, so that the
 * sanitizer finds reads beyond its end. */
static struct tcprst_layer follow(enum tcprst_layer_kind first, const GByteArray *frame, guint captured) {
    guint8 *exact = g_malloc(MAX(captured, 1));
    memcpy(exact, frame->data, captured);
    struct tcprst_layer layer = {
        .kind = first, .bytes = exact, .captured_bytes = captured, .length_bytes = frame->len};
    tcprst_layer_follow(&layer);
    g_assert_cmpuint(layer.captured_bytes, <=, layer.length_bytes);
    g_free(exact);
    return layer;
}

static void check_row(const struct row *row, const GByteArray *frame) {
    struct tcprst_layer layer = follow(row->first, frame, frame->len);
    const char *name = layer.kind == TCPRST_LAYER_UNFOLLOWED ? layer.name : NULL;
    if (layer.kind == row->last && g_strcmp0(name, row->name) == 0)
        return;
    g_printerr("%s: ends at layer %d %s, not %d %s\n", row->what, (int)layer.kind, name ? name : "", (int)row->last,
               row->name ? row->name : "");
    g_test_fail();
}

static void test_rows(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        GByteArray *frame = bytes_of(rows[i].headers);
        guint headers = frame->len;
        g_byte_array_set_size(frame, headers + TCP);
        memset(frame->data + headers, 0, TCP);
        check_row(&rows[i], frame);
        for (guint captured = 0; captured < frame->len; captured++)
            follow(rows[i].first, frame, captured);
        g_byte_array_free(frame, TRUE);
    }
}

/* Each byte is set to each value. */
static void test_wrong_bytes(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        GByteArray *frame = bytes_of(rows[i].headers);
        for (guint at = 0; at < frame->len; at++) {
            guint8 right = frame->data[at];
            for (unsigned value = 0; value <= UINT8_MAX; value++) {
                frame->data[at] = (guint8)value;
                follow(rows[i].first, frame, frame->len);
            }
            frame->data[at] = right;
        }
        g_byte_array_free(frame, TRUE);
    }
}

static void test_what_ip_tells(void) {
    GByteArray *frame = bytes_of(ETHERNET("0800") IPV4 "00500051 00000001 00000000 50020000 00000000" "ffff");
    struct tcprst_layer layer = follow(TCPRST_LAYER_ETHERNET, frame, frame->len);
    g_assert_cmpint(layer.kind, ==, TCPRST_LAYER_TCP);
    g_assert_cmpuint(layer.captured_bytes, ==, 22); /* the length in the header is greater */
    g_assert_cmpuint(layer.ip.version, ==, 4);
    g_assert_cmpuint(layer.ip.ttl, ==, 64);
    g_assert_cmpuint(layer.ip.tos, ==, 2);
    g_assert_cmpuint(layer.ip.id, ==, 0x1234);
    g_assert_true(layer.ip.df);
    g_assert_cmpuint(layer.src.bytes[12], ==, 192);
    g_assert_cmpuint(layer.dst.bytes[15], ==, 1);
    g_byte_array_free(frame, TRUE);

    frame = bytes_of(IPV6_TO("2c") "06 00 0000 00000001" "00500051");
    layer = follow(TCPRST_LAYER_RAW_IP, frame, frame->len);
    g_assert_cmpuint(layer.ip.version, ==, 6);
    g_assert_cmpuint(layer.ip.ttl, ==, 63);
    g_assert_cmpuint(layer.ip.tos, ==, 0x12);
    g_assert_cmpuint(layer.ip.flow_label, ==, 0x34567);
    g_assert_cmpuint(layer.dst.bytes[15], ==, 2);
    g_byte_array_free(frame, TRUE);
}

static void test_padding_is_no_payload(void) {
    GByteArray *frame = bytes_of(ETHERNET("0800") "45 00 002a 0000 0000 40 06 0000 c0000201 c6336401");
    guint headers = frame->len;
    g_byte_array_set_size(frame, headers + TCP);
    memset(frame->data + headers, 0, TCP);
    struct tcprst_layer layer = follow(TCPRST_LAYER_ETHERNET, frame, frame->len);
    g_assert_cmpuint(layer.length_bytes, ==, 22);
    g_assert_cmpuint(layer.captured_bytes, ==, 22);
    layer = follow(TCPRST_LAYER_ETHERNET, frame, headers + 5);
    g_assert_cmpuint(layer.length_bytes, ==, 22);
    g_assert_cmpuint(layer.captured_bytes, ==, 5);
    g_byte_array_free(frame, TRUE);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layers/rows", test_rows);
    g_test_add_func("/layers/wrong-bytes", test_wrong_bytes);
    g_test_add_func("/layers/what-ip-tells", test_what_ip_tells);
    g_test_add_func("/layers/padding", test_padding_is_no_payload);
    return g_test_run();
}
