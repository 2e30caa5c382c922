/* fields.c - the fields, and how a reset or a silence is shown
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <epan/column-info.h>
#include <string.h>
#include <wsutil/str_util.h>

#include "core/output/fields.h"
#include "core/reset/silence.h"
#include "core/output/summary.h"
#include "binding.h"

/* Set at registration, for the life of the program. */
static int hfs[TCPRST_FIELD_COUNT];
static int ett_reset = -1, ett_links = -1, ett_alternative = -1, ett_text = -1, ett_server = -1,
           ett_evidence = -1, ett_facts = -1;

static const enum ftenum types[] = {
    [TCPRST_BOOLEAN] = FT_BOOLEAN,    [TCPRST_PERCENT] = FT_UINT8,
    [TCPRST_UINT16] = FT_UINT16,      [TCPRST_UINT32] = FT_UINT32,
    [TCPRST_INT16] = FT_INT16,        [TCPRST_INT16_OR_NONE] = FT_INT16,
    [TCPRST_FRAME] = FT_FRAMENUM,     [TCPRST_ANSWERED_FRAME] = FT_FRAMENUM,
    [TCPRST_RATIO] = FT_DOUBLE,       [TCPRST_SECONDS] = FT_RELATIVE_TIME,
    [TCPRST_OFFSET] = FT_RELATIVE_TIME,
    [TCPRST_NAME] = FT_STRING,        [TCPRST_STRING] = FT_STRING,
    [TCPRST_PROSE] = FT_STRING,       [TCPRST_STRING_OR_NONE] = FT_STRING,
};

/* Wireshark keeps pointers to what it is given. */
static void register_fields(int proto) {
    static hf_register_info infos[TCPRST_FIELD_COUNT];
    int count = 0;
    for (unsigned i = 0; i < TCPRST_FIELD_COUNT; i++) {
        const struct tcprst_field *field = &tcprst_fields[i];
        enum ftenum type = types[field->kind];
        bool is_integer = field->kind >= TCPRST_PERCENT && field->kind <= TCPRST_INT16_OR_NONE;
        const void *link = field->kind == TCPRST_FRAME ? FRAMENUM_TYPE(FT_FRAMENUM_NONE)
                           : field->kind == TCPRST_ANSWERED_FRAME
                               ? FRAMENUM_TYPE(FT_FRAMENUM_REQUEST)
                               : NULL;
        if (field->filter)
            infos[count++] = (hf_register_info){
                &hfs[i], {field->title, field->filter, type, is_integer ? BASE_DEC : BASE_NONE,
                          link, 0, field->blurb, HFILL}};
    }
    proto_register_field_array(proto, infos, count);
}

void tcprst_register_fields(int proto) {
    static int *trees[] = {&ett_reset,  &ett_links,    &ett_alternative, &ett_text,
                           &ett_server, &ett_evidence, &ett_facts};
    register_fields(proto);
    proto_register_subtree_array(trees, array_length(trees));
    tcprst_register_experts(proto);
}

void tcprst_unfold_trees(void) {
    tree_expanded_set(ett_reset, TRUE);
    tree_expanded_set(ett_links, TRUE);
    tree_expanded_set(ett_text, TRUE);
}

/* Where items are added.  All are derived, no byte of the frame is ours; prose and evidence go
 * without the brackets that mark generated items. */
struct pane {
    proto_tree *tree;
    tvbuff_t *tvb;
    struct tcprst_subject subject;
};

static proto_item *generated(proto_item *item) {
    proto_item_set_generated(item);
    return item;
}

/* What the details pane shows of a line in Wireshark's default layout, 1280 pixels wide, less the
 * indentation. */
enum { LINE_COLUMNS = 68 };

/* Length of the next line, of at most so many characters, of a text that is broken between
 * words. */
static size_t line_length(const char *text, size_t columns) {
    size_t length = strlen(text);
    if (length <= columns)
        return length;
    for (length = columns; length > columns / 2; length--)
        if (text[length] == ' ')
            return length;
    return columns;
}

/* The field holds the whole text; labels are cut, so what does not fit goes into lines below it. */
static void add_prose(const struct pane *p, int hf, const char *label, const char *text) {
    const char *rest = text;
    size_t length = line_length(rest, LINE_COLUMNS - strlen(label));
    proto_item *item = proto_tree_add_string_format(p->tree, hf, p->tvb, 0, 0, text, "%s: %.*s",
                                                    label, (int)length, rest);
    proto_tree *lines = strlen(rest) > length ? proto_item_add_subtree(item, ett_text) : NULL;
    for (rest += length; lines && *rest; rest += length) {
        rest += *rest == ' ';
        length = line_length(rest, LINE_COLUMNS);
        proto_tree_add_subtree_format(lines, p->tvb, 0, 0, ett_text, NULL, "%.*s", (int)length,
                                      rest);
    }
}

static proto_item *add_duration(const struct pane *p, int hf, int64_t ns) {
    nstime_t shown = {(time_t)(ns / 1000000000), (int)(ns % 1000000000)};
    return proto_tree_add_time(p->tree, hf, p->tvb, 0, 0, &shown);
}

static proto_item *add_number(const struct pane *p, int hf, enum ftenum type, int64_t number) {
    if (type == FT_BOOLEAN)
        return number ? proto_tree_add_boolean(p->tree, hf, p->tvb, 0, 0, TRUE) : NULL;
    if (type == FT_INT16)
        return proto_tree_add_int(p->tree, hf, p->tvb, 0, 0, (int32_t)number);
    if (type == FT_RELATIVE_TIME)
        return add_duration(p, hf, number);
    return proto_tree_add_uint(p->tree, hf, p->tvb, 0, 0, (uint32_t)number);
}

/* The item, or NULL if there is none to add. */
static proto_item *add_value(const struct pane *p, int hf, const struct tcprst_field *field,
                             const struct tcprst_value *value) {
    enum ftenum type = types[field->kind];
    proto_item *item = NULL;
    if (type == FT_STRING)
        item = proto_tree_add_string(p->tree, hf, p->tvb, 0, 0, value->text);
    else if (type == FT_DOUBLE)
        item = proto_tree_add_double(p->tree, hf, p->tvb, 0, 0, value->ratio);
    else
        item = add_number(p, hf, type, value->number);
    if (item && value->unit)
        proto_item_append_text(item, "%s", value->unit);
    return item ? generated(item) : NULL;
}

/* A tree is shown, or it is there for a few fields that a filter, a column or a listener names. */
static bool is_asked_for(const struct pane *p, unsigned id) {
    return proto_field_is_referenced(p->tree, hfs[id]);
}

static proto_item *add_field(const struct pane *p, enum tcprst_field_id id) {
    const struct tcprst_field *field = &tcprst_fields[id];
    struct tcprst_value value;
    proto_item *item = NULL;
    if (!is_asked_for(p, id) || !tcprst_field_applies(field, p->subject.event->silence))
        return NULL;
    tcprst_field_get(field, &p->subject, &value);
    if (value.is_known && field->kind == TCPRST_PROSE)
        add_prose(p, hfs[id], field->title, value.text);
    else if (value.is_known)
        item = add_value(p, hfs[id], field, &value);
    tcprst_value_clear(&value);
    return item;
}

static bool stands_in(unsigned id, enum tcprst_place place) {
    return tcprst_fields[id].filter && tcprst_fields[id].place == place;
}

static void add_place(const struct pane *p, enum tcprst_place place) {
    for (unsigned id = 0; id < TCPRST_FIELD_COUNT; id++)
        if (stands_in(id, place))
            add_field(p, id);
}

/* Evidence with its measured value: for or against the best cause, or without weight there. */
static void add_evidence_of_sign(const struct pane *p, int sign) {
    static const char *const labels[] = {"Evidence against", "Also seen", "Evidence for"};
    const struct tcprst_view view = {p->subject.capture, p->subject.event};
    struct tcprst_subject s = p->subject;
    s.item = TCPRST_BEFORE_ITEMS;
    while (tcprst_next_item(&s, TCPRST_PLACE_EVIDENCE)) {
        int weight = tcprst_cause_weight(s.verdict->best.cause, s.item);
        char name[TCPRST_NAME_SIZE], value[TCPRST_VALUE_SIZE];
        if ((weight > 0) - (weight < 0) != sign)
            continue;
        tcprst_evidence_name(s.item, name);
        tcprst_evidence_value(&view, s.item, value);
        proto_tree_add_string_format(p->tree, hfs[TCPRST_FIELD_evidence], p->tvb, 0, 0, name,
                                     value[0] ? "%s: %s (%s)" : "%s: %s", labels[sign + 1],
                                     tcprst_evidence_sentence(s.item), value);
    }
}

static unsigned count_evidence(const struct pane *p, int sign) {
    struct tcprst_subject s = p->subject;
    unsigned count = 0;
    s.item = TCPRST_BEFORE_ITEMS;
    while (tcprst_next_item(&s, TCPRST_PLACE_EVIDENCE))
        count += sign * tcprst_cause_weight(s.verdict->best.cause, s.item) > 0;
    return count;
}

/* Folded: who doubts unfolds it. */
static void add_evidence(const struct pane *p) {
    struct pane below = *p;
    if (!is_asked_for(p, TCPRST_FIELD_evidence))
        return;
    below.tree = proto_tree_add_subtree_format(p->tree, p->tvb, 0, 0, ett_evidence, NULL,
                                               "Evidence: %u for this, %u against it",
                                               count_evidence(p, +1), count_evidence(p, -1));
    add_evidence_of_sign(&below, +1);
    add_evidence_of_sign(&below, -1);
    add_evidence_of_sign(&below, 0);
}

/* The first field of each is the item that the others stand below. */
static void add_alternatives(const struct pane *p) {
    struct pane item = *p;
    item.subject.item = TCPRST_BEFORE_ITEMS;
    while (tcprst_next_item(&item.subject, TCPRST_PLACE_ALTERNATIVES)) {
        item.tree = p->tree;
        proto_item *first = add_field(&item, TCPRST_FIELD_alternative);
        if (first)
            item.tree = proto_item_add_subtree(first, ett_alternative);
        for (unsigned id = TCPRST_FIELD_alternative + 1; id < TCPRST_FIELD_COUNT; id++)
            if (stands_in(id, TCPRST_PLACE_ALTERNATIVES))
                add_field(&item, id);
    }
}

static void add_server(const struct pane *p) {
    const struct tcprst_endpoint_snapshot *s = &p->subject.event->server;
    struct pane below = *p;
    proto_item *item;
    below.tree = proto_tree_add_subtree_format(
        p->tree, p->tvb, 0, 0, ett_server, &item,
        "Endpoint%s: %u connection%s of %s%u client%s, %u reset",
        p->subject.event->silence ? "" : " up to here", s->connections,
        plurality(s->connections, "", "s"), s->clients_at_least ? "at least " : "", s->clients,
        plurality(s->clients, "", "s"), s->resets);
    generated(item);
    add_place(&below, TCPRST_PLACE_SERVER);
}

/* "handshake-done, RST in the server's name, 0.3 ms after frame 679", and below it the fields that
 * say so. */
static void add_facts(const struct pane *p) {
    const struct tcprst_event *e = p->subject.event;
    struct pane below = *p;
    proto_item *item;
    below.tree = proto_tree_add_subtree_format(
        p->tree, p->tvb, 0, 0, ett_facts, &item, "Facts: %s, ", tcprst_stage_name(e->stage));
    if (e->silence)
        proto_item_append_text(item, "%s without an answer of the %s",
                               tcprst_asked_words(e), tcprst_role_name(e->from));
    else
        proto_item_append_text(item, "%s in the %s's name", tcprst_form_name(e),
                               tcprst_role_name(e->from));
    if (e->delay_ns >= 0)
        proto_item_append_text(item, ", %.1f ms after ", (double)e->delay_ns / 1e6);
    if (e->delay_ns >= 0 && e->trigger_frame)
        proto_item_append_text(item, "frame %u", e->trigger_frame);
    else if (e->delay_ns >= 0)
        proto_item_append_text(item, "the peer's last segment");
    generated(item);
    for (enum tcprst_place place = TCPRST_PLACE_FACTS; place <= TCPRST_PLACE_CONNECTION; place++)
        add_place(&below, place);
}

static void add_places(const struct pane *p) {
    add_place(p, TCPRST_PLACE_BECAUSE);
    add_place(p, TCPRST_PLACE_NEXT);
    add_alternatives(p);
    add_evidence(p);
    add_facts(p);
    add_server(p);
    for (enum tcprst_place place = TCPRST_PLACE_NEIGHBOURS; place <= TCPRST_PLACE_END; place++)
        add_place(p, place);
}

/* Wanted by lists of protocols even where none of our fields is.  The protocol is named after
 * resets. */
static proto_item *add_protocol(tvbuff_t *tvb, proto_tree *tree, bool is_silence) {
    const char *name = is_silence ? "TCP failure without a reset" : "TCP reset analysis";
    return generated(proto_tree_add_protocol_format(tree, proto_tcprst, tvb, 0, 0, "%s", name));
}

/* What is not final yet is not told: a list keeps its rows.  Whoever asks for the verdict has the
 * fields. */
static bool tells_in_list(const packet_info *pinfo, const struct tcprst_capture *capture) {
    return tcprst_tells_in_info_column() && tcprst_capture_is_finished(capture) &&
           col_get_writable(pinfo->cinfo, COL_INFO);
}

/* As TCP itself writes "[TCP Retransmission] " there. */
static void tell_in_list(packet_info *pinfo, const struct tcprst_capture *capture,
                         const struct tcprst_verdict *v) {
    if (v->best.cause != tcprst_cause_undetermined() && tells_in_list(pinfo, capture))
        col_prepend_fence_fstr(pinfo->cinfo, COL_INFO, "[%s] ", v->best.cause->title);
}

static void tell_of_event_in_list(packet_info *pinfo, const struct tcprst_capture *capture,
                                  const struct tcprst_event *e, const char *what) {
    if (pinfo->num != e->before->side[TCPRST_CLIENT].syn.frame)
        return;
    const struct tcprst_verdict v = tcprst_judge(capture, e);
    col_prepend_fence_fstr(pinfo->cinfo, COL_INFO, "[%s frame %u: %s] ", what, e->frame,
                           v.best.cause->title);
}

static void tell_of_reset_in_list(packet_info *pinfo, struct tcprst_capture *capture,
                                  uint32_t number) {
    if (!tells_in_list(pinfo, capture))
        return;
    tell_of_event_in_list(pinfo, capture, tcprst_capture_event(capture, number), "Reset in");
}

static void show_verdict(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const struct tcprst_capture *capture, const struct tcprst_event *e) {
    const struct tcprst_verdict v = tcprst_judge(capture, e);
    proto_item *item = add_protocol(tvb, tree, e->silence);
    tell_in_list(pinfo, capture, &v);
    if (!proto_field_is_referenced(tree, proto_tcprst)) {
        tcprst_raise_expert(pinfo, item, &v);
        return;
    }
    struct pane p = {proto_item_add_subtree(item, ett_reset), tvb, {capture, e, &v, 0}};
    proto_item_append_text(item, ": %s (%s, %u %%)", v.best.cause->title,
                           tcprst_certainty(v.best.confidence), v.best.confidence);
    const char *tied[2];
    if (tcprst_verdict_tie(&v, tied))
        proto_item_append_text(item, ", fits %s and %s equally", tied[0], tied[1]);
    if (e->before->roles_inferred)
        proto_item_append_text(item, ", roles inferred from the port numbers");
    add_place(&p, TCPRST_PLACE_TOP);
    add_places(&p);
    tcprst_raise_expert(pinfo, item, &v);
    p.tree = proto_item_add_subtree(item, ett_reset); /* again: the entry put its own kind there */
}

static bool is_noticed(const packet_info *pinfo, proto_tree *tree,
                       const struct tcprst_capture *capture) {
    return proto_field_is_referenced(tree, proto_tcprst) || tcprst_is_expert_noticed(pinfo, tree) ||
           tells_in_list(pinfo, capture);
}

/* Nothing is judged where neither a field nor an expert entry of ours can be noticed.  The entry
 * can be even if there is no tree, or one that asks for none of our fields. */
static void show_reset(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                       struct tcprst_capture *capture, uint32_t number) {
    if (is_noticed(pinfo, tree, capture))
        show_verdict(tvb, pinfo, tree, capture, tcprst_capture_event(capture, number));
    else
        add_protocol(tvb, tree, false);
}

static void show_link_to(tvbuff_t *tvb, proto_tree *tree, enum tcprst_field_id id,
                         const char *what, const struct tcprst_event *e) {
    proto_item *item = add_protocol(tvb, tree, e->silence);
    if (!proto_field_is_referenced(tree, proto_tcprst))
        return;
    const struct pane p = {proto_item_add_subtree(item, ett_links), tvb, {.event = e}};
    proto_item_append_text(item, ": %s frame %u", what, e->frame);
    add_field(&p, id);
}

static void show_link(tvbuff_t *tvb, proto_tree *tree, enum tcprst_field_id id, const char *what,
                      struct tcprst_capture *capture, uint32_t number) {
    show_link_to(tvb, tree, id, what, tcprst_capture_event(capture, number));
}

void tcprst_show_silence(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         struct tcprst_capture *capture, const struct tcprst_event *e) {
    bool is_last = e->frame == pinfo->num;
    if (!is_last && tells_in_list(pinfo, capture))
        tell_of_event_in_list(pinfo, capture, e, "Unanswered in");
    if (!is_last)
        show_link_to(tvb, tree, TCPRST_FIELD_silence_frame, "unanswered in", e);
    else if (is_noticed(pinfo, tree, capture))
        show_verdict(tvb, pinfo, tree, capture, e);
    else
        add_protocol(tvb, tree, true);
}

void tcprst_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                 struct tcprst_capture *capture, const struct tcprst_frame_entry *note) {
    if (note->relation == TCPRST_RELATION_RESET)
        show_reset(tvb, pinfo, tree, capture, note->event_number);
    else if (note->relation == TCPRST_RELATION_REPEAT)
        show_link(tvb, tree, TCPRST_FIELD_repeat_of, "belongs to the reset in", capture,
                  note->event_number);
    else {
        tell_of_reset_in_list(pinfo, capture, note->event_number);
        show_link(tvb, tree, TCPRST_FIELD_rst_frame, "led to the reset in", capture,
                  note->event_number);
    }
}
