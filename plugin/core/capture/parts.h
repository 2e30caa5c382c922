/* parts.h - the parts of a capture, for the files that fill it and look things up in it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_PARTS_H
#define TCPRST_CAPTURE_PARTS_H

#include "core/packet/pool.h"
#include "core/packet/table.h"
#include "core/capture/capture.h"
#include "core/capture/silences.h"
#include "core/reset/race.h"
#include "core/capture/points.h"
#include "core/capture/store.h"
#include "core/reset/latest_syns.h"

/* Of the two latest resets: another connection can end between the two that a proxy joined. */
struct tcprst_latest_reset {
    uint32_t number; /* of its event, from 1; 0: none */
    const struct tcprst_host *client, *server;
};

/* Frames of the resets of the same server before and after one; 0: there is none. */
struct tcprst_reset_neighbours {
    uint32_t previous, next;
};

/* Owns all of it but `settings`. */
struct tcprst_capture {
    struct tcprst_store *store; /* connections, events and endpoints */
    struct tcprst_table hosts;  /* struct tcprst_host, of the pools */
    struct tcprst_host_pools host_pools;
    struct tcprst_frame_index *frames;
    const struct tcprst_settings *settings;
    struct tcprst_server_names *server_names;
    struct tcprst_server_names *icmp_senders; /* apart: a scan can have thousands */
    struct tcprst_latest_syns *latest_syns;
    struct tcprst_race race;
    struct tcprst_statistics_log statistics;
    struct tcprst_silences *silences;
    /* struct tcprst_reset_neighbours, by number of the reset; filled by queries.c */
    GArray *resets_beside;
    uint32_t last_frame, last_repeat_frame; /* of all; of a segment that was sent again, 0: none */
    int64_t last_time_ns;                   /* of last_frame */
    int64_t earliest_ns, latest_ns;         /* of all segments, if there is any */
    struct tcprst_latest_reset latest_resets[2]; /* the last one first */
    struct tcprst_points points;
    bool finished, is_part, hides_words;
};

/* The host or endpoint, created if there is none.  A host is valid as long as the capture, an
 * endpoint as store.h says. */
struct tcprst_host *tcprst_capture_host(struct tcprst_capture *capture,
                                        const struct tcprst_address *address);
struct tcprst_host *tcprst_capture_client(struct tcprst_capture *capture,
                                          struct tcprst_connection *connection);
struct tcprst_endpoint *tcprst_capture_endpoint(struct tcprst_capture *capture,
                                                const struct tcprst_end *end);

/* Counts what a segment without RST changed (a set of TCPRST_CHANGE_) for endpoint, host and
 * statistics. */
void tcprst_count_progress(struct tcprst_capture *capture, struct tcprst_connection *connection,
                           enum tcprst_role role, const struct tcprst_segment *segment,
                           unsigned changes);

/* Takes a segment of a connection whose beginning was not captured: it counts as answered once both
 * sides have sent something. */
void tcprst_count_midstream(struct tcprst_capture *capture, struct tcprst_connection *connection,
                            uint32_t frame);

/* Links a reset that was just recorded to its neighbours, counts it, and notes its frames. */
void tcprst_count_reset(struct tcprst_capture *capture, struct tcprst_event *event);

/* What is counted anew if a reset turns out to have overtaken a segment (overtaken.h): the event is
 * taken back before the connection takes the segment, as if it had not come yet, and counted
 * afterwards. */
struct tcprst_counted {
    struct tcprst_exchange exchange; /* before its client's reset */
    bool is_probe;                   /* that was counted */
};
struct tcprst_counted tcprst_take_back_reset(struct tcprst_capture *capture,
                                             struct tcprst_event *event);
void tcprst_count_reset_anew(struct tcprst_capture *capture, struct tcprst_event *event,
                             const struct tcprst_counted *before);

#endif
