# All stories; importing this package fills the list in story.py.
# SPDX-License-Identifier: GPL-2.0-or-later

from . import (astray, carried, closings, copies, disorder, failing, fooling, neighbours, onlookers,  # noqa: F401
               openings, points, probes, proxy, resets, said, shapes, silences, world)
