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
        first->content = tcprst_request_content(s->payload, s->payload_captured_bytes);
        application->left_http = tcprst_begins_http_2(s->payload, s->payload_captured_bytes);
    } else {
        first->content = tcprst_first_line_digest(s->payload, s->payload_captured_bytes);
        if (!application->first[TCPRST_SERVER].frame) /* the client speaks first */
            application->framing = (uint8_t)tcprst_framing_of(
                s->payload, s->payload_captured_bytes, s->payload_bytes);
    }
}

/* Of what follows neither the ends of messages nor the number of answers is known. */
static void forget_framing(struct tcprst_application_data *application) {
    application->framing = TCPRST_FRAMING_NONE;
    application->owed = 0;
    for (enum tcprst_role role = TCPRST_CLIENT; role <= TCPRST_SERVER; role++) {
        application->first[role].message = TCPRST_MESSAGE_UNKNOWN;
        application->first[role].message_end = 0;
    }
}

/* Takes the client's framing back if the server's first payload does not fit it. */
static void confirm_framing(struct tcprst_application_data *application,
                            const struct tcprst_segment *s) {
    uint16_t parts = 0;
    if (application->framing > TCPRST_FRAMING_DNS &&
        !tcprst_framed_message_at(application->framing, true, s->payload,
                                  s->payload_captured_bytes, &parts).kind)
        forget_framing(application);
}

static void read_server(struct tcprst_application_data *application, const struct tcprst_segment *s,
                        struct tcprst_server_names *server_names) {
    struct tcprst_first_payload *first = &application->first[TCPRST_SERVER];
    char words[TCPRST_WORD_SIZE];
    application->client_hello_open = false;
    confirm_framing(application, s);
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

/* The last chunk, if the segment ends with it. */
static void read_last_chunk(struct tcprst_first_payload *own, const struct tcprst_segment *s) {
    if (s->payload_captured_bytes < s->payload_bytes) {
        own->message = TCPRST_MESSAGE_UNKNOWN;
        own->message_end = 0;
    } else if (tcprst_ends_chunks(s->payload, s->payload_captured_bytes)) {
        own->message = TCPRST_MESSAGE_WHOLE;
        own->message_end = s->seq + s->payload_bytes;
    }
}

static bool has_end(const struct tcprst_first_payload *own) {
    return own->message >= TCPRST_MESSAGE_RECORD && own->message <= TCPRST_MESSAGE_PART;
}

/* Offset in the segment at which the side's next message begins; 0 also if it began before, as the
 * capture lacks segments. */
static uint32_t next_message(const struct tcprst_first_payload *own,
                             const struct tcprst_segment *s) {
    bool follows = has_end(own) && tcprst_seq_after(own->message_end, s->seq);
    return follows ? own->message_end - s->seq : 0;
}

static struct tcprst_message message_at(struct tcprst_application_data *application,
                                        enum tcprst_role role, const struct tcprst_segment *s,
                                        uint32_t at) {
    const size_t left = s->payload_captured_bytes > at ? s->payload_captured_bytes - at : 0;
    return application->framing
               ? tcprst_framed_message_at(application->framing, role == TCPRST_SERVER,
                                          s->payload + at, left, &application->parts)
               : tcprst_message_at(s->payload + at, left,
                                   application->first[TCPRST_CLIENT].asks_no_body);
}

/* Reads the headers of the messages that begin in the segment: one begins with the side's first
 * payload, or where the preceding one ends; elsewhere only those of HTTP are recognized.  Returns
 * the number of the server's answers, or of the client's requests that are not of HTTP; UINT16_MAX
 * if there can be more that are not recognized.  At most MOST_MESSAGES are read. */
static unsigned read_messages(struct tcprst_application_data *application, enum tcprst_role role,
                              const struct tcprst_segment *s, bool begins_http) {
    enum { MOST_MESSAGES = 256 };
    struct tcprst_first_payload *own = &application->first[role];
    uint32_t at = next_message(own, s);
    bool is_known = own->frame == s->frame || (has_end(own) && own->message_end == s->seq + at);
    unsigned count = 0, read = 0;
    if (at >= s->payload_bytes)
        return 0;
    if (!is_known && !begins_http) {
        if (own->message == TCPRST_MESSAGE_CHUNKED)
            read_last_chunk(own, s);
        return UINT16_MAX;
    }
    do {
        const struct tcprst_message message = read++ < MOST_MESSAGES
                                                  ? message_at(application, role, s, at)
                                                  : (struct tcprst_message){0};
        at += message.bytes;
        own->message = (uint8_t)message.kind;
        own->message_end = message.kind ? s->seq + at : 0;
        own->answer_closes = message.announces_close;
        count += message.is_answer || message.is_request;
    } while (has_end(own) && at < s->payload_bytes);
    const bool shows_all = is_known && has_end(own);
    if (own->message == TCPRST_MESSAGE_CHUNKED)
        read_last_chunk(own, s);
    return shows_all ? count : UINT16_MAX;
}

/* Framings other than DNS's are trusted as long as each message was recognized.  A copy brings
 * none. */
static unsigned read_new_messages(struct tcprst_connection *c, enum tcprst_role role,
                                  const struct tcprst_segment *s, bool begins_http) {
    const bool is_trusted = c->application.framing > TCPRST_FRAMING_DNS;
    if (is_trusted && c->side[role].last_data_frame != s->frame)
        return 0;
    const unsigned count = read_messages(&c->application, role, s, begins_http);
    if (is_trusted && count == UINT16_MAX)
        forget_framing(&c->application);
    return count;
}

/* `count`: as of read_messages(); `asks`: the segment begins a new request of HTTP. */
static void count_owed(struct tcprst_application_data *application, enum tcprst_role role,
                       unsigned count, bool asks) {
    const unsigned requests = application->framing && count != UINT16_MAX ? count : asks;
    if (role == TCPRST_SERVER)
        application->owed -= MIN(application->owed, count);
    else
        application->owed += MIN(requests, (unsigned)UINT16_MAX - application->owed);
}

/* What the segment begins is a request that its server has not got before, as far as is known. */
static bool is_new_request(const struct tcprst_connection *c, const struct tcprst_segment *s) {
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    const struct tcprst_first_payload *first = &c->application.first[TCPRST_CLIENT];
    return client->last_data_frame == s->frame && !next_message(first, s) &&
           !(server->has_acked && tcprst_seq_after(server->acked, s->seq));
}

/* Words with which the server turns the client away after others, until it says more. */
static void read_answer(struct tcprst_application_data *application, const struct tcprst_segment *s,
                        struct tcprst_server_names *server_names) {
    struct tcprst_first_payload *first = &application->first[TCPRST_SERVER];
    char words[TCPRST_WORD_SIZE] = "";
    if (first->word && !application->server_refused)
        return;
    if (s->payload_bytes <= TCPRST_ANSWER_BYTES)
        tcprst_refusing_answer(s->payload, s->payload_captured_bytes, words);
    application->server_refused = *words;
    first->word = *words ? tcprst_server_names_add(server_names, words) : 0;
}

/* Whether the payload is the last of the side: farewells are commands, and within content there are
 * none. */
static void read_farewell(struct tcprst_application_data *application,
                          const struct tcprst_segment *s, enum tcprst_role role) {
    struct tcprst_first_payload *first = &application->first[role];
    const uint8_t *bytes = s->payload;
    size_t count = s->payload_captured_bytes;
    if (role == TCPRST_SERVER) {
        application->awaits_content = tcprst_asks_for_content(bytes, count);
        application->answer_follows = tcprst_says_answer_follows(bytes, count);
    } else if (application->awaits_content) {
        size_t end = tcprst_end_of_content(bytes, count);
        application->awaits_content = !end;
        bytes += end ? end : count;
        count -= end ? end : count;
    }
    if (role == TCPRST_CLIENT)
        application->needs_no_answer = tcprst_needs_no_answer(bytes, count);
    const bool is_short = count && s->payload_bytes <= TCPRST_CLOSE_NOTICE_BYTES;
    first->announces_close = is_short && tcprst_announces_close(bytes, count) &&
                             !tcprst_fatal_alert(s->payload, s->payload_captured_bytes);
    first->asks_to_close = first->announces_close && tcprst_asks_to_close(bytes, count);
    first->asks_only_to_close = first->asks_to_close && tcprst_asks_only_to_close(bytes, count);
    if (application->framing == TCPRST_FRAMING_MEMCACHED && !first->asks_only_to_close)
        first->announces_close = first->asks_to_close = false; /* content can read so */
    first->is_cut = s->payload_bytes <= TCPRST_CLOSE_NOTICE_BYTES &&
                    s->payload_captured_bytes < s->payload_bytes;
}

/* A segment that begins with a message of HTTP. */
static void read_http(struct tcprst_application_data *application, const struct tcprst_segment *s,
                      enum tcprst_role role) {
    const uint8_t *bytes = s->payload;
    const size_t count = s->payload_captured_bytes;
    if (role == TCPRST_SERVER) {
        application->left_http |= tcprst_leaves_http(bytes, count, application->asks_tunnel);
        return;
    }
    application->first[role].asks_no_body = tcprst_asks_no_body(bytes, count);
    application->asks_tunnel = tcprst_asks_tunnel(bytes, count);
}

/* The client's last words of the TLS handshake. */
static void read_tls_end(struct tcprst_application_data *application,
                         const struct tcprst_segment *s) {
    const bool is_all = s->payload_captured_bytes == s->payload_bytes;
    application->tls_finished = is_all && tcprst_is_tls_finished(s->payload, s->payload_bytes);
    application->tls_alerted = is_all && tcprst_is_sealed_tls_alert(s->payload, s->payload_bytes);
}

/* New payload after the header, and no copy of that. */
static bool brings_content(const struct tcprst_connection *c, const struct tcprst_segment *s) {
    return c->application.first[TCPRST_CLIENT].content == TCPRST_CONTENT_FOLLOWS &&
           c->side[TCPRST_CLIENT].last_data_frame == s->frame;
}

static void read_payload(struct tcprst_connection *c, const struct tcprst_segment *s,
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
    } else if (role == TCPRST_CLIENT && brings_content(c, s)) {
        first->content = tcprst_content_digest(s->payload, s->payload_captured_bytes);
    } else if (role == TCPRST_SERVER &&
               (application->server_refused || s->payload_bytes <= TCPRST_ANSWER_BYTES)) {
        read_answer(application, s, server_names);
    }
    if (role == TCPRST_CLIENT)
        read_tls_end(application, s);
    bool begins_http = !application->framing &&
                       tcprst_begins_http(s->payload, s->payload_captured_bytes);
    if (begins_http)
        read_http(application, s, role);
    const bool asks = begins_http && role == TCPRST_CLIENT && is_new_request(c, s);
    const unsigned count = read_new_messages(c, role, s, begins_http);
    if (role == TCPRST_SERVER && application->asks_tunnel)
        first->answer_closes = false; /* what follows is the tunnel's */
    count_owed(application, role, count, asks);
    read_farewell(application, s, role);
    if (s->payload_bytes != TCPRST_ALERT_BYTES)
        return;
    uint8_t alert = tcprst_fatal_alert(s->payload, s->payload_captured_bytes);
    if (alert)
        first->alert = alert, application->alert_frame = s->frame;
}

/* Nothing was captured of the segment's payload. */
static void miss_payload(struct tcprst_connection *c, const struct tcprst_segment *s,
                         enum tcprst_role role) {
    struct tcprst_first_payload *first = &c->application.first[role];
    first->announces_close = first->asks_to_close = first->asks_only_to_close = false;
    c->application.tls_finished &= role != TCPRST_CLIENT;
    c->application.tls_alerted &= role != TCPRST_CLIENT;
    c->application.needs_no_answer &= role != TCPRST_CLIENT;
    c->application.answer_follows &= role != TCPRST_SERVER;
    first->is_cut = s->payload_bytes <= TCPRST_CLOSE_NOTICE_BYTES;
    if (has_end(first) && next_message(first, s) >= s->payload_bytes)
        return;
    if (c->application.framing > TCPRST_FRAMING_DNS)
        forget_framing(&c->application);
    first->message = TCPRST_MESSAGE_UNKNOWN, first->message_end = 0, c->application.owed = 0;
}

void tcprst_application_data_observe(struct tcprst_connection *c, const struct tcprst_segment *s,
                                     enum tcprst_role role,
                                     struct tcprst_server_names *server_names) {
    if (s->payload)
        read_payload(c, s, role, server_names);
    else if (s->payload_bytes)
        miss_payload(c, s, role);
}
