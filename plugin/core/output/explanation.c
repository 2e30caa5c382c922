/* explanation.c - fills the {names} in a cause's text with the values of one event
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/output/explanation_rules.h"

static const struct tcprst_address *address_of(const struct text *t, enum tcprst_role role) {
    const struct tcprst_connection *c = t->event->before;
    return &c->tuple.address[role == TCPRST_CLIENT ? c->client_index : !c->client_index];
}

/* --- one function for each name --- */

static void text_server(struct text *t) { add_address(t, &t->endpoint->address, t->endpoint->port); }
static void text_client_address(struct text *t) { add_address(t, address_of(t, TCPRST_CLIENT), -1); }
static void text_peer_address(struct text *t) {
    add_address(t, address_of(t, tcprst_peer_of(t->event->from)), -1);
}
static void text_syn(struct text *t) { add_frame(t, side(t, TCPRST_CLIENT)->syn.frame); }
static void text_synack(struct text *t) { add_frame(t, side(t, TCPRST_SERVER)->syn.frame); }
static void text_ack(struct text *t) { add_frame(t, t->event->before->ack_frame); }
static void text_wrong_ack(struct text *t) { add_frame(t, t->event->before->wrong_ack_frame); }
static void text_trigger(struct text *t) {
    if (t->event->trigger_frame)
        add_frame(t, t->event->trigger_frame);
    else
        ADD("an earlier segment");
}
static void text_rst(struct text *t) { add_frame(t, t->event->frame); }
static void text_own_fin(struct text *t) { add_frame(t, side(t, t->event->from)->fin_frame); }
static void text_peer_last(struct text *t) {
    enum tcprst_role peer = tcprst_peer_of(t->event->from);
    add_frame(t, t->event->trigger_frame ? t->event->trigger_frame : side(t, peer)->last_frame);
}
static void text_trigger_kind(struct text *t) { ADD("%s", tcprst_trigger_noun(t->event->trigger)); }
static void text_delay(struct text *t) { add_duration(t, t->event->delay_ns); }
static void text_silence(struct text *t) { add_duration(t, t->event->silence_ns); }
static void text_sender(struct text *t) { ADD("%s", tcprst_role_name(t->event->from)); }
static void text_stage(struct text *t) { ADD("%s", tcprst_stage_name(t->event->stage)); }
static void text_accepted(struct text *t) { add_value(t, TCPRST_EVIDENCE_port_accepts_others); }
static void text_address_family(struct text *t) { ADD("%s", t->event->ip.version == 6 ? "ipv6" : "ip"); }

static void text_waited(struct text *t) {
    int64_t waited_ns = tcprst_connection_server_leg_ns(t->event->before);
    if (waited_ns < 0)
        return;
    ADD(" (here the SYN/ACK took ");
    add_duration(t, waited_ns);
    ADD(")");
}

static void text_legs(struct text *t) {
    double legs = tcprst_event_delay_rtt(t->event);
    if (legs >= 0)
        ADD(", %.2f handshake round trips", legs);
}

/* Since the segment that the reset answers, else since the last one of either side. */
static void text_since_last(struct text *t) {
    const struct tcprst_side *own = side(t, t->event->from), *peer = side(t, tcprst_peer_of(t->event->from));
    uint32_t frame = MAX(own->last_frame, peer->last_frame);
    if (t->event->trigger_frame) {
        text_delay(t);
        frame = t->event->trigger_frame;
    } else {
        add_duration(t, frame ? tcprst_elapsed_ns(t->event->before->last_time_ns, t->event->time_ns) : -1);
    }
    ADD(" after ");
    add_frame(t, frame);
}

/* Behind what the peer sent last; of what was not captured nothing is said. */
static void text_after_peer(struct text *t) {
    bool has_frame = t->event->trigger_frame || side(t, tcprst_peer_of(t->event->from))->last_frame;
    if (!has_frame)
        return;
    ADD(" ");
    if (t->event->delay_ns >= 0) {
        text_delay(t);
        ADD(" ");
    }
    ADD("after ");
    text_peer_last(t);
}

/* What a monitor does before it resets. */
static void text_probe_end(struct text *t) {
    const struct tcprst_side *client = side(t, TCPRST_CLIENT);
    if (t->event->stage == TCPRST_HALF_OPEN)
        ADD("in place of the handshake's ACK");
    else if (client->payload_bytes || side(t, TCPRST_SERVER)->payload_bytes)
        ADD("after sending %u and receiving %u bytes", client->payload_bytes,
            side(t, TCPRST_SERVER)->payload_bytes);
    else
        ADD("before anything was sent");
}

static void text_targets(struct text *t) {
    if (!seen(t, TCPRST_EVIDENCE_many_targets))
        return;
    ADD("; it tries many ports or hosts in a short time (");
    add_value(t, TCPRST_EVIDENCE_many_targets);
    ADD(")");
}

static void text_rhythm(struct text *t) {
    if (!seen(t, TCPRST_EVIDENCE_periodic_probe))
        return;
    ADD(" (");
    add_value(t, TCPRST_EVIDENCE_periodic_probe);
    ADD(")");
}

static uint32_t unacknowledged_bytes(const struct text *t, enum tcprst_role sender) {
    const struct tcprst_side *own = side(t, sender), *peer = side(t, tcprst_peer_of(sender));
    bool is_behind = peer->has_acked && tcprst_seq_after(own->next_seq, peer->acked);
    return !own->payload_bytes || !own->has_sent ? 0
           : !peer->has_acked                 ? own->payload_bytes
           : is_behind                        ? MIN(own->next_seq - peer->acked, own->payload_bytes)
                                              : 0;
}

/* A monitor's check that fails looks like any client that asks, waits and gives up. */
static void text_poller(struct text *t) {
    if (!seen(t, TCPRST_EVIDENCE_periodic_probe))
        return;
    ADD(" It does so regularly (");
    add_value(t, TCPRST_EVIDENCE_periodic_probe);
    ADD("): a poller, or a health check that fails.");
}

static void text_outstanding(struct text *t) {
    enum tcprst_role own = t->event->from;
    uint32_t own_bytes = unacknowledged_bytes(t, own);
    if (own_bytes)
        ADD(" with %u bytes of its own not yet acknowledged", own_bytes);
    if (!seen(t, TCPRST_EVIDENCE_data_unacknowledged))
        return;
    ADD(own_bytes ? " and " : " with ");
    add_value(t, TCPRST_EVIDENCE_data_unacknowledged);
    ADD(" of the answer not yet acknowledged");
}

static void text_synack_signs(struct text *t) {
    bool zero = seen(t, TCPRST_EVIDENCE_synack_zero_window);
    bool drops = seen(t, TCPRST_EVIDENCE_synack_drops_options);
    if (zero)
        ADD("offered a window of 0");
    if (drops)
        ADD("%sdropped window scaling and SACK, which the client had offered", zero ? " and " : "");
    if (!zero && !drops && seen(t, TCPRST_EVIDENCE_stated_backend_failed)) {
        ADD("is followed by a reset whose sender says so (");
        add_value(t, TCPRST_EVIDENCE_stated_backend_failed);
        ADD(")");
    } else if (!zero && !drops) {
        ADD("is followed by a reset that its sender's stack would not build so");
    }
}

static void text_neighbours(struct text *t) {
    if (!seen(t, TCPRST_EVIDENCE_neighbours_unlike_synack))
        return;
    ADD(" ");
    add_value(t, TCPRST_EVIDENCE_neighbours_unlike_synack);
    ADD(" other connections to ");
    text_server(t);
    ADD(" were answered without these signs.");
}

/* What else speaks for a device between, where no sign shows where the reset came from. */
static const enum tcprst_evidence hints_of_device[] = {
    TCPRST_EVIDENCE_neighbours_unlike_synack, TCPRST_EVIDENCE_stated_backend_failed,
    TCPRST_EVIDENCE_stated_policy, TCPRST_EVIDENCE_refused_with_option, TCPRST_EVIDENCE_icmp_prohibited,
};

/* The strongest sign left that the named host's TCP did not send it, then hints; TCPRST_NO_EVIDENCE
 * after the last. */
static enum tcprst_evidence take_sign(struct tcprst_seen *left) {
    const struct tcprst_cause *forged = tcprst_cause_named("forged");
    enum tcprst_evidence strongest = TCPRST_NO_EVIDENCE;
    int most = -1;
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++) {
        int weight = tcprst_cause_weight(forged, i);
        if (left->is[i] && tcprst_evidence_origin(i) != TCPRST_ANYONE && weight > most)
            strongest = i, most = weight;
    }
    for (unsigned i = 0; !strongest && i < G_N_ELEMENTS(hints_of_device); i++)
        if (left->is[hints_of_device[i]])
            strongest = hints_of_device[i];
    left->is[strongest] = false;
    return strongest;
}

void tcprst_text_place(struct text *t) {
    struct tcprst_seen left = *t->seen;
    enum tcprst_evidence sign = take_sign(&left);
    for (unsigned said = 0; sign && said < 2; said++, sign = take_sign(&left)) {
        const char *sentence = tcprst_evidence_sentence(sign);
        ADD("%s%c%s (", said ? "; " : "", g_ascii_tolower(sentence[0]), sentence + 1);
        add_value(t, sign);
        ADD(")");
    }
    if (memcmp(&left, t->seen, sizeof left) == 0)
        ADD("nothing in the packets shows where it came from");
}

/* A firewall on the host itself sends from where the host is. */
static void text_rejected_by(struct text *t) {
    const char *sender = tcprst_role_name(t->event->from);
    enum tcprst_origin origin = tcprst_seen_origin(t->seen);
    if (origin == TCPRST_ELSEWHERE)
        ADD(", but did not come from the %s's host: ", sender);
    else if (origin == TCPRST_NOT_ITS_TCP)
        ADD(", but the %s's TCP did not send it: ", sender);
    else
        ADD("; ");
    tcprst_text_place(t);
}

/* What could stand behind a broad cause, if it is the best one. */
static void text_finer(struct text *t) {
    struct tcprst_verdict verdict = tcprst_judge(t->view.capture, t->event);
    for (unsigned i = 0; i < verdict.finers; i++)
        ADD("%s%s (%u %%)", i ? ", " : "; within it: ", verdict.finer[i].cause->name,
            verdict.finer[i].confidence);
}

static void text_run(struct text *t) { ADD("%u", run_of(t) ? run_of(t)->connections : 0); }
static void text_run_first(struct text *t) { add_frame(t, run_of(t) ? run_of(t)->first_frame : 0); }

/* For comparing with logs.  A time that no clock shows is left out. */
static void text_run_time(struct text *t) {
    int64_t seconds = run_of(t) ? run_of(t)->first_time_ns / 1000000000 : -1;
    GDateTime *date = seconds < 0 ? NULL : g_date_time_new_from_unix_utc(seconds);
    char *clock = date ? g_date_time_format(date, "%Y-%m-%d %H:%M:%S UTC") : NULL;
    ADD("%s", clock ? clock : "that time");
    g_free(clock);
    g_clear_pointer(&date, g_date_time_unref);
}

static void text_together(struct text *t) {
    uint32_t aborts = t->event->burst ? t->event->burst->burst_size : 1;
    ADD(aborts > 1 ? "%u connections of " : "%u connection of ", aborts);
    text_server(t);
    ADD(seen(t, TCPRST_EVIDENCE_aborted_together) ? " were aborted at the same instant"
                                               : " aborted, and the next SYN refused");
}
static void text_client_thrown_out(struct text *t) { add_value(t, TCPRST_EVIDENCE_client_always_reset); }

/* --- what was said --- */

static void add_words(struct text *t, const char *intro, enum tcprst_evidence evidence) {
    if (!seen(t, evidence))
        return;
    ADD("%s", intro);
    add_value(t, evidence);
    ADD(".");
}

static void text_said_before(struct text *t) {
    add_words(t, " The reset itself states its reason, by ", TCPRST_EVIDENCE_rst_states_reason);
    add_words(t, " The server had said ", TCPRST_EVIDENCE_server_turned_away);
    add_words(t, " It had sent a fatal TLS alert: ", TCPRST_EVIDENCE_sender_alerted);
    add_words(t, " Its peer had sent a fatal TLS alert: ", TCPRST_EVIDENCE_peer_alerted);
    add_words(t, " An ICMP error had told of a filter: ", TCPRST_EVIDENCE_icmp_prohibited);
    add_words(t, " An ICMP error had told of the path: ", TCPRST_EVIDENCE_icmp_unreachable);
    add_words(t, " An ICMP error had told of packets too big: ", TCPRST_EVIDENCE_icmp_too_big);
}

static void text_gave_up(struct text *t) {
    unsigned repeats = side(t, t->event->from)->unanswered;
    if (repeats == 1)
        ADD("had repeated itself once without an answer");
    else if (repeats)
        ADD("had repeated itself %u times without an answer", repeats);
    else
        ADD("had waited in vain");
}

static void text_spoken(struct text *t) {
    ADD("%s", tcprst_protocol_noun(t->event->before->application.first[TCPRST_CLIENT].protocol));
}

static void text_mismatch(struct text *t) {
    static const enum tcprst_evidence signs[] = {
        TCPRST_EVIDENCE_server_spoke_otherwise, TCPRST_EVIDENCE_others_spoke_otherwise,
        TCPRST_EVIDENCE_port_of_other_protocol,
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(signs); i++)
        if (seen(t, signs[i])) {
            add_value(t, signs[i]);
            return;
        }
    ADD("nothing in the packets shows what is");
}

static void text_name(struct text *t) {
    const struct tcprst_first_payload *said = &t->event->before->application.first[TCPRST_CLIENT];
    const struct tcprst_server_name *name = tcprst_server_names_at(tcprst_capture_server_names(t->view.capture), said->word);
    ADD("%s", name ? name->text : "a server");
}

static void text_name_fate(struct text *t) {
    if (seen(t, TCPRST_EVIDENCE_name_always_cut)) {
        ADD("Requests with that name were always reset, those with other names answered (");
        add_value(t, TCPRST_EVIDENCE_name_always_cut);
        ADD("). ");
    }
    ADD("As to the sender, ");
    tcprst_text_place(t);
    ADD(".");
}

static void text_stated(struct text *t) {
    ADD("%s", t->event->stated_reason ? t->event->stated_reason : "nothing");
}
static void text_stated_by(struct text *t) {
    ADD("%s", t->event->stated_by ? t->event->stated_by : "nothing");
}

static void text_synack_fault(struct text *t) {
    if (seen(t, TCPRST_EVIDENCE_synack_acks_unsent)) {
        ADD("it acknowledges a number never sent (");
        add_value(t, TCPRST_EVIDENCE_synack_acks_unsent);
    } else if (seen(t, TCPRST_EVIDENCE_synack_echo_impossible)) {
        ADD("it echoes a timestamp never sent (");
        add_value(t, TCPRST_EVIDENCE_synack_echo_impossible);
    } else {
        ADD("its numbers do not fit (");
        add_frame(t, side(t, TCPRST_SERVER)->syn.frame);
    }
    ADD(")");
}

static void text_older_answer(struct text *t) {
    if (seen(t, TCPRST_EVIDENCE_syn_met_half_open)) {
        ADD("the one whose SYN/ACK is in ");
        add_value(t, TCPRST_EVIDENCE_syn_met_half_open);
        ADD(" still waited for its ACK");
        return;
    }
    ADD("the answer in ");
    add_frame(t, t->event->trigger_frame);
    ADD(" is a plain ACK with a number that the client had not used");
}

static void text_retries(struct text *t) {
    add_words(t, " The client sent its SYN again: ", TCPRST_EVIDENCE_syn_after_rst);
}

static void text_detour(struct text *t) {
    const struct tcprst_detour *detour = &t->event->detour;
    if (detour->syn_frame)
        add_address(t, &detour->address, detour->port);
    else
        ADD("another address");
}

static const struct {
    const char *name;
    void (*add)(struct text *);
} names[] = {
#define NAME(name) {#name, text_##name}
    NAME(server), {"client", text_client_address}, NAME(client_address), NAME(peer_address),
    NAME(syn), NAME(synack), NAME(ack), NAME(wrong_ack), NAME(trigger), NAME(trigger_kind), NAME(rst),
    NAME(own_fin), NAME(peer_last), NAME(delay), NAME(silence), NAME(sender), NAME(stage),
    NAME(accepted), NAME(address_family), NAME(waited), NAME(legs), NAME(rhythm),
    NAME(outstanding), NAME(synack_signs), NAME(neighbours), {"place", tcprst_text_place}, NAME(rejected_by),
    NAME(finer), NAME(run), NAME(run_first),
    NAME(run_time), NAME(together),
    NAME(client_thrown_out), NAME(since_last), NAME(probe_end), NAME(targets),
    NAME(said_before), NAME(gave_up), NAME(spoken), NAME(mismatch), NAME(name), NAME(name_fate),
    NAME(stated), NAME(stated_by), NAME(synack_fault), NAME(older_answer), NAME(retries), NAME(detour),
    NAME(poller), NAME(after_peer),
#undef NAME
#define NAME(name) {#name, tcprst_text_##name}
    NAME(address_doubt), NAME(afterwards), NAME(cookie_signs), NAME(flip_signs), NAME(host_advice),
    NAME(others_served), NAME(pattern), NAME(queue_signs), NAME(race), NAME(run_clients), NAME(run_stage),
    NAME(served_after), NAME(served_before),
#undef NAME
};

static bool add_named(struct text *t, const char *name, size_t length) {
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (strlen(names[i].name) == length && memcmp(names[i].name, name, length) == 0) {
            names[i].add(t);
            return true;
        }
    return false;
}

char *tcprst_text(const char *text, const struct tcprst_capture *capture,
                  const struct tcprst_event *event, const struct tcprst_seen *seen) {
    struct text t = {
        .view = {capture, event},
        .event = event,
        .endpoint = event->connection->endpoint,
        .seen = seen,
        .out = g_string_new(NULL),
    };
    for (const char *p = text; *p;) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        if (end && add_named(&t, p + 1, (size_t)(end - p - 1))) {
            p = end + 1;
            continue;
        }
        g_string_append_c(t.out, *p++);
    }
    return g_string_free(t.out, FALSE);
}
