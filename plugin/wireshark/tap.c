/* tap.c - the tap "tcprst": tells statistics which frames began, answered and reset connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

static int tap = -1; /* set at registration, for the life of the program */

void tcprst_register_tap(void) {
    tap = register_tap("tcprst");
}

/* Listeners may filter, so each entry is told on its own frame, in every pass alike. */
void tcprst_tell_taps(packet_info *pinfo, struct tcprst_capture *capture) {
    if (!have_tap_listener(tap))
        return;
    for (guint i = tcprst_capture_find_entry(capture, pinfo->num);
         i < tcprst_capture_entries(capture); i++) {
        if (tcprst_capture_entry_frame(capture, i) != pinfo->num)
            return;
        struct tcprst_tapped *tapped = wmem_new(pinfo->pool, struct tcprst_tapped);
        *tapped = (struct tcprst_tapped){
            tcprst_capture_entry(capture, i),
            tcprst_time_ns(pinfo->abs_ts.secs, pinfo->abs_ts.nsecs),
        };
        tap_queue_packet(tap, pinfo, tapped);
    }
}
