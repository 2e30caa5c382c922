# Handshakes that go astray: impossible SYN/ACKs, answers from elsewhere, options a path does not bear.
# SPDX-License-Identifier: GPL-2.0-or-later

from ..connection import MS, S
from ..payload import http_get, http_ok, text
from ..story import story
from ..wire import CWR, ECE, SYN
from .shapes import CODE_ADMIN_PROHIBITED, FAR, exchange, pair

SOURCE = "written for the project's tests"


@story("bad-synack", source="RFC 9293 section 3.10.7.3; Linux net/ipv4/tcp_input.c", point="client", what="""
    A device rewrites what it should not: one SYN/ACK acknowledges a number never sent, another echoes a
    timestamp from before the SYN.  The client resets both and repeats its SYN, which works.""")
def bad_synack(capture):
    client, server = pair(capture)

    c = capture.connect(client, server, 80, 0)
    isn = c.client.next
    c.syn().synack(ack=(isn + 77_000) & 0xffffffff).rst("client", after=60_000)
    c.client.next, c.server.next = isn, c.isn()
    exchange(c.syn(after=1 * S).synack().ack()).close()
    c.verdict("half-open", "bad-synack", sender="client")

    c = capture.connect(client, server, 80, 5 * S).syn()
    time, following, tsval = c.client.sent.pop()
    c.client.sent.append((time, following, tsval - 90_000))  # what the device makes of the echo
    c.synack().rst("client", after=60_000).verdict("half-open", "bad-synack", sender="client")


def astray(capture, client, server, known, at):
    """A connection object for what `server` sends with the numbers of the connection `known`."""
    c = capture.connect(client, server, known.server.port, at, client_port=known.client.port)
    c.client.next, c.server.next = known.client.next, known.server.next
    c.client.acked, c.server.acked = known.client.acked, known.server.acked
    c.ts = known.ts
    for side in "client", "server":
        getattr(c, side).window = getattr(known, side).window
        getattr(c, side).sent = list(getattr(known, side).sent)
    return c


@story("synack-from-elsewhere", source=SOURCE, point="client", what="""
    A balancer's address is asked, and the server behind it answers with its own: first to the SYN, as
    it has a way to the client past the balancer; later a repeated segment slips past NAT untranslated.
    The client knows no such connection and resets each.""")
def synack_from_elsewhere(capture):
    client, balancer = pair(capture)
    server = capture.host("10.9.8.7", FAR)
    asked = capture.connect(client, balancer, 80, 0).syn()
    c = astray(capture, client, server, asked, 0)
    c.synack(after=20 * MS).rst("client", after=60_000).verdict(
        "half-open", "synack-from-elsewhere", sender="client")

    served = exchange(capture.connect(client, balancer, 80, 10 * S).handshake()).close("server")
    c = astray(capture, client, server, served, 12 * S)
    late = text(100)
    c.response(late, seq=c.server.next - 1 - len(late)).rst("client", after=60_000).verdict(
        "midstream", "synack-from-elsewhere", sender="client")


@story("option-refused", source="RFC 3168 section 6.1.1.1; docs/facts.md 4", point="client", what="""
    A firewall refuses SYNs that offer ECN, in the server's name; the same client's retries without it
    are served.  Another SYN is forbidden by ICMP, and the client has given up when the SYN/ACK comes.""")
def option_refused(capture):
    client, server = pair(capture)
    for at in 0, 10 * S, 20 * S:
        c = capture.connect(client, server, 80, at)
        c.open("client", SYN | ECE | CWR, client.stack.offer(), after=0).refuse(after=20 * MS)
        c.verdict("syn-sent", "refused-in-path", max_certainty="likely", alone=["port-closed"])
        c = capture.connect(client, server, 80, at + 1 * S).handshake()
        c.request(http_get()).ack("server").response(http_ok(300)).ack().close()
    firewall = capture.host("203.0.113.1", FAR)
    c = capture.connect(client, server, 8080, 30 * S).syn()
    capture.icmp_unreachable(firewall, client, CODE_ADMIN_PROHIBITED, c.packet, c.clock + 12 * MS)
    c.synack(after=40 * MS).rst("client", after=60_000).verdict(
        "half-open", "connect-abandoned", sender="client")
