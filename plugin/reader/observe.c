/* observe.c - feeds the core with segments, and with the ICMP errors that quote one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "observe.h"

static uint32_t point_of(const struct tcprst_layer *layer) {
    const uint8_t *addresses = layer->link_addresses;
    return tcprst_point(
        layer->interface,
        addresses ? tcprst_link(addresses + TCPRST_LINK_ADDRESS_BYTES, addresses, layer->vlan) : 0);
}

/* After the segment was read: its checksum is over the addresses that it had. */
static void replace_addresses(struct tcprst_stand_ins *stand_ins, struct tcprst_segment *segment) {
    tcprst_stand_ins_replace(stand_ins, &segment->src);
    tcprst_stand_ins_replace(stand_ins, &segment->dst);
}

static void observe_segment(struct tcprst_capture *capture, const struct tcprst_frame *frame,
                            struct tcprst_stand_ins *stand_ins) {
    const struct tcprst_layer *layer = &frame->layer;
    struct tcprst_segment segment = {
        .frame = frame->number,
        .time_ns = frame->time_ns,
        .point = point_of(layer),
        .src = layer->src,
        .dst = layer->dst,
        .ip = layer->ip,
    };
    if (!layer->captured_bytes ||
        !tcprst_segment_parse(&segment, layer->bytes, layer->captured_bytes, layer->length_bytes))
        return;
    replace_addresses(stand_ins, &segment);
    tcprst_capture_observe(capture, &segment);
}

static void observe_quoted(struct tcprst_capture *capture, const struct tcprst_frame *frame,
                           struct tcprst_stand_ins *stand_ins, int version) {
    const struct tcprst_layer *layer = &frame->layer;
    struct tcprst_icmp_error quoted = {.frame = frame->number, .sender = layer->src};
    if (!layer->captured_bytes ||
        !tcprst_icmp_error_parse(&quoted, version, layer->bytes, layer->captured_bytes))
        return;
    tcprst_stand_ins_replace(stand_ins, &quoted.sender);
    replace_addresses(stand_ins, &quoted.segment);
    tcprst_capture_observe_icmp_error(capture, &quoted);
}

void tcprst_observe_frame(struct tcprst_capture *capture, const struct tcprst_frame *frame,
                          struct tcprst_stand_ins *stand_ins) {
    if (frame->layer.kind == TCPRST_LAYER_TCP)
        observe_segment(capture, frame, stand_ins);
    else if (frame->layer.kind == TCPRST_LAYER_ICMP)
        observe_quoted(capture, frame, stand_ins, 4);
    else if (frame->layer.kind == TCPRST_LAYER_ICMPV6)
        observe_quoted(capture, frame, stand_ins, 6);
}
