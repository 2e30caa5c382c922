"""What tests/metamorphic calls broken.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "cases"), str(TESTS / "measure")]

from transform import relations  # noqa: E402
from transform.catalogue import HARMLESS, LOSSY, Change  # noqa: E402
from transform.rows import Capture, Row  # noqa: E402

FRAME, REPEAT = 7, 9
HERE, SECRET = Path("pcaps/lab/tune/x.pcapng.gz"), Path("pcaps/lab/check/x.pcapng.gz")


def said(cause, confidence, sender="server", stage="request-sent"):
    return {"stage": stage, "from": "server", "sender": sender, "cause": cause, "confidence": str(confidence),
            "repeats": [str(REPEAT)]}


def outcome(kind, after, file=HERE, kept=(FRAME, REPEAT)):
    """Of a change of a capture with one reset, that is truly of a client who is refused."""
    capture = Capture(file, "x", (Row(FRAME, frozenset(["client-refused"])),))
    return relations.compare(Change("a change", kind, None), capture, {FRAME: said("client-refused", 80)}, after, kept)


@pytest.mark.parametrize("kind, after, broken", [
    (HARMLESS, {FRAME: said("client-refused", 85)}, []),
    (HARMLESS, {REPEAT: said("client-refused", 80)}, []),
    (HARMLESS, {FRAME: said("client-refused", 86)}, ["confidence"]),
    (HARMLESS, {FRAME: said("app-reject", 80)}, ["cause"]),
    (HARMLESS, {FRAME: said("app-reject", 95)}, ["cause", "sure and wrong"]),
    (LOSSY, {FRAME: said("app-reject", 95)}, ["cause"]),
    (LOSSY, {FRAME: said("undetermined", 95)}, ["cause"]),
    (LOSSY, {FRAME: said("forged", 95, "third-party")}, ["sender", "sure and wrong"]),
    (LOSSY, {FRAME: said("forged", 89, "third-party")}, ["sender"]),
    (HARMLESS, {FRAME: said("client-refused", 80), REPEAT: said("no-state", 80)}, ["a verdict more"]),
    (HARMLESS, {FRAME: said("client-refused", 80), 3: said("no-state", 80)}, ["a verdict more"]),
    (HARMLESS, {}, ["no verdict"]),
])
def test_says_what_is_broken(kind, after, broken):
    assert list(outcome(kind, after).counts) == broken


def test_a_lost_reset_is_no_row():
    assert outcome(LOSSY, {}, kept=()).rows == 0


def test_places_of_the_check_set_are_not_shown():
    places = [example.place for file in (HERE, SECRET)
              for example in outcome(HARMLESS, {FRAME: said("app-reject", 80)}, file).examples]
    assert places == ["x frame 7", None]
