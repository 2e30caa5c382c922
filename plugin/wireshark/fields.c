/* fields.c - the fields and expert entries, and how a reset is shown
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <epan/expert.h>
#include <math.h>
#include <string.h>

#include "binding.h"

/* Set at registration, for the life of the program. */
static int hf_event = -1, hf_provisional = -1, hf_repeat_of = -1, hf_rst_frame = -1;
static int hf_stage = -1, hf_from = -1, hf_form = -1, hf_sender = -1;
static int hf_cause = -1, hf_title = -1, hf_confidence = -1, hf_certainty = -1, hf_severity = -1;
static int hf_alternative = -1, hf_alternative_confidence = -1;
static int hf_because = -1, hf_next_step = -1, hf_reference = -1, hf_evidence = -1;
static int hf_syn_frame = -1, hf_synack_frame = -1, hf_ack_frame = -1, hf_trigger_frame = -1;
static int hf_irtt = -1, hf_delay = -1, hf_delay_rtt = -1;
static int hf_ttl_delta = -1, hf_window = -1, hf_ack_field = -1, hf_ack_field_note = -1;
static int hf_history = -1, hf_conn_state = -1, hf_signature = -1, hf_capture_point = -1;
static int hf_stated_reason = -1, hf_stated_by = -1;
static int hf_server_connections = -1, hf_server_resets = -1, hf_server_clients = -1;
static int hf_server_clients_reset = -1, hf_server_open = -1, hf_server_run_length = -1;
static int hf_server_run_first_frame = -1;

static int ett_reset = -1, ett_links = -1, ett_alternative = -1, ett_text = -1, ett_server = -1;

static expert_field *cause_experts; /* one a cause, in the order of the table */

#define STRING(name, title, blurb) \
    {&hf_##name, {title, "tcprst." #name, FT_STRING, BASE_NONE, NULL, 0, blurb, HFILL}}
#define FRAME(name, title, type, blurb) \
    {&hf_##name, {title, "tcprst." #name, FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(type), 0, blurb, HFILL}}
#define BOOLEAN(name, title, blurb) \
    {&hf_##name, {title, "tcprst." #name, FT_BOOLEAN, BASE_NONE, NULL, 0, blurb, HFILL}}
#define COUNT(name, filter, title, blurb) \
    {&hf_##name, {title, "tcprst." filter, FT_UINT32, BASE_DEC, NULL, 0, blurb, HFILL}}

static hf_register_info fields[] = {
    BOOLEAN(event, "Reset event", "True on the first reset of each event"),
    BOOLEAN(provisional, "Provisional", "The file has not been read to its end yet; the verdict can change"),
    FRAME(repeat_of, "Repeat of the reset in frame", FT_FRAMENUM_NONE, "First reset of this event"),
    FRAME(rst_frame, "Reset in frame", FT_FRAMENUM_NONE, "The reset that ended this connection"),
    STRING(stage, "Stage", "How far the connection had come when the reset was sent"),
    STRING(from, "From", "In whose name the reset came: client or server"),
    STRING(form, "Form", "RST or RST+ACK"),
    STRING(sender, "Sender", "Who really sent it, by the verdict: client, server, third-party or unknown"),
    STRING(cause, "Cause", "Likeliest cause"),
    STRING(title, "Title", "Likeliest cause in plain words"),
    {&hf_confidence, {"Confidence", "tcprst.confidence", FT_UINT8, BASE_DEC, NULL, 0,
                      "Probability of the cause against all others, in percent", HFILL}},
    STRING(certainty, "Certainty", "high (90 % and more), likely (60 % and more) or possible"),
    STRING(severity, "Severity", "How much the cause matters: chat (harmless), note or warn"),
    STRING(alternative, "Also possible", "A cause that is less likely"),
    {&hf_alternative_confidence, {"Confidence", "tcprst.alternative.confidence", FT_UINT8, BASE_DEC, NULL,
                                  0, "Probability of the alternative, in percent", HFILL}},
    STRING(because, "Because", "Why this cause, with the values of this connection"),
    STRING(next_step, "Next", "What to check next, and where"),
    STRING(reference, "Reference", "Where the rule comes from"),
    STRING(evidence, "Evidence", "Name of a fact seen in the packets"),
    FRAME(syn_frame, "SYN", FT_FRAMENUM_NONE, "The connection's SYN"),
    FRAME(synack_frame, "SYN/ACK", FT_FRAMENUM_NONE, "The connection's SYN/ACK"),
    FRAME(ack_frame, "ACK", FT_FRAMENUM_NONE, "The client's ACK of the SYN/ACK"),
    FRAME(trigger_frame, "Answers frame", FT_FRAMENUM_REQUEST, "What the reset answers, by its numbers"),
    {&hf_irtt, {"Initial RTT", "tcprst.irtt", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
                "Time from the SYN to the client's ACK", HFILL}},
    {&hf_delay, {"Delay", "tcprst.delay", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
                 "Time since the segment that the reset answers, else since its peer's last segment", HFILL}},
    {&hf_delay_rtt, {"Delay in handshake RTTs", "tcprst.delay_rtt", FT_DOUBLE, BASE_NONE, NULL, 0,
                     "Delay over the shortest handshake round trip between capture point and sender", HFILL}},
    {&hf_ttl_delta, {"TTL difference", "tcprst.ttl_delta", FT_INT16, BASE_DEC, NULL, 0,
                     "TTL of the reset less that of its sender's other segments", HFILL}},
    {&hf_window, {"Window field", "tcprst.window", FT_UINT16, BASE_DEC, NULL, 0,
                  "Window field of the reset, not scaled", HFILL}},
    {&hf_ack_field, {"ACK field", "tcprst.ack_field", FT_UINT32, BASE_DEC, NULL, 0,
                     "Acknowledgment number field of the reset, raw", HFILL}},
    STRING(ack_field_note, "Note on the ACK field", "Why a nonzero ACK field without ACK flag is harmless"),
    STRING(history, "History", "The connection so far in Zeek's letters, upper case from the client"),
    STRING(conn_state, "Zeek state", "Zeek's conn_state after this reset"),
    STRING(signature, "Signature", "Connection-tampering signature (SIGCOMM 2023), client's resets"),
    STRING(capture_point, "Capture point", "Where the capture was taken: client, server, between or unknown"),
    STRING(stated_reason, "Stated reason", "The reason that the sender of the reset gives itself"),
    STRING(stated_by, "Stated by", "How the sender states its reason"),
    COUNT(server_connections, "server.connections", "Connections", "Connections to this endpoint so far"),
    COUNT(server_resets, "server.resets", "Resets", "Connections to this endpoint that were reset so far"),
    COUNT(server_clients, "server.clients", "Clients", "Clients of this endpoint so far"),
    COUNT(server_clients_reset, "server.clients_reset", "Clients reset",
          "Clients of this endpoint that it reset or refused so far"),
    COUNT(server_open, "server.open", "Open connections", "Connections to this endpoint open at this time"),
    COUNT(server_run_length, "server.run_length", "Same outcome in a row",
          "Connections in a row, up to here, that went the same way"),
    {&hf_server_run_first_frame, {"First of them in frame", "tcprst.server.run_first_frame", FT_FRAMENUM,
                                  BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_NONE), 0,
                                  "Where the current run of like outcomes began", HFILL}},
};

/* One entry a cause; its summary is constant, so that lists of entries group. */
static void register_experts(int proto) {
    static const int severities[] = {
        [TCPRST_CHAT] = PI_CHAT, [TCPRST_NOTE] = PI_NOTE, [TCPRST_WARN] = PI_WARN};
    expert_module_t *module = expert_register_protocol(proto);
    unsigned count = tcprst_cause_count();
    ei_register_info *entries = wmem_alloc0_array(wmem_epan_scope(), ei_register_info, count);
    cause_experts = wmem_alloc_array(wmem_epan_scope(), expert_field, count);
    for (unsigned i = 0; i < count; i++) {
        const struct tcprst_cause *cause = tcprst_cause_at(i);
        char *filter = wmem_strdup_printf(wmem_epan_scope(), "tcprst.expert.%s", cause->name);
        cause_experts[i] = (expert_field)EI_INIT;
        entries[i] = (ei_register_info){
            &cause_experts[i],
            {filter, cause->is_security ? PI_SECURITY : PI_SEQUENCE, severities[cause->severity],
             cause->title, EXPFILL}};
    }
    expert_register_field_array(module, entries, (int)count);
}

void tcprst_register_fields(int proto) {
    static int *trees[] = {&ett_reset, &ett_links, &ett_alternative, &ett_text, &ett_server};
    proto_register_field_array(proto, fields, array_length(fields));
    proto_register_subtree_array(trees, array_length(trees));
    register_experts(proto);
}

void tcprst_unfold_trees(void) {
    tree_expanded_set(ett_reset, TRUE);
    tree_expanded_set(ett_text, TRUE);
}

/* Where items are added.  All are derived, no byte of the frame is ours; prose goes without the brackets
 * that mark generated items. */
struct pane {
    proto_tree *tree;
    tvbuff_t *tvb;
    const struct tcprst_capture *capture;
    const struct tcprst_event *e;
    const struct tcprst_verdict *v;
};

static proto_item *generated(proto_item *item) {
    proto_item_set_generated(item);
    return item;
}

static proto_item *add_string(const struct pane *p, int hf, const char *value) {
    return generated(proto_tree_add_string(p->tree, hf, p->tvb, 0, 0, value));
}

static void add_optional_string(const struct pane *p, int hf, const char *value) {
    if (value)
        add_string(p, hf, value);
}

static proto_item *add_uint(const struct pane *p, int hf, uint32_t value) {
    return generated(proto_tree_add_uint(p->tree, hf, p->tvb, 0, 0, value));
}

static void add_frame(const struct pane *p, int hf, uint32_t frame) {
    if (frame)
        add_uint(p, hf, frame);
}

static void add_duration(const struct pane *p, int hf, int64_t ns) {
    nstime_t shown;
    if (ns < 0)
        return;
    nstime_set_unset(&shown);
    shown.secs = (time_t)(ns / 1000000000);
    shown.nsecs = (int)(ns % 1000000000);
    generated(proto_tree_add_time(p->tree, hf, p->tvb, 0, 0, &shown));
}

enum { LINE_COLUMNS = 100 };

/* Length of the next line of a text that is broken between words. */
static size_t line_length(const char *text) {
    size_t length = strlen(text);
    if (length <= LINE_COLUMNS)
        return length;
    for (length = LINE_COLUMNS; length > LINE_COLUMNS / 2; length--)
        if (text[length] == ' ')
            return length;
    return LINE_COLUMNS;
}

/* The field holds the whole text; labels are cut, so what does not fit goes into lines below it. */
static void add_text(const struct pane *p, int hf, const char *label, const char *template) {
    char *text = tcprst_text(template, p->capture, p->e, p->v);
    const char *rest = text;
    size_t length = line_length(rest);
    proto_item *item = proto_tree_add_string_format(p->tree, hf, p->tvb, 0, 0, text, "%s: %.*s", label,
                                                    (int)length, rest);
    proto_tree *lines = strlen(rest) > length ? proto_item_add_subtree(item, ett_text) : NULL;
    for (rest += length; lines && *rest; rest += length) {
        rest += *rest == ' ';
        length = line_length(rest);
        proto_tree_add_subtree_format(lines, p->tvb, 0, 0, ett_text, NULL, "%.*s", (int)length, rest);
    }
    g_free(text);
}

static void add_verdict(const struct pane *p) {
    const struct tcprst_verdict *v = p->v;
    add_string(p, hf_cause, v->best.cause->name);
    add_string(p, hf_title, v->best.cause->title);
    proto_item_append_text(add_uint(p, hf_confidence, v->best.confidence), " %%");
    add_string(p, hf_certainty, tcprst_certainty(v->best.confidence));
    add_string(p, hf_severity, tcprst_severity_name(v->best.cause->severity));
    add_string(p, hf_sender, tcprst_sender_name(v, p->e));
}

static void add_facts(const struct pane *p) {
    const struct tcprst_event *e = p->e;
    double delay_rtt = tcprst_event_delay_rtt(e);
    add_string(p, hf_stage, tcprst_stage_name(e->stage));
    add_string(p, hf_from, tcprst_role_name(e->from));
    if (e->before->roles_inferred)
        proto_item_append_text(proto_tree_get_parent(p->tree), ", roles inferred from the port numbers");
    add_string(p, hf_form, tcprst_form_name(e));
    if (e->trigger_frame)
        proto_item_append_text(add_uint(p, hf_trigger_frame, e->trigger_frame), " (%s)",
                               tcprst_trigger_noun(e->trigger));
    add_duration(p, hf_delay, e->delay_ns);
    if (delay_rtt >= 0) /* three decimals: capture clocks are no better */
        generated(proto_tree_add_double(p->tree, hf_delay_rtt, p->tvb, 0, 0, round(delay_rtt * 1000) / 1000));
}

/* Evidence with its measured value, for or against the best cause; without weight there, just seen. */
static void add_evidence(const struct pane *p, int sign) {
    static const char *const labels[] = {"Evidence against", "Also seen", "Evidence for"};
    const struct tcprst_view view = {p->capture, p->e};
    for (unsigned i = 1; i < TCPRST_EVIDENCE_END; i++) {
        int weight = tcprst_cause_weight(p->v->best.cause, i);
        char name[TCPRST_NAME_SIZE], value[TCPRST_VALUE_SIZE];
        if (!p->v->seen.is[i] || (weight > 0) - (weight < 0) != sign)
            continue;
        tcprst_evidence_name(i, name);
        tcprst_evidence_value(&view, i, value);
        proto_tree_add_string_format(p->tree, hf_evidence, p->tvb, 0, 0, name,
                                     value[0] ? "%s: %s (%s)" : "%s: %s", labels[sign + 1],
                                     tcprst_evidence_sentence(i), value);
    }
}

static void add_alternatives(const struct pane *p) {
    for (unsigned i = 0; i < p->v->alternatives; i++) {
        const struct tcprst_opinion *opinion = &p->v->alternative[i];
        proto_item *item = add_string(p, hf_alternative, opinion->cause->name);
        proto_item_append_text(item, " (%u %%): %s", opinion->confidence, opinion->cause->title);
        const struct pane below = {.tree = proto_item_add_subtree(item, ett_alternative), .tvb = p->tvb};
        proto_item_append_text(add_uint(&below, hf_alternative_confidence, opinion->confidence), " %%");
    }
}

static void add_reset_header(const struct pane *p) {
    const struct tcprst_event *e = p->e;
    int ttl_delta;
    if (tcprst_event_ttl_delta(e, &ttl_delta))
        generated(proto_tree_add_int(p->tree, hf_ttl_delta, p->tvb, 0, 0, ttl_delta));
    add_uint(p, hf_window, e->window);
    add_uint(p, hf_ack_field, e->ack);
    add_optional_string(p, hf_ack_field_note, tcprst_event_ack_field_note(e));
    add_optional_string(p, hf_stated_reason, e->stated_reason);
    add_optional_string(p, hf_stated_by, e->stated_by);
}

static void add_story(const struct pane *p) {
    const struct tcprst_event *e = p->e;
    char history[TCPRST_HISTORY_SIZE];
    tcprst_connection_history(e->before, history);
    add_frame(p, hf_syn_frame, e->before->side[TCPRST_CLIENT].syn.frame);
    add_frame(p, hf_synack_frame, e->before->side[TCPRST_SERVER].syn.frame);
    add_frame(p, hf_ack_frame, e->before->ack_frame);
    add_duration(p, hf_irtt, e->irtt_ns);
    add_string(p, hf_history, history);
    add_string(p, hf_conn_state, tcprst_connection_state_name(e->before, e->from));
    add_optional_string(p, hf_signature, tcprst_event_signature(e));
    add_string(p, hf_capture_point, tcprst_point_name(e->point));
}

/* With many clients the count is a lower bound and says so. */
static void add_client_count(const struct pane *p, int hf, uint32_t count) {
    proto_item *item = add_uint(p, hf, count);
    if (p->e->server.clients_at_least)
        proto_item_append_text(item, " or more");
}

static void add_server(const struct pane *p) {
    const struct tcprst_endpoint_snapshot *s = &p->e->server;
    proto_item *item;
    proto_tree *tree = proto_tree_add_subtree_format(
        p->tree, p->tvb, 0, 0, ett_server, &item,
        "Endpoint up to here: %u connections of %s%u clients, %u reset", s->connections,
        s->clients_at_least ? "at least " : "", s->clients, s->resets);
    const struct pane below = {.tree = tree, .tvb = p->tvb, .e = p->e};
    generated(item);
    add_uint(&below, hf_server_connections, s->connections);
    add_uint(&below, hf_server_resets, s->resets);
    add_client_count(&below, hf_server_clients, s->clients);
    add_client_count(&below, hf_server_clients_reset, s->clients_reset);
    add_uint(&below, hf_server_open, s->open);
    add_uint(&below, hf_server_run_length, s->run_length);
    add_frame(&below, hf_server_run_first_frame, s->run_first_frame);
}

static proto_tree *begin_tree(tvbuff_t *tvb, proto_tree *tree, int ett, proto_item **item) {
    *item = generated(proto_tree_add_item(tree, proto_tcprst, tvb, 0, 0, ENC_NA));
    return proto_item_add_subtree(*item, ett);
}

static void raise_expert(packet_info *pinfo, proto_item *item, const struct tcprst_verdict *v) {
    if (tcprst_raises_expert(v->best.confidence))
        expert_add_info(pinfo, item, &cause_experts[v->best.cause - tcprst_cause_at(0)]);
}

/* The expert entry is added without a tree too: lists of entries are drawn so. */
static void show_reset(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                       const struct tcprst_capture *capture, const struct tcprst_event *e) {
    const struct tcprst_verdict v = tcprst_judge(capture, e);
    if (!tree) {
        raise_expert(pinfo, NULL, &v);
        return;
    }
    proto_item *item;
    const struct pane p = {begin_tree(tvb, tree, ett_reset, &item), tvb, capture, e, &v};
    proto_item_append_text(item, ": %s (%s, %u %%)", v.best.cause->title,
                           tcprst_certainty(v.best.confidence), v.best.confidence);
    if (!tcprst_capture_is_finished(capture))
        generated(proto_tree_add_boolean(p.tree, hf_provisional, tvb, 0, 0, TRUE));
    raise_expert(pinfo, item, &v);
    add_facts(&p);
    add_text(&p, hf_because, "Because", v.best.cause->because);
    add_evidence(&p, +1);
    add_evidence(&p, -1);
    add_evidence(&p, 0);
    add_alternatives(&p);
    add_text(&p, hf_next_step, "Next", v.best.cause->next_step);
    add_reset_header(&p);
    add_story(&p);
    add_server(&p);
    add_verdict(&p);
    add_string(&p, hf_reference, v.best.cause->source);
    generated(proto_tree_add_boolean(p.tree, hf_event, tvb, 0, 0, TRUE));
}

static void show_link(tvbuff_t *tvb, proto_tree *tree, int hf, const char *what,
                      const struct tcprst_event *e) {
    proto_item *item;
    if (!tree)
        return;
    const struct pane p = {.tree = begin_tree(tvb, tree, ett_links, &item), .tvb = tvb};
    proto_item_append_text(item, ": %s the reset in frame %u", what, e->frame);
    add_uint(&p, hf, e->frame);
}

void tcprst_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                 const struct tcprst_capture *capture, const struct tcprst_frame_entry *note) {
    if (note->relation == TCPRST_RELATION_RESET)
        show_reset(tvb, pinfo, tree, capture, note->event);
    else if (note->relation == TCPRST_RELATION_REPEAT)
        show_link(tvb, tree, hf_repeat_of, "belongs to", note->event);
    else
        show_link(tvb, tree, hf_rst_frame, "led to", note->event);
}
