/* layer.h - the headers of one frame, from the link layer to the TCP or ICMP header
 *
 * A layer is what remains of the frame and how it is to be read.  Each step reads one header and
 * makes the layer that follows of it.  What Wireshark would reach in another way, or by guessing,
 * is not followed, and gets a name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCPRST_LAYER_H
#define TCPRST_LAYER_H

#include "core/packet/bytes.h"
#include "core/packet/segment.h"

enum tcprst_layer_kind {
    /* The last ones: there is nothing to step to. */
    TCPRST_LAYER_END,        /* no TCP can follow, or too little was captured, or it is damaged */
    TCPRST_LAYER_UNFOLLOWED, /* `name` says what */
    TCPRST_LAYER_TCP,
    TCPRST_LAYER_ICMP,
    TCPRST_LAYER_ICMPV6,
    /* The first one of a frame is one of these. */
    TCPRST_LAYER_ETHERNET,
    TCPRST_LAYER_COOKED,   /* LINKTYPE_LINUX_SLL */
    TCPRST_LAYER_COOKED_2, /* LINKTYPE_LINUX_SLL2 */
    TCPRST_LAYER_LOOPBACK, /* LINKTYPE_NULL and LINKTYPE_LOOP */
    TCPRST_LAYER_RAW_IP,
    TCPRST_LAYER_PPP,
    TCPRST_LAYER_PPPOE,
    TCPRST_LAYER_CHDLC, /* Cisco HDLC */
    TCPRST_LAYER_IPV4,
    TCPRST_LAYER_IPV6,
    /* In between. */
    TCPRST_LAYER_ETHERTYPE, /* `number` is the Ethernet type, or the length of an 802.3 frame */
    TCPRST_LAYER_VLAN,
    TCPRST_LAYER_MPLS,
    TCPRST_LAYER_CISCO_TAG, /* Cisco metadata with a security group */
    TCPRST_LAYER_IP_PROTOCOL, /* `number` is the protocol */
    TCPRST_LAYER_IPV6_NEXT,   /* the same of an IPv6 header, which can have extension headers */
    TCPRST_LAYER_GRE,
    TCPRST_LAYER_UDP,
    TCPRST_LAYER_VXLAN,
    TCPRST_LAYER_GENEVE,
    TCPRST_LAYER_GTP,
    TCPRST_LAYER_KINDS
};

enum { TCPRST_UNFOLLOWED_SIZE = 48 };

struct tcprst_layer {
    enum tcprst_layer_kind kind;
    uint32_t number;               /* of some kinds; see there */
    const uint8_t *bytes;          /* borrowed from the frame */
    uint32_t captured_bytes;       /* so many were captured, never more than */
    uint32_t length_bytes;         /* ... there were on the wire */
    /* of the innermost IP header read; valid from the first one on */
    struct tcprst_address src, dst;
    struct tcprst_ip ip;
    uint32_t interface;            /* of the file */
    /* both addresses of the innermost Ethernet header; NULL: none */
    const uint8_t *link_addresses;
    uint32_t vlan;                 /* the first one's number; 0: none */
    char name[TCPRST_UNFOLLOWED_SIZE]; /* of TCPRST_LAYER_UNFOLLOWED, e.g. "IPv4 fragment" */
};

/* Reads headers until the layer is one of the last kinds. */
void tcprst_layer_follow(struct tcprst_layer *layer);

/* What the steps below are made of.  The first two return false, and end the layer, if too little
 * was captured. */
bool tcprst_layer_has(struct tcprst_layer *layer, uint32_t bytes);
bool tcprst_layer_skip(struct tcprst_layer *layer, uint32_t bytes);
/* what follows is padding */
void tcprst_layer_limit(struct tcprst_layer *layer, uint32_t length_bytes);
void tcprst_layer_become(struct tcprst_layer *layer, enum tcprst_layer_kind kind, uint32_t number);
/* IP of the version that its first four bits tell; what begins otherwise is not followed */
void tcprst_layer_become_ip(struct tcprst_layer *layer, const char *otherwise);
void tcprst_layer_leave(struct tcprst_layer *layer, const char *name); /* not followed */
void tcprst_layer_leave_number(struct tcprst_layer *layer, const char *what, uint32_t number);

/* link.c: one step each. */
void tcprst_step_ethernet(struct tcprst_layer *layer);
void tcprst_step_cooked(struct tcprst_layer *layer);
void tcprst_step_cooked_2(struct tcprst_layer *layer);
void tcprst_step_loopback(struct tcprst_layer *layer);
void tcprst_step_raw_ip(struct tcprst_layer *layer);
void tcprst_step_ppp(struct tcprst_layer *layer);
void tcprst_step_pppoe(struct tcprst_layer *layer);
void tcprst_step_chdlc(struct tcprst_layer *layer);
void tcprst_step_ethertype(struct tcprst_layer *layer);
void tcprst_step_vlan(struct tcprst_layer *layer);
void tcprst_step_mpls(struct tcprst_layer *layer);
void tcprst_step_cisco_tag(struct tcprst_layer *layer);

/* ip.c */
void tcprst_step_ipv4(struct tcprst_layer *layer);
void tcprst_step_ipv6(struct tcprst_layer *layer);
void tcprst_step_ip_protocol(struct tcprst_layer *layer);
void tcprst_step_ipv6_next(struct tcprst_layer *layer);

/* tunnel.c */
void tcprst_step_gre(struct tcprst_layer *layer);
void tcprst_step_udp(struct tcprst_layer *layer);
void tcprst_step_vxlan(struct tcprst_layer *layer);
void tcprst_step_geneve(struct tcprst_layer *layer);
void tcprst_step_gtp(struct tcprst_layer *layer);

#endif
