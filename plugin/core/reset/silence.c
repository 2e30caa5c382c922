/* silence.c - whether a connection failed without a reset, and what was asked in vain
 *
 * A silence is what its asker could not overlook: it repeated itself, or gave up.  Where the
 * capture may lack the answers there is none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/silence.h"

#include <string.h>

#include "core/packet/icmp_error.h"

static void take_repetition(struct tcprst_silence *s, const struct tcprst_repetition *r) {
    s->frame = r->frame;
    s->time_ns = r->time_ns;
    s->since_ns = r->since_ns;
    s->repeats = r->times;
    s->first_wait_ms = r->first_wait_ms;
    s->last_wait_ms = r->last_wait_ms;
    s->bytes = r->end - r->seq;
}

static void take_syn(struct tcprst_silence *s, const struct tcprst_side *own) {
    const struct tcprst_repetition *r = &own->repetition;
    s->frame = own->last_frame;
    s->time_ns = own->last_time_ns;
    s->since_ns = own->syn.time_ns;
    s->repeats = own->syn.repeats;
    if (!r->frame || r->kind != TCPRST_AGAIN_SYN)
        return;
    s->first_wait_ms = r->first_wait_ms;
    s->last_wait_ms = r->last_wait_ms;
}

/* --- the handshake --- */

/* Linux' SYN proxy writes the number of its SYN/ACK into the SYN that it sends for the client, and
 * sends that again only when the client does (kernel net/netfilter/nf_synproxy_core.c
 * synproxy_send_server_syn()).  Systems write 0. */
static bool is_of_proxy(const struct tcprst_syn *syn) {
    return syn->has_ack_number;
}

bool tcprst_repeats_syn(const struct tcprst_side *own) {
    static const int64_t shortest_ns = 200000000;
    return own->syn.repeats &&
           tcprst_elapsed_ns(own->syn.time_ns, own->last_time_ns) >= shortest_ns;
}

/* An ICMP error that quotes the SYN is an answer: at the first one Linux gives up (kernel
 * net/ipv4/tcp_ipv4.c tcp_v4_err()).  It does not if a packet was too big. */
static bool is_refused_by_icmp(const struct tcprst_connection *c) {
    return c->application.icmp_frame &&
           tcprst_icmp_kind_of(c->application.icmp_error) != TCPRST_TOO_BIG;
}

/* A system repeats its SYN after a second (RFC 6298 section 2.1), unless connect() was cancelled;
 * scanners and floods do not, and offer little. */
static bool syn_has_no_answer(const struct tcprst_connection *c, struct tcprst_silence *s) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    if (!tcprst_sent_only_syns(client) || server->segments || server->isn_known ||
        (!tcprst_repeats_syn(client) && !tcprst_offers_little(&client->syn.options) &&
         !is_of_proxy(&client->syn) && !is_refused_by_icmp(c)))
        return false;
    s->asked = TCPRST_ASKED_SYN;
    s->silent = TCPRST_SERVER;
    take_syn(s, client);
    return true;
}

static bool synack_has_no_answer(const struct tcprst_connection *c, struct tcprst_silence *s) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    if (!tcprst_sent_only_syns(server) || !tcprst_repeats_syn(server) ||
        (client->segments && !tcprst_sent_only_syns(client)))
        return false;
    s->asked = TCPRST_ASKED_SYNACK;
    s->silent = TCPRST_CLIENT;
    take_syn(s, server);
    return true;
}

/* --- the open connection --- */

static bool is_of_midst(const struct tcprst_connection *c) {
    return !c->side[TCPRST_CLIENT].syn.frame && !c->side[TCPRST_SERVER].syn.frame;
}

/* The asker's segments show that it got segments of the other side which the capture lacks: it
 * acknowledges them, or echoes their time (RFC 7323 section 4.3).  Of a connection captured from
 * its midst it shows nothing, if the other side had sent all it had before (see
 * is_other_way_seen()). */
static bool lacks_answers(const struct tcprst_connection *c, enum tcprst_role asking) {
    const struct tcprst_side *asker = &c->side[asking], *silent = &c->side[tcprst_peer_of(asking)];
    bool acks_later = asker->has_acked && silent->has_sent && !c->wrong_ack_frame &&
                      tcprst_seq_after(asker->acked, silent->next_seq);
    bool echoes_later = asker->has_timestamps && silent->has_timestamps &&
                        tcprst_seq_after(asker->tsecr, silent->tsval);
    /* payload that only the asker's ACK numbers prove */
    bool is_hidden = silent->payload_bytes && (!silent->segments || tcprst_sent_only_syns(silent));
    return (!silent->segments && !is_of_midst(c)) || acks_later || echoes_later || is_hidden;
}

/* True if what the asker repeated last is still without an answer. */
static bool repeats_in_vain(const struct tcprst_side *asker, const struct tcprst_side *silent) {
    const struct tcprst_repetition *r = &asker->repetition;
    if (!r->frame || r->kind == TCPRST_AGAIN_SYN)
        return false;
    if (r->kind == TCPRST_AGAIN_PROBE && asker->unanswered)
        return true;
    /* new data after a timeout is sent when an acknowledgement came (RFC 5681 section 3.1) */
    return !tcprst_has_acked(silent, r->end) && asker->last_data_frame < r->frame;
}

static bool is_shut_out(const struct tcprst_side *asker, const struct tcprst_side *silent) {
    const struct tcprst_repetition *r = &asker->repetition;
    return tcprst_is_window_shut(silent, asker) &&
           r->frame > silent->shut_frame && r->kind != TCPRST_AGAIN_SYN &&
           r->kind != TCPRST_AGAIN_FIN;
}

static void take_probes(struct tcprst_silence *s, const struct tcprst_side *asker,
                        const struct tcprst_side *silent) {
    take_repetition(s, &asker->repetition);
    s->asked = TCPRST_ASKED_PROBE;
    s->since_ns = silent->last_time_ns;
    s->repeats = asker->unanswered;
    s->bytes = 0;
}

static bool asked_in_vain(const struct tcprst_connection *c, enum tcprst_role asker,
                          struct tcprst_silence *s) {
    static const enum tcprst_asked asked[] = {
        [TCPRST_AGAIN_DATA] = TCPRST_ASKED_DATA, [TCPRST_AGAIN_FIN] = TCPRST_ASKED_FIN,
        [TCPRST_AGAIN_PROBE] = TCPRST_ASKED_DATA};
    const struct tcprst_side *own = &c->side[asker], *silent = &c->side[tcprst_peer_of(asker)];
    const struct tcprst_repetition *r = &own->repetition;
    s->silent = tcprst_peer_of(asker);
    if (is_shut_out(own, silent)) {
        take_repetition(s, r);
        s->asked = TCPRST_ASKED_WINDOW;
        s->since_ns = silent->shut_ns;
        s->repeats = own->unanswered > 2 ? own->unanswered : r->times; /* in vain, or all */
        return true;
    }
    if (!repeats_in_vain(own, silent) || lacks_answers(c, asker))
        return false;
    if (r->kind == TCPRST_AGAIN_PROBE && tcprst_has_acked(silent, r->end)) {
        take_probes(s, own, silent);
        return true;
    }
    take_repetition(s, r);
    s->asked = asked[r->kind];
    return true;
}

/* The server goes on repeating its SYN/ACK, and sends nothing else. */
static bool ack_has_no_effect(const struct tcprst_connection *c, struct tcprst_silence *s) {
    const struct tcprst_side *server = &c->side[TCPRST_SERVER];
    if (!c->synacks_after_ack || !tcprst_sent_only_syns(server))
        return false;
    s->asked = TCPRST_ASKED_ACK;
    s->silent = TCPRST_SERVER;
    take_syn(s, server);
    s->since_ns = c->ack_frame ? c->ack_time_ns : s->since_ns;
    s->repeats = c->synacks_after_ack;
    return true;
}

/* --- a request without answer --- */

/* Of other protocols the rest of the capture tells: see is_owed(). */
static bool may_want_answer(const struct tcprst_connection *c) {
    return tcprst_is_of_answered_protocol(c) || c->side[TCPRST_CLIENT].fin_frame;
}

/* After the first answer only HTTP/1 shows that the client's latest payload asks for something: not
 * what it gave way to, as WebSocket, a tunnel or HTTP/2, of which a frame may want no answer. */
static bool owes_answer(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    bool asks_again = c->application.first[TCPRST_CLIENT].protocol == TCPRST_PROTOCOL_HTTP &&
                      !c->application.left_http;
    return client->payload_bytes && c->recent && c->handshake_done && may_want_answer(c) &&
           (!server->fin_frame || tcprst_connection_gave_up(c)) &&
           (!server->payload_bytes || (asks_again && client->fin_frame &&
                                       client->last_data_frame > server->last_data_frame)) &&
           tcprst_has_acked(server, tcprst_payload_end(client));
}

/* What the client sent after the latest answer, which acknowledged what it answers. */
static uint32_t bytes_since_answer(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    const uint32_t end = tcprst_payload_end(client);
    return server->payload_bytes && tcprst_seq_after(end, server->last_data_ack)
               ? end - server->last_data_ack
               : client->payload_bytes;
}

/* A client that closes after a long wait gave up.  One that still waits when the capture ends may
 * wait for something on purpose, as a long poll does. */
static bool request_has_no_answer(const struct tcprst_connection *c, struct tcprst_silence *s) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    const struct tcprst_sent *request =
        owes_answer(c) ? tcprst_recent_segments_payload(&c->recent[TCPRST_CLIENT]) : NULL;
    if (!request || lacks_answers(c, TCPRST_CLIENT))
        return false;
    s->asked = TCPRST_ASKED_REQUEST;
    s->silent = TCPRST_SERVER;
    s->is_given_up = client->fin_frame;
    s->frame = s->is_given_up ? client->fin_frame : request->frame;
    s->time_ns = s->is_given_up ? client->fin_time_ns : request->time_ns;
    s->since_ns = request->time_ns;
    s->bytes = bytes_since_answer(c);
    return true;
}

/* --- all of them --- */

static bool find_open(const struct tcprst_connection *c, struct tcprst_silence *s) {
    struct tcprst_silence of[2] = {*s, *s};
    bool is[2];
    for (unsigned asker = 0; asker < 2; asker++)
        is[asker] = asked_in_vain(c, asker, &of[asker]);
    if (!is[0] && !is[1])
        return ack_has_no_effect(c, s) || request_has_no_answer(c, s);
    *s = is[0] && (!is[1] || of[0].frame > of[1].frame) ? of[0] : of[1];
    return true;
}

/* Most connections: the server answered last, and nothing was ever repeated. */
static bool went_well(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    return server->payload_bytes && !client->repetition.frame && !server->repetition.frame &&
           client->last_data_frame <= server->last_data_frame;
}

static bool find(const struct tcprst_connection *c, struct tcprst_silence *s) {
    if (c->event || went_well(c))
        return false; /* a reset tells what there is to tell */
    memset(s, 0, sizeof *s);
    if (c->handshake_done || !(c->side[0].syn.frame || c->side[1].syn.frame))
        return find_open(c, s);
    if (c->wrong_ack_frame)
        return asked_in_vain(c, TCPRST_CLIENT, s);
    return syn_has_no_answer(c, s) || synack_has_no_answer(c, s);
}

/* How often it must be sent again, the first time not counted.  A SYN/ACK that is not repeated may
 * have been answered, if a filter of the capture takes segments with SYN only; data repeated once,
 * after the capture. */
static unsigned fewest_repeats(const struct tcprst_silence *s) {
    static const uint8_t fewest[] = {
        [TCPRST_ASKED_SYN] = 0,  [TCPRST_ASKED_SYNACK] = 1, [TCPRST_ASKED_ACK] = 2,
        [TCPRST_ASKED_DATA] = 2, [TCPRST_ASKED_FIN] = 2,    [TCPRST_ASKED_PROBE] = 3,
        [TCPRST_ASKED_WINDOW] = 2, [TCPRST_ASKED_REQUEST] = 0,
    };
    return fewest[s->asked];
}

enum { SECOND_NS = 1000000000 };

/* A client that still waits: HTTP's can do so on purpose, and what was sent just now can be
 * answered soon.  One that gave up may have had answers that took longer, as with a long poll. */
static bool is_weak(const struct tcprst_connection *c, const struct tcprst_silence *s) {
    const bool is_http = c->application.first[TCPRST_CLIENT].protocol == TCPRST_PROTOCOL_HTTP;
    if (s->asked != TCPRST_ASKED_REQUEST)
        return false;
    return s->is_given_up ? !c->gave_up && c->outlived_ns >= s->waited_ns
                          : is_http || s->waited_ns < INT64_C(10) * SECOND_NS;
}

/* A window that was 0 in the SYN/ACK already waits for a handshake, not for an application.
 * Elsewhere 4 s, in which Linux probes four times, and 5 s for a client that gave up are
 * judgements. */
static int64_t shortest_silence_ns(const struct tcprst_connection *c,
                                   const struct tcprst_silence *s) {
    const struct tcprst_side *silent = &c->side[s->silent];
    const bool is_full = s->asked == TCPRST_ASKED_WINDOW &&
                         (!silent->syn.frame || silent->shut_frame != silent->syn.frame);
    if (s->asked == TCPRST_ASKED_SYN && is_refused_by_icmp(c))
        return 0;
    if (is_full)
        return INT64_C(4) * SECOND_NS;
    if (s->is_given_up && !tcprst_is_of_answered_protocol(c))
        return INT64_C(5) * SECOND_NS;
    return TCPRST_SHORTEST_SILENCE_NS;
}

/* Two repeats after a timeout of at least 200 ms that doubles (RFC 6298 section 5.5; Linux) take
 * 600 ms; less are copies of frames. */
static bool is_repeated_soon(const struct tcprst_silence *s) {
    static const int64_t shortest_ns = 400000000;
    return (s->asked == TCPRST_ASKED_DATA || s->asked == TCPRST_ASKED_FIN) &&
           tcprst_elapsed_ns(s->since_ns, s->time_ns) < shortest_ns;
}

/* If the capture has nothing that the server sent on this connection, it must have some on others,
 * and enough repeats. */
static bool is_other_way_seen(const struct tcprst_connection *c, const struct tcprst_silence *s) {
    enum { FEWEST_REPEATS = 4 };
    return c->side[s->silent].segments || !is_of_midst(c) ||
           (s->silent == TCPRST_SERVER && c->endpoint && c->endpoint->host->synack_frame &&
            s->repeats >= FEWEST_REPEATS);
}

/* Whatever the protocol, if the port answered the first words of others. */
static bool is_owed(const struct tcprst_connection *c, const struct tcprst_silence *s) {
    return s->asked != TCPRST_ASKED_REQUEST || tcprst_is_of_answered_protocol(c) ||
           (c->endpoint && c->endpoint->protocols);
}

bool tcprst_silence_of(const struct tcprst_connection *c, int64_t end_ns,
                       struct tcprst_silence *s) {
    if (!find(c, s) || s->repeats < fewest_repeats(s) || is_repeated_soon(s) ||
        !is_other_way_seen(c, s) || !is_owed(c, s))
        return false;
    s->after_ns = tcprst_elapsed_ns(s->time_ns, end_ns);
    s->after_ns = MAX(s->after_ns, 0);
    s->waited_ns = tcprst_elapsed_ns(s->since_ns, s->is_given_up ? s->time_ns : end_ns);
    s->is_weak = is_weak(c, s);
    return s->waited_ns >= shortest_silence_ns(c, s);
}

bool tcprst_may_be_silent(const struct tcprst_connection *c) {
    struct tcprst_silence s;
    return find(c, &s) && s.repeats >= fewest_repeats(&s);
}

bool tcprst_is_half_open(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    return !c->event && !c->handshake_done && tcprst_sent_only_syns(client) &&
           tcprst_sent_only_syns(server) && !tcprst_repeats_syn(client);
}

/* --- as an event --- */

/* As of the request, which the client's FIN follows. */
static enum tcprst_stage stage_of(const struct tcprst_connection *c,
                                  const struct tcprst_silence *s) {
    if (s->asked != TCPRST_ASKED_REQUEST)
        return tcprst_connection_stage(c);
    return c->side[TCPRST_SERVER].payload_bytes ? TCPRST_RESPONSE_SENT : TCPRST_REQUEST_SENT;
}

static enum tcprst_failure failure_of(const struct tcprst_connection *c,
                                      const struct tcprst_silence *s) {
    if (s->silent == TCPRST_CLIENT || c->roles_inferred || c->side[TCPRST_SERVER].payload_bytes)
        return TCPRST_NO_FAILURE;
    if (s->asked == TCPRST_ASKED_SYN)
        return TCPRST_FAILED_ON_SYN;
    return c->side[TCPRST_CLIENT].payload_bytes ? TCPRST_FAILED_ON_REQUEST
                                                : TCPRST_FAILED_IN_HANDSHAKE;
}

void tcprst_event_of_silence(struct tcprst_event *e, const struct tcprst_silence *s,
                             struct tcprst_connection *c, struct tcprst_host *client) {
    *e = (struct tcprst_event){
        .silence = s,
        .connection = c,
        .before = c,
        .client = client,
        .is_only = true,
        .from = s->silent,
        .stage = stage_of(c, s),
        .frame = s->frame,
        .time_ns = s->time_ns,
        .failure = failure_of(c, s),
        .oldest_trigger_ns = -1,
        .acked_age_ns = -1,
        .idle_before_acked_ns = -1,
        .idle_before_request_ns = -1,
        .delay_ns = -1,
        .leg_ns = -1,
        .silence_ns = s->repeats ? tcprst_elapsed_ns(s->since_ns, s->time_ns) : s->waited_ns,
        .irtt_ns = tcprst_connection_initial_rtt_ns(c),
        .point = tcprst_connection_point(c),
        .server = tcprst_endpoint_snapshot(c->endpoint),
    };
}

/* NULL: the capture has none. */
static const struct tcprst_syn *first_syn(const struct tcprst_event *e) {
    const struct tcprst_syn *syn = &e->before->side[TCPRST_CLIENT].syn,
                            *synack = &e->before->side[TCPRST_SERVER].syn;
    if (!syn->frame)
        return synack->frame ? synack : NULL;
    return !synack->frame || syn->frame < synack->frame ? syn : synack;
}

uint32_t tcprst_silence_begin_frame(const struct tcprst_event *e) {
    const struct tcprst_syn *first = first_syn(e);
    return first ? first->frame : e->frame;
}

int64_t tcprst_silence_begin_ns(const struct tcprst_event *e) {
    const struct tcprst_syn *first = first_syn(e);
    return first ? first->time_ns : e->time_ns;
}
