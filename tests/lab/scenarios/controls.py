# Connections that are not reset: whoever says a word about them is wrong.
# SPDX-License-Identifier: GPL-2.0-or-later

import errno
import socket

from lab.lab import LabError, until_closed
from lab.scenario import scenario


@scenario("""Ordinary connections only: client or server speaks first, client or server closes first, one
          with a long answer, one without any payload.""", v6=True)
def controls(lab):
    lab.listen(lab.ssh, lab.mail, lab.web)
    lab.chat(lab.web, lab.ssh, lab.mail)
    lab.chat(lab.web, lab.ssh, lab.mail, first="server")
    lab.open(lab.web).say("client", lab.said.request).say("server", lab.said.long_answer).close("server")
    lab.open(lab.ssh).accept().close()


@scenario("The client ends its half after the request (FIN) and still gets its answer; nothing is reset.")
def controls_half_close(lab):
    lab.listen(lab.web)
    connection = lab.open(lab.web).request()
    connection.client.shutdown(socket.SHUT_WR)
    connection.read_request()
    until_closed(connection.server)
    connection.respond().read_answer().server.close()
    until_closed(connection.client)


@scenario("The router refuses a SYN by ICMP (administratively prohibited), not by a reset.")
def controls_icmp(lab):
    lab.listen(lab.web, lab.alt)
    with lab.rule(lab.router, "forward", f"tcp dport {lab.alt} reject with icmp type admin-prohibited"):
        refused = lab.dial(lab.alt)
        if refused.client.connect_ex((str(lab.address(lab.server)), lab.alt)) != errno.EHOSTUNREACH:
            raise LabError("no ICMP error")
        lab.chat(lab.web)
    lab.expect_silence(refused, "port-filtered", "syn-sent")
