"""A job array of a one-node Slurm reads some hundred captures, and DuckDB merges what it wrote.

TCPRST_NODE_MODULES names a folder node_modules with @duckdb/node-api; tests/cluster/run sets it.

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
sys.path[:0] = [str(TESTS / "cases"), str(TESTS / "measure")]

import tools  # noqa: E402
import truth  # noqa: E402
import tshark  # noqa: E402

import one_node  # noqa: E402
import reader  # noqa: E402

tools.require("slurm-wlm munge parallel jq", (*one_node.TOOLS, "parallel", "jq", "node"))
if os.geteuid():
    pytest.skip("only root starts Slurm's daemons", allow_module_level=True)
SCRIPTS = tshark.ROOT / "docs/many-captures"
CAPTURES, TASKS, PATIENCE_S = 300, 6, 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """With a list of captures, one of them cut, and tools for the jobs."""
    made = tmp_path_factory.mktemp("cluster")
    (made / "bin").mkdir()
    (made / "bin" / "tcprst").symlink_to(Path(reader.built()).resolve())
    captures = sorted(map(str, truth.all_captures()))
    chosen = captures[::len(captures) // CAPTURES][:CAPTURES]
    (made / "cut.pcapng").write_bytes((truth.PCAPS / "case-a.pcapng").read_bytes()[:30000])
    (made / "list").write_text("\n".join([*chosen, str(made / "cut.pcapng")]) + "\n", encoding="utf-8")
    return made


def environment_of(folder, *more):
    return {**os.environ, **dict(more), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "SHELL": "/bin/sh"}


@pytest.fixture(scope="module")
def results(folder):
    """What the tasks wrote; the array has ended."""
    with one_node.slurm() as environment:
        done = subprocess.run(
            ["sbatch", "--wait", "--quiet", f"--array=0-{TASKS - 1}", "--output=task-%a.log",
             f"--wrap={SCRIPTS}/share list results --site office"],
            cwd=folder, env=environment_of(folder, *environment.items()), capture_output=True, text=True,
            timeout=PATIENCE_S, check=False)
    logs = "".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("task-*.log")))
    assert done.returncode == 2, done.stderr + logs  # one task had the cut capture
    assert "cut.pcapng: cut short within a packet" in logs
    return folder / "results"


def objects(results):
    return [json.loads(line) for file in sorted(results.glob("share-*.json"))
            for line in file.read_text(encoding="utf-8").splitlines()]


def test_every_capture_is_read_once(folder, results):
    assert len(list(results.glob("share-*.done"))) == TASKS
    read = [one["source"] for one in objects(results) if one["type"] == "capture"]
    assert sorted(read) == sorted((folder / "list").read_text(encoding="utf-8").split())


def table_of(objects, name):
    return subprocess.run(["jq", "-r", "-s", "-f", SCRIPTS / name], input=objects, capture_output=True, text=True,
                          check=True).stdout.splitlines()[1:]


def without_site(table):
    return [line.rsplit("\t", 1)[0] for line in table]


def test_says_what_one_machine_says(folder, results):
    """The merged objects and the table are those of a run without a cluster."""
    alone, merge = folder / "alone", SCRIPTS / "merge.jq"
    with (folder / "list").open(encoding="utf-8") as listed:
        subprocess.run([SCRIPTS / "run", "--results", alone, "-"], stdin=listed, env=environment_of(folder),
                       check=False, capture_output=True, timeout=PATIENCE_S)
    tables = [subprocess.run(["jq", "-n", "-c", "-f", merge, *files], capture_output=True, text=True, check=True).stdout
              for files in ([alone], sorted(results.glob("share-*.json")))]
    endpoints = [[one for one in map(json.loads, table.splitlines()) if one["type"] == "endpoint"] for table in tables]
    counts = [sorted((one["server"]["address"], one["server"]["port"], one["connections"], one["resets"],
                      one["served"]) for one in each) for each in endpoints]
    assert counts[0] == counts[1] and len(counts[0]) > 50
    problems = [table_of(table, "problems.jq") for table in tables]
    assert all(line.endswith("\toffice") for line in problems[1])
    assert without_site(problems[0]) == without_site(problems[1]) and len(problems[0]) > 50


def test_duckdb_merges(folder, results):
    """As merge.jq does, which the table of docs/many-captures/run --servers stands on."""
    modules = os.environ.get("TCPRST_NODE_MODULES")
    if not modules:
        pytest.skip("TCPRST_NODE_MODULES is not set")
    (folder / "node_modules").symlink_to(modules)
    for name in ("query.mjs", "merge.sql"):
        shutil.copy(SCRIPTS / name, folder)
    done = subprocess.run(["node", "query.mjs", "results/share-*.json", "merge.sql"], cwd=folder, capture_output=True,
                          text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    merged = subprocess.run(["jq", "-n", "-c", "-f", SCRIPTS / "merge.jq", *sorted(results.glob("share-*.json"))],
                            capture_output=True, text=True, check=True).stdout
    table = table_of(merged, "table.jq")
    assert len(rows) == len(table) > 20
    assert sorted([str(row[name]) for name in ("connections", "failed", "resets", "clients_hit", "clients")]
                  for row in rows if not row["clients_cut"]) == \
        sorted(line.split("\t")[1:6] for line in table if ">=" not in line)
