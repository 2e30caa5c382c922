"""The TCP segments and connections of a capture, from plain fields of tshark, without the plugin.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import dataclasses
import functools

import pytest

import tshark

FIELDS = ("frame.number", "frame.time_epoch", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst",
          "tcp.dstport", "tcp.flags", "tcp.len", "tcp.seq_raw")
FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10


@dataclasses.dataclass
class Segment:
    frame: int
    second: int  # since 1970
    stream: int
    source: tuple  # address and port
    target: tuple
    flags: int
    payload_bytes: int
    number: int


def read_line(line):
    """None of a header that claims to be shorter than TCP's, which has no length there: it is no segment."""
    frame, time, stream, v4, v6, port, to_v4, to_v6, to_port, flags, length, number = line.split("\t")
    if not length:
        return None
    return Segment(int(frame), int(time.split(".")[0]), int(stream), (v4 or v6, int(port)),
                   (to_v4 or to_v6, int(to_port)), int(flags, 16), int(length), int(number))


@functools.cache
def segments(capture):
    """Of a capture; None where a frame holds several (tunnels, ICMP)."""
    words = [word for field in FIELDS for word in ("-e", field)]
    lines = tshark.text("-r", tshark.readable(capture), "-Y", "tcp", "-T", "fields", *words, plugin=False).splitlines()
    if any("," in line or not any(line.split("\t")[3:5]) for line in lines):
        return None
    return [one for one in map(read_line, lines) if one]


def stream_of(segment, by_syn, first):
    """Since Wireshark 4.4 a SYN repeated after a reset begins another tcp.stream: here it stays in its first one."""
    if segment.flags & (SYN | ACK) == SYN:
        syn = segment.source, segment.target, segment.number
        first[segment.stream] = by_syn.setdefault(syn, first.get(segment.stream, segment.stream))
    return first.get(segment.stream, segment.stream)


@functools.cache
def streams(capture):
    """{stream: its segments}, or skips."""
    told = segments(capture)
    if told is None:
        pytest.skip("frames of several layers")
    found, by_syn, first = {}, {}, {}
    for segment in told:
        found.setdefault(stream_of(segment, by_syn, first), []).append(segment)
    if is_translated(found):
        pytest.skip("two clients with one SYN: captured before and behind an address translation")
    return found


def is_translated(found):
    """A scanner's SYNs have one number, too, but one client."""
    clients = {}
    for stream in found.values():
        if opened_by_syn(stream):
            clients.setdefault(stream[0].number, set()).add(stream[0].source[0])
    return any(len(each) > 1 for each in clients.values())


def opened_by_syn(stream):
    return stream[0].flags & (SYN | ACK) == SYN


def server_by_syn(stream):
    """The end that got a SYN or sent a SYN/ACK; None: neither is there."""
    for one in stream:
        if one.flags & SYN:
            return one.source if one.flags & ACK else one.target
    return None


def servers(found):
    """{stream: its server}.  Of a connection without SYNs the end that others' SYNs show to be one, else the lower
    port."""
    known = {server_by_syn(stream) for stream in found.values()}
    told = {}
    for number, stream in found.items():
        ends = sorted((stream[0].source, stream[0].target), key=lambda end: end[1])
        told[number] = server_by_syn(stream) or next((end for end in ends if end in known), ends[0])
    return told


def is_reset(stream):
    return any(one.flags & RST for one in stream)


def is_closed(stream):
    """Both sides sent a FIN."""
    return len({one.source for one in stream if one.flags & FIN}) == 2


def without_any_answer(stream):
    """The client repeated its SYN at least twice, and the capture has nothing of the server's."""
    return sum(one.flags & (SYN | ACK) == SYN for one in stream) > 2 and len({one.source for one in stream}) == 1


def answer_frame(stream, server):
    """Where the server first sent payload, or closed in order after the client's request; None if it never did."""
    asked = False
    for one in stream:
        if one.source == server and (one.payload_bytes or (asked and one.flags & FIN)):
            return one.frame
        asked = asked or (one.source != server and one.payload_bytes > 0)
    return None


def failure_frame(stream, server):
    """Where the server's first reset came, if it came before any payload of the server's."""
    reset = next((one.frame for one in stream if one.source == server and one.flags & RST), None)
    answer = answer_frame(stream, server)
    return reset if reset and not (answer and answer < reset) else None


def try_of(stream):
    """How a client's SYN fared: refused, unanswered, left half open, or accepted and left by a reset before any data;
    else None."""
    client = stream[0].source
    others = [one for one in stream if one.source != client]
    if not opened_by_syn(stream):
        return None
    if not others:
        return None if is_reset(stream) else "unanswered"
    if others[0].flags & RST:
        return "refused"
    if any(one.payload_bytes for one in stream) or not others[0].flags & SYN:
        return None
    if sent_syns_only(stream) and not is_reset(stream):
        return "left half open by the client"
    left = any(one.source == client and one.flags & RST for one in stream)
    return "accepted and then reset by the client" if left else None


def sent_syns_only(stream):
    """The client, which acknowledged no SYN/ACK."""
    return all(one.flags & (SYN | ACK | RST) == SYN for one in stream if one.source == stream[0].source)


def flood_try_of(stream):
    """How the server treated a client that sent one SYN and no more; else None."""
    client = stream[0].source
    if not opened_by_syn(stream) or sum(one.source == client for one in stream) > 1:
        return None
    others = [one for one in stream if one.source != client]
    if not others:
        return "not answered"
    if not others[0].flags & SYN:
        return None
    return "half open until the server gave up and reset" if is_reset(stream) else "left half open"
