# Connections that open in an unusual way, and segments that open none.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX
from ..payload import http_get, http_ok, text
from ..story import story
from ..wire import ACK, FIN, PSH, RST, SYN, URG

SOURCE = "RFC 7413; RFC 9293 section 3.5; Beardsley and Qian, The TCP Split Handshake, 2010; RFC 959"
CLIENT, SERVER = LINUX, replace(LINUX, ttl=57)
COOKIE = bytes(range(8))


def pair(capture, number):
    return (capture.host(f"198.51.100.{number}", CLIENT), capture.host(f"192.0.2.{number}", SERVER))


@story("openings", source=SOURCE, point="client", what="""
    TCP Fast Open accepted, not accepted and refused; a simultaneous open; a split handshake, and
    one that is reset in the middle; active FTP, whose data connections the server opens from port
    20; FIN, NULL and Xmas probes of closed ports.""")
def openings(capture):
    fast_open(capture)
    simultaneous_open(capture)
    split_handshake(capture)
    active_ftp(capture)
    probes(capture)


def fast_syn(capture, number, port, at):
    c = capture.connect(*pair(capture, number), port, at)
    offer = CLIENT.offer() | {"tfo": COOKIE}
    return c.send("client", SYN, http_get(), after=0, given=offer, window=CLIENT.syn_window)


def fast_open(capture):
    """The server answers before the client's ACK; takes the SYN without its data, which then comes
    again; refuses it, acknowledging the data or not (RFC 7413 section 4.2)."""
    c = fast_syn(capture, 11, 8000, 0).synack().response(http_ok(600)).ack()
    c.rst_ack(after=50 * MS).verdict("response-sent", ["app-abort", "reset-as-close"], sender="server")
    c = fast_syn(capture, 12, 8001, 1 * S)
    isn, length = c.client.next - 1 - len(http_get()), len(http_get())
    c.synack(ack=isn + 1).ack(seq=isn + 1).request(http_get(), seq=isn + 1).ack("server")
    c.rst_ack(after=50 * MS).verdict("request-sent", "app-reject", sender="server")
    c = fast_syn(capture, 13, 8002, 2 * S)
    c.refuse().verdict("syn-sent", "port-closed", sender="server")
    c = fast_syn(capture, 14, 8003, 3 * S)
    c.refuse(ack=c.client.next - length).verdict("syn-sent", "port-closed", sender="server")


def agree(connection):
    """On all that both offer, as a SYN/ACK does."""
    connection.ts = connection.scaled = True
    for side in connection.client, connection.server:
        side.window, side.mss = LINUX.scaled_window, LINUX.mss - 12
    return connection


def simultaneous_open(capture):
    """Both send a SYN, then a SYN/ACK (RFC 9293 section 3.5, figure 7); one is done, in the other
    the peer's application aborts."""
    def begin(number, at):
        c = capture.connect(*pair(capture, number), 5000, at, client_port=5001)
        isns = c.client.next, c.server.next
        offer = CLIENT.offer()
        c.syn().open("server", SYN, offer, after=5 * MS)
        c.open("client", SYN | ACK, offer, seq=isns[0], after=16 * MS)
        c.open("server", SYN | ACK, offer, seq=isns[1], after=1 * MS)
        agree(c)
        return c.ack(after=500 * US)

    begin(21, 10 * S).request(http_get()).ack("server").response(http_ok(500)).ack().close()
    c = begin(22, 11 * S).request(http_get()).ack("server").response(text(4000)).rst_ack()
    c.verdict("response-sent", "app-abort", sender="server", not_cause=["forged"])


def split_handshake(capture):
    """The server answers the SYN with a SYN of its own, the client with a SYN/ACK."""
    def begin(number, at):
        c = capture.connect(*pair(capture, number), 8080, at)
        isn = c.client.next
        c.syn().open("server", SYN, SERVER.offer())
        return agree(c.open("client", SYN | ACK, CLIENT.offer(), seq=isn))

    c = begin(31, 20 * S).ack("server").request(http_get()).ack("server")
    c.rst_ack(after=40 * MS).verdict("request-sent", "app-reject", sender="server",
                                     not_cause=["forged"])
    begin(32, 21 * S).rst().verdict("half-open", not_cause=["forged", "connect-abandoned"])


def active_ftp(capture):
    """The client of the data connection is the FTP server."""
    ftp_client, ftp_server = pair(capture, 41)
    c = capture.connect(ftp_client, ftp_server, 21, 30 * S).handshake()
    c.response(b"220 ready\r\n").request(b"PORT 198,51,100,41,156,64\r\n").response(b"200 ok\r\n")
    c.request(b"RETR a\r\n").response(b"150 here\r\n").ack()
    legs = {"client_leg": 20 * MS, "server_leg": 50 * US, "client_port": 20}
    data = capture.connect(ftp_server, ftp_client, 40000, 31 * S, **legs)
    data.handshake().request(text(4000)).ack("server").close()
    refused = capture.connect(ftp_server, ftp_client, 40001, 32 * S, **legs)
    refused.syn().refuse().verdict("syn-sent", "port-closed", sender="server")
    cancelled = capture.connect(ftp_server, ftp_client, 40002, 33 * S, **legs)
    cancelled.handshake().request(text(9000)).ack("server").request(text(2000)).rst_ack(
        after=100 * US).verdict("request-sent", "app-reject", sender="server")


def probes(capture):
    """Of a host that answers what RFC 9293 section 3.10.7.1 says: a RST that acknowledges them."""
    scanner, target = pair(capture, 51)
    for i, flags in enumerate((FIN, 0, FIN | PSH | URG)):
        c = capture.connect(scanner, target, 100 + i, 40 * S + i * S)
        end = c.client.next + bool(flags & FIN)
        c.send("client", flags, after=0, window=1024, given={}, ttl=41, df=False)
        c.send("server", RST | ACK, seq=0, ack=end, window=0, given={}, ident=0)
        c.verdict("midstream", "stray-probe")
