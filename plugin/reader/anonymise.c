/* anonymise.c - numbers networks, and the addresses in each
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "anonymise.h"

#include "core/packet/hash.h"

/* In bytes: what reports call a network, a /24 or /64. */
enum { NETWORK_BYTES_V4 = 15, NETWORK_BYTES_V6 = 8 };

struct network {
    struct tcprst_address address; /* the key: the rest is 0 */
    uint32_t number;
    uint64_t hosts;
};

struct stand_in {
    struct tcprst_address original; /* the key */
    struct tcprst_address shown;
};

struct tcprst_stand_ins {
    GHashTable *networks, *addresses;
    uint32_t networks_seen[2]; /* of IPv6, of IPv4 */
    unsigned files;
};

struct tcprst_stand_ins *tcprst_stand_ins_new(void) {
    struct tcprst_stand_ins *stand_ins = g_new0(struct tcprst_stand_ins, 1);
    stand_ins->networks =
        g_hash_table_new_full(tcprst_hash_address, tcprst_equal_address, g_free, NULL);
    stand_ins->addresses =
        g_hash_table_new_full(tcprst_hash_address, tcprst_equal_address, g_free, NULL);
    return stand_ins;
}

void tcprst_stand_ins_free(struct tcprst_stand_ins *stand_ins) {
    if (!stand_ins)
        return;
    g_hash_table_unref(stand_ins->networks);
    g_hash_table_unref(stand_ins->addresses);
    g_free(stand_ins);
}

static struct network *network_of(struct tcprst_stand_ins *stand_ins,
                                  const struct tcprst_address *address) {
    const bool is_v4 = tcprst_is_ipv4(address);
    struct tcprst_address key = {{0}};
    memcpy(key.bytes, address->bytes, is_v4 ? NETWORK_BYTES_V4 : NETWORK_BYTES_V6);
    struct network *network = g_hash_table_lookup(stand_ins->networks, &key);
    if (network)
        return network;
    network = g_new0(struct network, 1);
    network->address = key;
    network->number = stand_ins->networks_seen[is_v4]++;
    g_hash_table_add(stand_ins->networks, network);
    return network;
}

/* The next address of the network's stand-in. */
static struct tcprst_address next_address(struct network *network) {
    const uint64_t host = ++network->hosts;
    const uint32_t number = network->number + (10u << 16);
    const uint8_t v4[] = {(uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number,
                          (uint8_t)host};
    if (tcprst_is_ipv4(&network->address))
        return tcprst_address_of_ipv4(v4);
    struct tcprst_address v6 = {.bytes = {0x20, 0x01, 0x0d, 0xb8}};
    const uint32_t network_order = GUINT32_TO_BE(network->number);
    const uint64_t host_order = GUINT64_TO_BE(host);
    memcpy(v6.bytes + 4, &network_order, sizeof network_order);
    memcpy(v6.bytes + NETWORK_BYTES_V6, &host_order, sizeof host_order);
    return v6;
}

static struct stand_in *stand_in_of(struct tcprst_stand_ins *stand_ins,
                                    const struct tcprst_address *address) {
    struct stand_in *known = g_hash_table_lookup(stand_ins->addresses, address);
    if (known)
        return known;
    known = g_new(struct stand_in, 1);
    *known = (struct stand_in){*address, next_address(network_of(stand_ins, address))};
    g_hash_table_add(stand_ins->addresses, known);
    return known;
}

void tcprst_stand_ins_replace(struct tcprst_stand_ins *stand_ins, struct tcprst_address *address) {
    if (stand_ins && !tcprst_is_loopback(address))
        *address = stand_in_of(stand_ins, address)->shown;
}

char *tcprst_stand_ins_file(struct tcprst_stand_ins *stand_ins) {
    return g_strdup_printf("capture-%u", ++stand_ins->files);
}
