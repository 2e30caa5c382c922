/* story.c - simulates the two Linux hosts of a story, and the capture of their segments
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "story.h"

#include <string.h>

#include "invariants.h"
#include "pages.h"

enum {
    LINUX_OPTIONS = TCPRST_OPT_MSS | TCPRST_OPT_SACK | TCPRST_OPT_TIMESTAMP | TCPRST_OPT_WSCALE
};

/* One end of a conversation. */
struct host {
    struct tcprst_address address;
    uint32_t isn, next, known; /* known: how much of it the peer has received */
    uint32_t last_ack;
    uint16_t port, ip_id;
    uint32_t flow_label;
    uint8_t  tos;
    uint16_t offered; /* options of its SYN or SYN/ACK */
    bool     has_acked;
};

enum { OWN_CLIENT = 0, SERVER_PORT = 80 };

struct talk {
    struct host client, server;
    int version;
    int64_t shift_ns; /* of the server's segments, see story.h */
};

/* One that goes on later. */
struct held {
    struct talk talk;
    const struct step *last;
};

/* A segment that has not passed the capture point yet. */
struct arrival {
    int64_t time_ns;
    struct tcprst_segment segment;
    struct tcprst_icmp_error quoted; /* error 0: a segment, not an ICMP error */
};

struct teller *teller_new(void) {
    struct teller *t = g_new0(struct teller, 1);
    t->capture = tcprst_capture_new();
    t->frozen = g_array_new(FALSE, FALSE, sizeof(struct facts));
    t->under_way = g_array_new(FALSE, FALSE, sizeof(struct arrival));
    t->held = g_array_new(FALSE, FALSE, sizeof(struct held));
    t->now_ns = SEC(1700000000);
    return t;
}

void teller_free(struct teller *t) {
    tcprst_capture_free(t->capture);
    g_array_unref(t->frozen);
    g_array_unref(t->under_way);
    g_array_unref(t->held);
    g_free(t->broken);
    g_free(t);
}

/* 198.51.0.0/16 and 192.0.2.80, or the corresponding ones in 2001:db8::/32. */
static struct tcprst_address address_of(int version, bool is_server, unsigned number) {
    struct tcprst_address a = {{0}};
    if (version == 6) {
        memcpy(a.bytes, is_server ? "\x20\x01\x0d\xb8\0\x2" : "\x20\x01\x0d\xb8\0\x1", 6);
    } else {
        memcpy(a.bytes + 10, is_server ? "\xff\xff\300\0\2" : "\xff\xff\306\063", 4 + is_server);
    }
    if (!is_server || version == 6)
        a.bytes[14] = (uint8_t)(number >> 8);
    a.bytes[15] = (uint8_t)number;
    return a;
}

static void begin_at(struct host *h, uint32_t isn) {
    h->isn = isn;
    h->next = h->known = isn + 1;
}

static struct talk talk_new(const struct story *story, unsigned client, uint16_t client_port,
                            const struct crowd *crowd) {
    int version = story->ipv6 != crowd->other_family ? 6 : 4;
    uint16_t server_port = crowd->port ? crowd->port : SERVER_PORT;
    bool from = crowd->leg == FROM_SERVER, to = crowd->leg == TO_CLIENT;
    struct talk talk = {
        .client = {.address = address_of(version, from, from ? 80 : client), .port = client_port, .ip_id = 99,
                   .flow_label = 0xc11e7},
        .server = {.address = address_of(version, !to, to ? OWN_CLIENT : 80u + crowd->host), .port = server_port,
                   .ip_id = 199, .flow_label = 0x5e4fe},
        .version = version,
    };
    begin_at(&talk.client, story->client_isn ? story->client_isn : 1000);
    begin_at(&talk.server, story->server_isn ? story->server_isn : 500000);
    return talk;
}

static uint32_t override(int value, uint32_t usual) {
    return value == NONE ? 0 : value ? (uint32_t)value : usual;
}

/* How Linux builds a reset (docs/facts.md 1): A aborts a socket, B answers a segment. */
struct form {
    bool is_answer;
    uint32_t seq, ack;
};

static struct form reset_form(const struct host *own, const struct host *peer, bool has_ack) {
    if (has_ack && peer->has_acked)
        return (struct form){false, own->next, peer->known};
    return has_ack ? (struct form){true, 0, peer->next} : (struct form){true, peer->last_ack, 0};
}

static void set_numbers(struct tcprst_segment *s, const struct step *step, struct host *own,
                        const struct host *peer) {
    bool is_reset = s->flags & TCPRST_RST;
    struct form form = {false, own->next, s->flags & TCPRST_ACK ? peer->known : 0};
    if (s->flags & TCPRST_SYN) {
        if (step->isn)
            begin_at(own, step->isn);
        form.seq = own->isn;
    } else if (is_reset) {
        form = reset_form(own, peer, s->flags & TCPRST_ACK);
    }
    s->seq = (step->seq == NONE ? 0 : step->seq ? own->isn + (uint32_t)step->seq : form.seq) -
             (uint32_t)step->back;
    s->ack = step->ack == NONE    ? 0
             : step->ack == FIRST ? peer->isn
             : step->ack          ? peer->isn + (uint32_t)step->ack
                                  : form.ack;
    uint32_t end = s->seq + tcprst_segment_length(s);
    if (!is_reset && (int32_t)(end - own->next) > 0)
        own->next = end;
    if (!is_reset && !step->late)
        own->known = own->next;
}

static void set_ip(struct tcprst_segment *s, const struct step *step, struct host *own,
                   const struct host *peer, int version) {
    bool is_answer =
        s->flags & TCPRST_RST && reset_form(own, peer, s->flags & TCPRST_ACK).is_answer;
    bool is_synack = s->flags & TCPRST_SYN && s->flags & TCPRST_ACK;
    if (!is_answer && !is_synack)
        own->ip_id++;
    uint16_t id = is_answer || is_synack ? 0 : own->ip_id;
    uint8_t tos = is_answer ? peer->tos : own->tos;
    s->ip = (struct tcprst_ip){
        .version = (uint8_t)version,
        .ttl = (uint8_t)override(step->ttl, 64),
        .tos = (uint8_t)override(step->tos, tos),
    };
    if (version == 6) {
        s->ip.flow_label = override(step->flow_label, own->flow_label);
    } else {
        s->ip.id = (uint16_t)override(step->ip_id, id);
        s->ip.df = !step->no_df;
    }
    if (!is_answer)
        own->tos = s->ip.tos;
}

static uint32_t usual_window(const struct tcprst_segment *s, enum who who, bool is_answer) {
    if (is_answer)
        return 0;
    if (s->flags & TCPRST_SYN)
        return s->flags & TCPRST_ACK ? 65160 : 64240;
    return who == CLIENT ? 502 : 509;
}

static void set_options(struct tcprst_segment *s, const struct step *step, struct host *own,
                        const struct host *peer, bool is_answer) {
    uint32_t usual = 0;
    if (s->flags & TCPRST_SYN)
        usual = LINUX_OPTIONS;
    else if (!is_answer)
        usual = own->offered & peer->offered & TCPRST_OPT_TIMESTAMP;
    s->options.kinds = (uint16_t)override(step->options, usual);
    s->options.cut = step->cut;
    if (s->options.kinds & TCPRST_OPT_MSS)
        s->options.mss = 1460;
    if (s->options.kinds & TCPRST_OPT_WSCALE)
        s->options.wscale = 7;
    s->options.reset_reason = step->mptcp_reason;
    s->options.tsval = (uint32_t)step->tsval;
    s->options.tsecr = (uint32_t)step->tsecr;
    if (s->options.kinds & TCPRST_OPT_TIMESTAMP && !step->tsval)
        s->options.tsval = own->port * 1000u + (uint32_t)(step->at_ns / 1000000 - step->lag_ms);
    if (s->flags & TCPRST_SYN)
        own->offered = s->options.kinds;
    if (step->cut)
        s->options.kinds = 0;
}

static void set_payload(struct tcprst_segment *s, const struct step *step) {
    s->payload_bytes = override(step->bytes, s->flags & TCPRST_PSH ? PAYLOAD_BYTES : 0);
    if (!step->text)
        return;
    s->payload = (const uint8_t *)step->text;
    s->payload_captured_bytes = override(step->bytes, (uint32_t)strlen(step->text));
    s->payload_bytes = s->payload_captured_bytes;
}

static struct tcprst_segment segment_of(const struct step *step, struct talk *talk) {
    struct host *own = step->who == CLIENT ? &talk->client : &talk->server;
    struct host *peer = step->who == CLIENT ? &talk->server : &talk->client;
    struct tcprst_segment s = {
        .src = own->address, .dst = peer->address, .src_port = own->port, .dst_port = peer->port,
        .flags = step->flags, .point = tcprst_point(0, 1u + step->link),
    };
    bool has_ack = step->flags & TCPRST_ACK;
    bool is_answer = step->flags & TCPRST_RST && reset_form(own, peer, has_ack).is_answer;
    set_payload(&s, step);
    set_ip(&s, step, own, peer, talk->version);
    set_numbers(&s, step, own, peer);
    set_options(&s, step, own, peer, is_answer);
    s.window = (uint16_t)override(step->window, usual_window(&s, step->who, is_answer));
    s.checksum = step->cut       ? TCPRST_CHECKSUM_UNKNOWN
                 : step->bad_sum ? TCPRST_CHECKSUM_BAD
                                 : TCPRST_CHECKSUM_GOOD;
    if (has_ack)
        own->last_ack = s.ack, own->has_acked = true;
    return s;
}

/* The server's other address is one higher. */
static void go_elsewhere(struct tcprst_segment *s, enum who who) {
    struct tcprst_address *server = who == CLIENT ? &s->dst : &s->src;
    server->bytes[15]++;
}

static struct tcprst_icmp_error quoted_of(const struct step *step, const struct talk *talk) {
    const struct host *own = step->who == CLIENT ? &talk->client : &talk->server;
    const struct host *peer = step->who == CLIENT ? &talk->server : &talk->client;
    const bool is_v6 = talk->version == 6;
    uint8_t bytes[56] = {step->icmp_type, step->icmp_code, [6] = (uint8_t)(step->mtu >> 8), (uint8_t)step->mtu};
    uint8_t *ip = bytes + 8, *tcp = ip + (is_v6 ? 40 : 20);
    unsigned address_bytes = is_v6 ? 16 : 4, skipped = 16 - address_bytes;
    ip[0] = is_v6 ? 0x60 : 0x45;
    ip[is_v6 ? 6 : 9] = 6;
    memcpy(ip + (is_v6 ? 8 : 12), own->address.bytes + skipped, address_bytes);
    memcpy(ip + (is_v6 ? 24 : 16), peer->address.bytes + skipped, address_bytes);
    tcp[0] = (uint8_t)(own->port >> 8), tcp[1] = (uint8_t)own->port;
    tcp[2] = (uint8_t)(peer->port >> 8), tcp[3] = (uint8_t)peer->port;
    struct tcprst_icmp_error quoted = {.sender = peer->address};
    quoted.sender.bytes[15] ^= step->of_router;
    g_assert_true(tcprst_icmp_error_parse(&quoted, talk->version, bytes, (size_t)(tcp + 8 - bytes)));
    return quoted;
}

static void freeze_new_events(struct teller *t) {
    for (uint32_t i = t->frozen->len; i < tcprst_capture_events(t->capture); i++) {
        struct facts facts = facts_of(t->capture, tcprst_capture_event(t->capture, i));
        g_array_append_val(t->frozen, facts);
    }
}

static uint32_t capture(struct teller *t, struct arrival *arrival) {
    t->frames++;
    if (arrival->quoted.error) {
        arrival->quoted.frame = t->frames;
        tcprst_capture_observe_icmp_error(t->capture, &arrival->quoted);
        return t->frames;
    }
    arrival->segment.frame = t->frames;
    arrival->segment.time_ns = arrival->time_ns;
    tcprst_capture_observe(t->capture, &arrival->segment);
    freeze_new_events(t);
    return t->frames;
}

static gint by_time(gconstpointer a, gconstpointer b) {
    const struct arrival *one = a, *other = b;
    return (one->time_ns > other->time_ns) - (one->time_ns < other->time_ns);
}

/* Segments whose times are given for one capture point are captured at another one in the order of
 * their times there. */
static void arrive(struct teller *t) {
    g_array_sort(t->under_way, by_time); /* stable since GLib 2.32 */
    for (guint i = 0; i < t->under_way->len; i++)
        capture(t, &g_array_index(t->under_way, struct arrival, i));
    g_array_set_size(t->under_way, 0);
}

/* The segment as the point next to the server sees it, one router further on from the client. */
static struct arrival seen_there(const struct step *step, const struct arrival *own) {
    struct arrival there = *own;
    there.time_ns += step->there_ns;
    there.segment.point = tcprst_point(1, 2);
    if (step->who == CLIENT)
        there.segment.ip.ttl -= (uint8_t)(1 + step->there_routers);
    else
        there.segment.ip.ttl += step->there_routers;
    there.segment.ack += (uint32_t)step->there_ack;
    if (step->there_mss)
        there.segment.options.mss = (uint16_t)step->there_mss;
    return there;
}

/* Returns the frame; 0 if it has not passed another capture point yet. */
static uint32_t capture_at(struct teller *t, struct arrival *arrival) {
    if (!t->at)
        return capture(t, arrival);
    g_array_append_val(t->under_way, *arrival);
    return 0;
}

/* Returns the step's frame; 0 if it is not captured, or has not passed another capture point
 * yet. */
static uint32_t tell_step(struct teller *t, const struct step *step, struct talk *talk,
                          int64_t begin_ns) {
    struct arrival arrival = {.time_ns = begin_ns + step->at_ns};
    if (step->icmp_type)
        arrival.quoted = quoted_of(step, talk);
    else
        arrival.segment = segment_of(step, talk);
    if (step->elsewhere)
        go_elsewhere(&arrival.segment, step->who);
    t->now_ns = MAX(t->now_ns, arrival.time_ns);
    if (step->unseen)
        return 0;
    struct arrival there = seen_there(step, &arrival);
    arrival.time_ns += t->at && step->who == SERVER ? talk->shift_ns : 0;
    uint32_t frame = step->there != ONLY ? capture_at(t, &arrival) : 0;
    if (step->there)
        capture_at(t, &there);
    return frame;
}

static void tell_steps(struct teller *t, const struct step *steps, struct talk *talk) {
    const int64_t begin_ns = t->now_ns;
    for (unsigned i = 0; steps && i < STORY_STEPS && steps[i].who; i++)
        tell_step(t, &steps[i], talk, begin_ns);
    arrive(t);
}

static void tell_once(struct teller *t, const struct step *steps, struct talk talk, const struct crowd *crowd) {
    int64_t begin_ns = t->now_ns;
    talk.shift_ns = server_shift_ns(steps, t->at);
    tell_steps(t, steps, &talk);
    t->now_ns = MAX(t->now_ns, begin_ns + (crowd->every_ns ? crowd->every_ns : SEC(1)));
    const struct held held = {talk, crowd->last};
    if (held.last)
        g_array_append_val(t->held, held);
}

static void tell_crowd(struct teller *t, const struct story *story, const struct crowd *crowd,
                       uint16_t *client_port) {
    struct crowd one = *crowd;
    for (unsigned i = 0; i < crowd->times; i++) {
        unsigned client = crowd->clients ? 1 + i % crowd->clients : OWN_CLIENT;
        tell_once(t, crowd->steps, talk_new(story, client, (*client_port)++, &one), crowd);
        if (crowd->then)
            tell_once(t, crowd->then, talk_new(story, client, (*client_port)++, &one), crowd);
        one.port = (uint16_t)(one.port + crowd->many_ports);
        one.host = (uint8_t)(one.host + crowd->many_hosts);
    }
}

static void tell_crowds(struct teller *t, const struct story *story, const struct crowd *crowds,
                        unsigned most, uint16_t client_port) {
    for (unsigned k = 0; k < most && crowds[k].steps; k++)
        tell_crowd(t, story, &crowds[k], &client_port);
}

/* Plays the story itself, and the same for other clients at the same time. */
static void tell_own(struct teller *t, const struct story *story) {
    struct talk talks[1 + STORY_TOGETHER];
    int64_t begin_ns = t->now_ns;
    for (unsigned k = 0; k <= story->together; k++) {
        talks[k] = talk_new(story, OWN_CLIENT + (story->is_one_client ? 0 : k), (uint16_t)(STORY_PORT + k),
                            &(struct crowd){.port = story->server_port});
        talks[k].shift_ns = server_shift_ns(story->steps, t->at);
    }
    for (unsigned i = 0; i < STORY_STEPS && story->steps[i].who; i++) {
        bool is_last = i + 1 == STORY_STEPS || !story->steps[i + 1].who;
        if (is_last)
            tell_crowds(t, story, story->amid, G_N_ELEMENTS(story->amid), 61000);
        for (unsigned k = 0; k <= story->together; k++) {
            int64_t apart_ns = (is_last ? US(50) : MS(5)) * MAX(story->slower, 1);
            uint32_t frame = tell_step(t, &story->steps[i], &talks[k], begin_ns + k * apart_ns);
            if (k == 0)
                t->step_frames[i] = frame;
        }
    }
    arrive(t);
}

void teller_tell(struct teller *t, const struct story *story) {
    g_assert_cmpuint(story->together, <=, STORY_TOGETHER);
    memset(t->step_frames, 0, sizeof t->step_frames);
    if (story->settings)
        tcprst_capture_set_settings(t->capture, story->settings);
    struct talk survivor = talk_new(story, 1, 40999, &(struct crowd){0});
    tell_steps(t, story->survives, &survivor);
    tell_crowds(t, story, story->before, STORY_CROWDS, 41000);
    tell_own(t, story);
    struct held *held = (struct held *)t->held->data;
    for (guint i = 0; i < t->held->len; i++)
        tell_steps(t, held[i].last, &held[i].talk);
    tell_crowds(t, story, story->later, STORY_CROWDS, 51000);
    tell_steps(t, story->survives_on, &survivor);
    tcprst_capture_finish(t->capture);
    for (guint i = 0; !t->broken && i < t->frozen->len; i++) {
        const struct facts *facts = &g_array_index(t->frozen, struct facts, i);
        t->broken = facts_complaint(t->capture, facts);
        if (!t->broken)
            t->broken = event_complaint(t->capture, tcprst_capture_event(t->capture, facts->number));
    }
    for (uint32_t i = 0; !t->broken && i < tcprst_capture_silences(t->capture); i++)
        t->broken = event_complaint(t->capture, tcprst_capture_silence(t->capture, i));
    if (!t->broken)
        t->broken = pages_complaint(t->capture);
}
