"""Verdicts of many captures by the command tcprst: all captures of the project in about a second.

TCPRST_READER names the command to measure; without it, the one built last is taken.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import concurrent.futures
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = "frame stage from sender cause confidence alternatives evidence form repeats".split()
LISTS = ("alternatives", "evidence", "repeats")


def built():
    """The command under test."""
    if os.environ.get("TCPRST_READER"):
        return Path(os.environ["TCPRST_READER"])
    found = sorted(ROOT.glob("build/*/plugin/reader/tcprst"), key=lambda file: file.stat().st_mtime)
    if not found:
        raise FileNotFoundError("no reader is built; build one (it needs libwiretap-dev) or set TCPRST_READER")
    return found[-1]


def parse(line):
    """(name of the capture, a verdict as {column: text, or list of texts})."""
    capture, *cells = line.split("\t")
    said = dict(zip(COLUMNS, cells, strict=True))
    said.update({column: said[column].split(",") if said[column] else [] for column in LISTS})
    return capture, said


def run(*words):
    """What it prints; it must read all, but may say which frames it did not follow."""
    done = subprocess.run([built(), *words], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):  # 1: a reset needs attention
        raise RuntimeError(f"the reader ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def shares(captures, count):
    """The captures in so many parts of about the same size; big ones first."""
    ordered = sorted(captures, key=lambda file: file.stat().st_size, reverse=True)
    return [part for part in (ordered[i::count] for i in range(count)) if part]


def read_part(captures):
    names = map(str, captures)
    out = run("--quiet", "--verdicts", "--name-files", *names)
    return [parse(line) for line in out.splitlines()]


def verdicts(captures, silences=False):
    """{capture: {frame: the verdict on its first event}}, or of the failures without a reset."""
    captures = list(captures)
    found = {capture: {} for capture in captures}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for rows in pool.map(read_part, shares(captures, os.cpu_count())):
            for name, said in rows:
                if (said["form"] == "silence") != silences:
                    continue
                found[Path(name)].setdefault(int(said["frame"]), said)
    return found
