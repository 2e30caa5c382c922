"""The captures, and what is true of them (pcaps/README.md).

What the laboratory recorded has a table of truth for a whole folder; here its facts are wanted, and
tests/accuracy counts how often the causes and senders are right.

TCPRST_PCAPS names another folder of captures; TCPRST_CAPTURES one of captures of your own, which some tests read, too.
TCPRST_SAMPLE=4 bounds the work: of the synthesised captures every fourth, of the recorded ones one a family.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import csv
import functools
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tshark import ROOT

PCAPS = Path(os.environ.get("TCPRST_PCAPS", ROOT / "pcaps"))
SAMPLE_EVERY = int(os.environ.get("TCPRST_SAMPLE", "1"))
CERTAINTIES = ("possible", "likely", "high")
TABLE = "truth.tsv"
KINDS = (".pcapng", ".pcap", ".pcapng.gz", ".pcap.gz")
MOST_BYTES_OF_OWN = 3_000_000


@dataclass(frozen=True)
class Event:
    """One [[event]] of a truth file, by which several connections may have ended alike, or a row of a table."""
    frames: tuple
    repeats: tuple
    said: dict

    def causes(self):
        """Those that may be named; none means any."""
        wanted = self.said.get("cause", [])
        return [wanted] if isinstance(wanted, str) else wanted


def all_captures():
    """Every capture of the project, in the order of their names."""
    return sorted(file for file in PCAPS.rglob("*") if file.name.endswith(KINDS))


def own_captures():
    """What TCPRST_CAPTURES names, less what would take long."""
    folder = os.environ.get("TCPRST_CAPTURES")
    found = Path(folder).expanduser().rglob("*") if folder else ()
    return sorted(file for file in found if file.name.endswith((*KINDS, ".cap"))
                  and file.stat().st_size < MOST_BYTES_OF_OWN)


def synthesised():
    """Not bounded by TCPRST_SAMPLE: for tests that look for one capture among them."""
    return [file for file in all_captures() if not recorded(file)]


@functools.cache
def captures():
    """The synthesised captures, and of the recorded ones a scenario a family; tests/accuracy looks at all."""
    return synthesised()[::SAMPLE_EVERY] + [file for file in all_captures()
                                            if recorded(file) and file in sample(file.parent)]


@functools.cache
def sample(folder):
    """The captures of the first scenario of each family; `check` only adds the families that `tune` lacks."""
    tune = folder.parent / "tune"
    had = {rows[0]["family"] for rows in table(tune).values()} if folder != tune else set()
    first = {}
    for rows in table(folder).values():
        if rows[0]["family"] not in had:
            first.setdefault(rows[0]["family"], rows[0]["scenario"])
    chosen = {}
    for capture, rows in table(folder).items():
        if rows[0]["scenario"] in first.values():
            chosen.setdefault(rows[0]["family"], []).append(capture)
    return {capture for family in chosen.values() for capture in bounded(family)}


def bounded(recordings):
    """Recordings of one kind: one of them is enough for a sample."""
    return recordings[:1] if SAMPLE_EVERY > 1 else recordings


def recorded(capture):
    """By the laboratory."""
    return (capture.parent / TABLE).exists()


def shapes():
    """Captures of every shape: the synthesised ones and ordinary traffic.  The other recorded ones differ
    from these in their causes, not in how they are built, and would take long."""
    return [file for file in captures() if not recorded(file) or file.name.startswith("controls")]


def lab(*names):
    """The recorded captures of these scenarios, of those that are there."""
    found = {name: [] for name in names}
    for file in all_captures():
        if "lab" in file.parts and file.name.split(".")[0] in names:
            found[file.name.split(".")[0]].append(file)
    return [file for name in names for file in bounded(found[name])]


def truth_file(capture):
    name = next(capture.name.removesuffix(kind) for kind in reversed(KINDS) if capture.name.endswith(kind))
    return capture.with_name(name + ".toml")


def name(capture):
    """A capture as the project's root sees it; for pytest, too, which asks when a list of captures is empty."""
    return os.path.relpath(capture, ROOT) if isinstance(capture, Path) else str(capture)


def numbers(value):
    return (value,) if isinstance(value, int) else tuple(value)


@functools.cache
def table(folder):
    """{capture: its rows} of a folder that the laboratory recorded; `frame` is of a reset, `silence_frame` of a
    failure without one; a capture without any failure has a row without both."""
    found = {}
    with (folder / TABLE).open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened, dialect="excel-tab"):
            is_silence = row.get("kind") == "silence"
            frames = {"frame": "" if is_silence else row["frame"],
                      "silence_frame": row["frame"] if is_silence else ""}
            found.setdefault(folder / row["file"], []).append(row | frames)
    return found


def recorded_event(row):
    return Event((int(row["frame"]),), tuple(map(int, row["repeats"].split())),
                 {key: row[key] for key in ("stage", "from", "form")})


def told_event(event):
    return Event(numbers(event.get("frames", ())), numbers(event.get("repeats", ())), event)


@functools.cache
def events(capture):
    """None where nobody says anything about the capture."""
    if recorded(capture):
        rows = table(capture.parent).get(capture)
        return rows and tuple(recorded_event(row) for row in rows if row["frame"])
    if not truth_file(capture).exists():
        return None
    told = tomllib.loads(truth_file(capture).read_text(encoding="utf-8")).get("event", [])
    return tuple(map(told_event, told))


@functools.cache
def silences(capture):
    """Failures without a reset, as events of one frame each; of what is recorded they are not told here."""
    if recorded(capture) or not truth_file(capture).exists():
        return ()
    told = tomllib.loads(truth_file(capture).read_text(encoding="utf-8")).get("silence", [])
    return tuple(map(told_event, told))


def silence_frames(capture):
    return sorted(frame for silence in silences(capture) for frame in silence.frames)


def event_frames(capture):
    return sorted(frame for event in events(capture) for frame in event.frames)


def repeat_frames(capture):
    return sorted(frame for event in events(capture) for frame in event.repeats)


def without_failures():
    """Of the recorded ones the controls only: their silences are not told here."""
    return [capture for capture in shapes() if events(capture) == () and not silence_frames(capture)]
