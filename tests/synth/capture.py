# A capture in the making: hosts, connections, frames in order of time, and the truth about them.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import dataclass
from datetime import datetime, timezone
from ipaddress import ip_address
from random import Random
from types import SimpleNamespace

from . import pcapng, wire
from .connection import Connection
from .host import Host
from .path import PLAIN

COMMENT = "synthesised by tests/synth"


@dataclass
class Frame:
    """place: when it comes in the file, which need not be the time that its stamp tells."""
    time: int
    data: bytes
    interface: tuple
    place: int
    reset_by: str | None = None
    form: str | None = None
    spoiled: bool = False
    number: int = 0


class Capture:
    """Everything drawn at random comes from a generator seeded with the capture's name: the same
    story gives the same bytes.  Times of the story count from `start`, in UTC."""

    def __init__(self, name, start="2025-03-04 12:00:00"):
        self.random = Random(name)
        self.start_at(start)
        self.frames, self.connections, self.expected, self.survivors = [], [], [], []
        self.silent = []

    def start_at(self, start):
        when = datetime.fromisoformat(start).replace(tzinfo=timezone.utc)
        self.start_ns = int(when.timestamp()) * 1_000_000_000

    def host(self, address, stack, behind=None):
        return Host(ip_address(address), stack, self.random, behind)

    def connect(self, client, server, port, at, **how):
        """A connection that begins `at` ns after the start; see Connection."""
        return Connection(self, client, server, port, at, **how)

    def put(self, time, data, path=PLAIN):
        frame = Frame(time, data, (path.link, path.snaplen, path.name), time)
        self.frames.append(frame)
        return frame

    def icmp_unreachable(self, router, to, code, quoted, at):
        """An ICMP or ICMPv6 error about the packet `quoted`, which its source `to` gets."""
        src, dst = router.address, to.address
        message = wire.icmp_unreachable(src, dst, code, quoted)
        if src.version == 4:
            packet = wire.ipv4(src, dst, wire.PROTO_ICMP, message, router.stack.ttl)
        else:
            packet = wire.ipv6(src, dst, wire.PROTO_ICMPV6, message, router.stack.ttl)
        self.put(round(at), wire.ethernet(router.mac, to.mac, packet))

    def step_clock(self, at, by):
        """The capturing host's clock is set by that much at that moment."""
        for frame in self.frames:
            if frame.place >= at:
                frame.time += by

    def spoiled(self):
        """Numbers of the frames whose TCP checksum is wrong."""
        return [frame.number for frame in self.frames if frame.spoiled]

    def survived(self):
        """Numbers of the first RSTs of events that did not end their connection."""
        return [survivor.resets[0].number for survivor in self.survivors]

    def survive(self, connection, stage, cause, **more):
        """What must be said of this connection's RSTs so far, which both sides survive: a later one is of another
        event."""
        self.survivors.append(SimpleNamespace(resets=connection.resets))
        connection.resets = []
        self.expect(self.survivors[-1], stage, cause, more)

    def expect(self, connection, stage, cause, more):
        assert connection.resets, "a verdict needs a RST"
        self.expected.append((connection, stage, cause, more))

    def expect_silence(self, frame, silent, stage, cause, more):
        facts = {"stage": stage, "from": silent} | ({"cause": cause} if cause else {}) | more
        self.silent.append((frame, facts))

    def silences(self):
        """The truth's failures without a reset in order of their first frame; like ones share a table."""
        tables = []
        for frame, facts in sorted(self.silent, key=lambda one: one[0].number):
            table = next((t for t in tables if t["facts"] == facts), None)
            if table is None:
                table = {"frames": [], "repeats": [], "facts": facts}
                tables.append(table)
            table["frames"].append(frame.number)
        return tables

    def spread(self, count, begin, end):
        """`count` moments from begin to end, about evenly."""
        step = (end - begin) / max(count - 1, 1)
        inner = [begin + step * (i + self.random.uniform(-0.35, 0.35)) for i in range(1, count - 1)]
        return [begin, *inner, end][:count]

    def most_open(self):
        """The greatest number of connections open at one moment."""
        moments = sorted([(c.began, 1) for c in self.connections]
                         + [(c.clock, -1) for c in self.connections])
        most = now = 0
        for _, step in moments:
            now += step
            most = max(most, now)
        return most

    def finish(self):
        """Puts the frames in their order and numbers them."""
        self.frames.sort(key=lambda frame: frame.place)
        for number, frame in enumerate(self.frames, 1):
            frame.number = number

    def pcapng(self):
        interfaces = list(dict.fromkeys(frame.interface for frame in self.frames))
        blocks = [pcapng.section_header(COMMENT)]
        blocks += [pcapng.interface(*interface) for interface in interfaces]
        blocks += [pcapng.packet(interfaces.index(frame.interface), self.start_ns + frame.time,
                                 frame.data, frame.interface[1]) for frame in self.frames]
        return b"".join(blocks)

    def events(self):
        """The truth's events in order of their first frame; like ones share a table."""
        tables = []
        for connection, stage, cause, more in sorted(self.expected,
                                                     key=lambda e: min(reset.number for reset in e[0].resets)):
            first, *others = sorted(connection.resets, key=lambda reset: reset.number)
            facts = {"stage": stage, "from": first.reset_by, "form": first.form}
            facts |= {"cause": cause} if cause else {}
            facts |= more
            table = next((t for t in tables if t["facts"] == facts), None)
            if table is None:
                table = {"frames": [], "repeats": [], "facts": facts}
                tables.append(table)
            table["frames"].append(first.number)
            table["repeats"] += [frame.number for frame in others]
        self.check(tables)
        return tables

    def check(self, tables):
        told = [number for table in tables for number in table["frames"] + table["repeats"]]
        resets = [frame.number for frame in self.frames if frame.reset_by]
        assert sorted(told) == resets, "every RST belongs to exactly one event"
