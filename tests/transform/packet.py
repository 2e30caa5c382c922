"""The IP packet inside a frame, and the same packet with other addresses and ports, as IPv6, or after another router.

Pure functions of bytes.  A checksum that was wrong, or left to the network card, stays so: it is changed by what the
bytes under it changed by (RFC 1624).

SPDX-License-Identifier: GPL-2.0-or-later
"""

import struct
from ipaddress import IPv6Address
from typing import NamedTuple

from synth import pcapng, wire

LINK_RAW = (pcapng.LINK_RAW_IP, 12, 14, 228, 229)
VLAN_TYPES = (wire.ETHERTYPE_VLAN, wire.ETHERTYPE_QINQ, 0x9100)
TUNNEL_TYPES = (wire.ETHERTYPE_MPLS, wire.ETHERTYPE_PPPOE, 0x6558, 0x8848)
IP_TYPES = (wire.ETHERTYPE_IPV4, wire.ETHERTYPE_IPV6)
TUNNEL_PROTOCOLS = (wire.PROTO_IPIP, wire.PROTO_IPV6, wire.PROTO_GRE)
TUNNEL_PORTS = (4789, 2152, 8472, 6081)  # VXLAN, GTP-U, VXLAN on older Linux, GENEVE
PROTO_ROUTING, PROTO_FRAGMENT = 43, 44
ICMP_ERRORS, ICMPV6_ERRORS = (3, 4, 5, 11, 12), (1, 2, 3, 4)
IPV4_IN_IPV6 = IPv6Address("2001:db8:64::").packed[:12]
# ICMP destination unreachable as ICMPv6's, RFC 7915 section 4.2.
UNREACHABLE_IN_IPV6 = {0: 0, 1: 0, 2: 4, 3: 4, 5: 0, 6: 0, 7: 0, 8: 0, 9: 1, 10: 1, 11: 0, 12: 0, 13: 1, 15: 1}


class Unsupported(Exception):
    """The frame holds something that these functions do not take apart, a tunnel or a fragment."""


class Headers(NamedTuple):
    """Where an IP packet's parts are: bytes of the IP header, the protocol after it, length of the whole packet."""
    version: int
    header_bytes: int
    protocol: int
    total_bytes: int


def ip_offset(data, link):
    """Where the IP packet begins; None if the frame holds none."""
    if link in LINK_RAW:
        return 0 if data and data[0] >> 4 in (4, 6) else None
    if link in (pcapng.LINK_LOOPBACK, 108):
        return 4
    if link == pcapng.LINK_LINUX_COOKED:
        return after_type(data, 14)
    if link == pcapng.LINK_LINUX_COOKED_2:
        return 20 if type_at(data, 0) in IP_TYPES else None
    if link == pcapng.LINK_ETHERNET:
        return after_type(data, 12)
    raise Unsupported(f"link type {link}")


def type_at(data, at):
    return struct.unpack_from("!H", data, at)[0] if at + 2 <= len(data) else 0


def after_type(data, at):
    while type_at(data, at) in VLAN_TYPES:
        at += 4
    if type_at(data, at) in TUNNEL_TYPES:
        raise Unsupported("a tunnel")
    return at + 2 if type_at(data, at) in IP_TYPES else None


def headers(packet):
    """None if too little of it was captured."""
    if len(packet) < 20:
        return None
    if packet[0] >> 4 == 4:
        total, place = struct.unpack_from("!H", packet, 2)[0], struct.unpack_from("!H", packet, 6)[0]
        if place & 0x3fff and packet[9] == wire.PROTO_TCP:
            raise Unsupported("a fragment")
        return Headers(4, (packet[0] & 15) * 4, packet[9], total)
    return headers_of_ipv6(packet) if packet[0] >> 4 == 6 and len(packet) >= 40 else None


def headers_of_ipv6(packet):
    protocol, at = packet[6], 40
    while protocol in (wire.PROTO_HOP_BY_HOP, PROTO_ROUTING, wire.PROTO_DSTOPTS) and at + 2 <= len(packet):
        protocol, at = packet[at], at + (packet[at + 1] + 1) * 8
    if protocol == PROTO_FRAGMENT:
        raise Unsupported("a fragment")
    return Headers(6, at, protocol, 40 + struct.unpack_from("!H", packet, 4)[0])


def packet_of(record):
    """(its place in the frame, the packet without what follows it in the frame, Headers); None if there is none."""
    at = ip_offset(record.data, record.link)
    found = at is not None and headers(record.data[at:])
    if not found:
        return None
    if found.protocol in TUNNEL_PROTOCOLS:
        raise Unsupported("a tunnel")
    packet = record.data[at:]
    if found.total_bytes >= found.header_bytes:  # else it is left to the network card (segmentation offload)
        packet = packet[:found.total_bytes]
    if found.protocol == wire.PROTO_UDP and any(type_at(packet, found.header_bytes + at_port) in TUNNEL_PORTS
                                                for at_port in (0, 2)):
        raise Unsupported("a tunnel")
    return at, packet, found


def addresses(packet, found):
    """(source, destination), as bytes."""
    return (packet[12:16], packet[16:20]) if found.version == 4 else (packet[8:24], packet[24:40])


def ends(packet, found):
    """((source, port), (destination, port)) of a TCP segment, None if it is none or its ports are not captured."""
    at = found.header_bytes
    if found.protocol != wire.PROTO_TCP or len(packet) < at + 4:
        return None
    src, dst = addresses(packet, found)
    return (src, type_at(packet, at)), (dst, type_at(packet, at + 2))


def tcp_flags(packet, found):
    at = found.header_bytes + 13
    return packet[at] if at < len(packet) else 0


def folded(total):
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def words(data):
    return folded(sum(struct.unpack(f"!{len(data) // 2}H", data)))


def updated(check, before, after):
    """The checksum over bytes that were `before` and are `after`."""
    return ~folded((~check & 0xffff) + (~words(before) & 0xffff) + words(after)) & 0xffff


def is_left_to_hardware(segment, src, dst, check):
    """Linux CHECKSUM_PARTIAL: the sum over the pseudo header alone."""
    return check == words(src + dst + struct.pack("!II", len(segment), wire.PROTO_TCP))


def with_ends(segment, old, new):
    """A TCP segment from and to the ends `new` instead of `old`; each ((address, port), (address, port))."""
    old_addresses, new_addresses = (pair[0][0] + pair[1][0] for pair in (old, new))
    old_ports, new_ports = (struct.pack("!HH", pair[0][1], pair[1][1]) for pair in (old, new))
    if len(segment) < 18:
        return new_ports + segment[4:]
    check = type_at(segment, 16)
    if is_left_to_hardware(segment, old[0][0], old[1][0], check):
        check = folded(check + (~words(old_addresses) & 0xffff) + words(new_addresses))
    else:
        check = updated(check, old_addresses + old_ports, new_addresses + new_ports)
    return new_ports + segment[4:16] + struct.pack("!H", check) + segment[18:]


def with_addresses(header, src, dst):
    if header[0] >> 4 == 6:
        return header[:8] + src + dst + header[40:]
    return (header[:10] + struct.pack("!H", updated(type_at(header, 10), header[12:20], src + dst)) + src + dst
            + header[20:])


def moved(packet, found, move):
    """The packet with each end (address, port) as `move` has it; so are the packets that ICMP errors quote."""
    src, dst = addresses(packet, found)
    header, rest = packet[:found.header_bytes], packet[found.header_bytes:]
    old = ends(packet, found)
    if old:
        new = tuple(move(end) for end in old)
        return with_addresses(header, new[0][0], new[1][0]) + with_ends(rest, old, new)
    src, dst = move((src, None))[0], move((dst, None))[0]
    if is_icmp_error(rest, found):
        rest = with_quote(rest, found.version, src, dst, moved_quote(rest[8:], move))
    return with_addresses(header, src, dst) + rest


def is_icmp_error(message, found):
    kinds = {wire.PROTO_ICMP: ICMP_ERRORS, wire.PROTO_ICMPV6: ICMPV6_ERRORS}.get(found.protocol, ())
    return len(message) >= 8 and message[0] in kinds


def moved_quote(quote, move):
    found = headers(quote)
    return moved(quote, found, move) if found else quote


def with_quote(message, version, src, dst, quote):
    """The ICMP error with another quote and a fresh checksum."""
    message = message[:2] + b"\0\0" + message[4:8] + quote
    pseudo = b"" if version == 4 else src + dst + struct.pack("!II", len(message), wire.PROTO_ICMPV6)
    return message[:2] + struct.pack("!H", wire.checksum(pseudo + message)) + message[4:]


def in_ipv6(address):
    return address if len(address) == 16 else IPV4_IN_IPV6 + address


def as_ipv6(packet, found):
    """The packet over IPv6; TTL and ToS are kept.  IP ID, DF and options have no place there."""
    if found.version == 6:
        return packet
    rest, protocol = packet[found.header_bytes:], found.protocol
    old = ends(packet, found)
    src, dst = map(in_ipv6, addresses(packet, found))
    if old:
        rest = with_ends(rest, old, tuple((in_ipv6(address), port) for address, port in old))
    elif protocol == wire.PROTO_ICMP:
        protocol = wire.PROTO_ICMPV6
        rest = icmp_in_ipv6(rest, found, src, dst)
    length = max(found.total_bytes - found.header_bytes, 0) + len(rest) - len(packet[found.header_bytes:])
    return struct.pack("!IHBB", 6 << 28 | packet[1] << 20, length, protocol, packet[8]) + src + dst + rest


def link_of_ipv6(head, link):
    """The headers before an IP packet, naming IPv6."""
    kind = struct.pack("!H", wire.ETHERTYPE_IPV6)
    if link == pcapng.LINK_LINUX_COOKED_2:
        return kind + head[2:]
    if link in (pcapng.LINK_ETHERNET, pcapng.LINK_LINUX_COOKED):
        return head[:-2] + kind
    return struct.pack("<I", wire.FAMILY_INET6) if head else head


def icmp_in_ipv6(message, found, src, dst):
    if not is_icmp_error(message, found):
        return message
    if message[0] != 3 or message[1] not in UNREACHABLE_IN_IPV6:
        raise Unsupported(f"ICMP type {message[0]} code {message[1]}")
    quote = message[8:]
    quoted = headers(quote)
    message = bytes([1, UNREACHABLE_IN_IPV6[message[1]]]) + bytes(6) + quote
    return with_quote(message, 6, src, dst, as_ipv6(quote, quoted) if quoted else quote)


def routed(packet):
    """The packet after one more router, which wants a TTL to lower."""
    at = 8 if packet[0] >> 4 == 4 else 7
    if packet[at] < 2:
        return packet
    lower = packet[:at] + bytes([packet[at] - 1]) + packet[at + 1:]
    if at == 7:
        return lower
    return lower[:10] + struct.pack("!H", updated(type_at(packet, 10), packet[8:10], lower[8:10])) + lower[12:]
