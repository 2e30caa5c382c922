# Plays one scenario in a fresh network, and writes its captures and truth files.
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os

from lab import capture, frames, kernel, truth
from lab.lab import Lab
from lab.network import Network


def play(scenario, trace, folder):
    """Returns (frames of each capture by point, what the scenario expects, its resets, counters)."""
    with contextlib.ExitStack() as after:
        network = Network(scenario.near_ms, scenario.far_ms)
        after.callback(network.close)
        lab = Lab(network, scenario.version, folder)
        after.callback(lab.close)
        hosts = {"server": network.server, "client": network.client}
        captures = {}
        for point in scenario.points:
            captures[point] = capture.Capture(hosts[point], "eth0", folder / f"{point}.pcap")
            after.callback(captures[point].close)
        trace.clear()
        before = {name: kernel.counters(host) for name, host in hosts.items()}
        scenario.play(lab)
        fence = lab.fence()
        recorded = {point: one.stop(fence) for point, one in captures.items()}
        grown = {name: kernel.growth(before[name], kernel.counters(host)) for name, host in hosts.items()}
        return recorded, lab.expected, trace.resets(), grown


def about(scenario, point, grown):
    """The head of a truth file."""
    system = os.uname()
    head = {"what": scenario.what, "origin": "recorded", "made": f"tests/lab/run {scenario.name}",
            "kernel": f"{system.sysname} {system.release.split('-')[0]}", "point": point}
    head |= {"counters": grown["server"]} if grown["server"] else {}
    return head | ({"client_counters": grown["client"]} if grown["client"] else {})


def put(file, data):
    """In one step, for whoever reads it meanwhile."""
    fresh = file.with_name(file.name + ".new")
    fresh.write_bytes(data)
    fresh.replace(file)


def record(scenario, trace, folder, out):
    """Writes into `out` only what holds; returns a line about it."""
    recorded, expected, resets, grown = play(scenario, trace, folder)
    told = {}
    for point, caught in recorded.items():
        name = scenario.name if point == scenario.points[0] else f"{scenario.name}-{point}"
        file = folder / f"{name}.pcapng"
        capture.write(file, caught, f"tests/lab/run {scenario.name}, {point}'s side")
        events = truth.events(point, expected, frames.read(file), resets)
        told[file] = truth.toml(name, about(scenario, point, grown), events)
    for file, text in told.items():
        put(out / file.name, file.read_bytes())
        put(out / file.with_suffix(".toml").name, text.encode())
    return f"{', '.join(str(len(caught)) for caught in recorded.values())} frames, " \
           f"{len(expected)} connections reset"
