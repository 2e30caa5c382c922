"""Measures tables of judged captures: one row a connection, read from the frame of its first RST.

| column | |
|---|---|
| `set` | the table of which the row is a part, where several are in one file; may be left out |
| `file` `stream` `first_rst_frame` | where |
| `sha256` | of the file, which is then found by it whatever its name and folder; may be left out |
| `weight` | many alike count less |
| `stage` `sender` | those that are right |
| `accept` | names that are right as the first answer, honest umbrella names included |
| `best` | the most informative of them that these packets and their neighbours justify |
| `forbid` | names that would send the reader after a fault that is not there |
| `high` | is 90 % or more legitimate: `yes`, `neighbours` (by other connections), `no` |
| `comment` | why |

SPDX-License-Identifier: GPL-2.0-or-later
"""

import csv
import hashlib
from dataclasses import dataclass

import changes
import reader

SURE = 90
SHARES = ("stage", "sender", "accept", "best", "top3", "undetermined")
NOTHING = {"stage": "", "sender": "", "cause": "", "confidence": "0", "alternatives": []}


def names(text):
    return [name for name in text.split(",") if name]


@dataclass(frozen=True)
class Judged:
    """A row of the table and what was said of it."""
    row: dict
    said: dict

    @property
    def cause(self):
        return self.said["cause"]

    @property
    def right(self):
        """{share: whether it holds here}."""
        accepted = names(self.row["accept"])
        ranked = [self.cause, *self.said["alternatives"]]
        return {"stage": self.said["stage"] in names(self.row["stage"]),
                "sender": self.said["sender"] in names(self.row["sender"]),
                "accept": self.cause in accepted, "best": self.cause in names(self.row["best"]),
                "top3": any(name in accepted for name in ranked[:3]),
                "undetermined": self.cause == "undetermined"}

    @property
    def is_sure(self):
        return int(self.said["confidence"]) >= SURE

    @property
    def is_forbidden(self):
        return self.cause in names(self.row["forbid"])

    @property
    def is_too_sure(self):
        return self.is_sure and self.row["high"] == "no"

    @property
    def fault(self):
        """A word for what is wrong; "" if nothing is."""
        right = self.right
        if not right["accept"]:
            return "SURE AND WRONG" if self.is_sure else "forbidden" if self.is_forbidden else "wrong"
        if self.is_too_sure:
            return "too sure"
        return "" if right["stage"] and right["sender"] else "stage/sender"

    @property
    def verdict(self):
        return f"{self.said['stage']} {self.said['sender']} {self.cause} {self.said['confidence']} %"

    def place(self, name):
        return f"{name}/{self.row['file']} stream {self.row['stream']} frame {self.row['first_rst_frame']}"


def rows_of(table):
    with table.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))


def by_content(folder):
    """{SHA-256: file} of all files in a folder."""
    return {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in folder.rglob("*") if file.is_file()}


def found(rows, captures):
    """[(row, its capture)], less the rows whose capture is not there."""
    has_contents = bool(rows) and "sha256" in rows[0]
    contents = by_content(captures) if has_contents else {}
    where = ((row, contents.get(row["sha256"]) if has_contents else captures / row["file"]) for row in rows)
    return [(row, capture) for row, capture in where if capture]


def read(table, captures):
    """[Judged] of the rows of a table whose captures are there, in its order."""
    pairs = found(rows_of(table), captures)
    said = reader.verdicts({capture for _, capture in pairs})
    return [Judged(row, said[capture].get(int(row["first_rst_frame"]), NOTHING)) for row, capture in pairs]


def figures(judged):
    """{name: text}: percent of the weight, then numbers of rows."""
    total = sum(float(one.row["weight"]) for one in judged)
    shares = {share: f"{100 * sum(float(one.row['weight']) for one in judged if one.right[share]) / total:.1f}"
              for share in SHARES}
    return {"rows": len(judged), "weight": f"{total:g}", **shares,
            "forbidden": sum(one.is_forbidden for one in judged),
            "high": sum(one.is_sure for one in judged),
            "high_wrong": sum(one.is_sure and not one.right["accept"] for one in judged),
            "high_unjustified": sum(one.is_too_sure for one in judged)}


def faults(name, judged):
    for one in judged:
        if one.fault:
            yield (f"{one.fault}: {one.place(name)}: {one.verdict} (then {';'.join(one.said['alternatives'])}); "
                   f"accepted {one.row['accept']}, stage {one.row['stage']}, sender {one.row['sender']}\n"
                   f"    {one.row['comment']}")


def as_rows(name, judged):
    return [changes.Row(one.place(name), one.verdict, one.row["accept"], not one.fault) for one in judged]


def parts(table, judged):
    """{name: [Judged]} of the sets in a table; one, of the folder's name, where it names none."""
    name = table.resolve().parent.name
    sets = {}
    for one in judged:
        sets.setdefault(one.row.get("set", name), []).append(one)
    return sets


def measure(table, captures, anew):
    """(lines, figures of each set): what is wrong, what changed since the recorded run, and the figures."""
    judged = read(table, captures or table.parent)
    lines, lasts = [], []
    for name, part in parts(table, judged).items():
        changed = changes.report(f"labels-{name}", as_rows(name, part), anew=anew)
        lines += [*faults(name, part), *changed]
        lasts.append(f"{name}: " + " ".join(f"{key}={value}" for key, value in figures(part).items()))
    missing = len(rows_of(table)) - len(judged)
    return lines + [f"{missing} rows left out: their captures are not there"] * bool(missing), lasts, judged
