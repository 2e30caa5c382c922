/* framing.c - reads lengths and ends of messages of DNS, BitTorrent, Kafka, MongoDB, PostgreSQL,
 * Redis and memcached
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/framing.h"

#include <glib.h>
#include <string.h>

#include "core/packet/bytes.h"

enum { LONGEST_BYTES = 1 << 30, LENGTH_BYTES = 4, LINE_END_BYTES = 2, LONGEST_LINE_BYTES = 2048 };

static const struct tcprst_message unknown = {.kind = TCPRST_MESSAGE_UNKNOWN};

/* A message of that length, which can be a part of what is said. */
static struct tcprst_message record(size_t bytes) {
    return (struct tcprst_message){.kind = TCPRST_MESSAGE_RECORD, .bytes = (uint32_t)bytes};
}

/* A message that ends an answer, and one of an answer that others have to follow. */
static struct tcprst_message answer(size_t bytes) {
    return (struct tcprst_message){
        .kind = TCPRST_MESSAGE_WHOLE, .bytes = (uint32_t)bytes, .is_answer = true};
}

static struct tcprst_message part(size_t bytes) {
    return (struct tcprst_message){.kind = TCPRST_MESSAGE_PART, .bytes = (uint32_t)bytes};
}

static uint32_t read_little_32(const uint8_t *bytes) {
    return GUINT32_SWAP_LE_BE(tcprst_read_32(bytes));
}

static bool is_one_of(uint8_t byte, const char *letters) {
    return byte && strchr(letters, byte);
}

/* --- lines --- */

/* Length of the line that begins the bytes, its CR and LF included; 0: they do not hold its end. */
static size_t line_of(const uint8_t *bytes, size_t count) {
    const size_t end = MIN(count, (size_t)LONGEST_LINE_BYTES);
    const uint8_t *stop = end ? memchr(bytes, '\n', end) : NULL;
    return stop && stop > bytes && stop[-1] == '\r' ? (size_t)(stop - bytes) + 1 : 0;
}

enum { NO_NUMBER = -1 };

/* The number in a field of the line; the first is field 0, a space is before the others. */
static int64_t number_in(const uint8_t *line, size_t count, unsigned field) {
    size_t at = 0;
    for (; field && at < count; at++)
        field -= line[at] == ' ';
    const size_t from = at;
    int64_t number = 0;
    for (; at < count && g_ascii_isdigit(line[at]) && number <= LONGEST_BYTES; at++)
        number = number * 10 + (line[at] - '0');
    const bool ends = at > from && at < count && (line[at] == ' ' || line[at] == '\r');
    return ends && number <= LONGEST_BYTES ? number : NO_NUMBER;
}

/* --- BitTorrent and Kafka --- */

/* Both sides begin with it; its reserved bytes, two digests and 4 more follow. */
#define TORRENT_WORDS "\x13" "BitTorrent protocol"
enum { TORRENT_HANDSHAKE_BYTES = 68 };

/* A length, and the message's number, which a keep-alive lacks. */
static struct tcprst_message read_torrent(const uint8_t *bytes, size_t count) {
    enum { LAST_NUMBER = 23 };
    if (tcprst_begins_with(bytes, count, TORRENT_WORDS))
        return record(TORRENT_HANDSHAKE_BYTES);
    if (count < LENGTH_BYTES)
        return unknown;
    const uint32_t body_bytes = tcprst_read_32(bytes);
    const bool fits = !body_bytes || (count > LENGTH_BYTES && bytes[LENGTH_BYTES] <= LAST_NUMBER);
    return fits && body_bytes <= LONGEST_BYTES ? record(LENGTH_BYTES + body_bytes) : unknown;
}

/* A client that asks first which versions there are. */
static bool is_kafka(const uint8_t *bytes, size_t count, size_t payload_bytes) {
    enum { NAME_LENGTH_AT = 12, NAME_AT = 14, NO_NAME = 0xffff };
    enum { API_VERSIONS = 18, LAST_VERSION = 4 };
    if (count < NAME_AT || tcprst_read_32(bytes) != payload_bytes - LENGTH_BYTES)
        return false;
    const uint16_t name_bytes = tcprst_read_16(bytes + NAME_LENGTH_AT);
    return tcprst_read_16(bytes + 4) == API_VERSIONS && tcprst_read_16(bytes + 6) <= LAST_VERSION &&
           (name_bytes == NO_NAME || NAME_AT + (size_t)name_bytes <= payload_bytes);
}

/* A length, and the number of the request. */
static struct tcprst_message read_kafka(const uint8_t *bytes, size_t count) {
    const uint32_t body_bytes = count < LENGTH_BYTES ? 0 : tcprst_read_32(bytes);
    return body_bytes >= 4 && body_bytes <= LONGEST_BYTES ? record(LENGTH_BYTES + body_bytes)
                                                          : unknown;
}

/* --- MongoDB --- */

enum { MONGO_HEADER_BYTES = 16 };
enum { OP_REPLY = 1, OP_QUERY = 2004, OP_COMPRESSED = 2012, OP_MSG = 2013 };

static bool is_mongo(const uint8_t *bytes, size_t count, size_t payload_bytes) {
    enum { BODY_AT = 20 };
    if (count <= BODY_AT || read_little_32(bytes) != payload_bytes || tcprst_read_32(bytes + 8))
        return false;
    const uint32_t code = read_little_32(bytes + 12), flags = read_little_32(bytes + 16);
    return (code == OP_MSG && !(flags & 0xffff) && !bytes[BODY_AT]) ||
           (code == OP_QUERY && tcprst_begins_with(bytes + BODY_AT, count - BODY_AT, "admin.$cmd"));
}

/* A message is one request or its answer, but for one that says that more of it come. */
static struct tcprst_message read_mongo(bool is_server, const uint8_t *bytes, size_t count) {
    enum { CHECKSUM = 1, MORE_TO_COME = 2, MUST_BE_KNOWN = 0xffff };
    if (count < MONGO_HEADER_BYTES + 4)
        return unknown;
    const uint32_t length = read_little_32(bytes), code = read_little_32(bytes + 12),
                   flags = read_little_32(bytes + MONGO_HEADER_BYTES);
    const bool has_flags = code == OP_MSG,
               is_old = code == (is_server ? OP_REPLY : OP_QUERY),
               is_one = is_old || (has_flags && !(flags & MORE_TO_COME));
    if (length <= MONGO_HEADER_BYTES + 4 || length > LONGEST_BYTES ||
        !(has_flags || is_old || code == OP_COMPRESSED) ||
        (has_flags && flags & MUST_BE_KNOWN & ~(CHECKSUM | MORE_TO_COME)))
        return unknown;
    if (is_server && is_one)
        return answer(length);
    struct tcprst_message message = record(length);
    message.is_request = !is_server && is_one;
    return message;
}

/* --- PostgreSQL --- */

enum { POSTGRES_VERSION_3 = 3, READY_BYTES = 6 };

/* The client begins with a message without a letter: a request for encryption, or its parameters,
 * which end with an empty one. */
static bool is_postgres(const uint8_t *bytes, size_t count, size_t payload_bytes) {
    enum { SSL_REQUEST = 80877103, GSS_REQUEST = 80877104, PARAMETERS_AT = 8, LAST_MINOR = 2 };
    if (count < PARAMETERS_AT || tcprst_read_32(bytes) != payload_bytes)
        return false;
    const uint32_t code = tcprst_read_32(bytes + 4);
    if (payload_bytes == PARAMETERS_AT)
        return code == SSL_REQUEST || code == GSS_REQUEST;
    return code >> 16 == POSTGRES_VERSION_3 && (code & 0xffff) <= LAST_MINOR &&
           count == payload_bytes && g_ascii_isalpha(bytes[PARAMETERS_AT]) && !bytes[count - 1] &&
           !bytes[count - 2];
}

/* A letter and a length that includes itself.  ReadyForQuery ends the answer to a query, a function
 * call and a Sync; a row is never the last of an answer.  What a copy to the server has for answers
 * is not read: it swallows Syncs. */
static struct tcprst_message read_postgres(bool is_server, const uint8_t *bytes, size_t count) {
    enum { HEADER_BYTES = 1 + LENGTH_BYTES };
    const char *letters = is_server ? "RKSTDCEZNAIHcdnst123vV" : "QPBEDSCFHXpdcf";
    if (is_server && count == 1 && is_one_of(*bytes, "SNG")) /* whether it will encrypt */
        return record(1);
    if (count < HEADER_BYTES)
        return unknown;
    const bool has_letter = is_server || *bytes;
    const uint32_t length = tcprst_read_32(bytes + has_letter);
    if ((has_letter && !is_one_of(*bytes, letters)) || length < LENGTH_BYTES ||
        length > LONGEST_BYTES)
        return unknown;
    if (is_server && *bytes == 'Z' && has_letter + length == READY_BYTES)
        return answer(READY_BYTES);
    if (is_server && *bytes == 'D')
        return part(has_letter + length);
    struct tcprst_message message = record(has_letter + length);
    message.is_request = !is_server && is_one_of(*bytes, "QSF");
    return message;
}

/* --- Redis --- */

/* A command is an array of strings with their lengths. */
static bool is_redis(const uint8_t *bytes, size_t count) {
    const size_t line = tcprst_begins_with(bytes, count, "*") ? line_of(bytes, count) : 0;
    if (!line || number_in(bytes + 1, line - 1, 0) <= 0 || count == line || bytes[line] != '$')
        return false;
    const size_t next = line_of(bytes + line, count - line);
    return next && number_in(bytes + line + 1, next - 1, 0) > 0;
}

/* Elements that follow those of one line, which are sets, maps and arrays; NO_NUMBER: what it says
 * is not known.  `body_bytes`: of a string that follows the line. */
static int64_t elements_of(const uint8_t *bytes, size_t line, int64_t *body_bytes) {
    const bool is_null = line == strlen("$-1\r\n") && !memcmp(bytes + 1, "-1", 2);
    const int64_t number = is_null ? 0 : number_in(bytes + 1, line - 1, 0);
    *body_bytes = 0;
    switch (*bytes) {
    case '+': case '-': case ':': case '_': case '#': case ',': case '(':
        return 0;
    case '$': case '=': case '!':
        *body_bytes = is_null || number == NO_NUMBER ? 0 : number + LINE_END_BYTES;
        return number == NO_NUMBER ? NO_NUMBER : 0;
    case '*': case '~':
        return number;
    case '%':
        return number == NO_NUMBER ? NO_NUMBER : 2 * number;
    default: /* what is pushed, and attributes, are no answers */
        return NO_NUMBER;
    }
}

/* After these commands the server sends more than one answer each, or none. */
static bool changes_answers(const uint8_t *bytes, size_t count) {
    static const char *const commands[] = {"SUBSCRIBE",  "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR",
                                           "CLIENT",     "SYNC",       "PSYNC"};
    const size_t from = line_of(bytes, count), line = line_of(bytes + from, count - from);
    for (unsigned i = 0; line && i < G_N_ELEMENTS(commands); i++)
        if (count - from - line >= strlen(commands[i]) &&
            !g_ascii_strncasecmp((const char *)bytes + from + line, commands[i],
                                 strlen(commands[i])))
            return true;
    return false;
}

/* One element.  What follows +FULLRESYNC and +CONTINUE is no answer. */
static struct tcprst_message read_redis(bool is_server, const uint8_t *bytes, size_t count,
                                        uint16_t *parts) {
    const size_t line = line_of(bytes, count);
    if (!line || tcprst_begins_with(bytes, line, "+FULLRESYNC") ||
        tcprst_begins_with(bytes, line, "+CONTINUE"))
        return unknown;
    int64_t body_bytes;
    const int64_t elements = elements_of(bytes, line, &body_bytes),
                  left = (*parts ? *parts - 1 : 0) + elements;
    if (elements == NO_NUMBER)
        return unknown;
    const size_t length = line + (size_t)body_bytes;
    if (!is_server) {
        struct tcprst_message message = record(length);
        message.is_request = *bytes == '*';
        return (*bytes == '*' && !changes_answers(bytes, count)) || *bytes == '$' ? message
                                                                                  : unknown;
    }
    if (left > UINT16_MAX)
        return unknown;
    *parts = (uint16_t)left;
    return left ? part(length) : answer(length);
}

/* --- memcached --- */

enum { BYTES_OF_SET = 4, BYTES_OF_VALUE = 3 };

/* Other commands are not known. */
static struct tcprst_message read_command(const uint8_t *bytes, size_t count) {
    static const char silent[] = " noreply\r\n";
    const size_t line = line_of(bytes, count), silent_bytes = sizeof silent - 1;
    const bool asks = tcprst_begins_with(bytes, line, "get ") ||
                      tcprst_begins_with(bytes, line, "gets ");
    const int64_t body_bytes = tcprst_begins_with(bytes, line, "set ")
                                   ? number_in(bytes, line, BYTES_OF_SET)
                                   : NO_NUMBER;
    if (!asks && body_bytes == NO_NUMBER)
        return unknown;
    struct tcprst_message message =
        record(asks ? line : line + (size_t)body_bytes + LINE_END_BYTES);
    message.is_request = asks || line < silent_bytes ||
                         memcmp(bytes + line - silent_bytes, silent, silent_bytes) != 0;
    return message;
}

static bool is_memcached(const uint8_t *bytes, size_t count) {
    const struct tcprst_message message = read_command(bytes, count);
    return message.kind && message.bytes <= count && bytes[message.bytes - 1] == '\n';
}

/* Values, which END follows, or one line. */
static struct tcprst_message read_values(const uint8_t *bytes, size_t count) {
    static const char *const answers[] = {"END\r\n",       "STORED\r\n",  "NOT_STORED\r\n",
                                          "NOT_FOUND\r\n", "EXISTS\r\n",  "DELETED\r\n",
                                          "TOUCHED\r\n",   "OK\r\n"};
    const size_t line = line_of(bytes, count);
    if (tcprst_begins_with(bytes, line, "VALUE ")) {
        const int64_t body_bytes = number_in(bytes, line, BYTES_OF_VALUE);
        return body_bytes == NO_NUMBER ? unknown
                                       : part(line + (size_t)body_bytes + LINE_END_BYTES);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++)
        if (tcprst_begins_with(bytes, line, answers[i]))
            return answer(line);
    return unknown;
}

/* --- all of them --- */

enum tcprst_framing tcprst_framing_of(const uint8_t *bytes, size_t count, size_t payload_bytes) {
    if (tcprst_dns_message_at(bytes, count, false).kind)
        return TCPRST_FRAMING_DNS;
    if (tcprst_begins_with(bytes, count, TORRENT_WORDS))
        return TCPRST_FRAMING_BITTORRENT;
    if (is_redis(bytes, count))
        return TCPRST_FRAMING_REDIS;
    if (is_memcached(bytes, count))
        return TCPRST_FRAMING_MEMCACHED;
    if (is_postgres(bytes, count, payload_bytes))
        return TCPRST_FRAMING_POSTGRES;
    if (is_kafka(bytes, count, payload_bytes))
        return TCPRST_FRAMING_KAFKA;
    return is_mongo(bytes, count, payload_bytes) ? TCPRST_FRAMING_MONGODB
                                                 : TCPRST_FRAMING_NONE;
}

struct tcprst_message tcprst_framed_message_at(enum tcprst_framing framing, bool is_server,
                                               const uint8_t *bytes, size_t count,
                                               uint16_t *parts) {
    switch (framing) {
    case TCPRST_FRAMING_DNS: return tcprst_dns_message_at(bytes, count, is_server);
    case TCPRST_FRAMING_BITTORRENT: return read_torrent(bytes, count);
    case TCPRST_FRAMING_KAFKA: return read_kafka(bytes, count);
    case TCPRST_FRAMING_MONGODB: return read_mongo(is_server, bytes, count);
    case TCPRST_FRAMING_POSTGRES: return read_postgres(is_server, bytes, count);
    case TCPRST_FRAMING_REDIS: return read_redis(is_server, bytes, count, parts);
    case TCPRST_FRAMING_MEMCACHED:
        return is_server ? read_values(bytes, count) : read_command(bytes, count);
    default: return unknown;
    }
}
