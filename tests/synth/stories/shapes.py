# Connections of every shape: none reset, reset often, reused, one-way, without a beginning, quoted.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX, WINDOWS_7
from ..payload import HTTP_CONTINUE, http_get, http_ok, http_post, text
from ..story import story

SOURCE = "written for the project's tests"
NEAR = replace(LINUX, ttl=64)
FAR = replace(LINUX, ttl=57)
CODE_ADMIN_PROHIBITED, CODE6_ADMIN_PROHIBITED, CODE_HOST_UNREACHABLE = 13, 1, 1


def pair(capture, network=4, client=NEAR, server=FAR):
    """A client near the capture point and a server further away."""
    if network == 6:
        return capture.host("2001:db8:1::11", client), capture.host("2001:db8:2::80", server)
    return capture.host("198.51.100.11", client), capture.host("192.0.2.80", server)


def exchange(connection, length=1200):
    return connection.request(http_get()).ack("server").response(http_ok(length)).ack()


@story("no-rst", source=SOURCE, point="client", what="""
    Thirty ordinary connections over IPv4 and IPv6, some with a retransmission.  No RST.""")
def no_rst(capture):
    pairs = [pair(capture), pair(capture, 6), pair(capture, client=WINDOWS_7)]
    for i, at in enumerate(capture.spread(30, 0, 60 * S)):
        c = capture.connect(*pairs[i % 3], 80, at).handshake()
        if i % 10 == 3:
            c.request(http_get()).request(http_get(), seq=c.client.next - len(http_get()),
                                          after=220 * MS)
        exchange(c, 300 * (i + 1)).close("server" if i % 4 == 0 else "client")


@story("reused-tuple", source=SOURCE, point="client", what="""
    One tuple three times, each with a new initial sequence number: served and closed; refused while
    the service restarts; accepted and then aborted by the application with the request unread.""")
def reused_tuple(capture):
    client, server = pair(capture)
    port = client.new_port()
    exchange(capture.connect(client, server, 80, 0, client_port=port).handshake()).close()
    capture.connect(client, server, 80, 70 * S, client_port=port).syn().refuse().verdict(
        "syn-sent", ["port-flapping", "port-closed"], sender="server")
    c = capture.connect(client, server, 80, 75 * S, client_port=port).handshake()
    c.request(http_get()).ack("server").rst_ack(after=30 * MS).verdict(
        "request-sent", "app-reject", sender="server")


@story("many-rsts", source=SOURCE, point="server", what="""
    The application aborts an upload after its 100 Continue; the four segments still on their way
    are each answered by a further RST of the host.""")
def many_rsts(capture):
    client, server = pair(capture, client=FAR, server=NEAR)
    c = capture.connect(client, server, 80, 0, client_leg=20 * MS, server_leg=40 * US).handshake()
    c.request(http_post("/upload", 6000)).response(HTTP_CONTINUE).ack()
    c.request(text(1000)).request(text(1000)).ack("server").rst_ack(after=1 * MS)
    for _ in range(4):
        c.request(text(1000), after=300 * US).rst()
    c.verdict("response-sent", "app-abort", sender="server")


@story("one-way-client", source=SOURCE, point="between", what="""
    Only the client's direction is captured; it resets each connection: right after the handshake,
    after waiting for an answer, with the answer half read, and because data came after its
    FIN.  Its acknowledgement numbers tell what the server sent.""")
def one_way_client(capture):
    client, server = pair(capture)

    def begin(at):
        c = capture.connect(client, server, 80, at, client_leg=5 * MS, server_leg=15 * MS)
        c.seen = {"client"}
        return c.handshake()

    begin(0).rst_ack("client", after=200 * US).verdict(
        "handshake-done", ["client-abort", "connect-probe", "health-check"])
    begin(2 * S).request(http_get()).ack("server").rst_ack("client", after=5 * S).verdict(
        "request-sent", "client-abort")
    exchange(begin(10 * S), 9000).rst_ack("client", after=40 * MS).verdict(
        "response-sent", ["client-abort", "reset-as-close"])
    c = begin(12 * S).request(http_get()).ack("server").fin("client").ack("server")
    c.response(text(500)).rst("client").verdict("closing", "data-after-close")


@story("one-way-server", source=SOURCE, point="between", what="""
    Only the server's direction is captured; it resets each connection: with the request unread, in
    the middle of its answer, and because data came after its FIN.  Its acknowledgement numbers
    tell what the client sent.""")
def one_way_server(capture):
    client, server = pair(capture)

    def begin(at):
        c = capture.connect(client, server, 80, at, client_leg=5 * MS, server_leg=15 * MS)
        c.seen = {"server"}
        return c.handshake().request(http_get()).ack("server")

    begin(0).rst_ack(after=30 * MS).verdict("request-sent", "app-reject")
    begin(2 * S).response(text(5000)).rst_ack(after=30 * MS).verdict(
        "response-sent", ["app-abort", "reset-as-close"])
    begin(4 * S).response(http_ok(400)).fin("server").request(http_get()).rst().verdict(
        "closing", "data-after-close")


@story("midstream", source=SOURCE, point="client", what="""
    The capture starts within two connections, and one reset ends each: the server aborts in the
    middle of an answer; the client aborts while the server sends, and its host then answers what
    still arrives.""")
def midstream(capture):
    client, server = pair(capture)

    def begin(at):
        c = capture.connect(client, server, 80, at)
        c.seen = set()
        c.handshake()
        c.seen = {"client", "server"}
        return c.request(http_get()).ack("server").response(text(4000)).ack()

    begin(0).response(text(2000)).ack().rst_ack(after=80 * MS).verdict("midstream", "app-abort")
    c = begin(3 * S).response(text(3000)).ack().rst_ack("client", after=25 * MS)
    for _ in range(2):
        c.response(text(1000), after=4 * MS).rst("client")
    c.verdict("midstream", "client-abort")


def unseen_rst(connection):
    """A RST of the client that exists only as a quotation."""
    connection.seen = set()
    quoted = connection.rst_ack("client").packet
    connection.seen = {"client", "server"}
    return quoted


@story("icmp-quotes", source=SOURCE, point="client", what="""
    ICMP errors quote whole TCP segments: twice a RST in the name of a client whose connection goes
    on (a spoofed RST that never came through here), and a filtered SYN with its repeat.  The
    capture itself holds no RST.""")
def icmp_quotes(capture):
    for network, router, code, at in ((4, "203.0.113.1", CODE_HOST_UNREACHABLE, 0),
                                      (6, "2001:db8:3::1", CODE6_ADMIN_PROHIBITED, 2 * S)):
        client, server = pair(capture, network)
        c = exchange(capture.connect(client, server, 80, at).handshake())
        quoted = unseen_rst(c)
        capture.icmp_unreachable(capture.host(router, FAR), client, code, quoted, c.clock + 1 * MS)
        exchange(c.ack(after=100 * MS)).close()
    filtered_syn(capture, at=5 * S)


def filtered_syn(capture, at):
    client, server = pair(capture)
    firewall = capture.host("203.0.113.1", FAR)
    c = capture.connect(client, server, 8080, at)
    isn = c.client.next
    for wait in 0, 1 * S:
        c.syn(after=wait, seq=isn)
        capture.icmp_unreachable(firewall, client, CODE_ADMIN_PROHIBITED, c.packet,
                                 c.clock + 12 * MS)
    capture.expect_silence(c.frame, "server", "syn-sent", "port-filtered", {})
