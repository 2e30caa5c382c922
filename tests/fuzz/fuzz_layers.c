/* fuzz_layers.c - libFuzzer target: any bytes as a frame of any link type
 *
 * The first byte chooses the link type, the second how many bytes of the frame were not captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "layer.h"
#include "core/packet/icmp_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds)
        abort();
}

static void read_tcp(const struct tcprst_layer *layer) {
    struct tcprst_segment segment = {.src = layer->src, .dst = layer->dst, .ip = layer->ip};
    if (layer->captured_bytes &&
        tcprst_segment_parse(&segment, layer->bytes, layer->captured_bytes, layer->length_bytes))
        check(segment.payload_captured_bytes <= segment.payload_bytes);
}

static void read_icmp(const struct tcprst_layer *layer, int version) {
    struct tcprst_icmp_error quoted = {.frame = 1};
    if (layer->captured_bytes)
        tcprst_icmp_error_parse(&quoted, version, layer->bytes, layer->captured_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { CHOICE_BYTES = 2, KINDS = TCPRST_LAYER_KINDS - TCPRST_LAYER_ETHERNET };
    if (size < CHOICE_BYTES)
        return 0;
    uint32_t captured = (uint32_t)size - CHOICE_BYTES;
    struct tcprst_layer layer = {
        .kind = TCPRST_LAYER_ETHERNET + data[0] % KINDS,
        .bytes = data + CHOICE_BYTES,
        .captured_bytes = captured,
        .length_bytes = captured + data[1],
    };
    tcprst_layer_follow(&layer);
    check(layer.kind < TCPRST_LAYER_ETHERNET && layer.captured_bytes <= layer.length_bytes);
    check(layer.bytes + layer.captured_bytes <= data + size);
    if (layer.kind == TCPRST_LAYER_TCP)
        read_tcp(&layer);
    else if (layer.kind == TCPRST_LAYER_ICMP || layer.kind == TCPRST_LAYER_ICMPV6)
        read_icmp(&layer, layer.kind == TCPRST_LAYER_ICMP ? 4 : 6);
    return 0;
}
