/* payloads.h - payloads for stories
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_PAYLOADS_H
#define TCPRST_TEST_PAYLOADS_H

#define TEN "0123456789"
#define HELLO_BODY "\x03\x03" TEN TEN TEN "01" "\0" "\0\x02\x13\x01" "\x01\0"

/* 15 characters of a server name. */
#define SERVER_NAME(name) "\0\0\0\x14\0\x12\0\0\x0f" name

/* A ClientHello with that server name, and one without. */
#define HELLO(name) "\x16\x03\x01\0\x47\x01\0\0\x43" HELLO_BODY "\0\x18" SERVER_NAME(name)
#define HELLO_NAMELESS "\x16\x03\x01\0\x2f\x01\0\0\x2b" HELLO_BODY "\0\0"

/* A ClientHello in two segments: its key share fills the first, and the name is in the second. */
#define HELLO_FIRST_PART "\x16\x03\x01\0\xaf\x01\0\0\xab" HELLO_BODY "\0\x80" "\0\x33\0\x64" TEN
#define HELLO_SECOND_PART(name) TEN TEN TEN TEN TEN TEN TEN TEN TEN SERVER_NAME(name)

#define SERVER_HELLO "\x16\x03\x03\0\x2e\x02\0\0\x2a" TEN TEN TEN TEN "01"
#define CHANGE_CIPHER_SPEC "\x14\x03\x03\0\x01\x01"
/* A client's last flight of TLS 1.3 and of 1.2. */
#define FINISHED CHANGE_CIPHER_SPEC "\x17\x03\x03\0\x35" TEN TEN TEN TEN TEN "012"
#define FINISHED_1_2 "\x16\x03\x03\0\x0a" TEN CHANGE_CIPHER_SPEC "\x16\x03\x03\0\x28" TEN TEN TEN TEN
#define ENCRYPTED_ALERT "\x15\x03\x03\0\x1a" TEN TEN "012345"
#define ALERT(code) "\x15\x03\x03\0\x02\x02" code

/* DNS over TCP: the address of "a" is asked for; the answer's header, without its record. */
#define DNS_QUESTION "\1a\0\0\1\0\1"
#define DNS_QUERY "\0\x13\x12\x34\1\0\0\1\0\0\0\0\0\0" DNS_QUESTION
#define DNS_ANSWER "\0\x23\x12\x34\x81\x80\0\1\0\1\0\0\0\0" DNS_QUESTION
#define DNS_RECORD "\xc0\xc\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"

#define REDIS_GET "*2\r\n$3\r\nGET\r\n$1\r\na\r\n"
#define TORRENT_HANDSHAKE "\x13" "BitTorrent protocol" "\0\0\0\0\0\0\0\0" TEN TEN TEN TEN
#define KAFKA_VERSIONS "\0\0\0\x0e\0\x12\0\3\0\0\0\1\0\4" "java"

#define GET(name) "GET / HTTP/1.1\r\nHost: " name "\r\n\r\n"
#define POST_OF_NOTHING "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
#define HTTP_OK "HTTP/1.1 200 OK\r\n\r\n"
#define NO_CONTENT "HTTP/1.1 204 No Content\r\n\r\n"
#define SSH_BANNER "SSH-2.0-OpenSSH_9.2\r\n"
#define SMTP_GREETING "220 mail.example ESMTP\r\n"

#endif
