/* application_data.c - evidence in what was said before the reset: first words, alerts, ICMP errors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

enum { FEW_OTHERS = 3, FEWEST_CUTS = 2 };

static const struct tcprst_content *content_of(const struct tcprst_view *v) {
    return &v->event->before->content;
}

static enum tcprst_speech speech_of(const struct tcprst_view *v, enum tcprst_role role) {
    return content_of(v)->said[role].speech;
}

static const struct tcprst_word *word_of(const struct tcprst_view *v, enum tcprst_role role) {
    return tcprst_lexicon_at(tcprst_capture_lexicon(v->capture), content_of(v)->said[role].word);
}

/* --- the request --- */

/* The name that a request cut by the reset asks for; NULL if it is none. */
static const struct tcprst_word *cut_name(const struct tcprst_view *v) {
    return tcprst_event_cuts_request(v->event) ? word_of(v, TCPRST_CLIENT) : NULL;
}

bool tcprst_saw_named_request_cut(const struct tcprst_view *v, char *value) {
    const struct tcprst_word *name = cut_name(v);
    if (name)
        SAY("%.50s, frame %u", name->text, content_of(v)->said[TCPRST_CLIENT].frame);
    return name;
}

/* docs/facts.md 4: a filter goes by the content, always.  A server that fails for all its clients is no
 * filter, so the same endpoint has answered other names, or others fail with this one too. */
bool tcprst_saw_name_always_cut(const struct tcprst_view *v, char *value) {
    const struct tcprst_word *name = cut_name(v);
    uint32_t others = tcprst_lexicon_served(tcprst_capture_lexicon(v->capture));
    if (!name || name->served || name->cut < FEWEST_CUTS || others < FEW_OTHERS ||
        !(name->cut_at_several || endpoint_of(v)->served))
        return false;
    SAY("%.40s: %u, other names: %u answered", name->text, name->cut, others);
    return true;
}

bool tcprst_saw_name_also_served(const struct tcprst_view *v, char *value) {
    const struct tcprst_word *name = cut_name(v);
    if (!name || !name->served)
        return false;
    SAY("%.50s: %u", name->text, name->served);
    return true;
}

/* docs/facts.md 11: with post-quantum keys a ClientHello takes two segments, which some boxes cannot put
 * together. */
bool tcprst_saw_hello_split(const struct tcprst_view *v, char *value) {
    if (!content_of(v)->hello_split || !tcprst_event_cuts_request(v->event))
        return false;
    SAY("frame %u", content_of(v)->said[TCPRST_CLIENT].frame);
    return true;
}

/* --- the protocol --- */

bool tcprst_saw_server_spoke_otherwise(const struct tcprst_view *v, char *value) {
    enum tcprst_speech client = speech_of(v, TCPRST_CLIENT), server = speech_of(v, TCPRST_SERVER);
    if (!tcprst_speeches_clash(client, server))
        return false;
    SAY("client: %s, frame %u; server: %s, frame %u", tcprst_speech_noun(client),
        content_of(v)->said[TCPRST_CLIENT].frame, tcprst_speech_noun(server),
        content_of(v)->said[TCPRST_SERVER].frame);
    return true;
}

/* The endpoint's other connections, if this one's client spoke and was not answered. */
static const struct tcprst_dialect *dialect_of_others(const struct tcprst_view *v) {
    bool unanswered = v->event->stage == TCPRST_REQUEST_SENT && speech_of(v, TCPRST_CLIENT);
    return unanswered ? endpoint_of(v)->dialect : NULL;
}

bool tcprst_saw_others_spoke_otherwise(const struct tcprst_view *v, char *value) {
    const struct tcprst_dialect *dialect = dialect_of_others(v);
    enum tcprst_speech client = speech_of(v, TCPRST_CLIENT), theirs = TCPRST_SPEECH_NONE;
    if (!dialect || dialect->asked[client])
        return false;
    unsigned others = tcprst_dialect_others(dialect, client, &theirs);
    if (others < FEW_OTHERS)
        return false;
    SAY("here %s, %u others %s", tcprst_speech_noun(client), others, tcprst_speech_noun(theirs));
    return true;
}

bool tcprst_saw_speech_also_served(const struct tcprst_view *v, char *value) {
    const struct tcprst_dialect *dialect = dialect_of_others(v);
    enum tcprst_speech client = speech_of(v, TCPRST_CLIENT);
    if (!dialect || client <= TCPRST_SPEECH_OTHER || !dialect->asked[client])
        return false;
    SAY("%s: %u", tcprst_speech_noun(client), dialect->asked[client]);
    return true;
}

/* IANA, Service Name and Transport Protocol Port Number Registry.  A hint: any port can serve anything. */
static const struct { uint16_t port; enum tcprst_speech speech; const char *name; } registered[] = {
    {21, TCPRST_SPEECH_GREETING, "ftp"}, {22, TCPRST_SPEECH_SSH, "ssh"},
    {23, TCPRST_SPEECH_TEXT, "telnet"},  {25, TCPRST_SPEECH_GREETING, "smtp"},
    {80, TCPRST_SPEECH_HTTP, "http"},    {110, TCPRST_SPEECH_TEXT, "pop3"},
    {143, TCPRST_SPEECH_TEXT, "imap"},   {443, TCPRST_SPEECH_TLS, "https"},
    {465, TCPRST_SPEECH_TLS, "submissions"}, {636, TCPRST_SPEECH_TLS, "ldaps"},
    {853, TCPRST_SPEECH_TLS, "domain-s"}, {990, TCPRST_SPEECH_TLS, "ftps"},
    {993, TCPRST_SPEECH_TLS, "imaps"},   {995, TCPRST_SPEECH_TLS, "pop3s"},
    {5061, TCPRST_SPEECH_TLS, "sips"},   {6514, TCPRST_SPEECH_TLS, "syslog-tls"},
    {8080, TCPRST_SPEECH_HTTP, "http-alt"},
};

bool tcprst_saw_port_of_other_protocol(const struct tcprst_view *v, char *value) {
    enum tcprst_speech client = speech_of(v, TCPRST_CLIENT);
    for (unsigned i = 0; i < G_N_ELEMENTS(registered); i++) {
        if (registered[i].port != endpoint_of(v)->port ||
            !tcprst_speeches_clash(client, registered[i].speech))
            continue;
        SAY("%s on port %u, %s", tcprst_speech_noun(client), registered[i].port, registered[i].name);
        return true;
    }
    return false;
}

/* --- last words --- */

static bool say_alert(const struct tcprst_view *v, char *value, enum tcprst_role role) {
    uint8_t code = content_of(v)->said[role].alert;
    if (code)
        SAY("%s (%u), frame %u", tcprst_alert_name(code), code, content_of(v)->alert_frame);
    return code;
}

/* RFC 8446 section 6.2: who sends a fatal alert closes at once; only the application knows the keys. */
bool tcprst_saw_sender_alerted(const struct tcprst_view *v, char *value) {
    return say_alert(v, value, v->event->from);
}

bool tcprst_saw_peer_alerted(const struct tcprst_view *v, char *value) {
    return say_alert(v, value, tcprst_peer_of(v->event->from));
}

bool tcprst_saw_server_turned_away(const struct tcprst_view *v, char *value) {
    const struct tcprst_word *words = word_of(v, TCPRST_SERVER);
    if (words)
        SAY("\"%s\", frame %u", words->text, content_of(v)->said[TCPRST_SERVER].frame);
    return words;
}

static bool say_icmp(const struct tcprst_view *v, char *value, enum tcprst_trouble trouble) {
    const struct tcprst_content *content = content_of(v);
    if (!content->icmp_frame || tcprst_icmp_trouble(content->icmp_error) != trouble)
        return false;
    SAY("%s, frame %u", tcprst_icmp_name(content->icmp_error), content->icmp_frame);
    return true;
}

bool tcprst_saw_icmp_prohibited(const struct tcprst_view *v, char *value) {
    return say_icmp(v, value, TCPRST_PROHIBITED);
}

bool tcprst_saw_icmp_unreachable(const struct tcprst_view *v, char *value) {
    return say_icmp(v, value, TCPRST_UNREACHABLE);
}

bool tcprst_saw_icmp_too_big(const struct tcprst_view *v, char *value) {
    return say_icmp(v, value, TCPRST_TOO_BIG);
}
