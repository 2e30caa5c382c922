/* tap.c - the tap "tcprst": tells statistics which frames began, answered and reset connections,
 * and which began some that nobody answered
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

#include "core/reset/silence.h"

static int tap = -1; /* set at registration, for the life of the program */

void tcprst_register_tap(void) {
    tap = register_tap("tcprst");
}

static void tell(packet_info *pinfo, struct tcprst_entry entry) {
    struct tcprst_tapped *tapped = wmem_new(pinfo->pool, struct tcprst_tapped);
    *tapped = (struct tcprst_tapped){
        entry, tcprst_time_ns(pinfo->abs_ts.secs, pinfo->abs_ts.nsecs)};
    tap_queue_packet(tap, pinfo, tapped);
}

/* A connection without an answer is told where it began, so that a filter leaves of these what it
 * leaves of all connections. */
static void tell_silences(packet_info *pinfo, struct tcprst_capture *capture) {
    const struct tcprst_event *related;
    uint32_t place = 0;
    while ((related = tcprst_capture_next_silence(capture, pinfo->num, &place))) {
        if (tcprst_silence_begin_frame(related) != pinfo->num)
            continue;
        const struct tcprst_event *e = tcprst_capture_hold_silence(capture, related->number);
        const struct tcprst_endpoint *endpoint = e->connection->endpoint;
        tell(pinfo, (struct tcprst_entry){.event = e,
                                          .server = {endpoint->address, endpoint->port},
                                          .client = e->client->address,
                                          .frame = pinfo->num,
                                          .kind = TCPRST_WAS_SILENT});
    }
}

/* Listeners may filter, so each entry is told on its own frame, in every pass alike; silences once
 * the file has been read. */
void tcprst_tell_taps(packet_info *pinfo, struct tcprst_capture *capture) {
    if (!have_tap_listener(tap))
        return;
    for (guint i = tcprst_capture_find_entry(capture, pinfo->num);
         i < tcprst_capture_entries(capture) &&
         tcprst_capture_entry_frame(capture, i) == pinfo->num;
         i++)
        tell(pinfo, tcprst_capture_entry(capture, i));
    if (tcprst_capture_is_finished(capture))
        tell_silences(pinfo, capture);
}

/* --- the end of a single pass --- */

static tap_packet_status count_nothing(void *listener _U_, packet_info *pinfo _U_,
                                       epan_dissect_t *edt _U_,
                                       const void *data _U_ TCPRST_TAP_FLAGS) {
    return TAP_PACKET_DONT_REDRAW;
}

bool tcprst_before_drawing(void *listener, void (*add)(void *listener)) {
    const struct tcprst_capture *capture = tcprst_current_capture();
    bool is_last_pass = tcprst_has_windows() || (capture && tcprst_capture_is_finished(capture));
    GString *error = is_last_pass ? NULL
                                  : register_tap_listener("tcprst", listener, NULL,
                                                          TL_REQUIRES_NOTHING, NULL, count_nothing,
                                                          add, NULL);
    if (error)
        g_string_free(error, TRUE);
    return !is_last_pass && !error;
}
