/* stated.h - reasons that a reset's sender states itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_STATED_H
#define TCPRST_STATED_H

#include "segment.h"

/* The reason carried by a RST, as printable ASCII (to be freed with g_free), and in `*by` what states
 * it; NULL if the RST carries none.  Sources: RFC 1122 section 4.2.2.12 (text), F5 article K13223
 * (BIG-IP text), RFC 8684 section 3.6 (MP_TCPRST), draft-ietf-tcpm-rst-diagnostic-payload. */
char *tcprst_stated_reason(const struct tcprst_segment *rst, const char **by);

#endif
