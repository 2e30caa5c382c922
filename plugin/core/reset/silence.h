/* silence.h - a failure without a reset: one side asked, and the other did not answer
 *
 * A pure function of the connection and of how long the capture went on.  Nothing is kept of it: a
 * connection that goes well has none, and one that is answered at last has none any more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_RESET_SILENCE_H
#define TCPRST_RESET_SILENCE_H

#include "core/reset/event.h"

/* What had no answer. */
enum tcprst_asked {
    TCPRST_ASKED_SYN,
    TCPRST_ASKED_SYNACK,  /* the client acknowledged none */
    TCPRST_ASKED_ACK,     /* the SYN/ACK was repeated although the client had acknowledged it */
    TCPRST_ASKED_DATA,
    TCPRST_ASKED_FIN,
    TCPRST_ASKED_PROBE,   /* keep-alive */
    TCPRST_ASKED_WINDOW,  /* the receiver's window stayed 0 */
    TCPRST_ASKED_REQUEST, /* acknowledged, but nothing was sent in return */
};

struct tcprst_silence {
    enum tcprst_asked asked;
    enum tcprst_role  silent;  /* who did not answer */
    uint32_t frame;            /* the last repeat; without repeats the segment itself */
    int64_t  time_ns;          /* of that frame */
    int64_t  since_ns;         /* when it was asked, or when the window was first 0 */
    int64_t  waited_ns;        /* from then to the end of the capture, or to the asker's FIN */
    int64_t  after_ns;         /* from `frame` to the end of the capture */
    uint32_t repeats;
    uint32_t first_wait_ms, last_wait_ms; /* of the repeats; 0: none */
    uint32_t bytes;            /* payload of what was repeated */
    bool     is_given_up;      /* the asker closed the connection */
    /* an answer can still be on its way: it counts only if its server leaves others without one */
    bool     is_weak;
};

/* Sets `*silence` if the connection, whose capture ends at `end_ns`, has one. */
bool tcprst_silence_of(const struct tcprst_connection *connection, int64_t end_ns,
                       struct tcprst_silence *silence);

/* True if the side repeated its SYN or SYN/ACK.  Copies of a frame (several taps, or a mirror of
 * both directions) are up to 20 ms apart; no system repeats a SYN as soon as that. */
bool tcprst_repeats_syn(const struct tcprst_side *side);

/* False if it has none whenever the capture ends. */
bool tcprst_may_be_silent(const struct tcprst_connection *connection);

/* The client sent its SYN once and nothing else, and the server answered: neither reset it. */
bool tcprst_is_half_open(const struct tcprst_connection *connection);

/* Fills in an event that stands for the silence; it points to both, and to the client's host. */
void tcprst_event_of_silence(struct tcprst_event *event, const struct tcprst_silence *silence,
                             struct tcprst_connection *connection, struct tcprst_host *client);

/* Frame of the SYN or SYN/ACK with which its connection began, and the time of that; where the
 * capture has neither, of the silence itself. */
uint32_t tcprst_silence_begin_frame(const struct tcprst_event *event);
int64_t  tcprst_silence_begin_ns(const struct tcprst_event *event);

/* The frame that asked first what had no answer; 0: unknown, or the event is a reset. */
uint32_t tcprst_silence_asked_frame(const struct tcprst_event *event);

/* Kebab-case name of the field. */
const char *tcprst_asked_name(enum tcprst_asked asked);

/* What was asked, for a sentence: "the SYN", or "the TLS ClientHello" where that is known.  Of a
 * silence's event. */
const char *tcprst_asked_words(const struct tcprst_event *event);

#endif
