# What taps, paths and onlookers add to a reset in the world and not in the laboratory (docs/facts.md 14).
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX, WINDOWS_7
from ..path import PLAIN, Copy, Path
from ..payload import http_get, http_ok, text
from ..story import story
from ..wire import ACK, PSH, RST

SERVER = replace(LINUX, syn_window=65160, ttl=57)
LATE_MIRROR = Path(copies=(Copy(15 * MS, PLAIN),))
ABORTED = ["app-abort", "client-abort", "reset-as-close"]
NO_STATE = ["no-state", "rejected-in-path", "listener-gone", "path-flip"]


def pair(capture, number, client=LINUX):
    return capture.host(f"198.51.100.{number}", client), capture.host(f"192.0.2.{number}", SERVER)


def answered(capture, number, at, client=LINUX, **how):
    """A request and its answer, acknowledged."""
    c = capture.connect(*pair(capture, number, client), 80, at, **how).handshake()
    return c.request(http_get()).ack("server").response(http_ok(600)).ack()


@story("overtaken-ack", source="docs/facts.md 14", point="client", what="""
    Two transmit queues: a reset overtakes the ACK that its sender had sent before it, by 25 us, once the client's
    and once the server's.  The ACK has the lower IP ID.  Nobody forged anything.""")
def overtaken_ack(capture):
    for number, by in ((11, "client"), (12, "server")):
        c = answered(capture, number, number * S)
        if by == "client":
            c.response(text(1448), after=5 * MS)
        else:
            c.request(http_get("/again"), after=5 * MS)
        c.rst_ack(by, ident=getattr(c, by).ident + 2).ack(by, after=25 * US)
        c.verdict("response-sent", ABORTED, sender=by, not_cause=["forged", "content-filter"])


@story("late-mirror", source="docs/facts.md 14", point="between", what="""
    A mirror port brings every frame again 15 ms later, so that copies of older segments stand behind the reset of
    the host that had sent them.""")
def late_mirror(capture):
    for number, client in ((11, LINUX), (12, WINDOWS_7)):
        c = answered(capture, number, number * S, client, path=LATE_MIRROR, client_leg=2 * MS, server_leg=4 * MS)
        c.request(http_get("/again"), after=60 * MS).ack("server").rst_ack("server", after=2 * MS)
        c.verdict("response-sent", ["app-abort", "request-lost"], sender="server", not_cause=["forged"])


@story("late-copy-answered", source="RFC 9293 section 3.5.2; docs/facts.md 14", point="client", what="""
    The network delivers a request that had been answered a second time, to a host of a balancer that knows no such
    connection: bare RST, its SEQ the ACK number of the copy.  The client survives it.""")
def late_copy_answered(capture):
    c = capture.connect(*pair(capture, 11), 80, 0).handshake().request(http_get())
    begin, acked, ident = c.client.next - len(http_get()), c.client.acked, c.client.ident
    c.ack("server").response(http_ok(600)).ack()
    c.request(http_get(), seq=begin, ack=acked, ident=ident, after=300 * MS)
    c.rst("server", seq=acked).verdict("response-sent", NO_STATE, not_cause=["forged", "app-abort"])


@story("slow-handshake", source="docs/facts.md 14", point="client", what="""
    A radio sleeps, or an address is resolved: the handshake takes 900 ms, all later exchanges 40 ms.  Then a host
    that knows no such connection answers a request by a bare RST, 40 ms after it.  That is not too soon.""")
def slow_handshake(capture):
    c = capture.connect(*pair(capture, 11), 80, 0, server_leg=40 * MS).syn().synack(after=900 * MS).ack()
    c.request(http_get()).ack("server").response(http_ok(600)).ack().request(http_get("/again"), after=2 * S)
    c.rst("server").verdict("response-sent", NO_STATE, not_cause=["forged", "content-filter"])


@story("acknowledged-too-soon", source="Weaver, Sommer, Paxson, NDSS 2009; docs/facts.md 14", point="client", what="""
    A filter near the client copies the server's TTL and resets in its name: a RST+ACK that acknowledges the first
    request 1 ms after it, while the server takes 40 ms.  Two others let a request pass.  The first lacks the agreed
    timestamps, too; the second copies IP ID, window and timestamps, so that time alone gives it away.""")
def acknowledged_too_soon(capture):
    c = capture.connect(*pair(capture, 11), 80, 0, server_leg=40 * MS).handshake().request(http_get("/forbidden"))
    c.rst_ack("server", ack=c.client.next, after=1 * MS, ident=0, window=0, given={}).verdict(
        "request-sent", ["forged", "content-filter"], sender="third-party", not_cause=["app-reject"])
    c = answered(capture, 12, 12 * S, server_leg=40 * MS).request(http_get("/forbidden"), after=100 * MS)
    c.rst_ack("server", ack=c.client.next, after=1 * MS, ident=0, window=0, given={}).verdict(
        "response-sent", "forged", sender="third-party", max_certainty="likely")
    c = answered(capture, 13, 13 * S, server_leg=40 * MS).request(http_get("/forbidden"), after=100 * MS)
    c.rst_ack("server", ack=c.client.next, after=1 * MS).verdict("response-sent", max_certainty="likely")


@story("both-ends-reset-at-once", source="RFC 9293 section 3.5.2; docs/facts.md 14", point="between", what="""
    A box between ends a connection and tells both ends within 40 us, each in the other's name.  No reset is answered
    by a reset.""")
def both_ends_reset_at_once(capture):
    c = answered(capture, 11, 0, client_leg=10 * MS).request(http_get("/forbidden"), after=100 * MS)
    c.rst_ack("server", ack=c.client.next, after=12 * MS).rst_ack("client", ack=c.server.next, after=40 * US)
    c.verdict("response-sent", ["forged", "content-filter"], sender="third-party",
              not_cause=["app-abort", "reset-as-close"])


@story("flag-on-last-data", source="docs/facts.md 12, 14", point="client", what="""
    The last data segment of an answer has the RST flag by mistake.  The client acknowledges it as data and both sides
    close by FIN.""")
def flag_on_last_data(capture):
    c = answered(capture, 11, 0)
    c.send("server", RST | PSH | ACK, text(400), after=5 * MS)
    c.ack().close("server").verdict("response-sent", "not-a-reset", not_cause=["app-abort", "forged"])


@story("blind-then-real", source="RFC 5961 section 3.2; docs/facts.md 14", point="client", what="""
    Somebody guesses: three RSTs in the server's name, each inside the window and none at its left edge.  The client
    challenges them, both sides go on, and 30 seconds later the server aborts: an event of its own.""")
def blind_then_real(capture):
    c = answered(capture, 11, 0)
    for i in range(3):
        c.rst("server", seq=(c.server.next + 1000 + 9000 * i) & 0xffffffff, after=2 * MS, ttl=51).ack(after=30 * US)
    capture.survive(c, "response-sent", "forged", sender="third-party", not_cause=["app-abort"])
    for _ in range(2):
        c.request(http_get("/next"), after=10 * S).ack("server").response(http_ok(300)).ack()
    c.request(http_get("/last"), after=10 * S).ack("server").rst_ack("server", after=5 * MS)
    c.verdict("response-sent", ["app-abort", "request-lost"], sender="server", not_cause=["forged"])


@story("device-gave-up", source="RFC 9293 section 3.10.7.1; docs/facts.md 15", point="client", what="""
    A host serves port 80.  The SYN to its port 8080 is repeated twice, and 12 seconds later a router refuses it with a
    TTL that is not the host's: it had tried to connect in the client's place and gave up.""")
def device_gave_up(capture):
    client, server = pair(capture, 11)
    c = capture.connect(client, server, 80, 0).handshake().request(http_get()).ack("server")
    c.response(http_ok(600)).ack().close()
    c = capture.connect(client, server, 8080, 2 * S)
    isn = c.client.next
    c.syn().syn(seq=isn, after=1 * S).syn(seq=isn, after=2 * S).refuse(after=12 * S, ttl=254)
    c.verdict("syn-sent", ["connect-gave-up", "refused-in-path"], sender="third-party", not_cause=["port-closed"])
