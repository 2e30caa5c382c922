/* host.h - what the capture showed of one address, over all its connections and ports
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_HOST_H
#define TCPRST_SERVER_HOST_H

#include "core/connection/connection.h"
#include "core/packet/pool.h"

struct tcprst_event;

enum { TCPRST_TARGETS_KEPT = 8 }; /* the values that `next_target` can have */

/* A client's early resets in a row. */
struct tcprst_sweep {
    uint32_t first_number;      /* of its first event */
    uint32_t first_target : 29; /* number of the endpoint, from 1; 0: none yet */
    uint32_t next_target : 3;
    /* array of TCPRST_TARGETS_KEPT endpoint numbers, of the pool; NULL until the second */
    uint32_t *last_targets;
    int64_t last_ns;
};

/* How a host answers, and is answered. */
struct tcprst_answers {
    struct tcprst_leg leg[2]; /* by role */
    /* latest answer to a client, and latest one on another port */
    uint32_t served_frame[2];
    uint16_t served_port[2];
    uint32_t named_answers; /* answered requests with a name, by this host or to it */
    /* as a server: a client's ACK by which a connection opened of which the SYN/ACK was not
     * captured, and its port; 0: none */
    uint32_t proved_frame;
    uint16_t proved_port;
    /* as a client: options that its SYNs offered, and did not, on connections that opened */
    uint16_t opened_with, opened_without;
    uint32_t abort_number; /* as a client: of its latest abort's event, from 1; 0: none */
    /* as a client: a handshake that it completed began with a SYN that had SACK or timestamps;
     * frame of that SYN, 0: none */
    uint32_t rich_syn_frame;
};

/* Memory of hosts and what belongs to them: a small piece of its own for each would keep glibc from
 * joining what Wireshark frees around it. */
struct tcprst_host_pools {
    struct tcprst_pool hosts, answers, sweeps, targets;
};

/* One address.  A capture can have as many as packets, so what few have is kept apart. */
struct tcprst_host {
    struct tcprst_address address;   /* the first member, by which it is found */
    struct tcprst_host_pools *pools; /* of which it and the next two are */
    struct tcprst_answers *answers;  /* NULL until the first */
    struct tcprst_sweep *sweep;      /* as a client; NULL until its first */
    uint32_t synack_frame;           /* frame of a SYN/ACK with synack_ttl; 0: none */
    uint32_t refusal_frame;          /* frame of a RST that refused a SYN; 0: none */
    uint32_t ports : 30;             /* as a server: ports that somebody sent something to */
    uint32_t synack_ttl_varies : 1;
    /* as a client: its SYNs to several addresses had the same port and number */
    uint32_t shares_isn : 1;
    /* resets whose window field is a code of reset_reason.h; saturates */
    uint16_t coded_resets;
    uint8_t  synack_interface;       /* where these were captured (point.h); saturates */
    uint8_t  synack_ttl;
};
static_assert(sizeof(struct tcprst_host) <= 56, "a scan of addresses has millions");

void tcprst_host_pools_init(struct tcprst_host_pools *pools);
void tcprst_host_pools_clear(struct tcprst_host_pools *pools);

/* A host of which nothing is known, from the pools. */
struct tcprst_host *tcprst_host_new(struct tcprst_host_pools *pools,
                                    const struct tcprst_address *address);

/* Never NULL; valid as long as the host, or until the host's first answer. */
const struct tcprst_answers *tcprst_host_answers(const struct tcprst_host *host);

/* How long the host takes to answer: as a server from SYN to SYN/ACK, as a client from SYN/ACK to
 * ACK, or from payload to its acknowledgement.  Valid as its answers are. */
const struct tcprst_leg *tcprst_host_leg(const struct tcprst_host *host, enum tcprst_role role);

/* Adds a time measured on that connection; does nothing if it is -1, unknown. */
void tcprst_host_add_leg(struct tcprst_host *host, enum tcprst_role role,
                         const struct tcprst_connection *connection, int64_t ns);

/* True if an early reset of the client at this time belongs to its present sweep; otherwise it
 * begins one. */
bool tcprst_host_goes_on(const struct tcprst_host *client, int64_t time_ns);
void tcprst_host_begin_sweep(struct tcprst_host *client, uint32_t first_number);

/* Takes the connection's first SYN/ACK, and a client's handshake that was just completed. */
void tcprst_host_note_synack(struct tcprst_host *server,
                             const struct tcprst_connection *connection);
void tcprst_host_note_handshake(struct tcprst_host *client,
                                const struct tcprst_connection *connection);

/* Takes that a port answered, by the client's ACK alone. */
void tcprst_host_note_proof(struct tcprst_host *server, uint16_t port, uint32_t frame);

void tcprst_host_note_served(struct tcprst_host *server, uint16_t port, uint32_t frame);

/* Takes that a request with a server name was answered, to this client or by this server. */
void tcprst_host_note_named_answer(struct tcprst_host *host);

/* Keeps the event number of this client's latest abort; does nothing if it was never seen to
 * answer. */
void tcprst_host_note_abort(struct tcprst_host *client, uint32_t number);

/* Adds the endpoint with that number to the client's present sweep.  Returns false if it was among
 * the last few. */
bool tcprst_host_note_target(struct tcprst_host *client, uint32_t number);

/* Adds a time measured on that connection; does nothing if it is -1, unknown, or the leg is another
 * interface's. */
void tcprst_leg_add(struct tcprst_leg *leg, const struct tcprst_connection *connection,
                    int64_t ns);

#endif
