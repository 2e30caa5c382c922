/* other_stack.c - evidence that the reset was built by another stack than its sender's
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

/* Small stacks answer each segment by RST+ACK, too.  lwIP and uIP never set DF (docs/facts.md 14),
 * so where sender and resets have it, they are of neither.  Others can set it, as FreeRTOS+TCP:
 * then the IP ID goes on. */
bool tcprst_saw_rsts_ack_each(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->ip.version == 4 && e->ip.df && own_side(v)->ip.df &&
           tcprst_event_ttl(e) == TCPRST_TTL_SAME && !tcprst_saw_rst_id_goes_on(v, NULL) &&
           tcprst_saw_rsts_ack_more(v, value);
}

static bool is_near(uint16_t id, uint16_t other) {
    enum { NEAR = 1000 };
    return (uint16_t)(id - other) < NEAR || (uint16_t)(other - id) < NEAR;
}

/* A kernel below a program with a raw socket answers by DF and ID 0 (docs/facts.md 1), or counts
 * with its own SYNs; only a stack's timer repeats a SYN of connect() (RFC 6298 section 5.5), whose
 * socket a reset by its own host would have ended or never known. */
bool tcprst_saw_rst_of_other_stack(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_ip *syn = &syn_of(v)->ip, *last = &own_side(v)->ip;
    if (!tcprst_saw_syn_unlike_rst(v, NULL) || !tcprst_saw_syn_of_stack(v, NULL) ||
        !e->after.syns || e->ip.version != 4 || !syn->df || e->ip.df || !e->ip.id || !last->id ||
        is_near(e->ip.id, last->id))
        return false;
    return SAY("TTL %u, no DF, IP ID %u; SYN: %u, DF, %u", e->ip.ttl, e->ip.id, syn->ttl, syn->id);
}

/* A stack begins all its answers with one TTL, Linux with 64 and Windows with 128; 255 is no sign,
 * as libslirp, routers and NAT engines begin their resets with it (docs/facts.md 5, 11).  A bare
 * RST of a socket has an ACK field or a window; Windows leaves an ACK field in its answers, too. */
bool tcprst_saw_answered_by_other_stack(const struct tcprst_view *v, char *value) {
    enum { UNIX_START = 64, WINDOWS_START = 128 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_syn *synack = &e->before->side[TCPRST_SERVER].syn;
    const uint8_t ttl = e->ip.ttl, synack_ttl = synack->ip.ttl;
    const bool may_be_of_socket = e->ack && ttl <= UNIX_START;
    if (e->has_ack || e->window || may_be_of_socket || e->from != TCPRST_SERVER ||
        !e->trigger_frame || !synack->frame || ttl > WINDOWS_START ||
        synack_ttl > WINDOWS_START || (ttl > UNIX_START) == (synack_ttl > UNIX_START) ||
        tcprst_hops(ttl) != tcprst_hops(synack_ttl) ||
        tcprst_event_ttl(e) != TCPRST_TTL_SAME_HOPS)
        return false;
    return SAY("TTL %u, SYN/ACK %u", ttl, synack_ttl);
}

/* A socket acknowledges no less than before (RFC 9293 section 3.4).  Three others do: what has lost
 * its connection and answers a late copy, Windows, which leaves out the peer's FIN, and a gateway
 * that resets by its older state, with its own IP ID (docs/facts.md 14). */
bool tcprst_saw_rst_acks_less(const struct tcprst_view *v, char *value) {
    enum { FIN = 1, FARTHEST = 1 << 24 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    const struct tcprst_repetition *r = &peer_side(v)->repetition;
    const uint32_t less = own->acked - e->ack;
    bool is_open = e->before->handshake_done || e->stage == TCPRST_MIDSTREAM;
    bool is_of_copy = r->frame && !tcprst_seq_after(e->ack, r->end);
    if (!is_open || !e->has_ack || !own->has_acked || less <= FIN || less > FARTHEST ||
        is_of_copy || tcprst_saw_rst_id_goes_on(v, NULL))
        return false;
    return SAY("%u bytes less", less);
}

/* The IDs of other stacks than Linux count up for all that they send to one address, or to any: a
 * busy host uses up many in a pause (docs/facts.md 15).  Injectors answer at once.  The numbers are
 * judgements: 1,000 IDs in 100 ms are 10,000 packets a second. */
bool tcprst_saw_rst_id_jumps(const struct tcprst_view *v, char *value) {
    enum { FEWEST_STEPS = 2, FEWEST_IDS = 1000 };
    static const int64_t longest_pause_ns = 100000000;
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    const uint16_t ids = (uint16_t)(e->ip.id - own->ip.id),
                   ids_back = (uint16_t)(own->ip.id - e->ip.id);
    if (!e->has_ack || e->ip.version != 4 || !e->before->handshake_done ||
        tcprst_looks_linux(own) || own->id_steps < FEWEST_STEPS || own->id_jumps ||
        MIN(ids, ids_back) < FEWEST_IDS ||
        tcprst_elapsed_ns(own->last_time_ns, e->time_ns) > longest_pause_ns)
        return false;
    return SAY("%u after %u", e->ip.id, own->ip.id);
}
