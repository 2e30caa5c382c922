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
    struct tcprst_shelf *shelf; /* connections and events */
    GHashTable *endpoints;      /* key is address and port */
    GHashTable *hosts;          /* key is the address */
    struct tcprst_notes *notes;
    const struct tcprst_site *site;
    struct tcprst_lexicon *lexicon;
    struct tcprst_syns *syns;
    struct tcprst_race race;
    struct tcprst_ledger ledger;
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
    capture->shelf = tcprst_shelf_new(&capture->race);
    capture->endpoints =
        g_hash_table_new_full(tcprst_hash_endpoint, tcprst_equal_endpoint, NULL, free_endpoint);
    capture->hosts = g_hash_table_new_full(tcprst_hash_address, tcprst_equal_address, NULL, free_host);
    capture->notes = tcprst_notes_new();
    capture->site = &tcprst_site_default;
    capture->lexicon = tcprst_lexicon_new();
    capture->syns = tcprst_syns_new();
    tcprst_ledger_init(&capture->ledger);
    return capture;
}

void tcprst_capture_free(struct tcprst_capture *capture) {
    tcprst_shelf_free(capture->shelf);
    g_hash_table_unref(capture->endpoints);
    g_hash_table_unref(capture->hosts);
    tcprst_notes_free(capture->notes);
    tcprst_lexicon_free(capture->lexicon);
    tcprst_syns_free(capture->syns);
    tcprst_ledger_clear(&capture->ledger);
    g_free(capture);
}

void tcprst_capture_keep(struct tcprst_capture *capture, unsigned kept) {
    tcprst_shelf_keep(capture->shelf, kept);
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
    tcprst_ledger_number(&capture->ledger, endpoint);
    g_hash_table_add(capture->endpoints, endpoint);
    return endpoint;
}

static const struct tcprst_address *client_address(const struct tcprst_connection *c) {
    return &c->tuple.address[c->client_index];
}

static bool answers_syns(const struct tcprst_capture *capture, const struct tcprst_tuple *tuple, unsigned index) {
    const struct tcprst_endpoint *endpoint = find_endpoint(capture, &tuple->address[index], tuple->port[index]);
    return endpoint && endpoint->answers;
}

/* Without SYN and SYN/ACK the end that has answered others' SYNs is the server. */
static void find_server(const struct tcprst_capture *capture, struct tcprst_connection *c) {
    bool answers[] = {answers_syns(capture, &c->tuple, 0), answers_syns(capture, &c->tuple, 1)};
    if (answers[0] != answers[1])
        tcprst_connection_set_server(c, answers[1]);
}

static struct tcprst_connection *begin(struct tcprst_capture *capture,
                                       const struct tcprst_segment *s) {
    struct tcprst_connection *c = tcprst_shelf_begin(capture->shelf, s);
    if (c->roles_inferred)
        find_server(capture, c);
    unsigned server = !c->client_index;
    c->endpoint = endpoint_of(capture, &c->tuple.address[server], c->tuple.port[server]);
    tcprst_endpoint_note_client(c->endpoint, client_address(c));
    tcprst_ledger_add(&capture->ledger, TCPRST_BEGUN, c->endpoint, client_address(c), s->frame);
    if ((s->flags & (TCPRST_SYN | TCPRST_ACK | TCPRST_RST)) == TCPRST_SYN)
        tcprst_syns_note(capture->syns, s);
    return c;
}

static struct tcprst_connection *connection_of(struct tcprst_capture *capture,
                                               const struct tcprst_segment *s) {
    unsigned src_index;
    struct tcprst_tuple tuple = tcprst_tuple_of(s, &src_index);
    struct tcprst_connection *c = tcprst_shelf_take(capture->shelf, &tuple);
    if (!c)
        return begin(capture, s);
    if (!tcprst_connection_is_reused(c, s))
        return c;
    uint32_t half_open_frame = c->handshake_done || c->event ? 0 : c->side[TCPRST_SERVER].hello.frame;
    tcprst_shelf_retire(capture->shelf, c);
    c = begin(capture, s);
    c->older_frame = half_open_frame;
    return c;
}

static void note(struct tcprst_capture *capture, uint32_t frame, const struct tcprst_event *e,
                 enum tcprst_part part) {
    tcprst_notes_add(capture->notes, frame, e->number, part);
}

static void note_links(struct tcprst_capture *capture, struct tcprst_event *e) {
    uint32_t syn = e->before->side[TCPRST_CLIENT].hello.frame;
    uint32_t synack = e->before->side[TCPRST_SERVER].hello.frame;
    if (syn)
        note(capture, syn, e, TCPRST_PART_LINK);
    if (synack)
        note(capture, synack, e, TCPRST_PART_LINK);
    if (e->trigger_frame && e->trigger_frame != syn && e->trigger_frame != synack)
        note(capture, e->trigger_frame, e, TCPRST_PART_LINK);
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
        .syn_frame = c->side[TCPRST_CLIENT].hello.frame,
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
static void join_spree(struct tcprst_event *e) {
    struct tcprst_host *client = e->client;
    if (!tcprst_host_goes_on(client, e->time_ns))
        tcprst_host_begin_spree(client, e);
    e->spree = client->spree->first;
    e->spree->spree_resets++;
    if (!e->winner)
        e->spree->spree_targets += tcprst_host_note_target(client, e->connection->endpoint);
    client->spree->last_ns = e->time_ns;
}

static void count_reset(struct tcprst_capture *capture, struct tcprst_event *e,
                        const struct tcprst_segment *s) {
    struct tcprst_connection *c = e->connection;
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    bool early = e->stage == TCPRST_HALF_OPEN || e->stage == TCPRST_HANDSHAKE_DONE;
    bool unanswered = c->handshake_done && !server->payload_bytes && !server->fin_frame;
    if (e->from == TCPRST_CLIENT) {
        if (client->data_segments <= 1)
            tcprst_endpoint_note_probe(c->endpoint, &e->client->address, client->payload_bytes, s->time_ns);
        if (early) {
            find_winner(&capture->race, e);
            join_spree(e);
        }
        return;
    }
    if (e->stage == TCPRST_SYN_SENT) {
        tell_outcome(c, TCPRST_REFUSED, s);
        join_spree(e);
    } else if (early || unanswered)
        tell_outcome(c, TCPRST_THROWN_OUT, s);
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
static bool numbers_fit(const struct tcprst_connection *other, const struct tcprst_asked *asked,
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
    const struct tcprst_asked *asked =
        c->side[TCPRST_CLIENT].hello.frame
            ? NULL : tcprst_syns_find(capture->syns, &c->tuple.address[own], c->tuple.port[own]);
    const struct tcprst_connection *other =
        asked ? tcprst_shelf_find(capture->shelf, &asked->tuple) : NULL;
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
    tcprst_shelf_close(capture->shelf, c);
}

static void observe_reset(struct tcprst_capture *capture, struct tcprst_connection *c,
                          const struct tcprst_segment *s) {
    if (c->event && tcprst_event_includes(c->event)) {
        tcprst_event_note_repeat(c->event, s);
        note(capture, s->frame, c->event, TCPRST_PART_REPEAT);
        return;
    }
    struct tcprst_event *e = tcprst_event_new(c, s, host_of(capture, client_address(c)));
    find_detour(capture, e);
    tcprst_shelf_add_event(capture->shelf, e);
    c->event = e;
    c->endpoint->resets++;
    close_connection(capture, c);
    tcprst_race_forget(&capture->race, c);
    count_reset(capture, e, s);
    join_burst(e, c->endpoint);
    if (tcprst_event_cuts_request(e))
        tcprst_lexicon_note_cut(capture->lexicon, c->content.said[TCPRST_CLIENT].word, c->endpoint);
    e->server = tcprst_endpoint_snapshot(c->endpoint);
    tcprst_ledger_add_reset(&capture->ledger, e);
    note(capture, s->frame, e, TCPRST_PART_RESET);
    note_links(capture, e);
}

/* Once, like the outcome; an answer behind a reset is none that its peer could use. */
static void note_answered(struct tcprst_capture *capture, struct tcprst_connection *c) {
    if (c->event || c->outcome_known)
        return;
    tcprst_endpoint_note_dialect(c->endpoint, &c->content);
    tcprst_lexicon_note_served(capture->lexicon, c->content.said[TCPRST_CLIENT].word);
}

static void note_trouble(struct tcprst_connection *c, const struct tcprst_segment *s, unsigned came) {
    static const unsigned kinds[] = {TCPRST_CAME_DROPPED, TCPRST_CAME_RESENT, TCPRST_CAME_UNHEARD};
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (came & kinds[i] && !(c->trouble & kinds[i]))
            tcprst_answers_note_trouble(c->endpoint->answers, kinds[i], s);
    c->trouble |= (uint16_t)came;
}

/* What else a server's first words tell, and where handshakes do not go on.  A port that never answered is
 * no trouble of its own: it is filtered. */
static void keep_answers(struct tcprst_connection *c, const struct tcprst_segment *s, unsigned came) {
    struct tcprst_answers *answers = c->endpoint->answers;
    if (!answers)
        return;
    if (came & TCPRST_CAME_NEXT)
        tcprst_answers_note_next(answers, c, s);
    if (came & TCPRST_CAME_ANOTHER)
        tcprst_answers_note_another(answers, c, s);
    if (!c->event)
        note_trouble(c, s, came);
}

static void keep_books(struct tcprst_capture *capture, struct tcprst_connection *c,
                       const struct tcprst_segment *s, unsigned came) {
    if (came & TCPRST_CAME_SYNACK)
        tcprst_endpoint_note_synack(c->endpoint, c);
    if (came & TCPRST_CAME_HANDSHAKE) {
        tcprst_host_note_handshake(host_of(capture, client_address(c)), c);
        tcprst_race_note_opened(&capture->race, c);
        c->open = true;
        c->endpoint->open++;
    }
    keep_answers(c, s, came);
    if (came & TCPRST_CAME_SERVICE && !c->outcome_known && !c->roles_inferred)
        tcprst_ledger_add(&capture->ledger, TCPRST_ANSWERED, c->endpoint, client_address(c), s->frame);
    if (came & TCPRST_CAME_SERVICE) {
        note_answered(capture, c);
        tell_outcome(c, TCPRST_SERVED, s);
    }
    if (came & TCPRST_CAME_END)
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
        tcprst_event_part(c->event);
    }
    unsigned came = tcprst_connection_observe(c, s);
    if (s->payload)
        tcprst_content_hear(c, s, capture->lexicon);
    if (came)
        keep_books(capture, c, s, came);
}

void tcprst_capture_observe_quoted(struct tcprst_capture *capture, const struct tcprst_quoted *quoted) {
    unsigned src_index;
    struct tcprst_tuple tuple = tcprst_tuple_of(&quoted->segment, &src_index);
    struct tcprst_connection *c = tcprst_shelf_take(capture->shelf, &tuple);
    if (!c)
        return;
    if (c->event)
        tcprst_event_part(c->event);
    c->content.icmp_frame = quoted->frame;
    c->content.icmp_error = quoted->error;
}

unsigned tcprst_capture_connections(const struct tcprst_capture *capture) {
    return tcprst_shelf_connections(capture->shelf);
}

void tcprst_capture_finish(struct tcprst_capture *capture) {
    capture->finished = true;
}

void tcprst_capture_set_site(struct tcprst_capture *capture, const struct tcprst_site *site) {
    capture->site = site;
}

const struct tcprst_site *tcprst_capture_site(const struct tcprst_capture *capture) {
    return capture->site;
}

bool tcprst_capture_is_finished(const struct tcprst_capture *capture) {
    return capture->finished;
}

bool tcprst_capture_next_note(struct tcprst_capture *capture, uint32_t frame, uint32_t *place,
                              struct tcprst_note *note) {
    uint32_t number;
    if (!tcprst_notes_next(capture->notes, frame, place, &number, &note->part))
        return false;
    note->event = tcprst_shelf_event(capture->shelf, number);
    return true;
}

const struct tcprst_lexicon *tcprst_capture_lexicon(const struct tcprst_capture *capture) {
    return capture->lexicon;
}

uint32_t tcprst_capture_events(const struct tcprst_capture *capture) {
    return tcprst_shelf_events(capture->shelf);
}

const struct tcprst_event *tcprst_capture_event(struct tcprst_capture *capture, uint32_t number) {
    return tcprst_shelf_event(capture->shelf, number);
}

guint tcprst_capture_entries(const struct tcprst_capture *capture) {
    return capture->ledger.lines->len;
}

guint tcprst_capture_find_entry(const struct tcprst_capture *capture, uint32_t frame) {
    return tcprst_ledger_find(&capture->ledger, frame);
}

uint32_t tcprst_capture_entry_frame(const struct tcprst_capture *capture, guint index) {
    return tcprst_ledger_line(&capture->ledger, index)->frame;
}

struct tcprst_entry tcprst_capture_entry(struct tcprst_capture *capture, guint index) {
    const struct tcprst_line *line = tcprst_ledger_line(&capture->ledger, index);
    struct tcprst_event *event = NULL;
    if (line->kind == TCPRST_WAS_RESET) {
        event = tcprst_shelf_event(capture->shelf, line->subject);
        event->is_lent = true;
    }
    return tcprst_ledger_entry(&capture->ledger, line, event);
}
