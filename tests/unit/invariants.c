/* invariants.c - what must hold of every reset in every capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "invariants.h"

#include <string.h>

#include "core/output/explanation.h"

/* The evidence that later frames must not change. */
static struct tcprst_seen frozen_evidence(const struct tcprst_capture *capture,
                                          const struct tcprst_event *event) {
    struct tcprst_view view = {capture, event};
    struct tcprst_seen seen = tcprst_evidence_seen(&view);
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++)
        seen.is[i] &= !tcprst_evidence_may_change(i);
    return seen;
}

struct facts facts_of(const struct tcprst_capture *capture, const struct tcprst_event *event) {
    struct facts facts = {.number = event->number, .frozen = frozen_evidence(capture, event)};
    memcpy(&facts.copy, event, sizeof *event);
    memcpy(&facts.before, event->before, sizeof *event->before);
    return facts;
}

/* What only one of the two sets contains; to be freed with g_free. */
static char *evidence_changed(const struct tcprst_seen *before, const struct tcprst_seen *now) {
    GString *list = g_string_new(NULL);
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++) {
        char name[TCPRST_NAME_SIZE];
        if (before->is[i] == now->is[i])
            continue;
        tcprst_evidence_name(i, name);
        g_string_append_printf(list, "%s%s", list->len ? " " : "", name);
    }
    return g_string_free(list, FALSE);
}

static bool is_as_before(const struct tcprst_event *event, const struct facts *facts) {
    const size_t begin = offsetof(struct tcprst_event, from),
                 end = offsetof(struct tcprst_event, after);
    return memcmp((const char *)&facts->copy + begin, (const char *)event + begin, end - begin) ==
               0 &&
           memcmp(&facts->before, event->before, offsetof(struct tcprst_connection, recent)) == 0;
}

char *facts_complaint(struct tcprst_capture *capture, const struct facts *facts) {
    const struct tcprst_event *event = tcprst_capture_event(capture, facts->number);
    if (event->after.overtaken_frame != facts->copy.after.overtaken_frame)
        return NULL; /* the reset was only then known to have come later */
    if (event->connection->sights && event->frame != facts->copy.frame)
        return NULL; /* another capture point had seen a reset before */
    if (!is_as_before(event, facts))
        return g_strdup_printf("frame %u: facts changed after the reset", event->frame);
    struct tcprst_seen now = frozen_evidence(capture, event);
    if (memcmp(&now, &facts->frozen, sizeof now) == 0)
        return NULL;
    char *list = evidence_changed(&facts->frozen, &now);
    char *complaint =
        g_strdup_printf("frame %u: evidence changed after the reset: %s", event->frame, list);
    g_free(list);
    return complaint;
}

static bool same_verdict(const struct tcprst_verdict *a, const struct tcprst_verdict *b) {
    bool same = memcmp(&a->seen, &b->seen, sizeof a->seen) == 0 && a->best.cause == b->best.cause &&
                a->best.confidence == b->best.confidence && a->alternatives == b->alternatives;
    for (unsigned i = 0; same && i < a->alternatives; i++)
        same = a->alternative[i].cause == b->alternative[i].cause &&
               a->alternative[i].confidence == b->alternative[i].confidence;
    return same;
}

static const char *alternatives_fault(const struct tcprst_verdict *v) {
    for (unsigned i = 0; i < v->alternatives; i++) {
        const struct tcprst_opinion *other = &v->alternative[i];
        if (other->cause == v->best.cause)
            return "the best cause is among the alternatives";
        if (other->confidence < 1 || other->confidence > 100)
            return "an alternative's confidence is outside 1..100";
        if (i && other->confidence > other[-1].confidence)
            return "alternatives are not sorted";
        for (unsigned j = 0; j < i; j++)
            if (v->alternative[j].cause == other->cause)
                return "a cause is twice among the alternatives";
    }
    return NULL;
}

static unsigned sum_of(const struct tcprst_opinion *list, unsigned count) {
    unsigned sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += list[i].confidence;
    return sum;
}

static const char *opinions_fault(const struct tcprst_verdict *v) {
    const struct tcprst_cause *best = v->best.cause;
    if (!best)
        return "no best cause";
    if (v->best.confidence < 1 || v->best.confidence > 100)
        return "confidence outside 1..100";
    bool is_lifted = tcprst_cause_is_lifted(best, &v->seen);
    if (best->ceiling && !is_lifted && v->best.confidence > (unsigned)best->ceiling)
        return "confidence above the cause's ceiling";
    if (v->alternatives > TCPRST_ALTERNATIVES_MAX || v->finers > TCPRST_ALTERNATIVES_MAX)
        return "too many alternatives";
    if (v->seen.is[TCPRST_EVIDENCE_roles_guessed] && v->best.confidence >= 60)
        return "more than possible, though the roles are a guess";
    if (v->alternatives && v->alternative[0].confidence > v->best.confidence)
        return "an alternative is likelier than the best cause";
    if (v->best.confidence + sum_of(v->alternative, v->alternatives) > 100)
        return "best cause and alternatives are more than 100 %";
    if (best->ceiling == 0 && sum_of(v->finer, v->finers) > v->best.confidence)
        return "the finer causes are more than what they refine";
    return alternatives_fault(v);
}

/* A negative number of 32 bits is shown as a large one. */
static bool has_negative_count(const char *value) {
    const char *unit = strstr(value, " bytes"), *begin = unit;
    while (begin && begin > value && g_ascii_isdigit(begin[-1]))
        begin--;
    return begin && g_ascii_strtoull(begin, NULL, 10) > INT32_MAX;
}

static const char *values_fault(const struct tcprst_view *view, const struct tcprst_seen *seen) {
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++) {
        char value[TCPRST_VALUE_SIZE + 1];
        memset(value, '~', sizeof value);
        tcprst_evidence_value(view, i, value);
        if (value[TCPRST_VALUE_SIZE] != '~' || !memchr(value, '\0', TCPRST_VALUE_SIZE))
            return "an evidence's value is not terminated";
        if (!seen->is[i] && value[0])
            return "evidence that was not seen has a value";
        if (has_negative_count(value))
            return "an evidence's value has a negative number of bytes";
        for (const char *p = value; *p; p++)
            if (!g_ascii_isprint(*p))
                return "an evidence's value is not printable";
    }
    return NULL;
}

static const char *facts_fault(const struct tcprst_event *e) {
    char history[TCPRST_HISTORY_SIZE];
    memset(history, '~', sizeof history);
    tcprst_connection_history(e->before, history);
    if (!memchr(history, '\0', sizeof history))
        return "the history is not terminated";
    if (!e->trigger && e->trigger_frame)
        return "the frame of a trigger, but no trigger";
    if (e->trigger_frame >= e->frame && e->trigger_frame > e->after.overtaken_frame)
        return "the trigger comes after the reset";
    if (!e->client || !e->connection || !e->connection->endpoint)
        return "the event belongs to nobody";
    if (e->stated_reason && (!e->stated_by || !*e->stated_reason))
        return "a stated reason without words or speaker";
    return e->before != e->connection && e->before->recent ? "the frozen connection owns memory"
                                                           : NULL;
}

static const char *books_fault(const struct tcprst_endpoint *e) {
    uint64_t in_runs = 0;
    if (e->runs && e->runs->len > TCPRST_RUNS_MAX)
        return "too many runs";
    for (guint i = 0; e->runs && i < e->runs->len; i++) {
        const struct tcprst_run *run = &g_array_index(e->runs, struct tcprst_run, i);
        in_runs += run->connections;
        if (run->first_frame > run->last_frame || !run->connections)
            return "a run that ends before it begins";
    }
    if (in_runs != (uint64_t)e->served + e->refused + e->reset_early)
        return "runs and outcomes disagree";
    if (e->clients > TCPRST_CLIENTS_MAX || e->clients_reset > e->clients)
        return "more clients than there can be";
    return e->open > e->connections || in_runs > e->connections ? "more connections than there were"
                                                                : NULL;
}

static bool is_silence_noted(struct tcprst_capture *capture, uint32_t frame, uint32_t number) {
    const struct tcprst_event *silence;
    uint32_t place = 0;
    while ((silence = tcprst_capture_next_silence(capture, frame, &place)))
        if (silence->number == number && silence->frame == frame)
            return true;
    return false;
}

static bool is_noted(struct tcprst_capture *capture, const struct tcprst_event *event) {
    struct tcprst_frame_entry note;
    uint32_t place = 0;
    if (event->silence)
        return is_silence_noted(capture, event->frame, event->number);
    while (tcprst_capture_next_frame_entry(capture, event->frame, &place, &note))
        if (note.event_number == event->number && note.relation == TCPRST_RELATION_RESET)
            return true;
    return false;
}

char *event_complaint(struct tcprst_capture *capture, const struct tcprst_event *event) {
    struct tcprst_view view = {capture, event};
    struct tcprst_verdict verdict = tcprst_judge(capture, event);
    struct tcprst_verdict again = tcprst_judge(capture, event);
    const char *fault = opinions_fault(&verdict);
    if (!fault && !same_verdict(&verdict, &again))
        fault = "judging twice says two things";
    if (!fault)
        fault = values_fault(&view, &verdict.seen);
    if (!fault)
        fault = facts_fault(event);
    if (!fault)
        fault = books_fault(event->connection->endpoint);
    if (!fault && !is_noted(capture, event))
        fault = "the reset's frame does not lead to its event";
    return fault ? g_strdup_printf("frame %u: %s", event->frame, fault) : NULL;
}

static char *text_complaint(const char *template, const struct tcprst_capture *capture,
                            const struct tcprst_event *event,
                            const struct tcprst_verdict *verdict) {
    char *text = tcprst_text(template, capture, event, verdict);
    char *complaint = NULL;
    if (!g_str_has_suffix(text, ".") && !g_str_has_suffix(text, "?"))
        complaint = g_strdup("no end of a sentence");
    else if (!g_utf8_validate(text, -1, NULL))
        complaint = g_strdup("not UTF-8");
    if (complaint) {
        char *bare = complaint;
        complaint = g_strdup_printf("%s in \"%s\"", bare, text);
        g_free(bare);
    }
    g_free(text);
    return complaint;
}

char *texts_complaint(const struct tcprst_capture *capture, const struct tcprst_event *event,
                      unsigned first, unsigned step) {
    struct tcprst_verdict verdict = tcprst_judge(capture, event);
    char *complaint = NULL;
    for (unsigned i = first; !complaint && i < tcprst_cause_count(); i += step) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        complaint = text_complaint(cause->because, capture, event, &verdict);
        if (!complaint)
            complaint = text_complaint(cause->next_step, capture, event, &verdict);
    }
    return complaint;
}
