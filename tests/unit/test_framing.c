/* test_framing.c - where messages end, by bytes that are hostile or cut short, too
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/packet/framing.h"

#include <glib.h>
#include <string.h>

#include "payloads.h"

#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1

#define SHORT_TORRENT "\x13" "BitTorrent protocol"
#define MONGO_HELLO "\x1a\0\0\0\7\0\0\0\0\0\0\0\xdd\7\0\0\0\0\0\0\0\5\0\0\0\0"

static const struct {
    const uint8_t *bytes;
    size_t count;
    enum tcprst_framing framing;
} beginnings[] = {
    {BYTES(DNS_QUERY), TCPRST_FRAMING_DNS},
    {BYTES(SHORT_TORRENT), TCPRST_FRAMING_BITTORRENT},
    {BYTES("\x13" "BitTorrent protoco"), TCPRST_FRAMING_NONE},
    {BYTES(KAFKA_VERSIONS), TCPRST_FRAMING_KAFKA},
    {BYTES("\0\0\0\x0d\0\x12\0\3\0\0\0\1\0\4" "java"), TCPRST_FRAMING_NONE}, /* another length */
    {BYTES("\0\0\0\x0e\0\x12\0\3\0\0\0\1\0\x9" "java"), TCPRST_FRAMING_NONE},
    {BYTES("\0\0\0\x0e\0\x12\0\x13\0\0\0\1\0\4" "java"), TCPRST_FRAMING_NONE},
    {BYTES(MONGO_HELLO), TCPRST_FRAMING_MONGODB},
    {BYTES(MONGO_HELLO "\0"), TCPRST_FRAMING_NONE},
    {BYTES("\0\0\0\x8\4\xd2\x16\x2f"), TCPRST_FRAMING_POSTGRES},
    {BYTES("\0\0\0\x8\4\xd2\x16\x2e"), TCPRST_FRAMING_NONE},
    {BYTES("\0\0\0\x12\0\3\0\0user\0app\0\0"), TCPRST_FRAMING_POSTGRES},
    {BYTES("\0\0\0\x12\0\2\0\0user\0app\0\0"), TCPRST_FRAMING_NONE},
    {BYTES("\0\0\0\x12\0\3\0\0user\0apps\0"), TCPRST_FRAMING_NONE},
    {BYTES("*1\r\n$4\r\nPING\r\n"), TCPRST_FRAMING_REDIS},
    {BYTES("*1\r\n:4\r\n"), TCPRST_FRAMING_NONE},
    {BYTES("*1\n$4\nPING\n"), TCPRST_FRAMING_NONE},
    {BYTES("*-1\r\n$4\r\nPING\r\n"), TCPRST_FRAMING_NONE},
    {BYTES("*1\r\n$99999999999999999999\r\n"), TCPRST_FRAMING_NONE},
    {BYTES("get a\r\n"), TCPRST_FRAMING_MEMCACHED},
    {BYTES("get a\n"), TCPRST_FRAMING_NONE},
    {BYTES("set a 0 0 1\r\nb\r\n"), TCPRST_FRAMING_MEMCACHED},
    {BYTES("set a 0 0 1\r\nbc\r\n"), TCPRST_FRAMING_NONE},
    {BYTES("set a 0 0 9\r\nb\r\n"), TCPRST_FRAMING_NONE}, /* cut: it could be another's */
    {BYTES(SMTP_GREETING), TCPRST_FRAMING_NONE},
    {BYTES(""), TCPRST_FRAMING_NONE},
};

static void test_beginnings(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(beginnings); i++)
        g_assert_cmpint(
            tcprst_framing_of(beginnings[i].bytes, beginnings[i].count, beginnings[i].count), ==,
            beginnings[i].framing);
}

static const struct {
    enum tcprst_framing framing;
    bool is_server;
    const uint8_t *bytes;
    size_t count;
    enum tcprst_message_kind kind;
    uint32_t length;
} messages[] = {
    {TCPRST_FRAMING_BITTORRENT, true, BYTES("\0\0\0\0"), TCPRST_MESSAGE_RECORD, 4},
    {TCPRST_FRAMING_BITTORRENT, true, BYTES("\0\0\0"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_BITTORRENT, true, BYTES("\xff\xff\xff\xff\7"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_BITTORRENT, true, BYTES("\0\0\0\x9\x63"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_KAFKA, true, BYTES("\0\0\0\0"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_KAFKA, true, BYTES("\xff\xff\xff\xff"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_MONGODB, true, BYTES("\1\0\0\0\7\0\0\0\7\0\0\0\xdd\7\0\0\0\0\0\0"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_MONGODB, true, BYTES("\x1a\0\0\xff\7\0\0\0\7\0\0\0\xdd\7\0\0\0\0\0\0"),
     TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_MONGODB, true, BYTES("\x1a\0\0\0\7\0\0\0\7\0\0\0\xdd\7\0\0\x10\0\0\0"),
     TCPRST_MESSAGE_UNKNOWN, 0}, /* a flag that has to be known */
    {TCPRST_FRAMING_MONGODB, true, BYTES("\x1a\0\0\0\7\0\0\0\7\0\0\0\xdc\7\0\0\0\0\0\0"), TCPRST_MESSAGE_RECORD, 26},
    {TCPRST_FRAMING_POSTGRES, true, BYTES("Z\0\0\0\3"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_POSTGRES, true, BYTES("Z\0\0\0\6"), TCPRST_MESSAGE_RECORD, 7},
    {TCPRST_FRAMING_POSTGRES, true, BYTES("D\xff\xff\xff\xff"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_POSTGRES, true, BYTES("\0\0\0\0\x8"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_POSTGRES, true, BYTES("\0"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_POSTGRES, false, BYTES("\0\0\0\0\0"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_REDIS, true, BYTES("$-1\r\n"), TCPRST_MESSAGE_WHOLE, 5},
    {TCPRST_FRAMING_REDIS, true, BYTES("*-1\r\n"), TCPRST_MESSAGE_WHOLE, 5},
    {TCPRST_FRAMING_REDIS, true, BYTES("*0\r\n"), TCPRST_MESSAGE_WHOLE, 4},
    {TCPRST_FRAMING_REDIS, true, BYTES("$-2\r\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_REDIS, true, BYTES("$\r\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_REDIS, true, BYTES("$?\r\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_REDIS, true, BYTES("$1073741825\r\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_REDIS, true, BYTES("%40000\r\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_REDIS, true, BYTES("+OK\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_REDIS, true, BYTES("\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_MEMCACHED, true, BYTES("VALUE a 0 1073741824\r\n"), TCPRST_MESSAGE_PART, 1073741848},
    {TCPRST_FRAMING_MEMCACHED, true, BYTES("VALUE a 0\r\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_MEMCACHED, true, BYTES("VALUE a 0 -5\r\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_MEMCACHED, true, BYTES("VALUE a 0 5x\r\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_MEMCACHED, true, BYTES("ENDED\r\n"), TCPRST_MESSAGE_UNKNOWN, 0},
    {TCPRST_FRAMING_NONE, true, BYTES("$1\r\na\r\n"), TCPRST_MESSAGE_UNKNOWN, 0},
};

/* From memory of exactly that size, so that the sanitizer finds reads beyond its end. */
static struct tcprst_message read_exactly(enum tcprst_framing framing, bool is_server,
                                          const uint8_t *bytes, size_t count) {
    uint16_t parts = 0;
    uint8_t *exact = g_malloc(MAX(count, 1));
    memcpy(exact, bytes, count);
    struct tcprst_message message =
        tcprst_framed_message_at(framing, is_server, exact, count, &parts);
    tcprst_framing_of(exact, count, count);
    tcprst_framing_of(exact, count, count + 1000);
    g_free(exact);
    return message;
}

static void test_messages(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        const struct tcprst_message message = read_exactly(
            messages[i].framing, messages[i].is_server, messages[i].bytes, messages[i].count);
        g_assert_cmpint(message.kind, ==, messages[i].kind);
        g_assert_cmpuint(message.bytes, ==, messages[i].length);
    }
}

static void test_cut_short(void) {
    for (unsigned i = 0; i < G_N_ELEMENTS(beginnings); i++)
        for (size_t count = 0; count <= beginnings[i].count; count++)
            for (unsigned f = 0; f <= 2 * TCPRST_FRAMING_MEMCACHED + 1; f++) {
                struct tcprst_message message = read_exactly(f / 2, f % 2, beginnings[i].bytes, count);
                g_assert_true(!message.kind == !message.bytes);
            }
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/framing/beginnings", test_beginnings);
    g_test_add_func("/framing/messages", test_messages);
    g_test_add_func("/framing/cut-short", test_cut_short);
    return g_test_run();
}
