"""tests/accuracy names each verdict that changed since the recorded run, of failures without a reset too.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

import reader

ACCURACY = Path(__file__).resolve().parents[1] / "accuracy"
# Of resets, and of failures without one: a cause, and what the command says in its place.
RENAMED = {"": (r"\tport-closed\t", r"\tport-flapping\t"), "-silences": (r"\tport-filtered\t", r"\tno-answer\t")}


def measured(folder, command):
    """What tests/accuracy prints of a command's verdicts; it may be less than is wanted."""
    return subprocess.run([ACCURACY], env=os.environ | {"TCPRST_READER": str(command), "TCPRST_RECORDS": str(folder)},
                          capture_output=True, text=True, check=False).stdout


def renaming(folder, before, after):
    """The command under test, but for a cause that it names otherwise."""
    command = folder / "tcprst"
    command.write_text(f'#!/bin/sh\n"{reader.built()}" "$@" | sed "s/{before}/{after}/"\n', encoding="utf-8")
    command.chmod(0o755)
    return command


@pytest.mark.parametrize("kind", RENAMED)
def test_prints_the_rows_that_changed(kind, tmp_path):
    measured(tmp_path / "records", reader.built())
    told = measured(tmp_path / "records", renaming(tmp_path, *RENAMED[kind]))
    counts = dict(re.findall(r"^(\S+): (\d+) rows changed", told, re.MULTILINE))
    sets = [f"{name}{kind}" for name in ("synthesised", "tune", "check")]
    assert sorted(name for name, count in counts.items() if count != "0") == sorted(sets)
    rows = [line for line in told.splitlines() if " -> " in line]
    assert len(rows) == sum(int(counts[name]) for name in sets[:2])  # none of the secret set


def test_counts_rows_that_only_one_run_has(tmp_path):
    measured(tmp_path, reader.built())
    record = tmp_path / "synthesised.tsv"
    lines = record.read_text(encoding="utf-8").splitlines()
    record.write_text("\n".join([*lines[2:], "no-such-capture frame 1\tnothing\tright", ""]), encoding="utf-8")
    assert "; 2 rows are new, 1 gone" in measured(tmp_path, reader.built())
