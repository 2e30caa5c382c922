/* latest_syns.c - keeps the latest SYN of client ports in a table of fixed size
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/latest_syns.h"

#include <string.h>

#include "core/packet/hash.h"

enum { SLOTS = 1024 };

struct tcprst_latest_syns {
    struct tcprst_latest_syn slots[SLOTS];
};

struct tcprst_latest_syns *tcprst_latest_syns_new(void) {
    return g_new0(struct tcprst_latest_syns, 1);
}

void tcprst_latest_syns_free(struct tcprst_latest_syns *syns) {
    g_free(syns);
}

static unsigned slot_of(const struct tcprst_address *address, uint16_t port) {
    return (tcprst_hash_address(address) + port) % SLOTS;
}

void tcprst_latest_syns_note(struct tcprst_latest_syns *syns, const struct tcprst_segment *syn) {
    unsigned client_index;
    struct tcprst_latest_syn *slot = &syns->slots[slot_of(&syn->src, syn->src_port)];
    slot->tuple = tcprst_tuple_of(syn, &client_index);
    slot->client_index = (uint8_t)client_index;
    slot->isn = syn->seq;
    slot->frame = syn->frame;
    slot->tsval = syn->options.tsval;
    slot->ip_id = syn->ip.id;
    slot->ttl = syn->ip.ttl;
    slot->is_of_tool = tcprst_offers_little(&syn->options);
}

const struct tcprst_latest_syn *tcprst_latest_syns_find(const struct tcprst_latest_syns *syns,
                                            const struct tcprst_address *address, uint16_t port) {
    const struct tcprst_latest_syn *slot = &syns->slots[slot_of(address, port)];
    bool fits = slot->frame && slot->tuple.port[slot->client_index] == port &&
                tcprst_equal_address(&slot->tuple.address[slot->client_index], address);
    return fits ? slot : NULL;
}

static bool is_translated(const struct tcprst_latest_syn *latest, const struct tcprst_ip *ip,
                          uint32_t tsval) {
    return (ip->id || tsval) && latest->ip_id == ip->id && latest->tsval == tsval &&
           latest->ttl != ip->ttl;
}

bool tcprst_latest_syns_share_number(const struct tcprst_latest_syns *syns,
                                     const struct tcprst_connection *c, uint32_t isn,
                                     const struct tcprst_ip *ip, uint32_t tsval) {
    unsigned client = c->client_index;
    const struct tcprst_latest_syn *latest =
        tcprst_latest_syns_find(syns, &c->tuple.address[client], c->tuple.port[client]);
    return latest && latest->isn == isn && !is_translated(latest, ip, tsval) &&
           memcmp(&latest->tuple, &c->tuple, sizeof c->tuple) != 0;
}
