/* endpoint_protocols.h - what an endpoint's answered connections began with
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_ENDPOINT_PROTOCOLS_H
#define TCPRST_SERVER_ENDPOINT_PROTOCOLS_H

#include "core/connection/application_data.h"

/* Connections that the endpoint answered, by the first words of either side; they saturate. */
struct tcprst_dialect {
    uint16_t asked[TCPRST_SPEECHES], answered[TCPRST_SPEECHES];
};

/* Counts an answered connection. */
void tcprst_dialect_note(struct tcprst_dialect *dialect, const struct tcprst_content *content);

/* Answered connections in which a client that speaks so would not have understood: it was another
 * language that was asked, or that the server began with. */
unsigned tcprst_dialect_others(const struct tcprst_dialect *dialect, enum tcprst_speech client,
                               enum tcprst_speech *most_common);

#endif
