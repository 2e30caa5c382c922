"""docs/many-captures/run: one table of many captures, which files it reads, and what it says of the others.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "cases")]

import tools  # noqa: E402
import truth  # noqa: E402
import tshark  # noqa: E402

import reader  # noqa: E402
from synth.capture import Capture  # noqa: E402
from synth.host import LINUX  # noqa: E402
from synth.payload import http_get  # noqa: E402

tools.require("parallel jq wireshark-common", ("parallel", "jq", "editcap", "mergecap"))
SCRIPT = tshark.ROOT / "docs/many-captures/run"
CASE_A, CASE_B = truth.PCAPS / "case-a.pcapng", truth.PCAPS / "case-b.pcapng"


def run(*words, tmp_path, **how):
    """(rows of the table, the finished command)."""
    (tmp_path / "bin").mkdir(exist_ok=True)
    tool = tmp_path / "bin" / "tcprst"
    if not tool.exists():
        tool.symlink_to(Path(reader.built()).resolve())
    environment = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}", "SHELL": "/bin/sh",
                   **how.pop("env", {})}
    done = subprocess.run([*how.pop("prefix", []), SCRIPT, *map(str, words)], capture_output=True, text=True,
                          check=False, timeout=300, env=environment, **how)
    return [line.split("\t") for line in done.stdout.splitlines()[1:]], done


def folder_of(tmp_path, **captures):
    folder = tmp_path / "captures"
    for name, capture in captures.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(capture, folder / name)
    return folder


def frames(capture, file, numbers):
    """A part of a capture."""
    file.parent.mkdir(exist_ok=True, parents=True)
    subprocess.run(["editcap", "-r", capture, file, numbers], check=True, capture_output=True)


def test_make_one_table(tmp_path):
    """Names do not matter: one needs quoting, none ends as a capture's does."""
    folder = folder_of(tmp_path, **{"one's": CASE_A, "sub/two": CASE_B})
    (folder / "README.pcap").write_text("no capture\n", encoding="utf-8")
    merged = tmp_path / "merged.json"
    rows, done = run(folder, "--jobs", "2", tmp_path=tmp_path, env={"MERGED": str(merged)})
    assert done.returncode == 0, done.stderr
    assert [row[0] for row in rows] == ["192.0.2.20:8035", "192.0.2.10:80"]
    assert rows[0][1].startswith("service-failing (")
    assert rows[0][2:12] == ["-", "22", "22", "0", "1", "7", "-", "1", "2012-01-25T12:17:12", "one's"]
    assert len(merged.read_text(encoding="utf-8").splitlines()) == 8


@pytest.mark.parametrize("option", ["-S", "--sshlogin"])
def test_reads_on_hosts(option, tmp_path):
    """Of which this machine is the only one here."""
    rows, done = run(folder_of(tmp_path, one=CASE_A, two=CASE_B), option, ":", tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [row[0] for row in rows] == ["192.0.2.20:8035", "192.0.2.10:80"]


def test_make_one_table_of_servers(tmp_path):
    rows, done = run("--servers", folder_of(tmp_path, one=CASE_A, two=CASE_B), tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [row[:6] for row in rows] == [["192.0.2.20:8035", "83", "22", "22", "7", "9"],
                                         ["192.0.2.10:80", "44", "4", "4", "4", "5"]]
    assert rows[0][6:8] == ["2012-01-25T12:17:12", "one"]
    assert rows[0][8].startswith("22 service-failing (")


def scan_of(ports, file):
    """A client tries every port of a server, and each refuses."""
    capture = Capture("scan")
    client, server = capture.host("198.51.100.11", LINUX), capture.host("192.0.2.80", LINUX)
    for i in range(ports):
        capture.connect(client, server, 1000 + i, i * 1_000_000).syn().refuse()
    capture.finish()
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_bytes(capture.pcapng())


def test_a_scan_is_one_row(tmp_path):
    scan_of(1000, tmp_path / "captures" / "scan")
    rows, done = run(folder_of(tmp_path, other=CASE_B), tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [row[0] for row in rows] == ["192.0.2.10:80", "192.0.2.80"]
    assert rows[1][1].startswith("port-closed (")
    assert rows[1][2:9] == ["scan", "1000", "1000", "0", "1000", "1", "198.51.100.11"]


def test_one_problem_of_several_captures_is_one_row(tmp_path):
    scan_of(1000, tmp_path / "captures" / "scan")
    shutil.copy(tmp_path / "captures" / "scan", tmp_path / "captures" / "again")
    rows, _ = run(folder_of(tmp_path, a=CASE_A, b=CASE_A), tmp_path=tmp_path)
    assert [(row[0], *row[3:5], *row[6:10]) for row in rows] == [
        ("192.0.2.20:8035", "44", "44", ">=1", ">=7", "-", "2"),
        ("192.0.2.80", "2000", "2000", ">=1000", ">=1", "198.51.100.11", "2")]


def rejections(network, file):
    """Six servers that have nothing in common but that they reset the requests of one client each."""
    capture = Capture("rejections")
    for i in range(6):
        client, server = capture.host(f"198.51.{i}.11", LINUX), capture.host(f"{network}.{i}.80", LINUX)
        for second in 3 * i, 3 * i + 1:
            capture.connect(client, server, 80, second * 1_000_000_000).handshake().request(http_get("/")).rst_ack()
    capture.finish()
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_bytes(capture.pcapng())


def test_servers_with_only_a_cause_in_common_are_a_row_of_each_capture(tmp_path):
    """Also when what was merged is merged again."""
    folder, merged = tmp_path / "captures", tmp_path / "merged.json"
    rejections("192.0", folder / "one")
    rejections("203.0", folder / "two")
    rows, done = run(folder, tmp_path=tmp_path, env={"MERGED": str(merged)})
    assert done.returncode == 0, done.stderr
    told = [("6 servers", "12", "12", "0", "6", "6", "-", "1", name) for name in ("one", "two")]
    assert sorted((row[0], *row[3:10], row[11]) for row in rows) == told
    assert {row[12] for row in rows} == {'tcprst.cause == "app-reject"'}
    again = subprocess.run(["jq", "-n", "-c", "-f", SCRIPT.parent / "merge.jq", merged], check=True,
                           capture_output=True, text=True).stdout
    assert again == merged.read_text(encoding="utf-8")


def test_problems_of_one_capture_with_one_cause_stay_apart(tmp_path):
    """As of servers that fail in different ways."""
    rejections("192.0", tmp_path / "captures" / "one")
    results = tmp_path / "objects"
    run("--results", results, tmp_path / "captures", tmp_path=tmp_path)
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    problem = next(one for one in lines if one["type"] == "incident")
    assert problem["shared"] == "cause"
    other = {**problem, "first": {**problem["first"], "frame": problem["first"]["frame"] + 1}}
    merged = subprocess.run(["jq", "-n", "-c", "-f", SCRIPT.parent / "merge.jq"], check=True, capture_output=True,
                            text=True, input=f"{json.dumps(problem)}\n{json.dumps(other)}\n").stdout
    assert len(merged.splitlines()) == 2


def test_unreadable_files_are_named(tmp_path):
    folder = folder_of(tmp_path, good=CASE_B)
    (folder / "cut").write_bytes(CASE_A.read_bytes()[:30000])
    rows, done = run(folder, tmp_path=tmp_path)
    assert done.returncode == 2
    assert "cut: cut short within a packet" in done.stderr
    assert [row[0] for row in rows] == ["192.0.2.10:80"]


def test_goes_on_where_it_was_stopped(tmp_path):
    folder, results = folder_of(tmp_path, a=CASE_A, b=CASE_B), tmp_path / "objects"
    first, _ = run("--results", results, folder, tmp_path=tmp_path)
    lines = results.read_text(encoding="utf-8").splitlines()
    of_a, of_b = ([line for line in lines if f'"source":"{name}"' in line] for name in "ab")
    stopped = of_a + of_b[:3]
    results.write_text("\n".join(stopped) + '\n{"source":"b","ty', encoding="utf-8")
    again, done = run("--results", results, folder, tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert again == first
    assert sorted(map(json.loads, results.read_text(encoding="utf-8").splitlines()), key=str) == \
        sorted(map(json.loads, lines), key=str)


def test_sites_stay_apart(tmp_path):
    results = tmp_path / "objects"
    listed = tmp_path / "list"
    for site, capture in (("east", CASE_A), ("west wing", shutil.copy(CASE_A, tmp_path / "copy"))):
        listed.write_text(f"{capture}\n", encoding="utf-8")
        with listed.open(encoding="utf-8") as names:
            rows, done = run("--site", site, "--results", results, "-", tmp_path=tmp_path, stdin=names)
        assert done.returncode == 0, done.stderr
    assert [(row[3], row[-1]) for row in rows] == [("22", "east"), ("22", "west wing")]


def test_files_that_follow_each_other_are_joined(tmp_path):
    folder = tmp_path / "captures"
    frames(CASE_A, folder / "ring_00001_20120125120000.pcapng", "1-700")
    frames(CASE_A, folder / "ring_00002_20120125121800.pcapng", "701-2000")
    whole, _ = run(folder_of(tmp_path / "whole", ring=CASE_A), tmp_path=tmp_path)
    parts, done = run(folder, tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert parts == whole


def test_names_with_the_time_first_are_joined(tmp_path):
    """dumpcap -b nametimenum:2"""
    folder = tmp_path / "captures"
    frames(CASE_A, folder / "ring_20120125120000_00001.pcapng", "1-700")
    frames(CASE_A, folder / "ring_20120125121800_00002.pcapng", "701-2000")
    (folder / "shop_2012_00001.pcapng").write_bytes(CASE_B.read_bytes())
    whole, _ = run(folder_of(tmp_path / "whole", **{"ring": CASE_A, "shop_2012_00001.pcapng": CASE_B}),
                   tmp_path=tmp_path)
    parts, done = run(folder, tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert parts == whole


def test_what_is_left_of_a_cut_ring_counts(tmp_path):
    """And all other captures; one file of a ring that is no capture leaves the others by themselves."""
    folder, last = tmp_path / "captures", "ring_00002_20120125121800.pcapng"
    frames(CASE_A, folder / "ring_00001_20120125120000.pcapng", "1-700")
    frames(CASE_A, folder / last, "701-2000")
    frames(CASE_A, folder / "no_00001_20120125120000.pcapng", "1-700")
    (folder / "no_00002_20120125121800.pcapng").write_bytes(CASE_A.read_bytes()[:30])
    (folder / "ring_00003_20120125121900.pcapng").touch()
    shutil.copy(CASE_B, folder / "other")
    cut = (folder / last).read_bytes()[:-50]
    (folder / last).write_bytes(cut)
    merged = tmp_path / "objects"
    rows, done = run("--results", merged, folder, tmp_path=tmp_path)
    assert done.returncode == 2
    assert all(f"{name}_20120125{time}.pcapng" in done.stderr
               for name, time in (("ring_00002", "121800"), ("ring_00003", "121900"), ("no_00002", "121800")))
    assert {row[0] for row in rows} == {"192.0.2.20:8035", "192.0.2.10:80"}
    sources = {json.loads(line)["source"] for line in merged.read_text(encoding="utf-8").splitlines()}
    assert sources == {"ring", "no_00001_20120125120000.pcapng", "other"}


def test_what_follows_a_cut_file_of_a_ring_is_read(tmp_path):
    """mergecap ends there."""
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "ring_00001_20120125120000.pcapng").write_bytes(CASE_B.read_bytes()[:5000])
    shutil.copy(CASE_A, folder / "ring_00002_20120125121800.pcapng")
    rows, done = run(folder, tmp_path=tmp_path)
    assert done.returncode == 2
    assert "ring_00001_20120125120000.pcapng" in done.stderr
    assert ("192.0.2.20:8035", "ring_00002_20120125121800.pcapng") in [(row[0], row[11]) for row in rows]


def test_empty_and_closed_files_are_named(tmp_path):
    folder = folder_of(tmp_path, good=CASE_B, closed=CASE_A)
    (folder / "empty").touch()
    (folder / "closed").chmod(0)
    without_power = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    rows, done = run(folder, tmp_path=tmp_path, prefix=without_power)
    assert done.returncode == 2
    assert "empty: empty" in done.stderr and "closed: " in done.stderr
    assert [row[0] for row in rows] == ["192.0.2.10:80"]


@pytest.mark.parametrize("form", ["netmon1", "netmon2", "ngsniffer", "ngwsniffer_2_0", "visual", "5views", "nsecpcap",
                                  "snoop", "gzip"])
def test_forms_of_captures_are_known(form, tmp_path):
    folder = folder_of(tmp_path, capture=CASE_B)
    if form == "gzip":
        subprocess.run(["editcap", "-F", "netmon2", CASE_B, folder / "capture"], check=True)
        subprocess.run(["gzip", "-S", ".z", folder / "capture"], check=True)
    else:
        subprocess.run(["editcap", "-F", form, CASE_B, folder / "capture"], check=True)
    rows, done = run(folder, tmp_path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [row[0] for row in rows] == ["192.0.2.10:80"]


def test_harmless_resets_are_left_out(tmp_path):
    folder = folder_of(tmp_path, scan=truth.PCAPS / "variants" / "syn-scan.pcapng")
    for which in ([], ["--servers"]):
        rows, _ = run(*which, folder, tmp_path=tmp_path)
        every, _ = run(*which, folder, tmp_path=tmp_path, env={"ALL": "1"})
        assert len(every) > len(rows)


def test_duckdb_counts_causes(tmp_path):
    """TCPRST_NODE_MODULES names a folder node_modules with @duckdb/node-api."""
    modules = os.environ.get("TCPRST_NODE_MODULES")
    if not modules:
        pytest.skip("TCPRST_NODE_MODULES is not set")
    (tmp_path / "node_modules").symlink_to(modules)
    shutil.copy(SCRIPT.with_name("query.mjs"), tmp_path)
    objects = tmp_path / "objects"
    run("--results", objects, folder_of(tmp_path, a=CASE_A, b=CASE_B, again=CASE_B), tmp_path=tmp_path)
    sql = "SELECT cause, count(DISTINCT id) AS resets FROM object WHERE type = 'event' GROUP BY cause ORDER BY 2 DESC"
    done = subprocess.run(["node", "query.mjs", objects, sql], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"cause": "service-failing", "resets": "22"}, {"cause": "syn-proxy", "resets": "4"}]
