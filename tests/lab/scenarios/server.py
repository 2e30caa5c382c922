# The server's kernel or application refuses, throws out or forgets its client.
# SPDX-License-Identifier: GPL-2.0-or-later

import socket
import subprocess
import sys
from pathlib import Path

from lab import wait
from lab.lab import abort_on_close, forget, until_closed, until_reset
from lab.scenario import BOTH, scenario
from lab.speech import LONG_ANSWER

DYING_SERVER = Path(__file__).parent.with_name("dying_server.py")
PORT_GONE = ("listener-gone", "port-flapping", "port-closed")


@scenario("""A client connects to a port on which nothing listens; another port of the host works.""",
          v6=True)
def closed_port(lab):
    lab.listen(80)
    lab.chat(80)
    lab.expect(lab.refused(8080), "port-closed", "syn-sent", "server RST+ACK")
    lab.chat(80)


@scenario("""The server's application accepts and at once throws the client out (SO_LINGER 0, close),
          before either side has said anything; clients before and after are served.""", points=BOTH,
          v6=True)
def linger0(lab):
    lab.listen(22, 80)
    lab.chat(80, 22)
    connection = lab.open(22).accept()
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "handshake-done", "server RST+ACK")
    lab.chat(22)


@scenario("""The server's application accepts and at once throws the client out (SO_LINGER 0, close) while
          the client's request is on its way; the kernel then answers the request with a second, bare
          RST.""", points=BOTH)
def linger0_request_in_flight(lab):
    lab.listen(80)
    lab.chat(80)
    connection = lab.open(80).accept().request()
    abort_on_close(connection.server)
    lab.until_resets(lab.server, 2)
    lab.expect(connection, "app-reject", "request-sent", "server RST+ACK", points=("client",))
    lab.expect(connection, "app-reject", "handshake-done", "server RST+ACK", points=("server",))
    lab.chat(80)


@scenario("""The server's application answers the request, then ends the connection by SO_LINGER 0.""",
          points=BOTH, v6=True)
def linger0_after_data(lab):
    lab.listen(80)
    lab.chat(80)
    connection = lab.open(80).talk()
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-abort", "response-sent", "server RST+ACK",
               cause=("app-abort", "reset-as-close"))
    lab.chat(80)


@scenario("""The server's application closes without having read the request, before it answered
          anything.""", v6=True)
def unread_data(lab):
    lab.listen(80)
    lab.chat(80)
    connection = lab.open(80).request().accept()
    wait.until_readable(connection.server, "the request")
    connection.server.close()
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "request-sent", "server RST+ACK")
    lab.chat(80)


@scenario("""The server greets, and closes while what the client said next lies unread: text, then reset,
          as sshd does over MaxStartups.""")
def unread_data_after_greeting(lab):
    lab.listen(22)
    lab.chat(22)
    connection = lab.open(22).say("server", b"Exceeded MaxStartups\r\n").request(b"SSH-2.0-OpenSSH_9.2\r\n")
    wait.until_readable(connection.server, "the client's banner")
    connection.server.close()
    until_reset(connection.client)
    lab.expect(connection, "app-abort", "response-sent", "server RST+ACK")
    lab.chat(22)


@scenario("""The server closes (FIN) and is done; the client sends more and gets a bare RST. Once without
          an answer and in the very segment that acknowledges the FIN, once after an answer and later.""",
          points=BOTH, v6=True)
def data_after_close(lab):
    lab.listen(80)
    lab.chat(80)
    for count in (1, 2):
        connection = lab.open(80).request().read_request()
        if count == 2:
            connection.respond().read_answer()
        connection.server.close()
        until_closed(connection.client)
        if count == 2:
            lab.fence()
        connection.request()
        lab.until_resets(lab.server, count)
        lab.expect(connection, "data-after-close", "closing", "server RST")
    lab.chat(80, first="server")


@scenario("""The server's kernel forgets connections without a word (as after a crash or failover); the
          next request gets a bare RST, while new connections are served.""", points=BOTH, v6=True)
def state_lost(lab):
    lab.listen(80)
    lab.chat(80)
    used, fresh = lab.open(80).talk(), lab.open(80).accept()
    for connection, stage in ((used, "response-sent"), (fresh, "request-sent")):
        forget(connection.server)
        connection.request()
        until_reset(connection.client)
        lab.expect(connection, "no-state", stage, "server RST")
    lab.chat(80)


@scenario("""The server's process is killed while it holds three connections with unread requests and two
          that it had not accepted: all are reset at once, and the port refuses from then on.""",
          points=BOTH)
def server_killed(lab):
    lab.listen(80)
    server = lab.start(lab.server, sys.executable, DYING_SERVER, str(lab.address(lab.server)), "8080", "3",
                       stdout=subprocess.PIPE)
    wait.until_line(server, server.stdout, "ready")
    connections = [lab.open(8080, client=number % 3).request() for number in range(5)]
    wait.until_line(server, server.stdout, "full")
    lab.chat(80)
    server.kill()
    for connection in connections:
        until_reset(connection.client)
        lab.expect(connection, "process-gone", "request-sent", "server RST+ACK")
    lab.expect(lab.refused(8080), "listener-gone", "syn-sent", "server RST+ACK", cause=PORT_GONE)
    lab.chat(80)


@scenario("""A listener is closed while three connections wait in its accept queue: all are reset at once,
          and the port refuses from then on.""")
def listener_closed(lab):
    lab.listen(80)
    listener = lab.listen(8080)
    lab.chat(8080, 80)
    connections = [lab.open(8080, client=number) for number in range(3)]
    for connection in connections:
        connection.request()
    lab.chat(80)
    listener.close()
    for connection in connections:
        until_reset(connection.client)
        lab.expect(connection, "listener-gone", "request-sent", "server RST+ACK",
                   cause=("listener-gone", "process-gone"))
    lab.expect(lab.refused(8080), "listener-gone", "syn-sent", "server RST+ACK", cause=PORT_GONE)


@scenario("""A service is stopped, and started again; clients in between are refused. Another port of the
          host works all the time.""", v6=True)
def restart(lab):
    lab.listen(22)
    listener = lab.listen(80)
    lab.chat(80, 22, 80)
    lab.fence()
    listener.close()
    for client in (0, 1):
        lab.expect(lab.refused(80, client=client), "port-flapping", "syn-sent", "server RST+ACK")
    lab.chat(22)
    lab.listen(80)
    lab.chat(80, 80)


@scenario("""The application throws out every client from one network address (SO_LINGER 0 at once), by
          access policy, and serves the others.""")
def client_refused(lab):
    lab.listen(80)
    for _ in range(3):
        lab.chat(80, client=1)
        connection = lab.open(80).accept()
        abort_on_close(connection.server)
        until_reset(connection.client)
        lab.expect(connection, "client-refused", "handshake-done", "server RST+ACK",
                   cause=("client-refused", "app-reject"))
        lab.chat(80, client=2)


@scenario("""From one moment on the application cannot serve any more and throws out every client it
          accepts (SO_LINGER 0); the host's other port works.""")
def service_failing(lab):
    lab.listen(22, 80)
    for client in (0, 1, 2, 0):
        lab.chat(80, client=client)
    for client in (1, 0, 2, 1, 0):
        connection = lab.open(80, client=client).accept()
        abort_on_close(connection.server)
        until_reset(connection.client)
        lab.expect(connection, "service-failing", "handshake-done", "server RST+ACK",
                   cause=("service-failing", "app-reject"))
        lab.chat(22, client=client)


@scenario("""The server's application ends the connection (SO_LINGER 0) in the middle of a long answer;
          the client's acknowledgements still under way get further, bare RSTs.""")
def linger0_mid_answer(lab):
    lab.listen(80)
    lab.chat(80)
    connection = lab.open(80).request().read_request().respond(LONG_ANSWER)
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-abort", "response-sent", "server RST+ACK")
    lab.chat(80)


@scenario("""The client's packets no longer arrive; the server's keep-alives (1 s, twice) go unanswered
          for it and it gives up. In the client's capture they are answered.""", points=BOTH)
def keepalive_timeout(lab):
    lab.listen(80)
    lab.chat(80)
    connection = lab.open(80).talk()
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2)):
        connection.server.setsockopt(socket.IPPROTO_TCP, option, value)
    connection.server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    with lab.rule(lab.router, "forward", "tcp dport 80 drop"):
        until_reset(connection.client)
    lab.expect(connection, "peer-vanished", "response-sent", "server RST+ACK", points=("server",))
    lab.expect(connection, "peer-vanished", "response-sent", "server RST+ACK", points=("client",),
               cause=("peer-vanished", "app-abort", "undetermined"))
    lab.chat(80)
