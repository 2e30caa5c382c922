/* capture.c - finds the connection of each segment and keeps the books
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/capture.h"

#include <string.h>

#include "core/packet/hash.h"
#include "core/reset/race.h"
#include "core/reset/latest_syns.h"

struct tcprst_capture {
    struct tcprst_store *store; /* connections and events */
    GHashTable *endpoints;      /* key is address and port */
    GHashTable *hosts;          /* key is the address */
    struct tcprst_frame_index *notes;
    const struct tcprst_settings *settings;
    struct tcprst_server_names *server_names;
    struct tcprst_latest_syns *latest_syns;
    struct tcprst_race race;
    struct tcprst_statistics_log statistics;
    bool finished;
};

static void free_endpoint(gpointer endpoint) {
    tcprst_endpoint_clear(endpoint);
    g_free(endpoint);
}

static void free_host(gpointer host) {
    tcprst_host_clear(host);
    g_free(host);
}

struct tcprst_capture *tcprst_capture_new(void) {
    struct tcprst_capture *capture = g_new0(struct tcprst_capture, 1);
    capture->store = tcprst_store_new(&capture->race);
    capture->endpoints =
        g_hash_table_new_full(tcprst_hash_endpoint, tcprst_equal_endpoint, NULL, free_endpoint);
    capture->hosts = g_hash_table_new_full(tcprst_hash_address, tcprst_equal_address, NULL, free_host);
    capture->notes = tcprst_frame_index_new();
    capture->settings = &tcprst_settings_default;
    capture->server_names = tcprst_server_names_new();
    capture->latest_syns = tcprst_latest_syns_new();
    tcprst_statistics_log_init(&capture->statistics);
    return capture;
}

void tcprst_capture_free(struct tcprst_capture *capture) {
    tcprst_store_free(capture->store);
    g_hash_table_unref(capture->endpoints);
    g_hash_table_unref(capture->hosts);
    tcprst_frame_index_free(capture->notes);
    tcprst_server_names_free(capture->server_names);
    tcprst_latest_syns_free(capture->latest_syns);
    tcprst_statistics_log_clear(&capture->statistics);
    g_free(capture);
}

void tcprst_capture_keep(struct tcprst_capture *capture, unsigned kept) {
    tcprst_store_keep(capture->store, kept);
}

static struct tcprst_host *host_of(struct tcprst_capture *capture,
                                   const struct tcprst_address *address) {
    struct tcprst_host *host = g_hash_table_lookup(capture->hosts, address);
    if (host)
        return host;
    host = g_new(struct tcprst_host, 1);
    tcprst_host_init(host);
    host->address = *address;
    g_hash_table_add(capture->hosts, host);
    return host;
}

static struct tcprst_endpoint *find_endpoint(const struct tcprst_capture *capture,
                                             const struct tcprst_address *address, uint16_t port) {
    struct tcprst_endpoint key = {.address = *address, .port = port};
    return g_hash_table_lookup(capture->endpoints, &key);
}

static struct tcprst_endpoint *endpoint_of(struct tcprst_capture *capture,
                                           const struct tcprst_address *address, uint16_t port) {
    struct tcprst_endpoint *endpoint = find_endpoint(capture, address, port);
    if (endpoint)
        return endpoint;
    endpoint = g_new(struct tcprst_endpoint, 1);
    tcprst_endpoint_init(endpoint);
    endpoint->address = *address;
    endpoint->port = port;
    endpoint->host = host_of(capture, address);
    tcprst_statistics_log_number(&capture->statistics, endpoint);
    g_hash_table_add(capture->endpoints, endpoint);
    return endpoint;
}

static const struct tcprst_address *client_address(const struct tcprst_connection *c) {
    return &c->tuple.address[c->client_index];
}

static bool answers_syns(const struct tcprst_capture *capture, const struct tcprst_tuple *tuple, unsigned index) {
    const struct tcprst_endpoint *endpoint = find_endpoint(capture, &tuple->address[index], tuple->port[index]);
    return endpoint && endpoint->listener;
}

/* Without SYN and SYN/ACK the end that has answered others' SYNs is the server. */
static void find_server(const struct tcprst_capture *capture, struct tcprst_connection *c) {
    bool answers[] = {answers_syns(capture, &c->tuple, 0), answers_syns(capture, &c->tuple, 1)};
    if (answers[0] != answers[1])
        tcprst_connection_set_server(c, answers[1]);
}

static struct tcprst_connection *begin(struct tcprst_capture *capture,
                                       const struct tcprst_segment *s) {
    struct tcprst_connection *c = tcprst_store_begin(capture->store, s);
    if (c->roles_inferred)
        find_server(capture, c);
    unsigned server = !c->client_index;
    c->endpoint = endpoint_of(capture, &c->tuple.address[server], c->tuple.port[server]);
    tcprst_endpoint_note_client(c->endpoint, client_address(c));
    tcprst_statistics_log_add(&capture->statistics, TCPRST_BEGUN, c->endpoint, client_address(c), s->frame);
    if ((s->flags & (TCPRST_SYN | TCPRST_ACK | TCPRST_RST)) == TCPRST_SYN) {
        c->shares_isn = tcprst_latest_syns_share_number(capture->latest_syns, c, s->seq);
        if (c->shares_isn)
            host_of(capture, client_address(c))->shares_isn = true;
        tcprst_latest_syns_note(capture->latest_syns, s);
    }
    return c;
}

static struct tcprst_connection *connection_of(struct tcprst_capture *capture,
                                               const struct tcprst_segment *s) {
    unsigned src_index;
    struct tcprst_tuple tuple = tcprst_tuple_of(s, &src_index);
    struct tcprst_connection *c = tcprst_store_take(capture->store, &tuple);
    if (!c)
        return begin(capture, s);
    if (!tcprst_connection_is_reused(c, s))
        return c;
    uint32_t half_open_frame = c->handshake_done || c->event ? 0 : c->side[TCPRST_SERVER].syn.frame;
    tcprst_store_retire(capture->store, c);
    c = begin(capture, s);
    c->older_frame = half_open_frame;
    return c;
}

static void note(struct tcprst_capture *capture, uint32_t frame, const struct tcprst_event *e,
                 enum tcprst_frame_relation relation) {
    tcprst_frame_index_add(capture->notes, frame, e->number, relation);
}

static void note_links(struct tcprst_capture *capture, struct tcprst_event *e) {
    uint32_t syn = e->before->side[TCPRST_CLIENT].syn.frame;
    uint32_t synack = e->before->side[TCPRST_SERVER].syn.frame;
    if (syn)
        note(capture, syn, e, TCPRST_RELATION_LINK);
    if (synack)
        note(capture, synack, e, TCPRST_RELATION_LINK);
    if (e->trigger_frame && e->trigger_frame != syn && e->trigger_frame != synack)
        note(capture, e->trigger_frame, e, TCPRST_RELATION_LINK);
}

static void tell_outcome(struct tcprst_connection *c, enum tcprst_outcome outcome,
                         const struct tcprst_segment *s) {
    if (c->outcome_known || c->roles_inferred)
        return;
    c->outcome_known = true;
    const struct tcprst_result result = {
        .outcome = outcome,
        .client = client_address(c),
        .frame = s->frame,
        .time_ns = s->time_ns,
        .syn_frame = c->side[TCPRST_CLIENT].syn.frame,
        .unasked = !c->side[TCPRST_CLIENT].payload_bytes,
    };
    tcprst_endpoint_note_result(c->endpoint, &result);
}

static void find_winner(const struct tcprst_race *race, struct tcprst_event *e) {
    e->winner = tcprst_race_winner(race, e->connection, e->time_ns);
    if (!e->winner)
        return;
    e->winner->is_winner = true;
    e->winner_ns = tcprst_elapsed_ns(e->winner->ack_time_ns, e->time_ns);
}

/* An early reset of the client's, or its SYN refused: one more of many endpoints that it tries? */
static void join_sweep(struct tcprst_event *e) {
    struct tcprst_host *client = e->client;
    if (!tcprst_host_goes_on(client, e->time_ns))
        tcprst_host_begin_sweep(client, e);
    e->sweep = client->sweep->first;
    e->sweep->sweep_resets++;
    if (!e->winner)
        e->sweep->sweep_targets += tcprst_host_note_target(client, e->connection->endpoint);
    client->sweep->last_ns = e->time_ns;
}

static void count_reset(struct tcprst_capture *capture, struct tcprst_event *e,
                        const struct tcprst_segment *s) {
    struct tcprst_connection *c = e->connection;
    const struct tcprst_side *server = &c->side[TCPRST_SERVER];
    const struct tcprst_exchange exchange = tcprst_exchange_of(c);
    bool early = e->stage == TCPRST_HALF_OPEN || e->stage == TCPRST_HANDSHAKE_DONE;
    bool unanswered = c->handshake_done && !server->payload_bytes && !server->fin_frame;
    if (e->from == TCPRST_CLIENT && tcprst_event_greeting_wait_ns(e) >= 0)
        return; /* no probe, but a client of a server that says nothing */
    if (e->from == TCPRST_CLIENT) {
        tcprst_endpoint_note_probe(c->endpoint, &e->client->address, &exchange, s->time_ns);
        if (early) {
            find_winner(&capture->race, e);
            join_sweep(e);
        }
        return;
    }
    if (e->stage == TCPRST_SYN_SENT) {
        tell_outcome(c, TCPRST_REFUSED, s);
        join_sweep(e);
    } else if ((early || unanswered) && !tcprst_event_is_closed_unasked(e))
        tell_outcome(c, TCPRST_RESET_EARLY, s);
}

static void join_burst(struct tcprst_event *e, struct tcprst_endpoint *endpoint) {
    struct tcprst_event *last = endpoint->last_abort;
    if (e->from != TCPRST_SERVER || !e->has_ack || e->trigger != TCPRST_NO_TRIGGER)
        return;
    int64_t since_ns = last ? tcprst_elapsed_ns(last->time_ns, e->time_ns) : -1;
    int64_t opened_ns = e->before->ack_time_ns;
    bool is_near = since_ns >= 0 && since_ns <= TCPRST_BURST_GAP_NS;
    e->burst = is_near ? last->burst : e;
    int64_t *span_ns = e->burst->burst_opened_ns;
    span_ns[0] = e->burst->burst_size ? MIN(span_ns[0], opened_ns) : opened_ns;
    span_ns[1] = e->burst->burst_size ? MAX(span_ns[1], opened_ns) : opened_ns;
    e->burst->burst_last_ns = e->time_ns;
    e->burst->burst_size++;
    endpoint->last_abort = e;
}

/* The segment that the reset answers has the numbers of the client's connection with another address: its
 * SYN's number in a SYN/ACK, or later ones that only its peer there can know. */
static bool numbers_fit(const struct tcprst_connection *other, const struct tcprst_latest_syn *asked,
                        const struct tcprst_event *e, const struct tcprst_connection *c) {
    enum { MOST_UNSEEN_BYTES = 65535 };
    enum tcprst_role peer = tcprst_peer_of(e->from);
    const struct tcprst_side *client = &other->side[TCPRST_CLIENT], *server = &other->side[TCPRST_SERVER];
    if (e->trigger == TCPRST_ANSWERS_SYNACK)
        return e->seq == asked->isn + 1;
    if (e->stage != TCPRST_MIDSTREAM || e->trigger == TCPRST_NO_TRIGGER || e->has_ack ||
        client->isn != asked->isn || !server->isn_known)
        return false;
    uint32_t sent_bytes = client->next_seq - (client->isn + 1);
    uint32_t answered_bytes = server->next_seq - server->isn;
    return e->seq - (client->isn + 1) <= sent_bytes &&
           c->side[peer].next_seq - server->isn <= answered_bytes + MOST_UNSEEN_BYTES;
}

static void find_detour(struct tcprst_capture *capture, struct tcprst_event *e) {
    const struct tcprst_connection *c = e->connection;
    unsigned own = e->from == TCPRST_CLIENT ? c->client_index : !c->client_index;
    const struct tcprst_latest_syn *asked =
        c->side[TCPRST_CLIENT].syn.frame
            ? NULL : tcprst_latest_syns_find(capture->latest_syns, &c->tuple.address[own], c->tuple.port[own]);
    const struct tcprst_connection *other =
        asked ? tcprst_store_find(capture->store, &asked->tuple) : NULL;
    if (!other || other == c || !numbers_fit(other, asked, e, c))
        return;
    unsigned server = !asked->client_index;
    e->detour.syn_frame = asked->frame;
    e->detour.address = asked->tuple.address[server];
    e->detour.port = asked->tuple.port[server];
}

static void close_connection(struct tcprst_capture *capture, struct tcprst_connection *c) {
    c->endpoint->open -= c->open;
    c->open = false;
    tcprst_store_close(capture->store, c);
}

static void observe_reset(struct tcprst_capture *capture, struct tcprst_connection *c,
                          const struct tcprst_segment *s) {
    if (c->event && tcprst_event_includes(c->event)) {
        tcprst_event_note_repeat(c->event, s);
        note(capture, s->frame, c->event, TCPRST_RELATION_REPEAT);
        return;
    }
    struct tcprst_event *e = tcprst_event_new(c, s, host_of(capture, client_address(c)));
    find_detour(capture, e);
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    e->shares_isn = e->from == TCPRST_CLIENT && client->syn.frame &&
                    (c->shares_isn || tcprst_latest_syns_share_number(capture->latest_syns, c, client->isn));
    tcprst_store_add_event(capture->store, e);
    c->event = e;
    c->endpoint->resets++;
    close_connection(capture, c);
    tcprst_race_forget(&capture->race, c);
    count_reset(capture, e, s);
    join_burst(e, c->endpoint);
    if (tcprst_event_cuts_request(e))
        tcprst_server_names_note_cut(capture->server_names, c->application.first[TCPRST_CLIENT].word, c->endpoint);
    e->server = tcprst_endpoint_snapshot(c->endpoint);
    tcprst_statistics_log_add_reset(&capture->statistics, e);
    note(capture, s->frame, e, TCPRST_RELATION_RESET);
    note_links(capture, e);
}

/* Once, like the outcome; an answer behind a reset is none that its peer could use. */
static void note_answered(struct tcprst_capture *capture, struct tcprst_connection *c) {
    if (c->event || c->outcome_known)
        return;
    tcprst_endpoint_note_protocols(c->endpoint, &c->application);
    tcprst_server_names_note_served(capture->server_names, c->application.first[TCPRST_CLIENT].word);
}

static void note_stall(struct tcprst_connection *c, const struct tcprst_segment *s, unsigned changes) {
    static const unsigned kinds[] = {TCPRST_CHANGE_SYN_UNANSWERED, TCPRST_CHANGE_SYNACK_REPEATED, TCPRST_CHANGE_DATA_UNACKED};
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (changes & kinds[i] && !(c->stall_kinds & kinds[i]))
            tcprst_listener_note_stall(c->endpoint->listener, kinds[i], s);
    c->stall_kinds |= (uint16_t)changes;
}

/* What else a server's first words tell, and where handshakes do not go on.  A port that never answered is
 * no trouble of its own: it is filtered. */
static void keep_answers(struct tcprst_connection *c, const struct tcprst_segment *s, unsigned changes) {
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

static void keep_books(struct tcprst_capture *capture, struct tcprst_connection *c,
                       const struct tcprst_segment *s, unsigned changes) {
    if (changes & TCPRST_CHANGE_SYNACK)
        tcprst_endpoint_note_synack(c->endpoint, c);
    if (changes & TCPRST_CHANGE_HANDSHAKE_DONE) {
        tcprst_event_take_back_refusal(c);
        tcprst_host_note_handshake(host_of(capture, client_address(c)), c);
        tcprst_race_note_opened(&capture->race, c);
        c->open = true;
        c->endpoint->open++;
    }
    keep_answers(c, s, changes);
    if (changes & TCPRST_CHANGE_SERVED && !c->outcome_known && !c->roles_inferred)
        tcprst_statistics_log_add(&capture->statistics, TCPRST_ANSWERED, c->endpoint, client_address(c), s->frame);
    if (changes & TCPRST_CHANGE_SERVED) {
        note_answered(capture, c);
        tell_outcome(c, TCPRST_SERVED, s);
    }
    if (changes & TCPRST_CHANGE_CLOSED)
        close_connection(capture, c);
}

void tcprst_capture_observe(struct tcprst_capture *capture, const struct tcprst_segment *s) {
    struct tcprst_connection *c = connection_of(capture, s);
    if (s->flags & TCPRST_RST) {
        observe_reset(capture, c, s);
        return;
    }
    if (c->event) {
        tcprst_event_note_after(c->event, s);
        tcprst_event_keep_before(c->event);
    }
    unsigned changes = tcprst_connection_observe(c, s);
    if (s->payload)
        tcprst_application_data_read(c, s, capture->server_names);
    if (changes)
        keep_books(capture, c, s, changes);
}

void tcprst_capture_observe_icmp_error(struct tcprst_capture *capture, const struct tcprst_icmp_error *quoted) {
    unsigned src_index;
    struct tcprst_tuple tuple = tcprst_tuple_of(&quoted->segment, &src_index);
    struct tcprst_connection *c = tcprst_store_take(capture->store, &tuple);
    if (!c)
        return;
    if (c->event)
        tcprst_event_keep_before(c->event);
    c->application.icmp_frame = quoted->frame;
    c->application.icmp_error = quoted->error;
}

unsigned tcprst_capture_connections(const struct tcprst_capture *capture) {
    return tcprst_store_connections(capture->store);
}

void tcprst_capture_finish(struct tcprst_capture *capture) {
    capture->finished = true;
}

void tcprst_capture_set_settings(struct tcprst_capture *capture, const struct tcprst_settings *settings) {
    capture->settings = settings;
}

const struct tcprst_settings *tcprst_capture_settings(const struct tcprst_capture *capture) {
    return capture->settings;
}

bool tcprst_capture_is_finished(const struct tcprst_capture *capture) {
    return capture->finished;
}

bool tcprst_capture_next_frame_entry(struct tcprst_capture *capture, uint32_t frame, uint32_t *place,
                              struct tcprst_frame_entry *note) {
    uint32_t number;
    if (!tcprst_frame_index_next(capture->notes, frame, place, &number, &note->relation))
        return false;
    note->event = tcprst_store_event(capture->store, number);
    return true;
}

const struct tcprst_server_names *tcprst_capture_server_names(const struct tcprst_capture *capture) {
    return capture->server_names;
}

uint32_t tcprst_capture_events(const struct tcprst_capture *capture) {
    return tcprst_store_events(capture->store);
}

const struct tcprst_event *tcprst_capture_event(struct tcprst_capture *capture, uint32_t number) {
    return tcprst_store_event(capture->store, number);
}

guint tcprst_capture_entries(const struct tcprst_capture *capture) {
    return capture->statistics.lines->len;
}

guint tcprst_capture_find_entry(const struct tcprst_capture *capture, uint32_t frame) {
    return tcprst_statistics_log_find(&capture->statistics, frame);
}

uint32_t tcprst_capture_entry_frame(const struct tcprst_capture *capture, guint index) {
    return tcprst_statistics_log_line(&capture->statistics, index)->frame;
}

struct tcprst_entry tcprst_capture_entry(struct tcprst_capture *capture, guint index) {
    const struct tcprst_line *line = tcprst_statistics_log_line(&capture->statistics, index);
    struct tcprst_event *event = NULL;
    if (line->kind == TCPRST_WAS_RESET) {
        event = tcprst_store_event(capture->store, line->subject);
        event->is_lent = true;
    }
    return tcprst_statistics_log_entry(&capture->statistics, line, event);
}
