/* connecting.c - evidence in the options of SYN and SYN/ACK
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

static bool has_both_syns(const struct tcprst_view *v) {
    return syn_of(v)->frame && synack_of(v)->frame;
}

/* RFC 9293 section 3.10.7.3: in SYN-SENT an ACK must be above ISS and at most SND.NXT, or it is
 * reset. */
bool tcprst_saw_synack_acks_unsent(const struct tcprst_view *v, char *value) {
    uint32_t first = v->event->before->side[TCPRST_CLIENT].isn + 1,
             ack = synack_of(v)->ack;
    return has_both_syns(v) && ack - first > syn_of(v)->payload_bytes &&
           SAY("frame %u: %u instead of %u", synack_of(v)->frame, ack, first);
}

/* RFC 6298 section 2: a SYN is sent again after 1, 3 and 7 s.  If the capture began between, the
 * SYN/ACK can echo the first one.  Most timestamp clocks tick once a millisecond. */
static bool echoes_earlier_syn(int32_t ahead) {
    static const int32_t since_first_ms[] = {1000, 3000, 7000};
    for (unsigned i = 0; i < G_N_ELEMENTS(since_first_ms); i++)
        if (ahead < -since_first_ms[i] * 19 / 20 && ahead > -since_first_ms[i] * 21 / 20)
            return true;
    return false;
}

/* kernel net/ipv4/tcp_input.c tcp_rcv_synsent_state_process(), PAWSActiveRejected: the echo must
 * lie between the first SYN's timestamp and now.  A timestamp clock ticks at most once a
 * microsecond; one second allows for inexact capture times. */
bool tcprst_saw_synack_echo_impossible(const struct tcprst_view *v, char *value) {
    const struct tcprst_syn *syn = syn_of(v), *synack = synack_of(v);
    const struct tcprst_options *offered = &syn->options, *echoed = &synack->options;
    if (!has_both_syns(v) || !(offered->kinds & echoed->kinds & TCPRST_OPT_TIMESTAMP) ||
        !echoed->tsecr)
        return false;
    int64_t waited_us = tcprst_elapsed_ns(syn->time_ns, synack->time_ns) / 1000;
    int32_t ahead = (int32_t)(echoed->tsecr - offered->tsval);
    if (waited_us < 0 || (ahead >= 0 && ahead <= waited_us + 1000000) || echoes_earlier_syn(ahead))
        return false;
    return SAY("frame %u: %u, the SYN's was %u", synack->frame, echoed->tsecr, offered->tsval);
}

bool tcprst_saw_syn_after_rst(const struct tcprst_view *v, char *value) {
    return v->event->from == TCPRST_CLIENT && say_times(value, v->event->after.syns);
}

/* A socket whose connect() was cancelled sends its SYN no more (docs/facts.md 15). */
bool tcprst_saw_synack_missed(const struct tcprst_view *v, char *value) {
    bool has_bad_numbers =
        tcprst_saw_synack_acks_unsent(v, NULL) || tcprst_saw_synack_echo_impossible(v, NULL);
    bool is_kernels = tcprst_saw_syn_of_stack(v, NULL) && !tcprst_saw_syn_unlike_rst(v, NULL);
    return v->event->trigger == TCPRST_ANSWERS_SYNACK && !v->event->has_ack && is_kernels &&
           !has_bad_numbers && tcprst_saw_syn_after_rst(v, value);
}

static bool say_syn_target(const struct tcprst_view *v, char *value, bool is_so) {
    bool seen = is_so && v->event->syn_target.syn_frame;
    return seen && SAY("SYN in frame %u", v->event->syn_target.syn_frame);
}

/* 32 bits of the initial number and 16 bits of the client's port are equal, which is not chance.
 * Scanners use the same ones for all their targets; then the capture lacks a SYN. */
bool tcprst_saw_syn_went_elsewhere(const struct tcprst_view *v, char *value) {
    return say_syn_target(v, value, !v->event->client->shares_isn &&
                                        v->event->stage == TCPRST_HALF_OPEN);
}

bool tcprst_saw_numbers_of_elsewhere(const struct tcprst_view *v, char *value) {
    return say_syn_target(v, value, v->event->stage != TCPRST_HALF_OPEN);
}

/* RFC 7413. */
bool tcprst_saw_syn_carried_data(const struct tcprst_view *v, char *value) {
    const struct tcprst_syn *syn = syn_of(v);
    return syn->payload_bytes &&
           SAY("%u bytes, %s Fast Open option", syn->payload_bytes,
               syn->options.kinds & TCPRST_OPT_FASTOPEN ? "with the" : "without");
}

/* docs/facts.md 1: a host that does not know the token resets (MPTCP_RST_EMPTCP). */
bool tcprst_saw_syn_joins_mptcp(const struct tcprst_view *v, char *value) {
    (void)value;
    return syn_of(v)->options.kinds & TCPRST_OPT_JOIN;
}

bool tcprst_say_options_not_taken(const struct tcprst_view *v, unsigned wanted, char *value) {
    const struct tcprst_endpoint *e = endpoint_of(v);
    unsigned options =
        syn_of(v)->options.kinds & wanted & e->syns_taken_without & ~e->syns_taken_with;
    if (!options || !value)
        return options;
    write_value(value, "%s%s%s%s%s%s", options & TCPRST_OPT_ECN ? "ECN " : "",
                options & TCPRST_OPT_MPTCP ? "Multipath-TCP " : "",
                options & TCPRST_OPT_FASTOPEN ? "Fast-Open " : "",
                options & TCPRST_OPT_TIMESTAMP ? "timestamps " : "",
                options & TCPRST_OPT_WSCALE ? "window-scaling " : "",
                options & TCPRST_OPT_SACK ? "SACK" : "");
    g_strchomp(value);
    return true;
}

/* docs/facts.md 4: the retry without the option works.  Where a SYN without it was refused at that
 * time as well, it is not the option. */
bool tcprst_saw_refused_with_option(const struct tcprst_view *v, char *value) {
    const struct tcprst_run *run = refusals_of(v);
    const unsigned wanted = TCPRST_OPT_TRIED & ~(run ? run->lacked_options : 0u);
    return refuses_syn(v) && tcprst_say_options_not_taken(v, wanted, value);
}

/* What builds the refusal in the SYN's own buffer leaves the window in it: firewalls, and small
 * stacks as uIP (docs/facts.md 15). */
bool tcprst_saw_refusal_copies_window(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (!refuses_syn(v) || !e->has_ack || e->trigger != TCPRST_ANSWERS_SYN || !e->window ||
        e->window != syn_of(v)->window)
        return false;
    return SAY("window %u", e->window);
}

/* The same of the MSS option, which only a SYN has (RFC 9293 section 3.2), and of others (RFC 7323
 * section 2.2, RFC 2018 section 2): no stack sends them in a reset. */
bool tcprst_saw_refusal_copies_options(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const unsigned copied = e->options.kinds & syn_of(v)->options.kinds;
    return e->stage == TCPRST_SYN_SENT && e->trigger == TCPRST_ANSWERS_SYN &&
           (copied & TCPRST_OPT_MSS) &&
           SAY("MSS%s%s", copied & TCPRST_OPT_WSCALE ? " WS" : "",
               copied & TCPRST_OPT_SACK ? " SACK" : "");
}
