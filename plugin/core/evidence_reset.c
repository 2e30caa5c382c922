/* evidence_reset.c - evidence in the reset itself: its numbers, form, place, time, and what came behind
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "evidence_rules.h"

static bool say_trigger(const struct tcprst_view *v, char *value, bool answered) {
    if (answered && v->event->trigger_frame)
        SAY("frame %u, %.3f ms earlier", v->event->trigger_frame, ms(v->event->delay_ns));
    return answered;
}

bool tcprst_saw_rst_answers_syn(const struct tcprst_view *v, char *value) {
    return say_trigger(v, value, v->event->trigger == TCPRST_ANSWERS_SYN);
}

bool tcprst_saw_rst_answers_synack(const struct tcprst_view *v, char *value) {
    return say_trigger(v, value, v->event->trigger == TCPRST_ANSWERS_SYNACK);
}

bool tcprst_saw_rst_answers_ack(const struct tcprst_view *v, char *value) {
    return say_trigger(v, value, v->event->trigger == TCPRST_ANSWERS_HANDSHAKE_ACK);
}

bool tcprst_saw_rst_answers_data(const struct tcprst_view *v, char *value) {
    return say_trigger(v, value, v->event->trigger == TCPRST_ANSWERS_DATA);
}

bool tcprst_saw_rst_answers_other(const struct tcprst_view *v, char *value) {
    return say_trigger(v, value, v->event->trigger >= TCPRST_ANSWERS_FIN);
}

/* In SYN-SENT a reset must acknowledge the SYN (RFC 9293 section 3.10.7.3); later it must lie in the
 * receive window (section 3.10.7.4, RFC 5961).  The capture can lag behind the receiver, so what its
 * sender could rightly have sent counts as acceptable too. */
bool tcprst_saw_rst_unacceptable(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *peer = peer_side(v), *own = own_side(v);
    if (e->stage == TCPRST_SYN_SENT && e->from == TCPRST_SERVER && peer->isn_known) {
        bool fits = e->has_ack && (e->ack == peer->next_seq || e->ack == peer->isn + 1 ||
                                   e->ack == peer->isn + 1 + peer->hello.payload_bytes);
        if (!fits)
            SAY("ACK flag %s, ack field %u, SYN's sequence number %u", e->has_ack ? "set" : "clear",
                e->ack, peer->isn);
        return !fits;
    }
    if (e->stage == TCPRST_MIDSTREAM || !peer->has_acked || !own->spoke || e->seq == own->next_seq)
        return false;
    unsigned scale = own->hello.options.kinds & peer->hello.options.kinds & TCPRST_OPT_WSCALE
                         ? peer->hello.options.wscale : 0;
    uint32_t window_bytes = (uint32_t)peer->last_window << scale;
    if (e->seq - peer->acked <= window_bytes)
        return false;
    SAY("sequence number %u, expected %u", e->seq, peer->acked);
    return true;
}

/* Linux: TTL 64 family, DF, SYN/ACK with IP ID 0, and the measured windows 65160, 64240 and 64260
 * (docs/facts.md 5); 64800 is 45 segments of IPv6, the others 10 and 20 segments of older kernels
 * (net/ipv4/tcp_output.c tcp_select_initial_window()). */
bool tcprst_looks_linux(const struct tcprst_side *side) {
    static const uint16_t windows[] = {65160, 64240, 64260, 64800, 29200, 28960, 14600, 14480};
    const struct tcprst_hello *hello = &side->hello;
    bool is_synack = hello->ack;
    if (!hello->frame || !hello->ip.version || hello->ip.ttl > 64)
        return false;
    if (hello->ip.version == 4 && (!hello->ip.df || (is_synack && hello->ip.id)))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(windows); i++)
        if (hello->window == windows[i])
            return true;
    return false;
}

static bool timestamps_agreed(const struct tcprst_event *e) {
    return e->before.side[TCPRST_CLIENT].hello.options.kinds &
           e->before.side[TCPRST_SERVER].hello.options.kinds & TCPRST_OPT_TIMESTAMP;
}

static bool has_timestamps(const struct tcprst_event *e) {
    return e->options.kinds & TCPRST_OPT_TIMESTAMP;
}

/* RFC 9293 section 3.5.2: an answer to a segment with ACK has no ACK itself.  Windows, passt and others
 * send this form for aborts too, with an ACK field (docs/facts.md 5, 11), so alone it is weak. */
bool tcprst_saw_rst_bare(const struct tcprst_view *v, char *value) {
    (void)value;
    return !v->event->has_ack;
}

/* docs/facts.md 1, family B: kernel net/ipv4/tcp_ipv4.c tcp_v4_send_reset(). */
bool tcprst_saw_rst_like_linux_answer(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    (void)value;
    return tcprst_looks_linux(own_side(v)) && !e->has_ack && !e->ack && !e->window && !has_timestamps(e) &&
           (e->ip.version != 4 || (!e->ip.id && e->ip.df));
}

/* The socket's own numbers: seq is SND.NXT, ack is at most what the peer had sent. */
bool tcprst_saw_rst_aborts_socket(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    if (!e->has_ack || !own->spoke || !peer->spoke || e->trigger != TCPRST_NO_TRIGGER)
        return false;
    bool seq_fits = e->seq == own->next_seq || e->seq == own->next_seq - 1;
    bool ack_fits = !tcprst_seq_after(e->ack, peer->next_seq) &&
                    (!own->has_acked || !tcprst_seq_after(own->acked, e->ack));
    if (seq_fits && ack_fits)
        SAY("window %u", e->window);
    return seq_fits && ack_fits;
}

/* A captured segment can stand for several (segmentation offload: 64 KiB of 1,448 bytes). */
enum { MOST_MERGED_SEGMENTS = 46 };

static bool id_goes_on(const struct tcprst_event *e, const struct tcprst_side *own) {
    uint16_t steps = (uint16_t)(e->ip.id - own->ip.id);
    return e->ip.version != 4 || own->ip.id == 0 || (steps > 0 && steps <= MOST_MERGED_SEGMENTS);
}

/* docs/facts.md 1, family A: kernel net/ipv4/tcp_output.c tcp_send_active_reset(). */
bool tcprst_saw_rst_like_linux_abort(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    bool shows_socket = e->window || timestamps_agreed(e); /* a full receive buffer leaves window 0 */
    bool fits = tcprst_looks_linux(own) && e->has_ack && shows_socket && own->spoke &&
                e->trigger == TCPRST_NO_TRIGGER && has_timestamps(e) == timestamps_agreed(e) &&
                id_goes_on(e, own);
    if (fits)
        SAY("window %u, IP ID %u after %u", e->window, e->ip.id, own->ip.id);
    return fits;
}

/* docs/facts.md 2: netfilter's SYNPROXY, whose SYN/ACK always has window 0, passes the server's refusal on
 * in this form.  DF tells a stack that leaves the ID 0 from a capture without IDs. */
bool tcprst_saw_rst_like_proxy(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    (void)value;
    const struct tcprst_hello *synack = &e->before.side[TCPRST_SERVER].hello;
    return e->has_ack && e->before.handshake_done && synack->frame && !synack->window && !e->window &&
           !has_timestamps(e) && e->ip.version == 4 && !e->ip.id && e->ip.df;
}

/* docs/facts.md 3: every injected RST+ACK failed three or more of window, timestamps, IP ID, TTL, DF.
 * Without timestamps there is one less to fail; window and IP ID alone are no sign (a full buffer, merged
 * segments). */
bool tcprst_saw_rst_unlike_its_stack(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    bool both_seen = e->before.side[TCPRST_CLIENT].hello.frame && e->before.side[TCPRST_SERVER].hello.frame;
    if (!tcprst_looks_linux(own) || !e->has_ack || !e->before.handshake_done || !both_seen)
        return false;
    bool window = !e->window && own->last_window;
    bool timestamps = has_timestamps(e) != timestamps_agreed(e);
    bool id = !id_goes_on(e, own);
    bool df = e->ip.version == 4 && !e->ip.df;
    bool ttl = e->ip.version && e->ip.ttl != own->ip.ttl;
    int signs = window + timestamps + id + df + ttl;
    if (signs < 2 || (signs == 2 && (timestamps_agreed(e) || !(df || ttl))))
        return false;
    SAY("wrong:%s%s%s%s%s", ttl ? " TTL" : "", window ? " window" : "",
        timestamps ? " timestamps" : "", id ? " IP-ID" : "", df ? " DF" : "");
    return true;
}

/* docs/facts.md 12: a damaged flag on a data segment, which both sides treat as data. */
bool tcprst_saw_rst_carries_data(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    if (!e->payload_bytes || e->stated_reason || !own->spoke || e->seq != own->next_seq)
        return false;
    SAY("%u bytes", e->payload_bytes);
    return true;
}

bool tcprst_saw_rst_states_reason(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (e->stated_reason)
        SAY("%s: %.60s", e->stated_by, e->stated_reason);
    return e->stated_reason;
}

/* More than 95 % of clean connections never change their TTL by more than 1 (SIGCOMM 2023, section 4). */
static bool say_ttl(const struct tcprst_view *v, char *value, int least, int most) {
    int delta;
    if (!tcprst_event_ttl_delta(v->event, &delta) || abs(delta) < least || abs(delta) > most)
        return false;
    SAY("%u, others %u", v->event->ip.ttl, own_side(v)->ip.ttl);
    return true;
}

bool tcprst_saw_ttl_differs(const struct tcprst_view *v, char *value) {
    return say_ttl(v, value, 2, 255);
}

bool tcprst_saw_ttl_off_by_one(const struct tcprst_view *v, char *value) {
    return say_ttl(v, value, 1, 1);
}

bool tcprst_saw_ttl_same(const struct tcprst_view *v, char *value) {
    return say_ttl(v, value, 0, 0);
}

/* A refusal has nothing of its own connection to compare, so the host's other answers serve
 * (docs/facts.md 4). */
static bool say_host_ttl(const struct tcprst_view *v, char *value, bool same) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_host *host = e->connection->endpoint->host;
    if (e->stage != TCPRST_SYN_SENT || e->from != TCPRST_SERVER || !e->ip.version ||
        !host->synack_frame || host->synack_ttl_varies || (host->synack_ttl == e->ip.ttl) != same)
        return false;
    SAY("%u, SYN/ACK in frame %u: %u", e->ip.ttl, host->synack_frame, host->synack_ttl);
    return true;
}

bool tcprst_saw_host_ttl_differs(const struct tcprst_view *v, char *value) {
    return say_host_ttl(v, value, false);
}

bool tcprst_saw_host_ttl_same(const struct tcprst_view *v, char *value) {
    return say_host_ttl(v, value, true);
}

/* docs/facts.md 1, family C: netfilter REJECT leaves the flow label 0, which the stack never did. */
bool tcprst_saw_flow_label_zero(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    if (e->ip.version != 6 || e->ip.flow_label || !own->segments || !own->ip.flow_label)
        return false;
    SAY("others 0x%05x", own->ip.flow_label);
    return true;
}

/* docs/facts.md 1: family B copies the DSCP, REJECT sends 0. */
bool tcprst_saw_tos_not_copied(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    unsigned answered_dscp = e->trigger_tos >> 2, dscp = e->ip.tos >> 2;
    if (e->has_ack || e->trigger == TCPRST_NO_TRIGGER || !tcprst_looks_linux(own_side(v)) ||
        !answered_dscp || dscp)
        return false;
    SAY("DSCP %u, answered %u", dscp, answered_dscp);
    return true;
}

/* A side cannot answer much sooner than it ever answered a handshake; an RST in its name that does was
 * sent from nearer the capture point.  0.7 leaves room for a leg measured too long (docs/facts.md 3).
 * Aborts answer nothing, so they are never too soon; a bare RST with an ACK field can be one, on stacks
 * that do not clear it.
 *
 * Weaver, Sommer, Paxson: Detecting Forged TCP Reset Packets, NDSS 2009. */
bool tcprst_saw_rst_sooner_than_path(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (e->has_ack || e->ack || e->oldest_trigger_ns < 0 || e->leg_ns < 0 ||
        (double)e->oldest_trigger_ns >= 0.7 * (double)e->leg_ns)
        return false;
    SAY("%.3f ms, shortest handshake wait %.3f ms", ms(e->oldest_trigger_ns), ms(e->leg_ns));
    return true;
}

/* The same for a refusal, against the host's other answers. */
bool tcprst_saw_rst_sooner_than_host(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    int64_t host_ns = e->connection->endpoint->host->shortest_server_leg_ns;
    if (e->stage != TCPRST_SYN_SENT || e->trigger != TCPRST_ANSWERS_SYN ||
        host_ns < TCPRST_SHORTEST_LEG_NS || (double)e->oldest_trigger_ns >= 0.7 * (double)host_ns)
        return false;
    SAY("%.3f ms, soonest SYN/ACK %.3f ms", ms(e->oldest_trigger_ns), ms(host_ns));
    return true;
}

bool tcprst_saw_rst_one_leg_later(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    double legs = tcprst_event_delay_rtt(e);
    if (!e->trigger_frame || legs < 0.7 || legs > 1.5)
        return false;
    SAY("%.3f ms = %.2f handshake RTT", ms(e->delay_ns), legs);
    return true;
}

/* An honest sender sends nothing behind its own reset (Weaver et al., NDSS 2009). */
bool tcprst_saw_sender_goes_on(const struct tcprst_view *v, char *value) {
    return say_frame(value, v->event->after.sender_frame);
}

/* Data that was under way when the reset was sent.  A repetition of older data says nothing. */
bool tcprst_saw_peer_was_sending(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->before.handshake_done && !e->after.syns && say_frame(value, e->after.peer_data_frame);
}

/* The host that sent the SYN/ACK never saw the ACK, or was not told of the reset (docs/facts.md 3). */
bool tcprst_saw_synack_after_rst(const struct tcprst_view *v, char *value) {
    return say_frame(value, v->event->after.synack_frame);
}
