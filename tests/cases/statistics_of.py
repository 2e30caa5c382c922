"""What the statistics say of a capture: tree, table of servers, report and JSON, as Python values.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import collections
import functools
import json
import re

import pytest
import sharkd
import tshark

COLUMNS = {"Rank": "rank", "Server": "server", "Likely cause": "cause", "Conf. %": "confidence", "Failed %": "share",
           "Conns": "connections", "First frame": "first_frame", "Hit": "clients_reset",
           "Clients": "clients", "First failure (UTC)": "first_time", "Last frame": "last_frame",
           "Latest failure (UTC)": "last_time", "Refused": "refused", "In handshake": "in_handshake",
           "On request": "on_request", "Unanswered": "unanswered", "All resets": "resets",
           "All unanswered": "silences", "Present run": "run"}
PROVISIONAL = ", provisional: use -2"


NAMES = ("tree", "servers", "report", "json")
TABLE = r"\n=+\n{}:\n(?s:.*?)\n{}\n"  # from a line of = to the next line of = or -, which ends it


def refuses_filter(name):
    """Wireshark 3.4 takes the comma before the filter of any statistics tree for a part of it."""
    return name == "tree" and not tshark.is_at_least(3, 6)


@functools.cache
def all_drawn(capture, passes, display_filter):
    """What each statistic prints, from one run that asks for all of them."""
    behind = f",{display_filter}" if display_filter else ""
    asked = [name for name in NAMES if not (display_filter and refuses_filter(name))]
    words = [word for name in asked for word in ("-z", f"tcprst,{name}{behind}")]
    rest = tshark.text(*passes, "-r", tshark.readable(capture), "-q", *words)
    told = {}
    for name, pattern in (("tree", TABLE.format("TCP Reset Causes", r"\n-+")),
                          ("servers", TABLE.format("TCP Servers with Resets", "=+"))):
        if name not in asked:
            continue
        told[name] = re.search(pattern, rest)[0]
        rest = rest.replace(told[name], "")
    lines = rest.splitlines(keepends=True)
    told["json"] = "".join(line for line in lines if line.startswith("{"))
    told["report"] = "".join(line for line in lines if not line.startswith("{"))
    return told


def drawn(capture, name, passes=(), display_filter=None):
    """The text of `-z tcprst,NAME[,FILTER]`."""
    if display_filter and refuses_filter(name):
        pytest.skip("this Wireshark takes no filter for a statistics tree")
    return all_drawn(capture, passes, display_filter)[name]


def objects(*asked):
    """(events, endpoints) of the JSON lines."""
    lines = [json.loads(line) for line in drawn(asked[0], "json", *asked[1:]).splitlines()]
    return tuple([one for one in lines if one["type"] == kind] for kind in ("event", "endpoint"))


def silences(*asked):
    """The connections without an answer of the JSON lines."""
    return [one for one in map(json.loads, drawn(asked[0], "json", *asked[1:]).splitlines())
            if one["type"] == "silence"]


def parts(report):
    """What stands at the report's left edge, each with what is indented below: the head, problems, counts."""
    return re.split(r"\n\s*\n|\n(?=\S)", report)


def has_failures(endpoint):
    return endpoint["resets"] or endpoint["silences"]


def value(text):
    return int(text) if re.fullmatch(r"\d+", text) else text


def named(titles, cells):
    return {COLUMNS[title.strip()]: value(cell.strip())
            for title, cell in zip(titles, cells, strict=True)}


def servers(*asked):
    """The rows of the table, each as {column: value}."""
    lines = drawn(asked[0], "servers", *asked[1:]).splitlines()
    header = next(at for at, line in enumerate(lines) if line.lstrip().startswith("Rank "))
    titles = lines[header].split("|")[:-1]
    return [named(titles, line.split("|")[:-1]) for line in lines[header + 2:-1]]


def tree(*asked):
    """{path: count}, a path being the names of a node and those above it."""
    counts, path = {}, []
    body = drawn(asked[0], "tree", *asked[1:]).split("---\n")[1].split("\n\n")[0]
    for line in body.splitlines():
        name, count = re.fullmatch(r"( *\S.*?) {2,}(\d+) .*", line + " ").groups()
        path = [*path[:len(name) - len(name.lstrip())], name.strip()]
        counts[tuple(path)] = int(count)
    return counts


def children(counts, top):
    return {path[1]: count for path, count in counts.items() if path[0] == top and len(path) == 2}


def gravity(one):
    return (one["resets"] + one["silences"]) * (4 if one["severity"] == "warn" else 1)


def likeliest(endpoint):
    """The cause that names the endpoint; a reset's and a silence's can have the same name."""
    return max((one for one in endpoint["causes"] if one["cause"] == endpoint["cause"]), key=gravity)


def row_of(endpoint):
    """The row of the table that tells of an endpoint of the JSON."""
    failed = sum(endpoint[way] for way in ("refused", "reset_in_handshake", "reset_on_request",
                                                  "unanswered"))
    first, last = ((endpoint[name] or {"frame": "", "time": ""}) for name in ("first_failed", "last_failed"))
    cause = likeliest(endpoint)
    run = endpoint["run"]
    return {"server": server_name(endpoint["server"]), "cause": endpoint["cause"],
            "confidence": cause["confidence"], "connections": endpoint["connections"],
            "clients_reset": len(endpoint["clients_reset"]) or "", "clients": len(endpoint["clients"]),
            "first_frame": first["frame"], "last_frame": last["frame"],
            "first_time": first["time"][:19].replace("T", " "),
            "last_time": last["time"][:19].replace("T", " "), "refused": endpoint["refused"],
            "in_handshake": endpoint["reset_in_handshake"], "on_request": endpoint["reset_on_request"],
            "unanswered": endpoint["unanswered"], "resets": endpoint["resets"], "silences": endpoint["silences"],
            "run": f"{run['length']} {run['outcome']} from frame {run['first_frame']}" if run else "",
            "share": percent(failed, endpoint["connections"]) if failed else ""}


def percent(failed, connections):
    if failed >= connections:
        return 100
    return min(99, max(1, int(100 * failed / connections + 0.5)))


def title_and_cause(event):
    return f"{event['title']} ({event['cause']})"


def tree_of(events, unanswered):
    """The tree that tells of the events and silences of the JSON, down to its second level."""
    counts = {}
    for top, name, all_of_them in (
            ("Resets by cause", title_and_cause, events), ("Resets by stage", lambda e: e["stage"], events),
            ("Resets by form", lambda e: e["form"], events),
            ("Resets by server", lambda e: server_name(e["server"]), events),
            ("No answer by cause", title_and_cause, unanswered),
            ("No answer by stage", lambda e: e["stage"], unanswered),
            ("No answer by server", lambda e: server_name(e["server"]), unanswered)):
        counts[top,] = len(all_of_them)
        counts |= {(top, one): count for one, count in counted(map(name, all_of_them)).items()}
    return counts


def upper(counts):
    """A tree down to its second level."""
    return {path: count for path, count in counts.items() if len(path) <= 2}


def as_text(rows):
    """Rows of the table as a window shows them, in no order and without their rank."""
    return sorted(tuple(str(row[column]) for column in COLUMNS.values() if column != "rank") for row in rows)


def sharkd_shows(capture):
    """(rows of the table as text, tree) as sharkd draws them."""
    asked = [{"method": "tap", "params": {"tap0": tap}} for tap in ("nstat:tcprst,servers", "stat:tcprst")]
    table, stats = (json.loads(line)["result"]["taps"][0]
                    for line in sharkd.answers([sharkd.load(capture), *asked])[1:])
    rows = sorted(tuple(str(cell).strip() for cell in row[1:]) for one in table["tables"] for row in one["i"])
    counts = {}
    for top in stats["stats"]:
        counts[top["name"],] = top["count"]
        counts |= {(top["name"], one["name"].strip()): one["count"] for one in top.get("sub", ())}
    return rows, counts


def server_name(server):
    brackets = "[{address}]:{port}" if ":" in server["address"] else "{address}:{port}"
    return brackets.format(**server)


def counted(values):
    return dict(collections.Counter(values))
