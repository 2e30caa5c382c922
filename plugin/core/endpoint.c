/* endpoint.c - keeps an endpoint's history, bounded
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "endpoint.h"

#include <string.h>

#include "hash.h"

void tcprst_endpoint_init(struct tcprst_endpoint *e) {
    memset(e, 0, sizeof *e);
    e->shortest_leg_ns = -1;
}

void tcprst_endpoint_clear(struct tcprst_endpoint *e) {
    g_clear_pointer(&e->runs, g_array_unref);
    g_clear_pointer(&e->other_clients, g_hash_table_unref);
    g_clear_pointer(&e->probers, g_array_unref);
    g_clear_pointer(&e->dialect, g_free);
}

void tcprst_host_init(struct tcprst_host *host) {
    memset(host, 0, sizeof *host);
    host->shortest_server_leg_ns = host->shortest_client_leg_ns = -1;
}

static void keep_shortest(int64_t *shortest_ns, int64_t ns) {
    if (ns >= 0 && (*shortest_ns < 0 || ns < *shortest_ns))
        *shortest_ns = ns;
}

void tcprst_endpoint_note_synack(struct tcprst_endpoint *e, const struct tcprst_connection *c) {
    const struct tcprst_hello *syn = &c->side[TCPRST_CLIENT].hello;
    const struct tcprst_hello *synack = &c->side[TCPRST_SERVER].hello;
    const uint16_t rich = TCPRST_OPT_WSCALE | TCPRST_OPT_SACK;
    struct tcprst_host *host = e->host;

    e->synacks++;
    e->zero_window_synacks += synack->window == 0;
    if (syn->options.kinds & rich) {
        e->rich_offers++;
        e->rich_synacks += (synack->options.kinds & rich) != 0;
    }
    if (syn->frame) {
        e->syns_taken_with |= syn->options.kinds & TCPRST_OPT_TRIED;
        e->syns_taken_without |= ~syn->options.kinds & TCPRST_OPT_TRIED;
    }
    keep_shortest(&e->shortest_leg_ns, tcprst_connection_server_leg_ns(c));
    keep_shortest(&host->shortest_server_leg_ns, tcprst_connection_server_leg_ns(c));
    if (host->synack_frame && host->synack_ttl != synack->ip.ttl)
        host->synack_ttl_varies = true;
    host->synack_frame = synack->frame;
    host->synack_ttl = synack->ip.ttl;
}

void tcprst_endpoint_note_dialect(struct tcprst_endpoint *e, const struct tcprst_content *content) {
    if (!e->dialect)
        e->dialect = g_new0(struct tcprst_dialect, 1);
    tcprst_dialect_note(e->dialect, content);
}

void tcprst_host_note_handshake(struct tcprst_host *client, const struct tcprst_connection *c) {
    keep_shortest(&client->shortest_client_leg_ns, tcprst_connection_client_leg_ns(c));
}

static struct tcprst_client *find_client(struct tcprst_endpoint *e,
                                         const struct tcprst_address *address) {
    if (!e->clients) {
        e->clients = 1;
        e->first_client.address = *address;
    }
    if (tcprst_equal_address(&e->first_client.address, address))
        return &e->first_client;
    if (!e->other_clients)
        e->other_clients = g_hash_table_new_full(tcprst_hash_address, tcprst_equal_address, NULL, g_free);
    struct tcprst_client *client = g_hash_table_lookup(e->other_clients, address);
    if (client)
        return client;
    if (e->clients >= TCPRST_CLIENTS_MAX) {
        e->clients_at_least = true;
        return NULL;
    }
    client = g_new0(struct tcprst_client, 1);
    client->address = *address;
    g_hash_table_add(e->other_clients, client); /* its first member is the key */
    e->clients++;
    return client;
}

void tcprst_endpoint_note_client(struct tcprst_endpoint *e, const struct tcprst_address *address) {
    e->connections++;
    find_client(e, address);
}

const struct tcprst_client *tcprst_endpoint_client(const struct tcprst_endpoint *e,
                                                   const struct tcprst_address *address) {
    if (e->clients && tcprst_equal_address(&e->first_client.address, address))
        return &e->first_client;
    return e->other_clients ? g_hash_table_lookup(e->other_clients, address) : NULL;
}

static void merge_middle_runs(GArray *runs) {
    struct tcprst_run *kept = &g_array_index(runs, struct tcprst_run, TCPRST_RUNS_MAX / 2);
    const struct tcprst_run *absorbed = kept + 1;
    kept->outcome = TCPRST_MIXED;
    kept->connections += absorbed->connections;
    kept->clients = MAX(kept->clients, absorbed->clients);
    kept->last_frame = absorbed->last_frame;
    kept->last_time_ns = absorbed->last_time_ns;
    g_array_remove_index(runs, TCPRST_RUNS_MAX / 2 + 1);
}

static struct tcprst_run *current_run(const struct tcprst_endpoint *e) {
    return e->runs && e->runs->len ? &g_array_index(e->runs, struct tcprst_run, e->runs->len - 1)
                                   : NULL;
}

static struct tcprst_run *begin_run(struct tcprst_endpoint *e, enum tcprst_outcome outcome,
                                    uint32_t frame, int64_t time_ns) {
    const struct tcprst_run *previous = current_run(e);
    struct tcprst_run run = {
        .outcome = outcome,
        .serial = previous ? previous->serial + 1 : 1,
        .first_frame = frame,
        .first_time_ns = time_ns,
    };
    if (!e->runs)
        e->runs = g_array_new(FALSE, FALSE, sizeof run);
    g_array_append_val(e->runs, run);
    if (e->runs->len > TCPRST_RUNS_MAX)
        merge_middle_runs(e->runs);
    return current_run(e);
}

static void note_served_port(struct tcprst_host *host, uint16_t port, uint32_t frame) {
    if (host->served[0].frame && host->served[0].port != port)
        host->served[1] = host->served[0];
    host->served[0].port = port;
    host->served[0].frame = frame;
}

static void count_outcome(struct tcprst_endpoint *e, enum tcprst_outcome outcome) {
    e->served += outcome == TCPRST_SERVED;
    e->refused += outcome == TCPRST_REFUSED;
    e->thrown_out += outcome == TCPRST_THROWN_OUT;
}

void tcprst_endpoint_note_outcome(struct tcprst_endpoint *e, enum tcprst_outcome outcome,
                                  const struct tcprst_address *address, uint32_t frame,
                                  int64_t time_ns) {
    struct tcprst_run *run = current_run(e);
    if (!run || run->outcome != outcome)
        run = begin_run(e, outcome, frame, time_ns);
    run->connections++;
    run->last_frame = frame;
    run->last_time_ns = time_ns;
    count_outcome(e, outcome);
    if (outcome == TCPRST_SERVED)
        note_served_port(e->host, e->port, frame);

    struct tcprst_client *client = find_client(e, address);
    if (!client)
        return;
    run->clients += client->run_serial != run->serial;
    client->run_serial = run->serial;
    if (outcome == TCPRST_THROWN_OUT) {
        client->others_at_last_reset = e->served - client->served;
        if (!client->thrown_out)
            client->others_at_first_reset = client->others_at_last_reset;
    }
    client->served += outcome == TCPRST_SERVED;
    client->thrown_out += outcome == TCPRST_THROWN_OUT;
    if (outcome != TCPRST_SERVED && !client->was_reset) {
        client->was_reset = true;
        e->clients_reset++;
    }
}

static void note_target(struct tcprst_host *client, const struct tcprst_endpoint *target) {
    client->early_resets++;
    for (unsigned i = 0; i < TCPRST_TARGETS_KEPT; i++)
        if (client->last_targets[i] == target)
            return;
    client->last_targets[client->targets++ % TCPRST_TARGETS_KEPT] = target;
}

static struct tcprst_prober *find_prober(const struct tcprst_endpoint *e,
                                         const struct tcprst_address *address) {
    for (guint i = 0; e->probers && i < e->probers->len; i++) {
        struct tcprst_prober *prober = &g_array_index(e->probers, struct tcprst_prober, i);
        if (tcprst_equal_address(&prober->address, address))
            return prober;
    }
    return NULL;
}

const struct tcprst_prober *tcprst_endpoint_prober(const struct tcprst_endpoint *e,
                                                   const struct tcprst_address *client) {
    return find_prober(e, client);
}

/* Makes room by dropping one that reset once, longer ago than a monitor's interval. */
static void drop_stale_prober(struct tcprst_endpoint *e, int64_t now_ns) {
    for (guint i = 0; i < e->probers->len; i++) {
        const struct tcprst_prober *prober = &g_array_index(e->probers, struct tcprst_prober, i);
        if (prober->resets > 1 || tcprst_elapsed_ns(prober->last_time_ns, now_ns) < TCPRST_STALE_PROBER_NS)
            continue;
        g_array_remove_index_fast(e->probers, i);
        return;
    }
}

static void note_prober(struct tcprst_endpoint *e, const struct tcprst_address *address,
                        int64_t time_ns) {
    struct tcprst_prober *prober = find_prober(e, address);
    if (!prober) {
        struct tcprst_prober first = {*address, 1, time_ns, INT64_MAX, 0};
        if (!e->probers)
            e->probers = g_array_new(FALSE, FALSE, sizeof first);
        if (e->probers->len == TCPRST_PROBERS_MAX)
            drop_stale_prober(e, time_ns);
        if (e->probers->len < TCPRST_PROBERS_MAX)
            g_array_append_val(e->probers, first);
        return;
    }
    int64_t gap_ns = tcprst_elapsed_ns(prober->last_time_ns, time_ns);
    prober->resets++;
    prober->last_time_ns = time_ns;
    prober->shortest_gap_ns = MIN(prober->shortest_gap_ns, gap_ns);
    prober->longest_gap_ns = MAX(prober->longest_gap_ns, gap_ns);
}

void tcprst_endpoint_note_probe(struct tcprst_endpoint *e, struct tcprst_host *client,
                                int64_t time_ns, bool early) {
    if (early)
        note_target(client, e);
    note_prober(e, &client->address, time_ns);
}

const struct tcprst_run *tcprst_endpoint_run_at(const struct tcprst_endpoint *e,
                                                enum tcprst_outcome outcome, uint32_t frame) {
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        const struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        if (run->outcome == outcome && run->first_frame <= frame && frame <= run->last_frame)
            return run;
    }
    return NULL;
}

uint32_t tcprst_endpoint_count_before(const struct tcprst_endpoint *e, enum tcprst_outcome outcome,
                                      uint32_t frame) {
    uint32_t count = 0;
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        const struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        if (run->outcome == outcome && run->last_frame < frame)
            count += run->connections;
    }
    return count;
}

uint32_t tcprst_endpoint_count_after(const struct tcprst_endpoint *e, enum tcprst_outcome outcome,
                                     uint32_t frame) {
    uint32_t count = 0;
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        const struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        if (run->outcome == outcome && run->first_frame > frame)
            count += run->connections;
    }
    return count;
}

struct tcprst_endpoint_snapshot tcprst_endpoint_snapshot(const struct tcprst_endpoint *e) {
    const struct tcprst_run *run = current_run(e);
    return (struct tcprst_endpoint_snapshot){
        .connections = e->connections,
        .resets = e->resets,
        .clients = e->clients,
        .clients_reset = e->clients_reset,
        .open = e->open,
        .run_length = run ? run->connections : 0,
        .run_first_frame = run ? run->first_frame : 0,
    };
}
