# The peer of an open connection is gone, or nothing of it arrives any more.
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import socket

from lab import hang
from lab.scenario import BOTH, scenario

GONE = ("peer-vanished", "no-answer")


@contextlib.contextmanager
def cut_off(lab, *connections):
    """Within, nothing passes the router of these connections."""
    ports = ", ".join(str(connection.key[0][1]) for connection in connections)
    with lab.rule(lab.router, "forward", f"tcp sport {{ {ports} }} counter drop",
                  f"tcp dport {{ {ports} }} counter drop"):
        yield


def keep_alive(sock):
    """After a silence of 1 s, each second, for long."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 30)):
        sock.setsockopt(socket.IPPROTO_TCP, option, value)


@scenario("""The path of two open connections breaks between two requests: these are repeated in vain, while others
          come and go at the same port.""", points=("client", "between"), v6=True)
def gone_between_requests(lab):
    hang.limit(lab.client, data=4)
    lab.listen(lab.web)
    lab.chat(lab.web)
    lost = [lab.open(lab.web, client=number).talk() for number in (0, 1)]
    with cut_off(lab, *lost):
        for connection in lost:
            connection.request()
        lab.chat(lab.web, client=2)
        hang.until_repeated(lost[1], 3)
        lab.chat(lab.web)
        hang.until_given_up(*lost)
    lab.chat(lab.web)
    for connection in lost:
        lab.expect_silence(connection, "peer-vanished", "response-sent", cause=GONE)


@scenario("""The client vanishes while the server works on its answer, which is repeated in vain; other clients are
          served.""", points=("server",), v6=True)
def client_gone_before_answer(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    lost = [lab.open(lab.web, client=number).request().read_request() for number in (0, 1)]
    with cut_off(lab, *lost):
        for connection in lost:
            connection.respond()
        lab.chat(lab.web, client=2)
        hang.until_repeated(lost[1], 5, "server")
        lab.chat(lab.web)
        lab.end_capture()
    for connection in lost:
        lab.expect_silence(connection, "peer-vanished", "response-sent", "client", cause=GONE)


@scenario("""Idle connections are kept alive by a probe each second; the path of one breaks, and its probes are not
          answered any more, those of the other are.""", points=BOTH, v6=True)
def gone_while_idle(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    well, lost = (lab.open(lab.web, client=number).talk() for number in (0, 1))
    keep_alive(well.client)
    keep_alive(lost.client)
    hang.pass_time(3)
    with cut_off(lab, lost):
        hang.until_repeated(lost, 5)
        well.talk().close()
        lab.end_capture()
    lab.expect_silence(lost, "peer-vanished", "response-sent", cause=GONE, points=("client",))


@scenario("""The path of a connection breaks after the answer; the client closes, and its FIN is repeated in vain.""",
          points=("client",), v6=True)
def gone_at_close(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    lost = lab.open(lab.web, client=1).talk()
    with cut_off(lab, lost):
        lost.client.shutdown(socket.SHUT_WR)
        lab.chat(lab.web)
        hang.until_repeated(lost, 4)
        lab.chat(lab.web, client=2)
        lab.end_capture()
    lab.expect_silence(lost, "peer-vanished", "closing", cause=GONE)


@scenario("""The path of a connection breaks in the midst of a long answer: the client sees the answer stop and has
          nothing to repeat, the server repeats in vain.""", points=("server",))
def gone_in_answer(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    lost = lab.open(lab.web, client=1).request().read_request().respond(lab.said.long_answer[:8000])
    lost.read_answer(lab.said.long_answer[:8000])
    with cut_off(lab, lost):
        lost.respond(lab.said.long_answer[:8000])
        lab.chat(lab.web)
        hang.until_repeated(lost, 5, "server")
        lab.end_capture()
    lab.expect_silence(lost, "peer-vanished", "response-sent", "client", cause=(*GONE, "path-mtu"))
