"""What was said of judged connections of the world, which docs/accuracy.md tells beside the laboratory's figures.

Their captures are not the project's, so that it holds the labels (pcaps/world/labels.tsv) and the record of a run:

    tests/accuracy --labels pcaps/world/labels.tsv --captures FOLDER --write

SPDX-License-Identifier: GPL-2.0-or-later
"""

import csv
import sys

import labels
from reader import ROOT

LABELS = ROOT / "pcaps" / "world" / "labels.tsv"
RECORD = LABELS.with_name("record.tsv")
WHERE = ("set", "sha256", "stream", "first_rst_frame")
SAID = ("stage", "sender", "cause", "confidence")
BUCKETS = ((0, 49), (50, 59), (60, 69), (70, 79), (80, 89), (90, 99))
WIDEST = 8  # points between what was said and what was right

TEXT = """\
## In the world
390 connections that ended in a reset, each judged segment by segment before tcprst was asked; `pcaps/world` has the
labels, says where the captures are from and how to measure. **All of them were seen while rules and weights were
chosen**, so these figures are kinder than those of captures never seen. The captures are not the project's to pass
on: what follows is the record of a run (`pcaps/world/record.tsv`), which continuous integration cannot repeat.

`public` and `wild` are captures of public repositories. `reports` was rebuilt from the facts of public reports whose
cause was found, `adversarial` was made to be mistaken. Percent are of the weight, as many alike count less.
**Best** is the most informative name that the packets and their neighbours justify, **forbidden** one that sends the
reader after a fault that is not there, **too sure** 90 % and more where the packets do not bear it.
"""
CALIBRATION = """\
### Calibration, laboratory and world
Both sets of the laboratory together, and the four of the world by weight. In each bucket what was said and what was
right should differ by less than {widest} points; less than 0 is too modest. Buckets of few rows say little. Where an
answer is right, several names can be acceptable, and confidence is that of the first one alone: an honest broader name
that is accepted beside the exact one makes many modest verdicts right.
"""
FIGURES = (("accept", "acceptable"), ("best", "best"), ("sender", "sender"), ("stage", "stage"),
           ("undetermined", "undetermined"), ("forbidden", "forbidden (rows)"), ("high_wrong", "sure and wrong (rows)"),
           ("high_unjustified", "too sure (rows)"), ("rows", "rows"))


def write(judged):
    """Records what was said.  All rows must have been measured."""
    if len(judged) != len(labels.rows_of(LABELS)):
        sys.exit("not recorded: captures of some rows are missing")
    lines = [WHERE + SAID + ("alternatives",)]
    lines += [tuple(one.row[key] for key in WHERE) + tuple(one.said[key] for key in SAID)
              + (",".join(one.said["alternatives"]),) for one in judged]
    RECORD.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")


def recorded():
    """{set: [Judged]} by the labels and the record."""
    with RECORD.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))
    said = {tuple(row[key] for key in WHERE): row | {"alternatives": labels.names(row["alternatives"])} for row in rows}
    return labels.parts(LABELS, [labels.Judged(row, said[tuple(row[key] for key in WHERE)])
                                 for row in labels.rows_of(LABELS)])


def bucket_of(answers, bucket):
    """(rows, said on average, right) in percent of the weight, of (weight, confidence, is right)."""
    some = [answer for answer in answers if bucket[0] <= answer[1] <= bucket[1]]
    total = sum(weight for weight, _, _ in some)
    if not total:
        return 0, 0, 0
    return (len(some), sum(weight * percent for weight, percent, _ in some) / total,
            100 * sum(weight for weight, _, is_right in some if is_right) / total)


def cells(answers, bucket):
    rows, said, right = bucket_of(answers, bucket)
    if not rows:
        return 0, "", "", ""
    mark = "**" if abs(said - right) >= WIDEST else ""
    return rows, f"{said:.1f}", f"{right:.1f}", f"{mark}{said - right:+.1f}{mark}"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def calibration(laboratory, judged):
    world = [(float(one.row["weight"]), int(one.said["confidence"]), one.right["accept"]) for one in judged]
    return table(("said", "lab rows", "said on average", "right", "too much", "world rows", "said on average",
                  "right", "too much"),
                 [(f"{low}-{high} %", *cells(laboratory, (low, high)), *cells(world, (low, high)))
                  for low, high in BUCKETS])


def section(laboratory):
    """The document's part on the world; laboratory: (weight, confidence, is right) of each of its resets."""
    sets = recorded()
    counted = {name: labels.figures(judged) for name, judged in sets.items()}
    rows = [(title, *(counted[name][key] for name in sets)) for key, title in FIGURES]
    everything = [one for judged in sets.values() for one in judged]
    return "\n".join((TEXT, table(("", *(f"`{name}`" for name in sets)), rows), CALIBRATION.format(widest=WIDEST),
                      calibration(laboratory, everything)))
