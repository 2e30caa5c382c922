"""Outcomes as lines for people.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from transform.relations import BROKEN, SURE_AND_WRONG

HEAD = ("kind", "change", "captures", "rows", "changed", *BROKEN, SURE_AND_WRONG)
SHORT = {"no verdict": "lost", "a verdict more": "more", "confidence": "conf.", "sure and wrong": "SURE+WRONG",
         "captures": "files"}


def table(outcomes):
    """Lines in columns."""
    cells = [[SHORT.get(name, name) for name in HEAD]]
    for change, outcome in outcomes.items():
        counts = [outcome.counts[name] for name in (*BROKEN, SURE_AND_WRONG)]
        cells.append([change.kind, change.name, outcome.captures, outcome.rows, outcome.changed, *counts])
    widths = [max(len(str(line[at])) for line in cells) for at in range(len(HEAD))]
    for line in cells:
        texts = [str(cell).ljust(width) if at < 2 else str(cell or ".").rjust(width)
                 for at, (cell, width) in enumerate(zip(line, widths))]
        yield "  ".join(texts).rstrip()


def examples(outcomes, most):
    """Lines: of each change and each relation broken so many that may be shown."""
    for change, outcome in outcomes.items():
        for kind in (SURE_AND_WRONG, *BROKEN):
            shown = sorted((example for example in outcome.examples if example.kind == kind and example.place),
                           key=lambda example: example.place)
            for example in shown[:most]:
                yield f"{change.name}: {kind}: {example.place}: {example.before} -> {example.after}"
