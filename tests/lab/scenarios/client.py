# The client's application or kernel ends the connection.
# SPDX-License-Identifier: GPL-2.0-or-later

import socket

from lab.lab import abort_on_close, receive, until_closed, until_reset
from lab.scenario import BOTH, scenario


@scenario("""The client closes after the first bytes of a long answer, the rest unread or under way; what
          still comes is answered with further, bare RSTs.""", v6=True)
def client_abort(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().read_request().respond(lab.said.long_answer)
    receive(connection.client, 1000)
    connection.client.close()
    until_reset(connection.server)
    lab.expect(connection, "client-abort", "response-sent", "client RST+ACK")
    lab.chat(lab.web)


@scenario("The client closes although the whole answer lies unread in its socket.", points=BOTH)
def client_abort_unread(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().read_request().respond()
    connection.client.recv(len(lab.said.answer), socket.MSG_PEEK | socket.MSG_WAITALL)
    connection.client.close()
    until_reset(connection.server)
    lab.expect(connection, "client-abort", "response-sent", "client RST+ACK",
               cause=("client-abort", "reset-as-close"))
    lab.chat(lab.web)


@scenario("""The client asks, loses patience and aborts (SO_LINGER 0) before the server has answered
          anything.""")
def client_abort_before_answer(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.open(lab.web).request().read_request()
    abort_on_close(connection.client)
    until_reset(connection.server)
    lab.expect(connection, "client-abort", "request-sent", "client RST+ACK")
    lab.chat(lab.web)


@scenario("""The client gives up connecting before the SYN/ACK has come; its kernel no longer knows the
          connection and answers the SYN/ACK with a bare RST.""", points=BOTH, v6=True)
def client_gave_up(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    connection = lab.dial(lab.web).start()
    connection.client.close()
    lab.until_resets(lab.client, 1)
    lab.expect(connection, "connect-abandoned", "half-open", "client RST")
    lab.chat(lab.web)


@scenario("""HTTP-like exchanges; some clients end the connection by RST instead of FIN (SO_LINGER 0) once
          they have the whole answer.""", v6=True)
def reset_as_close(lab):
    lab.listen(lab.web)
    lab.chat(lab.web)
    for number in range(2):
        connection = lab.open(lab.web, client=number).talk()
        abort_on_close(connection.client)
        until_reset(connection.server)
        lab.expect(connection, "reset-as-close", "response-sent", "client RST+ACK")
    lab.chat(lab.web)


@scenario("""The server answers and closes (FIN); the client, done as well, ends its side by RST
          (SO_LINGER 0).""")
def reset_as_close_after_fin(lab):
    lab.listen(lab.web)
    lab.chat(lab.web, first="server")
    connection = lab.open(lab.web).talk()
    connection.server.shutdown(socket.SHUT_WR)
    until_closed(connection.client)
    abort_on_close(connection.client)
    until_reset(connection.server)
    lab.expect(connection, "reset-as-close", "closing", "client RST+ACK")
