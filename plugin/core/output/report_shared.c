/* report_shared.c - which servers and clients a problem of several servers has, and what its resets
 * share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/report_section.h"

enum { SERVERS_NAMED = 6, CLIENTS_NAMED = 4 };

/* Names of what the resets came from or went to, each with how many there are, in order of
 * appearance. */
struct names {
    GHashTable *counts; /* of struct tcprst_service or struct tcprst_host, borrowed */
    GPtrArray *order;
};

static void names_init(struct names *names) {
    names->counts = g_hash_table_new(NULL, NULL);
    names->order = g_ptr_array_new();
}

static void names_clear(struct names *names) {
    g_hash_table_unref(names->counts);
    g_ptr_array_unref(names->order);
}

static void names_count(struct names *names, gconstpointer what) {
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(names->counts, what));
    if (!count)
        g_ptr_array_add(names->order, (gpointer)what);
    g_hash_table_insert(names->counts, (gpointer)what, GUINT_TO_POINTER(count + 1));
}

static void add_server(GString *line, gconstpointer server) {
    const struct tcprst_service *service = server;
    tcprst_add_endpoint(line, &service->address, service->port);
}

static void add_client(GString *line, gconstpointer client) {
    tcprst_add_address(line, &((const struct tcprst_host *)client)->address);
}

static void add_names(GString *line, const struct names *names, guint most,
                      void (*add)(GString *, gconstpointer)) {
    for (guint i = 0; i < MIN(names->order->len, most); i++) {
        gpointer name = g_ptr_array_index(names->order, i);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(names->counts, name));
        g_string_append(line, i ? ", " : ": ");
        add(line, name);
        if (count > 1)
            ADD(line, " (%u)", count);
    }
    if (names->order->len > most)
        ADD(line, " and %u more", names->order->len - most);
    g_string_append_c(line, '.');
}

static void add_period(const struct section *s) {
    const GPtrArray *resets = s->problem->resets;
    GString *line = g_string_new(NULL);
    section_add_period(s, line);
    if (s->problem->silences) {
        g_string_append(line, ": ");
        section_add_count(line, resets->len, s->problem->silences);
        section_put(s, g_string_append_c(line, '.'));
        return;
    }
    ADD(line, ": %u connections reset", resets->len);
    if (s->problem->failed == resets->len)
        g_string_append(line, " before any answer");
    else if (s->problem->failed)
        ADD(line, ", %u of them before any answer", s->problem->failed);
    if (!s->problem->in_clients_name || s->problem->in_clients_name == resets->len)
        ADD(line, ", in the %s's name", s->problem->in_clients_name ? "client" : "server");
    else
        ADD(line, ", %u in the client's name and %u in the server's", s->problem->in_clients_name,
            resets->len - s->problem->in_clients_name);
    section_put(s, g_string_append_c(line, '.'));
}

static void add_servers(const struct section *s) {
    struct names servers, clients;
    names_init(&servers);
    names_init(&clients);
    for (guint i = 0; i < s->problem->resets->len; i++) {
        names_count(&servers, tcprst_problem_reset(s->problem, i)->service);
        names_count(&clients, tcprst_problem_reset(s->problem, i)->event->client);
    }
    GString *line = g_string_new(NULL);
    if (s->problem->shared == TCPRST_SHARED_HOST)
        ADD(line, "%u ports", s->problem->servers);
    else
        tcprst_problem_add_servers(line, s->problem);
    add_names(line, &servers, SERVERS_NAMED, add_server);
    ADD(line, " %u client%s", s->problem->clients, section_plural(s->problem->clients));
    add_names(line, &clients, CLIENTS_NAMED, add_client);
    section_put(s, line);
    names_clear(&servers);
    names_clear(&clients);
}

static void add_header(const struct section *s) {
    const struct tcprst_event *e = s->problem->example->event;
    GString *line = g_string_new(NULL);
    ADD(line, "All have the header of one sender: %s %u, window %u",
        e->ip.version == 6 ? "hop limit" : "TTL", e->ip.ttl, e->window);
    if (e->ip.version == 4)
        g_string_append(line, e->ip.id ? ", an IP ID other than 0" : ", IP ID 0");
    g_string_append(line, e->has_ack ? ", ACK flag" : ", no ACK flag");
    if (e->after.jump_bytes)
        ADD(line, ", repeated with a sequence number %u higher", e->after.jump_bytes);
    section_put(s, g_string_append_c(line, '.'));
}

void section_add_shared(const struct section *s) {
    add_period(s);
    add_servers(s);
    if (s->problem->shared == TCPRST_SHARED_DEVICE)
        add_header(s);
}
