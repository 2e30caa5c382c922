/* address.c - IP addresses, and addresses as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/address.h"

#ifdef _WIN32
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#endif
#include <string.h>

static const uint8_t mapped_prefix[TCPRST_MAPPED_PREFIX_BYTES] = {[10] = 0xff, [11] = 0xff};

bool tcprst_is_ipv4(const struct tcprst_address *address) {
    return memcmp(address->bytes, mapped_prefix, TCPRST_MAPPED_PREFIX_BYTES) == 0;
}

bool tcprst_is_loopback(const struct tcprst_address *address) {
    static const struct tcprst_address loopback = {.bytes = {[15] = 1}};
    return tcprst_is_ipv4(address) ? address->bytes[TCPRST_MAPPED_PREFIX_BYTES] == 127
                                   : !memcmp(address, &loopback, sizeof loopback);
}

struct tcprst_address tcprst_network_of(const struct tcprst_address *address) {
    struct tcprst_address network = {{0}};
    memcpy(network.bytes, address->bytes, tcprst_is_ipv4(address) ? 15 : 8);
    return network;
}

void tcprst_add_address(GString *out, const struct tcprst_address *address) {
    const bool is_ipv4 = tcprst_is_ipv4(address);
    const uint8_t *bytes = address->bytes + (is_ipv4 ? TCPRST_MAPPED_PREFIX_BYTES : 0);
    char name[INET6_ADDRSTRLEN] = "";
    inet_ntop(is_ipv4 ? AF_INET : AF_INET6, bytes, name, sizeof name);
    g_string_append(out, name);
}

void tcprst_add_endpoint(GString *out, const struct tcprst_address *address, uint16_t port) {
    bool brackets = !tcprst_is_ipv4(address);
    g_string_append(out, brackets ? "[" : "");
    tcprst_add_address(out, address);
    g_string_append_printf(out, brackets ? "]:%u" : ":%u", port);
}
