/* framing.h - where messages end in protocols other than HTTP/1 and TLS
 *
 * The client's first payload tells the protocol, and only where no other has its like: magic bytes,
 * or a length that fills the segment beside a code and a version.  Pure functions of bytes, which
 * can be hostile, cut short or empty.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_FRAMING_H
#define TCPRST_PACKET_FRAMING_H

#include "core/packet/message.h"

enum tcprst_framing {
    TCPRST_FRAMING_NONE,       /* HTTP/1, TLS, or not known */
    TCPRST_FRAMING_DNS,        /* RFC 1035 section 4.2.2 */
    TCPRST_FRAMING_BITTORRENT, /* BEP 3, peer protocol */
    TCPRST_FRAMING_KAFKA,      /* Kafka protocol guide: request and response headers */
    TCPRST_FRAMING_MONGODB,    /* MongoDB wire protocol: OP_MSG */
    TCPRST_FRAMING_POSTGRES,   /* PostgreSQL: Frontend/Backend Protocol, message formats */
    TCPRST_FRAMING_REDIS,      /* Redis serialization protocol specification */
    TCPRST_FRAMING_MEMCACHED,  /* memcached doc/protocol.txt */
};

/* The framing that the client's first payload has, of which `count` of `payload_bytes` bytes were
 * captured; TCPRST_FRAMING_NONE if it is none of these. */
enum tcprst_framing tcprst_framing_of(const uint8_t *bytes, size_t count, size_t payload_bytes);

/* The client's or server's message that begins the bytes, of another framing than
 * TCPRST_FRAMING_NONE; TCPRST_MESSAGE_UNKNOWN if its header is cut short or not recognized.
 * `*parts`: elements that the server's answer lacks, as of before the message and set as of after
 * it; only Redis has them. */
struct tcprst_message tcprst_framed_message_at(enum tcprst_framing framing, bool is_server,
                                               const uint8_t *bytes, size_t count, uint16_t *parts);

#endif
