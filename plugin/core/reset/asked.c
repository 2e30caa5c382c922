/* asked.c - how what was asked in vain is called
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/silence.h"

uint32_t tcprst_silence_asked_frame(const struct tcprst_event *e) {
    const struct tcprst_side *asker = &e->before->side[tcprst_peer_of(e->from)];
    if (!e->silence)
        return 0;
    switch (e->silence->asked) {
    case TCPRST_ASKED_SYN: return asker->syn.frame;
    case TCPRST_ASKED_ACK: return e->before->ack_frame;
    case TCPRST_ASKED_FIN: return asker->fin_frame;
    case TCPRST_ASKED_DATA:
    case TCPRST_ASKED_REQUEST: return asker->last_data_frame;
    default: return 0;
    }
}

static const struct {
    const char *name, *noun;
} asked[] = {
    [TCPRST_ASKED_SYN] = {"syn", "the SYN"},
    [TCPRST_ASKED_SYNACK] = {"synack", "the SYN/ACK"},
    [TCPRST_ASKED_ACK] = {"ack", "the handshake's ACK"},
    [TCPRST_ASKED_DATA] = {"data", "data"},
    [TCPRST_ASKED_FIN] = {"fin", "a FIN"},
    [TCPRST_ASKED_PROBE] = {"probe", "keep-alive probes"},
    [TCPRST_ASKED_WINDOW] = {"window", "probes of the window"},
    [TCPRST_ASKED_REQUEST] = {"request", "the request"},
};

const char *tcprst_asked_name(enum tcprst_asked what) {
    return asked[what].name;
}

/* A side that repeats can have got its first words through, and not those after them. */
static bool is_first_request(const struct tcprst_event *e) {
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT];
    return e->from == TCPRST_SERVER && !e->before->side[TCPRST_SERVER].payload_bytes &&
           (e->silence->asked == TCPRST_ASKED_REQUEST ||
            (e->silence->asked == TCPRST_ASKED_DATA && client->isn_known &&
             client->repetition.seq == client->isn + 1));
}

const char *tcprst_asked_words(const struct tcprst_event *e) {
    const uint8_t protocol = e->before->application.first[TCPRST_CLIENT].protocol;
    if (is_first_request(e) && protocol == TCPRST_PROTOCOL_TLS)
        return "the TLS ClientHello";
    if (is_first_request(e) && protocol == TCPRST_PROTOCOL_HTTP)
        return "the HTTP request";
    if (is_first_request(e) && protocol == TCPRST_PROTOCOL_DNS)
        return "the DNS query";
    return asked[e->silence->asked].noun;
}
