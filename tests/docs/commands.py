#!/usr/bin/env python3
"""Runs the commands of the documents, and compares what they print with what the documents show.

A command is what stands in a block marked ```sh; a block marked ```text right behind it is all that it prints,
where a line "..." stands for any lines.  In manual pages it is each line in bold under EXAMPLES; how other files have
theirs is in OTHERS.  A document's blocks run in their order, in a folder of their own that looks like this repository,
as an ordinary user, with the plugin under test.  What is left out, and why, is in commands.toml.

    tests/docs/commands.py             tells what differs
    tests/docs/commands.py --write     writes into the documents what the commands print now

SPDX-License-Identifier: GPL-2.0-or-later
"""

import argparse
import dataclasses
import functools
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cases"))
import tshark  # noqa: E402  (beside the other tests)

RULES = tomllib.loads(Path(__file__).with_name("commands.toml").read_text(encoding="utf-8"))
LEFT_OUT = {entry["command"]: entry for entry in RULES["left_out"]}
BLOCK = re.compile(r"^(?P<indent> *)```sh\n(?P<script>.*?)^ *```\n(?:\n?^ *```text\n(?P<shown>.*?)^ *```$)?",
                   re.MULTILINE | re.DOTALL)
MANUAL_EXAMPLE = re.compile(r'^\.B "?(?P<script>.*?)"?$', re.MULTILINE)
OTHERS = {
    "docs/live/metrics": re.compile(r"^    (?P<script>tcprst .*)$", re.MULTILINE),
    "docs/live/tcprst@.service": re.compile(r"^ExecStart=/usr/bin/(?P<script>tcprst .*)$", re.MULTILINE),
    "docs/many-captures/run": re.compile(r"^# {5}(?P<script>docs/.*?)(?: {2,}.*)?$", re.MULTILINE),
    "packaging/win64/README.txt": re.compile(r'^ {4,8}(?P<script>powershell .*|"C:.*)$', re.MULTILINE),
}
PATIENCE_S = 120


@dataclasses.dataclass
class Block:
    line: int        # of the document, from 1
    script: str
    shown: str       # None: the document does not show what it prints
    span: tuple      # of `shown` in the document


def documents():
    """All that may hold commands, relative to the repository."""
    found = [*tshark.ROOT.glob("*.md"), *tshark.ROOT.glob("docs/*.md"), tshark.ROOT / "tests/lab/README.md",
             tshark.ROOT / "pcaps/README.md", *tshark.ROOT.glob("docs/man/*.[17]"), *map(tshark.ROOT.joinpath, OTHERS)]
    return sorted(str(path.relative_to(tshark.ROOT)) for path in found)


def text_of(document):
    return (tshark.ROOT / document).read_text(encoding="utf-8")


def unindented(block, indent):
    return re.sub(f"^{indent}", "", block, flags=re.MULTILINE)


def plain_roff(text):
    """A line of a manual page as it is read."""
    for written, read in (("\\-", "-"), ("\\(aq", "'"), ("\\(dq", '"'), ("\\e", "\\")):
        text = text.replace(written, read)
    return text


def manual_blocks(text):
    begin = text.find("\n.SH EXAMPLES\n")
    end = text.find("\n.SH ", begin + 1)
    return [Block(text.count("\n", 0, found.start()) + 1, plain_roff(found["script"]) + "\n", None, found.span())
            for found in MANUAL_EXAMPLE.finditer(text, begin, end)] if begin >= 0 else []


def blocks(document):
    text = text_of(document)
    if document.startswith("docs/man/"):
        return manual_blocks(text)
    if document in OTHERS:
        return [Block(text.count("\n", 0, found.start()) + 1, found["script"] + "\n", None, found.span())
                for found in OTHERS[document].finditer(text)]
    return [Block(text.count("\n", 0, found.start()) + 1, unindented(found["script"], found["indent"]),
                  found["shown"], found.span("shown")) for found in BLOCK.finditer(text)]


def without_remark(line):
    return re.sub(r"\s+#.*", "", line).strip()


def with_values(line):
    """The line as it is run: the reader's own words replaced, or nothing if it is left out."""
    if without_remark(line) in LEFT_OUT:
        return ""
    for word, value in RULES["words"].items():
        line = re.sub(rf"\b{word}\b", value, line)
    return line


def script_of(block):
    """What is run of the block, or nothing."""
    lines = [with_values(line) for line in block.script.splitlines()]
    return "\n".join(lines) if any(line and not line.startswith("#") for line in lines) else ""


def stage():
    """A folder as the repository's, for one document."""
    folder = tshark.public_folder("documents-")
    for name in RULES["files"]["copied"]:
        source, target = tshark.ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    for name, text in RULES["files"]["made"].items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        tshark.give_away(path)
    return folder


@functools.cache
def tools_folder():
    """A folder for PATH with the command tcprst.  That a reset needs attention (status 1) is no failure here."""
    folder = tshark.public_folder("bin-")
    if os.environ.get("TCPRST_READER"):
        shutil.copy(os.environ["TCPRST_READER"], folder / "tcprst.real").chmod(0o755)
        (folder / "tcprst").write_text(f'#!/bin/sh\n{folder}/tcprst.real "$@" || [ $? = 1 ]\n', encoding="utf-8")
        (folder / "tcprst").chmod(0o755)
    return folder


def run(script, folder):
    environment = {**tshark.environment(tshark.built_plugin()), "SHELL": "/bin/sh"}
    environment["PATH"] = f"{tools_folder()}:{environment['PATH']}"
    return subprocess.run([*tshark.as_ordinary_user(), "bash", "-euo", "pipefail", "-c", script],
                          capture_output=True, text=True, env=environment, cwd=folder, timeout=PATIENCE_S,
                          stdin=subprocess.DEVNULL, check=False)


def clean(text):
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


def agrees(shown, printed):
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n"
                      for line in clean(shown).splitlines())
    return re.fullmatch(pattern, clean(printed))


def ran(document):
    """(block, what is wrong or nothing, what it printed) of all that is run of the document."""
    folder = stage()
    for block in blocks(document):
        script = script_of(block)
        if not script:
            continue
        done = run(script, folder)
        wrong = ""
        if done.returncode:
            wrong = f"ended with {done.returncode}: {done.stderr}"
        elif block.shown is not None and not agrees(block.shown, done.stdout):
            wrong = f"prints something else (tests/docs/commands.py --write shows it):\n{done.stdout}"
        yield block, wrong and f"{document}:{block.line}: {script.strip()}\n{wrong}", done.stdout


def write(document):
    """Puts into the document what its commands print; excerpts are left to a person."""
    text = text_of(document)
    changes = [(block, printed) for block, wrong, printed in ran(document)
               if wrong and block.shown is not None and "...\n" not in block.shown]
    for block, printed in reversed(changes):
        text = text[:block.span[0]] + clean(printed) + text[block.span[1]:]
    (tshark.ROOT / document).write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write what is printed into the documents")
    parser.add_argument("documents", nargs="*", default=documents())
    asked = parser.parse_args()
    failed = False
    for document in asked.documents:
        if asked.write:
            write(document)
        for _, wrong, _ in ran(document):
            print(wrong, end="\n\n" if wrong else "")
            failed |= bool(wrong)
    sys.exit(failed)


if __name__ == "__main__":
    main()
