# What public reports told, whose causes were found there (docs/facts.md 15).
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX, WINDOWS_7, Stack, linux_order
from ..payload import http_get, http_ok, http_post, text
from ..story import story
from .shapes import FAR, exchange, pair

SMALL = Stack(linux_order, syn_window=2920, plain_window=2920, sack=False, df=False, ident="counter")


def syn_again(c, **how):
    """The client repeats its SYN, with the number of the first."""
    isn = c.client.next
    c.client.next = c.begun
    c.syn(**how)
    c.client.next = isn
    return c


@story("synack-misses-its-socket", source="github.com/cilium/cilium/issues/33723; "
       "github.com/kubernetes/kubernetes/issues/122174; docs/facts.md 15", point="client", what="""
    A container asks through its host, whose NAT hands the SYN/ACK to something else: the host resets it, and the
    container repeats its SYN in vain.  Another asks a service's address from the same bridge and gets the answer
    of the pod itself; captured at the pod.  No scan, and nobody gave up.""")
def synack_misses_its_socket(capture):
    container, server = pair(capture, client=replace(LINUX, ttl=63))
    c = capture.connect(container, server, 8080, 0)
    c.begun = c.client.next
    c.syn().synack().rst("client", after=50 * US, ttl=64)
    for wait in 1, 2, 4:
        syn_again(c, after=wait * S)
        c.server.next -= 1
        c.synack().rst("client", after=50 * US, ttl=64)
    c.verdict("half-open", "synack-from-elsewhere", sender="client",
              not_cause=["half-open-probe", "connect-abandoned", "bad-synack"])
    asker, pod = capture.host("10.244.1.192", LINUX), capture.host("10.244.1.189", LINUX)
    c = capture.connect(asker, pod, 7800, 20 * S, server_leg=50 * US)
    c.begun = c.client.next
    c.syn().synack().rst("client", after=23 * US)
    syn_again(c, after=1 * S)
    c.server.next -= 1
    c.synack().rst("client", after=23 * US)
    c.verdict("half-open", "synack-from-elsewhere", sender="client", not_cause=["half-open-probe"])


@story("odd-refusals", source="github.com/zephyrproject-rtos/zephyr/issues/90086; "
       "github.com/FreeRTOS/FreeRTOS-Plus-TCP/issues/700; RFC 9293 section 3.10.7.3; docs/facts.md 15",
       point="client", what="""
    Refusals that the client ignores.  A small stack acknowledges one number too few, once as nothing listens, once
    as its backlog is full, so that the client is let in at last.  A provider's filter answers each SYN with a RST
    that has no number at all, and the SYN's window.""")
def odd_refusals(capture):
    client, device = pair(capture, server=SMALL)
    c = capture.connect(client, device, 4554, 0)
    c.begun, wait = c.client.next, 0
    for wait in 0, 1, 1, 1, 2:
        syn_again(c, after=wait * S)
        c.refuse(ack=c.begun)
    c.verdict("syn-sent", "port-closed", sender="server", not_cause=["forged", "refused-in-path"])

    exchange(capture.connect(client, device, 80, 20 * S).handshake()).close()
    c = capture.connect(client, device, 80, 21 * S)
    c.begun = c.client.next
    for wait in 0, 1:
        syn_again(c, after=wait * S)
        c.refuse(ack=c.begun)
    c.verdict("syn-sent", "port-flapping", sender="server", not_cause=["service-starting"])
    syn_again(c, after=2 * S).client.next = c.begun + 1
    exchange(c.synack().ack()).close()

    site = capture.host("192.0.2.184", FAR)
    c = capture.connect(client, site, 80, 40 * S)
    c.begun = c.client.next
    for wait in 0, 1, 2, 4:
        syn_again(c, after=wait * S)
        c.rst("server", seq=0, window=LINUX.syn_window, ident=1, df=False, ttl=58, after=16 * MS)
    c.verdict("syn-sent", ["refused-in-path", "forged"], sender="third-party", not_cause=["port-closed"])


@story("each-segment-is-reset", source="docs/facts.md 15", point="client", what="""
    A firewall whose rule no longer fits resets an upload: a RST+ACK for each segment, in a tenth of the time that
    the server needs for an answer.  Then a server itself that aborts in the midst of an upload.""")
def each_segment_is_reset(capture):
    client, server = pair(capture, client=WINDOWS_7, server=replace(LINUX, ttl=61, ts=False))

    def uploading(at):
        c = capture.connect(client, server, 80, at, server_leg=4 * MS).handshake()
        for _ in range(2):
            c.request(http_get(), after=50 * MS).ack("server").response(http_ok(600)).ack(after=50 * MS)
        c.request(http_post("/upload", 900_000), after=1 * S).ack("server")
        c.request(text(5 * 1460), after=1 * MS)
        return c, c.client.next - 4 * 1460

    c, acked = uploading(0)
    for number in range(5):
        after = 1 * US if number else 400 * US
        c.rst_ack("server", ack=acked + 1460 * number, window=16448, ident=0, ttl=63, after=after)
    c.verdict("response-sent", ["forged", "rejected-in-path"], sender="third-party", not_cause=["app-abort"])
    c, acked = uploading(10 * S)
    c.rst_ack("server", ack=acked, after=5 * MS).verdict("response-sent", "app-abort", sender="server",
                                                         not_cause=["forged"])


@story("no-idle-timeout", source="docs/facts.md 15, 16; RFC 6298", point="server", what="""
    Silences before a reset that no idle timer ended.  A session outlived two minutes of silence more than once, and
    is reset after one and a half, with another TTL: by hand.  A request is repeated for longer and longer,
    while the SYN/ACK is too, and meets a server that has forgotten the handshake.""")
def no_idle_timeout(capture):
    client, server = pair(capture, client=replace(WINDOWS_7, ttl=123), server=LINUX)
    c = capture.connect(client, server, 5432, 0, client_leg=20 * MS, server_leg=50 * US).handshake()
    exchange(c)
    for _ in range(4):
        c.request(text(40), after=120 * S).response(text(60)).ack()
    c.rst("client", seq=c.client.next - 1, window=512, ident=24896, df=False, ttl=64, after=92 * S)
    c.verdict("response-sent", "forged", sender="third-party", not_cause=["idle-timeout"])

    other = capture.host("198.51.100.77", replace(LINUX, ttl=57))
    c = capture.connect(other, server, 9999, 700 * S, client_leg=20 * MS, server_leg=50 * US).handshake()
    request = b"hello"
    c.request(request)
    isn, seq, number = c.server.next - 1, c.client.next - len(request), c.server.next
    for wait, again in ((1, "syn"), (2, "data"), (2, "syn"), (4, "data"), (4, "syn"), (12, "data"), (26, "data"),
                        (52, "data")):
        if again == "syn":
            c.server.next, c.client.next = isn, seq
            c.synack(after=wait * S)
            c.server.next, c.client.next = number, seq + len(request)
        else:
            c.again("client", [wait * S], payload=request, seq=seq)
    c.rst("server", seq=number, after=1200 * US)
    c.verdict("request-sent", ["accept-queue-full", "no-state"], sender="server", not_cause=["idle-timeout"])
