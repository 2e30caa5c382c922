/* report_history.c - since when an endpoint fails, for whom, and what else its host does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report_section.h"

#include <string.h>

#include "hash.h"
#include "spelling.h"

enum { NAMES_SHOWN = 6 };

/* Served and failed connections in a stretch of the capture. */
struct stretch {
    struct tcprst_moment first, last;
    uint32_t served, failed;
    uint32_t clients, clients_failed, clients_only_failed;
};

static const struct tcprst_turn *turn_at(const struct tcprst_service *service, guint index) {
    return &g_array_index(service->turns, struct tcprst_turn, index);
}

static void count_client(struct stretch *stretch, uint8_t *fates, const struct tcprst_turn *turn) {
    enum { SERVED = 1, FAILED = 2 };
    if (turn->client == TCPRST_NO_CLIENT)
        return;
    uint8_t *fate = &fates[turn->client], now = *fate | (turn->failed ? FAILED : SERVED);
    stretch->clients += !*fate;
    stretch->clients_failed += (now & FAILED) && !(*fate & FAILED);
    stretch->clients_only_failed += (now == FAILED) - (*fate == FAILED);
    *fate = now;
}

/* Turns of frames from `from` to `to`. */
static struct stretch stretch_of(const struct tcprst_service *service, uint32_t from, uint32_t to) {
    uint8_t fates[TCPRST_CLIENTS_MAX];
    struct stretch stretch = {.served = 0};
    memset(fates, 0, service->patrons->len);
    for (guint i = 0; i < service->turns->len; i++) {
        const struct tcprst_turn *turn = turn_at(service, i);
        if (turn->frame < from || turn->frame > to)
            continue;
        const struct tcprst_moment moment = {turn->frame, turn->time_ns};
        if (!stretch.first.frame)
            stretch.first = moment;
        stretch.last = moment;
        stretch.failed += turn->failed;
        stretch.served += !turn->failed;
        count_client(&stretch, fates, turn);
    }
    return stretch;
}

static struct stretch stretch_of_failures(const struct tcprst_service *service) {
    return stretch_of(service, service->first_failed.frame, service->last_failed.frame);
}

/* --- since when, for whom --- */

static const char *whole(const struct section *s) {
    return s->is_filtered ? "What passes the filter" : "The capture";
}

static void add_before(const struct section *s) {
    const struct stretch before = stretch_of(s->service, 0, s->service->first_failed.frame - 1);
    GString *line = g_string_new(NULL);
    if (!before.served) {
        ADD(line, "%s does not show a time when it worked.", whole(s));
        section_put(s, line);
        return;
    }
    g_string_append(line, "Until ");
    section_add_moment(line, &before.last);
    uint32_t all = before.served + before.failed;
    ADD(line, ": %u of %u connection%s from %s%u client%s served.", before.served, all, section_plural(all),
        s->service->clients_cut ? "at least " : "", before.clients, section_plural(before.clients));
    section_put(s, line);
}

/* How they failed: with numbers only if there are several ways. */
static void add_ways(GString *line, const struct tcprst_service *service) {
    const struct { uint32_t count; const char *how; } ways[] = {
        {service->refused, "refused"},
        {service->in_handshake, "reset in or right after the handshake, before any data"},
        {service->on_request, "reset on the request, before any answer"},
    };
    uint32_t all = tcprst_service_failed(service);
    unsigned said = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(ways); i++)
        if (ways[i].count == all)
            g_string_append(line, ways[i].how);
        else if (ways[i].count)
            ADD(line, "%s%u %s", said++ ? ", " : "", ways[i].count, ways[i].how);
}

/* Their delays, and how busy the endpoint was. */
static void add_circumstances(GString *line, const struct tcprst_service *service) {
    int64_t shortest_ns = INT64_MAX, longest_ns = -1;
    uint32_t open = 0;
    for (guint i = 0; i < service->events->len; i++) {
        const struct tcprst_event *e = g_ptr_array_index(service->events, i);
        if (!tcprst_event_failed(e))
            continue;
        open = MAX(open, e->server.open);
        if (!e->trigger_frame || e->delay_ns < 0)
            continue;
        shortest_ns = MIN(shortest_ns, e->delay_ns);
        longest_ns = MAX(longest_ns, e->delay_ns);
    }
    if (longest_ns >= 0)
        ADD(line, ", %.1f ms", (double)shortest_ns / 1e6);
    if (longest_ns > shortest_ns)
        ADD(line, " to %.1f ms", (double)longest_ns / 1e6);
    if (longest_ns >= 0)
        g_string_append(line, " after the segment that was answered");
    if (open)
        ADD(line, ". At most %u other connection%s to the port were open then.", open, section_plural(open));
    else
        g_string_append(line, ". No other connection to the port was open then.");
}

static void add_failed(const struct section *s) {
    const struct tcprst_service *service = s->service;
    const struct stretch during = stretch_of_failures(service);
    uint32_t all = during.served + during.failed;
    GString *line = g_string_new(all == 1 ? "In " : "From ");
    section_add_moment(line, &during.first);
    if (all > 1) {
        g_string_append(line, " to ");
        section_add_moment(line, &during.last);
    }
    ADD(line, ": %u of %u connection%s failed: ", during.failed, all, section_plural(all));
    add_ways(line, service);
    add_circumstances(line, service);
    section_put(s, line);
}

/* Names them, with how often each failed. */
static void add_clients(const struct section *s, GString *line) {
    const struct tcprst_service *service = s->service;
    unsigned said = 0;
    for (guint i = 0; i < service->patrons->len && said < NAMES_SHOWN; i++) {
        const struct tcprst_patron *patron = &g_array_index(service->patrons, struct tcprst_patron, i);
        if (!patron->failed)
            continue;
        g_string_append(line, said++ ? ", " : " ");
        tcprst_add_address(line, &patron->address);
        if (patron->failed > 1)
            ADD(line, " (%u times)", patron->failed);
    }
    if (service->clients_failed > said)
        ADD(line, " and %s%u more", service->clients_cut ? "at least " : "", service->clients_failed - said);
    section_put(s, g_string_append_c(line, '.'));
}

static void add_hit(const struct section *s) {
    const struct tcprst_service *service = s->service;
    const struct stretch during = stretch_of_failures(service);
    const char *least = service->clients_cut ? "at least " : "";
    GString *line = g_string_new(NULL);
    if (during.clients_only_failed == during.clients && during.clients > 1 && !service->clients_cut)
        ADD(line, "Every client that tried is hit, %u of %u:", during.clients, during.clients);
    else if (during.clients_only_failed == during.clients)
        ADD(line, "Hit %s %s%u client%s:", during.clients == 1 ? "is" : "are", least, during.clients,
            section_plural(during.clients));
    else
        ADD(line, "Hit are %s%u of %u clients, %u of them served as well in that time:", least,
            during.clients_failed, during.clients, during.clients_failed - during.clients_only_failed);
    add_clients(s, line);
}

static void add_after(const struct section *s) {
    const struct stretch after = stretch_of(s->service, s->service->last_failed.frame + 1, UINT32_MAX);
    if (!after.served || s->service->last_failed.frame == UINT32_MAX)
        return;
    GString *line = g_string_new("Afterwards, from ");
    section_add_moment(line, &after.first);
    ADD(line, " on: %u connection%s from %u client%s served again.", after.served,
        section_plural(after.served), after.clients, section_plural(after.clients));
    section_put(s, line);
}

/* --- other ports of that host --- */

static void add_port(GString *line, const struct tcprst_service *other, const struct stretch *stretch,
                     unsigned said) {
    if (said == NAMES_SHOWN)
        g_string_append(line, " and others");
    if (said >= NAMES_SHOWN)
        return;
    ADD(line, "%s port %u %u of %u (frame %u", said ? "," : "", other->port, stretch->served,
        stretch->served + stretch->failed, stretch->first.frame);
    if (stretch->last.frame != stretch->first.frame)
        ADD(line, " to %u", stretch->last.frame);
    g_string_append_c(line, ')');
}

/* How many there were that were used from frame to frame. */
static unsigned add_ports(const struct section *s, GString *line, uint32_t from, uint32_t to) {
    unsigned said = 0;
    for (guint i = 0; i < s->summary->services->len; i++) {
        const struct tcprst_service *other = g_ptr_array_index(s->summary->services, i);
        if (other == s->service || !tcprst_equal_address(&other->address, &s->service->address))
            continue;
        const struct stretch stretch = stretch_of(other, from, to);
        if (stretch.served + stretch.failed)
            add_port(line, other, &stretch, said++);
    }
    return said;
}

static void add_other_ports(const struct section *s) {
    GString *line = g_string_new("Other ports of the host served meanwhile:");
    if (!add_ports(s, line, s->service->first_failed.frame, s->service->last_failed.frame)) {
        g_string_assign(line, "Other ports of the host served, at other times:");
        if (!add_ports(s, line, 0, UINT32_MAX))
            g_string_printf(line, "%s holds no other port of the host%s", whole(s),
                            s->is_filtered ? "" : ": it can be the whole host");
    }
    section_put(s, g_string_append_c(line, '.'));
}

void section_add_history(const struct section *s) {
    add_before(s);
    add_failed(s);
    add_hit(s);
    add_after(s);
    add_other_ports(s);
}
