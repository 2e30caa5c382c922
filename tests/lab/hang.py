# Clients that get no answer: how long they try, and what they have done so far.
# SPDX-License-Identifier: GPL-2.0-or-later

import socket
import time

from lab import sockets, wait
from lab.lab import LabError

PATIENCE_S = 40
TCP_USER_TIMEOUT = 18


def limit(host, syn=2, syn_ack=None, data=None, linear=0):
    """How often the host's kernel repeats: SYNs (after 1, 2, 4 s; linear: the first so many after 1 s each, as
    Linux does since 6.5), SYN/ACKs, and data (after 0.2, 0.4, 0.8 s and so on)."""
    for key, value in (("syn_retries", syn), ("synack_retries", syn_ack), ("retries2", data),
                       ("syn_linear_timeouts", linear)):
        if value is not None:
            host.sysctl(f"net.ipv4.tcp_{key}", value)


def until_given_up(*connections):
    """The clients' kernels have."""
    for connection in connections:
        wait.until_readable(connection.client, "the client's kernel gives up", PATIENCE_S)
        if not connection.client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise LabError("the client got an answer")


def ends(connection, who):
    return connection.key if who == "client" else connection.key[::-1]


def until_repeated(connection, times, who="client"):
    """The side has repeated what it said last so often, or has sent so many probes."""
    host = connection.lab.client if who == "client" else connection.lab.server

    def is_repeated():
        entry = sockets.entry(host, ends(connection, who))
        return entry and entry.repeats + entry.probes >= times
    wait.until(is_repeated, f"the {who} repeats it {times} times", PATIENCE_S)


def until_forgotten(connection):
    """The server's kernel knows that its FIN has arrived."""
    wait.until(lambda: not sockets.entry(connection.lab.server, ends(connection, "server")),
               "the server's kernel forgets it", PATIENCE_S)


def pass_time(seconds):
    """Here time itself is what is played."""
    time.sleep(seconds)


def fill(sock, data):
    """Sends as much as the kernel takes."""
    sock.setblocking(False)
    try:
        while data:
            data = data[sock.send(data):]
    except BlockingIOError:
        pass
