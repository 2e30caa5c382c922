"""The captures, and what their truth files want said of them (pcaps/README.md).

TCPRST_PCAPS names another folder of captures.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import functools
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tshark import ROOT

PCAPS = Path(os.environ.get("TCPRST_PCAPS", ROOT / "pcaps"))
CERTAINTIES = ("possible", "likely", "high")
KINDS = (".pcapng", ".pcap", ".pcapng.gz", ".pcap.gz")


@dataclass(frozen=True)
class Event:
    """One [[event]] of a truth file, by which several connections may have ended alike."""
    frames: tuple
    repeats: tuple
    said: dict

    def causes(self):
        """Those that may be named; none means any."""
        wanted = self.said.get("cause", self.said.get("truth", []))
        return [wanted] if isinstance(wanted, str) else wanted


def captures():
    """Every capture of the project, in the order of their names."""
    return sorted(file for file in PCAPS.rglob("*") if file.name.endswith(KINDS))


def shapes():
    """Captures of every shape: the synthesised ones and ordinary traffic.  The other recorded ones differ
    from these in their causes, not in how they are built, and would take long."""
    return [file for file in captures() if file.parent.name != "lab" or file.name.startswith("controls")]


def truth_file(capture):
    name = next(capture.name.removesuffix(kind) for kind in reversed(KINDS) if capture.name.endswith(kind))
    return capture.with_name(name + ".toml")


def name(capture):
    """A capture as the project's root sees it."""
    return os.path.relpath(capture, ROOT)


def numbers(value):
    return (value,) if isinstance(value, int) else tuple(value)


@functools.cache
def events(capture):
    told = tomllib.loads(truth_file(capture).read_text(encoding="utf-8")).get("event", [])
    return tuple(Event(numbers(event.get("frames", event.get("frame", ()))),
                       numbers(event.get("repeats", ())), event) for event in told)


def event_frames(capture):
    return sorted(frame for event in events(capture) for frame in event.frames)


def repeat_frames(capture):
    return sorted(frame for event in events(capture) for frame in event.repeats)


def without_resets():
    return [capture for capture in captures() if truth_file(capture).exists() and not events(capture)]
