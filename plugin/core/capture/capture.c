/* capture.c - finds the connection of each segment and updates it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"
#include "core/reset/context.h"
#include "core/reset/overtaken.h"
#include "core/reset/trigger.h"

static bool answers_syns(struct tcprst_capture *capture, const struct tcprst_tuple *tuple,
                         unsigned index) {
    const struct tcprst_end end = {tuple->address[index], tuple->port[index]};
    const struct tcprst_endpoint *endpoint = tcprst_store_endpoint(capture->store, &end);
    return endpoint && endpoint->listener;
}

/* Without SYN and SYN/ACK the server is the end that has answered other SYNs. */
static void find_server(struct tcprst_capture *capture, struct tcprst_connection *c) {
    bool answers[] = {answers_syns(capture, &c->tuple, 0), answers_syns(capture, &c->tuple, 1)};
    if (answers[0] != answers[1])
        tcprst_connection_set_server(c, answers[1]);
}

static void note_syn(struct tcprst_capture *capture, struct tcprst_connection *c,
                     const struct tcprst_segment *s) {
    c->shares_isn = tcprst_latest_syns_share_number(capture->latest_syns, c, s->seq, &s->ip,
                                                    s->options.tsval);
    if (c->shares_isn)
        tcprst_capture_client(capture, c)->shares_isn = true;
    tcprst_latest_syns_note(capture->latest_syns, s);
    tcprst_translations_note_syn(capture->points.translations, &c->tuple, s);
}

static struct tcprst_connection *begin(struct tcprst_capture *capture,
                                       const struct tcprst_tuple *tuple, unsigned src_index,
                                       const struct tcprst_segment *s) {
    struct tcprst_connection *c = tcprst_store_begin(capture->store, tuple, src_index, s);
    if (c->roles_inferred && !c->server_known)
        find_server(capture, c);
    const struct tcprst_end server = {*tcprst_address_of(c, TCPRST_SERVER),
                                      tcprst_port_of(c, TCPRST_SERVER)};
    c->endpoint = tcprst_capture_endpoint(capture, &server);
    tcprst_endpoint_note_client(c->endpoint, tcprst_address_of(c, TCPRST_CLIENT));
    tcprst_statistics_log_add(&capture->statistics, TCPRST_BEGUN, c->endpoint,
                              tcprst_address_of(c, TCPRST_CLIENT), s->frame);
    if ((s->flags & (TCPRST_SYN | TCPRST_ACK | TCPRST_RST)) == TCPRST_SYN) {
        note_syn(capture, c, s);
        tcprst_endpoint_note_syn(c->endpoint, s);
    }
    return c;
}

/* True if the segment belongs to another point's copy of the connection, which took it. */
static bool was_seen_elsewhere(struct tcprst_capture *capture, struct tcprst_connection *c,
                               const struct tcprst_tuple *tuple, unsigned src_index,
                               const struct tcprst_segment *s, enum tcprst_role role) {
    const bool is_one_point = !capture->points.is_active && !capture->points.pairs_count;
    if (!c->point[role] && is_one_point) {
        c->point[role] = s->point; /* the first one of this side */
        return false;
    }
    return tcprst_points_take_translated(capture, tuple, src_index, s) ||
           tcprst_points_take(capture, c, s, role);
}

static bool is_overtaken(const struct tcprst_connection *c, const struct tcprst_segment *s,
                         enum tcprst_role role) {
    return c->event && !(s->flags & TCPRST_RST) && tcprst_was_overtaken(c->event, s, role);
}

/* NULL if another capture point's copy of the connection took the segment. */
static struct tcprst_connection *connection_of(struct tcprst_capture *capture,
                                               const struct tcprst_segment *s,
                                               enum tcprst_role *role) {
    unsigned src_index;
    struct tcprst_tuple tuple = tcprst_tuple_of(s, &src_index);
    struct tcprst_connection *c = tcprst_store_take(capture->store, &tuple);
    uint32_t half_open_frame = 0, older_isn = 0;
    if (c) {
        *role = tcprst_connection_role(c, src_index);
        if (s->point != c->point[*role] &&
            was_seen_elsewhere(capture, c, &tuple, src_index, s, *role))
            return NULL;
        if (!tcprst_connection_is_reused(c, s, *role) || is_overtaken(c, s, *role))
            return c;
        half_open_frame = c->handshake_done || c->event ? 0 : c->side[TCPRST_SERVER].syn.frame;
        older_isn = c->side[TCPRST_CLIENT].isn;
        tcprst_store_retire(capture->store, c);
    } else if (tcprst_points_take_translated(capture, &tuple, src_index, s)) {
        return NULL;
    }
    c = begin(capture, &tuple, src_index, s);
    c->older_frame = half_open_frame;
    c->older_isn = older_isn;
    *role = tcprst_connection_role(c, src_index);
    c->point[*role] = s->point;
    return c;
}

/* What the reason is about stays known. */
static void hide_words(struct tcprst_event *e) {
    if (!e->stated_reason || !e->payload_bytes)
        return;
    g_free(e->stated_reason);
    e->stated_reason = g_strdup("hidden");
}

static void observe_reset(struct tcprst_capture *capture, struct tcprst_connection *c,
                          const struct tcprst_segment *s, enum tcprst_role from) {
    if (c->event && tcprst_event_includes(c->event, s, from)) {
        tcprst_event_note_repeat(c->event, s, from);
        tcprst_frame_index_add(capture->frames, s->frame, c->event->number, TCPRST_RELATION_REPEAT);
        return;
    }
    struct tcprst_event *e = tcprst_store_room_for_event(capture->store);
    tcprst_event_begin(e, c, s, from, tcprst_capture_client(capture, c));
    if (capture->hides_words)
        hide_words(e);
    tcprst_find_trigger(e, c);
    tcprst_count_reset(capture, e);
}

/* The server has closed it first. */
static void note_close(struct tcprst_connection *c, int64_t time_ns) {
    tcprst_context_note_close(c, time_ns);
    if (c->endpoint->listener)
        tcprst_listener_note_close(c->endpoint->listener);
}

static void observe(struct tcprst_capture *capture, struct tcprst_connection *c,
                    const struct tcprst_segment *s, enum tcprst_role role) {
    unsigned changes = tcprst_connection_observe(c, s, role);
    tcprst_application_data_observe(c, s, role, capture->server_names);
    if (changes)
        tcprst_count_progress(capture, c, role, s, changes);
    if (s->flags & TCPRST_FIN && role == TCPRST_SERVER && !c->event &&
        c->side[TCPRST_SERVER].fin_frame == s->frame && !c->side[TCPRST_CLIENT].fin_frame)
        note_close(c, s->time_ns);
    if (c->answered && role == TCPRST_SERVER && s->payload_bytes) {
        if (c->endpoint->reset_early)
            tcprst_endpoint_note_survivor(c->endpoint, c->side[TCPRST_CLIENT].syn.frame, s->frame);
        if (c->endpoint->last_abort)
            tcprst_context_note_survivor(c, s->frame);
    }
    if (c->roles_inferred && !c->answer_counted)
        tcprst_count_midstream(capture, c, s->frame);
}

/* Makes the connection as it was before its reset: the segment was sent before that. */
static struct tcprst_counted take_back_reset(struct tcprst_capture *capture,
                                             struct tcprst_connection *c,
                                             const struct tcprst_segment *s,
                                             enum tcprst_role role) {
    const struct tcprst_counted counted = tcprst_take_back_reset(capture, c->event);
    c->roles_inferred &= !(s->flags & TCPRST_SYN);
    if ((s->flags & (TCPRST_SYN | TCPRST_ACK)) == TCPRST_SYN && !c->side[role].syn.frame)
        note_syn(capture, c, s);
    return counted;
}

/* As if the reset had come after the segment, which its connection has taken. */
static void count_reset_anew(struct tcprst_capture *capture, struct tcprst_event *e,
                             const struct tcprst_segment *s,
                             const struct tcprst_counted *counted) {
    tcprst_event_revise(e, s);
    tcprst_find_trigger(e, e->connection);
    tcprst_count_reset_anew(capture, e, counted);
    if (s->frame == e->trigger_frame || s->flags & TCPRST_SYN)
        tcprst_frame_index_add(capture->frames, s->frame, e->number, TCPRST_RELATION_LINK);
}

void tcprst_capture_observe(struct tcprst_capture *capture, const struct tcprst_segment *s) {
    enum tcprst_role role;
    capture->earliest_ns = MIN(capture->earliest_ns, s->time_ns);
    capture->latest_ns = MAX(capture->latest_ns, s->time_ns);
    struct tcprst_connection *c = connection_of(capture, s, &role);
    if (!c)
        return;
    if (capture->points.is_active)
        tcprst_points_note_segment(&capture->points, c, s, role);
    capture->last_frame = s->frame;
    capture->last_time_ns = s->time_ns;
    if (s->flags & TCPRST_RST) {
        observe_reset(capture, c, s, role);
        return;
    }
    struct tcprst_counted counted;
    struct tcprst_event *overtaken = is_overtaken(c, s, role) ? c->event : NULL;
    if (overtaken) {
        counted = take_back_reset(capture, c, s, role);
    } else if (c->event) {
        tcprst_event_note_after(c->event, s, role);
        tcprst_event_keep_before(c->event);
    }
    observe(capture, c, s, role);
    if (overtaken)
        count_reset_anew(capture, overtaken, s, &counted);
}
