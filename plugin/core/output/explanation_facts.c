/* explanation_facts.c - the facts that texts in causes/ name: one function each, one table
 *
 * A fact adds a word, a number, an address, a frame or a time.  Sentences are in causes/.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/fact.h"

#include "core/packet/time_text.h"
#include "core/reset/context.h"

static bool add_count(const struct tcprst_explained *t, uint32_t count) {
    return count && ADD("%u", count);
}

static bool add_duration(const struct tcprst_explained *t, int64_t ns) {
    return ns >= 0 && ADD("%s", tcprst_duration(ns).text);
}

/* --- who --- */

FACT(server) {
    tcprst_add_endpoint(t->out, &e->connection->endpoint->address, e->connection->endpoint->port);
    return true;
}
FACT(loopback) { return tcprst_is_loopback(tcprst_address_of(c, TCPRST_CLIENT)); }
FACT(client) { return add_address(t, c, TCPRST_CLIENT); }
FACT(peer_address) { return add_address(t, c, tcprst_peer_of(e->from)); }
FACT(sender) { return ADD("%s", tcprst_role_name(e->from)); }
FACT(from_server) { return e->from == TCPRST_SERVER; }
FACT(stage) { return ADD("%s", tcprst_stage_name(e->stage)); }
FACT(address_family) { return ADD("%s", e->ip.version == 6 ? "ipv6" : "ip"); }

FACT(is_ipv4) { return e->ip.version == 4; }

FACT(syn_target) {
    if (e->syn_target.syn_frame)
        tcprst_add_endpoint(t->out, &e->syn_target.address, e->syn_target.port);
    return e->syn_target.syn_frame;
}

/* By the TTL of its SYN/ACK: Windows starts at 128, Linux at 64 (docs/facts.md 5, 11).  An ACK
 * field in a bare reset is a habit of Windows, and a capture that was made up or rewritten can have
 * any TTL. */
FACT(maybe_windows) {
    const struct tcprst_ip *ip = &c->side[TCPRST_SERVER].syn.ip;
    bool has_ack_habit = !e->has_ack && e->ack;
    return has_ack_habit || !ip->version || !ip->ttl || ip->ttl > 64;
}
FACT(maybe_linux) {
    const struct tcprst_ip *ip = &c->side[TCPRST_SERVER].syn.ip;
    return !ip->version || ip->ttl <= 64 || ip->ttl > 128;
}

/* --- frames --- */

FACT(syn) { return add_frame(t, c->side[TCPRST_CLIENT].syn.frame); }
FACT(synack) { return add_frame(t, c->side[TCPRST_SERVER].syn.frame); }
FACT(ack) { return add_frame(t, c->ack_frame); }
FACT(wrong_ack) { return add_frame(t, c->wrong_ack_frame); }
FACT(trigger) { return add_frame(t, e->trigger_frame) || ADD("an earlier segment"); }
FACT(trigger_kind) { return ADD("%s", tcprst_trigger_noun(e->trigger)); }
FACT(answered) { return e->trigger_frame; }
FACT(rst) { return add_frame(t, e->frame); }
FACT(own_fin) { return add_frame(t, own_side(e)->fin_frame); }
FACT(peer_last) {
    return add_frame(t, e->trigger_frame ? e->trigger_frame : peer_side(e)->last_frame);
}

/* Its window was open before, and had been 0 for a second. */
FACT(peer_shut) {
    enum { LONG_NS = 1000000000 };
    const struct tcprst_side *peer = peer_side(e);
    return tcprst_is_window_shut(peer, own_side(e)) && peer->largest_window &&
           tcprst_elapsed_ns(peer->shut_ns, e->time_ns) >= LONG_NS &&
           add_frame(t, peer->shut_frame);
}

/* --- times --- */

FACT(delay) { return add_duration(t, e->delay_ns); }
FACT(silence) { return add_duration(t, e->silence_ns); }
FACT(synack_wait) { return add_duration(t, tcprst_connection_server_leg_ns(c)); }

FACT(round_trips) {
    double round_trips = tcprst_event_delay_rtt(e);
    return round_trips >= 0 && ADD("%.2f", round_trips);
}

/* Since the segment that the reset answers, else since the last one of either side. */
FACT(since_last) {
    uint32_t last_frame = MAX(own_side(e)->last_frame, peer_side(e)->last_frame);
    uint32_t frame = e->trigger_frame ? e->trigger_frame : last_frame;
    int64_t ns = e->trigger_frame ? e->delay_ns : tcprst_elapsed_ns(c->last_time_ns, e->time_ns);
    return frame && add_duration(t, ns) && ADD(" after ") && add_frame(t, frame);
}

/* --- what was sent --- */

FACT(one_direction) { return !own_side(e)->segments || !peer_side(e)->segments; }
FACT(client_bytes) { return add_count(t, c->side[TCPRST_CLIENT].payload_bytes); }
FACT(server_bytes) { return add_count(t, c->side[TCPRST_SERVER].payload_bytes); }

FACT(own_unacknowledged) {
    const struct tcprst_side *own = own_side(e), *peer = peer_side(e);
    if (!own->has_sent || !peer->segments)
        return false;
    if (!peer->has_acked)
        return add_count(t, own->payload_bytes);
    uint32_t end = tcprst_payload_end(own);
    bool is_missing = tcprst_seq_after(end, peer->acked);
    return is_missing && add_count(t, MIN(end - peer->acked, own->payload_bytes));
}

/* How often its sender had repeated its segment, and knew of no answer when the reset came. */
FACT(repeats) {
    const struct tcprst_side *own = own_side(e);
    bool is_not_received = e->not_received_frame && own->repetition.frame == own->last_frame;
    return add_times(t, is_not_received ? MAX(own->unanswered, own->repetition.times)
                                        : own->unanswered);
}

FACT(spoken) {
    return ADD("%s", tcprst_protocol_noun(c->application.first[TCPRST_CLIENT].protocol));
}

FACT(name) {
    const struct tcprst_server_names *names = tcprst_capture_server_names(t->view.capture);
    const struct tcprst_server_name *name =
        tcprst_server_names_at(names, c->application.first[TCPRST_CLIENT].word);
    return name && ADD("%s", name->text);
}

FACT(stated) { return e->stated_reason && ADD("%s", e->stated_reason); }
FACT(stated_by) { return e->stated_by && ADD("%s", e->stated_by); }

/* --- who sent it --- */

/* What else speaks for a device between, where no sign shows where the reset came from. */
static const enum tcprst_evidence hints_of_device[] = {
    TCPRST_EVIDENCE_rst_by_other_way,
    TCPRST_EVIDENCE_neighbours_unlike_synack,
    TCPRST_EVIDENCE_stated_backend_failed,
    TCPRST_EVIDENCE_stated_policy,
    TCPRST_EVIDENCE_refused_with_option,
    TCPRST_EVIDENCE_icmp_prohibited,
};

/* What another capture point lacks, then the strongest sign left that the named host's TCP did not
 * send it, then hints; TCPRST_NO_EVIDENCE after the last. */
static enum tcprst_evidence take_sign(struct tcprst_seen *left) {
    enum tcprst_evidence strongest = left->is[TCPRST_EVIDENCE_connection_not_at_server]
                                         ? TCPRST_EVIDENCE_connection_not_at_server
                                         : TCPRST_NO_EVIDENCE;
    int most = strongest ? G_MAXINT : -1;
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++) {
        int weight = tcprst_cause_weight(tcprst_cause_forged(), i);
        if (left->is[i] && tcprst_evidence_origin(i) != TCPRST_ANYONE && weight > most)
            strongest = i, most = weight;
    }
    for (unsigned i = 0; !strongest && i < G_N_ELEMENTS(hints_of_device); i++)
        if (left->is[hints_of_device[i]])
            strongest = hints_of_device[i];
    left->is[strongest] = false;
    return strongest;
}

FACT(place) {
    enum { SIGNS_NAMED = 2 };
    struct tcprst_seen left = t->verdict->seen;
    enum tcprst_evidence signs[SIGNS_NAMED + 1] = {TCPRST_NO_EVIDENCE};
    for (unsigned i = 0; i < SIGNS_NAMED && (i == 0 || signs[i - 1]); i++)
        signs[i] = take_sign(&left);
    return tcprst_add_sentences(t, signs, SIGNS_NAMED);
}

/* A firewall on the host itself sends from where the host is. */
FACT(from_elsewhere) { return tcprst_seen_origin(&t->verdict->seen) == TCPRST_ELSEWHERE; }
FACT(not_its_tcp) { return tcprst_seen_origin(&t->verdict->seen) == TCPRST_NOT_ITS_TCP; }

FACT(other_point) { return e->connection->sights; }

/* --- other connections of the endpoint --- */

static const struct tcprst_run *run_of(const struct tcprst_explained *t) {
    return tcprst_view_run(&t->view);
}

FACT(run) { return run_of(t) && add_count(t, run_of(t)->connections); }
FACT(run_first) { return run_of(t) && add_frame(t, run_of(t)->first_frame); }
FACT(run_unasked) { return run_of(t) && add_count(t, run_of(t)->unasked); }
FACT(run_asked) { return run_of(t) && add_count(t, run_of(t)->connections - run_of(t)->unasked); }

/* Counts of clients are lower bounds once there were too many to tell apart. */
FACT(run_clients) {
    const char *bound = e->connection->endpoint->clients_at_least ? "at least " : "";
    return run_of(t) && ADD("%s%u", bound, run_of(t)->clients);
}

FACT(run_served_before) {
    const struct tcprst_run *run = run_of(t);
    uint32_t served = 0;
    if (run)
        served =
            tcprst_endpoint_count_before(e->connection->endpoint, TCPRST_SERVED, run->first_frame);
    return served && ADD("%u connection%s", served, served == 1 ? "" : "s");
}

/* For comparing with logs.  A time that no clock shows is left out. */
FACT(run_time) {
    if (!run_of(t) || run_of(t)->first_time_ns < 0)
        return false;
    tcprst_add_date(t->out, run_of(t)->first_time_ns);
    return ADD(" UTC");
}

/* Of the connections that follow the event's: the first run of one outcome. */
static const struct tcprst_run *next_run(const struct tcprst_event *e,
                                         enum tcprst_outcome outcome) {
    const struct tcprst_run *next = tcprst_endpoint_next_run(e->connection->endpoint, e->frame);
    return next && next->outcome == outcome ? next : NULL;
}

static bool add_last_of_next(const struct tcprst_explained *t, enum tcprst_outcome outcome) {
    const struct tcprst_run *next = next_run(t->view.event, outcome);
    return next && add_frame(t, next->last_frame);
}

FACT(next_served) { return add_last_of_next(t, TCPRST_SERVED); }
FACT(next_reset) { return add_last_of_next(t, TCPRST_RESET_EARLY); }

FACT(next_refused) {
    const struct tcprst_run *next = next_run(e, TCPRST_REFUSED);
    return next && add_frame(t, next->first_frame);
}

FACT(next_refusals) {
    const struct tcprst_run *next = next_run(e, TCPRST_REFUSED);
    return next && add_count(t, next->connections);
}

FACT(served_later) {
    const struct tcprst_run *next = next_run(e, TCPRST_REFUSED);
    return next && add_count(t, tcprst_endpoint_count_after(e->connection->endpoint, TCPRST_SERVED,
                                                            next->last_frame));
}

/* --- refusals in a row, this one among them --- */

static const struct tcprst_run *refusals_of(const struct tcprst_event *e) {
    return tcprst_endpoint_run_at(e->connection->endpoint, TCPRST_REFUSED, e->frame);
}

FACT(served_before_refusals) {
    const struct tcprst_run *run = refusals_of(e);
    return run && add_count(t, tcprst_endpoint_count_before(e->connection->endpoint, TCPRST_SERVED,
                                                            run->first_frame));
}

FACT(served_after_refusals) {
    const struct tcprst_run *run = refusals_of(e);
    return run && add_count(t, tcprst_endpoint_count_after(e->connection->endpoint, TCPRST_SERVED,
                                                           run->last_frame));
}

/* --- what the verdict leaves open --- */

static bool add_opinions(const struct tcprst_explained *t, const struct tcprst_opinion *list,
                         unsigned count) {
    for (unsigned i = 0; i < count; i++)
        ADD("%s\"%s\" (%s, %u %%)", i ? ", " : "", list[i].cause->title, list[i].cause->name,
            list[i].confidence);
    return count;
}

/* How many alternatives are at least half as likely as the likeliest one. */
static unsigned equals(const struct tcprst_verdict *verdict) {
    unsigned count = 0;
    while (count < verdict->alternatives &&
           verdict->alternative[count].confidence * 2 >= verdict->alternative[0].confidence)
        count++;
    return count;
}

FACT(alternatives) {
    unsigned count = equals(t->verdict);
    return count > 1 && add_opinions(t, t->verdict->alternative, count);
}
FACT(only_alternative) {
    return equals(t->verdict) == 1 && add_opinions(t, t->verdict->alternative, 1);
}
FACT(finer) { return add_opinions(t, t->verdict->finer, t->verdict->finers); }

/* --- the same instant --- */
FACT(aborts) {
    const struct tcprst_event *burst = tcprst_context_burst(e);
    return burst && burst->burst_size > 1 ? ADD("%u connections", burst->burst_size)
                                          : ADD("1 connection");
}

FACT(winner) {
    if (e->winner)
        tcprst_add_endpoint(t->out, &e->winner->endpoint->address, e->winner->endpoint->port);
    return e->winner;
}
FACT(winner_frame) { return e->winner && add_frame(t, e->winner->ack_frame); }
FACT(winner_lead) { return e->winner && ADD("%.1f ms", (double)e->winner_ns / 1e6); }

static const struct tcprst_fact facts[] = {
    ROW(server), ROW(loopback), ROW(client), ROW(peer_address), ROW(sender), ROW(from_server),
    ROW(stage), ROW(address_family), ROW(is_ipv4), ROW(syn_target), ROW(maybe_windows),
    ROW(maybe_linux), ROW(syn), ROW(synack), ROW(ack), ROW(wrong_ack), ROW(trigger),
    ROW(trigger_kind), ROW(answered), ROW(rst), ROW(own_fin), ROW(peer_last), ROW(peer_shut),
    ROW(delay), ROW(silence), ROW(synack_wait), ROW(round_trips), ROW(since_last),
    ROW(one_direction), ROW(client_bytes), ROW(server_bytes), ROW(own_unacknowledged),
    ROW(repeats), ROW(spoken), ROW(name), ROW(stated), ROW(stated_by), ROW(place),
    ROW(from_elsewhere), ROW(not_its_tcp), ROW(other_point), ROW(run), ROW(run_first),
    ROW(run_unasked), ROW(run_asked), ROW(run_clients), ROW(run_served_before), ROW(run_time),
    ROW(next_served), ROW(next_reset), ROW(next_refused), ROW(next_refusals), ROW(served_later),
    ROW(served_before_refusals), ROW(served_after_refusals), ROW(alternatives),
    ROW(only_alternative), ROW(finer), ROW(aborts), ROW(winner), ROW(winner_frame),
    ROW(winner_lead),
};

const struct tcprst_fact *tcprst_fact_named(const char *name, size_t length) {
    const struct tcprst_fact *fact = find_fact(facts, G_N_ELEMENTS(facts), name, length);
    return fact ? fact : tcprst_silence_fact_named(name, length);
}
