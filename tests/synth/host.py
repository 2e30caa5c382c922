# A host and the habits of its TCP/IP stack.
# SPDX-License-Identifier: GPL-2.0-or-later

from dataclasses import dataclass
from typing import Callable


def linux_order(given):
    """Order of the SYN's options in Linux net/ipv4/tcp_output.c tcp_options_write()."""
    order = ["mss"] if "mss" in given else []
    if "ts" in given:
        order += ["sack", "ts"] if "sack" in given else ["nop", "nop", "ts"]
    elif "sack" in given:
        order += ["nop", "nop", "sack"]
    order += ["nop", "ws"] if "ws" in given else []
    return order + (["tfo", "nop", "nop"] if "tfo" in given else [])


def windows_order(given):
    order = ["mss"] + (["nop", "ws"] if "ws" in given else [])
    if "ts" in given:
        return order + ["sack", "ts"]
    return order + (["nop", "nop", "sack"] if "sack" in given else [])


@dataclass(frozen=True)
class Stack:
    """What one kind of TCP/IP stack does.  The window fields: in its SYN or SYN/ACK, afterwards
    without window scaling, and with it.  ws None: option not used.  ident: 'zero' (always), 'linux'
    (one counter a connection, 0 where no socket speaks) or 'counter' (one counter a host).  signed:
    every segment with an MD5 option (RFC 2385)."""
    order: Callable
    syn_window: int
    plain_window: int
    scaled_window: int = 0
    mss: int = 1460
    ws: int | None = None
    sack: bool = True
    ts: bool = False
    ttl: int = 64
    df: bool = True
    ident: str = "linux"
    first_port: int = 32768
    signed: bool = False

    def offer(self):
        """The options of a SYN without their timestamp values."""
        values = {"mss": self.mss}
        if self.ws is not None:
            values["ws"] = self.ws
        if self.sack:
            values["sack"] = True
        if self.ts:
            values["ts"] = None
        return values


LINUX = Stack(linux_order, syn_window=64240, plain_window=64240, scaled_window=502, ws=7, ts=True)
WINDOWS_2003 = Stack(windows_order, syn_window=65535, plain_window=65535, ttl=128, df=False,
                     ident="counter", first_port=3950)
WINDOWS_7 = Stack(windows_order, syn_window=8192, plain_window=64240, scaled_window=256, ws=8,
                  ttl=128, ident="counter", first_port=49152)


class Host:
    """An address, its stack, and the counters it keeps.  `behind` is the router whose MAC address
    the capture shows instead of this host's.  spoils: what its checksums look like where it is
    captured, see wire.tcp; None: true."""

    spoils = None

    def __init__(self, address, stack, random, behind=None):
        self.address = address
        self.stack = stack
        self.mac = behind.mac if behind else b"\x02\0" + address.packed[-4:]
        self.random = random
        self.ident = random.getrandbits(16)
        self.clock_offset = random.getrandbits(31)
        self.flow_seed = random.getrandbits(20)
        self.next_port = stack.first_port + random.randrange(100)

    def new_port(self):
        self.next_port += 1 + self.random.randrange(3)
        return self.next_port

    def next_ident(self):
        self.ident = (self.ident + 1) & 0xffff
        return self.ident

    def timestamp(self, time_ns):
        """TSval: a clock of milliseconds."""
        return (self.clock_offset + time_ns // 1_000_000) & 0xffffffff
