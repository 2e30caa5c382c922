# What Python's sockets cannot do, and what the kernel's table of them says.
# SPDX-License-Identifier: GPL-2.0-or-later

import ctypes
import ipaddress
import socket
import struct
from dataclasses import dataclass

from lab.netns import LIBC, ask_kernel

FIN_WAIT2 = "05"
TCP_INFO_SND_WND = 228  # offset of tcpi_snd_wnd in struct tcp_info


def disconnect(sock):
    """connect() to no address (AF_UNSPEC): the kernel resets the connection, the socket stays."""
    ask_kernel(LIBC.connect, sock.fileno(), ctypes.create_string_buffer(16), 16)


def peers_window(sock):
    """In bytes, as of what has come from the peer."""
    told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_SND_WND + 4)
    return struct.unpack_from("=I", told, TCP_INFO_SND_WND)[0]


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
    repeats: int  # of what is not acknowledged
    probes: int  # of a shut window, or keep-alives, since the peer sent anything

    @property
    def is_fin_wait2(self):
        return self.state == FIN_WAIT2


def entry(host, both):
    """What the host's kernel knows of the connection with these ends; None: it has forgotten it."""
    wanted = [as_printed(end) for end in both]
    file = "/proc/thread-self/net/tcp" + "6" * (":" in both[0][0])
    for line in host.read(file).splitlines()[1:]:
        words = line.split()
        if words[1:3] == wanted:
            return Entry(words[3], int(words[6], 16), int(words[8]))
    return None
