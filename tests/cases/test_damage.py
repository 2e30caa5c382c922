"""Damaged, cut and empty captures: tshark never crashes, and no dissector bug shows.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import itertools
import struct
import subprocess

import pytest

import tools
import truth
import tshark

tools.require("wireshark-common", ["editcap"])



def with_each(name, *values):
    """Every shape with one of these values, by turns: all of both would take long, and tests/sanitize has more."""
    pairs = zip(truth.shapes(), itertools.cycle(values))
    return pytest.mark.parametrize(f"capture, {name}", [pytest.param(*pair, id=f"{truth.name(pair[0])}-{pair[1]}")
                                                        for pair in pairs])


EVERYTHING = ("-2", "-V", "-z", "expert")
PCAP_HEADER = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
UDP_FRAME = bytes.fromhex("020000000001 020000000002 0800"
                          "45000020 00010000 401177ca c0000201 c0000202"
                          "0009 0009 000c 0000") + b"ping"


@pytest.fixture
def folder():
    return tshark.public_folder("damage-")


def fault_of(file, plugin=True):
    """What went wrong, or nothing.  A nonzero exit status is fine: such files may be refused."""
    result = tshark.run("-r", file, *EVERYTHING, plugin=plugin, extra=tshark.LOUD_ABOUT_BUGS.items())
    told = result.stderr + result.stdout
    if result.returncode < 0 or result.returncode >= 128:
        return f"ended by signal: {result.returncode}: {told[-500:]!r}"
    if b"Dissector bug" in told or b"DISSECTOR BUG" in told:
        return f"dissector bug: {told[-500:]!r}"
    return None


def must_survive(file, made_by):
    """A fault that Wireshark has without the plugin, too, is not ours."""
    file.chmod(0o644)
    fault = fault_of(file)
    if fault and not fault_of(file, plugin=False):
        pytest.fail(f"{made_by}: tshark {' '.join(EVERYTHING)} {fault}", pytrace=False)


def editcap(capture, folder, *words):
    """(the changed capture, how to make it by hand)."""
    changed = folder / "x.pcapng"
    subprocess.run(["editcap", *words, capture, changed], check=True, capture_output=True)
    return changed, f"editcap {' '.join(words)} {truth.name(capture)} {changed.name}"


@with_each("seed", "1", "2", "3")
def test_bytes_changed(capture, seed, folder):
    must_survive(*editcap(capture, folder, "-E", "0.02", "--seed", seed))


@with_each("length", "54", "60", "68")
def test_frames_cut(capture, length, folder):
    must_survive(*editcap(capture, folder, "-s", length))


@with_each("percent", 40, 93)
def test_file_cut(capture, percent, folder):
    file = folder / capture.name
    size = capture.stat().st_size * percent // 100
    file.write_bytes(capture.read_bytes()[:size])
    must_survive(file, f"head -c {size} {truth.name(capture)}")


def udp_only():
    header = struct.pack("<IIII", 1, 0, len(UDP_FRAME), len(UDP_FRAME))
    return PCAP_HEADER + 3 * (header + UDP_FRAME)


@pytest.mark.parametrize("content", [b"", PCAP_HEADER[:10], PCAP_HEADER, udp_only()],
                         ids=["empty", "half a header", "header only", "UDP only"])
def test_without_tcp(content, folder):
    file = folder / "x.pcap"
    file.write_bytes(content)
    must_survive(file, f"{len(content)} bytes")
    with_plugin, without = (tshark.run("-r", file, "-V", plugin=plugin) for plugin in (True, False))
    assert (with_plugin.returncode, with_plugin.stdout) == (without.returncode, without.stdout)
    assert b"tcprst" not in with_plugin.stdout
