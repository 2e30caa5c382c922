/* fields.c - what is told of a reset: the values behind the rows of fields.def
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/fields.h"

#include <stdio.h>

#include <math.h>

#include "core/capture/parts.h"
#include "core/capture/point_views.h"
#include "core/output/explanation.h"
#include "core/reset/sight.h"
#include "core/reset/silence.h"

static void set_number(struct tcprst_value *value, int64_t number) {
    value->number = number;
}

/* Three decimals: capture clocks are no better. */
static void set_ratio(struct tcprst_value *value, double ratio) {
    value->ratio = round(ratio * 1000) / 1000;
}

static void set_text(struct tcprst_value *value, const char *text) {
    value->text = text;
}

static bool is_known(enum tcprst_kind kind, const struct tcprst_value *value) {
    if (kind >= TCPRST_NAME)
        return value->text;
    if (kind == TCPRST_RATIO)
        return value->ratio >= 0;
    if (kind == TCPRST_SECONDS)
        return value->number >= 0;
    if (kind == TCPRST_FRAME || kind == TCPRST_ANSWERED_FRAME)
        return value->number;
    return value->number != TCPRST_NO_NUMBER;
}

/* --- what the rows use --- */

static int64_t ttl_delta(const struct tcprst_event *e) {
    int delta;
    return tcprst_event_ttl_delta(e, &delta) ? delta : TCPRST_NO_NUMBER;
}

/* With many clients the count is a lower bound and says so. */
static const char *or_more(const struct tcprst_event *e) {
    return e->server.clients_at_least ? " or more" : NULL;
}

static const char *trigger_noun(const struct tcprst_event *e, struct tcprst_value *value) {
    snprintf(value->buffer, sizeof value->buffer, " (%s)", tcprst_trigger_noun(e->trigger));
    return value->buffer;
}

static const char *alternative_title(const struct tcprst_opinion *opinion,
                                     struct tcprst_value *value) {
    snprintf(value->buffer, sizeof value->buffer, " (%u %%): %s", opinion->confidence,
               opinion->cause->title);
    return value->buffer;
}

static const char *filled_in(const char *template, const struct tcprst_subject *s,
                             struct tcprst_value *value) {
    value->owned = tcprst_text(template, s->capture, s->event, s->verdict);
    return value->owned;
}

_Static_assert((int)TCPRST_FIELD_BUFFER_SIZE >= (int)TCPRST_VALUE_SIZE, "values must fit");
_Static_assert((int)TCPRST_FIELD_BUFFER_SIZE >= (int)TCPRST_NAME_SIZE, "names must fit");
_Static_assert((int)TCPRST_FIELD_BUFFER_SIZE >= (int)TCPRST_HISTORY_SIZE, "histories must fit");

static const char *evidence_name(const struct tcprst_subject *s, struct tcprst_value *value) {
    tcprst_evidence_name(s->item, value->buffer);
    return value->buffer;
}

static const char *evidence_value(const struct tcprst_subject *s, struct tcprst_value *value) {
    const struct tcprst_view view = {s->capture, s->event};
    tcprst_evidence_value(&view, s->item, value->buffer);
    return value->buffer;
}

static const char *asked_name(const struct tcprst_event *e) {
    return e->silence ? tcprst_asked_name(e->silence->asked) : NULL;
}

static const char *history(const struct tcprst_event *e, struct tcprst_value *value) {
    tcprst_connection_history(e->before, value->buffer);
    return value->buffer;
}

/* Of another point than the event's own; unknown if there is none. */
static int64_t clock_offset(const struct tcprst_subject *s) {
    const struct tcprst_accounts others = tcprst_other_accounts(s->event);
    return others.count ? tcprst_points_offset(s->capture, s->event, &others.list[0])
                        : TCPRST_NO_NUMBER;
}

static int64_t clock_drift(const struct tcprst_subject *s) {
    const struct tcprst_accounts others = tcprst_other_accounts(s->event);
    const uint32_t here = tcprst_connection_interface(s->event->before);
    const struct tcprst_interface_pair *pair =
        others.count ? tcprst_points_pair(&s->capture->points, here,
                                          tcprst_connection_interface(others.list[0].connection))
                     : NULL;
    if (!pair || !pair->is_timed)
        return TCPRST_NO_NUMBER;
    return pair->one == here ? tcprst_clock_drift(pair) : -tcprst_clock_drift(pair);
}

/* Where a point is, by the routers that the client's segments crossed up to it: no other one saw
 * more of them, or none fewer. */
static const char *place_of(const struct tcprst_subject *s, const struct tcprst_accounts *others,
                            const struct tcprst_connection *c) {
    bool is_first = true, is_last = true;
    for (unsigned i = 0; i <= others->count; i++) {
        const struct tcprst_connection *other =
            i < others->count ? others->list[i].connection : s->event->before;
        int nearer = other == c ? 0
                                : tcprst_point_views_compare(&s->capture->points, c, other,
                                                             TCPRST_SERVER);
        is_first &= nearer >= 0;
        is_last &= nearer <= 0;
    }
    if (is_first == is_last)
        return is_first ? "unknown" : "between";
    return is_first ? "client" : "server";
}

static const char *points(const struct tcprst_subject *s, struct tcprst_value *value) {
    const struct tcprst_accounts others = tcprst_other_accounts(s->event);
    GString *text = others.count ? g_string_new(NULL) : NULL;
    for (unsigned i = 0; text && i <= others.count; i++) {
        const struct tcprst_connection *c = i ? others.list[i - 1].connection : s->event->before;
        g_string_append_printf(text, "%sinterface %u: %s", i ? ", " : "",
                               tcprst_connection_interface(c) - 1, place_of(s, &others, c));
    }
    value->owned = text ? g_string_free(text, FALSE) : NULL;
    return value->owned;
}

/* --- the rows --- */

#define SET(value, x) \
    _Generic((x), double: set_ratio, char *: set_text, const char *: set_text, \
             default: set_number)(value, x)

#define SECTION(title)
#define ROW(id, filter, member, place, of, kind, title, blurb, values, expression, unit_text) \
    static void get_##id(const struct tcprst_subject *s, struct tcprst_value *value) { \
        const struct tcprst_event *e = s->event; \
        const struct tcprst_verdict *v = s->verdict; \
        (void)e; \
        (void)v; \
        SET(value, expression); \
        value->is_known = is_known(TCPRST_##kind, value); \
        if (value->is_known) \
            value->unit = (unit_text); \
    }
#include "core/output/fields.def"

const struct tcprst_field tcprst_fields[TCPRST_FIELD_COUNT] = {
#define SECTION(title)
#define ROW(id, filter, member, place, of, kind, title, blurb, values, expression, unit_text) \
    {filter, member, title, blurb, values, TCPRST_PLACE_##place, TCPRST_OF_##of, TCPRST_##kind, \
     get_##id},
#include "core/output/fields.def"
};

void tcprst_field_get(const struct tcprst_field *field, const struct tcprst_subject *subject,
                      struct tcprst_value *value) {
    *value = (struct tcprst_value){0};
    field->get(subject, value);
}

void tcprst_value_clear(struct tcprst_value *value) {
    g_free(value->owned);
    value->owned = NULL;
}

/* --- lists --- */

const char *tcprst_list_name(enum tcprst_place place) {
    return place == TCPRST_PLACE_ALTERNATIVES ? "alternatives"
           : place == TCPRST_PLACE_EVIDENCE   ? "evidence"
                                              : NULL;
}

bool tcprst_next_item(struct tcprst_subject *subject, enum tcprst_place list) {
    const struct tcprst_verdict *v = subject->verdict;
    subject->item++;
    if (list == TCPRST_PLACE_ALTERNATIVES)
        return subject->item < v->alternatives;
    while (subject->item < TCPRST_EVIDENCE_END && !v->seen.is[subject->item])
        subject->item++;
    return subject->item < TCPRST_EVIDENCE_END;
}
