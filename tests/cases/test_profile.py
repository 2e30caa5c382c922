"""The configuration profile "TCP resets": its columns, its filters, and the severity that it lowers.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import csv
import functools
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest

import truth
import tshark
from contract import CAUSES

NAME = "TCP resets"
SHIPPED = tshark.ROOT / "packaging" / "profiles" / NAME
CASE_A = truth.PCAPS / "case-a.pcapng"


@functools.cache
def settings():
    """A folder of settings with the profile in it, as an import leaves it."""
    folder = tshark.public_folder("settings-")
    shutil.copytree(SHIPPED, folder / "profiles" / NAME)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    return folder


def with_profile(*words):
    return tshark.text("-C", NAME, *words, extra=(("WIRESHARK_CONFIG_DIR", str(settings())),))


def quoted_rows(name):
    """Rows of a file of quoted values, in which \\x22 stands for a quotation mark."""
    lines = (SHIPPED / name).read_text(encoding="utf-8").splitlines()
    return [[value.replace("\\x22", '"') for value in row] for row in csv.reader(lines)]


def filters():
    """(where, filter) of all that the profile filters by."""
    for line in (SHIPPED / "colorfilters").read_text(encoding="utf-8").splitlines():
        if found := re.match(r"@(.*?)@(.*)@\[", line):
            yield f"colour: {found[1]}", found[2]
    yield from ((f"button: {row[1]}", row[2]) for row in quoted_rows("dfilter_buttons"))
    yield from ((f"graph: {row[1]}", row[2]) for row in quoted_rows("io_graphs"))


@pytest.mark.parametrize("where, wanted", filters(), ids=lambda value: value.split(":")[-1].strip()[:40])
def test_filter_is_understood(where, wanted):
    tshark.text("-r", tshark.readable(CASE_A), "-Y", wanted)


def test_columns_tell_the_verdict():
    line = with_profile("-2", "-r", tshark.readable(CASE_A), "-Y", "frame.number == 680")
    for word in ("The service resets every client", "high"):
        assert line.count(word) == 1, line


def column_widths():
    """{what a column shows: its pixels}."""
    told = re.search(r"column.width: (.*)", (SHIPPED / "recent").read_text(encoding="utf-8"))[1].split(", ")
    return dict(zip(told[::2], map(int, told[1::2]), strict=True))


def test_every_column_has_a_width():
    shown = re.findall(r'"(%.*?)"', (SHIPPED / "preferences").read_text(encoding="utf-8"))
    assert list(column_widths()) == [what.removesuffix(":0:R") for what in shown]


@pytest.mark.parametrize("field, longest", [
    ("title", max((title for name, (_, title, *_) in tshark.registered().items() if ".expert." in name), key=len)),
    ("certainty", "possible")])
def test_column_shows_its_longest_value(field, longest):
    """In Wireshark's own font a character is 8 pixels wide."""
    assert column_widths()[f"%Cus:tcprst.{field}"] >= 8 * len(longest) + 6


def test_columns_fit_a_window_of_1280():
    widths = column_widths()
    assert sum(widths.values()) <= 1228 and widths["%i"] >= 380  # the rest is the scroll bar's, and the map's beside it
    assert widths["%m"] >= 8 * len("1000000") and min(widths["%s"], widths["%d"]) >= 8 * len("255.255.255.255")


def test_graphs_have_the_titles_of_their_causes():
    titles = {name.removeprefix("tcprst.expert."): title for name, (_, title, *_) in tshark.registered().items()
              if ".expert." in name}
    named = [(cause, row[1]) for row in quoted_rows("io_graphs")
             for cause in re.findall(r'tcprst.cause == "(.*)"', row[2]) if cause != "undetermined"]
    assert named and {cause for cause, _ in named} <= set(CAUSES)
    assert all(titles[cause] == title for cause, title in named), named


def test_wireshark_s_own_colours_come_below_ours():
    ours = ["tcprst" in wanted for where, wanted in filters() if where.startswith("colour")]
    assert ours == sorted(ours, reverse=True) and not all(ours)


def expert_words(show):
    """The lines of `tshark -z expert` about the ACK field, with the heading they stand under."""
    heading, found = None, []
    for line in show("-r", tshark.readable(CASE_A), "-q", "-z", "expert").splitlines():
        heading = line.split(" ")[0] if re.match(r"\w+ \(\d+\)$", line) else heading
        found += [heading] if "nonzero while the ACK flag is not set" in line else []
    return found


def test_misleading_note_is_lowered():
    assert expert_words(tshark.text) == ["Notes"]
    assert expert_words(with_profile) == ["Chats"]


@pytest.mark.skipif("TCPRST_ROOT" in os.environ, reason="the package holds the profile, not its zip")
def test_zip_holds_the_profile():
    """As Wireshark imports it: one folder, named as the profile."""
    built = Path(os.environ.get("TCPRST_PLUGIN", tshark.built_plugin())).resolve().parents[3]
    names = {name for name in zipfile.ZipFile(built / "tcprst-profile.zip").namelist() if not name.endswith("/")}
    assert names == {f"{NAME}/{file.name}" for file in SHIPPED.iterdir()}
