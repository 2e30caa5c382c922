"""Verdicts and facts stay the same whatever Wireshark's preferences, the filter, and the way of reading: asked of
captures of every shape, one behind the other in one file.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import functools
import subprocess

import pytest

import alike
import together
import tools
import truth
import tshark
from passes import ALL, ONE, WHOLE, by_hand, only, seen

tools.require("wireshark-common", ["mergecap", "capinfos"])

OURS = [field for field in ALL if field.startswith("tcprst")]
PASSES = pytest.mark.parametrize("passes", [ONE, WHOLE], ids=["one-pass", "two-passes"])

PREFERENCES = ["tcp.relative_sequence_numbers:FALSE", "tcp.analyze_sequence_numbers:FALSE",
               "tcp.desegment_tcp_streams:FALSE", "tcp.check_checksum:TRUE", "tcp.reassemble_out_of_order:TRUE",
               "tcp.try_heuristic_first:TRUE"]
# Since Wireshark 4.4: what else tells conversations apart; one frame in several VLANs or interfaces is one to us.
DEINTERLACING = [f"protocols.conversation_deinterlacing_key:{key}" for key in ("VMI", ".MI", "VM.", "V..")]

# Display filters, and of which of our fields a frame that passes has one.
FILTERS = [(ONE, "tcp", OURS), (ONE, "tcprst.event", ["tcprst.event"]),
           (WHOLE, "tcprst", OURS), (WHOLE, "tcprst.repeat_of", ["tcprst.repeat_of"])]


def ours(passes, options=()):
    return only(OURS, seen(together.shapes(), passes, options))


@functools.cache
def known_preferences():
    return tshark.text("-G", "defaultprefs")


@PASSES
@pytest.mark.parametrize("preference", [*PREFERENCES, *DEINTERLACING])
def test_preference(passes, preference):
    if preference.split(":")[0] not in known_preferences():
        pytest.skip(f"this Wireshark has no {preference.split(':')[0]}")
    alike.must_be_equal(ours(passes), ours(passes, (preference,)))


@pytest.mark.parametrize("passes, display_filter, fields", FILTERS,
                         ids=[" ".join((*passes, display_filter)) for passes, display_filter, _ in FILTERS])
def test_display_filter(passes, display_filter, fields):
    shown = only(OURS, tshark.rows(together.shapes(), OURS, *passes, "-Y", display_filter))
    alike.must_be_equal({frame: had for frame, had in ours(passes).items()
                            if any(field in had for field in fields)}, shown)


def piped(capture, *source):
    """Wireshark 3.4 often ends, on a busy machine, before it has read a single frame of what dumpcap took from the
    pipe."""
    for _ in range(1 if tshark.is_at_least(3, 6) else 20):
        with subprocess.Popen(["cat", tshark.readable(capture)], stdout=subprocess.PIPE) as cat:
            rows = tshark.rows(None, OURS, stdin=cat.stdout, source=source)
        if rows:
            break
    return only(OURS, rows)


def test_read_from_a_pipe():
    alike.must_be_equal(ours(ONE), piped(together.shapes(), "-r", "-"))


@pytest.mark.parametrize("case", ["case-a", "case-b"])
def test_captured_from_a_pipe(case):
    """As traffic comes in.  Dumpcap takes a file with one interface only."""
    capture = truth.PCAPS / f"{case}.pcapng"
    assert only(OURS, seen(capture, ONE)) == piped(capture, "-i", "-"), by_hand(capture, ONE)


def test_reading_without_printing_is_quiet():
    capture = truth.captures()[0]
    result = tshark.run("-r", tshark.readable(capture), "-q")
    assert (result.returncode, result.stdout) == (0, b""), by_hand(capture, ONE)
