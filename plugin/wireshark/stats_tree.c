/* stats_tree.c - Statistics > TCP > Reset causes, and `tshark -z tcprst,tree`
 *
 * Counted packet by packet: in a single pass a cause is what was known of it then, and says so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

#include "core/packet/time_text.h"

enum { NODES_MAX = 1000 }; /* adding one costs as much time as there are */

static const char by_cause[] = "Resets by cause", by_server[] = "Resets by server",
                  by_stage[] = "Resets by stage", by_form[] = "Resets by form",
                  more_servers[] = "more servers";

static void begin_tree(stats_tree *tree) {
    stats_tree_create_pivot(tree, by_cause, 0);
    /* as there can be many servers */
    stat_node_set_flags(tree, by_cause, 0, FALSE, ST_FLG_SORT_TOP);
    stats_tree_create_node(tree, by_server, 0, STAT_DT_INT, TRUE);
    stats_tree_create_pivot(tree, by_stage, 0);
    stats_tree_create_pivot(tree, by_form, 0);
}

/* Number of the server's node, new or not; of the one for all others once there are too many. */
static int count_server(stats_tree *tree, const char *name) {
    int parent = tick_stat_node(tree, by_server, 0, TRUE);
    if (stats_tree_parent_id_by_name(tree, name))
        return tick_stat_node(tree, name, parent, TRUE);
    if (stats_tree_parent_id_by_name(tree, more_servers))
        return tick_stat_node(tree, more_servers, parent, TRUE);
    int id = tick_stat_node(tree, name, parent, TRUE);
    if (id >= NODES_MAX)
        stats_tree_create_node(tree, more_servers, parent, STAT_DT_INT, TRUE);
    return id;
}

static void count_reset(stats_tree *tree, const struct tcprst_capture *capture,
                        const struct tcprst_event *e) {
    const struct tcprst_verdict verdict = tcprst_judge(capture, e);
    const struct tcprst_endpoint *endpoint = e->connection->endpoint;
    GString *server = g_string_new(NULL);
    char *cause =
        g_strdup_printf("%s (%s)%s", verdict.best.cause->title, verdict.best.cause->name,
                        tcprst_capture_is_finished(capture) ? "" : ", provisional: use -2");
    tcprst_add_endpoint(server, &endpoint->address, endpoint->port);
    stats_tree_tick_pivot(tree, stats_tree_parent_id_by_name(tree, by_cause), cause);
    tick_stat_node(tree, cause, count_server(tree, server->str), FALSE);
    stats_tree_tick_pivot(tree, stats_tree_parent_id_by_name(tree, by_stage),
                          tcprst_stage_name(e->stage));
    stats_tree_tick_pivot(tree, stats_tree_parent_id_by_name(tree, by_form), tcprst_form_name(e));
    g_free(cause);
    g_string_free(server, TRUE);
}

static tap_packet_status count(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                               const void *data TCPRST_TAP_FLAGS) {
    const struct tcprst_tapped *tapped = data;
    const struct tcprst_capture *capture = tcprst_current_capture();
    if (!capture || tapped->entry.kind != TCPRST_WAS_RESET)
        return TAP_PACKET_DONT_REDRAW;
    count_reset(tree, capture, tapped->entry.event);
    return TAP_PACKET_REDRAW;
}

/* At handoff: not every program that loads plugins asks them for their listeners (sharkd). */
void tcprst_handoff_stats(void) {
    const unsigned most_frequent_first =
        ST_SORT_COL_COUNT << ST_FLG_SRTCOL_SHIFT | ST_FLG_SORT_DESC;
    stats_tree_register_plugin("tcprst", "tcprst", "TCP" TCPRST_MENU_SEPARATOR "Reset causes",
                               most_frequent_first, count, begin_tree, NULL);
}
