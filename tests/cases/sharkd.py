"""What sharkd says: it reads a file once, as Wireshark does, and then shows any frame when asked.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import re
import subprocess

import pytest

import tshark

OURS = '"f":"tcprst'  # in the answer about a frame that shows something of ours
VALUE = re.compile(r"(tcprst(?:\.\w+)+) == (.*)", re.DOTALL)


def load(capture):
    return {"method": "load", "params": {"file": str(tshark.readable(capture))}}


def frame(number):
    return {"method": "frame", "params": {"frame": number, "proto": True}}


def answers(requests):
    """The answers to requests in a row, each as the line that sharkd wrote."""
    if not tshark.is_at_least(3, 6):
        pytest.skip("sharkd speaks JSON-RPC since 3.6")
    lines = [json.dumps({"jsonrpc": "2.0", "id": number, **request}) for number, request in enumerate(requests, 1)]
    asked = tshark.public_folder("sharkd-") / "requests"
    asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with asked.open("rb") as stdin:
        result = subprocess.run([*tshark.as_ordinary_user(), "sharkd", "-"], stdin=stdin, capture_output=True,
                                env=tshark.environment(tshark.built_plugin()), timeout=600, cwd=tshark.workshop())
    told = [line for line in result.stdout.decode(errors="surrogateescape").splitlines() if line]
    assert result.returncode == 0 and len(told) == len(lines), f"sharkd: {result.stderr.decode()[-500:]}"
    return told


def trees(answer):
    """Our trees in an answer about a frame, as sharkd gives them."""
    if OURS not in answer:
        return []
    return [tree for tree in json.loads(answer)["result"]["tree"] if tree.get("f") == "tcprst"]


def fields(found):
    """{field: [values]} of trees."""
    values = {}
    for node in found:
        told = VALUE.fullmatch(node.get("f", ""))
        if told:
            values.setdefault(told[1], []).append(bare(told[2]))
        for field, below in fields(node.get("n", [])).items():
            values.setdefault(field, []).extend(below)
    return values


def bare(value):
    """A value of a display filter without its quotation marks."""
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
