/* summary_silences.c - adds the failures without a reset to a summary
 *
 * They are known when the file has been read, so they are found when verdicts are asked for, and
 * what was counted of them before is taken back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/summary.h"

#include "core/reset/silence.h"

static void forget(struct tcprst_service *service) {
    guint kept = 0;
    for (guint i = 0; service->silences && i < service->records->len; i++)
        if (!tcprst_outcome_record_at(service, i)->is_silence)
            *tcprst_outcome_record_at(service, kept++) = *tcprst_outcome_record_at(service, i);
    if (service->silences)
        g_array_set_size(service->records, kept);
    for (guint i = 0; service->silences && i < service->service_clients->len; i++) {
        struct tcprst_service_client *client = tcprst_service_client_at(service, i);
        client->failed -= client->unanswered;
        client->unanswered = 0;
    }
    g_ptr_array_set_size(service->silent, 0);
    service->silences = service->unanswered = 0;
    service->half_open = service->half_open_frame = 0;
}

/* A summary of a filter has some of the connections only. */
static bool has_begun(const struct tcprst_summary *summary, uint32_t first) {
    guint low = 0, high = summary->begun->len;
    while (low < high) {
        const guint middle = low + (high - low) / 2;
        if (g_array_index(summary->begun, guint32, middle) < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low < summary->begun->len && g_array_index(summary->begun, guint32, low) == first;
}

/* Of one whose beginning was not captured the first frame is not known. */
static bool has_connection(const struct tcprst_summary *summary, const struct tcprst_event *e) {
    return e->before->roles_inferred || has_begun(summary, tcprst_silence_begin_frame(e));
}

static void count_half_open(void *data, const struct tcprst_end *server, uint32_t frame) {
    struct tcprst_service *service =
        tcprst_summary_service(data, &server->address, server->port);
    if (!service || !has_begun(data, frame))
        return;
    service->half_open_frame = service->half_open ? MIN(service->half_open_frame, frame) : frame;
    service->half_open++;
}

static void count(struct tcprst_service *service, const struct tcprst_event *e) {
    const guint client = tcprst_service_find_client(service, &e->client->address);
    service->silences++;
    g_ptr_array_add(service->silent, (gpointer)e);
    if (!e->failure)
        return;
    /* it stands where it began: what came later was tried later */
    const struct tcprst_outcome_record record = {
        .time_ns = tcprst_silence_begin_ns(e),
        .frame = tcprst_silence_begin_frame(e),
        .client = client ? (uint16_t)(client - 1) : TCPRST_NO_CLIENT,
        .failed = true,
        .is_silence = true,
    };
    service->unanswered++;
    g_array_append_val(service->records, record);
    if (!client)
        return;
    tcprst_service_client_at(service, client - 1)->failed++;
    tcprst_service_client_at(service, client - 1)->unanswered++;
}

static gint compare_records(gconstpointer a, gconstpointer b) {
    const struct tcprst_outcome_record *x = a, *y = b;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

void tcprst_service_count_anew(struct tcprst_service *service) {
    g_array_sort(service->records, compare_records);
    service->first_failed = service->last_failed = service->run = (struct tcprst_moment){0, 0};
    service->run_length = service->clients_failed = 0;
    for (guint i = 0; i < service->records->len; i++) {
        const struct tcprst_outcome_record *record = tcprst_outcome_record_at(service, i);
        const struct tcprst_moment moment = {record->frame, record->time_ns};
        tcprst_service_note_moment(service, record->failed, moment);
    }
    for (guint i = 0; i < service->service_clients->len; i++)
        service->clients_failed += tcprst_service_client_at(service, i)->failed > 0;
}

void tcprst_summary_find_silences(struct tcprst_summary *summary, struct tcprst_capture *capture) {
    g_ptr_array_set_size(summary->silences, 0);
    if (!summary->keeps_events)
        return;
    GHashTable *changed = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < summary->services->len; i++) {
        struct tcprst_service *service = g_ptr_array_index(summary->services, i);
        if (service->silences)
            g_hash_table_add(changed, service);
        forget(service);
    }
    for (uint32_t i = 0; i < tcprst_capture_silences(capture); i++) {
        const struct tcprst_event *e = tcprst_capture_hold_silence(capture, i);
        struct tcprst_service *service = tcprst_summary_service_of(summary, e);
        if (!service || !has_connection(summary, e))
            continue;
        g_ptr_array_add(summary->silences, (gpointer)e);
        summary->last_ns = MAX(summary->last_ns, e->time_ns);
        count(service, e);
        g_hash_table_add(changed, service);
    }
    tcprst_capture_half_open(capture, count_half_open, summary);
    tcprst_services_count_anew(changed);
    g_hash_table_unref(changed);
}
