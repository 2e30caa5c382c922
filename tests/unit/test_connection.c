/* test_connection.c - the stage of a connection when it was reset, in every kind of capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "story.h"

static const struct story stages[] = {
    {"a SYN and its refusal", {SYN(0), RST_ACK(MS(40))},
     .stage = "syn-sent", .from = "server", .form = "RST+ACK", .history = "Sr", .state = "REJ"},
    {"the client takes its SYN back", {SYN(0), CLIENT_RST(MS(1), .seq = 1)},
     .stage = "syn-sent", .from = "client", .form = "RST", .history = "SR", .state = "RSTOS0"},
    {"the client resets the SYN/ACK", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))},
     .stage = "half-open", .history = "ShR", .state = "RSTO"},
    {"the server takes its SYN/ACK back", {SYN(0), SYN_ACK(MS(40)), RST(MS(60), .seq = 1)},
     .stage = "half-open", .history = "Shr", .state = "RSTR"},
    {"reset when the handshake was done", {HANDSHAKE_AT_CLIENT, RST(MS(80))},
     .stage = "handshake-done", .history = "ShAr", .state = "RSTR"},
    {"reset on the request", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST(MS(81))},
     .stage = "request-sent", .history = "ShADr", .state = "RSTR"},
    {"reset after the answer",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), CLIENT_RST_ACK(MS(91))},
     .stage = "response-sent", .history = "ShADdR", .state = "RSTO"},
    {"a server that speaks first", {HANDSHAKE_AT_CLIENT, RESPONSE(MS(90)), RST_ACK(MS(91))},
     .stage = "response-sent", .history = "ShAdr"},
    {"the server's FIN came before",
     {HANDSHAKE_AT_CLIENT, SERVER_FIN(MS(90)), REQUEST(MS(91)), RST(MS(131))},
     .stage = "closing", .history = "ShAfDr"},
    {"the client's FIN came before",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(50)), CLIENT_FIN(MS(90)), RST_ACK(MS(131))},
     .stage = "closing", .history = "ShADFr"},
    {"the capture began later", {REQUEST(0), RESPONSE(MS(40)), CLIENT_RST(MS(41))},
     .stage = "midstream", .history = "DdR", .from = "client"},
    {"a FIN in midstream is closing", {RESPONSE(0), SERVER_FIN(MS(1)), REQUEST(MS(40)),
                                       RST(MS(80))},
     .stage = "closing", .from = "server"},
    {"a lone FIN is a probe, not a close", {STEP(CLIENT, TCPRST_FIN, 0), RST_ACK(MS(40))},
     .stage = "midstream", .from = "server"},
    {"a lone NULL segment", {STEP(CLIENT, 0, 0), RST_ACK(MS(40))}, .stage = "midstream"},
    {"nothing but a reset", {RST(0, .seq = 7)}, .stage = "midstream", .from = "server"},
};

static void test_stages(void) {
    CHECK_STORIES(stages);
}

static const struct story handshakes[] = {
    {"an ACK of a number the server never sent",
     {SYN(0), SYN_ACK(MS(40)), ACK(MS(41), .ack = 777), RST(MS(80))},
     .stage = "half-open", .history = "ShAr", .trigger = "the handshake's ACK", .trigger_step = 3},
    {"first a wrong ACK, then the right one",
     {SYN(0), SYN_ACK(MS(40)), ACK(MS(41), .ack = 777), ACK(MS(42)), RST(MS(80))},
     .stage = "handshake-done"},
    {"the answer is not in the capture, but was acknowledged",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90), .unseen = true), ACK(MS(91)), CLIENT_RST_ACK(MS(92))},
     .stage = "response-sent"},
    {"only SYNs and resets are in the capture, of a connection with data both ways",
     {SYN(0), SYN_ACK(MS(40)), ACK(MS(41), .unseen = true), REQUEST(MS(42), .unseen = true),
      RESPONSE(MS(90), .unseen = true), CLIENT_RST_ACK(SEC(2))}, .stage = "response-sent"},
    {"the same with a bare reset",
     {SYN(0), SYN_ACK(MS(40)), REQUEST(MS(42), .unseen = true), CLIENT_RST(SEC(2), .seq = 101)},
     .stage = "request-sent"},
    {"a client that gave up has sent nothing", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(41))}, .stage = "half-open"},
    {"random numbers say nothing", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(41), .seq = 900000000)},
     .stage = "half-open"},
    {"data as the handshake's ACK", {SYN(0), SYN_ACK(MS(40)), REQUEST(MS(41)), RST(MS(81))},
     .stage = "request-sent", .history = "ShDr"},
    {"the SYN again, and then the answer",
     {SYN(0), SYN(SEC(1)), SYN_ACK(SEC(1.04)), ACK(SEC(1.041)), RST(SEC(1.08))},
     .stage = "handshake-done", .history = "ShAr", .point = "unknown"},
    {"the SYN/ACK again after the ACK",
     {HANDSHAKE_AT_CLIENT, SYN_ACK(SEC(1)), RST(SEC(2))}, .stage = "handshake-done",
     .history = "ShAr"},
    {"the SYN was captured behind its SYN/ACK",
     {SYN_ACK(0), SYN(US(1)), ACK(MS(1)), RST(MS(40))},
     .stage = "handshake-done", .from = "server", .history = "^hSAr", .events = 1},
    {"a simultaneous open",
     {SYN(0), STEP(SERVER, TCPRST_SYN, MS(1)), STEP(CLIENT, TCPRST_SYN | TCPRST_ACK, MS(40)),
      SYN_ACK(MS(41)), REQUEST(MS(80)), RST(MS(120))},
     .stage = "request-sent", .from = "server", .events = 1},
    {"a slow simultaneous open repeats nothing",
     {SYN(0), STEP(SERVER, TCPRST_SYN, MS(150)), STEP(CLIENT, TCPRST_SYN | TCPRST_ACK, MS(150.1)),
      SYN_ACK(MS(300)), REQUEST(MS(301)), RST(MS(450))},
     .stage = "request-sent", .lacks = "syn-repeated synack-repeated"},
    {"a split handshake that ends in the middle",
     {SYN(0), STEP(SERVER, TCPRST_SYN, MS(40)), STEP(CLIENT, TCPRST_SYN | TCPRST_ACK, MS(40.1)),
      RST(MS(80))},
     .stage = "half-open", .from = "server", .events = 1, .lacks = "rst-unacceptable"},
    {"a zero window in the SYN/ACK is told",
     {SYN(0), SYN_ACK(MS(40), .window = NONE), ACK(MS(41)), RST(MS(80))},
     .stage = "handshake-done", .history = "ShwAr"},
    {"the request again", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), REQUEST(MS(300), .back = 100),
                           RST(MS(340))},
     .stage = "request-sent", .history = "ShADTr"},
};

static void test_handshakes(void) {
    CHECK_STORIES(handshakes);
}

enum { ASKS_COOKIE = TCPRST_OPT_FASTOPEN | TCPRST_OPT_MSS | TCPRST_OPT_SACK };

static const struct story fast_open[] = {
    {"payload in a refused SYN does not count",
     {SYN(0, .bytes = 50, .options = ASKS_COOKIE), RST_ACK(MS(40))}, .stage = "syn-sent"},
    {"a refusal that acknowledges the SYN alone",
     {SYN(0, .bytes = 50, .options = ASKS_COOKIE), RST_ACK(MS(40), .ack = 1)},
     .stage = "syn-sent", .trigger = "the SYN"},
    {"a SYN/ACK that takes the payload, and no ACK",
     {SYN(0, .bytes = 50, .options = ASKS_COOKIE), SYN_ACK(MS(40)), CLIENT_RST(MS(41))},
     .stage = "half-open", .trigger = "the SYN/ACK"},
    {"the payload counts once the handshake is done",
     {SYN(0, .bytes = 50, .options = ASKS_COOKIE), SYN_ACK(MS(40)), ACK(MS(41)), RST(MS(90))},
     .stage = "request-sent"},
    {"a server that did not take the payload",
     {SYN(0, .bytes = 50, .options = ASKS_COOKIE), SYN_ACK(MS(40), .ack = 1), ACK(MS(41), .seq = 1),
      RST(MS(90))},
     .stage = "handshake-done"},
    {"an answer before the handshake's ACK",
     {SYN(0, .bytes = 50, .options = ASKS_COOKIE), SYN_ACK(MS(40)), RESPONSE(MS(40.1)),
      CLIENT_RST(MS(41))},
     .stage = "half-open"},
};

static void test_fast_open(void) {
    CHECK_STORIES(fast_open);
}

static const struct story one_way[] = {
    {"the client's packets only",
     {SYN(0), SYN_ACK(MS(40), .unseen = true), ACK(MS(41)), CLIENT_RST_ACK(MS(42))},
     .stage = "handshake-done", .history = "SAR", .state = "RSTO"},
    {"the client's packets only, with a request",
     {SYN(0), SYN_ACK(MS(40), .unseen = true), ACK(MS(41)), REQUEST(MS(42)),
      CLIENT_RST_ACK(MS(43))},
     .stage = "request-sent"},
    {"the client's ACK numbers prove an answer",
     {SYN(0), SYN_ACK(MS(40), .unseen = true), REQUEST(MS(41)), RESPONSE(MS(90), .unseen = true),
      ACK(MS(91)), CLIENT_RST_ACK(MS(92))},
     .stage = "response-sent"},
    {"the server's packets only", {SYN(0, .unseen = true), SYN_ACK(MS(40)), RST(MS(80), .seq = 1)},
     .stage = "half-open", .from = "server", .state = "RSTRH", .history = "^hr"},
    {"the server's ACK numbers prove a request",
     {SYN(0, .unseen = true), SYN_ACK(0), ACK(MS(1), .unseen = true),
      REQUEST(MS(2), .unseen = true),
      SERVER_ACK(MS(3)), RST_ACK(MS(4))},
     .stage = "request-sent", .from = "server"},
    {"the server's answer proves the handshake",
     {SYN(0, .unseen = true), SYN_ACK(0), ACK(MS(1), .unseen = true), RESPONSE(MS(3)),
      RST_ACK(MS(4))},
     .stage = "response-sent"},
    {"one byte more may be a FIN, so it is no payload",
     {SYN(0), SYN_ACK(MS(40), .unseen = true), ACK(MS(41)), SERVER_FIN(MS(50), .unseen = true),
      ACK(MS(51)), CLIENT_RST_ACK(MS(52))},
     .stage = "handshake-done"},
};

static void test_one_way(void) {
    CHECK_STORIES(one_way);
}

static const struct story reuse[] = {
    {"refused, then the same SYN again is still refused",
     {SYN(0), RST_ACK(MS(40)), SYN(SEC(1)), RST_ACK(SEC(1.04))}, .events = 1, .stage = "syn-sent"},
    {"the same ports with a new ISN are a new connection",
     {HANDSHAKE_AT_CLIENT, RST(MS(80)), SYN(SEC(1), .isn = 90000), RST_ACK(SEC(1.04), .seq = NONE)},
     .events = 2, .event = 2, .stage = "syn-sent", .history = "Sr"},
    {"a SYN in place of a refused one, and it is accepted",
     {SYN(0), RST_ACK(MS(40)), SYN(SEC(1), .isn = 90000), SYN_ACK(SEC(1.04), .isn = 700000),
      ACK(SEC(1.05)),
      RST(SEC(1.1))},
     .events = 2, .event = 2, .stage = "handshake-done", .history = "ShAr"},
    {"the same ports again after a connection that ended in order",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_FIN(MS(90)), CLIENT_FIN(MS(91)),
      SYN(SEC(1), .isn = 90000),
      RST_ACK(SEC(1.04), .seq = NONE)},
     .events = 1, .stage = "syn-sent"},
    {"a handshake where the capture had begun in the middle",
     {REQUEST(0), RESPONSE(MS(40)), CLIENT_RST(MS(41)), SYN(SEC(1), .isn = 90000),
      RST_ACK(SEC(1.04), .seq = NONE)},
     .events = 2, .event = 2, .stage = "syn-sent"},
    {"sequence numbers run over",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), REQUEST(MS(200)),
      RST(MS(245))},
     .client_isn = 0xffffffc0, .server_isn = 0xfffffff0, .stage = "response-sent",
     .history = "ShADdr", .trigger = "data", .trigger_step = 7},
    {"the ISN is the last number there is",
     {HANDSHAKE_AT_CLIENT, RST(MS(80))}, .client_isn = 0xffffffff, .server_isn = 0xffffffff,
     .stage = "handshake-done", .trigger = "the handshake's ACK"},
};

static void test_reuse(void) {
    CHECK_STORIES(reuse);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/connection/stages", test_stages);
    g_test_add_func("/connection/handshakes", test_handshakes);
    g_test_add_func("/connection/fast-open", test_fast_open);
    g_test_add_func("/connection/one-way", test_one_way);
    g_test_add_func("/connection/reuse", test_reuse);
    return g_test_run();
}
