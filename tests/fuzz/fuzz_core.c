/* fuzz_core.c - libFuzzer target: any bytes as conversations, or as TCP headers with lying lengths
 *
 * Each byte is an order, so that an input reads like Zeek's history string: S SYN, h SYN/ACK, A and
 * a ACK, D and d data, F and f FIN, R and r bare reset, T and t reset with ACK; upper case from the
 * client.  The numbers fit unless a byte before the segment spoils them.  A first byte # means raw
 * headers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_bytes.h"
#include "invariants.h"
#include "pages.h"
#include "payloads.h"

enum { SLOTS = 16, SEGMENTS_MAX = 400, EVENTS_MAX = 16 };

struct side {
    uint32_t isn, next, last_ack;
    bool has_acked;
    uint16_t ip_id;
};

struct talk {
    struct side side[2];
    uint16_t client_port, server_port;
    uint8_t client;
};

struct input {
    const uint8_t *bytes;
    size_t size, at;
};

struct fuzz {
    struct tcprst_capture *capture;
    struct talk talks[SLOTS];
    struct talk *talk;
    struct tcprst_segment next; /* as the spoiling bytes want it */
    unsigned spoiled;           /* fields of `next` that count, SPOILED_ */
    int32_t seq_shift, ack_shift;
    bool unseen, other_server;
    uint16_t ports;
    uint32_t frame;
    unsigned segments, events;
    int64_t time_ns;
    size_t begin; /* of the current connection's orders */
    bool replaying;
    struct facts facts[EVENTS_MAX];
};

enum {
    SPOILED_SEQ = 1,
    SPOILED_ACK = 2,
    SPOILED_WINDOW = 4,
    SPOILED_TTL = 8,
    SPOILED_ID = 16,
    SPOILED_OPTIONS = 32,
    SPOILED_PAYLOAD = 64,
    SPOILED_TOS = 128,
    SPOILED_LABEL = 256,
    SPOILED_DF = 512,
};

static uint64_t take(struct input *in, unsigned bytes) {
    uint64_t value = 0;
    while (bytes--)
        value = value << 8 | (in->at < in->size ? in->bytes[in->at++] : 0);
    return value;
}

static void insist(char *complaint) {
    if (!complaint)
        return;
    g_printerr("%s\n", complaint);
    abort();
}

static void begin_side(struct side *side, uint32_t isn) {
    *side = (struct side){.isn = isn, .next = isn + 1, .ip_id = (uint16_t)isn};
}

static void begin_talk(struct fuzz *f) {
    begin_side(&f->talk->side[0], 1000u + f->ports * 7919u);
    begin_side(&f->talk->side[1], 0xffffff00u + f->ports * 104729u);
    f->talk->client_port = (uint16_t)(40000 + f->ports++);
}

static void set_addresses(const struct fuzz *f, struct tcprst_segment *s, bool from_server) {
    const struct talk *t = f->talk;
    struct tcprst_address client = {{[10] = 0xff, [11] = 0xff, [12] = 10, [15] = t->client}};
    struct tcprst_address server = {{[10] = 0xff, [11] = 0xff, [12] = 11, [15] = 80}};
    s->ip = (struct tcprst_ip){.version = 4, .ttl = 64, .df = true};
    if (t->client % 4 == 3) {
        client.bytes[0] = server.bytes[0] = 0x20;
        s->ip = (struct tcprst_ip){.version = 6, .ttl = 64, .flow_label = 0x12345};
    }
    server.bytes[15] = (uint8_t)(80 + f->other_server);
    s->src = from_server ? server : client;
    s->dst = from_server ? client : server;
    s->src_port = from_server ? t->server_port : t->client_port;
    s->dst_port = from_server ? t->client_port : t->server_port;
}

static void set_numbers(struct tcprst_segment *s, const struct side *own, const struct side *peer) {
    bool has_ack = s->flags & TCPRST_ACK;
    s->seq = s->flags & TCPRST_SYN ? own->isn : own->next;
    s->ack = has_ack ? peer->next : 0;
    if (!(s->flags & TCPRST_RST))
        return;
    if (!has_ack)
        s->seq = peer->last_ack;
    else if (!peer->has_acked)
        s->seq = 0;
}

static void set_habits(struct tcprst_segment *s, struct side *own) {
    bool is_bare_reset = s->flags & TCPRST_RST && !(s->flags & TCPRST_ACK);
    bool is_synack = s->flags & TCPRST_SYN && s->flags & TCPRST_ACK;
    s->window = is_bare_reset ? 0 : s->flags & TCPRST_SYN ? 65160 : 500;
    if (s->ip.version == 4)
        s->ip.id = is_bare_reset || is_synack ? 0 : ++own->ip_id;
    if (s->flags & TCPRST_SYN)
        s->options = (struct tcprst_options){.kinds = 15, .wscale = 7, .mss = 1460};
    else if (s->flags & TCPRST_RST && s->flags & TCPRST_ACK)
        s->options.kinds = TCPRST_OPT_TIMESTAMP;
}

static void spoil(const struct fuzz *f, struct tcprst_segment *s) {
    s->seq = (f->spoiled & SPOILED_SEQ ? f->next.seq : s->seq) + (uint32_t)f->seq_shift;
    s->ack = (f->spoiled & SPOILED_ACK ? f->next.ack : s->ack) + (uint32_t)f->ack_shift;
    if (f->spoiled & SPOILED_WINDOW)
        s->window = f->next.window;
    if (f->spoiled & SPOILED_TTL)
        s->ip.ttl = f->next.ip.ttl;
    if (f->spoiled & SPOILED_ID)
        s->ip.id = f->next.ip.id;
    if (f->spoiled & SPOILED_TOS)
        s->ip.tos = f->next.ip.tos;
    if (f->spoiled & SPOILED_LABEL)
        s->ip.flow_label = f->next.ip.flow_label;
    if (f->spoiled & SPOILED_DF)
        s->ip.df = false;
    if (f->spoiled & SPOILED_OPTIONS)
        s->options = f->next.options;
    if (!(f->spoiled & SPOILED_PAYLOAD))
        return;
    s->payload_bytes = f->next.payload_bytes;
    s->payload = f->next.payload;
    s->payload_captured_bytes = f->next.payload_captured_bytes;
}

static void freeze_new_events(struct fuzz *f) {
    while (f->events < tcprst_capture_events(f->capture) && f->events < EVENTS_MAX) {
        f->facts[f->events] = facts_of(f->capture, tcprst_capture_event(f->capture, f->events));
        f->events++;
    }
}

static void send_segment(struct fuzz *f, uint8_t flags, bool from_server) {
    struct side *own = &f->talk->side[from_server], *peer = &f->talk->side[!from_server];
    struct tcprst_segment s = {.flags = flags, .payload_bytes = flags & TCPRST_PSH ? 100 : 0};
    set_addresses(f, &s, from_server);
    set_numbers(&s, own, peer);
    set_habits(&s, own);
    spoil(f, &s);
    if (!(flags & TCPRST_RST))
        own->next = s.seq + tcprst_segment_length(&s);
    if (flags & TCPRST_ACK)
        own->last_ack = s.ack, own->has_acked = true;
    s.time_ns = f->time_ns;
    if (!f->unseen && f->segments++ < SEGMENTS_MAX) {
        s.frame = ++f->frame;
        tcprst_capture_observe(f->capture, &s);
        freeze_new_events(f);
    }
    f->spoiled = 0, f->seq_shift = f->ack_shift = 0, f->unseen = f->other_server = false;
}

/* Orders that are a segment; false if this is none. */
static bool obey_segment(struct fuzz *f, uint8_t order) {
    static const struct { char letter; uint8_t flags; } kinds[] = {
        {'s', TCPRST_SYN}, {'h', TCPRST_SYN | TCPRST_ACK}, {'a', TCPRST_ACK},
        {'d', TCPRST_PSH | TCPRST_ACK}, {'f', TCPRST_FIN | TCPRST_ACK}, {'r', TCPRST_RST},
        {'t', TCPRST_RST | TCPRST_ACK}, {'n', 0}, {'x', TCPRST_FIN | TCPRST_PSH}, {'l', TCPRST_FIN},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_ascii_tolower((char)order) != kinds[i].letter)
            continue;
        send_segment(f, kinds[i].flags, g_ascii_islower((char)order));
        return true;
    }
    return false;
}

static int64_t shift_time(int64_t time_ns, int64_t by_ns) {
    return (int64_t)((uint64_t)time_ns + (uint64_t)by_ns);
}

/* Orders that let time pass. */
static bool obey_time(struct fuzz *f, uint8_t order, struct input *in) {
    static const int64_t steps_ns[] = {
        0,          1000,        100000,      1000000,      40000000,
        1000000000, 10000000000, 60000000000, 350000000000, 7200000000000};
    if (order >= '0' && order <= '9')
        f->time_ns = shift_time(f->time_ns, steps_ns[order - '0']);
    else if (order == '-')
        f->time_ns = shift_time(f->time_ns, -1000000);
    else if (order == '=')
        f->time_ns = (int64_t)take(in, 8);
    else
        return false;
    return true;
}

static bool obey_numbers(struct fuzz *f, uint8_t order, struct input *in) {
    if (order == '<')
        f->seq_shift--;
    else if (order == '>')
        f->seq_shift += 100;
    else if (order == '(')
        f->ack_shift--;
    else if (order == ')')
        f->ack_shift += 100;
    else if (order == 'q')
        f->next.seq = (uint32_t)take(in, 4), f->spoiled |= SPOILED_SEQ;
    else if (order == 'k')
        f->next.ack = (uint32_t)take(in, 4), f->spoiled |= SPOILED_ACK;
    else if (order == 'z')
        f->next.ack = 0, f->spoiled |= SPOILED_ACK;
    else
        return false;
    return true;
}

/* Words whose first bytes matter. */
static void say(struct fuzz *f, unsigned which) {
#define WORDS(literal) {literal, sizeof(literal) - 1}
    static const struct { const char *text; uint32_t bytes;
    } words[] = {
        WORDS(HELLO("allowed.example")),
        WORDS(HELLO("blocked.example")),
        WORDS(HELLO_NAMELESS),
        WORDS(HELLO_FIRST_PART),
        WORDS(HELLO_SECOND_PART("blocked.example")),
        WORDS(SERVER_HELLO),
        WORDS(ALERT("\x28")),
        WORDS(GET("blocked.example")),
        WORDS(HTTP_OK),
        WORDS(SSH_BANNER),
        WORDS(SMTP_GREETING),
        WORDS("Exceeded MaxStartups {server}"),
        WORDS("BIG-IP: [0x1:2] Flow expired"),
    };
    which %= G_N_ELEMENTS(words);
    f->next.payload = (const uint8_t *)words[which].text;
    f->next.payload_bytes = f->next.payload_captured_bytes = words[which].bytes;
    f->spoiled |= SPOILED_PAYLOAD;
}

/* An ICMP error about the current connection. */
static void quote(struct fuzz *f, uint8_t type, uint8_t code, bool from_server) {
    struct tcprst_segment s = {.flags = TCPRST_ACK};
    set_addresses(f, &s, from_server);
    uint8_t bytes[56] = {type, code};
    bool is_v6 = s.ip.version == 6;
    uint8_t *ip = bytes + 8, *tcp = ip + (is_v6 ? 40 : 20);
    unsigned address_bytes = is_v6 ? 16 : 4;
    ip[0] = is_v6 ? 0x60 : 0x45;
    ip[is_v6 ? 6 : 9] = 6;
    memcpy(ip + (is_v6 ? 8 : 12), s.src.bytes + 16 - address_bytes, address_bytes);
    memcpy(ip + (is_v6 ? 24 : 16), s.dst.bytes + 16 - address_bytes, address_bytes);
    tcp[0] = (uint8_t)(s.src_port >> 8), tcp[1] = (uint8_t)s.src_port;
    tcp[2] = (uint8_t)(s.dst_port >> 8), tcp[3] = (uint8_t)s.dst_port;
    struct tcprst_icmp_error quoted;
    if (!tcprst_icmp_error_parse(&quoted, s.ip.version, bytes, (size_t)(tcp + 8 - bytes)))
        return;
    quoted.frame = ++f->frame;
    tcprst_capture_observe_icmp_error(f->capture, &quoted);
}

static void take_payload(struct fuzz *f, struct input *in) {
    size_t wanted = take(in, 1);
    size_t left = in->size - in->at;
    size_t captured = wanted < left ? wanted : left;
    f->next.payload = captured ? in->bytes + in->at : NULL;
    f->next.payload_captured_bytes = (uint32_t)captured;
    f->next.payload_bytes = wanted == 255 ? UINT32_MAX : (uint32_t)wanted;
    in->at += captured;
    f->spoiled |= SPOILED_PAYLOAD;
}

static bool obey_header(struct fuzz *f, uint8_t order, struct input *in) {
    if (order == 'w')
        f->next.window = 0, f->spoiled |= SPOILED_WINDOW;
    else if (order == 'W')
        f->next.window = (uint16_t)take(in, 2), f->spoiled |= SPOILED_WINDOW;
    else if (order == 'i')
        f->next.ip.id = (uint16_t)take(in, 2), f->spoiled |= SPOILED_ID;
    else if (order == 'g')
        f->next.ip.ttl = (uint8_t)take(in, 1), f->spoiled |= SPOILED_TTL;
    else if (order == 'c')
        f->next.ip.tos = (uint8_t)take(in, 1), f->spoiled |= SPOILED_TOS;
    else if (order == 'b')
        f->next.ip.flow_label = (uint32_t)take(in, 1), f->spoiled |= SPOILED_LABEL;
    else if (order == 'j')
        f->spoiled |= SPOILED_DF;
    else if (order == 'o')
        f->next.options = (struct tcprst_options){.kinds = (uint8_t)take(in, 1),
                                                  .wscale = (uint8_t)(take(in, 1) % 15)},
        f->next.options.reset_reason = f->next.options.kinds, f->spoiled |= SPOILED_OPTIONS;
    else if (order == 'e')
        f->next.options.tsval = (uint32_t)take(in, 4),
        f->next.options.tsecr = (uint32_t)take(in, 4), f->spoiled |= SPOILED_OPTIONS;
    else if (order == 'E')
        f->next.options.kinds = (uint16_t)take(in, 2), f->spoiled |= SPOILED_OPTIONS;
    else if (order == 'p')
        take_payload(f, in);
    else if (order == 'm')
        say(f, (unsigned)take(in, 1));
    else
        return false;
    return true;
}

static void obey(struct fuzz *f, struct input *in);

/* The current connection's orders again, on new ports. */
static void replay(struct fuzz *f, const struct input *in, unsigned times) {
    if (f->replaying)
        return;
    f->replaying = true;
    for (unsigned i = 0; i < times && f->segments < SEGMENTS_MAX; i++) {
        struct input again = {in->bytes, in->at, f->begin};
        begin_talk(f);
        while (again.at < again.size)
            obey(f, &again);
    }
    f->replaying = false;
}

static void obey_talk(struct fuzz *f, uint8_t order, struct input *in) {
    if (order == ' ' || order == '\n') {
        begin_talk(f);
        f->begin = f->replaying ? f->begin : in->at;
    } else if (order == '@') {
        f->talk = &f->talks[take(in, 1) % SLOTS];
    } else if (order == '*') {
        replay(f, in, take(in, 1) % 64);
    } else if (order == ':') {
        f->talk->server_port = (uint16_t)take(in, 1);
    } else if (order == '^') {
        f->talk->client = (uint8_t)take(in, 1);
    } else if (order == 'Q') {
        uint8_t type = (uint8_t)take(in, 1);
        quote(f, type & 0x7f, (uint8_t)take(in, 1), type >> 7);
    } else if (order == 'y') {
        f->other_server = true;
    } else if (order == 'u') {
        f->unseen = true;
    } else if (order == '~') {
        unsigned role = take(in, 1) & 1;
        begin_side(&f->talk->side[role], f->talk->side[role].isn + 0x10001);
    } else if (order == 'P') {
        uint8_t flags = (uint8_t)take(in, 1);
        send_segment(f, flags & 0x3f, flags >> 7);
    }
}

static void obey(struct fuzz *f, struct input *in) {
    uint8_t order = (uint8_t)take(in, 1);
    if (order >= 128)
        order = (uint8_t)"ShADdFfRrTt56"[order % 13]; /* no byte is lost */
    if (obey_time(f, order, in) || obey_numbers(f, order, in) || obey_header(f, order, in) ||
        obey_segment(f, order))
        return;
    obey_talk(f, order, in);
}

/* Texts take longest, so some of one event's do, and the pages of some inputs. */
static void check_events(const struct fuzz *f) {
    for (unsigned i = 0; i < f->events; i++) {
        insist(facts_complaint(f->capture, &f->facts[i]));
        insist(event_complaint(f->capture, tcprst_capture_event(f->capture, f->facts[i].number)));
    }
    if (f->events)
        insist(texts_complaint(f->capture,
                               tcprst_capture_event(f->capture, f->facts[f->events - 1].number),
                               f->frame % 8, 8));
}

static void fuzz_conversations(struct input *in) {
    struct fuzz f = {.capture = tcprst_capture_new(), .time_ns = 1700000000000000000};
    if (in->size % 4 == 0)
        tcprst_capture_keep(f.capture, 1 + in->size / 4 % 3);
    for (unsigned i = 0; i < SLOTS; i++) {
        f.talk = &f.talks[i];
        f.talk->client = (uint8_t)i;
        f.talk->server_port = 80;
        begin_talk(&f);
    }
    while (in->at < in->size && f.segments < SEGMENTS_MAX)
        obey(&f, in);
    if (f.events) /* provisional */
        insist(event_complaint(f.capture, tcprst_capture_event(f.capture, f.facts[0].number)));
    tcprst_capture_finish(f.capture);
    check_events(&f);
    if (in->size % 8 == 0)
        insist(pages_complaint(f.capture));
    tcprst_capture_free(f.capture);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct input in = {bytes, size, 0};
    g_random_set_seed(1); /* of the tables' secret: two runs do the same */
    if (size && bytes[0] == '#')
        fuzz_bytes(bytes + 1, size - 1);
    else
        fuzz_conversations(&in);
    return 0;
}
