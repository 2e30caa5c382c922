/* report_service.c - what is wrong with one endpoint, why, and what to check
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/report_section.h"

#include "core/packet/time_text.h"

enum { INDENT = 4, HANG = 8, EVIDENCE_SHOWN = 4 };

void section_put(const struct section *s, GString *line) {
    tcprst_add_paragraph(s->out, INDENT, HANG, line->str);
    g_string_free(line, TRUE);
}

void section_add_moment(GString *line, const struct tcprst_moment *moment) {
    ADD(line, "frame %u, ", moment->frame);
    tcprst_add_clock(line, moment->time_ns);
}

static void add_title(const struct section *s) {
    const struct tcprst_tally *tally = s->tally;
    unsigned confidence = tcprst_tally_confidence(tally);
    GString *line = g_string_new(NULL);
    tcprst_add_endpoint(line, &s->service->address, s->service->port);
    ADD(line, "  %s (%s, %s, %u %%)", tally->cause->title, tally->cause->name, tcprst_certainty(confidence),
        confidence);
    tcprst_add_paragraph(s->out, 0, INDENT, line->str);
    g_string_free(line, TRUE);
}

static void add_moment_of(GString *line, const struct tcprst_event *e) {
    const struct tcprst_moment moment = {e->frame, e->time_ns};
    section_add_moment(line, &moment);
}

/* Where resets came later than any failure counts. */
static void add_resets(const struct section *s) {
    const struct tcprst_service *service = s->service;
    const GPtrArray *events = service->events;
    const struct tcprst_event *first = g_ptr_array_index(events, 0);
    GString *line = g_string_new(events->len > 1 ? "From " : "In ");
    unsigned said = 0, from_server = 0;
    for (guint i = 0; i < events->len; i++)
        from_server += ((const struct tcprst_event *)g_ptr_array_index(events, i))->from == TCPRST_SERVER;
    add_moment_of(line, first);
    if (events->len > 1) {
        g_string_append(line, " to ");
        add_moment_of(line, g_ptr_array_index(events, events->len - 1));
    }
    ADD(line, ": %u of %u connection%s reset", service->resets, service->connections,
        section_plural(service->connections));
    if (from_server && from_server < service->resets)
        ADD(line, ", %u in the server's name and %u in the client's; stage", from_server,
            service->resets - from_server);
    else
        ADD(line, " in the %s's name; stage", from_server ? "server" : "client");
    for (unsigned stage = 0; stage < TCPRST_STAGES; stage++)
        if (service->stages[stage])
            ADD(line, "%s %s (%u)", said++ ? "," : "", tcprst_stage_name(stage), service->stages[stage]);
    section_put(s, g_string_append_c(line, '.'));
}

/* --- why --- */

static void add_text(const struct section *s, const char *label, const char *template,
                     const struct tcprst_verdict *verdict) {
    char *text = tcprst_text(template, s->capture, s->tally->example, verdict);
    GString *line = g_string_new(label);
    g_string_append(line, text);
    g_free(text);
    section_put(s, line);
}

/* Marks the strongest evidence not marked yet; TCPRST_NO_EVIDENCE if there is none left. */
static unsigned take_strongest(const struct section *s, struct tcprst_seen *left, int sign) {
    unsigned strongest = TCPRST_NO_EVIDENCE;
    int weight = 0;
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++) {
        int own = sign * tcprst_cause_weight(s->tally->cause, i);
        if (left->is[i] && own > weight)
            strongest = i, weight = own;
    }
    left->is[strongest] = false;
    return strongest;
}

/* What the section's history has told already. */
static const enum tcprst_evidence told_by_history[] = {
    TCPRST_EVIDENCE_run_of_resets,     TCPRST_EVIDENCE_run_of_several_clients,
    TCPRST_EVIDENCE_served_before_run, TCPRST_EVIDENCE_served_after_run,
    TCPRST_EVIDENCE_other_ports_served};

/* A line each, below the label. */
static void add_evidence(const struct section *s, const char *label, const struct tcprst_seen *seen,
                         int sign) {
    const struct tcprst_view view = {s->capture, s->tally->example};
    struct tcprst_seen left = *seen;
    for (unsigned i = 0; s->service->first_failed.frame && i < G_N_ELEMENTS(told_by_history); i++)
        left.is[told_by_history[i]] = false;
    for (unsigned said = 0; said < EVIDENCE_SHOWN; said++) {
        char value[TCPRST_VALUE_SIZE];
        unsigned evidence = take_strongest(s, &left, sign);
        if (evidence == TCPRST_NO_EVIDENCE)
            return;
        GString *line = g_string_new("- ");
        tcprst_evidence_value(&view, evidence, value);
        ADD(line, "%s%s%s%s.", tcprst_evidence_sentence(evidence), value[0] ? " (" : "", value,
            value[0] ? ")" : "");
        if (!said)
            tcprst_add_paragraph(s->out, INDENT, HANG, label);
        tcprst_add_paragraph(s->out, HANG, HANG + 2, line->str);
        g_string_free(line, TRUE);
    }
}

static void add_alternatives(const struct section *s, const struct tcprst_verdict *v) {
    GString *line = g_string_new("Also possible:");
    for (unsigned i = 0; i < v->alternatives; i++)
        ADD(line, "%s %s %u %%", i ? "," : "", v->alternative[i].cause->name, v->alternative[i].confidence);
    if (v->alternatives)
        section_put(s, g_string_append_c(line, '.'));
    else
        g_string_free(line, TRUE);
}

static void add_other_causes(const struct section *s) {
    GString *line = g_string_new("Other resets there:");
    unsigned said = 0;
    for (guint i = 0; i < s->service->tallies->len; i++) {
        const struct tcprst_tally *tally = &g_array_index(s->service->tallies, struct tcprst_tally, i);
        if (tally->cause == s->tally->cause)
            continue;
        ADD(line, "%s %u %s (first in frame %u)", said++ ? "," : "", tally->resets, tally->cause->name,
            tally->first_frame);
    }
    if (said)
        section_put(s, g_string_append_c(line, '.'));
    else
        g_string_free(line, TRUE);
}

/* Wireshark calls these segments broken, which sends people the wrong way. */
static void add_ack_field(const struct section *s) {
    uint32_t count = 0, first = 0;
    for (guint i = 0; i < s->service->events->len; i++) {
        const struct tcprst_event *e = g_ptr_array_index(s->service->events, i);
        if (!tcprst_event_ack_field_note(e))
            continue;
        first = first ? first : e->frame;
        count++;
    }
    if (!count)
        return;
    GString *line = g_string_new(NULL);
    ADD(line, "Harmless: Wireshark's \"The acknowledgment number field is nonzero while the ACK flag is not "
        "set\", on %u of the resets (first: frame %u). That stack does not clear the field; it is not the "
        "reason.", count, first);
    section_put(s, line);
}

void tcprst_report_service(GString *out, const struct tcprst_capture *capture,
                           const struct tcprst_summary *summary, const struct tcprst_service *service,
                           bool is_filtered) {
    const struct section s = {out, capture, summary, service, is_filtered, tcprst_service_likeliest(service)};
    const struct tcprst_verdict v = tcprst_judge(capture, s.tally->example);
    add_title(&s);
    if (!s.tally->example->failure)
        add_resets(&s);
    if (service->first_failed.frame)
        section_add_history(&s);
    add_text(&s, "Because: ", s.tally->cause->because, &v);
    add_evidence(&s, "Speaks for it:", &v.seen, +1);
    add_evidence(&s, "Speaks against it:", &v.seen, -1);
    add_alternatives(&s, &v);
    add_other_causes(&s);
    add_ack_field(&s);
    add_text(&s, "Next: ", s.tally->cause->next_step, &v);
}
