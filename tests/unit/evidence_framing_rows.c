/* evidence_framing_rows.c - evidence in where the messages of databases, caches and BitTorrent end
 * (docs/facts.md 15)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "evidence_rows.h"
#include "payloads.h"

/* The client's reset, so that the end of the answer alone tells what it left. */
#define ASKED(...) HANDSHAKE_AT_CLIENT, REQUEST(MS(41), __VA_ARGS__)
#define ANSWERED(...) RESPONSE(MS(81.5), __VA_ARGS__), ACK(MS(81.6)), CLIENT_RST_ACK(MS(90))
#define ANSWERED_NEXT(...) RESPONSE(MS(122.5), __VA_ARGS__), ACK(MS(122.6)), CLIENT_RST_ACK(MS(131))

#define REDIS_PING "*1\r\n$4\r\nPING\r\n"

#define POSTGRES_START "\0\0\0\x12\0\3\0\0" "user\0app\0" "\0"
#define POSTGRES_WELCOME "R\0\0\0\x8\0\0\0\0" POSTGRES_READY
#define POSTGRES_READY "Z\0\0\0\5I"
#define POSTGRES_QUERY "Q\0\0\0\x0dselect 1\0"
#define POSTGRES_ROW "D\0\0\0\x0b\0\1\0\0\0\1" "1"
#define POSTGRES_DONE "C\0\0\0\x0dSELECT 1\0"
#define POSTGRES_SESSION ASKED(SAYS(POSTGRES_START)), RESPONSE(MS(81), SAYS(POSTGRES_WELCOME)), \
    REQUEST(MS(82), SAYS(POSTGRES_QUERY))

#define MONGO_HEADER(length, to) length "\0\0\0" "\7\0\0\0" to "\0\0\0" "\xdd\7\0\0"
#define MONGO_BODY "\0" "\5\0\0\0\0"
#define MONGO_HELLO MONGO_HEADER("\x1a", "\0") "\0\0\0\0" MONGO_BODY
#define MONGO_ANSWER MONGO_HEADER("\x1a", "\7") "\0\0\0\0" MONGO_BODY
#define MONGO_ANSWER_OF_SEVERAL MONGO_HEADER("\x1a", "\7") "\2\0\0\0" MONGO_BODY

static const struct story framings[] = {
    /* Redis */
    {"a string is whole", {ASKED(.text = REDIS_GET), ANSWERED(.text = "$5\r\nhello\r\n")},
     .shows = "answer-complete", .lacks = "answer-incomplete"},
    {"a string is cut", {ASKED(.text = REDIS_GET), ANSWERED(.text = "$50\r\nhello")},
     .shows = "answer-incomplete", .lacks = "answer-complete"},
    {"its end comes in a second segment", {ASKED(.text = REDIS_GET), RESPONSE(MS(81.2), .text = "$50\r\nhello"),
     RESPONSE(MS(81.5), .bytes = 47), ACK(MS(81.6)), CLIENT_RST_ACK(MS(90))}, .shows = "answer-complete"},
    {"its end is not in the capture", {ASKED(.text = REDIS_GET), RESPONSE(MS(81.2), .text = "$50\r\nhello"),
     RESPONSE(MS(81.5), .bytes = 47, .unseen = true), ACK(MS(81.6)), CLIENT_RST_ACK(MS(90))},
     .lacks = "answer-incomplete"},
    {"a segment amid it is not in the capture, and another answer begins unseen",
     {ASKED(.text = REDIS_GET REDIS_GET), RESPONSE(MS(81.1), .text = "$50\r\nhello"),
     RESPONSE(MS(81.2), .bytes = 60, .unseen = true), RESPONSE(MS(81.5), .text = "+OK\r\n"), ACK(MS(81.6)),
     CLIENT_RST_ACK(MS(90))}, .lacks = "answer-complete answer-incomplete"},
    {"an error is an answer", {ASKED(.text = REDIS_GET), ANSWERED(.text = "-WRONGTYPE no\r\n")},
     .shows = "answer-complete"},
    {"an element of the list is missing", {ASKED(.text = REDIS_GET), ANSWERED(.text = "*2\r\n$1\r\na\r\n")},
     .shows = "answer-incomplete"},
    {"it comes in a second segment", {ASKED(.text = REDIS_GET), RESPONSE(MS(81.2), .text = "*2\r\n$1\r\na\r\n"),
     ANSWERED(.text = "$1\r\nb\r\n")}, .shows = "answer-complete"},
    {"it comes twice, as captures have copies", {ASKED(.text = REDIS_GET),
     RESPONSE(MS(81.2), .text = "*3\r\n$1\r\na\r\n"), RESPONSE(MS(81.3), .text = "$1\r\nb\r\n"),
     RESPONSE(MS(81.31), .text = "$1\r\nb\r\n", .back = 7), ACK(MS(81.6)), CLIENT_RST_ACK(MS(90))},
     .shows = "answer-incomplete"},
    {"a map within a list", {ASKED(.text = REDIS_GET), ANSWERED(.text = "*2\r\n%1\r\n+a\r\n:1\r\n$-1\r\n")},
     .shows = "answer-complete"},
    {"a list of more than is counted", {ASKED(.text = REDIS_GET), ANSWERED(.text = "*70000\r\n$1\r\na\r\n")},
     .lacks = "answer-complete answer-incomplete"},
    {"after a subscription nothing is claimed",
     {ASKED(.text = "*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n"), ANSWERED(.text = "*1\r\n:1\r\n")},
     .lacks = "answer-complete answer-incomplete"},
    {"what is pushed is no answer", {ASKED(.text = REDIS_GET), ANSWERED(.text = ">1\r\n+a\r\n")},
     .lacks = "answer-complete answer-incomplete"},
    {"what follows a full resync has an end of its own", {ASKED(.text = REDIS_GET),
     ANSWERED(.text = "+FULLRESYNC a 0\r\n$50\r\nhello")}, .lacks = "answer-complete answer-incomplete"},
    {"two commands, one answer", {ASKED(.text = REDIS_GET REDIS_PING), ANSWERED(.text = "$5\r\nhello\r\n")},
     .shows = "request-outstanding", .lacks = "answer-complete"},
    {"two answers", {ASKED(.text = REDIS_GET REDIS_PING), ANSWERED(.text = "$5\r\nhello\r\n+PONG\r\n")},
     .shows = "answer-complete", .lacks = "request-outstanding"},
    {"a command is cut", {ASKED(.text = REDIS_PING), RESPONSE(MS(81), .text = "+PONG\r\n"),
     REQUEST(MS(82), .text = "*2\r\n$4\r\nECHO\r\n$90\r\nhello"), SERVER_ACK(MS(122)), CLIENT_RST_ACK(MS(131))},
     .shows = "request-incomplete"},
    {"a server that answers like another does not speak it", {ASKED(.text = REDIS_PING "*1\r\n$90\r\nhello"),
     ANSWERED(.text = "what?\r\n")}, .lacks = "request-incomplete answer-incomplete answer-complete"},
    {"a line with a star is no command", {ASKED(.text = "* 2\r\n"), ANSWERED(.text = "$50\r\nhello")},
     .lacks = "answer-incomplete"},
    {"words of HTTP within a string", {ASKED(.text = REDIS_GET), RESPONSE(MS(81.2), .text = "$90\r\n"),
     ANSWERED(.text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")},
     .shows = "answer-incomplete", .lacks = "answer-complete"},

    /* memcached */
    {"a value and END", {ASKED(.text = "get a\r\n"), ANSWERED(.text = "VALUE a 0 5\r\nhello\r\nEND\r\n")},
     .shows = "answer-complete"},
    {"a value is cut", {ASKED(.text = "get a\r\n"), ANSWERED(.text = "VALUE a 0 50\r\nhello")},
     .shows = "answer-incomplete"},
    {"a value without END", {ASKED(.text = "gets a b\r\n"), ANSWERED(.text = "VALUE a 0 5 17\r\nhello\r\n")},
     .shows = "answer-incomplete"},
    {"a value that holds the word END", {ASKED(.text = "get a\r\n"), ANSWERED(.text = "VALUE a 0 50\r\nEND\r\n")},
     .shows = "answer-incomplete"},
    {"something is stored", {ASKED(.text = "set a 0 0 5\r\nhello\r\n"), ANSWERED(.text = "STORED\r\n")},
     .shows = "answer-complete"},
    {"what is to be stored is cut", {ASKED(.text = "get a\r\n"), RESPONSE(MS(81), .text = "END\r\n"),
     REQUEST(MS(82), .text = "set a 0 0 50\r\nhello"), SERVER_ACK(MS(122)), CLIENT_RST_ACK(MS(131))},
     .shows = "request-incomplete"},
    {"a set without answer, and a get with one", {ASKED(.text = "set a 0 0 1 noreply\r\nb\r\nget a\r\n"),
     ANSWERED(.text = "VALUE a 0 1\r\nb\r\nEND\r\n")}, .shows = "answer-complete", .lacks = "request-outstanding"},
    {"another server that one can say get to", {ASKED(.text = "get a\r\n"), RESPONSE(MS(81), .text = "a = 5\r\n"),
     REQUEST(MS(82), .text = "set a to 1 50\r\n"), RESPONSE(MS(122.5), .text = "END\r\n"), ACK(MS(122.6)),
     CLIENT_RST_ACK(MS(131))}, .lacks = "answer-complete request-incomplete"},

    /* PostgreSQL */
    {"rows and ReadyForQuery", {POSTGRES_SESSION, ANSWERED_NEXT(SAYS(POSTGRES_ROW POSTGRES_DONE POSTGRES_READY))},
     .shows = "answer-complete"},
    {"rows alone", {POSTGRES_SESSION, ANSWERED_NEXT(SAYS(POSTGRES_ROW POSTGRES_ROW))}, .shows = "answer-incomplete"},
    {"a row is cut", {POSTGRES_SESSION, ANSWERED_NEXT(SAYS("D\0\0\0\x4b\0\1"))}, .shows = "answer-incomplete"},
    {"a command is complete, which may be all of it",
     {POSTGRES_SESSION, ANSWERED_NEXT(SAYS(POSTGRES_ROW POSTGRES_DONE))},
     .lacks = "answer-complete answer-incomplete"},
    {"a header in two segments: from there on nothing is claimed", {POSTGRES_SESSION, RESPONSE(MS(122), SAYS("D\0\0")),
     RESPONSE(MS(122.1), SAYS("\0\x0b\0\1\0\0\0\1" "1")), ANSWERED_NEXT(SAYS(POSTGRES_DONE POSTGRES_READY))},
     .lacks = "answer-complete answer-incomplete"},
    {"and no end", {POSTGRES_SESSION, RESPONSE(MS(122), SAYS("D\0\0")),
     ANSWERED_NEXT(SAYS("\0\x4b\0\1\0\0\0\1" "1"))}, .lacks = "answer-complete answer-incomplete"},
    {"two queries, of which one is answered", {POSTGRES_SESSION, REQUEST(MS(82.1), SAYS(POSTGRES_QUERY)),
     ANSWERED_NEXT(SAYS(POSTGRES_ROW POSTGRES_DONE POSTGRES_READY))}, .shows = "request-outstanding"},
    {"the server asks for a copy", {POSTGRES_SESSION, ANSWERED_NEXT(SAYS("G\0\0\0\7\0\0\0"))},
     .lacks = "answer-complete answer-incomplete"},
    {"the server agrees to encrypt", {ASKED(SAYS("\0\0\0\x8\4\xd2\x16\x2f")), RESPONSE(MS(81), SAYS("S")),
     REQUEST(MS(82), SAYS(HELLO("allowed.example"))), ANSWERED_NEXT(SAYS(SERVER_HELLO))},
     .lacks = "answer-complete answer-incomplete request-incomplete"},
    {"it does not, and rows are cut", {ASKED(SAYS("\0\0\0\x8\4\xd2\x16\x2f")), RESPONSE(MS(81), SAYS("N")),
     REQUEST(MS(82), SAYS(POSTGRES_START)), RESPONSE(MS(122), SAYS(POSTGRES_WELCOME)),
     REQUEST(MS(123), SAYS(POSTGRES_QUERY)), RESPONSE(MS(163), SAYS("D\0\0\0\x4b\0\1")), ACK(MS(163.1)),
     CLIENT_RST_ACK(MS(172))}, .shows = "answer-incomplete"},

    /* MongoDB */
    {"an answer that is whole", {ASKED(SAYS(MONGO_HELLO)), ANSWERED(SAYS(MONGO_ANSWER))}, .shows = "answer-complete"},
    {"one that is cut", {ASKED(SAYS(MONGO_HELLO)), ANSWERED(SAYS(MONGO_HEADER("\x7a", "\7") "\0\0\0\0" MONGO_BODY))},
     .shows = "answer-incomplete"},
    {"one of several", {ASKED(SAYS(MONGO_HELLO)), ANSWERED(SAYS(MONGO_ANSWER_OF_SEVERAL))},
     .lacks = "answer-complete answer-incomplete"},

    /* BitTorrent, Kafka: a message can be a part of what is said */
    {"a block is cut", {ASKED(SAYS(TORRENT_HANDSHAKE)), RESPONSE(MS(81), SAYS(TORRENT_HANDSHAKE)),
     REQUEST(MS(82), SAYS("\0\0\0\1\2")), ANSWERED_NEXT(SAYS("\0\0\x40\x09\7\0\0\0\1\0\0\0\0" TEN))},
     .shows = "answer-incomplete"},
    {"a block is whole", {ASKED(SAYS(TORRENT_HANDSHAKE)), RESPONSE(MS(81), SAYS(TORRENT_HANDSHAKE)),
     REQUEST(MS(82), SAYS("\0\0\0\1\2")), ANSWERED_NEXT(SAYS("\0\0\0\x13\7\0\0\0\1\0\0\0\0" TEN))},
     .lacks = "answer-incomplete answer-complete"},
    {"its peer encrypts", {ASKED(SAYS(TORRENT_HANDSHAKE)), ANSWERED(SAYS("\xf1\2\x40\x09\xee"))},
     .lacks = "answer-incomplete"},
    {"an answer of Kafka is cut", {ASKED(SAYS(KAFKA_VERSIONS)), ANSWERED(SAYS("\0\0\1\0\0\0\0\1\0\0"))},
     .shows = "answer-incomplete"},
    {"one that is whole", {ASKED(SAYS(KAFKA_VERSIONS)), ANSWERED(SAYS("\0\0\0\6\0\0\0\1\0\0"))},
     .lacks = "answer-incomplete"},
    {"a length and a number that are not Kafka's", {ASKED(SAYS("\0\0\0\x0e\0\x13\0\3\0\0\0\1\0\4" "java")),
     ANSWERED(SAYS("\0\0\1\0\0\0\0\1\0\0"))}, .lacks = "answer-incomplete"},
};
const struct rows evidence_of_framing = {"framing", framings, G_N_ELEMENTS(framings)};
