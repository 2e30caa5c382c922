/* cause.c - the table of causes; its rows are in causes/
 *
 * Where the wire cannot separate two causes, priors keep both alive, so that neither is ever said with
 * certainty (docs/facts.md 4).  How weights come about: +20 and more is proof (an honest stack cannot do
 * it), +12 was right in every measured case but has a known trap, +6 to +8 is a habit of one kind of
 * sender, +3 is a hint.  Numbers behind "facts N" are sections of docs/facts.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/cause.h"

#include <string.h>

#include "core/verdict/cause_texts.h"

#define S(stage) (1u << TCPRST_##stage)
#define IF(evidence, decibans) {TCPRST_EVIDENCE_##evidence, decibans}
#define SEEN(evidence) TCPRST_EVIDENCE_##evidence

enum {
    SERVER = 1u << TCPRST_SERVER,
    CLIENT = 1u << TCPRST_CLIENT,
    BOTH = SERVER | CLIENT,
    AFTER_HANDSHAKE = S(HANDSHAKE_DONE) | S(REQUEST_SENT) | S(RESPONSE_SENT),
    BEFORE_ANSWER = S(HANDSHAKE_DONE) | S(REQUEST_SENT),
    UNANSWERED = BEFORE_ANSWER | S(CLOSING), /* the client can close its side behind its request */
    CONNECTING = S(SYN_SENT) | S(HALF_OPEN),
    ANY_STAGE = ~0u,
};

/* What a cause shares with those that refine it, so that only their own evidence tells them apart. */
#define ANSWERED_WITHOUT_SOCKET_AT_ALL                                                                     \
    IF(rst_answers_ack, 3), IF(rst_answers_data, 4), IF(rst_like_linux_answer, 5),                         \
    IF(rst_one_leg_later, 2), IF(rst_sooner_than_path, -12), IF(flow_label_other, 5),                      \
    IF(flow_label_same, -6), IF(flow_label_zero, -8), IF(tos_copied, 5), IF(tos_not_copied, -8),           \
    IF(bare_rst_unlike_its_stack, -8), IF(rst_seq_jumps, -15), IF(rst_checksum_bad, -12)
#define ANSWERED_WITHOUT_SOCKET ANSWERED_WITHOUT_SOCKET_AT_ALL, IF(sender_goes_on, -20)
#define ABORTED_BY_SERVER                                                                                  \
    IF(rst_aborts_socket, 4), IF(rst_like_linux_abort, 12), IF(rst_has_form_of_answer, -4),                \
    IF(rst_like_linux_answer, -12), IF(rst_like_proxy, -12), IF(rst_unlike_its_stack, -12),                \
    IF(rst_sooner_than_path, -15), IF(ttl_differs, -6), IF(sender_goes_on, -25), IF(rst_seq_jumps, -15),   \
    IF(rst_acks_untimed, -10), IF(rst_behind_data, -10), IF(bare_rst_unlike_its_stack, -6),                \
    IF(rst_checksum_bad, -12), IF(sender_alerted, 8), IF(rst_closes_mptcp, 8), IF(stated_policy, 36),      \
    IF(stated_abort, 36)

static const struct tcprst_cause causes[] = {
#include "core/verdict/causes/connecting.def"
#include "core/verdict/causes/handshake.def"
#include "core/verdict/causes/application.def"
#include "core/verdict/causes/elsewhere.def"
#include "core/verdict/causes/content.def"

/* --- none of them --- */
{
    .name = "undetermined", .title = "Cause unclear from the packets",
    .because = "{?alternatives:The packets fit these causes about equally well: {alternatives}.}"
               "{?only_alternative:The packets fit {only_alternative}, but not clearly enough "
               "to decide.}{!alternatives|only_alternative:No known cause fits the packets "
               "well.} The reset came at stage {stage}{?peer_last:," AFTER_PEER "}.",
    .next_step = "{?no_syn_seen:Capture from before the SYN on. }{?one_direction:Capture both "
                 "directions. }A capture on both hosts at the same time shows which of them "
                 "sent the reset; on that host `nstat -az` (Windows: `netstat -s -p tcp`) "
                 "before and after shows which counter grew.",
    .source = "facts 4",
    .severity = TCPRST_NOTE, .stages = ANY_STAGE, .from = BOTH, .prior = 0,
    .sender = TCPRST_SENDER_UNKNOWN, .ceiling = 50, /* not knowing is no certainty */
},
};

_Static_assert(G_N_ELEMENTS(causes) <= TCPRST_CAUSES_MAX, "raise TCPRST_CAUSES_MAX");

const struct tcprst_cause *tcprst_cause_at(unsigned row) {
    return row < G_N_ELEMENTS(causes) ? &causes[row] : NULL;
}

unsigned tcprst_cause_count(void) {
    return G_N_ELEMENTS(causes);
}

const char *tcprst_severity_name(enum tcprst_severity severity) {
    static const char *const names[] = {"chat", "note", "warn"};
    return names[severity];
}

const struct tcprst_cause *tcprst_cause_named(const char *name) {
    for (unsigned i = 0; i < G_N_ELEMENTS(causes); i++)
        if (strcmp(causes[i].name, name) == 0)
            return &causes[i];
    return NULL;
}
