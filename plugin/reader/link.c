/* link.c - headers of the link layer, and the types that they share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layer.h"

/* IEEE Std 802.3: from here on the two bytes are a type, up to there a length. */
enum { LEAST_TYPE = 1536, MOST_LENGTH = 1500 };

static const struct {
    uint16_t type;
    enum tcprst_layer_kind kind;
} followed_types[] = {
    {0x0800, TCPRST_LAYER_IPV4},
    {0x86dd, TCPRST_LAYER_IPV6},
    {0x8100, TCPRST_LAYER_VLAN},     /* IEEE Std 802.1Q */
    {0x88a8, TCPRST_LAYER_VLAN},     /* of a service */
    {0x9100, TCPRST_LAYER_VLAN},     /* old QinQ */
    {0x6558, TCPRST_LAYER_ETHERNET}, /* RFC 1701: transparent Ethernet bridging */
    {0x8847, TCPRST_LAYER_MPLS},     /* RFC 5332 */
    {0x8848, TCPRST_LAYER_MPLS},     /* upstream */
    {0x8864, TCPRST_LAYER_PPPOE},    /* RFC 2516: session */
    {0x8909, TCPRST_LAYER_CISCO_TAG},
};

/* What runs beside IP and never holds it; so nobody need be told. */
static const uint16_t types_without_ip[] = {
    /* ARP, RARP, AppleTalk and its ARP, IPX, Wake on LAN */
    0x0806, 0x8035, 0x809b, 0x80f3, 0x8137, 0x0842,
    /* MAC control, LACP, PPPoE discovery, teaming, 802.1X, OUI */
    0x8808, 0x8809, 0x8863, 0x886d, 0x888e, 0x88b7,
    /* PROFINET, AoE, EtherCAT, LLDP, LLTD, HomePlug */
    0x8892, 0x88a2, 0x88a4, 0x88cc, 0x88d9, 0x88e1,
    /* HomePlug, Realtek, media redundancy, MVRP, MMRP, PTP */
    0x887b, 0x8899, 0x88e3, 0x88f5, 0x88f6, 0x88f7,
    /* CFM, FCoE, FIP, IEEE 1905, loopback test, IS-IS */
    0x8902, 0x8906, 0x8914, 0x893a, 0x9000, 0x22f4,
    /* GOOSE, GSE management and sampled values of IEC 61850 */
    0x88b8, 0x88b9, 0x88ba,
};

static bool is_without_ip(uint32_t type) {
    for (unsigned i = 0; i < sizeof types_without_ip / sizeof *types_without_ip; i++)
        if (types_without_ip[i] == type)
            return true;
    return false;
}

static enum tcprst_layer_kind kind_of_type(uint32_t type) {
    for (unsigned i = 0; i < sizeof followed_types / sizeof *followed_types; i++)
        if (followed_types[i].type == type)
            return followed_types[i].kind;
    return is_without_ip(type) ? TCPRST_LAYER_END : TCPRST_LAYER_UNFOLLOWED;
}

/* An 802.3 frame holds IP only after LLC and SNAP with the OUI of Ethernet types (RFC 1042). */
static void step_llc(struct tcprst_layer *layer) {
    enum { LLC_SNAP_BYTES = 8, LLC_SNAP = 0xaaaa03, DSAP_IP = 6 };
    if (layer->captured_bytes && layer->bytes[0] == DSAP_IP) {
        tcprst_layer_leave(layer, "IP in LLC without SNAP");
        return;
    }
    if (!tcprst_layer_has(layer, LLC_SNAP_BYTES))
        return;
    const uint8_t *header = layer->bytes;
    bool is_ethernet_type =
        tcprst_read_32(header) == (uint32_t)LLC_SNAP << 8 && tcprst_read_16(header + 4) == 0;
    layer->kind = TCPRST_LAYER_END;
    if (is_ethernet_type && tcprst_layer_skip(layer, LLC_SNAP_BYTES))
        tcprst_layer_become(layer, TCPRST_LAYER_ETHERTYPE, tcprst_read_16(header + 6));
}

void tcprst_step_ethertype(struct tcprst_layer *layer) {
    if (layer->number <= MOST_LENGTH) {
        tcprst_layer_limit(layer, layer->number);
        step_llc(layer);
        return;
    }
    layer->kind = layer->number < LEAST_TYPE ? TCPRST_LAYER_END : kind_of_type(layer->number);
    if (layer->kind == TCPRST_LAYER_UNFOLLOWED)
        tcprst_layer_leave_number(layer, "Ethernet type", layer->number);
}

void tcprst_step_ethernet(struct tcprst_layer *layer) {
    enum { ADDRESSES_BYTES = 12, HEADER_BYTES = 14 };
    const uint8_t *header = layer->bytes;
    if (!tcprst_layer_skip(layer, HEADER_BYTES))
        return;
    layer->link_addresses = header;
    tcprst_layer_become(layer, TCPRST_LAYER_ETHERTYPE, tcprst_read_16(header + ADDRESSES_BYTES));
}

void tcprst_step_vlan(struct tcprst_layer *layer) {
    enum { HEADER_BYTES = 4, NUMBER = 0xfff };
    const uint8_t *header = layer->bytes;
    if (!tcprst_layer_skip(layer, HEADER_BYTES))
        return;
    if (!layer->vlan)
        layer->vlan = tcprst_read_16(header) & NUMBER;
    tcprst_layer_become(layer, TCPRST_LAYER_ETHERTYPE, tcprst_read_16(header + 2));
}

/* Version, length, one option of two bytes with the group, and the type of what follows; longer
 * ones are left. */
void tcprst_step_cisco_tag(struct tcprst_layer *layer) {
    enum { ONE_OPTION = 0x0101, TYPE_AT = 6, HEADER_BYTES = 8 };
    const uint8_t *header = layer->bytes;
    if (!tcprst_layer_skip(layer, HEADER_BYTES))
        return;
    if (tcprst_read_16(header) == ONE_OPTION)
        tcprst_layer_become(layer, TCPRST_LAYER_ETHERTYPE, tcprst_read_16(header + TYPE_AT));
    else
        tcprst_layer_leave(layer, "Cisco metadata with several options");
}

/* What a cooked header says of the payload depends on the kind of device for a few of them. */
static void become_cooked_payload(struct tcprst_layer *layer, uint32_t protocol, uint32_t device) {
    enum { DEVICE_NETLINK = 824, DEVICE_GRE = 778, DEVICE_FRAD = 770, DEVICE_RADIOTAP = 803 };
    if (device == DEVICE_NETLINK || device == DEVICE_FRAD || device == DEVICE_RADIOTAP)
        tcprst_layer_leave_number(layer, "Linux cooked, device type", device);
    else if (device != DEVICE_GRE && protocol < LEAST_TYPE)
        tcprst_layer_leave_number(layer, "Linux cooked, protocol", protocol);
    else
        tcprst_layer_become(layer, TCPRST_LAYER_ETHERTYPE, protocol);
}

/* www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
void tcprst_step_cooked(struct tcprst_layer *layer) {
    enum { DEVICE_AT = 2, PROTOCOL_AT = 14, HEADER_BYTES = 16 };
    const uint8_t *header = layer->bytes;
    if (tcprst_layer_skip(layer, HEADER_BYTES))
        become_cooked_payload(layer, tcprst_read_16(header + PROTOCOL_AT),
                              tcprst_read_16(header + DEVICE_AT));
}

/* www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
void tcprst_step_cooked_2(struct tcprst_layer *layer) {
    enum { PROTOCOL_AT = 0, DEVICE_AT = 8, HEADER_BYTES = 20 };
    const uint8_t *header = layer->bytes;
    if (tcprst_layer_skip(layer, HEADER_BYTES))
        become_cooked_payload(layer, tcprst_read_16(header + PROTOCOL_AT),
                              tcprst_read_16(header + DEVICE_AT));
}

static uint32_t swapped(uint32_t value) {
    return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

/* The header holds the number of an address family in either byte order, and on some systems in two
 * bytes or an Ethernet type; Wireshark's packet-null.c tells how to know. */
static uint32_t loopback_family(uint32_t family) {
    if (family >= 0x00010000)
        return family < 0x00060000 ? family >> 16 : swapped(family);
    bool is_swapped_half = !(family & 0xff) && family < 0x0600;
    return is_swapped_half ? family >> 8 : family;
}

void tcprst_step_loopback(struct tcprst_layer *layer) {
    enum {
        HEADER_BYTES = 4,
        PPP_IN_HDLC = 0xff03,
        INET = 2,
        INET6_BSD = 24,
        INET6_FREEBSD = 28,
        INET6_DARWIN = 30
    };
    if (!tcprst_layer_has(layer, HEADER_BYTES))
        return;
    const uint8_t *header = layer->bytes;
    if (tcprst_read_16(header) == PPP_IN_HDLC) {
        tcprst_layer_become(layer, TCPRST_LAYER_PPP, 0);
        return;
    }
    tcprst_layer_skip(layer, HEADER_BYTES);
    uint32_t family = loopback_family(tcprst_read_32(header));
    if (family > MOST_LENGTH)
        tcprst_layer_become(layer, TCPRST_LAYER_ETHERTYPE, family & 0xffff);
    else if (family == INET)
        tcprst_layer_become(layer, TCPRST_LAYER_IPV4, 0);
    else if (family == INET6_BSD || family == INET6_FREEBSD || family == INET6_DARWIN)
        tcprst_layer_become(layer, TCPRST_LAYER_IPV6, 0);
    else
        tcprst_layer_leave_number(layer, "loopback, address family", family);
}

void tcprst_step_raw_ip(struct tcprst_layer *layer) {
    tcprst_layer_become_ip(layer, "raw IP that begins otherwise");
}

/* RFC 1661 section 2 and RFC 1662 section 3.1; control protocols (from 0x8000 on) hold no IP. */
void tcprst_step_ppp(struct tcprst_layer *layer) {
    enum { IN_HDLC = 0xff03, IPV4 = 0x21, IPV6 = 0x57, MPLS = 0x281, LEAST_CONTROL = 0x8000 };
    if (layer->captured_bytes >= 2 && tcprst_read_16(layer->bytes) == IN_HDLC)
        tcprst_layer_skip(layer, 2);
    if (!tcprst_layer_has(layer, 2))
        return;
    bool is_compressed = layer->bytes[0] & 1; /* one byte, as its last bit is set */
    uint32_t protocol = is_compressed ? layer->bytes[0] : tcprst_read_16(layer->bytes);
    tcprst_layer_skip(layer, is_compressed ? 1 : 2);
    if (protocol == IPV4)
        tcprst_layer_become(layer, TCPRST_LAYER_IPV4, 0);
    else if (protocol == IPV6)
        tcprst_layer_become(layer, TCPRST_LAYER_IPV6, 0);
    else if (protocol == MPLS)
        tcprst_layer_become(layer, TCPRST_LAYER_MPLS, 0);
    else if (protocol >= LEAST_CONTROL)
        layer->kind = TCPRST_LAYER_END;
    else
        tcprst_layer_leave_number(layer, "PPP protocol", protocol);
}

/* RFC 2516 section 4: version and type, code, session, length. */
void tcprst_step_pppoe(struct tcprst_layer *layer) {
    enum { LENGTH_AT = 4, HEADER_BYTES = 6 };
    const uint8_t *header = layer->bytes;
    if (!tcprst_layer_skip(layer, HEADER_BYTES))
        return;
    tcprst_layer_limit(layer, tcprst_read_16(header + LENGTH_AT));
    tcprst_layer_become(layer, TCPRST_LAYER_PPP, 0);
}

void tcprst_step_chdlc(struct tcprst_layer *layer) {
    enum { TYPE_AT = 2, HEADER_BYTES = 4 };
    enum { IPV4 = 0x0800, IPV6 = 0x86dd, MPLS = 0x8847, KEEPALIVE = 0x8035, DISCOVERY = 0x2000 };
    const uint8_t *header = layer->bytes;
    if (!tcprst_layer_skip(layer, HEADER_BYTES))
        return;
    uint32_t type = tcprst_read_16(header + TYPE_AT);
    if (type == IPV4 || type == IPV6 || type == MPLS)
        layer->kind = kind_of_type(type);
    else if (type == KEEPALIVE || type == DISCOVERY)
        layer->kind = TCPRST_LAYER_END;
    else
        tcprst_layer_leave_number(layer, "Cisco HDLC type", type);
}

/* RFC 3032 section 2.1: label, class, bottom of stack, TTL.  What follows the last label is known
 * to who gave it; Wireshark takes 4 and 6 in the first four bits for IP. */
void tcprst_step_mpls(struct tcprst_layer *layer) {
    enum { LABEL_BYTES = 4, BOTTOM_AT = 2, LABEL_ALERT = 1, LAST_RESERVED_LABEL = 15 };
    static const char without_ip[] = "MPLS that holds no IP";
    uint32_t label = 0;
    for (bool is_bottom = false; !is_bottom;) {
        const uint8_t *header = layer->bytes;
        if (!tcprst_layer_skip(layer, LABEL_BYTES))
            return;
        is_bottom = header[BOTTOM_AT] & 1;
        label = tcprst_read_32(header) >> 12;
    }
    if (label > LABEL_ALERT + 1 && label <= LAST_RESERVED_LABEL)
        tcprst_layer_leave(layer, without_ip);
    else
        tcprst_layer_become_ip(layer, without_ip);
}
