/* rules.h - functions that the predicates of this folder share
 *
 * "docs/facts.md N" in their comments is section N of the project's collection of measurements and
 * documents.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_EVIDENCE_RULES_H
#define TCPRST_EVIDENCE_RULES_H

#include <stdio.h>

#include "core/evidence/evidence.h"
#include "core/packet/time_text.h"
#include "core/reset/sight.h"

G_GNUC_PRINTF(2, 3)
static inline bool write_value(char *value, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, TCPRST_VALUE_SIZE, format, arguments);
    va_end(arguments);
    return true;
}

/* Writes the measured value, if the caller wants it: text that is not read would be most of the
 * cost of a verdict.  Its own value is true, so that a predicate can return it. */
#define SAY(...) (!value || write_value(value, __VA_ARGS__))

/* The side in whose name the reset came, and the other one, as they were when it came. */
static inline const struct tcprst_side *own_side(const struct tcprst_view *v) {
    return &v->event->before->side[v->event->from];
}

static inline const struct tcprst_side *peer_side(const struct tcprst_view *v) {
    return &v->event->before->side[tcprst_peer_of(v->event->from)];
}

/* The handshake, as far as it was captured. */
static inline const struct tcprst_syn *syn_of(const struct tcprst_view *v) {
    return &v->event->before->side[TCPRST_CLIENT].syn;
}

static inline const struct tcprst_syn *synack_of(const struct tcprst_view *v) {
    return &v->event->before->side[TCPRST_SERVER].syn;
}

static inline const struct tcprst_endpoint *endpoint_of(const struct tcprst_view *v) {
    return v->event->connection->endpoint;
}

/* True if a silence of that length is called long (settings.h). */
static inline bool is_long(const struct tcprst_view *v, int64_t ns) {
    return ns >= tcprst_capture_settings(v->capture)->long_silence_ns;
}

/* True if the reset refuses the SYN in the server's name. */
static inline bool refuses_syn(const struct tcprst_view *v) {
    return v->event->stage == TCPRST_SYN_SENT && v->event->from == TCPRST_SERVER;
}

/* How the endpoint served the event's client, and its run of refusals around the event; NULL if
 * there is none. */
static inline const struct tcprst_client *client_of(const struct tcprst_view *v) {
    return tcprst_endpoint_client(endpoint_of(v), &v->event->client->address);
}

static inline const struct tcprst_run *refusals_of(const struct tcprst_view *v) {
    return tcprst_endpoint_run_at(endpoint_of(v), TCPRST_REFUSED, v->event->frame);
}

/* Whether the side's SYN or SYN/ACK is one of Linux; false if not seen. */
bool tcprst_looks_linux(const struct tcprst_side *side);

/* Whether the SYN offers nothing but MSS and allows fragments, as those of many microcontrollers;
 * false if not seen. */
bool tcprst_syn_is_of_small_stack(const struct tcprst_syn *syn);

/* True if the SYN has an option with which the port took no SYN, while it took others; says which.
 * RFC 3168 section 6.1.1.1 (ECN), RFC 8684 section 3.7 (Multipath TCP) and RFC 7413 section 7.1
 * (Fast Open) warn of devices that refuse or drop such SYNs. */
bool tcprst_say_options_not_taken(const struct tcprst_view *v, unsigned wanted, char *value);

/* True if the port is registered for a protocol in which the server speaks first. */
bool tcprst_server_greets_first(const struct tcprst_view *v);

/* RFC 2385, RFC 5925: whoever signs knows the key of the connection. */
static inline bool is_signed(const struct tcprst_view *v) {
    return v->event->options.kinds & peer_side(v)->syn.options.kinds & TCPRST_OPT_SIGNED;
}

static inline double ms(int64_t ns) {
    return (double)ns / 1e6;
}

static inline double seconds(int64_t ns) {
    return (double)ns / 1e9;
}

typedef bool tcprst_account_fits(const struct tcprst_view *, const struct tcprst_account *);

/* An account that was taken nearer to `role` than the event's own, or farther from it if `nearer`
 * is -1, and that `fits`, if that is not NULL.  Its connection is NULL if there is none. */
struct tcprst_account tcprst_find_account(const struct tcprst_view *view, enum tcprst_role role,
                                          int nearer, tcprst_account_fits *fits);

static inline bool has_account(const struct tcprst_view *v, enum tcprst_role role, int nearer,
                               tcprst_account_fits *fits) {
    return tcprst_find_account(v, role, nearer, fits).connection;
}

/* Which point saw the connection, the second one with its last frame of it; false if that is
 * NULL. */
static inline bool say_interface(const struct tcprst_connection *there, char *value) {
    return there && SAY("interface %u", tcprst_connection_interface(there) - 1);
}

static inline bool say_last_of(const struct tcprst_connection *there, char *value) {
    return there && SAY("interface %u, its last frame of the connection is %u",
                        tcprst_connection_interface(there) - 1,
                        MAX(there->side[0].last_frame, there->side[1].last_frame));
}

/* True if what that side sent then would be in the capture there.  A capture that saw nothing more
 * may have ended before; the margin allows for the way between the points. */
bool tcprst_point_watched(const struct tcprst_view *view, const struct tcprst_account *account,
                          enum tcprst_role role);

/* True if no packet of the connection came to a capture point nearer to the server, which saw
 * others of that server before and after. */
bool tcprst_say_absent(const struct tcprst_view *view, char *value);

/* True if it happened. */
static inline bool say_times(char *value, unsigned times) {
    return times == 1 ? SAY("once") : times && SAY("%u times", times);
}

/* True if there is such a frame. */
static inline bool say_frame(char *value, uint32_t frame) {
    return frame && SAY("frame %u", frame);
}

#endif
