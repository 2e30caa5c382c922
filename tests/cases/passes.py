"""What tshark says of a capture, after one pass or with the whole file read, read once for all tests.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import functools
import shlex

import pytest

import truth
import tshark
from contract import FIELDS

ONE = ()
WHOLE = ("-2",)

VERDICT = ("tcprst.cause", "tcprst.sender", "tcprst.confidence", "tcprst.certainty", "tcprst.alternative",
           "tcprst.alternative.confidence")
FACTS = tuple(f"tcprst.{name}" for name in """
    stage from form trigger_frame delay delay_rtt irtt ttl_delta window ack_field ack_field_note history conn_state
    capture_point stated_reason stated_by server.connections server.resets server.clients server.clients_reset
    server.open server.run_length server.run_first_frame""".split())
LINKS = ("tcprst.syn_frame", "tcprst.synack_frame", "tcprst.ack_frame")
PARTIES = ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport")
ALL = (*FIELDS, "tcp.stream", *PARTIES)


@functools.cache
def seen(capture, passes, options=()):
    """{frame: {field: [values]}} of all frames; options: preferences for -o."""
    return tshark.rows(capture, ALL, *passes, *(word for option in options for word in ("-o", option)))


def only(fields, frames):
    """The frames that carry any of these fields, with these alone."""
    left = {frame: {field: had[field] for field in fields if field in had} for frame, had in frames.items()}
    return {frame: had for frame, had in left.items() if had}


def with_field(field, frames):
    return sorted(frame for frame, had in frames.items() if field in had)


def stream(had):
    """The innermost connection of a frame: tunnels and quotes come before it."""
    return had["tcp.stream"][-1]


def parties(had):
    """Addresses and ports, alike in both directions.  Since Wireshark 4.4 a SYN/ACK after a reset begins another
    tcp.stream; what it leads to belongs to the connection all the same."""
    return frozenset(tuple(had.get(field, [""])[-1] for field in PARTIES[end::2]) for end in (0, 1))


def by_hand(capture, passes, frame=None, options=()):
    """A line that shows the same to a human, from the project's root."""
    words = ["tests/cases/tshark.py", *passes, "-r", truth.name(capture)]
    words += [word for option in options for word in ("-o", option)]
    if frame:
        words += ["-Y", f"frame.number == {frame}"]
    return shlex.join(words + ["-O", "tcprst"])


def explain(faults, capture, passes, options=()):
    """Faults as lines for a failed test; each fault is (frame, field, wanted, got)."""
    lines, last = [], None
    for frame, field, wanted, got in faults:
        lines.append(f"{truth.name(capture)}{' -2' if passes else ''}, frame {frame}: {field}: "
                     f"wanted {wanted}, got {got}")
        last = frame
    return "\n".join([*lines, f"by hand: {by_hand(capture, passes, last, options)}"])


def check(faults, capture, passes, options=()):
    faults = list(faults)
    if faults:
        pytest.fail(explain(faults, capture, passes, options), pytrace=False)
