/* observer.c - reads every TCP header where IP hands it to TCP, and feeds the core
 *
 * It registers for protocol 6 in "ip.proto", which IPv4 and IPv6 both use in every tunnel, notes the
 * segment and calls the dissector that was there before.  So it needs neither tree nor taps, and sees the
 * right IP header for each layer.  Its protocol is a helper in TCP's name ("pino"): it is enabled with TCP
 * and leaves the list of layers as it was.
 *
 * Limits: "Decode As" of ip.proto 6 goes around it.  TCP quoted in ICMP errors is left out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tcprst.h"

#include <epan/dissectors/packet-ip.h>
#include <epan/ipproto.h>
#include <string.h>

enum { IP_DF_FLAG = 0x4000 };

/* Both are set at registration, for the life of the program. */
static int proto_observer = -1;
static dissector_handle_t next_handle;

static bool read_address(struct tcprst_address *to, const address *from) {
    memset(to, 0, sizeof *to);
    if (from->type == AT_IPv4) {
        to->bytes[10] = to->bytes[11] = 0xff;
        memcpy(to->bytes + 12, from->data, 4);
        return true;
    }
    if (from->type == AT_IPv6)
        memcpy(to->bytes, from->data, sizeof to->bytes);
    return from->type == AT_IPv6;
}

static struct tcprst_ip read_ip(void *data) {
    const ws_ip4 *ip4 = WS_IP4_PTR(data);
    if (ip4)
        return (struct tcprst_ip){
            .version = 4,
            .ttl = ip4->ip_ttl,
            .tos = ip4->ip_tos,
            .df = ip4->ip_off & IP_DF_FLAG,
            .id = ip4->ip_id,
        };
    const ws_ip6 *ip6 = WS_IP6_PTR(data);
    if (ip6)
        return (struct tcprst_ip){
            .version = 6,
            .ttl = ip6->ip6_hop,
            .tos = ip6->ip6_tc,
            .flow_label = ip6->ip6_flw,
        };
    return (struct tcprst_ip){0};
}

/* Saturates: files can hold any time. */
static int64_t read_time(const nstime_t *time) {
    int64_t ns;
    if (__builtin_mul_overflow((int64_t)time->secs, INT64_C(1000000000), &ns) ||
        __builtin_add_overflow(ns, (int64_t)time->nsecs, &ns))
        return time->secs < 0 ? INT64_MIN : INT64_MAX;
    return ns;
}

static void observe_segment(tvbuff_t *tvb, packet_info *pinfo, void *data,
                            struct tcprst_capture *capture) {
    struct tcprst_segment segment = {
        .frame = pinfo->num,
        .time_ns = read_time(&pinfo->abs_ts),
        .ip = read_ip(data),
    };
    unsigned captured = tvb_captured_length(tvb);
    if (!read_address(&segment.src, &pinfo->src) || !read_address(&segment.dst, &pinfo->dst) ||
        !captured ||
        !tcprst_segment_parse(&segment, tvb_get_ptr(tvb, 0, (int)captured), captured,
                              tvb_reported_length(tvb)))
        return;
    tcprst_capture_observe(capture, &segment);
}

static int observe(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    struct tcprst_capture *capture = tcprst_current_capture();
    if (capture && !PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt &&
        proto_is_protocol_enabled(find_protocol_by_id(proto_tcprst)))
        observe_segment(tvb, pinfo, data, capture);
    return call_dissector_only(next_handle, tvb, pinfo, tree, data);
}

void tcprst_register_observer(void) {
    proto_observer = proto_register_protocol_in_name_only(
        "Transmission Control Protocol (observed by tcprst)", "TCP (observed)", "tcprst.observer",
        proto_get_id_by_filter_name("tcp"), FT_PROTOCOL);
}

void tcprst_handoff_observer(void) {
    dissector_table_t table = find_dissector_table("ip.proto");
    next_handle = dissector_get_uint_handle(table, IP_PROTO_TCP);
    if (next_handle)
        dissector_add_uint("ip.proto", IP_PROTO_TCP,
                           create_dissector_handle(observe, proto_observer));
}
