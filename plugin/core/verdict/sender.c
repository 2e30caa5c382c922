/* sender.c - who sent a reset, by its verdict
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/verdict.h"

#define SEEN(evidence) TCPRST_EVIDENCE_##evidence

/* Each shows, whatever the cause, that another host speaks in the server's name: its SYN/ACK, or
 * all of the connection, did not pass a capture point at the server. */
static const enum tcprst_evidence not_of_server[] = {
    SEEN(synack_not_at_server), SEEN(connection_not_at_server), TCPRST_NO_EVIDENCE};

/* By the cause's column `sender`.  A third party is named only if evidence shows that the reset
 * came from elsewhere.  For a firewall's reset, evidence that can also come from a packet filter on
 * the host itself does not show that. */
static const struct {
    bool names_host;
    enum tcprst_origin elsewhere; /* evidence of this origin, or a stronger one, shows that */
    enum tcprst_evidence at_host; /* without such evidence this shows that it is the host's */
} rules[] = {
    [TCPRST_SENDER_NAMED] = {true, TCPRST_NOT_ITS_TCP, TCPRST_NO_EVIDENCE},
    [TCPRST_SENDER_THIRD] = {false, TCPRST_NOT_ITS_TCP, SEEN(host_ttl_same)},
    [TCPRST_SENDER_FIREWALL] = {false, TCPRST_ELSEWHERE, SEEN(ttl_same)},
    [TCPRST_SENDER_DEVICE] = {false, TCPRST_NOT_ITS_TCP, SEEN(ttl_same)},
    [TCPRST_SENDER_UNKNOWN] = {true, TCPRST_NOT_ITS_TCP, TCPRST_NO_EVIDENCE},
};

const char *tcprst_sender_name(const struct tcprst_verdict *verdict,
                               const struct tcprst_event *event) {
    const struct tcprst_seen *seen = &verdict->seen;
    const enum tcprst_sender sender = verdict->best.cause->sender;
    const bool came_from_elsewhere = tcprst_seen_origin(seen) >= rules[sender].elsewhere;

    const bool is_another = seen->is[SEEN(rst_not_at_sender)] ||
                            (event->from == TCPRST_SERVER && tcprst_seen_any(seen, not_of_server));
    if (is_another && !seen->is[SEEN(points_lose_frames)])
        return "third-party";
    if (sender == TCPRST_SENDER_UNKNOWN &&
        (came_from_elsewhere || seen->is[SEEN(rst_unacceptable)]))
        return "unknown";
    if (rules[sender].names_host || (seen->is[rules[sender].at_host] && !came_from_elsewhere))
        return tcprst_role_name(event->from);
    return came_from_elsewhere ? "third-party" : "unknown";
}
