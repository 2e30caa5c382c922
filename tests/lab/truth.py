# What really happened to each connection that was reset, matched with the capture, as TOML.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import dataclass, replace

from lab import frames
from lab.netns import LabError
from lab.scenario import BOTH

HEADER = """\
# What happened in {name}.pcapng in truth; see tests/lab/README.md.
# SPDX-License-Identifier: GPL-2.0-or-later
"""


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


def reasons(expected, seen, resets):
    """The kernel's for each RST, by frame number.  It reports a listener's reset without the peer's
    address; those are told apart by their order, if there are as many as frames left."""
    foreign = {one.key[::-1] for one in expected if one.sender == "third-party"}
    told, left, unmatched = {}, list(resets), []
    for frame in filter(frames.is_reset, seen):
        exact = next((reset for reset in left if (reset.src, reset.dst) == (frame.src, frame.dst)), None)
        if exact and (frame.src, frame.dst) not in foreign:
            told[frame.number] = exact.reason
            left.remove(exact)
        else:
            unmatched.append(frame)
    for src in {frame.src for frame in unmatched}:
        mine = [frame.number for frame in unmatched if frame.src == src]
        listeners = [reset.reason for reset in left if reset.src == src and reset.dst[1] == 0]
        told |= zip(mine, listeners) if len(mine) == len(listeners) else ()
    return told


def event(expected, seen, why):
    """The [[event]] of an expected connection; raises where the capture shows something else."""
    mine = [frame for frame in seen if frames.is_reset(frame) and frame.of(expected.key)]
    if not mine:
        raise LabError(f"no RST between {expected.key}: {expected.truth}")
    first = mine[0]
    shown = (frames.stage(expected.key, [frame for frame in seen if frame.number < first.number]),
             side(expected.key, first), first.form)
    wanted = (expected.stage, expected.sent_by, expected.form)
    if shown != wanted:
        raise LabError(f"frame {first.number} ({expected.truth}) shows {shown}, not {wanted}")
    told = {"frame": first.number, "repeats": [frame.number for frame in mine[1:]],
            "stage": expected.stage, "from": expected.sent_by, "form": expected.form,
            "sender": expected.sender, "truth": expected.truth}
    told |= {"cause": list(expected.cause)} if expected.cause else {}
    return told | ({"reason": why[first.number]} if why.get(first.number) else {})


def each(expected, seen):
    """The expectation itself, or one for each connection it stands for."""
    if expected.key[0]:
        return [expected]
    server = expected.key[1]
    clients = {frame.src if frame.dst == server else frame.dst for frame in seen
               if frames.is_reset(frame) and server in (frame.src, frame.dst)}
    return [replace(expected, key=(client, server)) for client in clients]


def events(point, expected, seen, resets):
    """Those of one capture, by frame; every RST is in exactly one."""
    why = reasons(expected, seen, resets)
    told = sorted((event(one, seen, why) for some in expected if point in some.points
                   for one in each(some, seen)), key=lambda table: table["frame"])
    claimed = sorted(number for table in told for number in (table["frame"], *table["repeats"]))
    found = [frame.number for frame in seen if frames.is_reset(frame)]
    if claimed != found:
        raise LabError(f"RSTs in frames {found}, but the truth is about {claimed} ({point}'s side)")
    return told


def value(item):
    if isinstance(item, dict):
        return "{ " + ", ".join(f"{key} = {value(of)}" for key, of in item.items()) + " }"
    if isinstance(item, list):
        return "[" + ", ".join(map(value, item)) + "]"
    if isinstance(item, str):
        assert '"' not in item and "\\" not in item
        return f'"{item}"'
    return str(item)


def lines(table):
    width = max(map(len, table))
    return "".join(f"{key:<{width}} = {value(item)}\n" for key, item in table.items())


def toml(name, about, told):
    return HEADER.format(name=name) + lines(about) + "".join("\n[[event]]\n" + lines(table) for table in told)
