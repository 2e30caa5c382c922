"""Who is client and who is server in a list of records.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from synth.wire import ACK, SYN

from transform import packet


class Segment:
    """A TCP segment of a record: its ends, (address, port), and flags."""

    def __init__(self, inside):
        _, data, found = inside
        self.ends = packet.ends(data, found)
        self.flags = packet.tcp_flags(data, found) if self.ends else 0

    @property
    def src(self):
        return self.ends[0]

    @property
    def dst(self):
        return self.ends[1]


def segment_of(record):
    """None if the record holds no TCP segment."""
    inside = packet.packet_of(record)
    found = Segment(inside) if inside else None
    return found if found and found.ends else None


def segments(records):
    """One for each record, None where it is no TCP segment."""
    return [segment_of(record) for record in records]


def services(records):
    """The ends (address, port) that connections were made to: by the handshake, else the lower port."""
    found, begun, others = set(), set(), []
    for segment in filter(None, segments(records)):
        if segment.flags & SYN:
            found.add(segment.src if segment.flags & ACK else segment.dst)
            begun.add(frozenset(segment.ends))
        else:
            others.append(segment)
    found |= {min(segment.ends, key=lambda end: end[1]) for segment in others if frozenset(segment.ends) not in begun}
    return found
