# All stories; importing this package fills the list in story.py.
# SPDX-License-Identifier: GPL-2.0-or-later

from . import failing, proxy, shapes, carried, said, astray  # noqa: F401
