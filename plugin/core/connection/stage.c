/* stage.c - how far a connection has got, and names for it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/observe.h"

/* The client acknowledged more than SYN and FIN of the server: data that the capture lacks. */
static bool was_answered_unseen(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    return client->has_acked && server->isn_known && !c->wrong_ack_frame &&
           tcprst_seq_after(client->acked, server->isn + 2);
}

enum tcprst_stage tcprst_connection_stage(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    bool fin = client->fin_frame || server->fin_frame;

    if (fin && client->segments + server->segments > 1)
        return TCPRST_CLOSING;
    if (!tcprst_handshake_seen(c))
        return TCPRST_MIDSTREAM;
    if (c->handshake_done)
        return server->payload_bytes || was_answered_unseen(c) ? TCPRST_RESPONSE_SENT
               : client->payload_bytes ? TCPRST_REQUEST_SENT
                                       : TCPRST_HANDSHAKE_DONE;
    /* The server's ISN without a SYN/ACK: it sent a SYN of its own (RFC 9293 section 3.5). */
    return server->syn.frame || server->isn_known || c->wrong_ack_frame ? TCPRST_HALF_OPEN
                                                                          : TCPRST_SYN_SENT;
}

bool tcprst_is_of_answered_protocol(const struct tcprst_connection *c) {
    const uint8_t protocol = c->application.first[TCPRST_CLIENT].protocol;
    return protocol == TCPRST_PROTOCOL_TLS || protocol == TCPRST_PROTOCOL_HTTP ||
           protocol == TCPRST_PROTOCOL_DNS;
}

/* When the latest request was sent; -1: none is kept. */
static int64_t asked_ns(const struct tcprst_connection *c) {
    const struct tcprst_sent *asked =
        c->recent ? tcprst_recent_segments_payload(&c->recent[TCPRST_CLIENT]) : NULL;
    return asked ? asked->time_ns : -1;
}

bool tcprst_connection_gives_up(const struct tcprst_connection *c) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    return client->payload_bytes && !server->payload_bytes && !server->fin_frame &&
           tcprst_is_of_answered_protocol(c) && asked_ns(c) >= 0 &&
           tcprst_elapsed_ns(asked_ns(c), client->fin_time_ns) >=
               MAX(TCPRST_SHORTEST_SILENCE_NS, c->outlived_ns);
}

bool tcprst_connection_gave_up(const struct tcprst_connection *c) {
    return c->gave_up && !c->side[TCPRST_SERVER].payload_bytes && asked_ns(c) >= 0;
}

int64_t tcprst_connection_server_leg_ns(const struct tcprst_connection *c) {
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn;
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    if (!syn->frame || !synack->frame || syn->repeats)
        return -1;
    return tcprst_elapsed_ns(syn->time_ns, synack->time_ns);
}

int64_t tcprst_connection_client_leg_ns(const struct tcprst_connection *c) {
    const struct tcprst_syn *synack = &c->side[TCPRST_SERVER].syn;
    if (!synack->frame || !c->ack_frame || synack->repeats)
        return -1;
    return tcprst_elapsed_ns(synack->time_ns, c->ack_time_ns);
}

int64_t tcprst_connection_initial_rtt_ns(const struct tcprst_connection *c) {
    const struct tcprst_syn *syn = &c->side[TCPRST_CLIENT].syn;
    return syn->frame && c->ack_frame ? tcprst_elapsed_ns(syn->time_ns, c->ack_time_ns) : -1;
}

const char *tcprst_stage_name(enum tcprst_stage stage) {
    static const char *const names[] = {
        [TCPRST_SYN_SENT] = "syn-sent",
        [TCPRST_HALF_OPEN] = "half-open",
        [TCPRST_HANDSHAKE_DONE] = "handshake-done",
        [TCPRST_REQUEST_SENT] = "request-sent",
        [TCPRST_RESPONSE_SENT] = "response-sent",
        [TCPRST_CLOSING] = "closing",
        [TCPRST_MIDSTREAM] = "midstream",
    };
    return names[stage];
}

const char *tcprst_role_name(enum tcprst_role role) {
    return role == TCPRST_CLIENT ? "client" : "server";
}
