"""Reasons that a reset's sender states, and bytes that would harm whoever shows them.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json

import pytest

import truth
import tshark
from passes import WHOLE, seen, with_field

VARIANTS = truth.PCAPS / "variants"
HOSTILE = VARIANTS / "stated-hostile.pcapng"
OURS = [name for name in tshark.registered() if name.startswith("tcprst.")]

# What each event of a capture states, in their order; None: nothing.
STATED = {
    "sender-stated": [
        ("BIG-IP", "Connection limit exceeded"), ("BIG-IP", "Connection limit exceeded"),
        ("BIG-IP", "No local listener"), ("BIG-IP", "No pool member available"),
        ("diagnostic payload", "not authorized"), ("NetScaler window code", "surge queue overflow"),
        ("BIG-IP", "Flow expired (sweeper)")],
    "stated-otherwise": [
        ("MP_TCPRST option", "administratively prohibited"), ("MP_TCPRST option", "lack of resources"),
        ("diagnostic payload", "private reason 1"), ("diagnostic payload", "unknown reason 999"), None,
        ("text payload", "server going down for maintenance"), ("BIG-IP", "{peer} SSL handshake canceled"),
        ("NetScaler window code", "reset by policy"), ("NetScaler window code", "surge queue overflow"),
        None, None],
    "stated-hostile": [
        None, None, None, None, ("text payload", "%s%n%x {server} {rst} {stated}"),
        ("text payload", "\\\"}],</script><b>&amp; ',1);--"), ("text payload", "A" * 120), None, None, None],
}

# The report and its JSON, the tree, and what programs read.
SHOWN = {
    "tree": ("-2", "-V", "-O", "tcprst"),
    "summary": ("-2",),
    "fields": ("-2", "-T", "fields", *(word for name in OURS for word in ("-e", name))),
    "report": ("-2", "-q", "-z", "tcprst,report"),
    "report-json": ("-2", "-q", "-z", "tcprst,json"),
    "expert": ("-2", "-q", "-z", "expert"),
}


@pytest.mark.parametrize("name", STATED)
def test_stated(name):
    frames = seen(VARIANTS / f"{name}.pcapng", WHOLE)
    got = [frames[frame] for frame in with_field("tcprst.event", frames)]
    assert [(had["tcprst.stated_by"][0], had["tcprst.stated_reason"][0].replace("\\\\", "\\"))
            if "tcprst.stated_by" in had else None for had in got] == STATED[name]


def knows(field):
    return f"\t{field}\t" in tshark.text("-G", "fields")


@pytest.mark.parametrize("name", STATED)
def test_wiresharks_own_diagnostic_is_the_same(name):
    """Wireshark decodes diagnostic payloads itself since 4.7."""
    if not knows("tcp.rst_diagnostic.reason_code"):
        pytest.skip("this Wireshark does not decode diagnostic payloads")
    theirs = tshark.rows(VARIANTS / f"{name}.pcapng", ["tcp.rst_diagnostic.reason_code", "tcprst.event"])
    ours = seen(VARIANTS / f"{name}.pcapng", WHOLE)
    assert ([frame for frame, had in theirs.items() if "tcp.rst_diagnostic.reason_code" in had
             and "tcprst.event" in had] ==
            [frame for frame in with_field("tcprst.stated_by", ours)
             if ours[frame]["tcprst.stated_by"] == ["diagnostic payload"]])


@pytest.mark.parametrize("how", SHOWN)
def test_hostile_bytes_are_not_shown(how):
    """Only printable ASCII, but for what the tree draws itself."""
    out = tshark.run("-r", tshark.readable(HOSTILE), *SHOWN[how])
    assert out.returncode == 0
    shown = out.stdout.decode("utf-8")  # or fails
    assert shown
    lines = shown.split("\n")
    assert not [line for line in lines if not line.replace("\t", "").isprintable()]
    assert not [line for line in lines if "\u202e" in line or "B" * 200 in line]


@pytest.mark.parametrize("form", ["json", "ek", "pdml"])
def test_what_programs_read_stays_whole(form):
    text = tshark.text("-2", "-r", tshark.readable(HOSTILE), "-J", "tcprst", "-T", form)
    if form == "json":
        assert len(json.loads(text)) == len(seen(HOSTILE, WHOLE))
    elif form == "ek":
        assert all(json.loads(line) for line in text.splitlines())
    else:
        assert "<script>" not in text and "\x1b" not in text


def test_report_json_keeps_the_words():
    told = tshark.text("-2", "-r", tshark.readable(HOSTILE), "-q", "-z", "tcprst,json")
    events = [json.loads(line) for line in told.splitlines()]
    assert "%s%n%x {server} {rst} {stated}" in [event.get("stated_reason") for event in events]
