# What clients, ports and neighbours do in the world and not in the laboratory (docs/facts.md 15).
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX, WINDOWS_2003, Stack, linux_order
from ..payload import http_get, http_ok
from ..story import story
from ..wire import SYN

SERVER = replace(LINUX, syn_window=65160)
FAR = replace(SERVER, ttl=57)
TOOL = Stack(linux_order, syn_window=8192, plain_window=8192, sack=False, ident="counter")


@story("mute-server", source="RFC 5321 section 4.3.1; docs/facts.md 15", point="client", what="""
    A job asks a mail server every minute, which takes the connection and hangs before its greeting; the job
    gives up after ten seconds.  No health check, though it is periodic, and no scan.""")
def mute_server(capture):
    client, server = capture.host("198.51.100.11", LINUX), capture.host("192.0.2.25", FAR)
    for i in range(6):
        capture.connect(client, server, 25, i * 60 * S).handshake().rst_ack("client", after=10 * S).verdict(
            "handshake-done", "client-abort", sender="client", not_cause=["health-check", "connect-probe"])


@story("log-in-checks", source="docs/facts.md 15", point="server", what="""
    Twelve monitors check a database by a log-in, three messages each way of the same lengths, every ten
    seconds, and end it by a reset.""")
def log_in_checks(capture):
    server = capture.host("192.0.2.33", SERVER)
    monitors = [capture.host(f"198.51.100.{n}", LINUX) for n in range(20, 32)]
    for i in range(6):
        for n, monitor in enumerate(monitors):
            c = capture.connect(monitor, server, 3306, i * 10 * S + n * 700 * MS, client_leg=2 * MS,
                                server_leg=40 * US).handshake()
            c.response(b"g" * 78).request(b"l" * 62).response(b"o" * 11).request(b"q" * 9).response(b"r" * 60)
            c.rst_ack("client", after=3 * MS).verdict("response-sent", "health-check", sender="client")


@story("starting-service", source="docs/facts.md 11, 15", point="client", what="""
    A service is not up yet: the SYN of a Windows client is refused, comes again from the same port twice, and
    is let in at last.""")
def starting_service(capture):
    client, server = capture.host("198.51.100.12", WINDOWS_2003), capture.host("192.0.2.80", FAR)
    c = capture.connect(client, server, 8080, 0)
    isn = c.client.next
    c.syn().refuse().syn(seq=isn, after=500 * MS).synack().ack().request(http_get()).ack("server")
    c.response(http_ok(300)).ack().close()
    c.verdict("syn-sent", "service-starting", sender="server", not_cause=["port-flapping"])


@story("late-refusal", source="docs/facts.md 15", point="client", what="""
    A NAT gives up connecting in the client's place: 12 seconds after the second repeat of the SYN it refuses,
    with a window of its own.  No closed port.""")
def late_refusal(capture):
    client, server = capture.host("198.51.100.11", LINUX), capture.host("192.0.2.81", FAR)
    c = capture.connect(client, server, 80, 0)
    isn = c.client.next
    c.syn().syn(seq=isn, after=3 * S).syn(seq=isn, after=6 * S)
    c.refuse(after=12 * S).verdict("syn-sent", "refused-in-path", not_cause=["port-closed", "port-flapping"])


@story("unused-connections", source="RFC 9293 section 3.10.7.4; docs/facts.md 15", point="client", what="""
    A browser opens connections in advance and closes them unused; the server answers the FIN by RST+ACK.
    Nobody was thrown out, and no run of resets comes of it.""")
def unused_connections(capture):
    client, server = capture.host("198.51.100.11", LINUX), capture.host("192.0.2.80", FAR)
    for i in range(4):
        c = capture.connect(client, server, 80, i * 5 * S).handshake().fin("client", after=3 * S)
        c.rst_ack("server").verdict("closing", "reset-as-close", sender="server",
                                    not_cause=["app-reject", "service-failing"])


@story("tools-that-scan", source="RFC 1122 section 4.2.2.6; docs/facts.md 15", point="client", what="""
    A raw-socket tool asks two hosts with one source port and one initial number, without MSS; its kernel
    resets both SYN/ACKs.""")
def tools_that_scan(capture):
    client = capture.host("198.51.100.13", TOOL)
    servers = [capture.host(f"192.0.2.{n}", FAR) for n in (90, 91)]
    connections = [capture.connect(client, server, 443, n * MS, client_port=34048)
                   for n, server in enumerate(servers)]
    isn = connections[0].client.next
    for c in connections:
        c.client.next = isn
        c.open("client", SYN, {}, after=0)
    for c in connections:
        c.synack(only=["mss"], after=20 * MS).rst("client", after=40 * US).verdict(
            "half-open", "half-open-probe", sender="client", not_cause=["connect-abandoned"])
