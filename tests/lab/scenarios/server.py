# The server's kernel or application refuses, throws out or forgets its client.
# SPDX-License-Identifier: GPL-2.0-or-later

import socket
import subprocess
import sys
from pathlib import Path

from lab import wait
from lab.lab import abort_on_close, forget, until_closed, until_reset
from lab.scenario import BARE, BOTH, FULL, NO_TIMESTAMPS, scenario

DYING_SERVER = Path(__file__).parent.with_name("dying_server.py")
PORT_GONE = ("listener-gone", "port-flapping", "port-closed")


@scenario("""A client connects to a port on which nothing listens; another port of the host works.""",
          v6=True)
def closed_port(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    lab.expect(lab.refused(lab.alt), "port-closed", "syn-sent", "server RST+ACK")
    lab.chat(lab.web)


@scenario("""The server's application accepts and at once throws the client out (SO_LINGER 0, close),
          before either side has said anything; clients before and after are served.""", points=BOTH,
          v6=True)
def linger0(lab):
    lab.listen(lab.ssh, lab.web)
    lab.chat(lab.web, lab.ssh)
    connection = lab.open(lab.ssh).accept()
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "handshake-done", "server RST+ACK")
    lab.chat(lab.ssh)


@scenario("""The server's application accepts and at once throws the client out (SO_LINGER 0, close) while
          the client's request is on its way; the kernel then answers the request with a second, bare
          RST.""", points=BOTH, clients=(FULL, NO_TIMESTAMPS, BARE))
def linger0_request_in_flight(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).accept().request()
    abort_on_close(connection.server)
    lab.until_resets(lab.server, 2)
    lab.expect(connection, "app-reject", "request-sent", "server RST+ACK", points=("client",))
    lab.expect(connection, "app-reject", "handshake-done", "server RST+ACK", points=("server",))
    lab.chat(lab.web)


@scenario("""The server's application answers the request, then ends the connection by SO_LINGER 0.""",
          points=BOTH, v6=True)
def linger0_after_data(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).talk()
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-abort", "response-sent", "server RST+ACK",
               cause=("app-abort", "reset-as-close"))
    lab.chat(lab.web)


@scenario("""The server's application closes without having read the request, before it answered
          anything.""", v6=True)
def unread_data(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().accept()
    wait.until_readable(connection.server, "the request")
    connection.server.close()
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "request-sent", "server RST+ACK")
    lab.chat(lab.web)


@scenario("""The server greets, and closes while what the client said next lies unread: text, then reset,
          as sshd does over MaxStartups.""")
def unread_data_after_greeting(lab):
    lab.listen(lab.ssh)
    lab.chat(lab.ssh)
    connection = lab.open(lab.ssh).say("server", b"Exceeded MaxStartups\r\n").request(lab.said.client_banner)
    wait.until_readable(connection.server, "the client's banner")
    connection.server.close()
    until_reset(connection.client)
    lab.expect(connection, "app-abort", "response-sent", "server RST+ACK")
    lab.chat(lab.ssh)


@scenario("""The server closes (FIN) and is done; the client sends more and gets a bare RST. Once without
          an answer and in the very segment that acknowledges the FIN, once after an answer and later.""",
          points=BOTH, v6=True)
def data_after_close(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    for count in (1, 2):
        connection = lab.open(lab.web).request().read_request()
        if count == 2:
            connection.respond().read_answer()
        connection.server.close()
        until_closed(connection.client)
        if count == 2:
            lab.fence()
        connection.request()
        lab.until_resets(lab.server, count)
        lab.expect(connection, "data-after-close", "closing", "server RST")
    lab.chat(lab.web, first="server")


@scenario("""The server's kernel forgets connections without a word (as after a crash or failover); the
          next request gets a bare RST, while new connections are served.""", points=BOTH, v6=True)
def state_lost(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    used, fresh = lab.open(lab.web).talk(), lab.open(lab.web).accept()
    for connection, stage in ((used, "response-sent"), (fresh, "request-sent")):
        forget(connection.server)
        connection.request()
        until_reset(connection.client)
        lab.expect(connection, "no-state", stage, "server RST")
    lab.chat(lab.web)


@scenario("""The server's process is killed while it holds three connections with unread requests and two
          that it had not accepted: all are reset at once, and the port refuses from then on.""",
          points=BOTH)
def server_killed(lab):
    lab.listen(lab.web)
    server = lab.start(lab.server, sys.executable, DYING_SERVER, str(lab.address(lab.server)), str(lab.alt), "3",
                       stdout=subprocess.PIPE)
    wait.until_line(server, server.stdout, "ready")
    connections = [lab.open(lab.alt, client=number % 3).request() for number in range(5)]
    wait.until_line(server, server.stdout, "full")
    lab.chat(lab.web)
    server.kill()
    for connection in connections:
        until_reset(connection.client)
        lab.expect(connection, "process-gone", "request-sent", "server RST+ACK")
    lab.expect(lab.refused(lab.alt), "listener-gone", "syn-sent", "server RST+ACK", cause=PORT_GONE)
    lab.chat(lab.web)


@scenario("""A listener is closed while three connections wait in its accept queue: all are reset at once,
          and the port refuses from then on.""")
def listener_closed(lab):
    lab.listen(lab.web)
    listener = lab.listen(lab.alt)
    lab.chat(lab.alt, lab.web)
    connections = [lab.open(lab.alt, client=number) for number in range(3)]
    for connection in connections:
        connection.request()
    lab.chat(lab.web)
    listener.close()
    for connection in connections:
        until_reset(connection.client)
        lab.expect(connection, "listener-gone", "request-sent", "server RST+ACK",
                   cause=("listener-gone", "process-gone"))
    lab.expect(lab.refused(lab.alt), "listener-gone", "syn-sent", "server RST+ACK", cause=PORT_GONE)


@scenario("""A service is stopped, and started again; clients in between are refused. Another port of the
          host works all the time.""", v6=True)
def restart(lab):
    lab.listen(lab.ssh)
    listener = lab.listen(lab.web)
    lab.chat(lab.web, lab.ssh, lab.web)
    lab.fence()
    listener.close()
    for client in (0, 1):
        lab.expect(lab.refused(lab.web, client=client), "port-flapping", "syn-sent", "server RST+ACK")
    lab.chat(lab.ssh)
    lab.listen(lab.web)
    lab.chat(lab.web, lab.web)


@scenario("""The application throws out every client from one network address (SO_LINGER 0 at once), by
          access policy, and serves the others.""")
def client_refused(lab):
    lab.listen(lab.web)
    for _ in range(3):
        lab.chat(lab.web, client=1)
        connection = lab.open(lab.web).accept()
        abort_on_close(connection.server)
        until_reset(connection.client)
        lab.expect(connection, "client-refused", "handshake-done", "server RST+ACK",
                   cause=("client-refused", "app-reject"))
        lab.chat(lab.web, client=2)


@scenario("""From one moment on the application cannot serve any more and throws out every client it
          accepts (SO_LINGER 0); the host's other port works.""")
def service_failing(lab):
    lab.listen(lab.ssh, lab.web)
    for client in (0, 1, 2, 0):
        lab.chat(lab.web, client=client)
    for client in (1, 0, 2, 1, 0):
        connection = lab.open(lab.web, client=client).accept()
        abort_on_close(connection.server)
        until_reset(connection.client)
        lab.expect(connection, "service-failing", "handshake-done", "server RST+ACK",
                   cause=("service-failing", "app-reject"))
        lab.chat(lab.ssh, client=client)


@scenario("""The server's application ends the connection (SO_LINGER 0) in the middle of a long answer;
          the client's acknowledgements still under way get further, bare RSTs.""")
def linger0_mid_answer(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().read_request().respond(lab.said.long_answer)
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-abort", "response-sent", "server RST+ACK")
    lab.chat(lab.web)


@scenario("""The client's packets no longer arrive; the server's keep-alives (1 s, twice) go unanswered
          for it and it gives up. In the client's capture they are answered.""", points=BOTH)
def keepalive_timeout(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).talk()
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2)):
        connection.server.setsockopt(socket.IPPROTO_TCP, option, value)
    connection.server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.web} drop"):
        until_reset(connection.client)
    lab.expect(connection, "peer-vanished", "response-sent", "server RST+ACK", points=("server",))
    lab.expect(connection, "peer-vanished", "response-sent", "server RST+ACK", points=("client",),
               cause=("peer-vanished", "app-abort", "undetermined"))
    lab.chat(lab.web)
