/* explanation.c - reads the language of the texts in causes/; see explanation.h
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/explanation.h"

#include <string.h>

#include "core/output/summary.h"

enum { LIST_LENGTH = 8, SENTENCES_SHOWN = 2 };

/* A part of a text; not terminated. */
struct span {
    const char *at, *end;
};

enum kind { LITERAL, FACT, VALUE, LIST, IF_ANY, IF_NONE, BROKEN };

/* One part: literal words, or what stands between braces. */
struct element {
    enum kind kind;
    struct span names; /* separated by "|" */
    struct span words; /* of a literal or a condition */
};

static struct span words_of(const char *text) {
    return (struct span){text, text + strlen(text)};
}

/* The brace that closes the one at `open`; NULL if none does. */
static const char *closing(const char *open, const char *end) {
    int depth = 0;
    for (const char *p = open; p < end; p++) {
        depth += (*p == '{') - (*p == '}');
        if (!depth)
            return p;
    }
    return NULL;
}

static bool take_prefix(struct span *span, const char *prefix) {
    size_t length = strlen(prefix);
    if ((size_t)(span->end - span->at) < length || memcmp(span->at, prefix, length) != 0)
        return false;
    span->at += length;
    return true;
}

static struct element in_braces(struct span inside) {
    struct element e = {.names = inside};
    e.kind = take_prefix(&e.names, "?")        ? IF_ANY
             : take_prefix(&e.names, "!")      ? IF_NONE
             : take_prefix(&e.names, "value:") ? VALUE
             : take_prefix(&e.names, "list:")  ? LIST
                                               : FACT;
    if (e.kind != IF_ANY && e.kind != IF_NONE)
        return e;
    const char *colon = memchr(e.names.at, ':', (size_t)(e.names.end - e.names.at));
    if (!colon)
        return (struct element){.kind = BROKEN};
    e.words = (struct span){colon + 1, e.names.end};
    e.names.end = colon;
    return e;
}

/* Takes the first part off a text that is not empty. */
static struct element take_element(struct span *text) {
    const char *begin = text->at;
    if (*begin != '{' && *begin != '}') {
        while (text->at < text->end && *text->at != '{' && *text->at != '}')
            text->at++;
        return (struct element){.kind = LITERAL, .words = {begin, text->at}};
    }
    const char *close = *begin == '{' ? closing(begin, text->end) : NULL;
    text->at = close ? close + 1 : text->end;
    return close ? in_braces((struct span){begin + 1, close}) : (struct element){.kind = BROKEN};
}

static struct span take_name(struct span *names) {
    size_t count = (size_t)(names->end - names->at);
    const char *bar = count ? memchr(names->at, '|', count) : NULL;
    struct span name = {names->at, bar ? bar : names->end};
    names->at = bar ? bar + 1 : names->end;
    return name;
}

static enum tcprst_evidence evidence_of(struct span name) {
    return tcprst_evidence_named(name.at, (size_t)(name.end - name.at));
}

static const struct tcprst_fact *fact_of(struct span name) {
    return tcprst_fact_named(name.at, (size_t)(name.end - name.at));
}

/* False if it is not known. */
static bool add_fact(const struct tcprst_explained *t, struct span name) {
    const struct tcprst_fact *fact = fact_of(name);
    return fact && !tcprst_seen_any(&t->verdict->seen, fact->unless) && fact->add(t);
}

static bool names_stage(struct span name, enum tcprst_stage stage) {
    const char *expected = tcprst_stage_name(stage);
    return take_prefix(&name, expected) && name.at == name.end;
}

/* --- filling in --- */

static bool holds(const struct tcprst_explained *t, struct span name) {
    gsize length = t->out->len;
    bool is_true = t->verdict->seen.is[evidence_of(name)] ||
                   names_stage(name, t->view.event->stage) || add_fact(t, name);
    g_string_truncate(t->out, length);
    return is_true;
}

static bool any_holds(const struct tcprst_explained *t, struct span names) {
    while (names.at < names.end)
        if (holds(t, take_name(&names)))
            return true;
    return false;
}

static void add_value(const struct tcprst_explained *t, enum tcprst_evidence evidence) {
    char value[TCPRST_VALUE_SIZE];
    tcprst_evidence_value(&t->view, evidence, value);
    g_string_append(t->out, value);
}

/* One of its group stands before it in the list, and was seen. */
static bool is_seen_before(const struct tcprst_explained *t, const enum tcprst_evidence *list,
                           const enum tcprst_evidence *own) {
    for (; list < own; list++)
        if (t->verdict->seen.is[*list] &&
            tcprst_evidence_leader(*list) == tcprst_evidence_leader(*own))
            return true;
    return false;
}

/* A sentence that goes on in another one begins with a small letter, unless its first word is
 * "SYN/ACK". */
unsigned tcprst_add_sentences(const struct tcprst_explained *t, const enum tcprst_evidence *list,
                              unsigned most) {
    unsigned count = 0;
    for (const enum tcprst_evidence *own = list; *own && count < most; own++) {
        if (!t->verdict->seen.is[*own] || is_seen_before(t, list, own))
            continue;
        const char *sentence = tcprst_evidence_sentence(*own);
        bool is_word = !g_ascii_isupper(sentence[1]);
        g_string_append_printf(t->out, "%s%c%s (", count++ ? "; " : "",
                               is_word ? g_ascii_tolower(sentence[0]) : sentence[0], sentence + 1);
        add_value(t, *own);
        g_string_append_c(t->out, ')');
    }
    return count;
}

static void add_list(const struct tcprst_explained *t, struct span names) {
    enum tcprst_evidence list[LIST_LENGTH + 1] = {TCPRST_NO_EVIDENCE};
    for (unsigned i = 0; i < LIST_LENGTH && names.at < names.end; i++)
        list[i] = evidence_of(take_name(&names));
    tcprst_add_sentences(t, list, SENTENCES_SHOWN);
}

static void add_words(const struct tcprst_explained *t, struct span words) {
    while (words.at < words.end) {
        const struct element e = take_element(&words);
        if (e.kind == LITERAL)
            g_string_append_len(t->out, e.words.at, e.words.end - e.words.at);
        if (e.kind == FACT)
            add_fact(t, e.names);
        if (e.kind == VALUE)
            add_value(t, evidence_of(e.names));
        if (e.kind == LIST)
            add_list(t, e.names);
        if ((e.kind == IF_ANY || e.kind == IF_NONE) && any_holds(t, e.names) == (e.kind == IF_ANY))
            add_words(t, e.words);
    }
}

char *tcprst_text(const char *text, const struct tcprst_capture *capture,
                  const struct tcprst_event *event, const struct tcprst_verdict *verdict) {
    const struct tcprst_explained t = {{capture, event}, verdict, g_string_new(NULL)};
    add_words(&t, words_of(text));
    return g_string_free(t.out, FALSE);
}

/* --- what is wrong with a text --- */

static bool is_known(struct span name, enum kind kind) {
    bool is_evidence = evidence_of(name), is_fact = fact_of(name);
    if (kind == VALUE || kind == LIST)
        return is_evidence;
    if (kind == FACT)
        return is_fact;
    for (unsigned stage = 0; stage < TCPRST_STAGES; stage++)
        if (names_stage(name, (enum tcprst_stage)stage))
            return true;
    return is_evidence || is_fact;
}

static char *fault_of(struct span words) {
    char *fault = NULL;
    while (!fault && words.at < words.end) {
        const char *begin = words.at;
        struct element e = take_element(&words);
        if (e.kind == BROKEN)
            fault = g_strdup_printf(
                "a brace without its partner, or a condition without words: %.40s", begin);
        unsigned count = 0;
        do {
            struct span name = take_name(&e.names);
            if (e.kind != LITERAL && e.kind != BROKEN && !is_known(name, e.kind))
                fault =
                    g_strdup_printf("nobody knows \"%.*s\"", (int)(name.end - name.at), name.at);
        } while (!fault && ++count && e.names.at < e.names.end);
        if (!fault && e.kind == LIST && count > LIST_LENGTH)
            fault = g_strdup_printf("a longer list than %d", LIST_LENGTH);
        if (!fault && (e.kind == IF_ANY || e.kind == IF_NONE))
            fault = fault_of(e.words);
    }
    return fault;
}

char *tcprst_text_fault(const char *text) {
    return fault_of(words_of(text));
}
