/* capture.h - everything seen in one capture: connections, endpoints, hosts and resets
 *
 * Owns all of them.  Give it each TCP segment once, in file order; then look up frames by number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_CAPTURE_H
#define TCPRST_CAPTURE_CAPTURE_H

#include "core/reset/event.h"
#include "core/capture/statistics_log.h"
#include "core/capture/frame_index.h"
#include "core/packet/icmp_error.h"
#include "core/capture/store.h"
#include "core/capture/settings.h"

struct tcprst_capture;

struct tcprst_frame_entry {
    uint32_t event_number;
    enum tcprst_frame_relation relation;
};

struct tcprst_capture *tcprst_capture_new(void);
void tcprst_capture_free(struct tcprst_capture *capture);

void tcprst_capture_observe(struct tcprst_capture *capture, const struct tcprst_segment *segment);

/* Takes an ICMP error that quotes a segment of a connection. */
void tcprst_capture_observe_icmp_error(struct tcprst_capture *capture,
                                       const struct tcprst_icmp_error *quoted);

/* Keeps fewer connections unpacked (store.h).  To be called before the first segment; for tests. */
void tcprst_capture_keep(struct tcprst_capture *capture, unsigned kept);

/* To be called if the capture is not given all frames of the file or stream: numbers of connections
 * then mean nothing to others. */
void tcprst_capture_set_part(struct tcprst_capture *capture);

/* Shows stand-ins for names in requests, words of refusal and what a reset's payload states.  To be
 * called before the first segment; no verdict changes by it. */
void tcprst_capture_hide_words(struct tcprst_capture *capture);

/* Number of the connection from 0, in the order of first segments, as Wireshark's tcp.stream; -1 if
 * it means nothing to others. */
int64_t tcprst_capture_stream(const struct tcprst_capture *capture,
                              const struct tcprst_connection *connection);

/* Number of connections, without those that were forgotten (store.h). */
unsigned tcprst_capture_connections(const struct tcprst_capture *capture);

/* To be called when the file has been read to its end: verdicts are final from then on. */
void tcprst_capture_finish(struct tcprst_capture *capture);
bool tcprst_capture_is_finished(const struct tcprst_capture *capture);

/* True if it has, so far, no TCP segment that a host sent later than at that time: copies of frames
 * come soon after them. */
bool tcprst_capture_ends_at(const struct tcprst_capture *capture, int64_t time_ns);

/* Times of its earliest and its latest TCP segment so far; false: it has none. */
bool tcprst_capture_period(const struct tcprst_capture *capture, int64_t *earliest_ns,
                           int64_t *latest_ns);

/* Time of the latest segment, by the clock of the capture point that saw the connection first; a
 * lower bound, if nothing came there since another point saw the same packets. */
int64_t tcprst_capture_end_ns(const struct tcprst_capture *capture,
                              const struct tcprst_connection *connection);

/* Counts the resets that only another capture point than their connection's own saw.
 * tcprst_capture_finish() calls it; whoever shows numbers before that calls it first. */
void tcprst_capture_settle(struct tcprst_capture *capture);

/* The events that were counted so, from index 0: sets the entry of the statistics and the time of
 * one; false after the last. */
bool tcprst_capture_settled(struct tcprst_capture *capture, unsigned index,
                            struct tcprst_entry *entry, int64_t *time_ns);

/* Sets what the user knows, for all further verdicts.  It stays the caller's, and must exist as
 * long as the capture or until others are set; it may change, and verdicts with it. */
void tcprst_capture_set_settings(struct tcprst_capture *capture,
                                 const struct tcprst_settings *settings);
/* never NULL */
const struct tcprst_settings *tcprst_capture_settings(const struct tcprst_capture *capture);

/* False if the frame has neither an entry nor a silence; true if it may have one. */
bool tcprst_capture_may_tell(const struct tcprst_capture *capture, uint32_t frame);

/* Sets `*note` to the next entry of a frame, in order; `*place` is 0 before the first.  Returns
 * false if there is none. */
bool tcprst_capture_next_frame_entry(const struct tcprst_capture *capture, uint32_t frame,
                                     uint32_t *place, struct tcprst_frame_entry *note);

/* Memory that frames related to resets take: it grows with the RSTs of one event, too. */
size_t tcprst_capture_frame_entry_bytes(const struct tcprst_capture *capture);

/* The server names and words of refusal in the capture; valid as long as the capture. */
const struct tcprst_server_names *tcprst_capture_server_names(const struct tcprst_capture *capture);
const struct tcprst_server_names *tcprst_capture_icmp_senders(const struct tcprst_capture *capture);

/* Number of events, and an event by its number, from 0 in file order; valid until the next call of
 * a function of this file. */
uint32_t tcprst_capture_events(const struct tcprst_capture *capture);
const struct tcprst_event *tcprst_capture_event(struct tcprst_capture *capture, uint32_t number);

/* Frame of the last reset before, and of the first one after, this reset of the same server; 0:
 * there is none, or the file has not been read to its end, and later frames can bring one. */
uint32_t tcprst_capture_previous_reset(const struct tcprst_capture *capture,
                                       const struct tcprst_event *event);
uint32_t tcprst_capture_next_reset(const struct tcprst_capture *capture,
                                   const struct tcprst_event *event);

/* Number of silences (reset/silence.h) in what was read so far, and one by its number, from 0 in
 * the order of their frames; valid until the next call of a function of this file, the held one as
 * long as the capture.  While the file is read, later frames can bring silences and end them. */
uint32_t tcprst_capture_silences(struct tcprst_capture *capture);
const struct tcprst_event *tcprst_capture_silence(struct tcprst_capture *capture, uint32_t number);
const struct tcprst_event *tcprst_capture_hold_silence(struct tcprst_capture *capture,
                                                       uint32_t number);

/* The next silence that has to do with the frame: its own, or one of which that is the SYN or
 * SYN/ACK; in order, `*place` is 0 before the first.  NULL after the last.  Of the frame that was
 * read last there is only its own. */
const struct tcprst_event *tcprst_capture_next_silence(struct tcprst_capture *capture,
                                                       uint32_t frame, uint32_t *place);

/* Calls `note` with each connection that is half open (store.h). */
void tcprst_capture_half_open(const struct tcprst_capture *capture, tcprst_note_half_open *note,
                              void *data);

/* A frame in which the endpoint with that number answered a connection that had begun after the
 * frame `from` and before `to`; 0 if none is found.  Looks at a bounded number of entries. */
uint32_t tcprst_capture_answer_between(const struct tcprst_capture *capture, uint32_t endpoint,
                                       uint32_t from, uint32_t to);

/* A frame after `from` in which the host answered a connection, or had an answer on one that it had
 * begun after that; 0 if none is found.  Looks at a bounded number of entries. */
uint32_t tcprst_capture_sent_after(const struct tcprst_capture *capture,
                                   const struct tcprst_address *host, uint32_t from);

/* How many connections of the client the server answered, on any port; `*later`: the first frame
 * after `from` in which it did, 0: none.  Looks at a bounded number of entries. */
unsigned tcprst_capture_answers_to(const struct tcprst_capture *capture,
                                   const struct tcprst_address *server,
                                   const struct tcprst_address *client, uint32_t from,
                                   uint32_t *later);

/* Connections that the client began around that frame, how many of its connections were answered
 * then, and the latest frame before it in which the server did so, 0: none.  Looks at a bounded
 * number of entries. */
struct tcprst_uses {
    unsigned begun, answered;
    bool has_hosts; /* the answered ones are of several hosts */
    uint32_t server_frame;
};
struct tcprst_uses tcprst_capture_uses(const struct tcprst_capture *capture,
                                       const struct tcprst_address *client,
                                       const struct tcprst_address *server, uint32_t frame);

/* The statistics' entries (statistics_log.h) by number, from 0 in file order: how many there are,
 * the first one of a frame or of a later one, its frame, and the entry.  What an entry points to is
 * valid as long as the capture. */
guint tcprst_capture_entries(const struct tcprst_capture *capture);
guint tcprst_capture_find_entry(const struct tcprst_capture *capture, uint32_t frame);
uint32_t tcprst_capture_entry_frame(const struct tcprst_capture *capture, guint index);
struct tcprst_entry tcprst_capture_entry(struct tcprst_capture *capture, guint index);

#endif
