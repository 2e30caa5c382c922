# Records an interface with tcpdump; keeps what belongs to TCP, as pcapng.
# SPDX-License-Identifier: GPL-2.0-or-later

import gzip
import signal
import struct
import subprocess

from lab import wait
from lab.netns import LabError
from synth import pcapng

FENCE_PORT = 9
FILTER = f"tcp or icmp or (icmp6 and ip6[40] < 5) or udp port {FENCE_PORT}"  # ICMPv6: errors only
TCPDUMP = "tcpdump -n -U --immediate-mode -s 0 --time-stamp-precision nano -Z root".split()
NANOSECOND_PCAP = 0xa1b23c4d
PROTO_UDP = 17


class Capture:
    def __init__(self, host, interface, file):
        self.file = file
        self.process = host.start(*TCPDUMP, "-i", interface, "-w", file, FILTER,
                                  stderr=subprocess.PIPE)
        wait.until_line(self.process, self.process.stderr, "listening on")

    def stop(self, fence):
        """Ends the recording once it holds the fence; returns (nanoseconds, frame) of the others."""
        wait.until(lambda: fence in self.file.read_bytes(), "the fence is in the capture")
        self.process.send_signal(signal.SIGINT)
        self.process.wait(wait.PATIENCE_S)
        return [frame for frame in read(self.file.read_bytes()) if not is_fence(frame[1])]

    def close(self):
        wait.end(self.process)


def read(data):
    """The frames of a pcap file with nanoseconds."""
    if struct.unpack_from("<I", data)[0] != NANOSECOND_PCAP:
        raise LabError("tcpdump wrote no pcap with nanoseconds")
    at = 24
    while at < len(data):
        seconds, nanoseconds, kept, _ = struct.unpack_from("<IIII", data, at)
        yield seconds * 1_000_000_000 + nanoseconds, data[at + 16:at + 16 + kept]
        at += 16 + kept


def is_fence(frame):
    version = frame[14] >> 4
    return frame[14 + 9 if version == 4 else 14 + 6] == PROTO_UDP


def write(file, frames, comment):
    blocks = [pcapng.section_header(comment), pcapng.interface(pcapng.LINK_ETHERNET, pcapng.WHOLE_FRAME)]
    blocks += [pcapng.packet(0, time_ns, frame, pcapng.WHOLE_FRAME) for time_ns, frame in frames]
    file.write_bytes(gzip.compress(b"".join(blocks), mtime=0))
