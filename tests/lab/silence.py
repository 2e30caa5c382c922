# What really happened to each connection that failed without a reset, matched with the capture.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import dataclass

from lab import frames
from lab.netns import LabError
from lab.scenario import EVERYWHERE
from synth.wire import ACK, FIN, SYN

NUMBERS = 1 << 32
NOTHING = "nothing"  # among the causes: the packets show too little to call it a failure at all
EPHEMERAL = 32768  # clients' ports


@dataclass(frozen=True)
class Silence:
    """A connection in which the side `silent` leaves the other without an answer.  key, truth, cause and points
    are as for a reset.  ignores: it is that side that repeats a segment, although it was acknowledged."""
    key: tuple
    truth: str
    stage: str
    silent: str
    cause: tuple = ()
    points: tuple = EVERYWHERE
    ignores: bool = False


def is_before(one, other):
    """Of two sequence numbers."""
    return (one - other) % NUMBERS >= NUMBERS // 2


def end(frame):
    """The number after all that it takes."""
    return (frame.seq + frame.length + bool(frame.flags & SYN) + bool(frame.flags & FIN)) % NUMBERS


def questions(side, mine):
    """The segments of that side that want an answer: what takes numbers, and probes, which have none of their
    own but one that was sent before.  In the order of the file."""
    highest = None
    for frame in mine:
        if frame.src != side or frames.is_reset(frame):
            continue
        if end(frame) != frame.seq or (highest is not None and is_before(frame.seq, highest)):
            yield frame
        highest = end(frame) if highest is None or is_before(highest, end(frame)) else highest


def of(key, seen):
    return [frame for frame in seen if frame.of(key)]


def row(expected, seen):
    """The columns of an expected silence; raises where the capture shows something else."""
    key, mine = expected.key, of(expected.key, seen)
    asking, silent = key if expected.silent == "server" else key[::-1]
    asked = list(questions(silent if expected.ignores else asking, mine))
    if not asked or any(map(frames.is_reset, mine)):
        raise LabError(f"no silence between {key}: {expected.truth}")
    last = asked[-1]
    late = [frame.number for frame in mine if frame.number > last.number and frame.src == silent
            and (frame.length or frame.flags & FIN)]
    if late:
        raise LabError(f"frame {last.number} ({expected.truth}) is answered in {late}")
    shown = {frames.stage(key, [frame for frame in mine if frame.number < to])
             for to in (last.number, last.number + 1)}
    if expected.stage not in shown:
        raise LabError(f"frame {last.number} ({expected.truth}) shows {shown}, not {expected.stage}")
    return {"kind": "silence", "stream": last.stream, "frame": last.number, "truth": expected.truth,
            "acceptable": " ".join(expected.cause or (expected.truth,)), "stage": expected.stage,
            "from": expected.silent}


def is_left_unanswered(side, mine):
    """Whether that side repeats something that the other never acknowledges, or probes without an answer."""
    other = [frame for frame in mine if frame.src != side]
    acks = [frame.ack for frame in other if frame.flags & ACK]
    left = [frame for frame in questions(side, mine)
            if all(is_before(ack, end(frame)) for ack in acks) or frame.number > other[-1].number]
    return len({frame.seq for frame in left}) < len(left)


def unanswered(seen):
    """The connections of a capture, as (one end, other end), in which a side repeats something in vain, and
    neither end is reset."""
    reset = {end for frame in seen if frames.is_reset(frame) for end in (frame.src, frame.dst)}
    streams = {}
    for frame in seen:
        streams.setdefault(frame.stream, []).append(frame)
    for mine in streams.values():
        ends = mine[0].src, mine[0].dst
        clients = {frame.src for frame in mine if frame.src[1] >= EPHEMERAL}
        if not clients & reset and any(is_left_unanswered(side, mine) for side in ends):
            yield ends


def rows(point, expected, seen):
    """Those of one capture, by frame.  What is repeated in vain is of one of them."""
    told = [row(one, seen) for one in expected if point in one.points and of(one.key, seen)]
    keys = {frozenset(one.key) for one in expected if point in one.points}
    strange = [ends for ends in unanswered(seen) if frozenset(ends) not in keys]
    if strange:
        raise LabError(f"unanswered, but the truth says nothing of {strange} ({point}'s side)")
    return told
