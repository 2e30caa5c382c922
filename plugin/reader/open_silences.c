/* open_silences.c - compares the silences of a capture with those that were printed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "open_silences.h"

#include "core/reset/silence.h"

/* The first line comes at once; what the peers do next is known within a second.  That a service
 * fails shows when its next clients come: after a minute and a half in pcaps/case-a.pcapng. */
const int64_t tcprst_look_ns[TCPRST_LOOKS] = {INT64_C(1000000000), INT64_C(10000000000),
                                              INT64_C(60000000000), INT64_C(180000000000),
                                              INT64_C(600000000000)};

/* What was printed of the silence of a connection. */
struct printed {
    int64_t at_ns;
    const struct tcprst_cause *cause;
    const char *certainty;            /* a static string */
    uint32_t look;                    /* in which it was there last */
    uint8_t  next;                    /* of tcprst_look_ns; TCPRST_LOOKS: it is final */
    char     id[TCPRST_EVENT_ID_SIZE];
};

struct tcprst_open_silences {
    GHashTable *printed; /* number of the connection's stream to struct printed, owned */
    uint32_t looks;
    uint32_t not_final;
    int64_t  from_ns, until_ns, looked_ns, now_ns;
};

/* Between two looks there is a second, and one more for so many connections. */
enum { CONNECTIONS_A_SECOND = 20000, SECOND_NS = 1000000000 };

/* Each kind of silence shows after this (silence.c). */
static const int64_t shows_after_ns = INT64_C(20) * SECOND_NS;

struct tcprst_open_silences *tcprst_open_silences_new(void) {
    struct tcprst_open_silences *open = g_new0(struct tcprst_open_silences, 1);
    open->printed = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    open->from_ns = INT64_MIN;
    open->until_ns = INT64_MAX;
    return open;
}

void tcprst_open_silences_free(struct tcprst_open_silences *open) {
    g_hash_table_unref(open->printed);
    g_free(open);
}

void tcprst_open_silences_tell_from(struct tcprst_open_silences *open, int64_t time_ns) {
    open->from_ns = time_ns;
}

void tcprst_open_silences_tell_until(struct tcprst_open_silences *open, int64_t time_ns) {
    open->until_ns = time_ns;
}

/* Judges it; true if it is another verdict than was printed. */
static bool changes(struct printed *printed, const struct tcprst_capture *capture,
                    const struct tcprst_event *e) {
    const struct tcprst_opinion best = tcprst_judge(capture, e).best;
    const char *certainty = tcprst_certainty(best.confidence);
    const bool is_other = printed->cause != best.cause || printed->certainty != certainty;
    printed->cause = best.cause;
    printed->certainty = certainty;
    return is_other;
}

static struct printed *tell_first(struct tcprst_open_silences *open,
                                  struct tcprst_capture *capture, const struct tcprst_event *e,
                                  const struct tcprst_live_output *output) {
    struct printed *printed = g_new0(struct printed, 1);
    printed->at_ns = open->now_ns;
    tcprst_event_id(e, printed->id);
    changes(printed, capture, e);
    g_hash_table_insert(open->printed, GUINT_TO_POINTER(e->connection->stream), printed);
    open->not_final++;
    output->tell(output->user, capture, e, TCPRST_PROVISIONAL);
    return printed;
}

/* With `is_end` its verdict is final. */
static void tell_again(struct tcprst_open_silences *open, struct printed *printed,
                       struct tcprst_capture *capture, const struct tcprst_event *e, bool is_end,
                       const struct tcprst_live_output *output) {
    const int64_t age_ns = tcprst_elapsed_ns(printed->at_ns, open->now_ns);
    bool is_due = is_end;
    for (; printed->next < TCPRST_LOOKS && age_ns >= tcprst_look_ns[printed->next]; printed->next++)
        is_due = true;
    if (!is_due)
        return;
    const bool is_final = is_end || printed->next == TCPRST_LOOKS;
    const bool is_other = changes(printed, capture, e);
    if (is_final || is_other)
        output->tell(output->user, capture, e, is_final ? TCPRST_FINAL : TCPRST_CORRECTED);
    if (!is_final)
        return;
    printed->next = TCPRST_LOOKS;
    open->not_final--;
}

static void take_back_ended(struct tcprst_open_silences *open,
                            const struct tcprst_live_output *output) {
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, open->printed);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct printed *printed = value;
        if (printed->look == open->looks || printed->next == TCPRST_LOOKS)
            continue;
        output->take_back(output->user, printed->id);
        open->not_final--;
        g_hash_table_iter_remove(&iter);
    }
}

static void look(struct tcprst_open_silences *open, struct tcprst_capture *capture, bool is_end,
                 const struct tcprst_live_output *output) {
    open->looks++;
    for (uint32_t i = 0; i < tcprst_capture_silences(capture); i++) {
        const struct tcprst_event *e = tcprst_capture_silence(capture, i);
        const int64_t since_ns = e->silence->since_ns;
        if (since_ns < open->from_ns || since_ns >= open->until_ns)
            continue;
        struct printed *printed =
            g_hash_table_lookup(open->printed, GUINT_TO_POINTER(e->connection->stream));
        if (!printed)
            printed = tell_first(open, capture, e, output);
        printed->look = open->looks;
        if (printed->next < TCPRST_LOOKS)
            tell_again(open, printed, capture, e, is_end, output);
    }
    take_back_ended(open, output);
}

void tcprst_open_silences_look(struct tcprst_open_silences *open, struct tcprst_capture *capture,
                               int64_t now_ns, const struct tcprst_live_output *output) {
    const int64_t pause_ns =
        SECOND_NS * (1 + (int64_t)tcprst_capture_connections(capture) / CONNECTIONS_A_SECOND);
    const int64_t since_ns = tcprst_elapsed_ns(open->looked_ns, now_ns);
    open->now_ns = now_ns;
    if (open->looks && since_ns >= 0 && since_ns < pause_ns)
        return;
    open->looked_ns = now_ns;
    look(open, capture, false, output);
}

void tcprst_open_silences_finish(struct tcprst_open_silences *open, struct tcprst_capture *capture,
                                 const struct tcprst_live_output *output) {
    look(open, capture, true, output);
}

bool tcprst_open_silences_are_settled(const struct tcprst_open_silences *open) {
    return !open->not_final && tcprst_elapsed_ns(open->until_ns, open->now_ns) > shows_after_ns;
}
