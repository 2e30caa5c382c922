/* queries.c - looks up what a capture contains
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"
#include "core/packet/hash.h"

unsigned tcprst_capture_connections(const struct tcprst_capture *capture) {
    return tcprst_store_connections(capture->store);
}

void tcprst_capture_set_part(struct tcprst_capture *capture) {
    capture->is_part = true;
}

void tcprst_capture_hide_words(struct tcprst_capture *capture) {
    capture->hides_words = true;
    tcprst_server_names_hide(capture->server_names);
}

int64_t tcprst_capture_stream(const struct tcprst_capture *capture,
                              const struct tcprst_connection *c) {
    return capture->is_part ? -1 : (int64_t)c->stream;
}

void tcprst_capture_finish(struct tcprst_capture *capture) {
    tcprst_capture_settle(capture);
    capture->finished = true;
}

void tcprst_capture_set_settings(struct tcprst_capture *capture,
                                 const struct tcprst_settings *settings) {
    capture->settings = settings;
}

const struct tcprst_settings *tcprst_capture_settings(const struct tcprst_capture *capture) {
    return capture->settings;
}

bool tcprst_capture_is_finished(const struct tcprst_capture *capture) {
    return capture->finished;
}

bool tcprst_capture_ends_at(const struct tcprst_capture *capture, int64_t time_ns) {
    return tcprst_elapsed_ns(time_ns, capture->last_time_ns) < TCPRST_SOONEST_REPEAT_NS;
}

bool tcprst_capture_period(const struct tcprst_capture *capture, int64_t *earliest_ns,
                           int64_t *latest_ns) {
    *earliest_ns = capture->earliest_ns;
    *latest_ns = capture->latest_ns;
    return capture->last_frame;
}

int64_t tcprst_capture_end_ns(const struct tcprst_capture *capture,
                              const struct tcprst_connection *connection) {
    const struct tcprst_interface *here =
        tcprst_points_interface(&capture->points, tcprst_connection_interface(connection));
    if (here)
        return here->last_ns;
    return capture->points.is_active ? connection->last_time_ns : capture->latest_ns;
}

bool tcprst_capture_may_tell(const struct tcprst_capture *capture, uint32_t frame) {
    bool is_repeat = frame == capture->last_repeat_frame;
    return capture->finished || frame < capture->last_frame || is_repeat ||
           tcprst_frame_index_reaches(capture->frames, frame);
}

bool tcprst_capture_next_frame_entry(const struct tcprst_capture *capture, uint32_t frame,
                                     uint32_t *place, struct tcprst_frame_entry *note) {
    return tcprst_frame_index_next(capture->frames, frame, place, &note->event_number,
                                   &note->relation);
}

size_t tcprst_capture_frame_entry_bytes(const struct tcprst_capture *capture) {
    return tcprst_frame_index_bytes(capture->frames);
}

const struct tcprst_server_names *tcprst_capture_server_names(
    const struct tcprst_capture *capture) {
    return capture->server_names;
}

const struct tcprst_server_names *tcprst_capture_icmp_senders(
    const struct tcprst_capture *capture) {
    return capture->icmp_senders;
}

uint32_t tcprst_capture_events(const struct tcprst_capture *capture) {
    return tcprst_store_events(capture->store);
}

const struct tcprst_event *tcprst_capture_event(struct tcprst_capture *capture, uint32_t number) {
    return tcprst_store_event(capture->store, number);
}

/* `latest`: of each endpoint, by its number, the latest line with a reset; NULL: none yet. */
static void link_to_previous(GArray *beside, GPtrArray *latest, const struct tcprst_line *line) {
    struct tcprst_reset_neighbours *of = (struct tcprst_reset_neighbours *)beside->data;
    if (line->client >= latest->len)
        g_ptr_array_set_size(latest, (gint)line->client + 1);
    const struct tcprst_line *previous = latest->pdata[line->client];
    if (previous) {
        of[line->subject].previous = previous->frame;
        of[previous->subject].next = line->frame;
    }
    latest->pdata[line->client] = (gpointer)line;
}

static void find_neighbours(GArray *beside, const struct tcprst_statistics_log *log,
                            uint32_t count) {
    GPtrArray *latest = g_ptr_array_new();
    g_array_set_size(beside, 0);
    g_array_set_size(beside, count);
    for (guint i = 0; i < log->lines->len; i++) {
        const struct tcprst_line *line = tcprst_statistics_log_line(log, i);
        if (line->kind == TCPRST_WAS_RESET)
            link_to_previous(beside, latest, line);
    }
    g_ptr_array_unref(latest);
}

/* Looks at the whole log if resets were added since the last call. */
static struct tcprst_reset_neighbours resets_beside(const struct tcprst_capture *capture,
                                                    const struct tcprst_event *event) {
    const uint32_t count = tcprst_store_events(capture->store);
    if (!capture->finished)
        return (struct tcprst_reset_neighbours){0, 0};
    if (capture->resets_beside->len != count)
        find_neighbours(capture->resets_beside, &capture->statistics, count);
    return g_array_index(capture->resets_beside, struct tcprst_reset_neighbours, event->number);
}

uint32_t tcprst_capture_previous_reset(const struct tcprst_capture *capture,
                                       const struct tcprst_event *event) {
    return resets_beside(capture, event).previous;
}

uint32_t tcprst_capture_next_reset(const struct tcprst_capture *capture,
                                   const struct tcprst_event *event) {
    return resets_beside(capture, event).next;
}

void tcprst_capture_half_open(const struct tcprst_capture *capture, tcprst_note_half_open *note,
                              void *data) {
    tcprst_store_half_open(capture->store, note, data);
}

guint tcprst_capture_entries(const struct tcprst_capture *capture) {
    return capture->statistics.lines->len;
}

guint tcprst_capture_find_entry(const struct tcprst_capture *capture, uint32_t frame) {
    return tcprst_statistics_log_find(&capture->statistics, frame);
}

uint32_t tcprst_capture_entry_frame(const struct tcprst_capture *capture, guint index) {
    return tcprst_statistics_log_line(&capture->statistics, index)->frame;
}

static struct tcprst_entry entry_of_reset(struct tcprst_capture *capture, uint32_t number) {
    const struct tcprst_event *event = tcprst_store_hold_event(capture->store, number);
    const struct tcprst_endpoint *endpoint = event->connection->endpoint;
    return (struct tcprst_entry){
        .event = event,
        .server = {endpoint->address, endpoint->port},
        .client = event->client->address,
        .frame = event->frame,
        .kind = TCPRST_WAS_RESET,
    };
}

struct tcprst_entry tcprst_capture_entry(struct tcprst_capture *capture, guint index) {
    const struct tcprst_line *line = tcprst_statistics_log_line(&capture->statistics, index);
    if (line->kind == TCPRST_WAS_RESET)
        return entry_of_reset(capture, line->subject);
    return (struct tcprst_entry){
        .server = tcprst_store_end(capture->store, line->subject),
        .client = tcprst_statistics_log_client(&capture->statistics, line),
        .frame = line->frame,
        .kind = line->kind,
    };
}

void tcprst_capture_settle(struct tcprst_capture *capture) {
    tcprst_points_settle(capture);
}

bool tcprst_capture_settled(struct tcprst_capture *capture, unsigned index,
                            struct tcprst_entry *entry, int64_t *time_ns) {
    const GArray *settled = capture->points.settled;
    if (!settled || index >= settled->len)
        return false;
    *entry = entry_of_reset(capture, g_array_index(settled, uint32_t, index));
    *time_ns = entry->event->time_ns;
    return true;
}

/* Lines of the log on both sides of a frame. */
struct walk {
    const struct tcprst_statistics_log *log;
    guint row, end, middle; /* the next one, the last one + 1, the first one not before the frame */
};

static struct walk walk_around(const struct tcprst_capture *capture, uint32_t frame, guint before,
                               guint after) {
    const struct tcprst_statistics_log *log = &capture->statistics;
    const guint middle = tcprst_statistics_log_find(log, frame);
    return (struct walk){log, middle - MIN(middle, before), MIN(log->lines->len, middle + after),
                         middle};
}

/* The next line of a kind in the set of 1 << kind; NULL after the last one. */
static const struct tcprst_line *next_line(struct walk *walk, unsigned kinds) {
    while (walk->row < walk->end) {
        const struct tcprst_line *line = tcprst_statistics_log_line(walk->log, walk->row++);
        if (kinds & 1u << line->kind)
            return line;
    }
    return NULL;
}

static const struct tcprst_line *next_answer(struct walk *walk) {
    return next_line(walk, 1u << TCPRST_ANSWERED);
}

/* The same client of the same endpoint. */
static bool is_of_same(const struct tcprst_line *a, const struct tcprst_line *b) {
    return a->subject == b->subject && a->client == b->client && a->is_long == b->is_long;
}

/* The connection that was answered last began in the part that was walked. */
static bool begins_in(const struct walk *walk) {
    enum { MOST_LINES = 256 };
    const guint answer = walk->row - 1;
    const struct tcprst_line *answered = tcprst_statistics_log_line(walk->log, answer);
    for (guint i = answer; i > walk->middle && answer - i < MOST_LINES; i--) {
        const struct tcprst_line *line = tcprst_statistics_log_line(walk->log, i - 1);
        if (line->kind == TCPRST_BEGUN && is_of_same(line, answered))
            return true;
    }
    return false;
}

uint32_t tcprst_capture_answer_between(const struct tcprst_capture *capture, uint32_t endpoint,
                                       uint32_t from, uint32_t to) {
    enum { MOST_LINES = 4096 };
    struct walk walk = walk_around(capture, from + 1, 0, MOST_LINES);
    const struct tcprst_line *line = next_answer(&walk);
    while (line && line->frame <= to && (line->subject != endpoint || !begins_in(&walk)))
        line = next_answer(&walk);
    return line && line->frame <= to ? line->frame : 0;
}

uint32_t tcprst_capture_sent_after(const struct tcprst_capture *capture,
                                   const struct tcprst_address *host, uint32_t from) {
    enum { MOST_LINES = 1024, MOST_AS_CLIENT = 4 };
    struct walk walk = walk_around(capture, from + 1, 0, MOST_LINES);
    unsigned as_client = 0;
    for (const struct tcprst_line *line; (line = next_answer(&walk));) {
        const struct tcprst_end server = tcprst_store_end(capture->store, line->subject);
        const struct tcprst_address client = tcprst_statistics_log_client(walk.log, line);
        if (tcprst_equal_address(&server.address, host) ||
            (tcprst_equal_address(&client, host) && as_client++ < MOST_AS_CLIENT &&
             begins_in(&walk)))
            return line->frame;
    }
    return 0;
}

unsigned tcprst_capture_answers_to(const struct tcprst_capture *capture,
                                   const struct tcprst_address *server,
                                   const struct tcprst_address *client, uint32_t from,
                                   uint32_t *later) {
    enum { MOST_LINES = 512 }; /* on each side */
    struct walk walk = walk_around(capture, from + 1, MOST_LINES, MOST_LINES);
    unsigned count = 0;
    *later = 0;
    for (const struct tcprst_line *line; (line = next_answer(&walk));) {
        const struct tcprst_end at = tcprst_store_end(capture->store, line->subject);
        const struct tcprst_address to = tcprst_statistics_log_client(walk.log, line);
        if (!tcprst_equal_address(&at.address, server) || !tcprst_equal_address(&to, client))
            continue;
        count++;
        if (walk.row > walk.middle && !*later)
            *later = line->frame;
    }
    return count;
}

struct tcprst_uses tcprst_capture_uses(const struct tcprst_capture *capture,
                                       const struct tcprst_address *client,
                                       const struct tcprst_address *server, uint32_t frame) {
    enum { MOST_LINES = 512 }; /* on each side */
    struct walk walk = walk_around(capture, frame, MOST_LINES, MOST_LINES);
    struct tcprst_uses uses = {0};
    struct tcprst_address first = {{0}};
    const unsigned kinds = 1u << TCPRST_BEGUN | 1u << TCPRST_ANSWERED;
    for (const struct tcprst_line *line; (line = next_line(&walk, kinds));) {
        const struct tcprst_address by = tcprst_statistics_log_client(walk.log, line);
        if (!tcprst_equal_address(&by, client))
            continue;
        if (line->kind == TCPRST_BEGUN) {
            uses.begun++;
            continue;
        }
        const struct tcprst_end at = tcprst_store_end(capture->store, line->subject);
        if (!uses.answered++)
            first = at.address;
        uses.has_hosts |= !tcprst_equal_address(&at.address, &first);
        if (walk.row <= walk.middle && tcprst_equal_address(&at.address, server))
            uses.server_frame = line->frame;
    }
    return uses;
}
