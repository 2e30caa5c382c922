"""How many bytes of payload each side of a connection had sent, read from the frames by nothing of the plugin's.

The span of sequence numbers from the SYN on, less SYN and FIN [RFC 9293 section 3.4].

SPDX-License-Identifier: GPL-2.0-or-later
"""

import re
import struct
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from synth.wire import SYN  # noqa: E402
from transform import packet, records  # noqa: E402

HALF = 1 << 31
OPENINGS = {"client": "syn_frame", "server": "synack_frame"}


def payload_of(record):
    """(ends, first number, bytes) of a TCP segment, its SYN not counted; None if it is none."""
    inside = packet.packet_of(record)
    ends = packet.ends(*inside[1:]) if inside else None
    if not ends:
        return None
    _, data, found = inside
    tcp = data[found.header_bytes:]
    number, = struct.unpack_from("!I", tcp, 4)
    header_bytes = tcp[12] >> 4 << 2
    begin = number + bool(packet.tcp_flags(data, found) & SYN)
    is_left_to_hardware = found.total_bytes < found.header_bytes
    whole = len(data) if is_left_to_hardware else found.total_bytes
    return ends, begin, whole - found.header_bytes - header_bytes


def of_event(segments, event):
    """{side: bytes} before the event's reset; None if the capture lacks the connection's SYN or SYN/ACK."""
    if not (event["syn_frame"] and event["synack_frame"]):
        return None
    sent = {}
    for side, opening in OPENINGS.items():
        opened = segments[event[opening] - 1]
        if not opened:
            return None
        ends, first, _ = opened
        later = (one for one in segments[event[opening] - 1:event["frame"] - 1] if one and one[0] == ends)
        spans = (((begin - first) & 0xffffffff) + count for _, begin, count in later if count)
        sent[side] = max((span for span in spans if span < HALF), default=0)
    return sent


def of_capture(capture):
    """A segment, or None, for each frame; None if frames hold what is not taken apart here."""
    try:
        return [payload_of(record) for record in records.read(capture)]
    except (packet.Unsupported, records.Unreadable, struct.error, IndexError):
        return None


def told(event):
    """[(bytes told, by whom)] in what is shown of an event: all payload of a side, without its FIN."""
    complete = re.match(r"client (\d+) bytes, server (\d+) bytes", event.value("exchange-complete"))
    exchanged = re.search(r"after sending (\d+) bytes and receiving (\d+)", event["because"])
    return [(int(number), side) for match in (complete, exchanged) if match
            for number, side in zip(match.groups(), OPENINGS)]


def unacknowledged(event):
    """[(bytes told, by whom)] of which a side had sent at least so many."""
    own = re.search(r"with (\d+) bytes of its own not", event["because"])
    other = re.search(r"(\d+) bytes from the server not", event["because"])
    return ([(int(own[1]), event["from"])] if own else []) + ([(int(other[1]), "server")] if other else [])


def wrong(segments, event):
    """Sentences on byte counts that the frames contradict."""
    sent = of_event(segments, event)
    if not sent:
        return
    for count, side in told(event):
        if count != sent[side]:
            yield f"{count} bytes of the {side}, which sent {sent[side]}"
    for count, side in unacknowledged(event):
        if count > sent[side]:
            yield f"{count} bytes of the {side} not acknowledged, which sent {sent[side]}"
