"""Verdicts and facts stay the same whatever the TCP preferences, the filter, and the way of reading.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import subprocess

import pytest

import truth
import tshark
from passes import ALL, ONE, WHOLE, by_hand, check, only, seen

every_shape = pytest.mark.parametrize("capture", truth.shapes(), ids=truth.name)
OURS = [field for field in ALL if field.startswith("tcprst")]

PREFERENCES = ["tcp.relative_sequence_numbers:FALSE", "tcp.analyze_sequence_numbers:FALSE",
               "tcp.desegment_tcp_streams:FALSE", "tcp.check_checksum:TRUE", "ip.defragment:TRUE"]

# Display filters, and of which of our fields a frame that passes has one.
FILTERS = [(ONE, "tcp", OURS), (ONE, "tcprst.event", ["tcprst.event"]),
           (WHOLE, "tcprst", OURS), (WHOLE, "tcprst.repeat_of", ["tcprst.repeat_of"])]


def differences(wanted, got):
    for frame in sorted({*wanted, *got}):
        one, two = wanted.get(frame, {}), got.get(frame, {})
        yield from ((frame, field, one.get(field), two.get(field)) for field in OURS
                    if one.get(field) != two.get(field))


@every_shape
@pytest.mark.parametrize("preference", PREFERENCES)
def test_preference(capture, preference):
    wanted, got = only(OURS, seen(capture, WHOLE)), only(OURS, seen(capture, WHOLE, (preference,)))
    check(differences(wanted, got), capture, WHOLE, (preference,))


@every_shape
@pytest.mark.parametrize("passes, display_filter, fields", FILTERS,
                         ids=[" ".join((*passes, display_filter)) for passes, display_filter, _ in FILTERS])
def test_display_filter(capture, passes, display_filter, fields):
    shown = only(OURS, tshark.rows(capture, OURS, *passes, "-Y", display_filter))
    wanted = {frame: had for frame, had in only(OURS, seen(capture, passes)).items()
              if any(field in had for field in fields)}
    check(differences(wanted, shown), capture, passes)


@every_shape
def test_read_from_a_pipe(capture):
    with subprocess.Popen(["cat", tshark.readable(capture)], stdout=subprocess.PIPE) as cat:
        piped = tshark.rows(None, ALL, stdin=cat.stdout)
    check(differences(only(OURS, seen(capture, ONE)), only(OURS, piped)), capture, ONE)


def test_reading_without_printing_is_quiet():
    capture = truth.captures()[0]
    result = tshark.run("-r", tshark.readable(capture), "-q")
    assert (result.returncode, result.stdout) == (0, b""), by_hand(capture, ONE)
