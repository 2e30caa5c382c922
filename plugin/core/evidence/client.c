/* client.c - evidence in what the client does: probes, scans, races, timeouts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

enum { FEWEST_PROBES = 3, MANY_PROBES = 5, FEWEST_TARGETS = 5, SECOND_NS = 1000000000 };

/* After 1 s (RFC 6298 section 2) or 3 s (RFC 1122 section 4.2.3.1) a server repeats its SYN/ACK: if
 * it did not, the capture lacks the client's ACK. */
static bool has_waited_half_open(const struct tcprst_view *v) {
    const struct tcprst_side *server = &v->event->before->side[TCPRST_SERVER];
    return v->event->stage == TCPRST_HALF_OPEN && server->syn.frame &&
           tcprst_elapsed_ns(server->last_time_ns, v->event->time_ns) > INT64_C(3) * SECOND_NS;
}

/* HAProxy intentionally ends its TCP checks this way (docs/facts.md 3, 11).  lwIP answers so
 * whatever has no socket (docs/facts.md 5), as after it gave up: then the SYN/ACK is late. */
bool tcprst_saw_rst_for_ack(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (e->from != TCPRST_CLIENT || e->stage != TCPRST_HALF_OPEN || !e->has_ack || !e->window ||
        e->before->wrong_ack_frame || e->ack != peer_side(v)->isn + 1 ||
        tcprst_syn_is_of_small_stack(syn_of(v)) || tcprst_saw_synack_late(v, NULL) ||
        has_waited_half_open(v))
        return false;
    return SAY("window %u", e->window);
}

/* 0 if frames close together were captured in another order. */
static int64_t since_handshake_ns(const struct tcprst_event *e) {
    return MAX(tcprst_elapsed_ns(e->before->ack_time_ns, e->time_ns), 0);
}

/* A program that ends its connection sends RST+ACK (docs/facts.md 1): a bare RST after an ACK that
 * comes from no socket answers the server's segments, which the capture lacks. */
static bool answers_unseen(const struct tcprst_view *v) {
    return tcprst_saw_rst_has_form_of_answer(v, NULL) && !peer_side(v)->segments;
}

/* HAProxy, nmap -sT and Alibaba's balancer: sooner than a round trip (docs/facts.md 3, 11).  Half a
 * second and four round trips allow for a slow program. */
bool tcprst_saw_hangup_after_ack(const struct tcprst_view *v, char *value) {
    static const int64_t longest_ns = 500000000;
    const struct tcprst_event *e = v->event;
    const int64_t after_ns = since_handshake_ns(e);
    if (e->from != TCPRST_CLIENT || e->stage != TCPRST_HANDSHAKE_DONE || answers_unseen(v) ||
        (after_ns > longest_ns && after_ns / 4 > e->irtt_ns))
        return false;
    return SAY("%s after the handshake", tcprst_duration(after_ns).text);
}

/* A check by connect() ends as soon as it has succeeded (docs/facts.md 3: nmap -sT 20 to 200 us).
 * The limit is a judgement: ten times that, for a busy host. */
bool tcprst_saw_hangup_at_once(const struct tcprst_view *v, char *value) {
    static const int64_t longest_ns = 2000000;
    const int64_t after_ns = since_handshake_ns(v->event);
    return tcprst_saw_hangup_after_ack(v, NULL) && !v->event->winner && after_ns <= longest_ns &&
           SAY("%s after the ACK in frame %u", tcprst_duration(after_ns).text,
               v->event->before->ack_frame);
}

/* No greeting is owed where the clients of other connections began (docs/facts.md 15). */
static int64_t greeting_wait_ns(const struct tcprst_view *v) {
    const struct tcprst_endpoint_protocols *protocols = endpoint_of(v)->protocols;
    return protocols && tcprst_endpoint_protocols_client_first(protocols)
               ? -1
               : tcprst_event_greeting_wait_ns(v->event);
}

/* docs/facts.md 15: its server accepts connections and sends nothing. */
bool tcprst_saw_waited_for_greeting(const struct tcprst_view *v, char *value) {
    int64_t waited_ns = greeting_wait_ns(v);
    return waited_ns >= 0 &&
           SAY("%.1f s since frame %u", seconds(waited_ns), v->event->before->ack_frame);
}

/* Monitors keep their interval within a few percent; a factor of 1.5 allows for one late check, 2
 * for intended jitter if there were too many checks for chance. */
static double widest_ratio(const struct tcprst_prober *prober) {
    return prober->resets < MANY_PROBES ? 1.5 : 2;
}

/* True if there were few checks, then none for ten periods and for as long as they had gone on.
 * Both numbers are judgements. */
static bool has_ended(const struct tcprst_view *v, const struct tcprst_prober *prober) {
    enum { MANY_PERIODS = 10, FEW = 20 };
    const int64_t end_ns = tcprst_capture_end_ns(v->capture, v->event->before);
    return prober->resets < FEW &&
           tcprst_elapsed_ns(prober->last_time_ns, end_ns) / MAX(MANY_PERIODS, prober->resets) >
               prober->longest_gap_ns;
}

/* A program that works through a list connects as regularly as a monitor, but more often, and
 * ends. */
static int64_t shortest_period_ns(const struct tcprst_view *v,
                                  const struct tcprst_prober *prober) {
    return prober->resets < MANY_PROBES || has_ended(v, prober) ? SECOND_NS : 200000000;
}

/* Monitors close as soon as they have the result: a client that waited is not a monitor, nor one
 * that had given up before the SYN/ACK came. */
static bool ends_like_a_probe(const struct tcprst_view *v) {
    const struct tcprst_event *e = v->event;
    bool is_long_exchange = e->before->side[TCPRST_CLIENT].data_segments > 1;
    bool has_waited = greeting_wait_ns(v) >= 0 || tcprst_saw_synack_late(v, NULL) ||
                      has_waited_half_open(v);
    return e->from == TCPRST_CLIENT && !has_waited && !tcprst_event_shows_gap(e) &&
           !(is_long_exchange && (e->silence_ns > SECOND_NS || e->is_owed_answer));
}

/* A monitor's next check begins after the one before. */
static bool overlaps(const struct tcprst_view *v, const struct tcprst_prober *prober) {
    const struct tcprst_syn *syn = &v->event->before->side[TCPRST_CLIENT].syn;
    return syn->frame &&
           tcprst_elapsed_ns(syn->time_ns, v->event->time_ns) > prober->longest_gap_ns;
}

static const struct tcprst_prober *prober_of(const struct tcprst_view *v) {
    const struct tcprst_exchange exchange = tcprst_exchange_of(v->event->before);
    return tcprst_endpoint_prober(endpoint_of(v), &v->event->client->address, &exchange);
}

/* Checks of databases, mail and telephony log in: several messages of the same lengths each time
 * (docs/facts.md 15). */
bool tcprst_saw_periodic_probe(const struct tcprst_view *v, char *value) {
    if (!ends_like_a_probe(v))
        return false;
    const struct tcprst_prober *prober = prober_of(v);
    if (!prober || prober->resets < FEWEST_PROBES || overlaps(v, prober) ||
        prober->shortest_gap_ns < shortest_period_ns(v, prober) ||
        (double)prober->longest_gap_ns > widest_ratio(prober) * (double)prober->shortest_gap_ns)
        return false;
    double shortest_s = seconds(prober->shortest_gap_ns),
           longest_s = seconds(prober->longest_gap_ns);
    if (longest_s - shortest_s < 0.1)
        return SAY("%u times, every %.1f s", prober->resets, shortest_s);
    return SAY("%u times, every %.1f to %.1f s", prober->resets, shortest_s, longest_s);
}

/* A balancer's half-open monitor is near the server (docs/facts.md 15).  A program whose own time
 * limit ends before a slow SYN/ACK comes can be as punctual, and is a client at other times.  The
 * numbers are judgements. */
bool tcprst_saw_half_open_often(const struct tcprst_view *v, char *value) {
    enum { FEWEST_RESETS = 6 };
    static const double widest = 1.1;
    static const int64_t longest_ns = 100000000;
    const struct tcprst_side *side = v->event->before->side;
    const struct tcprst_client *client = client_of(v);
    if (v->event->stage != TCPRST_HALF_OPEN || v->event->trigger != TCPRST_ANSWERS_SYNACK ||
        !tcprst_saw_periodic_probe(v, NULL) || (client && client->served) ||
        tcprst_elapsed_ns(side[TCPRST_CLIENT].syn.time_ns, side[TCPRST_SERVER].syn.time_ns) >
            longest_ns)
        return false;
    const struct tcprst_prober *prober = prober_of(v);
    return prober->resets >= FEWEST_RESETS &&
           (double)prober->longest_gap_ns <= widest * (double)prober->shortest_gap_ns &&
           SAY("%u times", prober->resets);
}

bool tcprst_saw_many_targets(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *sweep = v->event->sweep;
    return sweep && sweep->sweep_targets >= FEWEST_TARGETS &&
           SAY("%u resets and refusals over %u ports or hosts, from frame %u on",
               sweep->sweep_resets, sweep->sweep_targets, sweep->frame);
}

/* The client's connections around its first hang-up; nothing if this is no connection that it
 * opened to many. */
static struct tcprst_uses uses_beside_sweep(const struct tcprst_view *v) {
    const struct tcprst_event *e = v->event;
    if (e->from != TCPRST_CLIENT || e->stage != TCPRST_HANDSHAKE_DONE ||
        !tcprst_saw_many_targets(v, NULL))
        return (struct tcprst_uses){0};
    return tcprst_capture_uses(v->capture, &e->client->address, &endpoint_of(v)->address,
                               e->sweep->frame);
}

/* FTP (RFC 959, RFC 2428), SIP and the port mapper (RFC 1833) name a port on one connection, and
 * the client opens it.  A scan of the host tries ports that are closed or filtered, too. */
bool tcprst_saw_sweep_of_used_host(const struct tcprst_view *v, char *value) {
    enum { LAST_SYSTEM_PORT = 1023 }; /* RFC 6335 section 6: what is handed out lies above */
    const struct tcprst_uses uses = uses_beside_sweep(v);
    const struct tcprst_host *host = endpoint_of(v)->host;
    const struct tcprst_event *first = v->event->sweep;
    return uses.server_frame && !host->refusal_frame && endpoint_of(v)->port > LAST_SYSTEM_PORT &&
           first->connection->endpoint->port > LAST_SYSTEM_PORT &&
           host->ports / 2 <= v->event->sweep->sweep_targets && say_frame(value, uses.server_frame);
}

/* A program that keeps some of its connections and drops others, as one with many peers, is no
 * scan; of what a scan opens, little is used, and work beside it goes to one host. */
bool tcprst_saw_sweep_amid_use(const struct tcprst_view *v, char *value) {
    enum { RARER = 4 };
    const struct tcprst_uses uses = uses_beside_sweep(v);
    return uses.has_hosts && uses.answered >= uses.begun / RARER &&
           SAY("%u of %u connections", uses.answered, uses.begun);
}

/* RFC 8305: the losing connection is reset or closed once another one is open, and that one is
 * used.  A scan uses none. */
bool tcprst_saw_raced_connection(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *winner = v->event->winner;
    return winner && winner->side[TCPRST_CLIENT].payload_bytes &&
           SAY("in frame %u, %s earlier", winner->ack_frame,
               tcprst_duration(v->event->winner_ns).text);
}

/* Longer than a round trip: an answer could have arrived. */
bool tcprst_saw_request_unanswered(const struct tcprst_view *v, char *value) {
    static const int64_t usual_ns = 100000000, shortest_ns = 1000000;
    const struct tcprst_event *e = v->event;
    if (e->from != TCPRST_CLIENT || e->stage != TCPRST_REQUEST_SENT || !peer_side(v)->segments)
        return false; /* a capture of one direction shows no answers */
    int64_t waited_ns = tcprst_elapsed_ns(own_side(v)->last_time_ns, e->time_ns);
    return waited_ns >= (e->irtt_ns < 0 ? usual_ns : MAX(e->irtt_ns, shortest_ns)) &&
           SAY("%.3f s, since frame %u", seconds(waited_ns), own_side(v)->last_frame);
}

/* The same for a later request. */
bool tcprst_saw_next_answer_awaited(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->from == TCPRST_CLIENT && e->stage == TCPRST_RESPONSE_SENT &&
           tcprst_saw_request_outstanding(v, NULL) &&
           SAY("%.3f s", seconds(tcprst_elapsed_ns(own_side(v)->last_time_ns, e->time_ns)));
}

/* What ends then is a half-closed connection whose request nobody waits for any more, and no idle
 * one (docs/facts.md 15).  tcprst_connection_gave_up() asks for segments that are kept for a while
 * only, so what it says can change after the reset. */
bool tcprst_saw_request_given_up(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = v->event->before;
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    if (v->event->from != TCPRST_CLIENT || !c->gave_up || server->payload_bytes ||
        !client->fin_frame || server->fin_frame || tcprst_saw_answers_not_captured(v, NULL))
        return false;
    return SAY("FIN in frame %u", client->fin_frame);
}
