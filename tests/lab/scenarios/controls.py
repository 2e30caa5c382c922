# Connections that are not reset: whoever says a word about them is wrong.
# SPDX-License-Identifier: GPL-2.0-or-later

import errno
import socket

from lab.lab import LabError, until_closed
from lab.scenario import scenario
from lab.speech import LONG_ANSWER, REQUEST


@scenario("""Ordinary connections only: client or server speaks first, client or server closes first, one
          with a long answer, one without any payload.""", v6=True)
def controls(lab):
    lab.listen(22, 25, 80)
    lab.chat(80, 22, 25)
    lab.chat(80, 22, 25, first="server")
    lab.open(80).say("client", REQUEST).say("server", LONG_ANSWER).close("server")
    lab.open(22).accept().close()


@scenario("The client ends its half after the request (FIN) and still gets its answer; nothing is reset.")
def controls_half_close(lab):
    lab.listen(80)
    connection = lab.open(80).request()
    connection.client.shutdown(socket.SHUT_WR)
    connection.read_request()
    until_closed(connection.server)
    connection.respond().read_answer().server.close()
    until_closed(connection.client)


@scenario("The router refuses a SYN by ICMP (administratively prohibited), not by a reset.")
def controls_icmp(lab):
    lab.listen(80, 8080)
    with lab.rule(lab.router, "forward", "tcp dport 8080 reject with icmp type admin-prohibited"):
        if lab.dial(8080).client.connect_ex(("198.51.100.20", 8080)) != errno.EHOSTUNREACH:
            raise LabError("no ICMP error")
        lab.chat(80)
