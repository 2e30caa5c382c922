/* points.c - evidence that only a second capture point in the file gives
 *
 * What passed one point and not the next was dropped, or made, between the two.  Each predicate
 * looks for one account, of another point than the event's own, that shows it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"
#include "core/capture/point_views.h"
#include "core/evidence/rules.h"
#include "core/reset/trigger.h"

static bool has_others(const struct tcprst_view *v) {
    return v->event->connection->sights;
}

/* Whether the account was taken nearer to that side than the event's own: 1 yes, -1 farther, 0
 * unknown; by this connection, else by others of its server. */
static int is_nearer(const struct tcprst_view *v, const struct tcprst_account *account,
                     enum tcprst_role role) {
    return tcprst_point_views_compare(&v->capture->points, v->event->before, account->connection,
                                      role);
}

struct tcprst_account tcprst_find_account(const struct tcprst_view *v, enum tcprst_role role,
                                          int nearer, tcprst_account_fits *fits) {
    static const struct tcprst_account none = {NULL, NULL, NULL};
    if (!has_others(v))
        return none;
    const struct tcprst_accounts all = tcprst_other_accounts(v->event);
    for (unsigned i = 0; i < all.count; i++)
        if (is_nearer(v, &all.list[i], role) == nearer && (!fits || fits(v, &all.list[i])))
            return all.list[i];
    return none;
}

bool tcprst_point_watched(const struct tcprst_view *v, const struct tcprst_account *account,
                          enum tcprst_role role) {
    static const int64_t margin_ns = 1000000;
    int64_t offset_ns = tcprst_points_offset(v->capture, v->event, account);
    if (offset_ns == TCPRST_NO_OFFSET)
        return false;
    int64_t at_ns = tcprst_elapsed_ns(-offset_ns, v->event->time_ns);
    const struct tcprst_interface *there = tcprst_points_interface(
        &v->capture->points, tcprst_connection_interface(account->connection));
    return there && there->saw[role] && there->first_ns <= at_ns &&
           there->last_ns >= tcprst_elapsed_ns(-margin_ns, at_ns);
}

static bool has_rst(const struct tcprst_view *v, const struct tcprst_account *account) {
    bool is_known;
    return tcprst_find_seen_rst(v->event, account, &is_known);
}

static bool lacks_rst(const struct tcprst_view *v, const struct tcprst_account *account) {
    bool is_known;
    return !tcprst_find_seen_rst(v->event, account, &is_known) && is_known &&
           tcprst_point_watched(v, account, v->event->from);
}

/* True if the account's point saw the segment that the reset answers. */
static bool has_answered(const struct tcprst_view *v, const struct tcprst_account *account) {
    const struct tcprst_event *e = v->event;
    const enum tcprst_role peer = tcprst_peer_of(e->from);
    const struct tcprst_side *there = &account->connection->side[peer];
    if (e->trigger == TCPRST_ANSWERS_HANDSHAKE_ACK)
        return account->connection->ack_frame || account->connection->wrong_ack_frame;
    if (e->trigger == TCPRST_ANSWERS_ACK)
        return there->has_acked && !tcprst_seq_after(e->seq, there->acked);
    return there->has_sent && !tcprst_seq_after(e->before->side[peer].next_seq, there->next_seq);
}

static bool can_tell_answered(const struct tcprst_view *v) {
    const enum tcprst_trigger trigger = v->event->trigger;
    return trigger == TCPRST_ANSWERS_HANDSHAKE_ACK || trigger == TCPRST_ANSWERS_DATA ||
           trigger == TCPRST_ANSWERS_FIN;
}

/* As far away as the sender of the other segments, or farther, by routers and time: another host
 * with its address.  That answers only what did not come to the sender; the RST of a sender that
 * stays silent can have been lost at its point. */
static bool is_of_other_host(const struct tcprst_view *v, const struct tcprst_account *account) {
    const struct tcprst_event *e = v->event;
    bool is_soon = e->delay_ns >= 0 && tcprst_had_no_time(e->leg_ns, e->delay_ns);
    bool is_answer = !e->has_ack || !e->before->handshake_done;
    bool arrived = e->trigger != TCPRST_NO_TRIGGER && has_answered(v, account);
    if (tcprst_event_ttl(e) == TCPRST_TTL_SAME)
        return !is_soon && !(e->after.sender_frame && (arrived || !is_answer));
    return tcprst_event_routers_more(e) && !is_soon && is_answer && e->trigger && !arrived;
}

/* Where between the points the RST was made, by the routers that took one off its TTL, unless its
 * maker had been further away than the other point. */
static void say_routers(const struct tcprst_view *v, const struct tcprst_account *account,
                        char *value) {
    int between = account->connection->side[v->event->from].ip.ttl - own_side(v)->ip.ttl;
    int crossed = (int)tcprst_hops(v->event->ip.ttl);
    if (!value || between <= 0 || crossed > between)
        return;
    char place[TCPRST_VALUE_SIZE];
    snprintf(place, sizeof place, "; made %d of %d routers away from here", crossed, between);
    g_strlcat(value, place, TCPRST_VALUE_SIZE);
}

static bool say_not_at_sender(const struct tcprst_view *v, char *value, bool by_other_host) {
    const struct tcprst_account account = tcprst_find_account(v, v->event->from, 1, lacks_rst);
    if (!account.connection || is_of_other_host(v, &account) != by_other_host)
        return false;
    say_last_of(account.connection, value);
    if (!by_other_host)
        say_routers(v, &account, value);
    return true;
}

bool tcprst_say_absent(const struct tcprst_view *v, char *value) {
    const struct tcprst_point_view *w = tcprst_point_views_against(&v->capture->points, v->event);
    return w &&
           SAY("interface %u saw the connections of frames %u and %u", w->there - 1, w->first_frame,
               w->last_frame);
}

/* A refusal from as far away as the host's answers to others: another host that has the address can
 * have sent it. */
static bool is_refusal_as_far(const struct tcprst_view *v) {
    return tcprst_saw_host_ttl_same(v, NULL) && !tcprst_saw_rst_sooner_than_host(v, NULL);
}

/* docs/facts.md 17: what was sent beyond a point passes it. */
bool tcprst_saw_rst_not_at_sender(const struct tcprst_view *v, char *value) {
    return say_not_at_sender(v, value, false);
}

bool tcprst_saw_rst_by_other_way(const struct tcprst_view *v, char *value) {
    return say_not_at_sender(v, value, true) ||
           (is_refusal_as_far(v) && tcprst_say_absent(v, value));
}

/* docs/facts.md 17 */
bool tcprst_saw_connection_not_at_server(const struct tcprst_view *v, char *value) {
    return !is_refusal_as_far(v) && tcprst_say_absent(v, value);
}

/* On the host's own link: no router has taken anything from the TTL of its segments, nor from the
 * RST's, and the handshake passed there, too. */
static bool has_rst_of_host(const struct tcprst_view *v, const struct tcprst_account *account) {
    bool is_known;
    const struct tcprst_seen_rst *rst = tcprst_find_seen_rst(v->event, account, &is_known);
    const struct tcprst_side *sender = &account->connection->side[v->event->from];
    return rst && tcprst_is_initial_ttl(rst->ttl) && sender->syn.frame &&
           tcprst_is_initial_ttl(sender->syn.ip.ttl);
}

/* Also true if the event's own point is that one. */
static uint32_t rst_frame_at_sender(const struct tcprst_view *v, bool is_host) {
    const enum tcprst_role sender = v->event->from;
    if (!has_others(v))
        return 0;
    const struct tcprst_account there =
        tcprst_find_account(v, sender, 1, is_host ? has_rst_of_host : has_rst);
    bool is_known;
    if (there.connection)
        return tcprst_find_seen_rst(v->event, &there, &is_known)->frame;
    bool is_own = !has_account(v, sender, 1, NULL) && has_account(v, sender, -1, NULL);
    bool is_own_host = tcprst_is_initial_ttl(v->event->ip.ttl) && own_side(v)->syn.frame &&
                       tcprst_is_initial_ttl(own_side(v)->syn.ip.ttl);
    return is_own && (!is_host || is_own_host) ? v->event->frame : 0;
}

bool tcprst_saw_rst_at_host(const struct tcprst_view *v, char *value) {
    return v->event->ip.version && say_frame(value, rst_frame_at_sender(v, true));
}

/* Of several points, all those nearer to the sender saw it. */
bool tcprst_saw_rst_at_sender(const struct tcprst_view *v, char *value) {
    return !tcprst_saw_rst_at_host(v, NULL) && !has_account(v, v->event->from, 1, lacks_rst) &&
           say_frame(value, rst_frame_at_sender(v, false));
}

bool tcprst_saw_rst_not_at_receiver(const struct tcprst_view *v, char *value) {
    const struct tcprst_account there = tcprst_find_account(v, v->event->from, -1, lacks_rst);
    return say_interface(there.connection, value);
}

static bool lacks_answered(const struct tcprst_view *v, const struct tcprst_account *account) {
    return !has_answered(v, account) &&
           tcprst_point_watched(v, account, tcprst_peer_of(v->event->from));
}

bool tcprst_saw_answered_not_at_sender(const struct tcprst_view *v, char *value) {
    return can_tell_answered(v) && has_account(v, v->event->from, 1, lacks_answered) &&
           say_frame(value, v->event->trigger_frame);
}

/* Not of a RST of that host: a packet filter on it rejects what has passed the point.  Of several
 * points, all those nearer to the sender saw it. */
bool tcprst_saw_answered_at_sender(const struct tcprst_view *v, char *value) {
    const enum tcprst_role sender = v->event->from;
    return can_tell_answered(v) && has_account(v, sender, 1, has_answered) &&
           !has_account(v, sender, 1, lacks_answered) && !tcprst_saw_rst_at_host(v, NULL) &&
           say_frame(value, v->event->trigger_frame);
}

/* The RST passed there, the handshake that another point saw did not. */
static bool lacks_handshake(const struct tcprst_view *v, const struct tcprst_account *account) {
    return has_rst(v, account) && !account->connection->side[TCPRST_CLIENT].syn.frame &&
           !account->connection->side[TCPRST_SERVER].syn.frame;
}

bool tcprst_saw_handshake_not_at_sender(const struct tcprst_view *v, char *value) {
    if (!synack_of(v)->frame || v->event->from != TCPRST_SERVER)
        return false;
    const struct tcprst_account there = tcprst_find_account(v, TCPRST_SERVER, 1, lacks_handshake);
    return say_interface(there.connection, value);
}

/* The SYN passed, and what answers it did not. */
static bool lacks_synack(const struct tcprst_view *v, const struct tcprst_account *account) {
    const struct tcprst_side *side = account->connection->side;
    return side[TCPRST_CLIENT].syn.frame && !side[TCPRST_SERVER].syn.frame &&
           tcprst_point_watched(v, account, TCPRST_SERVER);
}

bool tcprst_saw_synack_not_at_server(const struct tcprst_view *v, char *value) {
    return synack_of(v)->frame && has_account(v, TCPRST_SERVER, 1, lacks_synack) &&
           say_frame(value, synack_of(v)->frame);
}

static bool has_wrong_ack(const struct tcprst_view *v, const struct tcprst_account *account) {
    const struct tcprst_connection *c = account->connection;
    (void)v;
    return c->wrong_ack_frame && !c->handshake_done && c->side[TCPRST_SERVER].syn.frame;
}

bool tcprst_saw_wrong_ack_at_server(const struct tcprst_view *v, char *value) {
    if (!v->event->before->handshake_done)
        return false;
    const struct tcprst_connection *there =
        tcprst_find_account(v, TCPRST_SERVER, 1, has_wrong_ack).connection;
    return there && SAY("frame %u: %u instead of %u", there->wrong_ack_frame, there->wrong_ack,
                        there->side[TCPRST_SERVER].isn + 1);
}

/* Of the event there if there is one: later segments are no repetitions. */
static const struct tcprst_side *sender_there(const struct tcprst_view *v,
                                              const struct tcprst_account *account) {
    const struct tcprst_connection *c =
        account->event ? account->event->before : account->connection;
    return &c->side[v->event->from];
}

static bool has_repeats(const struct tcprst_view *v, const struct tcprst_account *account) {
    return sender_there(v, account)->unanswered >= 2 &&
           v->event->before->side[v->event->from].unanswered < 2;
}

bool tcprst_saw_repeats_lost(const struct tcprst_view *v, char *value) {
    const struct tcprst_account there = tcprst_find_account(v, v->event->from, 1, has_repeats);
    return there.connection && SAY("%u times", sender_there(v, &there)->unanswered);
}

static bool lacks_peers_repeats(const struct tcprst_view *v, const struct tcprst_account *account) {
    const enum tcprst_role peer = tcprst_peer_of(v->event->from);
    return !account->connection->side[peer].repetition.frame &&
           tcprst_point_watched(v, account, v->event->from);
}

bool tcprst_saw_peer_repeats_lost(const struct tcprst_view *v, char *value) {
    const struct tcprst_repetition *r = &peer_side(v)->repetition;
    const bool is_acked =
        own_side(v)->has_acked && tcprst_seq_after(own_side(v)->acked, r->seq);
    return r->times >= 2 && !is_acked &&
           tcprst_find_account(v, v->event->from, 1, lacks_peers_repeats).connection &&
           SAY("%u times, last in frame %u", r->times, r->frame);
}

/* In what devices change. */
static bool is_changed(const struct tcprst_side *own, const struct tcprst_side *there) {
    const struct tcprst_syn *one = &own->syn, *other = &there->syn;
    return one->frame && other->frame && !other->options.cut && !one->options.cut &&
           !one->repeats && (one->options.kinds != other->options.kinds ||
                             one->options.mss != other->options.mss ||
                             one->options.wscale != other->options.wscale ||
                             one->window != other->window);
}

static bool has_other_syn(const struct tcprst_view *v, const struct tcprst_account *account) {
    return is_changed(&v->event->before->side[TCPRST_CLIENT],
                      &account->connection->side[TCPRST_CLIENT]);
}

/* One with another number is another host's. */
static bool has_other_synack(const struct tcprst_view *v, const struct tcprst_account *account) {
    const struct tcprst_side *own = &v->event->before->side[TCPRST_SERVER],
                             *there = &account->connection->side[TCPRST_SERVER];
    return is_changed(own, there) && own->isn == there->isn;
}

static bool say_changed(const struct tcprst_view *v, char *value, enum tcprst_role role) {
    const struct tcprst_account there = tcprst_find_account(
        v, TCPRST_SERVER, 1, role == TCPRST_CLIENT ? has_other_syn : has_other_synack);
    if (!there.connection)
        return false;
    const struct tcprst_syn *own = &v->event->before->side[role].syn,
                            *other = &there.connection->side[role].syn;
    if (own->options.mss != other->options.mss)
        return SAY("MSS %u, nearer to the server %u", own->options.mss, other->options.mss);
    return SAY("frame %u, nearer to the server frame %u", own->frame, other->frame);
}

/* Firewalls clamp the MSS to a tunnel's, and remove options that they do not know. */
bool tcprst_saw_syn_changed(const struct tcprst_view *v, char *value) {
    return say_changed(v, value, TCPRST_CLIENT);
}

bool tcprst_saw_synack_changed(const struct tcprst_view *v, char *value) {
    return say_changed(v, value, TCPRST_SERVER);
}

/* A capture that lacks frames lacks the RST, too, now and then. */
bool tcprst_saw_points_lose_frames(const struct tcprst_view *v, char *value) {
    const struct tcprst_points *points = &v->capture->points;
    if (!has_others(v))
        return false;
    const struct tcprst_accounts all = tcprst_other_accounts(v->event);
    const struct tcprst_interface *worst = NULL;
    for (unsigned i = 0; i <= all.count; i++) {
        const uint32_t number = i < all.count
                                    ? tcprst_connection_interface(all.list[i].connection)
                                    : tcprst_interface_of(v->event->before->point[v->event->from]);
        const struct tcprst_interface *at = tcprst_points_interface(points, number);
        if (tcprst_loses_frames(at) && (!worst || at->gaps > worst->gaps))
            worst = at;
    }
    return worst &&
           SAY("interface %u: %u gaps in %u segments", worst->number - 1, worst->gaps,
               worst->segments);
}

/* Between two connections that both points saw whole. */
bool tcprst_saw_clocks_drift(const struct tcprst_view *v, char *value) {
    const struct tcprst_sight *sights = v->event->connection->sights;
    const struct tcprst_interface_pair *pair =
        sights ? tcprst_points_pair(&v->capture->points,
                                    tcprst_connection_interface(&sights->connection),
                                    tcprst_connection_interface(v->event->connection))
               : NULL;
    return pair && tcprst_clocks_moved(pair) &&
           SAY("offset %.6f s, %.1f s later %.6f s", seconds(pair->first.clock.offset_ns),
               seconds(tcprst_elapsed_ns(pair->first.at_ns, pair->latest.at_ns)),
               seconds(pair->latest.clock.offset_ns));
}
