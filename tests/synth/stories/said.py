# What was said decides: other protocols, filtered names, alerts, refusing words, resets that say why.
# SPDX-License-Identifier: GPL-2.0-or-later

from ..connection import MS, S, US
from ..payload import (BIG_IP, DIAGNOSTIC_NOT_AUTHORIZED, SSH_BANNER, http_get, http_ok,
                       tls_alert, tls_client_hello, tls_server_hello)
from ..story import story
from .shapes import FAR, pair

SOURCE = "written for the project's tests"
INJECTED = {"ttl": 49, "window": 0x2710, "ident": 0x4d2, "df": False, "given": {}}


def tls_served(capture, client, server, at, name, key_share=32):
    c = capture.connect(client, server, 443, at).handshake()
    c.request(tls_client_hello(name, key_share)).ack("server").response(tls_server_hello()).ack()
    return c.close("client", after=90 * MS)


def http_served(capture, client, server, port, at):
    c = capture.connect(client, server, port, at).handshake().request(http_get()).ack("server")
    return c.response(http_ok(700)).ack().close("client", after=90 * MS)


@story("protocol-mismatch", source=SOURCE, point="client", what="""
    Clients ask a plain HTTP port in HTTP and are served; two more speak TLS to it, and one speaks TLS
    to the SSH port.  Each time the server cannot read the first bytes and closes with data unread.""")
def protocol_mismatch(capture):
    client, server = pair(capture)
    for at in capture.spread(6, 0, 20 * S):
        http_served(capture, client, server, 8081, at)
    for at in 6 * S, 14 * S:
        c = capture.connect(client, server, 8081, at).handshake()
        c.request(tls_client_hello("www.example.com")).ack("server").rst_ack(after=1 * MS).verdict(
            "request-sent", "protocol-mismatch", sender="server", max_certainty="likely")
    c = capture.connect(client, server, 22, 9 * S).handshake().response(SSH_BANNER).ack()
    c.request(tls_client_hello("www.example.com")).ack("server").rst_ack(after=1 * MS).verdict(
        "response-sent", "protocol-mismatch", sender="server")


@story("content-filter", source="Weaver, Sommer, Paxson, NDSS 2009; SIGCOMM 2023", point="client", what="""
    A box on the path reads the server name in each ClientHello, also in one of two segments, and in
    each HTTP request.  It cuts one name by a RST+ACK in the server's name, with its own TTL, before the
    server can answer; other names pass.""")
def content_filter(capture):
    client, server = pair(capture)
    for at in capture.spread(6, 0, 30 * S):
        tls_served(capture, client, server, at, "www.example.com")
    tls_served(capture, client, server, 3 * S, "big.example.com", 1216)
    for at, request in ((4 * S, tls_client_hello("forbidden.example.net")),
                        (11 * S, tls_client_hello("forbidden.example.net", 1216)),
                        (17 * S, tls_client_hello("forbidden.example.net")),
                        (23 * S, http_get(host="forbidden.example.net"))):
        c = capture.connect(client, server, 443, at).handshake()
        c.request(request).rst_ack(after=6 * MS, **INJECTED).verdict(
            "request-sent", "content-filter", sender="third-party")


@story("name-refused", source=SOURCE, point="server", what="""
    A proxy refuses one server name by its own policy: it aborts with the ClientHello unread, in its
    stack's own form.  Other names are served.  No filter on the path.""")
def name_refused(capture):
    client, server = pair(capture, client=FAR)

    def begin(at, name):
        c = capture.connect(client, server, 443, at, client_leg=20 * MS, server_leg=40 * US)
        return c.handshake().request(tls_client_hello(name)).ack("server")

    for at in capture.spread(5, 0, 20 * S):
        begin(at, "www.example.com").response(tls_server_hello()).ack().close()
    for at in 3 * S, 8 * S, 12 * S:
        begin(at, "internal.example.net").rst_ack(after=300 * US).verdict(
            "request-sent", ["app-reject", "client-refused"], sender="server")


@story("last-words", source="OpenSSH sshd.c, MySQL error 1040, RFC 8446 section 6.2", point="server", what="""
    Servers that say why before they reset: sshd with too many unauthenticated connections, MySQL with
    no connection left, and a TLS server that knows no such name; then a client that does not trust
    the certificate and resets.""")
def last_words(capture):
    client, server = pair(capture, client=FAR)

    def begin(port, at):
        c = capture.connect(client, server, port, at, client_leg=20 * MS, server_leg=40 * US)
        return c.handshake()

    c = begin(22, 0).response(b"Exceeded MaxStartups\r\n").request(SSH_BANNER)
    c.rst_ack(after=100 * US).verdict("response-sent", "app-abort", sender="server")
    c = begin(3306, 2 * S).response(b"\x17\0\0\0\xff\x10\x04Too many connections").request(
        b"\1\0\0\0\1")
    c.rst_ack(after=100 * US).verdict("response-sent", "app-abort", sender="server")
    c = begin(443, 4 * S).request(tls_client_hello("nobody.example.com")).ack("server")
    c.response(tls_alert(112)).rst_ack(after=100 * US).verdict(
        "response-sent", "app-abort", sender="server")
    c = begin(443, 6 * S).request(tls_client_hello("www.example.com")).ack("server")
    c.response(tls_server_hello()).ack().request(tls_alert(48)).rst_ack("client").verdict(
        "response-sent", "client-abort", sender="client")


@story("sender-stated", source="RFC 1122 section 4.2.2.12; F5; Citrix CTX200852", point="client", what="""
    Balancers that state their reason in the reset: a connection limit, no listener, no pool member, an
    idle flow, the diagnostic payload, and a window field that is a code.""")
def sender_stated(capture):
    client, server = pair(capture)

    def says(words):
        return {"payload": BIG_IP.format(words).encode(), "window": 0, "given": {}}

    def begin(at):
        return capture.connect(client, server, 80, at).handshake()

    for at in 0, 1 * S:
        begin(at).rst_ack(**says("Connection limit exceeded")).verdict(
            "handshake-done", "sender-stated", sender="server")
    capture.connect(client, server, 81, 2 * S).syn().rst_ack(
        seq=0, ident=0, **says("No local listener")).verdict("syn-sent", "port-closed")
    begin(3 * S).rst_ack(**says("No pool member available")).verdict("handshake-done", "syn-proxy")
    c = begin(4 * S).request(http_get()).ack("server").response(http_ok(300)).ack()
    c.rst_ack(after=300 * S, **says("Flow expired (sweeper)")).verdict("response-sent", "idle-timeout")
    begin(5 * S).request(http_get()).rst_ack(payload=DIAGNOSTIC_NOT_AUTHORIZED).verdict(
        "request-sent", "app-reject")
    begin(6 * S).rst(window=9855).verdict("handshake-done", "sender-stated", max_certainty="likely")


@story("stated-otherwise", source="RFC 8684 section 3.6; draft-ietf-tcpm-rst-diagnostic-payload; Citrix CTX200852",
       point="client", what="""
    Reasons stated by option, by payload and by window: MP_TCPRST, a diagnostic payload that is private,
    unknown or malformed, words of an unknown sender, a BIG-IP text that no list has; then windows that are
    NetScaler's codes: bare, in two resets of one address, and of chance, which state nothing.""")
def stated_otherwise(capture):
    client, server = pair(capture)

    def begin(i, to=server):
        return capture.connect(client, to, 80, i * S).handshake().request(http_get()).ack("server")

    begin(0).rst_ack(given={"mptcp-reset": 3}).verdict("request-sent", "app-reject", sender="server")
    begin(1).rst_ack(given={"mptcp-reset": 2}).verdict("request-sent", "sender-stated", sender="server")
    for i, payload in enumerate(("33aa000100001234", "33aa03e700000000")):
        begin(2 + i).rst_ack(payload=bytes.fromhex(payload)).verdict("request-sent", "sender-stated")
    begin(4).rst_ack(payload=bytes.fromhex("33aa0009000000")).verdict(
        "request-sent", not_cause=["sender-stated"])
    begin(5).rst_ack(payload=b"server going down for maintenance\r\n").verdict("request-sent", "sender-stated")
    begin(6).rst_ack(payload=BIG_IP.format("{peer} SSL handshake canceled").encode()).verdict(
        "request-sent", "sender-stated")
    netscaler, other = capture.host("192.0.2.90", FAR), capture.host("192.0.2.91", FAR)
    begin(10, netscaler).rst(window=9814).verdict("request-sent", "sender-stated", max_certainty="likely")
    begin(11, netscaler).rst_ack(window=9855, given={}).verdict(
        "request-sent", "sender-stated", max_certainty="likely")
    begin(12, other).rst_ack(window=9855).verdict("request-sent", not_cause=["sender-stated"])
    c = begin(13, other).response(http_ok(200), window=9855).ack()
    c.request(http_get()).rst(window=9855).verdict("response-sent", not_cause=["sender-stated"])


HOSTILE = (
    b"\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m",           # a terminal's escapes
    b"BIG-IP: [0x1:2] \x1b[2J\0 \r\n\x08\x7f",
    b"\xff\xfe\xc3\x28 \xed\xa0\x80 \xf8\x88\x80\x80\x80",  # no UTF-8
    b"caf\xc3\xa9 \xe2\x80\xae evil",                       # UTF-8, and an override of direction
    b"%s%n%x {server} {rst} {stated}",
    b'\\"}],</script><b>&amp; \',1);--',
    b"A" * 120,
    b"B" * 1400,
    b"\0" * 40,
    b"one\nTCP reset analysis: forged\n",
)


@story("stated-hostile", source="RFC 1122 section 4.2.2.12", point="client", what="""
    Payloads of resets that would harm whoever shows them as they are: escapes for a terminal, no UTF-8,
    UTF-8 that turns the text round, words for printf and for a browser, very long ones, NULs, lines of
    their own.""")
def stated_hostile(capture):
    client, server = pair(capture)
    for i, payload in enumerate(HOSTILE):
        c = capture.connect(client, server, 80, i * S).handshake().request(http_get()).ack("server")
        c.rst_ack(payload=payload).verdict("request-sent", not_cause=["forged"])
