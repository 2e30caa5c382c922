"""The bench runs, and memory grows no faster than the capture.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).with_name("run")
SIZES = (10000, 20000, 40000)


@pytest.mark.parametrize("kind", ["web", "flood", "scan", "storm"])
def test_memory_grows_with_the_capture(kind):
    told = subprocess.run([sys.executable, BENCH, "--kinds", kind, "--sizes", *map(str, SIZES), "--repeats", "1",
                           "--no-instructions", "--no-rivals"], check=True, capture_output=True, text=True).stdout
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in told.splitlines() if line.startswith(f"| {kind} ")]
    assert len(rows) == len(SIZES), told
    assert all(row[3].endswith(" %") and row[4].endswith(" %") for row in rows), told
    without, ours = rows[-1][-1].split(" / ")
    assert float(ours) < max(1.1, float(without) + 0.1), told
