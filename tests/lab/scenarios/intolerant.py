# A device in the path does not stand SYNs that ask for something newer than itself.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measured on Linux 6.18: a refused SYN ends connect(); only one that is lost is repeated without ECN, and
without MPTCP at the fourth attempt.  So whoever is refused must try the older way by himself."""

import contextlib
import socket

from lab import wait
from lab.lab import Connection, LabError
from lab.scenario import scenario

REJECT = "reject with tcp reset"
ASKS_FOR_ECN = "tcp flags & (syn | ack | ecn | cwr) == syn | ecn | cwr"
ASKS_FOR_MPTCP = "tcp flags & (syn | ack) == syn tcp option mptcp exists"
IPPROTO_MPTCP = 262
ON_HOST = ("port-flapping", "refused-in-path")


@contextlib.contextmanager
def ecn(lab):
    """Within, the client asks for ECN."""
    lab.client.sysctl("net.ipv4.tcp_ecn", 1)
    yield
    lab.client.sysctl("net.ipv4.tcp_ecn", 2)


def dial_mptcp(lab, port, client=0):
    """As dial(), with Multipath TCP offered."""
    family = socket.AF_INET if lab.version == 4 else socket.AF_INET6
    with lab.client.inside():
        sock = lab.keep(socket.socket(family, socket.SOCK_STREAM, IPPROTO_MPTCP))
    sock.settimeout(wait.PATIENCE_S)
    sock.bind((str(lab.address(lab.client, client)), 0))
    return Connection(lab, sock, lab.address(lab.server), port)


def refused_mptcp(lab, port, client=0):
    connection = dial_mptcp(lab, port, client)
    try:
        connection.connect()
    except ConnectionRefusedError:
        return connection
    raise LabError("the SYN with MPTCP was accepted")


def ask_for_ecn(lab, truth, sender=None, **said):
    """Every SYN that asks for ECN is refused; without, the same port serves."""
    for number in (0, 1):
        with ecn(lab):
            refused = lab.refused(lab.web, client=number)
        lab.expect(refused, truth, "syn-sent", "server RST+ACK", sender, **said)
        lab.chat(lab.web, client=number)
    lab.chat(lab.ssh)


def ask_for_mptcp(lab, truth, sender=None, **said):
    """Every SYN that offers MPTCP is refused; without, the same port serves."""
    for number in (0, 1):
        lab.expect(refused_mptcp(lab, lab.web, number), truth, "syn-sent", "server RST+ACK", sender, **said)
        lab.chat(lab.web, client=number)
    lab.chat(lab.ssh)


@scenario("""A box at the router refuses SYNs that ask for ECN; the client's retries without it work.""",
          v6=True)
def ecn_refused(lab):
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", f"{ASKS_FOR_ECN} {REJECT}"):
        ask_for_ecn(lab, "refused-in-path", "third-party")


@scenario("""A box next to the server refuses SYNs that ask for ECN; the client's retries without it work.
          Only the TTL tells.""", near_ms=15, far_ms=0)
def ecn_refused_far(lab):
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", f"{ASKS_FOR_ECN} {REJECT}"):
        ask_for_ecn(lab, "refused-in-path", "third-party")


@scenario("""The server's own packet filter refuses SYNs that ask for ECN; the client's retries without it
          work.""", v6=True)
def ecn_refused_by_host(lab):
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.server, "input", f"{ASKS_FOR_ECN} {REJECT}"):
        ask_for_ecn(lab, "port-flapping", cause=ON_HOST)


@scenario("""A box at the router drops SYNs that ask for ECN; the kernel repeats them without and is
          served: nothing is reset.""")
def ecn_dropped(lab):
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", f"{ASKS_FOR_ECN} drop"), ecn(lab):
        lab.chat(lab.web, lab.ssh)


@scenario("""A box at the router refuses SYNs that offer Multipath TCP; the client's retries by plain TCP
          work.""", v6=True)
def mptcp_refused(lab):
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.router, "forward", f"{ASKS_FOR_MPTCP} {REJECT}"):
        ask_for_mptcp(lab, "refused-in-path", "third-party")


@scenario("""The server's own packet filter refuses SYNs that offer Multipath TCP; the client's retries by
          plain TCP work.""")
def mptcp_refused_by_host(lab):
    lab.listen(lab.web, lab.ssh)
    with lab.rule(lab.server, "input", f"{ASKS_FOR_MPTCP} {REJECT}"):
        ask_for_mptcp(lab, "port-flapping", cause=ON_HOST)


@scenario("""A box at the router strips the Multipath TCP option from SYNs, another drops such SYNs until
          they are repeated without: the connections fall back to plain TCP and nothing is reset.""")
def mptcp_falls_back(lab):
    lab.listen(lab.web)
    for action in ("tcp flags & syn == syn reset tcp option mptcp", f"{ASKS_FOR_MPTCP} drop"):
        with lab.rule(lab.router, "forward", action):
            dial_mptcp(lab, lab.web).connect().talk().close()
            lab.chat(lab.web)
