# The server's application ends the connection in less usual ways, or dies, or has nothing left to serve with.
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import errno
import os
import resource
import socket
import subprocess
import sys

from lab import wait
from lab.lab import LabError, abort_on_close, forget, receive, until_closed, until_reset
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario
from lab.scenarios.server import DYING_SERVER, PORT_GONE
from lab.silence import NOTHING
from lab.sockets import disconnect, ends, entry, peers_window

TCP_LINGER2, TCP_USER_TIMEOUT = 8, 18
SERVICE_FAILS = ("service-failing", "app-reject")


def dying(lab, connections, to_read=0):
    """A process that holds so many connections to the second web port and has read so much of each."""
    server = lab.start(lab.server, sys.executable, DYING_SERVER, str(lab.address(lab.server)), str(lab.alt),
                       str(connections), str(to_read), stdout=subprocess.PIPE)
    wait.until_line(server, server.stdout, "ready")
    return server


def until_full(server):
    wait.until_line(server, server.stdout, "full")


def opened(lab, port=None):
    """A connection whose request lies unread before the application."""
    connection = lab.open(port or lab.web).request().accept()
    connection.server.recv(len(lab.said.request), socket.MSG_PEEK | socket.MSG_WAITALL)
    return connection


@scenario("""The server's application reads the first half of the request, does not like it and closes with
          the rest unread.""", points=BOTH, clients=(FULL, NO_TIMESTAMPS))
def closed_partly_read(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = opened(lab)
    receive(connection.server, len(lab.said.request) // 2)
    connection.server.close()
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "request-sent", "server RST+ACK")
    lab.chat(lab.web)


@scenario("""The server's process is killed while it holds one connection whose request it has not read; the
          port refuses from then on.""", points=BOTH, v6=True)
def killed_unread(lab):
    lab.listen(lab.web)
    server = dying(lab, 1)
    connection = lab.open(lab.alt).request()
    until_full(server)
    lab.chat(lab.web)
    server.kill()
    until_reset(connection.client)
    lab.expect(connection, "process-gone", "request-sent", "server RST+ACK",
               cause=("process-gone", "app-reject"))
    lab.expect(lab.refused(lab.alt), "listener-gone", "syn-sent", "server RST+ACK", cause=PORT_GONE)
    lab.chat(lab.web)


@scenario("""The server's process is killed after it has read the request: its kernel sends FIN, and what the
          client says next gets a bare RST.""", points=BOTH)
def killed_all_read(lab):
    lab.listen(lab.web)
    server = dying(lab, 1, len(lab.said.request))
    connection = lab.open(lab.alt).request()
    until_full(server)
    lab.chat(lab.web)
    server.kill()
    until_closed(connection.client)
    lab.fence()
    connection.request()
    lab.until_resets(lab.server, 1)
    lab.expect(connection, "data-after-close", "closing", "server RST")
    lab.chat(lab.web)


@scenario("""The server's application answers and shuts down both directions (shutdown(SHUT_RDWR)); the
          client's next request gets a bare RST although the socket is still open.""", points=BOTH, v6=True)
def shutdown_both(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).talk()
    connection.server.shutdown(socket.SHUT_RDWR)
    until_closed(connection.client)
    connection.request()
    lab.until_resets(lab.server, 1)
    lab.expect(connection, "data-after-close", "closing", "server RST")
    lab.chat(lab.web, first="server")


@scenario("""The server's application shuts down its reading (shutdown(SHUT_RD)); the client's next request is
          acknowledged all the same, and nothing is reset.""")
def shutdown_reading(lab):
    lab.listen(lab.web)
    connection = lab.open(lab.web).talk()
    connection.server.shutdown(socket.SHUT_RD)
    connection.request()
    lab.fence()
    receive(connection.server, len(lab.said.request))
    connection.server.close()
    until_closed(connection.client)
    lab.chat(lab.web)


@scenario("""The server's application lets go of its clients by connect(AF_UNSPEC): of one before it has read
          the request, of one after the answer.""", v6=True, points=BOTH)
def disconnected(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    early, late = opened(lab), lab.open(lab.web).talk()
    for connection in (early, late):
        disconnect(connection.server)
        until_reset(connection.client)
    lab.expect(early, "app-reject", "request-sent", "server RST+ACK")
    lab.expect(late, "app-abort", "response-sent", "server RST+ACK", cause=("app-abort", "reset-as-close"))
    lab.chat(lab.web)


@scenario("""The server has answered and ended its half (FIN); it does not wait for the client's (TCP_LINGER2
          below 0) and resets the connection when it closes.""", points=BOTH, clients=(FULL, NO_TIMESTAMPS))
def linger2(lab):
    lab.listen(lab.web)
    lab.chat(lab.web, first="server")
    connection = lab.open(lab.web).talk()
    connection.server.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2, -1)
    connection.server.shutdown(socket.SHUT_WR)
    until_closed(connection.client)
    both = ends(connection.server)
    wait.until(lambda: entry(lab.server, both).is_fin_wait2, "the FIN is acknowledged")
    connection.server.close()
    lab.until_resets(lab.server, 1)
    lab.expect(connection, "reset-as-close", "closing", "server RST+ACK",
               cause=("reset-as-close", "app-abort"))
    lab.chat(lab.web)


@contextlib.contextmanager
def last_descriptor():
    """Within, the process has one descriptor that it can give up, and can get no other."""
    reserve = os.open(os.devnull, os.O_RDONLY)
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (reserve + 1, usual[1]))
    try:
        yield reserve
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)
        os.close(reserve)


def until_no_descriptor(listener):
    try:
        listener.accept()
    except OSError as error:
        if error.errno == errno.EMFILE:
            return
        raise
    raise LabError("accept() found a descriptor")


def throw_out(lab, connection):
    """accept() fails for lack of descriptors, so the server gives up its last one for it, and closes."""
    listener = lab.listeners[connection.key[1]]
    with last_descriptor() as reserve:
        wait.until_readable(listener, "a connection")
        until_no_descriptor(listener)
        os.close(reserve)
        abort_on_close(listener.accept()[0])
        if os.open(os.devnull, os.O_RDONLY) != reserve:
            raise LabError("another descriptor was free")


@scenario("""The server runs out of file descriptors (clients that it goes on serving hold them): accept()
          fails, and it throws out every new client by a descriptor in reserve. Its other port works.""",
          v6=True, points=BOTH)
def no_descriptors(lab):
    lab.listen(lab.ssh, lab.web)
    held = [lab.open(lab.web, client=client).talk() for client in (0, 1, 2, 0, 1)]
    lab.chat(lab.ssh)
    for client in (2, 0, 1, 2):
        connection = lab.open(lab.web, client=client)
        throw_out(lab, connection)
        until_reset(connection.client)
        lab.expect(connection, "service-failing", "handshake-done", "server RST+ACK", cause=SERVICE_FAILS)
        held[client].talk()
    lab.chat(lab.ssh)
    for connection in held:
        connection.close()


@scenario("""The server lacks file descriptors for a moment: one client is thrown out by the descriptor in
          reserve, with its request already there; the others are served.""")
def no_descriptors_once(lab):
    lab.listen(lab.web)
    lab.chat(lab.web, client=1)
    connection = lab.open(lab.web).request()
    lab.fence()
    throw_out(lab, connection)
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "request-sent", "server RST+ACK")
    lab.chat(lab.web, client=2)
    lab.chat(lab.web)


@scenario("""The server lacks file descriptors for a moment and has none in reserve: clients wait unserved in
          its queue, and are served later. Nothing is reset.""")
def no_descriptors_wait(lab):
    listener = lab.listen(lab.web)
    lab.chat(lab.web)
    waiting = [lab.open(lab.web, client=client).request() for client in (0, 1, 2)]
    lab.fence()
    with last_descriptor():
        until_no_descriptor(listener)
    for connection in waiting:
        connection.read_request().respond().read_answer().close()


def keep_alive(sock):
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2)):
        sock.setsockopt(socket.IPPROTO_TCP, option, value)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


@scenario("""The client's host goes silent (it neither answers nor sends); the server's keep-alives (1 s,
          twice) go unanswered and it gives up.""", points=("server",), v6=True)
def keepalive_silence(lab):
    lab.listen(lab.web)
    lab.chat(lab.web, client=1)
    connection = lab.open(lab.web).talk()
    with lab.rule(lab.client, "output", f"tcp dport {lab.web} drop"):
        keep_alive(connection.server)
        until_reset(connection.client)
    lab.expect(connection, "peer-vanished", "response-sent", "server RST+ACK")
    lab.chat(lab.web, client=1)


@scenario("""The client has crashed and come back without a memory of the connection; the server's first
          keep-alive (after 1 s) gets a bare RST from it.""", points=BOTH)
def keepalive_crashed_client(lab):
    lab.listen(lab.web)
    lab.chat(lab.web, client=1)
    connection = lab.open(lab.web).talk()
    lab.fence()
    forget(connection.client)
    keep_alive(connection.server)
    until_reset(connection.server)
    lab.expect(connection, "no-state", "response-sent", "client RST")
    lab.chat(lab.web)


@scenario("""The administrator ends connections by `ss -K`: one whose request the application has not read,
          one that was answered.""", points=BOTH, v6=True, needs=("ss",))
def ss_kill(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    early, late = opened(lab), lab.open(lab.web).talk()
    for connection in (early, late):
        lab.server.run("ss", "-K", "dport", "=", str(connection.key[0][1]))
        until_reset(connection.client)
    lab.expect(early, "app-reject", "request-sent", "server RST+ACK")
    lab.expect(late, "app-abort", "response-sent", "server RST+ACK", cause=("app-abort", "reset-as-close"))
    lab.chat(lab.web)


def give_up_silently(lab):
    """The server's answer is not acknowledged in time (TCP_USER_TIMEOUT): it forgets the connection."""
    connection = lab.open(lab.web).request().read_request()
    connection.server.setsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, 300)
    both = ends(connection.server)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.web} drop"):
        connection.respond().read_answer()
        wait.until(lambda: not entry(lab.server, both), "the server's kernel forgets")
    return connection


@scenario("""The client's acknowledgements are lost, and the server's TCP_USER_TIMEOUT ends the connection:
          without a reset.""", points=BOTH)
def user_timeout(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    lab.expect_silence(give_up_silently(lab), "peer-vanished", "response-sent", "client", points=("server",),
                       cause=("peer-vanished", "no-answer", NOTHING))
    lab.chat(lab.web)


@scenario("""The client's acknowledgements are lost, and the server's TCP_USER_TIMEOUT ends the connection
          silently; when the client's packets get through again, its next request gets a bare RST.""",
          points=BOTH)
def user_timeout_then_data(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = give_up_silently(lab).request()
    until_reset(connection.client)
    lab.expect(connection, "no-state", "response-sent", "server RST", cause=("no-state", "peer-vanished"))
    lab.chat(lab.web)


@scenario("""The server has closed; several requests of a client that had not noticed come one after the
          other, and each gets a bare RST.""", points=BOTH, v6=True)
def data_after_close_thrice(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).talk()
    connection.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.server.close()
    for _ in range(3):
        connection.request()
    lab.until_resets(lab.server, 3)
    lab.expect(connection, "data-after-close", "closing", "server RST")
    lab.chat(lab.web, first="server")


@scenario("""The server has closed, and its kernel has waited for the client's FIN as long as it does
          (tcp_fin_timeout 1 s); then the client says more and gets a bare RST.""", points=BOTH)
def data_after_fin_timeout(lab):
    lab.server.sysctl("net.ipv4.tcp_fin_timeout", 1)
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).talk()
    both = ends(connection.server)
    connection.server.close()
    until_closed(connection.client)
    wait.until(lambda: not entry(lab.server, both), "the server's kernel forgets")
    connection.request()
    lab.until_resets(lab.server, 1)
    lab.expect(connection, "data-after-close", "closing", "server RST")
    lab.chat(lab.web)


def filled(lab, accept=True):
    """A connection whose client has filled the server's receive buffer, and knows it."""
    lab.listeners[str(lab.address(lab.server)), lab.web].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    connection = lab.open(lab.web).request()
    if accept:
        connection.accept()
    connection.client.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            connection.client.send(lab.said.long_answer)
    connection.client.settimeout(wait.PATIENCE_S)
    wait.until(lambda: peers_window(connection.client) == 0, "no window is left")
    return connection


@scenario("""The application hangs while its client sends until no receive window is left; then it closes,
          everything unread. As the kernel drops that first, the RST has a window again.""", points=BOTH,
          clients=(FULL, NO_TIMESTAMPS))
def full_then_closed(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = filled(lab)
    connection.server.close()
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "request-sent", "server RST+ACK")
    lab.chat(lab.web)


@scenario("""The application hangs while its client sends until no receive window is left; then it lets go of
          it by connect(AF_UNSPEC): the RST still says window 0.""", points=BOTH, v6=True,
          clients=(FULL, NO_TIMESTAMPS))
def full_then_disconnected(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = filled(lab)
    disconnect(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "request-sent", "server RST+ACK")
    lab.chat(lab.web)


@scenario("""The application hangs and accepts nobody; a client sends until no receive window is left. Then the
          listener is closed: the RST still says window 0, and the port refuses from then on.""", points=BOTH)
def full_then_listener_closed(lab):
    lab.listen(lab.ssh)
    listener = lab.listen(lab.web)
    lab.chat(lab.web, lab.ssh)
    connection = filled(lab, accept=False)
    listener.close()
    until_reset(connection.client)
    lab.expect(connection, "listener-gone", "request-sent", "server RST+ACK",
               cause=("listener-gone", "process-gone", "app-reject"))
    lab.expect(lab.refused(lab.web), "listener-gone", "syn-sent", "server RST+ACK", cause=PORT_GONE)
    lab.chat(lab.ssh)
