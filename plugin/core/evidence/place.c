/* place.c - evidence of where the reset came from: its TTL, labels and time, and what came after it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"
#include "core/capture/point_views.h"
#include "core/evidence/rules.h"
#include "core/reset/trigger.h"

/* More than 95 % of clean connections never change their TTL by more than 1 (SIGCOMM 2023, section
 * 4).  BGP uses special TTLs (RFC 5082), which the kernel's answer does not have; if it is signed,
 * only the host itself knows the key (docs/facts.md 12). */
static bool say_ttl(const struct tcprst_view *v, char *value, enum tcprst_ttl wanted) {
    const struct tcprst_side *own = own_side(v);
    if (tcprst_event_ttl(v->event) != wanted || (wanted != TCPRST_TTL_SAME && is_signed(v)))
        return false;
    if (own->ttl_least == own->ttl_most)
        return SAY("%u, others %u", v->event->ip.ttl, own->ip.ttl);
    return SAY("%u, others %u to %u", v->event->ip.ttl, own->ttl_least, own->ttl_most);
}

bool tcprst_saw_ttl_differs(const struct tcprst_view *v, char *value) {
    return say_ttl(v, value, TCPRST_TTL_OTHER);
}

bool tcprst_saw_rsts_share_ttl(const struct tcprst_view *v, char *value) {
    const uint32_t frame = v->event->after.same_ttl_frame;
    return frame &&
           SAY("%u, the host's %u; frame %u", v->event->ip.ttl, own_side(v)->ip.ttl, frame);
}

bool tcprst_saw_ttl_off_by_one(const struct tcprst_view *v, char *value) {
    return say_ttl(v, value, TCPRST_TTL_OFF_BY_ONE);
}

bool tcprst_saw_ttl_same(const struct tcprst_view *v, char *value) {
    return say_ttl(v, value, TCPRST_TTL_SAME);
}

/* All that one host sends crosses the same routers, whatever TTL it begins with.  Paths move by one
 * router at times (docs/facts.md 15).  After a host's own reset a firewall can answer in its name:
 * then the first one has the host's distance. */
bool tcprst_saw_rsts_of_other_ttl(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_after *after = &e->after;
    return e->before->handshake_done && after->other_ttl_frame &&
           tcprst_event_ttl(e) == TCPRST_TTL_OTHER &&
           SAY("TTL %u; %u in frame %u", e->ip.ttl, after->other_ttl, after->other_ttl_frame);
}

/* docs/facts.md 5: libslirp begins its resets at 255 and its other segments at 64; routers and NAT
 * engines do so too (docs/facts.md 11). */
bool tcprst_saw_ttl_same_hops(const struct tcprst_view *v, char *value) {
    return say_ttl(v, value, TCPRST_TTL_SAME_HOPS);
}

/* The SYN/ACKs of the host where the reset was captured: at another point they have crossed another
 * number of routers. */
static struct tcprst_synacks synacks_of_host(const struct tcprst_view *v) {
    const struct tcprst_host *host = v->event->connection->endpoint->host;
    const struct tcprst_synacks none = {.leg = {.shortest_ns = -1}};
    const struct tcprst_synacks *both =
        tcprst_point_views_synacks(&v->capture->points, v->event->before);
    const uint32_t interface = tcprst_connection_interface(v->event->before);
    struct tcprst_synacks synacks = both ? *both : none;
    if (host->synack_frame && host->synack_interface == interface) {
        synacks.frame = host->synack_frame;
        synacks.ttl = host->synack_ttl;
        synacks.ttl_varies = host->synack_ttl_varies;
    }
    if (tcprst_host_leg(host, TCPRST_SERVER)->interface == interface)
        synacks.leg = *tcprst_host_leg(host, TCPRST_SERVER);
    return synacks;
}

/* A refused connection has no other segment of the server, so the host's other answers are compared
 * (docs/facts.md 4). */
static bool say_host_ttl(const struct tcprst_view *v, char *value, int least_more, int most_more) {
    const struct tcprst_event *e = v->event;
    if (!refuses_syn(v) || !e->ip.version)
        return false;
    const struct tcprst_synacks host = synacks_of_host(v);
    const int more = e->ip.ttl - host.ttl;
    if (!host.frame || host.ttl_varies || more < least_more || more > most_more ||
        (more && tcprst_same_hops(host.ttl, e->ip.ttl)))
        return false;
    return SAY("%u, SYN/ACK in frame %u: %u", e->ip.ttl, host.frame, host.ttl);
}

bool tcprst_saw_host_ttl_differs(const struct tcprst_view *v, char *value) {
    return say_host_ttl(v, value, -UINT8_MAX, -1) || say_host_ttl(v, value, 2, UINT8_MAX);
}

/* One router less: the last one before the host, or the host itself, whose other ports lead to a
 * container or a virtual machine (docs/facts.md 15). */
bool tcprst_saw_host_ttl_one_more(const struct tcprst_view *v, char *value) {
    return say_host_ttl(v, value, 1, 1);
}

bool tcprst_saw_host_ttl_same(const struct tcprst_view *v, char *value) {
    return say_host_ttl(v, value, 0, 0);
}

/* docs/facts.md 1, 3: REJECT sets the flow label to 0, which the stack never did; the socket's own
 * label shows a socket, another one shows that there was none. */
static bool say_label(const struct tcprst_view *v, char *value, enum tcprst_label wanted) {
    return tcprst_event_label(v->event) == wanted &&
           SAY("0x%05x, others 0x%05x", v->event->ip.flow_label, own_side(v)->ip.flow_label);
}

/* Measured on Linux; other stacks label their sockets' segments alone (docs/facts.md 15). */
bool tcprst_saw_flow_label_zero(const struct tcprst_view *v, char *value) {
    return tcprst_looks_linux(own_side(v)) && say_label(v, value, TCPRST_LABEL_ZERO);
}

bool tcprst_saw_flow_label_same(const struct tcprst_view *v, char *value) {
    return say_label(v, value, TCPRST_LABEL_SAME);
}

bool tcprst_saw_flow_label_other(const struct tcprst_view *v, char *value) {
    return say_label(v, value, TCPRST_LABEL_OTHER);
}

/* docs/facts.md 1: family B copies the DSCP of the segment answered, REJECT sends 0.  Only where
 * the sender's own DSCP is another. */
static bool say_copied_tos(const struct tcprst_view *v, char *value, bool copied) {
    const struct tcprst_event *e = v->event;
    unsigned answered_dscp = e->trigger_tos >> 2, dscp = e->ip.tos >> 2;
    if (e->has_ack || !e->trigger_frame || !tcprst_looks_linux(own_side(v)) || !answered_dscp ||
        answered_dscp == own_side(v)->ip.tos >> 2 || dscp != (copied ? answered_dscp : 0))
        return false;
    return SAY("DSCP %u, answered %u", dscp, answered_dscp);
}

bool tcprst_saw_tos_copied(const struct tcprst_view *v, char *value) {
    return say_copied_tos(v, value, true);
}

/* Networks clear the DSCP on the way (RFC 9435 section 4), so only a capture next to the sender
 * shows which DSCP it had to copy. */
bool tcprst_saw_tos_not_copied(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    bool is_beside =
        e->point == (e->from == TCPRST_SERVER ? TCPRST_POINT_SERVER : TCPRST_POINT_CLIENT);
    return is_beside && say_copied_tos(v, value, false);
}

/* A side cannot answer much faster than it ever did; a faster RST in its name was sent from nearer
 * to the capture point.  The margin allows for a leg that was measured too long (docs/facts.md 3).
 * Aborts answer nothing, so they are never too fast; a bare RST with an ACK field can be an abort,
 * on stacks that do not clear it.
 *
 * Weaver, Sommer, Paxson: Detecting Forged TCP Reset Packets, NDSS 2009. */
static bool is_sooner(const struct tcprst_view *v, int64_t age_ns) {
    return age_ns >= 0 && tcprst_had_no_time(v->event->leg_ns, age_ns);
}

static bool say_sooner(const struct tcprst_event *e, char *value, int64_t age_ns) {
    if (e->leg_samples == 1)
        return SAY("%.3f ms, the only round trip measured: %.3f ms", ms(age_ns), ms(e->leg_ns));
    return SAY("%.3f ms, shortest round trip of %u: %.3f ms", ms(age_ns), e->leg_samples,
               ms(e->leg_ns));
}

static bool answers_too_soon(const struct tcprst_view *v) {
    return !v->event->has_ack && !v->event->ack && is_sooner(v, v->event->oldest_trigger_ns);
}

/* What follows its host's IP IDs, from its distance, is most likely of that host: if it answers no
 * data, it is no answer, but an abort, as some stacks send it without ACK. */
bool tcprst_saw_rst_sooner_than_path(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return tcprst_event_leg_is_sure(e) && answers_too_soon(v) &&
           (e->trigger == TCPRST_ANSWERS_DATA || !tcprst_saw_rst_id_goes_on(v, NULL)) &&
           say_sooner(e, value, e->oldest_trigger_ns);
}

/* Its sender is on this link, and the host that it names is not. */
bool tcprst_saw_rst_of_this_link(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return tcprst_event_ttl(e) == TCPRST_TTL_OTHER && tcprst_is_initial_ttl(e->ip.ttl) &&
           SAY("TTL %u, others %u", e->ip.ttl, own_side(v)->ip.ttl);
}

/* The RST crossed more routers, and came no sooner than the path allows: a device between the two
 * hosts would be nearer. */
bool tcprst_saw_rst_from_farther(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const unsigned more = tcprst_event_routers_more(e);
    return tcprst_event_ttl(e) == TCPRST_TTL_OTHER && e->trigger_frame && more &&
           e->leg_ns >= 0 && !tcprst_had_no_time(e->leg_ns, e->delay_ns) &&
           SAY("%u routers more, %.3f ms", more, ms(e->delay_ns));
}

/* A RST+ACK does not answer a segment, but the data that it is the first to acknowledge must have
 * arrived (docs/facts.md 14). */
static bool acks_too_soon(const struct tcprst_view *v) {
    return v->event->before->handshake_done && is_sooner(v, v->event->acked_age_ns);
}

/* No host beyond a router answers so fast if its handshake took ten times as long: not even one
 * whose radio slept, as its round trips take longer than this when it is awake. */
static bool is_far_too_soon(const struct tcprst_view *v) {
    enum { FAR_TOO_SOON = 10, SOONEST_BEYOND_ROUTER_NS = 10000000 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_ip *ip = &own_side(v)->syn.ip;
    bool is_beyond_router = ip->version && !tcprst_is_initial_ttl(ip->ttl);
    return is_beyond_router && e->acked_age_ns < SOONEST_BEYOND_ROUTER_NS &&
           e->acked_age_ns * FAR_TOO_SOON < e->leg_ns;
}

bool tcprst_saw_rst_acks_too_soon(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return acks_too_soon(v) && (tcprst_event_leg_is_sure(e) || is_far_too_soon(v)) &&
           say_sooner(e, value, e->acked_age_ns);
}

/* A firewall that resets segment after segment (docs/facts.md 15). */
bool tcprst_saw_next_rst_acks_too_soon(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->before->handshake_done && tcprst_event_leg_is_sure(e) &&
           is_sooner(v, e->after.acked_age_ns) && say_sooner(e, value, e->after.acked_age_ns);
}

bool tcprst_saw_rst_sooner_than_handshake(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    bool answers = answers_too_soon(v);
    bool saw_handshake = syn_of(v)->frame || synack_of(v)->frame;
    if (!saw_handshake || tcprst_event_leg_is_sure(e) ||
        (!answers && (!acks_too_soon(v) || is_far_too_soon(v))))
        return false;
    return SAY("%.3f ms, handshake %.3f ms", ms(answers ? e->oldest_trigger_ns : e->acked_age_ns),
               ms(e->leg_ns));
}

/* The same for a refusal, against the host's other answers.  A single one can have waited for the
 * host. */
bool tcprst_saw_rst_sooner_than_host(const struct tcprst_view *v, char *value) {
    enum { FAR_SOONER_THAN_ONE = 4 };
    const struct tcprst_event *e = v->event;
    if (e->stage != TCPRST_SYN_SENT || e->trigger != TCPRST_ANSWERS_SYN ||
        tcprst_saw_raw_server_lacks_socket(v, NULL))
        return false;
    const struct tcprst_leg leg = synacks_of_host(v).leg;
    const int64_t host_ns = leg.shortest_ns;
    if (host_ns < TCPRST_SHORTEST_LEG_NS ||
        (double)e->oldest_trigger_ns >= TCPRST_SOONEST_LEGS * (double)host_ns ||
        (leg.samples < TCPRST_FEWEST_SAMPLES &&
         e->oldest_trigger_ns > host_ns / FAR_SOONER_THAN_ONE))
        return false;
    return SAY("%.3f ms, soonest answer %.3f ms", ms(e->oldest_trigger_ns), ms(host_ns));
}

bool tcprst_saw_rst_one_leg_later(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    double legs = tcprst_event_delay_rtt(e);
    return e->trigger_frame && legs >= TCPRST_SOONEST_LEGS && legs <= TCPRST_LATEST_LEGS &&
           SAY("%.3f ms = %.2f handshake RTT", ms(e->delay_ns), legs);
}

/* A genuine sender sends nothing after its own reset (Weaver et al., NDSS 2009), but for a client
 * that resets what an older connection answered to its SYN: it stays in SYN-SENT (RFC 9293 section
 * 3.10.7.3), and for programs with raw sockets, whose kernel resets what they go on with. */
bool tcprst_saw_sender_goes_on(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const bool may_go_on =
        (e->stage == TCPRST_SYN_SENT && e->from == TCPRST_CLIENT && e->trigger_frame) ||
        tcprst_saw_raw_server_lacks_socket(v, NULL) ||
        tcprst_saw_raw_synack_lacks_socket(v, NULL);
    return e->after.sender_frame && !may_go_on && say_frame(value, e->after.sender_frame);
}

bool tcprst_saw_numbers_jump_after(const struct tcprst_view *v, char *value) {
    return say_frame(value, v->event->after.other_frame);
}

/* One late segment can be a delayed one; a side that continues for a round trip does not know of
 * the reset. */
bool tcprst_saw_sender_goes_on_long(const struct tcprst_view *v, char *value) {
    static const int64_t usual_ns = 100000000;
    const struct tcprst_event *e = v->event;
    bool lasts = e->stage == TCPRST_SYN_SENT ||
                 e->after.sender_until_ns >= MAX(usual_ns, MAX(e->irtt_ns, e->leg_ns));
    return tcprst_saw_sender_goes_on(v, NULL) && lasts &&
           SAY("from frame %u on, until %s after the RST", e->after.sender_frame,
               tcprst_duration(e->after.sender_until_ns).text);
}

/* What a firewall rejects, or a balancer gives to another host, does not arrive. */
bool tcprst_saw_trigger_arrived(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->trigger == TCPRST_ANSWERS_DATA && tcprst_saw_sender_goes_on(v, NULL) &&
           say_frame(value, e->after.acked_frame);
}

/* Of a stack whose IDs count up (docs/facts.md 1) one comes again only after 65,535 others; RFC
 * 6864 section 4.1 lets others write any. */
bool tcprst_saw_rst_id_used_again(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    return e->after.same_id_frame && own->ip.id != e->ip.id && own->id_steps > own->id_jumps &&
           SAY("%u in frame %u", e->ip.id, e->after.same_id_frame);
}

/* A packet filter on the host rejects one segment without the knowledge of the host's TCP, which
 * has sent more: RFC 9293 section 3.10.7.4, a number before the window is ignored. */
bool tcprst_saw_answer_came_late(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *peer = peer_side(v);
    return !e->has_ack && e->trigger_frame && e->before->handshake_done && e->after.peer_frame &&
           peer->has_acked && tcprst_seq_after(peer->acked, e->seq) &&
           tcprst_saw_sender_goes_on(v, value);
}

/* Two programs with equal limits, whose silence began with the same segment: each reset is its own
 * host's by IP ID, clock or window. */
static bool both_timers_ended(const struct tcprst_view *v) {
    enum { SHORTEST_TIMER_NS = 1000000000 };
    const bool is_known = v->event->options.kinds & TCPRST_OPT_TIMESTAMP ||
                          (v->event->window && v->event->window == own_side(v)->last_window);
    return v->event->silence_ns >= SHORTEST_TIMER_NS && v->event->after.peer_rst_is_of_socket &&
           (tcprst_saw_rst_like_linux_abort(v, NULL) || tcprst_saw_rst_id_goes_on(v, NULL) ||
            (is_known && tcprst_saw_rst_aborts_socket(v, NULL)));
}

/* RFC 9293 section 3.5.2: no reset answers a reset.  A device that ends a connection sends resets
 * to both ends. */
bool tcprst_saw_both_sides_reset(const struct tcprst_view *v, char *value) {
    enum { AT_ONCE_NS = 1000000 };
    const struct tcprst_event *e = v->event;
    bool is_open = e->before->handshake_done ||
                   (e->stage == TCPRST_MIDSTREAM && own_side(v)->segments &&
                    peer_side(v)->segments);
    /* a bare one that answers a segment can come from a host that lost its state, as can another,
     * and one that is its host's by its IP ID can have crossed an answer to its data */
    bool may_be_honest = !e->has_ack && (!tcprst_saw_bare_rst_unasked(v, NULL) ||
                                         tcprst_saw_rst_id_goes_on(v, NULL));
    if (may_be_honest || !is_open || e->before->side[TCPRST_CLIENT].fin_frame ||
        e->before->side[TCPRST_SERVER].fin_frame || e->after.peer_rst_ns > AT_ONCE_NS ||
        both_timers_ended(v))
        return false;
    return say_frame(value, e->after.peer_rst_frame);
}

bool tcprst_saw_both_resets_forged(const struct tcprst_view *v, char *value) {
    return v->event->after.peer_sends_on && tcprst_saw_both_sides_reset(v, value);
}

/* An abort has its socket's next sequence number (docs/facts.md 1); Weaver et al., NDSS 2009,
 * RST_SEQ_DATA. */
bool tcprst_saw_peer_acks_beyond_rst(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->has_ack && e->before->handshake_done && !own_side(v)->fin_frame && !e->after.syns &&
           say_frame(value, e->after.beyond_frame);
}

/* Data that was in flight when the reset was sent.  A repetition of older data says nothing. */
bool tcprst_saw_peer_was_sending(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->before->handshake_done && !e->after.syns &&
           say_frame(value, e->after.peer_data_frame);
}

/* The host that sent the SYN/ACK never received the ACK, or does not know of the reset
 * (docs/facts.md 3). */
bool tcprst_saw_synack_after_rst(const struct tcprst_view *v, char *value) {
    return say_frame(value, v->event->after.synack_frame);
}
