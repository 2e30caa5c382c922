/* capture_file.h - the frames of a capture file, in any format that Wireshark reads
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_CAPTURE_FILE_H
#define TCPRST_CAPTURE_FILE_H

#include "layer.h"

struct tcprst_capture_file;

struct tcprst_frame {
    /* from 1, as Wireshark counts: records that hold no packet count, too */
    uint32_t number;
    int64_t  time_ns;          /* since the epoch */
    struct tcprst_layer layer; /* the first one; its bytes are valid until the next frame is read */
    int      link_type;        /* libpcap's number of it (DLT_), -1: none */
    const char *link_name;     /* a static string; NULL: the record holds no packet */
};

/* The first layer of a frame that libpcap read, by libpcap's number of its link type. */
void tcprst_frame_set_packet(struct tcprst_frame *frame, int link_type, const uint8_t *bytes,
                             uint32_t captured_bytes, uint32_t length_bytes);

/* To be called once, before the first file, and once after the last. */
void tcprst_capture_files_begin(void);
void tcprst_capture_files_end(void);

/* Opens a file, standard input for "-".  NULL if it cannot be read, and then `error` says why
 * (g_free). */
struct tcprst_capture_file *tcprst_capture_file_open(const char *name, char **error);
void tcprst_capture_file_close(struct tcprst_capture_file *file);

/* How much of the file has been read, in percent; -1: unknown. */
int tcprst_capture_file_percent(const struct tcprst_capture_file *file);

/* Reads the next frame.  False at the end of the file; `error` is set if the file ends because it
 * is cut short or damaged (g_free), else NULL. */
bool tcprst_capture_file_next(struct tcprst_capture_file *file, struct tcprst_frame *frame,
                              char **error);

#endif
