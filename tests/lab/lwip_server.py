#!/usr/bin/env python3
# A server on lwIP's own TCP, behind a tap interface that exists.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Usage: lwip_server.py ADDRESS TAP REQUEST_BYTES ANSWER_FILE BEHAVIOUR=PORT ...; says "ready".  Each port
has a behaviour, below."""

import ctypes
import os
import socket
import struct
import sys
import threading

LIBRARY = "liblwip.so.0"  # Debian: liblwip0
NETIF_BYTES = 4096  # more than a struct netif has
INITIALISED = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
LINGER_0 = struct.pack("ii", 1, 0)


class Stack:
    """liblwip; its socket calls have the numbers and structures of the system's."""

    def __init__(self, address, tap):
        os.environ["PRECONFIGURED_TAPIF"] = tap
        self.library = ctypes.CDLL(LIBRARY)
        self.address, self.netif = socket.inet_aton(address), ctypes.create_string_buffer(NETIF_BYTES)
        begun = threading.Event()
        self.in_stack = INITIALISED(lambda _: (self.add_interface(), begun.set()))
        self.library.tcpip_init(self.in_stack, None)
        begun.wait()

    def add_interface(self):
        """All addresses are on the link: the tap's host answers for them."""
        own, everywhere = ctypes.create_string_buffer(self.address), ctypes.create_string_buffer(bytes(4))
        self.library.netif_add(self.netif, own, everywhere, everywhere, None, self.library.tapif_init,
                               self.library.tcpip_input)
        self.library.netif_set_default(self.netif)
        self.library.netif_set_up(self.netif)
        self.library.netif_set_link_up(self.netif)

    def ask(self, call, *arguments):
        result = getattr(self.library, "lwip_" + call)(*arguments)
        if result < 0:
            raise OSError(f"lwip_{call}")
        return result

    def listen(self, port):
        listener = self.ask("socket", socket.AF_INET, socket.SOCK_STREAM, 0)
        name = struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + self.address + bytes(8)
        self.ask("bind", listener, name, len(name))
        self.ask("listen", listener, 16)
        return listener

    def receive(self, connection, length, flags=0):
        buffer = ctypes.create_string_buffer(length)
        return self.ask("recv", connection, buffer, length, flags)


def read(stack, connection, length):
    while length > 0:
        got = stack.receive(connection, length)
        if not got:
            return
        length -= got


def serve(stack, connection, request_bytes, answer):
    read(stack, connection, request_bytes)
    stack.ask("send", connection, answer, len(answer), 0)


def until_end(stack, connection, request_bytes, answer):
    """Serves, and closes after the client."""
    serve(stack, connection, request_bytes, answer)
    read(stack, connection, 1)


def answer_unread(stack, connection, request_bytes, answer):
    """Reads a part, answers, and closes."""
    serve(stack, connection, request_bytes // 2, answer)


def unread(stack, connection, *_):
    """Closes with the request unread."""
    stack.receive(connection, 1, socket.MSG_PEEK)


def linger0(stack, connection, *_):
    stack.ask("setsockopt", connection, socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0, len(LINGER_0))


BEHAVIOURS = {"until-end": until_end, "serve": serve, "answer-unread": answer_unread, "unread": unread,
              "linger0": linger0}


def run(stack, listener, behave, *said):
    while True:
        connection = stack.ask("accept", listener, None, None)
        behave(stack, connection, *said)
        stack.ask("close", connection)


def main():
    address, tap, request_bytes, answer_file, *ports = sys.argv[1:]
    with open(answer_file, "rb") as opened:
        answer = opened.read()
    stack = Stack(address, tap)
    for name, port in (word.split("=") for word in ports):
        threading.Thread(target=run, args=(stack, stack.listen(int(port)), BEHAVIOURS[name],
                                           int(request_bytes), answer)).start()
    print("ready", flush=True)


main()
