/* address.h - IP addresses, and addresses as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_ADDRESS_H
#define TCPRST_PACKET_ADDRESS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* In bytes: the prefix that maps an IPv4 address into an IPv6 one (RFC 4291 section 2.5.5.2), and
 * the rest. */
enum { TCPRST_MAPPED_PREFIX_BYTES = 12, TCPRST_IPV4_ADDRESS_BYTES = 4 };

/* An IPv6 address, or an IPv4 address mapped into one. */
struct tcprst_address {
    uint8_t bytes[TCPRST_MAPPED_PREFIX_BYTES + TCPRST_IPV4_ADDRESS_BYTES];
};

/* The IPv4 address of 4 bytes at `ipv4`, mapped. */
static inline struct tcprst_address tcprst_address_of_ipv4(const void *ipv4) {
    struct tcprst_address address = {.bytes = {[10] = 0xff, [11] = 0xff}};
    memcpy(address.bytes + TCPRST_MAPPED_PREFIX_BYTES, ipv4, TCPRST_IPV4_ADDRESS_BYTES);
    return address;
}

bool tcprst_is_ipv4(const struct tcprst_address *address);

/* 127.0.0.0/8 or ::1 (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3): no such packet leaves its
 * host. */
bool tcprst_is_loopback(const struct tcprst_address *address);

/* The network that a site usually gives to one link: /24, in IPv6 /64 (RFC 4291 section 2.5.4). */
struct tcprst_address tcprst_network_of(const struct tcprst_address *address);

/* Appends "192.0.2.1" or "2001:db8::1"; with its port "192.0.2.1:80" or "[2001:db8::1]:80". */
void tcprst_add_address(GString *out, const struct tcprst_address *address);
void tcprst_add_endpoint(GString *out, const struct tcprst_address *address, uint16_t port);

#endif
