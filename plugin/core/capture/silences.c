/* silences.c - asks all connections that may be silent, once, and keeps numbers and frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/silences.h"

#include "core/capture/parts.h"
#include "core/reset/silence.h"

/* A silence, as an event that points to it. */
struct silent_event {
    struct tcprst_silence silence;
    struct tcprst_event event;
};

/* Where a silence is: its frame, and the number of its connection in the store. */
struct place {
    uint32_t frame, connection;
};

struct tcprst_silences {
    GArray *places;                  /* struct place, in the order of frames */
    struct tcprst_frame_index *frames; /* NULL until asked for */
    GHashTable *held;                /* number of the connection to struct silent_event, owned */
    struct silent_event current;     /* what was asked for last */
    uint32_t last_frame;             /* of the capture when they were found; 0: not yet */
};

struct tcprst_silences *tcprst_silences_new(void) {
    struct tcprst_silences *silences = g_new0(struct tcprst_silences, 1);
    silences->places = g_array_new(FALSE, FALSE, sizeof(struct place));
    silences->held = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return silences;
}

static void forget_frames(struct tcprst_silences *silences) {
    g_clear_pointer(&silences->frames, tcprst_frame_index_free);
}

void tcprst_silences_free(struct tcprst_silences *silences) {
    g_array_unref(silences->places);
    g_hash_table_unref(silences->held);
    forget_frames(silences);
    g_free(silences);
}

static gint compare_places(gconstpointer a, gconstpointer b) {
    const struct place *x = a, *y = b;
    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    return (x->connection > y->connection) - (x->connection < y->connection);
}

/* Weak silences, of which only those stay whose server leaves others without an answer. */
struct weak {
    GHashTable *troubled; /* struct tcprst_end: servers that do */
    GArray *places;
    GArray *ends;         /* struct tcprst_end of the same */
};

static void note_end(struct weak *weak, const struct tcprst_connection *c, struct place place,
                     const struct tcprst_silence *silence) {
    const struct tcprst_end end = {*tcprst_address_of(c, TCPRST_SERVER),
                                   tcprst_port_of(c, TCPRST_SERVER)};
    if (silence->is_weak) {
        g_array_append_val(weak->places, place);
        g_array_append_val(weak->ends, end);
    } else if (silence->silent == TCPRST_SERVER &&
               !g_hash_table_contains(weak->troubled, &end)) {
        struct tcprst_end *kept = g_new(struct tcprst_end, 1);
        *kept = end;
        g_hash_table_insert(weak->troubled, kept, kept);
    }
}

static void take_weak(struct tcprst_silences *silences, struct weak *weak) {
    for (guint i = 0; i < weak->places->len; i++)
        if (g_hash_table_contains(weak->troubled, &g_array_index(weak->ends, struct tcprst_end, i)))
            g_array_append_val(silences->places, g_array_index(weak->places, struct place, i));
    g_hash_table_unref(weak->troubled);
    g_array_unref(weak->places);
    g_array_unref(weak->ends);
}

static void find_again(struct tcprst_capture *capture) {
    struct tcprst_silences *silences = capture->silences;
    silences->last_frame = capture->last_frame;
    forget_frames(silences);
    g_array_set_size(silences->places, 0);
    struct weak weak = {
        .troubled =
            g_hash_table_new_full(tcprst_hash_endpoint, tcprst_equal_endpoint, g_free, NULL),
        .places = g_array_new(FALSE, FALSE, sizeof(struct place)),
        .ends = g_array_new(FALSE, FALSE, sizeof(struct tcprst_end)),
    };
    const uint32_t count = tcprst_store_find_silent(capture->store);
    for (uint32_t i = 0; i < count; i++) {
        const struct tcprst_connection *c = tcprst_store_silent(capture->store, i);
        struct tcprst_silence silence;
        if (!c || !tcprst_silence_of(c, capture->last_time_ns, &silence))
            continue;
        const struct place place = {silence.frame, i};
        note_end(&weak, c, place, &silence);
        if (!silence.is_weak)
            g_array_append_val(silences->places, place);
    }
    take_weak(silences, &weak);
    g_array_sort(silences->places, compare_places);
}

static void find(struct tcprst_capture *capture) {
    const struct tcprst_silences *silences = capture->silences;
    if (silences->last_frame != capture->last_frame)
        find_again(capture);
}

static const struct tcprst_event *tell(struct tcprst_capture *capture, struct silent_event *silent,
                                       struct tcprst_connection *c, uint32_t number) {
    struct tcprst_host *client =
        tcprst_capture_host(capture, tcprst_address_of(c, TCPRST_CLIENT));
    tcprst_event_of_silence(&silent->event, &silent->silence, c, client);
    silent->event.number = number;
    return &silent->event;
}

static uint32_t connection_at(const struct tcprst_silences *silences, uint32_t number) {
    return g_array_index(silences->places, struct place, number).connection;
}

uint32_t tcprst_capture_silences(struct tcprst_capture *capture) {
    find(capture);
    return capture->silences->places->len;
}

const struct tcprst_event *tcprst_capture_silence(struct tcprst_capture *capture, uint32_t number) {
    struct tcprst_silences *silences = capture->silences;
    find(capture);
    struct tcprst_connection *c =
        tcprst_store_silent(capture->store, connection_at(silences, number));
    tcprst_silence_of(c, capture->last_time_ns, &silences->current.silence);
    return tell(capture, &silences->current, c, number);
}

const struct tcprst_event *tcprst_capture_hold_silence(struct tcprst_capture *capture,
                                                       uint32_t number) {
    struct tcprst_silences *silences = capture->silences;
    find(capture);
    const uint32_t connection = connection_at(silences, number);
    struct tcprst_connection *c = tcprst_store_hold_silent(capture->store, connection);
    struct silent_event *silent = g_hash_table_lookup(silences->held, GUINT_TO_POINTER(connection));
    if (!silent) {
        silent = g_new0(struct silent_event, 1);
        g_hash_table_insert(silences->held, GUINT_TO_POINTER(connection), silent);
    }
    tcprst_silence_of(c, capture->last_time_ns, &silent->silence);
    return tell(capture, silent, c, number);
}

/* --- frames --- */

static void add_link(struct tcprst_silences *silences, const struct tcprst_event *e,
                     uint32_t frame) {
    if (frame && frame != e->frame)
        tcprst_frame_index_add(silences->frames, frame, e->number, TCPRST_RELATION_LINK);
}

static void index_frames(struct tcprst_capture *capture) {
    struct tcprst_silences *silences = capture->silences;
    if (silences->frames)
        return;
    silences->frames = tcprst_frame_index_new();
    for (uint32_t i = 0; i < silences->places->len; i++) {
        const struct tcprst_event *e = tcprst_capture_silence(capture, i);
        tcprst_frame_index_add(silences->frames, e->frame, i, TCPRST_RELATION_RESET);
        add_link(silences, e, e->before->side[TCPRST_CLIENT].syn.frame);
        add_link(silences, e, e->before->side[TCPRST_SERVER].syn.frame);
    }
}

/* Asked of each frame of a file while that is read: then only its own segment can be a repeat. */
static const struct tcprst_event *latest(struct tcprst_capture *capture, uint32_t *place) {
    struct tcprst_silences *silences = capture->silences;
    struct tcprst_connection *c = tcprst_store_taken(capture->store);
    if ((*place)++ || capture->last_repeat_frame != capture->last_frame || !c ||
        !tcprst_silence_of(c, capture->last_time_ns, &silences->current.silence) ||
        silences->current.silence.frame != capture->last_frame)
        return NULL;
    return tell(capture, &silences->current, c, 0);
}

const struct tcprst_event *tcprst_capture_next_silence(struct tcprst_capture *capture,
                                                       uint32_t frame, uint32_t *place) {
    struct tcprst_silences *silences = capture->silences;
    enum tcprst_frame_relation relation;
    uint32_t number;
    if (!capture->finished && frame >= capture->last_frame)
        return frame == capture->last_frame ? latest(capture, place) : NULL;
    find(capture);
    if (!silences->places->len)
        return NULL;
    index_frames(capture);
    return tcprst_frame_index_next(silences->frames, frame, place, &number, &relation)
               ? tcprst_capture_silence(capture, number)
               : NULL;
}
