/* message.c - reads the headers of messages of HTTP/1 and DNS, and of TLS records
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/message.h"

#include <glib.h>
#include <string.h>

#include "core/packet/bytes.h"

#define BEGINS_WITH(words) tcprst_begins_with(bytes, count, words)

/* RFC 9110 section 9.3, RFC 5789; RFC 9112 section 4. */
bool tcprst_begins_http(const uint8_t *bytes, size_t count) {
    switch (count ? *bytes : 0) {
    case 'H':
        return BEGINS_WITH("HTTP/1.") || BEGINS_WITH("HEAD ");
    case 'G':
        return BEGINS_WITH("GET ");
    case 'P':
        return BEGINS_WITH("POST ") || BEGINS_WITH("PUT ") || BEGINS_WITH("PATCH ");
    case 'D':
        return BEGINS_WITH("DELETE ");
    case 'C':
        return BEGINS_WITH("CONNECT ");
    case 'O':
        return BEGINS_WITH("OPTIONS ");
    default:
        return false;
    }
}

bool tcprst_begins_http_2(const uint8_t *bytes, size_t count) {
    return BEGINS_WITH("PRI * HTTP/2");
}

bool tcprst_asks_no_body(const uint8_t *bytes, size_t count) {
    return BEGINS_WITH("HEAD ") || tcprst_asks_tunnel(bytes, count);
}

bool tcprst_asks_tunnel(const uint8_t *bytes, size_t count) {
    return BEGINS_WITH("CONNECT ");
}

/* RFC 8446 section 5.1, RFC 5246 section 6.2, RFC 6520. */
static struct tcprst_message read_record(const uint8_t *bytes, size_t count) {
    enum { HEADER_BYTES = 5, FIRST_TYPE = 20, LAST_TYPE = 24, LONGEST_BYTES = 16384 + 2048 };
    struct tcprst_message message = {.kind = TCPRST_MESSAGE_UNKNOWN};
    if (count < HEADER_BYTES || bytes[0] < FIRST_TYPE || bytes[0] > LAST_TYPE || bytes[1] != 3 ||
        bytes[2] > 4)
        return message;
    uint32_t body_bytes = tcprst_read_16(bytes + 3);
    if (body_bytes && body_bytes <= LONGEST_BYTES)
        message = (struct tcprst_message){.kind = TCPRST_MESSAGE_RECORD,
                                          .bytes = HEADER_BYTES + body_bytes};
    return message;
}

/* What follows the field's name and colon, up to the end of the line; NULL if the line is another
 * field.  `name` is in small letters.  Compared here, as g_ascii_strncasecmp() takes four times as
 * long. */
static const char *value_of(const char *line, size_t count, const char *name, size_t length) {
    if (count < length || line[length - 1] != ':')
        return NULL;
    for (size_t i = 0; i < length; i++)
        if ((line[i] | 0x20) != name[i])
            return NULL;
    return line + length;
}
#define VALUE_OF(name) value_of(line, line_bytes, name ":", sizeof(name ":") - 1)

enum { LONGEST_BODY_BYTES = 1 << 30, LONGEST_HEADER_BYTES = 16384 };

static uint32_t read_number(const char *text, size_t count) {
    uint32_t number = 0;
    size_t i = 0;
    while (i < count && (text[i] == ' ' || text[i] == '\t'))
        i++;
    for (; i < count && g_ascii_isdigit(text[i]) && number < LONGEST_BODY_BYTES; i++)
        number = MIN(number, LONGEST_BODY_BYTES / 10) * 10 + (uint32_t)(text[i] - '0');
    return MIN(number, (uint32_t)LONGEST_BODY_BYTES);
}

static bool is_in_word(char letter) {
    return g_ascii_isalnum(letter) || letter == '-';
}

/* In a list of words, as "close, Upgrade". */
static bool contains_word(const char *text, size_t count, const char *word) {
    const size_t length = strlen(word);
    for (size_t i = 0; i + length <= count; i++) {
        bool begins = !i || !is_in_word(text[i - 1]),
             ends = i + length == count || !is_in_word(text[i + length]);
        if (begins && ends && g_ascii_strncasecmp(text + i, word, length) == 0)
            return true;
    }
    return false;
}

/* What the header's fields say of the body and of the connection. */
struct http_fields {
    size_t header_bytes; /* 0: its end is not in the bytes */
    uint32_t body_bytes;
    bool has_length, is_chunked, says_close, says_keep_alive, waits_for_consent;
};

static struct http_fields read_fields(const char *text, size_t count) {
    struct http_fields fields = {0};
    size_t end = MIN(count, (size_t)LONGEST_HEADER_BYTES);
    for (size_t at = 0; at < end;) {
        const char *line = text + at, *stop = memchr(line, '\n', end - at), *value;
        if (!stop)
            return fields;
        size_t line_bytes = (size_t)(stop - line);
        at += line_bytes + 1;
        if (line_bytes <= 1) {
            fields.header_bytes = at;
            return fields;
        }
        if ((value = VALUE_OF("content-length"))) {
            fields.body_bytes = read_number(value, (size_t)(stop - value));
            fields.has_length = true;
        } else if ((value = VALUE_OF("transfer-encoding"))) {
            fields.is_chunked |= contains_word(value, (size_t)(stop - value), "chunked");
        } else if (VALUE_OF("expect")) {
            fields.waits_for_consent = true;
        } else if ((value = VALUE_OF("connection"))) {
            fields.says_close |= contains_word(value, (size_t)(stop - value), "close");
            fields.says_keep_alive |= contains_word(value, (size_t)(stop - value), "keep-alive");
        }
    }
    return fields;
}

enum { STATUS_AT = 9 };

/* RFC 9110 section 15.2.2: what follows a 101 is of another protocol. */
static bool switches_protocols(const uint8_t *bytes, size_t count) {
    return count >= STATUS_AT + 3 && !memcmp(bytes + STATUS_AT, "101", 3);
}

bool tcprst_leaves_http(const uint8_t *bytes, size_t count, bool asked_tunnel) {
    bool is_success = count > STATUS_AT && bytes[STATUS_AT] == '2';
    return BEGINS_WITH("HTTP/1.") &&
           (switches_protocols(bytes, count) || (asked_tunnel && is_success));
}

/* RFC 9110 section 15.2: the answer follows. */
static bool is_interim(const uint8_t *bytes, size_t count) {
    return count > STATUS_AT && bytes[STATUS_AT] == '1';
}

/* RFC 9112 section 6.3: answers 1xx, 204 and 304 have no body, whatever their fields say. */
static bool has_status_without_body(const uint8_t *bytes, size_t count) {
    if (count < STATUS_AT + 3)
        return false;
    const uint8_t *status = bytes + STATUS_AT;
    return is_interim(bytes, count) || !memcmp(status, "204", 3) || !memcmp(status, "304", 3);
}

/* RFC 9112 section 9.3: version 1.0 closes, unless it says otherwise.  An error can come before the
 * request was read (section 9.6).  The header is in the bytes. */
static bool ends_connection(const uint8_t *bytes, const struct http_fields *fields) {
    enum { MINOR_VERSION_AT = 7 };
    bool is_1_0 = bytes[MINOR_VERSION_AT] == '0', is_error = bytes[STATUS_AT] >= '4';
    return !is_error && (fields->says_close || (is_1_0 && !fields->says_keep_alive));
}

/* Requests without a body are short, and not read.  What waits for a 100 may never be sent (RFC
 * 9110 section 10.1.1). */
static struct tcprst_message read_http(const uint8_t *bytes, size_t count, bool is_bodyless) {
    struct tcprst_message message = {.kind = TCPRST_MESSAGE_UNKNOWN};
    bool is_answer = *bytes == 'H', is_upload = *bytes == 'P';
    struct http_fields fields =
        is_answer || is_upload ? read_fields((const char *)bytes, count) : (struct http_fields){0};
    if (!fields.header_bytes || (is_upload && fields.waits_for_consent) ||
        (is_answer && switches_protocols(bytes, count)))
        return message;
    message.kind = TCPRST_MESSAGE_WHOLE;
    message.bytes = (uint32_t)fields.header_bytes;
    message.is_answer = is_answer && !is_interim(bytes, count);
    message.announces_close =
        message.is_answer && count > STATUS_AT && ends_connection(bytes, &fields);
    if (is_answer && (is_bodyless || has_status_without_body(bytes, count)))
        return message;
    if (fields.is_chunked)
        message.kind = TCPRST_MESSAGE_CHUNKED;
    else if (fields.has_length)
        message.bytes += fields.body_bytes;
    else if (is_answer)
        message.kind = TCPRST_MESSAGE_UNTIL_CLOSE;
    return message;
}

struct tcprst_message tcprst_message_at(const uint8_t *bytes, size_t count, bool is_bodyless) {
    return tcprst_begins_http(bytes, count) ? read_http(bytes, count, is_bodyless)
                                            : read_record(bytes, count);
}

/* RFC 1035 sections 4.1.1 and 4.1.2, RFC 6895 section 3.2: one question, of a class that there is,
 * and none for a zone, whose answer can be several messages (RFC 5936). */
static bool has_question(const uint8_t *header, size_t count) {
    enum { HEADER_BYTES = 12, QUESTIONS_AT = 4, TYPE_BYTES = 4, LONGEST_LABEL = 63,
           LONGEST_NAME = 255 };
    enum { IXFR = 251, AXFR = 252, INTERNET = 1, HESIOD = 4, NONE = 254, ANY = 255 };
    size_t at = HEADER_BYTES;
    while (at < MIN(count, (size_t)HEADER_BYTES + LONGEST_NAME) && header[at] &&
           header[at] <= LONGEST_LABEL)
        at += 1u + header[at];
    if (count < at + 1 + TYPE_BYTES || header[at] || tcprst_read_16(header + QUESTIONS_AT) != 1)
        return false;
    const uint16_t type = tcprst_read_16(header + at + 1), class = tcprst_read_16(header + at + 3);
    return type != IXFR && type != AXFR &&
           ((class >= INTERNET && class <= HESIOD) || class == NONE || class == ANY);
}

struct tcprst_message tcprst_dns_message_at(const uint8_t *bytes, size_t count, bool is_answer) {
    enum { LENGTH_BYTES = 2, FLAGS_AT = 2, ANSWERS_AT = 6, ANSWER = 0x8000, OPCODE = 0x7800 };
    const uint8_t *header = bytes + LENGTH_BYTES;
    const uint16_t body_bytes = count < LENGTH_BYTES ? 0 : tcprst_read_16(bytes);
    if (!body_bytes || !has_question(header, MIN(count - LENGTH_BYTES, (size_t)body_bytes)))
        return (struct tcprst_message){.kind = TCPRST_MESSAGE_UNKNOWN};
    const uint16_t flags = tcprst_read_16(header + FLAGS_AT);
    bool fits = is_answer ? flags & ANSWER
                          : !(flags & ANSWER) && !tcprst_read_16(header + ANSWERS_AT);
    if (!fits || flags & OPCODE)
        return (struct tcprst_message){.kind = TCPRST_MESSAGE_UNKNOWN};
    return (struct tcprst_message){
        .kind = TCPRST_MESSAGE_WHOLE,
        .bytes = (uint32_t)LENGTH_BYTES + body_bytes,
        .is_answer = is_answer,
        .is_request = !is_answer,
    };
}

enum { DIGESTED_BYTES = 512 };

/* FNV-1a (Fowler, Noll, Vo) over words instead of bytes, folded to 16 bits. */
uint16_t tcprst_content_digest(const uint8_t *bytes, size_t count) {
    const uint64_t prime = 1099511628211;
    const size_t end = MIN(count, (size_t)DIGESTED_BYTES);
    uint64_t hash = 14695981039346656037u;
    uint64_t word = 0;
    size_t at = 0;
    for (; at + sizeof word <= end; at += sizeof word) {
        memcpy(&word, bytes + at, sizeof word);
        hash = (hash ^ word) * prime;
        hash ^= hash >> 29; /* a product's low bits do not depend on the word's high ones */
    }
    word = 0;
    memcpy(&word, bytes + at, end - at);
    hash = (hash ^ word) * prime;
    hash ^= hash >> 32;
    const uint16_t digest = (uint16_t)(hash >> 16 ^ hash);
    return MAX(digest, (uint16_t)TCPRST_FIRST_DIGEST);
}

uint16_t tcprst_first_line_digest(const uint8_t *bytes, size_t count) {
    for (size_t at = 0; at < MIN(count, (size_t)4); at++)
        if (!g_ascii_isprint(bytes[at]))
            return TCPRST_NO_CONTENT;
    const uint8_t *stop = memchr(bytes, '\n', MIN(count, (size_t)DIGESTED_BYTES));
    return tcprst_content_digest(bytes, stop ? (size_t)(stop - bytes) : count);
}

/* RFC 9110 section 9.3; RFC 9112 sections 2.1 and 3. */
uint16_t tcprst_request_content(const uint8_t *bytes, size_t count) {
    if (!count || *bytes != 'P') {
        const uint8_t *stop = memchr(bytes, '\n', MIN(count, (size_t)DIGESTED_BYTES));
        return stop ? tcprst_content_digest(bytes, (size_t)(stop - bytes)) : TCPRST_NO_CONTENT;
    }
    if (!tcprst_begins_http(bytes, count))
        return TCPRST_NO_CONTENT;
    struct http_fields fields = read_fields((const char *)bytes, count);
    if (!fields.header_bytes || !(fields.body_bytes || fields.is_chunked))
        return TCPRST_NO_CONTENT;
    return fields.header_bytes < count
               ? tcprst_content_digest(bytes + fields.header_bytes, count - fields.header_bytes)
               : TCPRST_CONTENT_FOLLOWS;
}

/* The last chunk has length 0; trailer fields can follow it (RFC 9112 section 7.1). */
bool tcprst_ends_chunks(const uint8_t *bytes, size_t count) {
    enum { LOOKED_AT_BYTES = 512, LAST_BYTES = 5 };
    size_t from = count > LOOKED_AT_BYTES ? count - LOOKED_AT_BYTES : 0;
    if (count < LAST_BYTES || memcmp(bytes + count - 2, "\r\n", 2) != 0)
        return false;
    for (size_t at = from; at + LAST_BYTES <= count; at++)
        if (bytes[at] == '0' && (!at || bytes[at - 1] == '\n') &&
            memcmp(bytes + at + 1, "\r\n", 2) == 0)
            return true;
    return false;
}
