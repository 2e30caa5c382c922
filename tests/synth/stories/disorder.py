# Frames out of order, clocks that jump, and one tuple used again and again.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import replace

from ..connection import MS, S, US
from ..host import LINUX
from ..payload import http_get, http_ok, text
from ..story import story

SOURCE = "written for the project's tests"
CLIENT, SERVER = LINUX, replace(LINUX, ttl=57)


def connect(capture, port, at, **how):
    client, server = capture.host("198.51.100.11", CLIENT), capture.host("192.0.2.80", SERVER)
    return capture.connect(client, server, port, at, **how)


def asked(capture, port, at):
    return connect(capture, port, at).handshake().request(http_get()).ack("server")


@story("disorder", source=SOURCE, point="client", what="""
    What several queues of a network card and several paths do: frames of one connection stored in
    another order than that of their times (the SYN/ACK before the SYN, the reset before what it
    answers, a request before the handshake's ACK), segments that overtake each other under way,
    then a clock that is set back by an hour, once in the middle of a connection, and forth
    again.""")
def disorder(capture):
    stored_in_another_order(capture)
    overtaken_under_way(capture)
    clock_set(capture)


def stored_in_another_order(capture):
    c = connect(capture, 8000, 0).syn()
    c.frame.place += 25 * MS  # behind the SYN/ACK
    c.synack().ack().request(http_get()).ack("server").rst_ack(after=30 * MS).verdict(
        "request-sent", "app-reject", sender="server")
    c = connect(capture, 8001, 1 * S).handshake().request(http_get())
    c.frame.place -= 90 * US  # before the ACK
    c.ack("server").rst_ack(after=30 * MS).verdict("request-sent", "app-reject", sender="server")
    c = connect(capture, 8002, 2 * S).syn().refuse()
    c.frame.place -= 30 * MS  # before the SYN
    c.verdict("syn-sent", "port-closed", not_cause=["forged"])
    c = asked(capture, 8003, 3 * S).response(http_ok(400)).fin("server").request(http_get()).rst()
    c.frame.place -= 25 * MS  # before answer, FIN and the request that it answers
    c.verdict("request-sent", not_cause=["forged"])


def overtaken_under_way(capture):
    """The last data of the sender comes behind its reset."""
    c = asked(capture, 8010, 10 * S).response(text(1000)).ack()
    c.response(text(900), after=30 * MS)
    c.frame.place += 2 * MS
    c.frame.time += 2 * MS
    c.rst_ack(after=500 * US).verdict("response-sent", ["app-abort", "reset-as-close"],
                                      sender="server", not_cause=["forged"])
    c = asked(capture, 8011, 11 * S).response(text(3 * 1448))
    c.ack().request(http_get(), after=20 * MS).ack("server")
    c.rst_ack(after=10 * MS).verdict("response-sent", ["app-abort", "reset-as-close"], sender="server")


def clock_set(capture):
    """Back an hour between request and reset, then forth between two connections."""
    c = asked(capture, 8020, 20 * S).rst_ack(after=30 * MS)
    c.verdict("request-sent", "app-reject", sender="server", not_cause=["idle-timeout", "forged"])
    c = connect(capture, 8021, 22 * S).syn().refuse().verdict("syn-sent", "port-closed")
    c = asked(capture, 8022, 24 * S).response(text(500)).ack()
    c.rst_ack("client", after=40 * MS).verdict("response-sent", ["reset-as-close", "client-abort"],
                                               sender="client", not_cause=["idle-timeout", "forged"])
    capture.step_clock(20 * S + 60 * MS, -3600 * S)
    capture.step_clock(24 * S - 100 * MS, +3600 * S)


@story("tuple-thousand", source=SOURCE, point="client", what="""
    A program binds its client port and tries one server a thousand times in vain, each time with a
    new initial sequence number; every hundredth time something answers and refuses.""")
def tuple_thousand(capture):
    client, server = capture.host("198.51.100.11", CLIENT), capture.host("192.0.2.80", SERVER)
    for i in range(1000):
        c = capture.connect(client, server, 8000, 2 * i * S, client_port=45000).syn()
        if i % 100 == 99:
            c.refuse().verdict("syn-sent", "port-closed", sender="server")
