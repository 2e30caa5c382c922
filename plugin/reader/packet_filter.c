/* packet_filter.c - compiles the expression once for each link type, by libpcap
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet_filter.h"

#include <glib.h>
#include <pcap/pcap.h>

enum { LARGEST_PACKET = 262144 }; /* as tcpdump has it */

struct program {
    struct bpf_program code;
    bool fits; /* the expression can be compiled for this link type */
};

struct tcprst_packet_filter {
    char *expression;
    GHashTable *programs; /* by link type, owned */
    int last_type;
    struct program *last;
};

static void free_program(gpointer item) {
    struct program *program = item;
    if (program->fits)
        pcap_freecode(&program->code);
    g_free(program);
}

/* `error` may be NULL. */
static struct program *compile(const char *expression, int link_type, char **error) {
    struct program *program = g_new0(struct program, 1);
    pcap_t *handle = pcap_open_dead(link_type, LARGEST_PACKET);
    program->fits = pcap_compile(handle, &program->code, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!program->fits && error)
        *error = g_strdup(pcap_geterr(handle));
    pcap_close(handle);
    return program;
}

struct tcprst_packet_filter *tcprst_packet_filter_new(const char *expression, char **error) {
    struct program *tried = compile(expression, DLT_EN10MB, error);
    if (!tried->fits) {
        free_program(tried);
        return NULL;
    }
    struct tcprst_packet_filter *filter = g_new0(struct tcprst_packet_filter, 1);
    filter->expression = g_strdup(expression);
    filter->programs = g_hash_table_new_full(NULL, NULL, NULL, free_program);
    g_hash_table_insert(filter->programs, GINT_TO_POINTER(DLT_EN10MB), tried);
    filter->last = tried;
    filter->last_type = DLT_EN10MB;
    return filter;
}

void tcprst_packet_filter_free(struct tcprst_packet_filter *filter) {
    if (!filter)
        return;
    g_hash_table_destroy(filter->programs);
    g_free(filter->expression);
    g_free(filter);
}

static const struct program *program_for(struct tcprst_packet_filter *filter, int link_type) {
    if (filter->last_type == link_type)
        return filter->last;
    gpointer key = GINT_TO_POINTER(link_type);
    filter->last = g_hash_table_lookup(filter->programs, key);
    filter->last_type = link_type;
    if (!filter->last) {
        filter->last = compile(filter->expression, link_type, NULL);
        g_hash_table_insert(filter->programs, key, filter->last);
    }
    return filter->last;
}

bool tcprst_packet_filter_passes(struct tcprst_packet_filter *filter,
                                 const struct tcprst_frame *frame) {
    if (frame->link_type < 0)
        return false;
    const struct program *program = program_for(filter, frame->link_type);
    const struct pcap_pkthdr header = {.caplen = frame->layer.captured_bytes,
                                       .len = frame->layer.length_bytes};
    return program->fits && pcap_offline_filter(&program->code, &header, frame->layer.bytes);
}
