/* stated.c - reads the reason out of a reset
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "stated.h"

#include <glib.h>
#include <string.h>

enum {
    LONGEST_TEXT_BYTES = 120, /* a BIG-IP text has less than 100 */
    SHORTEST_TEXT_BYTES = 4,
    DIAGNOSTIC_BYTES = 8,
    DIAGNOSTIC_MAGIC = 0x33AA,
};

/* RFC 8684 section 3.6. */
static const char *const mptcp_reasons[] = {
    "unspecified error",       "MPTCP-specific error",     "lack of resources",
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
        (p[0] << 8 | p[1]) != DIAGNOSTIC_MAGIC)
        return NULL;
    unsigned code = (unsigned)(p[2] << 8 | p[3]);
    bool is_iana = !(p[4] | p[5] | p[6] | p[7]);
    return is_iana ? lookup(diagnostic_reasons, G_N_ELEMENTS(diagnostic_reasons), code)
                   : g_strdup_printf("private reason %u", code);
}

/* Hostile bytes: whatever is not printable ASCII ends the claim that this is text. */
static char *text(const struct tcprst_segment *s) {
    size_t bytes = MIN(s->payload_captured_bytes, LONGEST_TEXT_BYTES);
    while (bytes && strchr("\r\n", s->payload[bytes - 1])) /* also drops a closing NUL */
        bytes--;
    if (bytes < SHORTEST_TEXT_BYTES)
        return NULL;
    for (size_t i = 0; i < bytes; i++)
        if (!g_ascii_isprint((char)s->payload[i]))
            return NULL;
    return g_strndup((const char *)s->payload, bytes);
}

char *tcprst_stated_reason(const struct tcprst_segment *rst, const char **by) {
    if (rst->options.kinds & TCPRST_OPT_TCPRST) {
        *by = "MP_TCPRST option";
        return lookup(mptcp_reasons, G_N_ELEMENTS(mptcp_reasons), rst->options.reset_reason);
    }
    if (!rst->payload)
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
    *by = tail ? "BIG-IP" : "text payload";
    if (!tail || strlen(tail) < 3)
        return reason;
    char *cause = g_strdup(tail + 2);
    g_free(reason);
    return cause;
}
