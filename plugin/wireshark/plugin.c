/* plugin.c - entry points of the Wireshark plugin, its protocol and the life of a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

TCPRST_EXPORT const char plugin_version[] = PLUGIN_VERSION;
TCPRST_EXPORT const int plugin_want_major = WIRESHARK_MAJOR;
TCPRST_EXPORT const int plugin_want_minor = WIRESHARK_MINOR;
TCPRST_EXPORT void plugin_register(void);
TCPRST_EXPORT uint32_t plugin_describe(void);

enum { WIRESHARK_DESCRIBES_DISSECTOR = 1 }; /* WS_PLUGIN_DESC_DISSECTOR of 4.2 and later */

int proto_tcprst = -1;

/* A helper in the name of "tcprst", and enabled with it, calls show_frame(): a frame does not get
 * it as a layer, as it would the protocol, which took 290 instructions a frame. */
static int proto_shown = -1;

/* From opening a file to closing it, or to its redissection. */
static struct tcprst_capture *capture;

/* Wireshark says when it has read a file to its end, but not when it has dissected the same file
 * anew, after a change of preferences or profile: then its last frame tells.  These outlive the
 * capture for that; the place in the file tells it from a frame of that number in another file. */
static struct {
    uint32_t number;
    int64_t place;
} latest_frame, last_frame_of_file;

struct tcprst_capture *tcprst_current_capture(void) {
    return capture;
}

static void begin_capture(void) {
    static bool unfolded; /* once; from then on it is the user's choice */
    if (!unfolded) {
        tcprst_unfold_trees();
        tcprst_find_experts();
    }
    unfolded = true;
    tcprst_begin_observing();
    capture = tcprst_capture_new();
    tcprst_capture_set_settings(capture, tcprst_settings());
    latest_frame.number = 0;
}

static void end_capture(void) {
    if (capture)
        tcprst_capture_free(capture);
    capture = NULL;
}

static bool has_failures(void) {
    return tcprst_capture_events(capture) || tcprst_capture_silences(capture);
}

/* Called when a file was read to its end, never in a single pass of tshark. */
static void finish_capture(void) {
    if (capture)
        tcprst_capture_finish(capture);
    last_frame_of_file = latest_frame;
    if (capture && has_failures())
        tcprst_apply_display_filter();
}

static void follow_redissection(const frame_data *frame) {
    if (frame->num < latest_frame.number)
        return;
    latest_frame.number = frame->num;
    latest_frame.place = frame->file_off;
    if (latest_frame.number == last_frame_of_file.number &&
        latest_frame.place == last_frame_of_file.place)
        tcprst_capture_finish(capture);
}

static int show_frame(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_) {
    if (!capture)
        return 0;
    if (!PINFO_FD_VISITED(pinfo))
        follow_redissection(pinfo->fd);
    tcprst_tell_taps(pinfo, capture);
    if (!tcprst_capture_may_tell(capture, pinfo->num))
        return 0;
    struct tcprst_frame_entry note;
    uint32_t place = 0;
    while (tcprst_capture_next_frame_entry(capture, pinfo->num, &place, &note)) {
        pinfo->current_proto = "TCPRST"; /* for the expert entries; Wireshark sets it back */
        tcprst_show(tvb, pinfo, tree, capture, &note);
    }
    const struct tcprst_event *silence;
    place = 0;
    while ((silence = tcprst_capture_next_silence(capture, pinfo->num, &place))) {
        pinfo->current_proto = "TCPRST";
        tcprst_show_silence(tvb, pinfo, tree, capture, silence);
    }
    return (int)tvb_captured_length(tvb);
}

static void register_protocol(void) {
    proto_tcprst = proto_register_protocol("TCP reset analysis", "TCPRST", "tcprst");
    proto_shown = proto_register_protocol_in_name_only(
        "TCP reset analysis (shown)", "TCPRST (shown)", "_ws.tcprst.shown", proto_tcprst,
        FT_PROTOCOL);
    tcprst_register_fields(proto_tcprst);
    tcprst_register_preferences(proto_tcprst);
    tcprst_register_observer();
    tcprst_register_tap();
    tcprst_register_servers();
    tcprst_register_pages();
    tcprst_register_report_window();
    tcprst_register_conversation_filters();
    register_init_routine(begin_capture);
    register_cleanup_routine(end_capture);
    register_postseq_cleanup_routine(finish_capture);
    register_postdissector(create_dissector_handle(show_frame, proto_shown));
}

static void handoff(void) {
    tcprst_handoff_observer();
    tcprst_handoff_stats();
}

void plugin_register(void) {
    static proto_plugin plugin; /* Wireshark keeps the pointer for the life of the program */
    plugin.register_protoinfo = register_protocol;
    plugin.register_handoff = handoff;
    proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void) {
    return WIRESHARK_DESCRIBES_DISSECTOR;
}
