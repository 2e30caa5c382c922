# All stories; importing this package fills the list in story.py.
# SPDX-License-Identifier: GPL-2.0-or-later

from . import (astray, carried, copies, disorder, failing, openings, proxy, resets,  # noqa: F401
               said, shapes)
