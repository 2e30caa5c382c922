# TCP segments made by hand, sent and caught on an interface past the kernel's own TCP.
# SPDX-License-Identifier: GPL-2.0-or-later

import ipaddress
import os
import socket
import struct
from dataclasses import dataclass

from lab import wait
from synth import wire

ETH_P = {4: 0x0800, 6: 0x86dd}
TIMESTAMPS = 8


@dataclass(frozen=True)
class Segment:
    """src and dst are (address, port).  ident: IPv4 only, else 0."""
    src: tuple
    dst: tuple
    seq: int
    ack: int
    flags: int
    length: int
    window: int
    options: bytes
    ttl: int
    ident: int

    @property
    def end(self):
        """The number of what follows its payload."""
        return self.seq + self.length & 0xffffffff

    @property
    def timestamps(self):
        """(TSval, TSecr), or None."""
        left = self.options
        while left:
            kind, length = left[0], 1 if left[0] < 2 else left[1]
            if kind == TIMESTAMPS:
                return struct.unpack_from("!II", left, 2)
            left = left[length:]
        return None


def parse(frame):
    """The TCP segment of an IPv4 or IPv6 frame without extension headers, or None."""
    packet = frame[14:]
    if packet[0] >> 4 == 4:
        at, total, ident = (packet[0] & 15) * 4, *struct.unpack_from("!HH", packet, 2)
        ttl, protocol, ends = packet[8], packet[9], (packet[12:16], packet[16:20])
    else:
        at, total, ident = 40, 40 + struct.unpack_from("!H", packet, 4)[0], 0
        protocol, ttl, ends = packet[6], packet[7], (packet[8:24], packet[24:40])
    if protocol != wire.PROTO_TCP:
        return None
    src_port, dst_port, seq, ack, offset, flags, window = struct.unpack_from("!HHIIBBH", packet, at)
    src, dst = (str(ipaddress.ip_address(end)) for end in ends)
    data = at + (offset >> 4) * 4
    return Segment((src, src_port), (dst, dst_port), seq, ack, flags, total - data, window,
                   packet[at + 20:data], ttl, ident)


class Tap:
    """Sees the frames that arrive at one interface of a host, and sends there."""

    def __init__(self, lab, host, port):
        kind = ETH_P[lab.version]
        with host.inside():
            self.socket = lab.keep(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind)))
        self.socket.bind((port, kind))
        self.socket.settimeout(wait.PATIENCE_S)
        self.host, self.port = host, host.ports[port]

    def catch(self, wanted, what):
        """The next segment for which wanted() is true."""
        def look():
            segment = parse(self.socket.recv(65536))
            return segment if segment and wanted(segment) else None
        return wait.until(look, what)

    def send(self, src, dst, seq, ack, flags, window=0, options=b"", payload=b"", ttl=64, ident=0, df=True):
        """ident and df: IPv4 only."""
        ends = [ipaddress.ip_address(end[0]) for end in (src, dst)]
        seq, ack = seq & 0xffffffff, ack & 0xffffffff
        tcp = wire.tcp(*ends, src[1], dst[1], seq, ack, flags, window, options, payload)
        packet = wire.ipv4(*ends, wire.PROTO_TCP, tcp, ttl, ident, df) if ends[0].version == 4 \
            else wire.ipv6(*ends, wire.PROTO_TCP, tcp, ttl)
        peer_mac = next(iter(self.port.peers.values()))  # all are the same host's
        macs = [bytes.fromhex(text.replace(":", "")) for text in (self.port.mac, peer_mac)]
        self.socket.send(wire.ethernet(*macs, packet))


def random_number(bits=32):
    return int.from_bytes(os.urandom(4), "big") >> 32 - bits
