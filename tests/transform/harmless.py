"""Changes of a capture that no verdict may depend on.  Each takes a list of records and returns another.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import functools
from ipaddress import ip_address
from random import Random

from synth import pcapng, wire

from transform import flows, packet
from transform.records import NS_IN_S

MAC, OTHER_MAC = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
TUNNEL_ENDS = ip_address("10.99.0.1"), ip_address("10.99.0.2")
MOST_TUNNELLED_BYTES = 65_000  # leaves room for the headers around it
US, MS = 1000, 1_000_000
DAY_S = 86_400
LONG_AGO_NS = -(9_131 * DAY_S + 12_345) * NS_IN_S - 678_901_234


def each_packet(records, change):
    """The records with `change(packet, its Headers)` in place of each IP packet.  What follows a packet in its frame
    (padding, a trailer) stays; so does a record without an IP packet."""
    return [with_packet(record, change) for record in records]


def with_packet(record, change):
    inside = packet.packet_of(record)
    if not inside:
        return record
    at, data, found = inside
    fresh = change(data, found)
    rest = record.data[at + len(data):]
    return record._replace(data=record.data[:at] + fresh + rest,
                           original_bytes=record.original_bytes + len(fresh) - len(data))


def over_ipv6(records):
    """IPv4 as IPv6."""
    return [in_ipv6(record, packet.packet_of(record)) for record in records]


def in_ipv6(record, inside):
    if not inside:
        return record
    at, data, found = inside
    fresh = packet.link_of_ipv6(record.data[:at], record.link) + packet.as_ipv6(data, found)
    return record._replace(data=fresh, original_bytes=record.original_bytes + len(fresh) - at - len(data))


# Addresses and ports

def other_address(address):
    """Addresses that share a prefix still do, and none becomes special (0, 127, multicast)."""
    first = address[0] if len(address) == 16 or address[0] in (0, 1, 126, 127) or address[0] >= 224 \
        else address[0] ^ 1
    mask = b"\x15\x2a\x1f" if len(address) == 4 else bytes(3) + b"\x15\x2a\x1f" * 4
    return bytes([first]) + bytes(old ^ new for old, new in zip(address[1:], mask))


def other_port(port):
    """Rotated within its range: the ephemeral ports of Linux and above, and those below them."""
    for low, high in ((32768, 65536), (1024, 32768)):
        if port and port >= low:
            return low + (port - low + 4321) % (high - low)
    return port


def renumbered(records):
    """Every address is another, and every client's port."""
    served = flows.services(records)

    def move(end):
        address, port = end
        return other_address(address), port if end in served else other_port(port)

    return each_packet(records, lambda data, found: packet.moved(data, found, move))


def services_moved(records):
    """Every server's port is another of the same range."""
    served = flows.services(records)

    def move(end):
        address, port = end
        return address, (port ^ 0x155 or port) if end in served else port

    return each_packet(records, lambda data, found: packet.moved(data, found, move))


# Clocks

def clock_shifted(records, by_ns):
    if any(record.time_ns + by_ns < 0 for record in records):
        raise packet.Unsupported("a time before the epoch")
    return [record._replace(time_ns=record.time_ns + by_ns) for record in records]


def from_epoch(records):
    """The first frame comes at the epoch."""
    first = min((record.time_ns for record in records), default=0)
    return clock_shifted(records, -first)


def in_microseconds(records):
    return [record._replace(time_ns=record.time_ns // US * US) for record in records]


def clock_fast(records, parts_per_million):
    first = records[0].time_ns if records else 0
    return [record._replace(time_ns=record.time_ns + (record.time_ns - first) * parts_per_million // 1_000_000)
            for record in records]


# Links and tunnels: functions of an IP packet that return a frame

def in_ethernet(data):
    return wire.ethernet(MAC, OTHER_MAC, data)


def rewrapped(records, link, wrap):
    """Every IP packet in a frame of another link type; frames without one are left out."""
    return [fresh for fresh in (wrapped(record, link, wrap) for record in records) if fresh]


def wrapped(record, link, wrap):
    inside = packet.packet_of(record)
    if not inside:
        return None
    _, data, found = inside
    whole = data + bytes(max(found.total_bytes - len(data), 0))  # lengths in outer headers are those on the wire
    if len(whole) > MOST_TUNNELLED_BYTES:
        raise packet.Unsupported("too long for a tunnel")
    frame = wrap(whole)
    return record._replace(data=frame[:len(frame) - len(whole) + len(data)], original_bytes=len(frame), link=link)


def outer(protocol):
    return functools.partial(wire.ipv4, *TUNNEL_ENDS, protocol, ttl=64)


def in_udp(port, data):
    return in_ethernet(outer(wire.PROTO_UDP)(wire.udp(50_000, port, data)))


ETHERNET = pcapng.LINK_ETHERNET
LINKS = {
    "raw IP": (pcapng.LINK_RAW_IP, bytes),
    "Linux cooked": (pcapng.LINK_LINUX_COOKED, lambda data: wire.linux_cooked(MAC, data, False)),
    "Linux cooked v2": (pcapng.LINK_LINUX_COOKED_2, lambda data: wire.linux_cooked_2(MAC, data, False)),
    "loopback": (pcapng.LINK_LOOPBACK, wire.loopback),
    "VLAN": (ETHERNET, lambda data: wire.ethernet(MAC, OTHER_MAC, data, [(wire.ETHERTYPE_VLAN, 7)])),
    "QinQ": (ETHERNET, lambda data: wire.ethernet(MAC, OTHER_MAC, data, [(wire.ETHERTYPE_QINQ, 7),
                                                                         (wire.ETHERTYPE_VLAN, 8)])),
    "MPLS": (ETHERNET, lambda data: wire.ethernet(MAC, OTHER_MAC, wire.mpls([16, 17], data),
                                                  kind=wire.ETHERTYPE_MPLS)),
    "PPPoE": (ETHERNET, lambda data: wire.ethernet(MAC, OTHER_MAC, wire.pppoe(9, data), kind=wire.ETHERTYPE_PPPOE)),
    "IP in IP": (ETHERNET, lambda data: in_ethernet(outer(wire.PROTO_IPIP if data[0] >> 4 == 4 else wire.PROTO_IPV6)(
        data))),
    "GRE": (ETHERNET, lambda data: in_ethernet(outer(wire.PROTO_GRE)(wire.gre(data)))),
    "ERSPAN": (ETHERNET, lambda data: in_ethernet(outer(wire.PROTO_GRE)(wire.erspan(in_ethernet(data), 1)))),
    "VXLAN": (ETHERNET, lambda data: in_udp(4789, wire.vxlan(5, in_ethernet(data)))),
    "GTP": (ETHERNET, lambda data: in_udp(2152, wire.gtp(6, data))),
}


# Other traffic and copies

def interleaved(records, others):
    """Both in one file, each in its own order; the others come where their time stamps say."""
    merged, waiting, reached = [], list(others), None
    waiting.reverse()
    for record in records:
        reached = record.time_ns if reached is None else max(reached, record.time_ns)
        while waiting and waiting[-1].time_ns < reached:
            merged.append(waiting.pop())
        merged.append(record)
    return merged + waiting[::-1]


def foreign_address(address):
    return bytes([address[0] ^ 2 if len(address) == 4 and 3 < address[0] < 124 or 131 < address[0] < 220
                  else address[0]]) + bytes(old ^ 0x5a for old in address[1:])


def merged(records, others):
    """The other capture's hosts and times are changed, so that it begins with this one and shares no address.
    What would come after this one's end is left out: it would make this capture longer, and silences with it."""
    if not records or not others:
        return records
    shift_ns = records[0].time_ns - others[0].time_ns
    end_ns = max(record.time_ns for record in records)
    moved = each_packet(others, lambda data, found: packet.moved(
        data, found, lambda end: (foreign_address(end[0]), end[1])))
    return interleaved(records, sorted(
        (record._replace(origin=None, time_ns=record.time_ns + shift_ns) for record in moved
         if record.time_ns + shift_ns <= end_ns), key=lambda record: record.time_ns))


def tcp_bytes(record):
    """The TCP segment in the record, by which another sight of it is known; None if there is none."""
    inside = packet.packet_of(record)
    return inside[1][inside[2].header_bytes:] if inside and packet.ends(*inside[1:]) else None


def with_other_side(records, others):
    """Both captures of one path in one file, as two interfaces; a segment that both hold has one origin."""
    origins = {tcp_bytes(record): record.origin for record in reversed(records)}
    origins.pop(None, None)
    return interleaved(records, [record._replace(origin=origins.get(tcp_bytes(record)), interface=1)
                                 for record in others])


def captured_twice(records, after_ns, is_routed=False):
    """Each frame again, so much later; as another tap sees it that is a router further on, or as the same."""
    copies = each_packet(records, lambda data, _: packet.routed(data)) if is_routed else records
    return interleaved(records, sorted((copy._replace(time_ns=copy.time_ns + after_ns) for copy in copies),
                                       key=lambda record: record.time_ns))


# The order of queues

def swapped(records, within_ns, is_swappable, seed):
    """Of the neighbours for which `is_swappable(segment, segment)` every second pair, by chance, in the other order.
    The time stamps stay in order: they are taken after the queues."""
    chance, fresh, segments = Random(seed), list(records), flows.segments(records)
    at = 0
    while at + 1 < len(fresh):
        first, second = fresh[at], fresh[at + 1]
        if (0 <= second.time_ns - first.time_ns <= within_ns and segments[at] and segments[at + 1]
                and is_swappable(segments[at], segments[at + 1]) and chance.random() < 0.5):
            fresh[at:at + 2] = second._replace(time_ns=first.time_ns), first._replace(time_ns=second.time_ns)
            at += 1
        at += 1
    return fresh


def of_one_sender(first, second):
    """Two transmit queues of one host."""
    return first.src[0] == second.src[0]


def of_both_directions(first, second):
    """A receive and a transmit queue, or two taps, one a direction."""
    return first.ends == second.ends[::-1]
