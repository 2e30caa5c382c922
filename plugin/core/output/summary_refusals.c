/* summary_refusals.c - takes back refusals of what was accepted on the same ports later
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "core/output/summary.h"

static int compare_frames(const void *frame, const void *record) {
    uint32_t x = *(const uint32_t *)frame;
    uint32_t y = ((const struct tcprst_outcome_record *)record)->frame;
    return (x > y) - (x < y);
}

static void take_back(struct tcprst_service *service, const struct tcprst_event *e) {
    if (!service->records->len)
        return;
    struct tcprst_outcome_record *record =
        bsearch(&e->frame, service->records->data, service->records->len, sizeof *record,
                compare_frames);
    if (!record || !record->failed)
        return;
    record->failed = false;
    service->refused--;
    service->taken_back++;
    if (record->client == TCPRST_NO_CLIENT)
        return;
    tcprst_service_client_at(service, record->client)->failed--;
}

/* True if the next of the service's events, both in file order, is the record's and was taken
 * back. */
static bool is_taken_back(const struct tcprst_service *service, guint *next, uint32_t frame) {
    const struct tcprst_event *e = NULL;
    for (; *next < service->events->len; ++*next) {
        e = g_ptr_array_index(service->events, *next);
        if (e->frame >= frame)
            break;
    }
    return *next < service->events->len && e->frame == frame && e->after.is_taken_back;
}

/* What was taken back neither failed nor was served then. */
static void remove_taken_back(struct tcprst_service *service) {
    GArray *kept = g_array_new(FALSE, FALSE, sizeof(struct tcprst_outcome_record));
    for (guint i = 0, next = 0; i < service->records->len; i++) {
        const struct tcprst_outcome_record *record = tcprst_outcome_record_at(service, i);
        if (!is_taken_back(service, &next, record->frame))
            g_array_append_val(kept, *record);
    }
    g_array_unref(service->records);
    service->records = kept;
    service->taken_back = 0;
    tcprst_service_count_anew(service);
}

void tcprst_summary_take_back_refusals(struct tcprst_summary *summary) {
    for (guint i = 0; i < summary->events->len; i++) {
        const struct tcprst_event *e = g_ptr_array_index(summary->events, i);
        if (e->after.is_taken_back)
            take_back(tcprst_summary_service_of(summary, e), e);
    }
    for (guint i = 0; i < summary->services->len; i++) {
        struct tcprst_service *service = g_ptr_array_index(summary->services, i);
        if (service->taken_back)
            remove_taken_back(service);
    }
}
