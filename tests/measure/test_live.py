"""tcprst --live: lines that come at once, are corrected by their id and become final; memory that does not grow.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import collections
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "cases")]

import truth  # noqa: E402
import tshark  # noqa: E402

import reader  # noqa: E402

CASE_A = truth.PCAPS / "case-a.pcapng"
MAY_CAPTURE = os.geteuid() == 0


def lines(data, *words):
    done = subprocess.run([reader.built(), "--live", "-", "--json", *words], input=data, capture_output=True,
                          check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def finals(capture):
    """{id: cause} when the whole file is known."""
    told = reader.run("--json", capture).splitlines()
    return {one["id"]: one["cause"] for one in map(json.loads, told) if one["type"] == "event"}


def test_every_event_becomes_final_and_is_corrected_by_its_id():
    by_id = collections.defaultdict(list)
    for one in lines(CASE_A.read_bytes(), "--sensor", "office"):
        by_id[one["id"]].append((one["state"], one["cause"], one["sensor"]))
    assert {name: told[-1][1] for name, told in by_id.items()} == finals(CASE_A)
    for told in by_id.values():
        states = [state for state, _, _ in told]
        assert states[0] == "provisional" and states[-1] == "final"
        assert set(states[1:-1]) <= {"corrected"}
    assert [cause for _, cause, _ in by_id["2d2872abe8c15345"]] == ["no-state", "service-failing", "service-failing"]


def test_a_stream_that_is_cut_is_told():
    done = subprocess.run([reader.built(), "--live", "-"], input=CASE_A.read_bytes()[:-40], capture_output=True,
                          text=False, check=False, timeout=60)
    assert done.returncode == 2
    assert b"truncated" in done.stderr
    assert b"final" in done.stdout


@pytest.mark.parametrize("data, told", [(b"", "empty"), (b"\x1f\x8b\x08\x00", "not a stream of packets (")])
def test_what_is_no_stream_is_told(data, told):
    done = subprocess.run([reader.built(), "--live", "-"], input=data, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"tcprst: -: {told}")


def test_closed_standard_input_is_told():
    done = subprocess.run(["sh", "-c", f"exec {reader.built()} --live - <&-"], capture_output=True, text=True,
                          check=False, timeout=60)
    assert (done.returncode, done.stderr) == (2, "tcprst: -: Bad file descriptor\n")


def test_a_full_disk_ends_it():
    with CASE_A.open("rb") as stream, open("/dev/full", "wb") as full:
        done = subprocess.run([reader.built(), "--live", "-"], stdin=stream, stdout=full, stderr=subprocess.PIPE,
                              text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (2, "tcprst: standard output: No space left on device\n")


def test_says_what_it_did_not_follow():
    """A link type that is not followed."""
    data = struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 147) + struct.pack("<IIII", 1, 0, 20, 20) + bytes(20)
    done = subprocess.run([reader.built(), "--live", "-"], input=data, capture_output=True, check=False, timeout=60)
    assert done.stderr == b"tcprst: 1 of 1 frames were not followed (1 of link type 147)\n"


# --- without an answer ---

SYN, SYN_ACK = 0x02, 0x12
SECOND_US = 1000000


def stream_of(packets):
    return struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101) + b"".join(packets)


def asked_in_vain(client, at_s=(0, 1, 3, 7, 15)):
    return [packet(int(at * SECOND_US), client, False, SYN, 100, 0) for at in at_s]


def test_silences_are_told_and_become_final():
    told = lines(stream_of(asked_in_vain(1)))
    assert [(one["type"], one["state"], one["frame"]) for one in told] == [("silence", "provisional", 3),
                                                                           ("silence", "final", 5)]
    assert len({one["id"] for one in told}) == 1


def test_a_silence_that_ends_is_taken_back():
    late = packet(8 * SECOND_US, 1, True, SYN_ACK, 900, 101)
    rest = packet(9 * SECOND_US, 2, True, SYN_ACK, 1900, 2101)
    first, second = lines(stream_of([*asked_in_vain(1, (0, 1, 3, 7)), late, rest]), "--sensor", "office")
    assert (first["type"], first["state"]) == ("silence", "provisional")
    assert (second["type"], second["id"], second["sensor"]) == ("answered", first["id"], "office")


@pytest.mark.parametrize("capture", truth.lab("filter-router-ports-v6", "queue-full-v6", "gone-while-idle",
                                              "half-open-queue-full", "scan-dead-host"), ids=truth.name)
def test_final_silences_are_those_of_the_file(capture):
    data = subprocess.run(["tshark", "-r", capture, "-F", "pcap", "-w", "-"], capture_output=True, check=True).stdout
    final = {one["id"]: (one["cause"], one["confidence"]) for one in lines(data)
             if one.get("state") == "final" and one["type"] == "silence"}
    whole = [one for one in map(json.loads, reader.run("--json", capture).splitlines()) if one["type"] == "silence"]
    assert final == {one["id"]: (one["cause"], one["confidence"]) for one in whole}


def unanswered(number):
    """So many SYNs that nobody answers, 7,200 s in all."""
    step_us = 7200 * SECOND_US // number
    yield struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    for i in range(number):
        yield packet(i * step_us, i, False, SYN, 100, 0)


def test_a_flood_takes_bounded_memory():
    few_kib, few = peak_and_lines(unanswered(6000), 2000)
    many_kib, many = peak_and_lines(unanswered(24000), 2000)
    assert few["provisional"] == few["final"] and many["provisional"] == many["final"] > 23000
    assert many_kib < few_kib * 1.2, f"{few_kib} KiB for 6,000 connections, {many_kib} KiB for 24,000"


# --- memory ---

def packet(at_us, client, from_server, flags, seq, ack):
    """A frame of a raw-IP capture file."""
    ends = [(struct.pack(">I", 0x0a000000 + client // 50000), 1024 + client % 50000), (bytes([192, 0, 2, 1]), 80)]
    (src, src_port), (dst, dst_port) = ends[::-1] if from_server else ends
    tcp = struct.pack(">HHIIBBHHH", src_port, dst_port, seq, ack, 0x50, flags, 500, 0, 0)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, 0, 0x4000, 64, 6, 0, src, dst) + tcp
    return struct.pack("<IIII", at_us // 1000000, at_us % 1000000, len(ip), len(ip)) + ip


def refused(number):
    """So many connections, each refused, 7,200 s in all."""
    step_us = 7200 * 1000000 // number
    yield struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    for i in range(number):
        yield packet(i * step_us, i, False, 0x02, 100, 0) + packet(i * step_us + 100, i, True, 0x14, 0, 101)


def peak_and_lines(packets, keep):
    """Memory at most in KiB, and the lines by state or type."""
    with subprocess.Popen([reader.built(), "--live", "-", "--json", "--keep", str(keep)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as running:
        def feed():
            with running.stdin:
                for data in packets:
                    running.stdin.write(data)
        feeding = threading.Thread(target=feed)
        feeding.start()
        told = collections.Counter()
        for line in running.stdout:
            one = json.loads(line)
            told[one.get("state", one["type"])] += 1
        feeding.join()
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return usage.ru_maxrss, told


def test_memory_does_not_grow_and_nothing_is_lost():
    few_kib, few = peak_and_lines(refused(6000), 2000)
    many_kib, many = peak_and_lines(refused(24000), 2000)
    assert (few["provisional"], few["final"]) == (6000, 6000)
    assert (many["provisional"], many["final"]) == (24000, 24000)
    assert many["left"] > few["left"] > 0
    assert many_kib < few_kib * 1.2, f"{few_kib} KiB for 6,000 connections, {many_kib} KiB for 24,000"


def one_reset_again_and_again(number):
    """A connection that is reset so many times, 10,000 times a second."""
    yield struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    yield packet(0, 0, False, 0x02, 100, 0)
    for i in range(number):
        yield packet(i * 100, 0, True, 0x14, 0, 101)


def test_repeated_resets_take_bounded_memory():
    """They are no connections."""
    few_kib, _ = peak_and_lines(one_reset_again_and_again(60000), 2000)
    many_kib, many = peak_and_lines(one_reset_again_and_again(240000), 2000)
    assert (many["provisional"], many["final"]) == (1, 1)
    assert many["left"] > 1
    assert many_kib < few_kib * 1.2, f"{few_kib} KiB for 60,000 resets, {many_kib} KiB for 240,000"


# --- Prometheus ---

METRICS = tshark.ROOT / "docs/live/metrics"
SCRAPE = """scrape_configs:
  - job_name: tcprst
    scrape_interval: 1s
    static_configs:
      - targets: ["127.0.0.1:{port}"]
"""


def free_port():
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def answer_of(address):
    """What an HTTP server says; nothing if it is not there yet."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def answer_with(address, part):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        told = answer_of(address)
        if part in told:
            return told
        time.sleep(0.2)
    raise AssertionError(f"{address} does not tell {part}: {answer_of(address)}")


@contextlib.contextmanager
def metrics_of_case_a():
    """The port."""
    port = free_port()
    told = b"".join(json.dumps(one).encode() + b"\n" for one in lines(CASE_A.read_bytes(), "--sensor", "office"))
    with subprocess.Popen([sys.executable, METRICS, "--port", str(port)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as running:
        passed = threading.Thread(target=running.stdout.read)
        passed.start()
        running.stdin.write(told)
        running.stdin.flush()
        yield port
        running.stdin.close()
        passed.join()


def test_metrics_count_final_verdicts():
    with metrics_of_case_a() as port:
        page = answer_with(f"http://127.0.0.1:{port}/metrics", "} 22\n")
    assert page.splitlines()[2] == ('tcprst_resets_total{cause="service-failing",severity="warn",sensor="office",'
                                     'server="192.0.2.20:8035"} 22')


@pytest.mark.skipif(not shutil.which("prometheus"), reason="missing: prometheus (Debian: prometheus)")
def test_prometheus_counts_causes(tmp_path):
    """By the interface that Grafana asks."""
    own = free_port()
    with metrics_of_case_a() as port:
        (tmp_path / "prometheus.yml").write_text(SCRAPE.format(port=port), encoding="utf-8")
        with subprocess.Popen(["prometheus", f"--config.file={tmp_path}/prometheus.yml",
                               f"--storage.tsdb.path={tmp_path}/data", f"--web.listen-address=127.0.0.1:{own}"],
                              stderr=subprocess.DEVNULL) as running:
            query = urllib.parse.quote("sum by (cause) (tcprst_resets_total)")
            told = answer_with(f"http://127.0.0.1:{own}/api/v1/query?query={query}", '"service-failing"')
            running.terminate()
    result = json.loads(told)["data"]["result"][0]
    assert (result["metric"], result["value"][1]) == ({"cause": "service-failing"}, "22")


# --- as a service ---

SERVICE = tshark.ROOT / "docs/live/tcprst@.service"


def test_service_has_options_that_work():
    command = re.search(r"^ExecStart=/usr/bin/tcprst (.*)$", SERVICE.read_text(encoding="utf-8"), re.MULTILINE)[1]
    words = command.replace("%i", "-").replace("%H", "office").split()
    done = subprocess.run([reader.built(), *words], input=CASE_A.read_bytes(), capture_output=True, check=False,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    assert {json.loads(line)["sensor"] for line in done.stdout.splitlines()} == {"office"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="missing: systemd-analyze (Debian: systemd)")
def test_service_is_a_unit(tmp_path):
    unit = tmp_path / "tcprst@eth0.service"
    text = SERVICE.read_text(encoding="utf-8").replace("/usr/bin/tcprst", str(Path(reader.built()).resolve()))
    unit.write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    assert unit.name not in done.stderr


@pytest.mark.skipif(not shutil.which("rotatelogs"), reason="missing: rotatelogs (Debian: apache2-utils)")
def test_rotatelogs_keeps_every_line(tmp_path):
    told = "\n".join(map(json.dumps, lines(CASE_A.read_bytes()))) + "\n"
    subprocess.run(["rotatelogs", tmp_path / "%Y-%m-%d.json", "86400"], input=told, text=True, check=True, timeout=60)
    assert "".join(file.read_text(encoding="utf-8") for file in sorted(tmp_path.iterdir())) == told


# --- an interface ---

def told_of_a_refusal(*words):
    """(first line, the others) while a port that nobody listens on refuses; the first line is there
    while the capture goes on."""
    with subprocess.Popen([reader.built(), "--live", "lo", *words, "--filter", "tcp port 9"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as running:
        for line in running.stderr:  # dumpcap has begun
            if line.startswith("File"):
                break
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", 9))
        first = running.stdout.readline()
        running.send_signal(signal.SIGTERM)
        rest, told = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "received/dropped on interface" in told
    return first, rest.splitlines()


@pytest.mark.skipif(not MAY_CAPTURE, reason="only root may capture here")
def test_tells_of_resets_on_an_interface():
    first, rest = told_of_a_refusal()
    assert first.startswith("provisional ") and "> 127.0.0.1:9 syn-sent:" in first
    assert rest[-1].split()[:2] == ["final", first.split()[1]]


@pytest.mark.skipif(not MAY_CAPTURE, reason="only root may capture here")
def test_tells_of_resets_on_an_interface_in_json():
    first, rest = told_of_a_refusal("--json", "--sensor", "office")
    told = [json.loads(line) for line in (first, rest[-1])]
    assert [(one["state"], one["sensor"], one["server"]["port"]) for one in told] == [
        ("provisional", "office", 9), ("final", "office", 9)]
    assert told[0]["id"] == told[1]["id"]
