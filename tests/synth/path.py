# What carries an IP packet through the capture: link type, tags and labels, tunnel, snaplen, copies.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Callable

from . import wire
from .pcapng import (LINK_ETHERNET, LINK_LINUX_COOKED, LINK_LINUX_COOKED_2, LINK_LOOPBACK, LINK_RAW_IP,
                     WHOLE_FRAME)


@dataclass(frozen=True)
class Tunnel:
    """kind: 'ip' (IPv4 or IPv6 in IPv4), 'gre', 'vxlan', 'erspan' or 'gtp', between an end on the
    client's side and one on the server's."""
    kind: str
    client_end: str
    server_end: str
    ttl: int = 64

    def wrap(self, packet, from_client, src_mac, dst_mac):
        src, dst = ip_address(self.client_end), ip_address(self.server_end)
        if not from_client:
            src, dst = dst, src
        protocol, payload = self.payload(packet, src_mac, dst_mac)
        return wire.ipv4(src, dst, protocol, payload, self.ttl)

    def payload(self, packet, src_mac, dst_mac):
        if self.kind == "gre":
            return wire.PROTO_GRE, wire.gre(packet)
        if self.kind == "erspan":
            return wire.PROTO_GRE, wire.erspan(wire.ethernet(src_mac, dst_mac, packet), 1)
        if self.kind == "gtp":
            return wire.PROTO_UDP, wire.udp(2152, 2152, wire.gtp(7, packet))
        if self.kind == "vxlan":
            frame = wire.vxlan(42, wire.ethernet(src_mac, dst_mac, packet))
            return wire.PROTO_UDP, wire.udp(49321, 4789, frame)
        assert self.kind == "ip", self.kind
        inner = wire.PROTO_IPIP if packet[0] >> 4 == 4 else wire.PROTO_IPV6
        return inner, packet


@dataclass
class Copy:
    """Every frame once more, `after` ns later on a path of its own, the packet changed on the way.  back: the same
    for the server's frames; None: no other time."""
    after: int
    path: "Path"
    change: Callable = bytes
    back: int | None = None

    def delay(self, by):
        return self.after if by == "client" or self.back is None else self.back


@dataclass(frozen=True)
class Path:
    """padded names the side whose short Ethernet frames arrive padded to 60 bytes: the one that is
    not captured on its own host; labelled the only one whose packets have the MPLS labels and the
    tags, or None for both.  name: the interface's."""
    link: int = LINK_ETHERNET
    snaplen: int = WHOLE_FRAME
    tags: tuple = ()
    labels: tuple = ()
    labelled: str | None = None
    session: int | None = None
    tunnel: Tunnel | None = None
    padded: str | None = None
    extensions: tuple = ()
    name: str = ""
    copies: tuple = ()

    def frame(self, packet, by, src_mac, dst_mac):
        """The link-layer frame around an IP packet sent by 'client' or 'server'."""
        if self.tunnel:
            packet = self.tunnel.wrap(packet, by == "client", src_mac, dst_mac)
        if self.link == LINK_ETHERNET:
            frame = self.ethernet(packet, by, src_mac, dst_mac)
            return frame.ljust(wire.ETHERNET_MINIMUM_BYTES, b"\0") if by == self.padded else frame
        return {LINK_RAW_IP: lambda: packet,
                LINK_LOOPBACK: lambda: wire.loopback(packet),
                LINK_LINUX_COOKED: lambda: wire.linux_cooked(src_mac, packet, by == "client"),
                LINK_LINUX_COOKED_2: lambda: wire.linux_cooked_2(src_mac, packet, by == "client"),
                }[self.link]()

    def ethernet(self, packet, by, src_mac, dst_mac):
        has_all = self.labelled in (None, by)
        tags = self.tags if has_all else ()
        if self.labels and has_all:
            return wire.ethernet(src_mac, dst_mac, wire.mpls(self.labels, packet), tags,
                                 wire.ETHERTYPE_MPLS)
        if self.session:
            return wire.ethernet(src_mac, dst_mac, wire.pppoe(self.session, packet), tags,
                                 wire.ETHERTYPE_PPPOE)
        return wire.ethernet(src_mac, dst_mac, packet, tags)


PLAIN = Path()
RAW_IP = Path(link=LINK_RAW_IP)
