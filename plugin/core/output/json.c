/* json.c - events and endpoints as JSON, one object a line
 *
 * Names are those of the fields without "tcprst.".  docs/json.schema.json says what each may hold.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/json.h"

#include "core/output/json_value.h"

struct line {
    GString *out;
    const struct tcprst_capture *capture;
    const struct tcprst_event *e;
    const struct tcprst_verdict *v;
};

static void begin_line(GString *out, const char *type) {
    json_open(out, NULL, '{');
    json_string(out, "type", type);
    json_number(out, "version", TCPRST_JSON_VERSION);
}

static void end_line(GString *out) {
    json_close(out, '}');
    g_string_append_c(out, '\n');
}

static const char *severity_name(const struct tcprst_cause *cause) {
    static const char *const names[] = {
        [TCPRST_CHAT] = "chat", [TCPRST_NOTE] = "note", [TCPRST_WARN] = "warn"};
    return names[cause->severity];
}

static void add_text(const struct line *l, const char *name, const char *template) {
    char *text = tcprst_text(template, l->capture, l->e, l->v);
    json_string(l->out, name, text);
    g_free(text);
}

static void add_ends(const struct line *l) {
    const struct tcprst_connection *c = l->e->before;
    const struct tcprst_endpoint_snapshot *s = &l->e->server;
    unsigned client = c->client_index, server = !client;
    json_open(l->out, "client", '{');
    json_address(l->out, "address", &c->tuple.address[client]);
    json_number(l->out, "port", c->tuple.port[client]);
    json_close(l->out, '}');
    json_open(l->out, "server", '{');
    json_address(l->out, "address", &c->tuple.address[server]);
    json_number(l->out, "port", c->tuple.port[server]);
    json_number(l->out, "connections", s->connections);
    json_number(l->out, "resets", s->resets);
    json_number(l->out, "clients", s->clients);
    json_number(l->out, "clients_reset", s->clients_reset);
    json_number(l->out, "open", s->open);
    json_number(l->out, "run_length", s->run_length);
    json_frame(l->out, "run_first_frame", s->run_first_frame);
    json_close(l->out, '}');
    json_bool(l->out, "roles_inferred", c->roles_inferred);
}

static void add_opinions(const struct line *l) {
    const struct tcprst_verdict *v = l->v;
    json_string(l->out, "sender", tcprst_sender_name(v, l->e));
    json_string(l->out, "cause", v->best.cause->name);
    json_string(l->out, "title", v->best.cause->title);
    json_string(l->out, "severity", severity_name(v->best.cause));
    json_number(l->out, "confidence", v->best.confidence);
    json_string(l->out, "certainty", tcprst_certainty(v->best.confidence));
    json_open(l->out, "alternatives", '[');
    for (unsigned i = 0; i < v->alternatives; i++) {
        json_open(l->out, NULL, '{');
        json_string(l->out, "cause", v->alternative[i].cause->name);
        json_number(l->out, "confidence", v->alternative[i].confidence);
        json_close(l->out, '}');
    }
    json_close(l->out, ']');
    add_text(l, "because", v->best.cause->because);
    add_text(l, "next_step", v->best.cause->next_step);
    json_string(l->out, "reference", v->best.cause->source);
}

static void add_evidence(const struct line *l) {
    const struct tcprst_view view = {l->capture, l->e};
    json_open(l->out, "evidence", '[');
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++) {
        char name[TCPRST_NAME_SIZE], value[TCPRST_VALUE_SIZE];
        if (!l->v->seen.is[i])
            continue;
        tcprst_evidence_name(i, name);
        tcprst_evidence_value(&view, i, value);
        json_open(l->out, NULL, '{');
        json_string(l->out, "name", name);
        json_string(l->out, "value", value);
        json_number(l->out, "weight", tcprst_cause_weight(l->v->best.cause, i));
        json_close(l->out, '}');
    }
    json_close(l->out, ']');
}

static void add_facts(const struct line *l) {
    const struct tcprst_event *e = l->e;
    json_string(l->out, "stage", tcprst_stage_name(e->stage));
    json_string(l->out, "from", tcprst_role_name(e->from));
    json_string(l->out, "form", tcprst_form_name(e));
    json_number(l->out, "repeats", e->after.repeats);
    json_frame(l->out, "syn_frame", e->before->side[TCPRST_CLIENT].syn.frame);
    json_frame(l->out, "synack_frame", e->before->side[TCPRST_SERVER].syn.frame);
    json_frame(l->out, "ack_frame", e->before->ack_frame);
    json_frame(l->out, "trigger_frame", e->trigger_frame);
    json_duration(l->out, "irtt", e->irtt_ns);
    json_duration(l->out, "delay", e->delay_ns);
    json_ratio(l->out, "delay_rtt", tcprst_event_delay_rtt(e));
}

static void add_header(const struct line *l) {
    const struct tcprst_event *e = l->e;
    int ttl_delta;
    if (tcprst_event_ttl_delta(e, &ttl_delta))
        json_number(l->out, "ttl_delta", ttl_delta);
    else
        json_null(l->out, "ttl_delta");
    json_number(l->out, "window", e->window);
    json_number(l->out, "ack_field", e->ack);
    json_string(l->out, "ack_field_note", tcprst_event_ack_field_note(e));
}

static void add_story(const struct line *l) {
    const struct tcprst_event *e = l->e;
    char history[TCPRST_HISTORY_SIZE];
    tcprst_connection_history(e->before, history);
    json_string(l->out, "history", history);
    json_string(l->out, "conn_state", tcprst_connection_state_name(e->before, e->from));
    json_string(l->out, "signature", tcprst_event_signature(e));
    json_string(l->out, "stated_reason", e->stated_reason);
    json_string(l->out, "stated_by", e->stated_reason ? e->stated_by : NULL);
    json_string(l->out, "capture_point", tcprst_point_name(e->point));
}

void tcprst_json_event(GString *out, const struct tcprst_capture *capture, const struct tcprst_event *e) {
    const struct tcprst_verdict v = tcprst_judge(capture, e);
    const struct line l = {out, capture, e, &v};
    begin_line(out, "event");
    json_number(out, "frame", e->frame);
    json_time(out, "time", e->time_ns);
    add_ends(&l);
    add_facts(&l);
    add_opinions(&l);
    add_evidence(&l);
    add_header(&l);
    add_story(&l);
    end_line(out);
}

/* --- endpoints --- */

static void add_counts(GString *out, const struct tcprst_service *s) {
    json_number(out, "connections", s->connections);
    json_number(out, "resets", s->resets);
    json_number(out, "repeats", s->repeats);
    json_number(out, "served", s->served);
    json_number(out, "refused", s->refused);
    json_number(out, "reset_in_handshake", s->in_handshake);
    json_number(out, "reset_on_request", s->on_request);
    json_open(out, "stages", '{');
    for (unsigned stage = 0; stage < TCPRST_STAGES; stage++)
        json_number(out, tcprst_stage_name(stage), s->stages[stage]);
    json_close(out, '}');
    json_open(out, "forms", '{');
    json_number(out, "RST", s->resets - s->with_ack);
    json_number(out, "RST+ACK", s->with_ack);
    json_close(out, '}');
}

static void add_clients(GString *out, const struct tcprst_service *s, const char *name, bool only_failed) {
    json_open(out, name, '[');
    for (guint i = 0; i < s->service_clients->len; i++) {
        const struct tcprst_service_client *service_client = &g_array_index(s->service_clients, struct tcprst_service_client, i);
        if (service_client->failed || !only_failed)
            json_address(out, NULL, &service_client->address);
    }
    json_close(out, ']');
}

static void add_moment(GString *out, const char *name, const struct tcprst_moment *moment) {
    if (!moment->frame) {
        json_null(out, name);
        return;
    }
    json_open(out, name, '{');
    json_number(out, "frame", moment->frame);
    json_time(out, "time", moment->time_ns);
    json_close(out, '}');
}

static void add_run(GString *out, const struct tcprst_service *s) {
    if (!s->run_length) {
        json_null(out, "run");
        return;
    }
    json_open(out, "run", '{');
    json_string(out, "outcome", s->run_failed ? "failed" : "served");
    json_number(out, "length", s->run_length);
    json_number(out, "first_frame", s->run.frame);
    json_time(out, "time", s->run.time_ns);
    json_close(out, '}');
}

static void add_causes(GString *out, const struct tcprst_service *s) {
    const struct tcprst_tally *likeliest = tcprst_service_likeliest(s);
    json_string(out, "cause", likeliest ? likeliest->cause->name : NULL);
    json_open(out, "causes", '[');
    for (guint i = 0; s->tallies && i < s->tallies->len; i++) {
        const struct tcprst_tally *tally = &g_array_index(s->tallies, struct tcprst_tally, i);
        json_open(out, NULL, '{');
        json_string(out, "cause", tally->cause->name);
        json_string(out, "severity", severity_name(tally->cause));
        json_number(out, "resets", tally->resets);
        json_number(out, "confidence", tcprst_tally_confidence(tally));
        json_frame(out, "first_frame", tally->first_frame);
        json_close(out, '}');
    }
    json_close(out, ']');
}

void tcprst_json_service(GString *out, const struct tcprst_service *s) {
    begin_line(out, "endpoint");
    json_open(out, "server", '{');
    json_address(out, "address", &s->address);
    json_number(out, "port", s->port);
    json_close(out, '}');
    add_counts(out, s);
    add_clients(out, s, "clients", false);
    add_clients(out, s, "clients_reset", true);
    json_bool(out, "clients_cut", s->clients_cut);
    add_moment(out, "first_failed", &s->first_failed);
    add_moment(out, "last_failed", &s->last_failed);
    add_run(out, s);
    add_causes(out, s);
    end_line(out);
}
