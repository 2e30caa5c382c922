/* points.c - routes segments that another capture point saw
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"
#include "core/capture/point_views.h"
#include "core/reset/context.h"

/* A connection without a reset releases its sights when it is packed or retired (store.c), so
 * nearly all that are kept are of connections that were reset. */
enum { SIGHTS_MAX = 1 << 16 };

void tcprst_points_init(struct tcprst_points *points) {
    points->translations = tcprst_translations_new();
}

void tcprst_points_clear(struct tcprst_points *points) {
    g_clear_pointer(&points->waiting, g_ptr_array_unref);
    g_clear_pointer(&points->settled, g_array_unref);
    g_clear_pointer(&points->views, g_hash_table_unref);
    tcprst_translations_free(points->translations);
}

const struct tcprst_interface *tcprst_points_interface(const struct tcprst_points *points,
                                                       uint32_t number) {
    for (unsigned i = 0; i < points->interfaces_count; i++)
        if (points->interfaces[i].number == number)
            return &points->interfaces[i];
    return NULL;
}

static struct tcprst_interface *interface_of(struct tcprst_points *points, uint32_t number) {
    const struct tcprst_interface *found = tcprst_points_interface(points, number);
    if (found)
        return &points->interfaces[found - points->interfaces];
    if (points->interfaces_count == TCPRST_INTERFACES_KEPT)
        return NULL;
    struct tcprst_interface *added = &points->interfaces[points->interfaces_count++];
    *added = (struct tcprst_interface){
        .number = number, .first_ns = INT64_MAX, .last_ns = INT64_MIN};
    return added;
}

/* True if what precedes the segment was not captured, or what it acknowledges. */
static bool follows_gap(const struct tcprst_connection *c, const struct tcprst_segment *s,
                        enum tcprst_role role) {
    const struct tcprst_side *own = &c->side[role], *peer = &c->side[tcprst_peer_of(role)];
    bool is_later = own->has_sent && tcprst_seq_after(s->seq, own->next_seq);
    bool acks_unseen = (s->flags & TCPRST_ACK) && peer->has_sent &&
                       tcprst_seq_after(s->ack, peer->next_seq);
    return !(s->flags & (TCPRST_SYN | TCPRST_RST)) && (is_later || acks_unseen);
}

/* True if the segment was only overtaken by one that seemed to follow a gap. */
static bool fills_gap(const struct tcprst_connection *c, const struct tcprst_segment *s,
                      enum tcprst_role role) {
    const struct tcprst_side *own = &c->side[role], *peer = &c->side[tcprst_peer_of(role)];
    if (!s->payload_bytes || !own->has_sent)
        return false;
    bool is_acked_already =
        s->seq == own->next_seq && tcprst_has_acked(peer, s->seq + s->payload_bytes);
    return tcprst_is_in_gap(own, s->seq) || is_acked_already;
}

void tcprst_points_note_segment(struct tcprst_points *points, const struct tcprst_connection *c,
                                const struct tcprst_segment *s, enum tcprst_role role) {
    struct tcprst_interface *at = interface_of(points, tcprst_interface_of(s->point));
    if (!at)
        return;
    at->first_ns = MIN(at->first_ns, s->time_ns);
    at->last_ns = MAX(at->last_ns, s->time_ns);
    at->saw[role] = true;
    at->segments += at->segments < UINT32_MAX;
    at->gaps += at->gaps < UINT32_MAX && follows_gap(c, s, role);
    at->gaps -= at->gaps && fills_gap(c, s, role);
}

bool tcprst_loses_frames(const struct tcprst_interface *interface) {
    enum { FEW_OF = 100 }; /* what one in so many lacks proves nothing with 90 percent */
    return interface && (uint64_t)interface->gaps * FEW_OF > interface->segments;
}

const struct tcprst_interface_pair *tcprst_points_pair(const struct tcprst_points *points,
                                                       uint32_t one, uint32_t other) {
    for (unsigned i = 0; i < points->pairs_count; i++) {
        const struct tcprst_interface_pair *pair = &points->pairs[i];
        if ((pair->one == one && pair->other == other) ||
            (pair->one == other && pair->other == one))
            return pair;
    }
    return NULL;
}

static void note_parallel(struct tcprst_points *points, uint32_t one, uint32_t other) {
    if (one == other || tcprst_points_pair(points, one, other) ||
        points->pairs_count == G_N_ELEMENTS(points->pairs))
        return;
    points->pairs[points->pairs_count++] =
        (struct tcprst_interface_pair){.one = one, .other = other};
}

/* The sight of that point.  An interface that is not the connection's own is one point, whichever
 * of its links the segment came through. */
static struct tcprst_sight *find_sight(const struct tcprst_connection *c, uint32_t point) {
    const uint32_t interface = tcprst_interface_of(point);
    const bool is_own_interface = interface == tcprst_interface_of(c->point[0]) ||
                                  interface == tcprst_interface_of(c->point[1]);
    for (struct tcprst_sight *sight = c->sights; sight; sight = sight->next)
        if (sight->connection.point[0] == point ||
            (!is_own_interface && tcprst_connection_interface(&sight->connection) == interface))
            return sight;
    return NULL;
}

/* A host that repeats its segment by another link draws another IP ID and timestamp; segments with
 * neither are the same packet only if they are close together. */
static bool is_same_syn(const struct tcprst_syn *syn, const struct tcprst_segment *s,
                        uint32_t isn) {
    bool has_identity = s->ip.id || s->options.tsval;
    int64_t since_ns = tcprst_elapsed_ns(syn->time_ns, s->time_ns);
    return syn->frame && s->seq == isn && (syn->ack != 0) == ((s->flags & TCPRST_ACK) != 0) &&
           syn->ip.id == s->ip.id && syn->options.tsval == s->options.tsval &&
           (has_identity || (since_ns >= 0 && since_ns < TCPRST_SOONEST_REPEAT_NS));
}

/* True if the connection's own point has seen the packet. */
static bool is_same_packet(const struct tcprst_connection *c, const struct tcprst_segment *s,
                           enum tcprst_role role, bool is_other_interface) {
    const struct tcprst_side *own = &c->side[role];
    const struct tcprst_event *e = c->event;
    if (s->flags & TCPRST_RST)
        return e && e->from == role && e->seq == s->seq && e->ack == s->ack &&
               e->ip.id == s->ip.id && (s->ip.id || is_other_interface);
    if (s->flags & TCPRST_SYN)
        return is_other_interface ? own->syn.frame && own->isn == s->seq
                                  : is_same_syn(&own->syn, s, own->isn);
    return c->recent &&
           tcprst_recent_segments_has_same(&c->recent[role], s, is_other_interface);
}

/* True if the segment comes from a point where packets pass that the connection's own saw. */
static bool is_elsewhere(struct tcprst_points *points, const struct tcprst_connection *c,
                         const struct tcprst_segment *s, enum tcprst_role role) {
    const uint32_t own = c->point[role] ? c->point[role] : c->point[tcprst_peer_of(role)];
    const uint32_t here = tcprst_interface_of(s->point), there = tcprst_interface_of(own);
    if (c->point[role] && is_same_packet(c, s, role, here != there)) {
        note_parallel(points, here, there);
        return true;
    }
    return here != there && tcprst_points_pair(points, here, there);
}

/* What another point saw of an older connection of these ports, which its own point left behind:
 * the numbers are far from this one's. */
static bool is_of_older(const struct tcprst_connection *c, const struct tcprst_segment *s,
                        enum tcprst_role role) {
    enum { FARTHEST = 1 << 24 };
    const struct tcprst_side *own = &c->side[role];
    if (s->flags & TCPRST_SYN)
        return c->older_isn && s->seq == c->older_isn;
    return c->older_isn && own->has_sent && s->seq - own->next_seq + FARTHEST > 2u * FARTHEST;
}

/* Where a clock is slow, all segments of one point can come before the first copy, so that point's
 * interface begins with what the connection shows of it. */
static void begin(struct tcprst_capture *capture, const struct tcprst_connection *c) {
    struct tcprst_interface *own =
        interface_of(&capture->points, tcprst_connection_interface(c));
    capture->points.is_active = true;
    own->first_ns = INT64_MIN;
    own->last_ns = capture->last_time_ns;
    for (unsigned role = 0; role < 2; role++)
        own->saw[role] = c->side[role].segments;
}

static struct tcprst_sight *add_sight(struct tcprst_capture *capture, struct tcprst_connection *c,
                                      const struct tcprst_segment *s, enum tcprst_role role) {
    unsigned src_index, others = 0;
    struct tcprst_sight **last = &c->sights;
    for (; *last; last = &(*last)->next)
        others++;
    if (others == TCPRST_SIGHTS_MAX || capture->points.sights >= SIGHTS_MAX) {
        capture->points.is_lossy = true;
        return NULL;
    }
    struct tcprst_sight *sight = g_new0(struct tcprst_sight, 1);
    const struct tcprst_tuple tuple = tcprst_tuple_of(s, &src_index);
    tcprst_connection_begin(&sight->connection, &tuple, src_index, s);
    sight->connection.client_index =
        (uint8_t)(role == TCPRST_CLIENT ? src_index : !src_index);
    sight->connection.roles_inferred = c->roles_inferred;
    sight->connection.server_known = c->server_known;
    sight->connection.first_from_server = role == TCPRST_SERVER;
    sight->connection.endpoint = c->endpoint;
    sight->connection.stream = c->stream;
    sight->connection.point[0] = sight->connection.point[1] = s->point;
    sight->counted = c;
    capture->points.sights++;
    if (!capture->points.is_active)
        begin(capture, c);
    tcprst_point_views_note_late(&capture->points, sight);
    return *last = sight;
}

void tcprst_points_drop(struct tcprst_points *points, struct tcprst_connection *c) {
    if (!c->sights || c->event || tcprst_sights_hold_reset(c->sights))
        return;
    for (const struct tcprst_sight *sight = c->sights; sight; sight = sight->next)
        points->sights--;
    tcprst_sights_free(c->sights);
    c->sights = NULL;
    c->sights_dropped = true;
}

static void wait_for_end(struct tcprst_points *points, struct tcprst_sight *sight) {
    if (!points->waiting)
        points->waiting = g_ptr_array_new();
    g_ptr_array_add(points->waiting, sight);
}

/* The event of which a translated reset is a copy: a point behind the device counts the connection
 * by the addresses there if the device let something through as it was. */
static struct tcprst_event *counted_event(struct tcprst_capture *capture,
                                          const struct tcprst_sight *sight) {
    struct tcprst_event *own = sight->counted->event;
    const struct tcprst_tuple *tuple = &sight->connection.tuple;
    if (own || tcprst_equal_tuple(tuple, &sight->counted->tuple))
        return own;
    const struct tcprst_connection *other = tcprst_store_find(capture->store, tuple);
    bool is_copy = other && other->event && other->event->seq == sight->event->seq;
    return is_copy ? other->event : NULL;
}

/* A further sight of the event's reset is a repeat, told as soon as the event is known. */
static void note_repeats(struct tcprst_capture *capture, struct tcprst_sight *sight,
                         const struct tcprst_event *e) {
    const unsigned count = MIN(sight->rsts.count, (uint32_t)TCPRST_RSTS_KEPT);
    for (; sight->rsts_noted < count; sight->rsts_noted++) {
        const uint32_t frame = sight->rsts.list[sight->rsts_noted].frame;
        if (frame != e->frame)
            tcprst_frame_index_add(capture->frames, frame, e->number, TCPRST_RELATION_REPEAT);
    }
}

static void observe_there(struct tcprst_capture *capture, struct tcprst_sight *sight,
                          const struct tcprst_segment *s, enum tcprst_role role) {
    struct tcprst_connection *c = &sight->connection;
    bool had_reset = sight->event;
    tcprst_points_note_segment(&capture->points, c, s, role);
    tcprst_sight_observe(sight, s, role,
                         tcprst_capture_host(capture, tcprst_address_of(c, TCPRST_CLIENT)));
    if (!(s->flags & TCPRST_RST))
        tcprst_application_data_observe(c, s, role, capture->server_names);
    tcprst_points_note_clocks(&capture->points, sight);
    if (!sight->event)
        return;
    if (!had_reset) {
        wait_for_end(&capture->points, sight);
        tcprst_context_join_burst(sight->event, c->endpoint);
    }
    const struct tcprst_event *counted = counted_event(capture, sight);
    if (counted)
        note_repeats(capture, sight, counted);
}

bool tcprst_points_take(struct tcprst_capture *capture, struct tcprst_connection *c,
                        const struct tcprst_segment *s, enum tcprst_role role) {
    struct tcprst_sight *sight = find_sight(c, s->point);
    if (!sight && !is_elsewhere(&capture->points, c, s, role)) {
        c->point[role] = s->point; /* an address that moves takes its connections to another link */
        return false;
    }
    const bool is_older = is_of_older(c, s, role);
    capture->points.is_lossy |= is_older;
    if (sight && tcprst_connection_is_reused(&sight->connection, s, role) &&
        tcprst_connection_is_reused(c, s, role))
        return is_older;
    if (!sight && !is_older)
        sight = add_sight(capture, c, s, role);
    if (sight)
        observe_there(capture, sight, s, role);
    return true;
}

/* The sight that has these addresses at this interface. */
static struct tcprst_sight *translated_sight(const struct tcprst_connection *c,
                                             const struct tcprst_tuple *tuple, uint32_t point) {
    struct tcprst_sight *sight = c->sights;
    while (sight && (!tcprst_equal_tuple(&sight->connection.tuple, tuple) ||
                     tcprst_connection_interface(&sight->connection) != tcprst_interface_of(point)))
        sight = sight->next;
    return sight;
}

bool tcprst_points_take_translated(struct tcprst_capture *capture,
                                   const struct tcprst_tuple *tuple, unsigned src_index,
                                   const struct tcprst_segment *s) {
    const struct tcprst_translation *found =
        tcprst_translations_find(capture->points.translations, tuple, src_index, s);
    struct tcprst_connection *c =
        found ? tcprst_store_take(capture->store, &found->original) : NULL;
    if (!c || c->side[TCPRST_CLIENT].isn != found->isn)
        return false;
    const enum tcprst_role role =
        src_index == found->client_index ? TCPRST_CLIENT : TCPRST_SERVER;
    struct tcprst_sight *sight = translated_sight(c, tuple, s->point);
    if (!sight) {
        tcprst_store_skip_number(capture->store);
        note_parallel(&capture->points, tcprst_interface_of(s->point),
                      tcprst_connection_interface(c));
        sight = add_sight(capture, c, s, role);
    }
    if (sight)
        observe_there(capture, sight, s, role);
    return true;
}

/* --- at the end of the file --- */

static void note_settled(struct tcprst_points *points, const struct tcprst_event *e) {
    if (!points->settled)
        points->settled = g_array_new(FALSE, FALSE, sizeof e->number);
    g_array_append_val(points->settled, e->number);
}

/* No point but this one saw a reset: it becomes the connection's. */
static struct tcprst_event *count_reset_of(struct tcprst_capture *capture,
                                                 struct tcprst_sight *sight) {
    struct tcprst_event *e = sight->event;
    tcprst_event_keep_before(e);
    e->connection = sight->counted;
    sight->is_counted = true;
    tcprst_count_reset(capture, e);
    note_settled(&capture->points, e);
    return e;
}

/* True if it is what its connection's own point saw. */
static bool is_own(const struct tcprst_event *e) {
    for (const struct tcprst_sight *sight = e->connection->sights; sight; sight = sight->next)
        if (sight->event == e || sight->is_exchanged)
            return false;
    return true;
}

/* The counted event becomes what this point saw: there the end of the connection began. */
static void exchange(struct tcprst_capture *capture, struct tcprst_sight *sight,
                     struct tcprst_event *counted) {
    const uint32_t frame = counted->frame;
    tcprst_event_exchange(counted, sight->event);
    tcprst_frame_index_set(capture->frames, frame, counted->number, TCPRST_RELATION_REPEAT);
    tcprst_frame_index_set(capture->frames, counted->frame, counted->number,
                           TCPRST_RELATION_RESET);
    tcprst_statistics_log_move_reset(&capture->statistics, frame, counted);
    g_array_set_size(capture->resets_beside, 0); /* it is asked for anew */
    note_settled(&capture->points, counted);
    sight->is_exchanged = true;
}

void tcprst_points_settle(struct tcprst_capture *capture) {
    GPtrArray *waiting = capture->points.waiting;
    for (unsigned i = 0; waiting && i < waiting->len; i++) {
        struct tcprst_sight *sight = g_ptr_array_index(waiting, i);
        struct tcprst_event *e = counted_event(capture, sight);
        if (!e)
            e = count_reset_of(capture, sight);
        note_repeats(capture, sight, e);
        if (e == sight->counted->event && is_own(e) && tcprst_sight_precedes(sight, e))
            exchange(capture, sight, e);
    }
    if (waiting)
        g_ptr_array_set_size(waiting, 0);
}
