/* reset.c - evidence in the reset's own numbers and form
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

static bool say_trigger(const struct tcprst_view *v, char *value, bool answered) {
    if (!answered || !v->event->trigger_frame)
        return answered;
    if (v->event->delay_ns < 0)
        return SAY("frame %u, by its time later", v->event->trigger_frame);
    return SAY("frame %u, %s earlier", v->event->trigger_frame,
               tcprst_duration(v->event->delay_ns).text);
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

static bool refuses_oddly(const struct tcprst_view *v, bool has_ack) {
    return v->event->has_ack == has_ack && tcprst_event_refuses_oddly(v->event, peer_side(v));
}

/* Stacks of small devices (docs/facts.md 15). */
bool tcprst_saw_refusal_short(const struct tcprst_view *v, char *value) {
    return refuses_oddly(v, true) && SAY("ACK %u instead of %u", v->event->ack, v->event->ack + 1);
}

/* RFC 9293 section 3.5.2: what answers a SYN acknowledges it.  Filters send RSTs without, some with
 * the SYN's window (docs/facts.md 15). */
bool tcprst_saw_refusal_unnumbered(const struct tcprst_view *v, char *value) {
    return refuses_oddly(v, false) && SAY("window %u, TTL %u", v->event->window, v->event->ip.ttl);
}

/* In SYN-SENT a reset must acknowledge the SYN (RFC 9293 section 3.10.7.3); later it must lie in
 * the receive window (section 3.10.7.4, RFC 5961).  The capture point can see segments later than
 * the receiver, so every number that the sender could correctly have used counts as acceptable,
 * too. */
bool tcprst_saw_rst_unacceptable(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *peer = peer_side(v), *own = own_side(v);
    if (refuses_syn(v) && peer->isn_known) {
        bool fits = e->has_ack && (e->ack == peer->next_seq || e->ack == peer->isn + 1 ||
                                   e->ack == peer->isn + 1 + peer->syn.payload_bytes);
        return !fits && !tcprst_event_refuses_oddly(e, peer) &&
               SAY("ACK flag %s, ack field %u, SYN's sequence number %u",
                   e->has_ack ? "set" : "clear", e->ack, peer->isn);
    }
    if (e->stage == TCPRST_MIDSTREAM || !peer->has_acked || !own->has_sent ||
        e->seq == own->next_seq)
        return false;
    unsigned scale = own->syn.options.kinds & peer->syn.options.kinds & TCPRST_OPT_WSCALE
                         ? peer->syn.options.wscale : 0;
    uint32_t window_bytes = (uint32_t)peer->last_window << scale;
    return e->seq - peer->acked > window_bytes &&
           SAY("sequence number %u, expected %u", e->seq, peer->acked);
}

/* RFC 9293 section 3.10.7 knows no segment with a wrong checksum: it is dropped (RFC 1122 section
 * 4.2.2.7).  It says nothing if the capturing host's network card computes checksums: then the
 * SYN's is wrong, too.  A reset meant only for monitoring systems is sent with a wrong one (Ptacek
 * and Newsham, Insertion, Evasion, and Denial of Service, 1998, section 5.3). */
bool tcprst_saw_rst_checksum_bad(const struct tcprst_view *v, char *value) {
    return v->event->checksum_is_bad && say_frame(value, own_side(v)->syn.frame);
}

/* Whether a field fulfils a rule. */
enum check { CANNOT_TELL, FITS, FAILS };

/* RFC 7323 section 3.2: the SYN/ACK carries them only if the SYN did. */
static bool timestamps_agreed(const struct tcprst_event *e) {
    return e->before->side[TCPRST_SERVER].syn.options.kinds & TCPRST_OPT_TIMESTAMP;
}

static bool has_timestamps(const struct tcprst_event *e) {
    return e->options.kinds & TCPRST_OPT_TIMESTAMP;
}

/* docs/facts.md 1: an abort carries timestamps if and only if they were agreed.  If the SYN/ACK was
 * not captured, its sender's other segments show whether they were. */
static enum check check_timestamps(const struct tcprst_event *e) {
    const struct tcprst_syn *synack = &e->before->side[TCPRST_SERVER].syn;
    if (!synack->frame && e->before->side[e->from].has_timestamps && !e->options.cut)
        return has_timestamps(e) ? FITS : FAILS;
    if (!synack->frame || synack->options.cut || e->options.cut)
        return CANNOT_TELL;
    return has_timestamps(e) == timestamps_agreed(e) ? FITS : FAILS;
}

/* docs/facts.md 1: an abort has the socket's last ID + 1, and any but 0 if the socket had sent only
 * its SYN/ACK, whose ID is 0.  A socket that always sent ID 0 has no last ID, and if its IDs do not
 * usually count up (a firewall draws them at random, docs/facts.md 15), another one that does not
 * fit says nothing. */
static enum check check_id(const struct tcprst_event *e, const struct tcprst_side *own) {
    enum { FEWEST_STEPS = 3 };
    bool only_synack = own->syn.ack && tcprst_sent_only_syns(own);
    bool counts = own->id_steps >= FEWEST_STEPS && !own->id_jumps;
    uint16_t steps = (uint16_t)(e->ip.id - own->ip.id);
    if (e->ip.version != 4 || (!own->ip.id && !only_synack))
        return CANNOT_TELL;
    if (!own->ip.id)
        return e->ip.id ? FITS : FAILS;
    if (steps > 0 && steps <= TCPRST_MOST_MERGED_SEGMENTS)
        return FITS;
    return counts ? FAILS : CANNOT_TELL;
}

/* Which forms mean an answer and which an abort was measured on Linux (docs/facts.md 1).  A server
 * that begins with TTL 128 and no timestamps is taken for Windows, one that begins with 255, or
 * resets with another TTL from the same place, for another stack: their forms mean nothing
 * (docs/facts.md 5, 11). */
static bool form_tells(const struct tcprst_view *v) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_syn *synack = &e->before->side[TCPRST_SERVER].syn;
    if (e->from != TCPRST_SERVER || !synack->frame)
        return true;
    bool is_foreign = synack->ip.ttl > 64 && !(synack->options.kinds & TCPRST_OPT_TIMESTAMP);
    return !is_foreign &&
           (tcprst_event_ttl(e) != TCPRST_TTL_SAME_HOPS || tcprst_is_guarded_by_ttl(e->before));
}

bool tcprst_saw_rst_bare(const struct tcprst_view *v, char *value) {
    (void)value;
    return !v->event->has_ack;
}

/* RFC 9293 section 3.5.2: an answer to a segment with ACK has no ACK itself.  Windows, passt and
 * others send this form for aborts too, with an ACK field (docs/facts.md 5, 11). */
bool tcprst_saw_rst_has_form_of_answer(const struct tcprst_view *v, char *value) {
    (void)value;
    return !v->event->has_ack && !v->event->ack && !v->event->window && form_tells(v);
}

/* Answers have window 0 (docs/facts.md 1, family B); simple stacks abort by a bare reset with the
 * socket's number and window (docs/facts.md 15).  An injector's window is random (docs/facts.md
 * 11). */
bool tcprst_saw_bare_rst_of_socket(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    if (e->has_ack || e->ack || !e->window || e->window != own->last_window || !own->has_sent ||
        e->seq != own->next_seq)
        return false;
    return SAY("window %u", e->window);
}

/* RFC 9293 section 3.10.7.1: only what answers a segment without ACK has sequence number 0.  A
 * capture of one direction holds refusals alone. */
bool tcprst_saw_rst_refuses_unseen(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    bool is_lone = !own_side(v)->segments && !peer_side(v)->segments;
    if (e->stage != TCPRST_MIDSTREAM || e->from != TCPRST_SERVER || !is_lone || !e->has_ack ||
        e->seq || !e->ack || e->payload_bytes || e->options.kinds)
        return false;
    return SAY("acknowledges %u", e->ack);
}

/* RFC 9293 section 3.5.2: an answer has the number that the answered segment acknowledges.  The
 * peer has acknowledged less, so none of its segments can have been answered. */
bool tcprst_saw_bare_rst_unasked(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    if (e->has_ack || e->trigger != TCPRST_NO_TRIGGER || !own->has_sent ||
        e->seq != own->next_seq || !peer->has_acked || !tcprst_seq_after(e->seq, peer->acked))
        return false;
    return SAY("%u bytes more than acknowledged", e->seq - peer->acked);
}

/* docs/facts.md 1, family B: kernel net/ipv4/tcp_ipv4.c tcp_v4_send_reset(). */
bool tcprst_saw_rst_like_linux_answer(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    bool is_v4 = e->ip.version == 4;
    bool fits = tcprst_looks_linux(own_side(v)) && !e->has_ack && !e->ack && !e->window &&
                !e->checksum_is_bad && !has_timestamps(e) && (!is_v4 || (!e->ip.id && e->ip.df));
    return fits &&
           SAY("bare, window 0%s%s", e->options.cut ? "" : ", no timestamps",
               is_v4 ? ", IP ID 0, DF" : "");
}

/* The socket's own numbers: seq is SND.NXT, ack is at most what the peer had sent, and its window,
 * which a device writes without the socket's scale.  Where the handshake was not captured, nothing
 * else tells what a missing timestamp means. */
bool tcprst_saw_rst_aborts_socket(const struct tcprst_view *v, char *value) {
    enum { WIDEST = 4 }; /* times its widest so far */
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    if (!e->has_ack || !own->has_sent || !peer->has_sent || e->trigger != TCPRST_NO_TRIGGER ||
        !form_tells(v))
        return false;
    bool seq_fits = e->seq == own->next_seq || e->seq == own->next_seq - 1;
    bool ack_fits = !tcprst_seq_after(e->ack, peer->next_seq) &&
                    (!own->has_acked || !tcprst_seq_after(own->acked, e->ack));
    bool window_fits = !own->largest_window || e->window / WIDEST <= own->largest_window;
    bool lacks_timestamps =
        !e->before->side[TCPRST_SERVER].syn.frame && check_timestamps(e) == FAILS;
    return seq_fits && ack_fits && window_fits && !lacks_timestamps &&
           SAY("window %u", e->window);
}

static bool ttl_fails(const struct tcprst_event *e) {
    enum tcprst_ttl ttl = tcprst_event_ttl(e);
    return ttl == TCPRST_TTL_OTHER; /* a difference of one is a change of path */
}

/* True if what it is the first to acknowledge had come half of the way at most to its sender. */
static bool acks_not_received(const struct tcprst_event *e) {
    return e->has_ack && e->before->handshake_done && tcprst_event_leg_is_sure(e) &&
           e->acked_age_ns >= 0 && e->acked_age_ns < e->leg_ns / 2;
}

/* docs/facts.md 1, family A: kernel net/ipv4/tcp_output.c tcp_send_active_reset().  A window above
 * 0, or timestamps, show the socket; with a full receive buffer only timestamps do.  With another
 * TTL, a window above 0 is what injectors send, too (docs/facts.md 11). */
bool tcprst_saw_rst_like_linux_abort(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    enum check timestamps = check_timestamps(e), id = check_id(e, own);
    bool fits = tcprst_looks_linux(own) && !e->checksum_is_bad && e->has_ack && own->has_sent &&
                (has_timestamps(e) || (e->window && !ttl_fails(e))) &&
                !acks_not_received(e) && e->trigger == TCPRST_NO_TRIGGER &&
                timestamps != FAILS && id != FAILS && (timestamps == FITS || id == FITS);
    if (!fits || !value)
        return fits;
    char ids[40] = "";
    if (id == FITS && own->ip.id)
        snprintf(ids, sizeof ids, ", IP ID %u after %u", e->ip.id, own->ip.id);
    else if (id == FITS)
        snprintf(ids, sizeof ids, ", IP ID %u", e->ip.id);
    return SAY("window %u%s%s", e->window,
               timestamps != FITS  ? ""
               : has_timestamps(e) ? ", timestamps"
                                   : ", without timestamps, as agreed",
               ids);
}

/* A stack that is not Linux, whose IP IDs count up (docs/facts.md 15).  Of 65,536 that a forger can
 * write, TCPRST_MOST_MERGED_SEGMENTS follow the last one so closely. */
bool tcprst_saw_rst_id_goes_on(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    if (tcprst_looks_linux(own) || !own->ip.id || e->echoed_frame || check_id(e, own) != FITS ||
        ttl_fails(e))
        return false;
    return SAY("%u after %u", e->ip.id, own->ip.id);
}

/* docs/facts.md 2: netfilter's SYNPROXY, whose SYN/ACK always has window 0, forwards the server's
 * refusal in this form.  DF distinguishes a stack that sends ID 0 from a capture without IDs. */
bool tcprst_saw_rst_like_proxy(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    (void)value;
    const struct tcprst_syn *synack = &e->before->side[TCPRST_SERVER].syn;
    return e->has_ack && e->before->handshake_done && synack->frame && !synack->window &&
           !e->window && !has_timestamps(e) && !e->options.cut && e->ip.version == 4 && !e->ip.id &&
           e->ip.df;
}

/* docs/facts.md 3: every injected RST+ACK failed three or more of window, timestamps, IP ID, TTL,
 * DF.  Without timestamps one fewer is required; window and IP ID alone do not suffice (a full
 * buffer, merged segments). */
bool tcprst_saw_rst_unlike_its_stack(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    bool both_seen =
        e->before->side[TCPRST_CLIENT].syn.frame && e->before->side[TCPRST_SERVER].syn.frame;
    if (!tcprst_looks_linux(own) || !e->has_ack || !e->before->handshake_done || !both_seen)
        return false;
    bool window = !e->window && own->last_window;
    bool timestamps = check_timestamps(e) == FAILS;
    bool id = check_id(e, own) == FAILS;
    bool df = e->ip.version == 4 && !e->ip.df;
    bool ttl = ttl_fails(e);
    int signs = window + timestamps + id + df + ttl;
    if (signs < 2 || (signs == 2 && (timestamps_agreed(e) || !(df || ttl))))
        return false;
    return SAY("wrong:%s%s%s%s%s", ttl ? " TTL" : "", window ? " window" : "",
               timestamps ? " timestamps" : "", id ? " IP-ID" : "", df ? " DF" : "");
}

/* The same sign alone, or with the window: no Linux socket sends it, but a device that passes its
 * reset on can have cleared the fields (docs/facts.md 15). */
bool tcprst_saw_rst_lacks_timestamps(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (!e->has_ack || has_timestamps(e) || !timestamps_agreed(e) ||
        !e->before->handshake_done || e->trigger != TCPRST_NO_TRIGGER ||
        check_timestamps(e) != FAILS || !tcprst_looks_linux(own_side(v)) ||
        tcprst_saw_rst_unlike_its_stack(v, NULL))
        return false;
    return SAY("window %u", e->window);
}

/* docs/facts.md 1, 11: a Linux host never answers so (0 of 313), injectors do.  Only once the
 * connection is open: before, the reset can come from a proxy. */
bool tcprst_saw_bare_rst_unlike_its_stack(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    bool is_v4 = e->ip.version == 4;
    if (e->has_ack || !e->before->handshake_done || !tcprst_looks_linux(own_side(v)))
        return false;
    bool id = is_v4 && e->ip.id, df = is_v4 && !e->ip.df;
    /* older kernels and NATs number them (docs/facts.md 15) */
    if (!e->window && !df && !has_timestamps(e) && !e->ack)
        return false;
    return SAY("wrong:%s%s%s%s%s", e->window ? " window" : "", id ? " IP-ID" : "", df ? " DF" : "",
               has_timestamps(e) ? " timestamps" : "", e->ack ? " ACK-field" : "");
}

/* docs/facts.md 15: a firewall that resets segment by segment, or a small stack without the
 * connection.  Where the host had accepted it, and the first one follows its IP IDs, the others
 * answer what was under way. */
bool tcprst_saw_rsts_ack_more(const struct tcprst_view *v, char *value) {
    enum { FEWEST_STEPS = 2 };
    const struct tcprst_after *after = &v->event->after;
    const bool is_of_host =
        v->event->before->handshake_done && tcprst_saw_rst_id_goes_on(v, NULL);
    return after->ack_steps >= FEWEST_STEPS && !is_of_host &&
           SAY("%u, ACK numbers %u to %u", after->ack_steps, v->event->ack, after->acked_to);
}

/* After an abort the connection is gone: the host answers later segments by bare resets (RFC 9293
 * section 3.5.2).  Injectors send RST+ACK again and again (docs/facts.md 8, 11), and send no
 * timestamps. */
bool tcprst_saw_rst_acks_untimed(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (!e->before->handshake_done || !timestamps_agreed(e) || has_timestamps(e) ||
        e->after.untimed_ack_rsts < 2)
        return false;
    return SAY("%u", e->after.untimed_ack_rsts);
}

/* Weaver, Sommer, Paxson: Detecting Forged TCP Reset Packets, NDSS 2009, RST_SEQ_CHANGE. */
bool tcprst_saw_rst_seq_jumps(const struct tcprst_view *v, char *value) {
    const struct tcprst_after *after = &v->event->after;
    return after->jump_frame &&
           SAY("frame %u: %u bytes above", after->jump_frame, after->jump_bytes);
}

/* The same paper, RST_SEQ_DATA. */
bool tcprst_saw_rst_behind_data(const struct tcprst_view *v, char *value) {
    const uint32_t bytes = v->event->bytes_below;
    return bytes && SAY("%u bytes lower", bytes);
}

bool tcprst_saw_rst_signed(const struct tcprst_view *v, char *value) {
    (void)value;
    return is_signed(v);
}

/* docs/facts.md 12: a damaged flag on a data segment, which both sides treat as data. */
bool tcprst_saw_rst_carries_data(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    const struct tcprst_side *peer = peer_side(v);
    bool fits = peer->has_acked ? e->seq - peer->acked <= UINT16_MAX : e->seq == own->next_seq;
    if (!e->payload_bytes || e->stated_reason || !own->has_sent || !fits)
        return false;
    return SAY("%u bytes", e->payload_bytes);
}

/* RFC 9293 section 3.10.7.4: a receiver that accepts a reset deletes the connection, so one that
 * acknowledges its payload treated it as data. */
bool tcprst_saw_rst_payload_counted(const struct tcprst_view *v, char *value) {
    return v->event->payload_bytes && !v->event->after.left_out_frame &&
           say_frame(value, v->event->after.counted_frame);
}

bool tcprst_saw_rst_payload_left_out(const struct tcprst_view *v, char *value) {
    return v->event->payload_bytes && say_frame(value, v->event->after.left_out_frame);
}

/* RFC 9293 knows no such segment.  A capture of one direction has no peer that could go on. */
bool tcprst_saw_rst_flags_absurd(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    bool peer_goes_on =
        e->after.peer_frame || !e->connection->side[tcprst_peer_of(e->from)].segments;
    if (!(e->flags & (TCPRST_SYN | TCPRST_FIN)) || !e->after.sender_frame || !peer_goes_on ||
        e->after.peer_rst_frame)
        return false;
    return SAY("flags 0x%02x; frame %u", e->flags, e->after.sender_frame);
}

/* A socket answers that by a duplicate ACK (RFC 9293 section 3.10.7.4), so the segment did not
 * reach it: another part of the host answered, as where conntrack takes a late segment for invalid
 * and does not translate it (kernel net/netfilter/nf_conntrack_proto_tcp.c tcp_in_window()). */
bool tcprst_saw_rst_answers_old_data(const struct tcprst_view *v, char *value) {
    return v->event->trigger_is_old && say_frame(value, v->event->trigger_frame);
}

/* A device that answers by turning the segment round leaves in it what it does not need to change
 * (docs/facts.md 14). */
bool tcprst_saw_rst_echoes_segment(const struct tcprst_view *v, char *value) {
    return v->event->echoed_frame && say_frame(value, v->event->echoed_frame);
}
