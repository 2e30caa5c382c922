# Large captures of plain traffic, written fast: checksums are left 0, as offloading leaves them.
# SPDX-License-Identifier: GPL-2.0-or-later

import itertools
import struct

ACK, PSH_ACK, SYN, SYN_ACK, FIN_ACK, RST, RST_ACK = 0x10, 0x18, 0x02, 0x12, 0x11, 0x04, 0x14
HEADER = struct.Struct("<IIII")  # seconds, microseconds, captured, on the wire
ETHERNET = bytes.fromhex("020000000001 020000000002 0800")
SYN_OPTIONS = bytes.fromhex("020405b4 0402080a0000000100000000 01030307")
OPTIONS = bytes.fromhex("0101080a0000000100000001")
PCAP_HEADER = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)
SERVER = 0xc0000250  # 192.0.2.80
CLIENTS = 0x0a000000  # 10.0.0.0/8
REQUEST = b"GET /index.html HTTP/1.1\r\nHost: www.example.net\r\nAccept: */*\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1200\r\n\r\n" + b"x" * 1200


class Writer:
    """Frames that many microseconds apart."""

    def __init__(self, file, gap_us=20):
        self.file, self.frames, self.gap_us = file, 0, gap_us
        file.write(PCAP_HEADER)

    def segment(self, src, dst, seq, ack, flags, payload=b"", options=OPTIONS):
        """src and dst are (address, port)."""
        tcp = struct.pack("!HHIIBBHHH", src[1], dst[1], seq & 0xffffffff, ack & 0xffffffff,
                          (20 + len(options)) << 2, flags, 0 if flags & 4 else 502, 0, 0) + options + payload
        ip = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(tcp), 0 if flags & 2 or flags & 4 else self.frames & 0xffff,
                         0x4000, 64, 6, 0, src[0], dst[0])
        frame = ETHERNET + ip + tcp
        micros = self.frames * self.gap_us
        self.file.write(HEADER.pack(1700000000 + micros // 1000000, micros % 1000000, len(frame), len(frame)) + frame)
        self.frames += 1


def exchange(out, number, reset_every):
    """A request and its answer, ended by FIN or by the client's reset."""
    client, server = (CLIENTS + 1 + number % 60000, 1024 + number // 60000), (SERVER, 80)
    c, s = 1000 + number * 7, 5000 + number * 11
    out.segment(client, server, c, 0, SYN, options=SYN_OPTIONS)
    out.segment(server, client, s, c + 1, SYN_ACK, options=SYN_OPTIONS)
    out.segment(client, server, c + 1, s + 1, ACK)
    out.segment(client, server, c + 1, s + 1, PSH_ACK, REQUEST)
    c += 1 + len(REQUEST)
    out.segment(server, client, s + 1, c, ACK)
    out.segment(server, client, s + 1, c, PSH_ACK, ANSWER)
    s += 1 + len(ANSWER)
    out.segment(client, server, c, s, ACK)
    if number % reset_every == 0:
        out.segment(client, server, c, s, RST_ACK, options=OPTIONS)
        return
    out.segment(server, client, s, c, FIN_ACK)
    out.segment(client, server, c, s + 1, FIN_ACK)
    out.segment(server, client, s + 1, c + 1, ACK)


def web(out, number):
    """A request and its answer; one connection in twenty ends by a reset."""
    exchange(out, number, 20)


def tenth(out, number):
    """The same, but one connection in ten ends by a reset."""
    exchange(out, number, 10)


def flood(out, number):
    """SYNs from ever new addresses, never completed."""
    out.segment((CLIENTS + number, 1024 + number % 60000), (SERVER, 80), number, 0, SYN, options=SYN_OPTIONS)


def scan(out, number):
    """Every port of host after host, all refused."""
    client, server = (CLIENTS + 1, 40000), (SERVER + number // 65535, 1 + number % 65535)
    out.segment(client, server, number, 0, SYN, options=SYN_OPTIONS)
    out.segment(server, client, 0, number + 1, RST_ACK, options=b"")


def elephant(out, number):
    """One connection that goes on for ever."""
    client, server = (CLIENTS + 1, 40000), (SERVER, 9000)
    if number == 0:
        out.segment(client, server, 0, 0, SYN, options=SYN_OPTIONS)
        out.segment(server, client, 0, 1, SYN_ACK, options=SYN_OPTIONS)
        out.segment(client, server, 1, 1, ACK)
    at = 1 + number * 2000
    out.segment(server, client, at, 1, ACK, b"y" * 1000)
    out.segment(server, client, at + 1000, 1, ACK, b"y" * 1000)
    out.segment(client, server, 1, at + 2000, ACK)


def storm(out, number):
    """Every client is reset right after the handshake."""
    client, server = (CLIENTS + 1 + number % 500, 1024 + number // 500 % 60000), (SERVER, 80)
    c, s = 1000 + number * 7, 5000 + number * 11
    out.segment(client, server, c, 0, SYN, options=SYN_OPTIONS)
    out.segment(server, client, s, c + 1, SYN_ACK, options=SYN_OPTIONS)
    out.segment(client, server, c + 1, s + 1, ACK)
    out.segment(server, client, s + 1, c + 1, RST_ACK)


def failing(out, number):
    """A service that serves for 600 connections, then resets as many right after the handshake, and so on."""
    client, server = (CLIENTS + 1 + number % 500, 1024 + number // 500 % 60000), (SERVER + 1, 8035)
    c, s = 1000 + number * 7, 5000 + number * 11
    out.segment(client, server, c, 0, SYN, options=SYN_OPTIONS)
    out.segment(server, client, s, c + 1, SYN_ACK, options=SYN_OPTIONS)
    out.segment(client, server, c + 1, s + 1, ACK)
    if number // 600 % 2:
        out.segment(server, client, s + 1, c + 1, RST_ACK)
        return
    out.segment(client, server, c + 1, s + 1, PSH_ACK, REQUEST)
    out.segment(server, client, s + 1, c + 1 + len(REQUEST), PSH_ACK, ANSWER)
    out.segment(client, server, c + 1 + len(REQUEST), s + 1 + len(ANSWER), FIN_ACK)
    out.segment(server, client, s + 1 + len(ANSWER), c + 2 + len(REQUEST), FIN_ACK)


def mixed(out, number):
    """Mostly web traffic; of twenty connections two are never answered, one is refused, one has a service that fails
    now and then.  Resets can be many or few in a row, so some connections get theirs a hundred times."""
    turn, one_of = divmod(number, 20)
    if one_of < 16:
        web(out, turn * 16 + one_of)
    elif one_of < 18:
        flood(out, turn * 2 + one_of)
    elif one_of == 18:
        scan(out, turn)
    else:
        failing(out, turn)
    if number % 5000 == 0:
        for i in range(100):
            out.segment((SERVER, 80), (CLIENTS + 1, 1024), 5000 + i, 0, RST, options=b"")


def resets(out, number):
    """One connection, and resets of it for ever."""
    client, server = (CLIENTS + 1, 40000), (SERVER, 80)
    if number == 0:
        out.segment(client, server, 5, 0, SYN, options=SYN_OPTIONS)
    out.segment(server, client, 0, 6, RST_ACK, options=b"")


def refusals(out, number):
    """Ever new clients, all refused by one port."""
    client, server = (CLIENTS + number, 2000), (SERVER, 80)
    out.segment(client, server, 5, 0, SYN, options=SYN_OPTIONS)
    out.segment(server, client, 0, 6, RST_ACK, options=b"")


def acks(out, number):
    """ACKs of ever new clients that belong to no connection."""
    out.segment((CLIENTS + number, 1024 + number % 60000), (SERVER, 80), number, 77, ACK)


def opened(out, number):
    """Handshakes, and nothing after them."""
    client, server = (CLIENTS + number, 1024 + number % 60000), (SERVER, 80)
    out.segment(client, server, number, 0, SYN, options=SYN_OPTIONS)
    out.segment(server, client, 5000 + number, number + 1, SYN_ACK, options=SYN_OPTIONS)
    out.segment(client, server, number + 1, 5001 + number, ACK)


def again(out, number):
    """One client port that is refused, and tries again with another number, for ever."""
    client, server, isn = (CLIENTS + 1, 40000), (SERVER, 80), 1000 + number * 64000
    out.segment(client, server, isn, 0, SYN, options=SYN_OPTIONS)
    out.segment(server, client, 0, isn + 1, RST_ACK, options=b"")


def backscatter(out, number):
    """Resets from ever new servers to SYNs that others sent in this client's name."""
    out.segment((CLIENTS + number, 80), (SERVER, 1024 + number % 60000), 0, number + 1, RST_ACK, options=b"")


def synacks(out, number):
    """The same of servers that accept."""
    out.segment((CLIENTS + number, 80), (SERVER, 1024 + number % 60000), number * 3, number + 1, SYN_ACK,
                options=SYN_OPTIONS)


def unanswered(out, number):
    """SYNs to every port of host after host, and no answer."""
    out.segment((CLIENTS + 1, 40000), (SERVER + number // 65535, 1 + number % 65535), number, 0, SYN,
                options=SYN_OPTIONS)


KINDS = {kind.__name__: kind for kind in (
    web, tenth, flood, scan, elephant, storm, resets, refusals, acks, opened, again, backscatter, synacks, unanswered)}
SINGLE = ("elephant", "resets")  # of one connection


def write(path, kind, packets):
    """At least so many packets; returns (packets, connections)."""
    with open(path, "wb") as file:
        out = Writer(file)
        for number in itertools.count():
            if out.frames >= packets:
                return out.frames, 1 if kind in SINGLE else number
            KINDS[kind](out, number)
