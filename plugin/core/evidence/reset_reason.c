/* reset_reason.c - evidence in the reason that the reset's sender states
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/evidence/rules.h"

static bool say_reason(const struct tcprst_view *v, char *value, bool stated) {
    return stated && SAY("%s: %.60s", v->event->stated_by, v->event->stated_reason);
}

bool tcprst_saw_rst_states_reason(const struct tcprst_view *v, char *value) {
    return say_reason(v, value, v->event->reason != TCPRST_REASON_NONE);
}

/* Any letters can be data with a stray flag.  A form that a standard or a vendor defines and words
 * of known meaning are not (docs/facts.md 10). */
bool tcprst_saw_reason_is_meant(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    (void)value;
    return e->reason != TCPRST_REASON_NONE &&
           (e->reason != TCPRST_REASON_OTHER || e->stated_by != tcprst_plain_text);
}

/* docs/facts.md 10: Citrix CTX200852; an ordinary window can have that value too. */
bool tcprst_saw_window_is_code(const struct tcprst_view *v, char *value) {
    return say_reason(v, value, v->event->is_coded);
}

/* If the named host continues to send right away, the reason was written by the sender of a forged
 * reset (docs/facts.md 15).  After a pause, a device between can have given the connection up and
 * stated the reason, without the host's knowledge. */
static bool say_cause(const struct tcprst_view *v, char *value, enum tcprst_reason reason) {
    static const int64_t shortest_pause_ns = 1000000000;
    bool is_contradicted = v->event->after.sender_frame && v->event->silence_ns < shortest_pause_ns;
    return say_reason(v, value, v->event->reason == reason && !is_contradicted);
}

bool tcprst_saw_stated_no_listener(const struct tcprst_view *v, char *value) {
    return say_cause(v, value, TCPRST_REASON_NO_LISTENER);
}

bool tcprst_saw_stated_backend_failed(const struct tcprst_view *v, char *value) {
    return say_cause(v, value, TCPRST_REASON_BACKEND);
}

bool tcprst_saw_stated_timeout(const struct tcprst_view *v, char *value) {
    return say_cause(v, value, TCPRST_REASON_TIMEOUT);
}

/* No idle limit is so short: a device that needs memory throws out busy flows in these words,
 * too (docs/facts.md 10). */
static bool was_busy(const struct tcprst_event *e) {
    static const int64_t shortest_limit_ns = 5000000000;
    return e->before->handshake_done && e->silence_ns >= 0 && e->silence_ns < shortest_limit_ns &&
           MAX(e->idle_before_acked_ns, e->idle_before_request_ns) < shortest_limit_ns;
}

bool tcprst_saw_stated_idle(const struct tcprst_view *v, char *value) {
    return !was_busy(v->event) && say_cause(v, value, TCPRST_REASON_IDLE);
}

bool tcprst_saw_stated_policy(const struct tcprst_view *v, char *value) {
    return say_cause(v, value, TCPRST_REASON_POLICY);
}

bool tcprst_saw_stated_no_state(const struct tcprst_view *v, char *value) {
    return say_cause(v, value, TCPRST_REASON_NO_STATE);
}

bool tcprst_saw_stated_abort(const struct tcprst_view *v, char *value) {
    return say_cause(v, value, TCPRST_REASON_ABORT);
}

/* docs/facts.md 1: Linux aborts a Multipath connection so, for data unread as for SO_LINGER 0. */
bool tcprst_saw_rst_closes_mptcp(const struct tcprst_view *v, char *value) {
    (void)value;
    return v->event->options.kinds & TCPRST_OPT_FASTCLOSE;
}

/* As 421 of SMTP and FTP, and IMAP's BYE do (RFC 5321 section 4.5.3.2, RFC 3501 section 5.4).  What
 * comes after a FIN is reset for that. */
bool tcprst_saw_server_named_timeout(const struct tcprst_view *v, char *value) {
    static const char *const names[] = {"timeout", "timed out", "idle", "inactiv", "autologout"};
    const struct tcprst_application_data *application = &v->event->before->application;
    const struct tcprst_server_name *words =
        tcprst_server_names_at(tcprst_capture_server_names(v->capture),
                               application->first[TCPRST_SERVER].word);
    if (!words || !application->server_refused || v->event->from != TCPRST_SERVER ||
        own_side(v)->fin_frame)
        return false;
    char *small = g_ascii_strdown(words->text, -1);
    bool is_named = false;
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        is_named |= strstr(small, names[i]) != NULL;
    g_free(small);
    return is_named && SAY("\"%s\"", words->text);
}
