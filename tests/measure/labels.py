"""Measures tables of judged captures: one row a connection, read from the frame of its first RST.

| column | |
|---|---|
| `file` `stream` `first_rst_frame` | where |
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


def read(table, captures):
    """[Judged] of a table, in its order."""
    with table.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))
    said = reader.verdicts({captures / row["file"] for row in rows})
    return [Judged(row, said[captures / row["file"]].get(int(row["first_rst_frame"]), NOTHING)) for row in rows]


def figures(judged):
    """{name: text}: percent of the weight, then numbers of rows."""
    total = sum(float(one.row["weight"]) for one in judged)
    found = {share: f"{100 * sum(float(one.row['weight']) for one in judged if one.right[share]) / total:.1f}"
             for share in SHARES}
    return {"rows": len(judged), "weight": f"{total:g}", **found,
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


def measure(table, captures, anew):
    """Lines on one table: what is wrong, what changed since the recorded run, and the figures last."""
    name = table.resolve().parent.name
    judged = read(table, captures or table.parent)
    changed = changes.report(f"labels-{name}", as_rows(name, judged), anew=anew)
    last = " ".join(f"{key}={value}" for key, value in figures(judged).items())
    return [*faults(name, judged), *changed], f"{name}: {last}"
