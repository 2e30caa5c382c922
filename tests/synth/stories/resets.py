# Resets that are odd themselves: with payload, with a wrong checksum, quoted, or none at all.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from .. import wire
from ..connection import MS, S
from ..host import LINUX
from ..payload import http_get, http_ok, text
from ..story import story
from ..wire import ACK, PSH, RST

SOURCE = "RFC 9293 sections 3.1 and 3.5.3; RFC 1122 section 4.2.2.12; Ptacek and Newsham, 1998"
CLIENT, SERVER = LINUX, replace(LINUX, ttl=57)
CODE_HOST_UNREACHABLE = 1


def pair(capture, number):
    return (capture.host(f"198.51.100.{number}", CLIENT), capture.host(f"192.0.2.{number}", SERVER))


def asked(capture, number, at):
    c = capture.connect(*pair(capture, number), 80, at)
    return c.handshake().request(http_get()).ack("server")


@story("odd-resets", source=SOURCE, point="client", what="""
    A RST with payload that says why; a RST flag on two data segments that both sides treat as data;
    RSTs with a wrong checksum, which hosts ignore: in the server's name while it goes on, and as
    the last that is seen; the abort of a client captured on its own host, where the network card
    does all its checksums; and a RST that draws an ICMP error which quotes it.""")
def odd_resets(capture):
    asked(capture, 11, 0).rst_ack(after=30 * MS, payload=b"Go away, we're not home").verdict(
        "request-sent", not_cause=["forged", "not-a-reset"])
    flag_on_data(capture)
    wrong_checksum(capture)
    offloaded(capture)
    c = asked(capture, 51, 40 * S).response(text(8000)).ack().response(text(1000))
    c.rst_ack("client").verdict("response-sent", ["client-abort", "reset-as-close"], sender="client")
    router = capture.host("203.0.113.1", SERVER)
    capture.icmp_unreachable(router, c.client.host, CODE_HOST_UNREACHABLE, c.packet, c.clock + 9 * MS)


def flag_on_data(capture):
    """Set on the way: once by a box that mends the checksum, once by a memory that does not."""
    for number, spoil in ((21, None), (22, flag_was_clear)):
        c = asked(capture, number, number * S).response(http_ok(800)).ack()
        c.request(http_get()).ack("server")
        c.send("server", RST | PSH | ACK, text(400), after=5 * MS, spoil=spoil)
        c.server.next = (c.server.next + 400) & 0xffffffff
        c.server.sent[-1] = (c.clock, c.server.next, c.server.sent[-1][2])
        c.verdict("response-sent", "not-a-reset")
        c.ack().response(text(300)).ack().close()


def flag_was_clear(_pseudo, check):
    """The checksum of the same segment without its RST flag (RFC 1624)."""
    total = check + RST
    return (total & 0xffff) + (total >> 16)


def wrong_checksum(capture):
    c = asked(capture, 31, 30 * S)
    c.rst(after=4 * MS, spoil=wire.damaged).verdict(
        "request-sent", ["forged", "rejected-in-path"], not_cause=["app-reject", "no-state"])
    c.response(http_ok(500), after=30 * MS).ack().close()
    c = asked(capture, 32, 32 * S)
    c.rst_ack(after=40 * MS, spoil=wire.damaged).verdict(
        "request-sent", not_cause=["app-reject", "no-state"])


def offloaded(capture):
    client, server = pair(capture, 41)
    client.spoils = wire.left_to_hardware
    c = capture.connect(client, server, 80, 38 * S).handshake().request(http_get()).ack("server")
    c.response(text(9000)).ack().response(text(1000))
    c.rst_ack("client").verdict("response-sent", ["client-abort", "reset-as-close"], sender="client",
                                not_cause=["forged"])
