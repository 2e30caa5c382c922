#!/usr/bin/env python3
# Joins pairs of interfaces to wires with a fixed one-way delay.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Usage: wire.py IFACE,IFACE,MILLISECONDS ...; prints "ready" and runs until it is killed.

Frames keep their order. The delay holds to about 0.1 ms while real-time scheduling is allowed."""

import collections
import contextlib
import os
import select
import socket
import sys
import time

ETH_P_ALL = 0x0003
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
FRAME_BYTES = 65536


class End:
    """One end of a wire, and the frames on their way to the other."""

    def __init__(self, interface, delay_s):
        self.delay_s = delay_s
        self.other = None
        self.travelling = collections.deque()
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.socket.bind((interface, ETH_P_ALL))
        self.socket.setblocking(False)

    def fileno(self):
        return self.socket.fileno()

    def take(self):
        arrives = time.monotonic() + self.delay_s
        with contextlib.suppress(BlockingIOError):
            while True:
                self.travelling.append((arrives, self.socket.recv(FRAME_BYTES)))

    def deliver(self):
        while self.travelling and self.travelling[0][0] <= time.monotonic():
            self.other.socket.send(self.travelling.popleft()[1])


def wire(text):
    left, right, delay_ms = text.split(",")
    ends = End(left, float(delay_ms) / 1000), End(right, float(delay_ms) / 1000)
    ends[0].other, ends[1].other = ends[1], ends[0]
    return ends


def next_arrival_s(ends):
    """Seconds until a frame is due; None: nothing is on its way."""
    due = [end.travelling[0][0] for end in ends if end.travelling]
    return max(0, min(due) - time.monotonic()) if due else None


def main():
    ends = [end for text in sys.argv[1:] for end in wire(text)]
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    print("ready", flush=True)
    while True:
        for end in select.select(ends, [], [], next_arrival_s(ends))[0]:
            end.take()
        for end in ends:
            end.deliver()


if __name__ == "__main__":
    with contextlib.suppress(OSError):  # the interfaces are gone: so is the laboratory
        main()
