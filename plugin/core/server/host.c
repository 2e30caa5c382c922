/* host.c - updates what is known of one address
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/host.h"

#include <glib.h>
#include <string.h>

void tcprst_host_init(struct tcprst_host *host) {
    memset(host, 0, sizeof *host);
    host->server_leg.shortest_ns = host->client_leg.shortest_ns = -1;
}

void tcprst_host_clear(struct tcprst_host *host) {
    g_clear_pointer(&host->sweep.last_targets, g_free);
}

bool tcprst_host_goes_on(const struct tcprst_host *client, int64_t time_ns) {
    return client->sweep.has_begun &&
           tcprst_elapsed_ns(client->sweep.last_ns, time_ns) <= TCPRST_SWEEP_NS;
}

void tcprst_host_begin_sweep(struct tcprst_host *client, struct tcprst_event *first,
                             uint32_t number) {
    g_free(client->sweep.last_targets);
    client->sweep = (struct tcprst_sweep){
        .first = first, .first_number = number & INT32_MAX, .has_begun = true};
}

void tcprst_leg_add(struct tcprst_leg *leg, const struct tcprst_connection *c, int64_t ns) {
    const uint32_t interface = tcprst_connection_interface(c);
    if (ns < 0 || (leg->shortest_ns >= 0 && leg->interface != interface))
        return;
    leg->interface = interface;
    bool is_first = leg->shortest_ns < 0, agrees = ns / 2 <= leg->shortest_ns;
    if (is_first || ns < leg->shortest_ns / 2)
        leg->samples = 0;
    if (is_first || ns < leg->shortest_ns)
        leg->shortest_ns = ns;
    if ((is_first || agrees) && leg->samples < UINT32_MAX)
        leg->samples++;
}

void tcprst_host_note_synack(struct tcprst_host *host, const struct tcprst_connection *c) {
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    tcprst_leg_add(&host->server_leg, c, tcprst_connection_server_leg_ns(c));
    if (host->synack_frame && host->synack_interface != tcprst_connection_interface(c))
        return; /* it crossed another number of routers */
    host->synack_interface = tcprst_connection_interface(c);
    if (host->synack_frame && host->synack_ttl != synack->ip.ttl)
        host->synack_ttl_varies = true;
    host->synack_frame = synack->frame;
    host->synack_ttl = synack->ip.ttl;
}

void tcprst_host_note_handshake(struct tcprst_host *client, const struct tcprst_connection *c,
                                uint32_t frame) {
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn;
    tcprst_leg_add(&client->client_leg, c, tcprst_connection_client_leg_ns(c));
    if (syn->options.kinds & (TCPRST_OPT_SACK | TCPRST_OPT_TIMESTAMP))
        client->rich_syn_frame = syn->frame;
    if (!syn->frame || syn->options.cut)
        return;
    client->opened_with |= syn->options.kinds;
    client->opened_without |= (uint16_t)~syn->options.kinds;
    if (client->opened < UINT16_MAX)
        client->opened++;
    client->opened_frame = frame;
}

void tcprst_host_note_proof(struct tcprst_host *server, uint16_t port, uint32_t frame) {
    server->proved_port = port;
    server->proved_frame = frame;
}

void tcprst_host_note_served(struct tcprst_host *host, uint16_t port, uint32_t frame) {
    if (host->served[0].frame && host->served[0].port != port)
        host->served[1] = host->served[0];
    host->served[0].port = port;
    host->served[0].frame = frame;
}

enum { MOST_TARGET = 0x1fffffff };

static bool has_target(const struct tcprst_sweep *sweep, uint32_t target) {
    if (!sweep->last_targets)
        return sweep->first_target == target;
    for (unsigned i = 0; i < TCPRST_TARGETS_KEPT; i++)
        if (sweep->last_targets[i] == target)
            return true;
    return false;
}

bool tcprst_host_note_target(struct tcprst_host *client, uint32_t number) {
    struct tcprst_sweep *sweep = &client->sweep;
    const uint32_t target = (number + 1) & MOST_TARGET;
    if (has_target(sweep, target))
        return false;
    if (!sweep->first_target) {
        sweep->first_target = target;
        return true;
    }
    if (!sweep->last_targets) {
        sweep->last_targets = g_new0(uint32_t, TCPRST_TARGETS_KEPT);
        sweep->last_targets[sweep->next_target++] = sweep->first_target;
    }
    sweep->last_targets[sweep->next_target++] = target; /* goes round */
    return true;
}
