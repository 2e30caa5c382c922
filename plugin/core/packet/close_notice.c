/* close_notice.c - recognizes the message with which an application ends a connection
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/close_notice.h"

#include <glib.h>
#include <string.h>

#include "core/packet/bytes.h"

static bool is_tls_close(const uint8_t *bytes, size_t count) {
    enum {
        RECORD_HEADER_BYTES = 5, ALERT_RECORD = 21, DATA_RECORD = 23, ENCRYPTED_ALERT_BYTES = 19
    };
    if (count < RECORD_HEADER_BYTES || bytes[1] != 3)
        return false;
    unsigned record_bytes = tcprst_read_16(bytes + 3);
    return bytes[0] == ALERT_RECORD ||
           (bytes[0] == DATA_RECORD && record_bytes == ENCRYPTED_ALERT_BYTES &&
            count == RECORD_HEADER_BYTES + ENCRYPTED_ALERT_BYTES);
}

/* True if the text ends with these letters, small or capital. */
static bool ends_with(const uint8_t *bytes, size_t count, const char *letters) {
    size_t length = strlen(letters);
    return count >= length && g_ascii_toupper((char)bytes[count - length]) == *letters &&
           g_ascii_strncasecmp((const char *)bytes + count - length, letters, length) == 0;
}

#define REDIS_QUIT "*1\r\n$4\r\nQUIT\r\n"

/* The command of POP3, SMTP, FTP and Redis, that of IRC, which a text can follow, or that of IMAP,
 * which has a tag before it. */
bool tcprst_asks_to_close(const uint8_t *bytes, size_t count) {
    if (count < 6 || memcmp(bytes + count - 2, "\r\n", 2) != 0)
        return false;
    if (*bytes == '*') /* Redis: keys and channels can have any name */
        return ends_with(bytes, count, REDIS_QUIT);
    size_t end = count - 2, from = end;
    while (from > 0 && bytes[from - 1] != '\n')
        from--;
    const uint8_t *line = bytes + from;
    size_t length = end - from;
    if (length == 4 || (length > 6 && line[4] == ' ' && line[5] == ':'))
        return ends_with(line, 4, "QUIT");
    const uint8_t *space = memchr(line, ' ', length);
    return space && space > line && (size_t)(space - line) + 1 + strlen("LOGOUT") == length &&
           ends_with(line, length, "LOGOUT");
}

bool tcprst_asks_only_to_close(const uint8_t *bytes, size_t count) {
    const bool is_line = count && memchr(bytes, '\n', count) == bytes + count - 1;
    return (is_line || count == sizeof REDIS_QUIT - 1) && tcprst_asks_to_close(bytes, count);
}

bool tcprst_needs_no_answer(const uint8_t *bytes, size_t count) {
    static const char end[] = "\r\n\r\n";
    return tcprst_begins_with(bytes, count, "ACK ") &&
           g_strstr_len((const char *)bytes, (gssize)count, end) ==
               (const char *)bytes + count - strlen(end) &&
           g_strstr_len((const char *)bytes, (gssize)count, " SIP/2.0\r\n");
}

bool tcprst_says_answer_follows(const uint8_t *bytes, size_t count) {
    return (tcprst_begins_with(bytes, count, "150 ") || tcprst_begins_with(bytes, count, "125 ")) &&
           memchr(bytes, '\n', count) == bytes + count - 1;
}

bool tcprst_asks_for_content(const uint8_t *bytes, size_t count) {
    return tcprst_begins_with(bytes, count, "354") || tcprst_begins_with(bytes, count, "335") ||
           tcprst_begins_with(bytes, count, "340") || tcprst_begins_with(bytes, count, "+ ");
}

size_t tcprst_end_of_content(const uint8_t *bytes, size_t count) {
    static const char end[] = "\r\n.\r\n";
    const size_t length = sizeof end - 1;
    if (tcprst_begins_with(bytes, count, ".\r\n"))
        return 3;
    for (size_t at = 0; at + length <= count; at++) {
        const uint8_t *found = memchr(bytes + at, '\r', count - length + 1 - at);
        if (!found)
            return 0;
        at = (size_t)(found - bytes);
        if (memcmp(found, end, length) == 0)
            return at + length;
    }
    return 0;
}

/* Their lengths stand in them: OPC UA's CloseSecureChannel, AMQP's connection.close and its answer,
 * SMPP's unbind and its answer, DICOM's A-RELEASE-RP, EtherNet/IP's UnRegisterSession. */
static bool is_framed_close(const uint8_t *bytes, size_t count) {
    enum {
        AMQP_METHOD = 1, AMQP_FRAME_BYTES = 8, AMQP_END = 0xce,
        AMQP_CLOSE = 0x000a0032, AMQP_CLOSE_OK = 0x000a0033,
        SMPP_BYTES = 16, SMPP_UNBIND = 6,
        DICOM_BYTES = 10, DICOM_HEADER_BYTES = 6, DICOM_RELEASED = 6,
        ENIP_BYTES = 24, ENIP_UNREGISTER = 0x66000000 /* little-endian, with the length 0 */
    };
    if (count < DICOM_BYTES)
        return false;
    if (tcprst_begins_with(bytes, count, "CLOF"))
        return (size_t)(bytes[4] | bytes[5] << 8) == count && !bytes[6] && !bytes[7];
    if (count == DICOM_BYTES && bytes[0] == DICOM_RELEASED)
        return !bytes[1] && tcprst_read_32(bytes + 2) == DICOM_BYTES - DICOM_HEADER_BYTES;
    if (count == SMPP_BYTES && tcprst_read_32(bytes) == SMPP_BYTES)
        return (tcprst_read_32(bytes + 4) & INT32_MAX) == SMPP_UNBIND;
    if (count == ENIP_BYTES && tcprst_read_32(bytes) == ENIP_UNREGISTER)
        return tcprst_read_32(bytes + 4) && !tcprst_read_32(bytes + 8); /* session, status */
    uint32_t method = count >= AMQP_FRAME_BYTES + 4 ? tcprst_read_32(bytes + 7) : 0;
    return bytes[0] == AMQP_METHOD && bytes[count - 1] == AMQP_END &&
           tcprst_read_32(bytes + 3) + AMQP_FRAME_BYTES == count &&
           (method == AMQP_CLOSE || method == AMQP_CLOSE_OK);
}

/* HTTP/2's GOAWAY without an error, and no warning, which has the greatest stream (RFC 9113 section
 * 6.8). */
static bool is_goaway(const uint8_t *bytes, size_t count) {
    enum { HEADER_BYTES = 9, LEAST_BYTES = HEADER_BYTES + 8, GOAWAY = 7 };
    return count >= LEAST_BYTES &&
           tcprst_read_32(bytes) == ((count - HEADER_BYTES) << 8 | GOAWAY) && !bytes[4] &&
           !tcprst_read_32(bytes + 5) && tcprst_read_32(bytes + 9) != INT32_MAX &&
           !tcprst_read_32(bytes + 13);
}

/* AMQP 1.0's close, whose error is null or left out (sections 2.3.1, 2.7.9). */
static bool is_amqp_1_close(const uint8_t *bytes, size_t count) {
    enum { HEADER = 0x02000000, HEADER_BYTES = 8, FIELDS_AT = HEADER_BYTES + 3 };
    static const uint8_t close[] = {0, 0x53, 0x18}, no_fields[] = {0x45},
                         null_field[] = {0xc0, 2, 1, 0x40};
    const uint8_t *fields = bytes + FIELDS_AT;
    const size_t left = count > FIELDS_AT ? count - FIELDS_AT : 0;
    return left && tcprst_read_32(bytes) == count &&
           (tcprst_read_32(bytes + 4) & 0xffff0000) == HEADER &&
           !memcmp(bytes + HEADER_BYTES, close, sizeof close) &&
           ((left == sizeof no_fields && !memcmp(fields, no_fields, left)) ||
            (left == sizeof null_field && !memcmp(fields, null_field, left)));
}

/* A message that fills the segment. */
static bool is_message_of_close(const uint8_t *bytes, size_t count) {
    static const uint8_t postgres[] = {'X', 0, 0, 0, 4}, mysql[] = {1, 0, 0, 0, 1},
                         mqtt[] = {0xe0, 0}, rdp[] = {3, 0, 0, 9, 2, 0xf0, 0x80, 0x21, 0x80};
    static const struct { const uint8_t *bytes; size_t count; } messages[] = {
        {postgres, sizeof postgres}, {mysql, sizeof mysql}, {mqtt, sizeof mqtt},
        {rdp, sizeof rdp},
    };
    enum { LDAP_MESSAGE = 0x30, UNBIND_REQUEST = 0x42 };
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++)
        if (count == messages[i].count && !memcmp(bytes, messages[i].bytes, count))
            return true;
    return count >= 7 && bytes[0] == LDAP_MESSAGE && bytes[count - 2] == UNBIND_REQUEST &&
           !bytes[count - 1];
}

/* A frame of WebSocket that says close, with its status code; a client's is masked. */
static bool is_websocket_close(const uint8_t *bytes, size_t count) {
    enum { FINAL_CLOSE = 0x88, MASKED = 0x80, HEADER_BYTES = 2, MASK_BYTES = 4, CODE_BYTES = 2 };
    if (count < HEADER_BYTES || bytes[0] != FINAL_CLOSE)
        return false;
    size_t body_bytes = bytes[1] & ~MASKED,
           mask_bytes = bytes[1] & MASKED ? MASK_BYTES : 0;
    return body_bytes >= CODE_BYTES && count == HEADER_BYTES + mask_bytes + body_bytes;
}

/* The end of XMPP's stream, but after an error (RFC 6120 section 4.9). */
static bool is_xmpp_close(const uint8_t *bytes, size_t count) {
    return ends_with(bytes, count, "</stream:stream>") &&
           !g_strstr_len((const char *)bytes, (gssize)count, "<stream:error");
}

bool tcprst_announces_close(const uint8_t *bytes, size_t count) {
    if (is_message_of_close(bytes, count) || is_framed_close(bytes, count) ||
        is_goaway(bytes, count) || is_amqp_1_close(bytes, count) ||
        is_websocket_close(bytes, count))
        return true;
    return is_tls_close(bytes, count) || tcprst_begins_with(bytes, count, "221 ") ||
           tcprst_begins_with(bytes, count, "* BYE ") ||
           is_xmpp_close(bytes, count) || tcprst_asks_to_close(bytes, count);
}
