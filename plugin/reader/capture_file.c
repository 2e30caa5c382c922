/* capture_file.c - reads capture files through libwiretap
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture_file.h"

#include "compat.h"

struct tcprst_capture_file {
    wtap *file;
    struct tcprst_record record;
    uint32_t frames;
};

static const struct {
    int encapsulation;
    enum tcprst_layer_kind kind;
} link_types[] = {
    {WTAP_ENCAP_ETHERNET, TCPRST_LAYER_ETHERNET},
    {WTAP_ENCAP_SLL, TCPRST_LAYER_COOKED},
    {WTAP_ENCAP_SLL2, TCPRST_LAYER_COOKED_2},
    {WTAP_ENCAP_NULL, TCPRST_LAYER_LOOPBACK},
    {WTAP_ENCAP_LOOP, TCPRST_LAYER_LOOPBACK},
    {WTAP_ENCAP_RAW_IP, TCPRST_LAYER_RAW_IP},
    {WTAP_ENCAP_RAW_IP4, TCPRST_LAYER_IPV4},
    {WTAP_ENCAP_RAW_IP6, TCPRST_LAYER_IPV6},
    {WTAP_ENCAP_PPP, TCPRST_LAYER_PPP},
    {WTAP_ENCAP_PPP_WITH_PHDR, TCPRST_LAYER_PPP},
    {WTAP_ENCAP_PPP_ETHER, TCPRST_LAYER_PPPOE},
    {WTAP_ENCAP_CHDLC, TCPRST_LAYER_CHDLC},
    {WTAP_ENCAP_CHDLC_WITH_PHDR, TCPRST_LAYER_CHDLC},
};

void tcprst_capture_files_begin(void) {
    TCPRST_LOG_WARNINGS_ONLY;
    wtap_init(FALSE); /* without Wireshark's plugins for further formats */
}

void tcprst_capture_files_end(void) {
    wtap_cleanup();
}

/* A sentence on what libwiretap says; frees `info`. */
static char *spell_error(int error, char *info) {
    char *text = info ? g_strdup_printf("%s (%s)", wtap_strerror(error), info) : g_strdup(wtap_strerror(error));
    g_free(info);
    return text;
}

struct tcprst_capture_file *tcprst_capture_file_open(const char *name, char **error) {
    int number = 0;
    char *info = NULL;
    wtap *opened = wtap_open_offline(name, WTAP_TYPE_AUTO, &number, &info, FALSE);
    if (!opened) {
        *error = spell_error(number, info);
        return NULL;
    }
    struct tcprst_capture_file *file = g_new0(struct tcprst_capture_file, 1);
    file->file = opened;
    tcprst_record_init(&file->record);
    return file;
}

void tcprst_capture_file_close(struct tcprst_capture_file *file) {
    tcprst_record_clear(&file->record);
    wtap_close(file->file);
    g_free(file);
}

/* Saturates: files can hold any time.  The nanoseconds of a damaged one come to three seconds at most. */
static int64_t read_time(const nstime_t *at) {
    const int64_t second_ns = INT64_C(1000000000), secs = at->secs;
    if (secs > INT64_MAX / second_ns - 3)
        return INT64_MAX;
    if (secs < INT64_MIN / second_ns + 3)
        return INT64_MIN;
    return secs * second_ns + at->nsecs;
}

/* The first layer of a packet; of a link type that is not followed, its name. */
static struct tcprst_layer first_layer(const struct tcprst_record *record) {
    const wtap_packet_header *header = &record->rec.rec_header.packet_header;
    struct tcprst_layer layer = {
        .bytes = tcprst_record_bytes(record),
        .captured_bytes = header->caplen,
        .length_bytes = header->len,
    };
    tcprst_layer_limit(&layer, header->len);
    for (unsigned i = 0; i < G_N_ELEMENTS(link_types); i++)
        if (link_types[i].encapsulation == header->pkt_encap) {
            layer.kind = link_types[i].kind;
            return layer;
        }
    const char *name = wtap_encap_description(header->pkt_encap);
    tcprst_layer_leave(&layer, name ? name : "unknown link type");
    return layer;
}

bool tcprst_capture_file_next(struct tcprst_capture_file *file, struct tcprst_frame *frame, char **error) {
    int number = 0;
    char *info = NULL;
    *error = NULL;
    if (!tcprst_record_read(&file->record, file->file, &number, &info)) {
        *error = number ? spell_error(number, info) : NULL;
        return false;
    }
    frame->number = ++file->frames;
    frame->time_ns = read_time(&file->record.rec.ts);
    frame->layer = (struct tcprst_layer){.kind = TCPRST_LAYER_END};
    if (file->record.rec.rec_type == REC_TYPE_PACKET)
        frame->layer = first_layer(&file->record);
    return true;
}
