# How connections are closed in the world and not in the laboratory (docs/facts.md 14).
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX, WINDOWS_7
from ..payload import http_get, http_ok, text, tls_client_hello, tls_record, tls_server_hello
from ..story import story

SERVER = replace(LINUX, syn_window=65160, ttl=57)
FAR_WINDOWS = replace(WINDOWS_7, ttl=117)
CLOSE_NOTIFY = tls_record(21, b"\1\0")
CLOSED = ["reset-as-close"]


def pair(capture, number, client=LINUX, server=SERVER):
    return capture.host(f"198.51.100.{number}", client), capture.host(f"192.0.2.{number}", server)


def answered(capture, number, at, client=LINUX, server=SERVER):
    """A request and its answer, acknowledged."""
    c = capture.connect(*pair(capture, number, client, server), 80, at).handshake()
    return c.request(http_get()).ack("server").response(http_ok(600)).ack()


@story("closed-by-own-reset", source="docs/facts.md 14; Linux net/ipv4/tcp.c __tcp_close()", point="client", what="""
    A side sends its FIN and at once a RST+ACK, as by shutdown() and then close() with SO_LINGER 0; a Windows
    client within 60 us, a server within 4 ms.  Another has the other side's FIN, and closes by a reset alone.""")
def closed_by_own_reset(capture):
    c = answered(capture, 11, 0, client=WINDOWS_7).fin("client", after=20 * MS)
    c.rst_ack("client", after=60 * US, window=0).verdict("closing", CLOSED, sender="client")
    c = answered(capture, 12, 2 * S).fin("server", after=20 * MS).rst_ack("server", after=4 * MS)
    c.verdict("closing", CLOSED, sender="server", not_cause=["app-abort", "data-after-close"])
    c = answered(capture, 13, 4 * S).fin("server", after=20 * MS).ack("client")
    c.rst_ack("client", after=30 * MS).verdict("closing", CLOSED, sender="client", not_cause=["client-abort"])


@story("late-data-windows", source="docs/facts.md 5, 14; RFC 1122 section 4.2.2.13", point="client", what="""
    A Windows client has sent its FIN when the rest of the answer comes, and the server's FIN.  It acknowledges the
    data in a RST+ACK, but not the FIN, which a bare RST with an ACK field answers.""")
def late_data_windows(capture):
    c = answered(capture, 11, 0, client=WINDOWS_7).fin("client", after=20 * MS)
    c.response(text(700)).fin("server", after=10 * US)
    end = c.server.next - 1
    c.rst_ack("client", ack=end, window=0, after=80 * US).rst("client", ack_field=end, after=20 * US, ident=None)
    c.verdict("closing", "data-after-close", sender="client", not_cause=["reset-as-close", "client-abort"])


@story("farewell", source="RFC 5321 section 4.1.1.10; RFC 8446 section 6.1; docs/facts.md 14", point="client", what="""
    The last words are a farewell, QUIT or close_notify, and the server resets.  QUIT is owed an answer, so that
    server aborted; close_notify is not, so nothing is lost, unlike the request that another server resets.""")
def farewell(capture):
    c = capture.connect(*pair(capture, 11), 25, 0).handshake()
    c.response(b"220 mail.example.com ESMTP\r\n").ack().request(b"EHLO client.example.org\r\n").ack("server")
    c.response(b"250 mail.example.com\r\n").ack().request(b"QUIT\r\n", after=30 * MS).ack("server")
    c.rst_ack("server", after=1 * MS).verdict("response-sent", "app-abort", sender="server")
    c = capture.connect(*pair(capture, 12), 443, 2 * S).handshake()
    c.request(tls_client_hello("www.example.com")).ack("server").response(tls_server_hello()).ack()
    c.request(tls_record(23, text(300))).ack("server").response(tls_record(23, text(700))).ack()
    c.request(CLOSE_NOTIFY, after=40 * MS).ack("server").rst_ack("server", after=1 * MS)
    c.verdict("response-sent", CLOSED, sender="server", not_cause=["app-abort"])


@story("last-request-unanswered", source="RFC 9112 section 9.5; docs/facts.md 14", point="client", what="""
    A request was answered; the next one, on the same connection, is acknowledged and then the server resets: its
    keep-alive timer fired as the request came.  That request is lost, so it is no harmless close.""")
def last_request_unanswered(capture):
    for number, stack in ((11, SERVER), (12, FAR_WINDOWS)):
        c = answered(capture, number, number * S, server=stack).request(http_get("/again"), after=2 * S)
        c.ack("server").rst_ack("server", after=3 * MS, window=0 if stack is FAR_WINDOWS else None)
        c.verdict("response-sent", ["app-abort", "request-lost"], sender="server", not_cause=["reset-as-close"])
