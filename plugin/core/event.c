/* event.c - freezes the facts of a reset
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "event.h"

#include <stdlib.h>

#include "stated.h"

/* A segment that the reset could answer. */
struct candidate {
    int64_t  age_ns;
    uint32_t frame, payload_bytes;
    uint8_t  tos;
    enum tcprst_trigger kind;
};

enum { CANDIDATES_MAX = TCPRST_RECENT + 2 };

struct candidates {
    struct candidate list[CANDIDATES_MAX]; /* oldest first */
    unsigned count;
};

static void add_candidate(struct candidates *all, struct candidate candidate) {
    unsigned i = all->count++;
    for (; i > 0 && all->list[i - 1].frame > candidate.frame; i--)
        all->list[i] = all->list[i - 1];
    all->list[i] = candidate;
}

static enum tcprst_trigger kind_of(const struct tcprst_connection *c, const struct tcprst_sent *sent) {
    if (sent->payload_bytes)
        return TCPRST_ANSWERS_DATA;
    if (sent->frame == c->ack_frame || sent->frame == c->wrong_ack_frame)
        return TCPRST_ANSWERS_HANDSHAKE_ACK;
    if (!(sent->flags & TCPRST_ACK))
        return TCPRST_ANSWERS_PROBE;
    return sent->flags & TCPRST_FIN ? TCPRST_ANSWERS_FIN : TCPRST_ANSWERS_ACK;
}

/* RFC 9293 section 3.5.2: a reset takes its sequence number from the ACK field of what it answers, or,
 * if that had no ACK, it is 0 and the reset acknowledges what it answers.  The second form leaves the
 * ACK flag out on some stacks (docs/facts.md 5: passt). */
static bool answers(const struct tcprst_event *e, bool has_ack, uint32_t ack, uint32_t end) {
    if (has_ack)
        return !e->has_ack && e->seq == ack;
    return e->ack == end && (e->has_ack || e->ack);
}

static void add_hello(struct candidates *all, const struct tcprst_event *e,
                      const struct tcprst_side *peer, enum tcprst_role role) {
    const struct tcprst_hello *hello = &peer->hello;
    bool is_synack = role == TCPRST_SERVER && hello->ack;
    bool only_hellos = peer->segments == 1u + hello->repeats;
    if (!hello->frame)
        return;
    /* Only a SYN that nothing answered yet, or its repetition in SYN-RECEIVED, is answered by a reset
     * without sequence number; an abort of the open connection acknowledges the SYN as well. */
    if (!is_synack && e->stage != TCPRST_SYN_SENT && (e->seq || e->before.handshake_done))
        return;
    uint32_t end = peer->isn + 1 + hello->payload_bytes;
    bool takes_payload = answers(e, is_synack, hello->ack, end);
    if (!takes_payload && !answers(e, is_synack, hello->ack, peer->isn + 1))
        return;
    add_candidate(all, (struct candidate){
        .age_ns = tcprst_elapsed_ns(only_hellos ? peer->last_time_ns : hello->time_ns, e->time_ns),
        .frame = only_hellos ? peer->last_frame : hello->frame,
        .tos = hello->ip.tos,
        .kind = is_synack ? TCPRST_ANSWERS_SYNACK : TCPRST_ANSWERS_SYN,
    });
}

static struct candidates find_candidates(const struct tcprst_event *e,
                                         const struct tcprst_connection *c) {
    struct candidates all = {.count = 0};
    enum tcprst_role peer = tcprst_peer_of(e->from);
    add_hello(&all, e, &c->side[peer], peer);
    for (unsigned i = 0; c->recent && i < TCPRST_RECENT; i++) {
        const struct tcprst_sent *sent = &c->recent->sent[peer][i];
        uint32_t end = sent->seq + sent->payload_bytes + !!(sent->flags & TCPRST_FIN);
        if (!sent->frame || !answers(e, sent->flags & TCPRST_ACK, sent->ack, end))
            continue;
        add_candidate(&all, (struct candidate){
            .age_ns = tcprst_elapsed_ns(sent->time_ns, e->time_ns),
            .frame = sent->frame,
            .payload_bytes = sent->payload_bytes,
            .tos = sent->tos,
            .kind = kind_of(c, sent),
        });
    }
    return all;
}

/* docs/facts.md 3: margin for a leg measured too long. */
static const double SOONEST_LEGS = 0.7;

static bool had_no_time(const struct tcprst_event *e, int64_t age_ns) {
    return e->leg_ns >= 0 && (double)age_ns < SOONEST_LEGS * (double)e->leg_ns;
}

/* Age of the first segment with the number that a bare reset answers; -1 if that is not the present one. */
static int64_t age_of_first(const struct tcprst_event *e, const struct tcprst_connection *c) {
    const struct tcprst_sent *first = c->recent ? &c->recent->first[tcprst_peer_of(e->from)] : NULL;
    bool fits = first && first->frame && !e->has_ack && first->flags & TCPRST_ACK && first->ack == e->seq;
    return fits ? tcprst_elapsed_ns(first->time_ns, e->time_ns) : -1;
}

/* Several segments can carry the number.  Where the leg to the sender is known, the oldest one that is
 * about a leg old is answered first; else the newest one that had the time; a capture beside the sender
 * sees the answer at once, so there it is the newest. */
static const struct candidate *choose(const struct candidates *all, int64_t leg_ns) {
    const struct candidate *newest = all->count ? &all->list[all->count - 1] : NULL;
    if (leg_ns < 0)
        return newest;
    const struct candidate *had_time = NULL;
    for (unsigned i = 0; i < all->count; i++) {
        const struct candidate *candidate = &all->list[i];
        double legs = (double)candidate->age_ns / (double)leg_ns;
        if (legs < SOONEST_LEGS)
            continue;
        if (legs <= 1.5)
            return candidate;
        had_time = candidate;
    }
    return had_time ? had_time : all->count ? &all->list[0] : NULL;
}

static int64_t leg_to(const struct tcprst_event *e) {
    int64_t ns = e->from == TCPRST_CLIENT ? e->client->shortest_client_leg_ns
                                          : e->connection->endpoint->shortest_leg_ns;
    return ns < TCPRST_SHORTEST_LEG_NS ? -1 : ns;
}

static void find_trigger(struct tcprst_event *e, const struct tcprst_connection *c) {
    const struct tcprst_side *peer = &c->side[tcprst_peer_of(e->from)];
    const struct tcprst_side *own = &c->side[e->from];
    struct candidates all = find_candidates(e, c);
    const struct candidate *chosen = choose(&all, e->leg_ns);

    e->oldest_trigger_ns = e->delay_ns = e->silence_ns = -1;
    if (peer->segments)
        e->delay_ns = e->silence_ns = tcprst_elapsed_ns(peer->last_time_ns, e->time_ns);
    if (own->segments) {
        int64_t since_own_ns = tcprst_elapsed_ns(own->last_time_ns, e->time_ns);
        e->silence_ns = e->silence_ns < 0 ? since_own_ns : MIN(e->silence_ns, since_own_ns);
    }
    if (!chosen)
        return;
    e->trigger = chosen->kind;
    e->trigger_tos = chosen->tos;
    e->oldest_trigger_ns = MAX(all.list[0].age_ns, age_of_first(e, c));
    if (had_no_time(e, chosen->age_ns) && !had_no_time(e, e->oldest_trigger_ns))
        return; /* it answers one that is not kept any more */
    e->trigger_frame = chosen->frame;
    e->trigger_payload_bytes = chosen->payload_bytes;
    e->delay_ns = chosen->age_ns;
    if (chosen->frame == peer->last_frame && c->last_time_ns == peer->last_time_ns)
        e->silence_ns = MAX(e->silence_ns, c->gap_before_last_ns);
}

/* Whoever takes the handshake's waiting on his own leg is far; ratio 5 keeps jitter out. */
static enum tcprst_point find_point(const struct tcprst_connection *c) {
    int64_t server_ns = tcprst_connection_server_leg_ns(c);
    int64_t client_ns = tcprst_connection_client_leg_ns(c);
    if (server_ns < 0 || client_ns < 0 || MAX(server_ns, client_ns) < TCPRST_SHORTEST_LEG_NS / 2)
        return TCPRST_POINT_UNKNOWN;
    if (client_ns <= server_ns / 5)
        return TCPRST_POINT_CLIENT;
    return server_ns <= client_ns / 5 ? TCPRST_POINT_SERVER : TCPRST_POINT_BETWEEN;
}

static int64_t initial_rtt(const struct tcprst_connection *c) {
    const struct tcprst_hello *syn = &c->side[TCPRST_CLIENT].hello;
    return syn->frame && c->ack_frame ? tcprst_elapsed_ns(syn->time_ns, c->ack_time_ns) : -1;
}

struct tcprst_event *tcprst_event_new(struct tcprst_connection *c, const struct tcprst_segment *rst,
                                      struct tcprst_host *client) {
    struct tcprst_event *e = g_new0(struct tcprst_event, 1);
    e->connection = c;
    e->client = client;
    e->from = tcprst_connection_role(c, rst);
    e->stage = tcprst_connection_stage(c);
    tcprst_connection_note_reset(c, e->from);
    e->before = *c;
    e->before.recent = NULL;
    e->frame = rst->frame;
    e->time_ns = rst->time_ns;
    e->ip = rst->ip;
    e->options = rst->options;
    e->seq = rst->seq;
    e->ack = rst->ack;
    e->payload_bytes = rst->payload_bytes;
    e->window = rst->window;
    e->has_ack = rst->flags & TCPRST_ACK;
    e->leg_ns = leg_to(e);
    find_trigger(e, c);
    e->point = find_point(c);
    e->irtt_ns = initial_rtt(c);
    e->stated_reason = tcprst_stated_reason(rst, &e->stated_by);
    e->after.bare_rsts = !e->has_ack;
    e->after.ack_rsts = e->has_ack;
    return e;
}

void tcprst_event_free(struct tcprst_event *e) {
    g_free(e->stated_reason);
    g_free(e);
}

bool tcprst_event_includes(const struct tcprst_event *e) {
    return e->before.handshake_done || !e->connection->handshake_done;
}

void tcprst_event_note_repeat(struct tcprst_event *e, const struct tcprst_segment *rst) {
    bool has_ack = rst->flags & TCPRST_ACK;
    bool is_copy = rst->seq == e->seq && rst->ack == e->ack && rst->ip.id == e->ip.id &&
                   tcprst_elapsed_ns(e->time_ns, rst->time_ns) < TCPRST_COPY_NS;
    if (tcprst_connection_role(e->connection, rst) != e->from || is_copy)
        return;
    e->after.bare_rsts += !has_ack;
    e->after.ack_rsts += has_ack;
    e->after.ack_changes |= rst->ack != e->ack;
    e->after.zero_ack |= (rst->ack == 0) != (e->ack == 0);
}

static void note_peer_after(struct tcprst_event *e, const struct tcprst_segment *s, bool is_synack) {
    const struct tcprst_side *peer = &e->before.side[tcprst_peer_of(e->from)];
    bool is_new = s->payload_bytes && tcprst_seq_after(s->seq + s->payload_bytes, peer->next_seq);
    if (is_new && !e->after.peer_data_frame)
        e->after.peer_data_frame = s->frame;
    if (is_synack && !e->after.syns && !e->after.synack_frame)
        e->after.synack_frame = s->frame;
}

/* Sent before the reset and overtaken by it: the reset's number counts it in. */
static bool was_overtaken(const struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_side *own = &e->before.side[e->from];
    uint32_t end = s->seq + tcprst_segment_length(s);
    return own->spoke && tcprst_seq_after(end, own->next_seq) && !tcprst_seq_after(end, e->seq);
}

static void note_sender_after(struct tcprst_event *e, const struct tcprst_segment *s, bool is_synack) {
    bool is_repeat = is_synack && e->stage != TCPRST_SYN_SENT;
    if (e->after.syns || was_overtaken(e, s))
        return; /* with a new SYN it answers a new attempt */
    if (!is_repeat && !e->after.sender_frame)
        e->after.sender_frame = s->frame;
    if (is_synack && !e->after.synack_frame)
        e->after.synack_frame = s->frame;
}

void tcprst_event_note_after(struct tcprst_event *e, const struct tcprst_segment *s) {
    bool is_synack = (s->flags & (TCPRST_SYN | TCPRST_ACK)) == (TCPRST_SYN | TCPRST_ACK);
    e->after.syns += (s->flags & TCPRST_SYN) && !is_synack;
    if (tcprst_connection_role(e->connection, s) == e->from)
        note_sender_after(e, s, is_synack);
    else
        note_peer_after(e, s, is_synack);
}

bool tcprst_event_ttl_delta(const struct tcprst_event *e, int *delta) {
    const struct tcprst_side *own = &e->before.side[e->from];
    if (!own->segments || !e->ip.version || !own->ip.version)
        return false;
    *delta = e->ip.ttl - own->ip.ttl;
    return true;
}

double tcprst_event_delay_rtt(const struct tcprst_event *e) {
    return e->leg_ns < 0 || e->delay_ns < 0 ? -1 : (double)e->delay_ns / (double)e->leg_ns;
}

/* What the client had sent, and which RSTs came in its name. */
enum phase { POST_SYN, POST_ACK, POST_PSH, POST_MORE_DATA, PHASES };
enum resets { ONE_RST, RSTS, ONE_RST_ACK, RST_ACKS, RST_AND_RST_ACK, RESETS };

static enum phase phase_of(const struct tcprst_event *e) {
    unsigned data_segments = e->before.side[TCPRST_CLIENT].data_segments;
    if (!e->before.handshake_done)
        return POST_SYN;
    return data_segments == 0 ? POST_ACK : data_segments == 1 ? POST_PSH : POST_MORE_DATA;
}

static enum resets resets_of(const struct tcprst_after *after) {
    if (after->bare_rsts && after->ack_rsts)
        return RST_AND_RST_ACK;
    if (after->bare_rsts)
        return after->bare_rsts == 1 ? ONE_RST : RSTS;
    return after->ack_rsts == 1 ? ONE_RST_ACK : RST_ACKS;
}

const char *tcprst_event_signature(const struct tcprst_event *e) {
    static const char *const names[PHASES][RESETS] = {
        [POST_SYN] = {"SYN -> RST", "SYN -> RST", "SYN -> RST+ACK", "SYN -> RST+ACK",
                      "SYN -> RST; RST+ACK"},
        [POST_ACK] = {"SYN;ACK -> RST", "SYN;ACK -> RST; RST", "SYN;ACK -> RST+ACK",
                      "SYN;ACK -> RST+ACK; RST+ACK", NULL},
        [POST_PSH] = {"PSH+ACK -> RST", "PSH+ACK -> RST = RST", "PSH+ACK -> RST+ACK",
                      "PSH+ACK -> RST+ACK; RST+ACK", "PSH+ACK -> RST; RST+ACK"},
        [POST_MORE_DATA] = {"PSH+ACK; Data -> RST", "PSH+ACK; Data -> RST", "PSH+ACK; Data -> RST+ACK",
                            "PSH+ACK; Data -> RST+ACK", NULL},
    };
    const struct tcprst_side *client = &e->before.side[TCPRST_CLIENT];
    enum phase phase = phase_of(e);
    enum resets resets = resets_of(&e->after);

    if (e->from != TCPRST_CLIENT || !client->hello.frame || client->fin_frame)
        return NULL;
    if (phase == POST_PSH && resets == RSTS && e->after.ack_changes)
        return e->after.zero_ack ? "PSH+ACK -> RST; RST0" : "PSH+ACK -> RST != RST";
    return names[phase][resets];
}

const char *tcprst_form_name(const struct tcprst_event *e) {
    return e->has_ack ? "RST+ACK" : "RST";
}

const char *tcprst_point_name(enum tcprst_point point) {
    static const char *const names[] = {
        [TCPRST_POINT_UNKNOWN] = "unknown",
        [TCPRST_POINT_CLIENT] = "client",
        [TCPRST_POINT_SERVER] = "server",
        [TCPRST_POINT_BETWEEN] = "between",
    };
    return names[point];
}

const char *tcprst_trigger_noun(enum tcprst_trigger trigger) {
    static const char *const nouns[] = {
        [TCPRST_NO_TRIGGER] = "nothing in the capture",
        [TCPRST_ANSWERS_SYN] = "the SYN",
        [TCPRST_ANSWERS_SYNACK] = "the SYN/ACK",
        [TCPRST_ANSWERS_HANDSHAKE_ACK] = "the handshake's ACK",
        [TCPRST_ANSWERS_DATA] = "data",
        [TCPRST_ANSWERS_FIN] = "a FIN",
        [TCPRST_ANSWERS_ACK] = "an ACK",
        [TCPRST_ANSWERS_PROBE] = "a segment without ACK",
    };
    return nouns[trigger];
}
