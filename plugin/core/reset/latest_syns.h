/* latest_syns.h - to which address each client port sent its latest SYN
 *
 * A table of fixed size: a newer SYN can replace one of another port.  It is used only when a reset
 * answers a segment of a connection whose SYN was not captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_LATEST_SYNS_H
#define TCPRST_RESET_LATEST_SYNS_H

#include "core/connection/connection.h"

struct tcprst_latest_syn {
    struct tcprst_tuple tuple;
    uint32_t isn;
    uint32_t frame; /* 0: empty */
    uint32_t tsval; /* 0: no timestamps */
    uint16_t ip_id;
    uint8_t  ttl, client_index;
    /* it has less than a system's connect() offers: scanners use one number for all targets */
    bool     is_of_tool;
};

struct tcprst_latest_syns;

struct tcprst_latest_syns *tcprst_latest_syns_new(void);
void tcprst_latest_syns_free(struct tcprst_latest_syns *syns);

/* Keeps a SYN. */
void tcprst_latest_syns_note(struct tcprst_latest_syns *syns, const struct tcprst_segment *syn);

/* The latest SYN from that address and port; NULL if there was none or it was replaced.  Valid
 * until the next SYN is kept. */
const struct tcprst_latest_syn *tcprst_latest_syns_find(const struct tcprst_latest_syns *syns,
                                            const struct tcprst_address *address, uint16_t port);

/* True if the latest SYN from the client's address and port had that initial number and went to
 * another address, and is not the same packet before or after a router that translates: that has
 * the IP ID or timestamp of the connection's own SYN, and another TTL. */
bool tcprst_latest_syns_share_number(const struct tcprst_latest_syns *syns,
                                     const struct tcprst_connection *connection, uint32_t isn,
                                     const struct tcprst_ip *ip, uint32_t tsval);

#endif
