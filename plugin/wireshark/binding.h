/* binding.h - what the binding's files share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_BINDING_H
#define TCPRST_BINDING_H

#include "core/output/summary.h"
#include "compat.h"

/* Identifier of the protocol "tcprst"; set at registration, for the life of the program. */
extern int proto_tcprst;

/* The capture being dissected; NULL when no file is open. */
struct tcprst_capture *tcprst_current_capture(void);

/* fields.c: registers the fields of the protocol. */
void tcprst_register_fields(int proto);

/* experts.c: registers the expert entries; the second is to be called before frames are shown, as
 * Wireshark registers its own after all handoffs. */
void tcprst_register_experts(int proto);
void tcprst_find_experts(void);

/* experts.c: whether an expert entry can be noticed; raises that of the verdict, if the user wants
 * it. */
bool tcprst_is_expert_noticed(const packet_info *pinfo, proto_tree *tree);
void tcprst_raise_expert(packet_info *pinfo, proto_item *item,
                         const struct tcprst_verdict *verdict);

/* fields.c: shows a verdict unfolded, as an answer that has to be unfolded is none.  Wireshark
 * keeps the state of trees only once all protocols are registered. */
void tcprst_unfold_trees(void);

/* fields.c: shows what a frame has to do with a reset. */
void tcprst_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                 struct tcprst_capture *capture, const struct tcprst_frame_entry *note);

/* fields.c: shows what a frame has to do with a silence. */
void tcprst_show_silence(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         struct tcprst_capture *capture, const struct tcprst_event *silence);

/* preferences.c: what the user knows and wants; the site is one for the life of the program. */
void tcprst_register_preferences(int proto);
const struct tcprst_settings *tcprst_settings(void);
bool tcprst_raises_expert(unsigned confidence);
bool tcprst_tells_in_info_column(void);

/* observer.c: stands in front of TCP in "ip.proto" and feeds the current capture.  The last one is
 * to be called when a capture begins. */
void tcprst_register_observer(void);
void tcprst_handoff_observer(void);
void tcprst_begin_observing(void);

/* tap.c: the tap "tcprst" gets a struct tcprst_tapped for each entry of the statistics, on its
 * frame. */
struct tcprst_tapped {
    struct tcprst_entry entry;
    int64_t time_ns;
};
void tcprst_register_tap(void);
void tcprst_tell_taps(packet_info *pinfo, struct tcprst_capture *capture);

/* tap.c: in a single pass of tshark, calls `add` with the listener, which no other one may be,
 * before those listeners draw that were registered before; so they can add what is known of the
 * whole file only.  False, and nothing is done, where the tap tells that by itself: in windows, and
 * once the file has been read. */
bool tcprst_before_drawing(void *listener, void (*add)(void *listener));

/* stats_tree.c, servers_table.c, pages.c: what listens to that tap. */
void tcprst_handoff_stats(void);
void tcprst_register_servers(void);
void tcprst_register_pages(void);

/* display_filter.c: to be called when the file was read to its end. */
void tcprst_apply_display_filter(void);

/* report_window.c, conversation_filters.c: entries of Wireshark's menus. */
void tcprst_register_report_window(void);
bool tcprst_has_windows(void); /* report_window.c: the program is Wireshark */
void tcprst_register_conversation_filters(void);

#endif
