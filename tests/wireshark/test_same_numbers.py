"""One capture, one set of numbers: JSON, report, tree, table of servers, sharkd and Wireshark's windows.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import re

import pytest

import desktop  # first: it makes the modules of tests/cases known
import tools
import truth
from passes import ONE, WHOLE
from statistics_of import (PROVISIONAL, as_text, children, drawn, has_failures, objects, row_of, servers, sharkd_shows,
                           silences, tree, tree_of, upper)

tools.require(desktop.PACKAGES, desktop.TOOLS, desktop.MODULES)

SHAPES = [truth.PCAPS / f"{name}.pcapng" for name in ("case-a", "case-b", "variants/copies", "variants/openings",
                                                      "variants/tunnels", "variants/no-rst")]
CAPTURES = [*SHAPES, *truth.lab("service-failing", "connect-scan", "client-abort-v6", "queue-full-v6")]
every_capture = pytest.mark.parametrize("capture", CAPTURES, ids=truth.name)
TABLE, TREE = "TCP Servers with Resets", "TCP Reset Causes"


def rows_of_window(windows, title):
    dialog = desktop.named(windows, "dialog", title)
    widget = dialog and desktop.named([dialog], "tree", "")
    return desktop.rows(widget) if widget else []


def window_shows(wireshark, rows, counts):
    """Waits until its two windows show this table and this tree."""
    wireshark.wait_for("the servers", lambda windows: sorted(row[1:] for row in rows_of_window(windows, TABLE)) == rows)
    wireshark.choose("Statistics", TREE)
    wanted = {path[-1]: str(count) for path, count in counts.items()}

    def same(windows):
        return wanted.items() <= {(row[0].strip(), row[1]) for row in rows_of_window(windows, TREE)}
    wireshark.wait_for("the reset causes", same)


@every_capture
def test_all_count_alike(capture):
    events, endpoints = objects(capture, WHOLE)
    rows = as_text(row_of(endpoint) for endpoint in endpoints if has_failures(endpoint))
    unanswered = silences(capture, WHOLE)
    counts = tree_of(events, unanswered)
    assert as_text(servers(capture, WHOLE)) == rows
    assert upper(tree(capture, WHOLE)) == counts
    connections = sum(endpoint["connections"] for endpoint in endpoints)
    head = rf": {connections} TCP connections? to {len(endpoints)} endpoints?, {len(events) or 'no'} resets?[.,]"
    assert re.search(head, drawn(capture, "report", WHOLE))
    assert sharkd_shows(capture) == (rows, counts)
    with desktop.Desktop(capture, "-z", "tcprst,servers") as wireshark:
        wireshark.main_window()
        window_shows(wireshark, rows, counts)


@every_capture
def test_one_pass_knows_the_same_facts(capture):
    for name in ("report", "json"):
        assert drawn(capture, name, ONE) == drawn(capture, name, WHOLE)
    one, two = tree(capture, ONE), tree(capture, WHOLE)
    for top in ("Resets by stage", "Resets by form", "Resets by server", "No answer by cause",
                "No answer by stage", "No answer by server"):
        assert children(one, top) == children(two, top)
    assert all(name.endswith(PROVISIONAL) for name in children(one, "Resets by cause"))
    assert as_text(servers(capture, ONE)) == as_text(servers(capture, WHOLE))
