/* host.c - learns what one address does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/host.h"

#include <glib.h>
#include <string.h>

void tcprst_host_init(struct tcprst_host *host) {
    memset(host, 0, sizeof *host);
    host->shortest_server_leg_ns = host->shortest_client_leg_ns = -1;
}

void tcprst_host_clear(struct tcprst_host *host) {
    g_clear_pointer(&host->sweep, g_free);
}

bool tcprst_host_goes_on(const struct tcprst_host *client, int64_t time_ns) {
    return client->sweep && tcprst_elapsed_ns(client->sweep->last_ns, time_ns) <= TCPRST_SWEEP_NS;
}

void tcprst_host_begin_sweep(struct tcprst_host *client, struct tcprst_event *first, uint32_t number) {
    uint8_t next = client->sweep ? client->sweep->next_target : 0;
    if (!client->sweep)
        client->sweep = g_new(struct tcprst_sweep, 1);
    *client->sweep = (struct tcprst_sweep){.first = first, .first_number = number, .next_target = next};
}

void tcprst_keep_shortest(int64_t *shortest_ns, int64_t ns) {
    if (ns >= 0 && (*shortest_ns < 0 || ns < *shortest_ns))
        *shortest_ns = ns;
}

void tcprst_host_note_synack(struct tcprst_host *host, const struct tcprst_connection *c) {
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    tcprst_keep_shortest(&host->shortest_server_leg_ns, tcprst_connection_server_leg_ns(c));
    if (host->synack_frame && host->synack_ttl != synack->ip.ttl)
        host->synack_ttl_varies = true;
    host->synack_frame = synack->frame;
    host->synack_ttl = synack->ip.ttl;
}

void tcprst_host_note_handshake(struct tcprst_host *client, const struct tcprst_connection *c) {
    tcprst_keep_shortest(&client->shortest_client_leg_ns, tcprst_connection_client_leg_ns(c));
}

void tcprst_host_note_served(struct tcprst_host *host, uint16_t port, uint32_t frame) {
    if (host->served[0].frame && host->served[0].port != port)
        host->served[1] = host->served[0];
    host->served[0].port = port;
    host->served[0].frame = frame;
}

bool tcprst_host_note_target(struct tcprst_host *client, uint32_t number) {
    struct tcprst_sweep *sweep = client->sweep;
    for (unsigned i = 0; i < TCPRST_TARGETS_KEPT; i++)
        if (sweep->last_targets[i] == number + 1)
            return false;
    sweep->last_targets[sweep->next_target++ % TCPRST_TARGETS_KEPT] = number + 1;
    return true;
}
