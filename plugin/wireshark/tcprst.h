/* tcprst.h - what the binding's files share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_H
#define TCPRST_H

#include "../core/verdict.h"
#include "compat.h"

/* Identifier of the protocol "tcprst"; set at registration, for the life of the program. */
extern int proto_tcprst;

/* The capture being dissected; NULL when no file is open. */
struct tcprst_capture *tcprst_current_capture(void);

/* fields.c: registers the fields and expert entries of the protocol. */
void tcprst_register_fields(int proto);

/* fields.c: shows a verdict unfolded, as an answer that has to be unfolded is none.  Wireshark keeps the
 * state of trees only once all protocols are registered. */
void tcprst_unfold_trees(void);

/* fields.c: shows what a frame has to do with resets. */
void tcprst_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                 const struct tcprst_capture *capture, const struct tcprst_note *notes);

/* prefs.c: what the user knows and wants; the site is one for the life of the program. */
void tcprst_register_preferences(int proto);
const struct tcprst_site *tcprst_site(void);
bool tcprst_raises_expert(unsigned confidence);

/* observer.c: stands in front of TCP in "ip.proto" and feeds the current capture. */
void tcprst_register_observer(void);
void tcprst_handoff_observer(void);

#endif
