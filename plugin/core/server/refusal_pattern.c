/* refusal_pattern.c - counts how a port lets in and turns away
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/server/refusal_pattern.h"

#include <glib.h>

enum {
    FEW = 3,              /* fewer are no pattern */
    FEWEST_OPEN = 2,      /* a limit below that is none */
    LONGEST_IN_TURNS = 2, /* two dead members beside each other, or a repeated attempt */
};

struct tcprst_door tcprst_door_begin(uint32_t refused) {
    return (struct tcprst_door){
        .refused = refused,
        .spell = refused,
        .refused_spells = refused > 0,
        .longest_refused = refused,
        .is_shut = refused > 0,
    };
}

static void change(struct tcprst_door *door, bool is_shut) {
    if (is_shut && door->refused_spells) {
        bool is_first = !door->longest_between;
        door->shortest_between = is_first ? door->spell : MIN(door->shortest_between, door->spell);
        door->longest_between = MAX(door->longest_between, door->spell);
    }
    door->refused_spells += is_shut;
    door->spell = 0;
    door->is_shut = is_shut;
}

void tcprst_door_accept(struct tcprst_door *door, uint32_t open) {
    if (door->is_shut)
        change(door, false);
    door->most_open_accepting = MAX(door->most_open_accepting, open);
    door->spell++;
    door->accepted++;
}

void tcprst_door_refuse(struct tcprst_door *door, uint32_t open) {
    if (!door->is_shut)
        change(door, true);
    door->least_open_refusing = door->refused ? MIN(door->least_open_refusing, open) : open;
    door->spell++;
    door->refused++;
    door->longest_refused = MAX(door->longest_refused, door->spell);
}

/* docs/facts.md 4: a limit refuses what comes beyond the first N, a balancer with a dead member by turns, a
 * service that is down for a while all.  Whoever restarts has no connections open, so the first two cannot be
 * mistaken for it. */
enum tcprst_door_pattern tcprst_door_pattern(const struct tcprst_door *door) {
    if (door->refused < FEW || door->accepted < FEW)
        return door->longest_refused >= 2 && door->accepted ? TCPRST_DOOR_BLOCKS : TCPRST_DOOR_UNCLEAR;
    if (door->least_open_refusing >= FEWEST_OPEN && door->least_open_refusing > door->most_open_accepting)
        return TCPRST_DOOR_LIMIT;
    if (door->refused_spells >= FEW && door->longest_refused <= LONGEST_IN_TURNS)
        return TCPRST_DOOR_TURNS;
    return door->longest_refused > LONGEST_IN_TURNS ? TCPRST_DOOR_BLOCKS : TCPRST_DOOR_UNCLEAR;
}
