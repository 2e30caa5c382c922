"""What the statistics say of a capture: tree, table of servers, report and JSON, as Python values.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import collections
import functools
import json
import re

import tshark

COLUMNS = {"Server": "server", "Likely cause": "cause", "Conf. %": "confidence", "Failed %": "share",
           "Conns": "connections", "First frame": "first_frame", "Hit": "clients_reset",
           "Clients": "clients", "First failure (UTC)": "first_time", "Last frame": "last_frame",
           "Latest failure (UTC)": "last_time", "Refused": "refused", "In handshake": "in_handshake",
           "On request": "on_request", "All resets": "resets", "Present run": "run"}
PROVISIONAL = ", provisional: use -2"


NAMES = ("tree", "servers", "report", "json")
TABLE = r"\n=+\n{}:\n(?s:.*?)\n{}\n"  # from a line of = to the next line of = or -, which ends it


@functools.cache
def all_drawn(capture, passes, display_filter):
    """What each statistic prints, from one run that asks for all of them."""
    behind = f",{display_filter}" if display_filter else ""
    asked = [word for name in NAMES for word in ("-z", f"tcprst,{name}{behind}")]
    rest = tshark.text(*passes, "-r", tshark.readable(capture), "-q", *asked)
    told = {}
    for name, pattern in (("tree", TABLE.format("TCP/Reset causes", r"\n-+")),
                          ("servers", TABLE.format("TCP Servers with Resets", "=+"))):
        told[name] = re.search(pattern, rest)[0]
        rest = rest.replace(told[name], "")
    lines = rest.splitlines(keepends=True)
    told["json"] = "".join(line for line in lines if line.startswith("{"))
    told["report"] = "".join(line for line in lines if not line.startswith("{"))
    return told


def drawn(capture, name, passes=(), display_filter=None):
    """The text of `-z tcprst,NAME[,FILTER]`."""
    return all_drawn(capture, passes, display_filter)[name]


def objects(*asked):
    """(events, endpoints) of the JSON lines."""
    lines = [json.loads(line) for line in drawn(asked[0], "json", *asked[1:]).splitlines()]
    return tuple([one for one in lines if one["type"] == kind] for kind in ("event", "endpoint"))


def value(text):
    return int(text) if re.fullmatch(r"\d+", text) else text


def named(titles, cells):
    return {COLUMNS[title.strip()]: value(cell.strip())
            for title, cell in zip(titles, cells, strict=True)}


def servers(*asked):
    """The rows of the table, each as {column: value}."""
    lines = drawn(asked[0], "servers", *asked[1:]).splitlines()
    header = next(at for at, line in enumerate(lines) if line.startswith("Server "))
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


def server_name(server):
    brackets = "[{address}]:{port}" if ":" in server["address"] else "{address}:{port}"
    return brackets.format(**server)


def counted(values):
    return dict(collections.Counter(values))
