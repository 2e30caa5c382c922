/* recent_segments.h - the latest segments of one side, kept to find what a reset answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CONNECTION_RECENT_SEGMENTS_H
#define TCPRST_CONNECTION_RECENT_SEGMENTS_H

#include "core/packet/segment.h"

/* A segment without SYN or RST. */
struct tcprst_sent {
    int64_t  time_ns;
    uint32_t frame; /* 0: empty */
    uint32_t seq, ack;
    uint32_t payload_bytes;
    uint32_t tsval; /* 0: without timestamps */
    uint16_t ip_id;
    uint8_t  flags, tos;
};

/* No stack sends the same segment twice within TCPRST_COPY_NS: the frame was captured twice.  No
 * timer repeats a segment sooner than TCPRST_SOONEST_REPEAT_NS (RFC 6298: 1 s; Windows 0.5 s, Linux
 * 0.2 s). */
enum { TCPRST_RECENT = 3, TCPRST_COPY_NS = 1000000, TCPRST_SOONEST_REPEAT_NS = 100000000 };

/* Queues of a host, of a path or of a capture can exchange frames that are this close together
 * (measured: 20 to 40 us). */
enum { TCPRST_LONGEST_SWAP_NS = 1000000 };

struct tcprst_recent_segments {
    struct tcprst_sent sent[TCPRST_RECENT];
    struct tcprst_sent first; /* the first one with the side's present ACK number */
    uint8_t next;             /* the oldest of `sent`, overwritten next */
    uint8_t same;             /* segments with the present ACK number; saturates */
};

void tcprst_recent_segments_add(struct tcprst_recent_segments *recent,
                                const struct tcprst_segment *segment);

/* True if the segment is a copy of a kept one, captured a second time.  `answered_frame`: the
 * peer's last segment; 0: none. */
bool tcprst_recent_segments_has_copy(const struct tcprst_recent_segments *recent,
                                     const struct tcprst_segment *segment,
                                     uint32_t answered_frame);

/* True if a kept one is the same packet, whenever it was captured.  Segments that have neither IP
 * ID nor timestamp are told from repetitions only where `is_other_interface`. */
bool tcprst_recent_segments_has_same(const struct tcprst_recent_segments *recent,
                                     const struct tcprst_segment *segment,
                                     bool is_other_interface);

/* The latest with payload; NULL: none is kept. */
const struct tcprst_sent *
tcprst_recent_segments_payload(const struct tcprst_recent_segments *recent);

/* The shortest time from a kept segment with payload to that of the side `answering` (0 or 1) that
 * acknowledges just that, by time at the capture point; -1: none.  `recent` are those of both
 * sides, or NULL.  The latest payload does not count: an injector can have answered it. */
int64_t tcprst_recent_segments_exchange_ns(const struct tcprst_recent_segments *recent,
                                           unsigned answering);

/* Age, at that time, of the newest kept segment of the side `sender` (0 or 1) that `ack` is the
 * first to acknowledge, if `acked` was acknowledged before; -1: none.  `recent` as above. */
int64_t tcprst_recent_segments_acked_age_ns(const struct tcprst_recent_segments *recent,
                                            unsigned sender, uint32_t acked, uint32_t ack,
                                            int64_t time_ns);

/* True if the side may have sent a segment with this ACK number that is no longer kept. */
bool tcprst_recent_segments_may_lack(const struct tcprst_recent_segments *recent, uint32_t ack);

#endif
