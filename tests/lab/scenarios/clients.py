# More ways in which a client ends, gives up or loses its connection.
# SPDX-License-Identifier: GPL-2.0-or-later

import select
import socket
import subprocess
import sys
from pathlib import Path

from lab import wait
from lab.lab import LabError, abort_on_close, receive, until_closed, until_reset
from lab.scenario import BARE, BOTH, FULL, NO_TIMESTAMPS, scenario
from lab.sockets import disconnect, entry

DYING_CLIENT = Path(__file__).parent.with_name("dying_client.py")
CLIENT_PATIENCE_S, SERVER_PATIENCE_S = 0.6, 75


@scenario("""A client connects and closes at once with SO_LINGER 0: handshake, then RST, not a byte said; one
          port, once.""", points=BOTH, v6=True, clients=(FULL, NO_TIMESTAMPS))
def connect_then_reset(lab):
    lab.listen(lab.web)
    lab.chat(lab.web, client=1)
    connection = lab.open(lab.web)
    abort_on_close(connection.client)
    until_reset(connection.accept().server)
    lab.expect(connection, "client-abort", "handshake-done", "client RST+ACK",
               cause=("client-abort", "connect-probe"))
    lab.chat(lab.web)


@scenario("""The client asks and lets go of the connection by connect(AF_UNSPEC) before the answer comes; the
          answer, on its way, gets a bare RST.""", points=BOTH)
def client_disconnects(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().read_request().respond()
    disconnect(connection.client)
    lab.until_resets(lab.client, 2)
    lab.expect(connection, "client-abort", "request-sent", "client RST+ACK", points=("client",))
    lab.expect(connection, "client-abort", "response-sent", "client RST+ACK", points=("server",))
    lab.chat(lab.web)


@scenario("The server greets; the client closes with the greeting unread.", points=BOTH, v6=True)
def client_leaves_greeting(lab):
    lab.listen(lab.ssh)
    lab.chat(lab.ssh)
    connection = lab.open(lab.ssh).respond(lab.said.server_banner)
    wait.until_readable(connection.client, "the greeting")
    connection.client.close()
    until_reset(connection.server)
    lab.expect(connection, "client-abort", "response-sent", "client RST+ACK")
    lab.chat(lab.ssh)


@scenario("""The client is served once on a connection, asks again, and closes with half of the second answer
          unread.""", points=BOTH, clients=(FULL, BARE))
def client_leaves_half(lab):
    lab.listen(lab.web)
    connection = lab.open(lab.web).talk().request().read_request().respond()
    connection.client.recv(len(lab.said.answer), socket.MSG_PEEK | socket.MSG_WAITALL)
    receive(connection.client, len(lab.said.answer) // 2)
    connection.client.close()
    until_reset(connection.server)
    lab.expect(connection, "client-abort", "response-sent", "client RST+ACK",
               cause=("client-abort", "reset-as-close"))
    lab.chat(lab.web)


@scenario("The client aborts (SO_LINGER 0) in the middle of a long upload.", points=BOTH, v6=True)
def client_aborts_upload(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().request(lab.said.long_answer).read_request()
    receive(connection.server, 5000)
    abort_on_close(connection.client)
    until_reset(connection.server)
    lab.expect(connection, "client-abort", "request-sent", "client RST+ACK")
    lab.chat(lab.web)


def hear_nothing(sock, patience_s=CLIENT_PATIENCE_S):
    """Somebody waits for the other to say something, as long as they do."""
    if select.select([sock], [], [], patience_s)[0]:
        raise LabError("somebody said something")


@scenario("""The client asks, the server says nothing; after 0.6 s the client has waited long enough and
          aborts (SO_LINGER 0).""", points=BOTH, v6=True)
def client_times_out(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().read_request()
    hear_nothing(connection.client)
    abort_on_close(connection.client)
    until_reset(connection.server)
    lab.expect(connection, "client-abort", "request-sent", "client RST+ACK")
    lab.chat(lab.web)


@scenario("""The client asks, the server says nothing; after 0.6 s the client closes (FIN). The answer that
          comes after all gets a bare RST.""", points=BOTH, v6=True)
def client_closes_before_answer(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().read_request()
    hear_nothing(connection.client)
    connection.client.close()
    until_closed(connection.server)
    connection.respond()
    lab.until_resets(lab.client, 1)
    lab.expect(connection, "data-after-close", "closing", "client RST",
               cause=("data-after-close", "client-abort"))
    lab.chat(lab.web)


@scenario("""The client's SYN is lost and repeated after 1 s; then the client gives up, before the SYN/ACK to
          the second has come.""", points=BOTH, v6=True, near_ms=20, far_ms=50)
def client_gave_up_after_repeat(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.web} tcp flags syn counter drop"):
        connection = lab.dial(lab.web).start()
        lab.until_rule_hit(lab.router)
    until_syns(lab, connection, 2)
    connection.client.close()
    lab.until_resets(lab.client, 1)
    lab.expect(connection, "connect-abandoned", "half-open", "client RST")
    lab.chat(lab.web)


@scenario("""The SYN/ACKs are lost in the path, SYN and SYN/ACK are repeated, and the client gives up; the
          next SYN/ACK does arrive.""", points=BOTH, near_ms=20, far_ms=50)
def client_gave_up_synack_lost(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    with lab.rule(lab.router, "forward", f"tcp sport {lab.web} tcp flags & (syn | ack) == syn | ack drop"):
        connection = lab.dial(lab.web).start()
        until_syns(lab, connection, 2)
        lab.fence()
        connection.client.close()
    lab.until_resets(lab.client, 1)
    lab.expect(connection, "connect-abandoned", "half-open", "client RST")
    lab.chat(lab.web)


@scenario("""A client gives up three times before the SYN/ACK has come, and is more patient then; other
          clients are served in between.""")
def client_gave_up_thrice(lab):
    lab.listen(lab.web)
    for count in (1, 2, 3):
        lab.chat(lab.web, client=1)
        connection = lab.dial(lab.web).start()
        connection.client.close()
        lab.until_resets(lab.client, count)
        lab.expect(connection, "connect-abandoned", "half-open", "client RST")
    lab.chat(lab.web)


def until_syns(lab, connection, count):
    """Until the kernel has sent the SYN so many times."""
    key = connection.key
    wait.until(lambda: entry(lab.client, key).repeats >= count - 1, f"{count} SYNs")


def ask_and_die(lab, asked, until):
    """A client process that is killed after until(connection), without having read a thing."""
    source, (address, port) = str(lab.address(lab.client)), (str(lab.address(lab.server)), lab.web)
    file = lab.folder / "asked"
    file.write_bytes(asked)
    with file.open("rb") as given:
        client = lab.start(lab.client, sys.executable, DYING_CLIENT, source, address, str(port),
                           stdin=given, stdout=subprocess.PIPE)
    wait.until_readable(client.stdout, "the client has asked")
    key = (source, int(client.stdout.readline())), (address, port)
    server = lab.keep(lab.listeners[key[1]].accept()[0])
    server.settimeout(wait.PATIENCE_S)
    receive(server, len(asked))
    until(server)
    client.kill()
    return key, server


@scenario("The client's process is killed when the whole answer has come that it had not read yet.",
          points=BOTH)
def client_killed_unread(lab):
    def answer(server):
        server.sendall(lab.said.answer)
        lab.fence()
    lab.listen(lab.web)
    lab.chat(lab.web)
    key, server = ask_and_die(lab, lab.said.request, answer)
    until_reset(server)
    lab.expect(key, "client-abort", "response-sent", "client RST+ACK",
               cause=("client-abort", "reset-as-close"))
    lab.chat(lab.web)


@scenario("""The client's process is killed while it waits for the answer: its kernel sends FIN, and the
          answer gets a bare RST.""", points=BOTH)
def client_killed_waiting(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    key, server = ask_and_die(lab, lab.said.request, lambda _: lab.fence())
    until_closed(server)
    server.sendall(lab.said.answer)
    lab.until_resets(lab.client, 1)
    lab.expect(key, "data-after-close", "closing", "client RST", cause=("data-after-close", "client-abort"))
    lab.chat(lab.web)


def half_closed(lab):
    """The client has asked and ended its half; the server has read all that."""
    connection = lab.open(lab.web).request()
    connection.client.shutdown(socket.SHUT_WR)
    until_closed(connection.read_request().server)
    return connection


@scenario("""The client asks and ends its half (FIN); the server's application answers one, and throws out
          another before it has answered (SO_LINGER 0).""", points=BOTH, v6=True)
def half_closed_then_rejected(lab):
    lab.listen(lab.web)
    half_closed(lab).respond().read_answer().server.close()
    connection = half_closed(lab)
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "app-reject", "closing", "server RST+ACK")
    lab.chat(lab.web)


@scenario("""The client asks and ends its half (FIN); the server's application answers, and then resets
          (SO_LINGER 0) instead of ending its half.""", points=BOTH)
def half_closed_then_reset(lab):
    lab.listen(lab.web)
    half_closed(lab).respond().read_answer().server.close()
    connection = half_closed(lab).respond().read_answer()
    abort_on_close(connection.server)
    until_reset(connection.client)
    lab.expect(connection, "reset-as-close", "closing", "server RST+ACK",
               cause=("reset-as-close", "app-abort"))
    lab.chat(lab.web)


@scenario("""After an answer the connection lies idle for 75 s; then the server's application has had enough
          of it and resets it (SO_LINGER 0), as it does with others.""", points=BOTH, patience_s=120)
def idle_reset(lab):
    lab.listen(lab.web)
    idle = lab.open(lab.web).talk()
    lab.chat(lab.web)
    hear_nothing(idle.server, SERVER_PATIENCE_S)
    abort_on_close(idle.server)
    until_reset(idle.client)
    lab.expect(idle, "idle-timeout", "response-sent", "server RST+ACK", cause=("idle-timeout", "app-abort"))
    lab.chat(lab.web)
