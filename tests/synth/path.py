# What carries an IP packet through the capture: link type, VLAN tags, tunnel, snaplen.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import dataclass
from ipaddress import ip_address

from . import wire
from .pcapng import LINK_ETHERNET, LINK_RAW_IP, WHOLE_FRAME


@dataclass(frozen=True)
class Tunnel:
    """kind: 'ip' (IPv4 or IPv6 in IPv4), 'gre' or 'vxlan', between an end on the client's side and
    one on the server's."""
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
        if self.kind == "vxlan":
            frame = wire.vxlan(42, wire.ethernet(src_mac, dst_mac, packet))
            return wire.PROTO_UDP, wire.udp(49321, 4789, frame)
        assert self.kind == "ip", self.kind
        inner = wire.PROTO_IPIP if packet[0] >> 4 == 4 else wire.PROTO_IPV6
        return inner, packet


@dataclass(frozen=True)
class Path:
    """padded names the side whose short Ethernet frames arrive padded to 60 bytes: the one that is
    not captured on its own host."""
    link: int = LINK_ETHERNET
    snaplen: int = WHOLE_FRAME
    tags: tuple = ()
    tunnel: Tunnel | None = None
    padded: str | None = None
    extensions: tuple = ()

    def frame(self, packet, by, src_mac, dst_mac):
        """The link-layer frame around an IP packet sent by 'client' or 'server'."""
        if self.tunnel:
            packet = self.tunnel.wrap(packet, by == "client", src_mac, dst_mac)
        if self.link == LINK_RAW_IP:
            return packet
        frame = wire.ethernet(src_mac, dst_mac, packet, self.tags)
        return frame.ljust(wire.ETHERNET_MINIMUM_BYTES, b"\0") if by == self.padded else frame


PLAIN = Path()
RAW_IP = Path(link=LINK_RAW_IP)
