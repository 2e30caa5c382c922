"""A capture as a list of records, read from pcap and pcapng files of either byte order and written as pcapng.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import gzip
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from synth import pcapng

NS_IN_S = 1_000_000_000
# pcap's magic numbers, and how many nanoseconds the second number of a time stamp counts.
PCAP_UNITS_NS = {0xa1b2c3d4: 1000, 0xa1b23c4d: 1}
LINK_MASK = 0xffff  # the upper bits of pcap's link type tell the length of the check sequence
BYTE_ORDER_MAGIC = 0x1a2b3c4d
OLD_PACKET, SIMPLE_PACKET = 2, 3
MICROSECONDS = 6


class Record(NamedTuple):
    """A frame.  original_bytes: its length on the wire; origin: its number in the capture that is judged, None if it
    is another capture's; interface: of the file."""
    time_ns: int
    data: bytes
    original_bytes: int
    link: int
    origin: int | None
    interface: int = 0


class Unreadable(Exception):
    """It is neither pcap nor pcapng."""


def read(file):
    """[Record].  What is neither pcap nor pcapng is converted by editcap."""
    data = Path(file).read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    try:
        return records_of(data)
    except Unreadable:
        return records_of(converted(file))


def converted(file):
    with tempfile.NamedTemporaryFile(suffix=".pcapng") as copy:
        subprocess.run(["editcap", "-F", "pcapng", file, copy.name], check=True, capture_output=True)
        return Path(copy.name).read_bytes()


def records_of(data):
    order = next((order for order in "<>" if struct.unpack_from(order + "I", data)[0] in PCAP_UNITS_NS), None)
    if order:
        frames = of_pcap(data, order)
    elif data[:4] == struct.pack("<I", pcapng.SECTION_HEADER):
        frames = of_pcapng(data)
    else:
        raise Unreadable
    return [Record(*frame, number, interface) for number, (*frame, interface) in enumerate(frames, 1)]


def of_pcap(data, order):
    unit_ns = PCAP_UNITS_NS[struct.unpack_from(order + "I", data)[0]]
    link = struct.unpack_from(order + "I", data, 20)[0] & LINK_MASK
    header = struct.Struct(order + "IIII")
    at = 24
    while at + header.size <= len(data):
        seconds, parts, kept, original = header.unpack_from(data, at)
        at += header.size
        yield seconds * NS_IN_S + parts * unit_ns, data[at:at + kept], original, link, 0
        at += kept


def of_pcapng(data):
    """The frames of all sections, in the file's order."""
    at, order, interfaces = 0, "<", []
    while at + 12 <= len(data):
        kind = struct.unpack_from(order + "I", data, at)[0]
        if kind == pcapng.SECTION_HEADER:
            order = "<" if struct.unpack_from("<I", data, at + 8)[0] == BYTE_ORDER_MAGIC else ">"
            interfaces = []
        length = struct.unpack_from(order + "I", data, at + 4)[0]
        body = data[at + 8:at + length - 4]
        if kind == pcapng.INTERFACE:
            interfaces.append(interface_of(body, order))
        elif kind in (pcapng.ENHANCED_PACKET, OLD_PACKET, SIMPLE_PACKET):
            yield frame_of(kind, body, order, interfaces)
        at += max(length, 12)


def interface_of(body, order):
    """(link type, nanoseconds of its time stamps' unit as (numerator, denominator), offset in seconds)."""
    link, _, snaplen = struct.unpack_from(order + "HHI", body)
    values = dict(options(body[8:], order))
    resolution = values.get(pcapng.IF_TSRESOL, bytes([MICROSECONDS]))[0]
    ticks_a_second = 1 << (resolution & 0x7f) if resolution & 0x80 else 10 ** resolution
    offset = struct.unpack(order + "q", values[14])[0] if 14 in values else 0  # if_tsoffset
    return link, ticks_a_second, offset, snaplen


def options(data, order):
    at = 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from(order + "HH", data, at)
        if code == pcapng.OPT_END:
            return
        yield code, data[at + 4:at + 4 + length]
        at += 4 + length + -length % 4


def frame_of(kind, body, order, interfaces):
    if kind == SIMPLE_PACKET:  # it has no time
        link, _, _, snaplen = interfaces[0]
        original = struct.unpack_from(order + "I", body)[0]
        return 0, body[4:4 + min(original, snaplen or original)], original, link, 0
    form = "HHIIII" if kind == OLD_PACKET else "IIIII"
    head = struct.unpack_from(order + form, body)
    link, ticks_a_second, offset, _ = interfaces[head[0]]
    high, low, kept, original = head[-4:]
    time_ns = (high << 32 | low) * NS_IN_S // ticks_a_second + offset * NS_IN_S
    return time_ns, body[20:20 + kept], original, link, head[0]


def write(file, records):
    """Interfaces: one for each that the records have, and each link type there."""
    keys = [(record.interface, record.link) for record in records]
    order = sorted(set(keys)) or [(0, pcapng.LINK_ETHERNET)]
    blocks = [pcapng.section_header("changed by tests/metamorphic")]
    blocks += [pcapng.interface(link, pcapng.WHOLE_FRAME) for _, link in order]
    blocks += [pcapng.packet(order.index(key), record.time_ns, record.data, pcapng.WHOLE_FRAME,
                             record.original_bytes) for key, record in zip(keys, records)]
    Path(file).write_bytes(b"".join(blocks))
