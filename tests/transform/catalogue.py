"""All changes by name, and what is asked of verdicts after each.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from dataclasses import dataclass
from typing import Callable

from transform import harmless, lossy
from transform.harmless import MS, US

# HARMLESS: every verdict stays as it is.  CONVERTED: it may become less sure, or a better one.  LOSSY: it may become a
# broader one.  After none of them may a verdict be sure and wrong.
HARMLESS, CONVERTED, LOSSY = "harmless", "converted", "lossy"


@dataclass(frozen=True)
class Change:
    """apply(records, seed, others) returns the changed records; others: those of another capture, the same traffic
    as its other side saw it if `wants_other_side`, else any."""
    name: str
    kind: str
    apply: Callable
    wants_other_side: bool = False


def plain(name, kind, change, *values):
    return Change(name, kind, lambda records, seed, others: change(records, *values))


def seeded(name, kind, change, *values):
    return Change(name, kind, lambda records, seed, others: change(records, *values, f"{seed} {name}"))


def numbering():
    yield plain("addresses and client ports renumbered", HARMLESS, harmless.renumbered)
    yield plain("services on other ports", HARMLESS, harmless.services_moved)
    yield plain("clock 25 years slow", HARMLESS, harmless.clock_shifted, harmless.LONG_AGO_NS)
    yield plain("clock begins at the epoch", HARMLESS, harmless.from_epoch)
    yield plain("clock 100 ppm fast", HARMLESS, harmless.clock_fast, 100)
    yield plain("time stamps in microseconds", HARMLESS, harmless.in_microseconds)


def links():
    for name, (link, wrap) in harmless.LINKS.items():
        yield plain(f"link {name}", HARMLESS, harmless.rewrapped, link, wrap)


def copies():
    for after, after_ns in (("2 us", 2 * US), ("100 us", 100 * US), ("1 ms", MS), ("20 ms", 20 * MS)):
        yield plain(f"twice after {after}", HARMLESS, harmless.captured_twice, after_ns)
        yield plain(f"twice after {after}, TTL lower", HARMLESS, harmless.captured_twice, after_ns, True)


def queues():
    for within, within_ns in (("20 us", 20 * US), ("100 us", 100 * US), ("1 ms", MS)):
        for who, test in (("one sender", harmless.of_one_sender), ("both directions", harmless.of_both_directions)):
            yield Change(f"swapped within {within}, {who}", HARMLESS,
                         lambda records, seed, others, limit_ns=within_ns, test=test, salt=f"{within} {who}":
                         harmless.swapped(records, limit_ns, test, f"{seed} {salt}"))


def losses():
    for snaplen in (96, 60, 54):
        yield plain(f"snaplen {snaplen}", LOSSY, lossy.cut, snaplen)
    for percent in (1, 5, 20):
        yield seeded(f"loss of {percent} %", LOSSY, lossy.lost, percent)
    yield plain("to the servers only", LOSSY, lossy.one_direction, True)
    yield plain("from the servers only", LOSSY, lossy.one_direction, False)
    for percent in (25, 50, 75):
        yield plain(f"begins {percent} % late", LOSSY, lossy.begun_late, percent)
    yield plain("begins 3 frames before the first RST", LOSSY, lossy.begun_at_reset, 3)
    for percent in (25, 50, 75):
        yield plain(f"ends {percent} % early", LOSSY, lossy.ended_early, percent)
    yield plain("ends with the first RST", LOSSY, lossy.ended_at_reset, 0)
    yield plain("ends 2 frames after the first RST", LOSSY, lossy.ended_at_reset, 2)


CHANGES = (
    *numbering(), *links(),
    Change("merged with another capture", HARMLESS,
           lambda records, seed, others: harmless.merged(records, others)),
    *copies(), *queues(),
    plain("IPv4 to IPv6", CONVERTED, harmless.over_ipv6),
    Change("both sides in one file", CONVERTED,
           lambda records, seed, others: harmless.with_other_side(records, others), wants_other_side=True),
    *losses(),
)
