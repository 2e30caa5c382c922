/* explanation_rules.h - what the functions that fill in texts share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_OUTPUT_EXPLANATION_RULES_H
#define TCPRST_OUTPUT_EXPLANATION_RULES_H

#ifdef _WIN32
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#endif
#include <string.h>

#include "core/verdict/verdict.h"

struct text {
    struct tcprst_view view;
    const struct tcprst_event *event;
    const struct tcprst_endpoint *endpoint;
    const struct tcprst_seen *seen;
    GString *out;
};

#define ADD(...) g_string_append_printf(t->out, __VA_ARGS__)

static inline bool seen(const struct text *t, enum tcprst_evidence evidence) {
    return t->seen->is[evidence];
}

static inline const struct tcprst_side *side(const struct text *t, enum tcprst_role role) {
    return &t->event->before->side[role];
}

static inline const struct tcprst_run *run_of(const struct text *t) {
    return tcprst_view_run(&t->view);
}

static inline void add_frame(struct text *t, uint32_t frame) {
    if (frame)
        ADD("frame %u", frame);
    else
        ADD("a frame that was not captured");
}

static inline void add_duration(struct text *t, int64_t ns) {
    double seconds = (double)ns / 1e9;
    if (ns < 0)
        ADD("an unknown time");
    else if (seconds < 1)
        ADD("%.3f ms", seconds * 1e3);
    else if (seconds < 60)
        ADD("%.1f s", seconds);
    else
        ADD("%" G_GINT64_FORMAT " min %d s", ns / 60000000000, (int)(ns / 1000000000 % 60));
}

static inline void add_address(struct text *t, const struct tcprst_address *address, int port) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool is_ipv4 = memcmp(address->bytes, mapped, sizeof mapped) == 0;
    char name[INET6_ADDRSTRLEN] = "";
    inet_ntop(is_ipv4 ? AF_INET : AF_INET6, address->bytes + (is_ipv4 ? 12 : 0), name, sizeof name);
    if (port < 0)
        ADD("%s", name);
    else
        ADD(is_ipv4 ? "%s:%d" : "[%s]:%d", name, port);
}

static inline void add_value(struct text *t, enum tcprst_evidence evidence) {
    char value[TCPRST_VALUE_SIZE];
    tcprst_evidence_value(&t->view, evidence, value);
    ADD("%s", value);
}

/* The names that neighbours fill, in explanation_neighbours.c. */
void tcprst_text_place(struct text *t); /* explanation.c */
void tcprst_text_address_doubt(struct text *t);
void tcprst_text_afterwards(struct text *t);
void tcprst_text_cookie_signs(struct text *t);
void tcprst_text_flip_signs(struct text *t);
void tcprst_text_host_advice(struct text *t);
void tcprst_text_others_served(struct text *t);
void tcprst_text_pattern(struct text *t);
void tcprst_text_queue_signs(struct text *t);
void tcprst_text_race(struct text *t);
void tcprst_text_run_clients(struct text *t);
void tcprst_text_run_stage(struct text *t);
void tcprst_text_served_after(struct text *t);
void tcprst_text_served_before(struct text *t);

#endif
