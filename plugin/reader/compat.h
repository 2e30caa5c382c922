/* compat.h - what differs between the libwiretaps of Wireshark's versions, named once
 *
 * The version comes from CMake's package, because not every series installs ws_version.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_READER_COMPAT_H
#define TCPRST_READER_COMPAT_H

#include <wiretap/wtap.h>

/* From 3.6 on the libraries say all that they do, until they are told not to, and a record that is
 * read into again must be reset; 3.4 knows no such thing. */
#if WIRESHARK_MAJOR > 3 || WIRESHARK_MINOR >= 6
#include <wsutil/wslog.h>
#define TCPRST_LOG_WARNINGS_ONLY ws_log_set_level(LOG_LEVEL_WARNING)
#define TCPRST_RECORD_RESET(rec) wtap_rec_reset(rec)
#else
#define TCPRST_LOG_WARNINGS_ONLY (void)0
#define TCPRST_RECORD_RESET(rec) (void)(rec)
#endif

/* Since 4.6 a record holds its bytes; before, they were read into a buffer beside it. */
#if WIRESHARK_MAJOR > 4 || (WIRESHARK_MAJOR == 4 && WIRESHARK_MINOR >= 6)
struct tcprst_record {
    wtap_rec rec;
};

static inline void tcprst_record_init(struct tcprst_record *record) {
    enum { FIRST_SIZE = 1514 };
    wtap_rec_init(&record->rec, FIRST_SIZE);
}

static inline void tcprst_record_clear(struct tcprst_record *record) {
    wtap_rec_cleanup(&record->rec);
}

static inline bool tcprst_record_read(struct tcprst_record *record, wtap *file, int *error,
                                      char **info) {
    int64_t place;
    wtap_rec_reset(&record->rec);
    return wtap_read(file, &record->rec, error, info, &place);
}

static inline const uint8_t *tcprst_record_bytes(const struct tcprst_record *record) {
    return record->rec.data.data + record->rec.data.start;
}
#else
struct tcprst_record {
    wtap_rec rec;
    Buffer   bytes;
};

static inline void tcprst_record_init(struct tcprst_record *record) {
    enum { FIRST_SIZE = 1514 };
    wtap_rec_init(&record->rec);
    ws_buffer_init(&record->bytes, FIRST_SIZE);
}

static inline void tcprst_record_clear(struct tcprst_record *record) {
    wtap_rec_cleanup(&record->rec);
    ws_buffer_free(&record->bytes);
}

static inline bool tcprst_record_read(struct tcprst_record *record, wtap *file, int *error,
                                      char **info) {
    int64_t place;
    TCPRST_RECORD_RESET(&record->rec);
    return wtap_read(file, &record->rec, &record->bytes, error, info, &place);
}

static inline const uint8_t *tcprst_record_bytes(const struct tcprst_record *record) {
    return record->bytes.data + record->bytes.start;
}
#endif

#endif
