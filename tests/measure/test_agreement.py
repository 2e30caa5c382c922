"""The command tcprst says of every capture what tshark with the plugin says, or names the frames it cannot follow.

TCPRST_EVERY=1 compares each capture by itself, which takes a run of tshark each.  TCPRST_CAPTURES names a folder of
captures of your own to compare, too, each by itself (those below 3 MB):

    TCPRST_CAPTURES=~/captures ctest --preset test -R reader.agrees

SPDX-License-Identifier: GPL-2.0-or-later
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "cases")]

import tools  # noqa: E402
import truth  # noqa: E402
import tshark  # noqa: E402

import agreement  # noqa: E402
import reader  # noqa: E402

tools.require("wireshark-common", ("mergecap", "editcap"))
FRAGMENTS, LINKS = (truth.PCAPS / "variants" / f"{name}.pcapng" for name in ("fragments", "links"))


def test_agrees_on_every_capture():
    alone = os.environ.get("TCPRST_EVERY") == "1"
    assert agreement.differences(truth.all_captures(), alone) == []


def test_agrees_on_captures_by_themselves():
    assert agreement.differences(truth.shapes()[::4], alone=True) == []


@pytest.mark.parametrize("capture", truth.own_captures(), ids=truth.name)
def test_agrees_on_own_captures(capture):
    assert agreement.differences([capture], alone=True) == []


def test_names_what_it_does_not_follow():
    named = agreement.unfollowed(truth.all_captures())
    assert list(named) == [FRAGMENTS]
    told = subprocess.run([reader.built(), "--json", FRAGMENTS], capture_output=True, text=True, check=False).stderr
    assert told == "tcprst: 2 of 7 frames were not followed (2 of IPv4 fragment); tshark may read more\n"


def test_agrees_on_cut_packets():
    for length in (40, 60, 80):
        cut = tshark.public_folder("cut-") / "cut.pcapng"
        subprocess.run(["editcap", "-s", str(length), LINKS, cut], check=True, capture_output=True)
        cut.chmod(0o644)
        assert agreement.differences([cut], alone=True) == []


def test_reads_a_pipe():
    whole = reader.run("--json", LINKS)
    with LINKS.open("rb") as opened:
        piped = subprocess.run([reader.built(), "--json", "-"], stdin=opened, capture_output=True, text=True,
                               check=False)
    assert piped.returncode == 1
    assert piped.stdout == whole.replace(f'"source":"{LINKS}"', '"source":"-"', 1)


def test_says_what_is_wrong_with_a_file(tmp_path):
    damaged = tmp_path / "damaged.pcapng"
    damaged.write_bytes(LINKS.read_bytes()[:-40])
    done = subprocess.run([reader.built(), "--json", damaged, tmp_path / "none"], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2
    assert done.stdout.count(f'{{"source":"{damaged}","type":"event"') > 1
