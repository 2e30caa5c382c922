# The real sshd turns clients away.
# SPDX-License-Identifier: GPL-2.0-or-later

import socket

from lab import daemon
from lab.lab import LabError, talk_on, until_closed, until_reset
from lab.scenario import BOTH, FULL, NO_TIMESTAMPS, scenario

SSHD = """
ListenAddress {address}
Port {port}
HostKey {folder}/key
PidFile none
UsePAM no
{rules}
"""
NEEDS = ("sshd", "ssh-keygen")
ONE_UNKNOWN_CLIENT = "MaxStartups 1:100:1"
SORRY = b"Exceeded MaxStartups\r\n"


def serve(lab, *rules, over=None):
    """sshd serves the server's ssh port."""
    (lab.folder / "run" / "sshd").mkdir(parents=True)  # it wants an empty directory there
    lab.server.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{lab.folder}/key")
    config = daemon.configure(lab, "sshd_config", SSHD, address=lab.address(lab.server), port=lab.ssh,
                              rules="\n".join(rules))
    daemon.serve(lab, "/usr/sbin/sshd", "-D", "-e", "-f", config, ports=[lab.ssh],
                 over={"/run": lab.folder / "run"} | (over or {}))


def read_line(connection, wanted):
    """Byte by byte, since what follows it is somebody else's."""
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.client.recv(1)
        if not byte:
            raise LabError(f"closed after {line}, not {wanted}")
        line += byte
    if not line.startswith(wanted):
        raise LabError(f"{line}, not {wanted}")
    return connection


def greeted(lab, **which):
    """A connection that sshd has greeted, and which it now counts as not authenticated."""
    return read_line(lab.open(lab.ssh, **which), b"SSH-2.0-")


def leave(connection):
    connection.client.shutdown(socket.SHUT_WR)
    while connection.client.recv(65536):  # what it can do
        pass
    connection.client.close()


def visit(lab, **which):
    """An ordinary client, which goes once both have said who they are."""
    connection = greeted(lab, **which)
    leave(connection.request(lab.said.client_banner))


def turned_away_unread(lab, **which):
    """sshd has no time for a client whose banner comes with the end of the handshake: text, then RST."""
    connection = lab.dial(lab.ssh, **which).connect_and_ask(lab.said.client_banner)
    until_reset(connection.client)
    return connection


@scenario("""sshd has as many unknown clients as it may (MaxStartups) and tells the next one so, before that
          has said anything: text and FIN. One client closes, too; one sends its banner and gets a RST.""",
          points=BOTH, needs=NEEDS)
def sshd_max_startups(lab):
    serve(lab, ONE_UNKNOWN_CLIENT)
    visit(lab)
    unknown = greeted(lab, client=1)
    for goes_on in (False, True):
        connection = read_line(lab.open(lab.ssh), SORRY)
        until_closed(connection.client)
        if goes_on:
            talk_on(connection, lab.said.client_banner)
        connection.client.close()
    leave(unknown)


@scenario("""sshd has as many unknown clients as it may (MaxStartups) and closes with the next one's banner
          unread: text, then RST.""", points=BOTH, v6=True, clients=(FULL, NO_TIMESTAMPS), needs=NEEDS)
def sshd_max_startups_unread(lab):
    serve(lab, ONE_UNKNOWN_CLIENT)
    visit(lab)
    unknown = greeted(lab, client=1)
    for client in (0, 2):
        lab.expect(turned_away_unread(lab, client=client), "app-abort", "response-sent", "server RST+ACK")
    leave(unknown)


@scenario("""sshd takes one unknown client from each address (PerSourceMaxStartups); further ones from it get
          text and a RST, while others are served.""", needs=NEEDS)
def sshd_per_source(lab):
    serve(lab, "MaxStartups 10:30:100", "PerSourceMaxStartups 1")
    visit(lab)
    unknown = greeted(lab)
    for client in (1, 2):
        lab.expect(turned_away_unread(lab), "client-refused", "response-sent", "server RST+ACK",
                   cause=("client-refused", "app-abort"))
        visit(lab, client=client)
    leave(unknown)


@scenario("""A client sends an HTTP request to sshd, which says so and closes with most of it unread: its
          banner, text, then RST.""", points=BOTH, v6=True, needs=NEEDS)
def sshd_gets_http(lab):
    serve(lab)
    visit(lab)
    connection = lab.open(lab.ssh).request(lab.said.request)
    until_reset(connection.client)
    lab.expect(connection, "protocol-mismatch", "response-sent", "server RST+ACK")
    visit(lab)


@scenario("""A client lets sshd wait; it closes after 2 s (LoginGraceTime) by FIN. One client closes, too; one
          says its banner too late and gets a RST.""", needs=NEEDS)
def sshd_grace_time(lab):
    serve(lab, "LoginGraceTime 2")
    visit(lab)
    waiting = [greeted(lab, client=client) for client in (0, 1)]
    for connection in waiting:
        until_closed(connection.client)
    waiting[0].client.close()
    talk_on(waiting[1], lab.said.client_banner)
    visit(lab)
