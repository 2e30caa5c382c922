/* tunnel.c - headers that stand between two IP headers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layer.h"

enum { WORD_BYTES = 4 };

/* draft-foschiano-erspan-03: type I has no header; type II, which a GRE sequence number tells, one
 * of 8 bytes.  Type III has another GRE type. */
static void step_erspan(struct tcprst_layer *layer, bool has_sequence) {
    enum { HEADER_BYTES = 8, TYPE_II = 1 };
    if (!tcprst_layer_has(layer, 1))
        return;
    unsigned version = layer->bytes[0] >> 4;
    if (has_sequence && version != TYPE_II)
        tcprst_layer_leave(layer, "ERSPAN of an unknown version");
    else if (!has_sequence || tcprst_layer_skip(layer, HEADER_BYTES))
        layer->kind = TCPRST_LAYER_ETHERNET;
}

/* What GRE holds, by the Ethernet type in its header. */
static void become_gre_payload(struct tcprst_layer *layer, uint32_t type, bool has_sequence) {
    enum {
        KEEPALIVE = 0,
        IPV4 = 0x0800,
        IPV6 = 0x86dd,
        ETHERNET = 0x6558,
        MPLS = 0x8847,
        ERSPAN = 0x88be
    };
    if (type == KEEPALIVE)
        layer->kind = TCPRST_LAYER_END;
    else if (type == ERSPAN)
        step_erspan(layer, has_sequence);
    else if (type == IPV4 || type == IPV6 || type == ETHERNET || type == MPLS)
        tcprst_layer_become(layer, TCPRST_LAYER_ETHERTYPE, type);
    else
        tcprst_layer_leave_number(layer, "GRE type", type);
}

/* RFC 2784 and RFC 2890; version 1 is PPTP's (RFC 2637). */
void tcprst_step_gre(struct tcprst_layer *layer) {
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, VERSION = 7 };
    if (!tcprst_layer_has(layer, WORD_BYTES))
        return;
    uint32_t flags = tcprst_read_16(layer->bytes), type = tcprst_read_16(layer->bytes + 2);
    unsigned words = 1 + !!(flags & CHECKSUM) + !!(flags & KEY) + !!(flags & SEQUENCE);
    if (flags & (ROUTING | VERSION))
        tcprst_layer_leave(layer, flags & VERSION ? "PPTP" : "GRE source route");
    else if (tcprst_layer_skip(layer, words * WORD_BYTES))
        become_gre_payload(layer, type, flags & SEQUENCE);
}

/* Tunnels over UDP are known by their port alone. */
static const struct {
    uint16_t port;
    enum tcprst_layer_kind kind; /* TCPRST_LAYER_UNFOLLOWED: `name` says what it is */
    const char *name;
} udp_tunnels[] = {
    {1701, TCPRST_LAYER_UNFOLLOWED, "L2TP"},
    {2152, TCPRST_LAYER_GTP, "GTP-U"},
    {3544, TCPRST_LAYER_UNFOLLOWED, "Teredo"},
    {4341, TCPRST_LAYER_UNFOLLOWED, "LISP"},
    {4500, TCPRST_LAYER_UNFOLLOWED, "IPsec over UDP"},
    {4789, TCPRST_LAYER_VXLAN, "VXLAN"},
    {4790, TCPRST_LAYER_UNFOLLOWED, "VXLAN-GPE"},
    {5247, TCPRST_LAYER_UNFOLLOWED, "CAPWAP"},
    {6081, TCPRST_LAYER_GENEVE, "Geneve"},
    {6635, TCPRST_LAYER_UNFOLLOWED, "MPLS over UDP"},
    {37008, TCPRST_LAYER_UNFOLLOWED, "TZSP"},
};

/* Index in udp_tunnels; -1: none. */
static int find_tunnel(uint32_t port) {
    for (int i = 0; i < (int)(sizeof udp_tunnels / sizeof *udp_tunnels); i++)
        if (udp_tunnels[i].port == port)
            return i;
    return -1;
}

/* RFC 768.  Wireshark asks who knows the lower one of the two ports first; so a tunnel at the
 * higher one is not followed. */
void tcprst_step_udp(struct tcprst_layer *layer) {
    enum { HEADER_BYTES = 8 };
    const uint8_t *header = layer->bytes;
    if (!tcprst_layer_skip(layer, HEADER_BYTES))
        return;
    uint32_t src = tcprst_read_16(header), dst = tcprst_read_16(header + 2),
             length = tcprst_read_16(header + 4);
    layer->kind = TCPRST_LAYER_END;
    int tunnel = find_tunnel(src < dst ? src : dst);
    bool is_lower = tunnel >= 0;
    if (!is_lower)
        tunnel = find_tunnel(src < dst ? dst : src);
    if (tunnel < 0 || length < HEADER_BYTES)
        return;
    tcprst_layer_limit(layer, length - HEADER_BYTES);
    if (is_lower && udp_tunnels[tunnel].kind != TCPRST_LAYER_UNFOLLOWED)
        layer->kind = udp_tunnels[tunnel].kind;
    else
        tcprst_layer_leave(layer, udp_tunnels[tunnel].name);
}

/* RFC 7348 section 5 */
void tcprst_step_vxlan(struct tcprst_layer *layer) {
    enum { HEADER_BYTES = 8 };
    if (tcprst_layer_skip(layer, HEADER_BYTES))
        layer->kind = TCPRST_LAYER_ETHERNET;
}

/* RFC 8926 section 3.4 */
void tcprst_step_geneve(struct tcprst_layer *layer) {
    enum { HEADER_BYTES = 8, OPTION_WORDS = 0x3f };
    const uint8_t *header = layer->bytes;
    if (tcprst_layer_has(layer, HEADER_BYTES) &&
        tcprst_layer_skip(layer, HEADER_BYTES + (header[0] & OPTION_WORDS) * WORD_BYTES))
        tcprst_layer_become(layer, TCPRST_LAYER_ETHERTYPE, tcprst_read_16(header + 2));
}

/* 3GPP TS 29.060 section 6 and TS 29.281 section 5.2.1: extension headers count their length in
 * words, and their last byte is the type of the next. */
static bool skip_gtp_extensions(struct tcprst_layer *layer, unsigned next) {
    while (next) {
        const uint8_t *extension = layer->bytes;
        if (!tcprst_layer_has(layer, 1))
            return false;
        uint32_t bytes = extension[0] * (uint32_t)WORD_BYTES;
        if (!bytes || !tcprst_layer_skip(layer, bytes))
            return false;
        next = extension[bytes - 1];
    }
    return true;
}

/* Only user data of version 1.  No field says what it holds: it is taken for IP, whose version its
 * first four bits tell. */
void tcprst_step_gtp(struct tcprst_layer *layer) {
    enum {
        VERSION_1 = 0x30,
        VERSION_BITS = 0xf0,
        EXTENSION = 4,
        ANY_OPTION = 7,
        USER_DATA = 0xff,
        HEADER_BYTES = 8
    };
    const uint8_t *header = layer->bytes;
    if (!tcprst_layer_skip(layer, HEADER_BYTES))
        return;
    layer->kind = TCPRST_LAYER_END;
    if ((header[0] & VERSION_BITS) != VERSION_1 || header[1] != USER_DATA)
        return;
    const uint8_t *options = layer->bytes;
    if (header[0] & ANY_OPTION && !tcprst_layer_skip(layer, WORD_BYTES))
        return;
    if (header[0] & EXTENSION && !skip_gtp_extensions(layer, options[WORD_BYTES - 1]))
        return;
    tcprst_layer_become_ip(layer, "GTP-U that holds no IP");
}
