/* silence_points.c - evidence in a silence that only a second capture point gives
 *
 * What was asked passed a point nearer to the silent side, or it did not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"
#include "core/reset/silence.h"

/* Where what was asked is known by its number: keep-alives and window probes have none of their
 * own, and an acknowledged request did come. */
static bool is_numbered(enum tcprst_asked asked) {
    return asked == TCPRST_ASKED_SYN || asked == TCPRST_ASKED_SYNACK ||
           asked == TCPRST_ASKED_DATA || asked == TCPRST_ASKED_FIN;
}

static bool is_of_handshake(enum tcprst_asked asked) {
    return asked == TCPRST_ASKED_SYN || asked == TCPRST_ASKED_SYNACK;
}

static bool has_asked(const struct tcprst_view *v, const struct tcprst_account *account) {
    const struct tcprst_side *own = peer_side(v),
                             *there = &account->connection->side[tcprst_peer_of(v->event->from)];
    if (is_of_handshake(v->event->silence->asked))
        return there->syn.frame;
    if (!there->has_sent || tcprst_seq_after(own->next_seq, there->next_seq))
        return false;
    return !own->repetition.frame || !tcprst_is_in_gap(there, own->repetition.seq);
}

static bool lacks_asked(const struct tcprst_view *v, const struct tcprst_account *account) {
    return !has_asked(v, account) &&
           tcprst_point_watched(v, account, tcprst_peer_of(v->event->from));
}

/* The connection as a point saw it that is nearer to the silent side, or farther from it. */
static const struct tcprst_connection *find(const struct tcprst_view *v, int nearer,
                                            tcprst_account_fits *fits) {
    return tcprst_find_account(v, v->event->from, nearer, fits).connection;
}

/* Also true if the event's own point is the nearest.  Of several, all those nearer saw it. */
bool tcprst_saw_asked_at_silent(const struct tcprst_view *v, char *value) {
    if (!is_numbered(v->event->silence->asked))
        return false;
    const struct tcprst_connection *nearer = find(v, 1, NULL);
    return !find(v, 1, lacks_asked) && (nearer ? find(v, 1, has_asked) : find(v, -1, NULL)) &&
           say_interface(nearer ? nearer : v->event->before, value);
}

bool tcprst_saw_asked_not_at_silent(const struct tcprst_view *v, char *value) {
    if (v->event->silence->asked == TCPRST_ASKED_SYN && tcprst_say_absent(v, value))
        return true;
    return is_numbered(v->event->silence->asked) && say_last_of(find(v, 1, lacks_asked), value);
}

/* It acknowledged what the own point saw asked, or sent more than that point
 * saw. */
static bool has_answer(const struct tcprst_view *v, const struct tcprst_account *account) {
    const struct tcprst_side *own = own_side(v), *asker = peer_side(v),
                             *there = &account->connection->side[v->event->from];
    if (v->event->silence->asked == TCPRST_ASKED_SYN)
        return there->syn.frame && !own->syn.frame;
    if (v->event->silence->asked == TCPRST_ASKED_REQUEST)
        return there->has_sent && own->has_sent && tcprst_seq_after(there->next_seq, own->next_seq);
    return is_numbered(v->event->silence->asked) && there->has_acked && own->has_acked &&
           tcprst_seq_after(there->acked, own->acked) &&
           !tcprst_seq_after(asker->next_seq, there->acked);
}

bool tcprst_saw_answer_lost(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *there = find(v, 1, has_answer);
    return there && say_frame(value, there->side[v->event->from].last_frame);
}
