/* repeats.h - beginnings of stories in which a side sends the same again
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_REPEATS_H
#define TCPRST_TEST_REPEATS_H

#include "story.h"

/* Windows without timestamps. */
enum { PLAIN = TCPRST_OPT_MSS | TCPRST_OPT_WSCALE | TCPRST_OPT_SACK, MSS_ONLY = TCPRST_OPT_MSS };

#define PLAIN_HANDSHAKE SYN(0, .options = PLAIN), SYN_ACK(US(50), .options = PLAIN), ACK(MS(40))

/* Captured on the other side; the next repeat is due at 5.5 s. */
#define REQUEST_ACKNOWLEDGED_IN_VAIN                                                                  \
    PLAIN_HANDSHAKE, REQUEST(SEC(1)), SERVER_ACK(SEC(1.001)), REQUEST(SEC(1.3), .back = 100),         \
        SERVER_ACK(SEC(1.301)), REQUEST(SEC(1.9), .back = 100), SERVER_ACK(SEC(1.901)),               \
        REQUEST(SEC(3.1), .back = 100), SERVER_ACK(SEC(3.101))
/* After PLAIN_HANDSHAKE. */
#define NEVER_ACKNOWLEDGED                                                                            \
    REQUEST(SEC(1)), REQUEST(SEC(1.3), .back = 100), REQUEST(SEC(1.9), .back = 100)

/* Three times, after an exchange. */
#define IN_VAIN                                                                                       \
    SYN(0, .options = PLAIN), SYN_ACK(US(50), .options = MSS_ONLY), ACK(MS(40)),                      \
        REQUEST(MS(50)), RESPONSE(MS(51)), ACK(MS(92)), REQUEST(SEC(1)),                              \
        REQUEST(SEC(1.3), .back = 100), REQUEST(SEC(1.9), .back = 100), REQUEST(SEC(3.1), .back = 100)
#define RESPONSE_ACKNOWLEDGED_IN_VAIN                                                                 \
    SYN(0, .options = PLAIN), SYN_ACK(MS(40), .options = PLAIN), ACK(MS(40.1)), RESPONSE(SEC(1)),     \
        ACK(SEC(1.001)), RESPONSE(SEC(1.3), .back = 100), ACK(SEC(1.301)),                            \
        RESPONSE(SEC(1.9), .back = 100), ACK(SEC(1.901)), RESPONSE(SEC(3.1), .back = 100),            \
        ACK(SEC(3.101))

/* After a minute each second; the next is due at 64 s. */
#define PROBES_ANSWERED_IN_VAIN                                                                       \
    PLAIN_HANDSHAKE, ACK(SEC(60), .back = 1), SERVER_ACK(SEC(60.001)), ACK(SEC(61), .back = 1),       \
        SERVER_ACK(SEC(61.001)), ACK(SEC(62), .back = 1), SERVER_ACK(SEC(62.001)),                    \
        ACK(SEC(63), .back = 1), SERVER_ACK(SEC(63.001))

/* The capture begins after the handshake. */
#define BEGUN_LATE                                                                                    \
    SYN(0, .unseen = true), SYN_ACK(MS(40), .unseen = true), ACK(MS(40.1), .unseen = true)
#define PLAIN_BEGUN_LATE                                                                              \
    SYN(0, .options = PLAIN, .unseen = true), SYN_ACK(MS(40), .options = PLAIN, .unseen = true),      \
        ACK(MS(40.1), .unseen = true)

/* Of the server only the SYN/ACK was captured. */
#define ONE_WAY_PROBES                                                                                \
    PLAIN_HANDSHAKE, ACK(SEC(15), .back = 1), ACK(SEC(30), .back = 1), ACK(SEC(45), .back = 1)

#endif
