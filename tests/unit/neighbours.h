/* neighbours.h - conversations of other clients around the story's own
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_NEIGHBOURS_H
#define TCPRST_TEST_NEIGHBOURS_H

#include "story.h"

enum { PLAIN_OPTIONS = TCPRST_OPT_MSS | TCPRST_OPT_SACK | TCPRST_OPT_WSCALE };

#define SERVED {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), {0}}
#define SERVED_AND_CLOSED \
    {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), CLIENT_FIN(MS(91)), \
     SERVER_FIN(MS(131)), \
     ACK(MS(131.1)), {0}}
#define CLOSING {CLIENT_FIN(SEC(1)), SERVER_FIN(SEC(1.04)), ACK(SEC(1.0401)), {0}}
#define SERVED_AGAIN {REQUEST(SEC(1)), RESPONSE(SEC(1.05)), {0}}
#define THROWN_OUT {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90)), {0}}
#define THROWN_OUT_ASKING {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90)), {0}}
#define REFUSED {SYN(0), RST_ACK(MS(40)), {0}}

/* A server that uses SYN cookies, and one on a path that delays some segments: docs/facts.md 2. */
#define SERVED_BY_COOKIE \
    {SYN(0), SYN_ACK(MS(40), .lag_ms = 28), ACK(MS(40.1)), REQUEST(MS(41)), RESPONSE(MS(90)), {0}}
#define SERVED_LATE \
    {SYN(0), SYN_ACK(MS(40), .lag_ms = -20), ACK(MS(40.1)), REQUEST(MS(41)), RESPONSE(MS(90)), {0}}
#define SERVED_PLAIN(answered) \
    {SYN(0, .options = PLAIN_OPTIONS), SYN_ACK(MS(40), .window = 64240, .options = answered), \
     ACK(MS(40.1)), \
     REQUEST(MS(41)), RESPONSE(MS(90)), {0}}

/* A full accept queue: docs/facts.md 1. */
#define UNHEARD \
    {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), REQUEST(MS(250), .back = 100), \
     REQUEST(MS(700), .back = 100), {0}}
#define RESENT {HANDSHAKE_AT_CLIENT, SYN_ACK(SEC(1.04)), ACK(SEC(1.041)), {0}}
#define DROPPED {SYN(0), SYN(SEC(1)), {0}}

/* The other host behind the same address. */
#define SERVED_BY_OTHER(...) \
    {SYN(0), SYN_ACK(MS(40), __VA_ARGS__), ACK(MS(40.1)), REQUEST(MS(41)), RESPONSE(MS(90)), {0}}

#endif
