/* writer.h - connections of many hosts, for tests of what their resets have in common
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_WRITER_H
#define TCPRST_TEST_WRITER_H

#include "core/capture/capture.h"
#include "story.h"

/* Writes segments of connections between numbered hosts into a capture. */
struct writer {
    struct tcprst_capture *capture;
    uint32_t frame;
    int64_t time_ns;
};

struct ends {
    uint8_t client, server;
    uint16_t client_port, port;
};

struct header {
    unsigned flags;
    uint32_t seq, ack, payload_bytes;
    uint8_t ttl;
    uint16_t window;
    const char *text; /* payload; NULL: zeros */
};

/* From 200 on each has a network of its own. */
static inline struct tcprst_address host(uint8_t number) {
    const uint8_t network = number < 200 ? 2 : number;
    return (struct tcprst_address){
        {[10] = 0xff, [11] = 0xff, [12] = 192, [13] = 0, [14] = network, [15] = number}};
}

static inline void write_segment(struct writer *w, const struct ends *ends, bool from_server,
                                 struct header header) {
    static const uint8_t bytes[64];
    struct tcprst_segment segment = {
        .frame = ++w->frame, .time_ns = w->time_ns += MS(20), .flags = (uint8_t)header.flags,
        .seq = header.seq,
        .ack = header.ack, .window = header.window, .payload_bytes = header.payload_bytes,
        .payload = header.text            ? (const uint8_t *)header.text
                   : header.payload_bytes ? bytes
                                          : NULL,
        .payload_captured_bytes = header.payload_bytes,
        .ip = {.version = 4, .ttl = header.ttl, .df = true, .id = 7},
        .src = host(from_server ? ends->server : ends->client),
        .dst = host(from_server ? ends->client : ends->server),
        .src_port = from_server ? ends->port : ends->client_port,
        .dst_port = from_server ? ends->client_port : ends->port,
    };
    tcprst_capture_observe(w->capture, &segment);
}

static inline void open_connection(struct writer *w, const struct ends *ends) {
    write_segment(w, ends, false, (struct header){TCPRST_SYN, 100, 0, 0, 64, 64000});
    write_segment(w, ends, true, (struct header){TCPRST_SYN | TCPRST_ACK, 500, 101, 0, 50, 64000});
    write_segment(w, ends, false, (struct header){TCPRST_ACK, 101, 501, 0, 64, 500});
    write_segment(w, ends, false, (struct header){TCPRST_ACK | TCPRST_PSH, 101, 501, 40, 64, 500});
}

static inline void refuse(struct writer *w, const struct ends *ends) {
    write_segment(w, ends, false, (struct header){TCPRST_SYN, 100, 0, 0, 64, 64000});
    write_segment(w, ends, true, (struct header){TCPRST_RST | TCPRST_ACK, 0, 101, 0, 50, 0});
}

/* Another device resets in the server's name, which goes on. */
static inline void inject(struct writer *w, const struct ends *ends) {
    open_connection(w, ends);
    write_segment(w, ends, true, (struct header){TCPRST_RST | TCPRST_ACK, 501, 141, 0, 121, 0});
    write_segment(w, ends, true, (struct header){TCPRST_ACK | TCPRST_PSH, 501, 141, 60, 50, 500});
    w->time_ns += MS(300);
    write_segment(w, ends, true, (struct header){TCPRST_ACK | TCPRST_PSH, 561, 141, 60, 50, 500});
}

static inline void serve(struct writer *w, const struct ends *ends) {
    open_connection(w, ends);
    write_segment(w, ends, true, (struct header){TCPRST_ACK | TCPRST_PSH, 501, 141, 60, 50, 500});
    write_segment(w, ends, true, (struct header){TCPRST_ACK | TCPRST_FIN, 561, 141, 0, 50, 500});
    write_segment(w, ends, false, (struct header){TCPRST_ACK, 141, 562, 0, 64, 500});
    write_segment(w, ends, false, (struct header){TCPRST_RST | TCPRST_ACK, 141, 562, 0, 64, 0});
}

/* The client had closed, and data still came: its own reset. */
static inline void close_early(struct writer *w, const struct ends *ends) {
    open_connection(w, ends);
    write_segment(w, ends, true, (struct header){TCPRST_ACK | TCPRST_PSH, 501, 141, 60, 50, 500});
    write_segment(w, ends, false, (struct header){TCPRST_ACK | TCPRST_FIN, 141, 561, 0, 64, 500});
    write_segment(w, ends, true, (struct header){TCPRST_ACK | TCPRST_PSH, 561, 142, 6, 50, 500, "QUIT\r\n"});
    write_segment(w, ends, false, (struct header){TCPRST_RST, 142, 0, 0, 64, 0});
}

/* The server had, and its client sent on. */
static inline void closed_early(struct writer *w, const struct ends *ends) {
    open_connection(w, ends);
    write_segment(w, ends, true, (struct header){TCPRST_ACK | TCPRST_PSH, 501, 141, 60, 50, 500});
    write_segment(w, ends, true, (struct header){TCPRST_ACK | TCPRST_FIN, 561, 141, 0, 50, 500});
    write_segment(w, ends, false, (struct header){TCPRST_ACK | TCPRST_PSH, 141, 562, 40, 64, 500});
    write_segment(w, ends, true, (struct header){TCPRST_RST, 562, 0, 0, 50, 0});
}

typedef void connection_of(struct writer *, const struct ends *);

#endif
