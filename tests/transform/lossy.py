"""Changes of a capture that take information away.  Each takes a list of records and returns another.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from random import Random

from synth.wire import RST

from transform import flows


def cut(records, snaplen):
    return [record._replace(data=record.data[:snaplen]) for record in records]


def lost(records, percent, seed):
    """The tap lost so many of the frames."""
    chance = Random(seed)
    return [record for record in records if chance.random() * 100 >= percent]


def one_direction(records, is_to_server):
    """A tap that sees one of two fibres, or an asymmetric route.  What is no TCP is kept."""
    served = flows.services(records)

    def is_kept(segment):
        return not segment or (segment.dst in served) == is_to_server

    return [record for record, segment in zip(records, flows.segments(records)) if is_kept(segment)]


def begun_late(records, percent):
    return records[len(records) * percent // 100:]


def ended_early(records, percent):
    return records[:len(records) - len(records) * percent // 100]


def first_reset(records):
    """The place of the first RST in the list; the list's length if there is none."""
    segments = flows.segments(records)
    return next((at for at, segment in enumerate(segments) if segment and segment.flags & RST), len(records))


def begun_at_reset(records, frames_before):
    return records[max(first_reset(records) - frames_before, 0):]


def ended_at_reset(records, frames_after):
    return records[:first_reset(records) + 1 + frames_after]
