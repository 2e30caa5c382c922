/* observer.c - reads every TCP header where IP hands it to TCP, and feeds the core
 *
 * It registers for protocol 6 in "ip.proto", which IPv4 and IPv6 both use in every tunnel, notes
 * the segment and calls the dissector that was there before.  So it needs neither tree nor taps,
 * and sees the right IP header for each layer.  Its protocol is a helper in TCP's name ("pino"): it
 * is enabled with TCP and leaves the list of layers as it was.  Their names begin as Wireshark's
 * own helpers do, so that nobody who types "tcprst" is offered them.
 *
 * ICMP and ICMPv6 are observed the same way, for the errors that quote a TCP header; what is quoted
 * is no segment.
 *
 * Limits: "Decode As" of ip.proto 6 goes around it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "binding.h"

#include <epan/dissectors/packet-ip.h>
#include <epan/ipproto.h>
#include <string.h>
#include <wiretap/wtap.h>

enum { IP_DF_FLAG = 0x4000 };

/* All are set at registration, for the life of the program. */
static int proto_observer = -1, proto_icmp_observer = -1, proto_icmpv6_observer = -1;
static dissector_handle_t next_handle, next_icmp_handle, next_icmpv6_handle;

/* Whether the user has "tcprst" enabled: who changes that has the file dissected anew. */
static bool is_enabled;

static bool read_address(struct tcprst_address *to, const address *from) {
    if (from->type == AT_IPv4)
        *to = tcprst_address_of_ipv4(from->data);
    else if (from->type == AT_IPv6)
        memcpy(to->bytes, from->data, sizeof to->bytes);
    return from->type == AT_IPv4 || from->type == AT_IPv6;
}

static void read_ip(struct tcprst_ip *to, void *data) {
    const ws_ip4 *ip4 = WS_IP4_PTR(data);
    const ws_ip6 *ip6 = WS_IP6_PTR(data);
    *to = (struct tcprst_ip){0};
    if (ip4) {
        to->version = 4;
        to->ttl = ip4->ip_ttl;
        to->tos = ip4->ip_tos;
        to->df = ip4->ip_off & IP_DF_FLAG;
        to->id = ip4->ip_id;
    } else if (ip6) {
        to->version = 6;
        to->ttl = ip6->ip6_hop;
        to->tos = ip6->ip6_tc;
        to->flow_label = ip6->ip6_flw;
    }
}

static uint32_t read_point(const packet_info *pinfo) {
    const wtap_rec *rec = pinfo->rec;
    bool has_interface =
        rec->rec_type == REC_TYPE_PACKET && rec->presence_flags & WTAP_HAS_INTERFACE_ID;
    bool has_link = pinfo->dl_src.type == AT_ETHER && pinfo->dl_dst.type == AT_ETHER;
    return tcprst_point(
        has_interface ? rec->rec_header.packet_header.interface_id : 0,
        has_link ? tcprst_link(pinfo->dl_src.data, pinfo->dl_dst.data, pinfo->vlan_id) : 0);
}

static void observe_segment(tvbuff_t *tvb, packet_info *pinfo, void *data,
                            struct tcprst_capture *capture) {
    struct tcprst_segment segment; /* the rest is set by parsing */
    segment.frame = pinfo->num;
    segment.time_ns = tcprst_time_ns(pinfo->abs_ts.secs, pinfo->abs_ts.nsecs);
    segment.point = read_point(pinfo);
    read_ip(&segment.ip, data);
    unsigned captured = tvb_captured_length(tvb);
    if (!read_address(&segment.src, &pinfo->src) || !read_address(&segment.dst, &pinfo->dst) ||
        !captured ||
        !tcprst_segment_parse(&segment, tvb_get_ptr(tvb, 0, (int)captured), captured,
                              tvb_reported_length(tvb)))
        return;
    tcprst_capture_observe(capture, &segment);
}

/* The capture that a frame is to be told to; NULL if it knows it, or the frame quotes another. */
static struct tcprst_capture *capture_to_tell(packet_info *pinfo) {
    struct tcprst_capture *capture = tcprst_current_capture();
    bool is_wanted =
        capture && is_enabled && !PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt;
    return is_wanted ? capture : NULL;
}

static int observe(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    struct tcprst_capture *capture = capture_to_tell(pinfo);
    if (capture)
        observe_segment(tvb, pinfo, data, capture);
    return call_dissector_only(next_handle, tvb, pinfo, tree, data);
}

static void observe_quoted(tvbuff_t *tvb, packet_info *pinfo, int version) {
    struct tcprst_capture *capture = capture_to_tell(pinfo);
    struct tcprst_icmp_error quoted = {.frame = pinfo->num};
    int captured = (int)tvb_captured_length(tvb);
    if (capture && captured && read_address(&quoted.sender, &pinfo->src) &&
        tcprst_icmp_error_parse(&quoted, version, tvb_get_ptr(tvb, 0, captured), (size_t)captured))
        tcprst_capture_observe_icmp_error(capture, &quoted);
}

static int observe_icmp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    observe_quoted(tvb, pinfo, 4);
    return call_dissector_only(next_icmp_handle, tvb, pinfo, tree, data);
}

static int observe_icmpv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    observe_quoted(tvb, pinfo, 6);
    return call_dissector_only(next_icmpv6_handle, tvb, pinfo, tree, data);
}

void tcprst_register_observer(void) {
    proto_observer = proto_register_protocol_in_name_only(
        "Transmission Control Protocol (observed by tcprst)", "TCP (observed)", "_ws.tcprst.tcp",
        proto_get_id_by_filter_name("tcp"), FT_PROTOCOL);
    proto_icmp_observer = proto_register_protocol_in_name_only(
        "Internet Control Message Protocol (observed by tcprst)", "ICMP (observed)",
        "_ws.tcprst.icmp", proto_get_id_by_filter_name("icmp"), FT_PROTOCOL);
    proto_icmpv6_observer = proto_register_protocol_in_name_only(
        "Internet Control Message Protocol v6 (observed by tcprst)", "ICMPv6 (observed)",
        "_ws.tcprst.icmpv6", proto_get_id_by_filter_name("icmpv6"), FT_PROTOCOL);
}

/* Returns the dissector that was there before, NULL if there was none. */
static dissector_handle_t stand_in_front(dissector_table_t table, uint32_t protocol,
                                         dissector_t observer, int proto) {
    dissector_handle_t next = dissector_get_uint_handle(table, protocol);
    if (next)
        dissector_add_uint("ip.proto", protocol, create_dissector_handle(observer, proto));
    return next;
}

void tcprst_begin_observing(void) {
    is_enabled = proto_is_protocol_enabled(find_protocol_by_id(proto_tcprst));
}

void tcprst_handoff_observer(void) {
    dissector_table_t table = find_dissector_table("ip.proto");
    next_handle = stand_in_front(table, IP_PROTO_TCP, observe, proto_observer);
    next_icmp_handle = stand_in_front(table, IP_PROTO_ICMP, observe_icmp, proto_icmp_observer);
    next_icmpv6_handle =
        stand_in_front(table, IP_PROTO_ICMPV6, observe_icmpv6, proto_icmpv6_observer);
}
