"""What one connection is called by itself, and that its neighbours make the difference.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import pytest

import truth
import tshark
from passes import PARTIES, WHOLE, by_hand, seen, stream

# No single connection tells these: docs/facts.md 4.
DECIDED_BY_NEIGHBOURS = """service-failing client-refused port-flapping process-gone listener-gone path-flip
    accept-queue-full syn-cookie-rejected health-check""".split()


@dataclass(frozen=True)
class Lone:
    """One connection of a capture, and what it may be called alone."""
    capture: Path
    frame: int
    wanted: tuple
    alone: tuple

    def __str__(self):
        return f"{truth.name(self.capture)}, frame {self.frame}"


def lone_connections():
    """The first of each event whose truth says what it is called alone."""
    for capture in truth.captures():
        for event in truth.events(capture) or ():
            if "alone" in event.said:
                yield Lone(capture, event.frames[0], tuple(event.causes()), tuple(event.said["alone"]))


def filter_of(had):
    """A display filter of the connection that the frame belongs to, also where a port is used again."""
    said = {name: had[name][-1] for name in PARTIES if name in had}
    ends = [f"{name.removesuffix('.src').removesuffix('.dst')}.addr == {value}" for name, value in said.items()
            if name.startswith("ip")]
    return " && ".join(ends + [f"tcp.port == {said[name]}" for name in ("tcp.srcport", "tcp.dstport")])


@functools.cache
def verdict_alone(lone):
    """The cause, read from a capture that holds this connection and nothing else."""
    out = tshark.public_folder("alone-") / "alone.pcapng"
    tshark.give_away(out.parent)
    had = seen(lone.capture, WHOLE)[lone.frame]
    tshark.text("-2", "-r", tshark.readable(lone.capture), "-Y", filter_of(had), "-w", out, plugin=False)
    rows = tshark.rows(out, ("tcprst.cause", "tcp.stream"), *WHOLE, "-Y", "tcprst.event")
    assert {stream(row) for row in rows.values()} == {"0"}, f"{lone}: not one connection alone"
    return rows[min(rows)]["tcprst.cause"][0]


@pytest.mark.parametrize("lone", lone_connections(), ids=str)
def test_alone(lone):
    line = by_hand(lone.capture, WHOLE, lone.frame)
    together = seen(lone.capture, WHOLE)[lone.frame]["tcprst.cause"][0]
    assert verdict_alone(lone) in lone.alone, line
    if lone.wanted[0] not in lone.alone:
        assert together not in lone.alone, f"the neighbours made no difference: {line}"


@pytest.mark.parametrize("cause", DECIDED_BY_NEIGHBOURS)
def test_some_capture_shows_the_difference(cause):
    assert any(lone.wanted[0] == cause and cause not in lone.alone for lone in lone_connections())
