/* handshake.c - evidence in how the handshake went
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

/* Linux' first window holds whole segments: as many as 16 bits can tell, of older kernels 10 or 20
 * (net/ipv4/tcp_output.c tcp_select_initial_window()).  A SYN/ACK's are shorter by timestamps. */
static bool holds_whole_segments(const struct tcprst_syn *syn) {
    enum { TIMESTAMP_BYTES = 12, LEAST_MSS = 536 };
    bool is_shorter = syn->ack && syn->options.kinds & TCPRST_OPT_TIMESTAMP;
    unsigned mss = syn->options.mss - (is_shorter ? TIMESTAMP_BYTES : 0);
    unsigned segments = syn->options.mss < LEAST_MSS ? 0 : syn->window / mss;
    return segments && syn->window % mss == 0 &&
           (segments == UINT16_MAX / mss || segments == 10 || segments == 20);
}

/* Linux: TTL 64 family, DF, SYN/ACK with IP ID 0, and the measured windows 65160, 64240 and 64260
 * (docs/facts.md 5); 64800 is 45 segments of IPv6, the others are of older kernels.  They are known
 * although a router can have lowered the MSS. */
bool tcprst_looks_linux(const struct tcprst_side *side) {
    static const uint16_t windows[] = {65160, 64240, 64260, 64800, 29200, 28960, 14600, 14480};
    const struct tcprst_syn *syn = &side->syn;
    bool is_synack = syn->ack;
    if (!syn->frame || !syn->ip.version || syn->ip.ttl > 64)
        return false;
    if (syn->ip.version == 4 && (!syn->ip.df || (is_synack && syn->ip.id)))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(windows); i++)
        if (syn->window == windows[i])
            return true;
    return holds_whole_segments(syn);
}

/* A SYN/ACK that takes longer is late. */
static const int64_t late_ns = 1000000000;

bool tcprst_saw_no_syn_seen(const struct tcprst_view *v, char *value) {
    (void)value;
    return !syn_of(v)->frame;
}

/* Without SYN and SYN/ACK the client is the side of the higher port.  That is a guess unless the
 * other one is known to listen, or only one port is in the range for clients, from 32768 on Linux
 * (ip(7), ip_local_port_range) and from 49152 in RFC 6335, or only one is a system port, below 1024
 * (RFC 6335). */
bool tcprst_saw_roles_guessed(const struct tcprst_view *v, char *value) {
    enum { FIRST_USER_PORT = 1024, FIRST_CLIENT_PORT = 32768 };
    const struct tcprst_connection *c = v->event->before;
    const uint16_t *port = c->tuple.port;
    if (!c->roles_inferred || c->server_known ||
        (port[0] >= FIRST_CLIENT_PORT) != (port[1] >= FIRST_CLIENT_PORT) ||
        (port[0] < FIRST_USER_PORT) != (port[1] < FIRST_USER_PORT))
        return false;
    return SAY("ports %u and %u", tcprst_port_of(c, TCPRST_CLIENT),
               tcprst_port_of(c, TCPRST_SERVER));
}

/* kernel net/ipv4/tcp_minisocks.c tcp_check_req(): a SYN in the window of a connection in
 * SYN-RECEIVED ends that and is reset itself (docs/facts.md 4). */
bool tcprst_saw_syn_met_half_open(const struct tcprst_view *v, char *value) {
    return refuses_syn(v) && say_frame(value, v->event->before->older_frame);
}

bool tcprst_syn_is_of_small_stack(const struct tcprst_syn *syn) {
    return syn->frame && syn->options.kinds == TCPRST_OPT_MSS && !syn->options.cut &&
           syn->ip.version == 4 && !syn->ip.df;
}

/* lwIP begins with TTL 255 and has a window of a few MSS (docs/facts.md 5); masscan's 1024 is no
 * multiple. */
static bool is_of_lwip(const struct tcprst_syn *syn) {
    enum { FEWEST_MSS = 2, MOST_MSS = 8, HIGHEST_COMMON_TTL = 128 };
    const unsigned mss = syn->options.mss;
    return tcprst_syn_is_of_small_stack(syn) && mss && syn->window % mss == 0 &&
           syn->window / mss >= FEWEST_MSS && syn->window / mss <= MOST_MSS &&
           syn->ip.ttl > HIGHEST_COMMON_TTL;
}

/* docs/facts.md 11: nmap sends window 1024, older ones up to 4096, MSS only and no DF, ZMap IP ID
 * 54321, masscan no options; scanners often use TTLs above 200.  Every operating system sends its
 * MSS (RFC 1122 section 4.2.2.6), scapy does not. */
static const char *raw_form(const struct tcprst_syn *syn) {
    bool all_seen = !syn->options.cut;
    bool is_small = syn->window == 1024 || (syn->window <= 4096 && !syn->ip.df);
    bool few_options = tcprst_offers_little(&syn->options) && is_small;
    bool zmap = syn->ip.version == 4 && syn->ip.id == 54321;
    bool no_mss = all_seen && !(syn->options.kinds & TCPRST_OPT_MSS);
    if (!syn->frame || !(few_options || zmap || no_mss) || is_of_lwip(syn))
        return NULL;
    return zmap ? "IP ID 54321" : no_mss ? "no MSS" : "MSS only";
}

bool tcprst_saw_syn_of_raw_tool(const struct tcprst_view *v, char *value) {
    const char *form = raw_form(syn_of(v));
    return form && SAY("window %u, %s", syn_of(v)->window, form);
}

/* What connect() offers on the systems measured or described (docs/facts.md 2, 7): MSS and SACK
 * (RFC 2018) in every case but lwIP's.  None of the others begins with a higher TTL,
 * unless both sides do. */
bool tcprst_saw_syn_of_stack(const struct tcprst_view *v, char *value) {
    enum { HIGHEST_TTL = 128 };
    const uint16_t usual = TCPRST_OPT_MSS | TCPRST_OPT_SACK;
    const bool may_be_usual =
        syn_of(v)->ip.ttl <= HIGHEST_TTL || tcprst_is_guarded_by_ttl(v->event->before);
    (void)value;
    return syn_of(v)->frame &&
           (is_of_lwip(syn_of(v)) ||
            (may_be_usual && (syn_of(v)->options.kinds & usual) == usual));
}

/* A container or virtual machine behind the client's address: its SYNs cross the host, which
 * forwards them, and what does not fit there is reset by that host (docs/facts.md 15).  No
 * scanner's or traceroute's TTLs lie so close below a usual initial one. */
static bool is_from_behind(const struct tcprst_view *v) {
    enum { MOST_ROUTERS_BEHIND = 3 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_syn *syn = syn_of(v);
    if (e->from != TCPRST_CLIENT || !syn->frame || !e->ip.version || !syn->ip.version ||
        syn->ip.ttl < 61 || !tcprst_saw_syn_of_stack(v, NULL))
        return false;
    unsigned farther = tcprst_hops(syn->ip.ttl) - tcprst_hops(e->ip.ttl);
    return farther >= 1 && farther <= MOST_ROUTERS_BEHIND;
}

/* A session goes on through the program that opened it, so its SYN is not unlike the RST: the RST
 * is unlike all of the client's segments. */
static bool is_in_session(const struct tcprst_view *v) {
    return own_side(v)->payload_bytes && peer_side(v)->payload_bytes;
}

bool tcprst_saw_syn_from_behind(const struct tcprst_view *v, char *value) {
    return is_from_behind(v) && v->event->after.syns &&
           SAY("TTL of the SYN %u, of the RST %u", syn_of(v)->ip.ttl, v->event->ip.ttl);
}

/* Kernels forbid fragments of both or of neither, except Linux without path MTU discovery
 * (ip_sysctl: ip_no_pmtu_disc), whose SYNs have the options of connect() (docs/facts.md 15). */
bool tcprst_saw_syn_df_unlike_rst(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_syn *syn = syn_of(v);
    (void)value;
    return e->from == TCPRST_CLIENT && syn->frame && syn->ip.version == 4 && !syn->ip.df &&
           e->ip.df && !e->has_ack && e->stage == TCPRST_HALF_OPEN && !syn->options.cut &&
           !tcprst_saw_syn_of_stack(v, NULL) && !is_in_session(v);
}

/* docs/facts.md 3: a scanner's SYN has a TTL that the scanner chose, the RST comes from the
 * kernel. */
bool tcprst_saw_syn_unlike_rst(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_syn *syn = syn_of(v);
    if (e->from != TCPRST_CLIENT || !syn->frame || !e->ip.version || !syn->ip.version ||
        syn->ip.ttl == e->ip.ttl || is_from_behind(v) || is_in_session(v))
        return false;
    return SAY("SYN %u, RST %u", syn->ip.ttl, e->ip.ttl);
}

/* The kernel of a program with a raw socket knows no connection and resets the SYN/ACK; the program
 * acknowledges it (docs/facts.md 14).  The server takes the kernel's reset and sends nothing more;
 * one that goes on got no reset.  A socket resets a SYN/ACK of bad numbers.  Kernels
 * of SYNs with DF set it in resets, too; injectors often do not. */
bool tcprst_saw_ack_after_rst(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_connection *c = e->connection;
    return e->from == TCPRST_CLIENT && e->trigger == TCPRST_ANSWERS_SYNACK && !e->has_ack &&
           syn_of(v)->frame && syn_of(v)->ip.ttl == e->ip.ttl && c->ack_frame > e->frame &&
           !e->before->ack_frame && !e->after.syns && !e->after.peer_frame &&
           !e->after.synack_frame && !tcprst_saw_synack_acks_unsent(v, NULL) &&
           (e->ip.df || !syn_of(v)->ip.df) &&
           !tcprst_saw_synack_echo_impossible(v, NULL) &&
           tcprst_elapsed_ns(e->time_ns, c->ack_time_ns) >= 0 &&
           say_frame(value, c->ack_frame);
}

/* Captured next to the client, whose kernel uses one of the usual initial TTLs; traceroute by TCP
 * sends SYNs with TTLs that expire on the way, otherwise like those of connect() (docs/facts.md
 * 15). */
bool tcprst_saw_syn_ttl_crafted(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_syn *syn = syn_of(v);
    if (e->from != TCPRST_CLIENT || !syn->frame || !e->ip.version || !syn->ip.version ||
        !tcprst_is_initial_ttl(e->ip.ttl) || tcprst_is_initial_ttl(syn->ip.ttl) ||
        syn->ip.ttl == 32 || is_from_behind(v) || is_in_session(v))
        return false;
    return SAY("SYN %u, RST %u", syn->ip.ttl, e->ip.ttl);
}

/* RFC 9293 section 3.4.1 and RFC 6528: a stack draws the number anew for each connection; nmap and
 * masscan use one port and one number for all targets (docs/facts.md 15). */
bool tcprst_saw_syn_number_shared(const struct tcprst_view *v, char *value) {
    bool lacks_syn = v->event->syn_target.syn_frame && v->event->client->shares_isn;
    if (!v->event->shares_isn && !lacks_syn)
        return false;
    return SAY("port %u, number %u", tcprst_port_of(v->event->before, TCPRST_CLIENT),
               v->event->before->side[TCPRST_CLIENT].isn);
}

/* The kernel below such a tool knows no socket and answers what it receives by bare resets
 * (docs/facts.md 14), and the tool goes on; a RST+ACK is no such answer. */
bool tcprst_saw_raw_tool_lacks_socket(const struct tcprst_view *v, char *value) {
    return v->event->from == TCPRST_CLIENT && !v->event->has_ack &&
           tcprst_saw_syn_of_raw_tool(v, value);
}

#define UNASKED "window scale or timestamps that the SYN did not offer"

/* RFC 7323 sections 2.2 and 3.2: only a SYN that has them gets them in its SYN/ACK. */
static bool has_options_unasked(const struct tcprst_connection *c) {
    const struct tcprst_options *asked = &c->side[TCPRST_CLIENT].syn.options,
                                *got = &c->side[TCPRST_SERVER].syn.options;
    return c->side[TCPRST_CLIENT].syn.frame && !asked->cut &&
           got->kinds & ~asked->kinds & (TCPRST_OPT_WSCALE | TCPRST_OPT_TIMESTAMP);
}

/* The same on the server's host (docs/facts.md 14): the kernel refuses the SYN, as no socket
 * listens, and the program accepts it.  From one host, by the TTL, and of two stacks. */
bool tcprst_saw_raw_server_lacks_socket(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_syn *synack = &e->connection->side[TCPRST_SERVER].syn;
    if (!synack->frame || synack->frame != e->after.sender_frame)
        return false;
    const bool is_refusal = e->trigger == TCPRST_ANSWERS_SYN && e->has_ack && !e->seq &&
                            !e->window && !e->options.kinds && !e->payload_bytes;
    const bool is_linux = e->ip.version != 4 || (!e->ip.id && e->ip.df);
    const bool is_one_host =
        e->ip.version && synack->ip.version && synack->ip.ttl == e->ip.ttl;
    const char *form =
        has_options_unasked(e->connection) ? UNASKED : raw_form(synack);
    if (!is_refusal || !is_linux || !is_one_host || !form)
        return false;
    return SAY("frame %u: window %u, %s", synack->frame, synack->window, form);
}

/* The same of a SYN/ACK that no stack builds, later in the connection. */
bool tcprst_saw_raw_synack_lacks_socket(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    return e->from == TCPRST_SERVER && !e->has_ack && has_options_unasked(e->before) &&
           tcprst_event_ttl(e) == TCPRST_TTL_SAME &&
           SAY("frame %u: " UNASKED, synack_of(v)->frame);
}

/* A kernel builds all its SYNs with the same options; a program with a raw socket, as malware that
 * looks for victims, sends plain ones and connects through the kernel afterwards (docs/facts.md
 * 15). */
bool tcprst_saw_syn_unlike_others(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_syn *syn = syn_of(v);
    return e->from == TCPRST_CLIENT && e->stage == TCPRST_HALF_OPEN && syn->frame &&
           tcprst_offers_little(&syn->options) &&
           say_frame(value, tcprst_host_answers(e->client)->rich_syn_frame);
}

bool tcprst_saw_syn_repeated(const struct tcprst_view *v, char *value) {
    return say_times(value, syn_of(v)->repeats);
}

bool tcprst_saw_synack_late(const struct tcprst_view *v, char *value) {
    if (!syn_of(v)->frame || !synack_of(v)->frame)
        return false;
    int64_t waited_ns = tcprst_elapsed_ns(syn_of(v)->time_ns, synack_of(v)->time_ns);
    return waited_ns > late_ns && SAY("%.1f s", seconds(waited_ns));
}

/* Linux never offers a zero window in a SYN/ACK, with cookies or without; netfilter's SYNPROXY and
 * the SYN proxies of firewalls do (docs/facts.md 2, 7; kernel net/netfilter/nf_synproxy_core.c).  A
 * proxy that opens the window afterwards has reached the server, and what follows comes from the
 * server. */
bool tcprst_saw_synack_zero_window(const struct tcprst_view *v, char *value) {
    return synack_of(v)->window == 0 && !v->event->before->side[TCPRST_SERVER].largest_window &&
           say_frame(value, synack_of(v)->frame);
}

enum { RICH = TCPRST_OPT_WSCALE | TCPRST_OPT_SACK };

/* docs/facts.md 2: a server with cookies omits them only for clients without timestamps, proxies
 * omit them often. */
bool tcprst_saw_synack_drops_options(const struct tcprst_view *v, char *value) {
    uint16_t offered = syn_of(v)->options.kinds & RICH;
    if (!offered || !synack_of(v)->frame || synack_of(v)->options.cut ||
        synack_of(v)->options.kinds & RICH)
        return false;
    return SAY("frame %u: dropped%s%s, MSS %u", synack_of(v)->frame,
               offered & TCPRST_OPT_WSCALE ? " WS" : "", offered & TCPRST_OPT_SACK ? " SACK" : "",
               synack_of(v)->options.mss);
}

/* docs/facts.md 2: Linux keeps them with cookies (45 of 45): it drops options only for clients
 * without. */
bool tcprst_saw_synack_drops_timestamps(const struct tcprst_view *v, char *value) {
    return syn_of(v)->options.kinds & TCPRST_OPT_TIMESTAMP && synack_of(v)->frame &&
           !synack_of(v)->options.cut && !(synack_of(v)->options.kinds & TCPRST_OPT_TIMESTAMP) &&
           say_frame(value, synack_of(v)->frame);
}

/* kernel net/ipv4/tcp_minisocks.c tcp_check_req(): if the accept queue is full, the ACK is ignored
 * and the SYN/ACK timer keeps running. */
bool tcprst_saw_synack_repeated(const struct tcprst_view *v, char *value) {
    return say_times(value, v->event->before->synacks_after_ack);
}

bool tcprst_saw_wrong_handshake_ack(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = v->event->before;
    return c->wrong_ack_frame && !c->handshake_done &&
           SAY("frame %u: %u instead of %u", c->wrong_ack_frame, c->wrong_ack,
               c->side[TCPRST_SERVER].isn + 1);
}
