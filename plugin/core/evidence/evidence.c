/* evidence.c - the list of evidence, and which of it is present
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/evidence.h"

#include <string.h>

enum group {
    NUMBERS, ACCEPTABLE, CHECKSUM, BEHIND, BARE, FORM, SIGNED, PAYLOAD, STATED, PLACE, LABEL, TIMING, AFTER,
    TRAIN, PEER_AFTER, ROLES, SYN, SYNHOST, WAITED, SYNACK_WINDOW, SYNACK_OPTIONS, SYNACK_TIMESTAMPS,
    NEIGHBOURS, REPEATED, WRONG_ACK, LONE, OWN_FIN, PEER_FIN, EXCHANGE, UNREAD, SILENCE, UNANSWERED,
    HANGUP, RHYTHM, TARGETS, RUN, RUN_CLIENTS, SERVED, SERVED_AFTER, OTHER_PORTS, TOGETHER,
    CLIENT_RESETS, OTHERS, PORT, KNOWN, KNOWN_NAT, KNOWN_PROXY,
    MPTCP, RETRY, SYNACK_NUMBERS, ELSEWHERE, SYN_DATA, OPTION, REQUEST, NAME, SPLIT, SPEECH, REGISTERED,
    ALERT, TURNED_AWAY, ICMP, OLDER,
    COOKIE, JAM, SYN_DROPS, HOSTS, ANSWERED, RACE, WAITED_FOR, CLIENT_ASKED, REFUSALS,
    GROUPS,
};

_Static_assert((int)GROUPS <= (int)TCPRST_EVIDENCE_GROUPS_MAX, "raise TCPRST_EVIDENCE_GROUPS_MAX");

static const struct {
    const char *identifier;
    const char *sentence;
    enum group group;
    bool (*saw)(const struct tcprst_view *, char *);
} table[] = {
#define EVIDENCE(name, group, sentence) \
    [TCPRST_EVIDENCE_##name] = {#name, sentence, group, tcprst_saw_##name},
#include "core/evidence/evidence.def"
#undef EVIDENCE
};

struct tcprst_seen tcprst_evidence_seen(const struct tcprst_view *view) {
    char value[TCPRST_VALUE_SIZE];
    struct tcprst_seen seen = {{false}};
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++)
        seen.is[i] = table[i].saw(view, value);
    return seen;
}

bool tcprst_seen_all(const struct tcprst_seen *seen, const enum tcprst_evidence *list) {
    while (*list && seen->is[*list])
        list++;
    return !*list;
}

bool tcprst_seen_any(const struct tcprst_seen *seen, const enum tcprst_evidence *list) {
    while (*list && !seen->is[*list])
        list++;
    return *list;
}

void tcprst_evidence_value(const struct tcprst_view *view, enum tcprst_evidence evidence,
                           char value[TCPRST_VALUE_SIZE]) {
    value[0] = '\0';
    table[evidence].saw(view, value);
}

void tcprst_evidence_name(enum tcprst_evidence evidence, char name[TCPRST_NAME_SIZE]) {
    g_strlcpy(name, table[evidence].identifier, TCPRST_NAME_SIZE);
    g_strdelimit(name, "_", '-');
}

enum tcprst_evidence tcprst_evidence_named(const char *name, size_t length) {
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++)
        if (strncmp(table[i].identifier, name, length) == 0 && !table[i].identifier[length])
            return (enum tcprst_evidence)i;
    return TCPRST_NO_EVIDENCE;
}

const char *tcprst_evidence_sentence(enum tcprst_evidence evidence) {
    return table[evidence].sentence;
}

unsigned tcprst_evidence_group(enum tcprst_evidence evidence) {
    return table[evidence].group;
}

const struct tcprst_run *tcprst_view_run(const struct tcprst_view *view) {
    const struct tcprst_event *e = view->event;
    return tcprst_endpoint_run_at(e->connection->endpoint, TCPRST_RESET_EARLY, e->frame);
}
