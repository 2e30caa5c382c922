"""The plugin in the real Wireshark: Expert Information, the packet details, and links between frames.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import pytest

import desktop  # first: it makes the modules of tests/cases known
import tools
import truth
import tshark

tools.require(desktop.PACKAGES, desktop.TOOLS, desktop.MODULES)

OURS = "TCP reset analysis"
CASES = {"case-a": ("The service resets every client", "Because: "),
         "case-b": ("SYN proxy in front of the server gave up", "Because: "),
         "case-b-both-sides": ("SYN proxy in front of the server gave up", "Because: ")}


def capture_of(case):
    return truth.PCAPS / f"{case}.pcapng"


@pytest.fixture(scope="module", params=CASES)
def shown(request):
    """(case, Wireshark that shows its first reset, with the Expert Information opened)."""
    capture = capture_of(request.param)
    arguments = ("-g", truth.event_frames(capture)[0], "-z", "expert")
    with desktop.Desktop(capture, *arguments) as wireshark:
        wireshark.main_window()
        yield request.param, wireshark


def test_expert_information_lists_the_cause(shown):
    case, wireshark = shown
    count = str(len(truth.event_frames(capture_of(case))))
    wanted = ("Warning", CASES[case][0], "Sequence", "TCPRST", count)

    def look(windows):
        dialog = desktop.named(windows, "dialog", "Expert Information")
        tree = dialog and desktop.named([dialog], "tree", "")
        return tree and wanted in desktop.rows(tree)
    wireshark.wait_for(f"{wanted} in the Expert Information", look)


def test_details_name_the_cause(shown):
    case, wireshark = shown
    assert f"{OURS}: {CASES[case][0]} (" in wireshark.line(OURS)["name"]


def test_analysis_is_open(shown):
    case, wireshark = shown
    wireshark.line(CASES[case][1])
    lines = [line["name"] for line in wireshark.details()]
    for wanted in ("Because: ", "Next: ", "Also possible: ", "Evidence: ", "Facts: handshake-done, RST"):
        assert any(wanted in line for line in lines), f"no line with {wanted!r} in:\n" + "\n".join(lines)
    assert not any("rovisional" in line for line in lines), "the file was read to its end"


def test_evidence_and_facts_unfold(shown):
    _, wireshark = shown
    wireshark.open_line("Evidence: ", below="Evidence for: ")
    wireshark.open_line("Facts: ", below="Stage: handshake-done")


def test_syn_names_the_reset_that_follows():
    """Known only once the file was read; Wireshark dissects a frame again when it is chosen."""
    capture = capture_of("case-b")
    reset = truth.event_frames(capture)[0]
    syn = int(tshark.rows(capture, ["tcprst.syn_frame"], "-2")[reset]["tcprst.syn_frame"][0])
    with desktop.Desktop(capture, "-g", syn) as wireshark:
        assert str(reset) in wireshark.line(OURS)["name"]
        wireshark.line(f"Reset in frame: {reset}")


@pytest.mark.parametrize("of_whom", ["server", "client"])
def test_conversation_filter_shows_resets(of_whom):
    capture = capture_of("case-a")
    reset = truth.event_frames(capture)[0]
    ends = tshark.rows(capture, ["ip.src", "ip.dst", "tcp.srcport"], "-Y", f"frame.number == {reset}")[reset]
    wanted = {"server": f"ip.addr == {ends['ip.src'][0]} && tcp.port == {ends['tcp.srcport'][0]}",
              "client": f"ip.addr == {ends['ip.dst'][0]}"}[of_whom]
    count = len(tshark.rows(capture, [], "-2", "-Y", f"tcprst.event && {wanted}"))
    with desktop.Desktop(capture, "-g", reset) as wireshark:
        wireshark.line("Because")
        wireshark.choose("Analyze", "Conversation Filter", f"Resets of this {of_whom}")
        wireshark.wait_for(f"{count} rows", lambda windows: desktop.named(windows, "label", f"Displayed: {count} "))


@pytest.mark.parametrize("display_filter", ["tcprst", 'tcprst.cause == "service-failing"'])
def test_filter_at_opening_shows_what_it_shows_later(display_filter):
    """Rows that are decided while the file is read, by the verdicts of that moment, would be fewer."""
    capture = capture_of("case-a")
    early, final = (len(tshark.rows(capture, [], *passes, "-Y", display_filter)) for passes in ((), ("-2",)))
    assert early < final
    with desktop.Desktop(capture, "-Y", display_filter) as wireshark:
        wireshark.wait_for(f"{final} rows", lambda windows: desktop.named(windows, "label", f"Displayed: {final} "))


def test_changed_preference_counts_at_once():
    """Wireshark dissects the file anew then; afterwards verdicts are final again."""
    capture = capture_of("case-a")
    expert = f"Warning/Sequence): {CASES['case-a'][0]}"
    with desktop.Desktop(capture, "-g", truth.event_frames(capture)[0]) as wireshark:
        wireshark.main_window()
        wireshark.line("Because")
        wireshark.line(expert)
        protocol_preferences, expert_entries, none = ("Up", "Up", "Right"), ("Down", "Right"), ("Up", "Return")
        wireshark.choose_below(OURS, *protocol_preferences, *expert_entries, *none)

        def changed(windows):
            pane = desktop.named(windows, "tree", "Packet details")
            return pane and desktop.named([pane], "table cell", OURS) \
                and not desktop.named([pane], "table cell", expert)
        wireshark.wait_for("the details without an expert entry", changed)
        lines = [line["name"] for line in wireshark.details()]
        assert any(f"{OURS}: {CASES['case-a'][0]} (high" in line for line in lines)
        assert not any("rovisional" in line for line in lines), "the file was dissected anew to its end"


def write_address(wireshark, cell, text):
    """Into a cell of the list of known hosts, which a double click opens."""
    wireshark.press(cell)
    wireshark.press(cell)
    wireshark.xdotool("key", "ctrl+a")
    wireshark.xdotool("type", text)
    wireshark.xdotool("key", "Return")


def test_known_host_is_checked_and_counts_at_once():
    capture = capture_of("case-b")
    reset = truth.event_frames(capture)[0]
    client = tshark.rows(capture, ["ip.dst"])[reset]["ip.dst"][0]
    with desktop.Desktop(capture, "-g", reset) as wireshark:
        wireshark.main_window()
        wireshark.line("Because")
        protocol_preferences, known_hosts = ("Up", "Up", "Right"), ("Up", "Up", "Return")
        wireshark.choose_below(OURS, *protocol_preferences, *known_hosts)
        dialog = wireshark.dialog("known hosts")
        buttons = [node for node in desktop.nodes([dialog]) if node["role"] in ("push button", "button")]
        wireshark.press(min(buttons, key=lambda node: node["box"][0]))  # the plus sign has no name

        def cell(windows):
            shown = desktop.named(windows, "dialog", "known hosts")
            return shown and desktop.named([shown], "table cell", "")
        write_address(wireshark, wireshark.wait_for("a row", cell), f"{client}/33")
        wireshark.wait_for("what is wrong", lambda windows: desktop.named(windows, "label", "Address: "))
        write_address(wireshark, wireshark.wait_for("the row", cell), client)
        wireshark.wait_for("no complaint", lambda windows: not desktop.named(windows, "label", "Address: "))
        wireshark.press(next(node for node in buttons if node["name"] == "OK"))
        wireshark.open_line("Evidence: ", below="The client is a known host: a balancer or monitor")
