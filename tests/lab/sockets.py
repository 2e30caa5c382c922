# What Python's sockets cannot do, and what the kernel's table of them says.
# SPDX-License-Identifier: GPL-2.0-or-later

import ctypes
import ipaddress
import struct
from dataclasses import dataclass

from lab.netns import LIBC, ask_kernel

FIN_WAIT2, ZERO_WINDOW_TIMER = "05", "04"


def disconnect(sock):
    """connect() to no address (AF_UNSPEC): the kernel resets the connection, the socket stays."""
    ask_kernel(LIBC.connect, sock.fileno(), ctypes.create_string_buffer(16), 16)


def ends(sock):
    """The two ends of a connected socket, for entry()."""
    return sock.getsockname()[:2], sock.getpeername()[:2]


def as_printed(end):
    """(address, port) as in /proc/net/tcp: words of 32 bits in the machine's order."""
    packed = ipaddress.ip_address(end[0]).packed
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return "".join(f"{word:08X}" for word in words) + f":{end[1]:04X}"


@dataclass(frozen=True)
class Entry:
    """A line of /proc/net/tcp."""
    state: str
    timer: str
    repeats: int  # of what is not acknowledged

    @property
    def is_fin_wait2(self):
        return self.state == FIN_WAIT2

    @property
    def waits_for_window(self):
        return self.timer == ZERO_WINDOW_TIMER


def entry(host, both):
    """What the host's kernel knows of the connection with these ends; None: it has forgotten it."""
    wanted = [as_printed(end) for end in both]
    file = "/proc/thread-self/net/tcp" + "6" * (":" in both[0][0])
    for line in host.read(file).splitlines()[1:]:
        words = line.split()
        if words[1:3] == wanted:
            return Entry(words[3], words[5].partition(":")[0], int(words[6], 16))
    return None
