# The TCP frames of a capture, as tshark reads them, and what they show of a connection.
# SPDX-License-Identifier: GPL-2.0-or-later

import subprocess
from dataclasses import dataclass

from lab.netns import LabError
from synth.wire import ACK, FIN, RST, SYN

FIELDS = """frame.number ip.src ip.dst ipv6.src ipv6.dst tcp.srcport tcp.dstport tcp.flags tcp.len
            tcp.seq tcp.ack_raw tcp.checksum tcp.checksum.status tcp.stream""".split()
TSHARK = ["tshark", "-n", "-o", "tcp.relative_sequence_numbers:FALSE", "-o", "tcp.check_checksum:TRUE",
          "-Y", "tcp && !icmp && !icmpv6", "-T", "fields", "-E", "occurrence=f"]
CHECKSUM_GOOD = ("1", "Good")
CHECKSUM_ZERO = "0xffff"  # Linux sends this for 0 (skb_checksum_help); Wireshark calls it bad


@dataclass(frozen=True)
class Frame:
    number: int
    src: tuple
    dst: tuple
    flags: int
    length: int
    seq: int
    ack: int
    stream: int

    @property
    def form(self):
        return "RST+ACK" if self.flags & ACK else "RST"

    def of(self, key):
        return key in ((self.src, self.dst), (self.dst, self.src))


def frame(row):
    (number, src, dst, src_v6, dst_v6, src_port, dst_port, flags, length, seq, ack, checksum, status,
     stream) = row
    if status not in CHECKSUM_GOOD and checksum != CHECKSUM_ZERO:
        raise LabError(f"frame {number}: bad checksum")
    return Frame(int(number), (src or src_v6, int(src_port)), (dst or dst_v6, int(dst_port)),
                 int(flags, 16), int(length), int(seq), int(ack or 0), int(stream))


def read(file):
    asked = [word for field in FIELDS for word in ("-e", field)]
    done = subprocess.run([*TSHARK, *asked, "-r", file], check=True, capture_output=True, text=True,
                          timeout=60)
    return [frame(line.split("\t")) for line in done.stdout.splitlines()]


def is_reset(frame):
    return bool(frame.flags & RST)


def stage(key, frames):
    """How far the connection `key`, (client, server), had come after these frames."""
    mine = [frame for frame in frames if frame.of(key) and not is_reset(frame)]
    client = [frame for frame in mine if frame.src == key[0]]
    server = [frame for frame in mine if frame.src == key[1]]
    if not any(frame.flags & SYN for frame in mine):
        return "midstream"
    synack = next((frame for frame in server if frame.flags & SYN), None)
    if not synack:
        return "syn-sent"
    if not any(frame.flags & ACK and frame.ack == synack.seq + 1 & 0xffffffff for frame in client):
        return "half-open"
    if any(frame.flags & FIN for frame in mine):
        return "closing"
    if any(frame.length for frame in server):
        return "response-sent"
    return "request-sent" if any(frame.length for frame in client) else "handshake-done"
