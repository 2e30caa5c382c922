"""The report's numbers, counted another way: from plain fields of tshark, without the plugin.

TCPRST_CAPTURES names a folder with more captures to hold the report against.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import dataclasses
import functools
import os
import re
from pathlib import Path

import pytest

import truth
import tshark
from statistics_of import drawn

MOST_BYTES = 5_000_000
FIELDS = ("frame.number", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "tcp.flags", "tcp.len",
          "tcp.seq_raw")
FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10


def more_captures():
    folder = os.environ.get("TCPRST_CAPTURES")
    found = Path(folder).rglob("*") if folder else ()
    return sorted(file for file in found if file.name.endswith(truth.KINDS) and file.stat().st_size < MOST_BYTES)


CAPTURES = [*truth.captures()[::5][:40], truth.PCAPS / "case-b.pcapng", *more_captures()]
every_capture = pytest.mark.parametrize("capture", CAPTURES, ids=truth.name)


@dataclasses.dataclass
class Segment:
    frame: int
    stream: int
    source: tuple  # address and port
    flags: int
    payload_bytes: int
    number: int


@functools.cache
def segments(capture):
    """The TCP segments of a capture by plain tshark; None where a frame holds several (tunnels, ICMP).

    A header that claims to be shorter than TCP's has no length there: it is no segment."""
    words = [word for field in FIELDS for word in ("-e", field)]
    out = tshark.text("-r", tshark.readable(capture), "-Y", "tcp", "-T", "fields", *words, plugin=False)
    found = []
    for line in out.splitlines():
        frame, stream, v4, v6, port, flags, length, number = line.split("\t")
        if "," in line or not (v4 or v6):
            return None
        if not length:
            continue
        found.append(Segment(int(frame), int(stream), (v4 or v6, int(port)), int(flags, 16), int(length),
                             int(number)))
    return found


@functools.cache
def streams(capture):
    """{stream: its segments}, or skips."""
    if '"type":"silence"' in drawn(capture, "json"):
        pytest.skip("failures without a reset, which this count does not know")
    told = segments(capture)
    if told is None:
        pytest.skip("frames of several layers")
    found = {}
    for segment in told:
        found.setdefault(segment.stream, []).append(segment)
    if not any(len({segment.source for segment in each}) > 1 for each in found.values()):
        pytest.skip("one direction only: the other one is proved by numbers, which this count does not read")
    opened = [each[0].number for each in found.values() if opened_by_syn(each)]
    if len(set(opened)) < len(opened):
        pytest.skip("two streams with one SYN: captured before and behind an address translation")
    return found


def report(capture):
    return " ".join(drawn(capture, "report").split())


def blocks(capture):
    """(server, text) of each block about one server."""
    for part in drawn(capture, "report").split("\n\n"):
        if found := re.match(r"\d+\. (\[(?P<v6>.*?)\]|(?P<v4>[\d.]+)):(?P<port>\d+)  ", part):
            yield (found["v6"] or found["v4"], int(found["port"])), " ".join(part.split())


def opened_by_syn(stream):
    return stream[0].flags & (SYN | ACK) == SYN


def own_streams(capture, server):
    """The streams whose client sent a SYN to the server."""
    return [stream for stream in streams(capture).values()
            if opened_by_syn(stream) and any(one.source == server for one in stream) and stream[0].source != server]


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


@every_capture
def test_resets_are_those_of_the_packets(capture):
    """One event a connection; only a stream that goes on after its reset may have another.  Since 4.4 what comes after
    a reset is another stream, also the SYN/ACK after a forged refusal."""
    told = re.search(r"(\d+) TCP connections? to \d+ endpoints?, (\d+|no) resets?\.", report(capture))
    reset = [stream for stream in streams(capture).values() if any(one.flags & RST for one in stream)]
    if not told:
        assert not streams(capture)
        return
    said = 0 if told[2] == "no" else int(told[2])
    ends = {frozenset(one.source for one in stream) for stream in reset}
    several = sum(sum(bool(one.flags & RST) for one in stream) > 1 for stream in reset)
    assert len(ends) <= said <= len(reset) + several


@every_capture
def test_named_frames_of_resets_carry_resets(capture):
    resets = {one.frame for stream in streams(capture).values() for one in stream if one.flags & RST}
    for first, last in re.findall(r"From frame (\d+), [\d: -]+ to frame (\d+), [\d: -]+: \d+ (?:of \d+ )?connections",
                                  report(capture)):
        assert int(first) in resets
        assert int(last) in resets or "failed" in report(capture)
    for frame in re.findall(r"In frame (\d+), [\d: -]+: (?:\d+ of \d+|one|the only) connections? ",
                            report(capture)):
        assert int(frame) in resets


@every_capture
def test_failures_are_counted_right(capture):
    for server, text in blocks(capture):
        found = re.search(r"(?:In|From) frame (\d+), [\d: -]+(?: to frame (\d+), [\d: -]+)?: "
                          r"(\d+ of \d+|one) connections? failed", text)
        if not found or "guessed" in text:
            continue
        first, last = int(found[1]), int(found[2] or found[1])
        frames = [failure_frame(stream, server) for stream in own_streams(capture, server)]
        told = 1 if found[3] == "one" else int(found[3].split()[0])
        assert told == sum(first <= frame <= last for frame in frames if frame), text


@every_capture
def test_what_worked_before_is_counted_right(capture):
    for server, text in blocks(capture):
        found = re.search(r"Until frame (\d+), [\d: -]+: all (\d+) connections \((\d+) clients?\) "
                          r"(?:worked|were answered)", text)
        if not found or "guessed" in text:
            continue
        own = [(answer_frame(stream, server), stream[0].source[0]) for stream in own_streams(capture, server)]
        before = [client for frame, client in own if frame and frame <= int(found[1])]
        assert (int(found[2]), int(found[3])) == (len(before), len(set(before))), text


@every_capture
def test_a_filter_of_the_report_shows_failures_only(capture):
    resets = {one.frame for stream in streams(capture).values() for one in stream if one.flags & RST}
    filters = re.findall(r"^    Filter: ((?:.*\n)(?: {8}.*\n)*)", drawn(capture, "report"), re.MULTILINE)
    for wanted in filters[:2]:
        shown = tshark.rows(capture, ["tcprst.silence"], "-2", "-Y", " ".join(wanted.split()))
        assert shown and {frame for frame, had in shown.items() if "tcprst.silence" not in had} <= resets
