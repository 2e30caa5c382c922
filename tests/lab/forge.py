# TCP segments made by hand, sent and caught on an interface past the kernel's own TCP.
# SPDX-License-Identifier: GPL-2.0-or-later

import ipaddress
import os
import socket
import struct
from dataclasses import dataclass

from lab import wait
from synth import wire

ETH_P_IP = 0x0800


@dataclass(frozen=True)
class Segment:
    """src and dst are (address, port)."""
    src: tuple
    dst: tuple
    seq: int
    ack: int
    flags: int
    length: int


def parse(frame):
    """The TCP segment of an IPv4 frame, or None."""
    if frame[12:14] != b"\x08\0" or frame[14 + 9] != wire.PROTO_TCP:
        return None
    header_bytes, total = (frame[14] & 15) * 4, struct.unpack_from("!H", frame, 16)[0]
    at = 14 + header_bytes
    src_port, dst_port, seq, ack, offset, flags = struct.unpack_from("!HHIIBB", frame, at)
    src, dst = (str(ipaddress.ip_address(frame[o:o + 4])) for o in (26, 30))
    return Segment((src, src_port), (dst, dst_port), seq, ack, flags,
                   total - header_bytes - (offset >> 4) * 4)


class Tap:
    """Sees and sends the frames of one interface of a host."""

    def __init__(self, lab, host, port):
        with host.inside():
            self.socket = lab.keep(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_IP)))
        self.socket.bind((port, ETH_P_IP))
        self.socket.settimeout(wait.PATIENCE_S)
        self.host, self.port = host, host.ports[port]

    def catch(self, wanted, what):
        """The next segment for which wanted() is true."""
        def look():
            segment = parse(self.socket.recv(65536))
            return segment if segment and wanted(segment) else None
        return wait.until(look, what)

    def send(self, src, dst, seq, ack, flags, window=0, options=b"", payload=b"", ttl=64, ident=0, df=True):
        ends = [ipaddress.ip_address(end[0]) for end in (src, dst)]
        tcp = wire.tcp(*ends, src[1], dst[1], seq, ack, flags, window, options, payload)
        packet = wire.ipv4(*ends, wire.PROTO_TCP, tcp, ttl, ident, df)
        peer_mac = next(iter(self.port.peers.values()))  # all are the same host's
        macs = [bytes.fromhex(text.replace(":", "")) for text in (self.port.mac, peer_mac)]
        self.socket.send(wire.ethernet(*macs, packet))


def random_number(bits=32):
    return int.from_bytes(os.urandom(4), "big") >> 32 - bits
