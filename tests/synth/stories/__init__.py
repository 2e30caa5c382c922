# All stories; importing this package fills the list in story.py.
# SPDX-License-Identifier: GPL-2.0-or-later

from . import (astray, carried, copies, disorder, failing, fooling, neighbours, openings, probes,  # noqa: F401
               proxy, resets, said, shapes, world)
