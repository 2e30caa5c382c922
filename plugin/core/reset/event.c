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
    e->irtt_ns = tcprst_connection_initial_rtt_ns(c);
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

static void keep_place(struct tcprst_event *e, const struct tcprst_event *was) {
    e->connection = was->connection;
    e->number = was->number;
    e->is_held = was->is_held;
    e->is_only = was->is_only;
    e->failure = was->failure;
    e->server = was->server;
    e->winner = was->winner;
    e->winner_ns = was->winner_ns;
    e->burst = was->burst;
    e->burst_size = was->burst_size;
    e->burst_closes = was->burst_closes;
    memcpy(e->burst_begun_ns, was->burst_begun_ns, sizeof e->burst_begun_ns);
    e->burst_last_ns = was->burst_last_ns;
    e->after.survived_frame = was->after.survived_frame;
    e->after.burst_is_mixed = was->after.burst_is_mixed;
    e->after.burst_waits_differ = was->after.burst_waits_differ;
    e->sweep = was->sweep;
    e->sweep_resets = was->sweep_resets;
    e->sweep_targets = was->sweep_targets;
}

void tcprst_event_exchange(struct tcprst_event *event, struct tcprst_event *other) {
    tcprst_event_keep_before(event);
    tcprst_event_keep_before(other);
    const struct tcprst_event one = *event, two = *other;
    *event = two;
    *other = one;
    keep_place(event, &one);
    keep_place(other, &two);
}

void tcprst_event_clear(struct tcprst_event *e) {
    if (e->before != e->connection)
        g_free((gpointer)e->before);
    g_free(e->stated_reason);
}

/* The reset's receiver, which had ignored it, sent more and gave up: its own reset.  That no answer
 * comes takes at least a retransmission timeout (RFC 6298 section 2.1: 1 s). */
static bool gives_up_later(const struct tcprst_event *e, const struct tcprst_segment *rst,
                           enum tcprst_role role) {
    static const int64_t soonest_ns = 1000000000;
    return role != e->from && e->after.peer_data_frame &&
           rst->seq == e->connection->side[role].next_seq &&
           tcprst_elapsed_ns(e->time_ns, rst->time_ns) >= soonest_ns;
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

/* A program with a raw socket acknowledges what its kernel has just reset, and the peer resets
 * that.  Who has sent something since, or waits, resets for another reason; a second is a
 * judgement. */
static bool answers_ack_of_reset_side(const struct tcprst_event *e,
                                      const struct tcprst_segment *rst, enum tcprst_role role) {
    static const int64_t latest_ns = 1000000000;
    const struct tcprst_side *side = e->connection->side;
    return role != e->from && side[role].last_frame < e->frame && !side[e->from].payload_bytes &&
           tcprst_elapsed_ns(e->time_ns, rst->time_ns) <= latest_ns;
}

bool tcprst_event_includes(const struct tcprst_event *e, const struct tcprst_segment *rst,
                           enum tcprst_role role) {
    return (e->before->handshake_done || !e->connection->handshake_done ||
            answers_ack_of_reset_side(e, rst, role)) &&
           !was_survived(e, rst, role) && !gives_up_later(e, rst, role);
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
    bool was_acked = tcprst_has_acked(peer, rst->seq);
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

static void note_ttl(struct tcprst_event *e, const struct tcprst_segment *rst) {
    const int more = rst->ip.ttl - e->ip.ttl;
    if (e->after.other_ttl_frame || (more >= -1 && more <= 1) ||
        tcprst_same_hops(rst->ip.ttl, e->ip.ttl))
        return;
    e->after.other_ttl_frame = rst->frame;
    e->after.other_ttl = rst->ip.ttl;
}

static bool is_of_socket(const struct tcprst_segment *rst, const struct tcprst_side *own) {
    const bool has_times = rst->options.kinds & TCPRST_OPT_TIMESTAMP && own->has_timestamps &&
                           !tcprst_seq_after(own->tsval, rst->options.tsval);
    const bool counts = own->ip.id && tcprst_id_follows(own->ip.id, rst->ip.id,
                                                        TCPRST_MOST_MERGED_SEGMENTS);
    return rst->flags & TCPRST_ACK && (has_times || !own->has_timestamps) &&
           (counts || (has_times && rst->ip.version != 4));
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
    if (!is_same) /* which another tap can have seen farther on */
        note_ttl(e, rst);
    e->after.ack_changes |= rst->ack != e->ack;
    e->after.zero_ack |= (rst->ack == 0) != (e->ack == 0);
    note_jump(e, rst);
}
