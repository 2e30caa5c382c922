/* explanation_silence.c - the facts of failures without a reset, and of ICMP errors, that texts in
 * causes/ name
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/fact.h"
#include "core/packet/icmp_error.h"
#include "core/reset/silence.h"

/* --- who asked whom, and for what --- */

FACT(asked) { return e->silence && ADD("%s", tcprst_asked_words(e)); }
FACT(asker) { return add_address(t, c, tcprst_peer_of(e->from)); }
FACT(silent_address) { return add_address(t, c, e->from); }
FACT(ipv6) { return !tcprst_is_ipv4(tcprst_address_of(c, e->from)); }
FACT(silent_last) { return add_frame(t, own_side(e)->last_frame); }
FACT(asked_repeats) { return e->silence && add_times(t, e->silence->repeats); }

FACT(syn_repeats) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT];
    return tcprst_repeats_syn(client) && add_times(t, client->syn.repeats);
}

/* --- what shows that the silent host is up --- */

/* The frame that asked first what had no answer; 0: unknown. */
static uint32_t first_asked(const struct tcprst_event *e) {
    const struct tcprst_side *asker = peer_side(e);
    switch (e->silence->asked) {
    case TCPRST_ASKED_SYN: return asker->syn.frame;
    case TCPRST_ASKED_ACK: return e->before->ack_frame;
    case TCPRST_ASKED_FIN: return asker->fin_frame;
    case TCPRST_ASKED_DATA:
    case TCPRST_ASKED_REQUEST: return asker->last_data_frame;
    default: return 0;
    }
}

static bool is_unreachable(const struct tcprst_connection *c) {
    return c->application.icmp_frame &&
           tcprst_icmp_kind_of(c->application.icmp_error) == TCPRST_UNREACHABLE;
}

/* Only what began and was answered while this one was repeated in vain: a host can come and go. */
FACT(answered_later) {
    const uint32_t asked = e->silence && e->from == TCPRST_SERVER ? first_asked(e) : 0;
    return asked && !is_unreachable(c) &&
           add_frame(t, tcprst_capture_answer_between(t->view.capture,
                                                      e->connection->endpoint->number, asked,
                                                      e->frame));
}

/* The silent host itself, with anybody, after it was asked; where no capture point tells more. */
FACT(sent_later) {
    const struct tcprst_seen *seen = &t->verdict->seen;
    const bool has_points = seen->is[TCPRST_EVIDENCE_asked_at_silent] ||
                            seen->is[TCPRST_EVIDENCE_asked_not_at_silent];
    const uint32_t asked = e->silence && !has_points ? first_asked(e) : 0;
    return asked && !is_unreachable(c) &&
           add_frame(t, tcprst_capture_sent_after(t->view.capture, tcprst_address_of(c, e->from),
                                                  asked));
}

/* The client's request has a server name for which nobody got an answer, and other names did. */
FACT(name_unserved) {
    const struct tcprst_server_name *name =
        tcprst_server_names_at(tcprst_capture_server_names(t->view.capture),
                               c->application.first[TCPRST_CLIENT].word);
    return name && !name->served && e->from == TCPRST_SERVER &&
           tcprst_host_answers(e->connection->endpoint->host)->named_answers;
}

/* --- where the capture was made --- */

/* As tcprst_connection_point() tells, of a connection that was not opened by the legs of others. */
FACT(at_server) {
    const struct tcprst_leg *server = &e->connection->endpoint->leg,
                            *client = tcprst_host_leg(e->client, TCPRST_CLIENT);
    const uint32_t here = tcprst_connection_interface(c);
    return e->point == TCPRST_POINT_SERVER ||
           (e->point == TCPRST_POINT_UNKNOWN && server->interface == here &&
            client->interface == here && server->shortest_ns >= 0 &&
            client->shortest_ns >= TCPRST_SHORTEST_LEG_NS &&
            server->shortest_ns <= client->shortest_ns / 5);
}

FACT(at_asker) {
    return e->point == (e->from == TCPRST_SERVER ? TCPRST_POINT_CLIENT : TCPRST_POINT_SERVER);
}

/* --- ICMP errors --- */

static const char *icmp_sender(const struct tcprst_explained *t) {
    const struct tcprst_server_name *sender =
        tcprst_server_names_at(tcprst_capture_icmp_senders(t->view.capture),
                               t->view.event->before->application.icmp_sender);
    return sender ? sender->text : NULL;
}

static bool has_icmp_error(const struct tcprst_connection *c, const char *const *names) {
    const char *name = tcprst_icmp_name(c->application.icmp_error);
    return c->application.icmp_frame && g_strv_contains(names, name);
}

FACT(icmp_sender) { return icmp_sender(t) && ADD("%s", icmp_sender(t)); }

FACT(icmp_own) {
    GString *server = g_string_new(NULL);
    tcprst_add_address(server, tcprst_address_of(c, TCPRST_SERVER));
    const bool is_own = g_strcmp0(icmp_sender(t), server->str) == 0;
    g_string_free(server, TRUE);
    return is_own;
}

/* No path has as many routers as traceroute's default of 30, and no traceroute sends with more. */
FACT(icmp_loop) {
    enum { MOST_ROUTERS = 30 };
    static const char *const names[] = {"TTL exceeded", "hop limit exceeded", NULL};
    return has_icmp_error(c, names) && c->side[TCPRST_CLIENT].syn.ip.ttl > MOST_ROUTERS;
}

FACT(icmp_no_route) {
    static const char *const names[] = {"network unreachable", "network unknown", "no route", NULL};
    return has_icmp_error(c, names);
}

FACT(icmp_no_host) {
    static const char *const names[] = {"host unreachable", "address unreachable", NULL};
    return has_icmp_error(c, names);
}

FACT(icmp_mtu) { return c->application.icmp_mtu && ADD("%u", c->application.icmp_mtu); }

/* What remains of a packet behind the headers of IP and ICMP; without an MTU, of Ethernet's. */
FACT(ping_bytes) {
    enum { ETHERNET = 1500, HEADERS = 28, HEADERS_6 = 48 };
    const unsigned mtu = c->application.icmp_mtu ? c->application.icmp_mtu : ETHERNET;
    const unsigned headers = tcprst_is_ipv4(tcprst_address_of(c, e->from)) ? HEADERS : HEADERS_6;
    return mtu > headers && ADD("%u", mtu - headers);
}

/* The same for TCP. */
FACT(mss) {
    enum { HEADERS = 40, HEADERS_6 = 60 };
    const unsigned mtu = c->application.icmp_mtu;
    const unsigned headers = tcprst_is_ipv4(tcprst_address_of(c, e->from)) ? HEADERS : HEADERS_6;
    return mtu > headers && ADD("%u", mtu - headers);
}

static const struct fact facts[] = {
    ROW(asked),       ROW(asker),         ROW(silent_address), ROW(ipv6),
    ROW(silent_last), ROW(asked_repeats), ROW(syn_repeats),    ROW(answered_later),
    ROW(sent_later),  ROW(name_unserved), ROW(at_server),   ROW(at_asker),       ROW(icmp_sender),
    ROW(icmp_own),    ROW(icmp_loop),     ROW(icmp_no_route),  ROW(icmp_no_host),
    ROW(icmp_mtu),    ROW(ping_bytes),    ROW(mss),
};

tcprst_fact *tcprst_silence_fact_named(const char *name, size_t length) {
    return find_fact(facts, G_N_ELEMENTS(facts), name, length);
}
