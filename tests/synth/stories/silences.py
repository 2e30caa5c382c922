# Failures without a reset: what had no answer, for how long, and what answered meanwhile.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S
from ..host import LINUX
from ..payload import http_get, http_ok, text, tls_client_hello
from ..story import story
from ..wire import ACK, FIN, PSH, SYN
from .neighbours import FAR, Service

SYN_WAITS = [1 * S, 2 * S, 4 * S]
DATA_WAITS = [220 * MS, 440 * MS, 880 * MS, 1760 * MS, 3520 * MS]
LIKELY = {"max_certainty": "likely"}


def unanswered_syn(c, waits=tuple(SYN_WAITS)):
    first = c.client.next
    c.syn()
    for wait in waits:
        c.syn(seq=first, after=wait)
    return c


def unheard(c, payload, waits=tuple(DATA_WAITS), by="client"):
    first = getattr(c, by).next
    c.data(by, payload)
    return c.again(by, waits, payload=payload[:getattr(c, by).mss], seq=first)


@story("syns-unanswered", source="docs/facts.md 16", point="client", what="""
    A server is switched off while six clients use it: until then all are served, from then on SYNs to both of its
    ports have no answer.""")
def syns_unanswered(capture):
    service, other = Service(capture), Service(capture, 443)
    service.serve(8, 0, 16 * S)
    for i in range(4):
        unanswered_syn(service.connect(i, (20 + i) * S)).silent("syn-sent", ["no-answer", "host-silent"], **LIKELY)
    for i in range(2):
        unanswered_syn(other.connect(i, (25 + i) * S)).silent("syn-sent", ["no-answer", "host-silent"], **LIKELY)


@story("host-dead", source="docs/facts.md 16; Linux net/ipv4/route.c ipv4_link_failure()", point="client", what="""
    No host has the address: three ports are tried, none answers, and the router says by ICMP that it cannot reach
    one of them.""")
def host_dead(capture):
    router = capture.host("198.51.100.1", LINUX)
    for i, port in enumerate((22, 80, 443)):
        client, server = capture.host(f"198.51.100.{11 + i}", LINUX), capture.host("192.0.2.99", FAR)
        c = unanswered_syn(capture.connect(client, server, port, i * S))
        if port == 22:
            capture.icmp_unreachable(router, client, 1, c.packet, c.clock + 100 * MS)
        c.silent("syn-sent", "host-silent")


@story("port-filtered", source="docs/facts.md 16", point="client", what="""
    A firewall drops what is sent to port 8080 of a host whose port 80 serves its clients all the time.""")
def port_filtered(capture):
    service, filtered = Service(capture), Service(capture, 8080)
    service.serve(20, 0, 40 * S)
    for i in range(4):
        unanswered_syn(filtered.connect(i, (5 + 3 * i) * S)).silent("syn-sent", "port-filtered", **LIKELY)


@story("syn-dropped", source="Linux net/ipv4/tcp_input.c tcp_conn_request(); docs/facts.md 16", point="client", what="""
    A connection table is nearly full: of the SYNs to one port some are dropped for good, others are answered.""")
def syn_dropped(capture):
    service = Service(capture)
    service.serve(60, 0, 60 * S)
    for i in range(3):
        unanswered_syn(service.connect(i, (11.3 + 10 * i) * S)).silent("syn-sent", "syn-dropped", **LIKELY)


@story("ecn-dropped", source="RFC 3168 section 6.1.1.1; docs/facts.md 16", point="client", what="""
    A device drops SYNs that offer ECN; other clients, which do not, are served.""")
def ecn_dropped(capture):
    service = Service(capture)
    service.serve(20, 0, 40 * S)
    for i in range(2):
        c = service.connect(i, (10 + 5 * i) * S)
        first, given = c.client.next, c.client.host.stack.offer()
        for wait in (0, *SYN_WAITS):
            c.open("client", SYN | 0xc0, given, seq=None if not wait else first, after=wait)
        c.silent("syn-sent", ["option-dropped", "syn-dropped"])


@story("accept-queue-silent", source="Linux net/ipv4/tcp_minisocks.c tcp_check_req(); docs/facts.md 1, 16",
       point="client", what="""
    The application hangs, and tcp_abort_on_overflow is 0: ACKs and requests are ignored, SYN/ACKs are repeated, and
    in the end SYNs have no answer either.""")
def accept_queue_silent(capture):
    service = Service(capture)
    service.serve(8, 0, 16 * S)
    for i in range(3):
        c = service.connect(i, (20 + i / 10) * S).handshake()
        first, isn, asked = c.client.next, c.server.next - 1, c.client.next
        c.request(http_get())
        c.again("client", DATA_WAITS[:2], payload=http_get(), seq=first)
        for wait in 400 * MS, 2 * S, 4 * S:
            c.synack(seq=isn, ack=asked, after=wait).ack(seq=c.client.next)
            c.again("client", [300 * MS], payload=http_get(), seq=first)
        c.silent("request-sent", "accept-queue-full", **LIKELY)
    for i in range(2):
        unanswered_syn(service.connect(3 + i, (22 + i) * S)).silent(
            "syn-sent", ["accept-queue-full", "no-answer"], **LIKELY)


@story("cookies-dropped", source="Linux net/ipv4/syncookies.c; docs/facts.md 2, 16", point="client", what="""
    A server with SYN cookies whose accept queue is full: it answers SYNs, and drops the ACKs and requests that
    follow. Clients without timestamps show the cookies: they get no option but MSS.""")
def cookies_dropped(capture):
    service = Service(capture)
    plain = replace(LINUX, ts=False)
    for i in range(4):
        client = capture.host(f"198.51.100.{31 + i}", plain)
        c = capture.connect(client, service.server, 80, i * S).syn().synack(only=["mss"], window=64240).ack()
        c.request(http_get()).ack("server").response(http_ok(400)).ack().close()
    for i in range(3):
        client = capture.host(f"198.51.100.{41 + i}", plain)
        c = capture.connect(client, service.server, 80, (10 + i) * S).syn().synack(only=["mss"], window=64240).ack()
        unheard(c, http_get()).silent("request-sent", ["syn-cookie-dropped", "no-answer"] if i else
                                      "syn-cookie-dropped", **LIKELY)


@story("path-mtu", source="RFC 2923 section 2.1; docs/facts.md 16", point="server", what="""
    A tunnel on the path takes 1,400 bytes, and the ICMP errors that say so are filtered: full segments of the answer
    never arrive, the short one behind them does.""")
def path_mtu(capture):
    service = Service(capture)
    for i in range(3):
        c = capture.connect(service.clients[i], service.server, 80, i * S, client_leg=20 * MS, server_leg=40_000)
        c.handshake().request(http_get()).ack("server")
        first = c.server.next
        full, rest = text(c.server.mss), text(300)
        c.send("server", ACK, full).response(rest)
        c.send("client", ACK, ack=first, after=20 * MS)
        c.again("server", DATA_WAITS, payload=full, seq=first)
        c.silent("response-sent", "path-mtu")


@story("never-answered", source="docs/facts.md 16", point="client", what="""
    The application hangs on some requests: the kernel acknowledges them, and half a minute later the clients close, and
    for one of them the server too.  Other requests are answered all the time; a long poll waits when the capture ends,
    and is no failure.""")
def never_answered(capture):
    service = Service(capture)
    service.serve(30, 0, 60 * S)
    Service(capture, 8080).asked(5, 2 * S)
    for i in range(3):
        c = service.asked(i, (5 + i) * S).fin("client", after=30 * S).silent("request-sent", "request-unanswered")
    c.fin("server", after=0.1 * MS).ack()


@story("window-shut", source="RFC 9293 section 3.8.6.1; docs/facts.md 16", point="client", what="""
    A server no longer reads an upload: its window falls to 0 and stays there, and it answers each probe.""")
def window_shut(capture):
    service = Service(capture)
    c = service.connect(0, 0).handshake().request(http_get()).request(text(1400)).ack("server", window=0)
    for wait in 300 * MS, 600 * MS, 1200 * MS, 2400 * MS, 4800 * MS, 9600 * MS:
        c.ack(seq=c.client.next - 1, after=wait)
        frame = c.frame
        c.ack("server", window=0)
    c.capture.expect_silence(frame, "server", "request-sent", "window-shut", {})


@story("proxy-silent", source="docs/facts.md 2, 16", point="client", what="""
    A SYN proxy answers for a server that is dead: window 0 in the SYN/ACK, and it never opens.""")
def proxy_silent(capture):
    service = Service(capture)
    c = service.connect(0, 0).syn().synack(window=0, ident=0).ack()
    c.again("client", [300 * MS, 600 * MS, 1200 * MS, 2400 * MS, 4800 * MS, 9600 * MS], flags=ACK,
            seq=c.client.next - 1)
    c.silent("handshake-done", "syn-proxy")


@story("peer-vanished", source="RFC 9293 section 3.8.3; docs/facts.md 16", point="server", what="""
    A laptop is closed in the middle of its work: an answer is repeated in vain, on another connection a FIN, on a third
    one keep-alive probes.""")
def peer_vanished(capture):
    service = Service(capture)

    def begin(i):
        return capture.connect(service.clients[0], service.server, 80, i * S, client_leg=20 * MS,
                               server_leg=40_000).handshake().request(http_get()).response(http_ok(300)).ack()

    unheard(begin(0), text(500), by="server").silent("response-sent", "peer-vanished", **LIKELY)
    c = begin(1)
    last = c.server.next
    c.fin("server", after=1 * S).again("server", DATA_WAITS, flags=FIN | ACK, seq=last)
    c.silent("closing", "peer-vanished", **LIKELY)
    c = begin(2)
    c.again("server", [10 * S, 10 * S, 10 * S], flags=ACK, seq=c.server.next - 1)
    c.silent("response-sent", "peer-vanished", **LIKELY)


@story("slow-but-good", source="docs/facts.md 16", point="client", what="""
    Nothing fails: a SYN and a request are lost several times and get through, an answer takes half a minute,
    keep-alive probes are answered, a window is 0 for a while, a TLS connection is idle, the capture ends amid
    a repeat.""")
def slow_but_good(capture):
    service = Service(capture)
    service.serve(4, 0, 10 * S)
    unanswered_syn(service.connect(0, 0)).synack().ack().request(http_get()).response(http_ok(200)).ack().close()
    c = unheard(service.connect(1, 1 * S).handshake(), http_get())
    c.ack("server").response(http_ok(200)).ack().close()
    service.asked(2, 2 * S).response(http_ok(200), after=30 * S).ack().close()
    c = service.asked(3, 3 * S).response(http_ok(200)).ack()
    for _ in range(3):
        c.ack(seq=c.client.next - 1, after=10 * S).ack("server")
    c = service.connect(4, 4 * S).handshake().request(text(900)).ack("server", window=0)
    for _ in range(3):
        c.ack(seq=c.client.next - 1, after=5 * S).ack("server", window=0)
    c.ack("server", after=1 * S).request(text(200)).response(http_ok(300)).ack().close()
    service.asked(5, 39 * S)
    last = service.connect(0, 41 * S).handshake()
    first = last.client.next
    last.request(tls_client_hello("shop.example"))
    last.send("client", PSH | ACK, tls_client_hello("shop.example"), seq=first, after=220 * MS)
