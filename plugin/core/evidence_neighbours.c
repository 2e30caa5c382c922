/* evidence_neighbours.c - evidence in other connections: the client's habits, the endpoint's history
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rules.h"

enum { SHORTEST_RUN = 3, SHORTEST_PERIOD_NS = 500000000 };

/* --- the client's habits --- */

/* HAProxy ends its TCP checks this way on purpose (docs/facts.md 3, 11). */
bool tcprst_saw_rst_for_ack(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (e->from != TCPRST_CLIENT || e->stage != TCPRST_HALF_OPEN || !e->has_ack || !e->window ||
        e->before.wrong_ack_frame)
        return false;
    SAY("window %u", e->window);
    return true;
}

bool tcprst_saw_hangup_after_ack(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (e->from != TCPRST_CLIENT || e->stage != TCPRST_HANDSHAKE_DONE)
        return false;
    SAY("%.3f ms after the handshake", ms(e->silence_ns));
    return true;
}

/* Monitors send nothing or one fixed request, and keep their interval within a few percent; 1.5 leaves
 * room for one late round. */
bool tcprst_saw_periodic_probe(const struct tcprst_view *v, char *value) {
    const struct tcprst_prober *prober =
        tcprst_endpoint_prober(endpoint_of(v), &v->event->client->address);
    if (v->event->from != TCPRST_CLIENT || !prober || prober->resets < 3 ||
        v->event->before.side[TCPRST_CLIENT].data_segments > 1 ||
        prober->shortest_gap_ns < SHORTEST_PERIOD_NS ||
        (double)prober->longest_gap_ns > 1.5 * (double)prober->shortest_gap_ns)
        return false;
    SAY("%u times, every %.1f to %.1f s", prober->resets, seconds(prober->shortest_gap_ns),
        seconds(prober->longest_gap_ns));
    return true;
}

bool tcprst_saw_many_targets(const struct tcprst_view *v, char *value) {
    const struct tcprst_host *client = v->event->client;
    if (v->event->from != TCPRST_CLIENT || client->targets < 5)
        return false;
    SAY("%u resets over %u ports or hosts", client->early_resets, client->targets);
    return true;
}

/* --- the endpoint's history --- */

static const struct tcprst_run *run_of(const struct tcprst_view *v) {
    const struct tcprst_run *run = v->event->from == TCPRST_SERVER ? tcprst_view_run(v) : NULL;
    return run && run->connections >= SHORTEST_RUN ? run : NULL;
}

bool tcprst_saw_run_of_resets(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *run = run_of(v);
    if (run)
        SAY("%u, frames %u to %u", run->connections, run->first_frame, run->last_frame);
    return run;
}

bool tcprst_saw_run_of_several_clients(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *run = run_of(v);
    if (!run || run->clients < 2)
        return false;
    SAY("%s%u", endpoint_of(v)->clients_at_least ? "at least " : "", run->clients);
    return true;
}

bool tcprst_saw_run_of_one_client(const struct tcprst_view *v, char *value) {
    (void)value;
    return run_of(v) && run_of(v)->clients == 1;
}

static uint32_t served_before(const struct tcprst_view *v) {
    return tcprst_endpoint_count_before(endpoint_of(v), TCPRST_SERVED, run_of(v)->first_frame);
}

bool tcprst_saw_served_before_run(const struct tcprst_view *v, char *value) {
    if (!run_of(v) || served_before(v) < SHORTEST_RUN)
        return false;
    SAY("%u connections", served_before(v));
    return true;
}

bool tcprst_saw_never_served_before(const struct tcprst_view *v, char *value) {
    (void)value;
    return run_of(v) && !served_before(v);
}

bool tcprst_saw_served_after_run(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *run = run_of(v);
    uint32_t after =
        run ? tcprst_endpoint_count_after(endpoint_of(v), TCPRST_SERVED, run->last_frame) : 0;
    if (after)
        SAY("%u connections", after);
    return after;
}

bool tcprst_saw_other_ports_served(const struct tcprst_view *v, char *value) {
    const struct tcprst_host *host = endpoint_of(v)->host;
    for (unsigned i = 0; run_of(v) && i < G_N_ELEMENTS(host->served); i++) {
        if (host->served[i].port == endpoint_of(v)->port ||
            host->served[i].frame < run_of(v)->first_frame)
            continue;
        SAY("port %u in frame %u", host->served[i].port, host->served[i].frame);
        return true;
    }
    return false;
}

/* docs/facts.md 3: a process that dies aborts its connections 25 to 130 us apart.  Connections that opened
 * at one instant too may each have been thrown out for themselves. */
bool tcprst_saw_aborted_together(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *burst = v->event->burst;
    if (!burst || burst->burst_size < SHORTEST_RUN ||
        tcprst_elapsed_ns(burst->burst_opened_ns[0], burst->burst_opened_ns[1]) <= TCPRST_BURST_NS)
        return false;
    SAY("%u, from frame %u on", burst->burst_size, burst->frame);
    return true;
}

static const struct tcprst_client *client_of(const struct tcprst_view *v) {
    return tcprst_endpoint_client(endpoint_of(v), &v->event->client->address);
}

bool tcprst_saw_client_always_reset(const struct tcprst_view *v, char *value) {
    const struct tcprst_client *client = client_of(v);
    if (v->event->from != TCPRST_SERVER || !client || client->served ||
        client->thrown_out < SHORTEST_RUN)
        return false;
    SAY("%u connections", client->thrown_out);
    return true;
}

bool tcprst_saw_others_served_meanwhile(const struct tcprst_view *v, char *value) {
    const struct tcprst_client *client = client_of(v);
    if (!client || !client->thrown_out)
        return false;
    uint32_t meanwhile = client->others_at_last_reset - client->others_at_first_reset;
    if (meanwhile < SHORTEST_RUN)
        return false;
    SAY("%u connections", meanwhile);
    return true;
}

bool tcprst_saw_port_accepts_others(const struct tcprst_view *v, char *value) {
    const struct tcprst_endpoint *e = endpoint_of(v);
    bool accepted_later = v->event->connection->side[TCPRST_SERVER].hello.frame;
    uint32_t others = e->synacks - (accepted_later && e->synacks);
    if (v->event->stage != TCPRST_SYN_SENT || v->event->from != TCPRST_SERVER || !others)
        return false;
    SAY("%u of %u", others, e->connections - 1);
    return true;
}

bool tcprst_saw_port_refuses_after(const struct tcprst_view *v, char *value) {
    const struct tcprst_endpoint *e = endpoint_of(v);
    const struct tcprst_run *last =
        e->runs && e->runs->len ? &g_array_index(e->runs, struct tcprst_run, e->runs->len - 1) : NULL;
    if (v->event->stage == TCPRST_SYN_SENT || !last || last->outcome != TCPRST_REFUSED ||
        last->last_frame < v->event->frame)
        return false;
    SAY("%u, first in frame %u", last->connections, last->first_frame);
    return true;
}
