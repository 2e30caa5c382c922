"""The two statistics in the real Wireshark: their rows, the filter, sorting, copying and saving.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import pytest

import desktop  # first: it makes the modules of tests/cases known
import tools
import truth
import tshark
from statistics_of import children, servers, tree

tools.require(desktop.PACKAGES, desktop.TOOLS, desktop.MODULES)

CASE_A = truth.PCAPS / "case-a.pcapng"
MANY_SERVERS = truth.PCAPS / "variants" / "copies.pcapng"
TITLE, WHOLE = "TCP Servers with Resets", ("-2",)
FIRST_FRAME = 6  # a column


def table(windows, title=TITLE):
    """(dialog, its tree); None while there is none."""
    dialog = desktop.named(windows, "dialog", title)
    widget = dialog and desktop.named([dialog], "tree", "")
    return (dialog, widget) if widget else None


def wanted_rows(capture, display_filter=None):
    return [tuple(str(cell) for cell in row.values()) for row in servers(capture, WHOLE, display_filter)]


def wait_for_rows(wireshark, rows, what):
    """The dialog, once its table has these rows."""
    def look(windows):
        found = table(windows)
        return found and desktop.rows(found[1]) == rows and found[0]
    return wireshark.wait_for(what, look)


def button(dialog, name):
    return desktop.named([dialog], "push button", name) or desktop.named([dialog], "button", name)


@pytest.fixture(scope="module")
def shown():
    with desktop.Desktop(CASE_A, "-z", "tcprst,servers") as wireshark:
        wireshark.main_window()
        yield wireshark


def apply_filter(wireshark, text):
    dialog, _ = wireshark.wait_for("the table", table)
    entry = next(node for node in desktop.nodes([dialog]) if node["role"] in ("text", "entry"))
    wireshark.press(entry)
    wireshark.xdotool("key", "ctrl+a", "BackSpace")
    if text:
        wireshark.xdotool("type", text)
    wireshark.press(button(dialog, "Apply"))


def test_servers_are_those_of_tshark(shown):
    wait_for_rows(shown, wanted_rows(CASE_A), "the servers of case A")


def test_first_columns_fit_the_window(shown):
    """Without resizing one reads the server, the cause, how many failed and since when."""
    dialog, widget = shown.wait_for("the table", table)
    headers = [node for node in widget["children"] if node["role"] == "table column header"]
    left, _, width, _ = dialog["box"]
    assert all(node["box"][0] + node["box"][2] <= left + width for node in headers[:FIRST_FRAME + 1])


def test_filter_counts_anew(shown):
    for text in ("ip.addr == 198.51.100.10", ""):
        apply_filter(shown, text)
        wait_for_rows(shown, wanted_rows(CASE_A, text or None), f"the servers behind the filter {text!r}")


def test_table_can_be_saved(shown):
    """As text: what Copy puts on the clipboard is the same."""
    file = shown.home / "run" / "servers.txt"
    dialog = wait_for_rows(shown, wanted_rows(CASE_A), "the servers of case A")
    shown.press(button(dialog, "Save as"))
    shown.wait_for("where to save", lambda windows: desktop.named(windows, "dialog", "Save"))
    shown.xdotool("key", "ctrl+a")
    shown.xdotool("type", str(file))
    shown.xdotool("key", "Return")
    saved = shown.wait_for("the file", lambda _: file.exists() and file.read_text(encoding="utf-8"))
    assert "192.0.2.20:8035" in saved and "service-failing" in saved


def frame_of(row):
    """0: blank, as nothing failed."""
    return int(row[FIRST_FRAME] or 0)


def test_table_sorts_by_number():
    with desktop.Desktop(MANY_SERVERS, "-z", "tcprst,servers") as wireshark:
        wireshark.main_window()
        frames = sorted(frame_of(row) for row in wanted_rows(MANY_SERVERS))
        left = [frames, frames[::-1]]
        while left:
            _, widget = wait_for_rows_count(wireshark, len(frames))
            wireshark.press(desktop.named([widget], "table column header", "First frame"))

            def sorted_rows(windows):
                order = [frame_of(row) for row in desktop.rows(table(windows)[1])]
                return order in left and order
            left.remove(wireshark.wait_for("the rows in order", sorted_rows))


def wait_for_rows_count(wireshark, count):
    def look(windows):
        found = table(windows)
        return found and len(desktop.rows(found[1])) == count and found
    return wireshark.wait_for(f"{count} rows", look)


def test_reset_causes_are_those_of_tshark():
    wanted = tree(CASE_A, WHOLE)
    with desktop.Desktop(CASE_A) as wireshark:
        wireshark.main_window()
        wireshark.details()
        wireshark.choose("Statistics", "TCP Reset Causes")

        def look(windows):
            found = table(windows, "TCP Reset Causes")
            return found and {row[0]: row[1] for row in desktop.rows(found[1])}
        shown = wireshark.wait_for("the reset causes", look)
        for top in ("Resets by cause", "Resets by server", "Resets by stage", "Resets by form"):
            for name, count in {top: wanted[top,], **children(wanted, top)}.items():
                assert shown[name] == str(count), f"{name} in {shown} ({tshark.series()})"
        assert [name for name in shown if (name,) in wanted] == [
            "Resets by cause", "Resets by stage", "Resets by server", "Resets by form", "No answer by stage",
            "No answer by server", "No answer by cause"]
