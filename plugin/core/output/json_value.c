/* json_value.c - writes members of JSON objects
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/output/json_value.h"

#include <stdio.h>

#include "core/packet/time_text.h"

/* Names are ours and need no care. */
static void begin(GString *out, const char *name) {
    char last = out->len ? out->str[out->len - 1] : '\n';
    if (last != '{' && last != '[' && last != '\n')
        g_string_append_c(out, ',');
    if (!name)
        return;
    g_string_append_c(out, '"');
    g_string_append(out, name);
    g_string_append(out, "\":");
}

void json_open(GString *out, const char *name, char bracket) {
    begin(out, name);
    g_string_append_c(out, bracket);
}

void json_close(GString *out, char bracket) {
    g_string_append_c(out, bracket);
}

void json_null(GString *out, const char *name) {
    begin(out, name);
    g_string_append(out, "null");
}

/* RFC 8259 section 7.  DEL needs no escape, but no terminal should get it. */
static bool is_plain(char c) {
    return c != '"' && c != '\\' && c != 0x7f && (unsigned char)c >= 0x20;
}

static void add_escaped(GString *out, char c) {
    if (c == '"' || c == '\\')
        g_string_append_printf(out, "\\%c", c);
    else
        g_string_append_printf(out, "\\u%04x", (unsigned)c);
}

void json_string(GString *out, const char *name, const char *value) {
    if (!value) {
        json_null(out, name);
        return;
    }
    char *valid = g_utf8_make_valid(value, -1);
    begin(out, name);
    g_string_append_c(out, '"');
    for (const char *p = valid; *p;) {
        const char *plain = p;
        while (*p && is_plain(*p))
            p++;
        g_string_append_len(out, plain, p - plain);
        if (*p)
            add_escaped(out, *p++);
    }
    g_string_append_c(out, '"');
    g_free(valid);
}

void json_address(GString *out, const char *name, const struct tcprst_address *address) {
    GString *text = g_string_new(NULL);
    tcprst_add_address(text, address);
    json_string(out, name, text->str);
    g_string_free(text, TRUE);
}

void json_bool(GString *out, const char *name, bool value) {
    begin(out, name);
    g_string_append(out, value ? "true" : "false");
}

void json_number(GString *out, const char *name, int64_t value) {
    char text[24];
    snprintf(text, sizeof text, "%" G_GINT64_FORMAT, value); /* without memory of its own */
    begin(out, name);
    g_string_append(out, text);
}

void json_ratio(GString *out, const char *name, double value) {
    char text[G_ASCII_DTOSTR_BUF_SIZE + 32];
    if (!(value >= 0) || value > 1e18) {
        json_null(out, name);
        return;
    }
    begin(out, name);
    g_string_append(out, g_ascii_formatd(text, sizeof text, "%.3f", value)); /* no locale's comma */
}

void json_frame(GString *out, const char *name, uint32_t frame) {
    if (frame)
        json_number(out, name, frame);
    else
        json_null(out, name);
}

void json_duration(GString *out, const char *name, int64_t ns) {
    begin(out, name);
    tcprst_add_seconds(out, ns);
}

void json_time(GString *out, const char *name, int64_t time_ns) {
    begin(out, name);
    g_string_append_c(out, '"');
    tcprst_add_iso_time(out, time_ns);
    g_string_append(out, "\",\"");
    g_string_append(out, name);
    g_string_append(out, "_epoch\":");
    tcprst_add_seconds(out, time_ns);
}
