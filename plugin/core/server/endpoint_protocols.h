/* endpoint_protocols.h - what an endpoint's answered connections began with
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_ENDPOINT_PROTOCOLS_H
#define TCPRST_SERVER_ENDPOINT_PROTOCOLS_H

#include "core/connection/application_data.h"

/* Connections that the endpoint answered, by the first words of either side; they saturate. */
struct tcprst_endpoint_protocols {
    uint16_t asked[TCPRST_PROTOCOLS], answered[TCPRST_PROTOCOLS];
};

/* Counts an answered connection. */
void tcprst_endpoint_protocols_note(struct tcprst_endpoint_protocols *protocols, const struct tcprst_application_data *application);

/* Answered connections in which a client that speaks so would not have understood: it was another
 * language that was asked, or that the server began with. */
unsigned tcprst_endpoint_protocols_others(const struct tcprst_endpoint_protocols *protocols, enum tcprst_protocol client,
                               enum tcprst_protocol *most_common);

#endif
