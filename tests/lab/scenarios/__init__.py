# All scenarios; importing this package fills the list in scenario.py.
# SPDX-License-Identifier: GPL-2.0-or-later

from . import controls, server, handshake, client, path, probes  # noqa: F401
