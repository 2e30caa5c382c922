"""Real connections on the loopback interface at a steady rate, of which is known how each ends.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import collections
import contextlib
import itertools
import socket
import struct
import threading
import time

SERVER, NETWORK = "127.77.0.1", "127.77.0.0/16"
ABORT = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 s
BACKLOG = 512

# How connections end, in turn; and whether that is a reset.
ENDS = ("served", "refused", "served", "aborted by client", "served", "aborted by server", "served", "served")
RESETS = {"refused", "aborted by client", "aborted by server"}


def answer(connection, aborts):
    with connection:
        if aborts:
            connection.recv(100)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            return
        while connection.recv(100):
            connection.sendall(b"answer")


def serve(aborts, stopped):
    """The port of a listener, and the thread that answers its clients one after the other."""
    listener = socket.create_server((SERVER, 0), backlog=BACKLOG)
    listener.settimeout(0.2)

    def loop():
        with listener:
            while not stopped.is_set():
                with contextlib.suppress(TimeoutError, ConnectionResetError):
                    answer(listener.accept()[0], aborts)
    thread = threading.Thread(target=loop)
    thread.start()
    return listener.getsockname()[1], thread


def connect(number, end, port):
    """One connection, ended that way."""
    with socket.socket() as client:
        client.bind((f"127.77.{1 + number % 50}.1", 0))
        if end == "refused":
            assert client.connect_ex((SERVER, port))
            return
        client.connect((SERVER, port))
        client.sendall(b"question")
        with contextlib.suppress(ConnectionResetError):
            client.recv(100)
        if end == "aborted by client":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)


def make(seconds, rate, tell=lambda elapsed_s, ended: None):
    """So many connections a second for so long; how many of them ended in which way.  Each second `tell` gets what
    was done until then."""
    stopped, ended, begun = threading.Event(), collections.Counter(), time.monotonic()
    closed = socket.socket()
    closed.bind((SERVER, 0))  # and nobody listens
    (served_port, serving), (aborting_port, aborting) = serve(False, stopped), serve(True, stopped)
    ports = {"refused": closed.getsockname()[1], "aborted by server": aborting_port}
    try:
        for second in itertools.count():
            elapsed_s = time.monotonic() - begun
            if elapsed_s >= seconds:
                return ended
            for i in range(rate):
                number = second * rate + i
                end = ENDS[number % len(ENDS)]
                connect(number, end, ports.get(end, served_port))
                ended[end] += 1
                time.sleep(max(0, begun + second + i / rate - time.monotonic()))
            tell(elapsed_s, ended)
    finally:
        stopped.set()
        closed.close()
        for server in (serving, aborting):
            server.join()
