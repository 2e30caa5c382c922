"""Names and types of fields, expert entries of all causes, and what values may look like.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import collections
import functools
import json
import re

import pytest

import truth
import tshark
from contract import CAUSES, FIELDS, JSON_ONLY, JSON_PATHS, NOT_IN_JSON, OF_SILENCES, SECURITY
from passes import ONE, WHOLE, by_hand, only, seen, with_field

EXPERT = "tcprst.expert."
every_capture = pytest.mark.parametrize("capture", truth.captures()[::2], ids=truth.name)


def fields():
    """Our fields, without protocols: {name: (kind, title, type, parent, blurb)}."""
    return {name: entry for name, entry in tshark.registered().items() if entry[0] == "F"}


def protocols():
    """Filter names of all protocols that the plugin registers; since 4.4 more columns follow."""
    told = (line.split("\t")[2] for line in tshark.text("-G", "protocols").splitlines())
    return {name for name in told if "tcprst" in name}


def test_helper_protocols_are_not_offered():
    """Wireshark completes no name that begins with _ws, unless that has been typed."""
    assert "tcprst" in protocols()
    assert all(name.startswith("_ws.") for name in protocols() - {"tcprst"})


@every_capture
def test_helper_protocols_are_in_no_hierarchy(capture):
    told = tshark.text("-q", "-r", tshark.readable(capture), "-z", "io,phs", *WHOLE)
    assert "_ws.tcprst" not in told
    assert ("tcprst " in told) == bool(tshark.rows(capture, ["tcprst"], *WHOLE, "-Y", "tcprst"))


@pytest.mark.parametrize("name", FIELDS)
def test_field_has_its_type(name):
    if name not in fields():
        pytest.fail(f"{name} is not registered: tests/cases/tshark.py -G fields", pytrace=False)
    assert re.fullmatch(FIELDS[name], fields()[name][2])


def test_no_field_is_outside_the_contract():
    assert not {name for name in fields() if not name.startswith(EXPERT)} - set(FIELDS)


# What the documents' table of fields calls a type.
WORDS = {"boolean": "FT_BOOLEAN", "number": "FT_UINT32", "signed number": "FT_INT16", "frame": "FT_FRAMENUM",
         "seconds": "FT_RELATIVE_TIME", "ratio": "FT_DOUBLE", "string": "FT_STRING"}


def path_in_json(name):
    short = name.removeprefix("tcprst.")
    return "" if short in NOT_IN_JSON else JSON_PATHS.get(short, short)


def test_documents_name_the_contract():
    """The table is printed from plugin/core/output/fields.def, so this holds both against the contract."""
    text = (tshark.ROOT / "docs" / "filters-and-columns.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(tcprst\.\S+)` \| ([a-z ]+) \| (?:`(\S+)` )?\| .+ \|$", text, re.MULTILINE)
    assert {name: path for name, _, path in rows} == {name: path_in_json(name) for name in FIELDS}
    assert not [name for name, word, _ in rows if not re.fullmatch(FIELDS[name], WORDS[word])]


def members(schema, name):
    """Paths of all members of an object of the schema that are no object or list themselves."""
    for member, what in schema["$defs"][name]["properties"].items():
        if member == "server":
            yield from (f"server.{path}" for path in members(schema, member))
        elif what.get("type") == "array":
            yield from (f"{member}[].{path}" for path in members(schema, f"{member}_item"))
        else:
            yield member


def test_schema_names_the_contract():
    schema = json.loads((tshark.ROOT / "docs" / "json.schema.json").read_text(encoding="utf-8"))
    assert sorted(members(schema, "event")) == sorted(
        {*JSON_ONLY, *map(path_in_json, FIELDS)} - {""} - OF_SILENCES)


def test_no_cause_is_outside_the_contract():
    assert not {name.removeprefix(EXPERT) for name in fields() if name.startswith(EXPERT)} - set(CAUSES)


def test_names_are_clean():
    assert not [name for name in fields() if not re.fullmatch(r"[a-z0-9]+([._-][a-z0-9]+)*", name)]


def test_names_are_unique():
    listed = [line.split("\t")[2] for line in tshark.text("-G", "fields").splitlines()]
    counts = collections.Counter(name for name in listed if name.split(".")[0] == "tcprst")
    assert not [name for name, count in counts.items() if count > 1]


def test_every_field_is_explained():
    unexplained = [name for name, (_, title, _, _, blurb) in fields().items()
                   if not title.strip() or not (blurb.strip() or name.startswith(EXPERT))]
    assert not unexplained


def test_blurbs_say_more_than_titles():
    assert not [name for name, (_, title, _, _, blurb) in fields().items() if blurb == title]


@functools.cache
def values_of_all_fields():
    return tshark.rows(truth.PCAPS / "case-b.pcapng", FIELDS, "-2")


@pytest.mark.parametrize("name", ["tcprst.alternative.confidence", "tcprst.server.open", "tcprst.evidence"])
def test_field_alone_is_as_among_all(name):
    """Fields that nobody asks for are not worked out; that must not reach those that somebody does."""
    alone = tshark.rows(truth.PCAPS / "case-b.pcapng", [name], "-2")
    assert alone == {frame: {name: had[name]} if name in had else {} for frame, had in values_of_all_fields().items()}


def test_expert_entries_do_not_need_our_fields():
    """A filter on the entries of all protocols makes a tree that asks for none of our fields."""
    titles = {entry[1] for name, entry in fields().items() if name.startswith(EXPERT)}
    shown = tshark.rows(truth.PCAPS / "case-b.pcapng", ["_ws.expert.message"], "-2")
    told = [frame for frame, had in shown.items() if titles & set(had.get("_ws.expert.message", []))]
    assert told == with_field("tcprst.event", values_of_all_fields())


def test_titles_of_causes_fit_columns():
    titles = {name: entry[1] for name, entry in fields().items() if name.startswith(EXPERT)}
    assert not {name: title for name, title in titles.items() if len(title) > 40 or title.endswith(".")}
    assert len(set(titles.values())) == len(titles)


@functools.cache
def frames_by_cause():
    """{cause: {capture: its event frames}} of all captures, with the whole files read."""
    found = collections.defaultdict(dict)
    for capture in truth.captures():
        for frame, had in seen(capture, WHOLE).items():
            for cause in had.get("tcprst.cause", []):
                found[cause].setdefault(capture, []).append(frame)
    return found


@pytest.mark.parametrize("cause", CAUSES)
def test_cause_has_its_expert_filter(cause):
    if EXPERT + cause not in fields():
        pytest.fail(f"no expert entry is registered for {cause}", pytrace=False)
    capture, frames = next(iter(frames_by_cause()[cause].items()), (truth.captures()[0], []))
    shown = tshark.rows(capture, (), "-2", "-Y", EXPERT + cause)
    assert list(shown) == frames, by_hand(capture, WHOLE)


def expert_entries(capture, *words):
    """[(heading, count, group, protocol, summary)] of `tshark -z expert`."""
    heading, entries = None, []
    for line in tshark.text("-r", tshark.readable(capture), *words, "-q", "-z", "expert").splitlines():
        if found := re.match(r"(\w+) \(\d+\)$", line):
            heading = found[1]
        elif found := re.match(r"\s+(\d+)\s+(\S+)\s+(\S+)\s\s(.*)$", line):
            entries.append((heading, int(found[1]), *found.groups()[1:]))
    return entries


def expert_entry_of(cause):
    """(heading, group, protocol, summary) that a cause must be listed with."""
    return (CAUSES.get(cause), "Security" if cause in SECURITY else "Sequence", "TCPRST",
            fields().get(EXPERT + cause, (None, "not registered"))[1])


@every_capture
@pytest.mark.parametrize("passes", [ONE, WHOLE], ids=["one-pass", "two-passes"])
def test_expert_list_has_one_entry_for_each_cause(capture, passes):
    """Variable words in a summary would make an entry of each packet."""
    frames = seen(capture, passes)
    causes = collections.Counter(cause for had in frames.values() for cause in had.get("tcprst.cause", []))
    ours = {(heading, *rest): count for heading, count, *rest in expert_entries(capture, *passes)
            if "TCPRST" in rest}
    assert ours == {expert_entry_of(cause): count for cause, count in causes.items()}


@every_capture
def test_verdicts_are_complete(capture):
    frames = seen(capture, WHOLE)
    for frame in with_field("tcprst.event", frames):
        had, line = frames[frame], by_hand(capture, WHOLE, frame)
        assert len(had["tcprst.cause"]) == 1, line
        assert had["tcprst.title"] == [fields()[EXPERT + had["tcprst.cause"][0]][1]], line
        assert had["tcprst.certainty"] == [certainty(int(had["tcprst.confidence"][0]))], line
        check_alternatives(had, line)


def certainty(confidence):
    return "high" if confidence >= 90 else "likely" if confidence >= 60 else "possible"


def check_alternatives(had, line):
    """Each has a confidence; they are ranked, and none is the best cause again."""
    causes = had.get("tcprst.alternative", [])
    confidences = [int(value) for value in had.get("tcprst.alternative.confidence", [])]
    assert len(confidences) == len(causes) == len(set(causes)), line
    assert confidences == sorted(confidences, reverse=True), line
    assert set(causes) <= set(CAUSES) - set(had["tcprst.cause"]), line


@every_capture
def test_only_failures_carry_verdicts(capture):
    """Resets, and the last repeats of silences; other frames of ours carry links and nothing else."""
    frames = seen(capture, WHOLE)
    verdicts = only(("tcprst.cause", "tcprst.stage", "tcprst.confidence"), frames)
    failures = {*with_field("tcprst.event", frames), *with_field("tcprst.silence", frames)}
    assert sorted(verdicts) == sorted(failures), by_hand(capture, WHOLE)
