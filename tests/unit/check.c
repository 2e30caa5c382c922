/* check.c - plays stories and reports every result that differs from what they expect
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/output/explanation.h"
#include "invariants.h"
#include "story.h"

/* One story under test. */
struct trial {
    const struct story *story;
    const struct teller *teller;
    const struct tcprst_event *event;
    struct tcprst_verdict verdict;
};

static bool is_own(const struct tcprst_event *e) {
    return e->connection->tuple.port[0] == STORY_PORT || e->connection->tuple.port[1] == STORY_PORT;
}

#define NTH_OWN(count, one) \
    for (uint32_t i = 0; i < count(t->capture); i++) \
        if (is_own(one(t->capture, i)) && n-- == 1) \
            return one(t->capture, i); \
    return NULL

const struct tcprst_event *teller_silence(const struct teller *t, unsigned n) {
    NTH_OWN(tcprst_capture_silences, tcprst_capture_silence);
}

const struct tcprst_event *teller_event(const struct teller *t, unsigned n) {
    NTH_OWN(tcprst_capture_events, tcprst_capture_event);
}

static void fail(const struct trial *t, const char *what, const char *expected,
                 const char *actual) {
    g_printerr("\"%s\": %s: expected %s, got %s\n", t->story->name, what, expected, actual);
    g_test_fail();
}

static void check_text(const struct trial *t, const char *what, const char *expected,
                       const char *actual) {
    if (expected && g_strcmp0(expected, actual) != 0)
        fail(t, what, expected, actual ? actual : "nothing");
}

static void check_number(const struct trial *t, const char *what, int64_t expected,
                         int64_t actual) {
    char e[32], a[32];
    if (expected == actual)
        return;
    g_snprintf(e, sizeof e, "%" G_GINT64_FORMAT, expected);
    g_snprintf(a, sizeof a, "%" G_GINT64_FORMAT, actual);
    fail(t, what, e, a);
}

bool list_has(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *p = list ? strstr(list, word) : NULL; p; p = strstr(p + 1, word))
        if ((p == list || p[-1] == ' ') && (p[length] == ' ' || p[length] == '\0'))
            return true;
    return false;
}

static bool is_seen(const struct trial *t, const char *name, bool *exists) {
    *exists = false;
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++) {
        char listed[TCPRST_NAME_SIZE];
        tcprst_evidence_name(i, listed);
        if (strcmp(listed, name) == 0) {
            *exists = true;
            return t->verdict.seen.is[i];
        }
    }
    return false;
}

static void check_evidence(const struct trial *t, const char *list, bool expected) {
    char **names = g_strsplit(list ? list : "", " ", -1);
    for (char **name = names; *name && **name; name++) {
        bool exists, seen = is_seen(t, *name, &exists);
        if (!exists)
            fail(t, *name, "a name of evidence", "none such");
        else if (seen != expected)
            fail(t, *name, expected ? "to be seen" : "not to be seen", seen ? "seen" : "not seen");
    }
    g_strfreev(names);
}

static void check_connection(const struct trial *t) {
    const struct story *story = t->story;
    const struct tcprst_event *e = t->event;
    char history[TCPRST_HISTORY_SIZE];
    tcprst_connection_history(e->before, history);
    check_text(t, "stage", story->stage, tcprst_stage_name(e->stage));
    check_text(t, "from", story->from, tcprst_role_name(e->from));
    check_text(t, "form", story->form, tcprst_form_name(e));
    check_text(t, "capture point", story->point, tcprst_point_name(e->point));
    check_text(t, "history", story->history, history);
    check_text(t, "conn_state", story->state, tcprst_connection_state_name(e->before, e->from));
    check_text(t, "stated reason", story->stated, e->stated_reason);
    check_text(t, "stated by", story->stated_by, e->stated_by);
    if (story->signature)
        check_text(t, "signature", strcmp(story->signature, "none") ? story->signature : "(null)",
                   tcprst_event_signature(e) ? tcprst_event_signature(e) : "(null)");
}

static void check_trigger(const struct trial *t) {
    const struct story *story = t->story;
    const struct tcprst_event *e = t->event;
    check_text(t, "trigger", story->trigger, tcprst_trigger_noun(e->trigger));
    if (story->trigger_step)
        check_number(t, "trigger's frame", t->teller->step_frames[story->trigger_step - 1],
                     e->trigger_frame);
    if (story->delay_ns)
        check_number(t, "delay in ns", story->delay_ns, e->delay_ns);
    if (story->leg_ns)
        check_number(t, "leg in ns", story->leg_ns, e->leg_ns);
    if (!story->ttl_delta)
        return;
    char text[16] = "unknown";
    int delta;
    if (tcprst_event_ttl_delta(e, &delta))
        g_snprintf(text, sizeof text, "%d", delta);
    check_text(t, "ttl_delta", story->ttl_delta, text);
}

/* The verdict and its evidence as text, to be freed with g_free. */
static char *verdict_in_full(const struct tcprst_verdict *verdict) {
    GString *text = g_string_new(verdict->best.cause->name);
    g_string_append_printf(text, " (%u %%)", verdict->best.confidence);
    for (unsigned i = 0; i < verdict->alternatives; i++)
        g_string_append_printf(text, ", %s (%u %%)", verdict->alternative[i].cause->name,
                               verdict->alternative[i].confidence);
    g_string_append(text, "; seen:");
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++) {
        char name[TCPRST_NAME_SIZE];
        tcprst_evidence_name(i, name);
        if (verdict->seen.is[i])
            g_string_append_printf(text, " %s", name);
    }
    return g_string_free(text, FALSE);
}

static void check_verdict(const struct trial *t) {
    const struct story *story = t->story;
    const struct tcprst_opinion *best = &t->verdict.best;
    char *actual = verdict_in_full(&t->verdict);
    if (story->cause && strcmp(story->cause, best->cause->name) != 0)
        fail(t, "cause", story->cause, actual);
    if (list_has(story->never, best->cause->name))
        fail(t, "cause", "anything but that", actual);
    const char *certainty = tcprst_certainty(best->confidence);
    check_text(t, "certainty", story->certainty, certainty);
    if (story->not_high && strcmp(certainty, "high") == 0)
        fail(t, "certainty", "less than high", actual);
    g_free(actual);
    check_text(t, "sender", story->sender, tcprst_sender_name(&t->verdict, t->event));
    if (!story->says)
        return;
    char *because = tcprst_text(best->cause->because, t->teller->capture, t->event, &t->verdict);
    if (!strstr(because, story->says))
        fail(t, "because", story->says, because);
    g_free(because);
}

static void check_event(struct trial *t) {
    t->verdict = tcprst_judge(t->teller->capture, t->event);
    check_connection(t);
    check_trigger(t);
    check_evidence(t, t->story->shows, true);
    check_evidence(t, t->story->lacks, false);
    check_verdict(t);
    char *complaint = texts_complaint(t->teller->capture, t->event, 0, 1);
    if (complaint)
        fail(t, "texts", "all of them filled in", complaint);
    g_free(complaint);
}

static unsigned count_events(const struct teller *teller) {
    unsigned count = 0;
    while (teller_event(teller, count + 1))
        count++;
    return count;
}

static const struct tcprst_event *event_of(const struct teller *teller,
                                           const struct story *story) {
    const unsigned n = story->event ? story->event : 1;
    return story->silence ? teller_silence(teller, n) : teller_event(teller, n);
}

static void check_story(const struct story *story) {
    struct teller *teller = teller_new();
    teller_tell(teller, story);
    struct trial trial = {.story = story, .teller = teller};
    trial.event = event_of(teller, story);
    if (teller->broken)
        fail(&trial, "invariants", "all to hold", teller->broken);
    if (story->events)
        check_number(&trial, "number of events", story->events, count_events(teller));
    if (trial.event)
        check_event(&trial);
    else
        fail(&trial, "event", story->silence ? "a silence" : "a reset", "none");
    teller_free(teller);
}

void check_stories(const struct story *stories, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        check_story(&stories[i]);
}

static void check_evidence_at(const struct story *story, enum tcprst_point at) {
    struct story moved = *story;
    char *name = g_strdup_printf("%s (captured %s)", story->name, tcprst_point_name(at));
    moved.name = name;
    struct teller *teller = teller_new();
    teller->at = at;
    teller_tell(teller, story);
    struct trial trial = {.story = &moved, .teller = teller};
    trial.event = event_of(teller, story);
    if (teller->broken)
        fail(&trial, "invariants", "all to hold", teller->broken);
    if (trial.event) {
        trial.verdict = tcprst_judge(teller->capture, trial.event);
        if (trial.event->point)
            check_text(&trial, "capture point", tcprst_point_name(at),
                       tcprst_point_name(trial.event->point));
        check_evidence(&trial, story->shows, true);
        check_evidence(&trial, story->lacks, false);
    } else {
        fail(&trial, "event", story->silence ? "a silence" : "a reset", "none");
    }
    teller_free(teller);
    g_free(name);
}

void check_evidence_everywhere(const struct story *stories, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        for (enum tcprst_point at = TCPRST_POINT_CLIENT; at <= TCPRST_POINT_BETWEEN; at++)
            if (!list_has(stories[i].not_at, tcprst_point_name(at)))
                check_evidence_at(&stories[i], at);
}
