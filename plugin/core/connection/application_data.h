/* application_data.h - what a connection's packets said beyond their TCP headers: first words, TLS alerts, ICMP errors
 *
 * A few bytes of every connection; words are numbers in the capture's lexicon.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CONNECTION_APPLICATION_DATA_H
#define TCPRST_CONNECTION_APPLICATION_DATA_H

#include "core/server/server_names.h"
#include "core/packet/payload.h"
#include "core/connection/tuple.h"

/* One side's first words. */
struct tcprst_first_payload {
    uint32_t frame;      /* of its first payload; 0: not seen */
    uint16_t word;       /* the server name that the client asked for, or words that turn it away; 0: none */
    uint8_t  protocol;     /* enum tcprst_protocol */
    uint8_t  alert;      /* code of its latest fatal TLS alert; 0: none */
    bool     said_farewell; /* its latest payload tells the peer that it is done */
    bool     is_cut;        /* its latest payload is as short as a farewell, and not all of it was captured */
};

struct tcprst_application_data {
    struct tcprst_first_payload first[2]; /* by role */
    uint32_t alert_frame;       /* of the latest alert of either side */
    uint32_t next_extension;    /* sequence number where the ClientHello goes on, if hello_open */
    uint32_t icmp_frame;        /* latest ICMP error about this connection; 0: none */
    uint8_t  icmp_error;        /* icmp_error.h: number of that error */
    bool hello_open;            /* its server name has not come yet */
    bool hello_split;           /* the ClientHello took more than one segment */
};

struct tcprst_connection;

/* Listens to a segment of `role` with captured payload that was just folded into the connection.  Only the first
 * bytes of each side, the rest of a ClientHello and segments of an alert's length are looked at. */
void tcprst_application_data_read(struct tcprst_connection *connection, const struct tcprst_segment *segment,
                         enum tcprst_role role, struct tcprst_server_names *server_names);

/* Takes note of a segment of `role` of whose payload nothing was captured. */
void tcprst_application_data_miss(struct tcprst_connection *connection, const struct tcprst_segment *segment,
                         enum tcprst_role role);

#endif
