/* report_ways.c - in which ways connections to an endpoint failed, and how soon
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/report_section.h"

#include <stdio.h>
#include <string.h>

/* How soon resets came. */
struct delays {
    uint32_t count;  /* of those that are known */
    int64_t shortest_ns, longest_ns;
};

/* At which stages, and how soon the resets came: those that answer a SYN, and others. */
struct failures {
    uint32_t at[TCPRST_STAGES], silent_at[TCPRST_STAGES], resets;
    struct delays refusals, others;
};

/* Fewer than 3 % of round trips are longer (RFC 6298 appendix A), so a reset that comes later
 * answers no segment; only a device that tried to connect refuses a SYN so late. */
#define LATE_NS INT64_C(1000000000)

static void count_delay(struct delays *delays, int64_t ns) {
    delays->shortest_ns = delays->count ? MIN(delays->shortest_ns, ns) : ns;
    delays->longest_ns = delays->count ? MAX(delays->longest_ns, ns) : ns;
    delays->count++;
}

static struct failures failures_of(const struct tcprst_service *service) {
    struct failures failures = {.resets = 0};
    for (guint i = 0; i < service->events->len; i++) {
        const struct tcprst_event *e = g_ptr_array_index(service->events, i);
        if (!tcprst_event_failure(e))
            continue;
        failures.at[e->stage]++;
        failures.resets++;
        const bool is_late = e->stage != TCPRST_SYN_SENT && e->delay_ns > LATE_NS;
        if (e->trigger_frame && e->delay_ns >= 0 && !is_late)
            count_delay(e->stage == TCPRST_SYN_SENT ? &failures.refusals : &failures.others,
                        e->delay_ns);
    }
    for (guint i = 0; i < service->silent->len; i++) {
        const struct tcprst_event *e = g_ptr_array_index(service->silent, i);
        const bool is_unasked = e->failure == TCPRST_FAILED_IN_HANDSHAKE;
        const enum tcprst_stage stage =
            is_unasked && e->stage == TCPRST_CLOSING ? TCPRST_HANDSHAKE_DONE : e->stage;
        failures.silent_at[stage] += e->failure != TCPRST_NO_FAILURE;
    }
    return failures;
}

/* With numbers only if there are several ways. */
static void add_ways(GString *line, const struct failures *failures, uint32_t all) {
    static const char *const ways[TCPRST_STAGES] = {
        [TCPRST_SYN_SENT] = "refused",
        [TCPRST_HALF_OPEN] = "reset in the handshake",
        [TCPRST_HANDSHAKE_DONE] = "reset right after the handshake, before any data",
        [TCPRST_REQUEST_SENT] = "reset on the request, before any answer",
        [TCPRST_CLOSING] = "reset after a FIN, before any answer",
    };
    static const char *const silent_ways[TCPRST_STAGES] = {
        [TCPRST_SYN_SENT] = "no answer to the SYN",
        [TCPRST_HALF_OPEN] = "no answer to the SYN/ACK",
        [TCPRST_HANDSHAKE_DONE] = "no answer after the handshake",
        [TCPRST_REQUEST_SENT] = "no answer to the request",
        [TCPRST_CLOSING] = "no answer to the request until a FIN",
    };
    unsigned said = 0;
    for (unsigned i = 0; i < 2 * TCPRST_STAGES; i++) {
        const unsigned stage = i % TCPRST_STAGES, is_silent = i / TCPRST_STAGES;
        const char *way = (is_silent ? silent_ways : ways)[stage];
        const uint32_t count = (is_silent ? failures->silent_at : failures->at)[stage];
        if (way && count == all)
            g_string_append(line, way);
        else if (way && count)
            ADD(line, "%s%s (%u)", said++ ? "; " : "", way, count);
    }
}

static struct tcprst_duration_text delay_text(int64_t ns) {
    enum { LEAST_NS = 50000 /* less is rounded to 0.0 ms */, SECOND_NS = 1000000000 };
    struct tcprst_duration_text d = {"less than 0.1 ms"};
    if (ns >= SECOND_NS)
        return tcprst_duration(ns);
    if (ns >= LEAST_NS)
        snprintf(d.text, sizeof d.text, "%.1f ms", (double)ns / 1e6);
    return d;
}

static void add_delay(GString *line, const struct delays *delays) {
    const struct tcprst_duration_text from = delay_text(delays->shortest_ns),
                                      to = delay_text(delays->longest_ns);
    g_string_append(line, from.text);
    if (strcmp(from.text, to.text) != 0)
        ADD(line, " to %s", to.text);
}

/* Of all that failed, in one way. */
static void add_common_delay(GString *line, const struct failures *failures) {
    const bool is_refusal = failures->refusals.count;
    add_delay(g_string_append(line, ", "), is_refusal ? &failures->refusals : &failures->others);
    g_string_append(line, is_refusal ? " after the SYN" : " after the segment it answers");
}

/* A sentence on those that are known of so many. */
static void add_own_delay(GString *line, const struct delays *delays, uint32_t resets,
                          bool is_refusal) {
    const char *what = is_refusal ? "refusal" : "reset";
    if (!delays->count)
        return;
    if (delays->count < resets)
        ADD(line, " %u of the %u %ss came ", delays->count, resets, what);
    else if (resets > 1)
        ADD(line, " The %u %ss came ", resets, what);
    else
        ADD(line, " The %s came ", what);
    add_delay(line, delays);
    if (is_refusal)
        g_string_append(line, " after the SYN.");
    else
        ADD(line, " after the segment%s answer%s.", delays->count > 1 ? "s that they" : " that it",
            delays->count > 1 ? "" : "s");
}

/* Where they are told apart, a refusal is not called a reset. */
void tcprst_add_ways(GString *line, const struct tcprst_service *service) {
    const struct failures failures = failures_of(service);
    const uint32_t all = tcprst_service_failed(service), refused = failures.at[TCPRST_SYN_SENT];
    add_ways(line, &failures, all);
    const bool is_common = failures.refusals.count == all || failures.others.count == all;
    if (is_common)
        add_common_delay(line, &failures);
    g_string_append_c(line, '.');
    if (is_common)
        return;
    add_own_delay(line, &failures.refusals, refused, true);
    add_own_delay(line, &failures.others, failures.resets - refused, false);
}

bool tcprst_all_refused(const struct tcprst_service *service) {
    const struct failures failures = failures_of(service);
    return service->refused + failures.silent_at[TCPRST_SYN_SENT] ==
           tcprst_service_failed(service);
}

uint32_t tcprst_most_open(const struct tcprst_service *service) {
    uint32_t open = 0;
    for (guint i = 0; i < service->events->len; i++) {
        const struct tcprst_event *e = g_ptr_array_index(service->events, i);
        if (tcprst_event_failure(e))
            open = MAX(open, e->server.open);
    }
    return open;
}
