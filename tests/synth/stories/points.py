# One file of three capture points: next to the client, among the routers, next to the server.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from .. import wire
from ..connection import MS, S, US
from ..host import LINUX
from ..path import Copy, Path
from ..payload import http_get, http_ok
from ..story import story

SERVER = "192.0.2.10"
ROUTERS = 6  # between client and server, three of them before the point among them
ONE_WAY = 12 * MS


def point(name, routers, ahead):
    """The other points see a packet later or earlier by the way to them, and by how far their clock is ahead."""
    way = ONE_WAY * routers // ROUTERS
    return Copy(ahead + way, Path(name=name), wire.beyond(routers, SERVER), back=ahead - way)


BETWEEN, BESIDE_SERVER = point("between", 3, 1200 * MS), point("server", ROUTERS, 400 * MS)
EVERYWHERE = Path(name="client", copies=(BETWEEN, BESIDE_SERVER))
NOT_AT_SERVER = Path(name="client", copies=(BETWEEN,))
ONLY_AT_CLIENT = Path(name="client")


@story("three-points", source="written for the project's tests", point="client", what="""
    Captured next to the client, among the routers and next to the server, with clocks more than a second apart.  A
    device behind the client's first router injects a reset, one behind the fourth rejects a request,
    and the server itself refuses a connection and throws a client out: each counts once.""")
def three_points(capture):
    client = capture.host("198.51.100.11", LINUX)
    server = capture.host(SERVER, replace(LINUX, ttl=64 - ROUTERS))

    def connect(port, at):
        return capture.connect(client, server, port, at, path=EVERYWHERE, client_leg=50 * US, server_leg=2 * ONE_WAY)

    def served(at):
        c = connect(80, at).handshake().request(http_get()).ack("server")
        c.response(http_ok(700), after=3 * MS).ack().close()

    for at in capture.spread(8, 0, 9 * S):
        served(at)
    c = connect(80, 10 * S).handshake().request(http_get())
    c.path = ONLY_AT_CLIENT
    c.rst(after=2 * MS, ttl=63, ident=4711)
    c.path = EVERYWHERE
    c.response(http_ok(700), after=25 * MS)
    c.verdict("request-sent", ["forged", "content-filter"], sender="third-party", min_certainty="high")
    c = connect(80, 12 * S).handshake()
    c.path = NOT_AT_SERVER
    c.request(http_get()).rst(after=14 * MS, ttl=60)
    c.verdict("request-sent", "rejected-in-path", sender="third-party", min_certainty="likely")
    connect(8443, 14 * S).syn().refuse().verdict("syn-sent", "port-closed", sender="server")
    c = connect(80, 16 * S).handshake().request(http_get()).ack("server").rst_ack(after=9 * MS)
    c.verdict("request-sent", "app-reject", sender="server")
    for at in capture.spread(4, 18 * S, 24 * S):
        served(at)


@story("syn-not-at-server", source="docs/facts.md 17", point="client", what="""
    Captured next to the client and next to the server, whose clock is 400 ms ahead.  A firewall between refuses one SYN
    to a port that serves others all the time, and drops another with its repeats: nothing of both connections comes to
    the server's point.  The server itself refuses a third one, which is at both points.""")
def syn_not_at_server(capture):
    client = capture.host("198.51.100.11", LINUX)
    server = capture.host(SERVER, replace(LINUX, ttl=64 - ROUTERS))
    both = Path(name="client", copies=(BESIDE_SERVER,))

    def connect(port, at, path=both):
        return capture.connect(client, server, port, at, path=path, client_leg=50 * US, server_leg=2 * ONE_WAY)

    def serve(begin, end):
        for at in capture.spread(4, begin, end):
            c = connect(80, at).handshake().request(http_get()).ack("server")
            c.response(http_ok(700), after=3 * MS).ack().close()

    serve(0, 4 * S)
    refused = connect(80, 6 * S, ONLY_AT_CLIENT)
    refused.server.leg = 14 * MS
    refused.syn().refuse(ttl=60)
    refused.verdict("syn-sent", "refused-in-path", sender="third-party", min_certainty="high")
    connect(8443, 7 * S).syn().refuse().verdict("syn-sent", "port-closed", sender="server")
    dropped = connect(80, 8 * S, ONLY_AT_CLIENT)
    first = dropped.client.next
    dropped.syn()
    for wait in (1 * S, 2 * S, 4 * S):
        dropped.syn(seq=first, after=wait)
    dropped.silent("syn-sent", ["no-answer", "syn-dropped"], max_certainty="likely")
    serve(20 * S, 24 * S)
