/* endpoint_protocols.c - counts the protocols of an endpoint
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/endpoint_protocols.h"

#include "core/connection/connection.h"

static void count(uint16_t *number) {
    *number = (uint16_t)(*number + (*number < UINT16_MAX));
}

void tcprst_endpoint_protocols_note(struct tcprst_endpoint_protocols *protocols,
                                    const struct tcprst_application_data *application,
                                    bool is_whole) {
    const uint8_t client = application->first[TCPRST_CLIENT].protocol,
                  server = application->first[TCPRST_SERVER].protocol;
    if (client)
        count(&protocols->asked[client]);
    if (server && (is_whole || server != TCPRST_PROTOCOL_OTHER))
        count(&protocols->answered[server]);
}

/* What is neither text nor TLS is no request of HTTP or TLS, nor an SSH client's banner; but a
 * proxy can put such bytes before all of them (HAProxy's PROXY protocol, version 2). */
static bool differs_from(enum tcprst_protocol client, enum tcprst_protocol asked) {
    if (asked == TCPRST_PROTOCOL_OTHER)
        return client == TCPRST_PROTOCOL_TLS;
    return tcprst_protocols_clash(client, asked) ||
           (client == TCPRST_PROTOCOL_OTHER &&
            (asked == TCPRST_PROTOCOL_HTTP || asked == TCPRST_PROTOCOL_TLS ||
             asked == TCPRST_PROTOCOL_SSH));
}

/* A port that answered HTTP requests is an HTTP server, even if its answers were not captured;
 * likewise for other protocols. */
unsigned tcprst_endpoint_protocols_others(const struct tcprst_endpoint_protocols *protocols,
                                          enum tcprst_protocol client,
                                          enum tcprst_protocol *most_common) {
    unsigned most = 0;
    for (unsigned protocol = 0; protocol < TCPRST_PROTOCOLS; protocol++) {
        bool is_binary = protocol == TCPRST_PROTOCOL_OTHER;
        /* a ClientHello of version 2 looks like other binary data */
        unsigned times = is_binary ? 0 : protocols->asked[protocol];
        if (protocols->answered[protocol] > times)
            times = protocols->answered[protocol];
        if (times <= most || !differs_from(client, protocol))
            continue;
        most = times;
        *most_common = protocol;
    }
    return most;
}

bool tcprst_endpoint_protocols_client_first(const struct tcprst_endpoint_protocols *protocols) {
    const uint16_t *asked = protocols->asked, *answered = protocols->answered;
    return (asked[TCPRST_PROTOCOL_HTTP] || asked[TCPRST_PROTOCOL_TLS]) &&
           !answered[TCPRST_PROTOCOL_GREETING] && !answered[TCPRST_PROTOCOL_SSH];
}
