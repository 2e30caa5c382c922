/* evidence_neighbour_rows.c - evidence in how a port answers other clients, and in a client's races
 * and timeouts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rows.h"
#include "neighbours.h"

static const struct step served[] = SERVED, closed[] = SERVED_AND_CLOSED, refused[] = REFUSED;
static const struct step reset_early[] = THROWN_OUT, thrown_out_asking[] = THROWN_OUT_ASKING;
static const struct step served_again[] = SERVED_AGAIN;
static const struct step by_cookie[] = SERVED_BY_COOKIE, late[] = SERVED_LATE;
static const struct step stripped[] = SERVED_PLAIN(TCPRST_OPT_MSS),
plain[] = SERVED_PLAIN(PLAIN_OPTIONS);
static const struct step stripped_rich[] = SERVED_BY_OTHER(.options = TCPRST_OPT_MSS);
static const struct step unacknowledged[] = UNHEARD, resent[] = RESENT, dropped[] = DROPPED;
static const struct step waits[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), {0}};
static const struct step asked_again[] = {SYN(0), SYN_ACK(MS(40), .unseen = true), SYN(SEC(1)),
                                          SYN_ACK(SEC(1.04)), {0}};
static const struct step same_cookie[] = {SYN(0), SYN_ACK(MS(40)), SYN(SEC(1)), SYN_ACK(SEC(1.064)),
                                          {0}};
static const struct step other_window[] = SERVED_BY_OTHER(.window = 28960);
static const struct step other_ttl[] = SERVED_BY_OTHER(.ttl = 62);
static const struct step third_ttl[] = SERVED_BY_OTHER(.ttl = 50);

static const struct step comes[] = {SYN(SEC(39.9)), {0}}, comes_now[] = {SYN(0), {0}};
static const struct step aborted[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), RST_ACK(SEC(39.9)), {0}};

#define IDLE HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(100))

static const struct step ten[] = {IDLE, RST_ACK(SEC(10.1)), {0}};
static const struct step ten_bare[] = {IDLE, RST(SEC(10.1)), {0}};
static const struct step seven[] = {IDLE, RST_ACK(SEC(7.1)), {0}};
static const struct step left_unused[] = {HANDSHAKE_AT_CLIENT, RST_ACK(SEC(5.1)), {0}};
static const struct step one[] = {IDLE, RST_ACK(SEC(1.1)), {0}};

#define ACK_FOUND_NO_STATE {HANDSHAKE_AT_CLIENT, RST(MS(80))}
#define PLAIN_ACK_FOUND_NO_STATE \
    {SYN(0, .options = PLAIN_OPTIONS), SYN_ACK(MS(40), .window = 64240, \
                                               .options = TCPRST_OPT_MSS), \
     ACK(MS(40.1)), RST(MS(80))}

static const struct story listener[] = {
    {"a request waits while later connections are served",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), RST_ACK(SEC(121))}, .amid = {{served, 3, 2}},
     .shows = "later-served-sooner"},
    {"those that were served had begun before", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)),
     RST_ACK(SEC(121))}, .before = {{served, 3, 2}}, .lacks = "later-served-sooner"},
    {"nobody else", ACK_FOUND_NO_STATE,
     .lacks = "synacks-lag plain-offers-stripped neighbours-resent neighbours-unheard "
              "neighbours-dropped "
              "hosts-take-turns rst-ttl-of-other-host rst-ttl-of-synack-host refusals-at-limit "
              "refusals-by-turns refusals-in-blocks"},
    {"cookies for others", ACK_FOUND_NO_STATE, .before = {{by_cookie, 2, 2}},
     .shows = "synacks-lag"},
    {"cookies for others later", ACK_FOUND_NO_STATE, .later = {{by_cookie, 2, 2}},
     .shows = "synacks-lag"},
    {"one late SYN/ACK is no cookie", ACK_FOUND_NO_STATE,
     .before = {{by_cookie, 1, 1}, {served, 4, 2}},
     .lacks = "synacks-lag"},
    {"a path that delays now this, now that", ACK_FOUND_NO_STATE,
     .before = {{by_cookie, 3, 2}, {late, 3, 2}, {served, 4, 2}}, .lacks = "synacks-lag"},
    {"second answers of a cookie server", ACK_FOUND_NO_STATE, .before = {{same_cookie, 2, 2}},
     .shows = "synacks-lag"},
    {"second answers of an ordinary one", ACK_FOUND_NO_STATE, .before = {{asked_again, 3, 2}},
     .lacks = "synacks-lag"},
    {"who offers no timestamps gets nothing", PLAIN_ACK_FOUND_NO_STATE,
     .before = {{stripped, 2, 2}},
     .shows = "plain-offers-stripped"},
    {"who offers no timestamps gets the rest", ACK_FOUND_NO_STATE, .before = {{plain, 4, 2}},
     .lacks = "plain-offers-stripped"},
    {"nobody gets anything: a proxy", PLAIN_ACK_FOUND_NO_STATE,
     .before = {{stripped, 2, 2}, {stripped_rich, 3, 2}}, .lacks = "plain-offers-stripped"},
    {"this one alone got nothing", PLAIN_ACK_FOUND_NO_STATE, .before = {{stripped, 1, 1}},
     .lacks = "plain-offers-stripped"},
    {"SYN/ACKs of others again", ACK_FOUND_NO_STATE, .before = {{resent, 1, 1}},
     .shows = "neighbours-resent", .lacks = "synack-repeated neighbours-unheard"},
    {"others are not heard", ACK_FOUND_NO_STATE, .before = {{unacknowledged, 2, 2}},
     .shows = "neighbours-unheard",
     .lacks = "neighbours-resent neighbours-dropped"},
    {"others are not heard soon after", ACK_FOUND_NO_STATE, .later = {{unacknowledged, 2, 2}},
     .shows = "neighbours-unheard"},
    {"one other is not heard", ACK_FOUND_NO_STATE, .before = {{unacknowledged, 1, 1}},
     .lacks = "neighbours-unheard"},
    {"others were not heard long ago", ACK_FOUND_NO_STATE,
     .before = {{unacknowledged, 2, 2}, {served, 1, 1, .every_ns = SEC(90)}},
     .lacks = "neighbours-unheard"},
    {"this one alone is not heard",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), REQUEST(MS(250), .back = 100),
      REQUEST(MS(700), .back = 100),
      SYN_ACK(SEC(1)), RST(SEC(1.5))},
     .before = {{served, 3, 2}}, .shows = "synack-repeated",
     .lacks = "neighbours-unheard neighbours-resent neighbours-dropped"},
    {"requests of others are acknowledged, and not answered", ACK_FOUND_NO_STATE,
     .before = {{waits, 3, 3}}, .shows = "neighbours-waiting", .lacks = "neighbours-unheard"},
    {"two others wait", ACK_FOUND_NO_STATE, .before = {{waits, 2, 2}}, .lacks = "neighbours-waiting"},
    {"others wait, and one that was answered is open", ACK_FOUND_NO_STATE,
     .before = {{waits, 3, 3}, {served, 1, 1}}, .lacks = "neighbours-waiting"},
    {"SYNs of others are dropped", ACK_FOUND_NO_STATE, .before = {{served, 1, 1}, {dropped, 2, 2}},
     .shows = "neighbours-dropped"},
    {"a port that never answered is filtered", {SYN(0), RST_ACK(MS(40))},
     .before = {{dropped, 3, 2}},
     .lacks = "neighbours-dropped"},
    {"two hosts by turns", ACK_FOUND_NO_STATE, .before = {{served, 3, 2, .then = other_window}},
     .shows = "hosts-take-turns", .lacks = "rst-ttl-of-other-host rst-ttl-of-synack-host"},
    {"one host after the other", ACK_FOUND_NO_STATE,
     .before = {{other_window, 3, 2}, {served, 3, 2}},
     .lacks = "hosts-take-turns"},
    {"three hosts are more than two", ACK_FOUND_NO_STATE,
     .before = {{served, 3, 2, .then = other_ttl}, {third_ttl, 2, 2}}, .lacks = "hosts-take-turns"},
    {"what clients offer makes no other host", ACK_FOUND_NO_STATE,
     .before = {{served, 3, 2, .then = plain}}, .lacks = "hosts-take-turns"},
    {"the other host resets", {HANDSHAKE_AT_CLIENT, RST(MS(80), .ttl = 62)},
     .before = {{served, 3, 2, .then = other_ttl}},
     .shows = "hosts-take-turns rst-ttl-of-other-host",
     .lacks = "rst-ttl-of-synack-host"},
    {"the same host resets", ACK_FOUND_NO_STATE, .before = {{served, 3, 2, .then = other_ttl}},
     .shows = "hosts-take-turns rst-ttl-of-synack-host", .lacks = "rst-ttl-of-other-host"},
    {"refused until the service listens", {SYN(0), RST_ACK(MS(40))}, .later = {{served, 2}},
     .shows = "port-accepts-since", .lacks = "port-accepts-others same-ports-accepted"},
    {"six are refused in five seconds, and three served since", {SYN(0), RST_ACK(MS(40))},
     .before = {{refused, 2}}, .later = {{refused, 3}, {closed, 3}},
     .shows = "refused-until-up port-accepts-others", .cause = "service-starting"},
    {"five are refused in four seconds, and one is served", {SYN(0), RST_ACK(MS(40))},
     .before = {{refused, 2}}, .later = {{refused, 2}, {closed, 1}},
     .shows = "refused-until-up port-accepts-since", .cause = "service-starting"},
    {"three are refused, and one is served: chance may do that", {SYN(0), RST_ACK(MS(40))}, .before = {{refused, 1}},
     .later = {{refused, 1}, {closed, 1}}, .lacks = "refused-until-up", .cause = "port-closed"},
    {"six are refused, and other clients served since, as by a rule", {SYN(0), RST_ACK(MS(40))},
     .before = {{refused, 2}}, .later = {{refused, 3}, {closed, 4, 4}}, .lacks = "refused-until-up"},
    {"six are refused at once, as a balancer by ports may", {SYN(0), RST_ACK(MS(40))},
     .before = {{refused, 5, .every_ns = MS(100)}}, .later = {{closed, 3}},
     .lacks = "refused-until-up", .cause = "port-flapping"},
    {"four are refused, and four served since", {SYN(0), RST_ACK(MS(40))},
     .before = {{refused, 3}}, .later = {{closed, 4}}, .lacks = "refused-until-up"},
    {"one more is refused at last", {SYN(0), RST_ACK(MS(40))},
     .before = {{refused, 5}}, .later = {{closed, 3}, {refused, 1}}, .lacks = "refused-until-up"},
    {"refused for good", {SYN(0), RST_ACK(MS(40)), SYN(MS(540)), RST_ACK(MS(580))},
     .lacks = "same-ports-accepted"},
    {"another client is let in later", {SYN(0), RST_ACK(MS(40))}, .later = {{served, 2, 2}},
     .shows = "port-accepts-others", .lacks = "port-accepts-since"},
    {"served, then refused", {SYN(0), RST_ACK(MS(40))}, .before = {{served, 2}},
     .lacks = "port-accepts-since"},
    {"Windows repeats the refused SYN and is let in",
     {SYN(0), RST_ACK(MS(40)), SYN(MS(540)), SYN_ACK(MS(580)), ACK(MS(620.1)), REQUEST(MS(621)),
      RESPONSE(MS(670))},
     .shows = "port-accepts-since same-ports-accepted"},
    {"refused after 12 seconds, the SYN repeated twice",
     {SYN(0), SYN(SEC(3)), SYN(SEC(9)), RST_ACK(SEC(21))},
     .shows = "refused-late"},
    {"refused three seconds after the last of several",
     {SYN(0), SYN(SEC(1)), SYN(SEC(3)), RST_ACK(SEC(5.9))}, .shows = "refused-late"},
    {"the third SYN is refused at once", {SYN(0), SYN(SEC(3)), SYN(SEC(9)), RST_ACK(SEC(9.04))},
     .lacks = "refused-late"},
    {"refused while four are open", {SYN(0), RST_ACK(MS(40))},
     .before = {{served, 4, 4}, {refused, 2, 2}},
     .later = {{refused, 1, 1}}, .shows = "refusals-at-limit",
     .lacks = "refusals-by-turns refusals-in-blocks"},
    {"every fourth is refused", {SYN(0), RST_ACK(MS(40))},
     .before = {{closed, 3, 2}, {refused, 1, 1}, {closed, 3, 2}},
     .later = {{closed, 3, 2}, {refused, 1, 1}},
     .shows = "refusals-by-turns", .lacks = "refusals-at-limit refusals-in-blocks"},
    {"refused for a while", {SYN(0), RST_ACK(MS(40))}, .before = {{closed, 3, 2}, {refused, 2, 2}},
     .later = {{refused, 1, 1}, {closed, 3, 2}}, .shows = "refusals-in-blocks",
     .lacks = "refusals-by-turns refusals-at-limit"},
    {"refused once", {SYN(0), RST_ACK(MS(40))}, .before = {{closed, 3, 2}},
     .later = {{closed, 3, 2}},
     .lacks = "refusals-in-blocks refusals-by-turns refusals-at-limit"},
    {"thrown out while others are refused", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))},
     .before = {{closed, 3, 2}, {refused, 3, 2}}, .lacks = "refusals-in-blocks"},
};

const struct rows evidence_of_listener = {"answers", listener, G_N_ELEMENTS(listener)};

static const struct step unused[] = {HANDSHAKE_AT_CLIENT, {0}};
static const struct step hangup[] = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41)), {0}};
#define DATABASE_CHECK \
    {HANDSHAKE_AT_CLIENT, RESPONSE(MS(81), .bytes = 70), REQUEST(MS(82), .bytes = 60), \
     RESPONSE(MS(122), .bytes = 11), REQUEST(MS(123), .bytes = 5), CLIENT_RST_ACK(MS(124)), {0}}
#define DATABASE_SESSION \
    {HANDSHAKE_AT_CLIENT, RESPONSE(MS(81), .bytes = 70), REQUEST(MS(82), .bytes = 400), \
     RESPONSE(MS(122), .bytes = 900), CLIENT_RST_ACK(MS(150)), {0}}
#define DROPPED_REQUEST \
    {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .bytes = 60), RESPONSE(MS(81), .bytes = 11), \
     REQUEST(MS(82), .bytes = 50), \
     SERVER_ACK(MS(122)), CLIENT_RST_ACK(MS(123)), {0}}
static const struct step dropped_request[] = DROPPED_REQUEST;
static const struct step database_check[] = DATABASE_CHECK, database_session[] = DATABASE_SESSION;
static const struct step gave_up[] = {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(SEC(10)), {0}};
static const struct step won[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), {0}};
static const struct step won_without_sack[] = {SYN(0, .options = TCPRST_OPT_MSS), SYN_ACK(MS(40)),
    ACK(MS(40.1)), REQUEST(MS(41)), {0}};

/* The other leg of a proxy. */
static const struct step front[] = {SYN(-MS(41)), SYN_ACK(-MS(40.9)), ACK(-MS(0.1)), RST_ACK(MS(20)), {0}};
static const struct step front_near[] = {SYN(-MS(41)), SYN_ACK(-MS(40.9)), ACK(-MS(40.8)), RST_ACK(MS(20)), {0}};
static const struct step back[] = {SYN(-MS(40)), SYN_ACK(-MS(39.95)), ACK(0), RST_ACK(MS(20)), {0}};
static const struct step front_next[] = {SYN(-MS(62)), SYN_ACK(-MS(61.9)), ACK(-MS(21)), RST_ACK(US(60)), {0}};
#define DIALLED SYN(MS(1)), SYN_ACK(MS(41)), ACK(MS(41.1))

static const struct story displaced[] = {
    {"an idle connection ends as another client comes", {IDLE, RST_ACK(SEC(40.045))},
     .amid = {{comes, 1, 1}}, .shows = "syn-just-before"},
    {"so does one of a device to which somebody comes each two seconds", {IDLE, RST_ACK(SEC(4.145))},
     .amid = {{comes_now, 3, 3, .every_ns = SEC(2)}}, .shows = "syn-just-before"},
    {"captured from its middle", {REQUEST(MS(50)), RESPONSE(MS(90)), ACK(MS(90.1)), RST_ACK(SEC(40.035))},
     .amid = {{comes, 1, 1}}, .shows = "syn-just-before"},
    {"nobody comes", {IDLE, RST_ACK(SEC(40.045))}, .lacks = "syn-just-before equal-waits"},
    {"each ends after ten seconds", {IDLE, RST_ACK(SEC(10.1))}, .before = {{ten, 2, 2, .every_ns = SEC(20)}},
     .shows = "equal-waits", .cause = "idle-timeout"},
    {"the others do later", {IDLE, RST_ACK(SEC(10.1))}, .later = {{ten, 2, 2, .every_ns = SEC(20)}},
     .shows = "equal-waits"},
    {"another ended sooner", {IDLE, RST_ACK(SEC(10.1))},
     .before = {{ten, 3, 3, .every_ns = SEC(20)}, {seven, 1, 1, .every_ns = SEC(20)}}, .shows = "equal-waits"},
    {"those after nearly as long", {IDLE, RST_ACK(SEC(10.3))}, .before = {{ten, 2, 2, .every_ns = SEC(20)}},
     .shows = "equal-waits"},
    {"one other ended so", {IDLE, RST_ACK(SEC(10.1))}, .before = {{ten, 1, 1, .every_ns = SEC(20)}},
     .lacks = "equal-waits"},
    {"each ends after ten seconds, but had outlived twenty",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), REQUEST(SEC(20)), RESPONSE(SEC(20.1)),
      RST_ACK(SEC(30.1))},
     .before = {{ten, 2, 2, .every_ns = SEC(20)}}, .lacks = "equal-waits"},
    {"each ends after ten seconds with a request open",
     {IDLE, REQUEST(SEC(1)), SERVER_ACK(SEC(1.04)), RST_ACK(SEC(11.1))},
     .before = {{ten, 2, 2, .every_ns = SEC(20)}}, .lacks = "equal-waits"},
    {"each ends after ten seconds, by another host", {IDLE, RST_ACK(SEC(10.1), .ttl = 40)},
     .before = {{ten, 2, 2, .every_ns = SEC(20)}}, .lacks = "equal-waits"},
    {"three that say nothing end after five seconds each", {HANDSHAKE_AT_CLIENT, RST_ACK(SEC(5.1))},
     .before = {{left_unused, 2, 2, .every_ns = SEC(20)}}, .shows = "equal-waits", .cause = "idle-timeout"},
    {"preconnects that nobody uses end after five seconds each", {HANDSHAKE_AT_CLIENT, RST_ACK(SEC(5.1))},
     .before = {{closed, 5, 3}, {left_unused, 5, 2, .every_ns = SEC(20)}}, .shows = "equal-waits", .not_high = true},
    {"others end after seven", {IDLE, RST_ACK(SEC(10.1))}, .before = {{seven, 3, 3, .every_ns = SEC(20)}},
     .lacks = "equal-waits", .cause = "app-abort"},
    {"all end at once", {IDLE, RST_ACK(SEC(10.1))}, .together = 3, .lacks = "equal-waits"},
    {"each ends after a second", {IDLE, RST_ACK(SEC(1.1))}, .before = {{one, 3, 3, .every_ns = SEC(20)}},
     .lacks = "equal-waits"},
    {"each is reset in answer", {IDLE, RST(SEC(10.1))}, .before = {{ten_bare, 3, 3, .every_ns = SEC(20)}},
     .lacks = "equal-waits"},
    {"the client had closed", {IDLE, CLIENT_FIN(SEC(1)), SERVER_ACK(SEC(1.04)), RST_ACK(SEC(10.1))},
     .before = {{ten, 2, 2, .every_ns = SEC(20)}}, .lacks = "equal-waits"},
    {"another client had come before", {IDLE, RST_ACK(SEC(40.3))}, .amid = {{comes, 1, 1}}, .lacks = "syn-just-before"},
    {"others come all the time", {IDLE, RST_ACK(SEC(3.045))},
     .amid = {{comes_now, 30, 3, .every_ns = MS(100)}}, .lacks = "syn-just-before"},
    {"another comes to another port", {IDLE, RST_ACK(SEC(40.045))}, .amid = {{comes, 1, 1, .port = 443}},
     .lacks = "syn-just-before"},
    {"data comes, too, and is answered", {IDLE, REQUEST(SEC(40)), RST(SEC(40.045))},
     .amid = {{comes_now, 1, 1}}, .lacks = "syn-just-before"},
    {"it is the second that ends, and the first client comes back", {IDLE, RST_ACK(SEC(40.008))},
     .amid = {{aborted, 1, 1, .every_ns = MS(1), .then = comes_now}}, .lacks = "syn-just-before"},
    {"a proxy passes its reset of a client on to the server", {DIALLED, CLIENT_RST_ACK(MS(61.2))},
     .amid = {{front, 1, 1, .leg = TO_CLIENT}}, .shows = "ended-both", .lacks = "passed-on",
     .not_at = "client between"},
    {"a proxy passes the server's reset on to its client",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), SERVER_ACK(MS(41.1)), RST_ACK(MS(61.2))},
     .amid = {{back, 1, .clients = 1, .host = 9, .leg = FROM_SERVER}}, .shows = "passed-on", .lacks = "ended-both"},
    {"a proxy ends both, and its client is near", {DIALLED, CLIENT_RST_ACK(MS(61.2))},
     .amid = {{front_near, 1, 1, .leg = TO_CLIENT}}, .shows = "ended-both"},
    {"the server is its own client",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), SERVER_ACK(MS(41.1)), RST_ACK(MS(61.2))},
     .amid = {{back, 1, .clients = 1, .leg = FROM_SERVER}}, .lacks = "passed-on ended-both"},
    {"its reset of the client was captured just after", {DIALLED, CLIENT_RST_ACK(MS(61.2))},
     .later = {{front_next, 1, 1, .leg = TO_CLIENT}}, .shows = "ended-both", .not_at = "client between"},
    {"the client's other connection is reset", {DIALLED, CLIENT_RST_ACK(MS(61.2))},
     .amid = {{front, 1, 1, .port = 81}}, .lacks = "passed-on ended-both"},
    {"it ends much later", {DIALLED, CLIENT_RST_ACK(MS(64))},
     .amid = {{front, 1, 1, .leg = TO_CLIENT}}, .lacks = "passed-on ended-both"},
    {"it was open long before",
     {SYN(-SEC(2)), SYN_ACK(-SEC(1.96)), ACK(-SEC(1.959)), ACK(MS(41.1)), CLIENT_RST_ACK(MS(61.2))},
     .amid = {{front, 1, 1, .leg = TO_CLIENT}}, .lacks = "passed-on ended-both"},
    {"it answers, and aborts nothing", {DIALLED, CLIENT_RST(MS(61.2))},
     .amid = {{front, 1, 1, .leg = TO_CLIENT}}, .lacks = "passed-on ended-both"},
    {"the client ends it", {IDLE, CLIENT_RST_ACK(SEC(40.045))}, .amid = {{comes, 1, 1}}, .lacks = "syn-just-before"},
};

const struct rows evidence_of_displacement = {"displaced", displaced, G_N_ELEMENTS(displaced)};

static const struct step closes_soon[] = {SYN(0), SYN_ACK(US(50)), ACK(US(100)), REQUEST(US(150)),
                                          RESPONSE(US(200)), SERVER_FIN(US(250)), {0}};
static const struct step closes_late[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
                                          SERVER_FIN(SEC(8.9)), {0}};
static const struct step closes_now[] = {ACK(0), SERVER_FIN(US(50)), {0}};
static const struct step client_closes[] = {ACK(0), CLIENT_FIN(US(50)), SERVER_FIN(US(60)), {0}};
#define ABORTED_AMID {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), REQUEST(MS(82)), RST_ACK(MS(85))}

static const struct story patience[] = {
    {"the other address was faster", {SYN(-MS(20)), SYN_ACK(MS(60)), CLIENT_RST(MS(60.1))},
     .before = {{won, 1, .host = 1, .every_ns = MS(1)}}, .shows = "raced-connection"},
    {"both were open", {SYN(-MS(20)), SYN_ACK(MS(60)), ACK(MS(60.1)), CLIENT_RST_ACK(MS(61))},
     .before = {{won, 1, .host = 1, .every_ns = MS(1)}}, .shows = "raced-connection"},
    {"the other family was faster", {SYN(-MS(20)), SYN_ACK(MS(60)), CLIENT_RST(MS(60.1))},
     .before = {{won, 1, .other_family = true, .every_ns = MS(1)}}, .shows = "raced-connection"},
    {"the other family, but another stack",
     {SYN(-MS(20)), SYN_ACK(MS(60)), CLIENT_RST(MS(60.1))},
     .before = {{won_without_sack, 1, .other_family = true, .every_ns = MS(1)}},
     .lacks = "raced-connection"},
    {"the other family, but a router is between",
     {SYN(-MS(20), .ttl = 60), SYN_ACK(MS(60)), CLIENT_RST(MS(60.1))},
     .before = {{won, 1, .other_family = true, .every_ns = MS(1)}}, .lacks = "raced-connection"},
    {"the other one is not used: a scan", {SYN(-MS(20)), SYN_ACK(MS(60)), CLIENT_RST(MS(60.1))},
     .before = {{unused, 1, .host = 1, .every_ns = MS(1)}}, .lacks = "raced-connection"},
    {"the same address twice is no race", {SYN(-MS(20)), SYN_ACK(MS(60)), CLIENT_RST(MS(60.1))},
     .before = {{won, 1, .every_ns = MS(1)}}, .lacks = "raced-connection"},
    {"another port is no race", {SYN(-MS(20)), SYN_ACK(MS(60)), CLIENT_RST(MS(60.1))},
     .before = {{won, 1, .host = 1, .port = 443, .every_ns = MS(1)}}, .lacks = "raced-connection"},
    {"Windows asks both ports of a file server", {SYN(-MS(20)), SYN_ACK(MS(60)), CLIENT_RST(MS(60.1))},
     .server_port = 139, .before = {{won, 1, .port = 445, .every_ns = MS(1)}}, .shows = "raced-connection"},
    {"another client's is no race", {SYN(-MS(20)), SYN_ACK(MS(60)), CLIENT_RST(MS(60.1))},
     .before = {{won, 1, 1, .host = 1, .every_ns = MS(1)}}, .lacks = "raced-connection"},
    {"one after the other is no race", {SYN(0), SYN_ACK(MS(40)), CLIENT_RST(MS(40.1))},
     .before = {{won, 1, .host = 1}}, .lacks = "raced-connection"},
    {"five targets long ago are no scan by now", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))},
     .before = {{hangup, 6, .port = 1000, .many_ports = true}, {served, 1, 1, .every_ns = SEC(30)}},
     .lacks = "many-targets"},
    {"five targets over hours are no scan", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))},
     .before = {{hangup, 9, .port = 1000, .many_ports = true, .every_ns = SEC(600)}},
     .lacks = "many-targets"},
    {"five hosts in a row are", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))},
     .before = {{hangup, 6, .host = 1, .many_hosts = true}}, .shows = "many-targets"},
    {"the client waits ten seconds for a greeting", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(SEC(10))},
     .shows = "waited-for-greeting", .lacks = "hangup-after-ack"},
    {"the client hangs up at once", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))},
     .shows = "hangup-after-ack hangup-at-once",
     .lacks = "waited-for-greeting"},
    {"the capture has neither the SYN/ACK nor more of the server, and the RST answers that",
     {SYN(0), ACK(MS(40)), CLIENT_RST(MS(40.1), .seq = 1)}, .lacks = "hangup-after-ack hangup-at-once"},
    {"of which it has nothing, and the RST ends a socket",
     {SYN(0), ACK(MS(40)), CLIENT_RST_ACK(MS(40.1))}, .shows = "hangup-after-ack"},
    {"the client hangs up after some milliseconds", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(50))},
     .shows = "hangup-after-ack", .lacks = "hangup-at-once"},
    {"a check of a database in several messages", DATABASE_CHECK,
     .before = {{database_check, 4, .every_ns = SEC(10), .then = database_session}},
     .shows = "periodic-probe"},
    {"a browser that drops its request each time", DROPPED_REQUEST,
     .before = {{dropped_request, 4, .every_ns = SEC(10)}}, .lacks = "periodic-probe"},
    {"a session of the client that checks", DATABASE_SESSION,
     .before = {{database_check, 4, .every_ns = SEC(10)}}, .lacks = "periodic-probe"},
    {"twelve monitors of one port", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(MS(41))},
     .before = {{hangup, 36, 12, .every_ns = SEC(1)}, {hangup, 3, .every_ns = SEC(12)}},
     .shows = "periodic-probe"},
    {"a wait every minute is no rhythm of a monitor",
     {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(SEC(10))},
     .before = {{gave_up, 5, .every_ns = SEC(60)}}, .shows = "waited-for-greeting",
     .lacks = "periodic-probe"},
    {"a wait at many servers is no scan", {HANDSHAKE_AT_CLIENT, CLIENT_RST_ACK(SEC(10))},
     .before = {{gave_up, 8, .host = 1, .many_hosts = true, .every_ns = MS(100)}},
     .lacks = "many-targets"},
    {"the client waits for an answer", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)),
     CLIENT_RST_ACK(SEC(5))}, .shows = "request-unanswered"},
    {"the client asks and does not wait", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)),
                                           CLIENT_RST_ACK(MS(41.2))},
     .lacks = "request-unanswered"},
    {"the client got an answer", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
     CLIENT_RST_ACK(SEC(5))}, .lacks = "request-unanswered"},
    {"the server waits", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(SEC(5))},
     .lacks = "request-unanswered"},
    {"the server said nothing", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))},
     .shows = "never-answered"},
    {"the client had closed its side",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), RST_ACK(MS(90))},
     .shows = "never-answered"},
    {"the server had answered", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
                                 RST_ACK(SEC(1))},
     .lacks = "never-answered"},
    {"the reset's number counts in an answer that was not captured",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90), .seq = 501068)},
     .lacks = "never-answered"},
    {"nothing was open", {SYN(0), RST_ACK(MS(40))}, .lacks = "never-answered"},
    {"thrown out each time it asked", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))},
     .before = {{thrown_out_asking, 3}}, .shows = "client-always-reset client-reset-asking"},
    {"thrown out before it asked, too", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))},
     .before = {{thrown_out_asking, 3}, {reset_early, 1}}, .shows = "client-always-reset",
     .lacks = "client-reset-asking"},
    {"some are thrown out at one moment, another is served on",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(SEC(9))}, .together = 3,
     .survives = served, .survives_on = served_again, .shows = "run-of-resets others-survived",
     .lacks = "older-still-served"},
    {"all are thrown out at one moment",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(SEC(9))}, .together = 3,
     .before = {{served, 1, 1}}, .shows = "run-of-resets", .lacks = "others-survived"},
    {"two are closed just before the abort, and the port refuses", ABORTED_AMID,
     .amid = {{closes_soon, 2, 2, .every_ns = MS(1)}}, .later = {{refused, 2, 1}}, .shows = "closed-together",
     .not_at = "client between"},
    {"two are closed just after the abort, and the port refuses", ABORTED_AMID,
     .later = {{closes_now, 2, 2, .every_ns = US(100)}, {refused, 2, 1}}, .shows = "closed-together",
     .lacks = "aborted-together", .not_at = "client between"},
    {"one is closed, then two are aborted",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), RST_ACK(SEC(9))}, .together = 1,
     .amid = {{closes_late, 1, 1}}, .later = {{refused, 2, 1}}, .shows = "closed-together"},
    {"two are aborted, then one is closed", ABORTED_AMID, .together = 1,
     .later = {{closes_now, 1, 1, .every_ns = US(100)}, {refused, 2, 1}}, .shows = "closed-together",
     .not_at = "client between"},
    {"only one is closed", ABORTED_AMID, .later = {{closes_now, 1, 1, .every_ns = US(100)}, {refused, 2, 1}},
     .lacks = "closed-together"},
    {"two are closed, and the port serves on", ABORTED_AMID,
     .later = {{closes_now, 2, 2, .every_ns = US(100)}, {served, 2, 1}}, .lacks = "closed-together"},
    {"the clients close", ABORTED_AMID,
     .later = {{client_closes, 2, 2, .every_ns = US(100)}, {refused, 2, 1}}, .lacks = "closed-together"},
    {"it closes one each few milliseconds all the time", ABORTED_AMID,
     .amid = {{closes_soon, 40, 2, .every_ns = MS(8)}}, .later = {{refused, 2, 1}}, .lacks = "closed-together"},
    {"the port refuses much later", ABORTED_AMID,
     .later = {{closes_now, 2, 2, .every_ns = US(100)}, {client_closes, 1, 1, .port = 22, .every_ns = SEC(20)},
               {refused, 2, 1}}, .lacks = "closed-together"},
    {"two are closed long before", ABORTED_AMID,
     .before = {{closes_soon, 2, 2, .every_ns = MS(1)}}, .later = {{refused, 2, 1}}, .lacks = "closed-together"},
    {"who comes anew is thrown out, who was there is served on",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RST_ACK(MS(90))}, .before = {{reset_early, 3, 3}},
     .survives = served, .survives_on = served_again, .shows = "run-of-resets older-still-served",
     .lacks = "others-survived"},
    {"refused each time", {SYN(0), RST_ACK(MS(40))}, .before = {{refused, 2}},
     .shows = "client-always-reset",
     .lacks = "client-reset-asking"},
    {"probes of one length", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
                              CLIENT_RST_ACK(MS(91))},
     .before = {{(const struct step[]){HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
                                       CLIENT_RST_ACK(MS(91)), {0}}, 3, .every_ns = SEC(10)}},
     .shows = "periodic-probe"},
    {"requests of other lengths",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), CLIENT_RST_ACK(MS(91))},
     .before = {{(const struct step[]){HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .bytes = 60),
                                       RESPONSE(MS(90)),
                                       CLIENT_RST_ACK(MS(91)), {0}}, 3, .every_ns = SEC(10)}},
     .lacks = "periodic-probe"},
};

const struct rows evidence_of_patience = {"patience", patience, G_N_ELEMENTS(patience)};
