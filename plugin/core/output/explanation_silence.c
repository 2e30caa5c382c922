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

/* Only what began and was answered while this one was repeated in vain: a host can come and go. */
FACT(answered_later) {
    const uint32_t asked = e->from == TCPRST_SERVER ? tcprst_silence_asked_frame(e) : 0;
    return asked &&
           add_frame(t, tcprst_capture_answer_between(t->view.capture,
                                                      e->connection->endpoint->number, asked,
                                                      e->frame));
}

/* The silent host itself, with anybody, after it was asked. */
FACT(sent_later) {
    const uint32_t asked = tcprst_silence_asked_frame(e);
    return asked &&
           add_frame(t, tcprst_capture_sent_after(t->view.capture, tcprst_address_of(c, e->from),
                                                  asked));
}

FACT(name_unserved) { return tcprst_view_name_is_unserved(&t->view); }

/* --- where the capture was made --- */

FACT(at_server) { return tcprst_event_is_at_server(e); }

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

static enum tcprst_icmp_end icmp_end(const struct tcprst_connection *c) {
    return c->application.icmp_frame ? tcprst_icmp_end_of(c->application.icmp_error)
                                     : TCPRST_END_UNKNOWN;
}

FACT(icmp_sender) { return icmp_sender(t) && ADD("%s", icmp_sender(t)); }

FACT(icmp_own) {
    GString *server = g_string_new(NULL);
    tcprst_add_address(server, tcprst_address_of(c, TCPRST_SERVER));
    const bool is_own = g_strcmp0(icmp_sender(t), server->str) == 0;
    g_string_free(server, TRUE);
    return is_own;
}

/* A packet whose TTL was used up shows a loop of routers, and no traceroute: no path has as many
 * routers as traceroute's default of 30, and no traceroute sends with more. */
FACT(icmp_loop) {
    enum { MOST_ROUTERS = 30 };
    return icmp_end(c) == TCPRST_ENDS_BY_TTL &&
           c->side[TCPRST_CLIENT].syn.ip.ttl > MOST_ROUTERS;
}
FACT(icmp_no_route) { return icmp_end(c) == TCPRST_ENDS_WITHOUT_ROUTE; }
FACT(icmp_no_host) { return icmp_end(c) == TCPRST_ENDS_BEFORE_HOST; }

FACT(icmp_mtu) { return c->application.icmp_mtu && ADD("%u", c->application.icmp_mtu); }

/* What remains of a packet without the headers of IP and ICMP; without an MTU, of Ethernet's. */
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

static const struct tcprst_fact facts[] = {
    ROW(asked),       ROW(asker),         ROW(silent_address), ROW(ipv6),
    ROW(silent_last), ROW(asked_repeats), ROW(syn_repeats),    ROW(name_unserved),
    ROW(at_server),   ROW(at_asker),      ROW(icmp_sender),    ROW(icmp_own),
    ROW(icmp_loop),   ROW(icmp_no_route), ROW(icmp_no_host),   ROW(icmp_mtu),
    ROW(ping_bytes),  ROW(mss),
    ROW_UNLESS(answered_later, SEEN(icmp_unreachable)),
    ROW_UNLESS(sent_later, SEEN(icmp_unreachable), SEEN(asked_at_silent),
               SEEN(asked_not_at_silent)),
};

const struct tcprst_fact *tcprst_silence_fact_named(const char *name, size_t length) {
    return find_fact(facts, G_N_ELEMENTS(facts), name, length);
}
