"""Several capture points in one file: each connection and reset counts once, and sharkd says what tshark says.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import subprocess

import pytest

import sharkd
import tools
import truth
import tshark
from statistics_of import drawn

tools.require("wireshark-common", ["sharkd", "mergecap", "editcap"])

THREE = truth.PCAPS / "variants" / "three-points.pcapng"
CAPTURES = [truth.PCAPS / "case-b-both-sides.pcapng", THREE]
SERVER_INTERFACE = 1  # in the order of their first frames
TOLD = ("tcprst.cause", "tcprst.confidence", "tcprst.sender", "tcprst.points")


@pytest.fixture(scope="module")
def server_first():
    """THREE with a server's clock that is so late that its frames come first: what did not pass there, such as a
    forged reset, is told when the file was read."""
    folder = tshark.public_folder("points-")
    files = []
    for interface in range(3):
        alone, moved = folder / f"{interface}.pcapng", folder / f"{interface}-moved.pcapng"
        subprocess.run(["tshark", "-r", THREE, "-Y", f"frame.interface_id == {interface}", "-w", alone],
                       check=True, capture_output=True)
        subprocess.run(["editcap", "-t", "-1.2" if interface == SERVER_INTERFACE else "0", alone, moved], check=True)
        files.append(moved)
    merged = folder / "merged.pcapng"
    subprocess.run(["mergecap", "-w", merged, *files], check=True)
    merged.chmod(0o644)
    return merged


@pytest.mark.parametrize("capture", CAPTURES, ids=truth.name)
def test_sharkd_says_the_same(capture):
    told = tshark.rows(capture, TOLD, "-2", "-Y", "tcprst.event")
    answers = sharkd.answers([sharkd.load(capture), *map(sharkd.frame, told)])[1:]
    shown = [sharkd.fields(sharkd.trees(answer)) for answer in answers]
    assert [{field: had.get(field) for field in TOLD} for had in shown] == [dict(had) for had in told.values()]


def test_each_point_is_named():
    """A RST that did not come to all three is told by those that saw its connection."""
    for had in tshark.rows(THREE, ["tcprst.points"], "-2", "-Y", "tcprst.event").values():
        assert had["tcprst.points"][0].count("interface ") == 3


def endpoints(capture):
    records = [json.loads(line) for line in drawn(capture, "json").splitlines()]
    return [record for record in records if record["type"] == "endpoint"]


def test_failures_stand_in_the_order_of_the_file(server_first):
    for capture in (THREE, server_first):
        failed = [one for one in endpoints(capture) if one.get("first_failed")]
        assert failed
        for one in failed:
            assert one["first_failed"]["frame"] <= one["last_failed"]["frame"]


def test_connections_count_once(server_first):
    alone = sum(one["connections"] for one in endpoints(THREE))
    assert sum(one["connections"] for one in endpoints(server_first)) == alone
