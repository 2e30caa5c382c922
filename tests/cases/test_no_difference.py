"""What Wireshark shows without the plugin, it shows with it: our own tree is all that is added.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import difflib
import json
import re

import pytest

import together
import truth
import tshark

# All shapes in one file, and one as it is: a run for each of them would take ten minutes.
every_shape = pytest.mark.parametrize("capture", [together.shapes(), truth.PCAPS / "case-b.pcapng"],
                                      ids=["all-shapes", "case-b"])
every_quiet_capture = pytest.mark.parametrize("capture", truth.without_failures(), ids=truth.name)

OURS = re.compile(r"\[?TCP (reset analysis|failure without a reset)")
OTHER_OUTPUTS = [(), ("-q", "-z", "conv,tcp"),
                 ("-T", "fields", "-e", "_ws.col.Info", "-e", "frame.number", "-e", "frame.protocols")]


def output(capture, *words, **how):
    return tshark.text("-r", tshark.readable(capture), *words, **how)


def must_be_equal(without, plugin, capture, words):
    """Both are called, and return what is printed.  Wireshark 3.4 by itself gives a segment to another connection
    between the same ports in one run of some hundred: there both have to be equal in the next two runs then."""
    plain, ours = without(), plugin()
    if plain == ours or (not tshark.is_at_least(3, 6) and all(without() == plugin() for _ in range(2))):
        return
    lines = difflib.unified_diff(plain.splitlines(), ours.splitlines(), "without", "with plugin", lineterm="", n=1)
    told = "\n".join(list(lines)[:40])
    pytest.fail(f"{truth.name(capture)} {' '.join(words)}\n{told}", pytrace=False)


def details_without_ours(details):
    """The text of -V less the blocks of our tree: a line at the margin and the indented ones below it."""
    kept, ours = [], False
    for line in details.splitlines():
        if not line.startswith(" "):
            ours = bool(OURS.match(line))
        if not ours:
            kept.append(line)
    return "\n".join(kept)


def document_without_ours(text):
    """A document of -T json less our layers, as lists of pairs: names can repeat in it."""
    def keep(pairs):
        return [(name, value) for name, value in pairs if name != "tcprst"]
    return json.dumps(json.loads(text, object_pairs_hook=keep), indent=0)


def disabled(capture, *words):
    return output(capture, "--disable-protocol", "tcprst", *words)


@every_shape
@pytest.mark.parametrize("words", [("-V",), ("-2", "-V")], ids=" ".join)
def test_details(capture, words):
    must_be_equal(lambda: details_without_ours(output(capture, *words, plugin=False)),
                  lambda: details_without_ours(output(capture, *words)), capture, words)
    must_be_equal(lambda: output(capture, *words, plugin=False), lambda: disabled(capture, *words), capture, words)


@every_shape
def test_json(capture):
    words = ("-2", "-T", "json")
    must_be_equal(lambda: document_without_ours(output(capture, *words, plugin=False)),
                  lambda: document_without_ours(output(capture, *words)), capture, words)
    must_be_equal(lambda: output(capture, *words, plugin=False), lambda: disabled(capture, *words), capture, words)


@every_shape
@pytest.mark.parametrize("words", OTHER_OUTPUTS, ids=lambda words: words[-1] if words else "summary")
def test_other_outputs(capture, words):
    words, silent = ("-2", *words), ("-o", "tcprst.info_column:FALSE")
    must_be_equal(lambda: output(capture, *words, plugin=False), lambda: output(capture, *words, *silent), capture,
                  words)


def test_some_captures_have_no_resets():
    assert truth.without_failures()


@every_quiet_capture
def test_nothing_is_said_where_nothing_failed(capture, passes=("-2",)):
    """In one pass a repeated segment is shown as a silence, provisional, until its answer comes."""
    for words in (("-V",), ("-T", "json"), ("-q", "-z", "expert")):
        must_be_equal(lambda words=words: output(capture, *passes, *words, plugin=False),
                      lambda words=words: output(capture, *passes, *words), capture, words)
    assert output(capture, *passes, "-Y", "tcprst") == ""
