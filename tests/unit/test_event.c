/* test_event.c - what a reset answers, how long after, from where, and which resets are one event
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/packet/reset_reason.h"
#include "story.h"

static const struct story triggers[] = {
    {"a refusal answers the SYN", {SYN(0), RST_ACK(MS(40))},
     .trigger = "the SYN", .trigger_step = 1, .delay_ns = MS(40), .leg_ns = NONE},
    {"a refusal answers the SYN sent last", {SYN(0), SYN(SEC(1)), RST_ACK(SEC(1.04))},
     .trigger = "the SYN", .trigger_step = 2, .delay_ns = MS(40)},
    {"a refusal whose ACK number is foreign answers nothing",
     {SYN(0), RST_ACK(MS(40), .ack = 5000)},
     .trigger = "nothing in the capture"},
    {"passt's refusal has an ACK number, but no ACK flag",
     {SYN(0), RST(MS(40), .seq = NONE, .ack = 1)},
     .trigger = "the SYN", .trigger_step = 1},
    {"the client's kernel answers a SYN/ACK", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))},
     .trigger = "the SYN/ACK", .trigger_step = 2, .delay_ns = US(100)},
    {"one leg after the ACK", {HANDSHAKE_AT_CLIENT, RST(MS(80.1))},
     .trigger = "the handshake's ACK", .trigger_step = 3, .delay_ns = MS(40), .leg_ns = MS(40)},
    {"ACK and request carry the same number: the older one had the time",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(70)), RST(MS(80.1))},
     .trigger = "the handshake's ACK", .trigger_step = 3, .delay_ns = MS(40)},
    {"ACK and request carry the same number: the newer one is a leg old",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(200)), RST(MS(240))},
     .trigger = "data", .trigger_step = 4, .delay_ns = MS(40)},
    {"the request is too young, the ACK old: whoever had the time is named",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(180)), RST(MS(200))}, .trigger = "the handshake's ACK"},
    {"neither had the time: whoever is nearer answered the newest",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST(MS(42))}, .trigger = "data", .trigger_step = 4},
    {"the TTL says that somebody else sent it: the newest, though the older one is a leg old",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(70)), RST(MS(80.1), .ttl = 63)}, .trigger = "data",
     .trigger_step = 4},
    {"the flow label says so",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(70)), RST(MS(80.1), .flow_label = NONE)}, .ipv6 = true,
     .trigger = "data", .trigger_step = 4},
    {"another TTL from as many hops is the same host's",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(70)), RST(MS(80.1), .ttl = 255)},
     .trigger = "the handshake's ACK"},
    {"after a minute of silence the last segment is not answered any more",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), RST(SEC(60))},
     .trigger = "nothing in the capture", .delay_ns = SEC(60) - MS(90.1)},
    {"nor in a capture beside the sender",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), ACK(MS(82)), RST(SEC(60))},
     .trigger = "nothing in the capture"},
    {"data after a minute of silence is answered",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), REQUEST(SEC(60)),
      RST(SEC(60.04))},
     .trigger = "data", .trigger_step = 7, .delay_ns = MS(40)},
    {"queues can make an answer ten legs late",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST(MS(440))}, .trigger = "data", .trigger_step = 4},
    {"over a path of half a second an answer can take two",
     {SYN(0), SYN_ACK(MS(600)), ACK(MS(601)), RST(SEC(2.6))}, .trigger = "the handshake's ACK"},
    {"a client takes its SYN/ACK back late: its number can mean nothing else",
     {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(SEC(20))}, .trigger = "the SYN/ACK"},
    {"a slow refusal is one all the same", {SYN(0), RST_ACK(SEC(4))}, .trigger = "the SYN"},
    {"a refusal may carry a sequence number", {SYN(0), RST_ACK(MS(40), .seq = 4711)},
     .trigger = "the SYN"},
    {"a refusal of a SYN with data, which it does not acknowledge",
     {SYN(0, .bytes = 100, .options = 0x3f), RST_ACK(MS(40), .ack = 1)}, .trigger = "the SYN"},
    {"a refusal of a SYN with data, which it does acknowledge",
     {SYN(0, .bytes = 100, .options = 0x3f), RST_ACK(MS(40))}, .trigger = "the SYN"},
    {"captured on the server, it is the newest",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RST(MS(41.1))},
     .trigger = "data", .trigger_step = 4, .delay_ns = US(100), .leg_ns = NONE},
    {"of three requests the one whose number fits",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), REQUEST(MS(83)), RESPONSE(MS(84)),
      REQUEST(MS(85), .ack = 101), RST(MS(86), .seq = 101)},
     .trigger = "data", .trigger_step = 8},
    {"an abort answers nothing", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))},
     .trigger = "nothing in the capture", .delay_ns = MS(49)},
    {"an abort before the request answers nothing, the SYN least of all",
     {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90.1))},
     .trigger = "nothing in the capture", .delay_ns = MS(50)},
    {"a second SYN in SYN-RECEIVED is refused like a closed port's",
     {SYN(0), SYN_ACK(MS(40)), RST_ACK(MS(80), .seq = NONE, .window = NONE)}, .trigger = "the SYN"},
    {"the client's FIN is answered", {HANDSHAKE_AT_SERVER, CLIENT_FIN(MS(50)), RST(MS(50.1))},
     .trigger = "a FIN", .trigger_step = 4},
    {"an ACK in mid-connection is answered", {REQUEST(0), RESPONSE(MS(1)), ACK(MS(41)),
                                              RST(MS(41.1))},
     .trigger = "an ACK", .trigger_step = 3},
    {"a Xmas probe is answered",
     {STEP(CLIENT, TCPRST_FIN | TCPRST_PSH | 0x20, 0, .bytes = NONE), RST_ACK(MS(40))},
     .trigger = "a segment without ACK", .trigger_step = 1},
    {"the request four segments back is not remembered",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), ACK(MS(80)), ACK(MS(81)), ACK(MS(82)),
      RST(MS(83), .seq = 1)},
     .trigger = "nothing in the capture"},
};

static void test_triggers(void) {
    CHECK_STORIES(triggers);
}

/* Queues exchanged the reset and what came just before it. */
static const struct story overtaken[] = {
    {"the handshake's ACK", {SYN(0), SYN_ACK(US(50)), RST(MS(40), .seq = 1), ACK(MS(40.02))},
     .stage = "handshake-done", .trigger = "the handshake's ACK", .trigger_step = 4,
     .history = "ShAr", .events = 1},
    {"the client's own ACK, which its RST+ACK repeats",
     {SYN(0), SYN_ACK(MS(40)), CLIENT_RST_ACK(MS(40.1)), ACK(MS(40.12))},
     .stage = "handshake-done", .trigger = "nothing in the capture", .history = "ShAR"},
    {"a kernel answers the SYN/ACK by a bare reset, and a program with a raw socket goes on",
     {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1)), ACK(MS(40.12))},
     .stage = "half-open", .trigger = "the SYN/ACK", .history = "ShR"},
    {"the request, which the RST+ACK acknowledges",
     {HANDSHAKE_AT_SERVER, RST_ACK(MS(45), .ack = 101), REQUEST(MS(45.03))},
     .stage = "request-sent"},
    {"the request, which the bare reset answers",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), RST(MS(90), .seq = 101),
      REQUEST(MS(90.03))}, .trigger = "data", .trigger_step = 7},
    {"a request that came 2 ms later was under way",
     {HANDSHAKE_AT_SERVER, RST_ACK(MS(45), .ack = 101), REQUEST(MS(47))},
     .stage = "handshake-done"},
    {"a request that nothing acknowledges was under way",
     {HANDSHAKE_AT_SERVER, RST_ACK(MS(45)), REQUEST(MS(45.03))}, .stage = "handshake-done"},
    {"the server's own answer, which its number includes",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RST_ACK(MS(42), .seq = 101), RESPONSE(MS(42.01))},
     .stage = "response-sent"},
    {"the refused SYN", {RST_ACK(0, .seq = NONE, .ack = 1), SYN(US(20))}, .stage = "syn-sent",
     .from = "server", .trigger = "the SYN", .trigger_step = 2, .events = 1},
    {"the server's SYN/ACK", {SYN(0), RST_ACK(MS(40), .seq = 1), SYN_ACK(MS(40.02))},
     .stage = "half-open"},
    {"the SYN/ACK that the client's kernel answers",
     {SYN(0), CLIENT_RST(MS(40), .seq = 1), SYN_ACK(MS(40.02))}, .stage = "half-open",
     .trigger = "the SYN/ACK", .trigger_step = 3},
    {"data, where an older ACK has the number too, but would have been answered at once",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), SERVER_FIN(MS(43)), ACK(MS(83)),
      RST(MS(190), .seq = 102), REQUEST(MS(190.02), .ack = 102)},
     .trigger = "data", .trigger_step = 9},
    {"an ACK of just before, which was answered at once",
     {HANDSHAKE_AT_SERVER, RST(MS(40.02), .seq = 1), REQUEST(MS(40.04))},
     .trigger = "the handshake's ACK"},
    {"the SYN/ACK, by a wrong ACK",
     {SYN(0), ACK(MS(40), .ack = 1001), SYN_ACK(MS(40.02)), RST(MS(80), .seq = 1001)},
     .stage = "half-open", .trigger = "the handshake's ACK", .shows = "wrong-handshake-ack"},
    {"what came after another segment is not sorted in",
     {HANDSHAKE_AT_SERVER, RST_ACK(MS(45), .ack = 101), SERVER_ACK(MS(45.01), .seq = 101),
      REQUEST(MS(45.03))}, .stage = "handshake-done"},
};

static void test_overtaken(void) {
    CHECK_STORIES(overtaken);
}

static const struct step quick[] = {
    SYN(0), SYN_ACK(MS(30)), ACK(MS(30.1)), CLIENT_RST_ACK(MS(31)), {0}};

static const struct story positions[] = {
    {"captured on the client", {HANDSHAKE_AT_CLIENT, RST(MS(81))}, .point = "client",
     .leg_ns = MS(40)},
    {"captured on the server", {HANDSHAKE_AT_SERVER, RST(MS(40.1))}, .point = "server",
     .leg_ns = NONE},
    {"captured a millisecond from the server", {SYN(0), SYN_ACK(MS(1)), ACK(MS(40)), RST(MS(41))},
     .point = "server"},
    {"captured halfway", {HANDSHAKE_BETWEEN, RST(MS(61))}, .point = "between", .leg_ns = MS(20)},
    {"a client's reset captured on the server has the client's leg",
     {HANDSHAKE_AT_SERVER, SERVER_FIN(MS(50)), CLIENT_RST_ACK(MS(91))}, .leg_ns = MS(40) - US(50)},
    {"on one host there is no path", {SYN(0), SYN_ACK(US(30)), ACK(US(60)), RST(US(90))},
     .point = "unknown", .leg_ns = NONE},
    {"a repeated SYN makes the leg unknown",
     {SYN(0), SYN(SEC(1)), SYN_ACK(SEC(1.04)), ACK(SEC(1.041)), RST(SEC(1.2))}, .point = "unknown",
     .leg_ns = NONE},
    {"the shortest wait for that endpoint is the leg", {HANDSHAKE_AT_CLIENT, RST(MS(80))},
     .before = {{quick, 2, 1}}, .leg_ns = MS(30)},
    {"a SYN/ACK that came late makes no longer leg",
     {SYN(0), SYN_ACK(MS(900)), ACK(MS(901)), RST(MS(931))},
     .before = {{quick, 2, 1}}, .leg_ns = MS(30), .trigger = "the handshake's ACK"},
    {"the same TTL", {HANDSHAKE_AT_CLIENT, RST(MS(81))}, .ttl_delta = "0"},
    {"a TTL that is higher", {HANDSHAKE_AT_CLIENT, RST(MS(81), .ttl = 255)}, .ttl_delta = "191"},
    {"nothing to compare the TTL with", {SYN(0), RST_ACK(MS(81))}, .ttl_delta = "unknown"},
};

static void test_positions(void) {
    CHECK_STORIES(positions);
}

static const struct story repeats[] = {
    {"three resets are one event", {HANDSHAKE_AT_CLIENT, RST(MS(80)), RST(MS(81)), RST(MS(82))},
     .events = 1},
    {"a reset from either side is one event",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST(MS(80)), CLIENT_RST(MS(81))}, .events = 1,
     .from = "server"},
    {"a reset for each late segment is one event",
     {HANDSHAKE_AT_CLIENT, RST(MS(80)), REQUEST(MS(81)), RST(MS(121)), REQUEST(MS(122)),
      RST(MS(160))},
     .events = 1},
    {"refused, then accepted, then reset: two events",
     {SYN(0), RST_ACK(MS(1)), SYN_ACK(MS(40)), ACK(MS(41)), RST_ACK(MS(90), .seq = 1)}, .events = 2,
     .event = 2, .stage = "handshake-done"},
    {"a reset with a number far off is ignored, and one later ends the connection: two events",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), RST(MS(91), .seq = 0x10000000),
      REQUEST(SEC(30)), RESPONSE(SEC(30.05)), ACK(SEC(30.06)), RST_ACK(SEC(60))},
     .events = 2, .event = 2, .stage = "response-sent"},
    {"numbers guessed close by do not hide the end either",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), RST(SEC(7), .seq = 600101, .ttl = 41),
      RST(SEC(7.0001), .seq = 800101, .ttl = 41), REQUEST(SEC(9)), RESPONSE(SEC(9.05)), ACK(SEC(9.06)),
      RST_ACK(SEC(20))},
     .events = 2, .event = 2, .stage = "response-sent", .form = "RST+ACK"},
    {"nor if they come in both names",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), RST(SEC(7), .seq = 600101, .ttl = 41),
      CLIENT_RST(SEC(7.0001), .seq = 800101, .ttl = 41), REQUEST(SEC(9)), RESPONSE(SEC(9.05)), ACK(SEC(9.06)),
      CLIENT_RST_ACK(SEC(20))},
     .events = 2, .event = 2, .from = "client"},
    {"captured on the server",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), RST(SEC(7), .seq = 600101, .ttl = 41),
      REQUEST(SEC(9)), RESPONSE(SEC(9.01)), ACK(SEC(9.06)), RST_ACK(SEC(20))},
     .events = 2, .event = 2, .form = "RST+ACK"},
    {"the number is right, and the connection goes on: the form tells the end from it",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), RST(SEC(7), .ttl = 41), REQUEST(SEC(9)),
      SERVER_ACK(SEC(9.05)), RST_ACK(SEC(20))},
     .events = 2, .event = 2, .form = "RST+ACK"},
    {"so does the number of an answer",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), RST(SEC(7), .seq = 600101, .ttl = 41),
      REQUEST(SEC(9)), RESPONSE(SEC(9.05)), ACK(SEC(9.06)), REQUEST(SEC(20)), RST(SEC(20.04))},
     .events = 2, .event = 2, .trigger = "data"},
    {"the same reset again is a repeat",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), RST(MS(91), .seq = 0x10000000), REQUEST(SEC(30)),
      RESPONSE(SEC(30.05)), ACK(SEC(30.06)), RST(SEC(31), .seq = 0x10000000)},
     .events = 1},
    {"one side alone goes on: its segments are reset, too",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), RST_ACK(MS(91)), REQUEST(MS(92)), RST(MS(132)),
      REQUEST(MS(133)), RST(MS(173))},
     .events = 1},
    {"both events keep their own stage",
     {SYN(0), RST_ACK(MS(1)), SYN_ACK(MS(40)), ACK(MS(41)), RST_ACK(MS(90), .seq = 1)},
     .stage = "syn-sent"},
};

static void test_repeats(void) {
    CHECK_STORIES(repeats);
}

/* A story that has a signature of SIGCOMM 2023, captured on the server. */
static const struct story signatures[] = {
    {"SYN, RST", {SYN(0), CLIENT_RST(MS(1), .seq = 1)}, .signature = "SYN -> RST"},
    {"SYN, RST+ACK", {SYN(0), SYN_ACK(US(50)), CLIENT_RST_ACK(MS(40))},
     .signature = "SYN -> RST+ACK"},
    {"SYN, both", {SYN(0), CLIENT_RST(MS(1), .seq = 1), CLIENT_RST_ACK(MS(2), .seq = 1)},
     .signature = "SYN -> RST; RST+ACK"},
    {"ACK, RST", {HANDSHAKE_AT_SERVER, CLIENT_RST(MS(50))}, .signature = "SYN;ACK -> RST"},
    {"ACK, more RSTs", {HANDSHAKE_AT_SERVER, CLIENT_RST(MS(50)), CLIENT_RST(MS(51))},
     .signature = "SYN;ACK -> RST; RST"},
    {"ACK, RST+ACK", {HANDSHAKE_AT_SERVER, CLIENT_RST_ACK(MS(50))},
     .signature = "SYN;ACK -> RST+ACK"},
    {"ACK, more RST+ACKs", {HANDSHAKE_AT_SERVER, CLIENT_RST_ACK(MS(50)), CLIENT_RST_ACK(MS(51))},
     .signature = "SYN;ACK -> RST+ACK; RST+ACK"},
    {"ACK, both: the paper has no name for it",
     {HANDSHAKE_AT_SERVER, CLIENT_RST(MS(50)), CLIENT_RST_ACK(MS(51))},
     .signature = "none"},
    {"data, RST", {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), CLIENT_RST(MS(50))},
     .signature = "PSH+ACK -> RST"},
    {"data, RST+ACK", {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), CLIENT_RST_ACK(MS(50))},
     .signature = "PSH+ACK -> RST+ACK"},
    {"data, both", {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), CLIENT_RST_ACK(MS(50)),
                    CLIENT_RST(MS(51))},
     .signature = "PSH+ACK -> RST; RST+ACK"},
    {"data, more RST+ACKs",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), CLIENT_RST_ACK(MS(50)), CLIENT_RST_ACK(MS(51))},
     .signature = "PSH+ACK -> RST+ACK; RST+ACK"},
    {"data, RSTs of one ACK number",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), CLIENT_RST(MS(50), .ack = 9),
      CLIENT_RST(MS(51), .ack = 9)},
     .signature = "PSH+ACK -> RST = RST"},
    {"data, RSTs of changing ACK numbers",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), CLIENT_RST(MS(50), .ack = 9),
      CLIENT_RST(MS(51), .ack = 99)},
     .signature = "PSH+ACK -> RST != RST"},
    {"data, RSTs of which one has ACK number 0",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), CLIENT_RST(MS(50), .ack = 9),
      CLIENT_RST(MS(51), .ack = NONE)},
     .signature = "PSH+ACK -> RST; RST0"},
    {"more data, RST", {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), REQUEST(MS(42)), CLIENT_RST(MS(50))},
     .signature = "PSH+ACK; Data -> RST"},
    {"more data, RST+ACK", {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), REQUEST(MS(42)),
                            CLIENT_RST_ACK(MS(50))},
     .signature = "PSH+ACK; Data -> RST+ACK"},
    {"a request sent twice is no second data",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), REQUEST(MS(42), .back = 100), CLIENT_RST(MS(50))},
     .signature = "PSH+ACK -> RST"},
    {"a server's reset has no name there", {HANDSHAKE_AT_SERVER, RST(MS(50))}, .signature = "none"},
    {"nor has one behind a FIN", {HANDSHAKE_AT_SERVER, CLIENT_FIN(MS(50)), CLIENT_RST(MS(51))},
     .signature = "none"},
    {"nor one in midstream", {REQUEST(0), CLIENT_RST(MS(1))}, .signature = "none"},
};

static void test_signatures(void) {
    CHECK_STORIES(signatures);
}

enum { MP_TCPRST = TCPRST_OPT_MPTCP | TCPRST_OPT_TCPRST };

static const struct story stated[] = {
    {"no words", {HANDSHAKE_AT_CLIENT, RST(MS(80))}, .lacks = "rst-states-reason"},
    {"BIG-IP says why",
     {HANDSHAKE_AT_CLIENT,
      RST_ACK(MS(80), .text = "BIG-IP: [0x2d7f3a1:1234] No pool member available")},
     .stated = "No pool member available", .stated_by = "BIG-IP"},
    {"BIG-IP speaks of its other leg",
     {HANDSHAKE_AT_CLIENT,
      RST_ACK(MS(80), .text = "BIG-IP: [0x2d7f3a1:99] {peer} TCP retransmit timeout")},
     .stated = "{peer} TCP retransmit timeout", .stated_by = "BIG-IP"},
    {"BIG-IP cut short", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80), .text = "BIG-IP: [0x2d7f")},
     .stated = "BIG-IP: [0x2d7f", .stated_by = "text payload"},
    {"plain words", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80), .text = "Go away\r\n")},
     .stated = "Go away", .stated_by = "text payload"},
    {"words that are none", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80), .text = "Go\033[2Jaway")},
     .lacks = "rst-states-reason"},
    {"three letters are no words", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80), .text = "abc")},
     .lacks = "rst-states-reason"},
    {"the diagnostic payload",
     {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80), .text = "\x33\xaa\x01\x0a\x01\x01\x01\x01")},
     .stated = "private reason 266", .stated_by = "diagnostic payload"},
    {"Multipath TCP gives a reason", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(80), .options = MP_TCPRST)},
     .stated = "unspecified error", .stated_by = "MP_TCPRST option"},
};

static void test_stated(void) {
    CHECK_STORIES(stated);
}

/* From memory of exactly the captured size, so that the sanitizer finds reads beyond its end. */
static void test_stated_cut_short(void) {
    static const uint8_t whole[8] = {0x33, 0xaa, 0, 9};
    for (uint32_t captured = 0; captured <= sizeof whole; captured++) {
        uint8_t *payload = g_malloc(MAX(captured, 1));
        memcpy(payload, whole, captured);
        const char *by = NULL;
        struct tcprst_segment rst = {.flags = TCPRST_RST, .payload = captured ? payload : NULL,
                                     .payload_bytes = sizeof whole,
                                     .payload_captured_bytes = captured};
        char *reason = tcprst_stated_reason(&rst, &by);
        g_assert_cmpstr(reason, ==, captured == sizeof whole ? "not authorized" : NULL);
        g_free(reason);
        g_free(payload);
    }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/event/triggers", test_triggers);
    g_test_add_func("/event/overtaken", test_overtaken);
    g_test_add_func("/event/positions", test_positions);
    g_test_add_func("/event/repeats", test_repeats);
    g_test_add_func("/event/signatures", test_signatures);
    g_test_add_func("/event/stated", test_stated);
    g_test_add_func("/event/stated-cut-short", test_stated_cut_short);
    return g_test_run();
}
