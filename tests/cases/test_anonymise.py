"""docs/anonymise: nothing of the capture's addresses, names and words is left, and everything else is.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import re
import subprocess
import sys

import pytest

import truth
import tshark
from statistics_of import drawn, objects

NAMED, HOSTILE, CODED = (truth.PCAPS / "variants" / f"{name}.pcapng"
                         for name in ("names-cut", "stated-hostile", "stated-otherwise"))
CAPTURES = [*truth.captures()[::16], NAMED, HOSTILE, CODED]
every_capture = pytest.mark.parametrize("capture", CAPTURES, ids=truth.name)


def anonymised(text):
    return subprocess.run([sys.executable, tshark.ROOT / "docs" / "anonymise"], input=text, check=True,
                          capture_output=True, text=True).stdout


def addresses(capture):
    events, endpoints = objects(capture)
    return ({side["address"] for event in events for side in (event["client"], event["server"])}
            | {address for endpoint in endpoints for address in (endpoint["server"]["address"], *endpoint["clients"])})


def named(address, text):
    return re.search(rf"(?<![\w.:]){re.escape(address)}(?![\w:]*\w)(?!\.\d)", text)


@every_capture
def test_no_address_is_left(capture):
    for name in ("report", "json"):
        assert not [one for one in addresses(capture) if named(one, anonymised(drawn(capture, name)))]


@every_capture
def test_verdicts_and_who_met_whom_are_left(capture):
    before, after = ([json.loads(line) for line in text.splitlines()]
                     for text in (drawn(capture, "json"), anonymised(drawn(capture, "json"))))
    stand_ins = {}
    for old, new in zip(before, after, strict=True):
        for side in ("client", "server"):
            if not old.get(side):
                continue
            was, now = (end if isinstance(end, str) else end["address"] for end in (old[side], new[side]))
            assert stand_ins.setdefault(was, now) == now
        for member in ("frame", "time", "time_epoch", "cause", "confidence", "stage", "resets"):
            assert old.get(member) == new.get(member)
    assert len(set(stand_ins.values())) == len(stand_ins)


IDENTIFYING = ("id", "source", "sensor")


@every_capture
def test_nothing_that_identifies_a_connection_or_place_is_left(capture):
    """source and sensor are there as the command writes them, and a line that refers to an event by its id."""
    had = [{"type": "capture", "source": "/home/jo/Berlin 7.pcapng", "sensor": None}]
    had += [json.loads(line) | {"source": f"Berlin-{at % 2}.pcapng", "sensor": "DE-BER-7"}
            for at, line in enumerate(drawn(capture, "json").splitlines())]
    had += [{"type": "answered", "id": one["id"]} for one in had if "id" in one]
    printed = anonymised("".join(json.dumps(one) + "\n" for one in had))
    left = [json.loads(line) for line in printed.splitlines()]
    members = IDENTIFYING + ("community_id",)
    assert not [one for event in had for name in members if (one := event.get(name)) and one in printed]
    for name in IDENTIFYING:
        pairs = {(old[name], new[name]) for old, new in zip(had, left, strict=True) if old.get(name)}
        assert len(pairs) == len({old for old, _ in pairs}) == len({new for _, new in pairs})
    assert all(old.keys() - {"community_id"} == new.keys() for old, new in zip(had, left, strict=True))
    assert all(re.fullmatch("[0-9a-f]{16}", one["id"]) for one in left if "id" in one)


def test_lines_of_one_event_keep_one_id():
    lines = [f"{state:11} 2d2872abe8c15345 680 12:17:12 a" for state in ("provisional", "corrected", "final")]
    lines += ["answered    2d2872abe8c15345", "final       00000000deadbeef 681 12:17:12 a"]
    ids = [line.split()[1] for line in anonymised("\n".join(lines) + "\n").splitlines()]
    assert ids == ["0000000000000001"] * 4 + ["0000000000000002"]


def test_community_id_can_stand_anywhere():
    for line in ('{"community_id":"1:LQU9qZlK+B5F3KDmev6m5PMibrg=","a":1}', '{"a":1,"community_id":"1:x="}'):
        assert json.loads(anonymised(line + "\n")) == {"a": 1}


def test_names_and_stated_words_are_removed():
    text = drawn(NAMED, "json") + drawn(NAMED, "report")
    assert "forbidden.example.net" in text
    assert "forbidden.example.net" not in anonymised(text) and "name-1.invalid" in anonymised(text)

    words = {event["stated_reason"] for event in objects(HOSTILE)[0]} - {None}
    told = "".join(anonymised(drawn(HOSTILE, name)) for name in ("json", "report"))
    assert words and not [one for one in words if one in told or json.dumps(one)[1:-1] in told]
