/* reset_reason.h - reasons that a reset's sender states itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_PACKET_RESET_REASON_H
#define TCPRST_PACKET_RESET_REASON_H

#include "core/packet/segment.h"

/* What a stated reason is about. */
enum tcprst_reason {
    TCPRST_REASON_NONE,       /* no reason was stated, or only that it is a reset */
    TCPRST_REASON_OTHER,
    TCPRST_REASON_NO_LISTENER,
    TCPRST_REASON_BACKEND,    /* a server to which this sender forwards connections */
    TCPRST_REASON_TIMEOUT,    /* no answer in time */
    TCPRST_REASON_IDLE,
    TCPRST_REASON_POLICY,
    TCPRST_REASON_NO_STATE,   /* no connection for the segment */
    TCPRST_REASON_ABORT,      /* the application, or the kernel for it */
};

/* The reason carried by a RST, as printable ASCII, which the caller frees with g_free(); NULL if
 * the RST carries none.  `*by` is set to the name of what carries it, a constant, of a text in no
 * vendor's form tcprst_plain_text.  A segment with SYN or FIN, too, states nothing.  Sources: RFC
 * 1122 section 4.2.2.12 (text), F5 article K13223 (BIG-IP text), RFC 8684 section 3.6 (MP_TCPRST),
 * draft-ietf-tcpm-rst-diagnostic-payload. */
extern const char tcprst_plain_text[];
char *tcprst_stated_reason(const struct tcprst_segment *rst, const char **by);

/* What a window field means as a code of Citrix NetScaler (article CTX200852); NULL if it is none.
 * An ordinary window can have the same value, so it means nothing without further evidence. */
const char *tcprst_stated_window(uint16_t window);

/* What a reason's words are about; of NULL it is TCPRST_REASON_NONE. */
enum tcprst_reason tcprst_reason_of(const char *words);

#endif
