/* layer.c - steps from header to header
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layer.h"

#include <stdio.h>

static void (*const steps[TCPRST_LAYER_KINDS])(struct tcprst_layer *layer) = {
    [TCPRST_LAYER_ETHERNET] = tcprst_step_ethernet,
    [TCPRST_LAYER_COOKED] = tcprst_step_cooked,
    [TCPRST_LAYER_COOKED_2] = tcprst_step_cooked_2,
    [TCPRST_LAYER_LOOPBACK] = tcprst_step_loopback,
    [TCPRST_LAYER_RAW_IP] = tcprst_step_raw_ip,
    [TCPRST_LAYER_PPP] = tcprst_step_ppp,
    [TCPRST_LAYER_PPPOE] = tcprst_step_pppoe,
    [TCPRST_LAYER_CHDLC] = tcprst_step_chdlc,
    [TCPRST_LAYER_IPV4] = tcprst_step_ipv4,
    [TCPRST_LAYER_IPV6] = tcprst_step_ipv6,
    [TCPRST_LAYER_ETHERTYPE] = tcprst_step_ethertype,
    [TCPRST_LAYER_VLAN] = tcprst_step_vlan,
    [TCPRST_LAYER_MPLS] = tcprst_step_mpls,
    [TCPRST_LAYER_CISCO_TAG] = tcprst_step_cisco_tag,
    [TCPRST_LAYER_IP_PROTOCOL] = tcprst_step_ip_protocol,
    [TCPRST_LAYER_IPV6_NEXT] = tcprst_step_ipv6_next,
    [TCPRST_LAYER_GRE] = tcprst_step_gre,
    [TCPRST_LAYER_UDP] = tcprst_step_udp,
    [TCPRST_LAYER_VXLAN] = tcprst_step_vxlan,
    [TCPRST_LAYER_GENEVE] = tcprst_step_geneve,
    [TCPRST_LAYER_GTP] = tcprst_step_gtp,
};

/* Two steps at most read the same bytes (a number, and what it stands for); so this ends. */
void tcprst_layer_follow(struct tcprst_layer *layer) {
    while (steps[layer->kind])
        steps[layer->kind](layer);
}

bool tcprst_layer_has(struct tcprst_layer *layer, uint32_t bytes) {
    if (layer->captured_bytes >= bytes)
        return true;
    layer->kind = TCPRST_LAYER_END;
    return false;
}

bool tcprst_layer_skip(struct tcprst_layer *layer, uint32_t bytes) {
    if (!tcprst_layer_has(layer, bytes))
        return false;
    layer->bytes += bytes;
    layer->captured_bytes -= bytes;
    layer->length_bytes -= bytes;
    return true;
}

void tcprst_layer_limit(struct tcprst_layer *layer, uint32_t length_bytes) {
    if (layer->length_bytes > length_bytes)
        layer->length_bytes = length_bytes;
    if (layer->captured_bytes > layer->length_bytes)
        layer->captured_bytes = layer->length_bytes;
}

void tcprst_layer_become(struct tcprst_layer *layer, enum tcprst_layer_kind kind, uint32_t number) {
    layer->kind = kind;
    layer->number = number;
}

void tcprst_layer_become_ip(struct tcprst_layer *layer, const char *otherwise) {
    if (!tcprst_layer_has(layer, 1))
        return;
    const unsigned version = layer->bytes[0] >> 4;
    if (version == 4 || version == 6)
        layer->kind = version == 4 ? TCPRST_LAYER_IPV4 : TCPRST_LAYER_IPV6;
    else
        tcprst_layer_leave(layer, otherwise);
}

void tcprst_layer_leave(struct tcprst_layer *layer, const char *name) {
    layer->kind = TCPRST_LAYER_UNFOLLOWED;
    snprintf(layer->name, sizeof layer->name, "%s", name);
}

void tcprst_layer_leave_number(struct tcprst_layer *layer, const char *what, uint32_t number) {
    layer->kind = TCPRST_LAYER_UNFOLLOWED;
    snprintf(layer->name, sizeof layer->name, number > UINT8_MAX ? "%s 0x%04x" : "%s %u", what,
             (unsigned)number);
}
