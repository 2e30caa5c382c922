"""termshark with the settings that docs/other-tools.md gives: its columns and its tree show the verdict.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import re
import subprocess
import time

import commands  # first: it makes the modules of tests/cases known
import tools
import tshark

tools.require("termshark tmux", ("termshark", "tmux"))

PATIENCE_S, LOOK_EVERY_S = 90, 0.5
VERDICT = r"The service resets every client"


class Terminal:
    """A program on a terminal of its own, as an ordinary user."""

    def __init__(self, *words, environment):
        self.socket = tshark.public_folder("terminal-") / "socket"
        settings = [f"{name}={value}" for name, value in environment.items()]
        self.tmux("new-session", "-d", "-x", "130", "-y", "50", "env", "-i", *settings,
                  *tshark.as_ordinary_user(), *map(str, words))

    def tmux(self, *words):
        return subprocess.run(["tmux", "-S", self.socket, *words], check=True, capture_output=True,
                              text=True).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def wait_for(self, pattern):
        deadline = time.monotonic() + PATIENCE_S
        while not re.search(pattern, shown := self.screen()):
            assert time.monotonic() < deadline, f"{pattern} is not shown in time:\n{shown}"
            time.sleep(LOOK_EVERY_S)
        return shown


def settings():
    """The home of a user who has followed the document."""
    home = tshark.public_folder("termshark-")
    folder = home / ".config" / "termshark"
    folder.mkdir(parents=True)
    text = re.search(r"```toml\n(.*?)```", commands.text_of("docs/other-tools.md"), re.DOTALL)[1]
    (folder / "termshark.toml").write_text(text, encoding="utf-8")
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        tshark.give_away(path)
    return home


def test_columns_and_structure_show_the_verdict():
    command = next(line for line in commands.LEFT_OUT if line.startswith("termshark "))
    words = command.replace("FILE", str(tshark.readable(tshark.ROOT / "pcaps/case-a.pcapng"))).split()
    environment = {**tshark.environment(tshark.built_plugin()), "HOME": str(settings()),
                   "TERM": "xterm-256color"}
    with Terminal(*words, environment=environment) as terminal:
        shown = terminal.wait_for(rf"TCP reset analysis: {VERDICT} \(high")
        assert re.search(rf"^ *680 +192\.0\.2\.20 +handshake-done +{VERDICT} +high", shown, re.MULTILINE), shown
