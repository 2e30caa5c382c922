#!/usr/bin/env python3
# A server that takes some connections, reads little or nothing, and waits to be killed.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Usage: dying_server.py ADDRESS PORT CONNECTIONS [BYTES]; says "ready", and "full" once it holds them and
has read BYTES of each. Others may listen there, too."""

import signal
import socket
import sys

address, port, wanted = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
to_read = int(sys.argv[4]) if len(sys.argv) > 4 else 0
listener = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                                reuse_port=True)
print("ready", flush=True)
held = [listener.accept()[0] for _ in range(wanted)]
if to_read:
    for one in held:
        one.recv(to_read, socket.MSG_WAITALL)
print("full", flush=True)
signal.pause()
