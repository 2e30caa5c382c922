"""No text of a verdict claims what the facts of its own connection contradict, on any labelled capture of the project.

Of the laboratory's set `check` only the number is shown, as nobody is to work on its rows.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import collections
import re
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "cases")]

import pytest  # noqa: E402

import truth  # noqa: E402

import claims  # noqa: E402
import reader  # noqa: E402
import spans  # noqa: E402

SECRET = truth.PCAPS / "lab" / "check"


def faults(captures):
    return [f"{capture.name} frame {event['frame']}: {fault}" for capture, event in claims.events(captures)
            for fault in claims.broken(event)]


def wrong_counts(captures):
    by_capture = collections.defaultdict(list)
    for capture, event in claims.events(captures):
        if spans.told(event) or spans.unacknowledged(event):
            by_capture[capture].append(event)
    read = {capture: spans.of_capture(capture) for capture in by_capture}
    return [f"{capture.name} frame {event['frame']}: {fault}" for capture, segments in read.items() if segments
            for event in by_capture[capture] for fault in spans.wrong(segments, event)]


def is_secret(capture):
    return SECRET in capture.parents


def test_texts_claim_nothing_untrue():
    assert faults(capture for capture in truth.all_captures() if not is_secret(capture)) == []


def test_bytes_are_those_that_were_sent():
    assert wrong_counts(capture for capture in truth.all_captures() if not is_secret(capture)) == []


def test_no_more_connections_are_reset_than_there_are():
    """One that survives a reset has another event for the one that ends it."""
    told = re.findall(r"(\d+) of (\d+)\s+connections?", reader.run("--quiet", *map(str, truth.all_captures())))
    assert told and [counts for counts in told if int(counts[0]) > int(counts[1])] == []


def test_the_same_of_check():
    captures = [capture for capture in truth.all_captures() if is_secret(capture)]
    assert len(faults(captures)) + len(wrong_counts(captures)) == 0


UNTRUE = [
    ("request unread", {"history": "ShAr"}),
    ("instead of a FIN", {"history": "ShADadfr"}),
    ("before any answer", {"history": "ShADadr"}),
    ("Capture from before the SYN on", {"history": "ShAr", "syn_frame": 1}),
    ("silent, near the 75 s of nginx keep-alive", {"from": "client"}),
    ("near the 600 s of Cisco half-closed", {"history": "ShADadr"}),
    ("after its FIN in frame 9", {"history": "ShADadfr", "frame": 8}),
    ("all of it was acknowledged", {}),
    ("with {} unfilled", {}),
]


@pytest.mark.parametrize(("text", "facts"), UNTRUE, ids=[text for text, _ in UNTRUE])
def test_an_untrue_claim_is_found(text, facts):
    event = {"history": "ShAr", "from": "server", "stage": "closing", "cause": "some", "frame": 20, "evidence": [],
             "syn_frame": 1, "because": f"The {text}.", "next_step": "Nothing."} | facts
    assert list(claims.broken(claims.Event(event)))
