# What really happened to each connection that failed, matched with the capture, as rows of a table.
# SPDX-License-Identifier: GPL-2.0-or-later

import csv
from dataclasses import dataclass, replace

from lab import frames, silence
from lab.netns import LabError
from lab.scenario import BOTH

NAME = "truth.tsv"
COLUMNS = """file stream frame kind scenario family truth acceptable stage from form sender reason state repeats
             counters""".split()


@dataclass(frozen=True)
class Expected:
    """A connection that is to be reset.  key: ((client, port), (server, port)), or (None, (server, port))
    for each that was reset there.  cause: the verdicts that are honest, where the packets show less
    than the truth."""
    key: tuple
    truth: str
    stage: str
    sent_by: str
    form: str
    sender: str
    cause: tuple = ()
    points: tuple = BOTH


def side(key, frame):
    return "client" if frame.src == key[0] else "server"


def kernels_words(expected, seen, resets):
    """What the kernel said of each RST, by frame number.  It reports a listener's reset without the
    peer's address; those are told apart by their order, if there are as many as frames left.  The
    router may have translated the sender's address."""
    foreign = {one.key if one.sent_by == "client" else one.key[::-1] for one in expected
               if one.sender == "third-party"}
    told, left, unmatched = {}, list(resets), []
    for frame in filter(frames.is_reset, seen):
        if (frame.src, frame.dst) in foreign:
            continue
        own = [reset for reset in left if (reset.src, reset.dst) == (frame.src, frame.dst)]
        translated = [reset for reset in left if (reset.src[1], reset.dst) == (frame.src[1], frame.dst)]
        exact = next(iter(own + translated), None)
        if exact:
            told[frame.number] = exact
            left.remove(exact)
        else:
            unmatched.append(frame)
    for src in {frame.src for frame in unmatched}:
        mine = [frame.number for frame in unmatched if frame.src == src]
        listeners = [reset for reset in left if reset.src == src and reset.dst[1] == 0]
        told |= zip(mine, listeners) if len(mine) == len(listeners) else ()
    return told


def row(expected, seen, words):
    """The columns of an expected connection; raises where the capture shows something else.  Of several
    connections between the same ports, the first RST's counts."""
    mine = [frame for frame in seen if frames.is_reset(frame) and frame.of(expected.key)]
    if not mine:
        raise LabError(f"no RST between {expected.key}: {expected.truth}")
    first = mine[0]
    before = [frame for frame in seen if frame.number < first.number and frame.stream == first.stream]
    shown = (frames.stage(expected.key, before),
             side(expected.key, first), first.form)
    wanted = (expected.stage, expected.sent_by, expected.form)
    if shown != wanted:
        raise LabError(f"frame {first.number} ({expected.truth}) shows {shown}, not {wanted}")
    word = words.get(first.number)
    return {"kind": "reset", "stream": first.stream, "frame": first.number,
            "repeats": " ".join(str(one.number) for one in mine[1:]),
            "truth": expected.truth, "acceptable": " ".join(expected.cause or (expected.truth,)),
            "stage": expected.stage, "from": expected.sent_by, "form": expected.form,
            "sender": expected.sender, "reason": (word and word.reason) or "", "state": word.state if word else ""}


def each(expected, seen):
    """The expectation itself, or one for each connection it stands for."""
    if expected.key[0]:
        return [expected]
    server = expected.key[1]
    clients = {frame.src if frame.dst == server else frame.dst for frame in seen
               if frames.is_reset(frame) and server in (frame.src, frame.dst)}
    return [replace(expected, key=(client, server)) for client in clients]


def rows(point, expected, seen, resets):
    """Those of one capture, by frame; every RST is of exactly one."""
    silences = [one for one in expected if isinstance(one, silence.Silence)]
    expected = [one for one in expected if not isinstance(one, silence.Silence)]
    words = kernels_words(expected, seen, resets)
    told = [row(one, seen, words) for some in expected if point in some.points for one in each(some, seen)]
    claimed = sorted(number for columns in told
                     for number in (columns["frame"], *map(int, columns["repeats"].split())))
    found = [frame.number for frame in seen if frames.is_reset(frame)]
    if claimed != found:
        raise LabError(f"RSTs in frames {found}, but the truth is about {claimed} ({point}'s side)")
    told += silence.rows(point, silences, seen)
    return sorted(told, key=lambda columns: columns["frame"]) or [{}]


def read(folder):
    """All rows of a set, as dictionaries of text; none if there is no table yet."""
    file = folder / NAME
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, dialect="excel-tab"))


def replace_rows(folder, told):
    """told: {file: its rows}.  The others stay, and all are in the order of their files."""
    kept = [columns for columns in read(folder) if columns["file"] not in told]
    fresh = [columns | {"file": file} for file, some in told.items() for columns in some]
    fresh_file = folder / (NAME + ".new")
    with fresh_file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS, restval="", dialect="excel-tab", lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(kept + fresh, key=lambda columns: columns["file"]))  # stable: frames in order
    fresh_file.replace(folder / NAME)
