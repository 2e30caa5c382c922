"""The examples of CONTRIBUTING.md still apply to the sources, build, pass the unit tests, and do what they say.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import os
import re
import shutil
import subprocess
import tomllib

import pytest

import commands  # first: it makes the modules of tests/cases known
import tools
import tshark

tools.require("git cmake", ("git", "cmake"))

EXAMPLES = sorted((tshark.ROOT / "docs" / "examples").glob("*.diff"))
DONE = {"wireshark-version"}  # shows how the sources came to be what they are
CASE_A = tshark.ROOT / "pcaps" / "case-a.pcapng"


def apply(example, folder, *words):
    reverse = ["--reverse"] if example.stem in DONE else []
    # Without GIT_DIR git would look for a repository above, and then take paths from its top.
    return subprocess.run(["git", "apply", *reverse, *words, example], cwd=folder, check=False,
                          env={**os.environ, "GIT_DIR": "/nonexistent"}, capture_output=True, text=True)


def run(*words, **how):
    done = subprocess.run(words, check=False, capture_output=True, text=True, **how)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source():
    """The sources without any example."""
    folder = tshark.public_folder("source-")
    for name in ("plugin", "tests", "packaging", "docs", "CMakeLists.txt"):
        original = tshark.ROOT / name
        (shutil.copytree if original.is_dir() else shutil.copy)(original, folder / name)
    return folder


@pytest.fixture(scope="module")
def changed(source):
    """The sources with all examples, built."""
    folder = tshark.public_folder("changed-")
    shutil.copytree(source, folder, dirs_exist_ok=True)
    for example in EXAMPLES:
        if example.stem not in DONE:
            done = apply(example, folder)
            assert done.returncode == 0, f"{example.name}: {done.stderr}"
    run("cmake", "-S", folder, "-B", folder / "build", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS=-O0",
        "-DTCPRST_WERROR=ON")
    run("cmake", "--build", folder / "build", "--parallel", "2")
    return folder


def module(folder):
    return next((folder / "build").glob("plugins/*/epan/tcprst.so"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_example_applies(example, source):
    done = apply(example, source, "--check")
    assert done.returncode == 0, f"make it anew, docs/examples/{example.name}: {done.stderr}"


def test_each_is_explained():
    text = commands.text_of("CONTRIBUTING.md")
    assert EXAMPLES and all(f"docs/examples/{example.name}" in text for example in EXAMPLES)


def test_files_named_are_there():
    named = set(re.findall(r"(?<![\w*/])[\w/]+\.(?:c|h|def)\b", commands.text_of("CONTRIBUTING.md")))
    sources = [f"/{file.relative_to(tshark.ROOT)}" for file in tshark.ROOT.glob("[pt]*/**/*.*")]
    missing = [name for name in named if not any(file.endswith(f"/{name}") for file in sources)]
    assert named and not missing, missing


def test_unit_tests_pass(changed):
    run("ctest", "--output-on-failure", "-R", "^unit", cwd=changed / "build")


def test_field_causes_and_statistic_are_there(changed):
    plugin = module(changed)
    wanted = {"tcprst.idle", "tcprst.expert.backend-failed", "tcprst.expert.ident-refused"}
    assert wanted <= tshark.registered(plugin).keys()
    silences = tshark.rows(CASE_A, ["tcprst.idle"], "-2", "-Y", "tcprst.event", plugin=plugin)
    assert all(float(had["tcprst.idle"][0]) > 0 for had in silences.values())
    tree = tshark.text("-2", "-q", "-r", tshark.readable(CASE_A), "-z", "tcprst,tree", plugin=plugin)
    assert "Resets by sender" in tree


def test_capture_shows_its_truth(changed):
    """The capture that the example of a cause adds."""
    run(changed / "tests" / "synth" / "make", "--out", changed / "made", "ident-refused")
    capture = changed / "made" / "variants" / "ident-refused.pcapng"
    events = tomllib.loads(capture.with_suffix(".toml").read_text())["event"]
    truth = {frame: event["cause"] for event in events for frame in event["frames"]}
    rows = tshark.rows(capture, ["tcprst.cause"], "-2", "-Y", "tcprst.event", plugin=module(changed))
    assert {frame: had["tcprst.cause"][0] for frame, had in rows.items()} == truth
    assert list(truth.values()).count("ident-refused") == 2 and "port-closed" in truth.values()


def test_field_wants_its_documents(changed):
    """A row alone fails; its documents are printed, and what JSON then holds is what they say."""
    build = changed / "build"
    shutil.copytree(tshark.ROOT / "docs", changed / "docs", dirs_exist_ok=True)
    stale = subprocess.run(["ctest", "-R", "^docs.fields"], cwd=build, check=False, capture_output=True, text=True)
    assert "0% tests passed, 2 tests failed out of 2" in stale.stdout
    run("cmake", "--build", build, "--target", "document-fields")
    run("ctest", "--output-on-failure", "-R", "^docs.fields", cwd=build)
    assert "| `tcprst.idle` | seconds | `idle` |" in (changed / "docs" / "filters-and-columns.md").read_text()
    schema = json.loads((changed / "docs" / "json.schema.json").read_text())
    assert "idle" in schema["$defs"]["event"]["required"]
    drawn = tshark.text("-q", "-r", tshark.readable(CASE_A), "-z", "tcprst,json", plugin=module(changed))
    events = [one for one in map(json.loads, drawn.splitlines()) if one["type"] == "event"]
    assert all(one["idle"] > 0 for one in events)


def test_scenario_is_listed(changed):
    assert "second-request-unread " in run(changed / "tests" / "lab" / "run", "--list")
