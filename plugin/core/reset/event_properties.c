/* event_properties.c - what follows from the facts of a reset, and names for it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/event.h"

bool tcprst_event_ttl_delta(const struct tcprst_event *e, int *delta) {
    const struct tcprst_side *own = &e->before->side[e->from];
    if (!own->segments || !e->ip.version || !own->ip.version)
        return false;
    *delta = e->ip.ttl - own->ip.ttl;
    return true;
}

unsigned tcprst_hops(uint8_t ttl) {
    return ttl > 128 ? 255u - ttl : ttl > 64 ? 128u - ttl : 64u - ttl;
}

/* Routers that peer with a neighbour begin with 1 (RFC 4271 section 5.1.3, RFC 5082 section 2.1),
 * by an option of the socket; what comes from no socket begins with the system's TTL. */
static unsigned hops_of_neighbour(uint8_t ttl) {
    return ttl == 1 ? 0 : tcprst_hops(ttl);
}

bool tcprst_same_hops(uint8_t ttl, uint8_t other) {
    return tcprst_hops(ttl) == tcprst_hops(other) ||
           hops_of_neighbour(ttl) == hops_of_neighbour(other);
}

bool tcprst_is_guarded_by_ttl(const struct tcprst_connection *c) {
    return c->side[TCPRST_CLIENT].ip.ttl == UINT8_MAX && c->side[TCPRST_SERVER].ip.ttl == UINT8_MAX;
}

enum tcprst_ttl tcprst_event_ttl(const struct tcprst_event *e) {
    const struct tcprst_side *own = &e->before->side[e->from];
    uint8_t ttl = e->ip.ttl;
    if (!own->segments || !e->ip.version || !own->ip.version)
        return TCPRST_TTL_UNKNOWN;
    if (ttl == own->ip.ttl || ttl == own->ttl_least || ttl == own->ttl_most)
        return TCPRST_TTL_SAME;
    if (ttl > own->ttl_least && ttl < own->ttl_most)
        return TCPRST_TTL_UNKNOWN;
    if (tcprst_same_hops(ttl, own->ip.ttl))
        return TCPRST_TTL_SAME_HOPS;
    return ttl + 1 == own->ttl_least || ttl == own->ttl_most + 1 ? TCPRST_TTL_OFF_BY_ONE
                                                                 : TCPRST_TTL_OTHER;
}

/* A side is far from the capture point if most of the handshake's time was spent on its leg: at
 * least 5 times the other leg, so that jitter does not matter. */
static bool is_nearer(int64_t leg_ns, int64_t other_ns) {
    return leg_ns >= 0 && leg_ns <= other_ns / 5;
}

enum tcprst_point tcprst_connection_point(const struct tcprst_connection *c) {
    int64_t server_ns = tcprst_connection_server_leg_ns(c);
    int64_t client_ns = tcprst_connection_client_leg_ns(c);
    if (server_ns < 0 || client_ns < 0 || MAX(server_ns, client_ns) < TCPRST_SHORTEST_LEG_NS / 2)
        return TCPRST_POINT_UNKNOWN;
    if (is_nearer(client_ns, server_ns))
        return TCPRST_POINT_CLIENT;
    return is_nearer(server_ns, client_ns) ? TCPRST_POINT_SERVER : TCPRST_POINT_BETWEEN;
}

bool tcprst_event_is_at_server(const struct tcprst_event *e) {
    const struct tcprst_leg *server = &e->connection->endpoint->leg,
                            *client = tcprst_host_leg(e->client, TCPRST_CLIENT);
    const uint32_t here = tcprst_connection_interface(e->before);
    return e->point == TCPRST_POINT_SERVER ||
           (e->point == TCPRST_POINT_UNKNOWN && server->interface == here &&
            client->interface == here && client->shortest_ns >= TCPRST_SHORTEST_LEG_NS &&
            is_nearer(server->shortest_ns, client->shortest_ns));
}

enum tcprst_label tcprst_event_label(const struct tcprst_event *e) {
    const struct tcprst_side *own = &e->before->side[e->from];
    const struct tcprst_side *peer = &e->before->side[tcprst_peer_of(e->from)];
    uint32_t label = e->ip.flow_label;
    if (e->ip.version != 6 || !own->segments || !own->ip.flow_label || own->label_varies)
        return TCPRST_LABEL_UNKNOWN;
    if (!label || label == own->ip.flow_label)
        return label ? TCPRST_LABEL_SAME : TCPRST_LABEL_ZERO;
    return peer->segments && label == peer->ip.flow_label ? TCPRST_LABEL_UNKNOWN
                                                          : TCPRST_LABEL_OTHER;
}

/* Numbers of its segments, or the peer's acknowledgements, show that the capture lacks some. */
static bool lacks_segments(const struct tcprst_side *own, const struct tcprst_side *peer) {
    enum { FARTHEST = 1 << 24 };
    const uint32_t unseen = peer->acked - own->next_seq;
    return own->gap_from != own->gap_to ||
           (own->payload_bytes > own->syn.payload_bytes && !own->last_data_frame) ||
           (own->has_sent && peer->has_acked && unseen && unseen < FARTHEST);
}

bool tcprst_event_shows_gap(const struct tcprst_event *e) {
    const struct tcprst_side *own = &e->before->side[e->from],
                             *peer = &e->before->side[tcprst_peer_of(e->from)];
    bool acks_unseen = e->has_ack && peer->has_sent && tcprst_seq_after(e->ack, peer->next_seq);
    bool counts_unseen = e->has_ack && own->has_sent && tcprst_seq_after(e->seq, own->next_seq);
    bool is_one_way = own->segments ? !peer->segments : e->before->handshake_done;
    bool is_incomplete = e->before->handshake_done &&
                         (lacks_segments(own, peer) || lacks_segments(peer, own));
    return acks_unseen || counts_unseen || is_one_way || is_incomplete;
}

/* A filter acts on the segment that contains the name, near the beginning of what the client
 * sends. */
enum { LATEST_NAME_BYTES = 4096 };

bool tcprst_event_cuts_request(const struct tcprst_event *e) {
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT];
    int64_t since_ns = tcprst_elapsed_ns(client->last_time_ns, e->time_ns);
    return e->stage == TCPRST_REQUEST_SENT &&
           e->before->application.first[TCPRST_CLIENT].protocol &&
           client->payload_bytes <= LATEST_NAME_BYTES && since_ns >= 0 && since_ns < 1000000000;
}

bool tcprst_event_refuses_oddly(const struct tcprst_event *e, const struct tcprst_side *client) {
    return e->stage == TCPRST_SYN_SENT && e->from == TCPRST_SERVER && client->isn_known &&
           !e->seq && !e->payload_bytes && e->ack == (e->has_ack ? client->isn : 0);
}

/* An abort has an ACK number (docs/facts.md 1, 11); a reset without one answers a FIN that fits no
 * connection of its sender, or refuses it. */
bool tcprst_event_is_closed_unasked(const struct tcprst_event *e) {
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT],
                             *server = &e->before->side[TCPRST_SERVER];
    return e->from == TCPRST_SERVER && e->before->handshake_done && client->fin_frame &&
           !client->payload_bytes && !server->payload_bytes && !server->fin_frame &&
           (e->has_ack || e->ack);
}

/* A client that only tests whether the port answers closes at once (docs/facts.md 3, 11); a client
 * that stays is waiting: servers of FTP, SMTP, SSH, POP3, IMAP and MySQL send first. */
int64_t tcprst_event_greeting_wait_ns(const struct tcprst_event *e) {
    enum { SHORTEST_WAIT_NS = 1000000000, FEWEST_RTTS = 8 };
    if (e->from != TCPRST_CLIENT || e->stage != TCPRST_HANDSHAKE_DONE || !e->before->ack_frame)
        return -1;
    int64_t waited_ns = tcprst_elapsed_ns(e->before->ack_time_ns, e->time_ns);
    bool is_long = waited_ns >= SHORTEST_WAIT_NS && waited_ns / FEWEST_RTTS >= e->irtt_ns;
    return is_long ? waited_ns : -1;
}

double tcprst_event_delay_rtt(const struct tcprst_event *e) {
    return e->leg_ns < 0 || e->delay_ns < 0 ? -1 : (double)e->delay_ns / (double)e->leg_ns;
}

/* What the client had sent, and which RSTs came in its name. */
enum phase { POST_SYN, POST_ACK, POST_PSH, POST_MORE_DATA, PHASES };
enum resets { ONE_RST, RSTS, ONE_RST_ACK, RST_ACKS, RST_AND_RST_ACK, RESETS };

static enum phase phase_of(const struct tcprst_event *e) {
    unsigned data_segments = e->before->side[TCPRST_CLIENT].data_segments;
    if (!e->before->handshake_done)
        return POST_SYN;
    return data_segments == 0 ? POST_ACK : data_segments == 1 ? POST_PSH : POST_MORE_DATA;
}

static enum resets resets_of(const struct tcprst_after *after) {
    if (after->bare_rsts && after->ack_rsts)
        return RST_AND_RST_ACK;
    if (after->bare_rsts)
        return after->bare_rsts == 1 ? ONE_RST : RSTS;
    return after->ack_rsts == 1 ? ONE_RST_ACK : RST_ACKS;
}

const char *tcprst_event_signature(const struct tcprst_event *e) {
    static const char *const names[PHASES][RESETS] = {
        [POST_SYN] = {"SYN -> RST", "SYN -> RST", "SYN -> RST+ACK", "SYN -> RST+ACK",
                      "SYN -> RST; RST+ACK"},
        [POST_ACK] = {"SYN;ACK -> RST", "SYN;ACK -> RST; RST", "SYN;ACK -> RST+ACK",
                      "SYN;ACK -> RST+ACK; RST+ACK", NULL},
        [POST_PSH] = {"PSH+ACK -> RST", "PSH+ACK -> RST = RST", "PSH+ACK -> RST+ACK",
                      "PSH+ACK -> RST+ACK; RST+ACK", "PSH+ACK -> RST; RST+ACK"},
        [POST_MORE_DATA] = {"PSH+ACK; Data -> RST", "PSH+ACK; Data -> RST",
                            "PSH+ACK; Data -> RST+ACK", "PSH+ACK; Data -> RST+ACK", NULL},
    };
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT];
    enum phase phase = phase_of(e);
    enum resets resets = resets_of(&e->after);

    if (e->from != TCPRST_CLIENT || !client->syn.frame || client->fin_frame)
        return NULL;
    if (phase == POST_PSH && resets == RSTS && e->after.ack_changes)
        return e->after.zero_ack ? "PSH+ACK -> RST; RST0" : "PSH+ACK -> RST != RST";
    return names[phase][resets];
}

const char *tcprst_event_ack_field_note(const struct tcprst_event *event) {
    return event->ack && !event->has_ack ? "harmless: this stack does not clear the field" : NULL;
}

const char *tcprst_failure_kind_name(const struct tcprst_event *e) {
    return e->silence ? "silence" : "reset";
}

const char *tcprst_form_name(const struct tcprst_event *e) {
    return e->has_ack ? "RST+ACK" : "RST";
}

bool tcprst_event_leg_is_sure(const struct tcprst_event *e) {
    const struct tcprst_side *side = e->before->side;
    return e->leg_samples >= TCPRST_FEWEST_SAMPLES &&
           (side[TCPRST_CLIENT].syn.frame || side[TCPRST_SERVER].syn.frame);
}

bool tcprst_event_follows_repeats(const struct tcprst_event *e) {
    const struct tcprst_side *own = &e->before->side[e->from],
                             *peer = &e->before->side[tcprst_peer_of(e->from)];
    const struct tcprst_repetition *r = &peer->repetition;
    return r->frame && r->kind == TCPRST_AGAIN_DATA && r->times >= 2 &&
           peer->last_frame == r->frame && own->segments &&
           tcprst_elapsed_ns(r->since_ns, own->last_time_ns) <= 0;
}

bool tcprst_event_is_overdue(const struct tcprst_event *e, int64_t age_ns) {
    static const int64_t shortest_ns = 500000000;
    return age_ns >= shortest_ns && age_ns / 4 >= e->leg_ns;
}

unsigned tcprst_event_routers_more(const struct tcprst_event *e) {
    enum { MOST = 8 }; /* a judgement */
    const unsigned own = tcprst_hops(e->ip.ttl),
                   others = tcprst_hops(e->before->side[e->from].ip.ttl);
    const bool is_known = tcprst_event_ttl(e) != TCPRST_TTL_UNKNOWN;
    return is_known && own > others && own - others <= MOST ? own - others : 0;
}

const char *tcprst_point_name(enum tcprst_point point) {
    static const char *const names[] = {
        [TCPRST_POINT_UNKNOWN] = "unknown",
        [TCPRST_POINT_CLIENT] = "client",
        [TCPRST_POINT_SERVER] = "server",
        [TCPRST_POINT_BETWEEN] = "between",
    };
    return names[point];
}

const char *tcprst_trigger_noun(enum tcprst_trigger trigger) {
    static const char *const nouns[] = {
        [TCPRST_NO_TRIGGER] = "nothing in the capture",
        [TCPRST_ANSWERS_SYN] = "the SYN",
        [TCPRST_ANSWERS_SYNACK] = "the SYN/ACK",
        [TCPRST_ANSWERS_HANDSHAKE_ACK] = "the handshake's ACK",
        [TCPRST_ANSWERS_DATA] = "data",
        [TCPRST_ANSWERS_FIN] = "a FIN",
        [TCPRST_ANSWERS_ACK] = "an ACK",
        [TCPRST_ANSWERS_PROBE] = "a segment without ACK",
    };
    return nouns[trigger];
}
