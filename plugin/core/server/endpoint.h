/* endpoint.h - what the capture showed of a server's port, over all its connections
 *
 * Everything is bounded: at most TCPRST_CLIENTS_MAX clients are told apart, then counts of clients
 * are lower bounds (clients_at_least); at most TCPRST_RUNS_MAX runs are kept, then the middle ones
 * are merged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_SERVER_ENDPOINT_H
#define TCPRST_SERVER_ENDPOINT_H

#include <glib.h>

#include "core/server/listener.h"
#include "core/server/endpoint_protocols.h"
#include "core/server/host.h"

enum { TCPRST_CLIENTS_MAX = 1024, TCPRST_RUNS_MAX = 64, TCPRST_PROBERS_MAX = 64 };

/* A client of one endpoint. */
struct tcprst_client {
    struct tcprst_address address; /* the first member, by which it is found */
    uint32_t run_serial; /* the latest run it was counted in */
    uint32_t served, reset_early, refused;
    uint32_t unasked; /* of those reset early: before they had sent payload */
    /* clients served, when it was reset early or refused */
    uint32_t others_at_first_reset, others_at_last_reset;
    bool was_reset;
    bool served_since; /* it was reset */
};

/* How a connection to an endpoint went; counted once, when it is first known. */
enum tcprst_outcome {
    /* the server answered with payload, or acknowledged the request and closed by FIN */
    TCPRST_SERVED,
    TCPRST_REFUSED,    /* its SYN was answered by a reset */
    TCPRST_RESET_EARLY, /* reset in the server's name between SYN/ACK and first answer */
    TCPRST_MIXED,      /* merged runs */
};

/* Connections in a row with the same outcome. */
struct tcprst_run {
    enum tcprst_outcome outcome;
    uint32_t serial;
    uint32_t connections, clients;
    uint32_t unasked;                   /* of those reset early: before they had sent payload */
    uint32_t first_frame, last_frame;
    uint32_t last_syn_frame;            /* the latest SYN whose connection is in it */
    uint32_t survived_frame; /* the latest answer to a client served before it began; 0: none */
    uint16_t lacked_options; /* of refused SYNs: those that one of them did not have */
    /* a bit for each far clock that counted in it (tcprst_result); interfaces 16 apart share one */
    uint16_t clocks;
    int64_t  first_time_ns, last_time_ns;
};

/* How one connection went, and when that was known. */
struct tcprst_result {
    enum tcprst_outcome outcome;
    const struct tcprst_address *client;
    uint32_t frame;
    int64_t  time_ns;
    uint32_t syn_frame;    /* 0: not seen */
    uint16_t lacked_options; /* that a refused SYN did not have */
    bool     unasked;      /* the client had not sent payload */
    uint32_t open;         /* other connections of the endpoint then */
    /* interface at which it was captured (point.h), if its clock is far from another's, and how far
     * it is ahead of that; else 0 */
    uint32_t clock;
    int64_t  ahead_ns;
};

/* What had been sent on a connection before its client reset it. */
struct tcprst_exchange {
    uint32_t client_bytes, server_bytes;
    uint16_t client_segments; /* with payload */
    uint16_t content;         /* of its request (message.h): a monitor's is always the same */
    bool     handshake_done;
};

/* Resets by one client of connections to one endpoint after equal exchanges, as a monitor makes
 * them. */
struct tcprst_prober {
    struct tcprst_address address;
    struct tcprst_exchange exchange;
    uint32_t resets;
    int64_t  last_time_ns, shortest_gap_ns, longest_gap_ns;
    int64_t  previous_time_ns; /* of the last but one */
};

/* The latest SYN that began a connection. */
struct tcprst_last_syn {
    int64_t  time_ns;
    int64_t  gap_ns;    /* since the one before; -1: there was none */
    uint32_t frame;     /* 0: there was none */
    uint32_t interface; /* where it was captured (point.h) */
};

struct tcprst_endpoint {
    struct tcprst_address address;
    uint16_t port;
    uint16_t wait_votes;             /* see tcprst_endpoint_note_wait(); saturates */
    uint32_t number;                 /* in order of first appearance, from 0 */
    /* more than TCPRST_CLIENTS_MAX: counts of clients are lower bounds */
    bool clients_at_least;
    uint32_t wait_ms;                /* if wait_votes */
    struct tcprst_host *host;        /* owned by the capture */
    uint32_t connections, resets, open;
    /* of the open ones: the client has sent payload, the server none; and it has */
    uint32_t waiting, answered;
    uint32_t clients, clients_reset;
    uint32_t served, refused, reset_early;
    uint32_t synacks;
    uint32_t closes_interface;       /* where the latest close was captured (point.h) */
    struct tcprst_listener *listener;  /* NULL until the first SYN/ACK */
    /* options of SYNs that it accepted, and options that one of these lacked */
    uint16_t syns_taken_with, syns_taken_without;
    /* connections that the server closed first, soon after the first of them; saturates */
    uint16_t closes;
    /* the longest silence that a client ended and the server answered, in seconds; saturates */
    uint16_t outlived_s;
    int64_t  first_close_ns;           /* of these closes, if there are any */
    /* owned; NULL until the first answer to a first payload */
    struct tcprst_endpoint_protocols *protocols;
    struct tcprst_event *last_abort; /* latest abort by the server, or NULL; owned by the store */
    /* the latest one captured at another interface (point.h), whose clock may differ */
    struct tcprst_event *last_abort_elsewhere;
    struct tcprst_last_syn last_syn;
    struct tcprst_leg leg;           /* SYN to SYN/ACK, payload to its acknowledgement */
    GArray *runs;                    /* struct tcprst_run; NULL until the first outcome */
    struct tcprst_client first_client; /* most endpoints of a scan have no other */
    struct tcprst_clients *other_clients; /* owned; NULL until the second */
    GArray *probers;                 /* struct tcprst_prober; NULL until the first */
};

/* The counts of an endpoint when a reset came. */
struct tcprst_endpoint_snapshot {
    uint32_t connections, resets, clients, clients_reset, open, run_length, run_first_frame;
    bool clients_at_least; /* both counts of clients are lower bounds */
    uint32_t waiting, answered;
};

void tcprst_endpoint_init(struct tcprst_endpoint *endpoint);
void tcprst_endpoint_clear(struct tcprst_endpoint *endpoint);

/* Counts the server's SYN/ACK, after `connection` took it. */
void tcprst_endpoint_note_synack(struct tcprst_endpoint *endpoint,
                                 const struct tcprst_connection *connection);
/* Counts the protocols of a connection that the endpoint answered. */
void tcprst_endpoint_note_protocols(struct tcprst_endpoint *endpoint,
                                    const struct tcprst_connection *connection);

/* Takes how long a connection had been silent when the server reset it.  A wait that more than half
 * of these resets have is kept, with a lower bound of how many have it. */
void tcprst_endpoint_note_wait(struct tcprst_endpoint *endpoint, int64_t wait_ns);

/* Number of resets that came after that wait, at least; 0 if it is not the one kept. */
unsigned tcprst_endpoint_equal_waits(const struct tcprst_endpoint *endpoint, int64_t wait_ns);

/* Keeps the time of a SYN that begins a connection. */
void tcprst_endpoint_note_syn(struct tcprst_endpoint *endpoint, const struct tcprst_segment *syn);

/* Counts a connection of this client. */
void tcprst_endpoint_note_client(struct tcprst_endpoint *endpoint,
                                 const struct tcprst_address *client);

/* Keeps that a client whose SYN came in `syn_frame`, and which was served, is answered again. */
void tcprst_endpoint_note_survivor(struct tcprst_endpoint *endpoint, uint32_t syn_frame,
                                   uint32_t frame);

/* Counts how a connection went. */
void tcprst_endpoint_note_result(struct tcprst_endpoint *endpoint,
                                 const struct tcprst_result *result);

/* Counts the outcome in a run, a new one if it differs from the current one's (endpoint_runs.c).
 * `client` can be NULL. */
void tcprst_runs_add(struct tcprst_endpoint *endpoint, const struct tcprst_result *result,
                     struct tcprst_client *client);

/* The run that began last; NULL if there is none. */
struct tcprst_run *tcprst_runs_current(const struct tcprst_endpoint *endpoint);

/* What had been sent, as far as it distinguishes one monitor's checks from other connections:
 * answers to a single message can vary in length. */
struct tcprst_exchange tcprst_exchange_of(const struct tcprst_connection *connection);
bool tcprst_same_exchange(const struct tcprst_exchange *a, const struct tcprst_exchange *b);

/* Removes from the counts what was counted before: a refusal or an early reset, and a client's
 * reset after such an exchange.  Returns false if it is in a run too old to be changed. */
bool tcprst_endpoint_take_back(struct tcprst_endpoint *endpoint,
                               const struct tcprst_result *result);
void tcprst_endpoint_take_back_probe(struct tcprst_endpoint *endpoint,
                                     const struct tcprst_address *client,
                                     const struct tcprst_exchange *exchange);

/* Counts a client's reset after such an exchange. */
void tcprst_endpoint_note_probe(struct tcprst_endpoint *endpoint,
                                const struct tcprst_address *client,
                                const struct tcprst_exchange *exchange, int64_t time_ns);

/* The run of this outcome that `frame` is in; NULL if there is none, or it was merged.  Valid until
 * the next outcome is counted. */
const struct tcprst_run *tcprst_endpoint_run_at(const struct tcprst_endpoint *endpoint,
                                                enum tcprst_outcome outcome, uint32_t frame);

/* Number of connections with this outcome in runs that ended before `frame`, or began after it. */
uint32_t tcprst_endpoint_count_before(const struct tcprst_endpoint *endpoint,
                                      enum tcprst_outcome outcome, uint32_t frame);
uint32_t tcprst_endpoint_count_after(const struct tcprst_endpoint *endpoint,
                                     enum tcprst_outcome outcome, uint32_t frame);

/* The run of the next connection whose SYN came after `frame`; NULL if there is none.  Valid until
 * the next outcome is counted. */
const struct tcprst_run *tcprst_endpoint_next_run(const struct tcprst_endpoint *endpoint,
                                                  uint32_t frame);

/* A run of refusals that began within `within_ns` before `time_ns`; NULL if there is none.  Valid
 * until the next outcome is counted. */
const struct tcprst_run *tcprst_endpoint_refusals_before(const struct tcprst_endpoint *endpoint,
                                                         int64_t time_ns, int64_t within_ns);

/* NULL if the client is not kept (any more).  Valid as long as the endpoint. */
const struct tcprst_client *tcprst_endpoint_client(const struct tcprst_endpoint *endpoint,
                                                   const struct tcprst_address *client);

/* NULL if this client never reset a connection to the endpoint after such an exchange.  Valid until
 * the next probe is counted. */
const struct tcprst_prober *tcprst_endpoint_prober(const struct tcprst_endpoint *endpoint,
                                                   const struct tcprst_address *client,
                                                   const struct tcprst_exchange *exchange);

struct tcprst_endpoint_snapshot tcprst_endpoint_snapshot(const struct tcprst_endpoint *endpoint);

/* For table.h, keyed by struct tcprst_end, or by a struct that begins with its members. */
guint tcprst_hash_endpoint(gconstpointer endpoint);
gboolean tcprst_equal_endpoint(gconstpointer a, gconstpointer b);

#endif
