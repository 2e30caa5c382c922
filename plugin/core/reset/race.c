/* race.c - finds the connection that won a race
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/reset/race.h"

#include <glib.h>

#include "core/packet/hash.h"
#include "core/reset/event.h"

void tcprst_race_note_opened(struct tcprst_race *race, struct tcprst_connection *c) {
    race->opened[race->next++ % TCPRST_RACERS] = c;
}

bool tcprst_race_holds(const struct tcprst_race *race, const struct tcprst_connection *c) {
    for (unsigned i = 0; i < TCPRST_RACERS; i++)
        if (race->opened[i] == c)
            return true;
    return false;
}

void tcprst_race_forget(struct tcprst_race *race, const struct tcprst_connection *c) {
    for (unsigned i = 0; i < TCPRST_RACERS; i++)
        if (race->opened[i] == c)
            race->opened[i] = NULL;
}

static bool is_within(int64_t a_ns, int64_t b_ns, int64_t most_ns) {
    int64_t apart_ns = tcprst_elapsed_ns(a_ns, b_ns);
    return apart_ns <= most_ns && apart_ns >= -most_ns;
}

static bool same_address(const struct tcprst_connection *a, const struct tcprst_connection *b,
                         enum tcprst_role role) {
    return tcprst_equal_address(tcprst_address_of(a, role), tcprst_address_of(b, role));
}

/* A client's IPv4 and IPv6 addresses have nothing in common but that both are near the capture
 * point, and that one stack writes both SYNs. */
static bool can_be_same_client(const struct tcprst_connection *a,
                               const struct tcprst_connection *b) {
    const struct tcprst_syn *one = &a->side[TCPRST_CLIENT].syn,
                            *other = &b->side[TCPRST_CLIENT].syn;
    return same_address(a, b, TCPRST_CLIENT) ||
           (one->ip.version != other->ip.version && tcprst_is_initial_ttl(one->ip.ttl) &&
            one->ip.ttl == other->ip.ttl && one->options.kinds == other->options.kinds &&
            one->options.wscale == other->options.wscale);
}

/* Windows tries a file server's direct port and its NetBIOS session port at once, and uses the one
 * that answers first (Microsoft KB 204279). */
static bool is_other_smb_port(uint16_t one, uint16_t other) {
    enum { NETBIOS_SESSION = 139, MICROSOFT_DS = 445 };
    return (one == NETBIOS_SESSION && other == MICROSOFT_DS) ||
           (one == MICROSOFT_DS && other == NETBIOS_SESSION);
}

static bool is_same_service(const struct tcprst_connection *a, const struct tcprst_connection *b) {
    const uint16_t one = tcprst_port_of(a, TCPRST_SERVER), other = tcprst_port_of(b, TCPRST_SERVER);
    return same_address(a, b, TCPRST_SERVER) ? is_other_smb_port(one, other) : one == other;
}

static bool beat(const struct tcprst_connection *c, const struct tcprst_connection *loser,
                 int64_t time_ns) {
    const struct tcprst_side *client = &loser->side[TCPRST_CLIENT];
    bool raced =
        is_within(c->side[TCPRST_CLIENT].syn.time_ns, client->syn.time_ns, TCPRST_RACE_NS) &&
        tcprst_elapsed_ns(client->syn.time_ns, c->ack_time_ns) >= 0;
    int64_t decided_ns = loser->handshake_done ? MAX(loser->ack_time_ns, c->ack_time_ns) : time_ns;
    return c != loser && is_same_service(c, loser) && c->side[TCPRST_CLIENT].syn.frame &&
           c->ack_frame && raced && can_be_same_client(c, loser) &&
           is_within(decided_ns, time_ns, TCPRST_LOSER_NS);
}

struct tcprst_connection *tcprst_race_winner(const struct tcprst_race *race,
                                             const struct tcprst_connection *loser,
                                             int64_t time_ns) {
    if (!loser->side[TCPRST_CLIENT].syn.frame)
        return NULL;
    for (unsigned i = 1; i <= TCPRST_RACERS; i++) {
        struct tcprst_connection *c =
            race->opened[(race->next + TCPRST_RACERS - i) % TCPRST_RACERS];
        if (c && beat(c, loser, time_ns))
            return c;
    }
    return NULL;
}
