#!/usr/bin/env python3
# A server that takes some connections, reads nothing, and waits to be killed.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Usage: dying_server.py ADDRESS PORT CONNECTIONS; says "ready", and "full" once it holds them."""

import signal
import socket
import sys

address, port, wanted = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
listener = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
print("ready", flush=True)
held = [listener.accept() for _ in range(wanted)]
print("full", flush=True)
signal.pause()
