/* host.h - what the capture showed of one address, over all its connections and ports
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_HOST_H
#define TCPRST_SERVER_HOST_H

#include "core/connection/connection.h"

struct tcprst_event;

enum { TCPRST_TARGETS_KEPT = 8 }; /* the values that `next_target` can have */

/* Resets further apart are not of one sweep: nmap's slowest timing but one waits 15 s between
 * probes (nmap(1), -T1). */
#define TCPRST_SWEEP_NS INT64_C(20000000000)

/* A client's early resets in a row. */
struct tcprst_sweep {
    struct tcprst_event *first; /* the event with first_number; NULL while that is packed */
    uint32_t first_number : 31;
    uint32_t has_begun : 1;
    uint32_t first_target : 29; /* number of the endpoint, from 1; 0: none yet */
    uint32_t next_target : 3;
    /* array of TCPRST_TARGETS_KEPT endpoint numbers, owned; NULL until the second */
    uint32_t *last_targets;
    int64_t last_ns;
};

/* One address. */
struct tcprst_host {
    struct tcprst_address address;
    struct tcprst_leg server_leg;    /* as a server: SYN to SYN/ACK */
    /* as a client: SYN/ACK to ACK, payload to its acknowledgement */
    struct tcprst_leg client_leg;
    uint32_t synack_frame;           /* frame of a SYN/ACK with synack_ttl; 0: none */
    uint32_t refusal_frame;          /* frame of a RST that refused a SYN; 0: none */
    uint32_t ports;                  /* as a server: ports that somebody sent something to */
    uint32_t synack_interface;       /* where these were captured (point.h) */
    uint8_t  synack_ttl;
    bool     synack_ttl_varies;
    /* resets whose window field is a code of reset_reason.h; saturates */
    uint16_t coded_resets;
    /* latest answer to a client, and latest one on another port */
    struct { uint16_t port; uint32_t frame; } served[2];
    /* as a client: options that its SYNs offered, and did not, on connections that opened, how many
     * these were (saturates), and the frame in which the latest one did */
    uint16_t opened_with, opened_without, opened;
    uint32_t opened_frame;
    /* as a server: a client's ACK by which a connection opened of which the SYN/ACK was not
     * captured, and its port; 0: none */
    uint32_t proved_frame;
    uint16_t proved_port;
    /* as a client: its SYNs to several addresses had the same port and number */
    bool     shares_isn;
    /* as a client: a handshake that it completed began with a SYN that had SACK or timestamps;
     * frame of that SYN, 0: none */
    uint32_t rich_syn_frame;
    struct tcprst_sweep sweep;       /* as a client */
};

void tcprst_host_init(struct tcprst_host *host);
void tcprst_host_clear(struct tcprst_host *host);

/* True if an early reset of the client at this time belongs to its present sweep; otherwise it
 * begins one. */
bool tcprst_host_goes_on(const struct tcprst_host *client, int64_t time_ns);
void tcprst_host_begin_sweep(struct tcprst_host *client, struct tcprst_event *first,
                             uint32_t number);

/* Takes the connection's first SYN/ACK, and a client's handshake that was just completed. */
void tcprst_host_note_synack(struct tcprst_host *server,
                             const struct tcprst_connection *connection);
void tcprst_host_note_handshake(struct tcprst_host *client,
                                const struct tcprst_connection *connection, uint32_t frame);

/* Takes that a port answered, by the client's ACK alone. */
void tcprst_host_note_proof(struct tcprst_host *server, uint16_t port, uint32_t frame);

void tcprst_host_note_served(struct tcprst_host *server, uint16_t port, uint32_t frame);

/* Adds the endpoint with that number to the client's present sweep.  Returns false if it was among
 * the last few. */
bool tcprst_host_note_target(struct tcprst_host *client, uint32_t number);

/* Adds a time measured on that connection; does nothing if it is -1, unknown, or the leg is another
 * interface's. */
void tcprst_leg_add(struct tcprst_leg *leg, const struct tcprst_connection *connection,
                    int64_t ns);

#endif
