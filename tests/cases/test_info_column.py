"""The verdict's title in the Info column of the reset, or of the last repeat without an answer, and of the SYN.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import pytest

import truth
import tshark

CASES = [(truth.PCAPS / "case-a.pcapng", "[The service resets every client] "),
         (truth.PCAPS / "case-b.pcapng", "[SYN proxy in front of the server gave up] ")]
every_case = pytest.mark.parametrize("capture, title", CASES, ids=["case-a", "case-b"])
OFF = ("-o", "tcprst.info_column:FALSE")
# The list as a user sees it.  The field `_ws.col.info` is filled before post-dissectors since 4.4.
LIST = ("-o", 'gui.column.format:"No.","%m","Info","%i"')


def infos(capture, *words):
    """{frame: its Info}"""
    lines = tshark.text("-r", tshark.readable(capture), *LIST, *words).splitlines()
    return {int(number): info for number, info in (line.split(maxsplit=1) for line in lines)}


@every_case
def test_resets_and_their_syns_tell_the_cause(capture, title):
    told, plain = infos(capture, "-2"), infos(capture, "-2", *OFF)
    resets = truth.event_frames(capture)
    syns = {int(had["tcprst.syn_frame"][0]): frame for frame, had in
            tshark.rows(capture, ["tcprst.syn_frame"], "-2", "-Y", "tcprst.event").items()}
    for frame, info in told.items():
        before = title if frame in resets else f"[Reset in frame {syns[frame]}: {title[1:]}" if frame in syns else ""
        assert info == before + plain[frame]


@every_case
def test_what_is_not_final_is_not_told(capture, title):
    assert infos(capture) == infos(capture, *OFF)


def test_silences_and_their_syns_tell_the_cause():
    capture = truth.PCAPS / "variants" / "syns-unanswered.pcapng"
    plain = infos(capture, "-2", *OFF)
    silences = tshark.rows(capture, ["tcprst.title", "tcprst.syn_frame"], "-2", "-Y", "tcprst.silence")
    wanted = dict(plain)
    for frame, had in silences.items():
        title, syn = had["tcprst.title"][0], int(had["tcprst.syn_frame"][0])
        wanted[frame] = f"[{title}] {plain[frame]}"
        wanted[syn] = f"[Unanswered in frame {frame}: {title}] {plain[syn]}"
    assert silences and infos(capture, "-2") == wanted
