/* tunnel.c - headers that stand between two IP headers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layer.h"

/* RFC 2784 and RFC 2890; version 1 is PPTP's (RFC 2637). */
void tcprst_step_gre(struct tcprst_layer *layer) {
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, VERSION = 7, WORD_BYTES = 4 };
    enum { TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd, TYPE_ETHERNET = 0x6558, TYPE_MPLS = 0x8847 };
    if (!tcprst_layer_has(layer, WORD_BYTES))
        return;
    uint32_t flags = tcprst_read_16(layer->bytes), type = tcprst_read_16(layer->bytes + 2);
    if (flags & (ROUTING | VERSION)) {
        tcprst_layer_leave(layer, flags & VERSION ? "PPTP" : "GRE source route");
        return;
    }
    unsigned words = 1 + !!(flags & CHECKSUM) + !!(flags & KEY) + !!(flags & SEQUENCE);
    if (!tcprst_layer_skip(layer, words * WORD_BYTES))
        return;
    bool is_followed = type == TYPE_IPV4 || type == TYPE_IPV6 || type == TYPE_ETHERNET || type == TYPE_MPLS;
    if (is_followed)
        tcprst_layer_become(layer, TCPRST_LAYER_ETHERTYPE, type);
    else if (type)
        tcprst_layer_leave_number(layer, "GRE type", type);
    else
        layer->kind = TCPRST_LAYER_END; /* keep-alive */
}

/* Tunnels over UDP are known by their port alone. */
static const struct {
    uint16_t port;
    enum tcprst_layer_kind kind; /* TCPRST_LAYER_UNFOLLOWED: `name` says what it is */
    const char *name;
} udp_tunnels[] = {
    {1701, TCPRST_LAYER_UNFOLLOWED, "L2TP"},
    {2152, TCPRST_LAYER_UNFOLLOWED, "GTP-U"},
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

/* RFC 768.  Wireshark asks who knows the lower one of the two ports first; so a tunnel at the higher one is
 * followed only where that is its registered one and the other end could not be known by its own. */
void tcprst_step_udp(struct tcprst_layer *layer) {
    enum { HEADER_BYTES = 8 };
    const uint8_t *header = layer->bytes;
    if (!tcprst_layer_skip(layer, HEADER_BYTES))
        return;
    uint32_t src = tcprst_read_16(header), dst = tcprst_read_16(header + 2), length = tcprst_read_16(header + 4);
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
    enum { HEADER_BYTES = 8, OPTION_WORDS = 0x3f, WORD_BYTES = 4 };
    const uint8_t *header = layer->bytes;
    if (tcprst_layer_has(layer, HEADER_BYTES) &&
        tcprst_layer_skip(layer, HEADER_BYTES + (header[0] & OPTION_WORDS) * WORD_BYTES))
        tcprst_layer_become(layer, TCPRST_LAYER_ETHERTYPE, tcprst_read_16(header + 2));
}
