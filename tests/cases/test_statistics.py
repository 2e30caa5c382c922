"""Tree, table, report and JSON say the same, in every pass and behind a filter, and what the fields say.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import re

import pytest

import truth
import tshark
from passes import ONE, WHOLE
from statistics_of import (PROVISIONAL, as_text, children, counted, drawn, gravity, has_failures, likeliest, objects,
                           row_of, server_name, servers, silences, tree, tree_of, upper)

LAB = truth.lab("restart", "connect-scan", "half-open-scan", "client-abort-v6", "forged", "service-failing",
                "queue-full-v6", "half-open-queue-full", "flood-from-nowhere", "never-answered-v6", "gone-while-idle")
CAPTURES = [*truth.shapes()[::3], *LAB]
every_capture = pytest.mark.parametrize("capture", CAPTURES, ids=truth.name)

FILTERED = [(truth.PCAPS / "case-a.pcapng", "tcp.port == 8035 && ip.addr == 198.51.100.10"),
            (truth.PCAPS / "case-a.pcapng", "frame.number > 700"),
            (truth.PCAPS / "case-b.pcapng", "ip.addr == 198.51.100.12"),
            *((capture, "tcp.len > 0 || tcp.flags.reset == 1") for capture in truth.lab("service-failing"))]
VIEWS = [*((capture, None) for capture in CAPTURES), *FILTERED]
every_view = pytest.mark.parametrize("capture, display_filter", VIEWS)


@every_view
def test_tree_counts_the_events_of_json(capture, display_filter):
    asked = (capture, WHOLE, display_filter)
    assert upper(tree(*asked)) == tree_of(objects(*asked)[0], silences(*asked))


@every_view
def test_endpoints_of_json_sum_up_its_events(capture, display_filter):
    events, endpoints = objects(capture, WHOLE, display_filter)
    for endpoint in endpoints:
        own = [event for event in events if server_name(event["server"]) == server_name(endpoint["server"])]
        assert endpoint["resets"] == len(own)
        assert endpoint["repeats"] == sum(event["repeats"] for event in own)
        resets = {one["cause"]: one["resets"] for one in endpoint["causes"] if one["resets"]}
        assert resets == counted(e["cause"] for e in own)
        for group, key in (("stages", "stage"), ("forms", "form")):
            found = {name: count for name, count in endpoint[group].items() if count}
            assert found == counted(event[key] for event in own)


@every_view
def test_servers_are_the_endpoints_of_json(capture, display_filter):
    asked = (capture, WHOLE, display_filter)
    wanted = [row_of(endpoint) for endpoint in objects(*asked)[1] if has_failures(endpoint)]
    assert as_text(servers(*asked)) == as_text(wanted)


def harm(endpoint):
    """What ranks an endpoint: whether its cause needs attention, and how many such resets, a warning counting four."""
    cause = likeliest(endpoint)
    concern = 0 if cause["severity"] == "chat" else 1 if cause["cause"] == "undetermined" else 2
    return concern, gravity(cause)


@every_view
def test_the_worst_server_has_the_first_rank(capture, display_filter):
    asked = (capture, WHOLE, display_filter)
    harms = {server_name(one["server"]): harm(one) for one in objects(*asked)[1] if has_failures(one)}
    rows = sorted(servers(*asked), key=lambda row: row["rank"])
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    ordered = [harms[row["server"]] for row in rows]
    assert ordered == sorted(ordered, reverse=True)


@every_view
def test_report_begins_with_the_totals_of_json(capture, display_filter):
    asked = (capture, WHOLE, display_filter)
    events, endpoints = objects(*asked)
    connections = sum(endpoint["connections"] for endpoint in endpoints)
    head = drawn(capture, "report", WHOLE, display_filter).splitlines()[0]
    assert re.search(rf": {connections} TCP connections? to {len(endpoints)} endpoints?, "
                     rf"{len(events) or 'no'} resets?[.,]", head), head


@every_view
def test_report_accounts_for_every_reset(capture, display_filter):
    """Endpoints with trouble have a section of their own; the rest is counted below them."""
    asked = (capture, WHOLE, display_filter)
    told = " ".join(drawn(capture, "report", WHOLE, display_filter).split())
    for endpoint in objects(*asked)[1]:
        for cause in endpoint["causes"]:
            assert cause["cause"] in told


@every_view
def test_one_pass_draws_the_same_report_and_json(capture, display_filter):
    for name in ("report", "json"):
        assert drawn(capture, name, ONE, display_filter) == drawn(capture, name, WHOLE, display_filter)


@every_view
def test_one_pass_counts_the_same(capture, display_filter):
    """Only the tree has causes of resets as they were known when these came, and marks them."""
    one, two = (tree(capture, passes, display_filter) for passes in (ONE, WHOLE))
    for top in ("Resets by stage", "Resets by form", "Resets by server", "No answer by cause",
                "No answer by stage", "No answer by server"):
        assert children(one, top) == children(two, top)
    assert all(name.endswith(PROVISIONAL) for name in children(one, "Resets by cause"))
    assert PROVISIONAL not in drawn(capture, "tree", WHOLE, display_filter)
    rows = servers(capture, ONE, display_filter)
    assert as_text(rows) == as_text(servers(capture, WHOLE, display_filter))
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))


# --- JSON against the fields ---

PLAIN = """stage from form sender cause title certainty because next_step reference history conn_state
           signature stated_reason stated_by capture_point ack_field_note confidence syn_frame synack_frame
           ack_frame trigger_frame irtt delay delay_rtt ttl_delta window ack_field""".split()
OF_SERVER = "connections resets clients clients_reset open run_length run_first_frame".split()
LISTS = {"alternative": ("alternatives", "cause"), "alternative.confidence": ("alternatives", "confidence"),
         "evidence": ("evidence", "name")}
FIELDS = [f"tcprst.{name}" for name in (*PLAIN, *(f"server.{name}" for name in OF_SERVER), *LISTS)]


def as_field(member):
    """How tshark prints it."""
    return [] if member is None or member == "" else [str(member)]


def same(got, wanted):
    try:
        return [float(one) for one in got] == pytest.approx([float(one) for one in wanted], abs=1e-9)
    except ValueError:
        return sorted(got) == sorted(wanted)


@every_capture
def test_json_has_what_the_fields_have(capture):
    shown = tshark.rows(capture, ["tcprst.event", *FIELDS, "tcprst.repeat_of"], *WHOLE)
    events = objects(capture, WHOLE)[0]
    assert [event["frame"] for event in events] == sorted(f for f in shown if "tcprst.event" in shown[f])
    for event in events:
        had = shown[event["frame"]]
        wanted = {name: as_field(event[name]) for name in PLAIN}
        wanted |= {f"server.{name}": as_field(event["server"][name]) for name in OF_SERVER}
        wanted |= {name: [str(one[key]) for one in event[group]] for name, (group, key) in LISTS.items()}
        for name, values in wanted.items():
            assert same(had.get(f"tcprst.{name}", []), values), f"frame {event['frame']}: {name}"
        repeated = [had.get("tcprst.repeat_of", []) for had in shown.values()]
        # another point's sight of a reset is shown, but not counted
        assert event["repeats"] <= repeated.count([str(event["frame"])])


# --- arguments ---

@pytest.mark.parametrize("asked, told", [
    ("tcprst,report,nonsense here", "nonsense here"), ("tcprst,json,tcp.port ==", "tcp.port =="),
    ("tcprst,servers,tcp.prt == 1", "tcp.prt"), ("tcprst,tree,tcp.prt == 1", "tcp.prt"),
    ("tcprst,reports", "expected tcprst,report or tcprst,report,FILTER"),
    ("tcprst,jsonl", "expected tcprst,json or tcprst,json,FILTER"),
    ("tcprst,serversX", "expected tcprst,servers or tcprst,servers,FILTER"),
    ("tcprst,what", "expected tcprst, or tcprst, and one of report, servers, tree, json")])
def test_bad_arguments_are_named(asked, told):
    result = tshark.run("-r", tshark.readable(truth.captures()[0]), "-q", "-z", asked)
    assert told in result.stderr.decode()
    assert result.returncode in (0, 1)  # tshark goes on without a tree whose filter is wrong
    assert not result.stdout


def test_an_empty_filter_is_none():
    capture = truth.PCAPS / "case-b.pcapng"
    told = tshark.text("-r", tshark.readable(capture), "-q", "-z", "tcprst,report,")
    assert told == drawn(capture, "report")


def test_several_statistics_at_once():
    capture = truth.PCAPS / "case-b.pcapng"
    views = [("report",), ("json",), ("report", ONE, "ip.addr == 198.51.100.12")]
    asked = ["tcprst,report", "tcprst,json", "tcprst,report,ip.addr == 198.51.100.12"]
    together = tshark.text("-r", tshark.readable(capture), "-q", *(w for one in asked for w in ("-z", one)))
    for view, one in zip(views, asked, strict=True):
        alone = tshark.text("-r", tshark.readable(capture), "-q", "-z", one)
        assert drawn(capture, *view) == alone and alone in together


def test_a_second_table_is_refused_and_not_mixed_in():
    capture = truth.PCAPS / "case-a.pcapng"
    result = tshark.run("-r", tshark.readable(capture), "-q", "-z", "tcprst,servers,tcp", "-z",
                        "tcprst,servers,tcp")
    assert "once only" in result.stderr.decode()
    assert result.stdout.decode().count("|   83 |") == 2


def test_disabled_it_counts_nothing():
    capture = tshark.readable(truth.PCAPS / "case-a.pcapng")
    told = tshark.text("-r", capture, "--disable-protocol", "tcprst", "-q", "-z", "tcprst,report", "-z",
                       "tcprst,json")
    assert told == "No TCP connections.\n"
