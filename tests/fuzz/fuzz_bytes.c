/* fuzz_bytes.c - any bytes as headers, ICMP messages and first words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz_bytes.h"

#include <stdlib.h>
#include <string.h>

#include "core/capture/capture.h"
#include "core/packet/framing.h"
#include "core/packet/reset_reason.h"

static void insist_printable(const char *text) {
    if (strlen(text) >= TCPRST_WORD_SIZE)
        abort();
    for (; *text; text++)
        if (!g_ascii_isprint(*text))
            abort();
}

static void fuzz_words(const uint8_t *bytes, size_t count) {
    char words[TCPRST_WORD_SIZE];
    tcprst_protocol_noun(tcprst_protocol_of(bytes, count));
    tcprst_alert_name(tcprst_fatal_alert(bytes, count));
    tcprst_http_host(bytes, count, words);
    insist_printable(words);
    size_t next = tcprst_tls_hello(bytes, count, words);
    insist_printable(words);
    if (next && next < count)
        abort();
    tcprst_tls_extensions(bytes, count, next % (count + 1), words);
    insist_printable(words);
    tcprst_refusing_words(bytes, count, words);
    insist_printable(words);
}

/* A message has at least a byte, so that reading goes on. */
static void fuzz_framing(const uint8_t *bytes, size_t count, size_t length) {
    tcprst_framing_of(bytes, count, length);
    uint16_t parts = (uint16_t)length;
    for (unsigned i = 0; i <= 2 * TCPRST_FRAMING_MEMCACHED + 1; i++) {
        const struct tcprst_message message =
            tcprst_framed_message_at(i / 2, i % 2, bytes, count, &parts);
        if (message.kind && !message.bytes)
            abort();
    }
}

/* Memory of exactly the captured size, so that the sanitizer sees a byte too far. */
static void parse_header(const uint8_t *bytes, size_t captured, size_t length) {
    uint8_t *exact = g_malloc(MAX(captured, 1));
    memcpy(exact, bytes, captured);
    struct tcprst_segment s = {.frame = 1};
    if (tcprst_segment_parse(&s, exact, captured, length)) {
        if (captured < 20 || captured > length || s.payload_bytes > length - 20 ||
            s.payload_captured_bytes > s.payload_bytes ||
            (s.payload && s.payload + s.payload_captured_bytes != exact + captured))
            abort();
        const char *by = NULL;
        g_free(tcprst_stated_reason(&s, &by));
        fuzz_words(s.payload, s.payload_captured_bytes);
        if (s.payload)
            fuzz_framing(s.payload, s.payload_captured_bytes, s.payload_bytes);
        struct tcprst_capture *capture = tcprst_capture_new();
        tcprst_capture_observe(capture, &s);
        tcprst_capture_free(capture);
    }
    struct tcprst_icmp_error quoted;
    tcprst_icmp_error_parse(&quoted, 4, exact, captured);
    tcprst_icmp_error_parse(&quoted, 6, exact, captured);
    g_free(exact);
}

void fuzz_bytes(const uint8_t *bytes, size_t size) {
    size_t lie = size > 1 ? (size_t)bytes[0] << 8 | bytes[1] : 0;
    size_t skipped = size < 2 ? size : 2;
    bytes += skipped, size -= skipped;
    parse_header(bytes, size, lie);
    parse_header(bytes, size, size);
    parse_header(bytes, lie < size ? lie : size, size + lie);
}
