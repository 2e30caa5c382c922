"""Every cause has a capture of its own, and so has everything that is known to fool a classifier.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import pytest

import truth
from contract import CAUSES
from passes import WHOLE, by_hand, seen

# docs/facts.md 12, item by item: the captures that hold it.  What their truth does not leave open may
# not be called forged.
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
    for capture in truth.synthesised():
        told = (*(truth.events(capture) or ()), *truth.silences(capture))
        frames = [frame for event in told if event.causes()[:1] == [cause]
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
    return next(capture for capture in truth.synthesised() if capture.name == f"{name}.pcapng")


def honest(event):
    """The truth rules out that somebody forged it."""
    return "forged" in event.said.get("not_cause", []) or (event.causes() and "forged" not in event.causes())


@pytest.mark.parametrize("item", FOOLS)
def test_what_fools_others(item):
    for capture in map(named, FOOLS[item].split()):
        frames = [frame for event in truth.events(capture) if honest(event) for frame in event.frames]
        assert frames or not truth.events(capture) or item.startswith("forgery"), truth.name(capture)
        wrong = [frame for frame in frames if is_called(capture, frame, "forged")]
        assert not wrong, f"{item}: frames {wrong} are called forged: {by_hand(capture, WHOLE, wrong[0])}"


@pytest.mark.parametrize("row", UNDECIDED)
def test_umbrella_and_what_decides(row):
    umbrella, finer = UNDECIDED[row]
    assert not [cause for cause in (umbrella, *finer.split()) if not any(captures_of(cause))]


@pytest.mark.parametrize("capture", truth.captures(), ids=truth.name)
def test_umbrella_is_never_sure(capture):
    sure = [frame for frame, had in seen(capture, WHOLE).items() if had.get("tcprst.certainty") == ["high"]
            and had["tcprst.cause"][0] in ("port-closed", "no-state", "unsolicited-synack")]
    assert not sure, by_hand(capture, WHOLE, sure[0])
