# Daemons that turn clients away by address through libwrap (hosts.allow and hosts.deny).
# SPDX-License-Identifier: GPL-2.0-or-later

import socket

from lab import daemon
from lab.lab import receive, until_closed, until_dead
from lab.scenario import BOTH, scenario
from lab.scenarios import sshd, tls_terminator

XINETD = """
service echo-by-cat
{{
    type = UNLISTED
    bind = {address}
    port = {port}
    socket_type = stream
    protocol = tcp
    flags = NAMEINARGS NOLIBWRAP
    wait = no
    user = root
    log_type = FILE {folder}/xinetd.log
    server = /usr/sbin/tcpd
    server_args = /bin/cat
}}
"""
# libwrap's refuse() sleeps for 5 s before it exits, out of kindness to inetd; stunnel closes by itself.


def denied(lab):
    """What the daemons find instead of the machine's files: hosts.deny names one client, and nobody is asked
    for its name."""
    address = lab.address(lab.client)
    texts = {"hosts.deny": f"ALL: {address if lab.version == 4 else f'[{address}]'}\n", "hosts.allow": "",
             "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n"}
    for name, text in texts.items():
        (lab.folder / name).write_text(text)
    return {f"/etc/{name}": lab.folder / name for name in texts}


def turn_away(lab, port, data, visit):
    """One client tries thrice, once in silence, and waits; the others are served meanwhile."""
    visit(lab, client=1)
    silent = lab.open(port)
    for client in (1, 2):
        connection = lab.dial(port).connect_and_ask(data)
        lab.expect(connection, "client-refused", "request-sent", "server RST+ACK",
                   cause=("client-refused", "app-reject"))
        visit(lab, client=client)
    until_dead(connection.client)
    until_closed(silent.client)
    silent.client.close()
    visit(lab, client=2)


def echo(lab, client):
    """An ordinary exchange with cat."""
    connection = lab.open(lab.alt, client=client).request()
    receive(connection.client, len(lab.said.request))
    connection.client.shutdown(socket.SHUT_WR)
    until_closed(connection.client)
    connection.client.close()


@scenario("""tcpd, started by xinetd, turns one client away by its address: nothing for 5 s, then a FIN if the
          client was silent, a RST if its request is unread. The others are served.""", points=BOTH,
          needs=("tcpd", "xinetd"))
def tcpd(lab):
    config = daemon.configure(lab, "xinetd.conf", XINETD, address=lab.address(lab.server), port=lab.alt)
    daemon.serve(lab, "xinetd", "-dontfork", "-f", config, "-pidfile", lab.folder / "pid", ports=[lab.alt],
                 over=denied(lab))
    turn_away(lab, lab.alt, lab.said.request, echo)


@scenario("""sshd with libwrap turns one client away by its address: nothing for 5 s, then a FIN if the client
          was silent, a RST if its banner is unread. The others are served.""", points=BOTH, v6=True,
          needs=sshd.NEEDS)
def libwrap_sshd(lab):
    sshd.serve(lab, over=denied(lab))
    turn_away(lab, lab.ssh, lab.said.client_banner, sshd.visit)


@scenario("""stunnel with libwrap turns one client away by its address: it resets the connection before the
          client has said anything. The others are served.""", points=BOTH, v6=True,
          needs=tls_terminator.NEEDS)
def libwrap_stunnel(lab):
    tls_terminator.terminate(lab, "libwrap = yes", over=denied(lab))
    for _ in range(2):
        tls_terminator.visit(lab)
        connection = lab.open(lab.tls)
        until_dead(connection.client)
        lab.expect(connection, "client-refused", "handshake-done", "server RST+ACK",
                   cause=("client-refused", "app-reject"))
    tls_terminator.visit(lab)
