"""A module made for another minor version of Wireshark is refused, and Wireshark goes on.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import os
from pathlib import Path

import pytest

import truth
import tshark


@pytest.fixture
def other():
    if not os.environ.get("TCPRST_PLUGIN_OTHER"):
        pytest.skip("TCPRST_PLUGIN_OTHER names no module made for another minor version")
    return Path(os.environ["TCPRST_PLUGIN_OTHER"])


def test_other_minor_is_refused(other):
    capture = tshark.readable(truth.captures()[0])
    result = tshark.run("-r", capture, "-V", plugin=other)
    told = result.stderr.decode()
    assert "tcprst.so" in told and "compiled for Wireshark version" in told
    assert result.returncode == 0
    assert result.stdout == tshark.run("-r", capture, "-V", plugin=False).stdout


def test_other_minor_registers_nothing(other):
    assert not tshark.registered(other)


def test_own_minor_is_taken_without_a_word():
    result = tshark.run("-G", "plugins")
    assert "tcprst.so" in result.stdout.decode()
    assert "tcprst" not in tshark.run("-G", "fields").stderr.decode()
