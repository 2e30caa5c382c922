/* application_data.c - reads the first payload of each side
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/application_data.h"

#include "core/connection/connection.h"
#include "core/packet/bytes.h"

/* `next`: offset from the segment's first byte at which the ClientHello's next extension begins; 0:
 * there is none. */
static void keep_name(struct tcprst_application_data *application, const struct tcprst_segment *s,
                      const char *name, size_t next, struct tcprst_server_names *server_names) {
    application->first[TCPRST_CLIENT].word = tcprst_server_names_add(server_names, name);
    application->client_hello_open = next && s->payload_captured_bytes == s->payload_bytes;
    application->next_extension = s->seq + (uint32_t)next;
}

static bool is_longer_than_segment(const struct tcprst_segment *s) {
    enum { RECORD_HEADER_BYTES = 5 };
    uint32_t record_bytes = RECORD_HEADER_BYTES + tcprst_read_16(s->payload + 3);
    return record_bytes > s->payload_bytes;
}

static void read_client(struct tcprst_application_data *application, const struct tcprst_segment *s,
                        struct tcprst_server_names *server_names) {
    struct tcprst_first_payload *first = &application->first[TCPRST_CLIENT];
    char name[TCPRST_WORD_SIZE];
    if (first->protocol == TCPRST_PROTOCOL_TLS) {
        application->client_hello_split = is_longer_than_segment(s);
        size_t next = tcprst_tls_hello(s->payload, s->payload_captured_bytes, name);
        keep_name(application, s, name, next, server_names);
    } else if (first->protocol == TCPRST_PROTOCOL_HTTP) {
        tcprst_http_host(s->payload, s->payload_captured_bytes, name);
        first->word = tcprst_server_names_add(server_names, name);
    }
}

static void read_server(struct tcprst_application_data *application, const struct tcprst_segment *s,
                        struct tcprst_server_names *server_names) {
    struct tcprst_first_payload *first = &application->first[TCPRST_SERVER];
    char words[TCPRST_WORD_SIZE];
    application->client_hello_open = false;
    if (first->protocol > TCPRST_PROTOCOL_GREETING)
        return;
    tcprst_refusing_words(s->payload, s->payload_captured_bytes, words);
    first->word = tcprst_server_names_add(server_names, words);
}

static void read_more(struct tcprst_application_data *application, const struct tcprst_segment *s,
                      struct tcprst_server_names *server_names) {
    char name[TCPRST_WORD_SIZE];
    uint32_t at = application->next_extension - s->seq;
    if (at >= s->payload_captured_bytes)
        return;
    size_t next = tcprst_tls_extensions(s->payload, s->payload_captured_bytes, at, name);
    keep_name(application, s, name, next, server_names);
}

void tcprst_application_data_read(struct tcprst_connection *c, const struct tcprst_segment *s,
                                  enum tcprst_role role, struct tcprst_server_names *server_names) {
    struct tcprst_application_data *application = &c->application;
    struct tcprst_first_payload *first = &application->first[role];
    const struct tcprst_side *own = &c->side[role];

    if (!first->protocol && c->handshake_done && own->isn_known && s->seq == own->isn + 1) {
        first->protocol = (uint8_t)tcprst_protocol_of(s->payload, s->payload_captured_bytes);
        first->frame = s->frame;
        if (role == TCPRST_CLIENT)
            read_client(application, s, server_names);
        else
            read_server(application, s, server_names);
    } else if (role == TCPRST_CLIENT && application->client_hello_open) {
        read_more(application, s, server_names);
    }
    first->announces_close = s->payload_bytes <= TCPRST_CLOSE_NOTICE_BYTES &&
                             tcprst_announces_close(s->payload, s->payload_captured_bytes) &&
                             !tcprst_fatal_alert(s->payload, s->payload_captured_bytes);
    first->is_cut = s->payload_bytes <= TCPRST_CLOSE_NOTICE_BYTES &&
                    s->payload_captured_bytes < s->payload_bytes;
    if (s->payload_bytes != TCPRST_ALERT_BYTES)
        return;
    uint8_t alert = tcprst_fatal_alert(s->payload, s->payload_captured_bytes);
    if (alert)
        first->alert = alert, application->alert_frame = s->frame;
}

void tcprst_application_data_miss(struct tcprst_connection *c, const struct tcprst_segment *s,
                                  enum tcprst_role role) {
    struct tcprst_first_payload *first = &c->application.first[role];
    first->announces_close = false;
    first->is_cut = s->payload_bytes <= TCPRST_CLOSE_NOTICE_BYTES;
}
