# A service that resets every client after the handshake, and what looks like it.
# SPDX-License-Identifier: GPL-2.0-or-later
"""ask.wireshark.org question 8465 tells the story of case-a.  It gives no TTL, IP ID or DF, so
these are the same everywhere and no verdict can rest on them."""

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX, WINDOWS_2003
from ..path import Path
from ..payload import (RDP_CONFIRM, RDP_REQUEST, SMB_NEGOTIATE, SMB_NEGOTIATED, http_get, http_ok)
from ..story import story

QUESTION = "ask.wireshark.org question 8465"
VARIANT = "variant of case-a (ask.wireshark.org question 8465)"
NEUTRAL = {"ttl": 64, "ident": "zero", "df": False}
CLIENT = replace(WINDOWS_2003, **NEUTRAL)
SERVER = replace(CLIENT, syn_window=16384)
ASKED = b"STATUS 0004711 LINE 02 SHIFT A\n"
AT_SERVER = Path(padded="client")
LOCAL_LEG = 300 * US
REMOTE_LEGS = [5 * MS, 11 * MS, 18 * MS, 27 * MS, 40 * MS]
SERVICE = 8035
OPEN_CAUSE = ["no-state", "app-reject"]

assert len(ASKED) == 31


class Site:
    """The server 192.0.2.20, four clients in its subnet, five across a WAN; seen at the server."""

    def __init__(self, capture, client=CLIENT, server=SERVER):
        self.capture, self.random = capture, capture.random
        self.server = capture.host("192.0.2.20", server)
        router = capture.host("192.0.2.1", client)
        local = [capture.host(f"192.0.2.{51 + i}", client) for i in range(4)]
        remote = [capture.host(f"198.51.100.{10 + 7 * i}", client, behind=router) for i in range(5)]
        self.clients = [pair for four in zip(local, remote) for pair in four] + remote[4:]
        self.legs = dict.fromkeys(local, LOCAL_LEG) | dict(zip(remote, REMOTE_LEGS))

    def connect(self, client, at, port=SERVICE, server=None):
        return self.capture.connect(client, server or self.server, port, at, path=AT_SERVER,
                                    client_leg=self.legs[client], server_leg=40 * US)

    def served(self, client, at, repeat=False):
        """The client asks, the server does it and closes without a word."""
        c = self.connect(client, at).handshake()
        c.request(ASKED, after=self.thinking())
        if repeat:
            c.request(ASKED, after=300 * MS, seq=c.client.next - len(ASKED))
        return c.close("server", after=self.random.randrange(15 * MS, 120 * MS))

    def thinking(self):
        return self.random.randrange(700 * US, 2 * MS)

    def reset(self, client, at):
        """Reset at once; the request is on its way already and is answered by another RST."""
        c = self.connect(client, at).handshake()
        soon = self.random.randrange(100 * US, min(500 * US, self.legs[client]))
        c.rst(after=soon, ack_field=self.ack_field(c))
        c.request(ASKED, after=self.random.randrange(60 * US, min(900 * US, self.legs[client])))
        return c.rst(ack_field=self.ack_field(c))

    def ack_field(self, c):
        """What Windows leaves in the ACK field of a RST without ACK flag: often the RST's SEQ."""
        return self.random.choice([c.client.acked, c.client.acked, c.client.acked, c.client.next])

    def abort(self, client, at):
        """Aborted by the application (RST+ACK); the request then finds no socket."""
        c = self.connect(client, at).handshake().rst_ack(after=self.random.randrange(100, 250) * US)
        return c.request(ASKED, after=self.random.randrange(20, 200) * US).rst()

    def exchange(self, client, at, port, asked, answered, server=None):
        c = self.connect(client, at, port, server).handshake()
        c.request(asked, after=self.thinking()).response(answered, after=3 * MS).ack()
        return c.close("client", after=self.random.randrange(20 * MS, 900 * MS))

    def file_sharing(self, client, at):
        return self.exchange(client, at, 445, SMB_NEGOTIATE, SMB_NEGOTIATED)

    def remote_desktop(self, client, at):
        return self.exchange(client, at, 3389, RDP_REQUEST, RDP_CONFIRM)

    def serve_others(self, count, begin, end):
        """Ports 445 and 3389 go on working."""
        for i, at in enumerate(self.capture.spread(count, begin, end)):
            visit = self.remote_desktop if i % 4 == 3 else self.file_sharing
            visit(self.clients[i * 2 % len(self.clients)], at)

    def serve(self, count, begin, end, clients=None, retransmit=()):
        clients = clients or self.clients
        for i, at in enumerate(self.capture.spread(count, begin, end)):
            self.served(clients[i % len(clients)], at, repeat=i in retransmit)

    def fail(self, count, begin, end, clients, how=None):
        """The failing connections, by reset() unless `how` says otherwise."""
        how = how or self.reset
        moments = self.capture.spread(count, begin, end)
        return [how(clients[i % len(clients)], at) for i, at in enumerate(moments)]


@story("case-a", folder="", source=QUESTION, point="server", what="""
    A Windows 2003 server ran out of desktop heap: new processes of the service on port 8035 failed
    to start (0xc0000142), and from then on every client was reset after the handshake, while the
    server's other ports went on working.""")
def case_a(capture):
    capture.start_at("2012-01-25 12:00:00")
    site = Site(capture)
    site.serve(61, 3 * S, 1029 * S, retransmit=(17, 44))
    failing = site.clients[1:8]
    for c in site.fail(22, 1032 * S, 1904 * S, failing):
        c.verdict("handshake-done", "service-failing", sender="server", min_certainty="likely",
                  not_cause=["forged", "content-filter"], alone=OPEN_CAUSE)
    site.serve_others(35, 10 * S, 1890 * S)
    browse(capture, site, 14)
    assert capture.most_open() <= 4


def browse(capture, site, count):
    """Ordinary traffic to two other servers."""
    web = [capture.host(f"192.0.2.{30 + i}", CLIENT) for i in range(2)]
    for i, at in enumerate(capture.spread(count, 25 * S, 1880 * S)):
        site.exchange(site.clients[i % 9], at, 80, http_get(f"/page{i}"),
                      http_ok(400 + 350 * (i % 7)), web[i % 2])


@story("a-lone", source=VARIANT, point="server", what="""
    One connection that ends like those of case-a, and nothing else: nobody can say whether the
    service fails, or throws out this client, or whether the host had no such connection.""")
def a_lone(capture):
    site = Site(capture)
    site.reset(site.clients[1], 0).verdict(
        "handshake-done", OPEN_CAUSE, not_cause=["service-failing"], max_certainty="likely")


@story("a-lone-after-good", source=VARIANT, point="server", what="""
    Three clients are served, one is reset: a single failure is not a failing service.""")
def a_lone_after_good(capture):
    site = Site(capture)
    site.serve(3, 0, 40 * S)
    site.reset(site.clients[3], 55 * S).verdict(
        "handshake-done", OPEN_CAUSE, not_cause=["service-failing"], max_certainty="likely")


@story("a-from-start", source=VARIANT, point="server", what="""
    The capture starts after the service of case-a had begun to fail: every connection to it is
    reset, and only the host's other ports show that the host works.""")
def a_from_start(capture):
    site = Site(capture)
    for c in site.fail(12, 2 * S, 300 * S, site.clients[:5]):
        c.verdict("handshake-done", ["service-failing", *OPEN_CAUSE], max_certainty="likely",
                  alone=OPEN_CAUSE)
    site.serve_others(10, 8 * S, 290 * S)


@story("a-one-client", source=VARIANT, point="server", what="""
    An access list of the application resets one client every time; the others are served
    meanwhile.""")
def a_one_client(capture):
    site = Site(capture)
    unwanted = site.clients[3]
    site.serve(20, 0, 300 * S, clients=[c for c in site.clients if c is not unwanted])
    for c in site.fail(8, 20 * S, 280 * S, [unwanted]):
        c.verdict("handshake-done", "client-refused", not_cause=["service-failing"],
                  alone=OPEN_CAUSE)


@story("a-recovers", source=VARIANT, point="server", what="""
    The service of case-a fails for some minutes, resets every client meanwhile, is restarted and
    serves again.""")
def a_recovers(capture):
    site = Site(capture)
    site.serve(20, 0, 300 * S)
    for c in site.fail(15, 310 * S, 600 * S, site.clients[:6]):
        c.verdict("handshake-done", "service-failing")
    site.serve(12, 610 * S, 800 * S)


@story("a-linux-form", source=VARIANT, point="server", what="""
    Case-a on Linux: from one moment on the application aborts every connection it accepts
    (RST+ACK with the socket's window), because it has no resources left to serve it.""")
def a_linux_form(capture):
    site = Site(capture, LINUX, LINUX)
    site.serve(24, 0, 400 * S)
    for c in site.fail(12, 410 * S, 700 * S, site.clients[1:8], site.abort):
        c.verdict("handshake-done", "service-failing", sender="server", alone=["app-reject"])
    site.serve_others(12, 10 * S, 690 * S)


@story("limit-of-connections", source="docs/facts.md 4", point="client", what="""
    A service takes five connections at a time and resets what comes beyond, right after the handshake.  Before that,
    and when the five have closed, it serves the same clients: it neither hangs nor lacks anything.""")
def limit_of_connections(capture):
    server = capture.host("192.0.2.40", replace(LINUX, ttl=63))
    clients = [capture.host(f"198.51.100.{10 + i}", LINUX) for i in range(4)]

    def asked(number, at):
        c = capture.connect(clients[number % 4], server, 1433, at).handshake()
        return c.request(ASKED).ack("server").response(ASKED[::-1]).ack()

    for i in range(4):
        asked(i, i * S).close("client", after=2 * MS)
    held = [asked(i, (5 + i) * S) for i in range(5)]
    for i in range(4):
        c = capture.connect(clients[i], server, 1433, (12 + i) * S).handshake()
        c.rst_ack("server", after=4 * MS)
        c.verdict("handshake-done", "app-reject", sender="server", not_cause=["service-failing"])
    for c in held:
        c.close("client", after=12 * S)
    for i in range(3):
        asked(i, (25 + i) * S).close("client", after=2 * MS)
