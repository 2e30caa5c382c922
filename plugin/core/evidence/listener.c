/* listener.c - evidence in how the endpoint answers other clients: cookies, full queue, hosts,
 * refusals
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

/* NULL if it never answered a SYN. */
static const struct tcprst_listener *listener_of(const struct tcprst_view *v) {
    return endpoint_of(v)->listener;
}

/* --- other SYN/ACKs like this one --- */

enum { FEW_NEIGHBOURS = 3 };

/* True if enough neighbours had a SYN/ACK without the sign that this one has; false if there are
 * too few of them. */
static bool count_good_neighbours(const struct tcprst_view *v, uint32_t *good, uint32_t *all) {
    const struct tcprst_listener *a = listener_of(v);
    bool zero = tcprst_saw_synack_zero_window(v, NULL);
    if (!a || (!zero && !tcprst_saw_synack_drops_options(v, NULL)))
        return false;
    uint32_t counted = zero ? endpoint_of(v)->synacks : a->rich_offers;
    if (counted <= FEW_NEIGHBOURS)
        return false;
    *all = counted - 1;
    *good = zero ? counted - a->zero_windows : a->rich;
    return true;
}

bool tcprst_saw_neighbours_unlike_synack(const struct tcprst_view *v, char *value) {
    uint32_t good, all;
    return count_good_neighbours(v, &good, &all) && good * 2 >= all && SAY("%u of %u", good, all);
}

bool tcprst_saw_neighbours_like_synack(const struct tcprst_view *v, char *value) {
    uint32_t good, all;
    return count_good_neighbours(v, &good, &all) && good * 2 < all &&
           SAY("%u of %u", all - good, all);
}

/* --- SYN cookies --- */

/* docs/facts.md 2: a cookie's timestamp is rounded down to 64 ms, so it is 28 ms too old in the
 * median; others never more than 6.4 ms.  The reset itself has none, so the neighbours are used. */
bool tcprst_saw_synacks_lag(const struct tcprst_view *v, char *value) {
    const struct tcprst_listener *a = listener_of(v);
    if (!a || !tcprst_listener_lags(a))
        return false;
    if (a->lagging)
        return SAY("%u of %u, by %u to %u ms", a->lagging, a->clocked, a->shortest_lag_ms,
                   a->longest_lag_ms);
    return SAY("%u second answers, a multiple of 64 ms later", a->rounded);
}

/* docs/facts.md 2: Linux with cookies does so (12 of 12, never in 68 without).  A SYN proxy drops
 * options as well, but its window is 0, or it drops them for all clients. */
bool tcprst_saw_plain_offers_stripped(const struct tcprst_view *v, char *value) {
    const struct tcprst_listener *a = listener_of(v);
    if (!a || !tcprst_looks_linux(&v->event->before->side[TCPRST_SERVER]))
        return false;
    bool is_one =
        !(v->event->before->side[TCPRST_CLIENT].syn.options.kinds & TCPRST_OPT_TIMESTAMP) &&
        !(synack_of(v)->options.kinds & (TCPRST_OPT_WSCALE | TCPRST_OPT_SACK));
    uint32_t others = a->plain_stripped - (is_one && a->plain_stripped);
    bool drops_for_all = a->rich_offers > a->plain_offers && !a->rich;
    return others >= 2 && !drops_for_all && SAY("%u of %u", others, a->plain_offers - is_one);
}

/* --- a full accept queue --- */

/* Number of other connections with that stall at the time of the reset. */
static uint32_t others_in_trouble(const struct tcprst_view *v, unsigned kind) {
    const struct tcprst_listener *a = listener_of(v);
    const struct tcprst_stall *stall = a ? tcprst_listener_stall_at(a, v->event->time_ns) : NULL;
    if (!stall || v->event->from != TCPRST_SERVER)
        return 0;
    uint32_t count = kind == TCPRST_CHANGE_SYN_UNANSWERED  ? stall->dropped
                     : kind == TCPRST_CHANGE_SYNACK_REPEATED ? stall->resent
                                                  : stall->unacknowledged;
    return count - (count && v->event->connection->stall_kinds & kind);
}

static bool say_others(char *value, uint32_t others) {
    return SAY("%u connections within a minute", others);
}

/* kernel net/ipv4/tcp_minisocks.c tcp_check_req(): an ACK for which the queue has no room is
 * ignored, and the SYN/ACK's timer keeps running (docs/facts.md 1). */
bool tcprst_saw_neighbours_resent(const struct tcprst_view *v, char *value) {
    uint32_t others = others_in_trouble(v, TCPRST_CHANGE_SYNACK_REPEATED);
    return others && say_others(value, others);
}

/* docs/facts.md 4: an application's host acknowledges data, an overflowing one does not.  A single
 * one can be caused by the path. */
bool tcprst_saw_neighbours_unheard(const struct tcprst_view *v, char *value) {
    uint32_t others = others_in_trouble(v, TCPRST_CHANGE_DATA_UNACKED);
    return others >= 2 && say_others(value, others);
}

/* docs/facts.md 1: a SYN that arrives at a full queue is dropped. */
bool tcprst_saw_neighbours_dropped(const struct tcprst_view *v, char *value) {
    uint32_t others = others_in_trouble(v, TCPRST_CHANGE_SYN_UNANSWERED);
    return others >= 2 && say_others(value, others);
}

/* docs/facts.md 1: connections that the application does not accept fill the queue; the kernel
 * acknowledges what arrives on them. */
bool tcprst_saw_neighbours_waiting(const struct tcprst_view *v, char *value) {
    enum { FEW = 3 };
    const struct tcprst_endpoint_snapshot *server = &v->event->server;
    return server->waiting >= FEW && !server->answered && SAY("%u connections", server->waiting);
}

/* --- two hosts behind one address --- */

/* docs/facts.md 4: two kinds that alternate show a balancer. */
bool tcprst_saw_hosts_take_turns(const struct tcprst_view *v, char *value) {
    const struct tcprst_listener *a = listener_of(v);
    if (!a || !tcprst_listener_has_two_hosts(a))
        return false;
    const struct tcprst_synack_kind *one = &a->kind[0], *other = &a->kind[1];
    return SAY("TTL %u window %u (frame %u), TTL %u window %u (frame %u), %u changes", one->ttl,
               one->window, one->first_frame, other->ttl, other->window, other->first_frame,
               a->kind_changes);
}

/* True if SYN/ACKs came with two TTLs, and the RST's is that of the host that sent this
 * connection's SYN/ACK (`same`), or that of the other one.  The same one is evidence only if two
 * hosts are known to alternate. */
static bool say_host(const struct tcprst_view *v, char *value, bool same) {
    const struct tcprst_listener *a = listener_of(v);
    const struct tcprst_event *e = v->event;
    if (e->from != TCPRST_SERVER || !synack_of(v)->frame || !a || !a->kind[1].count ||
        a->other_kinds || a->kind[0].ttl == a->kind[1].ttl ||
        (same && !tcprst_listener_has_two_hosts(a)))
        return false;
    bool is_of_either = e->ip.ttl == a->kind[0].ttl || e->ip.ttl == a->kind[1].ttl;
    return is_of_either && (e->ip.ttl == synack_of(v)->ip.ttl) == same &&
           SAY("%u, SYN/ACK %u", e->ip.ttl, synack_of(v)->ip.ttl);
}

/* The host whose SYN/ACK was the second one. */
static bool say_second_host(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *server = &e->before->side[TCPRST_SERVER];
    const uint8_t ttl = server->syn.ip.ttl, other = server->ttl_least == ttl ? server->ttl_most
                                                                            : server->ttl_least;
    if (e->from != TCPRST_SERVER || !e->before->answered_twice || ttl == other ||
        e->ip.ttl != other)
        return false;
    return SAY("%u, SYN/ACK %u and, with another number, %u", e->ip.ttl, ttl, other);
}

bool tcprst_saw_rst_ttl_of_other_host(const struct tcprst_view *v, char *value) {
    return say_second_host(v, value) || say_host(v, value, false);
}

bool tcprst_saw_rst_ttl_of_synack_host(const struct tcprst_view *v, char *value) {
    return say_host(v, value, true);
}

/* --- refusals --- */

static bool is_refusal_of(const struct tcprst_view *v, enum tcprst_refusal_pattern pattern) {
    return refuses_syn(v) && listener_of(v) &&
           tcprst_refusal_pattern(&listener_of(v)->refusals) == pattern;
}

/* The client itself was accepted later, and only one change was seen.  If several were refused
 * and several accepted, a balancer with a dead member can look the same, so refusal_pattern.c
 * decides. */
static bool was_starting(const struct tcprst_view *v) {
    enum { FEW = 3 };
    const struct tcprst_client *client = client_of(v);
    const struct tcprst_listener *a = listener_of(v);
    bool is_let_in =
        (client && client->served) || v->event->connection->side[TCPRST_SERVER].syn.frame;
    return refuses_syn(v) && a && is_let_in && tcprst_refusals_are_of_start(&a->refusals) &&
           !tcprst_saw_refused_with_option(v, NULL) &&
           (a->refusals.refused < FEW || a->refusals.accepted < FEW);
}

bool tcprst_saw_port_accepts_others(const struct tcprst_view *v, char *value) {
    const struct tcprst_endpoint *e = endpoint_of(v);
    bool accepted_later = v->event->connection->side[TCPRST_SERVER].syn.frame;
    uint32_t others = e->synacks - (accepted_later && e->synacks);
    if (!refuses_syn(v) || !others || was_starting(v) ||
        tcprst_saw_raw_server_lacks_socket(v, NULL))
        return false;
    return SAY("%u of %u", others, e->connections - 1);
}

/* docs/facts.md 15: until a service listens, its host refuses; clients that repeat a refused SYN,
 * as Windows does on the same ports, are served in the end. */
bool tcprst_saw_port_accepts_since(const struct tcprst_view *v, char *value) {
    if (!was_starting(v) || tcprst_saw_raw_server_lacks_socket(v, NULL))
        return false;
    const struct tcprst_refusals *refusals = &listener_of(v)->refusals;
    return SAY("refused %u, then accepted %u, first in frame %u", refusals->refused,
               refusals->accepted, listener_of(v)->first_frame);
}

/* Of 9 SYNs, 3 of them refused, the refused ones come first by chance once in 84 times.  Of 5, once
 * in 5 to 10 times: enough where so few were accepted that nothing else speaks for a balancer. */
static bool are_in_order(const struct tcprst_view *v) {
    enum { FEWEST = 3, FEWEST_IN_ALL = 9, FEWEST_OF_START = 5, FEWEST_AT_START = 2 };
    const struct tcprst_refusals *refusals = &listener_of(v)->refusals;
    const uint32_t all = refusals->refused + refusals->accepted;
    if (was_starting(v))
        return refusals->refused >= FEWEST_AT_START && all >= FEWEST_OF_START;
    return tcprst_refusals_are_of_start(refusals) &&
           MIN(refusals->refused, refusals->accepted) >= FEWEST && all >= FEWEST_IN_ALL;
}

/* A balancer that chooses by ports would hardly be asked for 2 s in that order: a judgement.  A
 * rule for some clients does not change. */
bool tcprst_saw_refused_until_up(const struct tcprst_view *v, char *value) {
    static const int64_t shortest_ns = 2000000000;
    const struct tcprst_listener *a = listener_of(v);
    const struct tcprst_client *client = client_of(v);
    const struct tcprst_run *run = refusals_of(v);
    const int64_t lasted_ns = run ? tcprst_elapsed_ns(run->first_time_ns, run->last_time_ns) : -1;
    return refuses_syn(v) && a && client && client->served && lasted_ns >= shortest_ns &&
           are_in_order(v) && !tcprst_saw_raw_server_lacks_socket(v, NULL) &&
           !tcprst_saw_refused_with_option(v, NULL) &&
           SAY("%u refused in %.0f s, then %u accepted, first in frame %u", a->refusals.refused,
               seconds(lasted_ns), a->refusals.accepted, a->first_frame);
}

bool tcprst_saw_port_accepted_before(const struct tcprst_view *v, char *value) {
    const struct tcprst_listener *a = listener_of(v);
    return refuses_syn(v) && a && a->first_frame < v->event->frame &&
           say_frame(value, a->first_frame);
}

/* Windows repeats a refused SYN twice, about 500 ms apart, from the same port (docs/facts.md
 * 11). */
bool tcprst_saw_same_ports_accepted(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = v->event->connection;
    return refuses_syn(v) && c->handshake_done && !tcprst_saw_raw_server_lacks_socket(v, NULL) &&
           say_frame(value, c->side[TCPRST_SERVER].syn.frame);
}

/* No host waits so long before it refuses (docs/facts.md 1: at once), and no path is so long: a
 * device between tried to connect for the client, and gave up (docs/facts.md 15).  A host would
 * have answered each of several SYNs, and few round trips are longer than a second (RFC 6298
 * appendix A). */
bool tcprst_saw_refused_late(const struct tcprst_view *v, char *value) {
    static const int64_t soonest_ns = 3000000000, soonest_after_last_ns = 1000000000;
    enum { FEWEST_LEGS = 8 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_syn *syn = syn_of(v);
    const int64_t waited_ns = tcprst_elapsed_ns(syn->time_ns, e->time_ns);
    int64_t host_ns = tcprst_host_leg(endpoint_of(v)->host, TCPRST_SERVER)->shortest_ns;
    if (e->stage != TCPRST_SYN_SENT || e->trigger != TCPRST_ANSWERS_SYN || own_side(v)->segments ||
        e->delay_ns < soonest_after_last_ns || waited_ns < soonest_ns ||
        e->delay_ns / FEWEST_LEGS < host_ns)
        return false;
    if (syn->repeats)
        return SAY("%.1f s after the first SYN, %.1f s after the last, in frame %u",
                   seconds(waited_ns), seconds(e->delay_ns), e->trigger_frame);
    return SAY("%.1f s after the SYN in frame %u", seconds(waited_ns), e->trigger_frame);
}

bool tcprst_saw_refusals_at_limit(const struct tcprst_view *v, char *value) {
    if (!is_refusal_of(v, TCPRST_REFUSALS_LIMIT))
        return false;
    const struct tcprst_refusals *refusals = &listener_of(v)->refusals;
    return SAY("refused %u while %u or more were open, accepted %u while at most %u were",
               refusals->refused, refusals->least_open_refusing, refusals->accepted,
               refusals->most_open_accepting);
}

bool tcprst_saw_refusals_by_turns(const struct tcprst_view *v, char *value) {
    if (!is_refusal_of(v, TCPRST_REFUSALS_TURNS))
        return false;
    const struct tcprst_refusals *refusals = &listener_of(v)->refusals;
    if (refusals->shortest_between == refusals->longest_between)
        return SAY("%u refused, one after every %u accepted", refusals->refused,
                   refusals->shortest_between);
    return SAY("%u refused, with %u to %u accepted between", refusals->refused,
               refusals->shortest_between, refusals->longest_between);
}

bool tcprst_saw_refusals_in_blocks(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *run = refusals_of(v);
    return is_refusal_of(v, TCPRST_REFUSALS_BLOCKS) && run &&
           SAY("%u refused, frames %u to %u", run->connections, run->first_frame, run->last_frame);
}
