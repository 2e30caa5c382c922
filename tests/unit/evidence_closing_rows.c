/* evidence_closing_rows.c - evidence in how connections close (docs/facts.md 15)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rows.h"
#include "payloads.h"

enum { SIGNED = TCPRST_OPT_MSS | TCPRST_OPT_SIGNED };

static const struct step asked_by_http[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("a.example")),
                                            RESPONSE(MS(90), .text = HTTP_OK), {0}};

#define GREETED HANDSHAKE_AT_CLIENT, RESPONSE(MS(80), .text = SMTP_GREETING)

#define POST_HEADER "POST /r HTTP/1.1\r\nContent-Length: 4\r\n\r\n"
#define POST_OF(body) HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = POST_HEADER body), \
    RESPONSE(MS(90), .text = NO_CONTENT), CLIENT_RST_ACK(MS(91))
static const struct step post_20[] = {POST_OF("t=20"), {0}}, post_21[] = {POST_OF("t=21"), {0}},
                         post_22[] = {POST_OF("t=22"), {0}};

#define GET_OF(path) HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = "GET " path " HTTP/1.1\r\nHost: a.example\r\n\r\n"), \
    RESPONSE(MS(90), .text = NO_CONTENT), CLIENT_RST_ACK(MS(91))
static const struct step get_1[] = {GET_OF("/orders/1"), {0}}, get_2[] = {GET_OF("/orders/2"), {0}};

static const struct step post_follows[] = {HANDSHAKE_AT_CLIENT,
    REQUEST(MS(41), .text = POST_HEADER), REQUEST(MS(41.1), .text = "t=20"),
    RESPONSE(MS(90), .text = NO_CONTENT), CLIENT_RST_ACK(MS(91)), {0}};

static const struct story closings[] = {
    /* never used */
    {"the server's limit closed a connection that was never used",
     {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)), ACK(SEC(20.0001)), CLIENT_RST_ACK(SEC(21))},
     .shows = "closed-unused"},
    {"it closed at once", {HANDSHAKE_AT_CLIENT, SERVER_FIN(MS(41)), ACK(MS(41.1)), CLIENT_RST_ACK(SEC(1))},
     .shows = "peer-fin-before", .lacks = "closed-unused"},
    {"the client does not know of the FIN", {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)),
     CLIENT_RST_ACK(SEC(20.0001), .ack = 1)}, .lacks = "closed-unused"},
    {"a server that greets first owed its words", {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)), ACK(SEC(20.0001)),
     CLIENT_RST_ACK(SEC(21))}, .server_port = 3306, .lacks = "closed-unused"},

    /* closed instead of answered */
    {"the FIN is the server's first word, a reset its second", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)),
     SERVER_ACK(MS(81)), SERVER_FIN(MS(82)), RST_ACK(MS(83))}, .shows = "closed-unanswered own-fin-before"},
    {"the client sent more after the FIN", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)),
     SERVER_FIN(MS(82)), REQUEST(MS(82.1)), RST_ACK(MS(122.2), .ack = 201)}, .lacks = "closed-unanswered"},
    {"the client had closed before", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), SERVER_FIN(MS(82)),
     RST_ACK(MS(83))}, .lacks = "closed-unanswered"},
    {"nothing was asked", {HANDSHAKE_AT_CLIENT, SERVER_FIN(MS(82)), RST_ACK(MS(83))}, .lacks = "closed-unanswered"},
    {"the server had answered", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(81)), SERVER_FIN(MS(82)),
     RST_ACK(MS(83))}, .lacks = "closed-unanswered"},
    {"a subflow of Multipath TCP", {SYN(0, .options = TCPRST_OPT_MSS | TCPRST_OPT_MPTCP),
     SYN_ACK(MS(40), .options = TCPRST_OPT_MSS | TCPRST_OPT_MPTCP), ACK(MS(40.1)), REQUEST(MS(41)), SERVER_ACK(MS(81)),
     SERVER_FIN(MS(82)), RST_ACK(MS(83))}, .lacks = "closed-unanswered"},
    {"a bare RST answers the client's ACK", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)),
     SERVER_FIN(MS(82)), ACK(MS(82.1)), RST(MS(122.2))}, .lacks = "closed-unanswered"},

    /* few others in another protocol */
    {"two others", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("www.example.com"))), RST_ACK(MS(82))},
     .before = {{asked_by_http, 2, 2}}, .shows = "few-spoke-otherwise", .lacks = "others-spoke-otherwise"},
    {"three others", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("www.example.com"))), RST_ACK(MS(82))},
     .before = {{asked_by_http, 3, 3}}, .shows = "others-spoke-otherwise", .lacks = "few-spoke-otherwise"},
    {"none", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("www.example.com"))), RST_ACK(MS(82))},
     .lacks = "few-spoke-otherwise"},

    /* half closed */
    {"the client acknowledges data after its FIN", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)),
     RESPONSE(MS(90)), ACK(MS(90.1)), RESPONSE(SEC(1)), CLIENT_RST(SEC(1.0001))}, .shows = "client-read-on"},
    {"it resets the first", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), RESPONSE(MS(90)),
     CLIENT_RST(MS(90.1))}, .lacks = "client-read-on"},
    {"it acknowledges the server's FIN only", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)),
     CLIENT_FIN(MS(91)), SERVER_FIN(MS(132)), ACK(MS(132.1)), CLIENT_RST_ACK(MS(133))}, .lacks = "client-read-on"},
    {"the server read on", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), SERVER_FIN(MS(91)),
     REQUEST(MS(92)), SERVER_ACK(MS(132)), RST_ACK(MS(133))}, .lacks = "client-read-on"},

    /* signed */
    {"a signed connection, a reset without", {SYN(0, .options = SIGNED), SYN_ACK(MS(40), .options = SIGNED),
     ACK(MS(40.1), .options = TCPRST_OPT_SIGNED), RST_ACK(MS(90), .options = NONE)}, .shows = "rst-unsigned"},
    {"captured from its middle on", {REQUEST(0, .options = TCPRST_OPT_SIGNED),
     RESPONSE(MS(40), .options = TCPRST_OPT_SIGNED), CLIENT_RST(MS(41))}, .shows = "rst-unsigned"},
    {"the reset is signed", {SYN(0, .options = SIGNED), SYN_ACK(MS(40), .options = SIGNED),
     ACK(MS(40.1), .options = TCPRST_OPT_SIGNED), RST_ACK(MS(90), .options = TCPRST_OPT_SIGNED)},
     .lacks = "rst-unsigned"},
    {"its options were not captured", {SYN(0, .options = SIGNED), SYN_ACK(MS(40), .options = SIGNED),
     ACK(MS(40.1), .options = TCPRST_OPT_SIGNED), RST_ACK(MS(90), .options = NONE, .cut = true)},
     .lacks = "rst-unsigned"},
    {"nothing is signed", {HANDSHAKE_AT_CLIENT, RST_ACK(MS(90))}, .lacks = "rst-unsigned"},

    {"both have closed, and the last ACK is answered",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), CLIENT_FIN(MS(91)), SERVER_FIN(MS(131)),
      ACK(MS(131.1)), RST(MS(171))}, .shows = "reset-when-closed rst-answers-other"},

    {"the RST's number tells of a request that the capture lacks and the server has not acknowledged",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(91)), CLIENT_RST_ACK(MS(140), .back = -300)},
     .lacks = "exchange-complete"},
    {"the capture lacks the client's ACK and its request, which the server acknowledges",
     {SYN(0), SYN_ACK(MS(40)), SERVER_ACK(MS(80), .ack = 157), RST_ACK(MS(480), .ack = 157)},
     .shows = "never-answered"},

    /* farewells */
    {"QUIT", {GREETED, REQUEST(MS(81), .text = "QUIT\r\n"), CLIENT_RST_ACK(MS(140))}, .shows = "said-farewell"},
    {"the last of several commands", {GREETED, REQUEST(MS(81), .text = "RSET\r\nquit\r\n"), CLIENT_RST_ACK(MS(140))},
     .shows = "said-farewell"},
    {"IMAP's, with a tag", {GREETED, REQUEST(MS(81), .text = "a7 LOGOUT\r\n"), CLIENT_RST_ACK(MS(140))},
     .shows = "said-farewell"},
    {"OPC UA's CloseSecureChannel", {GREETED, REQUEST(MS(81), SAYS("CLOF\x0c\0\0\0\1\2\3\4")), RST_ACK(MS(140))},
     .shows = "said-farewell"},
    {"AMQP's connection.close-ok",
     {GREETED, REQUEST(MS(81), SAYS("\1\0\0\0\0\0\4\0\x0a\0\x33\xce")), RST_ACK(MS(140))},
     .shows = "said-farewell"},
    {"SMPP's unbind",
     {GREETED, REQUEST(MS(81), SAYS("\0\0\0\x10\0\0\0\6\0\0\0\0\0\0\0\1")), RST_ACK(MS(140))},
     .shows = "said-farewell"},
    {"DICOM's A-RELEASE-RP", {GREETED, REQUEST(MS(81), SAYS("\6\0\0\0\0\4\0\0\0\0")), RST_ACK(MS(140))},
     .shows = "said-farewell"},
    {"DICOM's A-ABORT is no farewell", {GREETED, REQUEST(MS(81), SAYS("\7\0\0\0\0\4\0\0\0\0")), RST_ACK(MS(140))},
     .lacks = "said-farewell"},
    {"EtherNet/IP's UnRegisterSession", {GREETED,
     REQUEST(MS(81), SAYS("\x66\0\0\0\7\0\0\0\0\0\0\0\1\2\3\4\5\6\7\x8\0\0\0\0")), RST_ACK(MS(140))},
     .shows = "said-farewell"},
    {"without a session it is something else", {GREETED,
     REQUEST(MS(81), SAYS("\x66\0\0\0\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\x8\0\0\0\0")), RST_ACK(MS(140))},
     .lacks = "said-farewell"},
    {"a message that is not whole",
     {GREETED, REQUEST(MS(81), SAYS("CLOF\x0d\0\0\0\1\2\3\4")), RST_ACK(MS(140))}, .lacks = "said-farewell"},
    {"the server resets instead of answering it", {GREETED, REQUEST(MS(81), .text = "QUIT\r\n"), RST_ACK(MS(140))},
     .lacks = "said-farewell"},
    {"a line that ends so", {GREETED, REQUEST(MS(81), .text = "SET plan I QUIT\r\n"), CLIENT_RST_ACK(MS(140))},
     .lacks = "said-farewell"},
    {"a command that others follow", {GREETED, REQUEST(MS(81), .text = "QUIT\r\nNOOP\r\n"), CLIENT_RST_ACK(MS(140))},
     .lacks = "said-farewell"},
    {"a line of a mail's text", {GREETED, REQUEST(MS(81), .text = "DATA\r\n"),
     RESPONSE(MS(121), .text = "354 Go on\r\n"), REQUEST(MS(122), .text = "QUIT\r\n"), CLIENT_RST_ACK(MS(180))},
     .lacks = "said-farewell"},
    {"after the text's end", {GREETED, REQUEST(MS(81), .text = "DATA\r\n"), RESPONSE(MS(121), .text = "354 Go on\r\n"),
     REQUEST(MS(122), .text = "Hello\r\n.\r\n"), REQUEST(MS(122.1), .text = "QUIT\r\n"), CLIENT_RST_ACK(MS(180))},
     .shows = "said-farewell"},
    {"an article of news", {GREETED, REQUEST(MS(81), .text = "POST\r\n"), RESPONSE(MS(121), .text = "340 Go on\r\n"),
     REQUEST(MS(122), .text = "QUIT\r\n"), CLIENT_RST_ACK(MS(180))}, .lacks = "said-farewell"},

    /* what is owed an answer */
    {"SIP's ACK is never answered", {GREETED, REQUEST(MS(81), .text = "ACK sip:a@example.net SIP/2.0\r\n\r\n"),
     SERVER_ACK(MS(121)), CLIENT_RST_ACK(SEC(2))}, .lacks = "request-outstanding"},
    {"SIP's INVITE is", {GREETED, REQUEST(MS(81), .text = "INVITE sip:a@example.net SIP/2.0\r\n\r\n"),
     SERVER_ACK(MS(121)), CLIENT_RST_ACK(SEC(2))}, .shows = "request-outstanding"},
    {"FTP announces a transfer and does not say that it is done", {GREETED, REQUEST(MS(81), .text = "RETR a\r\n"),
     RESPONSE(MS(121), .text = "150 Opening\r\n"), ACK(MS(121.1)), CLIENT_RST_ACK(SEC(2))}, .server_port = 21,
     .shows = "request-outstanding"},
    {"a meter whose value is 150 does not", {GREETED, REQUEST(MS(81), .text = "READ 1\r\n"),
     RESPONSE(MS(121), .text = "150 mV\r\n"), ACK(MS(121.1)), CLIENT_RST_ACK(SEC(2))}, .lacks = "request-outstanding"},
    {"and does", {GREETED, REQUEST(MS(81), .text = "RETR a\r\n"),
     RESPONSE(MS(121), .text = "150 Opening\r\n"), RESPONSE(MS(221), .text = "226 Done\r\n"), ACK(MS(221.1)),
     CLIENT_RST_ACK(SEC(2))}, .server_port = 21, .lacks = "request-outstanding"},
    {"both in one segment", {GREETED, REQUEST(MS(81), .text = "RETR a\r\n"),
     RESPONSE(MS(121), .text = "150 Opening\r\n226 Done\r\n"), ACK(MS(121.1)), CLIENT_RST_ACK(SEC(2))},
     .server_port = 21, .lacks = "request-outstanding"},
    {"SIP's ACK and BYE in one segment", {GREETED, REQUEST(MS(81),
     .text = "ACK sip:a@example.net SIP/2.0\r\n\r\n" "BYE sip:a@example.net SIP/2.0\r\n\r\n"), SERVER_ACK(MS(121)),
     CLIENT_RST_ACK(SEC(2))}, .shows = "request-outstanding"},
    {"two queries of DNS, of which one is answered", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(DNS_QUERY DNS_QUERY)),
     RESPONSE(MS(81), SAYS(DNS_ANSWER DNS_RECORD)), ACK(MS(81.1)), CLIENT_RST_ACK(SEC(5))},
     .shows = "request-outstanding", .lacks = "answer-complete"},
    {"a zone's first message need not be its last",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS("\0\x13\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\0\0\xfc\0\1")),
      RESPONSE(MS(81), SAYS(DNS_ANSWER DNS_RECORD)), ACK(MS(81.1)), CLIENT_RST_ACK(MS(90))},
     .lacks = "answer-complete"},
    {"a client's first words like an answer of DNS are none",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(DNS_ANSWER)), RESPONSE(MS(81)), ACK(MS(81.1)), CLIENT_RST_ACK(MS(90))},
     .lacks = "request-incomplete"},
    {"an answer of DNS whose length is not reached",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(DNS_QUERY)), RESPONSE(MS(81), SAYS(DNS_ANSWER)), ACK(MS(81.1)),
      CLIENT_RST_ACK(MS(90))}, .shows = "answer-incomplete", .lacks = "answer-complete"},
    {"one that is whole", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(DNS_QUERY)),
     RESPONSE(MS(81), SAYS(DNS_ANSWER DNS_RECORD)), ACK(MS(81.1)),
     CLIENT_RST_ACK(MS(90))}, .shows = "answer-complete", .lacks = "answer-incomplete"},
    {"what has no question is no query",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS("\x43\x4e\x58\x4e\0\0\0\1\0\0\4\0\x1b\0\0\0M\n\0")),
      RESPONSE(MS(81)), ACK(MS(81.1)), CLIENT_RST_ACK(MS(90))}, .lacks = "request-incomplete"},

    /* content of its own */
    {"the same content each time", {POST_OF("t=20")}, .before = {{post_20, 4, 0, .every_ns = SEC(10)}},
     .shows = "periodic-probe"},
    {"other content each time", {POST_OF("t=23")}, .before = {{post_20, 1, 0, .every_ns = SEC(10)},
     {post_21, 1, 0, .every_ns = SEC(10)}, {post_22, 1, 0, .every_ns = SEC(10)}}, .lacks = "periodic-probe"},
    {"another address is asked for each time", {GET_OF("/orders/3")}, .before = {{get_1, 2, 0, .every_ns = SEC(10)},
     {get_2, 2, 0, .every_ns = SEC(10)}}, .lacks = "periodic-probe"},
    {"the same address each time", {GET_OF("/orders/1")}, .before = {{get_1, 4, 0, .every_ns = SEC(10)}},
     .shows = "periodic-probe"},
    {"the content follows its header", {HANDSHAKE_AT_CLIENT,
     REQUEST(MS(41), .text = POST_HEADER), REQUEST(MS(41.1), .text = "t=23"),
     RESPONSE(MS(90), .text = NO_CONTENT), CLIENT_RST_ACK(MS(91))},
     .before = {{post_follows, 4, 0, .every_ns = SEC(10)}},
     .lacks = "periodic-probe"},
    {"a header that was captured twice is not its content", {HANDSHAKE_AT_CLIENT,
     REQUEST(MS(41), .text = POST_HEADER), REQUEST(MS(41.01), .text = POST_HEADER, .back = sizeof POST_HEADER - 1),
     REQUEST(MS(41.1), .text = "t=20"), RESPONSE(MS(90), .text = NO_CONTENT), CLIENT_RST_ACK(MS(91))},
     .before = {{post_follows, 4, 0, .every_ns = SEC(10)}}, .shows = "periodic-probe"},

    /* words that turn the client away later */
    {"the latest words refuse", {GREETED, REQUEST(MS(81), .text = "EHLO a\r\n"),
     RESPONSE(MS(121), .text = "550 5.7.1 no\r\n"), RST_ACK(MS(122))}, .shows = "server-refused",
     .lacks = "server-turned-away"},
    {"the server went on after that", {GREETED, REQUEST(MS(81), .text = "EHLO a\r\n"),
     RESPONSE(MS(121), .text = "550 5.7.1 no\r\n"), REQUEST(MS(122), .text = "RSET\r\n"),
     RESPONSE(MS(162), .text = "250 OK\r\n"), RST_ACK(MS(163))}, .lacks = "server-refused"},
    {"no such mailbox is no refusal of the client", {GREETED, REQUEST(MS(81), .text = "RCPT TO:<a@example.com>\r\n"),
     RESPONSE(MS(121), .text = "550 5.1.1 unknown\r\n"), RST_ACK(MS(122))}, .lacks = "server-refused"},
    {"MySQL's error", {HANDSHAKE_AT_CLIENT, RESPONSE(MS(80), SAYS("\x0a\0\0\0\x0a" "8.0.36xyz")), REQUEST(MS(81)),
     RESPONSE(MS(121), SAYS("\x16\0\0\x02\xff\x15\x04#28000Access denied")), RST_ACK(MS(122))},
     .shows = "server-refused"},
    {"Redis in protected mode", {HANDSHAKE_AT_CLIENT, REQUEST(MS(81), .text = "PING\r\n"),
     RESPONSE(MS(121), .text = "+OK\r\n"),
     RESPONSE(MS(121.1), .text = "-DENIED Redis is running in protected mode\r\n"), RST_ACK(MS(122))},
     .shows = "server-refused"},
    {"first words are server-turned-away", {HANDSHAKE_AT_CLIENT, RESPONSE(MS(80), .text = "554 no service\r\n"),
     RST_ACK(MS(81))}, .shows = "server-turned-away", .lacks = "server-refused"},

    /* unread? */
    {"the client's last data had no answer when it closed", {HANDSHAKE_AT_CLIENT, RESPONSE(MS(81)), REQUEST(MS(121)),
     SERVER_ACK(MS(161)), CLIENT_FIN(MS(162)), SERVER_ACK(MS(202)), RST_ACK(MS(203))}, .lacks = "reset-after-peer-fin"},
    {"it was PostgreSQL's farewell", {HANDSHAKE_AT_CLIENT, RESPONSE(MS(81)), REQUEST(MS(121), SAYS("X\0\0\0\4")),
     SERVER_ACK(MS(161)), CLIENT_FIN(MS(162)), SERVER_ACK(MS(202)), RST_ACK(MS(203))},
     .shows = "reset-after-peer-fin"},

    {"what the client closed without comes again, and a reset acknowledges it",
     {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), RESPONSE(MS(42)), RESPONSE(MS(342), .back = 100),
      CLIENT_FIN(MS(900), .ack = 1), SERVER_ACK(MS(901)), RESPONSE(MS(942), .back = 100),
      CLIENT_RST_ACK(MS(983), .ack = 101)},
     .shows = "data-after-fin", .lacks = "reset-after-own-fin"},

    /* given up */
    {"the client waits for an answer, closes, and resets a minute later",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("a.example")), SERVER_ACK(MS(81)), CLIENT_FIN(SEC(4)),
      SERVER_ACK(SEC(4.04)), CLIENT_RST_ACK(SEC(64))}, .shows = "request-given-up long-silence"},
    {"it closes at once",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("a.example")), SERVER_ACK(MS(81)), CLIENT_FIN(MS(82)),
      SERVER_ACK(MS(122)), CLIENT_RST_ACK(SEC(60))}, .lacks = "request-given-up"},
    {"the answer came",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("a.example")), RESPONSE(MS(81)), CLIENT_FIN(SEC(4)),
      SERVER_ACK(SEC(4.04)), CLIENT_RST_ACK(SEC(64))}, .lacks = "request-given-up"},
    {"it came after the client's FIN",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("a.example")), SERVER_ACK(MS(81)), CLIENT_FIN(SEC(4)),
      RESPONSE(SEC(4.04)), ACK(SEC(4.05)), CLIENT_RST_ACK(SEC(64))}, .lacks = "request-given-up"},
    {"a request crosses the server's FIN, and is reset",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), REQUEST(SEC(9)),
      SERVER_FIN(SEC(9.01), .ack = 101), RST(SEC(9.04))}, .shows = "data-lost-at-close"},
    {"a farewell does", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), ACK(MS(90.1)), SERVER_FIN(SEC(9)),
      REQUEST(SEC(9.001), .text = "QUIT\r\n"), RST(SEC(9.04))}, .lacks = "data-lost-at-close"},
    {"the request was answered before the server closed",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(90)), SERVER_FIN(MS(91)), CLIENT_FIN(MS(92)), RST(MS(131))},
     .lacks = "data-lost-at-close"},
};
const struct rows evidence_of_closings = {"closings", closings, G_N_ELEMENTS(closings)};
