# The same packets more than once: mirrored, on several interfaces, before and after a router or a NAT.
# SPDX-License-Identifier: GPL-2.0-or-later

import itertools
from dataclasses import replace
from ipaddress import ip_address

from .. import wire
from ..connection import MS, S, US
from ..host import LINUX
from ..path import PLAIN, Copy, Path
from ..payload import http_get, http_ok, text
from ..pcapng import LINK_LINUX_COOKED
from ..story import story
from ..wire import ETHERTYPE_VLAN

SOURCE = "written for the project's tests"
CLIENT, SERVER = replace(LINUX, ttl=60), replace(LINUX, ttl=58)
BRIDGE = Path(name="br0")
COPIES = {
    "mirrored": Path(copies=(Copy(3 * US, PLAIN),)),
    "before and behind a router": Path(copies=(Copy(40 * US, Path(tags=((ETHERTYPE_VLAN, 7),)),
                                                    wire.routed),)),
    "before and behind a slow firewall": Path(copies=(Copy(4 * MS, PLAIN, wire.routed),)),
    "three interfaces": Path(name="eth0", tags=((ETHERTYPE_VLAN, 9),), copies=(
        Copy(2 * US, BRIDGE), Copy(5 * US, Path(name="any", link=LINK_LINUX_COOKED)))),
}


def endings(capture, connect, at):
    """(connection, stage, cause) of connections to ports of their own, each reset in its own way."""
    def begin(i):
        return connect(8000 + i, at + i * S)

    def asked(i):
        return begin(i).handshake().request(http_get()).ack("server")

    yield begin(0).syn().refuse(), "syn-sent", "port-closed"
    yield begin(1).handshake().rst(), "handshake-done", ["no-state", "listener-gone"]
    yield asked(2).rst_ack(after=30 * MS), "request-sent", "app-reject"
    c = asked(3).response(text(1400)).ack().response(text(1400))
    yield c.rst_ack("client", after=1 * MS), "response-sent", "client-abort"
    c = asked(4).response(http_ok(100)).fin("server").request(http_get())
    yield c.rst(), "closing", "data-after-close"
    c = asked(5).response(text(300)).ack()
    yield c.rst_ack("client", after=20 * MS), "response-sent", ["reset-as-close", "client-abort"]
    c = asked(7).response(text(1400), after=1 * MS).rst_ack(after=1 * MS)
    yield c, "response-sent", "app-abort"
    asked(6).response(text(600)).ack().close()


@story("copies", source=SOURCE, point="between", what="""
    Every frame two or three times: from a mirror port, before and behind a router (the copy's TTL
    is one less), and on three interfaces of one machine.  Six connections each, reset as if the
    copies were not there: none makes a retransmission, an answer to a RST or a forged one.""")
def copies(capture):
    for i, path in enumerate(COPIES.values()):
        client, server = (capture.host(f"{net}.{11 + i}", stack)
                          for net, stack in (("198.51.100", CLIENT), ("192.0.2", SERVER)))

        def connect(port, at, client=client, server=server, path=path):
            return capture.connect(client, server, port, at, path=path, client_leg=6 * MS)

        for c, stage, cause in endings(capture, connect, 10 * i * S):
            c.verdict(stage, cause, not_cause=["forged"])


@story("nat-both-sides", source=SOURCE, point="between", what="""
    Captured on a router that translates: every frame before and after, whose clients have
    different addresses and whose TTLs differ by one.  Both are sights of one connection, by the
    number, IP ID and timestamp of its SYN, so each is counted once.""")
def nat_both_sides(capture):
    client = capture.host("10.0.0.11", CLIENT)
    server = capture.host("192.0.2.11", SERVER)
    outside, ports = ip_address("203.0.113.9"), itertools.count(61000)

    def connect(port, at):
        own_port = client.new_port()
        inside_end, outside_end = (client.address, own_port), (outside, next(ports))
        copy = Copy(30 * US, Path(name="outside"), translation(inside_end, outside_end))
        return capture.connect(client, server, port, at, client_port=own_port, client_leg=6 * MS,
                               path=Path(name="inside", copies=(copy,)))

    for c, stage, cause in endings(capture, connect, 0):
        c.verdict(stage, cause, not_cause=["forged"])


def translation(inside, outside):
    return lambda packet: wire.translated(wire.routed(packet), inside, outside)
