/* json.c - events, endpoints and incidents as JSON, one object a line
 *
 * An event's members are rows of fields.def.  docs/json.schema.json says what each may hold.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/json.h"

#include "core/output/fields.h"
#include "core/output/identity.h"
#include "core/output/json_value.h"

static void begin_line(GString *out, const char *type) {
    json_open(out, NULL, '{');
    json_string(out, "type", type);
    json_number(out, "version", TCPRST_JSON_VERSION);
}

static void end_line(GString *out) {
    json_close(out, '}');
    g_string_append_c(out, '\n');
}

/* --- events --- */

static void add_member(GString *out, const struct tcprst_field *field,
                       const struct tcprst_subject *subject) {
    struct tcprst_value value;
    tcprst_field_get(field, subject, &value);
    if (!value.is_known)
        json_null(out, field->member);
    else if (value.text)
        json_string(out, field->member, value.text);
    else if (field->kind == TCPRST_BOOLEAN)
        json_bool(out, field->member, value.number);
    else if (field->kind == TCPRST_SECONDS || field->kind == TCPRST_OFFSET)
        json_duration(out, field->member, value.number);
    else if (field->kind == TCPRST_RATIO)
        json_ratio(out, field->member, value.ratio);
    else
        json_number(out, field->member, value.number);
    tcprst_value_clear(&value);
}

static void add_place(GString *out, const struct tcprst_subject *subject, enum tcprst_place place) {
    for (unsigned i = 0; i < TCPRST_FIELD_COUNT; i++)
        if (tcprst_fields[i].member && tcprst_fields[i].place == place &&
            tcprst_field_applies(&tcprst_fields[i], subject->event->silence))
            add_member(out, &tcprst_fields[i], subject);
}

static void add_list(GString *out, const struct tcprst_subject *subject, enum tcprst_place place) {
    struct tcprst_subject item = *subject;
    item.item = TCPRST_BEFORE_ITEMS;
    json_open(out, tcprst_list_name(place), '[');
    while (tcprst_next_item(&item, place)) {
        json_open(out, NULL, '{');
        add_place(out, &item, place);
        json_close(out, '}');
    }
    json_close(out, ']');
}

/* All but the server's. */
static void add_fields(GString *out, const struct tcprst_subject *subject) {
    for (unsigned i = 0; i < TCPRST_FIELD_COUNT; i++) {
        const struct tcprst_field *field = &tcprst_fields[i];
        bool begins = !i || field[-1].place != field->place;
        if (!field->member || field->place == TCPRST_PLACE_SERVER ||
            !tcprst_field_applies(field, subject->event->silence))
            continue;
        if (!tcprst_list_name(field->place))
            add_member(out, field, subject);
        else if (begins)
            add_list(out, subject, field->place);
    }
}

static void open_end(GString *out, const char *name, const struct tcprst_address *address,
                     uint16_t port) {
    json_open(out, name, '{');
    json_address(out, "address", address);
    json_number(out, "port", port);
}

static void add_stream(GString *out, const struct tcprst_capture *capture,
                       const struct tcprst_connection *c) {
    int64_t stream = tcprst_capture_stream(capture, c);
    if (stream < 0)
        json_null(out, "stream");
    else
        json_number(out, "stream", stream);
}

void tcprst_json_event(GString *out, const struct tcprst_capture *capture,
                       const struct tcprst_event *e) {
    const struct tcprst_verdict v = tcprst_judge(capture, e);
    const struct tcprst_subject subject = {capture, e, &v, 0};
    const struct tcprst_connection *c = e->before;
    char id[TCPRST_EVENT_ID_SIZE], community_id[TCPRST_COMMUNITY_ID_SIZE];
    tcprst_event_id(e, id);
    tcprst_community_id(&c->tuple, community_id);
    begin_line(out, e->silence ? "silence" : "event");
    json_string(out, "id", id);
    json_string(out, "community_id", community_id);
    add_stream(out, capture, c);
    json_number(out, "frame", e->frame);
    json_time(out, "time", e->time_ns);
    open_end(out, "client", tcprst_address_of(c, TCPRST_CLIENT), tcprst_port_of(c, TCPRST_CLIENT));
    json_close(out, '}');
    open_end(out, "server", tcprst_address_of(c, TCPRST_SERVER), tcprst_port_of(c, TCPRST_SERVER));
    add_place(out, &subject, TCPRST_PLACE_SERVER);
    json_close(out, '}');
    add_fields(out, &subject);
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
    json_number(out, "silences", s->silences);
    json_number(out, "unanswered", s->unanswered);
    json_open(out, "stages", '{');
    for (unsigned stage = 0; stage < TCPRST_STAGES; stage++)
        json_number(out, tcprst_stage_name(stage), s->stages[stage]);
    json_close(out, '}');
    json_open(out, "forms", '{');
    json_number(out, "RST", s->resets - s->with_ack);
    json_number(out, "RST+ACK", s->with_ack);
    json_close(out, '}');
}

static void add_clients(GString *out, const struct tcprst_service *s, const char *name,
                        bool only_failed) {
    json_open(out, name, '[');
    for (guint i = 0; i < s->service_clients->len; i++) {
        const struct tcprst_service_client *service_client = tcprst_service_client_at(s, i);
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
        json_string(out, "severity", tcprst_severity_name(tally->cause->severity));
        json_number(out, "resets", tally->cause->is_of_silence ? 0 : tally->resets);
        json_number(out, "silences", tally->cause->is_of_silence ? tally->resets : 0);
        json_number(out, "confidence", tcprst_tally_confidence(tally));
        json_frame(out, "first_frame", tally->first_frame);
        json_close(out, '}');
    }
    json_close(out, ']');
}

void tcprst_json_service(GString *out, const struct tcprst_service *s) {
    begin_line(out, "endpoint");
    open_end(out, "server", &s->address, s->port);
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

/* --- incidents --- */

static void add_opinions(GString *out, const struct tcprst_problem *problem) {
    json_number(out, "confidence", problem->confidence);
    json_open(out, "alternatives", '[');
    for (unsigned i = 0; i < problem->alternatives; i++) {
        json_open(out, NULL, '{');
        json_string(out, "cause", problem->alternative[i].cause->name);
        json_number(out, "confidence", problem->alternative[i].confidence);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void add_reset_moment(GString *out, const char *name, const struct tcprst_problem *problem,
                             guint row) {
    const struct tcprst_event *e = tcprst_problem_reset(problem, row)->event;
    const struct tcprst_moment moment = {e->frame, e->time_ns};
    add_moment(out, name, &moment);
}

/* What all of its resets have in common; null where they differ. */
static void add_shared(GString *out, const struct tcprst_problem *problem) {
    const struct tcprst_service *service = problem->example->service;
    json_string(out, "shared", tcprst_shared_name(problem->shared));
    if (problem->clients == 1)
        json_address(out, "client", tcprst_problem_client(problem));
    else
        json_null(out, "client");
    if (problem->servers > 1) {
        json_null(out, "server");
        return;
    }
    open_end(out, "server", &service->address, service->port);
    json_close(out, '}');
}

void tcprst_json_incident(GString *out, const struct tcprst_problem *problem) {
    static const char *const concerns[] = {[TCPRST_HARMLESS] = "harmless",
                                           [TCPRST_UNEXPLAINED] = "unexplained",
                                           [TCPRST_TROUBLE] = "trouble"};
    GString *filter = g_string_new(NULL);
    tcprst_problem_add_filter(filter, problem);
    begin_line(out, "incident");
    json_string(out, "concern", concerns[problem->concern]);
    json_string(out, "cause", problem->cause->name);
    json_string(out, "severity", tcprst_severity_name(problem->cause->severity));
    add_opinions(out, problem);
    add_shared(out, problem);
    json_number(out, "resets", problem->resets->len - problem->silences);
    json_number(out, "silences", problem->silences);
    json_number(out, "resets_of_cause", problem->of_cause);
    json_number(out, "failed", problem->failed);
    json_number(out, "servers", problem->servers);
    json_number(out, "clients", problem->clients);
    json_bool(out, "sweep", problem->is_sweep);
    json_string(out, "pattern", tcprst_pattern_name(problem->pattern));
    add_reset_moment(out, "first", problem, 0);
    add_reset_moment(out, "last", problem, problem->resets->len - 1);
    json_number(out, "example_frame", problem->example->event->frame);
    json_string(out, "filter", filter->str);
    end_line(out);
    g_string_free(filter, TRUE);
}
