/* endpoint.c - keeps the bounded history of an endpoint
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/endpoint.h"

#include <string.h>

#include "core/packet/hash.h"
#include "core/packet/pool.h"
#include "core/packet/table.h"

void tcprst_endpoint_init(struct tcprst_endpoint *e) {
    memset(e, 0, sizeof *e);
    e->leg.shortest_ns = -1;
}

/* Times of two interfaces cannot be compared: then it seems that SYNs came close together. */
void tcprst_endpoint_note_syn(struct tcprst_endpoint *e, const struct tcprst_segment *s) {
    const uint32_t interface = tcprst_interface_of(s->point);
    const bool is_here = e->last_syn.interface == interface;
    const int64_t gap_ns = is_here ? tcprst_elapsed_ns(e->last_syn.time_ns, s->time_ns) : 0;
    e->last_syn = (struct tcprst_last_syn){s->time_ns, e->last_syn.frame ? gap_ns : -1, s->frame,
                                           interface};
}

/* True if they differ by at most 100 ms, at which interval some timers look, or by a fortieth:
 * those of long limits look less often. */
static bool is_equal_wait(const struct tcprst_endpoint *e, int64_t wait_ms) {
    enum { SLACK_MS = 100, MOST_SLACK_MS = 1000, SHARE = 40 };
    return e->wait_votes && llabs(wait_ms - e->wait_ms) <=
                                CLAMP(wait_ms / SHARE, SLACK_MS, MOST_SLACK_MS);
}

/* The vote of Boyer and Moore: a wait that more than half of the resets have remains. */
void tcprst_endpoint_note_wait(struct tcprst_endpoint *e, int64_t wait_ns) {
    const int64_t wait_ms = CLAMP(wait_ns / 1000000, 0, (int64_t)UINT32_MAX);
    if (!e->wait_votes)
        e->wait_ms = (uint32_t)wait_ms;
    else if (!is_equal_wait(e, wait_ms)) {
        e->wait_votes--;
        return;
    }
    e->wait_votes += e->wait_votes < UINT16_MAX;
}

unsigned tcprst_endpoint_equal_waits(const struct tcprst_endpoint *e, int64_t wait_ns) {
    return is_equal_wait(e, wait_ns / 1000000) ? e->wait_votes : 0;
}

/* All clients but the first. */
struct tcprst_clients {
    struct tcprst_table table;
    struct tcprst_pool pool;
};

static struct tcprst_clients *new_clients(void) {
    struct tcprst_clients *clients = g_new(struct tcprst_clients, 1);
    tcprst_table_init(&clients->table);
    tcprst_pool_init(&clients->pool, sizeof(struct tcprst_client));
    return clients;
}

static void free_clients(struct tcprst_clients *clients) {
    tcprst_table_clear(&clients->table, NULL);
    tcprst_pool_clear(&clients->pool);
    g_free(clients);
}

void tcprst_endpoint_clear(struct tcprst_endpoint *e) {
    g_clear_pointer(&e->runs, g_array_unref);
    g_clear_pointer(&e->other_clients, free_clients);
    g_clear_pointer(&e->probers, g_array_unref);
    g_clear_pointer(&e->protocols, g_free);
    g_clear_pointer(&e->listener, tcprst_listener_free);
}

void tcprst_endpoint_note_protocols(struct tcprst_endpoint *e,
                                    const struct tcprst_connection *c) {
    if (!e->protocols)
        e->protocols = g_new0(struct tcprst_endpoint_protocols, 1);
    tcprst_endpoint_protocols_note(e->protocols, &c->application, c->handshake_done);
}

void tcprst_endpoint_note_synack(struct tcprst_endpoint *e, const struct tcprst_connection *c) {
    if (!e->listener)
        e->listener = tcprst_listener_new(e->refused);
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn;
    e->synacks++;
    if (syn->frame) {
        e->syns_taken_with |= syn->options.kinds;
        e->syns_taken_without |= (uint16_t)~syn->options.kinds;
    }
    tcprst_listener_note_synack(e->listener, c, e->open);
    tcprst_leg_add(&e->leg, c, tcprst_connection_server_leg_ns(c));
    tcprst_host_note_synack(e->host, c);
}

static struct tcprst_client *add_client(struct tcprst_endpoint *e, guint hash,
                                        const struct tcprst_address *address) {
    if (e->clients >= TCPRST_CLIENTS_MAX) {
        e->clients_at_least = true;
        return NULL;
    }
    struct tcprst_client *client = tcprst_pool_take(&e->other_clients->pool);
    *client = (struct tcprst_client){.address = *address};
    tcprst_table_add(&e->other_clients->table, hash, client);
    e->clients++;
    return client;
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
        e->other_clients = new_clients();
    const guint hash = tcprst_hash_address(address);
    struct tcprst_client *client =
        tcprst_table_find(&e->other_clients->table, hash, address, tcprst_equal_address);
    return client ? client : add_client(e, hash, address);
}

void tcprst_endpoint_note_client(struct tcprst_endpoint *e, const struct tcprst_address *address) {
    e->connections++;
    find_client(e, address);
}

const struct tcprst_client *tcprst_endpoint_client(const struct tcprst_endpoint *e,
                                                   const struct tcprst_address *address) {
    if (e->clients && tcprst_equal_address(&e->first_client.address, address))
        return &e->first_client;
    if (!e->other_clients)
        return NULL;
    return tcprst_table_find(&e->other_clients->table, tcprst_hash_address(address), address,
                             tcprst_equal_address);
}

static void count_outcome(struct tcprst_endpoint *e, enum tcprst_outcome outcome) {
    e->served += outcome == TCPRST_SERVED;
    e->refused += outcome == TCPRST_REFUSED;
    e->reset_early += outcome == TCPRST_RESET_EARLY;
}

static void count_for_client(struct tcprst_endpoint *e, struct tcprst_client *client,
                             const struct tcprst_result *result) {
    bool is_reset = result->outcome != TCPRST_SERVED;
    if (is_reset) {
        client->others_at_last_reset = e->served - client->served;
        if (!client->was_reset)
            client->others_at_first_reset = client->others_at_last_reset;
        e->clients_reset += !client->was_reset;
        client->was_reset = true;
    }
    client->served_since |= client->was_reset && !is_reset;
    client->served += !is_reset;
    client->refused += result->outcome == TCPRST_REFUSED;
    client->reset_early += result->outcome == TCPRST_RESET_EARLY;
    client->unasked += result->outcome == TCPRST_RESET_EARLY && result->unasked;
}

void tcprst_endpoint_note_result(struct tcprst_endpoint *e, const struct tcprst_result *result) {
    struct tcprst_client *client = find_client(e, result->client);
    tcprst_runs_add(e, result, client);
    count_outcome(e, result->outcome);
    if (result->outcome == TCPRST_SERVED)
        tcprst_host_note_served(e->host, e->port, result->frame);
    if (result->outcome == TCPRST_REFUSED && e->listener)
        tcprst_refusals_refuse(&e->listener->refusals, e->open);
    else if (e->listener)
        tcprst_listener_note_open(e->listener, result->outcome == TCPRST_SERVED, result->open);
    if (client)
        count_for_client(e, client, result);
}

struct tcprst_exchange tcprst_exchange_of(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    return (struct tcprst_exchange){
        .client_bytes = client->payload_bytes,
        .server_bytes = client->data_segments > 1 ? server->payload_bytes : 0,
        .client_segments = client->data_segments,
        .content = c->application.first[TCPRST_CLIENT].content,
        .handshake_done = c->handshake_done,
    };
}

bool tcprst_same_exchange(const struct tcprst_exchange *a, const struct tcprst_exchange *b) {
    return a->client_bytes == b->client_bytes && a->server_bytes == b->server_bytes &&
           a->client_segments == b->client_segments && a->content == b->content &&
           a->handshake_done == b->handshake_done;
}

static void take_from_run(struct tcprst_endpoint *e, guint index, struct tcprst_client *client) {
    struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, index);
    if (--run->connections)
        return;
    if (client->run_serial == run->serial)
        client->run_serial = 0;
    g_array_remove_index(e->runs, index);
}

static void take_from_client(struct tcprst_endpoint *e, struct tcprst_client *client,
                             const struct tcprst_result *result) {
    client->refused -= result->outcome == TCPRST_REFUSED;
    client->reset_early -= result->outcome == TCPRST_RESET_EARLY;
    client->unasked -= result->outcome == TCPRST_RESET_EARLY && result->unasked;
    if (client->refused || client->reset_early)
        return;
    client->was_reset = client->served_since = false;
    e->clients_reset--;
}

bool tcprst_endpoint_take_back(struct tcprst_endpoint *e, const struct tcprst_result *result) {
    struct tcprst_client *client = find_client(e, result->client);
    const bool is_refusal = result->outcome == TCPRST_REFUSED;
    if (!client || !(is_refusal ? client->refused : client->reset_early))
        return false;
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        if (run->outcome != result->outcome || result->frame < run->first_frame ||
            result->frame > run->last_frame)
            continue;
        run->unasked -= !is_refusal && result->unasked;
        take_from_run(e, i, client);
        --*(is_refusal ? &e->refused : &e->reset_early);
        take_from_client(e, client, result);
        return true;
    }
    return false;
}

static struct tcprst_prober *find_prober(const struct tcprst_endpoint *e,
                                         const struct tcprst_address *address,
                                         const struct tcprst_exchange *exchange) {
    for (guint i = 0; e->probers && i < e->probers->len; i++) {
        struct tcprst_prober *prober = &g_array_index(e->probers, struct tcprst_prober, i);
        if (tcprst_same_exchange(&prober->exchange, exchange) &&
            tcprst_equal_address(&prober->address, address))
            return prober;
    }
    return NULL;
}

const struct tcprst_prober *tcprst_endpoint_prober(const struct tcprst_endpoint *e,
                                                   const struct tcprst_address *client,
                                                   const struct tcprst_exchange *exchange) {
    return find_prober(e, client, exchange);
}

/* Removes one that reset only once, longer ago than a monitor's interval. */
static void drop_stale_prober(struct tcprst_endpoint *e, int64_t now_ns) {
    static const int64_t longest_interval_ns = 60000000000;
    for (guint i = 0; i < e->probers->len; i++) {
        const struct tcprst_prober *prober = &g_array_index(e->probers, struct tcprst_prober, i);
        if (prober->resets > 1 ||
            tcprst_elapsed_ns(prober->last_time_ns, now_ns) < longest_interval_ns)
            continue;
        g_array_remove_index_fast(e->probers, i);
        return;
    }
}

static void add_prober(struct tcprst_endpoint *e, const struct tcprst_prober *first) {
    if (!e->probers)
        e->probers = g_array_new(FALSE, FALSE, sizeof *first);
    else if (e->probers->len == TCPRST_PROBERS_MAX)
        drop_stale_prober(e, first->last_time_ns);
    if (e->probers->len < TCPRST_PROBERS_MAX)
        g_array_append_vals(e->probers, first, 1);
}

void tcprst_endpoint_note_probe(struct tcprst_endpoint *e, const struct tcprst_address *address,
                                const struct tcprst_exchange *exchange, int64_t time_ns) {
    struct tcprst_prober *prober = find_prober(e, address, exchange);
    if (!prober) {
        add_prober(e, &(struct tcprst_prober){*address, *exchange, 1, time_ns, INT64_MAX, 0, 0});
        return;
    }
    int64_t gap_ns = tcprst_elapsed_ns(prober->last_time_ns, time_ns);
    prober->resets++;
    prober->previous_time_ns = prober->last_time_ns;
    prober->last_time_ns = time_ns;
    prober->shortest_gap_ns = MIN(prober->shortest_gap_ns, gap_ns);
    prober->longest_gap_ns = MAX(prober->longest_gap_ns, gap_ns);
}

void tcprst_endpoint_take_back_probe(struct tcprst_endpoint *e,
                                     const struct tcprst_address *address,
                                     const struct tcprst_exchange *exchange) {
    struct tcprst_prober *prober = find_prober(e, address, exchange);
    if (!prober)
        return;
    prober->last_time_ns = prober->previous_time_ns;
    if (!--prober->resets)
        g_array_remove_index_fast(e->probers,
                                  (guint)(prober - (struct tcprst_prober *)e->probers->data));
}

struct tcprst_endpoint_snapshot tcprst_endpoint_snapshot(const struct tcprst_endpoint *e) {
    const struct tcprst_run *run = tcprst_runs_current(e);
    return (struct tcprst_endpoint_snapshot){
        .connections = e->connections,
        .resets = e->resets,
        .clients = e->clients,
        .clients_reset = e->clients_reset,
        .open = e->open,
        .waiting = e->waiting,
        .answered = e->answered,
        .run_length = run ? run->connections : 0,
        .run_first_frame = run ? run->first_frame : 0,
        .clients_at_least = e->clients_at_least,
    };
}

guint tcprst_hash_endpoint(gconstpointer endpoint) {
    const struct tcprst_end *e = endpoint;
    return tcprst_hash_addresses(&e->address, 1, e->port);
}

gboolean tcprst_equal_endpoint(gconstpointer a, gconstpointer b) {
    const struct tcprst_end *x = a, *y = b;
    return x->port == y->port && tcprst_equal_address(&x->address, &y->address);
}
