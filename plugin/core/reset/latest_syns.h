/* latest_syns.h - whom each client port asked last
 *
 * A table of fixed size: a newer SYN takes an older one's place.  It is asked only when a reset answers a
 * segment of a connection whose SYN the capture does not hold.
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
    uint8_t  client_index;
};

struct tcprst_latest_syns;

struct tcprst_latest_syns *tcprst_latest_syns_new(void);
void tcprst_latest_syns_free(struct tcprst_latest_syns *syns);

/* Keeps a SYN. */
void tcprst_latest_syns_note(struct tcprst_latest_syns *syns, const struct tcprst_segment *syn);

/* The latest SYN from that address and port; NULL if there was none or it lost its place. */
const struct tcprst_latest_syn *tcprst_latest_syns_find(const struct tcprst_latest_syns *syns,
                                            const struct tcprst_address *address, uint16_t port);

/* The latest SYN from the client's address and port had that initial number and went to another address. */
bool tcprst_latest_syns_share_number(const struct tcprst_latest_syns *syns, const struct tcprst_connection *connection,
                                     uint32_t isn);

#endif
