# Writes pcapng files: section header, interfaces, packets with nanoseconds.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Format: draft-ietf-opsawg-pcapng."""

import struct

LINK_LOOPBACK, LINK_ETHERNET, LINK_RAW_IP = 0, 1, 101
LINK_LINUX_COOKED, LINK_LINUX_COOKED_2 = 113, 276
WHOLE_FRAME = 262144

SECTION_HEADER, INTERFACE, ENHANCED_PACKET = 0x0a0d0d0a, 1, 6
OPT_END, OPT_COMMENT, IF_NAME, IF_TSRESOL = 0, 1, 2, 9
NANOSECONDS = b"\x09"


def padded(data):
    return data + bytes(-len(data) % 4)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + padded(value)


def block(kind, body):
    total = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + total + body + total


def section_header(comment):
    return block(SECTION_HEADER, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)
                 + option(OPT_COMMENT, comment.encode()) + option(OPT_END, b""))


def interface(link, snaplen, name=""):
    named = option(IF_NAME, name.encode()) if name else b""
    return block(INTERFACE, struct.pack("<HHI", link, 0, snaplen) + named
                 + option(IF_TSRESOL, NANOSECONDS) + option(OPT_END, b""))


def packet(number, time_ns, data, snaplen, original_bytes=None):
    """A frame of interface `number`, cut to its snaplen.  original_bytes: on the wire, if `data` is less."""
    kept = data[:snaplen]
    return block(ENHANCED_PACKET, struct.pack("<IIIII", number, time_ns >> 32, time_ns & 0xffffffff, len(kept),
                                              original_bytes or len(data))
                 + padded(kept))
