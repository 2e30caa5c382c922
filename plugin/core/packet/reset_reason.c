/* reset_reason.c - reads the reason that a reset carries
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/reset_reason.h"

#include <glib.h>
#include <string.h>

#include "core/packet/bytes.h"

enum {
    LONGEST_TEXT_BYTES = 120, /* a BIG-IP text has less than 100 */
    SHORTEST_TEXT_BYTES = 4,
    DIAGNOSTIC_BYTES = 8,
    DIAGNOSTIC_MAGIC = 0x33AA,
};

/* RFC 8684 section 3.6. */
static const char unspecified[] = "unspecified error";
static const char *const mptcp_reasons[] = {
    unspecified,       "MPTCP-specific error",     "lack of resources",
    "administratively prohibited", "too much outstanding data", "unacceptable performance",
    "middlebox interference",
};

/* draft-ietf-tcpm-rst-diagnostic-payload, section 5. */
static const char *const diagnostic_reasons[] = {
    [1] = "illegal option length",
    [2] = "desynchronized state",
    [3] = "new data received after CLOSE",
    [4] = "ABORT process",
    [5] = "unexpected ACK in non-synchronized state",
    [6] = "unexpected SYN in the window",
    [7] = "unexpected security compartment",
    [8] = "malformed message",
    [9] = "not authorized",
    [10] = "resource exceeded",
    [11] = "network failure",
    [12] = "reset received from the peer",
    [13] = "destination unreachable",
    [14] = "connection timeout",
    [15] = "too much outstanding data",
    [16] = "unacceptable performance",
    [17] = "middlebox interference",
};

static char *lookup(const char *const *names, unsigned count, unsigned code) {
    if (code < count && names[code])
        return g_strdup(names[code]);
    return g_strdup_printf("unknown reason %u", code);
}

static char *diagnostic(const struct tcprst_segment *s) {
    const uint8_t *p = s->payload;
    if (s->payload_bytes != DIAGNOSTIC_BYTES || s->payload_captured_bytes != DIAGNOSTIC_BYTES ||
        tcprst_read_16(p) != DIAGNOSTIC_MAGIC)
        return NULL;
    unsigned code = tcprst_read_16(p + 2);
    bool is_iana = !(p[4] | p[5] | p[6] | p[7]);
    return is_iana ? lookup(diagnostic_reasons, G_N_ELEMENTS(diagnostic_reasons), code)
                   : g_strdup_printf("private reason %u", code);
}

/* Random bytes can all be printable (docs/facts.md 10): words are letters alone, or some with a
 * space or an underscore between.  That a third are letters is a judgement. */
static bool are_words(const char *text, size_t bytes) {
    size_t letters = 0, gaps = 0;
    for (size_t i = 0; i < bytes; i++) {
        letters += g_ascii_isalpha(text[i]);
        gaps += text[i] == ' ' || text[i] == '_';
    }
    return letters == bytes || (gaps && letters >= bytes / 3);
}

/* The bytes can be hostile: payload with a byte that is not printable ASCII is not text. */
static char *text(const struct tcprst_segment *s) {
    if (s->payload_bytes > LONGEST_TEXT_BYTES) /* data with a stray RST flag */
        return NULL;
    size_t bytes = s->payload_captured_bytes;
    while (bytes && strchr("\r\n", s->payload[bytes - 1])) /* also drops a closing NUL */
        bytes--;
    if (bytes < SHORTEST_TEXT_BYTES)
        return NULL;
    for (size_t i = 0; i < bytes; i++)
        if (!g_ascii_isprint((char)s->payload[i]))
            return NULL;
    const char *words = (const char *)s->payload;
    return are_words(words, bytes) ? g_strndup(words, bytes) : NULL;
}

const char tcprst_plain_text[] = "text payload";

char *tcprst_stated_reason(const struct tcprst_segment *rst, const char **by) {
    if (rst->options.kinds & TCPRST_OPT_TCPRST) {
        *by = "MP_TCPRST option";
        return lookup(mptcp_reasons, G_N_ELEMENTS(mptcp_reasons), rst->options.reset_reason);
    }
    if (!rst->payload || rst->flags & (TCPRST_SYN | TCPRST_FIN)) /* no stack's reset */
        return NULL;
    char *reason = diagnostic(rst);
    if (reason) {
        *by = "diagnostic payload";
        return reason;
    }
    reason = text(rst);
    if (!reason)
        return NULL;
    const char *tail = g_str_has_prefix(reason, "BIG-IP: [") ? strchr(reason, ']') : NULL;
    *by = tail ? "BIG-IP" : tcprst_plain_text;
    if (!tail || strlen(tail) < 3)
        return reason;
    char *cause = g_strdup(tail + 2);
    g_free(reason);
    return cause;
}

/* Wireshark's epan/dissectors/packet-tcp.c has the same list; these are the codes that fit a reason
 * below. */
static const struct { uint16_t window; const char *words; } window_codes[] = {
    {8201, "stray packet on a closed socket"},
    {8202, "no connection, SYN cookie expired"},
    {8204, "SYN repeated with a wrong sequence number"},
    {8205, "wrong final ACK"},
    {8206, "bad packet while connecting"},
    {8207, "SYN in the window"},
    {8209, "out of memory"},
    {8211, "idle timeout or service down"},
    {8212, "stray SYN: no listener or cookie mismatch"},
    {8214, "MSS too large"},
    {9300, "idle timeout, zombie connection"},
    {9301, "idle timeout, zombie connection"},
    {9302, "idle timeout, zombie connection"},
    {9303, "idle timeout, zombie connection"},
    {9305, "wrong ACK to its SYN"},
    {9400, "flushed for capacity"},
    {9401, "flushed for capacity"},
    {9700, "reset passed on from the other side"},
    {9701, "reset passed on from the other side"},
    {9800, "monitor probe"},
    {9811, "fatal TLS alert"},
    {9814, "reset by policy"},
    {9830, "denied by an access list"},
    {9843, "monitor probe"},
    {9855, "surge queue overflow"},
};

const char *tcprst_stated_window(uint16_t window) {
    for (unsigned i = 0; i < G_N_ELEMENTS(window_codes); i++)
        if (window_codes[i].window == window)
            return window_codes[i].words;
    return NULL;
}

/* What known words mean, the most certain ones first: docs/facts.md 10. */
static const struct { const char *words; enum tcprst_reason reason; } reasons[] = {
    {unspecified, TCPRST_REASON_NONE},
    {"no local listener", TCPRST_REASON_NO_LISTENER},
    {"no pool member", TCPRST_REASON_BACKEND},
    {"no server selected", TCPRST_REASON_BACKEND},
    {"no route to host", TCPRST_REASON_BACKEND},
    {"vip down", TCPRST_REASON_BACKEND},
    {"destination unreachable", TCPRST_REASON_BACKEND},
    {"flow expired", TCPRST_REASON_IDLE},
    {"handshake timeout", TCPRST_REASON_TIMEOUT},
    {"retransmit timeout", TCPRST_REASON_TIMEOUT},
    {"connection timeout", TCPRST_REASON_TIMEOUT},
    {"prohibited", TCPRST_REASON_POLICY},
    {"not authorized", TCPRST_REASON_POLICY},
    {"no flow found for ack", TCPRST_REASON_NO_STATE},
    {"unexpected ack in non-synchronized", TCPRST_REASON_NO_STATE},
    {"abort process", TCPRST_REASON_ABORT},
    {"new data received after close", TCPRST_REASON_ABORT},
};

enum tcprst_reason tcprst_reason_of(const char *words) {
    char *lower = words ? g_ascii_strdown(words, -1) : NULL;
    enum tcprst_reason reason = words ? TCPRST_REASON_OTHER : TCPRST_REASON_NONE;
    for (unsigned i = 0; lower && i < G_N_ELEMENTS(reasons); i++) {
        if (!strstr(lower, reasons[i].words))
            continue;
        reason = reasons[i].reason;
        break;
    }
    g_free(lower);
    return reason;
}
