#!/usr/bin/env python3
# A client that asks, does not read the answer, and waits to be killed.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Usage: dying_client.py SOURCE ADDRESS PORT; sends what is in its standard input and says its own port."""

import signal
import socket
import sys

source, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
connection = socket.create_connection((address, port), source_address=(source, 0))
connection.sendall(sys.stdin.buffer.read())
print(connection.getsockname()[1], flush=True)
signal.pause()
