/* payload.c - recognizes application protocols by their first bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/payload.h"

#include <glib.h>
#include <string.h>

#include "core/packet/bytes.h"
#include "core/packet/message.h"

/* RFC 8446 sections 5.1 and 6. */
enum {
    RECORD_HEADER_BYTES = 5,
    RECORD_ALERT = 21,
    RECORD_HANDSHAKE = 22,
    RECORD_LONGEST_BYTES = 16384 + 256,
    CLOSE_NOTIFY = 0,
    USER_CANCELED = 90,
    NO_RENEGOTIATION = 100,
};

static bool is_record(const uint8_t *bytes, size_t count, uint8_t type) {
    return count > RECORD_HEADER_BYTES && bytes[0] == type && bytes[1] == 3 && bytes[2] <= 4 &&
           tcprst_read_16(bytes + 3) > 0 && tcprst_read_16(bytes + 3) <= RECORD_LONGEST_BYTES;
}

/* Too little of a record to tell, or a ClientHello of version 2 (RFC 5246 appendix E.2). */
static bool may_begin_tls(const uint8_t *bytes, size_t count) {
    enum { CLIENT_HELLO = 1 };
    bool is_piece = count <= RECORD_HEADER_BYTES && bytes[0] == RECORD_HANDSHAKE;
    bool is_version_2 = count > RECORD_HEADER_BYTES && bytes[0] & 0x80 &&
                        bytes[2] == CLIENT_HELLO && (bytes[3] == 3 || bytes[3] == 0);
    return is_piece || is_version_2;
}

/* RFC 9110 section 9.3.8, RFC 9113 section 3.4. */
static bool is_http(const uint8_t *bytes, size_t count) {
    return tcprst_begins_http(bytes, count) || tcprst_begins_with(bytes, count, "TRACE ") ||
           tcprst_begins_http_2(bytes, count);
}

/* Offset after the labels of a name (RFC 1035 section 3.1), at most `count`; 0: they are none. */
static size_t end_of_dns_name(const uint8_t *bytes, size_t count, size_t at) {
    enum { LONGEST_LABEL = 63 };
    while (at < count && bytes[at] && bytes[at] <= LONGEST_LABEL)
        at += 1u + bytes[at];
    return at < count && !bytes[at] ? at + 1 : 0;
}

/* RFC 1035 sections 4.1.1 and 4.2.2: a length, and a standard query with one question.  EDNS adds
 * one record (RFC 6891 section 6.1.1), and a signature another (RFC 8945 section 5.1). */
static bool is_dns_query(const uint8_t *bytes, size_t count) {
    enum { LENGTH_BYTES = 2, HEADER_BYTES = 12, NOT_OF_QUERIES = 0xf8, MOST_ADDED = 2 };
    if (count <= LENGTH_BYTES + HEADER_BYTES || tcprst_read_16(bytes) < count - LENGTH_BYTES)
        return false;
    return !(bytes[4] & NOT_OF_QUERIES) && tcprst_read_16(bytes + 6) == 1 &&
           !tcprst_read_16(bytes + 8) && !tcprst_read_16(bytes + 10) &&
           tcprst_read_16(bytes + 12) <= MOST_ADDED &&
           end_of_dns_name(bytes, count, LENGTH_BYTES + HEADER_BYTES);
}

static bool is_greeting(const uint8_t *bytes, size_t count) {
    return count >= 4 && bytes[0] >= '1' && bytes[0] <= '5' && g_ascii_isdigit(bytes[1]) &&
           g_ascii_isdigit(bytes[2]) && (bytes[3] == ' ' || bytes[3] == '-');
}

static bool is_printable(uint8_t byte) {
    return byte >= ' ' && byte <= '~';
}

static bool is_text(const uint8_t *bytes, size_t count) {
    size_t looked_at = MIN(count, 32);
    for (size_t i = 0; i < looked_at; i++)
        if (!is_printable(bytes[i]) && !strchr("\t\r\n", bytes[i]))
            return false;
    return count >= 4 && !memchr(bytes, '\0', looked_at);
}

enum tcprst_protocol tcprst_protocol_of(const uint8_t *bytes, size_t count) {
    if (!count || may_begin_tls(bytes, count))
        return TCPRST_PROTOCOL_NONE;
    if (is_record(bytes, count, RECORD_HANDSHAKE))
        return TCPRST_PROTOCOL_TLS;
    if (is_record(bytes, count, RECORD_ALERT))
        return TCPRST_PROTOCOL_ALERT;
    if (tcprst_begins_with(bytes, count, "SSH-"))
        return TCPRST_PROTOCOL_SSH;
    if (is_http(bytes, count))
        return TCPRST_PROTOCOL_HTTP;
    if (is_greeting(bytes, count))
        return TCPRST_PROTOCOL_GREETING;
    if (is_dns_query(bytes, count))
        return TCPRST_PROTOCOL_DNS;
    return is_text(bytes, count) ? TCPRST_PROTOCOL_TEXT : TCPRST_PROTOCOL_OTHER;
}

const char *tcprst_protocol_noun(enum tcprst_protocol protocol) {
    static const char *const nouns[TCPRST_PROTOCOLS] = {
        [TCPRST_PROTOCOL_NONE] = "nothing",
        [TCPRST_PROTOCOL_OTHER] = "binary data",
        [TCPRST_PROTOCOL_TEXT] = "text",
        [TCPRST_PROTOCOL_GREETING] = "an FTP or SMTP greeting",
        [TCPRST_PROTOCOL_SSH] = "an SSH banner",
        [TCPRST_PROTOCOL_HTTP] = "HTTP",
        [TCPRST_PROTOCOL_TLS] = "a TLS handshake",
        [TCPRST_PROTOCOL_ALERT] = "a TLS alert",
        [TCPRST_PROTOCOL_DNS] = "a DNS query",
    };
    return nouns[protocol];
}

/* Binary data can be any protocol, and text can be the request of a client whose server greets
 * first. */
bool tcprst_protocols_clash(enum tcprst_protocol client, enum tcprst_protocol server) {
    bool server_has_tls = server == TCPRST_PROTOCOL_TLS || server == TCPRST_PROTOCOL_ALERT;
    bool server_is_plain = server == TCPRST_PROTOCOL_TEXT || server == TCPRST_PROTOCOL_GREETING ||
                           server == TCPRST_PROTOCOL_SSH || server == TCPRST_PROTOCOL_HTTP;
    if (client == TCPRST_PROTOCOL_TLS)
        return server_is_plain;
    if (client == TCPRST_PROTOCOL_HTTP)
        return server_has_tls || server == TCPRST_PROTOCOL_SSH ||
               server == TCPRST_PROTOCOL_GREETING;
    if (client == TCPRST_PROTOCOL_SSH)
        return server_has_tls || server == TCPRST_PROTOCOL_HTTP ||
               server == TCPRST_PROTOCOL_GREETING;
    return client == TCPRST_PROTOCOL_TEXT && server_has_tls;
}

uint8_t tcprst_fatal_alert(const uint8_t *bytes, size_t count) {
    if (count != TCPRST_ALERT_BYTES || !is_record(bytes, count, RECORD_ALERT) ||
        tcprst_read_16(bytes + 3) != 2)
        return 0;
    uint8_t code = bytes[6];
    return code == CLOSE_NOTIFY || code == USER_CANCELED || code == NO_RENEGOTIATION ? 0 : code;
}

bool tcprst_is_tls_finished(const uint8_t *bytes, size_t count) {
    enum { CHANGE_CIPHER_SPEC = 20, DATA = 23 };
    enum { SHA256_FINISHED = 4 + 32 + 1 + 16, SHA384_FINISHED = 4 + 48 + 1 + 16 };
    bool has_changed = false, is_finished = false;
    size_t at = 0;
    while (at < count && count - at >= RECORD_HEADER_BYTES && bytes[at + 1] == 3 && !is_finished) {
        const unsigned kind = bytes[at], length = tcprst_read_16(bytes + at + 3);
        const bool is_hidden = length == SHA256_FINISHED || length == SHA384_FINISHED;
        is_finished = has_changed && (kind == RECORD_HANDSHAKE || (kind == DATA && is_hidden));
        if (kind != CHANGE_CIPHER_SPEC && kind != RECORD_HANDSHAKE && !is_finished)
            return false;
        has_changed |= kind == CHANGE_CIPHER_SPEC;
        at += RECORD_HEADER_BYTES + length;
    }
    return is_finished && at == count;
}

bool tcprst_is_sealed_tls_alert(const uint8_t *bytes, size_t count) {
    enum { SEALED_BYTES = 2 + 1 + 16 }; /* level and description, content type, tag */
    static const uint8_t change_cipher_spec[] = {20, 3, 3, 0, 1, 1},
                         header[] = {23, 3, 3, 0, SEALED_BYTES};
    const size_t record_bytes = sizeof header + SEALED_BYTES, begin = sizeof change_cipher_spec;
    if (count == begin + record_bytes && !memcmp(bytes, change_cipher_spec, begin))
        bytes += begin, count -= begin;
    return count == record_bytes && !memcmp(bytes, header, sizeof header);
}

/* RFC 8446 section 6, and RFC 5246 section 7.2 for those that RFC 8446 removed. */
const char *tcprst_alert_name(uint8_t code) {
    static const struct { uint8_t code; const char *name; } alerts[] = {
        {10, "unexpected_message"},   {20, "bad_record_mac"},          {22, "record_overflow"},
        {40, "handshake_failure"},    {42, "bad_certificate"},
        {43, "unsupported_certificate"},
        {44, "certificate_revoked"},  {45, "certificate_expired"},     {46, "certificate_unknown"},
        {47, "illegal_parameter"},    {48, "unknown_ca"},              {49, "access_denied"},
        {50, "decode_error"},         {51, "decrypt_error"},           {70, "protocol_version"},
        {71, "insufficient_security"}, {80, "internal_error"},
        {86, "inappropriate_fallback"},
        {109, "missing_extension"},   {110, "unsupported_extension"},  {112, "unrecognized_name"},
        {113, "bad_certificate_status_response"}, {115, "unknown_psk_identity"},
        {116, "certificate_required"}, {120, "no_application_protocol"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(alerts); i++)
        if (alerts[i].code == code)
            return alerts[i].name;
    return "unknown";
}

/* Host names are letters, digits, dots and hyphens (RFC 1123 section 2.1); underscores occur,
 * too, and so do ports and IPv6 addresses in brackets. */
static bool is_of_name(uint8_t byte) {
    return g_ascii_isalnum(byte) || byte == '.' || byte == '-' || byte == '_' || byte == ':' ||
           byte == '[' || byte == ']';
}

static void copy_name(const uint8_t *bytes, size_t count, char name[TCPRST_WORD_SIZE]) {
    size_t length = MIN(count, TCPRST_WORD_SIZE - 1);
    for (size_t i = 0; i < length; i++)
        name[i] = is_of_name(bytes[i]) ? g_ascii_tolower((char)bytes[i]) : '?';
    name[length] = '\0';
}

/* Names of fields have small or capital letters (RFC 9110 section 5.1). */
static bool is_host_line(const uint8_t *line) {
    enum { SMALL = 'a' ^ 'A' };
    return (line[0] | SMALL) == 'h' && (line[1] | SMALL) == 'o' && (line[2] | SMALL) == 's' &&
           (line[3] | SMALL) == 't' && line[4] == ':';
}

/* The Host line is among the first (RFC 9110 section 7.2). */
enum { HOST_WITHIN_BYTES = 1024 };

void tcprst_http_host(const uint8_t *bytes, size_t count, char name[TCPRST_WORD_SIZE]) {
    const size_t key_bytes = strlen("\nhost:");
    size_t end = MIN(count, HOST_WITHIN_BYTES);
    name[0] = '\0';
    for (const uint8_t *line = bytes; line && line + key_bytes < bytes + end; line++) {
        line = memchr(line, '\n', (size_t)(bytes + end - line));
        if (!line || line + key_bytes >= bytes + end)
            return;
        if (!is_host_line(line + 1))
            continue;
        size_t from = (size_t)(line - bytes) + key_bytes;
        while (from < end && bytes[from] == ' ')
            from++;
        const uint8_t *stop = memchr(bytes + from, '\r', end - from);
        if (stop)
            copy_name(bytes + from, (size_t)(stop - bytes) - from, name);
        return;
    }
}

/* Where the extensions of a ClientHello begin (RFC 8446 section 4.1.2); 0: not within the bytes. */
static size_t extensions_of(const uint8_t *bytes, size_t count) {
    size_t at = RECORD_HEADER_BYTES + 4 + 2 + 32; /* headers, version, random */
    if (!is_record(bytes, count, RECORD_HANDSHAKE) || bytes[RECORD_HEADER_BYTES] != 1 ||
        at >= count)
        return 0;
    at += 1u + bytes[at]; /* session */
    if (at + 2 > count)
        return 0;
    at += 2u + tcprst_read_16(bytes + at); /* cipher suites */
    if (at >= count)
        return 0;
    at += 1u + bytes[at]; /* compression */
    return at + 2; /* their length */
}

/* Goes from extension to extension until it finds the name. */
static size_t walk(const uint8_t *bytes, size_t count, size_t at, size_t client_hello_end,
                   char *name) {
    enum { EXTENSION_SERVER_NAME = 0, NAME_HEADER_BYTES = 9 };
    while (at + 4 <= count && at < client_hello_end) {
        size_t length = tcprst_read_16(bytes + at + 2);
        if (tcprst_read_16(bytes + at) != EXTENSION_SERVER_NAME) {
            at += 4 + length;
            continue;
        }
        size_t name_bytes = at + NAME_HEADER_BYTES <= count ? tcprst_read_16(bytes + at + 7) : 0;
        if (name_bytes && at + NAME_HEADER_BYTES + name_bytes <= count)
            copy_name(bytes + at + NAME_HEADER_BYTES, name_bytes, name);
        return 0;
    }
    /* an extension that does not end in this segment is not read */
    return at >= count && at < client_hello_end ? at : 0;
}

size_t tcprst_tls_hello(const uint8_t *bytes, size_t count, char name[TCPRST_WORD_SIZE]) {
    size_t at = extensions_of(bytes, count);
    name[0] = '\0';
    return at ? walk(bytes, count, at, RECORD_HEADER_BYTES + (size_t)tcprst_read_16(bytes + 3),
                     name)
              : 0;
}

size_t tcprst_tls_extensions(const uint8_t *bytes, size_t count, size_t at,
                             char name[TCPRST_WORD_SIZE]) {
    name[0] = '\0';
    return walk(bytes, count, at, SIZE_MAX, name);
}

/* RFC 5321 sections 3.1 and 3.8, RFC 959 section 4.2; OpenSSH sshd.c; MySQL errors 1040, 1129 and
 * 1130; PostgreSQL 53300; Redis networking.c. */
static const char *const refusals[] = {
    "421 ",
    "421-",
    "554 ",
    "554-",
    "Exceeded MaxStartups",
    "Not allowed at this time",
    "Too many connections",
    "is blocked because of many connection errors",
    "is not allowed to connect",
    "too many clients already",
    "max number of clients reached",
};
enum { REFUSALS_AT_BEGINNING = 4, REFUSAL_WITHIN_BYTES = 200, NO_REFUSAL = G_N_ELEMENTS(refusals) };

/* Sets of refusals within the text by their first letter, small or capital: bit i is that of
 * refusals[i]. */
static const uint16_t refusals_by_letter[256] = {
    ['E'] = 1 << 4,          ['e'] = 1 << 4,          ['N'] = 1 << 5,
    ['n'] = 1 << 5,          ['T'] = 1 << 6 | 1 << 9, ['t'] = 1 << 6 | 1 << 9,
    ['I'] = 1 << 7 | 1 << 8, ['i'] = 1 << 7 | 1 << 8, ['M'] = 1 << 10,
    ['m'] = 1 << 10,
};

static bool is_refusal_at(const uint8_t *bytes, size_t count, unsigned refusal) {
    size_t length = strlen(refusals[refusal]);
    return length <= count &&
           g_ascii_strncasecmp((const char *)bytes, refusals[refusal], length) == 0;
}

/* The first refusal of the list that is in the text, and where; NO_REFUSAL if none is. */
static unsigned find_refusal(const uint8_t *bytes, size_t count, size_t *at) {
    *at = 0;
    for (unsigned i = 0; i < REFUSALS_AT_BEGINNING; i++)
        if (tcprst_begins_with(bytes, count, refusals[i]))
            return i;
    unsigned found = NO_REFUSAL;
    for (size_t place = 0; place < count; place++) {
        unsigned set = refusals_by_letter[bytes[place]];
        for (unsigned i = REFUSALS_AT_BEGINNING; set && i < found; i++) {
            if (!(set >> i & 1) || !is_refusal_at(bytes + place, count - place, i))
                continue;
            found = i;
            *at = place;
        }
    }
    return found;
}

static void copy_words(const uint8_t *bytes, size_t count, char words[TCPRST_WORD_SIZE]) {
    size_t length = 0;
    const size_t most = MIN(count, (size_t)TCPRST_WORD_SIZE - 1);
    for (; length < most && is_printable(bytes[length]); length++)
        words[length] = (char)bytes[length];
    words[length] = '\0';
}

void tcprst_refusing_words(const uint8_t *bytes, size_t count, char words[TCPRST_WORD_SIZE]) {
    size_t end = MIN(count, REFUSAL_WITHIN_BYTES), at;
    words[0] = '\0';
    if (find_refusal(bytes, end, &at) == NO_REFUSAL)
        return;
    while (at > 0 && is_printable(bytes[at - 1]))
        at--;
    copy_words(bytes + at, end - at, words);
}

/* MySQL: length and number of the packet, 0xff, a code, then '#' and five characters of state. */
static size_t words_of_mysql(const uint8_t *bytes, size_t count) {
    enum { HEADER_BYTES = 4, ERROR = 0xff, WORDS_AT = 13 };
    bool is_packet = count > WORDS_AT && !bytes[1] && !bytes[2] &&
                     (size_t)bytes[0] + HEADER_BYTES == count;
    return is_packet && bytes[HEADER_BYTES] == ERROR && bytes[7] == '#' ? WORDS_AT : 0;
}

void tcprst_refusing_answer(const uint8_t *bytes, size_t count, char words[TCPRST_WORD_SIZE]) {
    static const char *const answers[] = {"421 ",   "421-",     "450 4.7.", "450-4.7.", "521 ",
                                          "530 ",   "550 5.7.", "550-5.7.", "554 ",     "554-",
                                          "-ERR ",  "-DENIED ", "* BYE "};
    size_t from = words_of_mysql(bytes, count);
    bool refuses = from;
    for (unsigned i = 0; !refuses && i < G_N_ELEMENTS(answers); i++)
        refuses = tcprst_begins_with(bytes, count, answers[i]);
    words[0] = '\0';
    if (refuses)
        copy_words(bytes + from, count - from, words);
}
