/* application_data.c - evidence in what was sent before the reset: first payload, alerts, ICMP
 * errors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

enum { FEW_OTHERS = 3, FEWEST_CUTS = 2 };

static const struct tcprst_application_data *content_of(const struct tcprst_view *v) {
    return &v->event->before->application;
}

static enum tcprst_protocol protocol_spoken_by(const struct tcprst_view *v, enum tcprst_role role) {
    return content_of(v)->first[role].protocol;
}

static const struct tcprst_server_name *word_of(const struct tcprst_view *v,
                                                enum tcprst_role role) {
    return tcprst_server_names_at(tcprst_capture_server_names(v->capture),
                                  content_of(v)->first[role].word);
}

/* --- the request --- */

/* The name in a request that the reset ended; NULL if there is none.  Valid as long as the
 * capture. */
static const struct tcprst_server_name *cut_name(const struct tcprst_view *v) {
    return tcprst_event_cuts_request(v->event) ? word_of(v, TCPRST_CLIENT) : NULL;
}

bool tcprst_saw_named_request_cut(const struct tcprst_view *v, char *value) {
    const struct tcprst_server_name *name = cut_name(v);
    return name && SAY("%.50s, frame %u", name->text, content_of(v)->first[TCPRST_CLIENT].frame);
}

/* Requests with any name that the event's client was answered, or its server answered, whichever
 * are more: what passes between other hosts need not pass the same filter. */
static uint32_t named_answers(const struct tcprst_view *v) {
    return MAX(tcprst_host_answers(v->event->client)->named_answers,
               tcprst_host_answers(endpoint_of(v)->host)->named_answers);
}

/* docs/facts.md 4: a filter always decides by the content.  A server that fails for all its clients
 * is not a filter, so the endpoint must have answered other names, or other endpoints must fail
 * with this one, too. */
bool tcprst_saw_name_always_cut(const struct tcprst_view *v, char *value) {
    const struct tcprst_server_name *name = cut_name(v);
    uint32_t others = named_answers(v);
    if (!name || name->served || name->cut < FEWEST_CUTS || others < FEW_OTHERS ||
        !(name->cut_at_several || endpoint_of(v)->served))
        return false;
    return SAY("%.40s: %u, other names: %u answered", name->text, name->cut, others);
}

/* Two can have one name by chance (docs/facts.md 15). */
bool tcprst_saw_name_cut_often(const struct tcprst_view *v, char *value) {
    return tcprst_saw_name_always_cut(v, NULL) && cut_name(v)->cut > FEWEST_CUTS &&
           SAY("%u times", cut_name(v)->cut);
}

bool tcprst_view_name_is_unserved(const struct tcprst_view *v) {
    const struct tcprst_server_name *name = word_of(v, TCPRST_CLIENT);
    return name && !name->served && v->event->from == TCPRST_SERVER &&
           tcprst_host_answers(endpoint_of(v)->host)->named_answers;
}

bool tcprst_saw_name_also_served(const struct tcprst_view *v, char *value) {
    const struct tcprst_server_name *name = cut_name(v);
    return name && name->served && SAY("%.50s: %u", name->text, name->served);
}

/* docs/facts.md 11: with post-quantum keys a ClientHello takes two segments, which some middleboxes
 * cannot reassemble. */
bool tcprst_saw_hello_split(const struct tcprst_view *v, char *value) {
    return content_of(v)->client_hello_split && tcprst_event_cuts_request(v->event) &&
           SAY("frame %u", content_of(v)->first[TCPRST_CLIENT].frame);
}

/* --- the protocol --- */

bool tcprst_saw_server_spoke_otherwise(const struct tcprst_view *v, char *value) {
    enum tcprst_protocol client = protocol_spoken_by(v, TCPRST_CLIENT),
                         server = protocol_spoken_by(v, TCPRST_SERVER);
    return tcprst_protocols_clash(client, server) &&
           SAY("client: %s, frame %u; server: %s, frame %u", tcprst_protocol_noun(client),
               content_of(v)->first[TCPRST_CLIENT].frame, tcprst_protocol_noun(server),
               content_of(v)->first[TCPRST_SERVER].frame);
}

/* The protocols of the endpoint's other connections, if this one's client sent a request and got no
 * answer; otherwise NULL. */
static const struct tcprst_endpoint_protocols *protocols_of_others(const struct tcprst_view *v) {
    bool unanswered =
        v->event->stage == TCPRST_REQUEST_SENT && protocol_spoken_by(v, TCPRST_CLIENT);
    return unanswered ? endpoint_of(v)->protocols : NULL;
}

/* Number of the endpoint's answered connections in another protocol. */
static unsigned others_otherwise(const struct tcprst_view *v, enum tcprst_protocol *theirs) {
    const struct tcprst_endpoint_protocols *protocols = protocols_of_others(v);
    enum tcprst_protocol client = protocol_spoken_by(v, TCPRST_CLIENT);
    /* the rest of a ClientHello whose beginning was not captured is binary data, too */
    bool is_unsure = client == TCPRST_PROTOCOL_OTHER && tcprst_event_shows_gap(v->event);
    return protocols && !protocols->asked[client] && !is_unsure
               ? tcprst_endpoint_protocols_others(protocols, client, theirs)
               : 0;
}

static bool say_others(const struct tcprst_view *v, char *value, unsigned least, unsigned most) {
    enum tcprst_protocol theirs = TCPRST_PROTOCOL_NONE;
    unsigned others = others_otherwise(v, &theirs);
    return others >= least && others <= most &&
           SAY("here %s, %u other%s %s", tcprst_protocol_noun(protocol_spoken_by(v, TCPRST_CLIENT)),
               others, others == 1 ? "" : "s", tcprst_protocol_noun(theirs));
}

bool tcprst_saw_others_spoke_otherwise(const struct tcprst_view *v, char *value) {
    return say_others(v, value, FEW_OTHERS, UINT16_MAX);
}

/* A hint: some ports take several protocols. */
bool tcprst_saw_few_spoke_otherwise(const struct tcprst_view *v, char *value) {
    return say_others(v, value, 1, FEW_OTHERS - 1);
}

bool tcprst_saw_speech_also_served(const struct tcprst_view *v, char *value) {
    const struct tcprst_endpoint_protocols *protocols = protocols_of_others(v);
    enum tcprst_protocol client = protocol_spoken_by(v, TCPRST_CLIENT);
    return protocols && client > TCPRST_PROTOCOL_OTHER && protocols->asked[client] &&
           SAY("%s: %u", tcprst_protocol_noun(client), protocols->asked[client]);
}

/* IANA, Service Name and Transport Protocol Port Number Registry.  A hint only: any port can have
 * any service. */
static const struct {
    uint16_t port;
    enum tcprst_protocol protocol;
    const char *name;
} registered[] = {
    {21, TCPRST_PROTOCOL_GREETING, "ftp"},     {22, TCPRST_PROTOCOL_SSH, "ssh"},
    {23, TCPRST_PROTOCOL_TEXT, "telnet"},      {25, TCPRST_PROTOCOL_GREETING, "smtp"},
    {80, TCPRST_PROTOCOL_HTTP, "http"},        {110, TCPRST_PROTOCOL_TEXT, "pop3"},
    {143, TCPRST_PROTOCOL_TEXT, "imap"},       {443, TCPRST_PROTOCOL_TLS, "https"},
    {465, TCPRST_PROTOCOL_TLS, "submissions"}, {636, TCPRST_PROTOCOL_TLS, "ldaps"},
    {853, TCPRST_PROTOCOL_TLS, "domain-s"},    {990, TCPRST_PROTOCOL_TLS, "ftps"},
    {993, TCPRST_PROTOCOL_TLS, "imaps"},       {995, TCPRST_PROTOCOL_TLS, "pop3s"},
    {5061, TCPRST_PROTOCOL_TLS, "sips"},       {6514, TCPRST_PROTOCOL_TLS, "syslog-tls"},
    {8080, TCPRST_PROTOCOL_HTTP, "http-alt"},  {587, TCPRST_PROTOCOL_GREETING, "submission"},
    {119, TCPRST_PROTOCOL_GREETING, "nntp"},   {5900, TCPRST_PROTOCOL_TEXT, "rfb"},
    {3306, TCPRST_PROTOCOL_OTHER, "mysql"},
};

/* In all of these that are neither HTTP nor TLS. */
bool tcprst_server_greets_first(const struct tcprst_view *v) {
    for (unsigned i = 0; i < G_N_ELEMENTS(registered); i++)
        if (registered[i].port == endpoint_of(v)->port)
            return registered[i].protocol != TCPRST_PROTOCOL_HTTP &&
                   registered[i].protocol != TCPRST_PROTOCOL_TLS;
    return false;
}

bool tcprst_saw_port_of_other_protocol(const struct tcprst_view *v, char *value) {
    enum tcprst_protocol client = protocol_spoken_by(v, TCPRST_CLIENT);
    for (unsigned i = 0; i < G_N_ELEMENTS(registered); i++) {
        if (registered[i].port != endpoint_of(v)->port ||
            !tcprst_protocols_clash(client, registered[i].protocol))
            continue;
        return SAY("%s on port %u, %s", tcprst_protocol_noun(client), registered[i].port,
                   registered[i].name);
    }
    return false;
}

/* --- last words --- */

static bool say_alert(const struct tcprst_view *v, char *value, enum tcprst_role role) {
    uint8_t code = content_of(v)->first[role].alert;
    return code &&
           SAY("%s (%u), frame %u", tcprst_alert_name(code), code, content_of(v)->alert_frame);
}

/* RFC 8446 section 6.2: the sender of a fatal alert closes at once; only the application knows the
 * keys. */
bool tcprst_saw_sender_alerted(const struct tcprst_view *v, char *value) {
    return say_alert(v, value, v->event->from);
}

bool tcprst_saw_peer_alerted(const struct tcprst_view *v, char *value) {
    return say_alert(v, value, tcprst_peer_of(v->event->from));
}

bool tcprst_saw_server_turned_away(const struct tcprst_view *v, char *value) {
    const struct tcprst_server_name *words =
        content_of(v)->server_refused ? NULL : word_of(v, TCPRST_SERVER);
    return words && SAY("\"%s\", frame %u", words->text, content_of(v)->first[TCPRST_SERVER].frame);
}

/* Only the latest words count: after others the server went on. */
bool tcprst_saw_server_refused(const struct tcprst_view *v, char *value) {
    const struct tcprst_server_name *words =
        content_of(v)->server_refused ? word_of(v, TCPRST_SERVER) : NULL;
    return words &&
           SAY("\"%s\", frame %u", words->text,
               v->event->before->side[TCPRST_SERVER].last_data_frame);
}

/* Which side sent payload last; -1 if neither did, or it is unknown.  What a segment acknowledges
 * shows what its sender had received; the order of frames decides only if that tells nothing. */
static int last_speaker(const struct tcprst_view *v) {
    const struct tcprst_side *client = &v->event->before->side[TCPRST_CLIENT],
                             *server = &v->event->before->side[TCPRST_SERVER];
    if (client->last_data_frame == server->last_data_frame)
        return -1;
    if (!client->last_data_frame || !server->last_data_frame)
        return client->last_data_frame ? TCPRST_CLIENT : TCPRST_SERVER;
    bool client_answers = !tcprst_seq_after(server->last_data_end, client->last_data_ack),
         server_answers = !tcprst_seq_after(client->last_data_end, server->last_data_ack);
    if (client_answers != server_answers)
        return client_answers ? TCPRST_CLIENT : TCPRST_SERVER;
    return client->last_data_frame > server->last_data_frame ? TCPRST_CLIENT : TCPRST_SERVER;
}

/* A close_notify takes 24 bytes in TLS 1.3 and 31 in AES-GCM of TLS 1.2; with an answer before it,
 * the shortest are 47 (RFC 8446 section 5.2, RFC 5288 section 3).  Alone it is no answer to what
 * the client asked, while no side has closed. */
static bool is_alert_for_answer(const struct tcprst_view *v) {
    enum { MOST_BYTES = 46 };
    const struct tcprst_side *client = &v->event->before->side[TCPRST_CLIENT],
                             *server = &v->event->before->side[TCPRST_SERVER];
    const struct tcprst_first_payload *first = content_of(v)->first;
    return first[TCPRST_CLIENT].protocol == TCPRST_PROTOCOL_TLS && client->last_data_frame &&
           !first[TCPRST_CLIENT].announces_close && !client->fin_frame && !server->fin_frame &&
           client->last_data_frame < server->last_data_frame &&
           server->last_data_end - client->last_data_ack <= MOST_BYTES;
}

/* A server that resets instead of answering the command did not end as it was asked to.  Any
 * answer to it is a farewell: POP3 and Redis answer QUIT with +OK, as any other command. */
bool tcprst_saw_said_farewell(const struct tcprst_view *v, char *value) {
    int last = last_speaker(v);
    const struct tcprst_first_payload *first = content_of(v)->first;
    bool is_owed = last == TCPRST_CLIENT && v->event->from == TCPRST_SERVER &&
                   first[TCPRST_CLIENT].asks_to_close;
    bool is_answer = last == TCPRST_SERVER && first[TCPRST_CLIENT].asks_only_to_close &&
                     !content_of(v)->server_refused;
    if (last == TCPRST_SERVER && is_alert_for_answer(v))
        return false;
    return last >= 0 && !is_owed && !tcprst_saw_tls_broken_off(v, NULL) &&
           (is_answer || first[last].announces_close) &&
           say_frame(value, v->event->before->side[last].last_data_frame);
}

/* The number up to which the side is known to have sent payload, by its own segments, by the
 * peer's ACKs, and by the reset. */
static uint32_t sent_up_to(const struct tcprst_view *v, enum tcprst_role role) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = &e->before->side[role],
                             *peer = &e->before->side[tcprst_peer_of(role)];
    uint32_t end = tcprst_payload_end(own);
    if (peer->has_acked && tcprst_seq_after(peer->acked, end))
        end = peer->acked;
    bool is_stated = e->from == role || e->has_ack;
    uint32_t stated = e->from == role ? e->seq : e->ack;
    return is_stated && tcprst_seq_after(stated, end) ? stated : end;
}

/* RFC 9112 section 8, RFC 8446 section 5.1: less than the header says is not the message.  True
 * only if no later segment of the side is missing. */
static bool is_cut_short(const struct tcprst_view *v, char *value, enum tcprst_role role) {
    const struct tcprst_first_payload *first = &content_of(v)->first[role];
    const struct tcprst_side *own = &v->event->before->side[role];
    uint32_t sent = sent_up_to(v, role);
    if (first->message == TCPRST_MESSAGE_UNKNOWN ||
        first->message == TCPRST_MESSAGE_UNTIL_CLOSE || !own->last_data_frame)
        return false;
    const bool is_chunked = first->message == TCPRST_MESSAGE_CHUNKED;
    if (is_chunked || (first->message == TCPRST_MESSAGE_PART && first->message_end == sent))
        return own->last_data_end == sent &&
               SAY("its %s is missing after frame %u", is_chunked ? "last chunk" : "end",
                   own->last_data_frame);
    return tcprst_seq_after(first->message_end, sent) &&
           SAY("%u bytes missing after frame %u", first->message_end - sent, own->last_data_frame);
}

/* The answer to a HEAD announces content that does not come (RFC 9110 section 9.3.2). */
bool tcprst_saw_answer_incomplete(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *side = v->event->before->side;
    const bool may_be_to_head = !side[TCPRST_CLIENT].last_data_frame &&
                                side[TCPRST_SERVER].data_segments == 1;
    return !may_be_to_head && is_cut_short(v, value, TCPRST_SERVER);
}

/* RFC 9112 section 8: without the FIN it is not known whether that was all. */
bool tcprst_saw_answer_without_end(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *server = &v->event->before->side[TCPRST_SERVER];
    return content_of(v)->first[TCPRST_SERVER].message == TCPRST_MESSAGE_UNTIL_CLOSE &&
           !server->fin_frame && server->last_data_end == sent_up_to(v, TCPRST_SERVER) &&
           say_frame(value, server->last_data_frame);
}

bool tcprst_saw_request_incomplete(const struct tcprst_view *v, char *value) {
    return is_cut_short(v, value, TCPRST_CLIENT);
}

/* The server's latest message ends an answer, and is the last of its data. */
static bool ends_with_answer(const struct tcprst_view *v) {
    const struct tcprst_first_payload *first = &content_of(v)->first[TCPRST_SERVER];
    return first->message == TCPRST_MESSAGE_WHOLE &&
           first->message_end == sent_up_to(v, TCPRST_SERVER);
}

/* RFC 9112 section 9.3.2: each request of a pipeline has an answer of its own. */
static bool owes_answers(const struct tcprst_view *v) {
    return content_of(v)->owed && ends_with_answer(v);
}

/* A record can be a part of the answer, so only whole messages count. */
bool tcprst_saw_answer_complete(const struct tcprst_view *v, char *value) {
    return ends_with_answer(v) && last_speaker(v) == TCPRST_SERVER && !owes_answers(v) &&
           say_frame(value, v->event->before->side[TCPRST_SERVER].last_data_frame);
}

bool tcprst_saw_answer_is_last(const struct tcprst_view *v, char *value) {
    return content_of(v)->first[TCPRST_SERVER].answer_closes &&
           tcprst_saw_answer_complete(v, value);
}

/* If the capture has its last data: what comes after that could have been pushed. */
bool tcprst_saw_answer_not_pushed(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *server = &v->event->before->side[TCPRST_SERVER];
    return server->has_more && server->last_data_end == sent_up_to(v, TCPRST_SERVER) &&
           !tcprst_saw_answer_complete(v, NULL) && say_frame(value, server->last_data_frame);
}

/* RFC 8446 section 2, RFC 5246 section 7.3: the client has to answer the server's first flight, and
 * an alert is no such answer. */
bool tcprst_saw_tls_broken_off(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = v->event->before;
    const struct tcprst_side *client = &c->side[TCPRST_CLIENT], *server = &c->side[TCPRST_SERVER];
    const struct tcprst_first_payload *hello = &content_of(v)->first[TCPRST_CLIENT];
    const unsigned hello_segments = 1u + content_of(v)->client_hello_split;
    bool is_hello_only = client->data_segments == hello_segments + content_of(v)->tls_alerted;
    return v->event->from == TCPRST_CLIENT && hello->protocol == TCPRST_PROTOCOL_TLS &&
           content_of(v)->first[TCPRST_SERVER].protocol == TCPRST_PROTOCOL_TLS && is_hello_only &&
           !hello->alert && say_frame(value, server->last_data_frame);
}

/* RFC 8446 section 2: what the server sends after it can be tickets. */
bool tcprst_saw_tls_unused(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = v->event->before;
    return content_of(v)->tls_finished && v->event->from == TCPRST_CLIENT &&
           c->side[TCPRST_CLIENT].last_data_end == sent_up_to(v, TCPRST_CLIENT) &&
           !c->side[TCPRST_CLIENT].fin_frame && !c->side[TCPRST_SERVER].fin_frame &&
           say_frame(value, c->side[TCPRST_CLIENT].last_data_frame);
}

/* A client that resets within this after its own last message did not wait for an answer: the
 * message said goodbye, or the program ended.  Encrypted ones cannot be read (SSH, sealed LDAP).
 * Both limits are judgements, not measured. */
bool tcprst_saw_reset_with_last_words(const struct tcprst_view *v, char *value) {
    enum { AT_ONCE_NS = 1000000, LONGEST_WORDS_BYTES = 256 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT],
                             *server = &e->before->side[TCPRST_SERVER];
    int64_t since_ns = tcprst_elapsed_ns(client->last_time_ns, e->time_ns);
    bool is_short = server->has_acked &&
                    tcprst_payload_end(client) - server->acked - 1 < LONGEST_WORDS_BYTES;
    if (e->from != TCPRST_CLIENT || e->stage != TCPRST_RESPONSE_SENT || !is_short ||
        content_of(v)->first[TCPRST_CLIENT].alert ||
        client->last_frame != client->last_data_frame || e->seq != client->next_seq ||
        since_ns < 0 || since_ns > AT_ONCE_NS || since_ns >= e->irtt_ns / 2)
        return false;
    return SAY("%s after frame %u", tcprst_duration(since_ns).text, client->last_data_frame);
}

/* A FIN closes the client's direction only, so a request before it is still owed an answer (RFC
 * 9293 section 3.6).  Only HTTP/1's requests with content are read, so only these are known. */
static bool ends_with_request(const struct tcprst_view *v) {
    const struct tcprst_first_payload *first = &content_of(v)->first[TCPRST_CLIENT];
    return first->message == TCPRST_MESSAGE_WHOLE &&
           first->message_end == tcprst_payload_end(&v->event->before->side[TCPRST_CLIENT]);
}

/* True if the capture has the last that the side sent. */
static bool has_latest(const struct tcprst_view *v, enum tcprst_role role) {
    return v->event->before->side[role].last_data_end == sent_up_to(v, role);
}

/* FTP's server said last that its answer comes later. */
static bool promises_answer(const struct tcprst_view *v) {
    enum { FTP_PORT = 21 };
    return last_speaker(v) == TCPRST_SERVER && endpoint_of(v)->port == FTP_PORT &&
           content_of(v)->answer_follows && has_latest(v, TCPRST_SERVER) &&
           !v->event->before->side[TCPRST_CLIENT].fin_frame;
}

/* The client spoke last, and what it said was no farewell. */
static bool awaits_answer(const struct tcprst_view *v) {
    const struct tcprst_connection *c = v->event->before;
    return last_speaker(v) == TCPRST_CLIENT &&
           !(c->application.needs_no_answer && has_latest(v, TCPRST_CLIENT)) &&
           !tcprst_saw_reset_with_last_words(v, NULL) &&
           c->application.alert_frame != c->side[TCPRST_CLIENT].last_data_frame &&
           !c->application.first[TCPRST_CLIENT].announces_close &&
           (!c->side[TCPRST_CLIENT].fin_frame || ends_with_request(v));
}

/* docs/facts.md 14: any answer counts.  A capture of one direction shows no answers, and one that
 * begins later not the first one. */
bool tcprst_saw_request_outstanding(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = v->event->before;
    const struct tcprst_side *server = &c->side[TCPRST_SERVER];
    bool shows_answers = server->payload_bytes || (c->handshake_done && server->fin_frame);
    if (!shows_answers || v->event->stage < TCPRST_RESPONSE_SENT ||
        v->event->peer_data_crossed || !(owes_answers(v) || promises_answer(v) || awaits_answer(v)))
        return false;
    return say_frame(value, c->side[TCPRST_CLIENT].last_data_frame);
}
