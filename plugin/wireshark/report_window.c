/* report_window.c - TCP Reset Report in the menus Tools and Statistics: the report as text, and
 * buttons that filter for its problems
 *
 * The report is made anew whenever Wireshark counts anew: for another file, another display filter,
 * and after a change of preferences.  It is on the whole capture, so that showing one problem does
 * not take the others away, or on the displayed resets, if the user asks for it.
 *
 * Limits: Wireshark wants buttons before there is text, so there is always one for each problem
 * told in full.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

#include <epan/funnel.h>

#include "core/output/report.h"

struct window;

struct button {
    struct window *window;
    unsigned rank; /* of the problem, from 0 */
    funnel_bt_t handle;
};

/* From opening to closing; Wireshark owns `text`. */
struct window {
    funnel_text_window_t *text;
    struct tcprst_summary *summary;
    struct button buttons[TCPRST_REPORT_IN_FULL];
    char *filters[TCPRST_REPORT_IN_FULL]; /* NULL: no such problem */
    bool displayed_only;
    char *filter; /* of the resets that count; NULL: all */
    funnel_bt_t displayed_button, whole_button;
};

static void forget_filters(struct window *window) {
    for (unsigned i = 0; i < TCPRST_REPORT_IN_FULL; i++)
        g_clear_pointer(&window->filters[i], g_free);
}

/* While Wireshark applies a display filter, that is the text of its entry. */
static void follow_display_filter(struct window *window) {
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    const char *text = window->displayed_only ? ops->get_filter(ops->ops_id) : NULL;
    g_clear_pointer(&window->filter, g_free);
    if (text && *text)
        window->filter = g_strdup(text);
    GString *error = set_tap_dfilter(window, window->filter);
    if (error) /* it then counts nothing, and the report names the filter */
        g_string_free(error, TRUE);
}

static void reset(void *listener) {
    struct window *window = listener;
    follow_display_filter(window);
    tcprst_summary_free(window->summary);
    window->summary = tcprst_summary_new(true);
    forget_filters(window);
}

static tap_packet_status count(void *listener, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                               const void *data TCPRST_TAP_FLAGS) {
    struct window *window = listener;
    const struct tcprst_tapped *tapped = data;
    tcprst_summary_add(window->summary, &tapped->entry, tapped->time_ns);
    return TAP_PACKET_REDRAW;
}

static void keep_filters(struct window *window) {
    GPtrArray *problems = tcprst_problems_of(window->summary);
    forget_filters(window);
    for (guint rank = 0; rank < MIN(problems->len, TCPRST_REPORT_IN_FULL); rank++) {
        const struct tcprst_problem *problem = g_ptr_array_index(problems, rank);
        if (!tcprst_report_has_in_full(problem, rank))
            continue;
        GString *filter = g_string_new(NULL);
        tcprst_problem_add_filter(filter, problem);
        window->filters[rank] = g_string_free(filter, FALSE);
    }
    g_ptr_array_unref(problems);
}

static void draw(void *listener) {
    struct window *window = listener;
    struct tcprst_capture *capture = tcprst_current_capture();
    if (!capture)
        return;
    GString *text = g_string_new(NULL);
    tcprst_summary_judge(window->summary, capture);
    tcprst_report(text, capture, window->summary, window->filter, TCPRST_WINDOW_COLUMNS);
    keep_filters(window);
    funnel_get_funnel_ops()->set_text(window->text, text->str);
    g_string_free(text, TRUE);
}

static void close_window(void *data) {
    struct window *window = data;
    remove_tap_listener(window);
    tcprst_summary_free(window->summary);
    forget_filters(window);
    g_free(window->filter);
    g_free(window);
}

static tcprst_button_answer filter_for_problem(funnel_text_window_t *text _U_, void *data) {
    const struct button *button = data;
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    const char *filter = button->window->filters[button->rank];
    if (!filter)
        return TRUE;
    char *copy = g_strdup(filter); /* applying it counts anew */
    ops->set_filter(ops->ops_id, copy);
    ops->apply_filter(ops->ops_id);
    g_free(copy);
    return TRUE;
}

static tcprst_button_answer count_anew(struct window *window, bool displayed_only) {
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    window->displayed_only = displayed_only;
    follow_display_filter(window); /* before Wireshark asks whether a listener has a filter */
    ops->retap_packets(ops->ops_id);
    return TRUE;
}

static tcprst_button_answer count_displayed(funnel_text_window_t *text _U_, void *data) {
    return count_anew(data, true);
}

static tcprst_button_answer count_whole(funnel_text_window_t *text _U_, void *data) {
    return count_anew(data, false);
}

static void add_buttons(struct window *window, const funnel_ops_t *ops) {
    window->displayed_button =
        (funnel_bt_t){.tw = window->text, .func = count_displayed, .data = window};
    window->whole_button = (funnel_bt_t){.tw = window->text, .func = count_whole, .data = window};
    ops->add_button(window->text, &window->displayed_button, "Displayed");
    ops->add_button(window->text, &window->whole_button, "All");
    for (unsigned rank = 0; rank < TCPRST_REPORT_IN_FULL; rank++) {
        struct button *button = &window->buttons[rank];
        char *label = g_strdup_printf("Show %u", rank + 1);
        *button = (struct button){
            window, rank, {.tw = window->text, .func = filter_for_problem, .data = button}};
        ops->add_button(window->text, &button->handle, label);
        g_free(label);
    }
}

static void open_window(void *data _U_) {
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    if (!ops || !ops->new_text_window)
        return;
    struct window *window = g_new0(struct window, 1);
    window->summary = tcprst_summary_new(true);
    window->text = TCPRST_NEW_TEXT_WINDOW(ops, "TCP reset report");
    GString *error = register_tap_listener("tcprst", window, NULL, TL_REQUIRES_NOTHING, reset,
                                           count, draw, NULL);
    if (error)
        g_string_free(error, TRUE);
    ops->set_text(window->text, "No capture file is open.\n");
    add_buttons(window, ops);
    ops->set_close_cb(window->text, close_window, window);
    ops->retap_packets(ops->ops_id);
}

/* tshark's text windows are printed: they have neither buttons nor packets to count anew. */
bool tcprst_has_windows(void) {
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    return ops && ops->retap_packets;
}

void tcprst_register_report_window(void) {
    funnel_register_menu("TCP Reset Report", REGISTER_TOOLS_GROUP_UNSORTED, open_window, NULL, NULL,
                         FALSE);
    funnel_register_menu("TCP Reset Report", TCPRST_STATISTICS_MENU, open_window, NULL, NULL,
                         FALSE);
}
