/* compact_image.c - lays a connection out so that like connections look alike
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/compact_image.h"

#include <string.h>

/* Units up to a place in the image, a begun one included. */
#define UNITS(bytes) (((bytes) + TCPRST_IMAGE_UNIT_BYTES - 1) / TCPRST_IMAGE_UNIT_BYTES)
#define AT(member) offsetof(struct tcprst_image, member)
#define END_OF(member) (AT(member) + sizeof(((struct tcprst_image *)0)->member))
#define PART(flag, member) {UNITS(AT(member)), UNITS(END_OF(member)), flag}

const struct tcprst_image_part tcprst_image_parts[TCPRST_IMAGE_PARTS] = {
    PART(TCPRST_HOLDS_EVENT, event),
    PART(TCPRST_HOLDS_ENDPOINT, endpoint),
    PART(TCPRST_HOLDS_RUN, run),
    PART(TCPRST_HOLDS_ANSWERS, listener),
    PART(TCPRST_HOLDS_RECENT, recent),
    {UNITS(AT(connection)), TCPRST_IMAGE_UNITS, 0},
};

/* Stands for a pointer to the event itself. */
static struct tcprst_event *itself(void) {
    return (struct tcprst_event *)(uintptr_t)1;
}

/* The endpoint belongs to this connection alone, and holds nothing that takes room of its own. */
static bool owns_endpoint(const struct tcprst_connection *c) {
    const struct tcprst_endpoint *endpoint = c->endpoint;
    bool has_more = endpoint->protocols || endpoint->other_clients || endpoint->probers ||
                    (endpoint->listener && endpoint->listener->stalls) ||
                    endpoint->last_abort_elsewhere ||
                    (endpoint->runs && endpoint->runs->len != 1);
    return endpoint->connections == 1 && !has_more &&
           (!endpoint->last_abort || endpoint->last_abort == c->event);
}

/* An event that leads others is pointed to, even if it has left them (context.h). */
static bool is_led_to(const struct tcprst_event *e) {
    const struct tcprst_endpoint *endpoint = e->connection->endpoint;
    return (endpoint->last_abort == e && !owns_endpoint(e->connection)) ||
           endpoint->last_abort_elsewhere == e ||
           e->burst_size > (e->burst == e) || e->sweep_resets > (e->sweep == e);
}

bool tcprst_can_compact(const struct tcprst_connection *c) {
    const struct tcprst_event *e = c->event;
    if (c->is_winner || c->is_held || c->sights)
        return false;
    return !e ||
           (e->is_only && !e->is_held && e->before == c && !e->stated_reason && !is_led_to(e));
}

/* --- numbers counted from the connection's own --- */

static uint32_t lesser_frame(uint32_t a, uint32_t b) {
    return !a || (b && b < a) ? b : a;
}

static uint32_t first_frame(const struct tcprst_connection *c) {
    uint32_t frame = c->event ? c->event->frame : 0;
    for (unsigned i = 0; i < 2; i++)
        frame = lesser_frame(lesser_frame(frame, c->side[i].syn.frame), c->side[i].last_frame);
    return frame - 1;
}

struct shift {
    uint32_t frame;
    int64_t  ns;
    bool     is_back;
};

/* 0 stays 0: it means that there is none.  What would become 0 takes the value that 0 leaves. */
static void shift_but_zero(const struct shift *by, uint32_t *number, uint32_t from) {
    const uint32_t shift = by->is_back ? 0u - from : from;
    if (*number)
        *number = *number == shift ? 0u - shift : *number - shift;
}

static void shift_time_but_zero(const struct shift *by, int64_t *ns) {
    const uint64_t shift = by->is_back ? 0u - (uint64_t)by->ns : (uint64_t)by->ns;
    if (*ns)
        *ns = (int64_t)((uint64_t)*ns == shift ? 0u - shift : (uint64_t)*ns - shift);
}

static void shift_frame(const struct shift *by, uint32_t *frame) {
    shift_but_zero(by, frame, by->frame);
}

static void shift_time(const struct shift *by, bool is_set, int64_t *ns) {
    if (is_set)
        *ns = (int64_t)(by->is_back ? (uint64_t)*ns + (uint64_t)by->ns
                                    : (uint64_t)*ns - (uint64_t)by->ns);
}

static void shift_number(const struct shift *by, bool is_set, uint32_t *number, uint32_t from) {
    if (is_set)
        *number += by->is_back ? from : 0u - from;
}

static void shift_hello(const struct shift *by, struct tcprst_syn *syn, uint32_t peer_isn) {
    shift_time(by, syn->frame, &syn->time_ns);
    shift_but_zero(by, &syn->ack, peer_isn);
    shift_frame(by, &syn->frame);
}

static void shift_sent(const struct shift *by, struct tcprst_sent *sent,
                       const struct tcprst_side *own) {
    shift_time(by, sent->frame, &sent->time_ns);
    shift_number(by, sent->frame, &sent->seq, own->next_seq);
    shift_number(by, sent->frame && sent->flags & TCPRST_ACK, &sent->ack, own->acked);
    shift_frame(by, &sent->frame);
}

static void shift_repetition(const struct shift *by, struct tcprst_side *own) {
    struct tcprst_repetition *r = &own->repetition;
    const bool is_set = r->frame;
    if (!is_set && !own->shut_frame)
        return;
    shift_time(by, is_set, &r->since_ns);
    shift_time(by, is_set, &r->time_ns);
    shift_number(by, is_set, &r->seq, own->isn);
    shift_number(by, is_set, &r->end, own->isn);
    shift_frame(by, &r->frame);
    shift_time(by, own->shut_frame, &own->shut_ns);
    shift_frame(by, &own->shut_frame);
}

/* Numbers that others are counted from are shifted after those, and back before them. */
static void shift_sides(const struct shift *by, struct tcprst_side side[2]) {
    for (unsigned i = 0; i < 2; i++) {
        struct tcprst_side *own = &side[i];
        shift_time(by, own->segments, &own->last_time_ns);
        shift_time(by, own->fin_frame, &own->fin_time_ns);
        shift_time(by, own->is_timed, &own->timed_ns);
        shift_number(by, own->has_sent, &own->next_seq, own->isn);
        shift_number(by, own->has_acked, &own->acked, side[!i].isn);
        shift_frame(by, &own->last_frame);
        shift_frame(by, &own->fin_frame);
        shift_repetition(by, own);
    }
}

static void shift_connection(const struct shift *by, struct tcprst_connection *c) {
    struct tcprst_side *side = c->side;
    for (unsigned i = 0; i < 2; i++)
        shift_hello(by, &side[i].syn, side[!i].isn);
    shift_time(by, c->ack_frame, &c->ack_time_ns);
    shift_time(by, side[0].segments + side[1].segments, &c->last_time_ns);
    shift_frame(by, &c->ack_frame);
    shift_frame(by, &c->wrong_ack_frame);
    for (unsigned i = 0; i < 2; i++) {
        shift_frame(by, &c->application.first[i].frame);
        shift_number(by, c->application.first[i].message, &c->application.first[i].message_end,
                     side[i].isn);
        shift_number(by, side[i].last_data_frame, &side[i].last_data_end, side[i].isn);
        shift_number(by, side[i].last_data_frame, &side[i].last_data_ack, side[!i].isn);
    }
}

static void shift_recent(const struct shift *by, struct tcprst_recent_segments *recent,
                         const struct tcprst_side *own) {
    for (unsigned i = 0; i < TCPRST_RECENT; i++)
        shift_sent(by, &recent->sent[i], own);
    shift_sent(by, &recent->first, own);
}

/* A run of an endpoint that others have, too, mostly began long before. */
static void shift_snapshot(const struct shift *by, struct tcprst_endpoint_snapshot *server,
                           uint32_t stream, bool is_own) {
    if (by->is_back)
        server->connections += stream;
    shift_number(by, true, &server->resets, server->connections);
    if (by->is_back)
        server->clients_reset += server->clients;
    else
        server->clients_reset -= server->clients;
    shift_number(by, true, &server->run_length, server->connections);
    if (is_own)
        shift_frame(by, &server->run_first_frame);
    if (!by->is_back)
        server->connections -= stream;
}

static void shift_event(const struct shift *by, struct tcprst_event *e,
                        const struct tcprst_connection *c, unsigned holds) {
    const struct tcprst_side *side = c->side;
    const struct tcprst_side *own = &side[e->from], *peer = &side[tcprst_peer_of(e->from)];
    shift_frame(by, &e->frame);
    shift_frame(by, &e->trigger_frame);
    shift_frame(by, &e->not_received_frame);
    shift_frame(by, &e->syn_before_frame);
    shift_time(by, true, &e->time_ns);
    shift_time(by, e->burst_size, &e->burst_last_ns);
    for (unsigned i = 0; i < 2; i++)
        shift_time_but_zero(by, &e->burst_begun_ns[i]);
    shift_number(by, e->has_ack, &e->ack, peer->isn);
    shift_but_zero(by, &e->seq, own->isn);
    shift_snapshot(by, &e->server, c->stream, holds & TCPRST_HOLDS_ENDPOINT);
}

static void shift_run(const struct shift *by, struct tcprst_run *run) {
    shift_frame(by, &run->first_frame);
    shift_frame(by, &run->last_frame);
    shift_frame(by, &run->last_syn_frame);
    shift_frame(by, &run->survived_frame);
    shift_time(by, true, &run->first_time_ns);
    shift_time(by, true, &run->last_time_ns);
}

static void shift_answers(const struct shift *by, struct tcprst_listener *listener) {
    for (unsigned i = 0; i < G_N_ELEMENTS(listener->kind); i++)
        shift_frame(by, &listener->kind[i].first_frame);
}

static void shift_image(struct tcprst_image *m, const struct tcprst_compacted *head, bool is_back) {
    const struct shift *by = &(struct shift){head->base_frame, head->base_ns, is_back};
    const unsigned holds = head->holds;
    const uint32_t number = holds & TCPRST_HOLDS_EVENT ? head->event_number : 0;
    struct tcprst_side *side = m->connection.side;
    if (is_back) {
        m->connection.stream += number;
        shift_sides(by, side);
    }
    shift_connection(by, &m->connection);
    for (unsigned i = 0; i < 2 && holds & TCPRST_HOLDS_RECENT; i++)
        shift_recent(by, &m->recent[i], &side[i]);
    if (holds & TCPRST_HOLDS_EVENT)
        shift_event(by, &m->event, &m->connection, holds);
    if (holds & TCPRST_HOLDS_ENDPOINT) {
        shift_time(by, m->endpoint.last_syn.frame, &m->endpoint.last_syn.time_ns);
        shift_time(by, m->endpoint.closes, &m->endpoint.first_close_ns);
        shift_frame(by, &m->endpoint.last_syn.frame);
    }
    if (holds & TCPRST_HOLDS_RUN)
        shift_run(by, &m->run);
    if (holds & TCPRST_HOLDS_ANSWERS)
        shift_answers(by, &m->listener);
    if (!is_back) {
        shift_sides(by, side);
        m->connection.stream -= number;
    }
}

/* --- parts --- */

static void fill_event(struct tcprst_image *m, const struct tcprst_event *e) {
    memcpy(&m->event, e, sizeof *e);
    m->event.connection = NULL;
    m->event.before = NULL;
    m->event.number = 0;
    if (e->burst == e)
        m->event.burst = itself();
    if (e->sweep == e)
        m->event.sweep = itself();
}

static void fill_endpoint(struct tcprst_image *m, const struct tcprst_endpoint *endpoint) {
    memcpy(&m->endpoint, endpoint, sizeof *endpoint);
    memset(&m->endpoint.address, 0, sizeof m->endpoint.address);
    memset(&m->endpoint.first_client.address, 0, sizeof m->endpoint.first_client.address);
    m->endpoint.port = 0;
    if (endpoint->last_abort)
        m->endpoint.last_abort = itself();
    if (endpoint->runs)
        memcpy(&m->run, endpoint->runs->data, sizeof m->run);
    if (endpoint->listener)
        memcpy(&m->listener, endpoint->listener, sizeof m->listener);
    m->endpoint.runs = NULL;
    m->endpoint.listener = NULL;
}

static uint8_t held(const struct tcprst_connection *c) {
    unsigned holds = (c->event ? TCPRST_HOLDS_EVENT : 0) | (c->recent ? TCPRST_HOLDS_RECENT : 0);
    if (owns_endpoint(c))
        holds |= TCPRST_HOLDS_ENDPOINT | (c->endpoint->runs ? TCPRST_HOLDS_RUN : 0) |
                 (c->endpoint->listener ? TCPRST_HOLDS_ANSWERS : 0);
    return (uint8_t)holds;
}

static void zero_ends(struct tcprst_image *m, unsigned holds) {
    for (unsigned i = 0; i < TCPRST_IMAGE_PARTS; i++)
        if (tcprst_image_has(holds, &tcprst_image_parts[i]))
            memset((uint8_t *)m + (tcprst_image_parts[i].end - 1) * TCPRST_IMAGE_UNIT_BYTES, 0,
                   TCPRST_IMAGE_UNIT_BYTES);
}

void tcprst_image_fill(struct tcprst_image *m, struct tcprst_compacted *head,
                       const struct tcprst_connection *c) {
    head->holds = held(c);
    zero_ends(m, head->holds);
    memcpy(&m->connection, c, TCPRST_CONNECTION_KEPT_BYTES);
    memset(&m->connection.tuple, 0, sizeof c->tuple);
    m->connection.client_index = 0;
    m->connection.event = NULL;
    m->connection.recent = NULL;
    m->connection.client = NULL;
    m->connection.silence = 0;
    if (c->event)
        fill_event(m, c->event);
    if (c->recent)
        memcpy(m->recent, c->recent, sizeof m->recent);
    if (head->holds & TCPRST_HOLDS_ENDPOINT) {
        fill_endpoint(m, c->endpoint);
        m->connection.endpoint = NULL;
    }
    head->base_frame = first_frame(c);
    head->base_ns = c->event ? c->event->time_ns : c->last_time_ns;
    shift_image(m, head, false);
}

static void restore_event(const struct tcprst_image *m, struct tcprst_connection *c,
                          struct tcprst_event *e, uint32_t number) {
    memcpy(e, &m->event, sizeof *e);
    c->event = e;
    e->number = number;
    e->connection = c;
    e->before = c;
    e->burst = e->burst == itself() ? e : e->burst;
    e->sweep = e->sweep == itself() ? e : e->sweep;
}

static void restore_endpoint(const struct tcprst_image *m, struct tcprst_connection *c,
                             struct tcprst_endpoint *endpoint, unsigned holds) {
    memcpy(endpoint, &m->endpoint, sizeof *endpoint);
    c->endpoint = endpoint;
    endpoint->address = c->tuple.address[!c->client_index];
    endpoint->port = c->tuple.port[!c->client_index];
    endpoint->first_client.address = c->tuple.address[c->client_index];
    if (endpoint->last_abort)
        endpoint->last_abort = c->event;
    if (holds & TCPRST_HOLDS_ANSWERS) {
        endpoint->listener = g_new(struct tcprst_listener, 1);
        memcpy(endpoint->listener, &m->listener, sizeof m->listener);
    }
    if (!(holds & TCPRST_HOLDS_RUN))
        return;
    endpoint->runs = g_array_sized_new(FALSE, FALSE, sizeof m->run, 1);
    g_array_append_val(endpoint->runs, m->run);
}

struct tcprst_connection *tcprst_image_restore(struct tcprst_image *m, struct tcprst_pools *pools,
                                               const struct tcprst_compacted *head) {
    struct tcprst_connection *c = tcprst_pool_take(&pools->connections);
    shift_image(m, head, true);
    memcpy(c, &m->connection, TCPRST_CONNECTION_KEPT_BYTES);
    c->client_index = head->client_index;
    if (head->holds & TCPRST_HOLDS_EVENT)
        restore_event(m, c, tcprst_pool_take(&pools->events), head->event_number);
    else
        c->silence = head->event_number;
    if (head->holds & TCPRST_HOLDS_ENDPOINT)
        restore_endpoint(m, c, tcprst_pool_take(&pools->endpoints), head->holds);
    if (head->holds & TCPRST_HOLDS_RECENT) {
        memcpy(c->recent_room, m->recent, sizeof m->recent);
        c->recent = c->recent_room;
    }
    return c;
}

void tcprst_free_packed_original(struct tcprst_pools *pools, struct tcprst_connection *c,
                                 const struct tcprst_compacted *packed) {
    if (packed->holds & TCPRST_HOLDS_ENDPOINT) {
        tcprst_endpoint_clear(c->endpoint);
        tcprst_pool_give_back(&pools->endpoints, c->endpoint);
    }
    if (c->event)
        tcprst_pool_give_back(&pools->events, c->event);
    tcprst_pool_give_back(&pools->connections, c);
}
