/* fields.h - what is told of a reset: the rows of fields.def
 *
 * Wireshark's packet details, JSON, its schema and the table of fields in the documents are loops
 * over these rows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_FIELDS_H
#define TCPRST_FIELDS_H

#include "core/verdict/verdict.h"

/* Type of a field.  An unknown value is null in JSON and left out of the packet details. */
enum tcprst_kind {
    TCPRST_BOOLEAN,        /* the packet details leave out what is false */
    TCPRST_PERCENT,
    TCPRST_UINT16,
    TCPRST_UINT32,
    TCPRST_INT16,
    TCPRST_INT16_OR_NONE,  /* TCPRST_NO_NUMBER: unknown */
    TCPRST_FRAME,          /* a frame number; 0: unknown */
    TCPRST_ANSWERED_FRAME, /* the same, of a frame that this one answers */
    TCPRST_SECONDS,        /* kept in nanoseconds; negative: unknown */
    TCPRST_OFFSET,         /* the same, but TCPRST_NO_NUMBER: unknown */
    TCPRST_RATIO,          /* rounded to three decimals; negative: unknown */
    TCPRST_NAME,           /* one of the row's values, else kebab-case */
    TCPRST_STRING,
    TCPRST_STRING_OR_NONE, /* NULL: unknown */
    TCPRST_PROSE,          /* whole sentences */
};

/* Parts of the packet details, in their order there.  In JSON, SERVER is an object of its own, and
 * EVIDENCE and ALTERNATIVES are lists of objects; the rows of a list follow each other. */
enum tcprst_place {
    TCPRST_PLACE_TOP, TCPRST_PLACE_BECAUSE, TCPRST_PLACE_NEXT, TCPRST_PLACE_ALTERNATIVES,
    TCPRST_PLACE_EVIDENCE,
    /* in a tree of their own, below a line that says the most of it: */
    TCPRST_PLACE_FACTS, TCPRST_PLACE_HEADER, TCPRST_PLACE_CONNECTION,
    TCPRST_PLACE_SERVER,
    /* below all of these: */
    TCPRST_PLACE_NEIGHBOURS,
    TCPRST_PLACE_VERDICT, TCPRST_PLACE_SEVERITY, TCPRST_PLACE_SENDER, TCPRST_PLACE_END,
    TCPRST_PLACE_LINK, /* on other frames than the reset's; needs no verdict */
};

/* What has the field. */
enum tcprst_holder { TCPRST_OF_EITHER, TCPRST_OF_RESET, TCPRST_OF_SILENCE };

enum tcprst_field_id {
#define SECTION(title)
#define ROW(id, ...) TCPRST_FIELD_##id,
#include "core/output/fields.def"
    TCPRST_FIELD_COUNT
};

/* What values are asked of. */
struct tcprst_subject {
    const struct tcprst_capture *capture;
    const struct tcprst_event *event;
    const struct tcprst_verdict *verdict;
    unsigned item; /* of a list; for tcprst_next_item() */
};

#define TCPRST_NO_NUMBER INT64_MIN
enum { TCPRST_FIELD_BUFFER_SIZE = 128 };

struct tcprst_value {
    bool is_known;
    int64_t number;   /* booleans, numbers, frames, nanoseconds */
    double ratio;
    const char *text; /* names, strings, prose */
    const char *unit; /* to be shown after it; NULL: none */
    char *owned;      /* what `text` or `unit` may point into */
    char buffer[TCPRST_FIELD_BUFFER_SIZE];
};

struct tcprst_field {
    const char *filter; /* of Wireshark; NULL: none */
    const char *member; /* of JSON; NULL: none */
    const char *title;
    const char *blurb;
    const char *values; /* with blanks between; "": anything */
    enum tcprst_place place;
    enum tcprst_holder holder;
    enum tcprst_kind kind;
    void (*get)(const struct tcprst_subject *, struct tcprst_value *);
};

extern const struct tcprst_field tcprst_fields[TCPRST_FIELD_COUNT];

/* Whether silences have the field, or resets. */
static inline bool tcprst_field_applies(const struct tcprst_field *field, bool of_silences) {
    return field->holder != (of_silences ? TCPRST_OF_RESET : TCPRST_OF_SILENCE);
}

/* Fills in the value; to be cleared again by the caller. */
void tcprst_field_get(const struct tcprst_field *field, const struct tcprst_subject *subject,
                      struct tcprst_value *value);
void tcprst_value_clear(struct tcprst_value *value);

/* Name of the list in JSON that a place is; NULL if it is none. */
const char *tcprst_list_name(enum tcprst_place place);

/* Sets the subject's `item` to the list's next one; false after the last.  To begin, it must be
 * TCPRST_BEFORE_ITEMS. */
#define TCPRST_BEFORE_ITEMS UINT_MAX
bool tcprst_next_item(struct tcprst_subject *subject, enum tcprst_place list);

#endif
