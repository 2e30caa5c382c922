# Bytes of headers as they travel: Ethernet, IP, TCP, UDP, GRE, VXLAN, ICMP, with true checksums.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pure functions. Addresses are ipaddress objects; MAC addresses are six bytes."""

import struct

FIN, SYN, RST, PSH, ACK, ECE, CWR = 0x01, 0x02, 0x04, 0x08, 0x10, 0x40, 0x80

PROTO_HOP_BY_HOP, PROTO_ICMP, PROTO_IPIP, PROTO_TCP, PROTO_UDP = 0, 1, 4, 6, 17
PROTO_IPV6, PROTO_GRE, PROTO_ICMPV6, PROTO_DSTOPTS = 41, 47, 58, 60

ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_VLAN, ETHERTYPE_QINQ = 0x0800, 0x86dd, 0x8100, 0x88a8
ETHERNET_MINIMUM_BYTES = 60


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


def tcp(src, dst, src_port, dst_port, seq, ack, flags, window, options=b"", payload=b""):
    assert len(options) % 4 == 0
    offset = (20 + len(options)) // 4 << 4

    def segment(check):
        return struct.pack("!HHIIBBHHH", src_port, dst_port, seq, ack, offset, flags, window,
                           check, 0) + options + payload

    plain = segment(0)
    return segment(checksum(pseudo_header(src, dst, PROTO_TCP, len(plain)) + plain))


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


def udp(src_port, dst_port, payload):
    """UDP without a checksum, as IPv4 tunnels send it."""
    return struct.pack("!HHHH", src_port, dst_port, 8 + len(payload), 0) + payload


def ethertype(packet):
    return ETHERTYPE_IPV4 if packet[0] >> 4 == 4 else ETHERTYPE_IPV6


def gre(packet):
    return struct.pack("!HH", 0, ethertype(packet)) + packet


def vxlan(network, frame):
    return struct.pack("!II", 0x08 << 24, network << 8) + frame


def ethernet(src_mac, dst_mac, packet, tags=()):
    """tags are (TPID, VLAN) pairs, the outer one first."""
    shim = b"".join(struct.pack("!HH", tpid, vlan) for tpid, vlan in tags)
    return dst_mac + src_mac + shim + struct.pack("!H", ethertype(packet)) + packet


def icmp_unreachable(src, dst, code, quoted):
    """Destination unreachable, quoting the datagram it is about."""
    if src.version == 4:
        message = struct.pack("!BBHI", 3, code, 0, 0) + quoted
        check = checksum(message)
    else:
        message = struct.pack("!BBHI", 1, code, 0, 0) + quoted
        check = checksum(pseudo_header(src, dst, PROTO_ICMPV6, len(message)) + message)
    return message[:2] + struct.pack("!H", check) + message[4:]
