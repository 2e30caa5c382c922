/* capture_file.c - reads capture files through libwiretap
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture_file.h"

#include <pcap/dlt.h>

#include "compat.h"

struct tcprst_capture_file {
    wtap *file;
    struct tcprst_record record;
    uint32_t frames;
};

static const struct link_type {
    int encapsulation;
    enum tcprst_layer_kind kind;
    int number; /* libpcap's */
} link_types[] = {
    {WTAP_ENCAP_ETHERNET, TCPRST_LAYER_ETHERNET, DLT_EN10MB},
    {WTAP_ENCAP_SLL, TCPRST_LAYER_COOKED, DLT_LINUX_SLL},
    {WTAP_ENCAP_SLL2, TCPRST_LAYER_COOKED_2, DLT_LINUX_SLL2},
    {WTAP_ENCAP_NULL, TCPRST_LAYER_LOOPBACK, DLT_NULL},
    {WTAP_ENCAP_LOOP, TCPRST_LAYER_LOOPBACK, DLT_LOOP},
    {WTAP_ENCAP_RAW_IP, TCPRST_LAYER_RAW_IP, DLT_RAW},
    {WTAP_ENCAP_RAW_IP4, TCPRST_LAYER_IPV4, DLT_IPV4},
    {WTAP_ENCAP_RAW_IP6, TCPRST_LAYER_IPV6, DLT_IPV6},
    {WTAP_ENCAP_PPP, TCPRST_LAYER_PPP, DLT_PPP},
    {WTAP_ENCAP_PPP_WITH_PHDR, TCPRST_LAYER_PPP, DLT_PPP},
    {WTAP_ENCAP_PPP_ETHER, TCPRST_LAYER_PPPOE, DLT_PPP_ETHER},
    {WTAP_ENCAP_CHDLC, TCPRST_LAYER_CHDLC, DLT_C_HDLC},
    {WTAP_ENCAP_CHDLC_WITH_PHDR, TCPRST_LAYER_CHDLC, DLT_C_HDLC},
};

void tcprst_capture_files_begin(void) {
    TCPRST_LOG_WARNINGS_ONLY;
    wtap_init(FALSE); /* without Wireshark's plugins for further formats */
}

void tcprst_capture_files_end(void) {
    wtap_cleanup();
}

/* What libwiretap says, in words for somebody who does not know its errors; frees `info`.  A
 * positive number is the system's. */
static char *spell_error(int error, char *info) {
    const char *words = error == WTAP_ERR_FILE_UNKNOWN_FORMAT
                            ? "not a capture file, or of an unknown format"
                        : error == WTAP_ERR_NOT_REGULAR_FILE ? "neither a file nor a pipe"
                        : error == WTAP_ERR_SHORT_READ       ? "cut short within a packet"
                        : error == WTAP_ERR_BAD_FILE         ? "damaged"
                        : error == WTAP_ERR_DECOMPRESS  ? "damaged, as it cannot be decompressed"
                        : error == WTAP_ERR_UNSUPPORTED ? "not supported"
                                                        : wtap_strerror(error);
    char *text = info && *info ? g_strdup_printf("%s (%s)", words, info) : g_strdup(words);
    g_free(info);
    return text;
}

/* Wireshark opens files that hold no packets, too.  NULL if it is a capture. */
static const char *why_no_capture(wtap *opened, const char *name) {
    static const int whole_files[] = {WTAP_ENCAP_MIME,        WTAP_ENCAP_MP4,  WTAP_ENCAP_JPEG_JFIF,
                                      WTAP_ENCAP_JSON,        WTAP_ENCAP_MPEG, WTAP_ENCAP_RFC7468,
                                      WTAP_ENCAP_RUBY_MARSHAL};
    int error;
    bool is_file = g_file_test(name, G_FILE_TEST_IS_REGULAR);
    if (is_file ? !wtap_file_size(opened, &error) : !wtap_read_so_far(opened))
        return "empty";
    for (unsigned i = 0; i < G_N_ELEMENTS(whole_files); i++)
        if (wtap_file_encap(opened) == whole_files[i])
            return "not a capture file, or of an unknown format";
    return NULL;
}

struct tcprst_capture_file *tcprst_capture_file_open(const char *name, char **error) {
    int number = 0;
    char *info = NULL;
    wtap *opened = wtap_open_offline(name, WTAP_TYPE_AUTO, &number, &info, FALSE);
    if (!opened) {
        *error = spell_error(number, info);
        return NULL;
    }
    const char *none = why_no_capture(opened, name);
    if (none) {
        *error = g_strdup(none);
        wtap_close(opened);
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

static const struct link_type *link_type_of(int encapsulation) {
    for (unsigned i = 0; i < G_N_ELEMENTS(link_types); i++)
        if (link_types[i].encapsulation == encapsulation)
            return &link_types[i];
    return NULL;
}

/* The first layer of a packet; of a link type that is not followed, its name. */
static void set_first_layer(struct tcprst_frame *frame, const struct tcprst_record *record) {
    const wtap_packet_header *header = &record->rec.rec_header.packet_header;
    const struct link_type *type = link_type_of(header->pkt_encap);
    const char *name = wtap_encap_description(header->pkt_encap);
    frame->layer = (struct tcprst_layer){
        .bytes = tcprst_record_bytes(record),
        .captured_bytes = header->caplen,
        .length_bytes = header->len,
        .interface =
            (record->rec.presence_flags & WTAP_HAS_INTERFACE_ID) ? header->interface_id : 0,
    };
    tcprst_layer_limit(&frame->layer, header->len);
    frame->link_type = type ? type->number : -1;
    frame->link_name = name ? name : "unknown link type";
    if (type)
        frame->layer.kind = type->kind;
    else
        tcprst_layer_leave(&frame->layer, frame->link_name);
}

void tcprst_frame_set_packet(struct tcprst_frame *frame, int link_type, const uint8_t *bytes,
                             uint32_t captured_bytes, uint32_t length_bytes) {
    frame->link_type = link_type;
    frame->link_name = "live";
    frame->layer = (struct tcprst_layer){
        .bytes = bytes,
        .captured_bytes = captured_bytes,
        .length_bytes = length_bytes,
    };
    tcprst_layer_limit(&frame->layer, length_bytes);
    for (unsigned i = 0; i < G_N_ELEMENTS(link_types); i++)
        if (link_types[i].number == link_type) {
            frame->layer.kind = link_types[i].kind;
            return;
        }
    tcprst_layer_leave_number(&frame->layer, "link type", (uint32_t)link_type);
}

int tcprst_capture_file_percent(const struct tcprst_capture_file *file) {
    int error;
    int64_t size = wtap_file_size(file->file, &error);
    return size > 0 ? (int)(wtap_read_so_far(file->file) * 100 / size) : -1;
}

bool tcprst_capture_file_next(struct tcprst_capture_file *file, struct tcprst_frame *frame,
                              char **error) {
    int number = 0;
    char *info = NULL;
    *error = NULL;
    if (!tcprst_record_read(&file->record, file->file, &number, &info)) {
        *error = number ? spell_error(number, info) : NULL;
        return false;
    }
    frame->number = ++file->frames;
    const nstime_t *at = &file->record.rec.ts;
    frame->time_ns = tcprst_time_ns(at->secs, at->nsecs);
    frame->layer = (struct tcprst_layer){.kind = TCPRST_LAYER_END};
    frame->link_type = -1;
    frame->link_name = NULL;
    if (file->record.rec.rec_type == REC_TYPE_PACKET)
        set_first_layer(frame, &file->record);
    return true;
}
