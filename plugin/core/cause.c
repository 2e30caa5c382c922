/* cause.c - the table of causes
 *
 * Where the wire cannot separate two causes, priors keep both alive, so that neither is ever said with
 * certainty (docs/facts.md 4).  How weights come about: +20 and more is proof (an honest stack cannot do
 * it), +12 was right in every measured case but has a known trap, +6 to +8 is a habit of one kind of
 * sender, +3 is a hint.  Numbers behind "facts N" are sections of docs/facts.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cause.h"

#include <string.h>

#define S(stage) (1u << TCPRST_##stage)
#define IF(evidence, decibans) {TCPRST_EVIDENCE_##evidence, decibans}
#define SEEN TCPRST_SEEN

enum {
    SERVER = 1u << TCPRST_SERVER,
    CLIENT = 1u << TCPRST_CLIENT,
    BOTH = SERVER | CLIENT,
    AFTER_HANDSHAKE = S(HANDSHAKE_DONE) | S(REQUEST_SENT) | S(RESPONSE_SENT),
    BEFORE_ANSWER = S(HANDSHAKE_DONE) | S(REQUEST_SENT),
    CONNECTING = S(SYN_SENT) | S(HALF_OPEN),
    ANY_STAGE = ~0u,
};

/* What a cause shares with those that refine it, so that only their own evidence tells them apart. */
#define ANSWERED_WITHOUT_SOCKET                                                                            \
    IF(rst_answers_ack, 3), IF(rst_answers_data, 4), IF(rst_like_linux_answer, 5),                         \
    IF(rst_one_leg_later, 2), IF(rst_sooner_than_path, -12), IF(sender_goes_on, -20)
#define ABORTED_BY_SERVER                                                                                  \
    IF(rst_aborts_socket, 4), IF(rst_like_linux_abort, 12), IF(rst_bare, -4),                              \
    IF(rst_like_linux_answer, -12), IF(rst_like_proxy, -12), IF(rst_unlike_its_stack, -12),                \
    IF(rst_sooner_than_path, -15), IF(ttl_differs, -6), IF(sender_goes_on, -25)

static const struct tcprst_cause causes[] = {

/* --- the SYN was refused --- */
{
    .name = "port-closed", .title = "Nothing listens on the port",
    .because = "{server} answered the SYN in {trigger} with a reset: no process listens there, or the "
               "host's own firewall refuses. On IPv4 these look alike.",
    .next_step = "On the server: `ss -ltn` (Windows: `netstat -ano`) shows whether the port is listened "
                 "on, and on which address; `nft list ruleset` shows a REJECT.",
    .source = "RFC 9293 section 3.10.7.1; facts 1, 4",
    .severity = TCPRST_NOTE, .stages = S(SYN_SENT), .from = SERVER, .prior = 9, .ceiling = 89,
    .needs = SEEN(rst_answers_syn),
    .weights = {IF(host_ttl_same, 4), IF(host_ttl_differs, -4), IF(rst_sooner_than_host, -12),
                IF(port_accepts_others, -10), IF(sender_goes_on, -25), IF(rst_unacceptable, -4)},
},
{
    .name = "refused-in-path", .title = "A device in the path refused the SYN",
    .because = "The SYN in {trigger} to {server} was refused, but the reset does not look like that "
               "host's: {place}.",
    .next_step = "Ask for the firewall between {client} and {server}: its REJECT rules and log at this "
                 "time. A capture on the server must then miss the SYN. Port forwarding and containers "
                 "change the TTL as well.",
    .source = "facts 1 family C, facts 4; kernel net/ipv4/netfilter/nf_reject_ipv4.c",
    .severity = TCPRST_WARN, .stages = S(SYN_SENT), .from = SERVER, .prior = -2, .ceiling = 89,
    .lifted_by = SEEN(rst_sooner_than_host),
    .sender = TCPRST_SENDER_THIRD, .needs = SEEN(rst_answers_syn),
    .weights = {IF(host_ttl_differs, 12), IF(host_ttl_same, -8), IF(rst_sooner_than_host, 16),
                IF(port_accepts_others, -3), IF(sender_goes_on, -20)},
},
{
    .name = "port-flapping", .title = "The port refuses only at times",
    .because = "{server} refused this connection, yet accepted {accepted} others in this "
               "capture: a restart, a backlog or connection limit, or a balancer with a dead member.",
    .next_step = "Line up the refused times with the service's log (restarts) and the balancer's member "
                 "states; on Windows a full backlog refuses too.",
    .source = "facts 4, 11 (Windows KB Q113576)",
    .severity = TCPRST_WARN, .stages = S(SYN_SENT), .from = SERVER, .prior = 0,
    .needs = SEEN(rst_answers_syn) | SEEN(port_accepts_others),
    .weights = {IF(port_accepts_others, 12), IF(host_ttl_differs, -6), IF(sender_goes_on, -25)},
},

/* --- the client ended it before it was open --- */
{
    .name = "connect-abandoned", .title = "The client had given up connecting",
    .because = "{client} reset the connection before it was open: its program had cancelled or timed "
               "out the connect() by then.",
    .next_step = "Look at the client program's connect timeout{waited}, and whether it opened another "
                 "connection instead (Happy Eyeballs).",
    .source = "facts 3, 11; RFC 8305",
    .severity = TCPRST_CHAT, .stages = CONNECTING, .from = CLIENT, .prior = 3,
    .excludes = SEEN(rst_answers_other),
    .weights = {IF(syn_of_stack, 6), IF(syn_of_raw_tool, -10), IF(syn_repeated, 4), IF(synack_late, 5),
                IF(many_targets, -5), IF(periodic_probe, -5), IF(syn_unlike_rst, -6),
                IF(rst_for_ack, -12), IF(no_syn_seen, -8), IF(wrong_handshake_ack, -5)},
},
{
    .name = "half-open-probe", .title = "Half-open probe, e.g. a SYN scan",
    .because = "{client} reset the SYN/ACK in {synack} because its system had no socket for it: the SYN "
               "in {syn} looks made by a tool, not by connect().",
    .next_step = "Look what {client} does to other ports and hosts: `tcp.flags.syn == 1 && tcp.flags.ack "
                 "== 0 && {address_family}.src == {client_address}`. Ask who runs a scanner there.",
    .source = "facts 3, 11 (nmap, ZMap, masscan)",
    .severity = TCPRST_CHAT, .stages = S(HALF_OPEN), .from = CLIENT, .prior = -2,
    .needs = SEEN(rst_answers_synack),
    .needs_any = SEEN(syn_of_raw_tool) | SEEN(syn_unlike_rst) | SEEN(many_targets),
    .weights = {IF(syn_of_raw_tool, 14), IF(syn_unlike_rst, 6), IF(many_targets, 8),
                IF(syn_of_stack, -8), IF(periodic_probe, -3)},
},
{
    .name = "health-check", .title = "Health check of a balancer or monitor",
    .because = "{client} opened the connection to {server} only to see that it works, and reset it at "
               "once{rhythm}.",
    .next_step = "None is needed. To have them out of sight: `!(tcprst.cause == \"health-check\")`.",
    .source = "facts 3, 11 (HAProxy, Alibaba SLB)",
    .severity = TCPRST_CHAT, .stages = S(HALF_OPEN) | AFTER_HANDSHAKE, .from = CLIENT, .prior = -3,
    .needs_any = SEEN(rst_for_ack) | SEEN(periodic_probe),
    .weights = {IF(rst_for_ack, 12), IF(periodic_probe, 12), IF(many_targets, -3),
                IF(syn_of_raw_tool, -6), IF(rst_bare, -8), IF(repeats_unanswered, -12),
                IF(long_silence, -8)},
},
{
    .name = "connect-probe", .title = "Connect scan or reachability probe",
    .because = "{client} completed the handshake with {server}, sent nothing and reset; it does so to "
               "many ports or hosts.",
    .next_step = "Ask who runs a scanner or an inventory tool on {client}.",
    .source = "facts 3 (nmap -sT)",
    .severity = TCPRST_CHAT, .stages = S(HANDSHAKE_DONE), .from = CLIENT, .prior = -4,
    .needs = SEEN(many_targets),
    .weights = {IF(many_targets, 14), IF(periodic_probe, -12)},
},
{
    .name = "unsolicited-synack", .title = "A SYN/ACK that nobody had asked for",
    .because = "{client} reset the SYN/ACK in {synack}, and the capture holds no SYN of it: backscatter "
               "of a spoofed SYN, a capture of one direction, or one that began too late.",
    .next_step = "Check that the capture point sees both directions of {client}'s traffic.",
    .source = "facts 4",
    .severity = TCPRST_NOTE, .stages = S(HALF_OPEN), .from = CLIENT, .prior = 2,
    .needs = SEEN(no_syn_seen) | SEEN(rst_answers_synack),
    .weights = {IF(no_syn_seen, 8)},
},
{
    .name = "bad-handshake-ack", .title = "The client acknowledged a wrong number",
    .because = "The ACK in {wrong_ack} does not acknowledge the SYN/ACK in {synack}, so {server} had to "
               "reset it: two stacks, or a box between them that rewrites numbers, disagree. A capture that "
               "lost the server's first data looks the same.",
    .next_step = "Capture on both sides and compare the sequence numbers of the SYN/ACK: a firewall or "
                 "SYN proxy that rewrites them has lost its state.",
    .source = "RFC 9293 section 3.10.7.4; facts 3",
    .severity = TCPRST_WARN, .stages = S(HALF_OPEN), .from = SERVER, .prior = 8, .ceiling = 89,
    .needs = SEEN(wrong_handshake_ack), .weights = {IF(rst_answers_ack, 8), IF(rst_answers_data, 5)},
},

{
    .name = "stale-peer", .title = "The peer still knew an older connection",
    .because = "The SYN in {syn} was answered by a plain ACK in {trigger}, whose number the client had "
               "not used: the peer, or a device in between, still held an older connection of these ports.",
    .next_step = "Harmless if the next SYN works. If not: the server's TIME-WAIT and half-closed "
                 "connections (`ss -tan`), and a NAT or firewall that reuses ports too soon.",
    .source = "RFC 9293 section 3.5.1 (half-open connections); facts 12",
    .severity = TCPRST_NOTE, .stages = S(SYN_SENT), .from = CLIENT, .prior = 6,
    .needs = SEEN(rst_answers_other), .weights = {IF(rst_answers_other, 6)},
},

/* --- a SYN proxy --- */
{
    .name = "syn-proxy", .title = "SYN proxy in front of the server gave up",
    .because = "The SYN/ACK in {synack} {synack_signs}, so it was hardly the server's own: a device in "
               "front answered for it, and its connection to the server failed or it rejected the ACK in "
               "{ack}. The RST came {delay} later{legs}.{neighbours}",
    .next_step = "Ask for the SYN-flood protection of the firewall or balancer in front of {server} "
                 "(embryonic limit, TCP intercept, SYN proxy) and capture on the server's side: if the "
                 "client's ACK or the proxy's SYN is missing there, it was the device. `nstat -az "
                 "TcpExtSyncookiesFailed` on the server must then stay at its value.",
    .source = "facts 2, 7, 9, 11; kernel net/netfilter/nf_synproxy_core.c",
    .severity = TCPRST_WARN, .stages = BEFORE_ANSWER, .from = SERVER, .prior = -4,
    .ceiling = 89, .lifted_by = SEEN(rst_like_proxy),
    .needs_any = SEEN(synack_zero_window) | SEEN(synack_drops_options) | SEEN(rst_like_proxy),
    .weights = {IF(synack_zero_window, 14), IF(synack_drops_options, 5), IF(rst_like_proxy, 12),
                IF(neighbours_unlike_synack, 4), IF(neighbours_like_synack, -4),
                IF(rst_one_leg_later, 2), IF(ttl_differs, 4), IF(ttl_off_by_one, 4),
                IF(rst_like_linux_abort, -12), IF(rst_sooner_than_path, -3), IF(sender_goes_on, -15)},
},

/* --- the host had no such connection --- */
{
    .name = "no-state", .title = "The host knew no such connection",
    .because = "The reset answers {trigger} ({trigger_kind}) in the form a host uses for a segment that "
               "belongs to none of its connections. The packets cannot say why it has none.",
    .next_step = "On the host: `nstat -az TcpExtListenOverflows TcpExtSyncookiesFailed TcpOutRsts` "
                 "before and after, `ss -ltn`, and on Linux 6.10 or later the tracepoint "
                 "tcp:tcp_send_reset with its reason. Through balancers: capture behind them.",
    .source = "RFC 9293 section 3.5.2; facts 1 family B, facts 4",
    .severity = TCPRST_WARN, .stages = S(HALF_OPEN) | AFTER_HANDSHAKE | S(MIDSTREAM), .from = BOTH,
    .prior = 4, .ceiling = 89,
    .needs = SEEN(rst_bare),
    .needs_any = SEEN(rst_answers_ack) | SEEN(rst_answers_data) | SEEN(rst_answers_other),
    .excludes = SEEN(lone_segment) | SEEN(rst_answers_synack) | SEEN(wrong_handshake_ack),
    .weights = {ANSWERED_WITHOUT_SOCKET, IF(ttl_differs, -7), IF(ttl_off_by_one, -4),
                IF(own_fin_before, -12), IF(long_silence, -8), IF(flow_label_zero, -8),
                IF(tos_not_copied, -8)},
},
{
    .name = "syn-cookie-rejected", .title = "A SYN cookie was not accepted",
    .parent = "no-state",
    .because = "The SYN/ACK in {synack} has the look of one made without state (SYN cookies), and the "
               "ACK in {ack} was answered by a reset as if its cookie were wrong or too old.",
    .next_step = "On the server: `nstat -az TcpExtSyncookiesSent TcpExtSyncookiesFailed` before and "
                 "after (the latter counts only while the listener has overflowed lately); the "
                 "listener's backlog in `ss -ltn`.",
    .source = "facts 1, 2; kernel net/ipv4/syncookies.c cookie_v4_check()",
    .severity = TCPRST_WARN, .stages = BEFORE_ANSWER, .from = SERVER, .prior = -5, .ceiling = 89,
    .needs = SEEN(rst_bare) | SEEN(synack_drops_options), .excludes = SEEN(wrong_handshake_ack),
    .weights = {ANSWERED_WITHOUT_SOCKET, IF(synack_drops_options, 8), IF(synack_zero_window, -3),
                IF(synack_drops_timestamps, -12), IF(neighbours_unlike_synack, 3),
                IF(neighbours_like_synack, -4), IF(ttl_differs, -5)},
},
{
    .name = "accept-queue-full", .title = "The server's accept queue was full",
    .parent = "no-state",
    .because = "{server} kept repeating its SYN/ACK although the client had answered it: the kernel had "
               "no room to hand the connection to the application.",
    .next_step = "On the server: `ss -ltn` (Recv-Q against Send-Q of the listener) and "
                 "`nstat -az TcpExtListenOverflows` before and after.",
    .source = "kernel net/ipv4/tcp_minisocks.c tcp_check_req(); facts 1",
    .severity = TCPRST_WARN, .stages = BEFORE_ANSWER, .from = SERVER, .prior = -4, .ceiling = 89,
    .needs = SEEN(rst_bare), .excludes = SEEN(wrong_handshake_ack),
    .weights = {ANSWERED_WITHOUT_SOCKET, IF(synack_repeated, 12), IF(ttl_differs, -5)},
},
{
    .name = "listener-gone", .title = "The listening socket was closed",
    .parent = "no-state",
    .because = "{server} had sent a SYN/ACK, reset the connection when the client answered, and refuses "
               "new connections from then on: the listening socket went away.",
    .next_step = "The service's log and supervisor (`systemctl status`, Windows event log) at this time: "
                 "it stopped or restarted.",
    .source = "facts 1, 4; kernel reasons NO_SOCKET and, for connections not yet accepted, TCP_STATE",
    .severity = TCPRST_WARN, .stages = S(HALF_OPEN) | BEFORE_ANSWER, .from = SERVER, .prior = -5,
    .needs = SEEN(port_refuses_after),
    .excludes = SEEN(wrong_handshake_ack),
    .weights = {ANSWERED_WITHOUT_SOCKET, IF(port_refuses_after, 14), IF(rst_like_linux_abort, 6),
                IF(ttl_differs, -5)},
},
{
    .name = "path-flip", .title = "ACK and SYN reached different hosts",
    .parent = "no-state",
    .because = "The host that sent the SYN/ACK in {synack} and the one that reset the connection do not "
               "seem to be the same: {place}.",
    .next_step = "Look for a balancer, ECMP or failover in front of {server} that changed its mind "
                 "within the connection; capture behind it on both hosts.",
    .source = "facts 3, 4",
    .severity = TCPRST_WARN, .stages = S(HALF_OPEN) | AFTER_HANDSHAKE, .from = SERVER, .prior = -6,
    .ceiling = 89, .needs = SEEN(rst_bare), .excludes = SEEN(wrong_handshake_ack),
    .weights = {ANSWERED_WITHOUT_SOCKET, IF(synack_after_rst, 14), IF(neighbours_unlike_synack, 6),
                IF(ttl_differs, 8), IF(ttl_off_by_one, 2), IF(ttl_same, -1)},
},
{
    .name = "stray-probe", .title = "A stray segment outside any connection",
    .because = "The reset answers {trigger}, the only segment of this connection in the capture: a "
               "stealth probe (FIN, NULL, Xmas, ACK) or a stray of an older connection.",
    .next_step = "If many come from {peer_address}, ask who scans from there; one alone is harmless.",
    .source = "RFC 9293 section 3.10.7.1; facts 12",
    .severity = TCPRST_CHAT, .stages = S(MIDSTREAM), .from = BOTH, .prior = 8,
    .needs = SEEN(lone_segment),
    .weights = {IF(lone_segment, 1)},
},

/* --- the application --- */
{
    .name = "app-reject", .title = "The application threw the client out",
    .because = "The connection was open when {server} reset it {delay} after {peer_last}, before any "
               "answer: its application (or the kernel for it) closed it with the request unread, with "
               "SO_LINGER 0, by access policy, or crashed.",
    .next_step = "The application's log at this time; access rules (tcp wrappers, MaxStartups, proxy "
                 "ACLs); on Linux `nstat -az TcpExtTCPAbortOnClose TcpExtTCPAbortOnData` before and after.",
    .source = "facts 1 family A; RFC 9293 section 3.10.5",
    .severity = TCPRST_WARN, .stages = BEFORE_ANSWER, .from = SERVER, .prior = 5,
    .weights = {ABORTED_BY_SERVER, IF(window_shrunk, 3), IF(synack_zero_window, -6),
                IF(synack_after_rst, -10)},
},
{
    .name = "client-refused", .title = "This client is reset every time",
    .parent = "app-reject",
    .because = "{server} resets every connection of {client_address} ({client_thrown_out}) while "
               "it serves others: access control by address.",
    .next_step = "Access lists of the service and its host (tcp wrappers, fail2ban, allow and deny "
                 "rules), and of devices between, for {client_address}.",
    .source = "facts 9 (LZR, USENIX Security 2021); facts 4",
    .severity = TCPRST_WARN, .stages = BEFORE_ANSWER, .from = SERVER, .prior = -4, .ceiling = 89,
    .needs = SEEN(client_always_reset) | SEEN(others_served_meanwhile),
    .weights = {ABORTED_BY_SERVER, IF(client_always_reset, 10), IF(others_served_meanwhile, 10)},
},
{
    .name = "process-gone", .title = "The process behind the port went away",
    .parent = "app-reject",
    .because = "{together} connections of {server} were aborted at the same instant: the process that held "
               "them died, was stopped, closed its listening socket or reloaded its workers.",
    .next_step = "The service's log and supervisor (`systemctl status`, `journalctl -k` for the OOM killer, "
                 "Windows event log) at this time.",
    .source = "facts 1, 3 (simultaneous aborts)",
    .severity = TCPRST_WARN, .stages = AFTER_HANDSHAKE | S(CLOSING) | S(MIDSTREAM), .from = SERVER,
    .prior = -4, .ceiling = 89, .needs = SEEN(aborted_together),
    .weights = {ABORTED_BY_SERVER, IF(aborted_together, 18), IF(exchange_complete, -12),
                IF(port_refuses_after, 3)},
},
{
    .name = "service-failing", .title = "The service resets every client",
    .parent = "app-reject",
    .because = "{server} has reset {run} connections in a row from {run_clients} clients right after "
               "the handshake, from {run_first} on{served_before}. The listener still takes connections, "
               "but what stands behind it cannot use them: the application hangs, or the system has run "
               "out of something it needs for each connection. A changed access policy looks the same."
               "{ack_habit}",
    .next_step = "On the server: handle, thread and desktop-heap use (Windows: event log 0xc0000142, "
                 "Desktop Heap Monitor), file descriptors and threads (Linux: /proc/PID/limits, fd/), "
                 "the application's own log at {run_time}.",
    .source = "facts 7 case A",
    .severity = TCPRST_WARN, .stages = BEFORE_ANSWER, .from = SERVER, .prior = 0,
    .ceiling = 89, .lifted_by = SEEN(served_before_run),
    .needs = SEEN(run_of_resets) | SEEN(run_of_several_clients),
    .weights = {ABORTED_BY_SERVER, IF(run_of_resets, 4), IF(run_of_several_clients, 6),
                IF(served_before_run, 12), IF(other_ports_served, 4), IF(served_after_run, -8),
                IF(others_served_meanwhile, -8), IF(aborted_together, -14), IF(synack_zero_window, -8),
                IF(port_refuses_after, -6)},
},
{
    .name = "app-abort", .title = "The server's application aborted",
    .because = "{server} aborted the running connection {delay} after {peer_last}: its application "
               "closed it with data unread or with SO_LINGER 0, or it crashed.",
    .next_step = "The application's log at this time; on Linux `nstat -az TcpExtTCPAbortOnClose "
                 "TcpExtTCPAbortOnData` before and after.",
    .source = "facts 1 family A",
    .severity = TCPRST_NOTE, .stages = S(RESPONSE_SENT) | S(CLOSING) | S(MIDSTREAM), .from = SERVER,
    .prior = 4, .excludes = SEEN(lone_segment),
    .weights = {IF(rst_aborts_socket, 5), IF(rst_like_linux_abort, 10), IF(window_shrunk, 6),
                IF(rst_bare, -4), IF(rst_like_linux_answer, -10), IF(rst_unlike_its_stack, -12),
                IF(own_fin_before, -8), IF(exchange_complete, -3), IF(peer_fin_before, -5),
                IF(long_silence, -6), IF(rst_sooner_than_path, -15), IF(ttl_differs, -8),
                IF(sender_goes_on, -25), IF(repeats_unanswered, -6), IF(no_syn_seen, -5)},
},
{
    .name = "client-abort", .title = "The client application aborted",
    .because = "{client} reset the open connection {delay} after {peer_last}{outstanding}: its "
               "application closed it with data unread or with SO_LINGER 0, timed out or was stopped.",
    .next_step = "The client application's log and timeouts; the time it had waited was {silence}.",
    .source = "facts 1 family A; RFC 9293 section 3.10.5",
    .severity = TCPRST_NOTE, .stages = AFTER_HANDSHAKE | S(CLOSING) | S(MIDSTREAM), .from = CLIENT,
    .prior = 4, .excludes = SEEN(lone_segment),
    .weights = {IF(rst_aborts_socket, 5), IF(rst_like_linux_abort, 9), IF(hangup_after_ack, -1),
                IF(data_unacknowledged, 5), IF(window_shrunk, 8), IF(peer_was_sending, 8),
                IF(rst_bare, -3), IF(rst_like_linux_answer, -8), IF(rst_unlike_its_stack, -10),
                IF(exchange_complete, -2), IF(periodic_probe, -5), IF(many_targets, -7),
                IF(own_fin_before, -10), IF(peer_fin_before, -4), IF(long_silence, -4),
                IF(sender_goes_on, -25), IF(ttl_differs, -8), IF(repeats_unanswered, -6),
                IF(no_syn_seen, -5)},
},
{
    .name = "data-after-close", .title = "Data reached an application that closed",
    .because = "The {sender} had closed its side with the FIN in {own_fin}; what came afterwards "
               "found no application any more and was reset.",
    .next_step = "Harmless for the network. If the peer's data matters: why did the {sender}'s "
                 "application close first (idle limit, request limit, shutdown)?",
    .source = "RFC 9293 section 3.10.7.4; facts 1 (TCP_ABORT_ON_DATA, TCP_TIMEWAIT_SOCKET)",
    .severity = TCPRST_NOTE, .stages = S(CLOSING), .from = BOTH, .prior = 5,
    .needs = SEEN(own_fin_before),
    .needs_any = SEEN(rst_answers_data) | SEEN(rst_answers_other) | SEEN(rst_like_linux_answer),
    .weights = {IF(data_after_fin, 10), IF(rst_like_linux_answer, 3), IF(rst_answers_data, 6),
                IF(peer_fin_before, -2), IF(exchange_complete, -3), IF(sender_goes_on, -20),
                IF(ttl_differs, -6), IF(rst_sooner_than_path, -8)},
},
{
    .name = "reset-as-close", .title = "Done, and closed by RST instead of FIN",
    .because = "Both sides had sent their data and it was acknowledged; the {sender} then ended the "
               "connection by a reset instead of a FIN.",
    .next_step = "None is needed: some programs close this way to avoid TIME-WAIT.",
    .source = "facts 9 (Arlitt and Williamson 2005); facts 1",
    .severity = TCPRST_CHAT, .stages = S(RESPONSE_SENT) | S(CLOSING), .from = BOTH, .prior = 2,
    .needs = SEEN(exchange_complete),
    .weights = {IF(exchange_complete, 7), IF(peer_fin_before, 8), IF(own_fin_before, 4),
                IF(client_still_open, -3), IF(window_shrunk, -12), IF(peer_was_sending, -12),
                IF(data_after_fin, -6), IF(periodic_probe, -8), IF(rst_aborts_socket, 3),
                IF(data_unacknowledged, -10), IF(rst_answers_data, -10), IF(long_silence, -4),
                IF(sender_goes_on, -25), IF(ttl_differs, -8), IF(repeats_unanswered, -8)},
},
{
    .name = "idle-timeout", .title = "Reset after a long silence",
    .because = "After {silence} of silence the {sender} reset the connection: an endpoint or a device in "
               "between that keeps state had given the idle connection up.",
    .next_step = "Compare {silence} with the idle timeouts of both applications and of every firewall, "
                 "balancer and NAT between (AWS NLB 350 s, Azure 4 min); keep-alives below it help.",
    .source = "facts 11",
    .severity = TCPRST_NOTE, .stages = AFTER_HANDSHAKE | S(CLOSING) | S(MIDSTREAM), .from = BOTH,
    .prior = 0, .needs_any = SEEN(long_silence) | SEEN(silence_of_known_timeout),
    .weights = {IF(long_silence, 9), IF(silence_of_known_timeout, 11), IF(repeats_unanswered, -8)},
},
{
    .name = "peer-vanished", .title = "The peer no longer answered",
    .because = "The {sender} had repeated itself {repeats} times without any answer, gave up and reset.",
    .next_step = "Look for the peer's side: host down, path broken, or a firewall that dropped its state "
                 "silently. A capture there tells which.",
    .source = "RFC 9293 section 3.8.3; facts 1 (TCP_KEEPALIVE_TIMEOUT)",
    .severity = TCPRST_NOTE, .stages = AFTER_HANDSHAKE | S(CLOSING) | S(MIDSTREAM), .from = BOTH,
    .prior = 2, .needs = SEEN(repeats_unanswered), .excludes = SEEN(rst_answers_data),
    .weights = {IF(repeats_unanswered, 14), IF(rst_bare, -8)},
},

/* --- somebody else --- */
{
    .name = "rejected-in-path", .title = "A firewall rejected the segment",
    .because = "The reset answers {trigger} ({trigger_kind}) exactly, but does not come from where its "
               "sender is: {place}. A REJECT rule or a lost state entry does this.",
    .next_step = "Rules and log of the firewalls between {client} and {server}, the hosts' own included "
                 "(`nft list ruleset`, `conntrack -L`); a capture behind the firewall must miss {trigger}.",
    .source = "facts 1 family C, facts 3",
    .severity = TCPRST_WARN, .stages = S(HALF_OPEN) | AFTER_HANDSHAKE, .from = BOTH, .prior = -1,
    .sender = TCPRST_SENDER_FIREWALL, .needs = SEEN(rst_bare),
    .needs_any = SEEN(rst_answers_ack) | SEEN(rst_answers_data) | SEEN(rst_answers_other),
    .excludes = SEEN(wrong_handshake_ack),
    .weights = {IF(rst_answers_ack, 3), IF(rst_answers_data, 4), IF(rst_like_linux_answer, 5),
                IF(rst_sooner_than_path, 14), IF(rst_one_leg_later, -1), IF(ttl_differs, 8),
                IF(ttl_off_by_one, 7), IF(flow_label_zero, 12), IF(tos_not_copied, 12),
                IF(synack_after_rst, 12), IF(own_fin_before, -4), IF(sender_goes_on, -14)},
},
{
    .name = "forged", .title = "Somebody else sent the reset",
    .because = "The reset came in the {sender}'s name, but {place}: another box sent it (an injector, an "
               "intrusion prevention system, or an attacker off the path).",
    .next_step = "Look for devices that watch this path (IPS, content filter, provider) and capture on "
                 "the {sender}: it must not have sent {rst}.",
    .source = "Weaver, Sommer, Paxson, NDSS 2009; facts 3, 11",
    .severity = TCPRST_WARN, .is_security = true, .stages = ANY_STAGE, .from = BOTH, .prior = -8,
    .sender = TCPRST_SENDER_THIRD,
    .needs_any = SEEN(sender_goes_on) | SEEN(rst_sooner_than_path) | SEEN(ttl_differs) |
                 SEEN(ttl_off_by_one) | SEEN(rst_unlike_its_stack) | SEEN(flow_label_zero),
    .weights = {IF(sender_goes_on, 24), IF(rst_sooner_than_path, 14), IF(rst_unlike_its_stack, 16),
                IF(ttl_differs, 9), IF(ttl_off_by_one, 4), IF(ttl_same, -3),
                IF(synack_zero_window, -14), IF(flow_label_zero, 4), IF(rst_carries_data, -20),
                IF(rst_like_linux_abort, -12), IF(own_fin_before, -6), IF(repeats_unanswered, -4),
                IF(syn_of_raw_tool, -10), IF(syn_unlike_rst, -6)},
},

{
    .name = "not-a-reset", .title = "A data segment with a stray RST flag",
    .because = "{rst} carries data in sequence, and its sender went on afterwards: both sides treat it as "
               "data, so the RST flag in the capture is damage or craft.",
    .next_step = "Compare with a capture at another point; check the network card and its driver if the "
                 "flag is set at one of them only.",
    .source = "facts 12",
    .severity = TCPRST_NOTE, .stages = ANY_STAGE, .from = BOTH, .prior = 0,
    .needs = SEEN(rst_carries_data) | SEEN(sender_goes_on),
    .weights = {IF(rst_carries_data, 10), IF(sender_goes_on, 8), IF(ttl_differs, -8)},
},

/* --- none of them --- */
{
    .name = "undetermined", .title = "The packets cannot tell the reason",
    .because = "The capture shows {rst} at stage {stage}, but too little around it to tell why.",
    .next_step = "Capture from before the SYN on, both directions, best on both sides at once; on the "
                 "host that reset, `nstat -az` before and after tells which counter moved.",
    .source = "facts 4",
    .severity = TCPRST_CHAT, .stages = ANY_STAGE, .from = BOTH, .prior = 0,
    .sender = TCPRST_SENDER_UNKNOWN, .ceiling = 50, /* not knowing is no certainty */
},
};

_Static_assert(G_N_ELEMENTS(causes) <= TCPRST_CAUSES_MAX, "raise TCPRST_CAUSES_MAX");

const struct tcprst_cause *tcprst_cause_at(unsigned index) {
    return index < G_N_ELEMENTS(causes) ? &causes[index] : NULL;
}

unsigned tcprst_cause_count(void) {
    return G_N_ELEMENTS(causes);
}

const struct tcprst_cause *tcprst_cause_named(const char *name) {
    for (unsigned i = 0; i < G_N_ELEMENTS(causes); i++)
        if (strcmp(causes[i].name, name) == 0)
            return &causes[i];
    return NULL;
}
