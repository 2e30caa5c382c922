/* point_views.c - a table of servers and pairs of interfaces
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/point_views.h"

#include "core/capture/points.h"
#include "core/packet/hash.h"

enum { POINT_VIEWS_MAX = 1 << 14 };

static guint hash(gconstpointer pointer) {
    const struct tcprst_point_view *view = pointer;
    return tcprst_hash_addresses(&view->server, 1, (uint64_t)view->here << 32 | view->there);
}

static gboolean is_equal(gconstpointer a, gconstpointer b) {
    const struct tcprst_point_view *x = a, *y = b;
    return x->here == y->here && x->there == y->there &&
           tcprst_equal_address(&x->server, &y->server);
}

static struct tcprst_point_view *find(const struct tcprst_points *points,
                                      const struct tcprst_connection *c, uint32_t here,
                                      uint32_t there) {
    const struct tcprst_point_view key = {
        .server = *tcprst_address_of(c, TCPRST_SERVER), .here = here, .there = there};
    return points->views ? g_hash_table_lookup(points->views, &key) : NULL;
}

static struct tcprst_point_view *add(struct tcprst_points *points,
                                     const struct tcprst_connection *c, uint32_t here,
                                     uint32_t there) {
    if (!points->views)
        points->views = g_hash_table_new_full(hash, is_equal, g_free, NULL);
    if (g_hash_table_size(points->views) >= POINT_VIEWS_MAX)
        return NULL;
    struct tcprst_point_view *added = g_new0(struct tcprst_point_view, 1);
    added->server = *tcprst_address_of(c, TCPRST_SERVER);
    added->client = *tcprst_address_of(c, TCPRST_CLIENT);
    added->here = here;
    added->there = there;
    added->first_ns = INT64_MAX;
    added->last_ns = INT64_MIN;
    added->synacks[0].leg.shortest_ns = added->synacks[1].leg.shortest_ns = -1;
    g_hash_table_add(points->views, added);
    return added;
}

static bool has_port(const struct tcprst_point_view *view, uint16_t port) {
    for (unsigned i = 0; i < view->ports_count; i++)
        if (view->ports[i] == port)
            return true;
    return false;
}

static void note_ends(struct tcprst_point_view *view, const struct tcprst_connection *c) {
    const uint16_t port = tcprst_port_of(c, TCPRST_SERVER);
    view->has_clients |= !tcprst_equal_address(&view->client, tcprst_address_of(c, TCPRST_CLIENT));
    if (view->ports_count < TCPRST_VIEW_PORTS && !has_port(view, port))
        view->ports[view->ports_count++] = port;
}

/* The other interface of the pair; 0: it has not this one. */
static uint32_t other_of(const struct tcprst_interface_pair *pair, uint32_t interface) {
    return pair->one == interface ? pair->other : pair->other == interface ? pair->one : 0;
}

static void note_synack(struct tcprst_synacks *synacks, const struct tcprst_connection *c) {
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    synacks->ttl_varies |= synacks->frame && synacks->ttl != synack->ip.ttl;
    synacks->frame = synack->frame;
    synacks->ttl = synack->ip.ttl;
    tcprst_leg_add(&synacks->leg, c, tcprst_connection_server_leg_ns(c));
}

const struct tcprst_synacks *tcprst_point_views_synacks(const struct tcprst_points *points,
                                                        const struct tcprst_connection *c) {
    const uint32_t here = tcprst_connection_interface(c);
    for (unsigned i = 0; i < points->pairs_count; i++) {
        const uint32_t other = other_of(&points->pairs[i], here);
        const struct tcprst_point_view *far = other ? find(points, c, here, other) : NULL,
                                       *near = other ? find(points, c, other, here) : NULL;
        if (far || near)
            return far ? &far->synacks[0] : &near->synacks[1];
    }
    return NULL;
}

/* Where addresses or numbers are changed between the points, what was changed otherwise is not
 * known for the same connection. */
void tcprst_point_views_note_both(struct tcprst_points *points, const struct tcprst_sight *sight) {
    const struct tcprst_connection *own = sight->counted, *there = &sight->connection;
    const int nearer = tcprst_compare_places(own, there, TCPRST_SERVER);
    if (!nearer || !tcprst_equal_address(tcprst_address_of(own, TCPRST_SERVER),
                                         tcprst_address_of(there, TCPRST_SERVER)))
        return;
    const uint32_t here = tcprst_connection_interface(own),
                   other = tcprst_connection_interface(there);
    const uint32_t far = nearer > 0 ? here : other, near = nearer > 0 ? other : here;
    struct tcprst_point_view *view = find(points, own, far, near);
    if (!view)
        view = add(points, own, far, near);
    if (!view)
        return;
    note_synack(&view->synacks[0], nearer > 0 ? own : there);
    note_synack(&view->synacks[1], nearer > 0 ? there : own);
    if (!tcprst_equal_tuple(&own->tuple, &there->tuple))
        return;
    const struct tcprst_syn *syn = &(nearer > 0 ? own : there)->side[TCPRST_CLIENT].syn;
    if (syn->time_ns < view->first_ns) {
        view->first_ns = syn->time_ns;
        view->first_frame = syn->frame;
    }
    if (syn->time_ns > view->last_ns) {
        view->last_ns = syn->time_ns;
        view->last_frame = syn->frame;
        view->missed += view->missed_since;
        view->missed_since = 0;
    }
    note_ends(view, own);
}

int tcprst_point_views_compare(const struct tcprst_points *points,
                               const struct tcprst_connection *own,
                               const struct tcprst_connection *other, enum tcprst_role role) {
    const uint32_t here = tcprst_connection_interface(own),
                   there = tcprst_connection_interface(other);
    const int nearer = tcprst_compare_places(own, other, role),
              to_server = (find(points, own, here, there) != NULL) -
                          (find(points, own, there, here) != NULL);
    return nearer ? nearer : role == TCPRST_SERVER ? to_server : -to_server;
}

static bool is_seen_at(const struct tcprst_connection *c, uint32_t interface) {
    const struct tcprst_sight *sight = c->sights;
    while (sight && tcprst_connection_interface(&sight->connection) != interface)
        sight = sight->next;
    return sight;
}

void tcprst_point_views_note_served(struct tcprst_points *points, struct tcprst_connection *c) {
    const uint32_t here = tcprst_connection_interface(c);
    for (unsigned i = 0; i < points->pairs_count; i++) {
        const uint32_t there = other_of(&points->pairs[i], here);
        struct tcprst_point_view *view = there ? find(points, c, here, there) : NULL;
        if (!view || is_seen_at(c, there))
            continue;
        view->missed_since++;
        c->is_missed = true;
    }
}

void tcprst_point_views_note_late(struct tcprst_points *points, const struct tcprst_sight *sight) {
    const struct tcprst_connection *c = sight->counted;
    if (!c->is_missed || points->pairs_count > 1) /* which of several missed it is not known */
        return;
    struct tcprst_point_view *view =
        find(points, c, tcprst_connection_interface(c),
             tcprst_connection_interface(&sight->connection));
    const bool is_newer = view && c->side[TCPRST_CLIENT].syn.time_ns > view->last_ns;
    if (view && view->missed_since && (is_newer || !view->missed))
        view->missed_since--;
    else if (view && view->missed)
        view->missed--;
}

/* A filter of the capture there can let one port or one client through, or two. */
static bool would_see(const struct tcprst_point_view *view, const struct tcprst_connection *c) {
    return (has_port(view, tcprst_port_of(c, TCPRST_SERVER)) ||
            view->ports_count == TCPRST_VIEW_PORTS) &&
           (view->has_clients ||
            tcprst_equal_address(&view->client, tcprst_address_of(c, TCPRST_CLIENT)));
}

static bool is_against(const struct tcprst_points *points, const struct tcprst_point_view *view,
                       const struct tcprst_event *e) {
    const struct tcprst_syn *syn = &e->before->side[TCPRST_CLIENT].syn;
    return !view->missed && view->first_ns <= syn->time_ns && view->last_ns >= e->time_ns &&
           would_see(view, e->before) &&
           !tcprst_loses_frames(tcprst_points_interface(points, view->there));
}

const struct tcprst_point_view *tcprst_point_views_against(const struct tcprst_points *points,
                                                           const struct tcprst_event *e) {
    const struct tcprst_connection *c = e->connection;
    const uint32_t here = tcprst_connection_interface(c), back = c->point[TCPRST_SERVER];
    if (!points->views || points->is_lossy || c->sights_dropped ||
        e->from != TCPRST_SERVER || !e->before->side[TCPRST_CLIENT].syn.frame ||
        (back && tcprst_interface_of(back) != here))
        return NULL;
    for (unsigned i = 0; i < points->pairs_count; i++) {
        const uint32_t there = other_of(&points->pairs[i], here);
        const struct tcprst_point_view *view =
            there && !is_seen_at(c, there) ? find(points, c, here, there) : NULL;
        if (view && is_against(points, view, e))
            return view;
    }
    return NULL;
}
