/* counts.c - counts what segments changed, for endpoints, hosts and statistics
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"

#include "core/capture/point_views.h"
#include "core/reset/context.h"

static void set_progress(struct tcprst_connection *c, bool waits, bool answered) {
    c->endpoint->waiting += waits - c->waits;
    c->endpoint->answered += answered - c->answered;
    c->waits = waits;
    c->answered = answered;
}

static void close_connection(struct tcprst_capture *capture, struct tcprst_connection *c) {
    c->endpoint->open -= c->open;
    c->open = false;
    set_progress(c, false, false);
    tcprst_store_close(capture->store, c);
}

/* Counts an outcome once for a connection; false if one was counted before, or it is unknown which
 * side is the server. */
static bool note_outcome(const struct tcprst_capture *capture, struct tcprst_connection *c,
                         enum tcprst_outcome outcome, uint32_t frame, int64_t time_ns) {
    if (c->outcome_known || c->roles_inferred)
        return false;
    c->outcome_known = true;
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn;
    const bool is_refused_syn = outcome == TCPRST_REFUSED && syn->frame;
    int64_t ahead_ns;
    const uint32_t clock =
        tcprst_points_far_clock(&capture->points, tcprst_connection_interface(c), &ahead_ns);
    const struct tcprst_result result = {
        .outcome = outcome,
        .client = tcprst_address_of(c, TCPRST_CLIENT),
        .frame = frame,
        .time_ns = time_ns,
        .syn_frame = syn->frame,
        .lacked_options = is_refused_syn ? (uint16_t)~syn->options.kinds : 0,
        .unasked = !c->side[TCPRST_CLIENT].payload_bytes,
        .open = c->endpoint->open - c->open,
        .clock = clock,
        .ahead_ns = ahead_ns,
    };
    tcprst_endpoint_note_result(c->endpoint, &result);
    return true;
}

static void join_sweep(struct tcprst_capture *capture, struct tcprst_event *e) {
    const bool goes_on = tcprst_host_goes_on(e->client, e->time_ns);
    tcprst_context_join_sweep(
        e, goes_on ? tcprst_store_event(capture->store, e->client->sweep->first_number) : NULL);
}

/* `before`: as it was counted before it was taken back; NULL: it was not. */
static void count_probe(const struct tcprst_event *e, const struct tcprst_exchange *exchange,
                        const struct tcprst_counted *before) {
    struct tcprst_endpoint *endpoint = e->connection->endpoint;
    if (before && before->is_probe && tcprst_same_exchange(&before->exchange, exchange))
        return;
    if (before && before->is_probe)
        tcprst_endpoint_take_back_probe(endpoint, &e->client->address, &before->exchange);
    tcprst_endpoint_note_probe(endpoint, &e->client->address, exchange, e->time_ns);
}

static void count_outcome(struct tcprst_capture *capture, struct tcprst_event *e,
                          const struct tcprst_counted *before) {
    struct tcprst_connection *c = e->connection;
    const struct tcprst_side *server = &c->side[TCPRST_SERVER];
    const struct tcprst_exchange exchange = tcprst_exchange_of(c);
    bool early = e->stage == TCPRST_HALF_OPEN || e->stage == TCPRST_HANDSHAKE_DONE;
    /* an answer that the capture lacks can be proved by what the client acknowledged */
    bool unanswered = c->handshake_done && !server->payload_bytes && !server->fin_frame &&
                      e->stage != TCPRST_RESPONSE_SENT;
    if (e->from == TCPRST_CLIENT) {
        count_probe(e, &exchange, before);
        if (early && tcprst_event_greeting_wait_ns(e) < 0) { /* else it waited for the server */
            tcprst_context_find_winner(e, &capture->race);
            join_sweep(capture, e);
        }
        return;
    }
    if (e->stage == TCPRST_SYN_SENT) {
        c->endpoint->host->refusal_frame = e->frame;
        if (note_outcome(capture, c, TCPRST_REFUSED, e->frame, e->time_ns))
            e->failure = TCPRST_FAILED_ON_SYN;
        join_sweep(capture, e);
    } else if ((early || unanswered) && !tcprst_event_is_closed_unasked(e) &&
               note_outcome(capture, c, TCPRST_RESET_EARLY, e->frame, e->time_ns)) {
        e->failure = early ? TCPRST_FAILED_IN_HANDSHAKE : TCPRST_FAILED_ON_REQUEST;
    }
}

/* To whom that port had sent its latest SYN, if not to this peer. */
static void find_syn_target(struct tcprst_capture *capture, struct tcprst_event *e) {
    const struct tcprst_latest_syn *asked = tcprst_context_asked(e, capture->latest_syns);
    const struct tcprst_connection *other =
        asked ? tcprst_store_find(capture->store, &asked->tuple) : NULL;
    if (other)
        tcprst_context_find_syn_target(e, asked, other);
}

static void link_reset(struct tcprst_capture *capture, struct tcprst_event *e) {
    struct tcprst_connection *c = e->connection;
    find_syn_target(capture, e);
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    e->shares_isn =
        e->from == TCPRST_CLIENT && client->syn.frame &&
        (c->shares_isn ||
         tcprst_latest_syns_share_number(capture->latest_syns, c, client->isn, &client->syn.ip,
                                         client->syn.options.tsval));
}

static void join_client_burst(struct tcprst_capture *capture, struct tcprst_event *e) {
    if (!tcprst_context_is_abort(e, TCPRST_CLIENT) || e->burst)
        return;
    const uint32_t number = tcprst_host_answers(e->client)->abort_number;
    const struct tcprst_event *last =
        number ? tcprst_store_event(capture->store, number - 1) : NULL;
    tcprst_context_join_client_burst(e, last);
}

/* Also the other way round: a capture can have two resets so near in either order. */
static void find_joined(struct tcprst_capture *capture, struct tcprst_event *e) {
    struct tcprst_latest_reset *latest = capture->latest_resets;
    const struct tcprst_latest_reset own = {
        .number = e->number + 1, .client = e->client, .server = e->connection->endpoint->host};
    for (unsigned i = 0; i < G_N_ELEMENTS(capture->latest_resets); i++) {
        if (!latest[i].number ||
            (latest[i].server != own.client && latest[i].client != own.server))
            continue;
        struct tcprst_event *other = tcprst_store_event(capture->store, latest[i].number - 1);
        tcprst_context_join_connections(e, other);
        tcprst_context_join_connections(other, e);
    }
    if (latest[0].number && tcprst_event_ttl(e) == TCPRST_TTL_OTHER)
        tcprst_context_compare_ttls(e, tcprst_store_event(capture->store, latest[0].number - 1));
    latest[1] = latest[0];
    latest[0] = own;
}

static void count_in_context(struct tcprst_capture *capture, struct tcprst_event *e,
                             const struct tcprst_counted *before) {
    struct tcprst_connection *c = e->connection;
    c->event = e;
    close_connection(capture, c);
    tcprst_race_forget(&capture->race, c);
    count_outcome(capture, e, before);
    tcprst_context_join_burst(e, c->endpoint);
    join_client_burst(capture, e);
    if (tcprst_event_cuts_request(e))
        tcprst_server_names_note_cut(capture->server_names,
                                     c->application.first[TCPRST_CLIENT].word, c->endpoint->number);
    e->server = tcprst_endpoint_snapshot(c->endpoint);
}

static void note_frames(struct tcprst_capture *capture, const struct tcprst_event *e) {
    const uint32_t syn = e->before->side[TCPRST_CLIENT].syn.frame;
    const uint32_t synack = e->before->side[TCPRST_SERVER].syn.frame;
    tcprst_frame_index_add(capture->frames, e->frame, e->number, TCPRST_RELATION_RESET);
    tcprst_frame_index_add(capture->frames, syn, e->number, TCPRST_RELATION_LINK);
    tcprst_frame_index_add(capture->frames, synack, e->number, TCPRST_RELATION_LINK);
    if (e->trigger_frame != syn && e->trigger_frame != synack)
        tcprst_frame_index_add(capture->frames, e->trigger_frame, e->number, TCPRST_RELATION_LINK);
}

void tcprst_count_reset(struct tcprst_capture *capture, struct tcprst_event *e) {
    link_reset(capture, e);
    tcprst_context_find_syn_before(e);
    tcprst_store_add_event(capture->store, e);
    find_joined(capture, e);
    e->connection->endpoint->resets++;
    count_in_context(capture, e, NULL);
    if (tcprst_context_ends_wait(e) && e->connection->endpoint->last_abort == e)
        tcprst_endpoint_note_wait(e->connection->endpoint, e->silence_ns);
    tcprst_statistics_log_add_reset(&capture->statistics, e);
    note_frames(capture, e);
}

static bool take_back_outcome(const struct tcprst_event *e) {
    const bool is_refusal = e->failure == TCPRST_FAILED_ON_SYN;
    const struct tcprst_result result = {
        .outcome = is_refusal ? TCPRST_REFUSED : TCPRST_RESET_EARLY,
        .client = &e->client->address,
        .frame = e->frame,
        .unasked = !e->before->side[TCPRST_CLIENT].payload_bytes,
    };
    return tcprst_endpoint_take_back(e->connection->endpoint, &result);
}

struct tcprst_counted tcprst_take_back_reset(struct tcprst_capture *capture,
                                             struct tcprst_event *e) {
    struct tcprst_connection *c = e->connection;
    const struct tcprst_counted counted = {tcprst_exchange_of(c), e->from == TCPRST_CLIENT};
    if (tcprst_event_cuts_request(e))
        tcprst_server_names_take_back_cut(capture->server_names,
                                          c->application.first[TCPRST_CLIENT].word);
    if (e->failure && take_back_outcome(e)) {
        c->outcome_known = false;
        e->failure = TCPRST_NO_FAILURE;
    }
    tcprst_context_leave(e, c->endpoint);
    tcprst_connection_take_back_reset(c, e->from);
    c->event = NULL;
    return counted;
}

void tcprst_count_reset_anew(struct tcprst_capture *capture, struct tcprst_event *e,
                             const struct tcprst_counted *before) {
    link_reset(capture, e);
    count_in_context(capture, e, before);
}

/* Counts an answer once, like the outcome; after a reset its peer could not use an answer. */
static void note_answered(struct tcprst_capture *capture, struct tcprst_connection *c) {
    const uint16_t name = c->application.first[TCPRST_CLIENT].word;
    if (c->event || c->outcome_known)
        return;
    tcprst_endpoint_note_protocols(c->endpoint, c);
    if (!name)
        return;
    tcprst_server_names_note_served(capture->server_names, name);
    tcprst_host_note_named_answer(tcprst_capture_client(capture, c));
    tcprst_host_note_named_answer(c->endpoint->host);
}

static void note_stall(struct tcprst_connection *c, const struct tcprst_segment *s,
                       unsigned changes) {
    static const unsigned kinds[] = {TCPRST_CHANGE_SYN_UNANSWERED, TCPRST_CHANGE_SYNACK_REPEATED,
                                     TCPRST_CHANGE_DATA_UNACKED};
    if (!(changes & (kinds[0] | kinds[1] | kinds[2])))
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (changes & kinds[i] && !(c->stall_kinds & kinds[i]))
            tcprst_listener_note_stall(c->endpoint->listener, kinds[i], s);
    c->stall_kinds |= (uint16_t)changes;
}

/* Counts measured times, timestamps and stalled handshakes.  A port that never answered has no
 * stalls: it is filtered. */
static void keep_answers(struct tcprst_connection *c, const struct tcprst_segment *s,
                         unsigned changes) {
    struct tcprst_listener *listener = c->endpoint->listener;
    if (!listener)
        return;
    if (changes & TCPRST_CHANGE_AFTER_SYNACK)
        tcprst_listener_note_next(listener, c, s);
    if (changes & TCPRST_CHANGE_SYNACK_AGAIN)
        tcprst_listener_note_another(listener, c, s);
    if (!c->event)
        note_stall(c, s, changes);
}

/* A client whose SYN was refused may try the same ports again, and be served. */
static bool is_over(const struct tcprst_connection *c) {
    return c->outcome_known && !(c->event && c->event->failure == TCPRST_FAILED_ON_SYN);
}

static void count_answer(struct tcprst_capture *capture, struct tcprst_connection *c,
                         uint32_t frame) {
    if (is_over(c) || c->answer_counted)
        return;
    c->answer_counted = true;
    tcprst_statistics_log_add(&capture->statistics, TCPRST_ANSWERED, c->endpoint,
                              tcprst_address_of(c, TCPRST_CLIENT), frame);
}

/* Which side asks and which answers is unknown, but both have sent something. */
void tcprst_count_midstream(struct tcprst_capture *capture, struct tcprst_connection *c,
                            uint32_t frame) {
    if (c->side[TCPRST_CLIENT].segments && c->side[TCPRST_SERVER].segments && !c->event)
        count_answer(capture, c, frame);
}

/* Data can wait for the server's program: it lowers what SYN/ACKs took, and tells nothing alone. */
static void note_measured(struct tcprst_capture *capture, struct tcprst_connection *c,
                          enum tcprst_role role) {
    const int64_t ns = c->side[role].measured_ns;
    if (role == TCPRST_SERVER)
        tcprst_leg_add(&c->endpoint->leg, c, ns);
    if (role == TCPRST_CLIENT)
        tcprst_host_add_leg(tcprst_capture_client(capture, c), role, c, ns);
    else if (tcprst_host_leg(c->endpoint->host, role)->shortest_ns >= 0)
        tcprst_host_add_leg(c->endpoint->host, role, c, ns);
}

void tcprst_count_progress(struct tcprst_capture *capture, struct tcprst_connection *c,
                           enum tcprst_role role, const struct tcprst_segment *s,
                           unsigned changes) {
    if (changes & TCPRST_CHANGE_REPEATED)
        capture->last_repeat_frame = s->frame;
    if (changes & TCPRST_CHANGE_OUTLIVED && role == TCPRST_SERVER && !c->event &&
        !c->application.left_http) /* limits of HTTP end with it */
        c->endpoint->outlived_s = (uint16_t)MAX(
            c->endpoint->outlived_s, MIN(c->outlived_ns / 1000000000, (int64_t)UINT16_MAX));
    if (changes & TCPRST_CHANGE_SYNACK)
        tcprst_endpoint_note_synack(c->endpoint, c);
    if (changes & TCPRST_CHANGE_HANDSHAKE_DONE) {
        tcprst_event_take_back_refusal(c);
        tcprst_host_note_handshake(tcprst_capture_client(capture, c), c);
        if (!c->side[TCPRST_SERVER].syn.frame)
            tcprst_host_note_proof(c->endpoint->host, c->endpoint->port, s->frame);
        tcprst_race_note_opened(&capture->race, c);
        c->endpoint->open += !c->open; /* a wrong ACK may have seemed to open it before */
        c->open = true;
    }
    if (changes & TCPRST_CHANGE_ASKED && c->open)
        set_progress(c, true, false);
    if (changes & TCPRST_CHANGE_MEASURED)
        note_measured(capture, c, role);
    keep_answers(c, s, changes);
    if (changes & TCPRST_CHANGE_SERVED) {
        set_progress(c, false, c->open);
        if (!c->roles_inferred)
            count_answer(capture, c, s->frame);
        note_answered(capture, c);
        if (note_outcome(capture, c, TCPRST_SERVED, s->frame, s->time_ns))
            tcprst_point_views_note_served(&capture->points, c);
    }
    if (changes & TCPRST_CHANGE_CLOSED)
        close_connection(capture, c);
}
