/* connection.c - evidence in what came before the reset: the exchange, the close, silence
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/evidence/rules.h"

bool tcprst_saw_lone_segment(const struct tcprst_view *v, char *value) {
    return v->event->stage == TCPRST_MIDSTREAM && v->event->trigger != TCPRST_NO_TRIGGER &&
           own_side(v)->segments == 0 && peer_side(v)->segments == 1 &&
           say_frame(value, v->event->trigger_frame);
}

/* nmap -sA, -sW and -sM take one of four windows (nmap, scan_engine_raw.cc), hping3 takes 512 and
 * no DF (hping3(8), -w and -y).  Windows has such windows too, scaled, but begins with TTL 128. */
static bool is_made_by_tool(const struct tcprst_view *v) {
    enum {
        HPING_WINDOW = 512,
        NMAP_STEP = 1024,
        NMAP_MOST = 4096,
        LINUX_TTL = 64,
        WINDOWS_TTL = 128
    };
    const struct tcprst_side *peer = peer_side(v);
    uint16_t window = peer->last_window;
    bool nmap = window && window <= NMAP_MOST && window % NMAP_STEP == 0;
    bool hping = window == HPING_WINDOW && peer->ip.version == 4 && !peer->ip.df;
    bool is_windows = peer->ip.ttl > LINUX_TTL && peer->ip.ttl <= WINDOWS_TTL;
    return !peer->has_timestamps && !is_windows &&
           ((nmap && !v->event->trigger_payload_bytes) || hping);
}

/* Payload, a keep-alive's byte included, and timestamps (RFC 7323 section 3.2: agreed on in the
 * handshake) show that the connection had been open. */
bool tcprst_saw_lone_data_segment(const struct tcprst_view *v, char *value) {
    bool has_ack = v->event->trigger != TCPRST_ANSWERS_PROBE;
    uint32_t bytes = v->event->trigger_payload_bytes;
    if (!has_ack || !tcprst_saw_lone_segment(v, NULL) || is_made_by_tool(v) ||
        !(bytes || peer_side(v)->has_timestamps))
        return false;
    SAY("frame %u: %u bytes%s", v->event->trigger_frame, bytes,
        peer_side(v)->has_timestamps ? ", timestamps" : "");
    return true;
}

/* FIN, NULL and Xmas scans have no ACK flag (docs/facts.md 12). */
bool tcprst_saw_lone_probe(const struct tcprst_view *v, char *value) {
    bool has_ack = v->event->trigger != TCPRST_ANSWERS_PROBE;
    if (!tcprst_saw_lone_segment(v, NULL) ||
        (has_ack && (v->event->trigger_payload_bytes || !is_made_by_tool(v))))
        return false;
    SAY("%s, window %u", has_ack ? "ACK" : "no ACK flag", peer_side(v)->last_window);
    return true;
}

bool tcprst_saw_own_fin_before(const struct tcprst_view *v, char *value) {
    return say_frame(value, own_side(v)->fin_frame);
}

/* The peer sent payload that neither the FIN nor anything else before the reset acknowledged: no
 * application read it.  RFC 1122 section 4.2.2.13 answers it by a reset.  Windows' and lwIP's
 * acknowledges what it rejects, so it answers no segment by its numbers (docs/facts.md 5, 14).  A
 * side that only half-closed continues to acknowledge. */
static bool missed_payload(const struct tcprst_view *v) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    bool came_before =
        peer->last_data_frame < own->fin_frame && peer->last_data_end == tcprst_payload_end(peer);
    return own->fin_frame && peer->has_sent && !came_before &&
           tcprst_seq_after(tcprst_payload_end(peer), own->fin_ack) &&
           !tcprst_seq_after(own->acked, own->fin_ack);
}

/* close() with SO_LINGER 0 after a shutdown(), or the end of the process: the FIN, then the reset,
 * and the peer sent nothing that was lost. */
bool tcprst_saw_reset_after_own_fin(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    bool is_abort = e->has_ack || e->ack; /* older Windows leaves its ACK number in a bare reset */
    int64_t since_ns = tcprst_elapsed_ns(own->fin_time_ns, e->time_ns);
    if (!own->fin_frame || own->unanswered || !is_abort || e->seq != own->next_seq ||
        missed_payload(v) || since_ns >= tcprst_capture_settings(v->capture)->long_silence_ns)
        return false;
    SAY("%s after the FIN in frame %u", tcprst_duration(since_ns).text, own->fin_frame);
    return true;
}

bool tcprst_saw_data_after_fin(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    if (!own->fin_frame)
        return false;
    if (e->trigger == TCPRST_ANSWERS_DATA && e->trigger_frame > own->fin_frame)
        SAY("%u bytes in frame %u, FIN in frame %u", e->trigger_payload_bytes, e->trigger_frame,
            own->fin_frame);
    else if (e->has_ack && missed_payload(v) && !tcprst_seq_after(own->fin_ack, e->ack))
        SAY("%u bytes up to frame %u, FIN in frame %u",
            tcprst_payload_end(peer_side(v)) - own->fin_ack, peer_side(v)->last_data_frame,
            own->fin_frame);
    else
        return false;
    return true;
}

bool tcprst_saw_peer_fin_before(const struct tcprst_view *v, char *value) {
    return say_frame(value, peer_side(v)->fin_frame);
}

/* RFC 9293 section 3.10.7.4: after its FIN the client accepts nothing but the answer to its
 * request. */
bool tcprst_saw_client_closed_unasked(const struct tcprst_view *v, char *value) {
    return tcprst_event_is_closed_unasked(v->event) && say_frame(value, peer_side(v)->fin_frame);
}

static bool acknowledged(const struct tcprst_side *sender, const struct tcprst_side *receiver) {
    return receiver->has_acked && !tcprst_seq_after(tcprst_payload_end(sender), receiver->acked);
}

/* A RST+ACK acknowledges too, on Windows the payload and not the FIN (docs/facts.md 14). */
static bool rst_acknowledges_all(const struct tcprst_view *v) {
    uint32_t ack = v->event->ack;
    return v->event->has_ack &&
           (ack == tcprst_payload_end(peer_side(v)) || ack == peer_side(v)->next_seq);
}

/* A server that resets where it could have sent its FIN may not have read what the client sent
 * last: its kernel acknowledges that in any case (docs/facts.md 1, family A). */
static bool may_be_unread(const struct tcprst_view *v) {
    const struct tcprst_side *own = own_side(v), *client = &v->event->before->side[TCPRST_CLIENT];
    return v->event->from == TCPRST_SERVER && own->last_data_frame &&
           client->last_data_frame > own->last_data_frame &&
           !v->event->before->application.first[TCPRST_CLIENT].announces_close;
}

/* A side that has received the peer's FIN and all its data only ends a finished connection. */
bool tcprst_saw_reset_after_peer_fin(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    bool sent_last = own->last_data_frame > peer->last_data_frame &&
                     !v->event->before->application.first[v->event->from].announces_close;
    bool has_all = acknowledged(peer, own) || rst_acknowledges_all(v);
    /* a request, perhaps of a connection whose beginning was not captured */
    const struct tcprst_connection *c = v->event->before;
    bool is_unanswered = (c->handshake_done || c->side[TCPRST_CLIENT].payload_bytes) &&
                         !c->side[TCPRST_SERVER].payload_bytes;
    if (!peer->fin_frame || own->fin_frame || sent_last || !has_all || !acknowledged(own, peer) ||
        own->last_data_frame > peer->fin_frame || is_unanswered || may_be_unread(v))
        return false;
    return say_frame(value, peer->fin_frame);
}

/* Printers, log collectors and the like only receive: their client sends much, closes, and gets no
 * answer.  HTTP and TLS always answer, and a short message is rather a request. */
bool tcprst_saw_client_closed_unanswered(const struct tcprst_view *v, char *value) {
    enum { FEWEST_SEGMENTS = 3, FEWEST_BYTES = 1460 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT];
    uint8_t protocol = e->before->application.first[TCPRST_CLIENT].protocol;
    bool answers = protocol == TCPRST_PROTOCOL_HTTP || protocol == TCPRST_PROTOCOL_TLS;
    bool has_all = acknowledged(client, own_side(v)) || rst_acknowledges_all(v);
    bool is_upload =
        client->data_segments >= FEWEST_SEGMENTS && client->payload_bytes >= FEWEST_BYTES;
    return e->from == TCPRST_SERVER && e->before->handshake_done && client->fin_frame &&
           is_upload && !own_side(v)->payload_bytes && !own_side(v)->fin_frame &&
           e->has_ack && !answers && has_all && say_frame(value, client->fin_frame);
}

bool tcprst_saw_client_still_open(const struct tcprst_view *v, char *value) {
    (void)value;
    return v->event->from == TCPRST_SERVER && v->event->before->handshake_done &&
           !v->event->before->side[TCPRST_CLIENT].fin_frame;
}

bool tcprst_saw_never_answered(const struct tcprst_view *v, char *value) {
    (void)value;
    const struct tcprst_side *own = own_side(v);
    /* SYN and FIN are two */
    bool counts_payload_in = own->isn_known && tcprst_seq_after(v->event->seq, own->isn + 2);
    return v->event->from == TCPRST_SERVER && v->event->before->handshake_done &&
           !own->payload_bytes && !counts_payload_in;
}

/* The RST's number is that of its sender's next byte, if it is near. */
static bool sent_more_than_acked(const struct tcprst_view *v) {
    enum { MOST_BYTES = 1 << 20 };
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    const uint32_t unseen = v->event->seq - own->next_seq;
    return own->has_sent && peer->has_acked && unseen && unseen < MOST_BYTES &&
           tcprst_seq_after(v->event->seq, peer->acked);
}

bool tcprst_saw_exchange_complete(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    if (v->event->stage == TCPRST_MIDSTREAM) /* what came before is not known */
        return false;
    if (sent_more_than_acked(v)) /* the capture lacks it, and the peer has not got it */
        return false;
    if (tcprst_event_follows_repeats(v->event)) /* nobody had taken it */
        return false;
    if (!own->payload_bytes || !peer->payload_bytes || !acknowledged(own, peer) ||
        !(acknowledged(peer, own) || rst_acknowledges_all(v)))
        return false;
    SAY("client %u bytes, server %u bytes", v->event->before->side[TCPRST_CLIENT].payload_bytes,
        v->event->before->side[TCPRST_SERVER].payload_bytes);
    return true;
}

bool tcprst_saw_data_unacknowledged(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    if (!(peer->payload_bytes || own->has_acked) || !peer->has_sent || acknowledged(peer, own) ||
        rst_acknowledges_all(v))
        return false;
    const struct tcprst_event *e = v->event;
    bool rst_acks_more = e->has_ack && tcprst_seq_after(e->ack, own->acked);
    uint32_t acked = rst_acks_more ? e->ack : own->acked;
    SAY("%u bytes", own->has_acked ? tcprst_payload_end(peer) - acked : peer->payload_bytes);
    return true;
}

/* An abort has the socket's last window, which is smaller by the unread bytes in the receive buffer
 * (docs/facts.md 1, family A).  One half allows for automatic changes of the buffer's size. */
bool tcprst_saw_window_shrunk(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v);
    bool has_abort_form = v->event->has_ack && v->event->trigger == TCPRST_NO_TRIGGER;
    /* other stacks always send 0 */
    bool window_tells = v->event->window || tcprst_looks_linux(own);
    if (!has_abort_form || !window_tells || !peer_side(v)->payload_bytes ||
        v->event->window >= own->largest_window / 2 || tcprst_saw_rst_lacks_timestamps(v, NULL))
        return false;
    SAY("%u, largest %u", v->event->window, own->largest_window);
    return true;
}

/* Payload that was not acknowledged is repeated within seconds (RFC 6298).  If it was not, and an
 * answer comes next, the capture lacks segments or its clock jumped, and how long the connection
 * was silent is unknown. */
static bool lacks_repeats(const struct tcprst_view *v, enum tcprst_role role) {
    static const int64_t longest_timer_ns = 3000000000;
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *sender = &e->before->side[role],
                             *receiver = &e->before->side[tcprst_peer_of(role)];
    uint32_t payload_end = sender->next_seq - !!sender->fin_frame;
    bool is_acked = receiver->has_acked && !tcprst_seq_after(payload_end, receiver->acked);
    return sender->payload_bytes && sender->segments && receiver->segments && !is_acked &&
           !sender->unanswered &&
           tcprst_elapsed_ns(sender->last_time_ns, e->time_ns) > longest_timer_ns;
}

/* What has no answer is repeated at intervals that double, up to two minutes (docs/facts.md 16);
 * the time before a repeat is no idleness. */
static bool is_pause_of_timer(const struct tcprst_view *v) {
    const struct tcprst_repetition *r = &peer_side(v)->repetition;
    return v->event->trigger_frame && v->event->trigger_frame == r->frame && r->times >= 2 &&
           r->kind != TCPRST_AGAIN_SYN && peer_side(v)->unanswered >= 2;
}

/* The same of the side that resets and had repeated itself without an answer that reached it. */
static bool is_pause_of_own_timer(const struct tcprst_view *v) {
    const struct tcprst_side *own = own_side(v);
    return own->repetition.frame && own->repetition.frame == own->last_frame &&
           (own->unanswered >= 2 || v->event->not_received_frame);
}

/* Its SYN/ACK was repeated, and nothing else came from the server. */
static bool never_opened(const struct tcprst_connection *c) {
    const struct tcprst_side *server = &c->side[TCPRST_SERVER];
    return server->syn.repeats && server->segments <= 1u + server->syn.repeats;
}

/* The other one waits, and is not idle (RFC 9293 section 3.8.6.1). */
static bool is_shut(const struct tcprst_side *side) {
    return side->shut_frame && !side->last_window;
}

static bool is_silence(const struct tcprst_view *v) {
    if (is_pause_of_timer(v) || is_pause_of_own_timer(v) || never_opened(v->event->before) ||
        is_shut(own_side(v)) || is_shut(peer_side(v)))
        return false;
    return v->event->has_ack ||
           (!lacks_repeats(v, TCPRST_CLIENT) && !lacks_repeats(v, TCPRST_SERVER));
}

/* Half a minute is longer than any pause between retransmissions on a path without faults. */
bool tcprst_saw_long_silence(const struct tcprst_view *v, char *value) {
    if (!is_silence(v) ||
        v->event->silence_ns < tcprst_capture_settings(v->capture)->long_silence_ns)
        return false;
    SAY("%.1f s", seconds(v->event->silence_ns));
    return true;
}

/* A timer that ended this silence would have ended the longer one; after a FIN other timers hold
 * (docs/facts.md 15). */
bool tcprst_saw_outlived_longer_silence(const struct tcprst_view *v, char *value) {
    const struct tcprst_connection *c = v->event->before;
    bool is_closing = own_side(v)->fin_frame || peer_side(v)->fin_frame;
    if (is_closing || v->event->silence_ns < 0 || c->outlived_ns <= v->event->silence_ns ||
        !tcprst_saw_long_silence(v, NULL))
        return false;
    SAY("%.1f s", seconds(c->outlived_ns));
    return true;
}

/* The longest silence, or the one before what the RST+ACK follows; -1 if neither is long. */
static int64_t longest_idle_ns(const struct tcprst_view *v) {
    const struct tcprst_event *e = v->event;
    if (tcprst_saw_long_silence(v, NULL))
        return e->silence_ns;
    return e->idle_before_acked_ns < tcprst_capture_settings(v->capture)->long_silence_ns
               ? -1
               : e->idle_before_acked_ns;
}

/* A server's timer is that of all its connections, but some look for idle ones at intervals only: a
 * multiple of the silence allows for that. */
bool tcprst_saw_others_outlived_silence(const struct tcprst_view *v, char *value) {
    enum { LONGER = 2 };
    const int64_t idle_ns = longest_idle_ns(v);
    const unsigned outlived_s = endpoint_of(v)->outlived_s;
    bool is_closing = own_side(v)->fin_frame || peer_side(v)->fin_frame;
    if (v->event->from != TCPRST_SERVER || is_closing || idle_ns < 0 ||
        seconds(v->event->before->outlived_ns) >= outlived_s ||
        outlived_s < LONGER * seconds(idle_ns))
        return false;
    SAY("%u s", outlived_s);
    return true;
}

/* A device that has forgotten an idle connection resets it when the next data comes, some by
 * RST+ACK (docs/facts.md 15). */
bool tcprst_saw_idle_before_data(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (e->acked_age_ns < 0 ||
        e->idle_before_acked_ns < tcprst_capture_settings(v->capture)->long_silence_ns)
        return false;
    SAY("%.1f s", seconds(e->idle_before_acked_ns));
    return true;
}

/* A timer is at least as long as what the connection outlived (docs/facts.md 15).  What is shorter
 * than half of the silence narrows little, and after a FIN other timers hold. */
bool tcprst_saw_outlived_shorter_silence(const struct tcprst_view *v, char *value) {
    const int64_t idle = longest_idle_ns(v), outlived = v->event->before->outlived_ns;
    bool is_closing = own_side(v)->fin_frame || peer_side(v)->fin_frame;
    if (is_closing || outlived >= idle || outlived < idle / 2)
        return false;
    SAY("%.1f s", seconds(outlived));
    return true;
}

/* Servers keep idle connections for a whole number of seconds, from 2 on (docs/facts.md 11): a
 * request that comes at the end of that meets the close, acknowledged or not.  A client that asks
 * at such intervals had most likely waited longer once.  How near it must be is a judgement. */
bool tcprst_saw_request_at_idle_limit(const struct tcprst_view *v, char *value) {
    enum { SECOND_NS = 1000000000, SLACK_NS = 10000000, SOON_NS = 100000000 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_connection *c = e->before;
    const int64_t idle_ns = e->idle_before_request_ns, off_ns = idle_ns % SECOND_NS;
    bool is_whole = off_ns <= SLACK_NS || off_ns >= SECOND_NS - SLACK_NS;
    int64_t asked_ns = tcprst_elapsed_ns(c->side[TCPRST_CLIENT].last_time_ns, e->time_ns);
    if (e->from != TCPRST_SERVER || e->stage != TCPRST_RESPONSE_SENT || !e->has_ack ||
        idle_ns < 2 * (int64_t)SECOND_NS - SLACK_NS || !is_whole ||
        c->outlived_ns - TCPRST_LONGEST_SWAP_NS > idle_ns ||
        (asked_ns > SOON_NS && asked_ns - SOON_NS > e->irtt_ns))
        return false;
    SAY("%.3f s", seconds(idle_ns));
    return true;
}

bool tcprst_saw_idle_before_probe(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    if (e->acked_age_ns >= 0 ||
        e->idle_before_acked_ns < tcprst_capture_settings(v->capture)->long_silence_ns)
        return false;
    SAY("%.1f s", seconds(e->idle_before_acked_ns));
    return true;
}

/* Timeouts that are documented defaults of products; sources in docs/facts.md 11.  A load balancer
 * and a server end connections in the server's name, a firewall and keep-alives in either. */
static const struct {
    int seconds;
    enum { EITHER, SERVERS, HALF_CLOSED } of;
    const char *whose;
} known_timeouts[] = {
    {60, SERVERS, "AWS Classic Load Balancer"},
    {75, SERVERS, "nginx keep-alive"},
    {240, EITHER, "Azure Load Balancer"},
    {350, EITHER, "AWS Network Load Balancer and Firewall"},
    {600, HALF_CLOSED, "Cisco half-closed"},
    {1800, EITHER, "Forcepoint"},
    {3600, EITHER, "Cisco and Fortinet"},
    {7200, EITHER, "Linux keep-alive"},
};

/* Where side and direction do not fit, only the number is told. */
static bool can_be_whose(const struct tcprst_view *v, unsigned row) {
    bool is_half_closed = !own_side(v)->fin_frame != !peer_side(v)->fin_frame;
    return known_timeouts[row].of == SERVERS       ? v->event->from == TCPRST_SERVER
           : known_timeouts[row].of == HALF_CLOSED ? is_half_closed
                                                   : true;
}

bool tcprst_saw_silence_of_known_timeout(const struct tcprst_view *v, char *value) {
    double silent_s = seconds(v->event->silence_ns);
    if (!is_silence(v))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(known_timeouts); i++) {
        int timeout_s = known_timeouts[i].seconds;
        if (silent_s < timeout_s * 0.995 || silent_s > timeout_s * 1.02 + 0.5)
            continue;
        if (!can_be_whose(v, i))
            SAY("%.1f s, near %d s", silent_s, timeout_s);
        else
            SAY("%.1f s, near the %d s of %s", silent_s, timeout_s, known_timeouts[i].whose);
        return true;
    }
    return false;
}
