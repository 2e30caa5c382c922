/* connection.c - evidence in what came before the reset: the handshake, the exchange, silence
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

static const int64_t second_ns = 1000000000;

/* --- the handshake --- */

bool tcprst_saw_no_syn_seen(const struct tcprst_view *v, char *value) {
    (void)value;
    return !syn_of(v)->frame;
}

/* Without SYN and SYN/ACK the client is the side of the higher port.  That is a guess unless the other one is
 * known to listen, or one port alone is of those that systems give to clients, from 32768 on Linux (ip(7),
 * ip_local_port_range) and from 49152 by RFC 6335, or one alone is a system port, below 1024 (RFC 6335). */
bool tcprst_saw_roles_guessed(const struct tcprst_view *v, char *value) {
    enum { BEHIND_SYSTEM_PORTS = 1024, FIRST_CLIENT_PORT = 32768 };
    const struct tcprst_connection *c = v->event->before;
    const uint16_t *port = c->tuple.port;
    if (!c->roles_inferred || c->server_known || (port[0] >= FIRST_CLIENT_PORT) != (port[1] >= FIRST_CLIENT_PORT) ||
        (port[0] < BEHIND_SYSTEM_PORTS) != (port[1] < BEHIND_SYSTEM_PORTS))
        return false;
    SAY("ports %u and %u", port[c->client_index], port[!c->client_index]);
    return true;
}

/* kernel net/ipv4/tcp_minisocks.c tcp_check_req(): a SYN in the window of a connection in SYN-RECEIVED ends that and
 * is reset itself (docs/facts.md 4). */
bool tcprst_saw_syn_met_half_open(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->stage == TCPRST_SYN_SENT && e->from == TCPRST_SERVER && say_frame(value, e->before->older_frame);
}

/* docs/facts.md 11: nmap sends window 1024 and MSS only, ZMap IP ID 54321, masscan no options; scanners
 * like TTLs above 200. */
bool tcprst_saw_syn_of_raw_tool(const struct tcprst_view *v, char *value) {
    const struct tcprst_syn *syn = syn_of(v);
    bool all_seen = !syn->options.cut;
    bool few_options = all_seen && !(syn->options.kinds & ~TCPRST_OPT_MSS) && syn->window <= 4096;
    bool zmap = syn->ip.version == 4 && syn->ip.id == 54321;
    if (!syn->frame || !(few_options || zmap || (syn->ip.ttl > 200 && all_seen && !syn->options.kinds)))
        return false;
    SAY("window %u, %s", syn->window, syn->options.kinds ? "MSS only" : "no options");
    return true;
}

/* What connect() offers on the systems measured or described (docs/facts.md 2, 7): MSS and SACK (RFC 2018)
 * in every case. */
bool tcprst_saw_syn_of_stack(const struct tcprst_view *v, char *value) {
    const uint16_t usual = TCPRST_OPT_MSS | TCPRST_OPT_SACK;
    (void)value;
    return syn_of(v)->frame && (syn_of(v)->options.kinds & usual) == usual;
}

/* docs/facts.md 3: a scanner's SYN has a TTL of its own, the RST is the kernel's. */
bool tcprst_saw_syn_unlike_rst(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_syn *syn = syn_of(v);
    if (e->from != TCPRST_CLIENT || !syn->frame || !e->ip.version || !syn->ip.version ||
        syn->ip.ttl == e->ip.ttl)
        return false;
    SAY("SYN %u, RST %u", syn->ip.ttl, e->ip.ttl);
    return true;
}

bool tcprst_saw_syn_repeated(const struct tcprst_view *v, char *value) {
    return say_times(value, syn_of(v)->repeats);
}

bool tcprst_saw_synack_late(const struct tcprst_view *v, char *value) {
    if (!syn_of(v)->frame || !synack_of(v)->frame)
        return false;
    int64_t waited_ns = tcprst_elapsed_ns(syn_of(v)->time_ns, synack_of(v)->time_ns);
    if (waited_ns <= second_ns)
        return false;
    SAY("%.1f s", seconds(waited_ns));
    return true;
}

/* Linux never offers a zero window in a SYN/ACK, with cookies or without; netfilter's SYNPROXY and the
 * SYN proxies of firewalls do (docs/facts.md 2, 7; kernel net/netfilter/nf_synproxy_core.c).  A proxy that
 * opens the window afterwards has reached the server, and what comes then is the server's. */
bool tcprst_saw_synack_zero_window(const struct tcprst_view *v, char *value) {
    return synack_of(v)->window == 0 && !v->event->before->side[TCPRST_SERVER].largest_window &&
           say_frame(value, synack_of(v)->frame);
}

enum { RICH = TCPRST_OPT_WSCALE | TCPRST_OPT_SACK };

/* docs/facts.md 2: a cookie server leaves them out only for clients without timestamps, proxies often. */
bool tcprst_saw_synack_drops_options(const struct tcprst_view *v, char *value) {
    uint16_t offered = syn_of(v)->options.kinds & RICH;
    if (!offered || !synack_of(v)->frame || synack_of(v)->options.cut || synack_of(v)->options.kinds & RICH)
        return false;
    SAY("frame %u: dropped%s%s, MSS %u", synack_of(v)->frame,
        offered & TCPRST_OPT_WSCALE ? " WS" : "", offered & TCPRST_OPT_SACK ? " SACK" : "",
        synack_of(v)->options.mss);
    return true;
}

/* docs/facts.md 2: Linux keeps them with cookies (45 of 45): it drops options only for clients without. */
bool tcprst_saw_synack_drops_timestamps(const struct tcprst_view *v, char *value) {
    return syn_of(v)->options.kinds & TCPRST_OPT_TIMESTAMP && synack_of(v)->frame &&
           !synack_of(v)->options.cut && !(synack_of(v)->options.kinds & TCPRST_OPT_TIMESTAMP) &&
           say_frame(value, synack_of(v)->frame);
}

/* kernel net/ipv4/tcp_minisocks.c tcp_check_req(): with no room in the accept queue the ACK is ignored
 * and the SYN/ACK timer goes on. */
bool tcprst_saw_synack_repeated(const struct tcprst_view *v, char *value) {
    return say_times(value, v->event->before->synacks_after_ack);
}

bool tcprst_saw_wrong_handshake_ack(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = v->event->before;
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

/* Some stacks acknowledge what they reject (docs/facts.md 5: lwIP), so that the RST answers no segment by its
 * numbers; it is the first then to acknowledge what came behind the FIN. */
static bool acknowledges_first(const struct tcprst_view *v) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    return e->has_ack && own->has_acked && peer->has_sent && e->ack == peer->next_seq &&
           tcprst_seq_after(e->ack, own->acked) && !peer->fin_frame && peer->last_frame > own->fin_frame;
}

bool tcprst_saw_data_after_fin(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    if (!own->fin_frame)
        return false;
    if (e->trigger == TCPRST_ANSWERS_DATA && e->trigger_frame > own->fin_frame)
        SAY("%u bytes in frame %u, FIN in frame %u", e->trigger_payload_bytes, e->trigger_frame, own->fin_frame);
    else if (acknowledges_first(v))
        SAY("%u bytes up to frame %u, FIN in frame %u", e->ack - own->acked, peer_side(v)->last_frame,
            own->fin_frame);
    else
        return false;
    return true;
}

bool tcprst_saw_peer_fin_before(const struct tcprst_view *v, char *value) {
    return say_frame(value, peer_side(v)->fin_frame);
}

bool tcprst_saw_client_still_open(const struct tcprst_view *v, char *value) {
    (void)value;
    return v->event->from == TCPRST_SERVER && v->event->before->handshake_done &&
           !v->event->before->side[TCPRST_CLIENT].fin_frame;
}

static bool acknowledged(const struct tcprst_side *sender, const struct tcprst_side *receiver) {
    return receiver->has_acked && !tcprst_seq_after(sender->next_seq, receiver->acked);
}

/* A RST+ACK acknowledges too. */
static bool rst_acknowledges_all(const struct tcprst_view *v) {
    return v->event->has_ack && v->event->ack == peer_side(v)->next_seq;
}

bool tcprst_saw_never_answered(const struct tcprst_view *v, char *value) {
    (void)value;
    const struct tcprst_side *own = own_side(v);
    bool counts_payload_in = own->isn_known && tcprst_seq_after(v->event->seq, own->isn + 2); /* SYN and FIN are two */
    return v->event->from == TCPRST_SERVER && v->event->before->handshake_done && !own->payload_bytes &&
           !counts_payload_in;
}

bool tcprst_saw_exchange_complete(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    if (!own->payload_bytes || !peer->payload_bytes || !acknowledged(own, peer) ||
        !(acknowledged(peer, own) || rst_acknowledges_all(v)))
        return false;
    SAY("client %u bytes, server %u bytes", v->event->before->side[TCPRST_CLIENT].payload_bytes,
        v->event->before->side[TCPRST_SERVER].payload_bytes);
    return true;
}

bool tcprst_saw_data_unacknowledged(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    if (!peer->payload_bytes || !peer->has_sent || acknowledged(peer, own) || rst_acknowledges_all(v))
        return false;
    uint32_t bytes = own->has_acked ? peer->next_seq - own->acked : peer->payload_bytes;
    bytes -= own->has_acked && peer->fin_frame; /* the FIN's number */
    if (bytes)
        SAY("%u bytes", bytes);
    return bytes;
}

/* An abort carries the socket's last window, and what waits in the receive buffer is missing from it
 * (docs/facts.md 1, family A).  Half leaves room for a buffer that grows and shrinks by itself. */
bool tcprst_saw_window_shrunk(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v);
    bool has_abort_form = v->event->has_ack && v->event->trigger == TCPRST_NO_TRIGGER;
    bool window_tells = v->event->window || tcprst_looks_linux(own); /* other stacks always send 0 */
    if (!has_abort_form || !window_tells || !peer_side(v)->payload_bytes ||
        v->event->window >= own->largest_window / 2)
        return false;
    SAY("%u, largest %u", v->event->window, own->largest_window);
    return true;
}

/* Half a minute is above any retransmission pause of a healthy path. */
bool tcprst_saw_long_silence(const struct tcprst_view *v, char *value) {
    if (v->event->silence_ns < tcprst_capture_settings(v->capture)->long_silence_ns)
        return false;
    SAY("%.1f s", seconds(v->event->silence_ns));
    return true;
}

/* Timeouts that are somebody's documented default; sources in docs/facts.md 11.  A load balancer and a server
 * end connections in the server's name, a firewall and keep-alives in either. */
static const struct { int seconds; bool is_servers; const char *whose; } known_timeouts[] = {
    {60, true, "AWS Classic Load Balancer"}, {75, true, "nginx keep-alive"}, {240, false, "Azure Load Balancer"},
    {350, false, "AWS Network Load Balancer and Firewall"}, {600, false, "Cisco half-closed"},
    {1800, false, "Forcepoint"}, {3600, false, "Cisco and Fortinet"}, {7200, false, "Linux keep-alive"},
};

bool tcprst_saw_silence_of_known_timeout(const struct tcprst_view *v, char *value) {
    double silent_s = seconds(v->event->silence_ns);
    for (unsigned i = 0; i < G_N_ELEMENTS(known_timeouts); i++) {
        int timeout_s = known_timeouts[i].seconds;
        if (silent_s < timeout_s * 0.995 || silent_s > timeout_s * 1.02 + 0.5)
            continue;
        if (known_timeouts[i].is_servers && v->event->from != TCPRST_SERVER)
            SAY("%.1f s, near %d s", silent_s, timeout_s);
        else
            SAY("%.1f s, near the %d s of %s", silent_s, timeout_s, known_timeouts[i].whose);
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
