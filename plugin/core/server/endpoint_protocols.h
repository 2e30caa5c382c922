/* endpoint_protocols.h - the protocols of an endpoint's answered connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_ENDPOINT_PROTOCOLS_H
#define TCPRST_SERVER_ENDPOINT_PROTOCOLS_H

#include "core/connection/application_data.h"

/* Numbers of connections that the endpoint answered, by the protocol of the client's and of the
 * server's first payload; they saturate. */
struct tcprst_endpoint_protocols {
    uint16_t asked[TCPRST_PROTOCOLS], answered[TCPRST_PROTOCOLS];
};

/* Counts an answered connection.  `is_whole`: the capture has its beginning. */
void tcprst_endpoint_protocols_note(struct tcprst_endpoint_protocols *protocols,
                                    const struct tcprst_application_data *application,
                                    bool is_whole);

/* Number of answered connections whose protocol, that of the request or that in which the server
 * began, a client of the protocol `client` does not understand.  `*most_common` is set to the most
 * frequent of them. */
unsigned tcprst_endpoint_protocols_others(const struct tcprst_endpoint_protocols *protocols,
                                          enum tcprst_protocol client,
                                          enum tcprst_protocol *most_common);

/* True if the port's clients speak first: some began with HTTP or TLS, and the server never did. */
bool tcprst_endpoint_protocols_client_first(const struct tcprst_endpoint_protocols *protocols);

#endif
