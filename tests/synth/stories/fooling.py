# What fools a classifier, and what does not: forged resets, and honest ones that look forged.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX, Stack, linux_order
from ..payload import http_get, http_ok, text
from ..story import story
from ..wire import ACK, RST, SYN

SERVER = replace(LINUX, syn_window=65160)
FAR = replace(SERVER, ttl=57)
FACTS = "docs/facts.md 12"


def hosts(capture, number=11, server=FAR, client=LINUX, network=4):
    if network == 6:
        return capture.host(f"2001:db8:1::{number}", client), capture.host(f"2001:db8:2::{number}", server)
    return capture.host(f"198.51.100.{number}", client), capture.host(f"192.0.2.{number}", server)


def asked(connection):
    return connection.handshake().request(http_get()).ack("server")


def done(connection):
    return connection.request(http_get()).ack("server").response(http_ok(500)).ack().close()


@story("no-refusals", source=FACTS, point="client", what="""
    A RST+ACK right after a SYN that refuses nothing, as it acknowledges what was not sent or comes
    before the real answer; a refusal with a sequence number of its own; and refusals after which the
    same tuple is accepted, the SYN being repeated.""")
def no_refusals(capture):
    for i, change in enumerate((77_000, 0)):
        c = capture.connect(*hosts(capture, 11 + i), 80, i * S).syn()
        wrong = (c.client.next + change) & 0xffffffff
        c.send("server", RST | ACK, seq=0, ack=wrong, window=0, given={}, ident=0, after=4 * MS)
        c.synack(after=17 * MS).ack()
        done(c).verdict("syn-sent", ["forged", "undetermined"], not_cause=["port-closed", "refused-in-path"])
    c = capture.connect(*hosts(capture, 13), 81, 2 * S).syn()
    c.send("server", RST | ACK, seq=4711, window=0, given={}, ident=0)
    c.verdict("syn-sent", "port-closed", sender="server", not_cause=["forged"])
    for i in range(2):
        c = capture.connect(*hosts(capture, 14), 82, (3 + i) * S)
        isn = c.client.next
        c.syn().refuse().syn(seq=isn, after=500 * MS)
        c.server.next = c.isn()
        c.synack().ack()
        done(c).verdict("syn-sent", ["service-starting", "port-flapping", "port-closed"], not_cause=["forged"])


@story("other-ttls", source=FACTS + ", 3, 11", point="client", what="""
    Resets whose TTL is not that of their host's other segments, and nobody forged them: a balancer's
    dead member is farther away, a router ends idle connections with TTL 255, a NAT engine too, and a stack
    begins its resets at 255 and the rest at 64.""")
def other_ttls(capture):
    c = asked(capture.connect(*hosts(capture, 21), 80, 0))
    c.rst(ttl=55).verdict("request-sent", ["no-state", "path-flip", "rejected-in-path"], not_cause=["forged"])
    c = asked(capture.connect(*hosts(capture, 22), 80, 1 * S)).response(text(500)).ack()
    c.rst_ack(after=350 * S, ttl=254, window=0, given={}, ident=0).verdict(
        "response-sent", "idle-timeout", sender="third-party", not_cause=["forged"])
    c = asked(capture.connect(*hosts(capture, 23), 80, 2 * S)).response(text(500)).ack()
    c.request(http_get(), after=1000 * S).rst(ttl=254, after=2 * MS).verdict(
        "response-sent", ["idle-timeout", "rejected-in-path"], not_cause=["forged"])
    slirp = Stack(linux_order, syn_window=65535, plain_window=65535, sack=False, ttl=64, df=False,
                  ident="counter")
    c = asked(capture.connect(*hosts(capture, 24, server=slirp), 80, 3 * S))
    c.rst(ttl=255, window=100).verdict("request-sent", not_cause=["forged", "rejected-in-path"])


@story("injected", source="Weaver, Sommer, Paxson, NDSS 2009; docs/facts.md 3, 11", point="client", what="""
    Forged resets in the server's name: in the form of INTANG's two types, one with every field of the
    server's but its time, and one that comes too late, behind what the server had sent.  The server goes
    on, as it knows of none.""")
def injected(capture):
    def begin(number, at):
        return asked(capture.connect(*hosts(capture, number), 80, at))

    def goes_on(c):
        return c.response(http_ok(900), after=15 * MS).rst("client")

    c = begin(31, 0).rst(after=5 * MS, ttl=101, window=31337, ident=0x1234, df=False)
    goes_on(c).verdict("request-sent", "forged", sender="third-party", min_certainty="likely")
    c = begin(32, 1 * S)
    for step in 0, 1460, 4380:
        c.rst_ack(after=4 * MS, ttl=77 + step % 7, window=500 + step, given={}, ident=step + 9,
                  seq=c.server.next + step)
    goes_on(c).verdict("request-sent", "forged", sender="third-party", min_certainty="likely")
    c = begin(33, 2 * S).request(http_get("/more"), after=2 * S).rst(after=4 * MS)
    goes_on(c).verdict("request-sent", "forged", sender="third-party", min_certainty="likely")
    c = begin(34, 5 * S).response(text(1400)).ack().response(text(1400)).ack()
    c.rst_ack(after=4 * MS, seq=c.server.next - 700, window=9, given={}, ident=7)
    c.verdict("response-sent", "forged", sender="third-party")


@story("injected-at-server", source="Weaver, Sommer, Paxson, NDSS 2009", point="server", what="""
    A forged reset in the client's name, captured on the server; the client goes on.""")
def injected_at_server(capture):
    client, server = hosts(capture, 11, server=SERVER, client=FAR)
    c = asked(capture.connect(client, server, 80, 0, client_leg=20 * MS, server_leg=40 * US))
    c.response(http_ok(500)).rst("client", after=3 * MS, ttl=101, seq=c.client.next, window=777, ident=9)
    c.ack(after=20 * MS).request(http_get(), after=5 * MS).rst()
    c.verdict("response-sent", "forged", sender="third-party")


@story("both-reset", source=FACTS, point="between", what="""
    One event however many RSTs: both sides reset at the same time, and each answers what is still under
    way by one more.""")
def both_reset(capture):
    c = capture.connect(*hosts(capture), 80, 0, client_leg=10 * MS, server_leg=10 * MS)
    asked(c).response(text(1400)).ack().response(text(1400)).rst_ack("client", after=12 * MS)
    c.response(text(1400), after=1 * MS).rst_ack(after=2 * MS).rst("client", after=8 * MS)
    c.rst(seq=c.server.next, after=9 * MS)
    c.verdict("response-sent", "client-abort", sender="client", not_cause=["forged"])


@story("signed", source="RFC 2385, RFC 5925; " + FACTS, point="client", what="""
    BGP sessions whose segments are signed with MD5: one is reset by the kernel with another TTL than the
    connection's, one aborted by the router's BGP process.  No forger knows the key.""")
def signed(capture):
    stack = replace(LINUX, ttl=1, syn_window=65160, ts=False, signed=True)
    legs = {"server_leg": 3 * MS}
    for i in range(2):
        c = capture.connect(*hosts(capture, 11 + i, stack, stack), 179, i * S, **legs).handshake()
        c.request(b"\xff" * 16 + b"\0\x13\4").ack("server").response(b"\xff" * 16 + b"\0\x13\4").ack()
        c.request(b"\xff" * 16 + b"\0\x13\4", after=300 * MS)
        if i == 0:
            c.rst(ttl=64).verdict("response-sent", "no-state", not_cause=["forged", "rejected-in-path"])
        else:
            c.rst_ack().verdict("response-sent", "app-abort", sender="server", not_cause=["forged"])


@story("rejected", source="docs/facts.md 1 family C; kernel net/ipv4/netfilter/nf_reject_ipv4.c",
       point="client", what="""
    Firewalls that reject a segment of an open connection, as they lost its state: one on the path, nearer
    than the server, and one on the server's own host, told by the IPv6 flow label that it leaves 0.""")
def rejected(capture):
    for i in range(2):
        c = asked(capture.connect(*hosts(capture, 11 + i), 80, i * S)).response(text(500)).ack()
        c.request(http_get(), after=2 * S).rst(after=5 * MS, ttl=254).verdict(
            "response-sent", "rejected-in-path", sender="third-party", not_cause=["forged"])
    c = capture.connect(*hosts(capture, 13, network=6), 80, 9 * S).handshake()
    c.request(http_get(), after=300 * MS).rst(flow_label=0).verdict(
        "request-sent", "rejected-in-path", sender="server", not_cause=["forged"])


@story("given-up-on", source="RFC 9293 section 3.8.3; docs/facts.md 1 (TCP_KEEPALIVE_TIMEOUT)", point="server",
       what="""
    The client's host goes down: the server's keep-alives stay unanswered, another time its data does, and
    it gives up.""")
def given_up_on(capture):
    client, server = hosts(capture, 11, SERVER, FAR)

    def begin(at):
        c = capture.connect(client, server, 80, at, client_leg=20 * MS, server_leg=40 * US)
        return asked(c).response(http_ok(700)).ack()

    c = begin(0)
    for wait in 60 * S, 10 * S, 10 * S:
        c.ack("server", seq=c.server.next - 1, after=wait)
    c.rst_ack(after=10 * S).verdict("response-sent", "peer-vanished", sender="server")
    c = begin(200 * S)
    first = c.server.next
    c.response(text(600), after=1 * S)
    for wait in 220 * MS, 440 * MS, 880 * MS, 1760 * MS:
        c.response(text(600), seq=first, after=wait)
    c.rst_ack(after=4 * S).verdict("response-sent", "peer-vanished", sender="server")


@story("wrong-ack", source="RFC 9293 section 3.10.7.4; docs/facts.md 3", point="client", what="""
    A box rewrites sequence numbers and has lost its state: the client's ACK does not acknowledge the
    SYN/ACK, and the server resets it.""")
def wrong_ack(capture):
    for i in range(2):
        c = capture.connect(*hosts(capture, 11 + i), 80, i * S).syn().synack()
        wrong = (c.server.next + 123_456) & 0xffffffff
        c.ack(ack=wrong).rst().verdict("half-open", "bad-handshake-ack", sender="server", max_certainty="likely")


@story("too-little", source="docs/facts.md 4, 12", point="between", what="""
    Resets with nothing around them: the capture began, or was filtered, so that no other segment of their
    connections is in it.""")
def too_little(capture):
    for i in range(3):
        c = capture.connect(*hosts(capture, 11 + i), 80, i * S, client_leg=5 * MS)
        c.seen = set()
        asked(c).response(text(900)).ack()
        c.seen = {"client", "server"}
        by = "client" if i == 2 else "server"
        (c.rst if i == 0 else c.rst_ack)(by)
        c.verdict("midstream", "undetermined", max_certainty="possible", not_cause=["forged"])
