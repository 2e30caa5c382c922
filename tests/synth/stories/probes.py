# Clients that reset on purpose: scans, health checks, connects given up, and what looks like them.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX, Stack, linux_order
from ..payload import http_get, http_ok
from ..story import story
from ..wire import ACK, RST, SYN

SERVER = replace(LINUX, syn_window=65160)
FAR = replace(SERVER, ttl=57)
KERNEL = {"ttl": 57, "ident": 0, "df": True}  # the scanner's own system, 7 hops away
NMAP = Stack(linux_order, syn_window=1024, plain_window=1024, sack=False, ttl=42, df=False, ident="counter")
BARE = {"window": 1024, "ident": 54321, "df": False, "ttl": 240}  # ZMap, masscan


@story("syn-scan", source="nmap, ZMap; docs/facts.md 3, 11", point="server", what="""
    Two SYN scans, seen by their target: nmap's, port by port, whose open ports are reset by the scanner's
    own system with another TTL than that of the SYNs; and a sweep of single SYNs without any option.""")
def syn_scan(capture):
    legs = {"client_leg": 24 * MS, "server_leg": 40 * US}
    target = capture.host("192.0.2.80", SERVER)
    nmap = capture.host("198.51.100.99", NMAP)
    for i, port in enumerate((21, 22, 23, 25, 80, 110, 139, 443, 445, 3306)):
        c = capture.connect(nmap, target, port, i * 30 * MS, **legs).syn()
        if port in (22, 80, 443):
            c.synack().rst("client", **KERNEL).verdict(
                "half-open", "half-open-probe", sender="client", not_cause=["forged"], alone=["half-open-probe"])
        else:
            c.refuse().verdict("syn-sent", "port-closed", sender="server", not_cause=["forged"])
    sweeper = capture.host("198.51.100.66", NMAP)
    for i in range(3):
        host = capture.host(f"192.0.2.{90 + i}", SERVER)
        c = capture.connect(sweeper, host, 443, 5 * S + i * 2 * MS, **legs)
        c.open("client", SYN, {}, after=0, **BARE).synack(only=["mss"]).rst("client", **KERNEL).verdict(
            "half-open", "half-open-probe", sender="client", not_cause=["forged"])


@story("connect-scan", source="nmap -sT; docs/facts.md 3", point="client", what="""
    nmap -sT: complete handshakes with one port after another, each reset at once; closed ports refuse.""")
def connect_scan(capture):
    client, server = capture.host("198.51.100.11", LINUX), capture.host("192.0.2.80", FAR)
    for i in range(12):
        c = capture.connect(client, server, 8000 + i, i * 40 * MS).syn()
        if i % 4 == 3:
            c.refuse().verdict("syn-sent", "port-closed", sender="server")
        else:
            c.synack().ack().rst_ack("client", after=90 * US).verdict(
                "handshake-done", "connect-probe", sender="client", alone=["connect-probe"])


@story("health-checks", source="HAProxy; docs/facts.md 3, 11", point="server", what="""
    Two probes of a balancer: HAProxy's, which answers the SYN/ACK by RST+ACK, every two seconds, and
    a monitor's, which completes the handshake and resets, every ten.  A third resets once.""")
def health_checks(capture):
    server = capture.host("192.0.2.80", SERVER)
    haproxy, monitor, other = (capture.host(f"198.51.100.{n}", LINUX) for n in (5, 6, 7))

    def connect(client, at):
        return capture.connect(client, server, 80, at, client_leg=5 * MS, server_leg=40 * US)

    for i in range(6):
        c = connect(haproxy, i * 2 * S).syn().synack()
        c.send("client", RST | ACK, window=502).verdict(
            "half-open", "health-check", sender="client", alone=["health-check"])
        connect(monitor, i * 10 * S + 1 * S).handshake().rst_ack("client", after=200 * US).verdict(
            "handshake-done", "health-check", sender="client", alone=["connect-probe"])
    connect(other, 3 * S).handshake().rst_ack("client", after=200 * US).verdict(
        "handshake-done", "connect-probe", sender="client")


@story("given-up", source="RFC 8305; docs/facts.md 3, 12", point="client", what="""
    SYNs whose program had given up: connect() timed out after two repeats, one was cancelled, and one lost
    the race against another address (Happy Eyeballs).  No scan, although each SYN/ACK is reset.""")
def given_up(capture):
    client, server = capture.host("198.51.100.11", LINUX), capture.host("192.0.2.80", FAR)
    other = capture.host("192.0.2.81", FAR)
    c = capture.connect(client, server, 80, 0)
    isn = c.client.next
    c.syn().syn(seq=isn, after=1 * S).syn(seq=isn, after=2 * S).synack(after=2100 * MS)
    c.rst("client", after=60 * US).verdict("half-open", "connect-abandoned", sender="client")
    capture.connect(client, server, 81, 10 * S).syn().synack().rst("client", after=60 * US).verdict(
        "half-open", "connect-abandoned", sender="client", not_cause=["half-open-probe"])
    loser = capture.connect(client, server, 82, 20 * S).syn()
    won = capture.connect(client, other, 82, 20 * S - 2 * MS, server_leg=5 * MS).handshake()
    won.request(http_get()).ack("server").response(http_ok(200)).ack().close()
    loser.synack().rst("client", after=60 * US).verdict(
        "half-open", "connect-abandoned", sender="client", not_cause=["half-open-probe", "connect-probe"])


@story("stale-peer", source="RFC 9293 section 3.5.1; docs/facts.md 12", point="client", what="""
    A client reuses its ports after a crash; the server still holds the old connection and answers the
    SYN by an ACK of the old numbers.  The client resets that, and its next SYN works.""")
def stale_peer(capture):
    client, server = capture.host("198.51.100.11", LINUX), capture.host("192.0.2.80", FAR)
    c = capture.connect(client, server, 80, 0)
    isn = c.client.next
    c.ts = True
    c.server.window = 509
    c.syn().send("server", ACK, seq=c.isn(), ack=c.isn())
    c.rst("client", after=60 * US)
    c.ts = False
    c.client.next = isn
    c.syn(after=1 * S).synack().ack().request(http_get()).ack("server").response(http_ok(300)).ack().close()
    c.verdict("syn-sent", "stale-peer", sender="client", not_cause=["connect-abandoned"])


@story("backscatter", source="docs/facts.md 4", point="client", what="""
    Somebody sends SYNs in this host's name: their SYN/ACKs arrive, and the host resets each.  A capture
    that began too late, or of one direction, looks the same.""")
def backscatter(capture):
    victim = capture.host("198.51.100.11", LINUX)
    for i in range(4):
        server = capture.host(f"192.0.2.{10 + i}", FAR)
        c = capture.connect(victim, server, 80, i * S, client_port=1024 + 7 * i)
        c.seen = set()
        c.syn()
        c.seen = {"client", "server"}
        c.synack().rst("client", after=50 * US).verdict(
            "half-open", "unsolicited-synack", sender="client", not_cause=["half-open-probe"])


@story("mute", source="docs/facts.md 4", point="client", what="""
    Silence after the handshake, until the client gives up: once its request is acknowledged (a mute
    application), once not (a full queue on SYN cookies, a SYN proxy, a black hole).""")
def mute(capture):
    client, server = capture.host("198.51.100.11", LINUX), capture.host("192.0.2.80", FAR)
    c = capture.connect(client, server, 80, 0).handshake().request(http_get()).ack("server")
    c.rst_ack("client", after=15 * S).verdict("request-sent", "client-abort", sender="client")
    c = capture.connect(client, server, 81, 1 * S).handshake()
    first = c.client.next
    c.request(http_get())
    for wait in 220 * MS, 440 * MS, 880 * MS, 1760 * MS, 3520 * MS:
        c.request(http_get(), seq=first, after=wait)
    c.rst_ack("client", after=6 * S).verdict(
        "request-sent", ["peer-vanished", "client-abort"], sender="client")
