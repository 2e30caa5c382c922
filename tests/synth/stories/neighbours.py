# Resets that only their neighbours explain: `alone` is what one of them is called by itself.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX
from ..payload import http_get, http_ok, tls_client_hello, tls_server_hello
from ..story import story

FAR = replace(LINUX, ttl=57, syn_window=65160)


class Service:
    """192.0.2.80:80, 20 ms away, and six clients near the capture point."""

    def __init__(self, capture, port=80):
        self.capture, self.port = capture, port
        self.server = capture.host("192.0.2.80", FAR)
        self.clients = [capture.host(f"198.51.100.{11 + i}", LINUX) for i in range(6)]

    def connect(self, number, at):
        return self.capture.connect(self.clients[number % len(self.clients)], self.server, self.port, at)

    def asked(self, number, at):
        return self.connect(number, at).handshake().request(http_get()).ack("server")

    def served(self, number, at):
        return self.asked(number, at).response(http_ok(700)).ack().close()

    def serve(self, count, begin, end):
        for number, at in enumerate(self.capture.spread(count, begin, end)):
            self.served(number, at)

    def refuse(self, count, begin, end, cause, **more):
        for number, at in enumerate(self.capture.spread(count, begin, end)):
            self.connect(number, at).syn().refuse().verdict("syn-sent", cause, sender="server", **more)


@story("port-flapping", source="docs/facts.md 4; Windows KB Q113576", point="client", what="""
    A service is restarted: for some seconds its port refuses, before and after it serves.""")
def port_flapping(capture):
    service = Service(capture)
    service.serve(8, 0, 16 * S)
    service.refuse(5, 18 * S, 22 * S, "port-flapping", max_certainty="likely", alone=["port-closed"])
    service.serve(8, 24 * S, 40 * S)


@story("process-gone", source="docs/facts.md 1, 3", point="client", what="""
    The process that holds five connections is killed; the kernel aborts them at one instant, and the
    port refuses until the supervisor has started it again.""")
def process_gone(capture):
    service = Service(capture)
    service.serve(8, 0, 16 * S)
    for i in range(5):
        c = service.asked(i, (17 + i / 10) * S)
        c.rst_ack(after=21 * S + i * 60 * US - c.clock).verdict(
            "request-sent", "process-gone", sender="server", alone=["app-reject"])
    service.refuse(3, 22 * S, 23 * S, ["port-flapping", "port-closed"])
    service.serve(4, 25 * S, 30 * S)


@story("listener-gone", source="docs/facts.md 1, 4; kernel reason NO_SOCKET", point="client", what="""
    A server is stopped while two handshakes run: the ACK of each finds no listening socket any more, and
    every later SYN is refused.""")
def listener_gone(capture):
    service = Service(capture)
    service.serve(8, 0, 16 * S)
    for i in range(2):
        service.connect(i, 18 * S + i * 3 * MS).handshake().rst().verdict(
            "handshake-done", "listener-gone", sender="server", alone=["no-state"])
    service.refuse(6, 19 * S, 40 * S, ["port-flapping", "port-closed"])


@story("accept-queue-full", source="Linux net/ipv4/tcp_minisocks.c tcp_check_req(); docs/facts.md 1",
       point="client", what="""
    The application accepts too slowly, and tcp_abort_on_overflow is 1: some handshakes are reset on
    their ACK, SYNs of others are dropped and come again, data of others goes unheard.""")
def accept_queue_full(capture):
    service = Service(capture)
    service.serve(8, 0, 16 * S)
    for i in range(2):
        unheard(service, i, 17 * S + i * 100 * MS)
        dropped(service, 2 + i, 17 * S + (2 + i) * 100 * MS)
    for i in range(4):
        service.connect(4 + i, 17 * S + (5 + i) * 110 * MS).handshake().rst().verdict(
            "handshake-done", "accept-queue-full", sender="server", max_certainty="likely",
            alone=["no-state"])
    service.serve(4, 30 * S, 40 * S)


def unheard(service, number, at):
    """The kernel drops the ACK and what follows, and sends its SYN/ACK again."""
    c = service.connect(number, at).handshake().request(http_get())
    repeat, first = c.client.next - len(http_get()), c.server.next - 1
    for wait in 210 * MS, 430 * MS:
        c.request(http_get(), seq=repeat, after=wait)
    c.synack(seq=first, ack=repeat, after=300 * MS).ack().request(http_get(), seq=repeat, after=400 * MS)
    c.ack("server").response(http_ok(300)).ack().close()


def dropped(service, number, at):
    c = service.connect(number, at)
    isn = c.client.next
    c.syn().syn(seq=isn, after=1 * S).synack().ack().request(http_get()).ack("server")
    c.response(http_ok(300)).ack().close()


@story("path-flip", source="docs/facts.md 3, 4", point="client", what="""
    Two hosts behind one address, told by the windows of their SYN/ACKs, and a balancer that at times
    sends the ACK to the other one than the SYN: that one knows no such connection.""")
def path_flip(capture):
    service = Service(capture)
    for number, at in enumerate(capture.spread(12, 0, 24 * S)):
        c = service.connect(number, at).syn().synack(window=65160 if number % 2 else 28960).ack()
        c.request(http_get()).ack("server").response(http_ok(400)).ack().close()
    for i, at in enumerate((5 * S, 13 * S, 25 * S)):
        service.connect(i, at).handshake().rst().verdict(
            "handshake-done", "path-flip", max_certainty="likely", alone=["no-state"])


@story("syn-cookies", source="docs/facts.md 1, 2; kernel net/ipv4/syncookies.c", point="client", what="""
    A server on SYN cookies: timestamps of its SYN/ACKs lag behind its clock.  Three clients answer a
    cookie that is minutes old, as the path held their ACKs back, and are reset.""")
def syn_cookies(capture):
    service = Service(capture)
    for number, at in enumerate(capture.spread(9, 0, 18 * S)):
        cookie(service.connect(number, at), 11 + 5 * number).ack().request(http_get()).ack(
            "server").response(http_ok(400)).ack().close()
    for i, at in enumerate((7 * S, 12 * S, 15 * S)):
        cookie(service.connect(i, at), 20).ack(after=150 * S).rst().verdict(
            "handshake-done", "syn-cookie-rejected", sender="server", max_certainty="likely",
            alone=["no-state"])


def cookie(connection, lag_ms):
    """A SYN/ACK whose TSval was rounded down."""
    server = connection.server.host
    server.clock_offset -= lag_ms
    connection.syn().synack()
    server.clock_offset += lag_ms
    return connection


@story("refusals", source="docs/facts.md 1 family C, 4", point="client", what="""
    Three ports that refuse some SYNs: a balancer whose fourth member is dead, a limit of four connections at
    a time, and a firewall that refuses one port in the name of a host which answers on the others.""")
def refusals(capture):
    dead_member(Service(capture, 8001))
    limit(Service(capture, 8002), 60 * S)
    firewall(Service(capture, 8003), 120 * S)


def dead_member(service):
    for number, at in enumerate(service.capture.spread(16, 0, 32 * S)):
        if number % 4 == 3:
            service.connect(number, at).syn().refuse().verdict(
                "syn-sent", "port-flapping", max_certainty="likely", alone=["port-closed"])
        else:
            service.served(number, at)


def limit(service, begin):
    """Four are open most of the time; two more are refused, twice."""
    for bout in begin, begin + 20 * S:
        for i in range(4):
            c = service.asked(i, bout + i * S)
            c.response(http_ok(700)).ack().close(after=10 * S)
        for i in range(2):
            service.connect(4 + i, bout + (5 + i) * S).syn().refuse().verdict(
                "syn-sent", "port-flapping", max_certainty="likely", alone=["port-closed"])


def firewall(service, begin):
    for port in 443, 25:
        other = Service(service.capture, port)
        other.server = service.server
        other.serve(3, begin, begin + 9 * S)
    for i in range(3):
        c = service.connect(i, begin + (10 + i) * S).syn()
        c.server.leg = 4 * MS
        c.refuse(ttl=254).verdict(
            "syn-sent", "refused-in-path", sender="third-party", alone=["port-closed"])


@story("names-cut", source="docs/facts.md 4; SIGCOMM 2023", point="client", what="""
    A box near the server resets every ClientHello for one name by bare RSTs that look like the server's
    own, in time and TTL; other names are served.  A lost state would hit all names.""")
def names_cut(capture):
    service = Service(capture, 443)
    for number, at in enumerate(capture.spread(9, 0, 30 * S)):
        c = service.connect(number, at).handshake().request(tls_client_hello("www.example.com"))
        c.ack("server").response(tls_server_hello()).ack().close()
    for i, at in enumerate((4 * S, 10 * S, 16 * S, 22 * S)):
        c = service.connect(i, at).handshake()
        c.request(tls_client_hello("forbidden.example.net"), after=300 * MS).rst().verdict(
            "request-sent", "content-filter", max_certainty="likely", alone=["no-state"])
