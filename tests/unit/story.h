/* story.h - conversations for tests, told step by step as two Linux hosts would hold them
 *
 * A step names only what matters to its story: numbers, windows, TTLs, IP IDs and options are those of
 * Linux (docs/facts.md 1) unless the step says otherwise.  Sequence and ACK numbers are relative to the
 * first ones, as Wireshark shows them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_TEST_STORY_H
#define TCPRST_TEST_STORY_H

#include "core/verdict/verdict.h"

/* Times since the story's beginning, in nanoseconds. */
#define US(n)  ((int64_t)((n) * 1e3 + 0.5))
#define MS(n)  ((int64_t)((n) * 1e6 + 0.5))
#define SEC(n) ((int64_t)((n) * 1e9 + 0.5))

enum who { NOBODY, CLIENT, SERVER };

/* In an override: the field is zero, or absent. */
enum { NONE = -1 };

enum {
    STORY_STEPS = 14,
    STORY_CROWDS = 4,
    STORY_TOGETHER = 6,
    PAYLOAD_BYTES = 100, /* of a step that carries payload and does not say how much */
};

/* One segment.  Overrides that are 0 leave the field to the host. */
struct step {
    enum who who; /* NOBODY ends a story */
    uint8_t  flags;
    int64_t  at_ns;
    int      bytes;
    bool     unseen;  /* sent, but not in the capture */
    bool     late;    /* captured, but the peer has not seen it yet: it acknowledges nothing of it */
    int      seq, ack;
    int      back;    /* sequence number that much below what comes next: a repeat or keep-alive */
    uint32_t isn;     /* of a SYN or SYN/ACK: begins at this number */
    int      window, ttl, ip_id, tos, flow_label;
    int      options; /* TCPRST_OPT_ */
    int      lag_ms;  /* its timestamp is so much older */
    bool     no_df;
    bool     cut;     /* the capture holds none of its options */
    bool     bad_sum; /* its checksum is wrong */
    const char *text; /* payload; of `bytes` if it holds a NUL */
    int      tsval, tsecr;
    uint8_t  mptcp_reason; /* in its MP_TCPRST option */
    bool     elsewhere; /* from or to the server's other address, whose numbers are the same */
    uint8_t  icmp_type, icmp_code; /* not a segment, but an ICMP error about the last one of `who` */
};

#define STEP(sender, bits, ...) {.who = sender, .flags = bits, .at_ns = __VA_ARGS__}

/* Payload that holds NULs. */
#define SAYS(literal) .text = literal, .bytes = sizeof(literal) - 1

/* An ICMP error about the client's segments. */
#define ICMP_ERROR(time, type, code) {.who = CLIENT, .at_ns = time, .icmp_type = type, .icmp_code = code}

/* Each takes the time, then overrides.  A reset without CLIENT_ is the server's. */
#define SYN(...)            STEP(CLIENT, TCPRST_SYN, __VA_ARGS__)
#define SYN_ACK(...)        STEP(SERVER, TCPRST_SYN | TCPRST_ACK, __VA_ARGS__)
#define ACK(...)            STEP(CLIENT, TCPRST_ACK, __VA_ARGS__)
#define REQUEST(...)        STEP(CLIENT, TCPRST_PSH | TCPRST_ACK, __VA_ARGS__)
#define CLIENT_FIN(...)     STEP(CLIENT, TCPRST_FIN | TCPRST_ACK, __VA_ARGS__)
#define CLIENT_RST(...)     STEP(CLIENT, TCPRST_RST, __VA_ARGS__)
#define CLIENT_RST_ACK(...) STEP(CLIENT, TCPRST_RST | TCPRST_ACK, __VA_ARGS__)
#define SERVER_ACK(...)     STEP(SERVER, TCPRST_ACK, __VA_ARGS__)
#define RESPONSE(...)       STEP(SERVER, TCPRST_PSH | TCPRST_ACK, __VA_ARGS__)
#define SERVER_FIN(...)     STEP(SERVER, TCPRST_FIN | TCPRST_ACK, __VA_ARGS__)
#define RST(...)            STEP(SERVER, TCPRST_RST, __VA_ARGS__)
#define RST_ACK(...)        STEP(SERVER, TCPRST_RST | TCPRST_ACK, __VA_ARGS__)

/* The handshake, captured on the client, on the server and halfway, over a path of 40 ms. */
#define HANDSHAKE_AT_CLIENT SYN(0), SYN_ACK(MS(40)), ACK(MS(40.1))
#define HANDSHAKE_AT_SERVER SYN(0), SYN_ACK(US(50)), ACK(MS(40))
#define HANDSHAKE_BETWEEN   SYN(0), SYN_ACK(MS(20)), ACK(MS(40))

/* Other conversations with the same server. */
struct crowd {
    const struct step *steps; /* NULL: no crowd */
    unsigned times;
    unsigned clients;  /* take turns; 0: it is the story's own client */
    uint16_t port;     /* 0: the story's port */
    uint8_t  host;     /* another server, so many addresses further */
    bool     other_family; /* with the other IP version */
    bool     many_ports; /* each conversation at the next port */
    bool     many_hosts; /* each conversation with the next server */
    int64_t  every_ns; /* 0: a second */
    const struct step *then; /* another conversation of that client behind each; NULL: none */
};

struct story {
    const char *name;
    struct step steps[STORY_STEPS];
    struct crowd before[STORY_CROWDS], later[STORY_CROWDS];
    unsigned together; /* so many other clients do the same 5 ms apart, the last step 50 us apart */
    bool ipv6;
    const struct tcprst_settings *settings; /* what the user knows; NULL: nothing */
    uint32_t client_isn, server_isn; /* 0: the usual ones */
    uint16_t server_port; /* of its own connection; 0: 80 */

    /* What is expected of the event; NULL and 0 expect nothing. */
    unsigned event;  /* which of the story's own, from 1; 0: the first */
    unsigned events; /* how many there are */
    const char *stage, *from, *form, *point, *history, *state, *trigger, *signature;
    unsigned trigger_step; /* from 1 */
    int64_t delay_ns, leg_ns; /* NONE: not known */
    const char *ttl_delta, *stated, *stated_by;
    const char *shows, *lacks; /* names of evidence */
    const char *not_at;        /* capture points, "client" "server" "between", where that is not so: what an
                                  injector sent does not pass there, or the times tell something else */
    const char *cause, *certainty, *sender;
    const char *never; /* causes that must not be the best */
    bool not_high;
    const char *says;  /* words of `because` */
};

/* A capture in the making. */
struct teller {
    struct tcprst_capture *capture;
    uint32_t frames;
    int64_t now_ns;
    GArray *frozen; /* copies of the events as they were when they came */
    uint32_t step_frames[STORY_STEPS]; /* of the story's own steps; 0: unseen */
    char *broken;   /* what an invariant complained of, or NULL */
    enum tcprst_point at; /* where it is captured; unknown: where the story says */
    GArray *under_way;    /* segments of one conversation that are captured elsewhere than it is told */
};

struct teller *teller_new(void);
void teller_free(struct teller *teller);

/* Tells crowds and steps up to the end and finishes the capture. */
void teller_tell(struct teller *teller, const struct story *story);

/* How much later the server's segments pass another capture point than the one that the steps are told at. */
int64_t server_shift_ns(const struct step *steps, enum tcprst_point at);

/* The story's own n-th event, from 1; NULL if there are fewer. */
const struct tcprst_event *teller_event(const struct teller *teller, unsigned n);

/* Tells each story and reports whatever is not as expected. */
void check_stories(const struct story *stories, unsigned count);
#define CHECK_STORIES(rows) check_stories(rows, G_N_ELEMENTS(rows))

/* The same for what evidence each shows and lacks, captured on the client, on the server and between. */
void check_evidence_everywhere(const struct story *stories, unsigned count);

/* True if the space-separated list has the word. */
bool list_has(const char *list, const char *word);

#endif
