/* verdict_weight_ending_rows.c - weights that decide a verdict, of causes that end an open connection
 *
 * Rows come in pairs: the first shows a piece of evidence, the second lacks it, and the weight of this evidence
 * for the cause that both are named by decides the verdict.  tests/mutate lists the weights that no row needs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "payloads.h"
#include "repeats.h"
#include "two_points.h"
#include "verdict_rows.h"

static const struct step served_too[] = SERVED_TOO;

/* Not Linux: the form of a reset tells nothing. */
#define WINDOWS_HANDSHAKE SYN(0, .options = PLAIN), SYN_ACK(MS(40), .ttl = 128, .options = PLAIN), ACK(MS(40.1))
#define WINDOWS_EXCHANGE WINDOWS_HANDSHAKE, REQUEST(MS(41)), RESPONSE(MS(90), .ttl = 128)

#define EXCHANGE REQUEST(MS(41), SAYS(GET("a.example"))), RESPONSE(MS(90), SAYS(NO_CONTENT)), ACK(MS(131))

#define LONG_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
#define ANSWER_REPEATED \
    SYN(0, .options = MSS_ONLY), SYN_ACK(MS(40), .options = MSS_ONLY), ACK(MS(40.1)), \
        REQUEST(MS(41), SAYS(GET("a.example"))), RESPONSE(MS(90), SAYS(LONG_ANSWER)), ACK(MS(91)), \
        RESPONSE(SEC(1)), RESPONSE(SEC(1.3), .back = 100), RESPONSE(SEC(1.9), .back = 100), \
        RESPONSE(SEC(3.1), .back = 100)

#define FAREWELL ALERT("\x00")
#define FAREWELL_AGAIN(s) REQUEST(SEC(s), .back = sizeof FAREWELL - 1, SAYS(FAREWELL)), SERVER_ACK(SEC((s) + 0.001))
#define FAREWELL_ACKNOWLEDGED \
    PLAIN_HANDSHAKE, REQUEST(MS(50)), RESPONSE(MS(51)), ACK(MS(92)), REQUEST(SEC(1), SAYS(FAREWELL)), \
        SERVER_ACK(SEC(1.001))

#define EXCHANGE_TOO HANDSHAKE_TOO, REQUEST(MS(41), .there = TOO), RESPONSE(MS(82), .there = TOO)
#define ROUTED .ttl = 60, .there = TOO
#define EXCHANGE_BEYOND_ROUTERS \
    SYN(0, .there = TOO), SYN_ACK(MS(40), ROUTED), ACK(MS(40.1), .there = TOO), REQUEST(MS(41), .there = TOO), \
        RESPONSE(MS(82), ROUTED), ACK(MS(83), .there = TOO)

static const struct story weights_ending[] = {
    {"app-reject with rst-acks-less", {WINDOWS_HANDSHAKE, REQUEST(MS(41)), SERVER_ACK(MS(82), .ttl = 128),
     RST_ACK(MS(90), .ack = 1, .ttl = 128, .ip_id = 9000)}, .shows = "rst-acks-less", .cause = "forged"},
    {"app-reject without rst-acks-less", {WINDOWS_HANDSHAKE, REQUEST(MS(41)), SERVER_ACK(MS(82), .ttl = 128),
     RST_ACK(MS(90), .ttl = 128, .ip_id = 9000)}, .lacks = "rst-acks-less", .cause = "app-reject"},
    {"app-abort with rst-echoes-segment", {WINDOWS_EXCHANGE, REQUEST(MS(91), .ip_id = 77, .window = 500),
     RST_ACK(MS(132), .bytes = PAYLOAD_BYTES, .ttl = 128, .ip_id = 77, .window = 500)},
     .shows = "rst-echoes-segment", .cause = "forged"},
    {"app-abort without rst-echoes-segment", {WINDOWS_EXCHANGE, REQUEST(MS(91), .ip_id = 77, .window = 500),
     RST_ACK(MS(132), .bytes = PAYLOAD_BYTES, .ttl = 128, .ip_id = 78, .window = 500)},
     .lacks = "rst-echoes-segment", .cause = "app-abort"},
    {"app-abort with rst-sooner-than-path when the client has closed", {WINDOWS_EXCHANGE, REQUEST(SEC(10)),
     CLIENT_FIN(SEC(10.0001)), RST(SEC(10.005), .ttl = 128)}, .shows = "rst-sooner-than-path", .cause = "forged"},
    {"app-abort without rst-sooner-than-path when the client has closed", {WINDOWS_EXCHANGE, REQUEST(SEC(10)),
     CLIENT_FIN(SEC(10.0001)), RST(SEC(10.045), .ttl = 128)}, .lacks = "rst-sooner-than-path", .cause = "no-state"},

    {"client-abort with rst-unlike-its-stack", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)),
     RESPONSE(MS(91)), ACK(MS(91.1)), CLIENT_RST_ACK(MS(300), .window = NONE, .ip_id = 4711, .options = NONE)},
     .shows = "rst-unlike-its-stack", .cause = "forged"},
    {"client-abort without rst-unlike-its-stack", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
     ACK(MS(90.1)), RESPONSE(MS(91)), ACK(MS(91.1)), CLIENT_RST_ACK(MS(300), .window = NONE, .ip_id = 4711)},
     .lacks = "rst-unlike-its-stack", .cause = "client-abort"},
    {"client-abort with rst-seq-jumps", {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), CLIENT_RST_ACK(MS(45)),
     CLIENT_RST_ACK(MS(46), .seq = 301)}, .shows = "rst-seq-jumps", .cause = "forged"},
    {"client-abort without rst-seq-jumps", {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), CLIENT_RST_ACK(MS(45))},
     .lacks = "rst-seq-jumps", .cause = "client-abort"},
    {"client-abort with rst-answers-repeat", {ANSWER_REPEATED, CLIENT_RST_ACK(SEC(3.101), .no_df = true)},
     .shows = "rst-answers-repeat", .cause = "no-state"},
    {"client-abort without rst-answers-repeat", {ANSWER_REPEATED, CLIENT_RST_ACK(SEC(3.101))},
     .lacks = "rst-answers-repeat", .cause = "client-abort"},

    {"reset-as-close with rsts-ack-more", {HANDSHAKE_AT_CLIENT, EXCHANGE, CLIENT_RST_ACK(MS(132)),
     RESPONSE(MS(133)), CLIENT_RST_ACK(MS(174), .ack = 201), RESPONSE(MS(175)), CLIENT_RST_ACK(MS(216), .ack = 301)},
     .shows = "rsts-ack-more", .never = "reset-as-close"},
    {"reset-as-close without rsts-ack-more", {HANDSHAKE_AT_CLIENT, EXCHANGE, CLIENT_RST_ACK(MS(132))},
     .lacks = "rsts-ack-more", .cause = "reset-as-close"},
    {"reset-as-close with window-shrunk", {HANDSHAKE_AT_CLIENT, EXCHANGE, CLIENT_RST_ACK(MS(132), .window = 100)},
     .shows = "window-shrunk", .cause = "client-abort"},
    {"reset-as-close without window-shrunk", {HANDSHAKE_AT_CLIENT, EXCHANGE, CLIENT_RST_ACK(MS(132))},
     .lacks = "window-shrunk", .cause = "reset-as-close"},
    {"reset-as-close with acknowledged-repeated", {FAREWELL_ACKNOWLEDGED, FAREWELL_AGAIN(1.3), FAREWELL_AGAIN(1.9),
     FAREWELL_AGAIN(3.1), CLIENT_RST_ACK(SEC(5.5))}, .shows = "acknowledged-repeated", .cause = "peer-vanished"},
    {"reset-as-close without acknowledged-repeated", {FAREWELL_ACKNOWLEDGED, CLIENT_RST_ACK(SEC(5.5))},
     .lacks = "acknowledged-repeated", .cause = "reset-as-close"},
    {"reset-as-close with peer-repeats-unheard", {HANDSHAKE_AT_SERVER, REQUEST(MS(50)), RESPONSE(MS(51)),
     RESPONSE(MS(351), .back = 100), RESPONSE(MS(951), .back = 100), RESPONSE(SEC(2.2), .back = 100),
     REQUEST(SEC(3), .ack = 1, SAYS(FAREWELL)), CLIENT_FIN(SEC(3.001), .ack = 1), SERVER_ACK(SEC(3.002)),
     CLIENT_RST_ACK(SEC(3.1), .ack = 1)}, .shows = "peer-repeats-unheard", .cause = "peer-vanished"},
    {"reset-as-close without peer-repeats-unheard", {HANDSHAKE_AT_SERVER, REQUEST(MS(50)), RESPONSE(MS(51)),
     RESPONSE(MS(351), .back = 100), RESPONSE(MS(951), .back = 100), RESPONSE(SEC(2.2), .back = 100),
     REQUEST(SEC(3), SAYS(FAREWELL)), CLIENT_FIN(SEC(3.001)), SERVER_ACK(SEC(3.002)), CLIENT_RST_ACK(SEC(3.1))},
     .lacks = "peer-repeats-unheard", .cause = "reset-as-close"},

    {"rejected-in-path with answered-not-at-sender", {HANDSHAKE_TOO, REQUEST(MS(90)), RST(MS(93), .ttl = 60)},
     STILL_CAPTURING, .shows = "answered-not-at-sender", .cause = "rejected-in-path", .certainty = "high"},
    {"rejected-in-path without answered-not-at-sender",
     {HANDSHAKE_TOO, REQUEST(MS(90), .there = TOO), RST(MS(93), .ttl = 60)}, STILL_CAPTURING,
     .lacks = "answered-not-at-sender", .cause = "forged"},
    {"rejected-in-path with rst-at-sender",
     {EXCHANGE_BEYOND_ROUTERS, RST(MS(123), .ttl = 63, .there = TOO)}, STILL_CAPTURING,
     .shows = "rst-at-sender", .cause = "path-flip"},
    {"rejected-in-path without rst-at-sender", {EXCHANGE_BEYOND_ROUTERS, RST(MS(123), .ttl = 63)},
     .lacks = "rst-at-sender", .cause = "rejected-in-path"},
    {"forged with answered-not-at-sender", {EXCHANGE_TOO, CLIENT_FIN(MS(83)), RST(MS(123), .ttl = 255)},
     STILL_CAPTURING, .shows = "answered-not-at-sender", .cause = "forged", .not_high = true},
    {"forged without answered-not-at-sender",
     {EXCHANGE_TOO, CLIENT_FIN(MS(83), .there = TOO), RST(MS(123), .ttl = 255)}, STILL_CAPTURING,
     .lacks = "answered-not-at-sender", .cause = "forged", .certainty = "high"},
    {"forged with idle-before-probe", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)),
     ACK(SEC(3601), .back = 1), RST_ACK(SEC(3601.04), .ttl = 61, .window = NONE, .options = NONE)},
     .shows = "idle-before-probe", .cause = "idle-timeout"},
    {"forged without idle-before-probe", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)),
     ACK(SEC(1), .back = 1), RST_ACK(SEC(1.04), .ttl = 61, .window = NONE, .options = NONE)},
     .lacks = "idle-before-probe", .cause = "forged"},
    {"forged with raw-tool-lacks-socket", {SYN(0, .window = 1024, .no_df = true, .options = TCPRST_OPT_MSS),
     SYN_ACK(MS(40)), CLIENT_RST(MS(40.1)), ACK(MS(40.2)), REQUEST(MS(50)), RESPONSE(MS(90)), ACK(MS(300))},
     .shows = "raw-tool-lacks-socket sender-goes-on-long", .cause = "half-open-probe"},
    {"forged without raw-tool-lacks-socket", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1)), ACK(MS(40.2)),
     REQUEST(MS(50)), RESPONSE(MS(90)), ACK(MS(300))}, .shows = "sender-goes-on-long",
     .lacks = "raw-tool-lacks-socket", .cause = "forged"},
};

const struct rows verdicts_weights_ending = {"weights-ending", weights_ending, G_N_ELEMENTS(weights_ending)};
