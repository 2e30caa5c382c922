"""Every cause has a capture of its own, and so has everything that is known to fool a classifier.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import pytest

import truth
from contract import CAUSES
from passes import WHOLE, by_hand, seen, with_field

# docs/facts.md 12, item by item: the captures that hold it.  None of them may be called forged where its truth
# does not say so.
FOOLS = {
    "RST+ACK after SYN with a wrong ack, or before the SYN/ACK": "no-refusals",
    "refused, then accepted on the same tuple": "no-refusals reused-tuple",
    "a stale peer answers the SYN with an ACK": "stale-peer",
    "half-open client resets that are no scan": "given-up option-refused",
    "other TTL: scanner": "syn-scan",
    "other TTL: balancer": "other-ttls",
    "other TTL: proxy": "b-rst-ack-proxy",
    "other TTL: router or NAT engine that resets at 255": "other-ttls",
    "forgery without TTL difference": "injected",
    "several RSTs": "many-rsts case-a",
    "one RST per late segment": "many-rsts midstream",
    "resets from both sides": "both-reset",
    "ICMP errors that quote a RST": "icmp-quotes odd-resets",
    "RST flag on mangled data": "odd-resets",
    "every frame twice": "copies",
    "before and after NAT": "nat-both-sides",
    "one-way captures": "one-way-client one-way-server",
    "split handshakes": "openings",
    "active FTP": "openings",
    "FIN, NULL and Xmas probes": "openings",
    "nonzero SEQ in a refusal": "no-refusals",
    "Fast Open data in the SYN": "openings",
    "MD5 options on genuine BGP resets": "signed",
    "Windows-style bare RST with ack": "case-a a-lone",
    "padding": "case-a case-b",
    "RSTs in a midstream capture": "midstream too-little",
    "MPLS or VLAN in one direction only": "links",
}

# docs/facts.md 4, row by row: what one connection is called, and what neighbours or its own content make of it.
# The last row has no RST of the server's; what tells there is whether the data was acknowledged.
UNDECIDED = {
    "RST+ACK to SYN": ("port-closed", "port-flapping refused-in-path client-refused"),
    "B on third ACK": ("no-state", "accept-queue-full listener-gone syn-cookie-rejected path-flip"),
    "B on first data": ("no-state", "rejected-in-path content-filter"),
    "A with data unread or read": ("app-reject", "process-gone protocol-mismatch"),
    "A right after ACK": ("app-reject", "service-failing"),
    "client bare RST on SYN/ACK, no SYN": ("unsolicited-synack", ""),
    "silence after handshake": ("client-abort", "peer-vanished"),
}


def captures_of(cause):
    """Frames by capture whose truth names that cause first."""
    for capture in truth.captures():
        frames = [frame for event in truth.events(capture) or () if event.causes()[:1] == [cause]
                  for frame in event.frames]
        if frames:
            yield capture, frames


def is_called(capture, frame, cause):
    return seen(capture, WHOLE)[frame].get("tcprst.cause") == [cause]


@pytest.mark.parametrize("cause", CAUSES)
def test_cause_has_its_capture(cause):
    found = dict(captures_of(cause))
    assert found, f"no truth file accepts {cause} first"
    assert any(is_called(capture, frame, cause) for capture, frames in found.items() for frame in frames), \
        f"no capture of {cause} is called that: {', '.join(map(truth.name, found))}"


def named(name):
    return next(capture for capture in truth.captures() if capture.name == f"{name}.pcapng")


@pytest.mark.parametrize("item", FOOLS)
def test_what_fools_others(item):
    for capture in map(named, FOOLS[item].split()):
        forged = {frame for event in truth.events(capture) if "forged" in event.causes() for frame in event.frames}
        wrong = [frame for frame in with_field("tcprst.event", seen(capture, WHOLE))
                 if is_called(capture, frame, "forged") and frame not in forged]
        assert not wrong, f"{item}: frames {wrong} are called forged: {by_hand(capture, WHOLE, wrong[0])}"


@pytest.mark.parametrize("row", UNDECIDED)
def test_umbrella_unless_something_decides(row):
    """No verdict of an umbrella is high: docs/facts.md 4."""
    umbrella, finer = UNDECIDED[row]
    for cause in (umbrella, *finer.split()):
        assert any(captures_of(cause)), f"{row}: no capture of {cause}"
    too_sure = [f"{truth.name(capture)}, frame {frame}" for capture in truth.captures()
                for frame, had in seen(capture, WHOLE).items() if umbrella in ("port-closed", "no-state")
                and had.get("tcprst.cause") == [umbrella] and had["tcprst.certainty"] == ["high"]]
    assert not too_sure
