# The kernels do their work, but an application does not: it does not accept, read or answer.
# SPDX-License-Identifier: GPL-2.0-or-later

import socket

from lab import hang
from lab.scenario import BOTH, scenario

SMALL_BYTES = 4096
MUCH = b"0123456789abcdef" * 16384


def listen_small(lab, port):
    """A listener whose connections have little room for what is not read."""
    listener = lab.listen(port)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BYTES)
    return listener


def dial_small(lab, port, **which):
    """A client with little room for what it does not read."""
    connection = lab.dial(port, **which)
    connection.client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BYTES)
    return connection.connect()


def expect_unanswered(lab, *connections):
    for connection in connections:
        lab.expect_silence(connection, "request-unanswered", "request-sent")


@scenario("""The application takes no connections any more; the kernel completes the handshakes and acknowledges the
          requests. One client gives up after 5 s (FIN), two go on waiting. Another port works.""", points=BOTH,
          v6=True)
def never_accepted(lab):
    lab.listen(lab.web, lab.ssh)
    lab.chat(lab.web, lab.ssh)
    lab.chat(lab.web, client=1)
    hung = [lab.open(lab.web, client=number).request() for number in (0, 1, 2)]
    hang.pass_time(2)
    lab.chat(lab.ssh)
    hang.pass_time(3)
    hung[0].client.shutdown(socket.SHUT_WR)
    lab.chat(lab.ssh, client=1)
    hang.pass_time(3)
    lab.chat(lab.ssh)
    lab.end_capture()
    expect_unanswered(lab, *hung)


@scenario("""The application reads two requests and answers neither; others that ask later are answered at once by the
          same port. One client gives up after 6 s (FIN).""", points=BOTH, v6=True)
def never_answered(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    mute = [lab.open(lab.web, client=number).request().read_request() for number in (0, 1)]
    for _ in range(3):
        lab.chat(lab.web)
        lab.chat(lab.web, client=2)
        hang.pass_time(2)
    mute[1].client.shutdown(socket.SHUT_WR)
    hang.pass_time(2)
    lab.chat(lab.web)
    lab.end_capture()
    expect_unanswered(lab, *mute)


@scenario("""On a connection that is kept, the first two requests are answered and the third is not, until the client
          gives up after 6 s (FIN).""")
def third_never_answered(lab):
    lab.listen(lab.web)
    connection = lab.open(lab.web).talk().talk().request().read_request()
    for _ in range(3):
        lab.chat(lab.web, client=1)
        hang.pass_time(2)
    connection.client.shutdown(socket.SHUT_WR)
    lab.chat(lab.web, client=2)
    lab.expect_silence(connection, "request-unanswered", "response-sent")


@scenario("""The application accepts an upload and never reads it: the server's window shuts for good, and each probe of
          it is answered. Others are served.""", points=BOTH, v6=True)
def upload_never_read(lab):
    listen_small(lab, lab.web)
    lab.listen(lab.ssh)
    lab.chat(lab.web, lab.ssh)
    connection = lab.open(lab.web).accept()
    hang.fill(connection.client, MUCH)
    hang.pass_time(4)
    lab.chat(lab.web, client=1)
    lab.chat(lab.ssh)
    hang.pass_time(5)
    lab.end_capture()
    lab.expect_silence(connection, "window-shut", "request-sent")


@scenario("""The client asks for something long and stops reading in its midst: its window shuts for good, and each
          probe of the server is answered.""", points=BOTH)
def download_never_read(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = dial_small(lab, lab.web).request().read_request()
    hang.fill(connection.server, MUCH)
    hang.pass_time(3)
    lab.chat(lab.web, client=1)
    hang.pass_time(6)
    lab.end_capture()
    lab.expect_silence(connection, "window-shut", "response-sent", "client")


@scenario("""The application stops reading an upload, and while the window is shut the server vanishes: the probes are
          answered first, and then no longer.""", points=("client",), v6=True)
def upload_never_read_then_gone(lab):
    listen_small(lab, lab.web)
    lab.listen(lab.ssh)
    lab.chat(lab.web, lab.ssh)
    connection = lab.open(lab.web).accept()
    hang.fill(connection.client, MUCH)
    hang.pass_time(2)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.web} counter drop"):
        hang.until_repeated(connection, 3)
        lab.chat(lab.ssh)
        lab.end_capture()
    lab.expect_silence(connection, "peer-vanished", "request-sent", cause=("peer-vanished", "window-shut", "no-answer"))


@scenario("""An application answers only after 30 s, and again after 10 s: slow but good, nothing fails.""",
          points=BOTH)
def answers_late(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    late = lab.open(lab.web).request().read_request()
    other = lab.open(lab.web, client=1).request().read_request()
    hang.pass_time(10)
    other.respond().read_answer().close()
    lab.chat(lab.web, client=2)
    hang.pass_time(20)
    late.client.settimeout(hang.PATIENCE_S)
    late.respond().read_answer().close()
    lab.chat(lab.web)
