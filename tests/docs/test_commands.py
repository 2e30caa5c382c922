"""Every command in the documents runs, and prints what they show; what is left out says why and who tests it.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import re

import pytest

import commands
import tools
import tshark

tools.require("jq parallel sqlite3 bsdextrautils", ("jq", "parallel", "sqlite3", "column"))

WITH_COMMANDS = [document for document in commands.documents() if commands.blocks(document)]


@pytest.mark.parametrize("document", WITH_COMMANDS)
def test_commands_run_and_print_what_is_shown(document):
    wrong = [told for _, told, _ in commands.ran(document) if told]
    assert not wrong, "\n\n".join(wrong)


def test_what_is_shown_belongs_to_a_command():
    """A ```text block elsewhere would be compared with nothing."""
    for document in commands.documents():
        shown = sum(block.shown is not None for block in commands.blocks(document))
        assert len(re.findall(r"^ *```text$", commands.text_of(document), re.MULTILINE)) == shown, document


def test_what_is_shown_is_of_a_command_that_runs():
    for document in WITH_COMMANDS:
        for block in commands.blocks(document):
            assert block.shown is None or commands.script_of(block), f"{document}:{block.line}"


@pytest.mark.parametrize("document", commands.documents())
def test_links_lead_somewhere(document):
    targets = re.findall(r"\]\((?!https?:)([^)#]*)", commands.text_of(document))
    folder = (tshark.ROOT / document).parent
    lost = {target for target in targets if not (folder / target).exists()}
    assert not lost


def members(one, above=""):
    """Names of all members, such as event.id."""
    if not isinstance(one, dict):
        return {above[:-1]}
    return set().union(*(members(value, f"{above}{name}.") for name, value in one.items()))


def test_documents_for_elasticsearch_have_the_names_of_the_table():
    """One has each name of the table, and none below another top name."""
    table = commands.text_of("docs/json.md").split("| here | Elastic Common Schema |")[1].split("\n\n")[0]
    names = set()
    for row in table.splitlines()[2:]:
        here, there = row.split("|")[1:3]
        names |= set(re.findall(r"`(.*?)`", here if "the same" in there else there))
    done = commands.run("""(tcprst --json --sensor office pcaps/case-a.pcapng pcaps/case-b.pcapng
        tcprst --json pcaps/lab/check/gone-while-idle.pcapng.gz) | jq -c -f docs/ecs.jq""", commands.stage())
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["tcprst"]["type"] for one in found] == ["event"] * 26 + ["silence"]
    ours = [{name for name in members(one) if not name.startswith("tcprst.")} for one in found]
    assert len(names) == 11 and ours == [names] * 26 + [names - {"observer.name", "file.name"}]


def test_plan_is_reckoned_from_the_figures_measured():
    """tests/bench/command writes them; when they change, what docs/plan-large.md says of a store is reckoned anew."""
    rows = re.findall(r"^\| (?:web|scan) .*$", commands.text_of("docs/plan-large.md"), re.MULTILINE)
    assert len(rows) == 3 and set(rows) <= set(commands.text_of("docs/performance.md").splitlines())


def lines_of_documents():
    return {commands.without_remark(line) for document in WITH_COMMANDS
            for block in commands.blocks(document) for line in block.script.splitlines()}


@pytest.mark.parametrize("entry", commands.RULES["left_out"], ids=lambda entry: entry["command"][:40])
def test_what_is_left_out_is_there_and_tested_elsewhere(entry):
    assert entry["command"] in lines_of_documents(), "no document has it any more"
    assert entry["why"]
    file, _, function = entry["tested_by"].partition("::")
    assert (tshark.ROOT / file).is_file()
    assert not function or f"def {function}(" in (tshark.ROOT / file).read_text(encoding="utf-8")
