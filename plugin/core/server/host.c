/* host.c - updates what is known of one address
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/host.h"

#include <glib.h>
#include <string.h>

void tcprst_host_pools_init(struct tcprst_host_pools *pools) {
    tcprst_pool_init(&pools->hosts, sizeof(struct tcprst_host));
    tcprst_pool_init(&pools->answers, sizeof(struct tcprst_answers));
    tcprst_pool_init(&pools->sweeps, sizeof(struct tcprst_sweep));
    tcprst_pool_init(&pools->targets, TCPRST_TARGETS_KEPT * sizeof(uint32_t));
}

void tcprst_host_pools_clear(struct tcprst_host_pools *pools) {
    tcprst_pool_clear(&pools->hosts);
    tcprst_pool_clear(&pools->answers);
    tcprst_pool_clear(&pools->sweeps);
    tcprst_pool_clear(&pools->targets);
}

struct tcprst_host *tcprst_host_new(struct tcprst_host_pools *pools,
                                    const struct tcprst_address *address) {
    struct tcprst_host *host = tcprst_pool_take(&pools->hosts);
    *host = (struct tcprst_host){.address = *address, .pools = pools};
    return host;
}

static const struct tcprst_answers none = {.leg = {{.shortest_ns = -1}, {.shortest_ns = -1}}};

const struct tcprst_answers *tcprst_host_answers(const struct tcprst_host *host) {
    return host->answers ? host->answers : &none;
}

static struct tcprst_answers *answers_of(struct tcprst_host *host) {
    if (!host->answers) {
        host->answers = tcprst_pool_take(&host->pools->answers);
        *host->answers = none;
    }
    return host->answers;
}

const struct tcprst_leg *tcprst_host_leg(const struct tcprst_host *host, enum tcprst_role role) {
    return &tcprst_host_answers(host)->leg[role];
}

void tcprst_host_add_leg(struct tcprst_host *host, enum tcprst_role role,
                         const struct tcprst_connection *c, int64_t ns) {
    if (ns >= 0)
        tcprst_leg_add(&answers_of(host)->leg[role], c, ns);
}

/* Resets further apart are not of one sweep: nmap's slowest timing but one waits 15 s between
 * probes (nmap(1), -T1). */
bool tcprst_host_goes_on(const struct tcprst_host *client, int64_t time_ns) {
    static const int64_t longest_pause_ns = 20000000000;
    return client->sweep &&
           tcprst_elapsed_ns(client->sweep->last_ns, time_ns) <= longest_pause_ns;
}

void tcprst_host_begin_sweep(struct tcprst_host *client, uint32_t first_number) {
    if (!client->sweep)
        client->sweep = tcprst_pool_take(&client->pools->sweeps);
    else if (client->sweep->last_targets)
        tcprst_pool_give_back(&client->pools->targets, client->sweep->last_targets);
    *client->sweep = (struct tcprst_sweep){.first_number = first_number};
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

/* The SYNs before the last one were refused, so the SYN/ACK answers that. */
static int64_t answer_ns(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    return c->event && client->syn.repeats
               ? tcprst_elapsed_ns(client->last_time_ns, c->side[TCPRST_SERVER].syn.time_ns)
               : tcprst_connection_server_leg_ns(c);
}

void tcprst_host_note_synack(struct tcprst_host *host, const struct tcprst_connection *c) {
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    const uint8_t interface = (uint8_t)MIN(tcprst_connection_interface(c), (uint32_t)UINT8_MAX);
    tcprst_host_add_leg(host, TCPRST_SERVER, c, answer_ns(c));
    if (host->synack_frame && host->synack_interface != interface)
        return; /* it crossed another number of routers */
    host->synack_interface = interface;
    if (host->synack_frame && host->synack_ttl != synack->ip.ttl)
        host->synack_ttl_varies = true;
    host->synack_frame = synack->frame;
    host->synack_ttl = synack->ip.ttl;
}

void tcprst_host_note_handshake(struct tcprst_host *host, const struct tcprst_connection *c) {
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn;
    struct tcprst_answers *client = answers_of(host);
    tcprst_leg_add(&client->leg[TCPRST_CLIENT], c, tcprst_connection_client_leg_ns(c));
    if (syn->options.kinds & (TCPRST_OPT_SACK | TCPRST_OPT_TIMESTAMP))
        client->rich_syn_frame = syn->frame;
    if (!syn->frame || syn->options.cut)
        return;
    client->opened_with |= syn->options.kinds;
    client->opened_without |= (uint16_t)~syn->options.kinds;
}

void tcprst_host_note_proof(struct tcprst_host *server, uint16_t port, uint32_t frame) {
    struct tcprst_answers *answers = answers_of(server);
    answers->proved_port = port;
    answers->proved_frame = frame;
}

void tcprst_host_note_served(struct tcprst_host *host, uint16_t port, uint32_t frame) {
    struct tcprst_answers *answers = answers_of(host);
    if (answers->served_frame[0] && answers->served_port[0] != port) {
        answers->served_frame[1] = answers->served_frame[0];
        answers->served_port[1] = answers->served_port[0];
    }
    answers->served_port[0] = port;
    answers->served_frame[0] = frame;
}

void tcprst_host_note_named_answer(struct tcprst_host *host) {
    answers_of(host)->named_answers++;
}

void tcprst_host_note_abort(struct tcprst_host *client, uint32_t number) {
    if (client->answers)
        client->answers->abort_number = number + 1;
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
    struct tcprst_sweep *sweep = client->sweep;
    const uint32_t target = (number + 1) & MOST_TARGET;
    if (has_target(sweep, target))
        return false;
    if (!sweep->first_target) {
        sweep->first_target = target;
        return true;
    }
    if (!sweep->last_targets) {
        sweep->last_targets = tcprst_pool_take(&client->pools->targets);
        memset(sweep->last_targets, 0, TCPRST_TARGETS_KEPT * sizeof(uint32_t));
        sweep->last_targets[sweep->next_target++] = sweep->first_target;
    }
    sweep->last_targets[sweep->next_target++] = target; /* goes round */
    return true;
}
