/* payload.h - which application protocol the first bytes of a connection's payload are of
 *
 * Pure functions of bytes, which can be hostile, cut short or empty.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_PAYLOAD_H
#define TCPRST_PACKET_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tcprst_protocol {
    TCPRST_PROTOCOL_NONE,     /* no payload was sent, or none of it was captured */
    TCPRST_PROTOCOL_OTHER,    /* binary */
    TCPRST_PROTOCOL_TEXT,
    TCPRST_PROTOCOL_GREETING, /* "220 ...": FTP, SMTP (RFC 959, RFC 5321 section 4.2) */
    TCPRST_PROTOCOL_SSH,      /* RFC 4253 section 4.2 */
    /* request or answer of version 1, or the preface of version 2 (RFC 9112, 9113) */
    TCPRST_PROTOCOL_HTTP,
    TCPRST_PROTOCOL_TLS,      /* handshake record (RFC 8446 section 5.1) */
    TCPRST_PROTOCOL_ALERT,    /* TLS alert record */
    TCPRST_PROTOCOLS,
};

enum { TCPRST_WORD_SIZE = 64, TCPRST_ALERT_BYTES = 7 };

/* The protocol of a side's payload, of which the first `count` bytes are given. */
enum tcprst_protocol tcprst_protocol_of(const uint8_t *bytes, size_t count);

/* Name for a sentence, e.g. "an SSH banner". */
const char *tcprst_protocol_noun(enum tcprst_protocol protocol);

/* True if no client of the protocol `client` understands a server of the protocol `server`. */
bool tcprst_protocols_clash(enum tcprst_protocol client, enum tcprst_protocol server);

/* Code of a fatal TLS alert that fills a segment; 0: it is none.  RFC 8446 section 6.2: all but
 * close_notify, user_canceled and, in older versions, no_renegotiation are fatal. */
uint8_t tcprst_fatal_alert(const uint8_t *bytes, size_t count);

/* True if the segment, of at most TCPRST_CLOSE_NOTICE_BYTES, announces that its sender is about to
 * close.  TLS alerts, plain or encrypted (RFC 8446 section 6.1; of TLS 1.3 an application record of
 * an alert's length, section 5.2), QUIT and LOGOUT (RFC 5321 section 4.1.1.10, RFC 1939, RFC 3501
 * section 6.1.3, Redis) and the server's words to that, "221" and "* BYE", PostgreSQL's Terminate,
 * MySQL's COM_QUIT, LDAP's UnbindRequest (RFC 4511 section 4.3), MQTT's DISCONNECT (MQTT 3.1.1
 * section 3.14), WebSocket's close (RFC 6455 section 5.5.1), RDP's disconnect (T.125 section
 * 7). */
enum { TCPRST_CLOSE_NOTICE_BYTES = 64 };
bool tcprst_announces_close(const uint8_t *bytes, size_t count);

/* True if the segment ends with a command that asks for the close and is owed an answer: QUIT or
 * LOGOUT on a line of its own. */
bool tcprst_asks_to_close(const uint8_t *bytes, size_t count);

/* True if the server's answer asks for content, in which no line is a command: SMTP's DATA (RFC
 * 5321 section 4.1.1.4), NNTP's POST and IHAVE (RFC 3977 section 6.3), IMAP's literals (RFC 3501
 * section 7.5). */
bool tcprst_asks_for_content(const uint8_t *bytes, size_t count);

/* Offset after the line with a dot only that ends such content; 0 if it is not in the bytes. */
size_t tcprst_end_of_content(const uint8_t *bytes, size_t count);

/* Name of an alert's code, e.g. "handshake_failure"; never NULL. */
const char *tcprst_alert_name(uint8_t code);

/* Host name that an HTTP request is for; "" if it is not in the bytes. */
void tcprst_http_host(const uint8_t *bytes, size_t count, char name[TCPRST_WORD_SIZE]);

/* Server name of the TLS ClientHello that begins the bytes (RFC 6066 section 3), "" if it is not in
 * them.  Returns the offset from the first byte at which the first extension that is not in the
 * bytes begins; 0: nothing more to read. */
size_t tcprst_tls_hello(const uint8_t *bytes, size_t count, char name[TCPRST_WORD_SIZE]);

/* The same for the segment that continues the ClientHello: its next extension begins at offset
 * `at`. */
size_t tcprst_tls_extensions(const uint8_t *bytes, size_t count, size_t at,
                             char name[TCPRST_WORD_SIZE]);

/* The text with which a server refuses a client, up to its first unprintable byte; "" if there is
 * none. */
void tcprst_refusing_words(const uint8_t *bytes, size_t count, char words[TCPRST_WORD_SIZE]);

/* The same of a later answer that turns the client away: SMTP and FTP 421, 521 (RFC 7504), 530 and
 * 554, SMTP's 450 and 550 for reasons of policy (RFC 3463 section 3.8), "-ERR" (RFC 1939),
 * "-DENIED" (Redis), "* BYE" (RFC 3501 section 7.1.5), MySQL's ERR packet.  Of at most
 * TCPRST_ANSWER_BYTES. */
enum { TCPRST_ANSWER_BYTES = 256 };
void tcprst_refusing_answer(const uint8_t *bytes, size_t count, char words[TCPRST_WORD_SIZE]);

#endif
