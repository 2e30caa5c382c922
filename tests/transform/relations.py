"""What a change of a capture did to its verdicts.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from collections import Counter
from dataclasses import dataclass, field

from transform.catalogue import CONVERTED, HARMLESS, LOSSY
from transform.rows import SECRET, SURE

TOLERANCE_POINTS = 5
FIELDS = ("stage", "from", "sender", "cause")
SURE_AND_WRONG, NO_VERDICT, NEW_VERDICT = "sure and wrong", "no verdict", "a verdict more"
BROKEN = (*FIELDS, "confidence", NO_VERDICT, NEW_VERDICT)


@dataclass(frozen=True)
class Example:
    """One broken relation; place is None where it may not be shown."""
    kind: str
    place: str | None
    before: str
    after: str


@dataclass
class Outcome:
    """Of one change, over some captures.  rows: those whose RST is still there; counts: by relation broken."""
    captures: int = 0
    left_out: int = 0
    rows: int = 0
    changed: int = 0
    counts: Counter = field(default_factory=Counter)
    examples: list = field(default_factory=list)

    def add(self, other):
        for name in ("captures", "left_out", "rows", "changed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.counts += other.counts
        self.examples += other.examples


def spoken(said):
    if not said:
        return "nothing"
    return f"{said['stage']} {said['sender']} {said['cause']} {said['confidence']} %"


def is_sure_and_wrong(row, said, kind):
    is_wrong = row.is_wrong_of_less if kind in (LOSSY, CONVERTED) else row.is_wrong
    return bool(said) and int(said["confidence"]) >= SURE and is_wrong(said["cause"])


def difference(before, after):
    """Which relation is broken; None if the two say the same."""
    if not after:
        return NO_VERDICT
    broken = next((name for name in FIELDS if before[name] != after[name]), None)
    if broken:
        return broken
    points = abs(int(before["confidence"]) - int(after["confidence"]))
    return "confidence" if points > TOLERANCE_POINTS else None


def compare(change, capture, before, after, kept):
    """before: {frame: verdict} of the capture as it is; after: the same of the changed one, in its order, by the
    frames' numbers in the capture as it is; kept: the numbers of the frames that are left."""
    outcome, left = Outcome(captures=1), dict(after)
    for row in capture.rows:
        old = before.get(row.frame)
        if row.frame not in kept or not old:
            continue
        outcome.rows += 1
        mine = [left.pop(frame) for frame in list(left) if frame == row.frame or str(frame) in old["repeats"]]
        kinds = broken(change, row, old, mine)
        outcome.changed += kinds not in ([], [SURE_AND_WRONG])
        note(outcome, kinds, shown_place(capture, row.frame), spoken(old), " + ".join(map(spoken, mine or [None])))
    if change.kind == HARMLESS:
        compare_others(outcome, capture, before, left)
    return outcome


def broken(change, row, before, after):
    """The relations broken by the verdicts on what was one event."""
    kinds = [difference(before, after[0] if after else None)]
    if len(after) > 1 and change.kind == HARMLESS:
        kinds.append(NEW_VERDICT)
    if after and is_sure_and_wrong(row, after[0], change.kind) and not is_sure_and_wrong(row, before, HARMLESS):
        kinds.append(SURE_AND_WRONG)
    return [kind for kind in kinds if kind]


def compare_others(outcome, capture, before, after):
    """Verdicts on frames that had none."""
    for frame in after.keys() - before.keys():
        outcome.changed += 1
        note(outcome, [NEW_VERDICT], shown_place(capture, frame), "nothing", spoken(after[frame]))


def shown_place(capture, frame):
    return None if SECRET in capture.file.parts else f"{capture.name} frame {frame}"


def note(outcome, kinds, place, before, after):
    for kind in kinds:
        outcome.counts[kind] += 1
        outcome.examples.append(Example(kind, place, before, after))
