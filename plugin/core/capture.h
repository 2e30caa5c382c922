/* capture.h - everything seen in one capture: connections, endpoints, hosts and resets
 *
 * Owns all of them.  Feed it each TCP segment once, in file order; then ask by frame number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_H
#define TCPRST_CAPTURE_H

#include "ledger.h"
#include "notes.h"
#include "quoted.h"
#include "site.h"

struct tcprst_capture;

struct tcprst_capture *tcprst_capture_new(void);
void tcprst_capture_free(struct tcprst_capture *capture);

void tcprst_capture_observe(struct tcprst_capture *capture, const struct tcprst_segment *segment);

/* Takes an ICMP error that quotes a segment of a connection. */
void tcprst_capture_observe_quoted(struct tcprst_capture *capture, const struct tcprst_quoted *quoted);

/* Closed connections without a reset are forgotten when so many others have closed since: late segments, and
 * resets that answer them, come within a second or two of the close. */
enum { TCPRST_CLOSED_KEPT = 8192 };

/* How many connections it knows, forgotten ones apart. */
unsigned tcprst_capture_connections(const struct tcprst_capture *capture);

/* The file has been read to its end: verdicts are final from here on. */
void tcprst_capture_finish(struct tcprst_capture *capture);
bool tcprst_capture_is_finished(const struct tcprst_capture *capture);

/* What the user knows: verdicts use it from now on.  Borrowed; it may change, and verdicts with it. */
void tcprst_capture_set_site(struct tcprst_capture *capture, const struct tcprst_site *site);
const struct tcprst_site *tcprst_capture_site(const struct tcprst_capture *capture); /* never NULL */

/* Notes on a frame, NULL if it has none.  Valid as long as the capture. */
const struct tcprst_note *tcprst_capture_notes(const struct tcprst_capture *capture, uint32_t frame);

/* The names and words heard; valid as long as the capture. */
const struct tcprst_lexicon *tcprst_capture_lexicon(const struct tcprst_capture *capture);

/* All events in file order: struct tcprst_event pointers. */
const GPtrArray *tcprst_capture_events(const struct tcprst_capture *capture);

/* What there is to count, in file order (ledger.h). */
const GArray *tcprst_capture_ledger(const struct tcprst_capture *capture);

#endif
