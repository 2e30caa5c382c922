/* try_weights.c - judges labelled captures by changed weights, one at a time
 *
 *     try_weights LABELS
 *
 * LABELS has a line a failure, columns separated by tabs: file, "reset" or "silence", frame, names
 * that are right (separated by blanks; none: any), names that are wrong, sender (empty: any), least
 * and most percent.  The files are read once.  A silence that its capture does not show is left
 * out.
 *
 * Prints a line for each weight of each cause and for each change of it, columns separated by tabs:
 * row of the cause, number of the weight, cause, evidence, decibans, changed decibans, and how many
 * failures were judged rightly before and wrongly then, or with 90 % and wrongly only then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_file.h"
#include "change_weight.h"
#include "reading.h"

enum { SURE_PERCENT = 90 };

enum {
    FILE_NAME, KIND, FRAME, RIGHT_NAMES, WRONG_NAMES, SENDER, LEAST_PERCENT, MOST_PERCENT, COLUMNS
};

enum outcome { RIGHT, WRONG, WRONG_AND_SURE };

struct label {
    char **cells;
    struct tcprst_reading *reading;
    bool is_silence;
    uint32_t event;       /* its number among the resets, or silences */
    enum outcome outcome; /* by the weights as they are */
    struct tcprst_seen seen; /* only that can matter */
};

static bool has_word(const char *words, const char *word) {
    char **list = g_strsplit(words, " ", -1);
    bool has = g_strv_contains((const gchar *const *)list, word);
    g_strfreev(list);
    return has;
}

/* Valid until the next one is asked for; NULL after the last. */
static const struct tcprst_event *event_of(const struct label *label) {
    struct tcprst_capture *capture = label->reading->capture;
    const uint32_t count =
        label->is_silence ? tcprst_capture_silences(capture) : tcprst_capture_events(capture);
    if (label->event >= count)
        return NULL;
    return (label->is_silence ? tcprst_capture_silence : tcprst_capture_event)(capture,
                                                                               label->event);
}

static struct tcprst_verdict verdict_on(const struct label *label) {
    return tcprst_judge(label->reading->capture, event_of(label));
}

static enum outcome judge(const struct label *label) {
    char **cells = label->cells;
    const struct tcprst_verdict verdict = verdict_on(label);
    const struct tcprst_event *event = event_of(label);
    const char *name = verdict.best.cause->name;
    bool is_named_rightly = (!*cells[RIGHT_NAMES] || has_word(cells[RIGHT_NAMES], name)) &&
                            !has_word(cells[WRONG_NAMES], name);
    bool is_right =
        is_named_rightly && verdict.best.confidence >= strtoul(cells[LEAST_PERCENT], NULL, 10) &&
        verdict.best.confidence <= strtoul(cells[MOST_PERCENT], NULL, 10) &&
        (!*cells[SENDER] || strcmp(cells[SENDER], tcprst_sender_name(&verdict, event)) == 0);
    if (is_right)
        return RIGHT;
    return !is_named_rightly && verdict.best.confidence >= SURE_PERCENT ? WRONG_AND_SURE : WRONG;
}

/* Reads a capture, or finds it among those that were read. */
static struct tcprst_reading *reading_of(GHashTable *readings, const char *name) {
    struct tcprst_reading *reading = g_hash_table_lookup(readings, name);
    static const struct tcprst_reading_options all = {0};
    if (reading)
        return reading;
    reading = g_new0(struct tcprst_reading, 1);
    if (!tcprst_reading_read(reading, name, &all) || reading->fault) {
        fprintf(stderr, "%s: %s\n", name, reading->fault);
        exit(EXIT_FAILURE);
    }
    g_hash_table_insert(readings, g_strdup(name), reading);
    return reading;
}

/* Returns false if there is no event in its frame, which is a fault of a reset's label. */
static bool find_event(struct label *label) {
    const unsigned long frame = strtoul(label->cells[FRAME], NULL, 10);
    label->is_silence = strcmp(label->cells[KIND], "silence") == 0;
    for (const struct tcprst_event *e; (e = event_of(label)); label->event++)
        if (e->frame == frame)
            return true;
    if (label->is_silence)
        return false;
    fprintf(stderr, "%s: frame %lu is no event\n", label->reading->name, frame);
    exit(EXIT_FAILURE);
}

/* Judges it by the weights as they are. */
static void fill_label(struct label *label) {
    const struct tcprst_verdict verdict = verdict_on(label);
    label->seen = verdict.seen;
    label->outcome = judge(label);
}

static GArray *read_labels(const char *file, GHashTable *readings) {
    char *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, NULL)) {
        fprintf(stderr, "%s cannot be read\n", file);
        exit(EXIT_FAILURE);
    }
    GArray *labels = g_array_new(FALSE, TRUE, sizeof(struct label));
    char **lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        struct label label = {.cells = g_strsplit(*line, "\t", -1)};
        if (g_strv_length(label.cells) != COLUMNS)
            continue; /* the empty one at the end */
        label.reading = reading_of(readings, label.cells[FILE_NAME]);
        if (!find_event(&label))
            continue;
        fill_label(&label);
        g_array_append_val(labels, label);
    }
    g_strfreev(lines);
    g_free(text);
    return labels;
}

static void try_change(const GArray *labels, unsigned row, unsigned number, int changed) {
    struct tcprst_weight *weight = tcprst_weight_to_change(row, number);
    int decibans = weight->decibans;
    unsigned caught = 0;
    weight->decibans = changed;
    for (guint i = 0; i < labels->len; i++) {
        const struct label *label = &g_array_index(labels, struct label, i);
        caught += label->seen.is[weight->evidence] && judge(label) > label->outcome;
    }
    weight->decibans = decibans;
    char evidence[TCPRST_NAME_SIZE];
    tcprst_evidence_name(weight->evidence, evidence);
    printf("%u\t%u\t%s\t%s\t%d\t%d\t%u\n", row, number, tcprst_cause_at(row)->name, evidence,
           decibans, changed, caught);
}

/* Half as much, away from 0: a weight of 0 would end the list. */
static int halved(int decibans) {
    return (decibans + (decibans > 0 ? 1 : -1)) / 2;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "try_weights LABELS\n");
        return EXIT_FAILURE;
    }
    tcprst_capture_files_begin();
    GHashTable *readings = g_hash_table_new(g_str_hash, g_str_equal);
    const GArray *labels = read_labels(argv[1], readings);
    for (unsigned row = 0; row < tcprst_cause_count(); row++)
        for (unsigned i = 0; tcprst_weight_to_change(row, i); i++) {
            int decibans = tcprst_weight_to_change(row, i)->decibans;
            try_change(labels, row, i, -decibans);
            if (halved(decibans) != decibans)
                try_change(labels, row, i, halved(decibans));
        }
    return EXIT_SUCCESS; /* what was read is wanted until here */
}
