"""What a run of tests/accuracy says otherwise than the run recorded before.

A record is a table of rows, kept in build/accuracy: it belongs to one working copy, so that branches do not collide
in it, and rows of the check set never get into the repository.  TCPRST_RECORDS names another folder.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import os
from dataclasses import dataclass
from pathlib import Path

from reader import ROOT

FOLDER = Path(os.environ.get("TCPRST_RECORDS", ROOT / "build" / "accuracy"))


@dataclass(frozen=True)
class Row:
    """One labelled failure: where it is, what was said, what the label wants, and whether that is right."""
    place: str
    said: str
    label: str
    is_right: bool


@dataclass(frozen=True)
class Change:
    before: str
    was_right: bool
    now: Row

    def __str__(self):
        words = {(True, False): "WORSE", (False, True): "better"}
        word = words.get((self.was_right, self.now.is_right), "right" if self.now.is_right else "wrong")
        return f"{word:6} {self.now.place}: {self.before} -> {self.now.said}   (label: {self.now.label})"


def record_of(name):
    return FOLDER / f"{name}.tsv"


def read(name):
    """{place: (said, was right)} of the recorded run; None if there is none."""
    if not record_of(name).exists():
        return None
    lines = record_of(name).read_text(encoding="utf-8").splitlines()
    cells = (line.split("\t") for line in lines)
    return {place: (said, right == "right") for place, said, right in cells}


def write(name, rows):
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{row.place}\t{row.said}\t{'right' if row.is_right else 'wrong'}\n" for row in rows)
    record_of(name).write_text(text, encoding="utf-8")


def since_recorded(name, rows):
    """[Change]; rows that the record does not have are none."""
    recorded = read(name) or {}
    return [Change(*recorded[row.place], row) for row in rows
            if row.place in recorded and recorded[row.place] != (row.said, row.is_right)]


def new_and_gone(name, rows):
    """A sentence on rows that only one of both runs has, or nothing."""
    recorded, places = read(name) or {}, {row.place for row in rows}
    new, gone = len(places - recorded.keys()), len(recorded.keys() - places)
    return f"; {new} rows are new, {gone} gone" if new or gone else ""


def count(changes):
    """A sentence on how many changed, and to what."""
    worse = sum(change.was_right and not change.now.is_right for change in changes)
    better = sum(not change.was_right and change.now.is_right for change in changes)
    return f"{len(changes)} rows changed: {better} better, {worse} worse, {len(changes) - better - worse} neither"


def report(name, rows, is_secret=False, anew=False):
    """Lines on what changed since the recorded run.  Of a secret set no rows are shown."""
    if read(name) is None or anew:
        changes = since_recorded(name, rows)
        write(name, rows)
        told = f"{name}: recorded {len(rows)} rows in {shown(record_of(name))}"
        return [told] + [f"{name}: {count(changes)}"] * bool(changes)
    changes = since_recorded(name, rows)
    lines = [] if is_secret else [str(change) for change in sorted(changes, key=str)]
    return [*lines, f"{name}: {count(changes)}{new_and_gone(name, rows)}"]


def shown(path):
    return os.path.relpath(path, ROOT)
