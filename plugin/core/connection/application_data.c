/* application_data.c - listens to the first words of each side
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/connection/application_data.h"

#include "core/connection/connection.h"

/* `next` is where, behind the segment's first byte, the ClientHello's next extension begins; 0: nowhere. */
static void keep_name(struct tcprst_content *content, const struct tcprst_segment *s, const char *name,
                      size_t next, struct tcprst_lexicon *lexicon) {
    content->said[TCPRST_CLIENT].word = tcprst_lexicon_add(lexicon, name);
    content->hello_open = next && s->payload_captured_bytes == s->payload_bytes;
    content->next_extension = s->seq + (uint32_t)next;
}

static bool is_longer_than_segment(const struct tcprst_segment *s) {
    enum { RECORD_HEADER_BYTES = 5 };
    uint32_t record_bytes = RECORD_HEADER_BYTES + (uint32_t)(s->payload[3] << 8 | s->payload[4]);
    return record_bytes > s->payload_bytes;
}

static void hear_client(struct tcprst_content *content, const struct tcprst_segment *s,
                        struct tcprst_lexicon *lexicon) {
    struct tcprst_said *said = &content->said[TCPRST_CLIENT];
    char name[TCPRST_WORD_SIZE];
    if (said->speech == TCPRST_SPEECH_TLS) {
        content->hello_split = is_longer_than_segment(s);
        size_t next = tcprst_tls_hello(s->payload, s->payload_captured_bytes, name);
        keep_name(content, s, name, next, lexicon);
    } else if (said->speech == TCPRST_SPEECH_HTTP) {
        tcprst_http_host(s->payload, s->payload_captured_bytes, name);
        said->word = tcprst_lexicon_add(lexicon, name);
    }
}

static void hear_server(struct tcprst_content *content, const struct tcprst_segment *s,
                        struct tcprst_lexicon *lexicon) {
    struct tcprst_said *said = &content->said[TCPRST_SERVER];
    char words[TCPRST_WORD_SIZE];
    content->hello_open = false;
    if (said->speech > TCPRST_SPEECH_GREETING)
        return;
    tcprst_refusing_words(s->payload, s->payload_captured_bytes, words);
    said->word = tcprst_lexicon_add(lexicon, words);
}

static void hear_more(struct tcprst_content *content, const struct tcprst_segment *s,
                      struct tcprst_lexicon *lexicon) {
    char name[TCPRST_WORD_SIZE];
    uint32_t at = content->next_extension - s->seq;
    if (at >= s->payload_captured_bytes)
        return;
    size_t next = tcprst_tls_extensions(s->payload, s->payload_captured_bytes, at, name);
    keep_name(content, s, name, next, lexicon);
}

void tcprst_content_hear(struct tcprst_connection *c, const struct tcprst_segment *s,
                         struct tcprst_lexicon *lexicon) {
    enum tcprst_role role = tcprst_connection_role(c, s);
    struct tcprst_content *content = &c->content;
    struct tcprst_said *said = &content->said[role];
    const struct tcprst_side *own = &c->side[role];

    if (!said->speech && c->handshake_done && own->isn_known && s->seq == own->isn + 1) {
        said->speech = (uint8_t)tcprst_speech_of(s->payload, s->payload_captured_bytes);
        said->frame = s->frame;
        if (role == TCPRST_CLIENT)
            hear_client(content, s, lexicon);
        else
            hear_server(content, s, lexicon);
    } else if (role == TCPRST_CLIENT && content->hello_open) {
        hear_more(content, s, lexicon);
    }
    if (s->payload_bytes != TCPRST_ALERT_BYTES)
        return;
    uint8_t alert = tcprst_fatal_alert(s->payload, s->payload_captured_bytes);
    if (alert)
        said->alert = alert, content->alert_frame = s->frame;
}
