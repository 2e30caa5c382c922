# Bytes of headers as they travel: links, IP, TCP, UDP, tunnels, ICMP, with true checksums.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pure functions. Addresses are ipaddress objects; MAC addresses are six bytes."""

import struct
from ipaddress import ip_address

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80

PROTO_HOP_BY_HOP, PROTO_ICMP, PROTO_IPIP, PROTO_TCP, PROTO_UDP = 0, 1, 4, 6, 17
PROTO_IPV6, PROTO_GRE, PROTO_ICMPV6, PROTO_DSTOPTS = 41, 47, 58, 60

ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_VLAN, ETHERTYPE_QINQ = 0x0800, 0x86dd, 0x8100, 0x88a8
ETHERTYPE_MPLS, ETHERTYPE_PPPOE, ETHERTYPE_ERSPAN = 0x8847, 0x8864, 0x88be
ETHERNET_MINIMUM_BYTES = 60
ARPHRD_ETHER, SLL_TO_US, SLL_FROM_US, FAMILY_INET, FAMILY_INET6 = 1, 0, 4, 2, 30


def checksum(data):
    """The Internet checksum, RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def pseudo_header(src, dst, protocol, length):
    if src.version == 4:
        return src.packed + dst.packed + struct.pack("!BBH", 0, protocol, length)
    return src.packed + dst.packed + struct.pack("!II", length, protocol)


def tcp(src, dst, src_port, dst_port, seq, ack, flags, window, options=b"", payload=b"",
        spoil=None):
    """spoil: makes another checksum of the sum over the pseudo header and the true checksum."""
    assert len(options) % 4 == 0
    offset = (20 + len(options)) // 4 << 4

    def segment(check):
        return struct.pack("!HHIIBBHHH", src_port, dst_port, seq, ack, offset, flags, window,
                           check, 0) + options + payload

    plain = segment(0)
    pseudo = pseudo_header(src, dst, PROTO_TCP, len(plain))
    check = checksum(pseudo + plain)
    return segment(spoil(~checksum(pseudo) & 0xffff, check) if spoil else check)


def left_to_hardware(pseudo, _check):
    """What a host captures of its own segment when the network card does the sum: Linux
    CHECKSUM_PARTIAL, include/linux/skbuff.h."""
    return pseudo


def damaged(_pseudo, check):
    return check ^ 0x5a5a


def tcp_option(name, value):
    """One TCP option by its name; 'ts' takes (TSval, TSecr)."""
    if name == "nop":
        return b"\1"
    if name == "mss":
        return struct.pack("!BBH", 2, 4, value)
    if name == "ws":
        return struct.pack("!BBB", 3, 3, value)
    if name == "sack":
        return b"\4\2"
    if name == "tfo":
        return struct.pack("!BB", 34, 2 + len(value)) + value
    if name == "md5":
        return b"\x13\x12" + value
    if name == "mptcp-reset":
        return struct.pack("!BBBB", 30, 4, 0x80, value)
    assert name == "ts", name
    return struct.pack("!BBII", 8, 10, *value)


def tcp_options(order, values):
    return b"".join(tcp_option(name, values.get(name)) for name in order)


def ipv4(src, dst, protocol, payload, ttl, ident=0, df=False, offset=0, more=False, tos=0):
    """offset is a fragment's place in the datagram, in bytes."""
    place = df << 14 | more << 13 | offset // 8

    def header(check):
        return struct.pack("!BBHHHBBH", 0x45, tos, 20 + len(payload), ident, place, ttl, protocol,
                           check) + src.packed + dst.packed

    return header(checksum(header(0))) + payload


def ipv4_fragments(src, dst, protocol, payload, ttl, ident, at):
    """The datagram in two fragments, the first with `at` bytes of payload."""
    assert at % 8 == 0 and 0 < at < len(payload)
    return [ipv4(src, dst, protocol, payload[:at], ttl, ident, more=True),
            ipv4(src, dst, protocol, payload[at:], ttl, ident, offset=at)]


def ipv6(src, dst, protocol, payload, hop_limit, flow_label=0, extensions=()):
    """extensions: extension headers (PROTO_HOP_BY_HOP, PROTO_DSTOPTS), each filled by a PadN."""
    following = [*extensions, protocol]
    headers = b"".join(struct.pack("!BBBB4x", after, 0, 1, 4) for after in following[1:])
    return struct.pack("!IHBB", 6 << 28 | flow_label, len(headers) + len(payload), following[0],
                       hop_limit) + src.packed + dst.packed + headers + payload


def routed(packet):
    """The packet behind one more router."""
    if packet[0] >> 4 == 6:
        return packet[:7] + bytes([packet[7] - 1]) + packet[8:]
    return with_checksum(packet[:8] + bytes([packet[8] - 1]) + packet[9:])


def beyond(routers, server):
    """A function of an IPv4 packet: what it is so many routers nearer to the server."""
    def change(packet):
        crossed = -routers if packet[12:16] == ip_address(server).packed else routers
        return with_checksum(packet[:8] + bytes([packet[8] - crossed]) + packet[9:])
    return change


def with_checksum(packet):
    """The IPv4 packet, without options, with a fresh header checksum."""
    header = packet[:10] + b"\0\0" + packet[12:20]
    return header[:10] + struct.pack("!H", checksum(header)) + packet[12:]


def translated(packet, old, new):
    """An IPv4 packet behind a NAT that makes of one (address, port) another, in both directions."""
    ends = [(packet[12:16], packet[20:22]), (packet[16:20], packet[22:24])]
    was, now = ((address.packed, struct.pack("!H", port)) for address, port in (old, new))
    (src, src_port), (dst, dst_port) = [now if end == was else end for end in ends]
    segment = src_port + dst_port + packet[24:36] + b"\0\0" + packet[38:]
    pseudo = src + dst + struct.pack("!BBH", 0, PROTO_TCP, len(segment))
    check = struct.pack("!H", checksum(pseudo + segment))
    return with_checksum(packet[:12] + src + dst) + segment[:16] + check + segment[18:]


def udp(src_port, dst_port, payload):
    """UDP without a checksum, as IPv4 tunnels send it."""
    return struct.pack("!HHHH", src_port, dst_port, 8 + len(payload), 0) + payload


def ethertype(packet):
    return ETHERTYPE_IPV4 if packet[0] >> 4 == 4 else ETHERTYPE_IPV6


def gre(packet):
    return struct.pack("!HH", 0, ethertype(packet)) + packet


def erspan(frame, sequence):
    """GRE with a sequence number and an ERSPAN type II header, draft-foschiano-erspan."""
    return struct.pack("!HHIII", 0x1000, ETHERTYPE_ERSPAN, sequence, 0x1000 << 16 | 42, 0) + frame


def gtp(tunnel, packet):
    """GTP-U version 1, 3GPP TS 29.281."""
    return struct.pack("!BBHI", 0x30, 255, len(packet), tunnel) + packet


def vxlan(network, frame):
    return struct.pack("!II", 0x08 << 24, network << 8) + frame


def ethernet(src_mac, dst_mac, packet, tags=(), kind=None):
    """tags are (TPID, VLAN) pairs, the outer one first.  kind: ethertype of what is no IP packet."""
    shim = b"".join(struct.pack("!HH", tpid, vlan) for tpid, vlan in tags)
    return dst_mac + src_mac + shim + struct.pack("!H", kind or ethertype(packet)) + packet


def mpls(labels, packet):
    """RFC 3032; the last label is the bottom of the stack."""
    stack = b"".join(struct.pack("!I", label << 12 | (i == len(labels) - 1) << 8 | 64)
                     for i, label in enumerate(labels))
    return stack + packet


def pppoe(session, packet):
    """RFC 2516, with the PPP protocol number of IPv4 or IPv6."""
    protocol = 0x0021 if packet[0] >> 4 == 4 else 0x0057
    return struct.pack("!BBHHH", 0x11, 0, session, 2 + len(packet), protocol) + packet


def linux_cooked(mac, packet, from_us):
    """pcap's LINKTYPE_LINUX_SLL."""
    direction = SLL_FROM_US if from_us else SLL_TO_US
    return struct.pack("!HHH", direction, ARPHRD_ETHER, 6) + mac + b"\0\0" \
        + struct.pack("!H", ethertype(packet)) + packet


def linux_cooked_2(mac, packet, from_us, interface=2):
    """pcap's LINKTYPE_LINUX_SLL2."""
    direction = SLL_FROM_US if from_us else SLL_TO_US
    return struct.pack("!HHIHBB", ethertype(packet), 0, interface, ARPHRD_ETHER, direction, 6) \
        + mac + b"\0\0" + packet


def loopback(packet):
    """pcap's LINKTYPE_NULL, the address family as macOS numbers it, in the host's byte order."""
    return struct.pack("<I", FAMILY_INET if packet[0] >> 4 == 4 else FAMILY_INET6) + packet


def icmp_unreachable(src, dst, code, quoted):
    """Destination unreachable, quoting the datagram it is about."""
    if src.version == 4:
        message = struct.pack("!BBHI", 3, code, 0, 0) + quoted
        check = checksum(message)
    else:
        message = struct.pack("!BBHI", 1, code, 0, 0) + quoted
        check = checksum(pseudo_header(src, dst, PROTO_ICMPV6, len(message)) + message)
    return message[:2] + struct.pack("!H", check) + message[4:]
