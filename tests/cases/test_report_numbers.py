"""The report's numbers, counted another way: from plain fields of tshark, without the plugin.

TCPRST_CAPTURES names a folder of captures of your own to hold the report against, too (those below 3 MB):

    TCPRST_CAPTURES=~/captures ctest --preset test -R cases.report_numbers

SPDX-License-Identifier: GPL-2.0-or-later
"""

import re
from datetime import datetime, timezone

import pytest

import truth
import tshark
from plain import (RST, SYN, ACK, answer_frame, failure_frame, flood_try_of, is_closed, is_reset, opened_by_syn,
                   segments, servers, streams, try_of, without_any_answer)
from statistics_of import drawn, parts

SCANS_AND_FLOODS = truth.lab("scan-dead-host", "scan-filtered-host", "flood-from-nowhere", "half-open-queue-full")
CAPTURES = list(dict.fromkeys([
    *truth.captures()[::5][:40], truth.PCAPS / "case-b.pcapng", truth.PCAPS / "variants" / "syn-scan.pcapng",
    truth.PCAPS / "variants" / "connect-scan.pcapng", *SCANS_AND_FLOODS, *truth.own_captures()]))
every_capture = pytest.mark.parametrize("capture", CAPTURES, ids=truth.name)
HEAD = re.compile(r"(?P<first>\S+ \S+) to (?P<last>\S+(?: \S+)?) UTC: (?P<connections>\d+) TCP connections? to "
                  r"(?P<endpoints>\d+) endpoints?, (?P<resets>\d+|no) resets?(?:, (?P<silences>\d+) without an answer)?"
                  r"\.")
SERVER = r"\[?([0-9a-f.:]+?)\]?:(\d+)"


def report(capture):
    return " ".join(drawn(capture, "report").split())


def paragraphs(capture):
    """Those at the left edge, each as one line."""
    return [" ".join(part.split()) for part in parts(drawn(capture, "report"))]


def blocks(capture):
    """(server, text) of each block about one server."""
    for part in paragraphs(capture):
        if found := re.match(r"\d+\. (\[(?P<v6>.*?)\]|(?P<v4>[\d.]+)):(?P<port>\d+) ", part):
            yield (found["v6"] or found["v4"], int(found["port"])), part


def head(capture):
    """The numbers of the first line, as texts; skips a capture without any."""
    found = HEAD.match(report(capture))
    if not found:
        assert not streams(capture)
        pytest.skip("no TCP")
    return found


def count(text):
    return 0 if text in (None, "no") else int(text)


def both_directions(capture):
    """The streams, or skips."""
    found = streams(capture)
    if not any(len({segment.source for segment in each}) > 1 for each in found.values()):
        pytest.skip("one direction only: the other one is proved by numbers, which this count does not read")
    return found


def own_streams(capture, server):
    """The streams whose client sent a SYN to the server."""
    return [stream for stream in streams(capture).values() if opened_by_syn(stream) and stream[0].target == server]


def moment(second):
    return datetime.fromtimestamp(second, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


# --- the first line ---

@every_capture
def test_connections_and_endpoints_are_those_of_the_packets(capture):
    told, found = head(capture), streams(capture)
    assert (count(told["connections"]), count(told["endpoints"])) == (len(found), len(set(servers(found).values())))


@every_capture
def test_begins_with_the_first_segment(capture):
    told, found = head(capture), segments(capture)
    if found is None:
        pytest.skip("frames of several layers")
    assert told["first"] == moment(min(one.second for one in found))


@every_capture
def test_ends_with_the_last_segment(capture):
    told, found = head(capture), segments(capture)
    if found is None:
        pytest.skip("frames of several layers")
    last = moment(max(one.second for one in found))
    assert told["last"] in (last, last.split()[1])
    assert len(told["last"]) == len(last) or told["first"].split()[0] == last.split()[0]


@every_capture
def test_connections_without_an_answer_are_some_that_no_reset_ended(capture):
    told, found = count(head(capture)["silences"]), streams(capture).values()
    assert sum(map(without_any_answer, found)) - sum(map(is_reset, found)) <= told
    assert told <= sum(not is_reset(stream) and not is_closed(stream) for stream in found)


@every_capture
def test_resets_are_those_of_the_packets(capture):
    """One event a connection; only a stream that goes on after its reset may have another.  Since 4.4 what comes after
    a reset is another stream, also the SYN/ACK after a forged refusal."""
    told = count(head(capture)["resets"])
    reset = [stream for stream in both_directions(capture).values() if is_reset(stream)]
    ends = {frozenset((stream[0].source, stream[0].target)) for stream in reset}
    several = sum(sum(bool(one.flags & RST) for one in stream) > 1 for stream in reset)
    assert len(ends) <= told <= len(reset) + several


# --- problems ---

@every_capture
def test_named_frames_of_resets_carry_resets(capture):
    resets = {one.frame for stream in both_directions(capture).values() for one in stream if one.flags & RST}
    text = report(capture)
    for first, last in re.findall(r"(?:From frame|In frames) (\d+)(?:, [\d: -]+)? to (?:frame )?(\d+), [\d: -]+: "
                                  r"\d+ (?:of \d+ )?connections (?:was |were )?reset(?! \(\d)", text):
        assert {int(first), int(last)} <= resets
    for frame in re.findall(r"In frame (\d+), [\d: -]+: (?:\d+ of \d+|one|the only) connections? (?:was|were) reset",
                            text):
        assert int(frame) in resets


@every_capture
def test_failures_are_counted_right(capture):
    """Where resets are their only kind."""
    for server, text in blocks(capture):
        found = re.search(r"(?:In|From) frames? (\d+)(?:, [\d: -]+)?(?: to (?:frame )?(\d+), [\d: -]+)?: "
                          r"(\d+ of \d+|one) connections?(?: of \S+)? failed: (\w[^.]*)", text)
        if not found or "guessed" in text or "no answer" in found[4]:
            continue
        first, last = int(found[1]), int(found[2] or found[1])
        frames = [failure_frame(stream, server) for stream in own_streams(capture, server)]
        told = 1 if found[3] == "one" else int(found[3].split()[0])
        assert told == sum(first <= frame <= last for frame in frames if frame), text


@every_capture
def test_ways_of_failing_are_named(capture):
    assert " failed: ." not in report(capture)


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


# --- scans, floods and what is harmless ---

TRIED = re.compile(r"(?P<connections>\d+) connections \((?P<ways>[^)]*)\)(?: to (?P<ports>\d+) ports of .*?)? "
                   r"in frames? (?P<first>\d+)(?: to (?P<last>\d+))?(?: \(.*?\))?(?:, by (?P<client>[0-9a-f.:]+))?"
                   r": a scan, if")
SILENT = ("unanswered", "left half open by the client")
FLOOD = re.compile(r"(?:\d+\. )?" + SERVER + r" .*?: (\d+) connections of (at least )?(\d+) clients? did not go on "
                   r"after one SYN \(([^)]*)\) (?:in frames? (\d+)(?: to (\d+))?|from frame (\d+) on)")
HARMLESS = re.compile(r": (\d+) resets?(?: at (\d+) endpoints, first)? at " + SERVER + r",?(?: first)? in frame (\d+)")


def scans(capture):
    """(tried host or None, client, count of ports, the other numbers) of each scan by one client."""
    for text in paragraphs(capture):
        if not (found := TRIED.search(text)):
            continue
        mixed = re.match(r"(\d+) ports of (?:\d+ hosts|(\S+)) were tried by (\S+): ", text)
        host = re.match(r"(\S+), (\d+) ports  ?", text)
        client = re.match(r"client (\S+),", text)
        if mixed:
            yield mixed[2], mixed[3], int(mixed[1]), found
        elif client:
            yield None, client[1], int(found["ports"]), found
        elif host and found["client"]:
            yield host[1], found["client"], int(host[2]), found


def ways_of(found):
    """{way: connections}."""
    text = found["ways"]
    if text.startswith("all "):
        return {text.removeprefix("all "): int(found["connections"])}
    return {way: int(number) for number, way in re.findall(r"(\d+) ([^,]+)", text)}


@every_capture
def test_scans_are_counted_right(capture):
    """All tries in the scan's frames; a SYN that had not waited long enough when the capture ended is no failure."""
    for host, client, ports, found in scans(capture):
        first, last = int(found["first"]), int(found["last"] or found["first"])
        tries = {}
        for stream in streams(capture).values():
            if stream[0].source[0] == client and host in (None, stream[0].target[0]) and \
                    stream[-1].frame >= first and stream[0].frame <= last and try_of(stream):
                tries.setdefault(try_of(stream), []).append(stream[0].target)
        ways = ways_of(found)
        assert sum(ways.values()) == int(found["connections"])
        plain = {way: len(tries.get(way, [])) for way in ways}
        waiting = sum(plain[way] - ways[way] for way in ways if way in SILENT)
        assert all(ways[way] <= plain[way] if way in SILENT else ways[way] == plain[way] for way in ways)
        assert 0 <= len({target for way in ways for target in tries[way]}) - ports <= waiting


def floods(capture):
    return [found for text in paragraphs(capture) if (found := FLOOD.match(text))]


@every_capture
def test_floods_are_counted_right(capture):
    """Half open ones wherever they are; a SYN that had not waited long enough when the capture ended is no failure."""
    for found in floods(capture):
        tries = {}
        for stream in own_streams(capture, (found[1], int(found[2]))):
            tries.setdefault(flood_try_of(stream), []).append(stream[0])
        ways = {way: int(number) for number, way in re.findall(r"(\d+) ([^,]+)", found[6])}
        assert sum(ways.values()) == int(found[3])
        plain = {way: len(tries.get(way, [])) for way in ways}
        assert ways.get("not answered", 0) <= plain.get("not answered", 0)
        assert ways == {**plain, **{way: ways[way] for way in ways if way == "not answered"}}
        begun = [one for way in ways for one in tries[way]]
        clients = len({one.source[0] for one in begun})
        assert int(found[5]) == clients or (int(found[5]) < clients and (found[4] or plain != ways))
        assert min(one.frame for one in begun) <= int(found[7] or found[9])


def harmless(capture):
    """(line, what it tells) of each reset that the report calls harmless."""
    part = re.split(r"\nHarmless:(?! Wireshark)", drawn(capture, "report"))[-1]
    lines = map(" ".join, map(str.split, re.split(r"\n(?=    [A-Z])", parts(part)[0])))
    return [(line, told) for line in lines if (told := HARMLESS.search(line))]


@pytest.mark.parametrize("told", [scans, floods, harmless])
def test_a_capture_has_what_is_counted(told):
    """So that new words of the report are noticed here."""
    assert any(list(told(capture)) for capture in CAPTURES)


@every_capture
def test_harmless_resets_are_resets_of_their_servers(capture):
    found = streams(capture).values()
    resets = {one.frame: {one.source, one.target} for stream in found for one in stream if one.flags & RST}
    for line, told in harmless(capture):
        server, frame = (told[3], int(told[4])), int(told[5])
        assert server in resets[frame], line
        at_server = sum(server in ends for ends in resets.values())
        assert int(told[1]) >= int(told[2]) if told[2] else int(told[1]) <= at_server, line
