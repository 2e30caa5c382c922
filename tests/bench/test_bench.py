"""The bench runs, and memory grows no faster than the capture.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import os
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
    assert all(row[4].endswith(" %") and row[6].endswith(" %") for row in rows), told
    without, ours = rows[-1][-1].split(" / ")
    assert float(ours) < max(1.1, float(without) + 0.1), told


@pytest.mark.skipif("TCPRST_READER" not in os.environ, reason="the command tcprst is not built")
def test_live_keeps_its_memory():
    """Three hours of made traffic, of which it remembers some minutes."""
    done = subprocess.run([sys.executable, BENCH.with_name("live"), "replay", "--hours", "3", "--rate", "50", "--every",
                           "10", "--keep", "5000"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "corrections" in done.stdout


@pytest.mark.skipif("TCPRST_READER" not in os.environ, reason="the command tcprst is not built")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may capture here")
def test_live_tells_of_every_reset_on_loopback():
    done = subprocess.run([sys.executable, BENCH.with_name("live"), "loopback", "--minutes", "0.2", "--rate", "100",
                           "--every", "1"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "and dropped 0" in done.stdout


@pytest.mark.skipif("TCPRST_READER" not in os.environ, reason="the command tcprst is not built")
def test_command_is_measured_beside_tshark():
    """It ends if the two do not tell the same events."""
    done = subprocess.run([sys.executable, BENCH.with_name("command"), "--packets", "5000", "--repeats", "1", "--kinds",
                           "web"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| `tcprst --json` |" in done.stdout
