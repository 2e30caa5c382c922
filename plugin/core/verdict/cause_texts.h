/* cause_texts.h - sentences that the texts of several causes share; the language is in
 * output/explanation.h
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_VERDICT_CAUSE_TEXTS_H
#define TCPRST_VERDICT_CAUSE_TEXTS_H

/* " 0.300 ms after frame 4"; nothing of a peer that was not captured. */
#define AFTER_PEER "{?peer_last: {?delay:{delay} }after {peer_last}}"

/* Sentences about reasons stated before the reset, or by it. */
#define STATED_BEFORE                                                                              \
    "{?rst_states_reason: The reset itself states a reason ({value:rst_states_reason}).}"          \
    "{?server_turned_away: The server's first words were {value:server_turned_away}.}"             \
    "{?server_refused: The server's last words were {value:server_refused}.}"                      \
    "{?sender_alerted: The {sender} had sent a fatal TLS alert: {value:sender_alerted}.}"          \
    "{?peer_alerted: The other side had sent a fatal TLS alert: {value:peer_alerted}.}"            \
    "{?icmp_prohibited: An ICMP error had reported a filter: {value:icmp_prohibited}.}"            \
    "{?icmp_unreachable: An ICMP error had reported a broken path: {value:icmp_unreachable}.}"     \
    "{?icmp_too_big: An ICMP error had reported packets too big for the path: " \
    "{value:icmp_too_big}.}" UNSIGNED

/* " (7.0 s)": how long something was repeated; what was not has no such time. */
#define ASKED_FOR "{?asked_repeats: ({silence})}"

/* Who sent an ICMP error. */
#define ICMP_SENDER "{icmp_sender}{!icmp_sender:A router}"

/* A sentence about what some servers and boxes cannot put together. */
#define SPLIT_HELLO \
    "{?hello_split: The ClientHello in {value:hello_split} took more than one segment, as with " \
    "post-quantum keys: some servers and devices before them cannot put it together" \
    "{?data_unacknowledged:, and here a part of it was not acknowledged}.}"

/* Sentences about a message that was not sent, or read, to its end. */
#define CUT_SHORT                                                                                  \
    "{?peer_shut: The other side's window had been 0 since {peer_shut}: it read nothing more.}"    \
    "{?answer_incomplete: The answer was cut short ({value:answer_incomplete}).}"                  \
    "{?request_incomplete: The request was cut short ({value:request_incomplete}).}"

/* A sentence about data that came before a reset. */
#define LAST_UNREAD \
    " What the other side had sent last ({value:data_lost_at_close}) was not read."

/* What prevents the end of an idle connection: an application counts data only, a device each
 * segment. */
#define PROBES_ARE_NO_USE \
    "TCP keep-alives carry no data, so only messages of the protocol's own prevent it"
#define PROBES_HELP "keep-alives at shorter intervals prevent it"

/* A sentence about a reset that its receiver drops. */
#define UNSIGNED \
    "{?rst_unsigned: The connection's segments are signed (MD5 or TCP-AO) and the reset is not, " \
    "so the other side ignores it, and waits until its own timer ends.}"

/* A sentence about the connection that won the race. */
#define RACE \
    "{?raced_connection: {winner_lead} earlier the client had opened another connection, to " \
    "{winner} ({winner_frame}), and used that one: it had tried both at once (Happy Eyeballs, or " \
    "the two ports of a file server).}"

/* A sentence about the connection that a proxy may have joined with this one. */
#define PASSED_ON \
    "{?passed_on: The {sender}'s host had opened another connection together with this one. Its " \
    "peer reset that one at the same time ({value:passed_on}). Most likely the host is a proxy " \
    "that passes the reset on, so look for the cause there.}" \
    "{?ended_both: The same host reset another connection at the same time " \
    "({value:ended_both}), and both had opened together. It may be a proxy that ended both, or " \
    "its program was stopped.}"

/* What to do about a late refusal. */
#define LATE_STEP \
    "Look whether {server} is up and reachable from the device between (`curl` or `ping` from " \
    "there), and at that device's log and connect timeout"

/* A sentence about the next connections to the port. */
#define NEXT_CONNECTIONS \
    "{?next_served:The port went on serving connections (until {next_served}), so part of the " \
    "service still works.}" \
    "{?next_reset:The next connections were reset as well (until {next_reset}).}" \
    "{?next_refused:From {next_refused} on the port refused connections ({next_refusals})" \
    "{?served_later:, and later it served again ({served_later}), as after a restart.}" \
    "{!served_later:, and it served none after that in this capture.}}" \
    "{!next_served|next_reset|next_refused:The capture does not show what the port did next.}"

/* What shows that the reset is not what the sender's TCP sent. */
#define PLACE "{place}{!place:nothing in the packets shows where it came from}"

#endif
