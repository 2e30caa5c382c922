"""TCP Reset Report, of the menus Tools and Statistics, in the real Wireshark, and its buttons.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import pytest

import desktop  # first: it makes the modules of tests/cases known
import tools
import truth
from statistics_of import drawn

tools.require(desktop.PACKAGES, desktop.TOOLS, desktop.MODULES)

REPORT = "TCP reset report"
CASE_A = truth.PCAPS / "case-a.pcapng"


@pytest.fixture(scope="module")
def opened():
    with desktop.Desktop(CASE_A, size=(1280, 800)) as wireshark:
        wireshark.choose("Tools", "TCP Reset Report")
        yield wireshark


def text_of(windows):
    dialog = desktop.named(windows, "dialog", REPORT)
    return next((node["text"] for node in desktop.nodes([dialog] if dialog else []) if node.get("text")), None)


def test_window_has_the_report(opened):
    told = opened.wait_for("the report", text_of)
    assert told.split() == drawn(CASE_A, "report").split()


def test_statistics_menu_has_it_too():
    with desktop.Desktop(CASE_A) as wireshark:
        wireshark.choose("Statistics", "TCP Reset Report")
        assert wireshark.wait_for("the report", text_of).split() == drawn(CASE_A, "report").split()


def press(opened, name):
    """A button of the report's window."""
    def button(windows):
        dialog = desktop.named(windows, "dialog", REPORT)
        return dialog and next((node for node in desktop.nodes([dialog])
                                if node["role"] in ("push button", "button") and node["name"] == name), None)
    opened.press(opened.wait_for(f"the button {name}", button))


def wait_for_report(opened, display_filter=None):
    wanted = drawn(CASE_A, "report", (), display_filter).split()
    opened.wait_for(f"the report behind {display_filter}",
                    lambda windows: (text_of(windows) or "").split() == wanted)


def test_button_filters_for_the_problem(opened):
    press(opened, "Show 1")
    opened.wait_for("the filtered packets", lambda windows: desktop.named(windows, "label", "Displayed: 22 "))
    wait_for_report(opened)


def test_report_can_follow_the_display_filter(opened):
    """The last test left the filter of the first problem."""
    opened.main_window()
    opened.type_filter("ip.addr == 198.51.100.10")
    wait_for_report(opened)
    press(opened, "Displayed")
    wait_for_report(opened, "ip.addr == 198.51.100.10")
    opened.type_filter("ip.addr == 198.51.100.11")
    wait_for_report(opened, "ip.addr == 198.51.100.11")
    press(opened, "All")
    wait_for_report(opened)
