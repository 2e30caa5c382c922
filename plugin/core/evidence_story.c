/* evidence_story.c - evidence in what came before and around the reset: handshake, exchange, neighbours
 *
 * "docs/facts.md N" is the section of the project's own account of measurements and documents.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "evidence.h"

#define SAY(...) g_snprintf(value, TCPRST_VALUE_SIZE, __VA_ARGS__)

static const int64_t second_ns = 1000000000;

static const struct tcprst_hello *syn_of(const struct tcprst_view *v) {
    return &v->event->before.side[TCPRST_CLIENT].hello;
}

static const struct tcprst_hello *synack_of(const struct tcprst_view *v) {
    return &v->event->before.side[TCPRST_SERVER].hello;
}

static const struct tcprst_side *own_side(const struct tcprst_view *v) {
    return &v->event->before.side[v->event->from];
}

static const struct tcprst_side *peer_side(const struct tcprst_view *v) {
    return &v->event->before.side[tcprst_peer_of(v->event->from)];
}

static const struct tcprst_endpoint *endpoint_of(const struct tcprst_view *v) {
    return v->event->connection->endpoint;
}

static bool say_frame(char *value, uint32_t frame) {
    if (frame)
        SAY("frame %u", frame);
    return frame;
}

/* --- the handshake --- */

bool tcprst_saw_no_syn_seen(const struct tcprst_view *v, char *value) {
    (void)value;
    return !syn_of(v)->frame;
}

/* docs/facts.md 11: nmap sends window 1024 and MSS only, ZMap IP ID 54321, masscan no options; scanners
 * like TTLs above 200. */
bool tcprst_saw_syn_of_raw_tool(const struct tcprst_view *v, char *value) {
    const struct tcprst_hello *syn = syn_of(v);
    bool few_options = !(syn->options.kinds & ~TCPRST_OPT_MSS) && syn->window <= 4096;
    bool zmap = syn->ip.version == 4 && syn->ip.id == 54321;
    if (!syn->frame || !(few_options || zmap || (syn->ip.ttl > 200 && !syn->options.kinds)))
        return false;
    SAY("window %u, %s", syn->window, syn->options.kinds ? "MSS only" : "no options");
    return true;
}

/* What connect() offers on the systems measured or described (docs/facts.md 2, 7): MSS and SACK (RFC 2018)
 * in every case. */
bool tcprst_saw_syn_of_stack(const struct tcprst_view *v, char *value) {
    const uint8_t usual = TCPRST_OPT_MSS | TCPRST_OPT_SACK;
    (void)value;
    return syn_of(v)->frame && (syn_of(v)->options.kinds & usual) == usual;
}

/* docs/facts.md 3: a scanner's SYN has a TTL of its own, the RST is the kernel's. */
bool tcprst_saw_syn_unlike_rst(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_hello *syn = syn_of(v);
    if (e->from != TCPRST_CLIENT || !syn->frame || !e->ip.version || syn->ip.ttl == e->ip.ttl)
        return false;
    SAY("SYN %u, RST %u", syn->ip.ttl, e->ip.ttl);
    return true;
}

bool tcprst_saw_syn_repeated(const struct tcprst_view *v, char *value) {
    if (syn_of(v)->repeats)
        SAY("%u times", syn_of(v)->repeats);
    return syn_of(v)->repeats;
}

bool tcprst_saw_synack_late(const struct tcprst_view *v, char *value) {
    if (!syn_of(v)->frame || !synack_of(v)->frame)
        return false;
    int64_t waited_ns = tcprst_elapsed_ns(syn_of(v)->time_ns, synack_of(v)->time_ns);
    if (waited_ns <= second_ns)
        return false;
    SAY("%.1f s", (double)waited_ns / 1e9);
    return true;
}

/* Linux never offers a zero window in a SYN/ACK, with cookies or without; netfilter's SYNPROXY and the
 * SYN proxies of firewalls do (docs/facts.md 2, 7; kernel net/netfilter/nf_synproxy_core.c). */
bool tcprst_saw_synack_zero_window(const struct tcprst_view *v, char *value) {
    return synack_of(v)->window == 0 && say_frame(value, synack_of(v)->frame);
}

enum { RICH = TCPRST_OPT_WSCALE | TCPRST_OPT_SACK };

/* docs/facts.md 2: a cookie server leaves them out only for clients without timestamps, proxies often. */
bool tcprst_saw_synack_drops_options(const struct tcprst_view *v, char *value) {
    uint8_t offered = syn_of(v)->options.kinds & RICH;
    if (!offered || !synack_of(v)->frame || synack_of(v)->options.kinds & RICH)
        return false;
    SAY("frame %u: dropped%s%s, MSS %u", synack_of(v)->frame,
        offered & TCPRST_OPT_WSCALE ? " WS" : "", offered & TCPRST_OPT_SACK ? " SACK" : "",
        synack_of(v)->options.mss);
    return true;
}

/* docs/facts.md 2: Linux keeps them with cookies (45 of 45): it drops options only for clients without. */
bool tcprst_saw_synack_drops_timestamps(const struct tcprst_view *v, char *value) {
    return syn_of(v)->options.kinds & TCPRST_OPT_TIMESTAMP && synack_of(v)->frame &&
           !(synack_of(v)->options.kinds & TCPRST_OPT_TIMESTAMP) && say_frame(value, synack_of(v)->frame);
}

enum { FEW_NEIGHBOURS = 3 };

/* Neighbours whose SYN/ACK had none of the signs that this one has; false if too few to tell. */
static bool count_good_neighbours(const struct tcprst_view *v, uint32_t *good, uint32_t *all) {
    const struct tcprst_endpoint *e = endpoint_of(v);
    char unused[TCPRST_VALUE_SIZE];
    bool zero = tcprst_saw_synack_zero_window(v, unused);
    if (!zero && !tcprst_saw_synack_drops_options(v, unused))
        return false;
    *all = (zero ? e->synacks : e->rich_offers) - 1;
    *good = zero ? e->synacks - e->zero_window_synacks : e->rich_synacks;
    return *all >= FEW_NEIGHBOURS;
}

bool tcprst_saw_neighbours_unlike_synack(const struct tcprst_view *v, char *value) {
    uint32_t good, all;
    if (!count_good_neighbours(v, &good, &all) || good * 2 < all)
        return false;
    SAY("%u of %u", good, all);
    return true;
}

bool tcprst_saw_neighbours_like_synack(const struct tcprst_view *v, char *value) {
    uint32_t good, all;
    if (!count_good_neighbours(v, &good, &all) || good * 2 >= all)
        return false;
    SAY("%u of %u", all - good, all);
    return true;
}

/* kernel net/ipv4/tcp_minisocks.c tcp_check_req(): with no room in the accept queue the ACK is ignored
 * and the SYN/ACK timer goes on. */
bool tcprst_saw_synack_repeated(const struct tcprst_view *v, char *value) {
    unsigned times = v->event->before.synacks_after_ack;
    if (times)
        SAY("%u times", times);
    return times;
}

bool tcprst_saw_wrong_handshake_ack(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = &v->event->before;
    if (!c->wrong_ack_frame || c->handshake_done)
        return false;
    SAY("frame %u: %u instead of %u", c->wrong_ack_frame, c->wrong_ack,
        c->side[TCPRST_SERVER].isn + 1);
    return true;
}

/* --- how the connection stood --- */

bool tcprst_saw_lone_segment(const struct tcprst_view *v, char *value) {
    return v->event->stage == TCPRST_MIDSTREAM && v->event->trigger != TCPRST_NO_TRIGGER &&
           own_side(v)->segments == 0 && peer_side(v)->segments == 1 &&
           say_frame(value, v->event->trigger_frame);
}

bool tcprst_saw_own_fin_before(const struct tcprst_view *v, char *value) {
    return say_frame(value, own_side(v)->fin_frame);
}

bool tcprst_saw_data_after_fin(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (!own_side(v)->fin_frame || e->trigger != TCPRST_ANSWERS_DATA ||
        e->trigger_frame < own_side(v)->fin_frame)
        return false;
    SAY("%u bytes in frame %u, FIN in frame %u", e->trigger_payload_bytes, e->trigger_frame,
        own_side(v)->fin_frame);
    return true;
}

bool tcprst_saw_peer_fin_before(const struct tcprst_view *v, char *value) {
    return say_frame(value, peer_side(v)->fin_frame);
}

bool tcprst_saw_client_still_open(const struct tcprst_view *v, char *value) {
    (void)value;
    return v->event->from == TCPRST_SERVER && v->event->before.handshake_done &&
           !v->event->before.side[TCPRST_CLIENT].fin_frame;
}

static bool acknowledged(const struct tcprst_side *sender, const struct tcprst_side *receiver) {
    return receiver->has_acked && !tcprst_seq_after(sender->next_seq, receiver->acked);
}

/* A RST+ACK acknowledges too. */
static bool rst_acknowledges_all(const struct tcprst_view *v) {
    return v->event->has_ack && v->event->ack == peer_side(v)->next_seq;
}

bool tcprst_saw_exchange_complete(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    if (!own->payload_bytes || !peer->payload_bytes || !acknowledged(own, peer) ||
        !(acknowledged(peer, own) || rst_acknowledges_all(v)))
        return false;
    SAY("client %u bytes, server %u bytes", v->event->before.side[TCPRST_CLIENT].payload_bytes,
        v->event->before.side[TCPRST_SERVER].payload_bytes);
    return true;
}

bool tcprst_saw_data_unacknowledged(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    if (!peer->payload_bytes || !peer->spoke || acknowledged(peer, own) || rst_acknowledges_all(v))
        return false;
    SAY("%u bytes", own->has_acked ? peer->next_seq - own->acked : peer->payload_bytes);
    return true;
}

/* An abort carries the socket's last window, and what waits in the receive buffer is missing from it
 * (docs/facts.md 1, family A).  Half leaves room for a buffer that grows and shrinks by itself. */
bool tcprst_saw_window_shrunk(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v);
    bool has_abort_form = v->event->has_ack && v->event->trigger == TCPRST_NO_TRIGGER;
    if (!has_abort_form || !peer_side(v)->payload_bytes || v->event->window >= own->largest_window / 2)
        return false;
    SAY("%u, largest %u", v->event->window, own->largest_window);
    return true;
}

/* Half a minute is above any retransmission pause of a healthy path. */
bool tcprst_saw_long_silence(const struct tcprst_view *v, char *value) {
    if (v->event->silence_ns < 30 * second_ns)
        return false;
    SAY("%.1f s", (double)v->event->silence_ns / 1e9);
    return true;
}

/* In seconds: AWS NLB 350 and Azure 240 (docs/facts.md 11), Linux keep-alive 7200 (tcp(7)); the others are
 * the round values that administrators set. */
bool tcprst_saw_silence_of_known_timeout(const struct tcprst_view *v, char *value) {
    static const int timeouts[] = {30, 60, 75, 120, 180, 240, 300, 350, 600, 900, 1800, 3600, 7200};
    double silent_s = (double)v->event->silence_ns / 1e9;
    for (unsigned i = 0; i < G_N_ELEMENTS(timeouts); i++) {
        if (silent_s < timeouts[i] * 0.995 || silent_s > timeouts[i] * 1.02 + 0.5)
            continue;
        SAY("%.1f s, timeout of %d s", silent_s, timeouts[i]);
        return true;
    }
    return false;
}

/* RFC 9293 section 3.8.3: a sender that is not answered repeats, then gives up. */
bool tcprst_saw_repeats_unanswered(const struct tcprst_view *v, char *value) {
    unsigned times = own_side(v)->unanswered;
    if (times < 2)
        return false;
    SAY("%u times", times);
    return true;
}

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
    SAY("%.3f ms after the handshake", (double)e->silence_ns / 1e6);
    return true;
}

/* Monitors send nothing or one fixed request, and keep their interval within a few percent; 1.5 leaves
 * room for one late round. */
bool tcprst_saw_periodic_probe(const struct tcprst_view *v, char *value) {
    const struct tcprst_prober *prober =
        tcprst_endpoint_prober(endpoint_of(v), &v->event->client->address);
    if (v->event->from != TCPRST_CLIENT || !prober || prober->resets < 3 ||
        v->event->before.side[TCPRST_CLIENT].data_segments > 1 || prober->shortest_gap_ns < second_ns / 2 ||
        (double)prober->longest_gap_ns > 1.5 * (double)prober->shortest_gap_ns)
        return false;
    SAY("%u times, every %.1f to %.1f s", prober->resets, (double)prober->shortest_gap_ns / 1e9,
        (double)prober->longest_gap_ns / 1e9);
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

enum { SHORTEST_RUN = 3 };

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

/* docs/facts.md 3: a process that dies aborts its connections 25 to 130 us apart. */
bool tcprst_saw_aborted_together(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *burst = v->event->burst;
    if (!burst || burst->burst_size < SHORTEST_RUN)
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
    uint32_t meanwhile = endpoint_of(v)->served - client->served_at_first_reset;
    if (meanwhile < SHORTEST_RUN)
        return false;
    SAY("%u connections", meanwhile);
    return true;
}

bool tcprst_saw_port_accepts_others(const struct tcprst_view *v, char *value) {
    const struct tcprst_endpoint *e = endpoint_of(v);
    if (v->event->stage != TCPRST_SYN_SENT || v->event->from != TCPRST_SERVER || !e->synacks)
        return false;
    SAY("%u of %u", e->synacks, e->connections);
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
