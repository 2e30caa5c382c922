/* problem.h - resets that have one cause in common
 *
 * Each reset of a summary belongs to exactly one problem.  Resets of one cause that share more than
 * their server are told together: one injector in front of many servers is one problem, and so is a
 * scan of many ports, whichever way they answered.  What is left is grouped by server; a server's
 * problem is called by what most of those resets show.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_PROBLEM_H
#define TCPRST_OUTPUT_PROBLEM_H

#include "core/output/summary.h"

/* What the resets of a problem share.  Where two of these hold for as many resets, the first one
 * counts. */
enum tcprst_shared {
    TCPRST_SHARED_SERVER,   /* address and port */
    TCPRST_SHARED_HOST,     /* the server's address */
    TCPRST_SHARED_CLIENT,   /* the client's address */
    TCPRST_SHARED_DEVICE,   /* what their sender writes into headers */
    TCPRST_SHARED_NETWORKS, /* the client's network and the server's: /24, in IPv6 /64 */
    TCPRST_SHARED_INSTANT,  /* they came within TCPRST_INSTANT_NS of each other */
    TCPRST_SHARED_CAUSE,    /* nothing else, at more servers than a page tells of one by one */
};

enum { TCPRST_INSTANT_NS = 1000000000 };

/* Many connections that are told in one line. */
enum tcprst_pattern {
    TCPRST_NO_PATTERN,
    TCPRST_SCAN,        /* is_sweep */
    TCPRST_FLOOD,       /* one server, and clients that asked once and never went on */
    TCPRST_BACKSCATTER, /* of those connections the capture has the SYN/ACKs only */
};

/* The members from `servers` on are counts of `resets`. */
struct tcprst_problem {
    enum tcprst_shared shared;
    enum tcprst_concern concern;
    const struct tcprst_cause *cause;
    const struct tcprst_judged *example; /* the first reset of that cause */
    GPtrArray *resets;     /* struct tcprst_judged of the summary, in file order */
    uint32_t of_cause;     /* those of `cause` */
    unsigned confidence;   /* percent, mean over those */
    /* means over the same, likeliest first */
    struct tcprst_opinion alternative[TCPRST_ALTERNATIVES_MAX];
    unsigned alternatives;
    uint32_t servers, clients; /* endpoints, hosts */
    uint32_t hosts;            /* of the servers */
    /* their connections were never answered (event.h, enum tcprst_failure) */
    uint32_t failed;
    uint32_t silences;     /* of `resets`: no reset came, and no answer */
    uint32_t in_clients_name;
    /* one client, or one host's ports, once or twice each: a scan, or many users */
    bool is_sweep;
    enum tcprst_pattern pattern;
    bool is_exception;     /* few of the resets that its server has: an exception there */
};

/* The problems of a judged summary that keeps events: trouble first, in it the largest harm first,
 * sweeps last.  They point into the summary; freed with g_ptr_array_unref(). */
GPtrArray *tcprst_problems_of(const struct tcprst_summary *summary);

static inline const struct tcprst_judged *tcprst_problem_reset(const struct tcprst_problem *problem,
                                                               guint row) {
    return g_ptr_array_index(problem->resets, row);
}

/* The same problem, called by that cause: the members that tell of a cause are of this one. */
struct tcprst_problem tcprst_problem_by(const struct tcprst_problem *problem,
                                        const struct tcprst_cause *cause);

/* Fills in the causes of its resets, the most frequent first, where even the one that it is called
 * by; returns how many there are, at most TCPRST_CAUSES_MAX. */
unsigned tcprst_problem_causes(const struct tcprst_problem *problem,
                               const struct tcprst_cause **causes);

/* Appends a display filter that shows the resets of the problem. */
void tcprst_problem_add_filter(GString *out, const struct tcprst_problem *problem);

/* Appends "3 servers", or "3 ports of 2 servers" where a host has several of them. */
void tcprst_problem_add_servers(GString *out, const struct tcprst_problem *problem);

/* Appends the addresses of the problem, such as "192.0.2.1:80" or "client 192.0.2.7"; a time has
 * its date if the capture has several days. */
void tcprst_problem_add_subject(GString *out, const struct tcprst_problem *problem, bool has_days);

/* The name of a pattern, as in JSON; NULL: there is none. */
const char *tcprst_pattern_name(enum tcprst_pattern pattern);

/* The name of what is shared, as in JSON. */
const char *tcprst_shared_name(enum tcprst_shared shared);

static inline const struct tcprst_address *tcprst_problem_client(
    const struct tcprst_problem *problem) {
    return &problem->example->event->client->address;
}

#endif
