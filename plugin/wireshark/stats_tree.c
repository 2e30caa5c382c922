/* stats_tree.c - Statistics > TCP Reset Causes, and `tshark -z tcprst,tree`
 *
 * Counted packet by packet: in a single pass the cause of a reset is what was known of it then, and
 * says so.  Connections without an answer are counted once the file has been read: at the end of a
 * single pass of tshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

#include "core/packet/time_text.h"

enum { NODES_MAX = 1000 }; /* adding one costs as much time as there are */

/* Nodes of the resets, and the same of the connections without an answer. */
struct group {
    const char *by_cause, *by_server, *by_stage, *more_servers;
};

static const struct group resets = {"Resets by cause", "Resets by server", "Resets by stage",
                                    "more servers"};
/* Windows open in descending order of names, so that these follow the resets. */
static const struct group silences = {"No answer by cause", "No answer by server",
                                      "No answer by stage", "more servers without answer"};
static const char by_form[] = "Resets by form";

/* What a single pass of tshark has told a tree so far: struct tcprst_summary, by tree; NULL: there
 * is none. */
static GHashTable *stories;

static void begin_group(stats_tree *tree, const struct group *group) {
    stats_tree_create_pivot(tree, group->by_cause, 0);
    stats_tree_create_node(tree, group->by_server, 0, STAT_DT_INT, TRUE);
    stats_tree_create_pivot(tree, group->by_stage, 0);
}

static void begin_tree(stats_tree *tree) {
    begin_group(tree, &resets);
    /* as there can be many servers, which a window unfolds whatever their flags are */
    stat_node_set_flags(tree, resets.by_cause, 0, FALSE, ST_FLG_SORT_TOP);
    stats_tree_create_pivot(tree, by_form, 0);
    begin_group(tree, &silences);
}

/* Number of the server's node, new or not; of the one for all others once there are too many.
 * Names are unique in a tree, so that a node below the second group has one space more. */
static int count_server(stats_tree *tree, const struct group *group, const char *name) {
    int parent = tick_stat_node(tree, group->by_server, 0, TRUE);
    if (stats_tree_parent_id_by_name(tree, name))
        return tick_stat_node(tree, name, parent, TRUE);
    if (stats_tree_parent_id_by_name(tree, group->more_servers))
        return tick_stat_node(tree, group->more_servers, parent, TRUE);
    int id = tick_stat_node(tree, name, parent, TRUE);
    if (id >= NODES_MAX)
        stats_tree_create_node(tree, group->more_servers, parent, STAT_DT_INT, TRUE);
    return id;
}

static void count_event(stats_tree *tree, const struct tcprst_capture *capture,
                        const struct tcprst_event *e, bool is_final) {
    const struct group *group = e->silence ? &silences : &resets;
    const struct tcprst_verdict verdict = tcprst_judge(capture, e);
    const struct tcprst_endpoint *endpoint = e->connection->endpoint;
    GString *server = g_string_new(NULL);
    char *cause = g_strdup_printf("%s (%s)%s", verdict.best.cause->title, verdict.best.cause->name,
                                  is_final ? "" : ", provisional: use -2");
    tcprst_add_endpoint(server, &endpoint->address, endpoint->port);
    if (e->silence)
        g_string_append_c(server, ' ');
    stats_tree_tick_pivot(tree, stats_tree_parent_id_by_name(tree, group->by_cause), cause);
    tick_stat_node(tree, cause, count_server(tree, group, server->str), FALSE);
    stats_tree_tick_pivot(tree, stats_tree_parent_id_by_name(tree, group->by_stage),
                          tcprst_stage_name(e->stage));
    if (!e->silence)
        stats_tree_tick_pivot(tree, stats_tree_parent_id_by_name(tree, by_form),
                              tcprst_form_name(e));
    g_free(cause);
    g_string_free(server, TRUE);
}

/* --- a single pass of tshark --- */

/* The table goes with its last story: nobody else would free it before the module is unloaded. */
static void forget_story(stats_tree *tree) {
    if (!stories)
        return;
    g_hash_table_remove(stories, tree);
    if (!g_hash_table_size(stories))
        g_clear_pointer(&stories, g_hash_table_unref);
}

static void add_silences(void *user) {
    stats_tree *tree = user;
    struct tcprst_summary *story = stories ? g_hash_table_lookup(stories, tree) : NULL;
    struct tcprst_capture *capture = tcprst_current_capture();
    if (capture && story)
        tcprst_summary_find_silences(story, capture);
    for (guint i = 0; capture && story && i < story->silences->len; i++)
        count_event(tree, capture, g_ptr_array_index(story->silences, i), true);
    forget_story(tree);
}

/* NULL where silences are told like resets. */
static struct tcprst_summary *story_of(stats_tree *tree) {
    struct tcprst_summary *story = stories ? g_hash_table_lookup(stories, tree) : NULL;
    if (story || !tcprst_before_drawing(tree, add_silences))
        return story;
    if (!stories)
        stories = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)tcprst_summary_free);
    story = tcprst_summary_new(true);
    g_hash_table_insert(stories, tree, story);
    return story;
}

static tap_packet_status count(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                               const void *data TCPRST_TAP_FLAGS) {
    const struct tcprst_tapped *tapped = data;
    const struct tcprst_capture *capture = tcprst_current_capture();
    if (!capture)
        return TAP_PACKET_DONT_REDRAW;
    struct tcprst_summary *story = story_of(tree);
    if (story)
        tcprst_summary_add(story, &tapped->entry, tapped->time_ns);
    if (!tapped->entry.event)
        return TAP_PACKET_DONT_REDRAW;
    count_event(tree, capture, tapped->entry.event, tcprst_capture_is_finished(capture));
    return TAP_PACKET_REDRAW;
}

/* At handoff: not every program that loads plugins asks them for their listeners (sharkd). */
void tcprst_handoff_stats(void) {
    const unsigned most_frequent_first =
        ST_SORT_COL_COUNT << ST_FLG_SRTCOL_SHIFT | ST_FLG_SORT_DESC;
    stats_tree_register_plugin("tcprst", "tcprst", "TCP Reset Causes", most_frequent_first,
                               count, begin_tree, forget_story);
}
