/* explanation_neighbours.c - fills in what other connections tell
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/explanation_rules.h"

/* --- the endpoint's history --- */

/* Counts of clients are lower bounds once there were too many to tell apart. */
void tcprst_text_run_clients(struct text *t) {
    ADD("%s%u", t->endpoint->clients_at_least ? "at least " : "", run_of(t) ? run_of(t)->clients : 0);
}

void tcprst_text_run_stage(struct text *t) {
    const struct tcprst_run *run = run_of(t);
    uint32_t unasked = run ? run->unasked : 0, all = run ? run->connections : 0;
    if (unasked == all)
        ADD("right after the handshake");
    else if (!unasked)
        ADD("after their requests, before any answer");
    else
        ADD("before any answer (%u right after the handshake, %u after their requests)", unasked,
            all - unasked);
}

void tcprst_text_served_before(struct text *t) {
    if (!seen(t, TCPRST_EVIDENCE_served_before_run)) {
        ADD(" (the capture does not show a time when it worked)");
        return;
    }
    ADD(", after serving ");
    add_value(t, TCPRST_EVIDENCE_served_before_run);
}

void tcprst_text_served_after(struct text *t) {
    if (!seen(t, TCPRST_EVIDENCE_served_after_run))
        return;
    ADD(" Later it served again (");
    add_value(t, TCPRST_EVIDENCE_served_after_run);
    ADD("), as after a restart.");
}

void tcprst_text_afterwards(struct text *t) {
    const struct tcprst_run *next = tcprst_endpoint_next_run(t->endpoint, t->event->frame);
    if (!next || next->outcome == TCPRST_MIXED) {
        ADD("The capture does not show what the port did next.");
        return;
    }
    if (next->outcome == TCPRST_SERVED)
        ADD("The port served on (until frame %u): not all of the service is gone.", next->last_frame);
    if (next->outcome == TCPRST_RESET_EARLY)
        ADD("The next connections were reset as well (until frame %u).", next->last_frame);
    if (next->outcome != TCPRST_REFUSED)
        return;
    uint32_t served = tcprst_endpoint_count_after(t->endpoint, TCPRST_SERVED, next->last_frame);
    ADD("From frame %u on the port refused (%u)", next->first_frame, next->connections);
    if (served)
        ADD(", and then served again (%u): a restart.", served);
    else
        ADD(": it is gone, as far as the capture goes.");
}

/* --- one client --- */

void tcprst_text_others_served(struct text *t) {
    add_value(t, TCPRST_EVIDENCE_others_served_meanwhile);
}

/* What would look the same (docs/facts.md 4). */
void tcprst_text_address_doubt(struct text *t) {
    if (t->event->stage == TCPRST_SYN_SENT)
        ADD(", or a balancer that leads this address to a dead member");
    else if (seen(t, TCPRST_EVIDENCE_client_reset_asking))
        ADD(", or by what this client sends, as each of its connections had sent some");
}

void tcprst_text_race(struct text *t) {
    const struct tcprst_connection *winner = t->event->winner;
    if (!winner || !seen(t, TCPRST_EVIDENCE_raced_connection))
        return;
    ADD(" %.1f ms earlier another connection, to ", (double)t->event->winner_ns / 1e6);
    add_address(t, &winner->endpoint->address, winner->endpoint->port);
    ADD(" (frame %u), had opened and was used: this one lost the race (Happy Eyeballs).", winner->ack_frame);
}

/* --- how the port answers others --- */

static void add_turns(struct text *t, const struct tcprst_refusals *refusals) {
    if (refusals->shortest_between == refusals->longest_between && refusals->longest_refused == 1)
        ADD("It refused by turns, each time after accepting %u", refusals->shortest_between);
    else
        ADD("It refused %u of %u by turns, with %u to %u accepted between", refusals->refused,
            refusals->refused + refusals->accepted, refusals->shortest_between, refusals->longest_between);
    ADD(": a balancer with a dead member.");
}

static void add_block(struct text *t) {
    const struct tcprst_run *run = tcprst_endpoint_run_at(t->endpoint, TCPRST_REFUSED, t->event->frame);
    if (!run)
        return;
    uint32_t before = tcprst_endpoint_count_before(t->endpoint, TCPRST_SERVED, run->first_frame);
    uint32_t after = tcprst_endpoint_count_after(t->endpoint, TCPRST_SERVED, run->last_frame);
    ADD("It refused %u in a row (frames %u to %u), served %u before and %u afterwards: ", run->connections,
        run->first_frame, run->last_frame, before, after);
    if (before)
        ADD(after ? "it was down meanwhile, as in a restart." : "it went down.");
    else
        ADD(after ? "it was not up yet." : "the capture does not show it at work.");
}

void tcprst_text_pattern(struct text *t) {
    const struct tcprst_listener *listener = t->endpoint->listener;
    const struct tcprst_refusals *refusals = listener ? &listener->refusals : NULL;
    enum tcprst_refusal_pattern pattern = refusals ? tcprst_refusal_pattern(refusals) : TCPRST_REFUSALS_UNCLEAR;
    if (pattern == TCPRST_REFUSALS_LIMIT)
        ADD("It refused only with %u or more connections open and accepted only with %u or less: a limit on "
            "connections, or a full backlog.", refusals->least_open_refusing, refusals->most_open_accepting);
    else if (pattern == TCPRST_REFUSALS_TURNS)
        add_turns(t, refusals);
    else if (seen(t, TCPRST_EVIDENCE_refusals_in_blocks))
        add_block(t);
    else
        ADD("A restart, a limit on connections or backlog, and a balancer with a dead member look like "
            "this.");
}

/* The values of those signs that were seen, each with its sentence. */
static void add_signs(struct text *t, const enum tcprst_evidence *signs, unsigned count) {
    const char *between = "";
    for (unsigned i = 0; i < count; i++) {
        if (!seen(t, signs[i]))
            continue;
        const char *sentence = tcprst_evidence_sentence(signs[i]);
        bool is_word = g_ascii_islower(sentence[1]);
        ADD("%s%c%s (", between, is_word ? g_ascii_tolower(sentence[0]) : sentence[0], sentence + 1);
        add_value(t, signs[i]);
        ADD(")");
        between = "; ";
    }
    if (!*between)
        ADD("nothing in the packets shows it");
}

void tcprst_text_cookie_signs(struct text *t) {
    static const enum tcprst_evidence signs[] = {
        TCPRST_EVIDENCE_synacks_lag, TCPRST_EVIDENCE_plain_offers_stripped,
        TCPRST_EVIDENCE_synack_drops_options};
    add_signs(t, signs, G_N_ELEMENTS(signs));
}

void tcprst_text_queue_signs(struct text *t) {
    static const enum tcprst_evidence signs[] = {
        TCPRST_EVIDENCE_synack_repeated, TCPRST_EVIDENCE_neighbours_resent,
        TCPRST_EVIDENCE_neighbours_unheard, TCPRST_EVIDENCE_neighbours_dropped};
    add_signs(t, signs, G_N_ELEMENTS(signs));
}

void tcprst_text_flip_signs(struct text *t) {
    static const enum tcprst_evidence signs[] = {
        TCPRST_EVIDENCE_synack_after_rst, TCPRST_EVIDENCE_rst_ttl_of_other_host,
        TCPRST_EVIDENCE_hosts_take_turns};
    if (seen(t, TCPRST_EVIDENCE_rst_ttl_of_other_host) || seen(t, TCPRST_EVIDENCE_hosts_take_turns))
        add_signs(t, signs, G_N_ELEMENTS(signs));
    else
        tcprst_text_place(t);
}

/* --- what to look at on the server --- */

/* By the TTL of its SYN/ACK: Windows starts at 128, Linux at 64 (docs/facts.md 5, 11).  An ACK field in a
 * bare reset is a habit of Windows, and a capture that was made up or rewritten can have any TTL. */
void tcprst_text_host_advice(struct text *t) {
    const struct tcprst_ip *ip = &side(t, TCPRST_SERVER)->syn.ip;
    bool has_ack_habit = !t->event->has_ack && t->event->ack;
    bool is_windows = ip->version && ip->ttl > 64 && ip->ttl <= 128;
    bool is_linux = ip->version && ip->ttl && ip->ttl <= 64 && !has_ack_habit;
    if (!is_linux)
        ADD("handle, thread and desktop-heap use (Windows: event log 0xc0000142, Desktop Heap Monitor)");
    if (!is_linux && !is_windows)
        ADD(", ");
    if (!is_windows)
        ADD("file descriptors and threads (Linux: /proc/PID/limits, fd/)");
}
