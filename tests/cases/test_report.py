"""The report as a person reads it.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import re

import pytest

import truth
import tshark
from statistics_of import drawn, objects, parts

SCREEN_LINES, COLUMNS = 40, 100
CASE_A = truth.PCAPS / "case-a.pcapng"


def joined(capture, *view):
    """The report with its broken lines joined."""
    return " ".join(drawn(capture, "report", *view).split())


@pytest.mark.parametrize("words", [
    "192.0.2.20:8035 The service resets every client (service-failing, high",           # the port
    "Until frame 674, 12:17:09: all 61 connections (9 clients) worked.",
    "From frame 680, 12:17:12 to frame 1008, 12:31:44: 22 of 22 connections failed",      # since when
    "reset right after the handshake, before any data",
    "All 7 clients that tried are affected: 198.51.100.10 (4 times)",                     # for whom
    "3 of them are in the server's own /24.",
    "Other ports of this host worked meanwhile: 445 (12 of 12 connections, frames 702 to 1000), 3389 (4 of 4, ",
    "the system has run out of something that it needs for each connection",                  # why
    "Windows: event log 0xc0000142, Desktop Heap Monitor",                                # what to check
    "Linux: /proc/PID/limits, fd/",
    'Harmless: Wireshark\'s "The acknowledgment number field is nonzero while the ACK flag is not set", on '
    "22 of the resets (first: frame 680)",
    "No resets at 4 other endpoints: 49 of 49 connections answered."])
def test_case_a_reads_like_an_experts_answer(words):
    assert words in joined(CASE_A)


def test_case_a_has_no_contradiction():
    """Numbers of the report's sentences are those of JSON."""
    endpoint = next(one for one in objects(CASE_A)[1] if one["resets"])
    assert endpoint["first_failed"]["frame"] == 680 and endpoint["last_failed"]["frame"] == 1008
    assert endpoint["served"] == 61 and len(endpoint["clients"]) == 9 and len(endpoint["clients_reset"]) == 7


@pytest.mark.parametrize("capture", truth.captures()[::7], ids=truth.name)
def test_an_endpoint_fits_on_a_screen(capture):
    for section in parts(drawn(capture, "report")):
        lines = section.splitlines()
        assert len(lines) <= SCREEN_LINES and all(len(line) <= COLUMNS for line in lines)


@pytest.mark.parametrize("capture", truth.captures()[::7], ids=truth.name)
def test_claims_name_frames_that_exist(capture):
    last = max(tshark.rows(capture, ["tcp.stream"]))
    named = [int(number) for number in re.findall(r"frames? (\d+)", drawn(capture, "report"))]
    assert all(1 <= frame <= last for frame in named)


@pytest.mark.parametrize("capture", truth.lab("health-check"), ids=truth.name)
def test_health_checks_are_only_counted(capture):
    told = joined(capture)
    assert re.search(r" (\d+) resets\. Harmless: Health check of a balancer or monitor \(health-check\): \1 resets at "
                     r"[0-9.]+:\d+, first in frame \d+\.$", told), told
    assert "Because" not in told


@pytest.mark.parametrize("capture", [*truth.lab("connect-scan"), truth.PCAPS / "variants/connect-scan.pcapng"],
                         ids=truth.name)
def test_a_scan_is_told_once(capture):
    """With those ports that accepted."""
    told = joined(capture)
    found = re.search(r"(\d+) ports of ([0-9.]+) were tried by [0-9.]+: \1 connections \((\d+) refused, "
                      r"(\d+) accepted and then reset by the client\) in frames \d+ to \d+: a scan", told)
    assert found and int(found[3]) + int(found[4]) == int(found[1]), told
    assert sum(one["cause"] == "connect-probe" for one in objects(capture)[0]) == int(found[4])
    assert f"Verdicts: {found[3]} port-closed, {found[4]} connect-probe." in told
    assert "Harmless:" not in told and "1. " not in told


@pytest.mark.parametrize("capture", truth.lab("service-failing"), ids=truth.name)
def test_recorded_failure_reads_like_case_a(capture):
    told = joined(capture)
    for words in (r"[0-9.]+:\d+ The service resets every client \(service-failing, (high|likely)",
                  r"Until frame \d+, [\d:]+: all (\d+) connections \(\d clients\) worked\.",
                  r"frames? \d+(, [\d:]+)? to (frame )?\d+, [\d:]+: (\d+) of \3 connections failed: reset right after",
                  r"All \d clients that tried are affected: ",
                  r"Other ports of this host worked meanwhile: \d+ \((\d+) of \1 connections, frames",
                  r"Next: On the server: file descriptors and threads \(Linux: "):
        assert re.search(words, told), f"{words} is not in {told}"


@pytest.mark.parametrize("name, words", [
    ("three-points", "3 resets of 3 kinds: Server dropped client before answering (1 app-reject), A firewall rejected "
                     "the segment (1 rejected-in-path), Forged reset: not from the host it names (1 forged) "),
    ("three-points", "Senders of the resets: the server (1), another device (2)."),
    ("three-points", "What follows explains app-reject (high, 98 %), as in frame 281. Because: 192.0.2.10:80 reset"),
    ("three-points", "There is also forged (high, 99 %), as in frame 235. The reset names the server as its sender"),
    ("blind-then-real", "192.0.2.11:80 2 resets of 2 kinds: Forged reset: not from the host it names (1 forged), "),
    ("three-points", "any answer. 2 of the 3 resets came 2.0 ms to 14.0 ms after the segments that they answer."),
    ("one-way-server", "From frame 3, 12:00:00 to frame 10, 12:00:02: 2 of 3 connections were reset in the server's "),
    ("one-way-server", " Resets: 1 app-reject (in frame 3, 12:00:00), 1 app-abort (in frame 10, 12:00:02). "),
    ("listener-gone", "Other resets: 2 listener-gone (first in frame 87, 12:00:18).")])
def test_a_server_with_several_causes_is_called_by_all_or_by_most(name, words):
    assert words in joined(truth.PCAPS / f"variants/{name}.pcapng")


def test_a_failure_is_told_in_one_block():
    """Of the server's two resets one came before any answer, and is another problem's."""
    blocks = parts(drawn(truth.PCAPS / "variants/stated-otherwise.pcapng", "report"))
    own = next(one for one in blocks if "192.0.2.91:80  Server application aborted" in one)
    assert "frame 69" in own and "frame 60" not in own
    assert sum("192.0.2.91:80" in one and "frame 60" in one for one in blocks) <= 1


@pytest.mark.parametrize("capture", truth.lab("closed-port"), ids=truth.name)
def test_a_filter_is_named_and_nothing_claimed_beyond_it(capture):
    told = joined(capture, (), "tcp.dstport != 1")
    assert "Counted is only what passes this filter" in told and "tcp.dstport != 1" in told
    assert "The capture" not in told
