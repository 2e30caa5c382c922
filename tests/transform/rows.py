"""What is known to be true of each reset of a capture: the rows that verdicts on changed captures are judged by.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import csv
import functools
import re
from dataclasses import dataclass
from pathlib import Path

import labels
import truth

SECRET = "check"  # no row of it is shown, only totals
SURE = 90
REFINES = re.compile(r"^## (\S+)\n.*; refines \[(\S+?)\]", re.MULTILINE)
BY_A_DEVICE = ("refused-in-path", "rejected-in-path")  # that a host goes on after "its" reset is what tells forgers
# Broader names, besides the causes that a cause refines, which are honest where packets are missing: what the rest of
# the connection or its neighbours look like without them.
UMBRELLAS = {
    "client-refused": ("app-abort",), "process-gone": ("app-abort",), "service-failing": ("app-abort",),
    "app-abort": ("app-reject",),  # without the server's payload
    "port-flapping": ("port-closed",),  # without the neighbours that were served
    "service-starting": ("port-closed",),
    "health-check": ("client-abort",), "connect-probe": ("client-abort",),  # without those like it
    "syn-proxy": ("no-state",),
    "data-after-close": ("no-state",), "idle-timeout": ("no-state",),  # without the FIN, without the silence
    "forged": BY_A_DEVICE, "content-filter": BY_A_DEVICE,
}
NEVER_STATED = {"forged", "content-filter"}  # else a sender's own words are honest where nothing contradicts them


@functools.cache
def refined():
    """{cause: the one that it refines}, as docs/causes.md has them from the core."""
    text = (truth.ROOT / "docs" / "causes.md").read_text(encoding="utf-8")
    return dict(REFINES.findall(text))


def broader(cause):
    parent = refined().get(cause)
    return {*UMBRELLAS.get(cause, ()), *([parent] if parent else ())}


@dataclass(frozen=True)
class Row:
    """A connection's first reset.  accepted: causes that may be named, none meaning any but the forbidden ones."""
    frame: int
    accepted: frozenset
    forbidden: frozenset = frozenset()

    def is_wrong(self, cause):
        return cause not in self.accepted if self.accepted else cause in self.forbidden

    def is_wrong_of_less(self, cause):
        """The same where the capture holds less than the label was made from."""
        honest = {name for accepted in self.accepted for name in broader(accepted)} | {"undetermined"}
        if not self.accepted & NEVER_STATED:
            honest.add("sender-stated")
        return cause not in honest and self.is_wrong(cause)


@dataclass(frozen=True)
class Capture:
    """file: where it is; name: how it is called in messages; rows: None where nothing is known."""
    file: Path
    name: str
    rows: tuple


def of_project():
    """The project's captures, in the order of their names; those without truth are left out."""
    captures = [file for file in truth.all_captures() if truth.events(file) is not None]
    return [Capture(file, truth.name(file), tuple(rows_of(file))) for file in captures]


def rows_of(file):
    if truth.recorded(file):
        for row in truth.table(file.parent).get(file, ()):
            if row["frame"]:
                yield Row(int(row["frame"]), frozenset(row["acceptable"].split()))
        return
    for event in truth.events(file):
        forbidden = event.said.get("not_cause", ())
        forbidden = frozenset([forbidden] if isinstance(forbidden, str) else forbidden)
        for frame in event.frames:
            yield Row(frame, frozenset(event.causes()), forbidden)


def of_labels(table):
    """The captures of a table of judged connections (tests/measure/labels.py)."""
    found = {}
    with table.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE):
            found.setdefault(row["file"], []).append(
                Row(int(row["first_rst_frame"]), frozenset(labels.names(row["accept"])),
                    frozenset(labels.names(row["forbid"]))))
    return [Capture(table.parent / file, f"{table.resolve().parent.name}/{file}", tuple(rows))
            for file, rows in found.items()]


def sample(captures):
    """The synthesised ones, and of the recorded ones the first scenario of each family."""
    wanted = set(truth.captures())
    return [capture for capture in captures if capture.file in wanted]
