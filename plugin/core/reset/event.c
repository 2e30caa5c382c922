/* event.c - records the facts of a reset
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/event.h"

#include <string.h>

#include "core/packet/reset_reason.h"

static int64_t leg_to(struct tcprst_event *e) {
    const struct tcprst_leg *leg =
        e->from == TCPRST_CLIENT ? tcprst_host_leg(e->client, TCPRST_CLIENT)
                                 : &e->connection->endpoint->leg;
    if (leg->interface != tcprst_connection_interface(e->connection))
        return -1;
    e->leg_samples = leg->samples;
    int64_t shortest_ns = leg->shortest_ns;
    const int64_t latest_ns = tcprst_recent_segments_exchange_ns(e->connection->recent, e->from);
    if (latest_ns >= 0 && latest_ns < shortest_ns / 2) {
        shortest_ns = latest_ns; /* a path that was slow until now */
        e->leg_samples = 1;
    }
    return shortest_ns < TCPRST_SHORTEST_LEG_NS ? -1 : shortest_ns;
}

static int64_t initial_rtt(const struct tcprst_connection *c) {
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn;
    return syn->frame && c->ack_frame ? tcprst_elapsed_ns(syn->time_ns, c->ack_time_ns) : -1;
}

static void count_reset(struct tcprst_event *e, const struct tcprst_segment *rst,
                        bool may_be_copy) {
    struct tcprst_after *after = &e->after;
    bool has_ack = rst->flags & TCPRST_ACK;
    const bool acks_more = has_ack && after->ack_rsts && rst->ip.ttl == e->ip.ttl &&
                           tcprst_seq_after(rst->ack, after->acked_to);
    if (acks_more || (has_ack && !after->ack_rsts))
        after->acked_to = rst->ack;
    after->ack_steps += acks_more;
    after->bare_rsts += !has_ack;
    after->ack_rsts += has_ack;
    after->untimed_ack_rsts += has_ack && !may_be_copy && !rst->options.cut &&
                               !(rst->options.kinds & TCPRST_OPT_TIMESTAMP);
}

/* A window value that is a code, and that this side never had otherwise, is meant as a code in a
 * bare reset, whose window is otherwise 0, or after another reset of the host with a code
 * (docs/facts.md 10). */
static void read_coded_window(struct tcprst_event *e, struct tcprst_host *host) {
    const struct tcprst_side *own = &e->before->side[e->from];
    const char *words = tcprst_stated_window(e->window);
    if (!words || e->window == own->last_window || e->window == own->largest_window)
        return;
    host->coded_resets += host->coded_resets < UINT16_MAX;
    if (e->stated_reason || (e->has_ack && host->coded_resets == 1))
        return;
    e->stated_reason = g_strdup(words);
    e->stated_by = "NetScaler window code";
    e->is_coded = true;
}

/* Judged by the server's last few segments: it acknowledged everything, and sent its last payload
 * before that. */
static bool is_owed_answer(const struct tcprst_event *e, const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    if (e->from != TCPRST_CLIENT || !c->recent || !client->payload_bytes ||
        server->acked != client->next_seq)
        return false;
    const struct tcprst_sent *latest = NULL, *sent = c->recent[TCPRST_SERVER].sent;
    for (unsigned i = 0; i < TCPRST_RECENT; i++)
        if (sent[i].payload_bytes && (!latest || sent[i].frame > latest->frame))
            latest = &sent[i];
    return latest && tcprst_seq_after(client->next_seq, latest->ack);
}

/* A filter of SYNs and resets leaves nothing of what came between, but the numbers of the client's
 * reset count it (docs/facts.md 15).  Random ones are so near to those of the SYNs once in 16
 * times, a single one once in 256. */
static enum tcprst_stage stage_of(const struct tcprst_event *e, const struct tcprst_connection *c) {
    enum { MOST_BYTES = 1 << 30, MOST_BYTES_ALONE = 1 << 24, FIN = 1 };
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    const enum tcprst_stage stage = tcprst_connection_stage(c);
    const uint32_t first = client->isn + 1 + client->syn.payload_bytes, sent = e->seq - first,
                   received = e->has_ack ? e->ack - (server->isn + 1) : 0,
                   most = e->has_ack ? MOST_BYTES : MOST_BYTES_ALONE;
    bool opens = client->syn.frame && server->syn.frame && server->syn.ack == first;
    if (stage != TCPRST_HALF_OPEN || e->from != TCPRST_CLIENT || !opens || sent > most ||
        received > most || sent + received <= FIN)
        return stage;
    return received > FIN ? TCPRST_RESPONSE_SENT : TCPRST_REQUEST_SENT;
}

/* Records the facts that depend on the connection as the reset found it. */
static void note_connection(struct tcprst_event *e) {
    struct tcprst_connection *c = e->connection;
    e->stage = stage_of(e, c);
    tcprst_connection_note_reset(c, e->from);
    e->leg_ns = leg_to(e);
    e->point = tcprst_connection_point(c);
    e->is_owed_answer = is_owed_answer(e, c);
    e->irtt_ns = initial_rtt(c);
}

void tcprst_event_begin(struct tcprst_event *e, struct tcprst_connection *c,
                        const struct tcprst_segment *rst, enum tcprst_role from,
                        struct tcprst_host *client) {
    memset(e, 0, sizeof *e);
    tcprst_connection_learn_probes(c, from, rst);
    e->connection = c;
    e->client = client;
    e->from = from;
    if (c->event)
        tcprst_event_keep_before(c->event);
    e->before = c;
    e->is_only = !c->event;
    e->frame = rst->frame;
    e->time_ns = rst->time_ns;
    e->ip = rst->ip;
    e->options = rst->options;
    e->seq = rst->seq;
    e->ack = rst->ack;
    e->payload_bytes = rst->payload_bytes;
    e->window = rst->window;
    e->has_ack = rst->flags & TCPRST_ACK;
    e->flags = rst->flags;
    e->is_cut = rst->payload_bytes > rst->payload_captured_bytes;
    e->checksum_is_bad =
        rst->checksum == TCPRST_CHECKSUM_BAD && c->side[e->from].syn.checksum_is_good;
    note_connection(e);
    e->stated_reason = tcprst_stated_reason(rst, &e->stated_by);
    count_reset(e, rst, false);
    e->after.acked_age_ns = -1;
    e->reason = tcprst_reason_of(e->stated_reason);
    read_coded_window(e, e->from == TCPRST_CLIENT ? client : c->endpoint->host);
}

void tcprst_event_revise(struct tcprst_event *e, const struct tcprst_segment *overtaken) {
    e->after.overtaken_frame = overtaken->frame;
    note_connection(e);
}

void tcprst_event_keep_before(struct tcprst_event *e) {
    if (e->before != e->connection)
        return;
    struct tcprst_connection *copy = g_new(struct tcprst_connection, 1);
    memcpy(copy, e->connection, TCPRST_CONNECTION_KEPT_BYTES);
    copy->recent = NULL;
    copy->sights = NULL;
    e->before = copy;
}

void tcprst_event_clear(struct tcprst_event *e) {
    if (e->before != e->connection)
        g_free((gpointer)e->before);
    g_free(e->stated_reason);
}

/* A reset that both sides ignored, as they continued to send, is a separate event from the one that
 * ends the connection (docs/facts.md 14; RFC 5961 section 3.2).  That has the number which its
 * sender has come to, or an answer's: the one that its peer has acknowledged. */
static bool was_survived(const struct tcprst_event *e, const struct tcprst_segment *rst,
                         enum tcprst_role role) {
    const struct tcprst_side *side = e->connection->side, *own = &side[role],
                             *peer = &side[tcprst_peer_of(role)];
    const bool has_ack = rst->flags & TCPRST_ACK;
    const uint32_t settled_frame = e->after.peer_rst_frame;
    const bool goes_on = e->after.sender_frame && e->after.peer_frame &&
                         own->last_frame > settled_frame && peer->last_frame > settled_frame;
    const bool fits = own->has_sent && (rst->seq == own->next_seq ||
                                        (!has_ack && peer->has_acked && rst->seq == peer->acked));
    return goes_on && fits &&
           (role != e->from || rst->seq != e->seq || has_ack != e->has_ack ||
            rst->ip.ttl != e->ip.ttl);
}

bool tcprst_event_includes(const struct tcprst_event *e, const struct tcprst_segment *rst,
                           enum tcprst_role role) {
    return (e->before->handshake_done || !e->connection->handshake_done) &&
           !was_survived(e, rst, role);
}

/* The largest receive window without scaling.  A number that differs by more is not a jump within
 * the sequence, but belongs to another one, as from a device that no longer translates sequence
 * numbers. */
enum { FARTHEST_JUMP_BYTES = 65535 };

/* One number more is that of a FIN which the capture can lack. */
static void note_jump(struct tcprst_event *e, const struct tcprst_segment *rst) {
    const struct tcprst_side *own = &e->connection->side[e->from];
    const struct tcprst_side *peer = &e->connection->side[tcprst_peer_of(e->from)];
    uint32_t jump = rst->seq - own->next_seq;
    bool was_acked = peer->has_acked && !tcprst_seq_after(rst->seq, peer->acked);
    bool lacks_sent = tcprst_seq_after(e->seq, own->next_seq); /* the capture does */
    if (e->after.jump_frame || !own->segments || !own->has_sent || jump <= 1 || lacks_sent ||
        jump > FARTHEST_JUMP_BYTES || was_acked || !tcprst_seq_after(rst->seq, e->seq))
        return;
    e->after.jump_frame = rst->frame;
    e->after.jump_bytes = jump;
}

static void note_acked(struct tcprst_event *e, const struct tcprst_segment *rst) {
    if (!e->has_ack || !(rst->flags & TCPRST_ACK))
        return;
    int64_t age_ns = tcprst_recent_segments_acked_age_ns(
        e->connection->recent, tcprst_peer_of(e->from), e->ack, rst->ack, rst->time_ns);
    if (age_ns >= 0 && (e->after.acked_age_ns < 0 || age_ns < e->after.acked_age_ns))
        e->after.acked_age_ns = age_ns;
}

/* `id` follows `earlier` by at most `most`, modulo 2^16. */
static bool follows(uint16_t earlier, uint16_t id, unsigned most) {
    return (uint16_t)(id - earlier - 1) < most;
}

static bool is_of_socket(const struct tcprst_segment *rst, const struct tcprst_side *own) {
    const bool has_times = rst->options.kinds & TCPRST_OPT_TIMESTAMP && own->has_timestamps &&
                           !tcprst_seq_after(own->tsval, rst->options.tsval);
    const bool counts = rst->ip.version != 4 ||
                        (own->ip.id && follows(own->ip.id, rst->ip.id,
                                               TCPRST_MOST_MERGED_SEGMENTS));
    return rst->flags & TCPRST_ACK && has_times && counts;
}

void tcprst_event_note_repeat(struct tcprst_event *e, const struct tcprst_segment *rst,
                              enum tcprst_role role) {
    e->after.repeats++;
    const int64_t since_ns = tcprst_elapsed_ns(e->time_ns, rst->time_ns);
    bool is_same = rst->seq == e->seq && rst->ack == e->ack && rst->ip.id == e->ip.id;
    bool is_copy = is_same && since_ns < TCPRST_COPY_NS;
    if (role != e->from && !e->after.peer_rst_frame) {
        e->after.peer_rst_frame = rst->frame;
        e->after.peer_rst_ns = since_ns;
        e->after.peer_rst_is_of_socket = is_of_socket(rst, &e->connection->side[role]);
    }
    if (role != e->from || is_copy)
        return;
    count_reset(e, rst, is_same && since_ns < TCPRST_SOONEST_REPEAT_NS);
    note_acked(e, rst);
    e->after.ack_changes |= rst->ack != e->ack;
    e->after.zero_ack |= (rst->ack == 0) != (e->ack == 0);
    note_jump(e, rst);
}

/* A repetition of a segment that had been sent before, which is not a copy of the frame. */
static void note_synack_after(struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_syn *synack = &e->before->side[TCPRST_SERVER].syn;
    int64_t since_ns = tcprst_elapsed_ns(synack->time_ns, s->time_ns);
    if (synack->frame && since_ns >= TCPRST_SOONEST_REPEAT_NS && !e->after.syns &&
        !e->after.synack_frame)
        e->after.synack_frame = s->frame;
}

/* What a stack sends by a timer comes later than this (docs/facts.md 14). */
enum { SOONEST_REPEAT_NS = 200000000 };

/* True if a later sequence number includes the reset's payload. */
static void note_count(struct tcprst_event *e, uint32_t number, uint32_t frame) {
    bool is_in = !tcprst_seq_after(e->seq + e->payload_bytes, number);
    uint32_t *first = is_in ? &e->after.counted_frame : &e->after.left_out_frame;
    if (!*first)
        *first = frame;
}

static void note_peer_after(struct tcprst_event *e, const struct tcprst_segment *s,
                            bool is_synack) {
    const struct tcprst_side *peer = &e->before->side[tcprst_peer_of(e->from)];
    bool is_more = s->payload_bytes && tcprst_seq_after(s->seq + s->payload_bytes, peer->next_seq);
    if (is_more && !e->after.peer_data_frame)
        e->after.peer_data_frame = s->frame;
    const int64_t since_ns = tcprst_elapsed_ns(e->time_ns, s->time_ns);
    e->after.peer_sends_on |= is_more && e->after.peer_rst_frame &&
                              since_ns > TCPRST_LONGEST_SWAP_NS &&
                              since_ns - TCPRST_LONGEST_SWAP_NS > e->after.peer_rst_ns;
    bool acks_more = s->flags & TCPRST_ACK && tcprst_seq_after(s->ack, peer->acked);
    if ((is_more || acks_more) && !e->after.peer_frame)
        e->after.peer_frame = s->frame;
    bool is_soon = tcprst_elapsed_ns(e->time_ns, s->time_ns) <= MAX(e->irtt_ns, SOONEST_REPEAT_NS);
    const bool is_copy = !is_more && !acks_more && (peer->fin_frame || !(s->flags & TCPRST_FIN));
    if (!is_copy && s->flags & TCPRST_ACK && !e->after.beyond_frame && is_soon &&
        tcprst_seq_after(s->ack, e->seq + e->payload_bytes))
        e->after.beyond_frame = s->frame;
    if (e->payload_bytes && s->flags & TCPRST_ACK &&
        !tcprst_seq_after(e->seq + e->payload_bytes, s->ack))
        note_count(e, s->ack, s->frame);
    if (is_synack)
        note_synack_after(e, s);
}

/* True if the segment was sent after the reset, by its time, or by a number that no segment had
 * before.  False for a copy, and for a segment that the reset overtook. */
static bool is_new(const struct tcprst_event *e, const struct tcprst_segment *s) {
    enum { MOST_MERGED_SEGMENTS = 46, FEW_IDS = 1000 };
    const struct tcprst_side *own = &e->before->side[e->from];
    int64_t since_ns = tcprst_elapsed_ns(e->time_ns, s->time_ns);
    /* nothing but the reset's own number to compare with */
    if (!own->segments && e->stage != TCPRST_SYN_SENT)
        return since_ns >= TCPRST_LONGEST_SWAP_NS &&
               tcprst_seq_after(s->seq + tcprst_segment_length(s), e->seq + e->payload_bytes);
    if (e->stage == TCPRST_SYN_SENT ||
        since_ns >= MAX(SOONEST_REPEAT_NS, MAX(e->irtt_ns, e->leg_ns)))
        return true;
    bool rst_counts_on = own->ip.id && follows(own->ip.id, e->ip.id, MOST_MERGED_SEGMENTS);
    if (since_ns < TCPRST_LONGEST_SWAP_NS ||
        (rst_counts_on && s->ip.id && follows(s->ip.id, e->ip.id, MOST_MERGED_SEGMENTS)))
        return false;
    uint32_t end = s->seq + tcprst_segment_length(s),
             acked = own->has_acked ? own->acked : own->syn.ack;
    bool sends_more =
        tcprst_seq_after(end, own->next_seq) && tcprst_seq_after(end, e->seq + e->payload_bytes);
    bool acks_more = s->flags & TCPRST_ACK && (own->has_acked || own->syn.ack) &&
                     tcprst_seq_after(s->ack, acked) &&
                     (!e->has_ack || tcprst_seq_after(s->ack, e->ack));
    bool has_later_id =
        own->ip.id && s->ip.id && follows(rst_counts_on ? e->ip.id : own->ip.id, s->ip.id, FEW_IDS);
    bool has_later_time = e->options.kinds & s->options.kinds & TCPRST_OPT_TIMESTAMP &&
                          tcprst_seq_after(s->options.tsval, e->options.tsval);
    return sends_more || acks_more || (rst_counts_on && has_later_id) || has_later_time;
}

/* Over twice what Linux allows in flight (tcp(7), tcp_rmem): a number farther away is of another
 * connection, or guessed. */
static const uint32_t farthest = 1u << 24;

/* True if the segment was sent before the reset, which overtook it: the reset's number includes
 * it, as an injector's guess can, and it does not acknowledge what the peer sent later.  Another
 * tap can have what is older up to 20 ms later (docs/facts.md 14). */
static bool was_overtaken(const struct tcprst_event *e, const struct tcprst_segment *s) {
    enum { LATEST_TAP_NS = 20000000 };
    const struct tcprst_side *own = &e->before->side[e->from];
    const struct tcprst_side *peer = &e->before->side[tcprst_peer_of(e->from)];
    const uint32_t end = s->seq + tcprst_segment_length(s);
    const bool acks_later = tcprst_elapsed_ns(e->time_ns, s->time_ns) > LATEST_TAP_NS &&
                            s->flags & TCPRST_ACK && peer->has_sent &&
                            tcprst_seq_after(s->ack, peer->next_seq);
    return own->has_sent && !acks_later && e->seq - own->next_seq <= farthest &&
           tcprst_seq_after(end, own->next_seq) && !tcprst_seq_after(end, e->seq);
}

static bool is_far(uint32_t number, uint32_t from) {
    return number - from + farthest > 2 * farthest;
}

/* Another connection of the same ports whose SYN was not captured, or a late copy of one: its
 * numbers have nothing to do with these. */
static bool is_of_another(const struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_side *own = &e->before->side[e->from];
    const struct tcprst_side *peer = &e->before->side[tcprst_peer_of(e->from)];
    return own->has_sent ? is_far(s->seq, own->next_seq)
                         : s->flags & TCPRST_ACK && peer->has_sent &&
                               is_far(s->ack, peer->next_seq);
}

static void note_sender_after(struct tcprst_event *e, const struct tcprst_segment *s,
                              bool is_synack) {
    const struct tcprst_recent_segments *recent = e->connection->recent;
    bool is_repeat = is_synack && e->stage != TCPRST_SYN_SENT;
    const uint32_t answered_frame = e->connection->side[tcprst_peer_of(e->from)].last_frame;
    bool is_copy = recent && !is_synack &&
                   tcprst_recent_segments_has_copy(&recent[e->from], s, answered_frame);
    if (e->after.syns || is_copy || was_overtaken(e, s) || is_of_another(e, s) || !is_new(e, s))
        return; /* otherwise it answers a new SYN */
    if (!is_repeat && !e->after.sender_frame)
        e->after.sender_frame = s->frame;
    if (!is_repeat)
        e->after.sender_until_ns = tcprst_elapsed_ns(e->time_ns, s->time_ns);
    if (e->ip.id && s->ip.id == e->ip.id && !e->after.same_id_frame)
        e->after.same_id_frame = s->frame;
    if (e->payload_bytes && s->payload_bytes)
        note_count(e, s->seq, s->frame);
    if (is_synack)
        note_synack_after(e, s);
}

/* True if the segment is a copy of this connection's SYN.  Without IP ID and timestamp it may be
 * another one as soon as a stack can send it. */
static bool is_copy_of_syn(const struct tcprst_event *e, const struct tcprst_segment *s) {
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT];
    const bool has_identity = s->ip.id || s->options.tsval;
    const int64_t most_ns = has_identity ? TCPRST_SOONEST_REPEAT_NS : TCPRST_COPY_NS;
    int64_t since_ns = tcprst_elapsed_ns(client->syn.time_ns, s->time_ns);
    bool is_same = s->seq == client->isn && s->ip.id == client->syn.ip.id &&
                   s->options.tsval == client->syn.options.tsval;
    return client->syn.frame && is_same && since_ns >= 0 && since_ns < most_ns;
}

/* True if the segment answers a later SYN that was not captured, after a refusal of one that was
 * not either: one way of the traffic was captured. */
static bool answers_unseen_syn(const struct tcprst_event *e, const struct tcprst_segment *s,
                               bool is_synack) {
    return is_synack && e->stage == TCPRST_MIDSTREAM && e->has_ack && !e->seq &&
           tcprst_elapsed_ns(e->time_ns, s->time_ns) >= SOONEST_REPEAT_NS;
}

/* A capture of several queues can contain frames in another order than that of their times: a
 * segment with an earlier time than the reset did not come after it. */
void tcprst_event_note_after(struct tcprst_event *e, const struct tcprst_segment *s,
                             enum tcprst_role role) {
    bool is_synack = (s->flags & (TCPRST_SYN | TCPRST_ACK)) == (TCPRST_SYN | TCPRST_ACK);
    bool is_syn = (s->flags & TCPRST_SYN) && !is_synack;
    if (tcprst_elapsed_ns(e->time_ns, s->time_ns) < 0 || (is_syn && is_copy_of_syn(e, s)))
        return;
    e->after.syns += is_syn;
    e->after.syns += answers_unseen_syn(e, s, is_synack);
    if (role == e->from)
        note_sender_after(e, s, is_synack);
    else
        note_peer_after(e, s, is_synack);
}

void tcprst_event_take_back_refusal(struct tcprst_connection *c) {
    struct tcprst_event *e = c->event;
    if (!e || e->stage != TCPRST_SYN_SENT || e->from != TCPRST_SERVER || !c->outcome_known)
        return;
    const struct tcprst_result refusal = {
        .outcome = TCPRST_REFUSED, .client = &e->client->address, .frame = e->frame};
    if (!tcprst_endpoint_take_back(c->endpoint, &refusal))
        return;
    e->after.is_taken_back = true;
    c->outcome_known = false;
}
