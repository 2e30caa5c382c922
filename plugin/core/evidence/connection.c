/* connection.c - evidence in what came before the reset: the exchange, the close
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
    return SAY("frame %u: %u bytes%s", v->event->trigger_frame, bytes,
               peer_side(v)->has_timestamps ? ", timestamps" : "");
}

/* FIN, NULL and Xmas scans have no ACK flag (docs/facts.md 12). */
bool tcprst_saw_lone_probe(const struct tcprst_view *v, char *value) {
    bool has_ack = v->event->trigger != TCPRST_ANSWERS_PROBE;
    if (!tcprst_saw_lone_segment(v, NULL) ||
        (has_ack && (v->event->trigger_payload_bytes || !is_made_by_tool(v))))
        return false;
    return SAY("%s, window %u", has_ack ? "ACK" : "no ACK flag", peer_side(v)->last_window);
}

/* One number beyond all that the sender was seen to send is acknowledged, and is the RST's: its
 * FIN, which the capture lacks (RFC 9293 section 3.4), rather than a single byte. */
static bool is_fin_unseen(const struct tcprst_view *v) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    return v->event->before->handshake_done && !own->fin_frame && own->payload_bytes &&
           own->last_data_end == own->next_seq && peer->has_acked &&
           peer->acked == own->next_seq + 1 && v->event->seq == peer->acked;
}

bool tcprst_saw_own_fin_before(const struct tcprst_view *v, char *value) {
    if (!is_fin_unseen(v))
        return say_frame(value, own_side(v)->fin_frame);
    return SAY("not captured, acknowledged up to frame %u", peer_side(v)->last_frame);
}

/* The peer sent payload that neither the FIN nor anything else before the reset acknowledged: no
 * application read it.  RFC 1122 section 4.2.2.13 answers it by a reset.  Windows' and lwIP's
 * acknowledges what it rejects, so it answers no segment by its numbers (docs/facts.md 5, 14).  A
 * side that only half-closed continues to acknowledge. */
static bool missed_payload(const struct tcprst_view *v) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    bool is_repeated = peer->repetition.frame > own->fin_frame &&
                       tcprst_seq_after(peer->repetition.end, own->fin_ack);
    bool came_before = peer->last_data_frame < own->fin_frame && !is_repeated &&
                       peer->last_data_end == tcprst_payload_end(peer);
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
        missed_payload(v) || is_long(v, since_ns))
        return false;
    return SAY("%s after the FIN in frame %u", tcprst_duration(since_ns).text, own->fin_frame);
}

bool tcprst_saw_data_after_fin(const struct tcprst_view *v, char *value) {
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *own = own_side(v);
    if (!own->fin_frame)
        return false;
    if (e->trigger == TCPRST_ANSWERS_DATA && e->trigger_frame > own->fin_frame)
        return SAY("%u bytes in frame %u, FIN in frame %u", e->trigger_payload_bytes,
                   e->trigger_frame, own->fin_frame);
    if (e->has_ack && missed_payload(v) && !tcprst_seq_after(own->fin_ack, e->ack))
        return SAY("%u bytes up to frame %u, FIN in frame %u",
                   tcprst_payload_end(peer_side(v)) - own->fin_ack, peer_side(v)->last_data_frame,
                   own->fin_frame);
    return false;
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
    return tcprst_has_acked(receiver, tcprst_payload_end(sender));
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
 * answer.  HTTP and TLS always answer, and so does who has answered another connection, as long
 * as it is no job of some size: printers answer questions.  A short message is a question. */
bool tcprst_saw_client_closed_unanswered(const struct tcprst_view *v, char *value) {
    enum { FEWEST_SEGMENTS = 3, FEWEST_BYTES = 1460, SMALLEST_JOB_BYTES = 16384 };
    const struct tcprst_event *e = v->event;
    const struct tcprst_side *client = &e->before->side[TCPRST_CLIENT];
    uint8_t protocol = e->before->application.first[TCPRST_CLIENT].protocol;
    bool answers = protocol == TCPRST_PROTOCOL_HTTP || protocol == TCPRST_PROTOCOL_TLS ||
                   (endpoint_of(v)->protocols && client->payload_bytes < SMALLEST_JOB_BYTES);
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
    if (tcprst_is_window_shut(own, peer) && peer->last_frame > own->shut_frame)
        return false; /* the peer probes it: it has more to send */
    if (!own->payload_bytes || !peer->payload_bytes || !acknowledged(own, peer) ||
        !(acknowledged(peer, own) || rst_acknowledges_all(v)))
        return false;
    return SAY("client %u bytes, server %u bytes",
               v->event->before->side[TCPRST_CLIENT].payload_bytes,
               v->event->before->side[TCPRST_SERVER].payload_bytes);
}

bool tcprst_saw_data_unacknowledged(const struct tcprst_view *v, char *value) {
    const struct tcprst_side *own = own_side(v), *peer = peer_side(v);
    if (!(peer->payload_bytes || own->has_acked) || !peer->has_sent || acknowledged(peer, own) ||
        rst_acknowledges_all(v))
        return false;
    const struct tcprst_event *e = v->event;
    uint32_t end = tcprst_payload_end(peer);
    bool rst_acks_more = e->has_ack && tcprst_seq_after(e->ack, own->acked) &&
                         !tcprst_seq_after(e->ack, end); /* some tools acknowledge too much */
    uint32_t acked = rst_acks_more ? e->ack : own->acked;
    if (!own->has_acked)
        return SAY("%u bytes", peer->payload_bytes);
    return tcprst_seq_after(end, acked) && SAY("%u bytes", end - acked);
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
    return SAY("%u, largest %u", v->event->window, own->largest_window);
}
