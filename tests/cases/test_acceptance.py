"""The two questions that the project began with, asked as a user asks them.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import pytest

import truth
import tshark

CASE_A, CASE_B = truth.PCAPS / "case-a.pcapng", truth.PCAPS / "case-b.pcapng"


def events(capture):
    """[frame, stage, sender, cause, confidence] of each event, by the command that the README names."""
    out = tshark.text("-2", "-r", tshark.readable(capture), "-Y", "tcprst.event", "-T", "fields",
                      "-e", "frame.number", "-e", "tcprst.stage", "-e", "tcprst.sender",
                      "-e", "tcprst.cause", "-e", "tcprst.confidence")
    return [line.split("\t") for line in out.splitlines()]


@pytest.mark.parametrize("capture, cause", [(CASE_A, "service-failing"), (CASE_B, "syn-proxy")],
                         ids=["case-a", "case-b"])
def test_every_failed_connection_is_named(capture, cause):
    rows = events(capture)
    assert [int(row[0]) for row in rows] == truth.event_frames(capture)
    for frame, *said, confidence in rows:
        assert said == ["handshake-done", "server", cause], f"{truth.name(capture)}, frame {frame}"
        assert 0 < int(confidence) <= 100


def test_case_a_calls_the_ack_field_harmless():
    frames = tshark.rows(CASE_A, ("tcprst.ack_field_note",), "-2", "-Y", "tcprst.event")
    assert frames and all("harmless" in had["tcprst.ack_field_note"][0] for had in frames.values())


@pytest.mark.parametrize("cause", ["no-state", "path-flip", "syn-cookie-rejected"])
def test_case_b_names_what_else_it_could_be(cause):
    frames = tshark.rows(CASE_B, ("tcprst.alternative",), "-2", "-Y", "tcprst.event")
    assert frames and all(cause in had.get("tcprst.alternative", []) for had in frames.values()), frames
