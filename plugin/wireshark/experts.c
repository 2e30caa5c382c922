/* experts.c - the expert entries: one a name of a cause
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <epan/column-info.h>
#include <epan/expert.h>
#include <string.h>

#include "binding.h"

static expert_field *cause_experts; /* one a cause, in the order of the table */
/* Wireshark's own; set when the first capture begins */
static int proto_of_experts = -1, expert_tap;

/* One entry a cause; its summary is constant, so that lists of entries group. */
void tcprst_register_experts(int proto) {
    static const int severities[] = {
        [TCPRST_CHAT] = PI_CHAT, [TCPRST_NOTE] = PI_NOTE, [TCPRST_WARN] = PI_WARN};
    expert_module_t *module = expert_register_protocol(proto);
    unsigned count = tcprst_cause_count(), registered = 0;
    ei_register_info *entries = wmem_alloc0_array(wmem_epan_scope(), ei_register_info, count);
    cause_experts = wmem_alloc_array(wmem_epan_scope(), expert_field, count);
    for (unsigned i = 0; i < count; i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        char *filter = wmem_strdup_printf(wmem_epan_scope(), "tcprst.expert.%s", cause->name);
        cause_experts[i] = (expert_field)EI_INIT;
        if (tcprst_cause_named(cause->name) != cause)
            continue; /* has the entry of the reset's cause */
        entries[registered++] = (ei_register_info){
            &cause_experts[i],
            {filter, cause->is_security ? PI_SECURITY : PI_SEQUENCE, severities[cause->severity],
             cause->title, EXPFILL}};
    }
    expert_register_field_array(module, entries, (int)registered);
}

/* Of the first cause with its name. */
static expert_field *expert_of(const struct tcprst_cause *cause) {
    return &cause_experts[tcprst_cause_row(tcprst_cause_named(cause->name))];
}

void tcprst_find_experts(void) {
    proto_of_experts = proto_get_id_by_filter_name("_ws.expert");
    expert_tap = find_tap_id("expert");
}

/* Whether an expert entry can be noticed, now or later: it is listed, counted or shown in a column,
 * a filter asks for its fields, or it raises the highest severity of the file, which Wireshark's
 * status bar shows. */
bool tcprst_is_expert_noticed(const packet_info *pinfo, proto_tree *tree) {
    bool has_column = pinfo->cinfo && pinfo->cinfo->col_first[COL_EXPERT] >= 0;
    return has_column || have_tap_listener(expert_tap) ||
           proto_field_is_referenced(tree, proto_of_experts) ||
           expert_get_highest_severity() < PI_WARN;
}

void tcprst_raise_expert(packet_info *pinfo, proto_item *item, const struct tcprst_verdict *v) {
    if (tcprst_raises_expert(v->best.confidence))
        expert_add_info(pinfo, item, expert_of(v->best.cause));
}
