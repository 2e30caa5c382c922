"""A file that was read once shows the same of each frame as `-2` does, whenever and in whatever order it is
asked for it, and also after another file.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import functools
import random

import pytest

import alike
import sharkd
import together
import tools
import truth
from contract import FIELDS
from passes import WHOLE, only, seen

tools.require("wireshark-common", ["sharkd", "mergecap", "capinfos"])

OTHER = truth.PCAPS / "case-b.pcapng"
WAYS = {"in order": list, "in order again": list, "backwards": lambda frames: frames[::-1],
        "at random": lambda frames: random.Random(1).sample(frames, len(frames))}


@functools.cache
def shown():
    """{way: {frame: our trees}}, the last way being after another file was open."""
    frames = list(range(1, together.count(together.shapes()) + 1))
    others = [sharkd.frame(number) for number in truth.event_frames(OTHER)]
    orders = {**{way: order(frames) for way, order in WAYS.items()}, "after another file": frames}
    requests, asked = [sharkd.load(together.shapes())], [None]
    for way, order in orders.items():
        if way == "after another file":
            between = [sharkd.load(OTHER), *others, sharkd.load(together.shapes())]
            requests += between
            asked += [None] * len(between)
        requests += map(sharkd.frame, order)
        asked += [(way, number) for number in order]
    found = {way: {} for way in orders}
    for about, answer in zip(asked, sharkd.answers(requests), strict=True):
        trees = sharkd.trees(answer) if about else []
        if trees:
            found[about[0]][about[1]] = trees
    return found


def readable(fields):
    """Values as sharkd and tshark would both write them: a display filter has all digits of a fraction."""
    read = {"FT_BOOLEAN": lambda value: value in ("1", "True"), "FT_DOUBLE": float}
    return {field: [read.get(FIELDS[field], str)(value) for value in values] for field, values in fields.items()}


def test_shown_as_by_two_passes():
    wanted = only(FIELDS, seen(together.shapes(), WHOLE))
    got = {frame: sharkd.fields(trees) for frame, trees in shown()["in order"].items()}
    alike.must_be_equal({frame: readable(had) for frame, had in wanted.items()},
                        {frame: readable(had) for frame, had in got.items()})


@pytest.mark.parametrize("way", [*list(WAYS)[1:], "after another file"])
def test_shown_alike(way):
    alike.must_be_equal(shown()["in order"], shown()[way])


def test_something_is_shown():
    assert len(shown()["in order"]) > 100
