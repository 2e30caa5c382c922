"""Changes captures and has the reader judge them.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import concurrent.futures
import functools
import os
import re
import tempfile
import zlib
from pathlib import Path

import reader
import truth

from transform import packet, records, relations
from transform.catalogue import CHANGES

# Other traffic of every kind: servers that work and that fail, scans, tunnels, fragments, silences.
PARTNERS = ("case-a.pcapng", "case-b.pcapng", *(f"variants/{name}.pcapng" for name in (
    "content-filter", "no-rst", "port-filtered", "port-flapping", "printer", "refusals", "slow-but-good",
    "tunnels")))
PARTS = 8  # captures are dealt out to so many parts, so that processes end at about the same time


@functools.cache
def read(file):
    return records.read(file)


def other_side(file):
    """The laboratory's capture of the same traffic at the server; None if there is none, or if it is that."""
    name, kind = file.name.split(".", 1)
    beside = file.with_name(f"{name}-server.{kind}")
    return beside if beside.exists() else None


def changed(change, capture):
    """The changed records; None if the change cannot be made of this capture."""
    others = other_side(capture.file) if change.wants_other_side else partner(capture.name)
    if not others:
        return None
    try:
        return change.apply(read(capture.file), capture.name, read(others))
    except packet.Unsupported:
        return None


def verdicts_of(files):
    """{file: {frame: verdict}}, of each frame's first event."""
    found = {file: {} for file in files}
    for name, said in map(reader.parse, reader.run("--quiet", "--verdicts", "--name-files", *map(str, files))
                          .splitlines() if files else ()):
        found[Path(name)].setdefault(int(said["frame"]), said)
    return found


def by_origin(verdicts, origins):
    """{frame in the capture as it was: verdict}; of a frame's copies the first counts, other captures' have none."""
    found = {}
    for frame, said in sorted(verdicts.items()):
        origin = origins[frame - 1]
        if origin is not None:
            found.setdefault(origin, said)
    return found


def file_of(folder, change, capture):
    """Where the changed capture is written."""
    change_name, capture_name = (re.sub(r"[^A-Za-z0-9.-]+", "-", name) for name in (change.name, capture.name))
    return Path(folder, change_name, f"{capture_name}.pcapng")


def try_change(change, captures, before, folder):
    """Outcome of one change over the captures."""
    total, written = relations.Outcome(), {}
    for capture in captures:
        fresh = changed(change, capture)
        if fresh is None:
            total.left_out += 1
            continue
        file = file_of(folder, change, capture)
        file.parent.mkdir(exist_ok=True)
        records.write(file, fresh)
        written[file] = capture, [record.origin for record in fresh]
    for file, said in verdicts_of(written).items():
        capture, origins = written[file]
        total.add(relations.compare(change, capture, before[capture.file], by_origin(said, origins), set(origins)))
    return total


def try_part(names, captures, folder):
    """[Outcome], one a change; by name, as functions do not travel between processes."""
    changes = [change for change in CHANGES if change.name in names]
    before = verdicts_of([capture.file for capture in captures])
    return [try_change(change, captures, before, folder) for change in changes]


def partner(name):
    """The capture whose traffic is mixed with the one of this name: the same whichever other captures there are."""
    return truth.PCAPS / PARTNERS[zlib.crc32(name.encode()) % len(PARTNERS)]


def try_in(folder, changes, captures):
    """[Outcome], one a change, over all captures; what was changed is written into the folder."""
    parts = [part for part in (captures[at::PARTS] for at in range(PARTS)) if part]
    names = [change.name for change in changes]
    totals = [relations.Outcome() for _ in changes]
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for outcomes in pool.map(functools.partial(try_part, names, folder=folder), parts):
            for total, outcome in zip(totals, outcomes):
                total.add(outcome)
    return totals


def try_all(changes, captures, kept_in=None):
    """The same; without a folder to keep it in, what was changed is thrown away."""
    if kept_in:
        kept_in.mkdir(parents=True, exist_ok=True)
        return try_in(kept_in, changes, captures)
    with tempfile.TemporaryDirectory(prefix="tcprst-metamorphic-") as folder:
        return try_in(folder, changes, captures)
