"""Instructions a packet of the analysis do not rise unnoticed, and grow with the capture only.

The reader is counted, by callgrind: it runs the analysis of the plugin without the dissection of Wireshark, so the
figures are small, and almost the same on every run.  A change that raises them on purpose renews the record:

    TCPRST_COST_RECORD=1 ctest --preset test -R cost
    TCPRST_COST_PACKETS=1000000 ctest --preset test -R cost      growth up to there, instead of to 20,000

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "bench"))

import traffic  # noqa: E402

RECORD = HERE / "recorded.json"
READER = os.environ["TCPRST_READER"]
MOST_RISE, MOST_EXPONENT = 1.02, 1.1
LARGEST = int(os.environ.get("TCPRST_COST_PACKETS", 20000))
SMALL, MIDDLE = 100, 2000
GUARDED = ("web", "flood", "scan", "elephant", "storm", "resets", "refusals")


def instructions(folder, kind, packets, form="--unfollowed"):
    """(of a whole run of the reader, packets)"""
    file = folder / f"{kind}-{packets}.pcap"
    frames, _ = traffic.write(file, kind, packets)
    ran = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", READER, form, str(file)],
                         capture_output=True, text=True)
    assert ran.returncode in (0, 1), ran.stderr  # 1: the capture shows trouble
    return int(re.search(r"Collected : (\d+)", ran.stderr)[1]), frames


def compare(name, each):
    """With the record, or renews it."""
    recorded = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    if "TCPRST_COST_RECORD" in os.environ:
        RECORD.write_text(json.dumps(recorded | {name: round(each)}, indent=1, sort_keys=True) + "\n")
    else:
        assert each <= MOST_RISE * recorded[name], f"{each:.0f} instructions a packet, recorded {recorded[name]}"


@pytest.mark.parametrize("kind", ["web", "scan", "storm"])
def test_verdicts(kind, tmp_path):
    start, few = instructions(tmp_path, kind, SMALL, "--verdicts")
    middle, packets = instructions(tmp_path, kind, MIDDLE, "--verdicts")
    compare(f"{kind}, with verdicts", (middle - start) / (packets - few))


@pytest.mark.parametrize("kind", GUARDED)
def test_following(kind, tmp_path):
    start, few = instructions(tmp_path, kind, SMALL)
    middle, packets = instructions(tmp_path, kind, MIDDLE)
    compare(kind, (middle - start) / (packets - few))
    large, many = instructions(tmp_path, kind, LARGEST)
    exponent = math.log((large - start) / (middle - start)) / math.log((many - few) / (packets - few))
    assert exponent <= MOST_EXPONENT, f"grows with the power {exponent:.2f} of the packets"
