/* icmp_errors.c - finds the connection that an ICMP error quotes, and keeps the error there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/capture/parts.h"

void tcprst_capture_observe_icmp_error(struct tcprst_capture *capture,
                                       const struct tcprst_icmp_error *quoted) {
    unsigned src_index;
    struct tcprst_tuple tuple = tcprst_tuple_of(&quoted->segment, &src_index);
    struct tcprst_connection *c = tcprst_store_take(capture->store, &tuple);
    if (!c)
        return;
    if (c->event)
        tcprst_event_keep_before(c->event);
    c->application.icmp_frame = quoted->frame;
    c->application.icmp_error = quoted->error;
    c->application.icmp_mtu = quoted->mtu;
    GString *sender = g_string_new(NULL);
    tcprst_add_address(sender, &quoted->sender);
    c->application.icmp_sender = tcprst_server_names_add(capture->icmp_senders, sender->str);
    g_string_free(sender, TRUE);
}
