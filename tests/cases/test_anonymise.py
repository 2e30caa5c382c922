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
            if old.get(side):
                assert stand_ins.setdefault(old[side]["address"], new[side]["address"]) == new[side]["address"]
        for member in ("frame", "time", "time_epoch", "cause", "confidence", "stage", "resets"):
            assert old.get(member) == new.get(member)
    assert len(set(stand_ins.values())) == len(stand_ins)


def test_names_and_stated_words_are_removed():
    text = drawn(NAMED, "json") + drawn(NAMED, "report")
    assert "forbidden.example.net" in text
    assert "forbidden.example.net" not in anonymised(text) and "name-1.invalid" in anonymised(text)

    words = {event["stated_reason"] for event in objects(HOSTILE)[0]} - {None}
    told = "".join(anonymised(drawn(HOSTILE, name)) for name in ("json", "report"))
    assert words and not [one for one in words if one in told or json.dumps(one)[1:-1] in told]
