# How the segments are carried: tunnels, tags and links, extension headers, fragments, cut frames.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX
from ..path import RAW_IP, Path, Tunnel
from ..pcapng import LINK_LINUX_COOKED, LINK_LINUX_COOKED_2, LINK_LOOPBACK
from ..payload import http_get, text
from ..story import story
from ..wire import (ETHERTYPE_QINQ, ETHERTYPE_VLAN, PROTO_DSTOPTS, PROTO_HOP_BY_HOP)

SOURCE = "written for the project's tests"
ENDS = {"client_end": "203.0.113.1", "server_end": "203.0.113.2", "ttl": 250}
OTHER_OUTER_TTL = 244
SERVER_TTL, DEVICE_TTL = 59, 63
CARRIERS = {
    "IPv4 in IPv4": Path(tunnel=Tunnel("ip", **ENDS)),
    "GRE": Path(tunnel=Tunnel("gre", **ENDS)),
    "6in4": Path(tunnel=Tunnel("ip", **ENDS)),
    "VXLAN": Path(tunnel=Tunnel("vxlan", **ENDS)),
    "VLAN": Path(tags=((ETHERTYPE_VLAN, 100),)),
    "QinQ": Path(tags=((ETHERTYPE_QINQ, 7), (ETHERTYPE_VLAN, 100))),
    "raw IP": RAW_IP,
}
LINKS = {
    "MPLS": Path(labels=(16, 2001)),
    "MPLS on the way to the client only": Path(labels=(16,), labelled="server"),
    "PPPoE": Path(session=0x11),
    "ERSPAN": Path(tunnel=Tunnel("erspan", **ENDS)),
    "GTP": Path(tunnel=Tunnel("gtp", **ENDS)),
    "Linux cooked": Path(link=LINK_LINUX_COOKED),
    "Linux cooked, version 2": Path(link=LINK_LINUX_COOKED_2),
    "loopback": Path(link=LINK_LOOPBACK),
    "VLAN on the way to the server only": Path(tags=((ETHERTYPE_VLAN, 100),), labelled="client"),
}


def pair(capture, network=4, client_df=True):
    client, server = replace(LINUX, ttl=57, df=client_df), replace(LINUX, ttl=SERVER_TTL)
    if network == 6:
        return capture.host("2001:db8:1::11", client), capture.host("2001:db8:2::80", server)
    return capture.host("198.51.100.11", client), capture.host("192.0.2.80", server)


def asked(capture, path, at, network=4, port=80):
    """Handshake, request, and its acknowledgement."""
    c = capture.connect(*pair(capture, network), port, at, path=path, client_leg=6 * MS)
    return c.handshake().request(http_get()).ack("server")


@story("tunnels", source=SOURCE, point="between", what="""
    One short connection in each kind of tunnel or tag, aborted by its server's application with the
    request unread.  The addresses and TTL that count are the inner ones: in the IPv4-in-IPv4 tunnel
    only the outer TTL of the RST differs (the tunnel was rerouted), in the GRE tunnel only the
    inner one does (a device behind the tunnel sent it).""")
def tunnels(capture):
    for i, (kind, path) in enumerate(CARRIERS.items()):
        c = asked(capture, path, i * S, network=6 if kind == "6in4" else 4)
        if kind == "GRE":
            c.rst(ttl=DEVICE_TTL).verdict("request-sent", ttl_delta=DEVICE_TTL - SERVER_TTL)
            continue
        if kind == "IPv4 in IPv4":
            c.path = replace(path, tunnel=replace(path.tunnel, ttl=OTHER_OUTER_TTL))
        c.rst_ack(after=30 * MS).verdict("request-sent", "app-reject", ttl_delta=0)


@story("links", source=SOURCE, point="between", what="""
    One short connection on each kind of link and tunnel that the capture tunnels has not: MPLS and a VLAN
    tag, also in one direction only, PPPoE, ERSPAN, GTP, Linux cooked, loopback.  Each is aborted by its server's
    application with the request unread; over MPLS a box on the way resets it instead.""")
def links(capture):
    for i, (kind, path) in enumerate(LINKS.items()):
        network = 6 if kind in ("PPPoE", "loopback") else 4
        c = asked(capture, path, i * S, network, port=8000 + i)
        if kind == "MPLS":
            c.rst(ttl=DEVICE_TTL).verdict("request-sent", not_cause=["app-reject", "no-state"],
                                          ttl_delta=DEVICE_TTL - SERVER_TTL)
            continue
        c.rst_ack(after=30 * MS).verdict("request-sent", "app-reject", sender="server", ttl_delta=0)


@story("ipv6-exthdr", source=SOURCE, point="between", what="""
    IPv6 with hop-by-hop and destination options before each TCP header: one connection aborted by
    the server's application with the request unread, and one refused by a closed port.""")
def ipv6_exthdr(capture):
    path = Path(extensions=(PROTO_HOP_BY_HOP, PROTO_DSTOPTS))
    asked(capture, path, 0, network=6).rst_ack(after=30 * MS).verdict("request-sent", "app-reject")
    c = capture.connect(*pair(capture, 6), 81, 1 * S, path=path, client_leg=6 * MS)
    c.syn().refuse().verdict("syn-sent", "port-closed")


@story("fragments", source=SOURCE, point="between", what="""
    The request of a client without path MTU discovery comes in two IPv4 fragments; the server's
    application aborts with the request unread.""")
def fragments(capture):
    c = capture.connect(*pair(capture, client_df=False), 80, 0, client_leg=6 * MS).handshake()
    c.request(text(1200), fragment_at=800).ack("server")
    c.rst_ack(after=30 * MS).verdict("request-sent", "app-reject")


@story("truncated", source=SOURCE, point="between", what="""
    Frames cut after the fixed TCP header (54 bytes) on one interface and within its options (60
    bytes) on the other; the server's application aborts with the request unread.  What was cut off
    is not known to be missing.""")
def truncated(capture):
    for at, snaplen in ((0, 54), (1 * S, 60)):
        asked(capture, Path(snaplen=snaplen), at).rst_ack(after=30 * MS).verdict(
            "request-sent", "app-reject", not_cause=["forged"])


@story("cut-short", source=SOURCE, point="between", what="""
    Frames cut at 54 bytes on one interface (the fixed TCP header) and at 68 on the other (and its
    options, but for two bytes of payload): a closed port, a request thrown out, a client that
    aborts in the middle of an answer, data after close, and a done connection ended by a RST.""")
def cut_short(capture):
    for i, snaplen in enumerate((54, 68)):
        path, port, at = Path(snaplen=snaplen), 8000 + 10 * i, 10 * i * S
        c = capture.connect(*pair(capture), port, at, path=path, client_leg=6 * MS)
        c.syn().refuse().verdict("syn-sent", "port-closed", not_cause=["forged"])
        asked(capture, path, at + 1 * S, port=port + 1).rst_ack(after=30 * MS).verdict(
            "request-sent", "app-reject")
        c = asked(capture, path, at + 2 * S, port=port + 2).response(text(9000)).ack()
        c.response(text(1400)).rst_ack("client", after=1 * MS).response(text(1400), after=500 * US)
        c.verdict("response-sent", "client-abort")
        c = asked(capture, path, at + 3 * S, port=port + 3).response(text(100)).fin("server")
        c.request(http_get()).rst().verdict("closing", "data-after-close")
        c = asked(capture, path, at + 4 * S, port=port + 4).response(text(700)).ack()
        c.rst_ack("client", after=20 * MS).verdict("response-sent", ["reset-as-close", "client-abort"])
