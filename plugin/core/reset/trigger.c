/* trigger.c - finds the segment that a reset answers, by its numbers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/trigger.h"

/* A segment that the reset could answer. */
struct candidate {
    int64_t  age_ns;
    uint32_t frame, payload_bytes;
    bool     is_old; /* its payload had been acknowledged before */
    uint8_t  tos;
    enum tcprst_trigger kind;
};

enum { CANDIDATES_MAX = TCPRST_RECENT + 2 };

struct candidates {
    struct candidate list[CANDIDATES_MAX]; /* oldest first */
    unsigned count;
};

/* A host answers at once, so an answer is delayed by the path only.  The limit of four times the
 * shortest leg allows for queues.  So does that of one second: fewer than 3 % of round trips are
 * longer (RFC 6298 appendix A), and a segment that is not answered by then is sent again and that
 * is answered.  An older segment with the fitting number is no trigger: aborts and the resets of
 * idle timeouts carry such numbers as well. */
static bool is_too_old(const struct tcprst_event *e, int64_t age_ns) {
    static const int64_t quarter_ns = 250000000;
    return age_ns / 4 > MAX(e->leg_ns, quarter_ns);
}

static void add_candidate(struct candidates *all, struct candidate candidate) {
    unsigned i = all->count++;
    for (; i > 0 && all->list[i - 1].frame > candidate.frame; i--)
        all->list[i] = all->list[i - 1];
    all->list[i] = candidate;
}

static enum tcprst_trigger kind_of(const struct tcprst_connection *c,
                                   const struct tcprst_sent *sent) {
    if (sent->payload_bytes)
        return TCPRST_ANSWERS_DATA;
    if (sent->frame == c->ack_frame || sent->frame == c->wrong_ack_frame)
        return TCPRST_ANSWERS_HANDSHAKE_ACK;
    if (!(sent->flags & TCPRST_ACK))
        return TCPRST_ANSWERS_PROBE;
    return sent->flags & TCPRST_FIN ? TCPRST_ANSWERS_FIN : TCPRST_ANSWERS_ACK;
}

/* True if a segment was repeated so often, and the RST+ACK followed so soon, that a living socket,
 * which acknowledges the first copy that it gets, is no likely sender. */
static bool may_answer_repeats(const struct tcprst_event *e) {
    enum { FEWEST = 3, SOON_NS = 50000000 };
    const struct tcprst_repetition *r = &e->before->side[tcprst_peer_of(e->from)].repetition;
    const int64_t since_ns = tcprst_elapsed_ns(r->time_ns, e->time_ns);
    const struct tcprst_syn *syn = &e->before->side[e->from].syn;
    const bool may_be_small_stack = (e->ip.version != 4 || !e->ip.df) &&
                                    (!syn->frame || !(syn->options.kinds & ~TCPRST_OPT_MSS));
    return tcprst_event_follows_repeats(e) && r->times >= FEWEST && may_be_small_stack &&
           e->has_ack && !e->options.kinds &&
           (since_ns <= SOON_NS || since_ns / 4 <= e->leg_ns);
}

/* RFC 9293 section 3.5.2: a reset takes its sequence number from the ACK field of what it answers,
 * or, if that had no ACK, it is 0 and the reset acknowledges what it answers.  The second form
 * leaves the ACK flag out on some stacks (docs/facts.md 5: passt), and others, as lwIP, add an ACK
 * to the first; an abort looks like that, but a SYN-SENT socket has nothing to acknowledge, and one
 * that lives would most likely have acknowledged an earlier copy of what is repeated. */
static bool answers(const struct tcprst_event *e, bool has_ack, uint32_t ack, uint32_t end) {
    if (has_ack && e->has_ack)
        return e->seq == ack && e->ack == end &&
               (e->stage == TCPRST_SYN_SENT || may_answer_repeats(e));
    if (has_ack)
        return e->seq == ack;
    return e->ack == end && (e->has_ack || e->ack);
}

/* The SYN or SYN/ACK.  Until the handshake is done, only this segment can have that number, however
 * late the reset is. */
static void add_syn(struct candidates *all, const struct tcprst_event *e,
                      const struct tcprst_side *peer, enum tcprst_role role) {
    const struct tcprst_syn *syn = &peer->syn;
    bool is_synack = role == TCPRST_SERVER && syn->ack;
    bool only_syns = tcprst_sent_only_syns(peer);
    int64_t age_ns = tcprst_elapsed_ns(only_syns ? peer->last_time_ns : syn->time_ns, e->time_ns);
    if (!syn->frame || (e->before->handshake_done && is_too_old(e, age_ns)))
        return;
    /* Only an unanswered SYN, or its repetition in SYN-RECEIVED, is answered by a reset with
     * sequence number 0; an abort of the open connection acknowledges the SYN, too. */
    if (!is_synack && e->stage != TCPRST_SYN_SENT && (e->seq || e->before->handshake_done))
        return;
    uint32_t end = peer->isn + 1 + syn->payload_bytes;
    bool takes_payload = answers(e, is_synack, syn->ack, end);
    if (!takes_payload && !answers(e, is_synack, syn->ack, peer->isn + 1) &&
        !tcprst_event_refuses_oddly(e, peer))
        return;
    add_candidate(all, (struct candidate){
        .age_ns = age_ns,
        .frame = only_syns ? peer->last_frame : syn->frame,
        .tos = syn->ip.tos,
        .kind = is_synack ? TCPRST_ANSWERS_SYNACK : TCPRST_ANSWERS_SYN,
    });
}

/* True if, by the kept segments, the reset's sender had acknowledged the peer's segment before that
 * came. */
static bool was_acked_before(const struct tcprst_event *e, const struct tcprst_connection *c,
                             const struct tcprst_sent *sent, uint32_t end) {
    for (unsigned i = 0; i < TCPRST_RECENT; i++) {
        const struct tcprst_sent *ack = &c->recent[e->from].sent[i];
        if (ack->frame && ack->frame < sent->frame && !tcprst_seq_after(end, ack->ack))
            return true;
    }
    return false;
}

/* Some stacks do not count the FIN of a FIN or Xmas scan (docs/facts.md 12). */
static bool answers_sent(const struct tcprst_event *e, const struct tcprst_sent *sent,
                         uint32_t end) {
    const unsigned has_ack = sent->flags & TCPRST_ACK, has_fin = sent->flags & TCPRST_FIN;
    return answers(e, has_ack, sent->ack, end) ||
           (!has_ack && has_fin && answers(e, false, 0, end - 1));
}

static void add_recent(struct candidates *all, const struct tcprst_event *e,
                       const struct tcprst_connection *c, const struct tcprst_sent *sent) {
    uint32_t end = sent->seq + sent->payload_bytes + !!(sent->flags & TCPRST_FIN);
    int64_t age_ns = tcprst_elapsed_ns(sent->time_ns, e->time_ns);
    if (!sent->frame || is_too_old(e, age_ns) || !answers_sent(e, sent, end))
        return;
    add_candidate(all, (struct candidate){
        .age_ns = age_ns,
        .frame = sent->frame,
        .payload_bytes = sent->payload_bytes,
        .is_old = was_acked_before(e, c, sent, end),
        .tos = sent->tos,
        .kind = kind_of(c, sent),
    });
}

static struct candidates find_candidates(const struct tcprst_event *e,
                                         const struct tcprst_connection *c) {
    struct candidates all = {.count = 0};
    enum tcprst_role peer = tcprst_peer_of(e->from);
    add_syn(&all, e, &c->side[peer], peer);
    for (unsigned i = 0; c->recent && i < TCPRST_RECENT; i++)
        add_recent(&all, e, c, &c->recent[peer].sent[i]);
    return all;
}

bool tcprst_had_no_time(int64_t leg_ns, int64_t age_ns) {
    return leg_ns >= 0 && (double)age_ns < TCPRST_SOONEST_LEGS * (double)leg_ns;
}

/* Age of the oldest segment that the reset can answer.  If that may be one that is not kept, it is
 * the first one with the number, however old: then no answer is too early. */
static int64_t oldest_age(const struct tcprst_event *e, const struct tcprst_connection *c,
                          const struct candidates *all) {
    int64_t kept_ns = all->list[0].age_ns;
    if (!c->recent || e->has_ack)
        return kept_ns;
    const struct tcprst_recent_segments *recent = &c->recent[tcprst_peer_of(e->from)];
    const struct tcprst_sent *first = &recent->first;
    bool is_first = first->frame && first->flags & TCPRST_ACK && first->ack == e->seq;
    int64_t first_ns = is_first ? tcprst_elapsed_ns(first->time_ns, e->time_ns) : -1;
    if (tcprst_recent_segments_may_lack(recent, e->seq))
        return is_first ? MAX(first_ns, kept_ns) : INT64_MAX;
    return is_first && !is_too_old(e, first_ns) ? MAX(first_ns, kept_ns) : kept_ns;
}

/* Several segments can carry the number.  If the leg to the sender is known, the reset answers the
 * oldest one that is about one leg old; otherwise the newest one that is old enough; if none is,
 * the sender was nearer and answered the newest, as it does if the capture was taken next to it. */
static const struct candidate *choose(const struct candidates *all, int64_t leg_ns) {
    const struct candidate *newest = all->count ? &all->list[all->count - 1] : NULL;
    const struct candidate *had_time = NULL;
    for (unsigned i = 0; leg_ns >= 0 && i < all->count; i++) {
        const struct candidate *candidate = &all->list[i];
        if (tcprst_had_no_time(leg_ns, candidate->age_ns))
            continue;
        if ((double)candidate->age_ns <= TCPRST_LATEST_LEGS * (double)leg_ns)
            return candidate;
        had_time = candidate;
    }
    return had_time ? had_time : newest;
}

/* The leg is that of the side in whose name the reset came.  If its TTL or flow label differs from
 * the others, another host sent it, whose leg is unknown. */
static int64_t leg_that_applies(const struct tcprst_event *e) {
    enum tcprst_ttl ttl = tcprst_event_ttl(e);
    bool is_elsewhere = ttl == TCPRST_TTL_OFF_BY_ONE || ttl == TCPRST_TTL_OTHER ||
                        tcprst_event_label(e) == TCPRST_LABEL_ZERO;
    return is_elsewhere ? -1 : e->leg_ns;
}

/* A genuine reset carries its sender's next sequence number, or the number of a segment that it
 * answers; one that precedes it, within what the sender has sent and the peer acknowledged, is
 * neither (Weaver, Sommer, Paxson, NDSS 2009).  It may still answer a segment that was not kept. */
static uint32_t bytes_preceding(const struct tcprst_event *e, const struct tcprst_connection *c) {
    const struct tcprst_side *own = &c->side[e->from], *peer = &c->side[tcprst_peer_of(e->from)];
    uint32_t preceding = peer->acked - e->seq;
    if (!own->payload_bytes || !peer->has_acked || !preceding || preceding > own->payload_bytes ||
        !c->recent)
        return 0;
    const struct tcprst_recent_segments *recent = &c->recent[tcprst_peer_of(e->from)];
    const struct tcprst_sent *oldest = &recent->sent[recent->next];
    if (tcprst_recent_segments_may_lack(recent, e->seq) &&
        !is_too_old(e, tcprst_elapsed_ns(oldest->time_ns, e->time_ns)))
        return 0;
    for (unsigned i = 0; i < TCPRST_RECENT; i++)
        if (recent->sent[i].frame && recent->sent[i].ack == e->seq)
            return 0;
    return preceding;
}

/* The ACK number of a RST+ACK shows which segment its sender had received last. */
static int64_t age_of_first_acked(const struct tcprst_event *e, const struct tcprst_connection *c) {
    const struct tcprst_side *own = &c->side[e->from];
    uint32_t acked = own->has_acked ? own->acked : own->syn.ack;
    if (!e->has_ack || !(own->has_acked || own->syn.ack))
        return -1;
    return tcprst_recent_segments_acked_age_ns(c->recent, tcprst_peer_of(e->from), acked, e->ack,
                                               e->time_ns);
}

/* A device that sends a keep-alive back exchanges its numbers.  A socket acknowledges no less than
 * it had acknowledged before (RFC 9293 section 3.4). */
static bool is_sent_back(const struct tcprst_event *e, const struct tcprst_side *own,
                         const struct tcprst_sent *sent) {
    uint32_t acked = own->has_acked ? own->acked : own->syn.ack;
    return e->has_ack && !sent->payload_bytes && e->seq == sent->ack && e->ack == sent->seq &&
           (own->has_acked || own->syn.ack) && tcprst_seq_after(acked, e->ack);
}

/* Segments without payload have too little in common by chance, so of those only one that was sent
 * back counts. */
static uint32_t find_echoed(const struct tcprst_event *e, const struct tcprst_connection *c) {
    enum tcprst_role peer = tcprst_peer_of(e->from);
    if (!e->ip.id || !e->window || e->window != c->side[peer].last_window)
        return 0;
    for (unsigned i = 0; c->recent && i < TCPRST_RECENT; i++) {
        const struct tcprst_sent *sent = &c->recent[peer].sent[i];
        bool is_same = e->payload_bytes ? sent->payload_bytes == e->payload_bytes
                                        : is_sent_back(e, &c->side[e->from], sent);
        if (sent->frame && sent->ip_id == e->ip.id && is_same)
            return sent->frame;
    }
    return 0;
}

/* A RST+ACK soon after the peer's first keep-alive.  A host that does not know the connection
 * answers without ACK (RFC 9293 section 3.5.2), and an abort at that moment is a coincidence. */
static bool follows_probe(const struct tcprst_event *e, const struct tcprst_connection *c) {
    const struct tcprst_side *peer = &c->side[tcprst_peer_of(e->from)];
    const struct tcprst_repetition *r = &peer->repetition;
    return e->has_ack && r->frame && r->frame == peer->last_frame && peer->unanswered == 1 &&
           r->kind == TCPRST_AGAIN_PROBE &&
           !is_too_old(e, tcprst_elapsed_ns(peer->last_time_ns, e->time_ns));
}

/* True if the segment passed the capture point so long before that time that it should have
 * arrived by then. */
static bool is_overdue(const struct tcprst_event *e, const struct tcprst_sent *sent,
                       int64_t time_ns) {
    return sent->frame && tcprst_event_is_overdue(e, tcprst_elapsed_ns(sent->time_ns, time_ns));
}

/* RFC 7323 section 4.3: a segment that arrives in order updates the timestamp that its receiver
 * echoes.  If the reset echoes an older one, the segment was lost on its way.  A probe, whose
 * number precedes what is expected, is answered before that (kernel net/ipv4/tcp_input.c
 * tcp_validate_incoming()). */
static bool is_unknown_by_time(const struct tcprst_event *e, const struct tcprst_side *own,
                               const struct tcprst_sent *sent) {
    const struct tcprst_options *options = &e->options;
    return options->kinds & TCPRST_OPT_TIMESTAMP && own->has_timestamps && options->tsecr &&
           options->tsecr == own->tsecr && sent->tsval &&
           !(own->has_acked && tcprst_seq_after(own->acked, sent->seq)) &&
           tcprst_seq_after(sent->tsval, options->tsecr);
}

/* True if the probes came at shorter intervals than before: a side that was answered waits for the
 * longer one again (kernel net/ipv4/tcp_timer.c tcp_keepalive_timer(); docs/facts.md 15). */
static bool probes_in_haste(const struct tcprst_repetition *r) {
    int64_t mean_ms = tcprst_elapsed_ns(r->since_ns, r->time_ns) / r->times / 1000000;
    return r->last_wait_ms && mean_ms > r->last_wait_ms + r->last_wait_ms / 2;
}

/* What is known to be acknowledged is not sent again (RFC 9293 section 3.10.7.4).  An answer that
 * is late lets its receiver repeat itself twice in vain; a timer that doubles makes a third time
 * unlikely.  Probes without an answer in the capture say nothing of the answers before them. */
static bool is_unknown_by_repeats(const struct tcprst_event *e, const struct tcprst_connection *c,
                                  const struct tcprst_sent *sent) {
    enum { FEWEST = 3 };
    const struct tcprst_side *own = &c->side[e->from];
    const struct tcprst_repetition *r = &own->repetition;
    bool is_probe = r->kind == TCPRST_AGAIN_PROBE;
    bool is_such = r->times >= FEWEST && r->frame == own->last_frame &&
                   (r->kind == TCPRST_AGAIN_DATA ||
                    (is_probe && own->unanswered <= 1 && probes_in_haste(r) &&
                     tcprst_is_when_due(own, e->time_ns)));
    bool may_echo = !own->tsecr || !tcprst_seq_after(sent->tsval, own->tsecr);
    bool knew_more = (own->has_timestamps && may_echo) ||
                     c->recent[e->from].same < MIN(r->times, UINT8_MAX) ||
                     (e->has_ack && own->has_acked && tcprst_seq_after(e->ack, own->acked));
    return is_such && !knew_more && sent->flags & TCPRST_ACK &&
           !tcprst_seq_after(is_probe ? own->next_seq : r->end, sent->ack) &&
           is_overdue(e, sent, r->time_ns);
}

/* Answers that the RST's sender does not know, though they should have arrived. */
static void find_not_received(struct tcprst_event *e, const struct tcprst_connection *c) {
    e->not_received_frame = 0;
    e->not_received_ns = 0;
    for (unsigned i = 0; c->recent && i < TCPRST_RECENT; i++) {
        const struct tcprst_sent *sent = &c->recent[tcprst_peer_of(e->from)].sent[i];
        int64_t age_ns = tcprst_elapsed_ns(sent->time_ns, e->time_ns);
        if (!is_overdue(e, sent, e->time_ns) || age_ns < e->not_received_ns ||
            !(is_unknown_by_time(e, &c->side[e->from], sent) || is_unknown_by_repeats(e, c, sent)))
            continue;
        e->not_received_frame = sent->frame;
        e->not_received_ns = age_ns;
    }
}

/* RFC 9293 section 3.5.2: a bare reset has the number that the answered segment acknowledged; a
 * client that has sent nothing but its SYN has no other reason for one (kernel net/ipv4/tcp.c
 * tcp_need_reset(): an abort in SYN-SENT is silent). */
static bool answers_unseen_synack(const struct tcprst_event *e, const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    return e->from == TCPRST_CLIENT && e->stage == TCPRST_SYN_SENT && !e->has_ack && !e->ack &&
           client->syn.frame && e->seq == client->isn + 1;
}

void tcprst_find_trigger(struct tcprst_event *e, const struct tcprst_connection *c) {
    const struct tcprst_side *peer = &c->side[tcprst_peer_of(e->from)];
    struct candidates all = find_candidates(e, c);
    int64_t leg_ns = leg_that_applies(e);
    const struct candidate *chosen = choose(&all, leg_ns);

    tcprst_note_pauses(e, c);
    e->bytes_below = bytes_preceding(e, c);
    e->acked_age_ns = age_of_first_acked(e, c);
    bool peer_sent_last = c->last_time_ns == peer->last_time_ns;
    bool is_after_pause = peer_sent_last && (e->acked_age_ns >= 0 || follows_probe(e, c));
    e->idle_before_acked_ns = is_after_pause ? c->gap_before_last_ns : -1;
    e->echoed_frame = find_echoed(e, c);
    find_not_received(e, c);
    e->oldest_trigger_ns = -1;
    e->trigger_frame = e->trigger_payload_bytes = 0;
    e->trigger_is_old = false;
    if (!chosen) {
        e->trigger = answers_unseen_synack(e, c) ? TCPRST_ANSWERS_SYNACK : TCPRST_NO_TRIGGER;
        return;
    }
    e->trigger = chosen->kind;
    e->trigger_tos = chosen->tos;
    e->trigger_is_old = chosen->is_old && chosen->payload_bytes;
    e->oldest_trigger_ns = oldest_age(e, c, &all);
    if (tcprst_had_no_time(leg_ns, chosen->age_ns) &&
        !tcprst_had_no_time(leg_ns, e->oldest_trigger_ns))
        return; /* it answers one that is no longer kept */
    e->trigger_frame = chosen->frame;
    e->trigger_payload_bytes = chosen->payload_bytes;
    e->delay_ns = chosen->age_ns;
    if (chosen->frame == peer->last_frame && c->last_time_ns == peer->last_time_ns)
        e->silence_ns = MAX(e->silence_ns, c->gap_before_last_ns);
}
