"""Prints the windows of the running Wireshark, as the accessibility bus (AT-SPI) tells them, as JSON.

Runs as the user that owns the desktop bus.  A window is {"role", "name", "box": [x, y, width, height],
"text", "children"}.  Big lists are left out: the packet list has a cell for each packet and column.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402  (needs the version first)

MOST_CHILDREN = 2000
HIDDEN = ("menu", "menu item", "menu bar", "tool bar", "combo box")


def box(node):
    component = node.get_component_iface()
    if not component:
        return None
    extents = component.get_extents(Atspi.CoordType.SCREEN)
    return [extents.x, extents.y, extents.width, extents.height]


def tell(node):
    role, count = node.get_role_name(), node.get_child_count()
    wanted = 0 if count > MOST_CHILDREN or role in HIDDEN else count
    children = (node.get_child_at_index(index) for index in range(wanted))
    return {"role": role, "name": node.get_name(), "box": box(node), "text": text(node),
            "children": [tell(child) for child in children if child]}


def text(node):
    """What a text field of several lines holds."""
    field = node.get_text_iface()
    told = Atspi.Text.get_text(field, 0, -1) if field else ""
    return told if "\n" in told else ""


def windows():
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(index)
        if application and application.get_name() == "Wireshark":
            yield from tell(application)["children"]


try:
    print(json.dumps(list(windows())))
except GLib.Error:  # a window went away meanwhile, or there is no bus yet: look again
    print("[]")
