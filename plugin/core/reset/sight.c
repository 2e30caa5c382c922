/* sight.c - keeps what another capture point saw of a connection
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/sight.h"

#include "core/reset/overtaken.h"
#include "core/reset/trigger.h"

void tcprst_sights_free(struct tcprst_sight *sights) {
    while (sights) {
        struct tcprst_sight *next = sights->next;
        if (sights->event && !sights->is_counted)
            tcprst_event_clear(sights->event);
        g_free(sights->event);
        g_free(sights);
        sights = next;
    }
}

bool tcprst_sights_hold_reset(const struct tcprst_sight *sights) {
    for (; sights; sights = sights->next)
        if (sights->event)
            return true;
    return false;
}

static void observe_reset(struct tcprst_sight *sight, const struct tcprst_segment *s,
                          enum tcprst_role role, struct tcprst_host *client) {
    struct tcprst_connection *c = &sight->connection;
    if (sight->rsts.count < TCPRST_RSTS_KEPT)
        sight->rsts.list[sight->rsts.count] = (struct tcprst_seen_rst){
            .frame = s->frame, .seq = s->seq, .ip_id = s->ip.id, .ttl = s->ip.ttl,
            .from = (uint8_t)role};
    sight->rsts.count += sight->rsts.count < UINT32_MAX;
    if (sight->event) {
        tcprst_event_note_repeat(sight->event, s, role);
        return;
    }
    sight->event = g_new(struct tcprst_event, 1);
    tcprst_event_begin(sight->event, c, s, role, client);
    tcprst_find_trigger(sight->event, c);
    c->event = sight->event;
}

void tcprst_sight_observe(struct tcprst_sight *sight, const struct tcprst_segment *s,
                          enum tcprst_role role, struct tcprst_host *client) {
    if (s->flags & TCPRST_RST) {
        observe_reset(sight, s, role, client);
        return;
    }
    struct tcprst_event *e = sight->event;
    const bool is_overtaken = e && tcprst_was_overtaken(e, s, role);
    if (e && !is_overtaken) {
        tcprst_event_note_after(e, s, role);
        tcprst_event_keep_before(e);
    }
    tcprst_connection_observe(&sight->connection, s, role);
    if (!is_overtaken)
        return;
    tcprst_connection_take_back_reset(&sight->connection, e->from);
    tcprst_event_revise(e, s);
    tcprst_find_trigger(e, &sight->connection);
}

/* Among those that are kept; NULL: it is not. */
static const struct tcprst_seen_rst *find_rst(const struct tcprst_seen_rsts *rsts,
                                              const struct tcprst_event *e) {
    for (unsigned i = 0; i < MIN(rsts->count, (uint32_t)TCPRST_RSTS_KEPT); i++)
        if (rsts->list[i].from == e->from && rsts->list[i].seq == e->seq &&
            rsts->list[i].ip_id == e->ip.id)
            return &rsts->list[i];
    return NULL;
}

/* Two hosts can abort at once, and each point sees the nearer one's reset first; then both resets
 * pass both points.  A reset after which both sides go on has ended nothing (docs/facts.md 14). */
bool tcprst_sight_precedes(const struct tcprst_sight *sight, const struct tcprst_event *e) {
    const struct tcprst_event *first = sight->event;
    const struct tcprst_seen_rst *later = find_rst(&sight->rsts, e);
    if (!first || first == e || !later || later == sight->rsts.list ||
        (first->after.sender_frame && first->after.peer_frame) ||
        (e->before->handshake_done && !first->before->handshake_done))
        return false;
    if (first->from != e->from)
        return !e->after.peer_rst_frame;
    return first->has_ack ? !e->after.ack_rsts : !e->after.bare_rsts;
}

const struct tcprst_event *tcprst_exchanged(const struct tcprst_event *e) {
    for (const struct tcprst_sight *sight = e->connection->sights; sight; sight = sight->next)
        if (sight->is_exchanged)
            return sight->event;
    return NULL;
}

/* The connection as its own point saw it, and its reset there, if any; of the event's RSTs it saw
 * none, as another point's event is counted. */
static void add_counted(struct tcprst_accounts *all, const struct tcprst_connection *c,
                        const struct tcprst_event *own) {
    static const struct tcprst_seen_rsts none = {.count = 0};
    all->list[all->count++] = (struct tcprst_account){c, own, &none};
}

struct tcprst_accounts tcprst_other_accounts(const struct tcprst_event *e) {
    struct tcprst_accounts all;
    all.count = 0;
    const struct tcprst_connection *c = e->connection;
    for (const struct tcprst_sight *sight = c->sights; sight; sight = sight->next) {
        if (sight->event == e || sight->is_exchanged)
            add_counted(&all, c, sight->is_exchanged ? sight->event : NULL);
        else if (all.count < TCPRST_SIGHTS_MAX)
            all.list[all.count++] =
                (struct tcprst_account){&sight->connection, sight->event, &sight->rsts};
    }
    return all;
}

const struct tcprst_seen_rst *tcprst_find_seen_rst(const struct tcprst_event *e,
                                                   const struct tcprst_account *account,
                                                   bool *is_known) {
    const struct tcprst_seen_rst *rst = find_rst(account->rsts, e);
    *is_known = rst || account->rsts->count <= TCPRST_RSTS_KEPT;
    return rst;
}

static bool syn_offset(const struct tcprst_side *own, const struct tcprst_side *other,
                       int64_t *offset_ns) {
    if (!own->syn.frame || !other->syn.frame || own->syn.ip.id != other->syn.ip.id ||
        own->isn != other->isn)
        return false;
    *offset_ns = tcprst_elapsed_ns(own->syn.time_ns, other->syn.time_ns);
    return true;
}

struct tcprst_clock tcprst_compare_clocks(const struct tcprst_connection *own,
                                          const struct tcprst_connection *there) {
    int64_t ns[2];
    bool is_known[2];
    for (unsigned role = 0; role < 2; role++)
        is_known[role] = syn_offset(&own->side[role], &there->side[role], &ns[role]);
    if (is_known[0] && is_known[1]) {
        const int64_t way_ns = tcprst_elapsed_ns(ns[0], ns[1]);
        return (struct tcprst_clock){ns[0] / 2 + ns[1] / 2,
                                     way_ns < 0 ? tcprst_elapsed_ns(way_ns, 0) : way_ns};
    }
    return (struct tcprst_clock){
        is_known[0] ? ns[0] : is_known[1] ? ns[1] : TCPRST_NO_OFFSET, -1};
}

/* Initial values are of the sender's system: with another one it is another host. */
static bool is_same_initial(uint8_t one, uint8_t other) {
    return one + tcprst_hops(one) == other + tcprst_hops(other);
}

/* A router takes one from the TTL; so what has the higher one was seen nearer to its sender. */
static int compare_ttl(const struct tcprst_side *own, const struct tcprst_side *other) {
    if (!own->segments || !other->segments || !own->ip.version || !other->ip.version ||
        !is_same_initial(own->ttl_most, other->ttl_most))
        return 0;
    return (own->ttl_most < other->ttl_most) - (own->ttl_most > other->ttl_most);
}

/* Halves of the handshake, each timed by one clock; they must differ by more than the noise of
 * schedulers. */
static int compare_legs(const struct tcprst_connection *own, const struct tcprst_connection *other,
                        enum tcprst_role role) {
    enum { LEAST_NS = 200000 };
    int64_t (*leg)(const struct tcprst_connection *) = role == TCPRST_SERVER
                                                           ? tcprst_connection_server_leg_ns
                                                           : tcprst_connection_client_leg_ns;
    int64_t own_ns = leg(own), other_ns = leg(other);
    if (own_ns < 0 || other_ns < 0)
        return 0;
    int64_t farther_ns = tcprst_elapsed_ns(other_ns, own_ns);
    return (farther_ns > LEAST_NS) - (farther_ns < -LEAST_NS);
}

int tcprst_compare_places(const struct tcprst_connection *own,
                          const struct tcprst_connection *other, enum tcprst_role role) {
    const enum tcprst_role peer = tcprst_peer_of(role);
    int nearer = compare_ttl(&own->side[peer], &other->side[peer]);
    if (nearer)
        return -nearer;
    nearer = compare_ttl(&own->side[role], &other->side[role]);
    if (!nearer)
        nearer = compare_legs(own, other, role);
    return nearer ? nearer : -compare_legs(own, other, peer);
}
