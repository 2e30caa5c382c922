"""The command tcprst as people and scripts use it: options, exit status, what it says of files it cannot read.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import contextlib
import fcntl
import gzip
import ipaddress
import json
import os
import re
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "cases")]

import tools  # noqa: E402
import truth  # noqa: E402
import tshark  # noqa: E402

import reader  # noqa: E402

tools.require("python3-jsonschema wireshark-common", ("editcap",), ("jsonschema",))
import jsonschema  # noqa: E402  (may be missing)

CASE_A, CASE_B = truth.PCAPS / "case-a.pcapng", truth.PCAPS / "case-b.pcapng"
WITHOUT_RESET = truth.PCAPS / "lab" / "check" / "gone-while-idle.pcapng.gz"
SCHEMA = json.loads((tshark.ROOT / "docs/json.schema.json").read_text(encoding="utf-8"))
SOURCES = tshark.ROOT / "plugin/reader"


def run(*words, **how):
    return subprocess.run([reader.built(), *map(str, words)], capture_output=True, text=True, check=False, timeout=60,
                          **how)


def objects(*words, **how):
    """Those of --json, each valid."""
    found = [json.loads(line) for line in run("--json", *words, **how).stdout.splitlines()]
    for one in found:
        jsonschema.Draft202012Validator(SCHEMA).validate(one)
    return found


def cut(capture, folder, size):
    file = folder / "cut.pcapng"
    file.write_bytes(capture.read_bytes()[:size])
    return file


# --- exit status ---

def test_status_says_whether_there_is_trouble():
    assert run(CASE_A).returncode == 1
    quiet = run("--until", "2012-01-25T12:10Z", CASE_A)
    assert quiet.returncode == 0
    assert run(WITHOUT_RESET).returncode == 1
    told = [run("--help").stdout]
    told += [(tshark.ROOT / "docs" / name).read_text(encoding="utf-8").lower()
             for name in ("assistants.md", "command.md", "man/tcprst.1")]
    assert all("nothing needs attention" in text and "no reset needs" not in text for text in told)
    assert quiet.stdout.endswith("no reset.\n")


@pytest.mark.parametrize("words, told", [
    ([], "no file is given"),
    (["--json", "--events", CASE_A], "more than one form is wanted"),
    (["--since", "yesterday", CASE_A], "--since is no time: yesterday"),
    (["--until", "2024-02-30", CASE_A], "--until is no time: 2024-02-30"),
    (["--filter", "host and", CASE_A], "--filter: "),
    (["--colour", CASE_A], "Unknown option --colour"),
])
def test_wrong_command_lines_end_with_2(words, told):
    done = run(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"tcprst: {told}")


# --- files that cannot be read ---

def test_unreadable_files_are_named_and_the_others_read(tmp_path):
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("no capture\n", encoding="utf-8")
    done = run("--events", tmp_path / "none", tmp_path / "empty", tmp_path / "text", tmp_path, CASE_B)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [f"tcprst: {tmp_path}/none: No such file or directory",
                                        f"tcprst: {tmp_path}/empty: empty",
                                        f"tcprst: {tmp_path}/text: not a capture file, or of an unknown format",
                                        f"tcprst: {tmp_path}: Is a directory"]
    assert len(done.stdout.splitlines()) == 4


def test_what_was_read_of_a_cut_file_is_reported(tmp_path):
    file = cut(CASE_A, tmp_path, 95000)
    done = run(file)
    assert done.returncode == 2
    frames = re.search(r"cut short within a packet; judged up to frame (\d+)\n", done.stderr)[1]
    assert done.stdout.endswith("\nNot the whole file: it is cut short within a packet.\n"
                                f"This page covers frames 1 to {frames}.\n")
    first = objects(file)[0]
    assert (first["whole"], first["fault"], first["frames"]) == (False, "cut short within a packet", int(frames))


def test_damage_within_a_file_is_told(tmp_path):
    whole = gzip.compress(CASE_A.read_bytes())
    file = tmp_path / "damaged.pcapng.gz"
    file.write_bytes(whole[:len(whole) // 2] + bytes(64) + whole[len(whole) // 2 + 64:])
    done = run(file)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "damaged" in done.stderr or "cut short" in done.stderr


def test_a_pipe_that_brings_nothing_is_told():
    done = run("/dev/stdin", input="")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "tcprst: /dev/stdin: empty\n")


def test_a_signal_ends_the_reading_and_what_was_read_is_reported(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen([reader.built(), pipe], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        with pipe.open("wb") as to:
            to.write(CASE_A.read_bytes())
            to.flush()
            while fcntl.ioctl(to, termios.FIONREAD, bytes(4)) != bytes(4):  # until it has read all
                time.sleep(0.01)
            time.sleep(0.2)
            running.send_signal(signal.SIGINT)
            out, told = running.communicate(timeout=60)
    assert running.returncode == 2
    assert re.fullmatch(rf"tcprst: {pipe}: cut off by a signal; judged up to frame \d+\n", told)
    assert "22 reset" in out and "Not the whole file: it is cut off by a signal." in out


@pytest.mark.parametrize("form", ["--json", "--events", "--quiet"])
def test_a_full_disk_is_told(form):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([reader.built(), form, CASE_A, CASE_B], stdout=full, stderr=subprocess.PIPE, text=True,
                              check=False, timeout=60)
    assert (done.returncode, done.stderr) == (2, "tcprst: standard output: No space left on device\n")


def test_captures_of_two_points_are_merged(tmp_path):
    client = truth.PCAPS / "lab/tune/flip-ack.pcapng.gz"
    server = truth.PCAPS / "lab/tune/flip-ack-server.pcapng.gz"
    merged = tmp_path / "merged.pcapng"
    subprocess.run(["mergecap", "-w", merged, client, server], check=True)
    assert run("--verdicts", "--merge", client, server).stdout == run("--verdicts", merged).stdout != ""
    missing = run("--merge", client, tmp_path / "none")
    assert missing.returncode == 2 and "none" in missing.stderr


def judged(*files):
    """[what is said of each reset and silence], without numbers of frames, which stand on the clocks."""
    lines = run("--verdicts", "--merge", *files).stdout.splitlines()
    return [line.split("\t")[1:7] for line in lines]


@pytest.mark.parametrize("ahead_s", (-3.7, -0.05, 3.7))
def test_merging_sets_clocks(ahead_s, tmp_path):
    moved = tmp_path / "moved.pcapng"
    for server in sorted((truth.PCAPS / "lab/tune").glob("reject-*-server.pcapng.gz")):
        client = server.with_name(server.name.replace("-server", ""))
        subprocess.run(["editcap", "-t", str(ahead_s), server, moved], check=True)
        assert judged(client, moved) == judged(client, server) != []


def test_a_clock_that_was_set_is_told(tmp_path):
    client, server = (truth.PCAPS / f"lab/tune/reject-router-syn{side}.pcapng.gz" for side in ("", "-server"))
    moved = tmp_path / "moved.pcapng"
    subprocess.run(["editcap", "-t", "-3.7", server, moved], check=True)
    told, told_of_right = (" ".join(run("--merge", client, file).stdout.split()) for file in (moved, server))
    assert f"The clock of {moved} was about 3.700 s behind that of {client}." in told
    assert "The clock of" not in told_of_right
    [set_clock] = json.loads(run("--json", "--merge", client, moved).stdout.splitlines()[0])["clocks"]
    assert (set_clock["source"], round(set_clock["ahead"], 2)) == (str(moved), -3.7)
    hidden = run("--anonymise", "--merge", client, moved).stdout
    assert "The clock of file 2" in hidden and str(tmp_path) not in hidden


def test_files_may_be_named_as_options(tmp_path):
    (tmp_path / "--json").write_bytes(CASE_B.read_bytes())
    assert len(run("--events", "--", "--json", cwd=tmp_path).stdout.splitlines()) == 4


# --- what is taken ---

def test_filter_leaves_other_hosts_out():
    words = ("--filter", "host 192.0.2.20 and port 8035", CASE_A)
    capture, *rest = objects(*words)
    assert capture["filter"] == "host 192.0.2.20 and port 8035"
    assert capture["packets"] < capture["frames"]
    assert {one["server"]["port"] for one in rest} == {8035}
    assert [one["frame"] for one in rest if one["type"] == "event"][0] == 680  # numbered as in the file


@pytest.mark.parametrize("link", ["cooked", "links"])
def test_filter_fits_several_link_types(link):
    capture = truth.PCAPS / "variants" / "links.pcapng" if link == "links" else CASE_A
    assert objects("--filter", "tcp or vlan", capture)[0]["packets"] > 0
    assert objects("--filter", "udp port 9", capture)[0]["packets"] == 0


def test_times_choose_frames():
    everything = objects(CASE_A)[0]
    middle = "2012-01-25T12:17:00Z"
    before, after = objects("--until", middle, CASE_A)[0], objects("--since", middle, CASE_A)[0]
    assert before["packets"] + after["packets"] == everything["packets"]
    assert before["end"] < middle < after["start"]
    for same in ("2012-01-25 12:17", "2012-01-25T13:17:00+01:00", "1327493820", "1327493820.000"):
        assert objects("--since", same, CASE_A)[0] == after


# --- forms ---

def test_a_file_without_failures_has_an_object(tmp_path):
    only, *endpoints = objects("--until", "2012-01-25T12:10Z", "--sensor", "office", CASE_A)
    assert only["type"] == "capture"
    assert (only["resets"], only["whole"], only["sensor"], only["links"]) == (0, True, "office", ["Ethernet"])
    assert all(one["sensor"] == "office" for one in endpoints + objects("--sensor", "office", CASE_A))
    assert only["tool"] == f"tcprst {run('--version').stdout.split()[1]}"
    nothing = tmp_path / "nothing.pcap"
    subprocess.run(["editcap", "-r", "-F", "pcap", CASE_A, nothing, "0"], check=True, capture_output=True)
    assert [(one["packets"], one["start"]) for one in objects(nothing)] == [(0, None)]


@pytest.mark.parametrize("capture", [CASE_A, CASE_B, truth.PCAPS / "variants" / "links.pcapng"])
def test_streams_are_numbered_as_in_wireshark(capture):
    told = tshark.text("-r", tshark.readable(capture), "-Y", "tcprst.event", "-T", "fields", "-e", "frame.number", "-e",
                       "tcp.stream")
    there = [line.split("\t") for line in told.splitlines()]
    assert [[str(one["frame"]), str(one["stream"])] for one in objects(capture) if one["type"] == "event"] == there
    part = objects("--filter", "tcp", capture)
    assert {one["stream"] for one in part if one["type"] == "event"} == {None}


def test_events_name_both_ends():
    lines = run("--events", CASE_B).stdout.splitlines()
    assert len(lines) == 4
    assert re.fullmatch(r"\d+ [\d:]+ [\d.]+:\d+ > 192\.0\.2\.10:80 [a-z-]+: .* \((high|likely|possible), \d+ %\)",
                        lines[0])


def test_nothing_is_said_of_progress_in_scripts():
    assert run(CASE_A).stderr == ""


# --- what is given away ---

SHY = [CASE_A, *(truth.PCAPS / "variants" / f"{name}.pcapng" for name in
                 ("icmp-quotes", "links", "names-cut", "rejected", "stated-hostile", "stated-otherwise", "tunnels"))]


SHOWN = {4: ipaddress.ip_network("10.0.0.0/8"), 6: ipaddress.ip_network("2001:db8::/32")}


def addresses(text):
    """Those in an output of any form, which can name sections of RFCs, too."""
    found = set()
    for word in re.findall(r"[0-9a-fA-F]*[.:][0-9a-fA-F.:]+", re.sub(r"section\s+[\d.]+", "", text)):
        for one in (word, word.rstrip(".:"), word.rstrip(".:").rpartition(":")[0]):  # a sentence's end; a port
            with contextlib.suppress(ValueError):
                found.add(ipaddress.ip_address(one))
                break
    return found


@pytest.mark.parametrize("capture", SHY, ids=truth.name)
def test_anonymised_output_has_the_verdicts_and_no_address(capture):
    assert run("--verdicts", "--anonymise", capture).stdout == run("--verdicts", capture).stdout != ""
    for form in ("--json", "--events", "--quiet"):
        had, left = (addresses(run(form, *more, capture).stdout) for more in ((), ("--anonymise",)))
        assert had and {one.version for one in had} == {one.version for one in left}
        assert all(one.is_loopback or one in SHOWN[one.version] for one in left)
        assert not [one for one in left & had if not one.is_loopback]


def test_stand_ins_say_who_met_whom_and_who_is_near_whom():
    pairs = {}
    for old, new in zip(objects(CASE_A, CASE_A), objects("--anonymise", CASE_A, CASE_A), strict=True):
        for side in ("client", "server"):
            if isinstance(old.get(side), dict):
                was, now = (ipaddress.ip_address(one[side]["address"]) for one in (old, new))
                assert pairs.setdefault(was, now) == now
    networks = {(*(ipaddress.ip_network((int(one), 24), strict=False) for one in pair),) for pair in pairs.items()}
    assert len({*pairs.values()}) == len(pairs)
    assert len(networks) == len({old for old, _ in networks}) == len({new for _, new in networks}) > 1


def test_anonymised_output_has_no_name_and_no_word_of_a_payload():
    named, stated = (truth.PCAPS / "variants" / f"{name}.pcapng" for name in ("names-cut", "stated-hostile"))
    words = {one["stated_reason"] for one in objects(stated) if one.get("stated_reason")}
    for form in ("--json", "--quiet"):
        had, left = (run(form, "--sensor", "DE-BER-7", "-f", "tcp port 443", "-n", *more, named).stdout +
                     run(form, stated).stdout for more in ((), ("--anonymise",)))
        assert "forbidden.example.net" in had and str(named) in had
        assert not [one for one in ("example.net", str(named), "DE-BER", "port 443") if one in left]
        left = run(form, "--anonymise", stated).stdout
        assert words and not [one for one in words if one in left or json.dumps(one)[1:-1] in left]


def test_live_has_no_stand_ins():
    assert run("--anonymise", "--live=-").returncode == 2


# --- help ---

def options():
    return set(re.findall(r"--[a-z-]+", run("--help").stdout.split("Application Options:")[1].split("\n\n")[0]))


@pytest.mark.parametrize("document", ["../../docs/man/tcprst.1", "completion/tcprst.bash", "completion/_tcprst"])
def test_manual_page_and_completions_have_every_option(document):
    text = (SOURCES / document).read_text(encoding="utf-8").replace("\\-", "-")
    assert {option for option in options() if option not in text} == set()
    assert set(re.findall(r"(?<!\w)--[a-z]+(?:-[a-z]+)*", text)) <= options() | {"--help", "--"}


def test_manual_pages_know_what_fails_without_a_reset():
    types = {kind["properties"]["type"]["const"] for kind in SCHEMA["$defs"].values()
             if "type" in kind.get("properties", ())}
    command, plugin = ((tshark.ROOT / "docs/man" / name).read_text(encoding="utf-8")
                       for name in ("tcprst.1", "tcprst-wireshark.7"))
    assert {"event", "silence"} < types
    assert {kind for kind in types if not re.search(rf"^\.IR? {kind}\b", command, re.MULTILINE)} == set()
    assert ".B tcprst.silence\n" in plugin


def test_manual_page_can_be_formatted():
    tools.require("man-db", ("man",))
    done = subprocess.run(["man", "--warnings", "-l", tshark.ROOT / "docs/man/tcprst.1"],
                          capture_output=True, text=True,
                          env={**os.environ, "MANPAGER": "cat", "LC_ALL": "C.UTF-8"}, check=True)
    assert done.stderr == ""
    assert "EXIT STATUS" in done.stdout


def test_bash_completes_options():
    script = f"""compopt() {{ :; }}; source {SOURCES}/completion/tcprst.bash
        COMP_WORDS=(tcprst --js); COMP_CWORD=1; _tcprst; echo "${{COMPREPLY[@]}}" """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "--json\n"
