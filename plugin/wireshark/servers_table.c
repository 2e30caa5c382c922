/* servers_table.c - Statistics > TCP Servers with Resets, and `tshark -z tcprst,servers`
 *
 * Counted packet by packet in windows, where a cause is what was known of it then, and says so;
 * in a single pass of tshark all at its end.
 *
 * Limits: Wireshark has one such table, which all windows share; so only one is counted at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

#include <epan/stat_tap_ui.h>
#include <string.h>
#include <wsutil/report_message.h>

#include "core/packet/time_text.h"

enum { ROWS_MAX = 1000 };

/* The first ones fit the window that Wireshark opens. */
enum column {
    RANK,
    SERVER,
    CAUSE,
    CONFIDENCE,
    SHARE,
    CONNECTIONS,
    FIRST_FRAME,
    CLIENTS_RESET,
    CLIENTS,
    FIRST_TIME,
    LAST_FRAME,
    LAST_TIME,
    REFUSED,
    IN_HANDSHAKE,
    ON_REQUEST,
    UNANSWERED,
    RESETS,
    SILENCES,
    RUN,
    COLUMNS
};

/* tshark pads values but not titles: where values are longer, the title has spaces, narrow in a
 * window. */
static stat_tap_table_item columns[COLUMNS] = {
    /* windows sort by it when they open, and their arrow takes the width of the spaces */
    [RANK]          = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "   Rank", "%7u"},
    [SERVER]        = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server               ", "%-21s"},
    [CAUSE]         = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Likely cause        ", "%-20s"},
    [CONFIDENCE]    = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Conf. %", "%7u"},
    [SHARE]         = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Failed %", "%8s"},
    [CONNECTIONS]   = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Conns", "%5u"},
    [FIRST_FRAME]   = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "First frame", "%11s"},
    [CLIENTS_RESET] = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "  Hit", "%5s"},
    [CLIENTS]       = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Clients", "%7u"},
    [FIRST_TIME]    = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "First failure (UTC)", "%-19s"},
    [LAST_FRAME]    = {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Last frame", "%10s"},
    [LAST_TIME]     = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Latest failure (UTC)", "%-20s"},
    [REFUSED]       = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Refused", "%7u"},
    [IN_HANDSHAKE]  = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "In handshake", "%12u"},
    [ON_REQUEST]    = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "On request", "%10u"},
    [UNANSWERED]    = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Unanswered", "%10u"},
    [RESETS]        = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "All resets", "%10u"},
    [SILENCES]      = {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "All unanswered", "%14u"},
    [RUN]           = {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Present run", "%s"},
};

/* What the one table shows, from one retap to the next; NULL before the first entry.  A story: it
 * is shown at the end of a single pass. */
static struct tcprst_summary *summary;
static bool is_filtered;

/* The services that have rows, the worst first. */
static GPtrArray *ranked;

/* Windows go on pointing to rows that a retap took out of the table, so those are used again, not
 * freed. */
static GPtrArray *spare_rows;

/* Who is being told, so that a second listener does not count everything twice. */
static const void *counted_for;

/* --- cells --- */

static void set_number(stat_tap_table_item_type *cell, uint32_t value) {
    cell->type = TABLE_ITEM_UINT;
    cell->value.uint_value = value;
}

/* Strings are kept in the scratch pointer too, because the value is const. */
static void set_text(stat_tap_table_item_type *cell, char *text) {
    g_free(cell->user_data.ptr_value);
    cell->type = TABLE_ITEM_STRING;
    cell->value.string_value = cell->user_data.ptr_value = text;
}

/* Blank instead of 0: nothing failed.  As text, as a row's cells of one column must be of one type;
 * padded, so that windows sort it by value. */
static void set_if_any(stat_tap_table_item_type *cell, int width, uint32_t value) {
    set_text(cell, value ? g_strdup_printf("%*u", width, value) : g_strdup(""));
}

static void clear_cell(stat_tap_table_item_type *cell, enum column column) {
    if (columns[column].type == TABLE_ITEM_STRING)
        set_text(cell, g_strdup(""));
    else
        set_number(cell, 0);
}

static void free_cell(stat_tap_table *table _U_, guint row _U_, guint column _U_,
                      stat_tap_table_item_type *cell) {
    if (cell->type == TABLE_ITEM_STRING)
        g_free(cell->user_data.ptr_value);
}

static void set_moment(stat_tap_table_item_type *frame, stat_tap_table_item_type *time,
                       const struct tcprst_moment *moment) {
    GString *text = g_string_new(NULL);
    if (moment->frame)
        tcprst_add_date(text, moment->time_ns);
    set_if_any(frame, 10, moment->frame);
    set_text(time, g_string_free(text, FALSE));
}

static void set_cause(stat_tap_table_item_type *row, const struct tcprst_service *s,
                      bool is_final) {
    const struct tcprst_tally *tally = tcprst_service_likeliest(s);
    if (!tally)
        return;
    set_text(&row[CAUSE],
             g_strconcat(tally->cause->name, is_final ? "" : ", provisional: use -2", NULL));
    set_number(&row[CONFIDENCE], tcprst_tally_confidence(tally));
}

static void set_counts(stat_tap_table_item_type *row, const struct tcprst_service *s) {
    set_number(&row[CONNECTIONS], s->connections);
    set_if_any(&row[SHARE], 3, tcprst_service_share(s));
    set_number(&row[REFUSED], s->refused);
    set_number(&row[IN_HANDSHAKE], s->in_handshake);
    set_number(&row[ON_REQUEST], s->on_request);
    set_number(&row[UNANSWERED], s->unanswered);
    set_number(&row[RESETS], s->resets);
    set_number(&row[SILENCES], s->silences);
    set_if_any(&row[CLIENTS_RESET], 5, s->clients_failed);
    set_number(&row[CLIENTS], s->service_clients->len);
}

static void set_row(stat_tap_table_item_type *row, const struct tcprst_service *s, bool is_final) {
    GString *server = g_string_new(NULL);
    tcprst_add_endpoint(server, &s->address, s->port);
    set_text(&row[SERVER], g_string_free(server, FALSE));
    set_cause(row, s, is_final);
    set_counts(row, s);
    set_moment(&row[FIRST_FRAME], &row[FIRST_TIME], &s->first_failed);
    set_moment(&row[LAST_FRAME], &row[LAST_TIME], &s->last_failed);
    set_text(&row[RUN], s->run_length
                            ? g_strdup_printf("%u %s from frame %u", s->run_length,
                                              s->run_failed ? "failed" : "served", s->run.frame)
                            : g_strdup(""));
}

/* --- rows --- */

static stat_tap_table_item_type *add_row(stat_tap_table *table) {
    guint last = table->num_elements;
    table->elements = g_renew(stat_tap_table_item_type *, table->elements, last + 1);
    table->elements[last] = spare_rows->len
                                ? g_ptr_array_remove_index_fast(spare_rows, spare_rows->len - 1)
                                : g_new0(stat_tap_table_item_type, COLUMNS);
    table->num_elements = last + 1;
    for (guint column = 0; column < COLUMNS; column++)
        clear_cell(&table->elements[last][column], column);
    return table->elements[last];
}

/* The row of all servers for which there is no room: only counts that can be summed. */
static void add_to_rest(stat_tap_table *table, const struct tcprst_service *more) {
    stat_tap_table_item_type *row =
        table->num_elements > ROWS_MAX ? table->elements[ROWS_MAX] : add_row(table);
    set_number(&row[RANK], ROWS_MAX + 1);
    set_text(&row[SERVER], g_strdup("more servers"));
    row[CONNECTIONS].value.uint_value += more->connections;
    row[REFUSED].value.uint_value += more->refused;
    row[IN_HANDSHAKE].value.uint_value += more->in_handshake;
    row[ON_REQUEST].value.uint_value += more->on_request;
    row[UNANSWERED].value.uint_value += more->unanswered;
    row[RESETS].value.uint_value += more->resets;
    row[SILENCES].value.uint_value += more->silences;
}

/* What the entry adds to counts; if it is the first shown of its server, with what came before. */
static struct tcprst_service counts_of(const struct tcprst_service *s,
                                       const struct tcprst_entry *entry, bool is_first) {
    const bool is_reset = entry->kind == TCPRST_WAS_RESET,
               is_silence = entry->kind == TCPRST_WAS_SILENT;
    const enum tcprst_failure failure =
        entry->event ? entry->event->failure : TCPRST_NO_FAILURE;
    return (struct tcprst_service){
        .connections = is_first ? s->connections : entry->kind == TCPRST_BEGUN,
        .refused = is_reset && failure == TCPRST_FAILED_ON_SYN,
        .in_handshake = is_reset && failure == TCPRST_FAILED_IN_HANDSHAKE,
        .on_request = is_reset && failure == TCPRST_FAILED_ON_REQUEST,
        .unanswered = is_silence && failure != TCPRST_NO_FAILURE,
        .resets = is_reset,
        .silences = is_silence,
    };
}

/* Verdicts are added one by one, so that a service only ever rises. */
static void rank_service(stat_tap_table *table, struct tcprst_service *s, bool is_first) {
    if (is_first) {
        g_ptr_array_add(ranked, s);
        s->rank = ranked->len;
    }
    for (; s->rank > 1; s->rank--) {
        struct tcprst_service *above = g_ptr_array_index(ranked, s->rank - 2);
        if (!tcprst_service_is_worse(s, above))
            break;
        ranked->pdata[s->rank - 1] = above;
        ranked->pdata[s->rank - 2] = s;
        above->rank = s->rank;
        set_number(&table->elements[above->row - 1][RANK], above->rank);
    }
    set_number(&table->elements[s->row - 1][RANK], s->rank);
}

/* Servers get a row with their first failure.  `more` is what is new. */
static void show_service(stat_tap_table *table, struct tcprst_service *s,
                         const struct tcprst_service *more, bool is_final) {
    bool is_first = !s->row;
    if (is_first) {
        s->row = MIN(table->num_elements, ROWS_MAX) + 1;
        if (s->row <= ROWS_MAX)
            add_row(table);
    }
    if (s->row <= ROWS_MAX) {
        set_row(table->elements[s->row - 1], s, is_final);
        rank_service(table, s, is_first);
    } else {
        add_to_rest(table, more);
    }
}

static bool has_failures(const struct tcprst_service *s) {
    return s->resets || s->silences;
}

static gint compare_services(gconstpointer a, gconstpointer b) {
    const struct tcprst_service *x = *(struct tcprst_service *const *)a,
                                *y = *(struct tcprst_service *const *)b;
    if (tcprst_service_is_worse(x, y) || tcprst_service_is_worse(y, x))
        return tcprst_service_is_worse(x, y) ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* The whole of a single pass, judged as the report is; the worst first. */
static void show_events(void *user) {
    stat_tap_table *table = user;
    struct tcprst_capture *capture = tcprst_current_capture();
    if (!capture || !summary || !summary->keeps_events || table->num_elements)
        return;
    tcprst_capture_settle(capture);
    if (!is_filtered)
        tcprst_summary_add_settled(summary, capture);
    tcprst_summary_judge(summary, capture);
    GPtrArray *services = g_ptr_array_new();
    for (guint i = 0; i < summary->services->len; i++)
        if (has_failures(g_ptr_array_index(summary->services, i)))
            g_ptr_array_add(services, g_ptr_array_index(summary->services, i));
    g_ptr_array_sort(services, compare_services);
    for (guint i = 0; i < services->len; i++) {
        struct tcprst_service *s = g_ptr_array_index(services, i);
        show_service(table, s, s, true);
    }
    g_ptr_array_unref(services);
}

static void count_and_show(stat_tap_table *table, const struct tcprst_tapped *tapped,
                           const struct tcprst_capture *capture) {
    const struct tcprst_entry *entry = &tapped->entry;
    struct tcprst_service *service = tcprst_summary_add(summary, entry, tapped->time_ns);
    if (entry->event) {
        const struct tcprst_verdict verdict = tcprst_judge(capture, entry->event);
        tcprst_service_judge(service, entry->event, &verdict.best);
    }
    if (!has_failures(service))
        return;
    const struct tcprst_service more = counts_of(service, entry, !service->row);
    show_service(table, service, &more, tcprst_capture_is_finished(capture));
}

static tap_packet_status count(void *listener, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                               const void *data TCPRST_TAP_FLAGS) {
    const stat_data_t *stat = listener;
    const struct tcprst_capture *capture = tcprst_current_capture();
    if (!counted_for)
        counted_for = listener;
    if (!capture || counted_for != listener || !stat->stat_tap_data->tables->len)
        return TAP_PACKET_DONT_REDRAW;
    stat_tap_table *table = g_array_index(stat->stat_tap_data->tables, stat_tap_table *, 0);
    if (!summary)
        summary = tcprst_summary_new(tcprst_before_drawing(table, show_events));
    if (summary->keeps_events) {
        const struct tcprst_tapped *tapped = data;
        tcprst_summary_add(summary, &tapped->entry, tapped->time_ns);
    } else {
        count_and_show(table, data, capture);
    }
    return TAP_PACKET_REDRAW;
}

/* --- the table --- */

static void begin_counting(void) {
    g_clear_pointer(&summary, tcprst_summary_free);
    g_ptr_array_set_size(ranked, 0);
    counted_for = NULL;
}

static void reset_table(stat_tap_table *table) {
    for (guint row = 0; row < table->num_elements; row++) {
        for (guint column = 0; column < COLUMNS; column++)
            clear_cell(&table->elements[row][column], column);
        g_ptr_array_add(spare_rows, table->elements[row]);
    }
    table->num_elements = 0;
    begin_counting();
}

static void begin_table(stat_tap_table_ui *ui) {
    if (ui->tables && ui->tables->len) { /* a window that counts anew, or one more of them */
        if (!ui->refcount)
            report_failure(
                "-z tcprst,servers can be given once only: one filter counts for all of them");
        return;
    }
    if (!spare_rows)
        spare_rows = g_ptr_array_new();
    if (!ranked)
        ranked = g_ptr_array_new();
    begin_counting();
    stat_tap_add_table(ui, stat_tap_init_table("Servers with TCP resets", COLUMNS, 0, NULL));
}

/* At the end of the program. */
static void end_counting(void) {
    g_clear_pointer(&summary, tcprst_summary_free);
    for (guint row = 0; spare_rows && row < spare_rows->len; row++)
        g_free(g_ptr_array_index(spare_rows, row));
    g_clear_pointer(&spare_rows, g_ptr_array_unref);
    g_clear_pointer(&ranked, g_ptr_array_unref);
}

static void check_argument(const char *argument, const char **filter _U_, char **error) {
    const char *rest = argument + strlen("tcprst,servers");
    is_filtered = *rest && rest[1];
    if (*rest && *rest != ',')
        *error =
            g_strdup_printf("-z %s: expected tcprst,servers or tcprst,servers,FILTER", argument);
}

void tcprst_register_servers(void) {
    static tap_param parameters[] = {{PARAM_FILTER, "filter", "Filter", NULL, TRUE}};
    static stat_tap_table_ui ui = {
        .group = TCPRST_STATISTICS_MENU,
        .title = "TCP Servers with Resets",
        .tap_name = "tcprst",
        .cli_string = "tcprst,servers",
        .stat_tap_init_cb = begin_table,
        .packet_func = count,
        .stat_tap_reset_table_cb = reset_table,
        .stat_tap_free_table_item_cb = free_cell,
        .stat_filter_check_cb = check_argument,
        .nfields = COLUMNS,
        .fields = columns,
        .nparams = G_N_ELEMENTS(parameters),
        .params = parameters,
    };
    register_stat_tap_table_ui(&ui);
    register_shutdown_routine(end_counting);
}
