/* close_notice.h - the message with which an application ends a connection
 *
 * Pure functions of bytes, which can be hostile, cut short or empty.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_CLOSE_NOTICE_H
#define TCPRST_PACKET_CLOSE_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True if the segment, of at most TCPRST_CLOSE_NOTICE_BYTES, announces that its sender is about to
 * close.  TLS alerts, plain or encrypted (RFC 8446 section 6.1; of TLS 1.3 an application record of
 * an alert's length, section 5.2), QUIT and LOGOUT (RFC 5321 section 4.1.1.10, RFC 1939, RFC 3501
 * section 6.1.3, RFC 1459 section 4.1.6, Redis) and the server's words to that, "221" and "* BYE",
 * XMPP's end of the stream (RFC 6120 section 4.4), PostgreSQL's Terminate,
 * MySQL's COM_QUIT, LDAP's UnbindRequest (RFC 4511 section 4.3), MQTT's DISCONNECT (MQTT 3.1.1
 * section 3.14), WebSocket's close (RFC 6455 section 5.5.1), RDP's disconnect (T.125 section 7),
 * OPC UA's CloseSecureChannel (OPC 10000-6 section 7.1.2), AMQP's connection.close and its answer
 * (0-9-1 section 1.4.2.5), AMQP 1.0's close (section 2.7.9) and HTTP/2's GOAWAY (RFC 9113 section
 * 6.8) without an error, SMPP's unbind (3.4 section 4.2), DICOM's A-RELEASE-RP (PS3.8 section
 * 9.3.7), EtherNet/IP's UnRegisterSession (CIP volume 2, table 2-3.2). */
enum { TCPRST_CLOSE_NOTICE_BYTES = 64 };
bool tcprst_announces_close(const uint8_t *bytes, size_t count);

/* True if the segment ends with a command that asks for the close and is owed an answer: QUIT or
 * LOGOUT on a line of its own. */
bool tcprst_asks_to_close(const uint8_t *bytes, size_t count);

/* ... and has nothing else. */
bool tcprst_asks_only_to_close(const uint8_t *bytes, size_t count);

/* True if the segment is a request that is never answered: SIP's ACK without a body (RFC 3261
 * section 17). */
bool tcprst_needs_no_answer(const uint8_t *bytes, size_t count);

/* True if the server's answer is a line that says that the answer proper comes later: FTP's 125 and
 * 150 before a transfer (RFC 959 section 4.2.1). */
bool tcprst_says_answer_follows(const uint8_t *bytes, size_t count);

/* True if the server's answer asks for content, in which no line is a command: SMTP's DATA (RFC
 * 5321 section 4.1.1.4), NNTP's POST and IHAVE (RFC 3977 section 6.3), IMAP's literals (RFC 3501
 * section 7.5). */
bool tcprst_asks_for_content(const uint8_t *bytes, size_t count);

/* Offset after the line with a dot only that ends such content; 0 if it is not in the bytes. */
size_t tcprst_end_of_content(const uint8_t *bytes, size_t count);

#endif
