# All stories; importing this package fills the list in story.py.
# SPDX-License-Identifier: GPL-2.0-or-later

from . import (astray, carried, closings, copies, disorder, endings, failing, fooling, neighbours,  # noqa: F401
               onlookers, openings, points, probes, proxy, reported, resets, said, shapes, silences, world)
