"""The real Wireshark on a virtual screen, as an ordinary user, with the built plugin.

What its windows say is read from the accessibility bus (AT-SPI), which Qt offers for screen readers: it tells
the rows of trees and dialogs as text, so that no pixel has to be interpreted.  The mouse and keys are
xdotool's; there is no window manager.  Every wait is for a condition, but for menus.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cases"))
import tshark  # noqa: E402  (beside the other tests)

PACKAGES = "wireshark xvfb xdotool imagemagick dbus-daemon at-spi2-core python3-gi gir1.2-atspi-2.0"
TOOLS = ("wireshark", "Xvfb", "xdotool", "import", "dbus-daemon", "/usr/libexec/at-spi-bus-launcher")
MODULES = ("gi.repository.Atspi",)

PATIENCE_S = 60
LOOK_EVERY_S = 0.2
SCREEN = (2000, 1100)
MAIN_WINDOW = (1100, 1000)
PACKET_LIST_HEIGHT = 190

RECENT = """privs.warn_if_elevated: FALSE
gui.geometry_main_x: 0
gui.geometry_main_y: 0
gui.geometry_main_width: {0}
gui.geometry_main_height: {1}
gui.geometry_main_maximized: FALSE
"""
RECENT_OF_PROFILE = """gui.geometry_main_upper_pane: {}
column.width: %m, 55, %t, 125, %s, 115, %d, 115, %p, 65, %L, 60, %i, 510
"""
# No byte pane: the details get its room.
PREFERENCES = ("gui.layout_content_3:NONE",)


class TooLate(AssertionError):
    """A condition did not come true in time."""


def nodes(tree):
    """All windows and widgets below these, outer ones first."""
    for node in tree:
        yield node
        yield from nodes(node["children"])


def named(tree, role, name):
    """The first widget of this role whose name holds this."""
    return next((node for node in nodes(tree) if node["role"] == role and name in node["name"]), None)


def rows(tree):
    """Rows of a tree widget, as tuples of their columns; 4.6 tells blanks that fill a column up, too."""
    columns = sum(node["role"] == "table column header" for node in tree["children"])
    cells = [node["name"].strip() for node in tree["children"] if node["role"] == "table cell"]
    return [tuple(cells[at:at + columns]) for at in range(0, len(cells), columns)] if columns else []


class Desktop:
    """A virtual screen with one Wireshark on it; use it in a with statement."""

    def __init__(self, capture, *arguments, size=MAIN_WINDOW):
        self.capture = tshark.readable(capture)
        self.arguments = arguments
        self.size = size
        self.home = tshark.public_folder("desktop-")
        self.environment = {}

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.prepare_home()
            self.environment = self.own_environment()
            self.environment["DISPLAY"] = self.start_screen(stack)
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.start_bus(stack)
            self.windows()  # starts the accessibility bus: Qt looks for it only once
            self.wireshark = self.start_wireshark(stack)
            self.running = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.running.close()

    def prepare_home(self):
        for name in ("config", "run"):
            (self.home / name).mkdir(mode=0o700)
        (self.home / "config" / "recent_common").write_text(RECENT.format(*self.size), encoding="utf-8")
        (self.home / "config" / "recent").write_text(RECENT_OF_PROFILE.format(PACKET_LIST_HEIGHT),
                                                     encoding="utf-8")
        for helper in ("windows.py", "menu.py"):
            shutil.copy(Path(__file__).with_name(helper), self.home)
        shutil.copytree(tshark.ROOT / "packaging" / "profiles", self.home / "config" / "profiles")
        for path in (self.home, *self.home.rglob("*")):
            tshark.give_away(path)

    def own_environment(self):
        return {**tshark.environment(tshark.built_plugin()), "HOME": str(self.home),
                "WIRESHARK_CONFIG_DIR": str(self.home / "config"), "XDG_RUNTIME_DIR": str(self.home / "run"),
                "QT_ACCESSIBILITY": "1", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}

    def start(self, stack, words, **how):
        """A process in a group of its own, ended with all its children when the stack is unwound."""
        process = subprocess.Popen(words, env=self.environment, cwd=self.home, stdin=subprocess.DEVNULL,
                                   start_new_session=True, **how)
        stack.callback(end, process)
        return process

    def start_screen(self, stack):
        """Its name.  Without -noreset it would turn clients away whenever the last one has left."""
        read, write = os.pipe()
        with open(self.home / "xvfb.log", "wb") as log:
            self.start(stack, ["Xvfb", "-displayfd", str(write), "-nolisten", "tcp", "-noreset",
                               "-screen", "0", f"{SCREEN[0]}x{SCREEN[1]}x24"],
                       pass_fds=[write], stdout=log, stderr=log)
        os.close(write)
        with open(read, encoding="ascii") as told:
            return ":" + told.readline().strip()

    def start_bus(self, stack):
        """The address of a session bus."""
        bus = self.start(stack, [*tshark.as_ordinary_user(), "dbus-daemon", "--session", "--nofork",
                                 "--print-address=1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return bus.stdout.readline().decode().strip()

    def start_wireshark(self, stack):
        preferences = [word for preference in PREFERENCES for word in ("-o", preference)]
        with open(self.home / "wireshark.log", "wb") as log:
            return self.start(stack, [*tshark.as_ordinary_user(), "wireshark", "-r", self.capture,
                                      *preferences, *map(str, self.arguments)], stdout=log, stderr=log)

    def helper(self, name, *words):
        """Runs a script that asks the accessibility bus."""
        return subprocess.run([*tshark.as_ordinary_user(), sys.executable, self.home / name, *words],
                              env=self.environment, capture_output=True, text=True, timeout=PATIENCE_S,
                              cwd=self.home)

    def windows(self):
        """What is on the screen now, as nested widgets."""
        reader = self.helper("windows.py")
        if reader.returncode:
            raise RuntimeError(f"cannot read the windows: {reader.stderr}")
        return json.loads(reader.stdout)

    def wait_for(self, what, look):
        """The first true answer of look(windows); what: for the message when there is none in time."""
        deadline, windows = time.monotonic() + PATIENCE_S, []
        while time.monotonic() < deadline and self.wireshark.poll() is None:
            windows = self.windows()
            found = look(windows)
            if found:
                return found
            time.sleep(LOOK_EVERY_S)
        log = (self.home / "wireshark.log").read_text(errors="replace")
        seen = [node["name"] for node in nodes(windows) if node["name"] and node["role"] != "list item"]
        told = "\n".join(["It said:", log, "Its windows say:", *seen])
        raise TooLate(f"Wireshark does not show {what}. {told}")

    def details(self):
        """Cells of the packet details pane, each a line."""
        def cells(windows):
            pane = named(windows, "tree", "Packet details")
            return [cell for cell in pane["children"] if cell["role"] == "table cell"] if pane else []
        return self.wait_for("packet details", cells)

    def line(self, text):
        """The first line of the details pane that holds this."""
        def look(windows):
            pane = named(windows, "tree", "Packet details")
            return pane and named([pane], "table cell", text)
        return self.wait_for(f'"{text}" in the packet details', look)

    def dialog(self, title):
        return self.wait_for(f"a dialog {title}", lambda windows: named(windows, "dialog", title))

    def xdotool(self, *words):
        done = subprocess.run(["xdotool", *map(str, words)], env=self.environment, capture_output=True,
                              text=True, timeout=PATIENCE_S)
        return done.stdout.split()

    def main_window(self):
        self.wait_for("its main window", lambda windows: named(windows, "frame", self.capture.name))
        return self.xdotool("search", "--onlyvisible", "--name", f"^{self.capture.name}$")[0]

    def press(self, widget):
        """Clicks on a widget that windows() told of."""
        x, y, width, height = widget["box"]
        self.xdotool("mousemove", x + width // 2, y + height // 2, "click", "1")

    def choose(self, *names):
        """An entry of the main menu, by the names of the menus above it and its own."""
        def chosen(_):
            return self.helper("menu.py", *names).returncode == 0
        self.main_window()
        self.wait_for(f"the entry {' > '.join(names)}", chosen)

    def type_filter(self, text):
        """Applies a display filter by hand."""
        self.xdotool("windowfocus", "--sync", self.main_window(), "key", "ctrl+slash", "ctrl+a")
        self.xdotool("type", text)
        self.xdotool("key", "Return")

    def open_line(self, text, below):
        """Opens a tree of the details pane and waits until a line below it shows."""
        x, y, width, height = self.line(text)["box"]
        self.xdotool("windowfocus", "--sync", self.main_window(),
                     "mousemove", x + min(width, 100) // 2, y + height // 2, "click", "1")
        self.xdotool("key", "Right")
        return self.line(below)

    def visible_windows(self):
        return len(self.xdotool("search", "--onlyvisible", "--name", ".*"))

    def choose_below(self, text, *keys):
        """Opens the context menu of a line of the details pane and presses these keys in it."""
        x, y, width, height = self.line(text)["box"]
        before = self.visible_windows()
        self.xdotool("mousemove", x + min(width, 100) // 2, y + height // 2, "click", "3")
        self.wait_for("a context menu", lambda _: self.visible_windows() > before)
        self.xdotool("key", *keys)

    def put_beside(self, title):
        """Moves a dialog out of the main window's way."""
        for window in self.xdotool("search", "--onlyvisible", "--name", title):
            self.xdotool("windowsize", window, SCREEN[0] - MAIN_WINDOW[0], SCREEN[1] // 2,
                         "windowmove", window, MAIN_WINDOW[0], 0)

    def window_named(self, title):
        """The last window opened whose title holds this."""
        found = self.wait_for(f"a window {title}",
                              lambda _: self.xdotool("search", "--onlyvisible", "--name", title))
        return found[-1]

    def resize(self, window, width, height):
        self.xdotool("windowsize", "--sync", window, width, height)
        time.sleep(1)  # its redrawing is told by nothing

    def picture(self, file, window="root"):
        """Few colours: a screen has no more."""
        subprocess.run(["import", "-window", window, "+repage", "+dither", "-colors", "64", "-define",
                        "png:compression-level=9", f"png8:{file}"],
                       env={**os.environ, **self.environment}, check=True, timeout=PATIENCE_S)


def end(process):
    """Ends a process that was started here and those it started; waits for it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
            break
    if process.stdout:
        process.stdout.close()
