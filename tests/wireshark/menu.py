"""Chooses an entry of the running Wireshark's menus, by the names of the menus and of the entry.

    menu.py Analyze "Conversation Filter" "Resets of this server"

By the accessibility bus (AT-SPI), so it does not matter what else the menus hold.  Runs as the user that owns the
desktop bus.  Status 1: there is no such entry.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import sys
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402  (needs the version first)

AROUND = ("application", "frame", "menu bar", "popup menu")  # stand between a menu and its entries
ENTRIES = ("menu", "menu item")


def children(node):
    return filter(None, (node.get_child_at_index(index) for index in range(node.get_child_count())))


def entries(node):
    """The entries of a menu, or of the menu bar."""
    for child in children(node):
        if child.get_role_name() in ENTRIES:
            yield child
        elif child.get_role_name() in AROUND:
            yield from entries(child)


def main(names):
    node = Atspi.get_desktop(0)
    for name in names:
        node = next((entry for entry in entries(node) if entry.get_name() == name), None)
        if not node:
            sys.exit(f"{name}: no such entry")
    Atspi.Action.do_action(node.get_action_iface(), 0)


warnings.simplefilter("ignore")  # of names that newer bindings deprecate
main(sys.argv[1:])
