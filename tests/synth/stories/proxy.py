# A SYN proxy in front of a server: it answers for the server, and its server leg fails.
# SPDX-License-Identifier: GPL-2.0-or-later
"""ask.wireshark.org question 46066 tells the story of case-b.  It gives no TTL, IP ID or DF, so
these are the same everywhere and no verdict can rest on them."""

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX, WINDOWS_7
from .. import wire
from ..path import Copy, Path
from ..payload import http_get, http_ok
from ..story import story

QUESTION = "ask.wireshark.org question 46066"
VARIANT = "variant of case-b (ask.wireshark.org question 46066)"
NEUTRAL = {"ttl": 64, "ident": "zero", "df": False}
CLIENT = replace(WINDOWS_7, **NEUTRAL)
SERVER = replace(LINUX, syn_window=14600, scaled_window=115, **NEUTRAL)
AT_CLIENT = Path(padded="server")


class Site:
    """Five clients behind the capture point, and 192.0.2.10:80 64.5 ms away."""

    def __init__(self, capture, client=CLIENT, server=SERVER):
        self.capture = capture
        self.router = capture.host("198.51.100.1", client)
        self.clients = [capture.host(f"198.51.100.{11 + i}", client) for i in range(5)]
        self.server = capture.host("192.0.2.10", server, behind=self.router)

    def connect(self, client, at):
        return self.capture.connect(client, self.server, 80, at, path=AT_CLIENT,
                                    client_leg=55 * US, server_leg=64_400 * US)

    def served(self, number, at):
        c = self.connect(self.clients[number % 5], at).handshake()
        c.request(http_get(f"/item/{number}"), after=180 * US).ack("server")
        c.response(http_ok(300 + 431 * (number % 11)), after=7 * MS).ack()
        return c.close("client", after=90 * MS)

    def proxied(self, client, at, client_window=64860):
        """The device's SYN/ACK, and the reset one round trip after the client's ACK."""
        c = self.connect(client, at).syn()
        c.synack(window=0, mss=1380, only=["mss"], after=64_534 * US)
        return c.ack(window=client_window, after=62 * US).rst(after=64_666 * US)

    def serve(self, count, begin, end):
        for number, at in enumerate(self.capture.spread(count, begin, end)):
            self.served(number, at)


@story("case-b", folder="", source=QUESTION, point="client", what="""
    A device with SYN-flood protection stands in front of the server.  Now and then it answers a SYN
    itself (window 0, only an MSS), its own connection to the server fails, and it resets the client
    as soon as the client's ACK arrives.""")
def case_b(capture):
    capture.start_at("2015-09-22 09:00:00")
    site = Site(capture)
    site.serve(40, 1 * S, 300 * S)
    for client, at in zip(site.clients, [41 * S, 118 * S, 203 * S, 271 * S]):
        site.proxied(client, at).verdict("handshake-done", "syn-proxy", min_certainty="possible")


ROUTERS, ONE_WAY = 6, 32 * MS


class BothSides(Site):
    """Captured next to the clients and next to the server; the server's clock is 2.5 s fast."""
    FAST = 2500 * MS
    BESIDE = Path(name="server")
    BETWEEN = Path(name="client", padded="server", copies=(
        Copy(FAST + ONE_WAY, BESIDE, wire.beyond(ROUTERS, "192.0.2.10"), back=FAST - ONE_WAY),))
    ONLY_CLIENTS = Path(name="client", padded="server")

    def __init__(self, capture):
        super().__init__(capture, server=replace(SERVER, ttl=64 - ROUTERS))
        self.path = self.BETWEEN

    def connect(self, client, at):
        return self.capture.connect(client, self.server, 80, at, path=self.path,
                                    client_leg=55 * US, server_leg=64_400 * US)

    def proxied_there(self, client, at):
        """The device answers the client, and its own SYN is what the server gets and refuses."""
        self.path = self.ONLY_CLIENTS
        reset = self.proxied(client, at)
        self.path = self.BETWEEN
        there = self.capture.connect(
            self.capture.host(str(client.address), replace(LINUX, ttl=63, syn_window=8192)),
            self.capture.host(str(self.server.address), LINUX), 80, at + self.FAST + 97 * MS,
            client_port=reset.client.port, path=self.BESIDE)
        there.syn().refuse()
        reset.resets += there.resets
        return reset


@story("case-b-both-sides", folder="", source=QUESTION, point="client", what="""
    Case-b, captured next to the clients and next to the server, both in one file; the clock there
    is 2.5 s fast.  The server never sent the SYN/ACK with window 0, nor the reset: what it got is a
    SYN that the device made, after the client's ACK, and it refused that.""")
def case_b_both_sides(capture):
    capture.start_at("2015-09-22 09:00:00")
    site = BothSides(capture)
    site.serve(40, 1 * S, 300 * S)
    for client, at in zip(site.clients, [41 * S, 118 * S, 203 * S, 271 * S]):
        site.proxied_there(client, at).verdict("handshake-done", "syn-proxy", sender="third-party",
                                               min_certainty="likely")


@story("b-client-ts", source=VARIANT, point="client", what="""
    Case-b with clients that offer timestamps: the device drops those too.  SYN cookies of a Linux
    server would have kept all options.""")
def b_client_ts(capture):
    site = Site(capture, client=replace(LINUX, **NEUTRAL))
    site.serve(12, 0, 90 * S)
    for client, at in zip(site.clients, [21 * S, 66 * S]):
        site.proxied(client, at).verdict("handshake-done", "syn-proxy", min_certainty="possible")


@story("b-no-neighbours", source=VARIANT, point="client", what="""
    The bad connection of case-b alone.""")
def b_no_neighbours(capture):
    site = Site(capture)
    site.proxied(site.clients[0], 0).verdict("handshake-done", "syn-proxy",
                                             min_certainty="possible")


class LinuxProxy:
    """Netfilter SYNPROXY 30 ms from the client, its server two hops and 8 ms behind it.  What the
    proxy sends itself has window 0 in the SYN/ACK, IP ID 0 and its own TTL."""
    BY_PROXY = {"ttl": 61, "ident": 0}
    BEHIND_PROXY = 38 * MS

    def __init__(self, capture):
        self.capture = capture
        self.client = capture.host("198.51.100.11", LINUX)
        self.server = capture.host("192.0.2.10", replace(LINUX, ttl=59))

    def opened(self, at):
        c = self.capture.connect(self.client, self.server, 80, at, path=AT_CLIENT,
                                 server_leg=30 * MS)
        c.syn().synack(window=0, **self.BY_PROXY).ack()
        c.server.leg = self.BEHIND_PROXY
        return c

    def served(self, at):
        c = self.opened(at).ack("server", **self.BY_PROXY)
        return c.request(http_get()).ack("server").response(http_ok(900)).ack().close()

    def refused(self, at):
        return self.opened(at).rst_ack(window=0, ident=0, given={})


@story("b-rst-ack-proxy", source="Linux net/ipv4/netfilter/ipt_SYNPROXY.c", point="client", what="""
    Netfilter SYNPROXY answers for a server whose service was stopped: the server's refusal comes
    through as RST+ACK with window 0, one client and one server round trip after the client's
    ACK.""")
def b_rst_ack_proxy(capture):
    proxy = LinuxProxy(capture)
    for at in capture.spread(4, 0, 9 * S):
        proxy.served(at)
    for at in 14 * S, 17 * S:
        proxy.refused(at).verdict("handshake-done", "syn-proxy", ttl_delta=-2)
