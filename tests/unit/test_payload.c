/* test_payload.c - protocols, names and refusals in the first bytes, complete and cut short
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/close_notice.h"
#include "core/packet/message.h"
#include "core/packet/payload.h"

#include <glib.h>
#include <string.h>

#include "core/connection/server_names.h"
#include "payloads.h"

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1

#define DNS_HEADER "\0\x13\x12\x34\1\0\0\1\0\0\0\0\0\0"

static const struct {
    const uint8_t *bytes;
    size_t count;
    enum tcprst_protocol protocol;
} languages[] = {
    {BYTES(""), TCPRST_PROTOCOL_NONE},
    {BYTES("\x16"), TCPRST_PROTOCOL_NONE}, /* too little to tell */
    {BYTES("\x80\x2e\1\3\1\0"), TCPRST_PROTOCOL_NONE}, /* ClientHello of version 2 */
    {BYTES("\x80\x2e\2\3\1\0"), TCPRST_PROTOCOL_OTHER},
    {BYTES(HELLO("allowed.example")), TCPRST_PROTOCOL_TLS},
    {BYTES("\x16\x03\x09\0\x47\x01"), TCPRST_PROTOCOL_OTHER}, /* no such version */
    {BYTES("\x16\x03\x01\xff\xff\x01"), TCPRST_PROTOCOL_OTHER}, /* the record is too long */
    {BYTES(ALERT("\x28")), TCPRST_PROTOCOL_ALERT},
    {BYTES(GET("allowed.example")), TCPRST_PROTOCOL_HTTP},
    {BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), TCPRST_PROTOCOL_HTTP},
    {BYTES("HTTP/1.1 400 Bad Request\r\n"), TCPRST_PROTOCOL_HTTP},
    {BYTES(DNS_HEADER "\1a\0\0\1\0\1"), TCPRST_PROTOCOL_DNS},
    {BYTES(DNS_HEADER "\1a\0\0"), TCPRST_PROTOCOL_DNS}, /* cut */
    {BYTES(DNS_HEADER "\1a\0\0\1\0\1\0"), TCPRST_PROTOCOL_OTHER}, /* more than its length */
    {BYTES(DNS_HEADER "\x07" "a\0\0\1\0\1"), TCPRST_PROTOCOL_OTHER}, /* a label that does not end */
    {BYTES("\0\x13\x12\x34\x81\x80\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"), TCPRST_PROTOCOL_OTHER}, /* answer */
    {BYTES("GETTING"), TCPRST_PROTOCOL_TEXT},
    {BYTES(SSH_BANNER), TCPRST_PROTOCOL_SSH},
    {BYTES(SMTP_GREETING), TCPRST_PROTOCOL_GREETING},
    {BYTES("220-welcome\r\n"), TCPRST_PROTOCOL_GREETING},
    {BYTES("2201 bytes"), TCPRST_PROTOCOL_TEXT},
    {BYTES("+OK POP3\r\n"), TCPRST_PROTOCOL_TEXT},
    {BYTES("abc\0def"), TCPRST_PROTOCOL_OTHER},
    {BYTES("\xff\xfb\x01"), TCPRST_PROTOCOL_OTHER},
};

static void test_languages(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(languages); i++)
        g_assert_cmpstr(
            tcprst_protocol_noun(tcprst_protocol_of(languages[i].bytes, languages[i].count)), ==,
            tcprst_protocol_noun(languages[i].protocol));
}

static const struct {
    const uint8_t *bytes;
    size_t count;
    bool is_finished;
} flights[] = {
    {BYTES(FINISHED), true},
    {BYTES(FINISHED_1_2), true},
    {BYTES(FINISHED FINISHED), false},
    {BYTES(FINISHED "\x17\x03\x03\0\x0a" TEN), false}, /* and a request */
    {BYTES(CHANGE_CIPHER_SPEC "\x17\x03\x03\0\x0a" TEN), false}, /* data of 0-RTT */
    {BYTES(CHANGE_CIPHER_SPEC), false},
    {BYTES("\x17\x03\x03\0\x35" TEN TEN TEN TEN TEN "012"), false},
    {BYTES(HELLO("allowed.example")), false},
    {BYTES(""), false},
};

static void test_finished(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(flights); i++) {
        const uint8_t *bytes = flights[i].bytes;
        const size_t count = flights[i].count;
        g_assert_cmpint(tcprst_is_tls_finished(bytes, count), ==, flights[i].is_finished);
        g_assert_false(count && tcprst_is_tls_finished(bytes, count - 1));
    }
}

/* From memory of exactly that size, so that the sanitizer finds reads beyond its end. */
static void read_all(const uint8_t *bytes, size_t count, char name[TCPRST_WORD_SIZE]) {
    char unused[TCPRST_WORD_SIZE];
    uint8_t *exact = g_malloc(MAX(count, 1));
    memcpy(exact, bytes, count);
    tcprst_protocol_of(exact, count);
    tcprst_fatal_alert(exact, count);
    tcprst_is_tls_finished(exact, count);
    tcprst_http_host(exact, count, unused);
    tcprst_refusing_words(exact, count, unused);
    tcprst_message_at(exact, count, false);
    tcprst_dns_message_at(exact, count, false);
    tcprst_dns_message_at(exact, count, true);
    tcprst_needs_no_answer(exact, count);
    tcprst_says_answer_follows(exact, count);
    tcprst_asks_no_body(exact, count);
    tcprst_leaves_http(exact, count, true);
    tcprst_ends_chunks(exact, count);
    for (size_t at = 0; at <= count; at++)
        tcprst_tls_extensions(exact, count, at, unused);
    tcprst_tls_hello(exact, count, name);
    g_free(exact);
}

static void test_cut_short(void) {
    static const uint8_t whole[] = HELLO("allowed.example");
    const size_t count = sizeof whole - 1;
    char name[TCPRST_WORD_SIZE];
    for (size_t captured = 0; captured <= count; captured++) {
        read_all(whole, captured, name);
        g_assert_cmpstr(name, ==, captured == count ? "allowed.example" : "");
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(languages); i++)
        for (size_t captured = 0; captured <= languages[i].count; captured++)
            read_all(languages[i].bytes, captured, name);
}

static void test_names(void) {
    char name[TCPRST_WORD_SIZE];
    tcprst_http_host(BYTES("GET / HTTP/1.1\r\nhOST:  Allowed.Example:8080\r\n\r\n"), name);
    g_assert_cmpstr(name, ==, "allowed.example:8080");
    tcprst_http_host(BYTES("GET / HTTP/1.1\r\nHost: \x1b[2J{rst}\r\n\r\n"), name);
    g_assert_cmpstr(name, ==, "?[2j?rst?");
    tcprst_http_host(BYTES("GET / HTTP/1.1\r\nHost: cut.short"), name);
    g_assert_cmpstr(name, ==, "");
    tcprst_http_host(BYTES("GET / HTTP/1.1\r\n\r\n"), name);
    g_assert_cmpstr(name, ==, "");
}

/* The name is in the second segment, and the first one contains the offset where it continues. */
static void test_two_segments(void) {
    char name[TCPRST_WORD_SIZE];
    size_t first_bytes = sizeof HELLO_FIRST_PART - 1;
    size_t next = tcprst_tls_hello(BYTES(HELLO_FIRST_PART), name);
    g_assert_cmpstr(name, ==, "");
    g_assert_cmpuint(next, ==, first_bytes + 90);
    next = tcprst_tls_extensions(BYTES(HELLO_SECOND_PART("allowed.example")), next - first_bytes,
                                 name);
    g_assert_cmpstr(name, ==, "allowed.example");
    g_assert_cmpuint(next, ==, 0);
}

static void test_refusals(void) {
    char words[TCPRST_WORD_SIZE];
    tcprst_refusing_words(BYTES("Exceeded MaxStartups\r\n"), words);
    g_assert_cmpstr(words, ==, "Exceeded MaxStartups");
    tcprst_refusing_words(
        BYTES("\x4e\0\0\0\xff\x6a\x04Host '203.0.113.9' is not allowed to connect\n"), words);
    g_assert_cmpstr(words, ==, "Host '203.0.113.9' is not allowed to connect");
    tcprst_refusing_words(BYTES("220 421 is no refusal here"), words);
    g_assert_cmpstr(words, ==, "");
    tcprst_refusing_words(
        BYTES("421 longer than a word of the lexicon may be, and therefore cut in the end"), words);
    g_assert_cmpuint(strlen(words), ==, TCPRST_WORD_SIZE - 1);
}

static const struct {
    const uint8_t *bytes;
    size_t count;
    struct tcprst_message message;
} messages[] = {
    {BYTES(""), {TCPRST_MESSAGE_UNKNOWN, 0}},
    {BYTES(GET("a.example")), {TCPRST_MESSAGE_UNKNOWN, 0}}, /* has no body */
    {BYTES("PUT / HTTP/1.1\r\n\r\n"), {TCPRST_MESSAGE_WHOLE, 18}},
    {BYTES("PUT / HTTP/1.1\r\nHost: a"), {TCPRST_MESSAGE_UNKNOWN, 0}}, /* the header continues */
    {BYTES("HTTP/1.1 200 OK\r\nContent-length:  12 \r\n\r\n"), {TCPRST_MESSAGE_WHOLE, 41 + 12}},
    {BYTES("HTTP/1.1 200 OK\nContent-Length: 1\n\n"), {TCPRST_MESSAGE_WHOLE, 35 + 1}},
    {BYTES("HTTP/1.0 200 OK\r\n\r\n"), {TCPRST_MESSAGE_UNTIL_CLOSE, 19}},
    {BYTES("HTTP/1.1 101 Switching\r\n\r\n"), {TCPRST_MESSAGE_UNKNOWN, 0}},
    {BYTES("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
     {TCPRST_MESSAGE_WHOLE, 57 + (1 << 30)}},
    {BYTES("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 7\r\n\r\n"),
     {TCPRST_MESSAGE_CHUNKED, 72}},
    {BYTES("\x17\x03\x03\x40\x11"), {TCPRST_MESSAGE_RECORD, 5 + 0x4011}},
    {BYTES("\x17\x03\x03\x50\x11"), {TCPRST_MESSAGE_UNKNOWN, 0}}, /* too long */
    {BYTES("\x17\x03\x03"), {TCPRST_MESSAGE_UNKNOWN, 0}},
    {BYTES("\x30\x03\x03\0\x07"), {TCPRST_MESSAGE_UNKNOWN, 0}},
};

static void test_messages(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        struct tcprst_message message =
            tcprst_message_at(messages[i].bytes, messages[i].count, false);
        g_assert_cmpint(message.kind, ==, messages[i].message.kind);
        g_assert_cmpuint(message.bytes, ==, messages[i].message.bytes);
    }
    g_assert_true(tcprst_ends_chunks(BYTES("0\r\n\r\n")));
    g_assert_true(tcprst_ends_chunks(BYTES("one\r\n0\r\nExpires: never\r\n\r\n")));
    g_assert_false(tcprst_ends_chunks(BYTES("10\r\n\r\n")));
    g_assert_false(tcprst_ends_chunks(BYTES("0\r\n")));
}

static void test_server_names(void) {
    struct tcprst_server_names *server_names = tcprst_server_names_new();
    g_assert_cmpuint(tcprst_server_names_add(server_names, ""), ==, 0);
    g_assert_null(tcprst_server_names_at(server_names, 0));
    for (unsigned i = 0; i < TCPRST_SERVER_NAMES_MAX + 10; i++) {
        char text[16];
        g_snprintf(text, sizeof text, "host%u", i);
        g_assert_cmpuint(tcprst_server_names_add(server_names, text), ==,
                         i < TCPRST_SERVER_NAMES_MAX ? i + 1 : 0);
    }
    uint16_t number = tcprst_server_names_add(server_names, "host7");
    g_assert_cmpuint(number, ==, 8);
    tcprst_server_names_note_cut(server_names, number, 0);
    tcprst_server_names_note_cut(server_names, number, 0);
    g_assert_false(tcprst_server_names_at(server_names, number)->cut_at_several);
    tcprst_server_names_note_cut(server_names, number, 1);
    g_assert_true(tcprst_server_names_at(server_names, number)->cut_at_several);
    tcprst_server_names_note_served(server_names, number);
    tcprst_server_names_note_served(server_names, 0);
    g_assert_cmpuint(tcprst_server_names_at(server_names, number)->served, ==, 1);
    tcprst_server_names_free(server_names);
}

static void test_hidden_names(void) {
    struct tcprst_server_names *server_names = tcprst_server_names_new();
    tcprst_server_names_hide(server_names);
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmpuint(tcprst_server_names_add(server_names, "host"), ==, 1);
        g_assert_cmpuint(tcprst_server_names_add(server_names, "hidden-1"), ==, 2);
    }
    g_assert_cmpstr(tcprst_server_names_at(server_names, 1)->text, ==, "hidden-1");
    g_assert_cmpstr(tcprst_server_names_at(server_names, 2)->text, ==, "hidden-2");
    tcprst_server_names_free(server_names);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/payload/languages", test_languages);
    g_test_add_func("/payload/cut-short", test_cut_short);
    g_test_add_func("/payload/finished", test_finished);
    g_test_add_func("/payload/names", test_names);
    g_test_add_func("/payload/two-segments", test_two_segments);
    g_test_add_func("/payload/refusals", test_refusals);
    g_test_add_func("/payload/messages", test_messages);
    g_test_add_func("/payload/server_names", test_server_names);
    g_test_add_func("/payload/hidden_names", test_hidden_names);
    return g_test_run();
}
