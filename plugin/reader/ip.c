/* ip.c - headers of IPv4 and IPv6, with extension headers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "layer.h"

/* www.iana.org/assignments/protocol-numbers */
enum {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_ICMP = 1,
    PROTOCOL_IPV4 = 4,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_GRE = 47,
    PROTOCOL_ESP = 50,
    PROTOCOL_AUTHENTICATION = 51,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_DESTINATION = 60,
    PROTOCOL_ETHERIP = 97,
    PROTOCOL_ENCAPSULATION = 98, /* RFC 1241 */
    PROTOCOL_IPCOMP = 108,
    PROTOCOL_L2TP = 115,
    PROTOCOL_MPLS = 137,
    PROTOCOL_ETHERNET = 143,
};

static const struct {
    uint8_t protocol;
    const char *name;
} unfollowed_protocols[] = {
    {PROTOCOL_ESP, "IPsec ESP"},
    {PROTOCOL_AUTHENTICATION, "IPsec AH"},
    {PROTOCOL_ETHERIP, "EtherIP"},
    {PROTOCOL_ENCAPSULATION, "IP protocol 98"},
    {PROTOCOL_IPCOMP, "IPComp"},
    {PROTOCOL_L2TP, "L2TP version 3"},
    {PROTOCOL_ETHERNET, "Ethernet in IP"},
    {PROTOCOL_HOP_BY_HOP, "IPv6 extension header in IPv4"},
    {PROTOCOL_ROUTING, "IPv6 extension header in IPv4"},
    {PROTOCOL_FRAGMENT, "IPv6 extension header in IPv4"},
    {PROTOCOL_DESTINATION, "IPv6 extension header in IPv4"},
};

static enum tcprst_layer_kind kind_of_protocol(uint32_t protocol) {
    static const enum tcprst_layer_kind kinds[] = { /* others are 0: TCPRST_LAYER_END */
        [PROTOCOL_TCP] = TCPRST_LAYER_TCP,
        [PROTOCOL_ICMP] = TCPRST_LAYER_ICMP,
        [PROTOCOL_ICMPV6] = TCPRST_LAYER_ICMPV6,
        [PROTOCOL_IPV4] = TCPRST_LAYER_IPV4,
        [PROTOCOL_IPV6] = TCPRST_LAYER_IPV6,
        [PROTOCOL_GRE] = TCPRST_LAYER_GRE,
        [PROTOCOL_UDP] = TCPRST_LAYER_UDP,
        [PROTOCOL_MPLS] = TCPRST_LAYER_MPLS,
    };
    return protocol < sizeof kinds / sizeof *kinds ? kinds[protocol] : TCPRST_LAYER_END;
}

void tcprst_step_ip_protocol(struct tcprst_layer *layer) {
    for (unsigned i = 0; i < sizeof unfollowed_protocols / sizeof *unfollowed_protocols; i++)
        if (unfollowed_protocols[i].protocol == layer->number) {
            tcprst_layer_leave(layer, unfollowed_protocols[i].name);
            return;
        }
    layer->kind = kind_of_protocol(layer->number);
}

/* --- IPv4: RFC 791 section 3.1 --- */

enum { IPV4_BYTES = 20, DF = 0x4000, MORE_FRAGMENTS = 0x2000, FRAGMENT_OFFSET = 0x1fff };

/* A loose or strict source route keeps the last destination in the options. */
static bool has_source_route(const uint8_t *options, uint32_t count) {
    enum { END = 0, NO_OPERATION = 1, LOOSE = 0x83, STRICT = 0x89 };
    for (uint32_t i = 0; i < count && options[i] != END;) {
        if (options[i] == LOOSE || options[i] == STRICT)
            return true;
        if (options[i] == NO_OPERATION)
            i++;
        else if (i + 1 < count && options[i + 1] >= 2)
            i += options[i + 1];
        else
            return false;
    }
    return false;
}

/* Length of header and payload; 0: impossible.  Network cards that cut segments up leave 0 in the
 * field. */
static uint32_t ipv4_length(const struct tcprst_layer *layer, uint32_t header_bytes) {
    uint32_t length = tcprst_read_16(layer->bytes + 2);
    if (length == 0)
        length = layer->length_bytes;
    return length < header_bytes ? 0 : length;
}

static void read_ipv4_fields(struct tcprst_layer *layer, const uint8_t *header) {
    layer->ip = (struct tcprst_ip){
        .version = 4,
        .tos = header[1],
        .id = tcprst_read_16(header + 4),
        .df = tcprst_read_16(header + 6) & DF,
        .ttl = header[8],
    };
    layer->src = tcprst_address_of_ipv4(header + 12);
    layer->dst = tcprst_address_of_ipv4(header + 16);
}

void tcprst_step_ipv4(struct tcprst_layer *layer) {
    if (!tcprst_layer_has(layer, IPV4_BYTES))
        return;
    const uint8_t *header = layer->bytes;
    uint32_t header_bytes = (header[0] & 15u) * 4, length_bytes = ipv4_length(layer, header_bytes);
    layer->kind = TCPRST_LAYER_END;
    if (header[0] >> 4 != 4 || header_bytes < IPV4_BYTES || !length_bytes)
        return;
    tcprst_layer_limit(layer, length_bytes);
    if (!tcprst_layer_skip(layer, header_bytes))
        return;
    read_ipv4_fields(layer, header);
    bool is_whole = layer->captured_bytes == length_bytes - header_bytes;
    uint32_t place = tcprst_read_16(header + 6) & (MORE_FRAGMENTS | FRAGMENT_OFFSET);
    if (has_source_route(header + IPV4_BYTES, header_bytes - IPV4_BYTES))
        tcprst_layer_leave(layer, "IPv4 source route");
    else if (place && (is_whole || place & FRAGMENT_OFFSET))
        tcprst_layer_leave(layer, "IPv4 fragment");
    else /* the first fragment too, if it was not captured to its end: nobody can put it together */
        tcprst_layer_become(layer, TCPRST_LAYER_IP_PROTOCOL, header[9]);
}

/* --- IPv6: RFC 8200 --- */

void tcprst_step_ipv6(struct tcprst_layer *layer) {
    enum { HEADER_BYTES = 40 };
    if (!tcprst_layer_has(layer, HEADER_BYTES))
        return;
    const uint8_t *header = layer->bytes;
    uint32_t first = tcprst_read_32(header), payload_bytes = tcprst_read_16(header + 4);
    layer->kind = TCPRST_LAYER_END;
    if (first >> 28 != 6)
        return;
    layer->ip = (struct tcprst_ip){
        .version = 6,
        .tos = (uint8_t)(first >> 20),
        .flow_label = first & 0xfffff,
        .ttl = header[7],
    };
    memcpy(layer->src.bytes, header + 8, sizeof layer->src.bytes);
    memcpy(layer->dst.bytes, header + 24, sizeof layer->dst.bytes);
    tcprst_layer_skip(layer, HEADER_BYTES);
    if (!payload_bytes) {
        tcprst_layer_leave(layer, "IPv6 without a length");
        return;
    }
    tcprst_layer_limit(layer, payload_bytes);
    tcprst_layer_become(layer, TCPRST_LAYER_IPV6_NEXT, header[6]);
}

/* Section 4.5: a fragment that is the whole packet has offset 0 and no more to come (RFC 6946). */
static void step_fragment(struct tcprst_layer *layer) {
    enum { HEADER_BYTES = 8, OFFSET_AND_MORE = 0xfff9 };
    const uint8_t *header = layer->bytes;
    if (!tcprst_layer_skip(layer, HEADER_BYTES))
        return;
    if (tcprst_read_16(header + 2) & OFFSET_AND_MORE)
        tcprst_layer_leave(layer, "IPv6 fragment");
    else
        tcprst_layer_become(layer, TCPRST_LAYER_IPV6_NEXT, header[0]);
}

/* Sections 4.3, 4.4 and 4.6: next header, and length in units of 8 bytes less one. */
static void step_extension(struct tcprst_layer *layer) {
    const uint8_t *header = layer->bytes;
    bool is_routing = layer->number == PROTOCOL_ROUTING;
    if (!tcprst_layer_has(layer, 4) || !tcprst_layer_skip(layer, (header[1] + 1u) * 8))
        return;
    if (is_routing && header[3])
        tcprst_layer_leave(layer, "IPv6 source route");
    else
        tcprst_layer_become(layer, TCPRST_LAYER_IPV6_NEXT, header[0]);
}

void tcprst_step_ipv6_next(struct tcprst_layer *layer) {
    switch (layer->number) {
    case PROTOCOL_HOP_BY_HOP:
    case PROTOCOL_ROUTING:
    case PROTOCOL_DESTINATION:
        step_extension(layer);
        return;
    case PROTOCOL_FRAGMENT:
        step_fragment(layer);
        return;
    default:
        tcprst_step_ip_protocol(layer);
    }
}
