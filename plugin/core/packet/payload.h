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
    TCPRST_PROTOCOL_NONE,     /* no payload was sent, or too little was captured to tell */
    TCPRST_PROTOCOL_OTHER,    /* binary */
    TCPRST_PROTOCOL_TEXT,
    TCPRST_PROTOCOL_GREETING, /* "220 ...": FTP, SMTP (RFC 959, RFC 5321 section 4.2) */
    TCPRST_PROTOCOL_SSH,      /* RFC 4253 section 4.2 */
    /* request or answer of version 1, or the preface of version 2 (RFC 9112, 9113) */
    TCPRST_PROTOCOL_HTTP,
    TCPRST_PROTOCOL_TLS,      /* handshake record (RFC 8446 section 5.1) */
    TCPRST_PROTOCOL_ALERT,    /* TLS alert record */
    TCPRST_PROTOCOL_DNS,      /* query (RFC 1035 section 4.2.2) */
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

/* True if the bytes are the client's end of a TLS handshake and no more: ChangeCipherSpec and
 * Finished, after its key exchange if it has one (RFC 5246 section 7.3; RFC 8446 sections 2, D.4,
 * where Finished is an application record of its hash's length). */
bool tcprst_is_tls_finished(const uint8_t *bytes, size_t count);

/* True if the bytes are what a client of TLS 1.3 sends that breaks off the handshake after it
 * decrypted the server's first flight: an alert's two bytes, encrypted, which ChangeCipherSpec
 * can precede (RFC 8446 sections 5.2, 6, D.4).  Later the same bytes are a close_notify. */
bool tcprst_is_sealed_tls_alert(const uint8_t *bytes, size_t count);

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
