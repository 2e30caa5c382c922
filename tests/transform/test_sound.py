"""Changed captures are sound: what tshark would complain of is not in them, and a change undone is undone.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "cases"), str(TESTS / "measure")]

import tools  # noqa: E402
import truth  # noqa: E402

from transform import harmless, packet, records  # noqa: E402
from transform.catalogue import CHANGES, LOSSY  # noqa: E402

tools.require("tshark", ("tshark",))
CAPTURES = [truth.PCAPS / name for name in ("variants/icmp-quotes.pcapng", "variants/ipv6-exthdr.pcapng",
                                            "variants/links.pcapng", "lab/tune/linger0.pcapng.gz")]
CHECKSUMS_BAD = " || ".join(f"{name}.checksum.status == Bad" for name in ("ip", "tcp", "icmp", "icmpv6"))
OPTIONS = ("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-o", "tcp.desegment_tcp_streams:FALSE")


def changed(change, capture):
    try:
        return change.apply(records.read(capture), capture.name, records.read(CAPTURES[0]))
    except packet.Unsupported:
        return []


def unsound(file):
    """What tshark lists of damaged headers.  Payload can be malformed: it is read by its port, which was changed."""
    damaged = f"(_ws.malformed && !(tcp.len > 0)) || {CHECKSUMS_BAD}"
    return subprocess.run(["tshark", "-n", "-r", file, *OPTIONS, "-Y", damaged],
                          check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.name)
def test_changed_frames_are_sound(capture, tmp_path):
    file = tmp_path / "changed.pcapng"
    records.write(file, [record for change in CHANGES if change.kind != LOSSY for record in changed(change, capture)])
    assert unsound(file) == []


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.name)
def test_moving_services_twice_undoes_it(capture):
    before = records.read(capture)
    try:
        moved = harmless.services_moved(before)
    except packet.Unsupported:
        return
    assert moved != before
    assert harmless.services_moved(moved) == before


def test_written_records_are_read_again(tmp_path):
    file = tmp_path / "copy.pcapng"
    before = records.read(truth.PCAPS / "variants/links.pcapng")
    records.write(file, before)
    assert records.read(file) == before
