/* verdict_neighbour_rows.c - what only the neighbours tell, and what must not be said without them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "verdict_rows.h"

static const struct step served[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), {0}};
static const struct step thrown_out[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90)), {0}};
static const struct step refused[] = {SYN(0), RST_ACK(MS(40)), {0}};
static const struct step probe[] = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41)), {0}};
static const struct step cleanly_ended[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
                                            CLIENT_FIN(MS(91)),
                                            SERVER_FIN(MS(131)), ACK(MS(131.1)), {0}};

/* facts 7: Windows 2003; a bare reset with an ACK field at once, the request still under way, and again. */
enum { WINDOWS_OPTIONS = TCPRST_OPT_MSS | TCPRST_OPT_SACK };
#define WINDOWS_SYN_ACK                                                                                  \
    SYN_ACK(US(200), .ttl = 128, .window = 16384, .options = WINDOWS_OPTIONS, .ip_id = 700)
#define CASE_A                                                                                           \
    SYN(0), WINDOWS_SYN_ACK, ACK(US(400)), RST(US(600), .seq = 1, .ack = 1, .ttl = 128, .ip_id = 701),   \
        REQUEST(US(700)), RST(US(900), .seq = 1, .ack = 1, .ttl = 128, .ip_id = 702)
static const struct step case_a[] = {CASE_A, {0}};
static const struct step windows_serves[] = {SYN(0), WINDOWS_SYN_ACK, ACK(US(400)),
                                             REQUEST(US(700), .bytes = 31),
                                             SERVER_FIN(MS(9), .ttl = 128, .ip_id = 701), CLIENT_FIN(MS(10)),
                                             {0}};

static const struct story neighbours[] = {
    {"case A: served for long, then every client is reset", {CASE_A},
     .before = {{windows_serves, 20, 5}, {case_a, 6, 4}},
     .later = {{case_a, 4, 4}, {windows_serves, 3, 2, 445}},
     .cause = "service-failing", .certainty = "high", .says = "after serving 20 connections"},
    {"case A from the capture's first frame on is less certain", {CASE_A},
     .before = {{case_a, 6, 4}}, .later = {{case_a, 4, 4}, {windows_serves, 3, 2, 445}}, .not_high = true},
    {"the application throws every client out from a moment on",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))},
     .before = {{cleanly_ended, 10, 4}, {thrown_out, 5, 4}}, .later = {{thrown_out, 3, 3}},
     .cause = "service-failing"},
    {"the process dies with four clients on it",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(SEC(9))}, .together = 3,
     .before = {{cleanly_ended, 4, 2}},
     .cause = "process-gone", .sender = "server", .says = "4 connections of 192.0.2.80:80"},
    {"the process dies while it answers four clients",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), REQUEST(SEC(8)),
      RST_ACK(SEC(9))},
     .together = 3, .cause = "process-gone"},
    {"one client is thrown out, others are served", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))},
     .before = {{thrown_out, 2}, {served, 4, 3}, {thrown_out, 2}, {served, 4, 3}}, .later = {{served, 4, 3}},
     .cause = "client-refused"},
    {"a monitor, every ten seconds", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))},
     .before = {{probe, 5, .every_ns = SEC(10)}}, .cause = "health-check"},
    {"a connect scan", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))},
     .before = {{probe, 9, .port = 1000, .many_ports = true, .every_ns = MS(50)}}, .cause = "connect-probe"},
    {"the listener went away while the handshake ran", {SYN(0), SYN_ACK(MS(40)), ACK(MS(40.1)), RST(MS(80))},
     .before = {{served, 3, 2}}, .later = {{refused, 4, 2}}, .cause = "listener-gone"},
};

const struct rows verdicts_neighbours = {"neighbours", neighbours, G_N_ELEMENTS(neighbours)};

static const struct story negative[] = {
    {"a lone reset like case A's is no failing service", {CASE_A}, .never = "service-failing client-refused",
     .not_high = true},
    {"two in a row are none either", {CASE_A}, .before = {{case_a, 1, 1}}, .never = "service-failing"},
    {"one client thrown out again and again is no failing service",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))},
     .before = {{thrown_out, 6}}, .never = "service-failing client-refused"},
    {"one client thrown out, and nobody served, is no access list", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
     .before = {{thrown_out, 6}}, .later = {{thrown_out, 2, 2}}, .never = "client-refused"},
    {"two aborts at one instant are no dead process",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(SEC(9))}, .together = 1, .never = "process-gone"},
    {"captured on the server, a quick RST is no wonder",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RST(MS(41.1))},
     .never = "forged rejected-in-path"},
    {"captured on the server, a quick abort is no wonder",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RST_ACK(MS(41.2))},
     .cause = "app-reject", .stage = "request-sent"},
    {"captured on the server, a quick reset of the ACK is no wonder", {HANDSHAKE_AT_SERVER, RST(MS(40.1))},
     .never = "forged rejected-in-path"},
    {"captured halfway, an honest RST is half as late", {HANDSHAKE_BETWEEN, REQUEST(MS(200)), RST(MS(220))},
     .never = "forged rejected-in-path"},
    {"captured on the client, its own quick RST is no wonder",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), CLIENT_RST(MS(90.05))},
     .never = "forged rejected-in-path"},
    {"a TTL that differs by one alone is no forgery", {HANDSHAKE_AT_CLIENT, RST(MS(80), .ttl = 63)},
     .never = "forged",
     .not_high = true},
    {"a scanner's SYN has another TTL, and nothing is forged",
     {SYN(0, .window = 1024, .ttl = 241, .options = TCPRST_OPT_MSS), SYN_ACK(US(40)),
      CLIENT_RST(MS(40), .ttl = 57)},
     .never = "forged"},
    {"refused, tried again and accepted: the second answer is no proof of a forger",
     {SYN(0), RST_ACK(MS(40)), SYN(MS(540)), SYN_ACK(MS(580)), ACK(MS(581))}, .never = "forged"},
    {"a quick server behind a slow first answer is not forged",
     {SYN(0), SYN_ACK(MS(90)), ACK(MS(91)), REQUEST(MS(92)), RST(MS(132))}, .before = {{served, 1, 1}},
     .never = "forged rejected-in-path"},
    {"overflow, listener, cookie or balancer: nobody can tell", {HANDSHAKE_AT_CLIENT, RST(MS(80))},
     .not_high = true,
     .never = "accept-queue-full listener-gone syn-cookie-rejected path-flip"},
    {"state lost, balancer or REJECT: nobody can tell", {HANDSHAKE_AT_CLIENT, REQUEST(MS(200)), RST(MS(240))},
     .not_high = true, .never = "path-flip rejected-in-path"},
    {"closed port, REJECT or dead member: nobody can tell", {SYN(0), RST_ACK(MS(40))}, .not_high = true},
    {"backscatter, late or one-way capture: it does not name one of them", {SYN_ACK(0), CLIENT_RST(US(40))},
     .never = "half-open-probe connect-abandoned"},
    {"a cancelled connect() is no scan", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(41))},
     .never = "half-open-probe connect-probe"},
    {"one hang-up is no health check and no scan", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))},
     .never = "health-check connect-probe"},
    {"a second RST in mid-answer is no new reset, and no forgery",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), CLIENT_RST_ACK(MS(91)), RESPONSE(MS(92)),
      CLIENT_RST(MS(92.1))},
     .events = 1, .never = "forged"},
    {"a proxy in front of everybody is no reason by itself",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))}, .never = "syn-proxy syn-cookie-rejected"},
    {"a capture without IP headers says less, not more", {HANDSHAKE_AT_CLIENT, RST(MS(80), .no_df = true)},
     .never = "forged",
     .not_high = true},
};

const struct rows verdicts_negative = {"negative", negative, G_N_ELEMENTS(negative)};
