"""How many verdicts each change changed when that was recorded: a table that can only get better.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from pathlib import Path

from transform.catalogue import HARMLESS
from transform.relations import SURE_AND_WRONG

FILE = Path(__file__).with_name("record.tsv")
SAMPLE, ALL = "sample", "all"
HEAD = f"""\
# Verdicts that each change changed, and those that it made sure and wrong: no run of tests/metamorphic may find more.
# Written by tests/metamorphic --record.  Columns: captures, change, rows, changed, sure and wrong.
"""


def read():
    """{(captures, change): (rows, changed, sure and wrong)}"""
    if not FILE.exists():
        return {}
    lines = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {(captures, name): tuple(map(int, numbers)) for captures, name, *numbers in lines}


def which(is_all):
    return ALL if is_all else SAMPLE


def write(outcomes, is_all):
    """Of changes tried now the numbers are new, the others stay."""
    lines = read()
    for change, outcome in outcomes.items():
        lines[which(is_all), change.name] = (outcome.rows, outcome.changed, outcome.counts[SURE_AND_WRONG])
    text = "".join("\t".join(map(str, (*key, *numbers))) + "\n" for key, numbers in lines.items())
    FILE.write_text(HEAD + text, encoding="utf-8")


def exceeded(outcomes, is_all, with_sure):
    """Sentences on what is worse than recorded.  with_sure: also where more is sure and wrong."""
    recorded = read()
    for change, outcome in outcomes.items():
        _, changed, sure = recorded.get((which(is_all), change.name), (0, 0, 0))
        if change.kind == HARMLESS and outcome.changed > changed:
            yield f"{change.name}: {outcome.changed} verdicts changed, {changed} when it was recorded"
        if with_sure and outcome.counts[SURE_AND_WRONG] > sure:
            yield f"{change.name}: {outcome.counts[SURE_AND_WRONG]} are sure and wrong, {sure} when it was recorded"


def improved(outcomes, is_all):
    """Names of the changes that are better than recorded."""
    recorded = read()
    for change, outcome in outcomes.items():
        _, changed, sure = recorded.get((which(is_all), change.name), (0, 0, 0))
        is_less_harmful = change.kind == HARMLESS and outcome.changed < changed
        if is_less_harmful or outcome.counts[SURE_AND_WRONG] < sure:
            yield change.name
