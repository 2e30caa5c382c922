/* statistics_log.h - which frames began a connection, answered one, or reset one: what statistics
 * count
 *
 * One line for each, in file order, so that a frame's lines can be found when it is shown or
 * filtered later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_STATISTICS_LOG_H
#define TCPRST_CAPTURE_STATISTICS_LOG_H

#include "core/reset/event.h"

enum tcprst_entry_kind {
    TCPRST_BEGUN,     /* the first segment of a connection */
    /* it was served (TCPRST_SERVED), or, if its beginning was not captured, both sides sent
     * something */
    TCPRST_ANSWERED,
    TCPRST_WAS_RESET, /* the first RST of an event */
    /* it got no answer, which is known when the file has been read; no line, as a later frame can
     * bring the answer */
    TCPRST_WAS_SILENT,
};

struct tcprst_entry {
    const struct tcprst_event *event; /* of TCPRST_WAS_RESET and TCPRST_WAS_SILENT, else NULL */
    struct tcprst_end server;
    struct tcprst_address client;
    uint32_t frame;
    enum tcprst_entry_kind kind;
};

/* An entry in few bytes. */
struct tcprst_line {
    uint32_t frame;
    uint32_t subject : 29; /* number of the endpoint, or of the event */
    uint32_t kind : 2;
    uint32_t is_long : 1;
    /* an IPv4 address, or if `is_long` an index of `clients`; of a reset the number of its
     * endpoint */
    uint32_t client;
};

struct tcprst_statistics_log {
    GArray *lines;        /* struct tcprst_line */
    GArray *clients;      /* struct tcprst_address */
};

void tcprst_statistics_log_init(struct tcprst_statistics_log *statistics);
void tcprst_statistics_log_clear(struct tcprst_statistics_log *statistics);

/* A connection of an endpoint: TCPRST_BEGUN or TCPRST_ANSWERED. */
void tcprst_statistics_log_add(struct tcprst_statistics_log *statistics,
                               enum tcprst_entry_kind kind, const struct tcprst_endpoint *endpoint,
                               const struct tcprst_address *client, uint32_t frame);
void tcprst_statistics_log_add_reset(struct tcprst_statistics_log *statistics,
                                     const struct tcprst_event *event);

/* The same for a reset that has a line at another frame. */
void tcprst_statistics_log_move_reset(struct tcprst_statistics_log *statistics, uint32_t frame,
                                      const struct tcprst_event *event);

/* Index of the first line of `frame` or of a later frame; the number of lines if there is none. */
guint tcprst_statistics_log_find(const struct tcprst_statistics_log *statistics, uint32_t frame);

const struct tcprst_line *tcprst_statistics_log_line(const struct tcprst_statistics_log *statistics,
                                                     guint index);

/* The client of a line that is not TCPRST_WAS_RESET. */
struct tcprst_address tcprst_statistics_log_client(const struct tcprst_statistics_log *statistics,
                                                   const struct tcprst_line *line);

#endif
