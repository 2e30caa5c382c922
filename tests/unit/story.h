/* story.h - conversations of two Linux hosts for tests, described step by step
 *
 * A step contains only what its story needs: numbers, windows, TTLs, IP IDs and options are those
 * of Linux (docs/facts.md 1) unless the step says otherwise.  Sequence and ACK numbers are relative
 * to the first ones, as Wireshark shows them.
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

/* Whether a second capture point, next to the server, sees a segment. */
enum there { NOT_THERE, TOO, ONLY };

/* In an override: the field is zero, or absent; of an ACK number: the peer's initial number itself. */
enum { NONE = -1, FIRST = -2 };

enum {
    STORY_STEPS = 16,
    STORY_CROWDS = 4,
    STORY_TOGETHER = 6,
    STORY_PORT = 40000,  /* of the story's own client */
    PAYLOAD_BYTES = 100, /* payload of a step that does not specify its length */
};

/* One segment.  If an override is 0, the host sets the field. */
struct step {
    enum who who; /* NOBODY ends a story */
    uint8_t  flags;
    int64_t  at_ns;
    int      bytes;
    bool     unseen;  /* sent, but not in the capture */
    /* captured, but the peer has not received it yet, so it does not acknowledge it */
    bool     late;
    int      seq, ack;
    /* bytes by which the sequence number precedes the next one: a repetition or keep-alive */
    int      back;
    uint32_t isn;     /* of a SYN or SYN/ACK: begins at this number */
    int      window, ttl, ip_id, tos, flow_label;
    int      options; /* TCPRST_OPT_ */
    int      lag_ms;  /* how much older its timestamp is */
    bool     no_df;
    bool     cut;     /* none of its options are captured */
    bool     bad_sum; /* its checksum is wrong */
    const char *text; /* payload; its length is `bytes` if it contains a NUL */
    int      tsval, tsecr;
    uint8_t  mptcp_reason; /* in its MP_TCPRST option */
    uint8_t  link;      /* by which it comes; 0: the usual one */
    bool     elsewhere; /* from or to the server's other address, whose numbers are the same */
    enum there there;
    int64_t there_ns;  /* so much later, by the clock there */
    int there_ack, there_mss; /* changed on the way: how much is added, and the new value */
    uint8_t there_routers; /* between the points, beside one that only the client's segments cross */
    /* not a segment, but an ICMP error about the last one of `who` */
    uint8_t  icmp_type, icmp_code;
    uint16_t mtu;       /* that it states */
    uint8_t  of_router; /* what its sender's address has changed in the peer's; 0: the peer itself */
};

#define STEP(sender, bits, ...) {.who = sender, .flags = bits, .at_ns = __VA_ARGS__}

/* Payload that contains NULs. */
#define SAYS(literal) .text = literal, .bytes = sizeof(literal) - 1

/* An ICMP error about the client's segments. */
#define ICMP_ERROR(time, type, code, ...) {.who = CLIENT, .at_ns = time, .icmp_type = type, \
                                      .icmp_code = code, __VA_ARGS__}

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

/* Answers of a server whose IP IDs count up, to 9. */
#define COUNTED \
    RESPONSE(MS(88), .ip_id = 7), RESPONSE(MS(89), .ip_id = 8), RESPONSE(MS(90), .ip_id = 9)

/* The handshake over a path of 40 ms, captured on the client, on the server and in the middle. */
#define HANDSHAKE_AT_CLIENT SYN(0), SYN_ACK(MS(40)), ACK(MS(40.1))
#define HANDSHAKE_AT_SERVER SYN(0), SYN_ACK(US(50)), ACK(MS(40))
#define HANDSHAKE_BETWEEN   SYN(0), SYN_ACK(MS(20)), ACK(MS(40))

/* Whether a crowd's server is the story's client, or its client the story's server: a proxy. */
enum leg { NO_LEG, TO_CLIENT, FROM_SERVER };

/* Other conversations with the same server. */
struct crowd {
    const struct step *steps; /* NULL: no crowd */
    unsigned times;
    unsigned clients;  /* number of clients, which alternate; 0: the story's own client */
    uint16_t port;     /* 0: the story's port */
    uint8_t  host;     /* another server: its address minus the story's */
    enum leg leg;
    bool     other_family; /* with the other IP version */
    bool     many_ports; /* each conversation at the next port */
    bool     many_hosts; /* each conversation with the next server */
    int64_t  every_ns; /* 0: a second */
    const struct step *then; /* a second conversation of that client after each; NULL: none */
    const struct step *last; /* with which each goes on after the story's own; NULL: none */
};

struct story {
    const char *name;
    struct step steps[STORY_STEPS];
    /* before the first step, before the last one, and after it */
    struct crowd before[STORY_CROWDS], amid[1], later[STORY_CROWDS];
    /* another client's, first of all and last of all, in one connection */
    const struct step *survives, *survives_on;
    /* number of other clients that do the same, 5 ms apart, the last step 50 us apart; both times
     * `slower` (0: once) */
    unsigned together, slower;
    bool is_one_client; /* that does so, not others */
    bool ipv6;
    const struct tcprst_settings *settings; /* what the user knows; NULL: nothing */
    uint32_t client_isn, server_isn; /* 0: the usual ones */
    uint16_t server_port; /* of its own connection; 0: 80 */

    bool silence; /* expected is a silence instead of a reset */
    /* What is expected of the event; NULL and 0: anything. */
    unsigned event;  /* which of the story's own, from 1; 0: the first */
    unsigned events; /* how many there are */
    const char *stage, *from, *form, *point, *history, *state, *trigger, *signature;
    unsigned trigger_step; /* from 1 */
    int64_t delay_ns, leg_ns; /* NONE: not known */
    const char *ttl_delta, *stated, *stated_by;
    const char *shows, *lacks; /* names of evidence */
    /* capture points ("client" "server" "between") where that is not expected: what an injector
     * sent does not pass there, or the times differ */
    const char *not_at;
    const char *cause, *certainty, *sender;
    const char *never; /* causes that must not be the best */
    bool not_high;
    const char *says;  /* words that `because` must contain */
};

/* A capture while the story is played. */
struct teller {
    struct tcprst_capture *capture;
    uint32_t frames;
    int64_t now_ns;
    GArray *frozen; /* copies of the events as they were when they came */
    uint32_t step_frames[STORY_STEPS]; /* of the story's own steps; 0: unseen */
    char *broken;   /* the fault that an invariant found, or NULL */
    enum tcprst_point at; /* capture point; unknown: the one of the story's times */
    /* segments of one conversation that have not passed that capture point yet */
    GArray *under_way;
    GArray *held; /* conversations of crowds with last steps */
};

struct teller *teller_new(void);
void teller_free(struct teller *teller);

/* Plays crowds and steps up to the end and finishes the capture. */
void teller_tell(struct teller *teller, const struct story *story);

/* How much later the server's segments pass another capture point than the one of the steps'
 * times. */
int64_t server_shift_ns(const struct step *steps, enum tcprst_point at);

/* The story's own n-th event, from 1; NULL if there are fewer. */
const struct tcprst_event *teller_event(const struct teller *teller, unsigned n);

/* The story's own n-th silence, from 1; NULL if there are fewer. */
const struct tcprst_event *teller_silence(const struct teller *teller, unsigned n);

/* Plays each story and reports every result that is not as expected. */
void check_stories(const struct story *stories, unsigned count);
#define CHECK_STORIES(rows) check_stories(rows, G_N_ELEMENTS(rows))

/* The same for the evidence that each shows and lacks, captured on the client, on the server and
 * between. */
void check_evidence_everywhere(const struct story *stories, unsigned count);

/* True if the space-separated list contains the word. */
bool list_has(const char *list, const char *word);

#endif
