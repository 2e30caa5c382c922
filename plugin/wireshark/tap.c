/* tap.c - the tap "tcprst": tells statistics which frames began, answered and reset connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tcprst.h"

static int tap = -1; /* set at registration, for the life of the program */

void tcprst_register_tap(void) {
    tap = register_tap("tcprst");
}

/* Listeners may filter, so each entry is told on its own frame, in every pass alike. */
void tcprst_tell_taps(packet_info *pinfo, const struct tcprst_capture *capture) {
    if (!have_tap_listener(tap))
        return;
    const GArray *ledger = tcprst_capture_ledger(capture);
    for (guint i = tcprst_ledger_find(ledger, pinfo->num); i < ledger->len; i++) {
        const struct tcprst_entry *entry = &g_array_index(ledger, struct tcprst_entry, i);
        if (entry->frame != pinfo->num)
            return;
        struct tcprst_tapped *tapped = wmem_new(pinfo->pool, struct tcprst_tapped);
        *tapped = (struct tcprst_tapped){*entry, tcprst_read_time(&pinfo->abs_ts)};
        tap_queue_packet(tap, pinfo, tapped);
    }
}
