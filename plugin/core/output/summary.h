/* summary.h - counts of a capture, or of what a filter leaves of it, by server endpoint
 *
 * Takes the entries of the statistics, one by one.  Counts are facts and the same in any pass; only
 * causes are verdicts, and are given to it apart from them.
 *
 * Bounded for each endpoint: TCPRST_CLIENTS_MAX clients are told apart, then `clients_cut` says so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_SUMMARY_H
#define TCPRST_OUTPUT_SUMMARY_H

#include "core/verdict/verdict.h"

enum { TCPRST_NO_CLIENT = UINT16_MAX };

/* A client of one endpoint, and how its connections went. */
struct tcprst_service_client {
    struct tcprst_address address;
    uint32_t served, failed;
    uint32_t unanswered; /* of the failed */
};

/* Resets of one endpoint that have one cause. */
struct tcprst_tally {
    const struct tcprst_cause *cause;
    uint32_t resets;
    uint32_t first_frame;
    uint64_t confidence_sum;            /* percent */
    const struct tcprst_event *example; /* the first of them; valid as long as its capture */
};

/* A connection was served or failed. */
struct tcprst_outcome_record {
    int64_t  time_ns;
    uint32_t frame;
    uint16_t client; /* index into `clients`, or TCPRST_NO_CLIENT */
    bool     failed;
    bool     is_silence;
};

/* Where something was seen.  frame 0: never. */
struct tcprst_moment {
    uint32_t frame;
    int64_t  time_ns;
};

/* A server endpoint.  What failed is told by the events (event.h, enum tcprst_failure). */
struct tcprst_service {
    struct tcprst_address address;
    uint16_t port;
    bool clients_cut;
    uint32_t connections, resets;
    uint32_t served;
    uint32_t refused;      /* failed: its SYN was answered by a reset, */
    uint32_t in_handshake; /* it was reset in or right after the handshake, */
    uint32_t on_request;   /* or after its request */
    /* connections that failed without a reset, and those of them that were never answered: known
     * once they were judged */
    uint32_t silences, unanswered;
    /* connections at the capture's end, and where the first of them began: also known then */
    uint32_t half_open, half_open_frame;
    uint32_t stages[TCPRST_STAGES]; /* resets at each, in either name */
    uint32_t with_ack, repeats;     /* resets with ACK flag; further RSTs of the same events */
    uint32_t clients_failed;
    uint32_t taken_back; /* refusals whose records are to be removed */
    struct tcprst_moment first_failed, last_failed;
    struct tcprst_moment run;      /* begin of the present run of like outcomes */
    uint32_t run_length;
    bool     run_failed;
    unsigned number;     /* in order of first appearance, from 0 */
    unsigned row, rank;  /* for whoever draws tables */
    GArray *service_clients;     /* struct tcprst_service_client */
    GHashTable *indices; /* address to index + 1; NULL while there are few */
    GArray *tallies;     /* struct tcprst_tally; NULL until the first verdict */
    GArray *records;       /* struct tcprst_outcome_record, if the summary keeps events */
    /* struct tcprst_event, if it keeps events; valid as long as their capture */
    GPtrArray *events;
    GPtrArray *silent; /* the same of its silences */
};

/* How much somebody has to care, least first. */
enum tcprst_concern { TCPRST_HARMLESS, TCPRST_UNEXPLAINED, TCPRST_TROUBLE };

/* The verdict on a reset, as far as reports need it. */
struct tcprst_judged {
    const struct tcprst_event *event;
    struct tcprst_service *service;
    struct tcprst_opinion best;
    struct tcprst_opinion alternative[TCPRST_ALTERNATIVES_MAX];
    unsigned alternatives;
    enum tcprst_concern concern;
    const char *sender;  /* tcprst_sender_name() */
    bool is_third_party; /* the host named did not send it */
};

struct tcprst_summary {
    GHashTable *services_by_name; /* keyed by address and port */
    GPtrArray *services;          /* owns them; in order of first appearance */
    bool keeps_events;
    bool is_judged;
    uint32_t entries;
    uint32_t connections, resets;
    /* of any entry, if there is one; once judged, of any segment, unless some were left out */
    int64_t first_ns, last_ns;
    GPtrArray *events; /* in file order, if it keeps events */
    GArray *judged;    /* struct tcprst_judged of the same, once they were judged */
    /* struct tcprst_event, silences in the order of their frames, as of the last judgement; valid
     * as long as their capture */
    GPtrArray *silences;
    GArray *begun; /* guint32: first frames of the connections, if it keeps events */
};

/* Events are what a report needs; without them nothing points into the capture. */
struct tcprst_summary *tcprst_summary_new(bool keeps_events);
void tcprst_summary_free(struct tcprst_summary *summary);

/* Adds an entry of the statistics, in file order; returns its endpoint, valid as long as the
 * summary.  One that keeps events takes no TCPRST_WAS_SILENT: it finds silences itself when it is
 * judged. */
struct tcprst_service *tcprst_summary_add(struct tcprst_summary *summary,
                                          const struct tcprst_entry *entry, int64_t time_ns);

/* Adds the resets that were counted only when the file was read (tcprst_capture_settle()), but for
 * those that it has.  To be called before they are judged. */
void tcprst_summary_add_settled(struct tcprst_summary *summary, struct tcprst_capture *capture);

/* Counts in which run it is, and the first and last failure. */
void tcprst_service_note_moment(struct tcprst_service *service, bool failed,
                                struct tcprst_moment now);

/* Counts a verdict on one of the endpoint's events. */
void tcprst_service_judge(struct tcprst_service *service, const struct tcprst_event *event,
                          const struct tcprst_opinion *opinion);

/* Judges all events kept, and the silences of the connections that were added, anew. */
void tcprst_summary_judge(struct tcprst_summary *summary, struct tcprst_capture *capture);

/* summary_silences.c: finds the silences of the capture whose connections were added, and counts
 * them. */
void tcprst_summary_find_silences(struct tcprst_summary *summary, struct tcprst_capture *capture);

/* summary_silences.c: counts runs, and first and last failures, from the records, which it puts in
 * file order. */
void tcprst_service_count_anew(struct tcprst_service *service);
void tcprst_services_count_anew(GHashTable *services);

/* The service of that endpoint, and of the event's; NULL if nothing was added of it. */
struct tcprst_service *tcprst_summary_service(const struct tcprst_summary *summary,
                                              const struct tcprst_address *address, uint16_t port);
struct tcprst_service *tcprst_summary_service_of(const struct tcprst_summary *summary,
                                                 const struct tcprst_event *event);

static inline struct tcprst_service_client *
tcprst_service_client_at(const struct tcprst_service *service, guint row) {
    return &g_array_index(service->service_clients, struct tcprst_service_client, row);
}

static inline struct tcprst_outcome_record *
tcprst_outcome_record_at(const struct tcprst_service *service, guint row) {
    return &g_array_index(service->records, struct tcprst_outcome_record, row);
}

static inline const struct tcprst_judged *tcprst_judged_at(const struct tcprst_summary *summary,
                                                           guint row) {
    return &g_array_index(summary->judged, struct tcprst_judged, row);
}

/* Index of a client + 1; 0: it is not told apart. */
guint tcprst_service_find_client(const struct tcprst_service *service,
                                 const struct tcprst_address *client);

/* Takes back what was counted of refusals when they came, where the connection was accepted on the
 * same ports later (summary_refusals.c).  To be called before the first verdicts. */
void tcprst_summary_take_back_refusals(struct tcprst_summary *summary);

uint32_t tcprst_service_failed(const struct tcprst_service *service);

/* Failed connections of all, in percent: 0 and 100 only where it is none and all. */
unsigned tcprst_service_share(const struct tcprst_service *service);

/* The most frequent cause that is not harmless, a warning counting as four notes; else the most
 * frequent one; NULL before any verdict. */
const struct tcprst_tally *tcprst_service_likeliest(const struct tcprst_service *service);

/* By their likeliest causes, x is worse than y: it needs attention, or it has more and heavier
 * resets. */
bool tcprst_service_is_worse(const struct tcprst_service *x, const struct tcprst_service *y);

/* Mean confidence of the verdicts, percent. */
unsigned tcprst_tally_confidence(const struct tcprst_tally *tally);

/* How much so many resets weigh: a warning is worth several notes, because what users did must not
 * hide that the service fails. */
uint64_t tcprst_importance(const struct tcprst_cause *cause, uint64_t resets);

/* Severity chat is harmless, and `undetermined` unexplained. */
enum tcprst_concern tcprst_cause_concern(const struct tcprst_cause *cause);

/* The same, but harmless, too, if nothing was seen that makes its cause matter. */
enum tcprst_concern tcprst_verdict_concern(const struct tcprst_verdict *verdict);

#endif
