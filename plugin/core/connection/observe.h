/* observe.h - what the files of this folder share that update a connection with its segments
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CONNECTION_OBSERVE_H
#define TCPRST_CONNECTION_OBSERVE_H

#include "core/connection/connection.h"

/* Letters of the history, in the order of zeek_history.c. */
enum tcprst_letter {
    TCPRST_LETTER_SYN,
    TCPRST_LETTER_SYN_ACK,
    TCPRST_LETTER_ACK,
    TCPRST_LETTER_PAYLOAD,
    TCPRST_LETTER_FIN,
    TCPRST_LETTER_RST,
    TCPRST_LETTER_ZERO_WINDOW,
    TCPRST_LETTER_RETRANSMISSION
};

static inline void tcprst_add_history(struct tcprst_connection *c, enum tcprst_letter letter,
                                      enum tcprst_role role) {
    unsigned code = letter | role << 3;
    if (c->history_seen & 1u << code)
        return;
    c->history_seen |= (uint16_t)(1u << code);
    c->history |= (uint64_t)code << (4 * c->history_letters++);
}

/* True if a SYN or SYN/ACK of the connection was captured. */
static inline bool tcprst_handshake_seen(const struct tcprst_connection *c) {
    return c->side[TCPRST_CLIENT].syn.frame || c->side[TCPRST_SERVER].syn.frame;
}

/* Sums that stay at the greatest value instead of overflowing. */
static inline uint16_t tcprst_add_u16(uint16_t value, unsigned more) {
    return value + more > UINT16_MAX ? UINT16_MAX : (uint16_t)(value + more);
}

static inline uint32_t tcprst_add_u32(uint32_t value, uint32_t more) {
    return value + more < value ? UINT32_MAX : value + more;
}

/* repetition.c: takes a segment that `own` had sent before; one without SYN, which may be a
 * keep-alive; one with window 0, before the connection takes it. */
void tcprst_note_repetition(struct tcprst_side *own, const struct tcprst_segment *s,
                            enum tcprst_again kind);
void tcprst_note_sent_again(struct tcprst_side *own, const struct tcprst_segment *s,
                            bool is_keepalive);
void tcprst_note_shut(struct tcprst_connection *c, const struct tcprst_segment *s,
                      enum tcprst_role role);

/* repetition.c: true if the segment shows that its sender has received more of the peer's; and
 * takes what the peer acknowledges for the number of a side whose keep-alives alone were
 * captured. */
bool tcprst_knows_more(const struct tcprst_side *own, const struct tcprst_segment *s);
void tcprst_learn_number(struct tcprst_side *own, const struct tcprst_side *peer);

/* handshake.c: take a SYN or SYN/ACK, and a segment that may complete the handshake; both return
 * what it changed, a set of TCPRST_CHANGE_. */
unsigned tcprst_observe_syn(struct tcprst_connection *c, const struct tcprst_segment *s,
                            enum tcprst_role role);
unsigned tcprst_observe_handshake(struct tcprst_connection *c, const struct tcprst_segment *s,
                                  enum tcprst_role role);

/* handshake.c: true if the server's segment, which is no SYN/ACK, answers an older connection of
 * these ports: a SYN alone was sent, and it acknowledges a number far from the SYN's, whatever its
 * flags (RFC 9293 sections 3.5.1 and 3.10.7.3). */
bool tcprst_is_of_older_connection(const struct tcprst_connection *c,
                                   const struct tcprst_segment *s);

#endif
