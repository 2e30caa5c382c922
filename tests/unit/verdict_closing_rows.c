/* verdict_closing_rows.c - how connections close (docs/facts.md 15), in stories that differ in one thing
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "verdict_rows.h"
#include "payloads.h"

enum { SIGNED = TCPRST_OPT_MSS | TCPRST_OPT_SIGNED };

static const struct step asked_by_http[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("a.example")),
                                            RESPONSE(MS(90), .text = HTTP_OK), {0}};
static const struct step asked_by_tls[] = {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("www.example.com"))),
                                           RESPONSE(MS(90), SAYS(SERVER_HELLO)), {0}};

#define MAIL_UP_TO_DATA SYN(0), SYN_ACK(MS(40)), ACK(MS(40.1)), RESPONSE(MS(80), .text = SMTP_GREETING), \
    REQUEST(MS(81), .text = "DATA\r\n"), RESPONSE(MS(121), .text = "354 End data with <CR><LF>.<CR><LF>\r\n"), \
    REQUEST(MS(122), .text = "Subject: how to leave\r\n\r\nSay\r\n")

#define POST_HEADER "POST /r HTTP/1.1\r\nContent-Length: 4\r\n\r\n"
#define POST_OF(body) HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = POST_HEADER body), \
    RESPONSE(MS(90), .text = NO_CONTENT), CLIENT_RST_ACK(MS(91))
static const struct step post_20[] = {POST_OF("t=20"), {0}}, post_21[] = {POST_OF("t=21"), {0}},
                         post_22[] = {POST_OF("t=22"), {0}};

#define GREETED HANDSHAKE_AT_CLIENT, RESPONSE(MS(80), .text = SMTP_GREETING)

static const struct story closings[] = {
    {"opened ahead, never used, closed by the server's limit",
     {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)), ACK(SEC(20.0001)), CLIENT_RST_ACK(SEC(21))},
     .cause = "reset-as-close", .sender = "client", .says = "neither side had sent anything"},
    {"the same, captured on the server",
     {HANDSHAKE_AT_SERVER, SERVER_FIN(SEC(20)), ACK(SEC(20.04)), CLIENT_RST_ACK(SEC(21))},
     .cause = "reset-as-close", .sender = "client"},
    {"the RST itself acknowledges the server's FIN",
     {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)), CLIENT_RST_ACK(SEC(20.0001))}, .cause = "reset-as-close"},
    {"the client had sent a request", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), SERVER_FIN(SEC(20)),
     ACK(SEC(20.0001)), CLIENT_RST_ACK(SEC(21))}, .never = "reset-as-close"},
    {"the client had waited for a greeting", {HANDSHAKE_AT_CLIENT, SERVER_FIN(SEC(20)), ACK(SEC(20.0001)),
     CLIENT_RST_ACK(SEC(21))}, .server_port = 25, .never = "reset-as-close"},
    {"the server closed at once: it turned the client away", {HANDSHAKE_AT_CLIENT, SERVER_FIN(MS(41)),
     ACK(MS(41.1)), CLIENT_RST_ACK(SEC(1))}, .never = "reset-as-close"},

    {"the server answers the request by FIN, then resets", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)),
     SERVER_FIN(MS(82)), RST_ACK(MS(83))}, .cause = "app-reject", .sender = "server", .not_high = true,
     .says = "closed its side (frame 6)"},
    {"the same, captured on the server", {HANDSHAKE_AT_SERVER, REQUEST(MS(41)), SERVER_ACK(MS(41.1)),
     SERVER_FIN(MS(42)), RST_ACK(MS(43))}, .cause = "app-reject", .sender = "server"},
    {"the client has acknowledged the FIN", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)),
     SERVER_FIN(MS(82)), ACK(MS(82.1)), RST_ACK(SEC(2))}, .cause = "app-reject", .sender = "server"},
    {"nothing was asked", {HANDSHAKE_AT_CLIENT, SERVER_FIN(MS(82)), RST_ACK(MS(83))}, .never = "app-reject"},
    {"the server had answered", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), RESPONSE(MS(81)), SERVER_FIN(MS(82)),
     RST_ACK(MS(83))}, .never = "app-reject"},
    {"data came after the FIN", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), SERVER_ACK(MS(81)), SERVER_FIN(MS(82)),
     REQUEST(MS(82.1)), RST(MS(122.2))}, .cause = "data-after-close", .never = "app-reject"},

    {"client-abort with rst-echoes-segment", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)),
     RESPONSE(MS(90), .ip_id = 7, .window = 500), CLIENT_RST_ACK(MS(91), .bytes = 100, .ip_id = 7, .window = 500)},
     .shows = "rst-echoes-segment", .never = "client-abort"},
    {"client-abort without rst-echoes-segment", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)),
     RESPONSE(MS(90), .ip_id = 7, .window = 500), CLIENT_RST_ACK(MS(91), .bytes = 100, .ip_id = 9, .window = 500)},
     .lacks = "rst-echoes-segment", .cause = "client-abort"},

    {"a ClientHello in two segments, of which the first was taken",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO_FIRST_PART)),
      REQUEST(MS(41.1), SAYS(HELLO_SECOND_PART("www.example.com"))),
      RST_ACK(MS(81), .ack = (int)sizeof HELLO_FIRST_PART)},
     .cause = "app-reject", .not_high = true, .says = "a part of it was not acknowledged"},
    {"both were", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO_FIRST_PART)),
     REQUEST(MS(41.1), SAYS(HELLO_SECOND_PART("www.example.com"))), RST_ACK(MS(82))},
     .cause = "app-reject", .certainty = "high", .says = "cannot put it together"},

    {"two others were answered by HTTP, and TLS is spoken to an HTTP port",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("www.example.com"))), RST_ACK(MS(82))}, .server_port = 8080,
     .before = {{asked_by_http, 2, 2, .port = 8080}},
     .cause = "protocol-mismatch", .not_high = true, .says = "2 others HTTP"},
    {"on a port of no known protocol it is offered", {HANDSHAKE_AT_CLIENT,
     REQUEST(MS(41), SAYS(HELLO("www.example.com"))), RST_ACK(MS(82))}, .server_port = 7777,
     .before = {{asked_by_http, 1, 1, .port = 7777}}, .cause = "app-reject", .shows = "few-spoke-otherwise"},
    {"one was answered by TLS as well", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), SAYS(HELLO("www.example.com"))),
     RST_ACK(MS(82))}, .server_port = 8080,
     .before = {{asked_by_http, 2, 2, .port = 8080}, {asked_by_tls, 1, 1, .port = 8080}},
     .never = "protocol-mismatch"},

    {"half closed, read on, then stopped", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), RESPONSE(MS(90)),
     ACK(MS(90.1)), RESPONSE(SEC(1)), ACK(SEC(1.0001)), RESPONSE(SEC(1.1)), CLIENT_RST(SEC(1.1001))},
     .cause = "data-after-close", .not_high = true, .says = "had read on"},
    {"the same by RST+ACK", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), RESPONSE(MS(90)),
     ACK(MS(90.1)), RESPONSE(SEC(1), .late = true), CLIENT_RST_ACK(SEC(1.1))}, .never = "data-after-close"},
    {"closed: what comes then is reset", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41)), CLIENT_FIN(MS(42)), RESPONSE(MS(90)),
     CLIENT_RST(MS(90.1))}, .cause = "data-after-close", .certainty = "high"},

    {"a signed connection, a reset without signature", {SYN(0, .options = SIGNED), SYN_ACK(MS(40), .options = SIGNED),
     ACK(MS(40.1), .options = TCPRST_OPT_SIGNED), REQUEST(MS(41), .options = TCPRST_OPT_SIGNED),
     RESPONSE(MS(90), .options = TCPRST_OPT_SIGNED), CLIENT_FIN(MS(91), .options = TCPRST_OPT_SIGNED),
     RESPONSE(MS(140), .options = TCPRST_OPT_SIGNED), CLIENT_RST(MS(140.1))},
     .cause = "data-after-close", .says = "the other side ignores it"},

    {"refused by who had tried for a long time", {SYN(0), SYN(SEC(1)), SYN(SEC(3)), SYN(SEC(7)), SYN(SEC(15)),
     RST_ACK(SEC(21))}, .cause = "refused-in-path", .says = "gave up"},

    {"a small stack answers a FIN so, also where it has restarted since",
     {SYN(0, .window = 1220, .options = TCPRST_OPT_MSS, .no_df = true), SYN_ACK(MS(40)), ACK(MS(40.1)), REQUEST(MS(41)),
      RESPONSE(MS(90)), ACK(MS(90.1)), SERVER_FIN(SEC(40)), CLIENT_RST_ACK(SEC(40.001), .options = NONE)},
     .cause = "reset-as-close", .not_high = true},
    {"midstream, without the timestamps that its segments had",
     {RESPONSE(0, .options = TCPRST_OPT_TIMESTAMP), ACK(MS(40)), REQUEST(MS(99)),
      RST_ACK(MS(140), .options = NONE)}, .lacks = "rst-aborts-socket", .not_high = true},
    {"QUIT is a line of a mail's text, and the server resets", {MAIL_UP_TO_DATA, REQUEST(MS(123), .text = "QUIT\r\n"),
     SERVER_ACK(MS(163)), RST_ACK(MS(164))}, .cause = "app-abort", .never = "reset-as-close"},
    {"the text's end and QUIT, and the client resets", {MAIL_UP_TO_DATA, REQUEST(MS(123), .text = ".\r\nQUIT\r\n"),
     SERVER_ACK(MS(163)), CLIENT_RST_ACK(MS(164))}, .cause = "reset-as-close"},
    {"the server names a time limit, and resets",
     {HANDSHAKE_AT_CLIENT, RESPONSE(MS(80), .text = SMTP_GREETING), ACK(MS(81)),
      RESPONSE(SEC(300), .text = "421 4.4.2 Timeout\r\n"), RST_ACK(SEC(300.1))},
     .cause = "idle-timeout", .says = "named a time limit"},
    {"it names another reason",
     {HANDSHAKE_AT_CLIENT, RESPONSE(MS(80), .text = SMTP_GREETING), ACK(MS(81)),
      RESPONSE(SEC(300), .text = "421 4.3.2 Shutting down\r\n"), RST_ACK(SEC(300.1))}, .cause = "app-abort"},
    {"the server resets upon QUIT instead of answering", {HANDSHAKE_AT_CLIENT, RESPONSE(MS(80), .text = SMTP_GREETING),
     REQUEST(MS(81), .text = "QUIT\r\n"), SERVER_ACK(MS(121)), RST_ACK(MS(122))}, .never = "reset-as-close"},
    {"it answers and resets", {HANDSHAKE_AT_CLIENT, RESPONSE(MS(80), .text = SMTP_GREETING),
     REQUEST(MS(81), .text = "QUIT\r\n"), RESPONSE(MS(121), .text = "221 Bye\r\n"), ACK(MS(121.1)), RST_ACK(MS(162))},
     .cause = "reset-as-close"},

    {"a sensor posts its readings at regular times", {POST_OF("t=23")}, .before = {{post_20, 1, 0, .every_ns = SEC(10)},
     {post_21, 1, 0, .every_ns = SEC(10)}, {post_22, 1, 0, .every_ns = SEC(10)}},
     .cause = "reset-as-close", .never = "health-check"},
    {"a monitor posts the same each time", {POST_OF("t=20")}, .before = {{post_20, 4, 0, .every_ns = SEC(10)}},
     .cause = "health-check"},

    {"refused in words before the reset", {GREETED, REQUEST(MS(81), .text = "EHLO [192.0.2.9]\r\n"),
     RESPONSE(MS(121), .text = "554 5.7.1 blocked using a list\r\n"), RST_ACK(MS(121.1))}, .cause = "app-abort",
     .says = "The server's last words were \"554 5.7.1 blocked using a list\""},
    {"the client resets upon that", {GREETED, REQUEST(MS(81), .text = "EHLO [192.0.2.9]\r\n"),
     RESPONSE(MS(121), .text = "554 5.7.1 blocked using a list\r\n"), CLIENT_RST_ACK(MS(122))},
     .never = "reset-as-close"},

    {"the server may not have read the client's last data", {HANDSHAKE_AT_CLIENT, RESPONSE(MS(81)), REQUEST(MS(121)),
     SERVER_ACK(MS(161)), CLIENT_FIN(MS(162)), SERVER_ACK(MS(202)), RST_ACK(MS(203))}, .cause = "reset-as-close",
     .not_high = true},
    {"it was a farewell that needs no answer", {HANDSHAKE_AT_CLIENT, RESPONSE(MS(81)),
     REQUEST(MS(121), SAYS("X\0\0\0\4")), SERVER_ACK(MS(161)), CLIENT_FIN(MS(162)), SERVER_ACK(MS(202)),
     RST_ACK(MS(203))}, .cause = "reset-as-close", .certainty = "high"},

    {"the client gave up its request a minute before it resets: no idle connection",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("a.example")), SERVER_ACK(MS(81)), CLIENT_FIN(SEC(4)),
      SERVER_ACK(SEC(4.04)), CLIENT_RST_ACK(SEC(64))}, .cause = "client-abort", .not_high = true,
     .says = "in vain and closed its side"},
    {"the answer had come", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = GET("a.example")), RESPONSE(MS(81)),
     ACK(MS(82)), CLIENT_FIN(SEC(4)), SERVER_ACK(SEC(4.04)), CLIENT_RST_ACK(SEC(64))}, .cause = "idle-timeout"},

    {"a client leaves Redis after a whole answer", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = REDIS_GET),
     RESPONSE(MS(90), .text = "$5\r\nhello\r\n"), ACK(MS(90.1)), CLIENT_RST_ACK(MS(140))},
     .shows = "answer-complete", .cause = "reset-as-close"},
    {"it leaves amid one", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = REDIS_GET),
     RESPONSE(MS(90), .text = "$50\r\nhello\r\n"), ACK(MS(90.1)), CLIENT_RST_ACK(MS(140))},
     .shows = "answer-incomplete", .cause = "client-abort", .never = "reset-as-close",
     .says = "The answer was cut short (45 bytes missing"},
    {"Redis itself ends amid a list", {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = REDIS_GET),
     RESPONSE(MS(90), .text = "*2\r\n$5\r\nhello\r\n"), ACK(MS(90.1)), RST_ACK(MS(140))},
     .cause = "app-abort", .never = "reset-as-close",
     .says = "The answer was cut short (its end is missing after frame 5)"},
    {"it ends after a whole answer: the one is as likely as the other",
     {HANDSHAKE_AT_CLIENT, REQUEST(MS(41), .text = REDIS_GET), RESPONSE(MS(90), .text = "$5\r\nhello\r\n"),
      ACK(MS(90.1)), RST_ACK(MS(140))}, .shows = "answer-complete", .not_high = true},
    {"a client drops its peer amid a block of a torrent", {HANDSHAKE_AT_CLIENT,
     REQUEST(MS(41), SAYS(TORRENT_HANDSHAKE)), RESPONSE(MS(90), SAYS(TORRENT_HANDSHAKE)), REQUEST(MS(91),
     SAYS("\0\0\0\xd\6\0\0\0\1\0\0\0\0\0\0\x40\0")), RESPONSE(MS(131), SAYS("\0\0\x40\x9\7\0\0\0\1\0\0\0\0" TEN)),
     ACK(MS(131.1)), CLIENT_RST_ACK(MS(140))}, .cause = "client-abort", .never = "reset-as-close"},
    {"it drops it after a block", {HANDSHAKE_AT_CLIENT,
     REQUEST(MS(41), SAYS(TORRENT_HANDSHAKE)), RESPONSE(MS(90), SAYS(TORRENT_HANDSHAKE)), REQUEST(MS(91),
     SAYS("\0\0\0\xd\6\0\0\0\1\0\0\0\0\0\0\0\xa")), RESPONSE(MS(131), SAYS("\0\0\0\x13\7\0\0\0\1\0\0\0\0" TEN)),
     ACK(MS(131.1)), CLIENT_RST_ACK(MS(140))}, .lacks = "answer-incomplete", .not_high = true},
};
const struct rows verdicts_closings = {"closings", closings, G_N_ELEMENTS(closings)};
