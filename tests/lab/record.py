# Plays one scenario in a fresh network, and writes its captures and what is true of them.
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import re
import subprocess

from lab import capture, frames, kernel, truth
from lab.lab import Lab
from lab.network import Network

ORIGIN = """\
<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
# Where these captures come from

Recorded by `tests/lab/run {setting.options}` between network namespaces of one machine; nobody's traffic
is in them. `truth.tsv` says what happened in truth (columns: tests/lab/README.md); `NAME.pcapng.gz` is the
client's side of a scenario, `NAME-server.pcapng.gz` the server's of the same run.

| | |
|---|---|
| recorded on | {system} |
| with | {tools} |
| clients | {clients} |
| servers | {servers} |
| ports | {ports} |
| one-way delays | near the clients {setting.near_times} times, near the servers {setting.far_times} times \
those of each scenario (5 ms and 10 ms unless it says otherwise) |

## Scenarios
| name | family | what is provoked |
|---|---|---|
{scenarios}
"""


def play(scenario, setting, trace, folder):
    """Returns (frames of each capture by point, what the scenario expects, its resets, counters)."""
    with contextlib.ExitStack() as after:
        network = Network(setting, scenario.near_ms, scenario.far_ms)
        after.callback(network.close)
        for host in (network.client, network.second_client):
            for key in scenario.sysctls:
                host.sysctl(key, 0)
        lab = Lab(network, scenario.version, folder)
        after.callback(lab.close)
        hosts = {"server": network.server, "client": network.client, "router": network.router}
        captures = {}
        for point in scenario.points:
            host, interface = (network.router, "near") if point == "between" else (hosts[point], "eth0")
            captures[point] = capture.Capture(host, interface, folder / f"{point}.pcap")
            after.callback(captures[point].close)
        trace.clear()
        before = {name: kernel.counters(host) for name, host in hosts.items()}
        scenario.play(lab)
        fence = lab.fence()
        recorded = {point: shown(lab, point, one.stop(fence)) for point, one in captures.items()}
        grown = {name: kernel.growth(before[name], kernel.counters(host)) | kernel.filtered(host)
                 for name, host in hosts.items()}
        return recorded, lab.expected, trace.resets(), grown


def shown(lab, point, caught):
    """The part of what was caught that the capture is to hold."""
    kept = [frame for frame in caught if lab.begins_ns <= frame[0] <= (lab.ends_ns or frame[0])]
    if not lab.one_way:
        return kept
    port = lab.server.ports["eth0"] if point == "server" else lab.client.ports["eth0"]
    own = point == "server" if lab.one_way == "server" else point != "server"
    return [frame for frame in kept if (frame[1][6:12].hex(":") == port.mac) == own]


def counters_text(grown):
    return " ".join(f"{host}:{name}={by}" for host, some in grown.items() for name, by in some.items())


def put(file, data):
    """In one step, for whoever reads it meanwhile."""
    fresh = file.with_name(file.name + ".new")
    fresh.write_bytes(data)
    fresh.replace(file)


def record(scenario, setting, trace, folder, out):
    """Writes into `out` only what holds; returns the rows of truth."""
    recorded, expected, resets, grown = play(scenario, setting, trace, folder)
    about = {"scenario": scenario.name, "family": scenario.family, "counters": counters_text(grown)}
    files, told = {}, {}
    for point, caught in recorded.items():
        name = scenario.name if point == scenario.points[0] else f"{scenario.name}-{point}"
        file = folder / f"{name}.pcapng.gz"
        capture.write(file, caught, f"tests/lab/run {setting.options} {scenario.name}, {point}'s side")
        told[file.name] = [columns | about for columns in truth.rows(point, expected, frames.read(file), resets)]
        files[file.name] = file.read_bytes()
    for name, data in files.items():
        put(out / name, data)
    truth.replace_rows(out, told)
    return [columns for some in told.values() for columns in some if columns.get("frame")]


def version(*command):
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.[\w.-]*\w", told.stdout + told.stderr)
    return f"{command[0]} {found[0] if found else '(unknown)'}"


def write_origin(setting, scenarios, out):
    """Beside the captures: on what, with what and how they were recorded."""
    system = os.uname()

    def nets(patterns, *numbers):
        return ", ".join(pattern.format(number) for pattern in patterns.values() for number in numbers)

    put(out / "ORIGIN.md", ORIGIN.format(
        setting=setting, system=f"{system.sysname} {system.release.split('-')[0]}, {system.machine}",
        tools=", ".join((version("tcpdump", "--version"), version("tshark", "-v"), version("nft", "-v"))),
        clients=nets(setting.client_nets, *setting.clients, setting.second_client),
        servers=nets(setting.server_nets, *setting.servers, setting.second_server),
        ports=", ".join(f"{name} {number}" for name, number in setting.ports.items()),
        scenarios="\n".join(f"| {one.name} | {one.family} | {one.what} |" for one in scenarios)).encode())
