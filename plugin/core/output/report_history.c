/* report_history.c - since when an endpoint fails, for whom, and what else its host does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/report_section.h"

#include <string.h>

#include "core/packet/hash.h"

enum { NAMES_SHOWN = 8, PORTS_SHOWN = 4 };

/* Served and failed connections in a stretch of the capture. */
struct period {
    struct tcprst_moment first, last;
    uint32_t served, failed;
    uint32_t clients, clients_failed, clients_only_failed;
};

static void count_client(struct period *period, uint8_t *outcomes,
                         const struct tcprst_outcome_record *record) {
    enum { SERVED = 1, FAILED = 2 };
    if (record->client == TCPRST_NO_CLIENT)
        return;
    uint8_t *outcome_set = &outcomes[record->client],
            now = *outcome_set | (record->failed ? FAILED : SERVED);
    period->clients += !*outcome_set;
    period->clients_failed += (now & FAILED) && !(*outcome_set & FAILED);
    period->clients_only_failed += (now == FAILED) - (*outcome_set == FAILED);
    *outcome_set = now;
}

/* Turns of frames from `from` to `to`. */
static struct period period_of(const struct tcprst_service *service, uint32_t from, uint32_t to) {
    uint8_t outcomes[TCPRST_CLIENTS_MAX];
    struct period period = {.served = 0};
    memset(outcomes, 0, service->service_clients->len);
    for (guint i = 0; i < service->records->len; i++) {
        const struct tcprst_outcome_record *record = tcprst_outcome_record_at(service, i);
        if (record->frame < from || record->frame > to)
            continue;
        const struct tcprst_moment moment = {record->frame, record->time_ns};
        if (!period.first.frame)
            period.first = moment;
        period.last = moment;
        period.failed += record->failed;
        period.served += !record->failed;
        count_client(&period, outcomes, record);
    }
    return period;
}

static struct period period_of_failures(const struct tcprst_service *service) {
    return period_of(service, service->first_failed.frame, service->last_failed.frame);
}

/* --- since when, for whom --- */

/* Of connections that had an answer; some of them were reset later if the problem has such. */
static const char *worked(const struct section *s, uint32_t count) {
    if (s->problem->failed == s->problem->resets->len)
        return "worked";
    return count == 1 ? "was answered" : "were answered";
}

static void add_before(const struct section *s) {
    const struct period before = period_of(s->service, 0, s->service->first_failed.frame - 1);
    if (!before.served)
        return; /* the next line tells */
    GString *line = g_string_new("Until ");
    section_add_moment(s, line, &before.last);
    uint32_t all = before.served + before.failed;
    const char *bound = s->service->clients_cut ? "at least " : "";
    if (before.served == all && all == 2)
        g_string_append(line, ": both connections ");
    else if (before.served == all)
        ADD(line, all == 1 ? ": %u connection " : ": all %u connections ", all);
    else
        ADD(line, ": %u of %u connections ", before.served, all);
    ADD(line, "(%s%u client%s) %s.", bound, before.clients, section_plural(before.clients),
        worked(s, all));
    section_put(s, line);
}

/* How busy the endpoint was when it reset; it says nothing about a port that refuses, and is not
 * known of the time of a silence. */
static void add_open(GString *line, uint32_t open) {
    if (open)
        ADD(line, " At most %u other connection%s to the port %s open then.", open,
            section_plural(open), open == 1 ? "was" : "were");
    else
        g_string_append(line, " No other connection to the port was open then.");
}

/* The one that failed, where the period had no other. */
static const struct tcprst_address *lone_client(const struct tcprst_service *service,
                                                const struct period *during) {
    if (during->clients != 1 || service->clients_cut)
        return NULL;
    for (guint i = 0; i < service->service_clients->len; i++) {
        const struct tcprst_service_client *client = tcprst_service_client_at(service, i);
        if (client->failed)
            return &client->address;
    }
    return NULL;
}

static void add_lone_client(GString *line, const struct tcprst_service *service,
                            const struct period *during) {
    const struct tcprst_address *client = lone_client(service, during);
    if (!client)
        return;
    tcprst_add_address(g_string_append(line, " Only "), client);
    if (during->served)
        ADD(line, " tried; %u of %u attempts failed.", during->failed,
            during->failed + during->served);
    else if (during->failed == 2)
        g_string_append(line, " tried; both attempts failed.");
    else
        ADD(line, " tried; all %u attempts failed.", during->failed);
}

static void add_one_failed(GString *line, const struct tcprst_service *service,
                           const struct period *during) {
    const struct tcprst_address *client = lone_client(service, during);
    g_string_append(line, ": one connection");
    if (client)
        tcprst_add_address(g_string_append(line, " of "), client);
    g_string_append(line, " failed: ");
}

static bool has_other_port(const struct section *s) {
    for (guint i = 0; i < s->summary->services->len; i++) {
        const struct tcprst_service *other = g_ptr_array_index(s->summary->services, i);
        if (other != s->service &&
            tcprst_equal_address(&other->address, &s->service->address) &&
            other->records->len)
            return true;
    }
    return false;
}

static void add_lone_port(const struct section *s, GString *line) {
    if (s->service->served || s->summary->services->len == 1 || has_other_port(s))
        return; /* of a single endpoint the page's first line tells */
    g_string_append(line, s->is_filtered ? " No other port of this host passes the filter."
                                         : " No other port of this host is in the capture.");
}

static void add_failed(const struct section *s) {
    const struct tcprst_service *service = s->service;
    const struct period during = period_of_failures(service);
    const bool all_refused = tcprst_all_refused(service);
    uint32_t all = during.served + during.failed;
    GString *line = g_string_new(NULL);
    section_add_moments(s, line, &during.first, &during.last);
    if (all == 1)
        add_one_failed(line, service, &during);
    else
        ADD(line, ": %u of %u connections failed: ", during.failed, all);
    tcprst_add_ways(line, service);
    const bool is_only_one = service->connections == 1;
    if (!all_refused && !is_only_one && !service->unanswered)
        add_open(line, tcprst_most_open(service));
    if (!is_only_one && !period_of(service, 0, service->first_failed.frame - 1).served)
        ADD(line, s->is_filtered
                      ? " None that passes the filter was answered before."
                      : " None was answered before in this capture.");
    if (all > 1)
        add_lone_client(line, service, &during);
    add_lone_port(s, line);
    section_put(s, line);
}

static bool is_neighbour(const struct tcprst_service *service,
                         const struct tcprst_address *client) {
    const struct tcprst_address own = tcprst_network_of(&service->address),
                                other = tcprst_network_of(client);
    return tcprst_equal_address(&own, &other);
}

/* Names them, with how often each failed; returns how many are the server's neighbours. */
static unsigned add_clients(GString *line, const struct tcprst_service *service) {
    unsigned said = 0, counted = 0, neighbours = 0;
    for (guint i = 0; i < service->service_clients->len; i++) {
        const struct tcprst_service_client *service_client = tcprst_service_client_at(service, i);
        if (!service_client->failed)
            continue;
        neighbours += is_neighbour(service, &service_client->address);
        if (said == NAMES_SHOWN)
            continue;
        g_string_append(line, said++ ? ", " : " ");
        tcprst_add_address(line, &service_client->address);
        if (service_client->failed > 1)
            ADD(line, counted++ ? " (%u)" : " (%u times)", service_client->failed);
    }
    if (service->clients_failed > said)
        ADD(line, " and %s%u more", service->clients_cut ? "at least " : "",
            service->clients_failed - said);
    g_string_append_c(line, '.');
    return neighbours;
}

/* Among several clients; how many of those that failed also had connections that worked
 * meanwhile. */
static void add_share(GString *line, const struct period *during, bool is_cut) {
    uint32_t served_too = during->clients_failed - during->clients_only_failed;
    if (!is_cut && during->clients_only_failed == during->clients) {
        ADD(line,
            during->clients == 2 ? "Both clients that tried are affected:"
                                 : "All %u clients that tried are affected:",
            during->clients);
        return;
    }
    ADD(line, is_cut ? "Affected: at least %u clients, " : "Affected: %u of %u clients, ",
        during->clients_failed, during->clients);
    if (served_too && served_too < during->clients_failed)
        ADD(line, "%u of which also had successful connections meanwhile:", served_too);
    else
        g_string_append(line, served_too ? "each also had successful connections meanwhile:"
                                         : "at every attempt:");
}

static void add_affected(const struct section *s) {
    const struct tcprst_service *service = s->service;
    const struct period during = period_of_failures(service);
    if (during.clients == 1 && !service->clients_cut)
        return; /* told with the failures */
    GString *line = g_string_new(NULL);
    add_share(line, &during, service->clients_cut);
    unsigned neighbours = add_clients(line, service);
    if (neighbours && service->clients_failed > 1)
        ADD(line, " %u of them %s in the server's own /%s.", neighbours,
            neighbours == 1 ? "is" : "are", tcprst_is_ipv4(&service->address) ? "24" : "64");
    section_put(s, line);
}

static void add_after(const struct section *s) {
    const struct period after =
        period_of(s->service, s->service->last_failed.frame + 1, UINT32_MAX);
    enum { NEARLY_ALL = 4 }; /* failures for each connection that worked meanwhile */
    const struct period during = period_of_failures(s->service);
    const bool had_stopped = during.failed >= NEARLY_ALL * during.served;
    if (!after.served || s->service->last_failed.frame == UINT32_MAX)
        return;
    GString *line = g_string_new("Afterwards, from ");
    section_add_moment(s, line, &after.first);
    ADD(line, " on: %u connection%s from %u client%s %s%s.", after.served,
        section_plural(after.served), after.clients, section_plural(after.clients),
        worked(s, after.served), had_stopped && after.served < s->service->served ? " again" : "");
    section_put(s, line);
}

/* --- other ports of that host --- */

/* Those that served somebody, and those that did not. */
struct ports {
    GString *working, *failing;
    unsigned working_count, failing_count;
};

static void add_port(GString *line, unsigned said, uint16_t port, uint32_t count, uint32_t hung,
                     const struct period *period) {
    if (said == PORTS_SHOWN)
        g_string_append(line, " and others");
    if (said >= PORTS_SHOWN)
        return;
    const uint32_t all = period->served + period->failed;
    ADD(line, "%s %u (%u of %u", said ? "," : "", port, count, all);
    if (!said)
        ADD(line, " connection%s", section_plural(all));
    g_string_append(line, ", frame");
    if (period->last.frame != period->first.frame)
        ADD(line, "s %u to %u", period->first.frame, period->last.frame);
    else
        ADD(line, " %u", period->first.frame);
    ADD(line, hung ? "; %u without an answer later)" : ")", hung);
}

/* A client that failed at one of them failed at the other, too. */
static bool share_failures(const struct tcprst_service *service,
                           const struct tcprst_service *other) {
    for (guint i = 0; i < other->service_clients->len; i++) {
        const struct tcprst_service_client *client = tcprst_service_client_at(other, i);
        const guint found =
            client->failed ? tcprst_service_find_client(service, &client->address) : 0;
        if (found && tcprst_service_client_at(service, found - 1)->failed)
            return true;
    }
    return false;
}

/* A closed port that only others have tried, as in a scan, says nothing of this failure. */
static bool is_closed_to_others(const struct section *s, const struct tcprst_service *other) {
    return !other->served && tcprst_all_refused(other) && !share_failures(s->service, other);
}

/* Those that were used from frame to frame. */
static struct ports ports_used(const struct section *s, uint32_t from, uint32_t to) {
    struct ports ports = {.working = g_string_new(NULL), .failing = g_string_new(NULL)};
    for (guint i = 0; i < s->summary->services->len; i++) {
        const struct tcprst_service *other = g_ptr_array_index(s->summary->services, i);
        if (other == s->service || !tcprst_equal_address(&other->address, &s->service->address))
            continue;
        const struct period period = period_of(other, from, to);
        const uint32_t hung = other->silences - other->unanswered; /* no failure to connect */
        if (period.served)
            add_port(ports.working, ports.working_count++, other->port, period.served, hung,
                     &period);
        else if (period.failed && !is_closed_to_others(s, other))
            add_port(ports.failing, ports.failing_count++, other->port, period.failed, hung,
                     &period);
    }
    return ports;
}

static void free_ports(struct ports *ports) {
    g_string_free(ports->working, TRUE);
    g_string_free(ports->failing, TRUE);
}

static void put_ports(const struct section *s, const char *label, const GString *names) {
    GString *line = g_string_new(label);
    ADD(line, "%s.", names->str);
    section_put(s, line);
}

/* A silence lasts until what was asked was repeated for the last time. */
static uint32_t end_of_failures(const struct tcprst_service *service) {
    uint32_t end = service->last_failed.frame;
    for (guint i = 0; i < service->silent->len; i++) {
        const struct tcprst_event *e = g_ptr_array_index(service->silent, i);
        end = e->failure ? MAX(end, e->frame) : end;
    }
    return end;
}

static void add_other_ports(const struct section *s) {
    struct ports meanwhile =
        ports_used(s, s->service->first_failed.frame, end_of_failures(s->service));
    struct ports ever = ports_used(s, 0, UINT32_MAX);
    if (meanwhile.working_count)
        put_ports(s, "Other ports of this host worked meanwhile:", meanwhile.working);
    else if (ever.working_count)
        put_ports(s, "Other ports of this host worked at other times:", ever.working);
    if (ever.failing_count)
        put_ports(s, "Other ports of this host fail too:", ever.failing);
    free_ports(&meanwhile);
    free_ports(&ever);
}

/* The lines above count all failures of the endpoint. */
static void add_told_apart(const struct section *s) {
    const uint32_t all = tcprst_service_failed(s->service), apart = all - s->problem->failed;
    if (all <= s->problem->failed)
        return;
    GString *line = g_string_new(NULL);
    ADD(line, "Of these failures, %u %s part of another problem, and told there.", apart,
        apart == 1 ? "is" : "are");
    section_put(s, line);
}

void section_add_history(const struct section *s) {
    add_before(s);
    add_failed(s);
    add_affected(s);
    add_told_apart(s);
    add_after(s);
    add_other_ports(s);
}
