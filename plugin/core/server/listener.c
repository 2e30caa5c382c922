/* listener.c - counts how a listening port answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/listener.h"

enum {
    FEW = 2,
    FEWEST_TURNS = 3, /* fewer can be one change of the path */
    /* docs/facts.md 2: rounded down to 64 ms; less is jitter of the path */
    LAG_MS = 8, LONGEST_LAG_MS = 64 + LAG_MS,
    LONGEST_WAIT_MS = 10000, /* later timestamps say nothing: clocks drift */
    COOKIE_STEP_MS = 64,
};

struct tcprst_listener *tcprst_listener_new(uint32_t refused) {
    struct tcprst_listener *a = g_new0(struct tcprst_listener, 1);
    a->refusals = tcprst_refusals_begin(refused);
    a->least_open_reset = UINT16_MAX;
    return a;
}

void tcprst_listener_free(struct tcprst_listener *a) {
    g_clear_pointer(&a->stalls, g_array_unref);
    g_free(a);
}

/* The IP header shows the host whatever the client offers; window, MSS and scale can be compared
 * only if both clients offered the same options and got the same ones. */
static bool is_same_host(const struct tcprst_synack_kind *a, const struct tcprst_synack_kind *b) {
    if (a->ttl != b->ttl || a->df != b->df || a->has_id != b->has_id)
        return false;
    bool comparable =
        a->offered == b->offered && a->answered == b->answered && a->client_mss == b->client_mss;
    return !comparable || (a->window == b->window && a->wscale == b->wscale && a->mss == b->mss);
}

static void note_kind(struct tcprst_listener *a, const struct tcprst_connection *c) {
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn,
                            *synack = &c->side[TCPRST_SERVER].syn;
    struct tcprst_synack_kind kind = {
        .count = 1, .first_frame = synack->frame,
        .window = synack->window, .mss = synack->options.mss, .client_mss = syn->options.mss,
        .ttl = synack->ip.ttl, .wscale = synack->options.wscale,
        .offered = syn->options.kinds, .answered = synack->options.kinds,
        .df = synack->ip.df, .has_id = synack->ip.id,
    };
    const uint32_t interface = tcprst_connection_interface(c);
    if (!a->kind[0].count)
        a->interface = interface;
    if (!syn->frame || !synack->ip.version || !synack->window || interface != a->interface)
        return; /* window 0 comes from a SYN proxy, docs/facts.md 2 */
    for (unsigned i = 0; i < G_N_ELEMENTS(a->kind); i++) {
        if (a->kind[i].count && !is_same_host(&a->kind[i], &kind))
            continue;
        if (!a->kind[i].count)
            a->kind[i] = kind;
        else
            a->kind[i].count++;
        a->kind_changes += i != a->current_kind;
        a->current_kind = (uint8_t)i;
        return;
    }
    a->other_kinds++;
}

void tcprst_listener_note_synack(struct tcprst_listener *a, const struct tcprst_connection *c,
                                 uint32_t open) {
    const unsigned rich = TCPRST_OPT_WSCALE | TCPRST_OPT_SACK;
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn,
                            *synack = &c->side[TCPRST_SERVER].syn;

    if (!a->first_frame)
        a->first_frame = synack->frame;
    tcprst_refusals_accept(&a->refusals, open);
    a->zero_windows += synack->window == 0;
    note_kind(a, c);
    if (!(syn->options.kinds & rich))
        return;
    a->rich_offers++;
    a->rich += (synack->options.kinds & rich) != 0;
    if (syn->options.kinds & TCPRST_OPT_TIMESTAMP)
        return;
    a->plain_offers++;
    a->plain_stripped += !(synack->options.kinds & rich);
}

static int64_t elapsed_ms(int64_t earlier_ns, int64_t later_ns) {
    return tcprst_elapsed_ns(earlier_ns, later_ns) / 1000000;
}

void tcprst_listener_note_next(struct tcprst_listener *a, const struct tcprst_connection *c,
                              const struct tcprst_segment *next) {
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    int64_t waited_ms = elapsed_ms(synack->time_ns, next->time_ns);
    if (!(synack->options.kinds & next->options.kinds & TCPRST_OPT_TIMESTAMP) || waited_ms < 0 ||
        waited_ms > LONGEST_WAIT_MS)
        return;
    int64_t lag_ms = (int32_t)(next->options.tsval - synack->options.tsval) - waited_ms;
    a->clocked++;
    a->leading += lag_ms < -LAG_MS;
    if (lag_ms <= LAG_MS || lag_ms > LONGEST_LAG_MS)
        return;
    a->shortest_lag_ms = (uint16_t)(a->lagging ? MIN(a->shortest_lag_ms, lag_ms) : lag_ms);
    a->longest_lag_ms = (uint16_t)MAX(a->longest_lag_ms, lag_ms);
    a->lagging++;
}

void tcprst_listener_note_another(struct tcprst_listener *a, const struct tcprst_connection *c,
                                 const struct tcprst_segment *s) {
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    if (synack->options.kinds & s->options.kinds & TCPRST_OPT_TIMESTAMP)
        a->rounded += (s->options.tsval - synack->options.tsval) % COOKIE_STEP_MS == 0;
}

/* Stalled handshakes that follow each other within this are one stall: longer than Linux repeats a
 * SYN/ACK (tcp_synack_retries: 5, 63 s in all; tcp(7)). */
static bool is_near(const struct tcprst_stall *stall, int64_t time_ns) {
    static const int64_t longest_gap_ns = 60000000000;
    return tcprst_elapsed_ns(time_ns, stall->first_time_ns) <= longest_gap_ns &&
           tcprst_elapsed_ns(stall->last_time_ns, time_ns) <= longest_gap_ns;
}

static struct tcprst_stall *stall_number(const struct tcprst_listener *a, unsigned i) {
    return &g_array_index(a->stalls, struct tcprst_stall, i);
}

static struct tcprst_stall *stall_for(struct tcprst_listener *a, const struct tcprst_segment *s) {
    struct tcprst_stall begun = {.first_time_ns = s->time_ns, .last_time_ns = s->time_ns};
    if (!a->stalls)
        a->stalls = g_array_new(FALSE, FALSE, sizeof begun);
    if (a->stalls->len && is_near(stall_number(a, a->stalls->len - 1), s->time_ns))
        return stall_number(a, a->stalls->len - 1);
    if (a->stalls->len == TCPRST_STALLS_MAX)
        g_array_remove_index(a->stalls, 0);
    g_array_append_val(a->stalls, begun);
    return stall_number(a, a->stalls->len - 1);
}

void tcprst_listener_note_stall(struct tcprst_listener *a, unsigned changes,
                                const struct tcprst_segment *s) {
    struct tcprst_stall *stall = stall_for(a, s);
    stall->first_time_ns = MIN(stall->first_time_ns, s->time_ns);
    stall->last_time_ns = MAX(stall->last_time_ns, s->time_ns);
    stall->dropped += changes == TCPRST_CHANGE_SYN_UNANSWERED;
    stall->resent += changes == TCPRST_CHANGE_SYNACK_REPEATED;
    stall->unacknowledged += changes == TCPRST_CHANGE_DATA_UNACKED;
}

const struct tcprst_stall *tcprst_listener_stall_at(const struct tcprst_listener *a,
                                                    int64_t time_ns) {
    for (unsigned i = 0; a->stalls && i < a->stalls->len; i++)
        if (is_near(stall_number(a, i), time_ns))
            return stall_number(a, i);
    return NULL;
}

void tcprst_listener_note_open(struct tcprst_listener *a, bool was_served, uint32_t open) {
    const uint16_t number = (uint16_t)MIN((uint32_t)UINT16_MAX, open);
    if (was_served)
        a->most_open_served = MAX(a->most_open_served, number);
    else
        a->least_open_reset = MIN(a->least_open_reset, number);
}

void tcprst_listener_note_close(struct tcprst_listener *a) {
    a->has_closed_first |= a->least_open_reset < UINT16_MAX;
}

bool tcprst_listener_has_limit(const struct tcprst_listener *a) {
    return a->least_open_reset < UINT16_MAX && a->least_open_reset >= TCPRST_LEAST_LIMIT &&
           a->least_open_reset > a->most_open_served && !a->has_closed_first;
}

bool tcprst_listener_has_two_hosts(const struct tcprst_listener *a) {
    return a->kind[0].count >= FEW && a->kind[1].count >= FEW && !a->other_kinds &&
           a->kind_changes >= FEWEST_TURNS;
}

/* On a path with varying delay, timestamps seem too new as often as too old.  If less than half
 * of them lag, cookies were used only at times, and whether the failed connection had one is
 * unknown. */
bool tcprst_listener_lags(const struct tcprst_listener *a) {
    return a->lagging + a->rounded >= FEW && a->lagging >= 4 * a->leading &&
           a->lagging * 2 >= a->clocked;
}
