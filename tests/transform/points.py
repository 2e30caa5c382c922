"""Two captures of the same traffic in one file, as mergecap writes them: each is an interface.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import struct
from dataclasses import dataclass
from random import Random
from pathlib import Path
from typing import NamedTuple

from synth import pcapng
from synth.wire import ACK, SYN

from transform import packet

MILLION = 1_000_000


class Clock(NamedTuple):
    """What the server's capture has for the time of an instant, so many nanoseconds after its first frame."""
    name: str
    shifted_ns: int
    drift_ppm: int

    def time_ns(self, first_ns, time_ns):
        return time_ns + self.shifted_ns + (time_ns - first_ns) * self.drift_ppm // MILLION


@dataclass(frozen=True)
class Layout:
    """How two captures become one file: the clock of the second, whether interfaces tell them apart, and how many of
    the frames each of them lost, in percent."""
    name: str
    clock: Clock
    has_interfaces: bool = True
    lost: int = 0


SAME = Clock("same clock", 0, 0)
LAYOUTS = (
    Layout("plain", SAME),
    Layout("3.7 s ahead", Clock("3.7 s ahead", 3_700 * MILLION, 0)),
    Layout("3.7 s slow", Clock("3.7 s slow", -3_700 * MILLION, 0)),
    Layout("50 ppm fast", Clock("50 ppm fast", 0, 50)),
    Layout("one interface", SAME, has_interfaces=False),
    Layout("5 % lost", SAME, lost=5),
)


class Frame(NamedTuple):
    """A frame of the merged file: of which capture, 0 or 1, and its number there."""
    time_ns: int
    point: int
    number: int
    record: object


def merged(first, second, layout):
    """[Frame] by time stamp; at equal times the first capture's come first."""
    chance = Random(len(first))  # another one for each pair, the same in each run
    began_ns = second[0].time_ns if second else 0
    frames = [Frame(record.time_ns, 0, number, record) for number, record in enumerate(first, 1)]
    frames += [Frame(layout.clock.time_ns(began_ns, record.time_ns), 1, number, record)
               for number, record in enumerate(second, 1)]
    kept = [frame for frame in frames if chance.random() * 100 >= layout.lost]
    return sorted(kept, key=lambda frame: frame.time_ns)


def write(file, frames, layout):
    """Interfaces: one a capture and link type; one a link type where they do not tell the captures apart."""
    keys = [(frame.point if layout.has_interfaces else 0, frame.record.link) for frame in frames]
    order = sorted(set(keys)) or [(0, pcapng.LINK_ETHERNET)]
    blocks = [pcapng.section_header("two points, merged by tests/two-points")]
    blocks += [pcapng.interface(link, pcapng.WHOLE_FRAME) for _, link in order]
    blocks += [pcapng.packet(order.index(key), frame.time_ns, frame.record.data, pcapng.WHOLE_FRAME,
                             frame.record.original_bytes) for key, frame in zip(keys, frames)]
    Path(file).write_bytes(b"".join(blocks))


def ends_and_numbers(records):
    """[(ends, initial number of the client or None)], None where a frame holds no TCP segment."""
    found, known = [], {}
    for record in records:
        inside = packet.packet_of(record)
        ends = inside and packet.ends(*inside[1:])
        if not ends:
            found.append(None)
            continue
        _, data, headers = inside
        key, at = frozenset(ends), headers.header_bytes
        if packet.tcp_flags(data, headers) & (SYN | ACK) == SYN and len(data) >= at + 8:
            known[key] = struct.unpack_from("!I", data, at + 4)[0]
        found.append((key, known.get(key)))
    return found


def connection_keys(*captures):
    """For each capture [what the frame's connection is known by], None where there is no TCP segment: the initial
    number of its client, which no address translation changes; else, if no capture holds its SYN, its two ends."""
    read = [ends_and_numbers(records) for records in captures]
    numbers = {ends: number for side in read for ends, number in filter(None, side) if number is not None}
    return tuple([pair and (numbers.get(pair[0], pair[0]) if pair[1] is None else pair[1]) for pair in side]
                 for side in read)
