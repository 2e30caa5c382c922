/* summary.c - counts of a capture by server endpoint
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/summary.h"

#include <string.h>

#include "core/packet/hash.h"
#include "core/reset/sight.h"

enum { FEW_CLIENTS = 8 };

static void free_service(gpointer pointer) {
    struct tcprst_service *service = pointer;
    g_clear_pointer(&service->service_clients, g_array_unref);
    g_clear_pointer(&service->indices, g_hash_table_unref);
    g_clear_pointer(&service->tallies, g_array_unref);
    g_clear_pointer(&service->records, g_array_unref);
    g_clear_pointer(&service->events, g_ptr_array_unref);
    g_clear_pointer(&service->silent, g_ptr_array_unref);
    g_free(service);
}

struct tcprst_summary *tcprst_summary_new(bool keeps_events) {
    struct tcprst_summary *summary = g_new0(struct tcprst_summary, 1);
    summary->keeps_events = keeps_events;
    summary->services_by_name = g_hash_table_new(tcprst_hash_endpoint, tcprst_equal_endpoint);
    summary->services = g_ptr_array_new_with_free_func(free_service);
    summary->events = g_ptr_array_new();
    summary->silences = g_ptr_array_new();
    summary->begun = g_array_new(FALSE, FALSE, sizeof(guint32));
    summary->judged = g_array_new(FALSE, FALSE, sizeof(struct tcprst_judged));
    return summary;
}

void tcprst_summary_free(struct tcprst_summary *summary) {
    g_hash_table_unref(summary->services_by_name);
    g_ptr_array_unref(summary->services);
    g_ptr_array_unref(summary->events);
    g_array_unref(summary->judged);
    g_ptr_array_unref(summary->silences);
    g_array_unref(summary->begun);
    g_free(summary);
}

struct tcprst_service *tcprst_summary_service(const struct tcprst_summary *summary,
                                              const struct tcprst_address *address, uint16_t port) {
    const struct tcprst_service key = {.address = *address, .port = port};
    return g_hash_table_lookup(summary->services_by_name, &key);
}

struct tcprst_service *tcprst_summary_service_of(const struct tcprst_summary *summary,
                                                 const struct tcprst_event *event) {
    const struct tcprst_endpoint *endpoint = event->connection->endpoint;
    return tcprst_summary_service(summary, &endpoint->address, endpoint->port);
}

static struct tcprst_service *service_of(struct tcprst_summary *summary,
                                         const struct tcprst_end *server) {
    struct tcprst_service *service =
        tcprst_summary_service(summary, &server->address, server->port);
    if (service)
        return service;
    service = g_new(struct tcprst_service, 1);
    *service = (struct tcprst_service){.address = server->address, .port = server->port};
    service->number = summary->services->len;
    service->service_clients = g_array_new(FALSE, FALSE, sizeof(struct tcprst_service_client));
    if (summary->keeps_events) {
        service->records = g_array_new(FALSE, FALSE, sizeof(struct tcprst_outcome_record));
        service->events = g_ptr_array_new();
        service->silent = g_ptr_array_new();
    }
    g_ptr_array_add(summary->services, service);
    g_hash_table_add(summary->services_by_name, service);
    return service;
}

/* Addresses are looked up as copies: the array moves when it grows. */
static void index_service_client(struct tcprst_service *service, guint row) {
    struct tcprst_address *key = g_new(struct tcprst_address, 1);
    *key = tcprst_service_client_at(service, row)->address;
    g_hash_table_insert(service->indices, key, GUINT_TO_POINTER(row + 1));
}

guint tcprst_service_find_client(const struct tcprst_service *service,
                                 const struct tcprst_address *address) {
    if (service->indices)
        return GPOINTER_TO_UINT(g_hash_table_lookup(service->indices, address));
    for (guint i = 0; i < service->service_clients->len; i++)
        if (tcprst_equal_address(&tcprst_service_client_at(service, i)->address, address))
            return i + 1;
    return 0;
}

/* Index of the client, which may be new. */
static uint16_t note_service_client(struct tcprst_service *service,
                                    const struct tcprst_address *address) {
    guint found = tcprst_service_find_client(service, address);
    if (found)
        return (uint16_t)(found - 1);
    if (service->service_clients->len >= TCPRST_CLIENTS_MAX) {
        service->clients_cut = true;
        return TCPRST_NO_CLIENT;
    }
    const struct tcprst_service_client service_client = {.address = *address};
    g_array_append_val(service->service_clients, service_client);
    guint last = service->service_clients->len - 1;
    if (service->indices)
        index_service_client(service, last);
    else if (last == FEW_CLIENTS) {
        service->indices =
            g_hash_table_new_full(tcprst_hash_address, tcprst_equal_address, g_free, NULL);
        for (guint i = 0; i <= last; i++)
            index_service_client(service, i);
    }
    return (uint16_t)last;
}

void tcprst_service_note_moment(struct tcprst_service *service, bool failed,
                                struct tcprst_moment now) {
    if (!service->run_length || service->run_failed != failed) {
        service->run = now;
        service->run_length = 0;
    }
    service->run_failed = failed;
    service->run_length++;
    if (failed && !service->first_failed.frame)
        service->first_failed = now;
    if (failed)
        service->last_failed = now;
}

static void note_attempt(struct tcprst_service *service, uint16_t client, bool failed,
                         struct tcprst_moment now) {
    tcprst_service_note_moment(service, failed, now);
    if (service->records) {
        const struct tcprst_outcome_record record = {now.time_ns, now.frame, client, failed, false};
        g_array_append_val(service->records, record);
    }
    if (client == TCPRST_NO_CLIENT)
        return;
    struct tcprst_service_client *service_client = tcprst_service_client_at(service, client);
    service->clients_failed += failed && !service_client->failed;
    service_client->failed += failed;
    service_client->served += !failed;
}

static void count_failure(struct tcprst_service *service, enum tcprst_failure failure) {
    service->refused += failure == TCPRST_FAILED_ON_SYN;
    service->in_handshake += failure == TCPRST_FAILED_IN_HANDSHAKE;
    service->on_request += failure == TCPRST_FAILED_ON_REQUEST;
}

static void count_facts(struct tcprst_service *service, const struct tcprst_event *e) {
    service->stages[e->stage]++;
    service->with_ack += e->has_ack;
}

static void add_reset(struct tcprst_summary *summary, struct tcprst_service *service,
                      uint16_t client, const struct tcprst_event *e, struct tcprst_moment now) {
    summary->resets++;
    service->resets++;
    count_facts(service, e);
    if (tcprst_event_failure(e)) {
        count_failure(service, e->failure);
        note_attempt(service, client, true, now);
    }
    if (!summary->keeps_events)
        return;
    g_ptr_array_add(summary->events, (gpointer)e);
    g_ptr_array_add(service->events, (gpointer)e);
}

static void add_silence(struct tcprst_service *service, uint16_t client,
                        const struct tcprst_event *e, struct tcprst_moment now) {
    service->silences++;
    if (!e->failure)
        return;
    service->unanswered++;
    note_attempt(service, client, true, now);
}

static void note_time(struct tcprst_summary *summary, int64_t time_ns) {
    summary->first_ns = summary->entries ? MIN(summary->first_ns, time_ns) : time_ns;
    summary->last_ns = summary->entries ? MAX(summary->last_ns, time_ns) : time_ns;
    summary->entries++;
}

struct tcprst_service *tcprst_summary_add(struct tcprst_summary *summary,
                                          const struct tcprst_entry *entry, int64_t time_ns) {
    struct tcprst_service *service = service_of(summary, &entry->server);
    if (entry->kind == TCPRST_WAS_SILENT && summary->keeps_events)
        return service; /* found when it is judged */
    uint16_t client = note_service_client(service, &entry->client);
    struct tcprst_moment now = {entry->frame, time_ns};
    note_time(summary, time_ns);
    if (entry->kind == TCPRST_BEGUN) {
        service->connections++;
        summary->connections++;
        if (summary->keeps_events)
            g_array_append_val(summary->begun, entry->frame);
    } else if (entry->kind == TCPRST_ANSWERED) {
        service->served++;
        note_attempt(service, client, false, now);
    } else if (entry->kind == TCPRST_WAS_RESET) {
        add_reset(summary, service, client, entry->event, now);
    } else {
        add_silence(service, client, entry->event, now);
    }
    return service;
}

static gint compare_events(gconstpointer a, gconstpointer b) {
    const struct tcprst_event *x = *(const struct tcprst_event *const *)a,
                              *y = *(const struct tcprst_event *const *)b;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

/* `moved`: the frame at which a reset was counted before, to the event. */
static void count_facts_anew(struct tcprst_service *service, GHashTable *moved) {
    for (guint i = 0; i < service->records->len; i++) {
        struct tcprst_outcome_record *record = tcprst_outcome_record_at(service, i);
        const struct tcprst_event *e =
            record->failed ? g_hash_table_lookup(moved, GUINT_TO_POINTER(record->frame)) : NULL;
        if (!e)
            continue;
        record->frame = e->frame;
        record->time_ns = e->time_ns;
    }
    memset(service->stages, 0, sizeof service->stages);
    service->with_ack = 0;
    for (guint i = 0; i < service->events->len; i++)
        count_facts(service, g_ptr_array_index(service->events, i));
}

static void count_moved(GHashTable *services, GHashTable *moved) {
    GHashTableIter iter;
    gpointer service;
    g_hash_table_iter_init(&iter, services);
    while (g_hash_table_size(moved) && g_hash_table_iter_next(&iter, &service, NULL))
        count_facts_anew(service, moved);
}

void tcprst_services_count_anew(GHashTable *services) {
    GHashTableIter iter;
    gpointer service;
    g_hash_table_iter_init(&iter, services);
    while (g_hash_table_iter_next(&iter, &service, NULL))
        tcprst_service_count_anew(service);
}

void tcprst_summary_add_settled(struct tcprst_summary *summary, struct tcprst_capture *capture) {
    struct tcprst_entry entry;
    int64_t time_ns;
    if (!tcprst_capture_settled(capture, 0, &entry, &time_ns))
        return;
    GHashTable *known = g_hash_table_new(NULL, NULL), *changed = g_hash_table_new(NULL, NULL),
               *moved = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < summary->events->len; i++)
        g_hash_table_add(known, g_ptr_array_index(summary->events, i));
    for (unsigned i = 0; tcprst_capture_settled(capture, i, &entry, &time_ns); i++) {
        const struct tcprst_event *was = tcprst_exchanged(entry.event);
        if (!was && g_hash_table_add(known, (gpointer)entry.event))
            g_hash_table_add(changed, tcprst_summary_add(summary, &entry, time_ns));
        if (!was || !g_hash_table_contains(known, entry.event))
            continue;
        g_hash_table_insert(moved, GUINT_TO_POINTER(was->frame), (gpointer)entry.event);
        g_hash_table_add(changed, service_of(summary, &entry.server));
    }
    g_ptr_array_sort(summary->events, compare_events);
    if (summary->keeps_events) {
        count_moved(changed, moved);
        tcprst_services_count_anew(changed);
    }
    g_hash_table_unref(known);
    g_hash_table_unref(changed);
    g_hash_table_unref(moved);
}

static struct tcprst_tally *tally_of(struct tcprst_service *service,
                                     const struct tcprst_event *event,
                                     const struct tcprst_cause *cause) {
    if (!service->tallies)
        service->tallies = g_array_new(FALSE, FALSE, sizeof(struct tcprst_tally));
    for (guint i = 0; i < service->tallies->len; i++) {
        struct tcprst_tally *tally = &g_array_index(service->tallies, struct tcprst_tally, i);
        if (tally->cause == cause)
            return tally;
    }
    const struct tcprst_tally first = {
        .cause = cause, .first_frame = event->frame, .example = event};
    g_array_append_val(service->tallies, first);
    return &g_array_index(service->tallies, struct tcprst_tally, service->tallies->len - 1);
}

void tcprst_service_judge(struct tcprst_service *service, const struct tcprst_event *event,
                          const struct tcprst_opinion *opinion) {
    struct tcprst_tally *tally = tally_of(service, event, opinion->cause);
    tally->resets++;
    tally->confidence_sum += opinion->confidence;
}

static void forget_verdicts(struct tcprst_summary *summary) {
    g_array_set_size(summary->judged, 0);
    for (guint i = 0; i < summary->services->len; i++) {
        struct tcprst_service *service = g_ptr_array_index(summary->services, i);
        g_clear_pointer(&service->tallies, g_array_unref);
        service->repeats = 0;
    }
}

static void judge(struct tcprst_summary *summary, const struct tcprst_capture *capture,
                  const struct tcprst_event *event) {
    const struct tcprst_verdict verdict = tcprst_judge(capture, event);
    struct tcprst_service *service = tcprst_summary_service_of(summary, event);
    struct tcprst_judged judged = {
        .event = event, .service = service,
        .best = verdict.best,
        .concern = tcprst_verdict_concern(&verdict),
        .alternatives = verdict.alternatives,
        .sender = tcprst_sender_name(&verdict, event),
    };
    judged.is_third_party = !event->silence && strcmp(judged.sender, "third-party") == 0;
    memcpy(judged.alternative, verdict.alternative, sizeof judged.alternative);
    g_array_append_val(summary->judged, judged);
    tcprst_service_judge(service, event, &verdict.best);
    service->repeats += event->after.repeats;
}

static gint compare_judged(gconstpointer a, gconstpointer b) {
    const struct tcprst_event *x = ((const struct tcprst_judged *)a)->event,
                              *y = ((const struct tcprst_judged *)b)->event;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

/* What a filter leaves has its own period, that of its entries. */
static void take_period(struct tcprst_summary *summary, const struct tcprst_capture *capture) {
    int64_t earliest_ns, latest_ns;
    if (!summary->entries || summary->entries < tcprst_capture_entries(capture) ||
        !tcprst_capture_period(capture, &earliest_ns, &latest_ns))
        return;
    summary->first_ns = MIN(summary->first_ns, earliest_ns);
    summary->last_ns = MAX(summary->last_ns, latest_ns);
}

void tcprst_summary_judge(struct tcprst_summary *summary, struct tcprst_capture *capture) {
    take_period(summary, capture);
    if (!summary->is_judged)
        tcprst_summary_take_back_refusals(summary);
    summary->is_judged = true;
    forget_verdicts(summary);
    tcprst_summary_find_silences(summary, capture);
    for (guint i = 0; i < summary->events->len; i++)
        judge(summary, capture, g_ptr_array_index(summary->events, i));
    for (guint i = 0; i < summary->silences->len; i++)
        judge(summary, capture, g_ptr_array_index(summary->silences, i));
    if (summary->silences->len)
        g_array_sort(summary->judged, compare_judged);
}

uint32_t tcprst_service_failed(const struct tcprst_service *service) {
    return service->refused + service->in_handshake + service->on_request + service->unanswered;
}

unsigned tcprst_service_share(const struct tcprst_service *service) {
    uint64_t failed = tcprst_service_failed(service), all = service->connections;
    if (!failed)
        return 0;
    if (failed >= all)
        return 100;
    return (unsigned)CLAMP((100 * failed + all / 2) / all, 1, 99);
}

enum tcprst_concern tcprst_cause_concern(const struct tcprst_cause *cause) {
    if (cause->severity == TCPRST_CHAT)
        return TCPRST_HARMLESS;
    return cause == tcprst_cause_undetermined() ? TCPRST_UNEXPLAINED : TCPRST_TROUBLE;
}

enum tcprst_concern tcprst_verdict_concern(const struct tcprst_verdict *verdict) {
    const struct tcprst_cause *cause = verdict->best.cause;
    const bool has_condition = *cause->harmless_unless;
    if (has_condition && !tcprst_seen_any(&verdict->seen, cause->harmless_unless))
        return TCPRST_HARMLESS;
    return tcprst_cause_concern(cause);
}

uint64_t tcprst_importance(const struct tcprst_cause *cause, uint64_t resets) {
    enum { NOTES_A_WARNING = 4 };
    return resets * (cause->severity == TCPRST_WARN ? NOTES_A_WARNING : 1);
}

static uint64_t importance(const struct tcprst_tally *tally) {
    return tcprst_importance(tally->cause, tally->resets);
}

static enum tcprst_concern concern(const struct tcprst_tally *tally) {
    return tally ? tcprst_cause_concern(tally->cause) : TCPRST_HARMLESS;
}

const struct tcprst_tally *tcprst_service_likeliest(const struct tcprst_service *service) {
    const struct tcprst_tally *best = NULL;
    for (guint i = 0; service->tallies && i < service->tallies->len; i++) {
        const struct tcprst_tally *tally = &g_array_index(service->tallies, struct tcprst_tally, i);
        bool is_trouble = concern(tally) == TCPRST_TROUBLE;
        bool best_is = concern(best) == TCPRST_TROUBLE;
        if (!best || is_trouble > best_is ||
            (is_trouble == best_is && importance(tally) > importance(best)))
            best = tally;
    }
    return best;
}

bool tcprst_service_is_worse(const struct tcprst_service *x, const struct tcprst_service *y) {
    const struct tcprst_tally *p = tcprst_service_likeliest(x), *q = tcprst_service_likeliest(y);
    if (concern(p) != concern(q))
        return concern(p) > concern(q);
    return (p ? importance(p) : 0) > (q ? importance(q) : 0);
}

unsigned tcprst_tally_confidence(const struct tcprst_tally *tally) {
    return (unsigned)((tally->confidence_sum + tally->resets / 2) / tally->resets);
}
