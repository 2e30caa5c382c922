# One TCP connection, told segment by segment: syn, synack, ack, request, response, close, rst.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times are nanoseconds.  A leg is the round trip between the capture point and one side: what the
capture shows between a segment to that side and its answer."""

from dataclasses import dataclass, field

from . import wire
from .path import PLAIN
from .wire import ACK, FIN, PSH, RST, SYN

US, MS, S = 1_000, 1_000_000, 1_000_000_000


@dataclass
class Side:
    """One end of the connection.  next: the sequence number of its next byte; acked: the
    acknowledgement number it sent last; sent: (time, next, TSval) after each of its segments."""
    name: str
    host: object
    port: int
    next: int
    leg: int
    acked: int = 0
    ident: int | None = None
    window: int | None = None
    mss: int = 1460
    sent: list = field(default_factory=list)

    def known_to(self, peer, time):
        """(next, TSval) as far as the peer knows when it sends what is captured at `time`."""
        arrived = [state for state in self.sent if state[0] <= time - peer.leg]
        return arrived[-1][1:] if arrived else (0, 0)


class Connection:
    """Each verb sends a segment `after` so many ns behind the one before (default: what the legs
    give), and returns the connection.  What `seen` leaves out happens but is not captured."""

    def __init__(self, capture, client, server, port, at, client_leg=50 * US, server_leg=20 * MS,
                 client_port=None, path=PLAIN):
        self.capture, self.random, self.path = capture, capture.random, path
        self.client = Side("client", client, client_port or client.new_port(), self.isn(),
                           client_leg)
        self.server = Side("server", server, port, self.isn(), server_leg)
        self.began = self.clock = round(at)
        self.last = None
        self.ts = self.scaled = False
        self.seen = {"client", "server"}
        self.resets = []
        self.packet, self.frame = b"", None
        capture.connections.append(self)

    def isn(self):
        return self.random.getrandbits(32)

    # The story's verbs

    def syn(self, **how):
        """The client's SYN, at once unless `after` says otherwise."""
        how.setdefault("after", 0)
        return self.open("client", SYN, self.client.host.stack.offer(), **how)

    def synack(self, mss=None, only=None, **how):
        """The server's SYN/ACK: what both sides offer, or `only` the options named."""
        common = self.server.host.stack.offer()
        offered = self.client.host.stack.offer()
        given = {name: value for name, value in common.items() if name in offered}
        if mss:
            given["mss"] = mss
        if only is not None:
            given = {name: value for name, value in given.items() if name in only}
        self.ts, self.scaled = "ts" in given, "ws" in given
        self.server.mss = self.client.mss = given["mss"] - (12 if self.ts else 0)
        how.setdefault("ident", 0 if self.server.host.stack.ident == "linux" else None)
        self.open("server", SYN | ACK, given, **how)
        for side in self.client, self.server:
            stack = side.host.stack
            side.window = stack.scaled_window if self.scaled else stack.plain_window
        return self

    def open(self, by, flags, given, **how):
        how.setdefault("window", getattr(self, by).host.stack.syn_window)
        return self.send(by, flags, given=given, **how)

    def ack(self, by="client", **how):
        return self.send(by, ACK, **how)

    def request(self, payload, **how):
        return self.data("client", payload, **how)

    def response(self, payload, **how):
        return self.data("server", payload, **how)

    def data(self, by, payload, **how):
        """Payload in segments of the MSS; PSH on the last one.  `how` holds for the first."""
        size = getattr(self, by).mss
        while len(payload) > size:
            self.send(by, ACK, payload[:size], **how)
            payload, how = payload[size:], {}
        return self.send(by, PSH | ACK, payload, **how)

    def fin(self, by, **how):
        return self.send(by, FIN | ACK, **how)

    def rst(self, by="server", ack_field=0, **how):
        """A RST without ACK flag that answers the peer's last segment."""
        how.setdefault("seq", self.peer(by).acked)
        how.setdefault("window", 0)
        if getattr(self, by).host.stack.ident == "linux":
            how.setdefault("ident", 0)
        return self.send(by, RST, ack=ack_field, given={}, **how)

    def rst_ack(self, by="server", **how):
        """A RST with ACK flag, as a socket of this side sends it when it is aborted."""
        return self.send(by, RST | ACK, **how)

    def refuse(self, **how):
        """The RST+ACK that answers a SYN where nothing listens."""
        return self.send("server", RST | ACK, seq=0, window=0, given={}, ident=0, **how)

    # Whole scenes

    def handshake(self):
        return self.syn().synack().ack()

    def close(self, by="client", after=None):
        """An orderly end: FIN, FIN, ACK."""
        other = self.peer(by).name
        return self.fin(by, after=after).fin(other).ack(by)

    def verdict(self, stage, cause=None, **more):
        """What must be said of this connection's RSTs; see pcaps/README.md for the keys."""
        self.capture.expect(self, stage, cause, more)
        return self

    def silent(self, stage, cause=None, **more):
        """The same where no reset came: the frame so far is the last repeat of what had no answer."""
        self.capture.expect_silence(self.frame, "server" if self.last == "client" else "client", stage, cause, more)
        return self

    def again(self, by, waits, flags=PSH | ACK, payload=b"", seq=None, **how):
        """Sends the same again after each of these times."""
        for wait in waits:
            self.send(by, flags, payload, seq=seq, after=wait, **how)
        return self

    # The mechanics

    def peer(self, by):
        return self.server if by == "client" else self.client

    def pause(self, by):
        if by == self.last:
            return self.random.randrange(20 * US, 80 * US)
        leg = getattr(self, by).leg
        return leg + self.random.randrange(10 * US, 10 * US + leg // 50 + 20 * US)

    def send(self, by, flags, payload=b"", after=None, seq=None, ack=None, window=None, given=None,
             spoil=None, **ip):
        """One segment with what the side would send, unless told otherwise.  given: option values
        of a SYN; {} sends none.  spoil: see wire.tcp.  ip: ttl, ident, df, fragment_at,
        flow_label."""
        me, you = getattr(self, by), self.peer(by)
        self.clock += round(self.pause(by) if after is None else after)
        self.last = by
        seen_next, seen_tsval = you.known_to(me, self.clock)
        if ack is None:
            ack = seen_next if flags & ACK else 0
        assert ack or not flags & ACK, "nothing to acknowledge has arrived yet"
        options, tsval = self.options(me, flags, given, seen_tsval)
        segment = wire.tcp(me.host.address, you.host.address, me.port, you.port,
                           me.next if seq is None else seq, ack, flags,
                           me.window if window is None else window, options, payload,
                           spoil or me.host.spoils)
        if flags & ACK:
            me.acked = ack
        if seq is None:
            me.next = (me.next + len(payload) + bool(flags & SYN) + bool(flags & FIN)) & 0xffffffff
        me.sent.append((self.clock, me.next, tsval))
        packets = self.packets(me, you, segment, **ip)
        self.packet = packets[0]
        for packet in packets if by in self.seen else []:
            self.put(by, flags, packet, bool(spoil or me.host.spoils))
        return self

    def options(self, me, flags, given, seen_tsval):
        """TCP options as bytes, and the TSval in them or 0."""
        values = dict(given) if given is not None else {"ts": None} if self.ts else {}
        tsval = me.host.timestamp(self.clock) if "ts" in values else 0
        if tsval:
            values["ts"] = (tsval, seen_tsval if flags & ACK else 0)
        order = me.host.stack.order(values) if flags & SYN else ["nop", "nop", "ts"] if tsval else []
        if me.host.stack.signed:
            order, values["md5"] = [*order, "nop", "nop", "md5"], self.random.randbytes(16)
        if "mptcp-reset" in values:
            order = [*order, "mptcp-reset"]
        return wire.tcp_options(order, values), tsval

    def packets(self, me, you, segment, ttl=None, ident=None, df=None, fragment_at=None,
                flow_label=None):
        """The IP packet, or its fragments."""
        src, dst, stack = me.host.address, you.host.address, me.host.stack
        ttl = stack.ttl if ttl is None else ttl
        if src.version == 6:
            return [wire.ipv6(src, dst, wire.PROTO_TCP, segment, ttl,
                              self.flow_label(me) if flow_label is None else flow_label,
                              self.path.extensions)]
        ident = self.next_ident(me) if ident is None else ident
        if fragment_at:
            return wire.ipv4_fragments(src, dst, wire.PROTO_TCP, segment, ttl, ident, fragment_at)
        df = stack.df if df is None else df
        return [wire.ipv4(src, dst, wire.PROTO_TCP, segment, ttl, ident, df)]

    def next_ident(self, side):
        kind = side.host.stack.ident
        if kind == "zero":
            return 0
        if kind == "counter":
            return side.host.next_ident()
        side.ident = self.random.randrange(1, 60000) if side.ident is None else side.ident + 1
        return side.ident

    def flow_label(self, side):
        """One nonzero label for each side of the connection, as Linux's auto_flowlabels gives."""
        return (side.host.flow_seed + side.port * 977 + self.peer(side.name).port) % 0xfffff + 1

    def put(self, by, flags, packet, spoiled):
        self.frame = self.put_on(self.path, self.clock, by, packet)
        self.frame.spoiled = spoiled
        self.note_reset(self.frame, by, flags, self.resets)
        for copy in self.path.copies:
            frame = self.put_on(copy.path, self.clock + copy.delay(by), by, copy.change(packet))
            self.note_reset(frame, by, flags, self.resets)

    def put_on(self, path, time, by, packet):
        me, you = getattr(self, by), self.peer(by)
        return self.capture.put(time, path.frame(packet, by, me.host.mac, you.host.mac), path)

    def note_reset(self, frame, by, flags, resets):
        if flags & RST:
            frame.reset_by, frame.form = by, "RST+ACK" if flags & ACK else "RST"
            resets.append(frame)
