/* evidence_known_host_rows.c - evidence in what the user has listed about addresses, and the limits
 * that the user sets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rows.h"

/* The story's hosts: clients in 198.51.0.0/16 or 2001:db8:1::/48, the server 192.0.2.80 or in 2001:db8:2::/48. */
#define V4(...) {{[10] = 0xff, 0xff, __VA_ARGS__}}
#define V6(...) {{0x20, 0x01, 0x0d, 0xb8, __VA_ARGS__}}
#define V4_BITS(bits) (96 + (bits))
#define SITE(...)                                                                                          \
    &(const struct tcprst_settings){.hosts = (const struct tcprst_known_host[]){__VA_ARGS__},                  \
                                .hosts_count = sizeof((const struct tcprst_known_host[]){__VA_ARGS__}) /   \
                                               sizeof(struct tcprst_known_host),                           \
                                .shortest_run = TCPRST_SHORTEST_RUN_DEFAULT,                               \
                                .long_silence_ns = SEC(TCPRST_LONG_SILENCE_DEFAULT_S)}
#define ABORTED {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))}

static const struct story told[] = {
    {"the client's net is a monitor's", ABORTED,
     .settings = SITE({V4(198, 51, 0, 0), V4_BITS(16), TCPRST_KNOWN_MONITOR, "haproxy"}),
     .shows = "client-is-known-monitor", .lacks = "client-is-known-scanner client-is-known-nat"},
    {"another net is a monitor's", ABORTED,
     .settings = SITE({V4(198, 52, 0, 0), V4_BITS(16), TCPRST_KNOWN_MONITOR}), .lacks = "client-is-known-monitor"},
    {"a prefix that ends within a byte", ABORTED,
     .settings = SITE({V4(198, 50, 0, 0), V4_BITS(15), TCPRST_KNOWN_SCANNER}), .shows = "client-is-known-scanner"},
    {"a prefix that ends within a byte, and does not match", ABORTED,
     .settings = SITE({V4(198, 48, 0, 0), V4_BITS(15), TCPRST_KNOWN_SCANNER}), .lacks = "client-is-known-scanner"},
    {"the second line of the list", ABORTED,
     .settings = SITE({V4(198, 51, 0, 0), V4_BITS(16), TCPRST_KNOWN_MONITOR},
                  {V4(198, 51, 0, 0), V4_BITS(16), TCPRST_KNOWN_NAT}),
     .shows = "client-is-known-monitor client-is-known-nat"},
    {"the server's net is no client's", ABORTED,
     .settings = SITE({V4(192, 0, 2, 80), V4_BITS(32), TCPRST_KNOWN_NAT}), .lacks = "client-is-known-nat"},
    {"the server is behind a proxy", ABORTED,
     .settings = SITE({V4(192, 0, 2, 80), V4_BITS(32), TCPRST_KNOWN_PROXY}), .shows = "server-is-behind-proxy"},
    {"another server is behind a proxy", ABORTED,
     .settings = SITE({V4(192, 0, 2, 81), V4_BITS(32), TCPRST_KNOWN_PROXY}), .lacks = "server-is-behind-proxy"},
    {"IPv6", ABORTED, .ipv6 = true, .settings = SITE({V6(0, 2), 48, TCPRST_KNOWN_PROXY}),
     .shows = "server-is-behind-proxy"},
    {"all of IPv6, not IPv4", ABORTED, .settings = SITE({V6(0), 16, TCPRST_KNOWN_SCANNER}),
     .lacks = "client-is-known-scanner"},
    {"silence that is long to this user", {HANDSHAKE_AT_CLIENT, REQUEST(MS(42)), RST_ACK(SEC(6))},
     .settings = &(const struct tcprst_settings){.shortest_run = 3, .long_silence_ns = SEC(5)}, .shows = "long-silence"},
    {"silence that is not", {HANDSHAKE_AT_CLIENT, REQUEST(MS(42)), RST_ACK(SEC(6))}, .lacks = "long-silence"},
};

const struct rows evidence_of_site = {"site", told, G_N_ELEMENTS(told)};
