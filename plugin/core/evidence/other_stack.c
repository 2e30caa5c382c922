/* other_stack.c - evidence that the reset was built by another stack than its sender's
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

/* Small stacks answer each segment by RST+ACK too, but never set DF (lwIP, src/core/ipv4/ip4.c
 * ip4_output_if_opt_src(); uIP, uip/uip.c): neither is its sender's, which does.  With another TTL,
 * that says so. */
bool tcprst_saw_rsts_ack_each(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->ip.version == 4 && e->ip.df && own_side(v)->ip.df &&
           tcprst_event_ttl(e) == TCPRST_TTL_SAME && tcprst_saw_rsts_ack_more(v, value);
}
