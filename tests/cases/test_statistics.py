"""Tree, table, report and JSON say the same, in every pass and behind a filter, and what the fields say.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import re
import subprocess

import pytest

import truth
import tshark
from passes import ONE, WHOLE
from statistics_of import (PROVISIONAL, children, counted, drawn, objects, server_name, servers, tree)

LAB = "server-killed restart connect-scan half-open-scan client-abort-v6 forged service-failing".split()
CAPTURES = [*truth.shapes(), *(truth.PCAPS / "lab" / f"{name}.pcapng" for name in LAB)]
every_capture = pytest.mark.parametrize("capture", CAPTURES, ids=truth.name)

FILTERED = [(truth.PCAPS / "case-a.pcapng", "tcp.port == 8035 && ip.addr == 198.51.100.10"),
            (truth.PCAPS / "case-a.pcapng", "frame.number > 700"),
            (truth.PCAPS / "case-b.pcapng", "ip.addr == 198.51.100.12"),
            (truth.PCAPS / "lab" / "server-killed.pcapng", "tcp.port == 8080")]
VIEWS = [*((capture, None) for capture in CAPTURES), *FILTERED]
every_view = pytest.mark.parametrize("capture, display_filter", VIEWS)


def title_and_cause(event):
    return f"{event['title']} ({event['cause']})"


@every_view
def test_tree_counts_the_events_of_json(capture, display_filter):
    asked = (capture, WHOLE, display_filter)
    events, counts = objects(*asked)[0], tree(*asked)
    for top, name in (("Resets by cause", title_and_cause), ("Resets by stage", lambda e: e["stage"]),
                      ("Resets by form", lambda e: e["form"]),
                      ("Resets by server", lambda e: server_name(e["server"]))):
        assert counts[top,] == len(events)
        assert children(counts, top) == counted(map(name, events))


@every_view
def test_endpoints_of_json_sum_up_its_events(capture, display_filter):
    events, endpoints = objects(capture, WHOLE, display_filter)
    for endpoint in endpoints:
        own = [event for event in events if server_name(event["server"]) == server_name(endpoint["server"])]
        assert endpoint["resets"] == len(own)
        assert endpoint["repeats"] == sum(event["repeats"] for event in own)
        assert {one["cause"]: one["resets"] for one in endpoint["causes"]} == counted(e["cause"] for e in own)
        for group, key in (("stages", "stage"), ("forms", "form")):
            found = {name: count for name, count in endpoint[group].items() if count}
            assert found == counted(event[key] for event in own)


def row_of(endpoint):
    failed = sum(endpoint[way] for way in ("refused", "reset_in_handshake", "reset_on_request"))
    first, last = ((endpoint[name] or {"frame": 0, "time": ""}) for name in ("first_failed", "last_failed"))
    cause = next(one for one in endpoint["causes"] if one["cause"] == endpoint["cause"])
    run = endpoint["run"]
    return {"server": server_name(endpoint["server"]), "cause": endpoint["cause"],
            "confidence": cause["confidence"], "connections": endpoint["connections"],
            "clients_reset": len(endpoint["clients_reset"]), "clients": len(endpoint["clients"]),
            "first_frame": first["frame"], "last_frame": last["frame"],
            "first_time": first["time"][:19].replace("T", " "),
            "last_time": last["time"][:19].replace("T", " "), "refused": endpoint["refused"],
            "in_handshake": endpoint["reset_in_handshake"], "on_request": endpoint["reset_on_request"],
            "resets": endpoint["resets"],
            "run": f"{run['length']} {run['outcome']} from frame {run['first_frame']}" if run else "",
            "share": failed and percent(failed, endpoint["connections"])}


def percent(failed, connections):
    if failed >= connections:
        return 100
    return min(99, max(1, int(100 * failed / connections + 0.5)))


@every_view
def test_servers_are_the_endpoints_of_json(capture, display_filter):
    asked = (capture, WHOLE, display_filter)
    wanted = [row_of(endpoint) for endpoint in objects(*asked)[1] if endpoint["resets"]]
    assert sorted(servers(*asked), key=str) == sorted(wanted, key=str)


@every_view
def test_report_begins_with_the_totals_of_json(capture, display_filter):
    asked = (capture, WHOLE, display_filter)
    events, endpoints = objects(*asked)
    connections = sum(endpoint["connections"] for endpoint in endpoints)
    head = drawn(capture, "report", WHOLE, display_filter).splitlines()[0]
    assert re.search(rf": {connections} TCP connections? to {len(endpoints)} endpoints?, "
                     rf"{len(events) or 'none'} reset\.$", head), head


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
def test_one_pass_counts_the_same_and_marks_causes(capture, display_filter):
    one, two = (tree(capture, passes, display_filter) for passes in (ONE, WHOLE))
    for top in ("Resets by stage", "Resets by form", "Resets by server"):
        assert children(one, top) == children(two, top)
    assert all(name.endswith(PROVISIONAL) for name in children(one, "Resets by cause"))
    assert PROVISIONAL not in drawn(capture, "tree", WHOLE, display_filter)
    rows = {passes: servers(capture, passes, display_filter) for passes in (ONE, WHOLE)}
    assert all(row["cause"].endswith(PROVISIONAL) for row in rows[ONE])
    facts = [[{key: row[key] for key in row if key not in ("cause", "confidence")} for row in rows[passes]]
             for passes in (ONE, WHOLE)]
    assert facts[0] == facts[1]


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
        assert event["repeats"] == repeated.count([str(event["frame"])])


# --- arguments ---

@pytest.mark.parametrize("asked, told", [
    ("tcprst,report,nonsense here", "nonsense here"), ("tcprst,json,tcp.port ==", "tcp.port =="),
    ("tcprst,servers,tcp.prt == 1", "tcp.prt"), ("tcprst,tree,tcp.prt == 1", "tcp.prt"),
    ("tcprst,reports", "expected tcprst,report or tcprst,report,FILTER"),
    ("tcprst,jsonl", "expected tcprst,json or tcprst,json,FILTER"),
    ("tcprst,serversX", "expected tcprst,servers or tcprst,servers,FILTER"),
    ("tcprst,what", "tcprst,report")])
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


# --- sharkd ---

def sharkd(capture, *taps):
    asked = [("load", {"file": str(tshark.readable(capture))}), *(("tap", {"tap0": tap}) for tap in taps)]
    lines = [json.dumps({"jsonrpc": "2.0", "id": at, "method": method, "params": params})
             for at, (method, params) in enumerate(asked, 1)]
    done = subprocess.run([*tshark.as_ordinary_user(), "sharkd", "-"], input="\n".join(lines) + "\n",
                          capture_output=True, text=True, timeout=60, cwd=tshark.workshop(),
                          env=tshark.environment(tshark.built_plugin()))
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(answers) == len(asked), done.stderr
    return [answer["result"]["taps"][0] for answer in answers[1:]]


@pytest.mark.parametrize("capture", [CAPTURES[0], truth.PCAPS / "lab" / "server-killed.pcapng"],
                         ids=truth.name)
def test_sharkd_says_the_same(capture):
    first, counts, second = sharkd(capture, "nstat:tcprst,servers", "stat:tcprst", "nstat:tcprst,servers")
    rows = [[str(cell) for cell in row] for row in first["tables"][0]["i"]]
    assert rows == [[str(cell) for cell in row.values()] for row in servers(capture, WHOLE)]
    assert first == second
    shown = {(top["name"], one["name"]): one["count"] for top in counts["stats"] for one in top["sub"]}
    assert shown == {path: count for path, count in tree(capture, WHOLE).items() if len(path) == 2}
