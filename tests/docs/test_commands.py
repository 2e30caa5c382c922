"""Every command in the documents runs, and prints what they show; what is left out says why and who tests it.

SPDX-License-Identifier: GPL-2.0-or-later
"""

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
