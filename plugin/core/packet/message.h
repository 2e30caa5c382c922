/* message.h - how long a message is, by its own header: HTTP/1, DNS over TCP and TLS records
 *
 * Pure functions of bytes, which can be hostile, cut short or empty.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_MESSAGE_H
#define TCPRST_PACKET_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From RECORD to PART: those whose end is known. */
enum tcprst_message_kind {
    TCPRST_MESSAGE_UNKNOWN, /* no header that is read here, or it does not say how long */
    TCPRST_MESSAGE_RECORD,  /* one that can be a part of what is said, as a TLS record */
    TCPRST_MESSAGE_WHOLE,   /* a request or an answer, or the last message of one */
    TCPRST_MESSAGE_PART,    /* a message of an answer that others have to follow (framing.h) */
    TCPRST_MESSAGE_CHUNKED, /* one that ends with its last chunk (RFC 9112 section 7.1) */
    TCPRST_MESSAGE_UNTIL_CLOSE, /* an answer that ends with its sender's FIN (section 6.3) */
};

struct tcprst_message {
    enum tcprst_message_kind kind;
    uint32_t bytes; /* if its end is known, header included; at most 2^30 and a header */
    bool is_answer; /* an answer, or the last message of one; no interim one (RFC 9110 15.2) */
    bool is_request; /* an answer is owed to it; never of HTTP/1 */
    bool announces_close; /* an answer, of no error, that announces the end of the connection */
};

/* The message that begins the bytes, if its header is in them.  `is_bodyless`: it answers a request
 * whose answer has a header only, as HEAD (RFC 9112 section 6.3). */
struct tcprst_message tcprst_message_at(const uint8_t *bytes, size_t count, bool is_bodyless);

/* The message of DNS over TCP that begins the bytes (RFC 1035 section 4.2.2), if they hold its
 * question: a query, or the answer to one. */
struct tcprst_message tcprst_dns_message_at(const uint8_t *bytes, size_t count, bool is_answer);

/* True if an HTTP/1 request or answer begins the bytes. */
bool tcprst_begins_http(const uint8_t *bytes, size_t count);

/* True if the preface of HTTP/2 begins the bytes (RFC 9113 section 3.4). */
bool tcprst_begins_http_2(const uint8_t *bytes, size_t count);

/* True if the bytes begin a request whose answer has no body: HEAD or CONNECT. */
bool tcprst_asks_no_body(const uint8_t *bytes, size_t count);

/* True if the bytes begin a request for a tunnel: CONNECT. */
bool tcprst_asks_tunnel(const uint8_t *bytes, size_t count);

/* True if the bytes begin an answer after which the connection is no longer HTTP/1's: 101 (RFC 9110
 * section 15.2.2), or a 2xx to CONNECT (section 9.3.6). */
bool tcprst_leaves_http(const uint8_t *bytes, size_t count, bool asked_tunnel);

enum { TCPRST_NO_CONTENT, TCPRST_CONTENT_FOLLOWS, TCPRST_FIRST_DIGEST };

/* A number that tells the content from others: of its first bytes. */
uint16_t tcprst_content_digest(const uint8_t *bytes, size_t count);

/* The digest of what a request of HTTP asks: of the content that one of POST, PUT or PATCH brings,
 * of one that does not begin with P its first line; or TCPRST_CONTENT_FOLLOWS if the header of the
 * former fills the bytes, TCPRST_NO_CONTENT if the bytes hold neither. */
uint16_t tcprst_request_content(const uint8_t *bytes, size_t count);

/* The digest of the first line of other protocols, or of all bytes if they hold no line's end;
 * TCPRST_NO_CONTENT if they do not begin with printable characters. */
uint16_t tcprst_first_line_digest(const uint8_t *bytes, size_t count);

/* True if the bytes end a message that is sent in chunks. */
bool tcprst_ends_chunks(const uint8_t *bytes, size_t count);

#endif
