/* context.c - links a reset to other connections and their resets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/context.h"

#include "core/packet/hash.h"
#include "core/reset/sight.h"

/* Times of two interfaces cannot be compared. */
static struct tcprst_event **last_abort(struct tcprst_endpoint *endpoint,
                                        const struct tcprst_event *e) {
    const struct tcprst_event *last = endpoint->last_abort;
    bool is_here = !last || tcprst_connection_interface(last->before) ==
                                tcprst_connection_interface(e->before);
    return is_here ? &endpoint->last_abort : &endpoint->last_abort_elsewhere;
}

bool tcprst_context_is_abort(const struct tcprst_event *e, enum tcprst_role from) {
    return e->from == from && e->has_ack && e->trigger == TCPRST_NO_TRIGGER;
}

/* Aborts of one endpoint, or of one client, that follow each other within this are one burst:
 * measured were 25 to 130 us, all within 0.4 ms (docs/facts.md 3), and on busy hosts 1.3 and once
 * 6.7 ms, where the process that ends was preempted between two sockets. */
enum { BURST_GAP_NS = 10000000 };

static bool is_near(int64_t earlier_ns, int64_t time_ns) {
    int64_t since_ns = tcprst_elapsed_ns(earlier_ns, time_ns);
    return since_ns >= 0 && since_ns <= BURST_GAP_NS;
}

/* Number of the endpoint's connections that it closed just before. */
static uint16_t closes_just_before(const struct tcprst_connection *c, int64_t time_ns) {
    const struct tcprst_endpoint *endpoint = c->endpoint;
    bool goes_on = endpoint->closes_interface == tcprst_connection_interface(c) &&
                   is_near(endpoint->first_close_ns, time_ns);
    return goes_on ? endpoint->closes : 0;
}

/* `last`: its side's abort before this one, or NULL. */
static void join_burst(struct tcprst_event *e, const struct tcprst_event *last, int64_t begun_ns) {
    e->burst = last && is_near(last->time_ns, e->time_ns) ? last->burst : e;
    int64_t *span_ns = e->burst->burst_begun_ns;
    span_ns[0] = e->burst->burst_size ? MIN(span_ns[0], begun_ns) : begun_ns;
    span_ns[1] = e->burst->burst_size ? MAX(span_ns[1], begun_ns) : begun_ns;
    e->burst->burst_last_ns = e->time_ns;
    e->burst->after.burst_is_mixed |= e->client != e->burst->client;
    const int64_t longer_ns = tcprst_elapsed_ns(e->burst->silence_ns, e->silence_ns),
                  slack_ns = e->burst->silence_ns / 10;
    e->burst->after.burst_waits_differ |= longer_ns > slack_ns || longer_ns < -slack_ns;
    e->burst->burst_size++;
}

void tcprst_context_join_burst(struct tcprst_event *e, struct tcprst_endpoint *endpoint) {
    struct tcprst_event **latest = last_abort(endpoint, e);
    if (!tcprst_context_is_abort(e, TCPRST_SERVER) || e->burst)
        return;
    join_burst(e, *latest, e->before->ack_time_ns);
    if (e->burst == e)
        e->burst_closes = closes_just_before(e->connection, e->time_ns);
    *latest = e;
}

bool tcprst_context_ends_wait(const struct tcprst_event *e) {
    static const int64_t shortest_ns = 2000000000;
    const struct tcprst_connection *c = e->before;
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    const enum tcprst_ttl ttl = tcprst_event_ttl(e);
    return tcprst_context_is_abort(e, TCPRST_SERVER) && e->burst == e &&
           e->silence_ns >= MAX(shortest_ns, c->outlived_ns) && !client->fin_frame &&
           client->last_data_frame <= server->last_data_frame && ttl != TCPRST_TTL_OTHER &&
           ttl != TCPRST_TTL_OFF_BY_ONE;
}

void tcprst_context_note_close(struct tcprst_connection *c, int64_t time_ns) {
    struct tcprst_endpoint *endpoint = c->endpoint;
    struct tcprst_event *last = endpoint->last_abort;
    const uint32_t interface = tcprst_connection_interface(c);
    endpoint->closes = closes_just_before(c, time_ns);
    if (!endpoint->closes)
        endpoint->first_close_ns = time_ns;
    endpoint->closes += endpoint->closes < UINT16_MAX;
    endpoint->closes_interface = interface;
    if (last && last->burst && tcprst_connection_interface(last->before) == interface &&
        is_near(last->time_ns, time_ns))
        last->burst->burst_closes++;
}

void tcprst_context_note_survivor(const struct tcprst_connection *c, uint32_t frame) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    struct tcprst_event *burst = c->endpoint->last_abort->burst;
    bool asked_since = burst && client->last_data_frame > burst->frame; /* else a kernel's rest */
    if (asked_since && burst->burst_size > 1 && client->syn.frame &&
        client->syn.frame < burst->frame)
        burst->after.survived_frame = frame;
}

void tcprst_context_join_client_burst(struct tcprst_event *e, const struct tcprst_event *last) {
    bool is_of_burst = last && last->burst &&
                       tcprst_connection_interface(last->before) ==
                           tcprst_connection_interface(e->before);
    join_burst(e, is_of_burst ? last : NULL,
               tcprst_elapsed_ns(MAX(e->silence_ns, 0), e->time_ns));
    tcprst_host_note_abort(e->client, e->number);
}

static void leave_burst(struct tcprst_event *e, struct tcprst_endpoint *endpoint) {
    struct tcprst_event *first = e->burst;
    struct tcprst_event **const latest[] = {&endpoint->last_abort, &endpoint->last_abort_elsewhere};
    if (!first)
        return;
    first->burst_size--;
    e->burst = NULL;
    for (unsigned i = 0; i < G_N_ELEMENTS(latest); i++)
        if (*latest[i] == e)
            *latest[i] = first->burst ? first : NULL;
    if (tcprst_host_answers(e->client)->abort_number == e->number + 1 && e->from == TCPRST_CLIENT)
        tcprst_host_note_abort(e->client, first->number);
}

void tcprst_context_leave(struct tcprst_event *e, struct tcprst_endpoint *endpoint) {
    leave_burst(e, endpoint);
    if (e->sweep)
        e->sweep->sweep_resets--;
    e->sweep = NULL;
    e->winner = NULL;
    e->syn_target.syn_frame = 0;
}

const struct tcprst_event *tcprst_context_burst(const struct tcprst_event *e) {
    const struct tcprst_event *largest = e->burst;
    if (!e->connection->sights)
        return largest;
    const struct tcprst_accounts others = tcprst_other_accounts(e);
    for (unsigned i = 0; i < others.count; i++) {
        const struct tcprst_event *there = others.list[i].event;
        if (there && there->burst &&
            (!largest || there->burst->burst_size > largest->burst_size))
            largest = there->burst;
    }
    return largest;
}

void tcprst_context_join_sweep(struct tcprst_event *e, struct tcprst_event *first) {
    struct tcprst_host *client = e->client;
    if (!first)
        tcprst_host_begin_sweep(client, e->number);
    e->sweep = first ? first : e;
    e->sweep->sweep_resets++;
    if (!e->winner)
        e->sweep->sweep_targets += tcprst_host_note_target(client, e->connection->endpoint->number);
    client->sweep->last_ns = e->time_ns;
}

void tcprst_context_find_winner(struct tcprst_event *e, const struct tcprst_race *race) {
    e->winner = tcprst_race_winner(race, e->connection, e->time_ns);
    if (!e->winner)
        return;
    e->winner->is_winner = true;
    e->winner_ns = tcprst_elapsed_ns(e->winner->ack_time_ns, e->time_ns);
}

/* 50 ms, or two round trips, are enough for the SYN and, of programs that are told of the new
 * connection first, for the rest of its handshake.  By chance a SYN is so near once in 20 times at
 * most (docs/facts.md 11). */
void tcprst_context_find_syn_before(struct tcprst_event *e) {
    enum { LONGEST_NS = 50000000, RARER = 20 };
    static const int64_t shortest_gap_ns = 1000000000;
    const struct tcprst_connection *c = e->connection;
    const struct tcprst_last_syn *syn = &c->endpoint->last_syn;
    const int64_t since_ns = tcprst_elapsed_ns(syn->time_ns, e->time_ns);
    const int64_t gap_ns = syn->gap_ns < 0 ? e->silence_ns : syn->gap_ns;
    if (e->from != TCPRST_SERVER || !syn->frame || syn->frame == c->side[TCPRST_CLIENT].syn.frame ||
        syn->interface != tcprst_connection_interface(c) || since_ns < 0 ||
        (since_ns > LONGEST_NS && since_ns / 2 > e->irtt_ns) || gap_ns < shortest_gap_ns ||
        gap_ns / RARER < since_ns)
        return;
    e->syn_before_frame = syn->frame;
    e->syn_before_ns = since_ns;
}

/* Then each address has both roles. */
static bool is_within_host(const struct tcprst_connection *c) {
    return tcprst_equal_address(tcprst_address_of(c, TCPRST_CLIENT),
                                tcprst_address_of(c, TCPRST_SERVER));
}

/* A proxy opens its connection to the server once it has accepted its client's, or has read where
 * to, and passes a reset of one on to the other as soon as its loop turns (docs/facts.md 15).  The
 * limits are judgements. */
static bool is_joined(const struct tcprst_event *e, const struct tcprst_event *other) {
    static const int64_t longest_open_gap_ns = 1000000000, longest_gap_ns = 1000000;
    const enum tcprst_role there = tcprst_peer_of(e->from);
    const struct tcprst_connection *own = e->before, *c = other->before;
    const struct tcprst_syn *syn = &own->side[TCPRST_CLIENT].syn,
                            *other_syn = &c->side[TCPRST_CLIENT].syn;
    const int64_t gap_ns = e->from == TCPRST_CLIENT
                               ? tcprst_elapsed_ns(other_syn->time_ns, syn->time_ns)
                               : tcprst_elapsed_ns(syn->time_ns, other_syn->time_ns);
    const int64_t since_ns = tcprst_elapsed_ns(other->time_ns, e->time_ns);
    return e->connection != other->connection && syn->frame && other_syn->frame &&
           tcprst_connection_interface(own) == tcprst_connection_interface(c) &&
           tcprst_equal_address(tcprst_address_of(own, e->from), tcprst_address_of(c, there)) &&
           !is_within_host(own) && !is_within_host(c) && since_ns >= -longest_gap_ns &&
           since_ns <= longest_gap_ns && gap_ns >= 0 && gap_ns <= longest_open_gap_ns;
}

void tcprst_context_join_connections(struct tcprst_event *e, const struct tcprst_event *other) {
    if (!is_joined(e, other))
        return;
    e->after.joined_frame = other->frame;
    e->after.ended_joined = other->from != e->from;
}

/* 100 ms for an instant are a judgement. */
void tcprst_context_compare_ttls(struct tcprst_event *e, struct tcprst_event *other) {
    static const int64_t instant_ns = 100000000;
    const int64_t since_ns = tcprst_elapsed_ns(other->time_ns, e->time_ns);
    if (e->ip.version != other->ip.version || e->ip.ttl != other->ip.ttl ||
        tcprst_connection_interface(e->before) != tcprst_connection_interface(other->before) ||
        tcprst_event_ttl(e) != TCPRST_TTL_OTHER || tcprst_event_ttl(other) != TCPRST_TTL_OTHER ||
        since_ns > instant_ns || since_ns < -instant_ns ||
        e->before->side[e->from].ip.ttl == other->before->side[other->from].ip.ttl ||
        tcprst_equal_address(tcprst_address_of(e->before, e->from),
                             tcprst_address_of(other->before, other->from)))
        return;
    e->after.same_ttl_frame = other->frame;
    if (!other->after.same_ttl_frame)
        other->after.same_ttl_frame = e->frame;
}

const struct tcprst_latest_syn *tcprst_context_asked(const struct tcprst_event *e,
                                                     const struct tcprst_latest_syns *syns) {
    const struct tcprst_connection *c = e->connection;
    if (c->side[TCPRST_CLIENT].syn.frame)
        return NULL;
    return tcprst_latest_syns_find(syns, tcprst_address_of(c, e->from), tcprst_port_of(c, e->from));
}

/* The segment that the reset answers has the numbers of the client's connection with another
 * address: the SYN's number in a SYN/ACK, or later ones that only its peer there can know. */
static bool numbers_fit(const struct tcprst_connection *other,
                        const struct tcprst_latest_syn *asked, const struct tcprst_event *e) {
    enum { MOST_UNSEEN_BYTES = 65535 };
    const struct tcprst_side *client = &other->side[TCPRST_CLIENT],
                             *server = &other->side[TCPRST_SERVER];
    const struct tcprst_side *peer = &e->connection->side[tcprst_peer_of(e->from)];
    if (e->trigger == TCPRST_ANSWERS_SYNACK)
        return e->seq == asked->isn + 1;
    if (e->stage != TCPRST_MIDSTREAM || e->trigger == TCPRST_NO_TRIGGER || e->has_ack ||
        client->isn != asked->isn || !server->isn_known)
        return false;
    uint32_t sent_bytes = client->next_seq - (client->isn + 1);
    uint32_t answered_bytes = server->next_seq - server->isn;
    return e->seq - (client->isn + 1) <= sent_bytes &&
           peer->next_seq - server->isn <= answered_bytes + MOST_UNSEEN_BYTES;
}

void tcprst_context_find_syn_target(struct tcprst_event *e, const struct tcprst_latest_syn *asked,
                                    const struct tcprst_connection *other) {
    unsigned server = !asked->client_index;
    bool is_one_of_many = asked->is_of_tool && e->trigger == TCPRST_ANSWERS_SYNACK;
    if (other == e->connection || is_one_of_many || !numbers_fit(other, asked, e))
        return;
    e->syn_target.syn_frame = asked->frame;
    e->syn_target.address = asked->tuple.address[server];
    e->syn_target.port = asked->tuple.port[server];
}
