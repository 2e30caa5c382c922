"""The JSON of tcprst,json: its schema, sums over parts of a capture, and many captures in one table.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import collections
import functools
import json
import random
import struct
import subprocess

import pytest

import tools
import truth
import tshark
from statistics_of import drawn, objects, server_name

tools.require("jq python3-jsonschema wireshark-common", ("jq", "editcap"),
              ("jsonschema",))
import jsonschema  # noqa: E402  (may be missing)

DOCS = tshark.ROOT / "docs"
CASE_A, CASE_B = truth.PCAPS / "case-a.pcapng", truth.PCAPS / "case-b.pcapng"
COUNTS = """connections resets repeats served refused reset_in_handshake reset_on_request""".split()


@functools.cache
def schema():
    text = (DOCS / "json.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def insist(line):
    """One line that must be valid; the object."""
    one = json.loads(line)
    schema().validate(one)
    return one


def test_schema_is_one():
    schema().check_schema(schema().schema)


@pytest.mark.parametrize("capture", truth.captures()[::5] + truth.shapes()[::5], ids=truth.name)
def test_every_object_is_valid(capture):
    for line in drawn(capture, "json").splitlines():
        insist(line)


@pytest.mark.parametrize("seed", range(1, 9))
def test_damaged_captures_yield_valid_objects(seed):
    damaged = tshark.public_folder("damaged-") / "damaged.pcapng"
    subprocess.run(["editcap", "-E", "0.03", "--seed", str(seed), CASE_A, damaged], check=True)
    damaged.chmod(0o644)
    result = tshark.run("-r", damaged, "-q", "-z", "tcprst,json", "-z", "tcprst,report")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.decode("utf-8", errors="strict").splitlines()
    assert [insist(line) for line in lines if line.startswith("{")]


HOSTILE = b'no way"},{"type":"event\\u0000</script>$(id)`id`%s%n'


def packet(at, from_server, flags, seq, ack, payload=b""):
    """A frame of a raw-IP capture file: 10.0.0.1:40000 and 10.0.0.2:80."""
    ends = [(bytes([10, 0, 0, 1]), 40000), (bytes([10, 0, 0, 2]), 80)]
    (src, src_port), (dst, dst_port) = ends[::-1] if from_server else ends
    tcp = struct.pack(">HHIIBBHHH", src_port, dst_port, seq, ack, 0x50, flags, 500, 0, 0) + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), at, 0x4000, 64, 6, 0, src, dst) + tcp
    return struct.pack("<IIII", at, 0, len(ip), len(ip)) + ip


def test_hostile_words_stay_words():
    """A reset may carry text; what its sender writes there cannot leave the string that holds it."""
    capture = tshark.public_folder("hostile-") / "hostile.pcap"
    packets = [packet(1, False, 0x02, 100, 0), packet(2, True, 0x12, 500, 101),
               packet(3, False, 0x10, 101, 501), packet(4, False, 0x18, 101, 501, b"GET /"),
               packet(5, True, 0x14, 501, 106, HOSTILE)]
    capture.write_bytes(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101) + b"".join(packets))
    event, endpoint, _ = map(insist, drawn(capture, "json").splitlines())
    assert event["stated_reason"] == HOSTILE.decode()
    assert endpoint["resets"] == 1
    assert HOSTILE.decode() not in drawn(capture, "report").splitlines()


def test_comma_of_the_locale_is_none_of_ours():
    result = tshark.run("-r", tshark.readable(CASE_A), "-q", "-z", "tcprst,json",
                        extra={"LC_ALL": "de_DE.UTF-8"})
    assert result.stdout.decode() == drawn(CASE_A, "json")


# --- parts of a capture ---

def part(capture, display_filter):
    """What passes the filter, as a capture of its own."""
    file = tshark.public_folder("part-") / f"{capture.stem}.pcapng"
    tshark.give_away(file.parent)
    tshark.text("-r", tshark.readable(capture), "-Y", display_filter, "-w", file)
    return file


def sums(endpoints):
    """{server: {count: value}} of all that is additive, and the clients as sets."""
    found = {}
    for one in endpoints:
        own = found.setdefault(server_name(one["server"]), collections.Counter())
        own.update({count: one[count] for count in COUNTS})
        for group in ("stages", "forms"):
            own.update({f"{group} {name}": count for name, count in one[group].items()})
        for group in ("clients", "clients_reset"):
            own.update({f"{group} {address}": 0 for address in one[group]})
    return {server: dict(counts) for server, counts in found.items()}


def causes(endpoints):
    return {server_name(one["server"]): {cause["cause"]: cause["resets"] for cause in one["causes"]}
            for one in endpoints}


SPLIT = [CASE_A, CASE_B, *truth.lab("restart", "service-failing"),
         *(truth.PCAPS / "variants" / f"{name}.pcapng" for name in ("process-gone", "port-flapping", "rejected"))]


@pytest.mark.parametrize("capture", SPLIT, ids=truth.name)
def test_split_by_endpoint_keeps_counts_and_causes(capture):
    whole = objects(capture)[1]
    parts = []
    for one in whole:
        server = one["server"]
        address = f"{'ipv6' if ':' in server['address'] else 'ip'}.addr == {server['address']}"
        parts += objects(part(capture, f"{address} && tcp.port == {server['port']}"))[1]
    assert sums(parts) == sums(whole)
    assert causes(parts) == causes(whole)


@pytest.mark.parametrize("capture", SPLIT, ids=truth.name)
def test_split_by_connection_keeps_sums(capture):
    streams = {int(had["tcp.stream"][0]) for had in tshark.rows(capture, ["tcp.stream"]).values()
               if "tcp.stream" in had}
    shuffled = random.Random(1).sample(sorted(streams), len(streams))
    parts = []
    for share in (shuffled[0::3], shuffled[1::3], shuffled[2::3]):
        wanted = " || ".join(f"tcp.stream == {stream}" for stream in share)
        parts += objects(part(capture, wanted))[1] if share else []
    assert sums(parts) == sums(objects(capture)[1])


# --- many captures ---

def test_merged_objects_can_be_merged_again():
    lines = [drawn(capture, "json") for capture in (CASE_A, CASE_B, CASE_A)]

    def merge(*texts):
        return subprocess.run(["jq", "-n", "-c", "-f", DOCS / "many-captures" / "merge.jq"], check=True,
                              input="".join(texts), capture_output=True, text=True).stdout
    at_once, in_turn = merge(*lines), merge(merge(*lines[:2]), lines[2])
    assert [insist(line) for line in at_once.splitlines()] == [insist(line) for line in in_turn.splitlines()]
