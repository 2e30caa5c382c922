/* report_service.c - what is wrong with one endpoint, why, and what to check
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report_section.h"

#include "spelling.h"

enum { INDENT = 4, HANG = 8, EVIDENCE_SHOWN = 5 };

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

/* Where resets came later than any failure counts. */
static void add_resets(const struct section *s) {
    const struct tcprst_service *service = s->service;
    GString *line = g_string_new(NULL);
    unsigned said = 0, from_server = 0;
    for (guint i = 0; i < service->events->len; i++) {
        const struct tcprst_event *e = g_ptr_array_index(service->events, i);
        from_server += e->from == TCPRST_SERVER;
    }
    ADD(line, "%u connection%s, %u reset: %u in the server's name, %u in the client's; at stage",
        service->connections, section_plural(service->connections), service->resets, from_server,
        service->resets - from_server);
    for (unsigned stage = 0; stage < TCPRST_STAGES; stage++)
        if (service->stages[stage])
            ADD(line, "%s %s %u", said++ ? "," : "", tcprst_stage_name(stage), service->stages[stage]);
    ADD(line, ". First with this cause: frame %u, ", s->tally->first_frame);
    tcprst_add_clock(line, s->tally->example->time_ns);
    g_string_append_c(line, '.');
    section_put(s, line);
}

/* --- why --- */

static void add_text(const struct section *s, const char *label, const char *template,
                     tcprst_evidence_set seen) {
    char *text = tcprst_text(template, s->capture, s->tally->example, seen);
    GString *line = g_string_new(label);
    g_string_append(line, text);
    g_free(text);
    section_put(s, line);
}

/* Marks the strongest evidence not marked yet; TCPRST_EVIDENCE_COUNT if there is none left. */
static unsigned take_strongest(const struct section *s, tcprst_evidence_set *left, int sign) {
    unsigned strongest = TCPRST_EVIDENCE_COUNT;
    int weight = 0;
    for (unsigned i = 0; i < TCPRST_EVIDENCE_COUNT; i++) {
        int own = sign * tcprst_cause_weight(s->tally->cause, i);
        if (*left & (tcprst_evidence_set)1 << i && own > weight)
            strongest = i, weight = own;
    }
    if (strongest < TCPRST_EVIDENCE_COUNT)
        *left &= ~((tcprst_evidence_set)1 << strongest);
    return strongest;
}

static void add_evidence(const struct section *s, const char *label, tcprst_evidence_set seen, int sign) {
    const struct tcprst_view view = {s->capture, s->tally->example};
    GString *line = g_string_new(NULL);
    for (unsigned said = 0; said < EVIDENCE_SHOWN; said++) {
        char value[TCPRST_VALUE_SIZE];
        unsigned evidence = take_strongest(s, &seen, sign);
        if (evidence == TCPRST_EVIDENCE_COUNT)
            break;
        tcprst_evidence_value(&view, evidence, value);
        ADD(line, "%s%s", said ? "; " : label, tcprst_evidence_sentence(evidence));
        if (value[0])
            ADD(line, " (%s)", value);
    }
    if (line->len)
        section_put(s, g_string_append_c(line, '.'));
    else
        g_string_free(line, TRUE);
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
        if (!e->ack || e->has_ack)
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
    if (!tcprst_event_failed(s.tally->example))
        add_resets(&s);
    if (service->first_failed.frame)
        section_add_history(&s);
    add_text(&s, "Because: ", s.tally->cause->because, v.seen);
    add_evidence(&s, "Seen: ", v.seen, +1);
    add_evidence(&s, "But: ", v.seen, -1);
    add_alternatives(&s, &v);
    add_other_causes(&s);
    add_ack_field(&s);
    add_text(&s, "Check next: ", s.tally->cause->next_step, v.seen);
}
