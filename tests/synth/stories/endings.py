# How programs of many protocols end their connections, and what is left of them in captures (docs/facts.md 15).
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX, WINDOWS_7, Stack, windows_order
from ..payload import http_get, http_ok, text, tls_client_hello, tls_record, tls_server_hello
from ..story import story
from ..wire import ACK, FIN, PSH, SYN

SERVER = replace(LINUX, syn_window=65160, ttl=57)
MACOS = Stack(windows_order, syn_window=65535, plain_window=65535, scaled_window=2058, ws=6, ts=True, ident="zero",
              first_port=49152)
PRINTER = Stack(windows_order, syn_window=5840, plain_window=5840, sack=False, ttl=255, df=False, ident="counter")
UNBIND = bytes.fromhex("30050201024200")
BIND = bytes.fromhex("300c020101600702010304008000")
BOUND = bytes.fromhex("300c02010161070a010004000400")


def pair(capture, number, client=LINUX, server=SERVER):
    return capture.host(f"198.51.100.{number}", client), capture.host(f"192.0.2.{number}", server)


def open_to(capture, number, port, at, client=LINUX, server=SERVER):
    return capture.connect(*pair(capture, number, client, server), port, at).handshake()


@story("cancelled-downloads", source="RFC 9293 section 3.9.1.2; docs/facts.md 15", point="client", what="""
    Three clients (Linux, Windows, macOS) cancel a download between two segments, when all that came is acknowledged:
    no PSH says that the answer was at its end.  A fourth has all of it and closes by a reset.""")
def cancelled_downloads(capture):
    for number, stack in ((11, LINUX), (12, WINDOWS_7), (13, MACOS)):
        c = open_to(capture, number, 8080, number * S, stack).request(http_get()).ack("server")
        for _ in range(6):
            c.send("server", ACK, text(1400), after=300 * US)
        c.ack().rst_ack("client", after=2 * MS, window=0 if stack is WINDOWS_7 else None, given=None if c.ts else {})
        c.verdict("response-sent", "client-abort", sender="client", not_cause=["reset-as-close"])
    c = open_to(capture, 14, 8080, 14 * S, WINDOWS_7).request(http_get()).ack("server")
    for _ in range(5):
        c.send("server", ACK, text(1400), after=300 * US)
    c.response(text(1400)).ack().rst_ack("client", after=2 * MS, window=0)
    c.verdict("response-sent", "reset-as-close", sender="client")


@story("unread-farewells", source="RFC 4511 section 4.3; docs/facts.md 15", point="client", what="""
    Clients send their last message and reset at once, before it can be acknowledged: LDAP's UnbindRequest, TLS
    close_notify, MQTT's DISCONNECT, and an encrypted message of SSH that only the time tells.""")
def unread_farewells(capture):
    c = open_to(capture, 11, 389, 0, WINDOWS_7).request(BIND).response(BOUND).ack()
    c.request(UNBIND, after=1 * S).rst_ack("client", after=20 * US, window=0)
    c.verdict("response-sent", "reset-as-close", sender="client", not_cause=["client-abort"])
    c = open_to(capture, 12, 443, 2 * S, MACOS).request(tls_client_hello("www.example.com")).ack("server")
    c.response(tls_server_hello()).ack().request(tls_record(21, b"\1\0"), after=1 * S)
    c.rst_ack("client", after=20 * US, given={})
    c.verdict("response-sent", "reset-as-close", sender="client", not_cause=["client-abort"])
    c = open_to(capture, 13, 1883, 4 * S).request(b"\x10\x0e\0\4MQTT\4\2\0\x3c\0\2ab").response(b"\x20\2\0\0").ack()
    c.request(b"\xe0\0", after=1 * S).rst_ack("client", after=20 * US).verdict(
        "response-sent", "reset-as-close", sender="client")
    c = open_to(capture, 14, 22, 6 * S, WINDOWS_7).response(b"SSH-2.0-OpenSSH_9.2\r\n").ack()
    c.request(b"SSH-2.0-PuTTY_Release_0.81\r\n").response(text(500)).ack().request(text(60), after=9 * S)
    c.rst_ack("client", after=36 * US, window=0)
    c.verdict("response-sent", ["reset-as-close", "client-abort"], sender="client", max_certainty="likely")


@story("printer", source="docs/facts.md 15; RFC 9293 section 3.10.5", point="client", what="""
    A printer takes a job, acknowledges it to its end, and resets in place of its FIN, as it never has anything to
    send.""")
def printer(capture):
    for number in (11, 12):
        c = open_to(capture, number, 9100, number * S, WINDOWS_7, PRINTER)
        for _ in range(8):
            c.send("client", ACK, text(1400), after=1 * MS)
        c.send("client", PSH | ACK, text(300), after=1 * MS).ack("server").fin("client", after=3 * MS)
        c.rst_ack("server", after=60 * MS)
        c.verdict("closing", "reset-as-close", sender="server", not_cause=["app-abort"], max_certainty="likely")


@story("forgotten-when-idle", source="docs/facts.md 11, 15", point="client", what="""
    A device has forgotten connections that were idle for six minutes and resets the next request, by RST+ACK without
    the options of the server's socket.  A client that waits half a minute for an answer gives up by a bare RST: not
    an idle connection.""")
def forgotten_when_idle(capture):
    for number, stack in ((11, LINUX), (12, WINDOWS_7)):
        c = open_to(capture, number, 80, number * S, stack).request(http_get()).ack("server").response(http_ok(300))
        c.ack().request(http_get("/again"), after=360 * S).rst_ack("server", window=0, given={}, ident=0)
        c.verdict("response-sent", "idle-timeout", not_cause=["app-abort"], max_certainty="likely")
    c = open_to(capture, 13, 80, 400 * S, WINDOWS_7).request(http_get()).ack("server")
    c.rst("client", seq=c.client.next, after=30 * S)
    c.verdict("request-sent", "client-abort", sender="client", not_cause=["idle-timeout"], max_certainty="likely")


@story("injected-page", source="docs/facts.md 11, 14, 15", point="client", what="""
    An injector answers a request by a page of its own, with FIN, and by a bare RST that answers nothing: the client
    had sent nothing since, and acknowledged nothing.  Another one sends a RST+ACK with a window and an IP ID at
    random, which without timestamps is the form of a Linux socket, but for its TTL.""")
def injected_page(capture):
    c = open_to(capture, 11, 80, 0).request(http_get(host="blocked.example"))
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + text(40)
    c.send("server", PSH | ACK | FIN, page, after=3 * MS, ttl=51, ident=242)
    c.rst("server", seq=c.server.next, after=1 * MS, ttl=51, ident=242)
    c.verdict("closing", not_cause=["data-after-close", "reset-as-close"], max_certainty="likely")
    c = open_to(capture, 12, 443, 2 * S, WINDOWS_7).request(tls_client_hello("other.example"))
    c.rst_ack("server", given={}, window=1000, after=22 * MS, ident=0x1234, ttl=51)
    c.verdict("request-sent", ["content-filter", "forged"], sender="third-party", not_cause=["app-reject"])


@story("plain-syns", source="docs/facts.md 15; source of Mirai, scanner.c", point="server", what="""
    Malware looks for open ports by SYNs of its own, whose only option is MSS, its kernel resets the SYN/ACKs, and it
    connects through the kernel where a port answered.  A simple host that does nothing else cancels a connect().""")
def plain_syns(capture):
    server = capture.host("192.0.2.23", replace(SERVER, ttl=64))
    victim_hunter = capture.host("198.51.100.11", replace(LINUX, ttl=49))
    for i in range(2):
        c = capture.connect(victim_hunter, server, 23, i * 9 * S, client_leg=40 * MS, server_leg=50 * US)
        c.open("client", SYN, {"mss": 1440}, window=8329, after=0).synack(only=("mss",)).rst("client")
        c.verdict("half-open", "half-open-probe", sender="client", not_cause=["connect-abandoned"])
        c = capture.connect(victim_hunter, server, 23, i * 9 * S + 200 * MS, client_leg=40 * MS, server_leg=50 * US)
        c.handshake().response(b"login: ").ack().close()
    c = capture.connect(capture.host("198.51.100.12", replace(PRINTER, ttl=240)), server, 23, 20 * S,
                        client_leg=40 * MS, server_leg=50 * US)
    c.open("client", SYN, {"mss": 1440}, window=8329, after=0).synack(only=("mss",)).rst("client", ident=None)
    c.verdict("half-open", ["connect-abandoned", "half-open-probe", "health-check"], max_certainty="likely")


@story("servers-direction", source="RFC 9293 section 3.10.7.1; docs/facts.md 12, 15", point="between", what="""
    The capture shows the servers' direction only: refusals without their SYNs, and an answer with a reset whose
    reason the other direction would show.""")
def servers_direction(capture):
    for number, port in ((11, 445), (12, 40000)):
        c = capture.connect(*pair(capture, number), port, number * S)
        c.seen = {"server"}
        c.syn().refuse().verdict("midstream", "port-closed", sender="server", max_certainty="likely")
    c = capture.connect(*pair(capture, 13), 80, 14 * S)
    c.seen = {"server"}
    c.handshake().request(http_get()).ack("server").response(http_ok(900)).ack().rst_ack("server", after=70 * MS)
    c.verdict("response-sent", sender="server", not_cause=["forged"], max_certainty="likely")


@story("displaced", source="lwIP src/core/tcp.c tcp_alloc(), tcp_kill_prio(); opendnp3 ServerAcceptMode; "
       "docs/facts.md 11", point="client", what="""
    A controller with room for two connections, polled by two masters: for each master that comes it ends the
    connection that was used longest ago, before it answers the SYN.  Another, with room for one, ends the old one
    when the new one is open.""")
def displaced(capture):
    device = capture.host("192.0.2.31", PRINTER)
    old = [capture.connect(capture.host(f"198.51.100.{31 + i}", WINDOWS_7), device, 502, i * S).handshake()
           for i in range(2)]
    for c in old:
        c.request(text(12)).response(text(29)).ack()
    for i, at in enumerate((45 * S, 52 * S)):
        capture.connect(capture.host(f"198.51.100.{41 + i}", WINDOWS_7), device, 502, at).handshake().request(
            text(12)).response(text(29)).ack()
        old[i].rst_ack("server", after=at + 19 * MS - old[i].clock).verdict(
            "response-sent", "app-abort", sender="server", max_certainty="likely",
            not_cause=["reset-as-close"], alone=["idle-timeout"])
    outstation = capture.host("192.0.2.32", PRINTER)
    c = capture.connect(capture.host("198.51.100.51", LINUX), outstation, 20000, 60 * S).handshake()
    for _ in range(3):
        c.request(text(26), after=9 * S).response(text(68)).ack()
    new = capture.connect(capture.host("198.51.100.52", LINUX), outstation, 20000, 93 * S).handshake()
    c.rst_ack("server", after=93 * S + 21 * MS - c.clock)
    c.verdict("response-sent", "app-abort", sender="server", not_cause=["process-gone", "idle-timeout"],
              max_certainty="likely", alone=["reset-as-close", "app-abort"])
    new.request(text(26)).response(text(68)).ack()
