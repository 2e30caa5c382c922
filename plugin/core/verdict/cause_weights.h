/* cause_weights.h - weights that several causes share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_VERDICT_CAUSE_WEIGHTS_H
#define TCPRST_VERDICT_CAUSE_WEIGHTS_H

/* Against causes in which the socket of the host named sent the reset. */
#define NOT_ITS_SOCKET                                                                             \
    IF(rst_behind_data, -10), IF(rst_checksum_bad, -12), IF(rst_id_jumps, -8),                     \
    IF(rst_acks_less, -12), IF(bare_rst_unlike_its_stack, -6), IF(ttl_differs, -8),                \
    IF(rsts_of_other_ttl, -12), IF(sender_goes_on, -25), IF(peer_acks_beyond_rst, -12),            \
    IF(rst_seq_jumps, -15), IF(rst_acks_untimed, -10)

/* Against causes in which a program aborted the connection on purpose or by its end. */
#define NO_ABORT                                                                                   \
    IF(rst_echoes_segment, -12), IF(rst_acks_too_soon, -15), IF(next_rst_acks_too_soon, -15),      \
    IF(both_sides_reset, -10), IF(both_resets_forged, -24), IF(rsts_ack_more, -20),                \
    IF(idle_before_probe, -8), IF(answers_never_arrived, -10), IF(acknowledged_repeated, -10),     \
    IF(peer_repeats_unheard, -10), IF(rst_answers_repeat, -10)

#endif
